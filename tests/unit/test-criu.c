#include "unit.h"

#include "base/packet.h"
#include "base/wire.h"
#include "criu/talk.h"
#include "kernel/mountinfo.h"

#include <sys/wait.h>

/* --- the wire --- */

static void
bytes_are(const struct str *got, const char *wanted, size_t n)
{
	same(got->len, n);
	assert_memory_equal(got->s, wanted, n);
}

#define bytes_same(got, wanted) bytes_are(got, wanted, sizeof(wanted) - 1)

TEST(numbers_and_strings_are_written)
{
	autostr out = { 0 };

	wire_add_number(&out, 1, 150);
	wire_add_string(&out, 2, "testing");
	wire_add_number(&out, 37, 1);
	bytes_same(&out, "\x08\x96\x01\x12\x07testing\xa8\x02\x01");
}

TEST(a_negative_number_has_ten_bytes)
{
	autostr out = { 0 };

	wire_add_number(&out, 1, (uint64_t)(int64_t)-1);
	bytes_same(&out, "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
}

TEST(what_was_written_is_read)
{
	autostr out = { 0 };
	struct wire_field f;

	wire_add_number(&out, 3, UINT64_MAX);
	wire_add_string(&out, 5000, "words");
	struct wire w = { out.s, out.len };
	same(wire_next(&w, &f), 1);
	same(f.field, 3);
	assert_true(f.number == UINT64_MAX);
	same(wire_next(&w, &f), 1);
	same(f.field, 5000);
	autofree char *words = wire_string(&f.bytes);
	same_words(words, "words");
	same(wire_next(&w, &f), 0);
}

/* A field of eight bytes and one of four, then a number. */
TEST(other_kinds_are_read_over)
{
	const char text[] = "\x09" "12345678" "\x15" "1234" "\x18\x07";
	struct wire w = { text, sizeof(text) - 1 };
	struct wire_field f;

	same(wire_next(&w, &f), 1);
	same(f.field, 1);
	same(wire_next(&w, &f), 1);
	same(f.field, 2);
	same(wire_next(&w, &f), 1);
	same(f.field, 3);
	same(f.number, 7);
}

static int
read_all(const char *text, size_t n)
{
	struct wire w = { text, n };
	struct wire_field f;
	int r;

	while ((r = wire_next(&w, &f)) > 0)
		;
	return r;
}

TEST(bad_messages_are_refused)
{
	fails(read_all("\x08", 1), "a message that is cut short: bad message");
	fails(read_all("\x08\x96", 2), "a message that is cut short: bad message");
	fails(read_all("\x12\x07test", 6), "a message that is cut short: bad message");
	fails(read_all("\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11),
	      "a message that is cut short: bad message");
	fails(read_all("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12),
	      "a message that is no message: a number is too long: bad message");
	fails(read_all("\x0f\x01", 2),
	      "a message that is no message: a field has no type: bad message");
	fails(read_all("\x00\x01", 2),
	      "a message that is no message: a field has no number: bad message");
}

/* Every piece of a message, and every byte of it changed: an answer or an error, never a crash. */
TEST(no_answer_does_harm)
{
	static const char text[] = "\x08\x02\x10\x01\x22\x02\x08\x2a\x2a\x08\x0a\x04post\x10\x07"
				   "\x38\x02\x4a\x03why\x52\x06\x08\x04\x10\x01\x20\x01";
	char copy[sizeof(text)];

	for (size_t n = 0; n < sizeof(text); n++) {
		for (int flip = 0; flip < 256; flip++) {
			struct criu_answer a;

			memcpy(copy, text, n);
			if (n)
				copy[n - 1] = (char)(copy[n - 1] ^ flip);
			if (criu_answer_decode(&a, copy, n) == 0)
				criu_answer_done(&a);
		}
	}
}

/* --- requests and answers --- */

/* The field of criu_opts in a request; 1 if it is there. */
static int
option(const struct criu_request *r, unsigned number, struct str *out, struct wire_field *f)
{
	criu_request_encode(r, out);
	struct wire request = { out->s, out->len };

	while (wire_next(&request, f) > 0)
		if (f->field == 2) {
			struct wire opts = f->bytes;

			while (wire_next(&opts, f) > 0)
				if (f->field == number)
					return 1;
		}
	return 0;
}

static void
has_number(const struct criu_request *r, unsigned number, uint64_t wanted)
{
	autostr out = { 0 };
	struct wire_field f;

	same(option(r, number, &out, &f), 1);
	assert_true(f.number == wanted);
}

static void
has_words(const struct criu_request *r, unsigned number, const char *wanted)
{
	autostr out = { 0 };
	struct wire_field f;

	same(option(r, number, &out, &f), 1);
	autofree char *words = wire_string(&f.bytes);
	same_words(words, wanted);
}

/* Numbers of criu_opts in criu's rpc.proto. */
TEST(options_have_their_numbers)
{
	const struct criu_request r = {
		.task = CRIU_DUMP, .images = 7, .work = 8, .pid = 42, .log_level = 4,
		.leave_running = true, .tcp_close = true, .orphan_pts_master = true,
		.root = "/root", .log_file = "dump.log", .freeze_cgroup = "/c",
		.lsm_profile = "apparmor:x", .lsm_mount_context = "m", .config_file = "/f",
		.cgroup_mode = CRIU_CGROUP_STRICT, .network_lock = CRIU_LOCK_SKIP,
	};

	has_number(&r, 1, 7);
	has_number(&r, 2, 42);
	has_number(&r, 3, 1);
	has_number(&r, 9, 4);
	has_words(&r, 10, "dump.log");
	has_words(&r, 13, "/root");
	has_number(&r, 17, 8);
	has_number(&r, 34, 5);
	has_words(&r, 44, "/c");
	has_number(&r, 50, 1);
	has_words(&r, 51, "/f");
	has_number(&r, 52, 1);
	has_words(&r, 53, "apparmor:x");
	has_words(&r, 63, "m");
	has_number(&r, 64, 3);
}

TEST(what_is_not_asked_is_not_sent)
{
	const struct criu_request r = { .task = CRIU_RESTORE, .cgroup_mode = CRIU_CGROUP_IGNORE };
	autostr out = { 0 };

	criu_request_encode(&r, &out);
	/* type 2; options: images 0, work 0, mode 0 */
	bytes_same(&out, "\x08\x02\x12\x08\x08\x00\x88\x01\x00\x90\x02\x00");
}

TEST(pairs_are_messages)
{
	struct criu_request r = { .task = CRIU_RESTORE, .cgroup_root = "/x" };

	criu_pairs_add(&r.inherit_fds, xstrdup("pipe:[1]"), NULL, 5);
	criu_pairs_add(&r.join_ns, xstrdup("ipc"), xstrdup("/p"), 0);
	has_words(&r, 27, "\x0a\x08pipe:[1]\x10\x05");
	has_words(&r, 39, "\x0a\x03ipc\x12\x02/p");
	has_words(&r, 25, "\x12\x02/x");
	criu_request_done(&r);
}

static struct criu_answer
answer(const char *text, size_t n)
{
	struct criu_answer a;

	same(criu_answer_decode(&a, text, n), 0);
	return a;
}

#define ANSWER(text) answer(text, sizeof(text) - 1)

TEST(answers_are_read)
{
	struct criu_answer a = ANSWER("\x08\x02\x10\x01\x22\x02\x08\x2a");

	same(a.task, CRIU_RESTORE);
	same(a.success, 1);
	same(a.pid, 42);
	criu_answer_done(&a);

	a = ANSWER("\x08\x06\x10\x01\x2a\x10\x0a\x0cpost-restore\x10\x07");
	same(a.task, CRIU_NOTIFY);
	same_words(a.event, "post-restore");
	same(a.pid, 7);
	criu_answer_done(&a);

	a = ANSWER("\x08\x01\x10\x00\x38\x02\x4a\x03why");
	same(a.success, 0);
	same(a.error, 2);
	same_words(a.words, "why");
	criu_answer_done(&a);

	a = ANSWER("\x08\x0a\x10\x01\x52\x06\x08\x04\x10\x01\x20\x01");
	same(a.version, 40101);
	criu_answer_done(&a);
}

/* --- the talk --- */

static void
say(int sock, const char *message, size_t n)
{
	packet_send(sock, message, n, NULL);
}

#define SAY(sock, text) say(sock, text, sizeof(text) - 1)

/* A criu that answers as the script says, then ends. */
static pid_t
criu_that(void (*script)(int sock), int *sock)
{
	int pair[2];

	same(packet_pair(pair), 0);
	pid_t pid = fork();
	if (pid == 0) {
		close(pair[0]);
		script(pair[1]);
		_exit(0);
	}
	close(pair[1]);
	*sock = pair[0];
	return pid;
}

static void
notifies_and_succeeds(int sock)
{
	char got[4096];

	packet_recv(sock, got, sizeof(got), NULL);
	SAY(sock, "\x08\x06\x10\x01\x2a\x0c\x0a\x08pre-dump\x10\x07");
	ssize_t n = packet_recv(sock, got, sizeof(got), NULL);
	if (n == 4 && memcmp(got, "\x08\x06\x18\x01", 4) == 0)
		SAY(sock, "\x08\x01\x10\x01");
}

static int
note_event(void *of, const char *event, pid_t pid, int fd)
{
	*(char **)of = xasprintf("%s %d %d", event, pid, fd);
	return 0;
}

TEST(a_talk_with_a_notification)
{
	const struct criu_request r = { .task = CRIU_DUMP };
	char *event = NULL;
	struct criu_answer a;
	int sock;
	pid_t pid = criu_that(notifies_and_succeeds, &sock);

	same(criu_talk(sock, -1, &r, &(struct criu_listener){ note_event, &event }, &a), 0);
	same_words(event, "pre-dump 7 -9");
	criu_answer_done(&a);
	free(event);
	close(sock);
	waitpid(pid, NULL, 0);
}

static void
ends_at_once(int sock)
{
	char got[4096];

	packet_recv(sock, got, sizeof(got), NULL);
}

static void
answers_another_question(int sock)
{
	char got[4096];

	packet_recv(sock, got, sizeof(got), NULL);
	SAY(sock, "\x08\x02\x10\x01");
}

static void
says_why(int sock)
{
	char got[4096];

	packet_recv(sock, got, sizeof(got), NULL);
	SAY(sock, "\x08\x01\x10\x00\x4a\x03why");
}

static int
refuse(void *of, const char *event, pid_t pid, int fd)
{
	(void)of;
	(void)event;
	(void)pid;
	(void)fd;
	return fail(0, "not with us");
}

static void
fails_with(void (*script)(int sock), const char *words)
{
	const struct criu_request r = { .task = CRIU_DUMP };
	struct criu_answer a;
	int sock;
	pid_t pid = criu_that(script, &sock);

	fails(criu_talk(sock, -1, &r, &(struct criu_listener){ refuse, NULL }, &a), words);
	close(sock);
	waitpid(pid, NULL, 0);
}

TEST(a_talk_that_fails)
{
	fails_with(ends_at_once, "it ended without an answer: broken pipe");
	fails_with(answers_another_question,
		   "an answer of type 2 to a question of type 1: protocol error");
	fails_with(says_why, "why");
	fails_with(notifies_and_succeeds, "not with us");
}

/* --- mounts --- */

TEST(mountinfo_lines)
{
	char line[] = "36 35 98:0 /mnt1 /mnt\\0402\\134 rw,noatime master:1 - ext3 /dev/root rw";
	char bad[] = "36 35";
	auto_(mountinfo_done) struct mountinfo m = { 0 };

	same(mountinfo_parse(&m, line), 0);
	same(m.n, 1);
	same_words(m.row[0].root, "/mnt1");
	same_words(m.row[0].place, "/mnt 2\\");
	assert_true(mountinfo_find(&m, 36) == m.row);
	assert_null(mountinfo_find(&m, 35));
	fails(mountinfo_parse(&m, bad), "mountinfo: protocol error");
}

TEST(mountinfo_of_ours)
{
	auto_(mountinfo_done) struct mountinfo m = { 0 };

	same(mountinfo_read(&m, 0), 0);
	assert_true(m.n > 0);
}

TESTS(T(numbers_and_strings_are_written), T(a_negative_number_has_ten_bytes),
      T(what_was_written_is_read), T(other_kinds_are_read_over), T(bad_messages_are_refused),
      T(no_answer_does_harm), T(options_have_their_numbers), T(what_is_not_asked_is_not_sent),
      T(pairs_are_messages), T(answers_are_read), T(a_talk_with_a_notification),
      T(a_talk_that_fails), T(mountinfo_lines), T(mountinfo_of_ours))
