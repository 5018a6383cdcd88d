#include "servin/confirm.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"

int
confirm(const char *what)
{
	autofree char *question = xasprintf("WARNING! %s\nAre you sure? [y/N] ", what);
	char answer = 0, c = 0;
	int r = fd_write_all(STDERR_FILENO, "standard error", question, strlen(question));

	/* The first letter of the line, and all of the line is ours. */
	for (ssize_t n; r == 0 && c != '\n'; answer = answer ? answer : c) {
		n = read(STDIN_FILENO, &c, 1);
		if (n < 0 && errno != EINTR)
			return fail(errno, "read the answer");
		if (n == 0)
			break;
	}
	return r < 0 ? r : answer == 'y' || answer == 'Y';
}
