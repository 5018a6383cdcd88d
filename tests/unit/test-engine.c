/* What in src/engine is pure, or needs no more than a directory: names, maps, logs, words. */
#include "tests/unit/unit.h"

#include "engine/monitor/log.h"
#include "engine/names.h"
#include "engine/oci.h"
#include "engine/rootless.h"

#include "base/file.h"
#include "base/str.h"

#include <stdio.h>
#include <sys/stat.h>

TEST(names)
{
	same(name_check("web"), 0);
	same(name_check("a.b-c_D9"), 0);
	assert_true(name_check("") < 0);
	assert_true(name_check("-web") < 0);
	assert_true(name_check("a/b") < 0);
	assert_true(name_check("..") < 0);
	same_words(short_id("sha256:0123456789abcdef").s, "0123456789ab");
}

TEST(ranges)
{
	autofree char *some = subids_map("eve:5:5\nadam:100000:65536\n1000:300000:10\nadam:x:1\n"
					 "adam:7:0\nbroken\n", "adam", 1000);
	autofree char *none = subids_map("", NULL, 7);

	same_words(some, "0 1000 1\n1 100000 65536\n65537 300000 10\n");
	same_words(none, "0 7 1\n");
}

TEST(what_a_runtime_says_of_a_command)
{
	same(oci_exec_failure("exec: \"x\": executable file not found in $PATH"), ENOENT);
	same(oci_exec_failure("exec /bin/x: no such file or directory"), ENOENT);
	same(oci_exec_failure("exec: \"/etc\": is a directory: permission denied"), EACCES);
	same(oci_exec_failure("exec: \"/x\": exec format error"), EACCES);
	same(oci_exec_failure("mounts: /data: no such file or directory"), 0);
}

static void
same_runtime_words(const char *said, const char *wanted)
{
	struct container c = { .id = (char[]){ "0123" } };

	same(oci_words(&c, EIO, said), -EIO);
	same_words(err_words(), wanted);
}

TEST(words_of_a_runtime)
{
	same_runtime_words("ocirun: create 0123: cgroup: no space", "cgroup: no space");
	same_runtime_words("first\nocirun: start 0123: setup: exec: \"x\": not found",
			   "exec: \"x\": not found");
	same_runtime_words("time=\"now\" level=error msg=\"runc create failed: \\\"a\\\" is none\"",
			   "runc create failed: \"a\" is none");
}

static struct oci_pair **
options(struct oci_pair **list, struct oci_pair *pair, const char *key, const char *value)
{
	*pair = (struct oci_pair){ (char *)(uintptr_t)key, (char *)(uintptr_t)value };
	list[0] = pair;
	list[1] = NULL;
	return list;
}

TEST(limits_of_a_log)
{
	struct oci_pair pair, *list[2];
	struct log_config config = { .config = options(list, &pair, "max-size", "2k") };
	uint64_t size;
	unsigned files;

	same(log_limits(NULL, &size, &files), 0);
	same(size, 10 << 20);
	same(files, 3);
	same(log_limits(&config, &size, &files), 0);
	same(size, 2048);
	options(list, &pair, "max-size", "much");
	assert_true(log_limits(&config, &size, &files) < 0);
	options(list, &pair, "max-file", "0");
	assert_true(log_limits(&config, &size, &files) < 0);
}

/* A directory of its own, that goes with the test. */
struct place { char path[64]; int fd; };

static void
place_make(struct place *p)
{
	snprintf(p->path, sizeof(p->path), "/tmp/servin-test-XXXXXX");
	assert_non_null(mkdtemp(p->path));
	p->fd = open(p->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(p->fd >= 0);
}

static void
place_remove(struct place *p)
{
	same(dir_remove_below(p->fd, NULL), 0);
	close(p->fd);
	same(rmdir(p->path), 0);
}

static size_t
lines_in(const struct place *p, const char *name)
{
	autofree char *text = NULL;
	size_t n = 0;

	if (file_read_at(p->fd, name, 1 << 20, &text, NULL) < 0)
		return 0;
	for (const char *at = text; (at = strchr(at, '\n')); at++)
		n++;
	return n;
}

TEST(pieces_of_lines_and_rotation)
{
	struct oci_pair pair, *list[2];
	struct log_config config = { .config = options(list, &pair, "max-size", "400") };
	struct log log = { 0 };
	struct place p;
	struct stat st;

	place_make(&p);
	same(log_open_at(&log, p.fd, &config), 0);
	log_add(&log, 0, "one\ntw", 6);
	same(lines_in(&p, "log.json"), 1);
	log_add(&log, 1, "other\n", 6);
	log_add(&log, 0, "o\nno end", 8);
	same(lines_in(&p, "log.json"), 3);
	log_flush(&log);
	same(lines_in(&p, "log.json"), 4);
	for (int i = 0; i < 20; i++)
		log_add(&log, 0, "line\n", 5);
	log_done(&log);
	same(fstatat(p.fd, "log.json.2", &st, 0), 0);
	assert_true(st.st_size <= 400);
	assert_true(fstatat(p.fd, "log.json.3", &st, 0) < 0);
	place_remove(&p);
}

TESTS(T(names), T(ranges), T(what_a_runtime_says_of_a_command), T(words_of_a_runtime),
      T(limits_of_a_log), T(pieces_of_lines_and_rotation))
