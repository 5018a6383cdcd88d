#include "unit.h"

#include "servin-image/inodes.h"
#include "servin-image/members.h"
#include "servin-image/platform.h"

#include "base/mem.h"
#include "base/str.h"

#include <stdio.h>

static void
cleans(const char *path, const char *to)
{
	autofree char *out = NULL;

	same(path_clean(path, &out), 0);
	same_words(out, to);
}

TEST(clean)
{
	autofree char *out = NULL, *deep = xcalloc(1, 5000);

	cleans("a", "a");
	cleans("./a//b/./c/", "a/b/c");
	cleans("/etc/passwd", "etc/passwd");
	cleans(".", "");
	cleans("", "");
	cleans("..a/b..", "..a/b..");
	fails(path_clean("../x", &out), "../x: a path with \"..\" in it");
	fails(path_clean("a/b/..", &out), "a/b: a path with \"..\" in it");
	for (size_t i = 0; i < 4096; i++)
		deep[i] = i % 2 ? '/' : 'a';
	same(path_clean(deep, &out), -EINVAL);
	deep[1026] = 0;
	same(path_clean(deep, &out), -EINVAL);
	deep[1024] = 0;
	same(path_clean(deep, &out), 0);
}

static void
leads(const char *path, const char *target, const char *to)
{
	autofree char *is = path_of_link(path, target);

	if (to)
		same_words(is, to);
	else
		assert_null(is);
}

TEST(link)
{
	leads("a/b", "c", "a/c");
	leads("a/b", "../c", "c");
	leads("a/b", "../../c", NULL);
	leads("a/b", "/c/./d", "c/d");
	leads("b", ".", "");
	leads("id/layer.tar", "../hex.tar", "hex.tar");
}

static int
add(struct members *list, const char *path, const char *link, const char *digest)
{
	return members_add(list, (struct member){ .path = xstrdup(path),
						  .link = link ? xstrdup(link) : NULL,
						  .digest = digest ? xstrdup(digest) : NULL });
}

TEST(members)
{
	struct members list = { 0 };

	assert_null(members_find(&list, "none"));
	add(&list, "z", NULL, "1");
	add(&list, "a", "b", NULL);
	add(&list, "b", "z", NULL);
	add(&list, "loop", "loop", NULL);
	same_words(members_find(&list, "a")->digest, "1");
	assert_null(members_find(&list, "loop"));
	assert_null(members_find(&list, "aa"));
	/* The last of several counts. */
	add(&list, "z", NULL, "2");
	same_words(members_find(&list, "a")->digest, "2");
	for (size_t i = list.n; i < MEMBERS_MAX; i++)
		same(add(&list, "more", NULL, NULL), 0);
	same(add(&list, "more", NULL, NULL), -EFBIG);
	members_done(&list);
}

static unsigned
score(const char *wants, const char *os, const char *arch, const char *variant)
{
	auto_(platform_done) struct platform p;

	same(platform_init(&p, wants), 0);
	return platform_score(&p, os, arch, variant);
}

TEST(platform)
{
	struct platform p;

	assert_true(score("linux/amd64", "linux", "amd64", NULL));
	assert_true(score("linux/amd64", "linux", "amd64", NULL) >
		    score("linux/amd64", "linux", "amd64", "v2"));
	same(score("linux/amd64", "linux", "amd64", "v3"), 0);
	assert_true(score("linux/amd64/v3", "linux", "amd64", "v3"));
	same(score("linux/amd64", "linux", "386", NULL), 0);
	same(score("linux/amd64", "windows", "amd64", NULL), 0);
	same(score("linux/amd64", "linux", NULL, NULL), 0);
	assert_true(score("linux/arm64", "linux", "arm64", "v8"));
	assert_true(score("linux/arm/v7", "linux", "arm", "v7") >
		    score("linux/arm/v7", "linux", "arm", "v6"));
	same(score("linux/arm/v6", "linux", "arm", "v7"), 0);
	assert_true(score("linux/riscv64", "linux", "riscv64", ""));
	fails(platform_init(&p, "amd64"),
	      "amd64 is not a platform such as linux/arm64 or linux/arm/v7");
	fails(platform_init(&p, "a/b/c/d"),
	      "a/b/c/d is not a platform such as linux/arm64 or linux/arm/v7");
}

TEST(elf)
{
	char start[ELF_START] = "\177ELF\2\1\1";

	start[18] = 62;
	same_words(platform_of_elf(start, sizeof(start)), "amd64");
	assert_null(platform_of_elf(start, sizeof(start) - 1));
	start[18] = (char)183;
	same_words(platform_of_elf(start, sizeof(start)), "arm64");
	start[5] = 2;
	start[18] = 0;
	start[19] = 22;
	same_words(platform_of_elf(start, sizeof(start)), "s390x");
	start[0] = '#';
	assert_null(platform_of_elf(start, sizeof(start)));
	same_words(platform_of_name("s390x"), "s390x");
	assert_null(platform_of_name("none"));
}

TEST(inodes)
{
	struct inodes set = { 0 };

	assert_false(inodes_has(&set, 7));
	for (uint64_t i = 1; i <= 5000; i++)
		inodes_add(&set, i * 4096);
	inodes_add(&set, 4096);
	same(set.n, 5000);
	for (uint64_t i = 1; i <= 5000; i++)
		assert_true(inodes_has(&set, i * 4096) && !inodes_has(&set, i * 4096 + 1));
	inodes_done(&set);
}

TESTS(T(clean), T(link), T(members), T(platform), T(elf), T(inodes))
