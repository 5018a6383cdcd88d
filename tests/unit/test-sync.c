#include "unit.h"

#include "runtime/sync.h"

#include <errno.h>
#include <unistd.h>

/* The runtime's end is sock; init's, which the test holds in its own hand, is init. */
static int sock, init;

static void
meet(void)
{
	int pair[2];

	same(packet_pair(pair), 0);
	sock = pair[0];
	init = pair[1];
}

static int
leave(int result)
{
	close(sock);
	return result;
}

/* Init asks for something and does not wait for the answer. */
static void
ask(enum sync_type type)
{
	struct { uint32_t type; int32_t code; char words[1]; } m = { .type = type };

	same(packet_send(init, &m, offsetof(__typeof__(m), words) + 1, NULL), 0);
}

static void
fail_and_die(int code, const char *words)
{
	fail(0, "%s", words);
	sync_tell_error(init, code);
	close(init);
}

static int
serve(void *of, int fd)
{
	(void)of;
	(void)fd;
	return 0;
}

static int
serve_and_lose_init(void *of, int fd)
{
	(void)fd;
	if (of)
		fail_and_die(-ENOMEM, of);
	else
		close(init);
	return 0;
}

static int
refuse(void *of, int fd)
{
	(void)of;
	(void)fd;
	return fail(EPIPE, "send");
}

static const struct service good = { "listener", 1, serve };
static const struct service slow = { "listener", 1, serve_and_lose_init };
static const struct service bad = { "listener", 1, refuse };

TEST(executed)
{
	meet();
	close(init);
	same(leave(sync_wait_executed(sock, NULL, NULL)), 0);
}

TEST(failed)
{
	meet();
	fail_and_die(-ENOENT, "exec: \"x\"");
	fails(leave(sync_wait_executed(sock, NULL, NULL)), "exec: \"x\"");
}

/* The number of its error is the number of an end. */
TEST(failed_by_a_pipe)
{
	meet();
	fail_and_die(-EPIPE, "hook");
	fails(leave(sync_wait_executed(sock, NULL, NULL)), "hook");
}

TEST(died_before_the_answer)
{
	meet();
	ask(SYNC_LISTENER);
	fails(leave(sync_wait_executed(sock, &slow, NULL)), "init died");
}

TEST(failed_before_the_answer)
{
	meet();
	ask(SYNC_LISTENER);
	fails(leave(sync_wait_executed(sock, &slow, "seccomp: receive")), "seccomp: receive");
}

/* What init leaves unread is told by the kernel before all that init told. */
static void
leave_something_unread(void)
{
	sync_tell_error(sock, 0);
}

TEST(died_with_the_answer_unread)
{
	meet();
	leave_something_unread();
	close(init);
	fails(leave(sync_wait_executed(sock, &good, NULL)), "init died");
}

TEST(failed_with_the_answer_unread)
{
	meet();
	leave_something_unread();
	fail_and_die(-ENOMEM, "seccomp: receive");
	fails(leave(sync_wait_executed(sock, &good, NULL)), "seccomp: receive");
}

TEST(nobody_takes_the_listener)
{
	meet();
	ask(SYNC_LISTENER);
	fails(leave(sync_wait_executed(sock, &bad, NULL)), "listener: send: broken pipe");
	close(init);
}

TEST(died_while_setting_up)
{
	const struct service services[SYNC_TYPES] = { [SYNC_READY] = slow };

	meet();
	ask(SYNC_READY);
	fails(leave(sync_serve(sock, services, "chdir")), "chdir");
	meet();
	close(init);
	fails(leave(sync_serve(sock, services, NULL)), "init died");
}

TESTS(T(executed), T(failed), T(failed_by_a_pipe), T(died_before_the_answer),
      T(failed_before_the_answer), T(died_with_the_answer_unread),
      T(failed_with_the_answer_unread), T(nobody_takes_the_listener), T(died_while_setting_up))
