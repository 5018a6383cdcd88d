/*
 * ocirun-systemd: asks systemd for the scope of a container, for ocirun.
 *
 * usage: ocirun-systemd system|user	(a socket of packets is its standard input)
 *
 * A scope cannot be empty, so this program is the first in it: it waits there
 * until ocirun ends it, by when there is an init.  See systemd/property.h for
 * what is said.
 */
#include "ocirun-systemd/manager.h"

#include "base/packet.h"
#include "base/str.h"
#include "systemd/property.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>

#define SOCKET STDIN_FILENO

static void
answer(char *const *words)
{
	autostr packet = { 0 };

	packet_of_words(&packet, words);
	if (packet_send(SOCKET, packet.s, packet.len, NULL) < 0)
		_exit(1);	/* nobody is there any more */
}

void
doing(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	autofree char *what = xvasprintf(fmt, ap);
	va_end(ap);
	answer((char *[]){ ANSWER_DOING, what, NULL });
}

struct request {
	const char *unit;
	char **words;		/* behind the unit; its own */
	char **left_out;
	char *path;
};

static int
start(sd_bus *bus, struct request *q)
{
	int r = manager_start(bus, q->unit, &q->words, &q->left_out);

	return r < 0 ? r : manager_cgroup(bus, q->unit, &q->path);
}

static int
attach(sd_bus *bus, struct request *q)
{
	if (strv_len(q->words) != 2)
		return fail(EPROTO, "attach");
	return manager_attach(bus, q->unit, q->words[0], q->words[1]);
}

static int
set(sd_bus *bus, struct request *q)
{
	return manager_set(bus, q->unit, &q->words, &q->left_out);
}

static int
stop_empty(sd_bus *bus, struct request *q)
{
	int r = manager_has_process(bus, q->unit);

	return r == 0 ? manager_stop(bus, q->unit) : r;
}

static const struct verb {
	const char *word;
	int (*serve)(sd_bus *bus, struct request *q);
} verbs[] = {
	{ REQUEST_START, start },
	{ REQUEST_ATTACH, attach },
	{ REQUEST_SET, set },
	{ REQUEST_STOP_EMPTY, stop_empty },
};

static const struct verb *
verb_of(const char *word)
{
	for (size_t i = 0; i < countof(verbs); i++)
		if (streq(word, verbs[i].word))
			return verbs + i;
	return NULL;
}

static int
serve(sd_bus *bus, char *const *words, struct request *q)
{
	const struct verb *verb = strv_len(words) < 2 ? NULL : verb_of(words[0]);

	if (!verb)
		return fail(EPROTO, "a request that nobody knows");
	*q = (struct request){ .unit = words[1], .words = strv_copy(words + 2) };
	doing("%s", verb->word);
	return wrap(verb->serve(bus, q), "%s", verb->word);
}

static void
answer_error(int r)
{
	autofree char *code = xasprintf("%d", r), *words = xstrdup(err_words());

	answer((char *[]){ ANSWER_ERROR, code, words, NULL });
}

static void
answer_ok(const struct request *q)
{
	autostrv words = NULL;

	strv_add(&words, ANSWER_OK);
	strv_add(&words, q->path ? q->path : "");
	for (char **name = q->left_out; name && *name; name++)
		strv_add(&words, *name);
	answer(words);
}

static void
request_done(struct request *q)
{
	strv_free(q->words);
	strv_free(q->left_out);
	free(q->path);
}

/* Returns false when nobody asks any more. */
static bool
serve_next(sd_bus **bus, enum whose whose, char *packet)
{
	auto_(request_done) struct request q = { 0 };
	ssize_t len = packet_recv(SOCKET, packet, TALK_MAX, NULL);

	if (len <= 0)
		return false;
	doing("connect to systemd");
	int r = *bus ? 0 : bus_open(bus, whose);
	if (r == 0) {
		autostrv words = words_of_packet(packet, (size_t)len);

		r = serve(*bus, words, &q);
		if (r >= 0)
			answer_ok(&q);
	}
	if (r < 0)
		answer_error(r);
	return true;
}

int
main(int argc, char **argv)
{
	auto_(sd_bus_close_unrefp) sd_bus *bus = NULL;
	autofree char *packet = xcalloc(1, TALK_MAX);
	enum whose whose = argc > 1 && streq(argv[1], "user") ? USER : SYSTEM;

	/* We are nothing without ocirun: before the first wait that it might not survive. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return 1;
	while (serve_next(&bus, whose, packet))
		;
	return 0;
}
