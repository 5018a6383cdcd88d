#include "engine/names.h"

#include "engine/lock.h"

#include "base/err.h"
#include "base/sha256.h"
#include "base/file.h"
#include "base/str.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>

#define NAME_BYTES 255
#define ALNUM	   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

int
name_check(const char *name)
{
	static const char all[] = ALNUM "_.-";
	size_t n = strlen(name);

	if (n > 0 && n <= NAME_BYTES && strchr(ALNUM, *name) && name[strspn(name, all)] == 0)
		return 0;
	return fail_plain(EINVAL, "name \"%s\": must be letters, digits, \"_\", \".\" and \"-\","
			  " and begin with a letter or digit", name);
}

int
names_lock(const struct engine *e)
{
	return wrap(lock_at(e->root_fd, "names/.lock", LOCK_WHOLE), "names of containers");
}

static char *
link_path(const char *name)
{
	return xasprintf("names/%s", name);
}

int
name_find(const struct engine *e, const char *name, char **id)
{
	autofree char *path = link_path(name);
	char to[128];
	ssize_t n = readlinkat(e->root_fd, path, to, sizeof(to));

	if (n <= 0 || n == (ssize_t)sizeof(to))
		return fail(n < 0 ? errno : EINVAL, "name %s", name);
	*id = xstrndup(to, (size_t)n);
	return 0;
}

bool
name_is_taken(const struct engine *e, const char *name, char **id)
{
	autowords keep = err_keep();
	autofree char *record = NULL;
	struct stat st;

	if (name_find(e, name, id) < 0)
		return false;
	record = xasprintf("containers/%s/container.json", *id);
	return fstatat(e->root_fd, record, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_size > 0;
}

/* With the lock: a link to nothing goes. */
static bool
is_taken(const struct engine *e, const char *name, char **id)
{
	bool taken = name_is_taken(e, name, id);

	if (!taken && *id)
		name_drop(e, name);
	return taken;
}

int
name_is_anothers(const char *name, const char *holder)
{
	return hint(fail_plain(EEXIST, "the name \"%s\" is taken by container %s", name,
			       short_id(holder).s),
		    "remove or rename that one, or use --replace");
}

int
name_take(const struct engine *e, const char *name, const char *id)
{
	autofree char *path = link_path(name), *holder = NULL;
	int r = name_check(name);

	if (r < 0)
		return r;
	if (is_taken(e, name, &holder))
		return name_is_anothers(name, holder);
	return symlinkat(id, e->root_fd, path) < 0 ? fail(errno, "name %s", name) : 0;
}

void
name_drop(const struct engine *e, const char *name)
{
	autofree char *path = link_path(name);

	unlinkat(e->root_fd, path, 0);
}

static const char *const manners[] = {
	"able", "agile", "amber", "bold", "brave", "bright", "brisk", "calm", "clear", "clever",
	"crisp", "deft", "eager", "early", "even", "fair", "fine", "fleet", "fond", "frank",
	"fresh", "gentle", "glad", "golden", "good", "grand", "green", "happy", "hardy", "keen",
	"kind", "light", "lively", "loyal", "lucid", "merry", "mild", "neat", "nimble", "noble",
	"plain", "proud", "quick", "quiet", "ready", "rosy", "sharp", "silent", "silver", "sleek",
	"smart", "smooth", "snug", "solid", "sound", "spry", "stout", "sunny", "swift", "tidy",
	"true", "warm", "wise", "witty",
};

static const char *const birds[] = {
	"auk", "avocet", "bittern", "bunting", "coot", "crake", "crane", "curlew", "dipper",
	"dove", "dunlin", "eagle", "egret", "eider", "falcon", "finch", "gannet", "godwit",
	"goose", "grebe", "gull", "hawk", "heron", "hobby", "hoopoe", "ibis", "jackdaw", "jay",
	"kestrel", "kite", "knot", "lark", "linnet", "magpie", "martin", "merlin", "oriole",
	"osprey", "owl", "petrel", "pipit", "plover", "puffin", "quail", "rail", "raven", "robin",
	"rook", "ruff", "serin", "shrike", "siskin", "skua", "snipe", "stork", "swan", "swift",
	"teal", "tern", "thrush", "tit", "wagtail", "wigeon", "wren",
};

char *
name_invent(const struct engine *e)
{
	for (unsigned tried = 0;; tried++) {
		autofree char *holder = NULL, *name = NULL;
		uint16_t r[3];

		if (getrandom(r, sizeof(r), 0) != (ssize_t)sizeof(r))
			memset(r, (int)tried, sizeof(r));
		name = xasprintf("%s_%s", manners[r[0] % countof(manners)],
				 birds[r[1] % countof(birds)]);
		if (tried >= 8) {	/* most are taken: there are some who have thousands */
			autofree char *longer = xasprintf("%s_%u", name, (unsigned)r[2] + tried);
			free(take(name));
			name = take(longer);
		}
		if (!is_taken(e, name, &holder))
			return take(name);
	}
}

struct long_id
random_id(void)
{
	struct sha256_sum bytes;

	/* The kernel gives as much at once, and is never interrupted in it. */
	while (getrandom(&bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		;
	struct long_id id;
	memcpy(id.s, sha256_text(&bytes).s, sizeof(id.s));
	return id;
}

struct short_id
short_id(const char *id)
{
	struct short_id s;

	snprintf(s.s, sizeof(s.s), "%s", str_after(id, "sha256:") ? str_after(id, "sha256:") : id);
	return s;
}

struct guess_words
name_guess(const struct engine *e, const char *said)
{
	autowords words = err_keep();
	autoclose int fd = openat(e->root_fd, "names", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autodir list = fd < 0 ? NULL : fdopendir(fd);
	autofree char *nearest = NULL;
	struct guess g = { 0 };

	if (list)
		take_fd(fd);
	for (struct dirent *d; list && (d = readdir(list));) {
		struct guess with = { nearest, g.distance };

		guess_consider(&with, said, d->d_name);
		if (*d->d_name == '.' || with.word != d->d_name)
			continue;
		free(nearest);
		nearest = xstrdup(d->d_name);
		g = (struct guess){ nearest, with.distance };
	}
	return guess_words(&g);
}
