/*
 * Users and groups, of the container's own files.
 *
 * The files come from an image: they are opened below the root, read up to a
 * bound, and only if they are files.  A line that makes no sense is no user.
 */
#include "engine/bundle/parts.h"

#include "base/err.h"
#include "base/file.h"
#include "base/parse.h"
#include "kernel/resolve.h"

#include <sys/stat.h>

#define ACCOUNTS_MAX (8u << 20)
#define ID_MAX	     (UINT32_MAX - 1)	/* the last one means "none" to the kernel */

/* A line of passwd or group, taken apart in place. */
struct account {
	char *name, *fields[7];
	uint64_t id;
};

/* An absent file is an empty one; one that is no file may be a trap, and is not opened. */
static int
read_accounts(int root, const char *path, char **text)
{
	autoclose int found = resolve_open(root, path, O_PATH);
	struct stat st;

	*text = NULL;
	if (found == -ENOENT || found == -ENOTDIR) {
		*text = xstrdup("");
		return 0;
	}
	if (found < 0)
		return found;
	if (fstat(found, &st) < 0)
		return fail(errno, "stat %s", path);
	if (!S_ISREG(st.st_mode))
		return fail(0, "%s in the image is no file", path);
	autoclose int fd = open(fd_path(found).s, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(errno, "open %s", path);
	return fd_read_all(fd, path, ACCOUNTS_MAX, text, NULL);
}

/* The next line that is an account, or false. */
static bool
next_account(char **at, struct account *a)
{
	while (**at) {
		char *line = *at, *end = strchrnul(line, '\n');
		size_t n = 0;

		*at = *end ? end + 1 : end;
		*end = 0;
		memset(a, 0, sizeof(*a));
		for (char *field = line; field && n < countof(a->fields); )
			a->fields[n++] = strsep(&field, ":");
		a->name = a->fields[0];
		if (n >= 3 && *a->name && *a->name != '+' && *a->name != '-' &&
		    parse_uint(a->fields[2], ID_MAX, &a->id) == 0)
			return true;
	}
	return false;
}

/* By name, or with name NULL by number. */
static bool
find_account(char *text, const char *name, uint64_t id, struct account *found)
{
	while (next_account(&text, found))
		if (name ? streq(found->name, name) : found->id == id)
			return true;
	return false;
}

static void
add_gid(struct oci_user *u, uint64_t gid)
{
	struct oci_uints *l = &u->additional_gids;

	for (size_t i = 0; i < l->n; i++)
		if (l->v[i] == gid)
			return;
	l->v = xrealloc(l->v, l->n + 1, sizeof(*l->v));
	l->v[l->n++] = gid;
	l->set = true;
}

static bool
is_member(char *members, const char *user)
{
	char *member;

	while ((member = strsep(&members, ",")))
		if (streq(member, user))
			return true;
	return false;
}

/* The groups whose lines name him. */
static int
add_memberships(int root, const char *user, struct oci_user *out)
{
	autofree char *text = NULL;
	struct account group;
	int r = read_accounts(root, "/etc/group", &text);

	for (char *at = text; r == 0 && next_account(&at, &group); )
		if (group.fields[3] && is_member(group.fields[3], user))
			add_gid(out, group.id);
	return r;
}

static bool
is_number(const char *word)
{
	return *word && word[strspn(word, "0123456789")] == 0;
}

static int
number_of(const char *word, const char *what, uint64_t *id)
{
	return parse_uint(word, ID_MAX, id) < 0 ? fail(0, "%s is no %s ID", word, what) : 0;
}

static int
find_group(int root, const char *word, uint64_t *gid)
{
	autofree char *text = NULL;
	struct account group;

	if (is_number(word))
		return number_of(word, "group", gid);
	int r = read_accounts(root, "/etc/group", &text);
	if (r < 0)
		return r;
	if (!find_account(text, word, 0, &group))
		return fail(0, "no group \"%s\" in the container's /etc/group", word);
	*gid = group.id;
	return 0;
}

/* Who somebody is: a number needs no line, a name does. */
struct who {
	char *name, *home;
	bool by_name;
};

static void
who_done(struct who *w)
{
	free(w->name);
	free(w->home);
}

static int
find_user(int root, const char *word, struct oci_user *out, struct who *w)
{
	autofree char *text = NULL;
	struct account user;
	int r = read_accounts(root, "/etc/passwd", &text);

	w->by_name = *word && !is_number(word);
	if (r == 0 && *word && !w->by_name)
		r = number_of(word, "user", &out->uid.v);
	if (r < 0)
		return r;
	if (!find_account(text, w->by_name ? word : NULL, out->uid.v, &user))
		return w->by_name ? fail(0, "no user \"%s\" in the container's /etc/passwd", word)
				  : 0;
	out->uid.v = user.id;
	w->name = xstrdup(user.name);
	if (user.fields[3] && parse_uint(user.fields[3], ID_MAX, &out->gid.v) < 0)
		out->gid.v = 0;
	if (has_text(user.fields[5]))
		w->home = xstrdup(user.fields[5]);
	return 0;
}

/*
 * The own group stands among the further ones, too: without it a program could
 * drop it by setgid(2), and gain what a file denies to its group.
 */
int
bundle_user(int root, const char *user, char *const *more_groups, struct oci_user *out, char **home)
{
	auto_(who_done) struct who who = { 0 };
	const char *all = user ? user : "", *colon = strchr(all, ':');
	autofree char *name = xstrndup(all, strcspn(all, ":"));
	uint64_t gid;
	int r;

	out->uid.set = out->gid.set = true;
	r = find_user(root, name, out, &who);
	if (r == 0 && colon)
		r = find_group(root, colon + 1, &out->gid.v);
	if (r < 0)
		return r;
	add_gid(out, out->gid.v);
	if (who.name && !colon && (who.by_name || !*name))
		r = add_memberships(root, who.name, out);
	for (; r == 0 && more_groups && *more_groups; more_groups++) {
		r = find_group(root, *more_groups, &gid);
		if (r == 0)
			add_gid(out, gid);
	}
	if (r == 0 && home)
		*home = who.home ? take(who.home) : xstrdup("/");
	return r;
}
