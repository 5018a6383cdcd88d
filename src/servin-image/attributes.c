/* Owners, modes, extended attributes and times, in the order in which none undoes another. */
#include "servin-image/tree.h"

#include "base/err.h"
#include "base/str.h"
#include "kernel/resolve.h"

#include <fcntl.h>
#include <linux/limits.h>
#include <sys/xattr.h>

#define ACL_ACCESS  "system.posix_acl_access"
#define ACL_DEFAULT "system.posix_acl_default"

/* --- owners ----------------------------------------------------------------------------------- */

static int
check_owner(const struct tar_entry *e)
{
	/* The last number is no ID: to chown(2) it says that nothing is to change. */
	if (e->uid < 0 || e->uid >= UINT32_MAX)
		return fail(0, "user %lld, which there cannot be", (long long)e->uid);
	if (e->gid < 0 || e->gid >= UINT32_MAX)
		return fail(0, "group %lld, which there cannot be", (long long)e->gid);
	return 0;
}

static int
fail_owner(const struct tar_entry *e)
{
	if (errno == EINVAL)
		return fail_plain(EINVAL, "owner %lld:%lld, an ID that this user namespace does not"
				  " have: a range in /etc/subuid and /etc/subgid gives it more",
				  (long long)e->uid, (long long)e->gid);
	return fail(errno, "change the owner to %lld:%lld", (long long)e->uid, (long long)e->gid);
}

/* Who may not give files away keeps them: a plain user without a user namespace. */
static bool
stays_ours(const struct tree *t)
{
	return errno == EPERM && t->rootless && geteuid() != 0;
}

static int
set_owner(struct tree *t, int fd, const struct tar_entry *e)
{
	int r = t->owners ? check_owner(e) : 0;

	if (r < 0 || !t->owners || fchown(fd, (uid_t)e->uid, (gid_t)e->gid) == 0 || stays_ours(t))
		return r;
	return fail_owner(e);
}

/* --- extended attributes ---------------------------------------------------------------------- */

/* What would mean something to overlayfs, and what belongs to the host that the tar was made on. */
static bool
is_foreign(const char *name)
{
	static const char *const prefixes[] = { "trusted.overlay.", "user.overlay.",
						"security.selinux", "system.nfs4_acl" };

	for (size_t i = 0; i < countof(prefixes); i++)
		if (str_after(name, prefixes[i]))
			return true;
	return false;
}

/* A file system without user attributes, or a user who may not: the file is good without. */
static bool
can_do_without(const struct tree *t, const char *name)
{
	if (errno == ENOTSUP)
		return str_after(name, "user.") || str_after(name, "system.posix_acl_");
	return errno == EPERM && (t->rootless || str_after(name, "user."));
}

static int
fail_xattr(struct tree *t, const char *name)
{
	if (!can_do_without(t, name))
		return fail(errno, "set %.100s", name);
	t->skipped++;
	return 0;
}

/* Behind the owner, for chown(2) takes capabilities away, and the mode, which an ACL has too. */
static int
set_xattrs(struct tree *t, int fd, const struct tar_entry *e)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < e->n_xattrs; i++) {
		const struct xattr *x = e->xattr + i;

		t->acls |= streq(x->name, ACL_DEFAULT);
		if (!is_foreign(x->name) && fsetxattr(fd, x->name, x->value, x->len, 0) < 0)
			r = fail_xattr(t, x->name);
	}
	return r;
}

/* By name in the working directory, which is not followed: a link cannot be opened. */
static int
set_xattrs_named(struct tree *t, int dir, const char *name, const struct tar_entry *e)
{
	int r = 0;

	if (e->n_xattrs && fchdir(dir) < 0)
		return fail(errno, "enter a directory");
	for (size_t i = 0; r == 0 && i < e->n_xattrs; i++) {
		const struct xattr *x = e->xattr + i;

		if (!is_foreign(x->name) && lsetxattr(name, x->name, x->value, x->len, 0) < 0)
			r = fail_xattr(t, x->name);
	}
	return r;
}

/* ---------------------------------------------------------------------------------------------- */

static int
set_times(int fd, const struct tar_entry *e)
{
	const struct timespec times[2] = { e->atime, e->mtime };

	return futimens(fd, times) < 0 ? fail(errno, "set its time") : 0;
}

/* A directory that has a default ACL hands it down: the archive says what it is to be. */
static void
drop_inherited(const struct tree *t, int fd)
{
	if (t->kind == TREE_PLAIN || (t->kind == TREE_OVERLAY && !t->acls))
		return;
	if (fremovexattr(fd, ACL_ACCESS) < 0 || fremovexattr(fd, ACL_DEFAULT) < 0)
		return;	/* there was none, as almost always */
}

/* A directory that was there: what it had is replaced. */
void
tree_clear_xattrs(int fd)
{
	autofree char *names = xrealloc(NULL, XATTR_LIST_MAX, 1);
	ssize_t n = flistxattr(fd, names, XATTR_LIST_MAX);

	for (char *name = names; n > 0 && name < names + n; name += strlen(name) + 1)
		if (!is_foreign(name) && fremovexattr(fd, name) < 0)
			continue;	/* not one that we may touch */
}

int
tree_set_all(struct tree *t, int fd, const struct tar_entry *e)
{
	int r = set_owner(t, fd, e);

	if (r < 0)
		return r;
	drop_inherited(t, fd);
	if (fchmod(fd, e->mode & 07777) < 0)
		return fail(errno, "change the mode");
	r = set_xattrs(t, fd, e);
	return r < 0 ? r : set_times(fd, e);
}

int
tree_set_named(struct tree *t, int dir, const char *name, const struct tar_entry *e)
{
	const struct timespec times[2] = { e->atime, e->mtime };
	int r = t->owners ? check_owner(e) : 0;

	if (r < 0)
		return r;
	if (t->owners &&
	    fchownat(dir, name, (uid_t)e->uid, (gid_t)e->gid, AT_SYMLINK_NOFOLLOW) < 0 &&
	    !stays_ours(t))
		return fail_owner(e);
	r = set_xattrs_named(t, dir, name, e);
	if (r < 0)
		return r;
	if (utimensat(dir, name, times, AT_SYMLINK_NOFOLLOW) < 0)
		return fail(errno, "set its time");
	return 0;
}

/* --- directories ------------------------------------------------------------------------------ */

/* Paths that must be remembered until the end are memory that an archive of 10 MB can ask for. */
#define LATE_BYTES_MAX (512u << 20)

static int
remember(struct tree *t, const char *path, const struct tar_entry *e)
{
	t->late_bytes += strlen(path) + sizeof(*t->late);
	if (t->late_bytes > LATE_BYTES_MAX)
		return fail_plain(E2BIG, "too many directories");
	if (t->n_late == t->late_room) {
		t->late_room = t->late_room ? t->late_room * 2 : 256;
		t->late = xrealloc(t->late, t->late_room, sizeof(*t->late));
	}
	t->late[t->n_late++] = (struct late_dir){ xstrdup(path), e->mode & 07777,
						  { e->atime, e->mtime } };
	return 0;
}

int
tree_set_dir(struct tree *t, int fd, const char *path, const struct tar_entry *e)
{
	int r = set_owner(t, fd, e);

	if (r == 0) {
		drop_inherited(t, fd);
		r = set_xattrs(t, fd, e);
	}
	return r < 0 ? r : remember(t, path, e);
}

static int
set_late(struct tree *t, const struct late_dir *d)
{
	autoclose int fd = resolve_open(t->root, *d->path ? d->path : "/",
					O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	struct stat st;

	/* Another entry took its place later. */
	if (fd == -ENOENT || fd == -ENOTDIR || fd == -ELOOP)
		return 0;
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return fail(errno, "stat %s", d->path);
	if (inodes_has(&t->late_done, st.st_ino))
		return 0;
	inodes_add(&t->late_done, st.st_ino);
	if (fchmod(fd, d->mode) < 0)
		return fail(errno, "change the mode of %s", d->path);
	return futimens(fd, d->times) < 0 ? fail(errno, "set the time of %s", d->path) : 0;
}

/*
 * The last first: a plain user can search a directory that is not his to
 * search only as long as it has not its mode yet.  Of several entries for one the last counts.
 */
int
tree_set_late(struct tree *t)
{
	int r = 0;

	tree_forget(t);
	for (size_t i = t->n_late; r == 0 && i-- > 0;)
		r = set_late(t, t->late + i);
	return r;
}
