/*
 * ask-systemd: one talk with ocirun-systemd, without a container.
 *
 * usage: ask-systemd system|user VERB WORD... [-- VERB WORD...]...
 *
 * Prints what each request got, the helper's last error ends it.  The helper
 * goes when standard input ends, and a scope that it started with it.
 */
#include "base/err.h"
#include "base/str.h"
#include "systemd/helper.h"

#include <stdio.h>

/* Takes the words up to "--" from argv; returns what is behind them. */
static char **
next_request(char **argv, char ***request)
{
	for (; *argv && !streq(*argv, "--"); argv++)
		strv_add(request, *argv);
	return *argv ? argv + 1 : argv;
}

int
main(int argc, char **argv)
{
	auto_(helper_done) struct helper h = HELPER_EMPTY;
	int r = argc < 3 ? fail(EINVAL, "arguments") : helper_start(&h, argv[1]);
	char **rest = argv + 2;

	while (r == 0 && *rest) {
		autofree char *path = NULL;
		autostrv request = NULL;

		rest = next_request(rest, &request);
		r = helper_ask(&h, request, &path);
		if (r == 0)
			printf("ok %s\n", path);
	}
	if (r < 0)
		printf("error %s\n", err_words());
	fflush(stdout);
	while (getchar() != EOF)
		;
	return r < 0;
}
