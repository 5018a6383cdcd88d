#include "unit.h"

#include "base/file.h"
#include "base/guess.h"
#include "base/packet.h"
#include "base/parse.h"
#include "base/str.h"
#include "base/strv.h"
#include "base/words.h"

#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

/* parse.h */

TEST(uint)
{
	static const char *const no_numbers[] = { " 1", "1 ", "+1", "-1", "0x1", "1.0" };
	uint64_t n;

	same(parse_uint("0", 9, &n), 0);
	same(n, 0);
	same(parse_uint("18446744073709551615", UINT64_MAX, &n), 0);
	assert_true(n == UINT64_MAX);
	same(parse_uint("10", 9, &n), -ERANGE);
	same(parse_uint("18446744073709551616", UINT64_MAX, &n), -ERANGE);
	fails(parse_uint("", 9, &n), "\"\": not a number");
	fails(parse_uint("x", 9, &n), "x: not a number");
	for (size_t i = 0; i < countof(no_numbers); i++)
		same(parse_uint(no_numbers[i], 9, &n), -EINVAL);
}

TEST(int)
{
	int64_t n;

	same(parse_int("-9223372036854775808", INT64_MIN, INT64_MAX, &n), 0);
	assert_true(n == INT64_MIN);
	same(parse_int("9223372036854775807", INT64_MIN, INT64_MAX, &n), 0);
	assert_true(n == INT64_MAX);
	same(parse_int("-20", -20, 19, &n), 0);
	same(n, -20);
	same(parse_int("-21", -20, 19, &n), -ERANGE);
	same(parse_int("20", -20, 19, &n), -ERANGE);
	same(parse_int("9223372036854775808", INT64_MIN, INT64_MAX, &n), -ERANGE);
	same(parse_int("--1", -20, 19, &n), -EINVAL);
	same(parse_int("-", -20, 19, &n), -EINVAL);
}

TEST(octal)
{
	uint64_t n;

	same(parse_octal("0755", 07777, &n), 0);
	same(n, 0755);
	same(parse_octal("10000", 07777, &n), -ERANGE);
	fails(parse_octal("8", 07777, &n), "8: not a number");
	fails(parse_octal("78", 07777, &n), "78: not a number");
}

TEST(size)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} sizes[] = {
		{ "0", 0 }, { "7", 7 }, { "7b", 7 }, { "1k", 1024 }, { "1K", 1024 },
		{ "2kb", 2048 },
		{ "512m", 512ull << 20 }, { "3GiB", 3ull << 30 }, { "1t", 1ull << 40 },
	};
	uint64_t n;

	for (size_t i = 0; i < countof(sizes); i++) {
		same(parse_size(sizes[i].text, &n), 0);
		assert_true(n == sizes[i].bytes);
	}
	fails(parse_size("12q", &n), "12q: not a size");
	fails(parse_size("", &n), ": not a size");
	fails(parse_size("1kk", &n), "1kk: not a size");
	fails(parse_size("-1", &n), "-1: not a size");
	same(parse_size("18446744073709551615t", &n), -ERANGE);
	same(parse_size("99999999999999999999", &n), -ERANGE);
}

TEST(duration)
{
	uint64_t n;

	same(parse_duration("1m30s", &n), 0);
	assert_true(n == 90000000000);
	same(parse_duration("5ms", &n), 0);
	same(n, 5000000);
	same(parse_duration("1h", &n), 0);
	assert_true(n == 3600000000000);
	fails(parse_duration("5", &n), "5: not a duration");
	fails(parse_duration("", &n), ": not a duration");
	fails(parse_duration("1s5", &n), "1s5: not a duration");
	same(parse_duration("9999999999h", &n), -ERANGE);
}

/* str.h */

TEST(str)
{
	autostr s = { 0 };

	assert_null(s.s);
	str_add(&s, "a");
	str_addc(&s, 'b');
	str_addn(&s, "cdx", 2);
	str_addf(&s, "%d", 12);
	same_words(s.s, "abcd12");
	same(s.len, 6);

	autofree char *text = str_take(&s), *none = str_take(&s);
	same_words(text, "abcd12");
	same_words(none, "");
	assert_null(s.s);
}

TEST(str_grows)
{
	autostr s = { 0 };

	for (int i = 0; i < 100000; i++)
		str_addc(&s, 'x');
	same(s.len, 100000);
	same(strlen(s.s), 100000);
}

TEST(str_json)
{
	autostr s = { 0 };

	str_add_json(&s, "");
	str_add_json(&s, "a\"b\\c/\b\f\n\r\t\x01\x1f\x7f\u00e4");
	same_words(s.s, "\"\"\"a\\\"b\\\\c/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\u00e4\"");
}

static void
utf8(const char *text, const char *wanted)
{
	autofree char *got = str_utf8(text);

	same_words(got, wanted);
}

TEST(str_utf8)
{
	utf8("", "");
	utf8("plain \u00e4\u20ac\U0001f600", "plain \u00e4\u20ac\U0001f600");
	utf8("\xff/\xfe", "?/?");
	utf8("cut \xe2\x82", "cut ??");
	utf8("\xc3\x28", "?(");
	utf8("\xc0\x80", "??");		/* too long for what it says */
	utf8("\xed\xa0\x80", "???");	/* half of a pair */
	utf8("\xf4\x90\x80\x80", "????");	/* beyond the last */
}

TEST(str_after)
{
	same_words(str_after("CAP_KILL", "CAP_"), "KILL");
	same_words(str_after("CAP_", "CAP_"), "");
	assert_null(str_after("CA", "CAP_"));
}

/* strv.h */

TEST(strv)
{
	autostrv list = NULL;

	same(strv_len(list), 0);
	assert_false(strv_has(list, "a"));
	strv_add(&list, "a");
	strv_push(&list, xstrdup("b"));
	same(strv_len(list), 2);
	assert_true(strv_has(list, "b"));

	autostrv copy = strv_copy(list);
	same_words(copy[0], "a");
	assert_ptr_not_equal(copy[0], list[0]);
	assert_null(copy[2]);
	assert_null(strv_copy(NULL));
}

TEST(strv_split)
{
	autostrv list = strv_split(",a,,bc,", ',');

	same(strv_len(list), 2);
	same_words(list[1], "bc");
	assert_null(strv_split("", ','));
	assert_null(strv_split(",", ','));
}

TEST(strv_env)
{
	autostrv env = NULL;

	strv_set_env(&env, "PATH=/bin");
	strv_set_env(&env, "A=1");
	strv_set_env(&env, "PATH=/sbin");
	same(strv_len(env), 2);
	same_words(strv_env(env, "PATH"), "/sbin");
	same_words(strv_env(env, "A"), "1");
	assert_null(strv_env(env, "PAT"));
	assert_null(strv_env(NULL, "A"));
}

/* words.h */

TEST(words)
{
	static const struct word table[] = { { "one", 1 }, { "uno", 1 }, { "two", 2 }, { 0 } };
	uint64_t n;

	assert_true(word_number(table, "uno", &n));
	same(n, 1);
	assert_false(word_number(table, "three", &n));
	same_words(number_word(table, 1), "one");
	assert_null(number_word(table, 3));
}

/* err.h */

TEST(errors)
{
	fails(fail(0, "%s: not a size", "x"), "x: not a size");
	same(fail(0, "x"), -EINVAL);
	same(fail(ENOENT, "open %s", "/x"), -ENOENT);
	same_words(err_words(), "open /x: no such file or directory");
	same(wrap(-ENOENT, "mount %d", 1), -ENOENT);
	same_words(err_words(), "mount 1: open /x: no such file or directory");
	same(wrap(3, "not said"), 3);
	same_words(err_words(), "mount 1: open /x: no such file or directory");
	same(fail(EPERM, "again: %s", err_words()), -EPERM);
	same_words(err_words(), "again: mount 1: open /x: "
				"no such file or directory: operation not permitted");
	same_words(err_text(ENOENT), "no such file or directory");
}

TEST(long_errors)
{
	autofree char *text = xcalloc(100000, 1);

	memset(text, 'x', 99999);
	same(fail(ENOENT, "%s", text), -ENOENT);
	for (int i = 0; i < 10; i++)
		wrap(-ENOENT, "%.3000s", text);
	assert_true(strlen(err_words()) < 100000);
}

TEST(hints)
{
	same(hint(fail(ENOENT, "open /x"), "make %s", "it"), -ENOENT);
	same_words(err_words(), "open /x: no such file or directory\nmake it");
	/* The first one knows most; what is put in front stays in front. */
	same(hint(wrap(-ENOENT, "mount"), "do something else"), -ENOENT);
	same_words(err_words(), "mount: open /x: no such file or directory\nmake it");
	same(hint(3, "not said"), 3);

	autofree char *text = xcalloc(100000, 1);
	memset(text, 'x', 99999);
	same(hint(fail(0, "%s", text), "no room"), -EINVAL);
	same(hint(fail(0, "x"), "%s", text), -EINVAL);
	assert_true(strlen(err_words()) < 100000);
}

static const char *
guess_of(const char *said, const char *const *known)
{
	struct guess g = { 0 };

	for (; *known; known++)
		guess_consider(&g, said, *known);
	return g.word ? g.word : "";
}

TEST(guesses)
{
	static const char *const known[] = { "run", "rm", "create", "inspect", NULL };

	same_words(guess_of("rnu", known), "run");
	same_words(guess_of("crate", known), "create");
	same_words(guess_of("insp", known), "inspect");
	same_words(guess_of("rn", known), "run");
	same_words(guess_of("xyzzy", known), "");
	same_words(guess_of("", known), "");

	struct guess near = { "web", 1 }, none = { 0 };
	same_words(guess_words(&near).s, " (did you mean \"web\"?)");
	same_words(guess_words(&none).s, "");
}

/* file.h, packet.h: each test has a directory of its own. */

struct place {
	char path[64];
	int dir;
};

static struct place
make_place(void)
{
	struct place p = { "/tmp/test-base.XXXXXX", -EBADF };

	assert_non_null(mkdtemp(p.path));
	p.dir = open(p.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(p.dir >= 0);
	return p;
}

static void
drop_place(const struct place *p, const char *file)
{
	unlinkat(p->dir, file, 0);
	close(p->dir);
	same(rmdir(p->path), 0);
}

TEST(file_replace)
{
	struct place p = make_place();
	autofree char *text = NULL, *again = NULL;
	struct stat st;
	size_t len;

	fails(file_read_at(p.dir, "x", 10, &text, &len), "open x: no such file or directory");
	same(file_replace_at(p.dir, "x", "one", 3, 0600), 0);
	same(file_replace_at(p.dir, "x", "a\0b", 3, 0600), 0);
	same(file_read_at(p.dir, "x", 3, &text, &len), 0);
	same(len, 3);
	assert_memory_equal(text, "a\0b", 4);
	same(fstatat(p.dir, "x", &st, 0), 0);
	same(st.st_mode & 07777, 0600);
	assert_true(fstatat(p.dir, "x.tmp", &st, 0) < 0);
	fails(file_read_at(p.dir, "x", 2, &again, NULL),
	      "read x: more than 2 bytes: file too large");
	drop_place(&p, "x");
}

TEST(file_write)
{
	struct place p = make_place();
	autofree char *text = NULL;

	/* It is for files that are there. */
	fails(file_write_at(p.dir, "x", "1"), "open x: no such file or directory");
	same(file_replace_at(p.dir, "x", "old", 3, 0600), 0);
	same(file_write_at(p.dir, "x", "new"), 0);
	same(file_read_at(p.dir, "x", 10, &text, NULL), 0);
	same_words(text, "new");
	drop_place(&p, "x");
}

TEST(file_of_unknown_size)
{
	autofree char *text = NULL;
	size_t len;

	same(file_read_at(AT_FDCWD, "/proc/self/maps", 1 << 20, &text, &len), 0);
	same(strlen(text), len);
	assert_true(len > 100);
}

TEST(fd_all)
{
	int pipe_fd[2];
	autofree char *text = NULL;
	char big[20000];
	size_t len;

	memset(big, 'x', sizeof(big));
	same(pipe2(pipe_fd, O_CLOEXEC), 0);
	same(fd_write_all(pipe_fd[1], "pipe", big, sizeof(big)), 0);
	close(pipe_fd[1]);
	same(fd_read_all(pipe_fd[0], "pipe", sizeof(big), &text, &len), 0);
	same(len, sizeof(big));
	close(pipe_fd[0]);
	same_words(fd_path(7).s, "/proc/self/fd/7");
}

TEST(packets)
{
	int pair[2];
	char buf[8] = "";
	struct packet_fds out = { 2, { 0, 1 } }, in;

	same(packet_pair(pair), 0);
	same(packet_send(pair[0], "hello", 5, &out), 0);
	same(packet_recv(pair[1], buf, sizeof(buf), &in), 5);
	same_words(buf, "hello");
	same(in.n, 2);
	for (int i = 0; i < in.n; i++) {
		same(fcntl(in.fd[i], F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
		close(in.fd[i]);
	}
	same(packet_send(pair[0], "x", 1, NULL), 0);
	same(packet_recv(pair[1], buf, sizeof(buf), &in), 1);
	same(in.n, 0);
	close(pair[0]);
	same(packet_recv(pair[1], buf, sizeof(buf), &in), 0);
	fails(packet_send(pair[1], "x", 1, NULL), "send: broken pipe");
	close(pair[1]);
}

/* The number that the next descriptor will get. */
static int
next_fd(void)
{
	int fd = dup(0);

	close(fd);
	return fd;
}

TEST(packets_that_do_not_fit)
{
	int pair[2];
	char buf[4];
	struct packet_fds out = { 1, { 0 } }, in;

	same(packet_pair(pair), 0);
	int free_fd = next_fd();
	same(packet_send(pair[0], "hello", 5, &out), 0);
	fails((int)packet_recv(pair[1], buf, sizeof(buf), &in), "receive: message too long");
	same(packet_send(pair[0], "hey", 3, &out), 0);
	same(packet_recv(pair[1], buf, sizeof(buf), NULL), 3);
	same(next_fd(), free_fd);	/* those that came were closed */
	close(pair[0]);
	close(pair[1]);
}

/* Listens in the directory, by a short name for it, and connects by the path. */
static void
connect_in(const char *dir)
{
	autofree char *path = xasprintf("%s/socket", dir);
	autoclose int at = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autoclose int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/socket", fd_path(at).s);
	same(bind(sock, (struct sockaddr *)&addr, sizeof(addr)), 0);
	same(listen(sock, 1), 0);
	autoclose int fd = packet_connect(path);
	assert_true(fd >= 0);
	unlinkat(at, "socket", 0);
}

TEST(connecting)
{
	struct place p = make_place();
	char name[201] = "";

	connect_in(p.path);
	fails(packet_connect("/nowhere/s"), "connect to /nowhere/s: no such file or directory");

	/* Longer than an address may be. */
	memset(name, 'd', sizeof(name) - 1);
	autofree char *deep = xasprintf("%s/%s", p.path, name);
	same(mkdir(deep, 0700), 0);
	connect_in(deep);
	same(rmdir(deep), 0);
	drop_place(&p, "socket");
}

TESTS(T(uint), T(int), T(octal), T(size), T(duration), T(str), T(str_grows), T(str_json),
      T(str_utf8), T(str_after), T(strv), T(strv_split), T(strv_env), T(words), T(errors),
      T(long_errors), T(hints), T(guesses), T(file_replace), T(file_write),
      T(file_of_unknown_size), T(fd_all), T(packets), T(packets_that_do_not_fit), T(connecting))
