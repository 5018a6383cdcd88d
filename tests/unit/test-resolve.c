#include "unit.h"

#include "base/mem.h"
#include "base/str.h"
#include "kernel/resolve.h"

#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>

/*
 * A directory with a root in it that is not to be left, and beside it a
 * canary that nothing may be made in.
 */
static char top[] = "/tmp/test-resolve.XXXXXX";
static int top_fd, root;

static int
make_top(void **state)
{
	(void)state;
	if (!mkdtemp(top))
		return -1;
	top_fd = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	mkdirat(top_fd, "canary", 0755);
	mkdirat(top_fd, "root", 0755);
	root = openat(top_fd, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
	mkdirat(root, "dir", 0755);
	close(openat(root, "dir/file", O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
	return root < 0 ? -1 : 0;
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

static int
remove_top(void **state)
{
	(void)state;
	close(root);
	close(top_fd);
	return nftw(top, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* Whether the descriptor is what stands at a path below the top. */
static void
is_at(int fd, const char *path)
{
	struct stat a, b;

	if (fd < 0)
		print_error("%s: %s\n", path, err_words());
	same(fstat(fd, &a), 0);
	same(fstatat(top_fd, path, &b, AT_SYMLINK_NOFOLLOW), 0);
	assert_true(a.st_ino == b.st_ino && a.st_dev == b.st_dev);
	close(fd);
}

static void
link_to(const char *name, const char *target)
{
	unlinkat(root, name, 0);
	same(symlinkat(target, root, name), 0);
}

static void
canary_lives(void)
{
	/* Removal works only while it is empty. */
	same(unlinkat(top_fd, "canary", AT_REMOVEDIR), 0);
	same(mkdirat(top_fd, "canary", 0755), 0);
}

TEST(opening)
{
	is_at(resolve_open(root, "/dir/file", O_PATH), "root/dir/file");
	is_at(resolve_open(root, "dir/../dir/file", O_PATH), "root/dir/file");
	is_at(resolve_open(root, "/../../../dir", O_PATH), "root/dir");
	is_at(resolve_open(root, "/", O_PATH), "root");
	fails(resolve_open(root, "/none", O_PATH), "open /none: no such file or directory");
	fails(resolve_open(root, "/dir/file", O_PATH | O_DIRECTORY),
	      "open /dir/file: not a directory");
	int fd = resolve_open(root, "/dir/file", O_RDONLY);
	same(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
}

TEST(links)
{
	link_to("abs", "/dir");
	link_to("up", "../../../../dir");
	link_to("loop", "loop");
	is_at(resolve_open(root, "/abs/file", O_PATH), "root/dir/file");
	is_at(resolve_open(root, "/up/file", O_PATH), "root/dir/file");
	fails(resolve_open(root, "/loop/x", O_PATH),
	      "open /loop/x: too many levels of symbolic links");
	is_at(resolve_open_plain(root, "/dir/file", O_PATH), "root/dir/file");
	same(resolve_open_plain(root, "/abs/file", O_PATH), -ELOOP);
	same(resolve_open_plain(root, "/abs", O_PATH), -ELOOP);
}

TEST(magic_links)
{
	autoclose int proc = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);

	same(resolve_open(proc, "root/etc", O_PATH), -ELOOP);
	same(resolve_make_dir(proc, "cwd/x"), -ELOOP);
}

TEST(making)
{
	struct stat st;
	mode_t saved = umask(077);

	is_at(resolve_make_dir(root, "/a/b/c"), "root/a/b/c");
	is_at(resolve_make_dir(root, "/a/b/c"), "root/a/b/c");
	is_at(resolve_make_dir(root, "/a/./b//d/"), "root/a/b/d");
	is_at(resolve_make_file(root, "/a/f/g"), "root/a/f/g");
	is_at(resolve_make_file(root, "/dir/file"), "root/dir/file");
	is_at(resolve_make(root, "a/h", S_IFREG), "root/a/h");
	is_at(resolve_make_dir(root, "/"), "root");
	same(umask(saved), 077);
	same(fstatat(root, "a/b", &st, 0), 0);
	same(st.st_mode, S_IFDIR | 0755);
	same(fstatat(root, "a/f/g", &st, 0), 0);
	same(st.st_mode, S_IFREG | 0644);
	fails(resolve_make_dir(root, "/dir/file/x"), "open /dir/file/x: not a directory");
	fails(resolve_make_dir(root, "/dir/file"), "open /dir/file: not a directory");
}

/* A link to what is not there yet: made where it leads, below the root. */
TEST(dangling)
{
	autofree char *outside = xasprintf("%s/canary/x", top);

	link_to("var", "/run");
	is_at(resolve_make_dir(root, "/var/lock/x"), "root/run/lock/x");
	link_to("rel", "dir/new/../newer");
	is_at(resolve_make_file(root, "/rel/f"), "root/dir/newer/f");
	link_to("leaf", "run/leaf-file");
	is_at(resolve_make_file(root, "leaf"), "root/run/leaf-file");
	link_to("out", "../../../canary/y");
	is_at(resolve_make_dir(root, "/out/z"), "root/canary/y/z");
	link_to("host", outside);
	int fd = resolve_make_file(root, "/host");
	assert_true(fd >= 0);
	close(fd);
	canary_lives();
}

TEST(endless)
{
	link_to("ping", "pong/x");
	link_to("pong", "ping/x");
	same(resolve_make_dir(root, "/ping"), -ELOOP);
	/* The walk alone must notice as well. */
	same(resolve_make(root, "/ping", S_IFDIR), -ELOOP);
	same(resolve_make(root, "/ping", S_IFREG), -ELOOP);
}

TEST(parent)
{
	const char *leaf;

	is_at(resolve_parent(root, "/dev/net/tun", &leaf), "root/dev/net");
	same_words(leaf, "tun");
	is_at(resolve_parent(root, "tun", &leaf), "root");
	same_words(leaf, "tun");
	is_at(resolve_parent(root, "/tun", &leaf), "root");
	fails(resolve_parent(root, "/dev/", &leaf), "/dev/: does not end with a name");
	fails(resolve_parent(root, "/dev/..", &leaf), "/dev/..: does not end with a name");
	fails(resolve_parent(root, "", &leaf), ": does not end with a name");
}

static atomic_bool swapping;

/* Now "swap" is a directory, now a link out of the root. */
static void *
swap(void *arg)
{
	while (atomic_load(&swapping))
		renameat2(root, "swap", root, "evil", RENAME_EXCHANGE);
	return arg;
}

TEST(race)
{
	autofree char *outside = xasprintf("%s/canary", top);
	pthread_t thread;
	int made = 0;

	mkdirat(root, "swap", 0755);
	link_to("evil", outside);
	atomic_store(&swapping, true);
	same(pthread_create(&thread, NULL, swap, NULL), 0);
	for (int i = 0; i < 2000; i++) {
		autofree char *path = xasprintf("/swap/%d/x", i);
		autoclose int fd = i % 2 ? resolve_make_dir(root, path)
					 : resolve_make_file(root, path);

		made += fd >= 0;
	}
	atomic_store(&swapping, false);
	pthread_join(thread, NULL);
	assert_true(made > 0);
	canary_lives();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(opening), T(links), T(magic_links), T(making), T(dangling), T(endless),
		T(parent), T(race),
	};

	return cmocka_run_group_tests(tests, make_top, remove_top);
}
