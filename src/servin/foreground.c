#include "servin/foreground.h"

#include "servin/commands.h"

#include "engine/attach.h"

#include "base/err.h"
#include "base/packet.h"

int
foreground_check(bool input, bool tty)
{
	if (!input || !tty || isatty(STDIN_FILENO))
		return 0;
	return hint(fail_plain(EINVAL, "-it: standard input is no terminal"),
		    "without -t it is handed on as it is");
}

static struct attach
attach_of(const struct container *c, const struct foreground *f)
{
	return (struct attach){
		.in = f->input ? STDIN_FILENO : -EBADF,
		.out = f->output ? STDOUT_FILENO : -EBADF,
		.err = f->error ? STDERR_FILENO : -EBADF,
		.tty = c->config->tty.v, .detach_keys = f->detach_keys,
		/* In a terminal the container has its own ctrl-c. */
		.proxy_signals = f->proxy_signals,
	};
}

/* As docker: who parts from it has succeeded. */
static int
relay(const struct engine *e, const struct container *c, int sock, const struct attach *a)
{
	int code, r = attach_relay(e, c, sock, a, &code);

	if (r < 0)
		return failed_with(EXIT_ENGINE);
	return code == ATTACH_DETACHED ? 0 : code;
}

int
foreground_start(const struct engine *e, const struct container *c, const struct foreground *f)
{
	struct attach a = attach_of(c, f);
	int pair[2], r = packet_pair(pair);

	if (r < 0)
		return failed_with(EXIT_ENGINE);
	autoclose int ours = pair[0];
	r = attach_ask(ours, &a);
	if (r == 0)
		r = container_start(e, c, pair[1]);
	/* The monitor has it: if that dies we hear it. */
	close(pair[1]);
	return r < 0 ? failed_start(r) : relay(e, c, ours, &a);
}

int
foreground_attach(const struct engine *e, const struct container *c, const struct foreground *f)
{
	struct attach a = attach_of(c, f);
	autoclose int sock = attach_open(e, c);
	int r = sock < 0 ? sock : attach_ask(sock, &a);

	return r < 0 ? r : relay(e, c, sock, &a);
}
