#include "engine/layer.h"

#include "engine/reference.h"
#include "engine/store.h"

#include "kernel/mountfd.h"
#include "kernel/version.h"

#include "base/err.h"
#include "base/file.h"
#include "base/packet.h"
#include "base/str.h"
#include "base/strv.h"

#include <limits.h>
#include <linux/magic.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>

/* fsconfig(2) takes no longer a value; see kernel/mountfd.h. */
enum { VALUE_MAX = 255 };

struct mounting {
	const struct engine *e;
	const struct overlay *o;
	int *lower;		/* directories, the highest first */
	size_t n;
};

static void
mounting_done(struct mounting *m)
{
	for (size_t i = 0; i < m->n; i++)
		close(m->lower[i]);
	free(m->lower);
}

/* A directory without anything: overlayfs wants a lower one, or two without an upper one. */
static int
open_empty(const struct engine *e)
{
	int fd;

	if (mkdirat(e->root_fd, "empty", 0755) < 0 && errno != EEXIST)
		return fail(errno, "make %s/empty", e->root);
	fd = openat(e->root_fd, "empty", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? fail(errno, "open %s/empty", e->root) : fd;
}

static int
open_layer(const struct engine *e, const char *diff_id)
{
	autofree char *path = NULL;
	int fd;

	if (!digest_is_valid(diff_id))
		return fail(0, "%s is no digest", diff_id);
	path = layer_path(diff_id);
	fd = openat(e->root_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? fail(errno, "layer %s", diff_id) : fd;
}

/*
 * A layer that comes twice counts where it is highest: all that is in the
 * lower one is there, too.  overlayfs refuses the same directory twice.
 */
static int
open_lower(struct mounting *m)
{
	char *const *layers = m->o->layers;
	size_t n = strv_len(layers);
	int fd = 0;

	m->lower = xcalloc(n + 2, sizeof(*m->lower));
	for (size_t i = n; i-- > 0;) {
		if (strv_has((char *const *)layers + i + 1, layers[i]))
			continue;
		fd = open_layer(m->e, layers[i]);
		if (fd < 0)
			return fd;
		m->lower[m->n++] = fd;
		if (layer_is_opaque(m->e, layers[i]))
			break;
	}
	if (m->n == 0 || (m->n == 1 && m->o->upper < 0)) {
		fd = open_empty(m->e);
		if (fd < 0)
			return fd;
		m->lower[m->n++] = fd;
	}
	return 0;
}

/* The path by which people know it, in the list of mounts, if the kernel can take that. */
static char *
short_path(int fd)
{
	struct fd_path link = fd_path(fd);
	char path[PATH_MAX];
	ssize_t n = readlink(link.s, path, sizeof(path));

	if (n <= 0 || n > VALUE_MAX || strcspn(path, ",:\\") < (size_t)n)
		return xstrdup(link.s);
	return xstrndup(path, (size_t)n);
}

static void
add_fd(char ***data, const char *key, int fd)
{
	autofree char *path = short_path(fd);

	strv_push(data, xasprintf("%s=%s", key, path));
}

/*
 * What these turn off would leave in the upper directory what only this
 * mount understands, or would follow what a layer says of others.  userxattr
 * turns off the first two itself.
 */
static void
add_options(const struct mounting *m, char ***data)
{
	strv_add(data, "index=off");
	/* Without it the last unmount writes all changes to the disk, and waits for that. */
	if (m->o->passing)
		strv_add(data, "volatile");
	if (m->e->rootless) {
		strv_add(data, "userxattr");
		return;
	}
	strv_add(data, "redirect_dir=nofollow");
	strv_add(data, "metacopy=off");
}

static int
mount_by_fsconfig(const struct mounting *m)
{
	autostrv data = NULL;

	for (size_t i = 0; i < m->n; i++)
		add_fd(&data, "lowerdir+", m->lower[i]);
	if (m->o->upper >= 0) {
		add_fd(&data, "upperdir", m->o->upper);
		add_fd(&data, "workdir", m->o->work);
	}
	add_options(m, &data);
	return mountfd_new(&(struct mountfd_fs){ .type = "overlay", .source = "overlay",
						 .data = (const char *const *)data,
						 .readonly = m->o->upper < 0 });
}

/* --- before Linux 6.5: all lower directories in one page of options, by short names --- */

static int
link_to_fd(const char *name, int fd)
{
	struct fd_path link = fd_path(fd);
	char path[PATH_MAX];
	ssize_t n = readlink(link.s, path, sizeof(path) - 1);

	if (n <= 0)
		return fail(errno, "read %s", link.s);
	path[n] = 0;
	return symlink(path, name) < 0 ? fail(errno, "link %s", name) : 0;
}

static int
make_links(const struct mounting *m, struct str *data)
{
	char name[24];
	int r = 0;

	str_add(data, "lowerdir=");
	for (size_t i = 0; r == 0 && i < m->n; i++) {
		snprintf(name, sizeof(name), "%zx", i);
		str_addf(data, "%s%s", i ? ":" : "", name);
		r = link_to_fd(name, m->lower[i]);
	}
	if (r == 0 && m->o->upper >= 0) {
		str_add(data, ",upperdir=upper,workdir=work");
		r = link_to_fd("upper", m->o->upper);
		if (r == 0)
			r = link_to_fd("work", m->o->work);
	}
	return r;
}

static int
mount_here(const struct mounting *m)
{
	autostr data = { 0 };
	autostrv options = NULL;
	int r = make_links(m, &data);

	add_options(m, &options);
	for (char **o = options; *o; o++)
		str_addf(&data, ",%s", *o);
	if (r < 0)
		return r;
	if (data.len >= (size_t)getpagesize())
		return fail_plain(E2BIG, "%zu layers: more than overlayfs takes before Linux 6.5",
				  m->n);
	if (mkdir("mnt", 0700) < 0)
		return fail(errno, "make a mount point");
	if (mount("overlay", "mnt", "overlay", m->o->upper < 0 ? MS_RDONLY : 0, data.s) < 0)
		return fail(errno, "mount overlay");
	return mountfd_clone(AT_FDCWD, "mnt", 0);
}

/*
 * In a child with a mount namespace of its own, for nobody else is to see the
 * mount.  The working directory goes along there; what is open does not.
 */
static int
mount_in_child(const struct mounting *m, int dir)
{
	int r = fchdir(dir) < 0 || unshare(CLONE_NEWNS) < 0 ||
		mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0;

	return r ? fail(errno, "a mount namespace") : mount_here(m);
}

static _Noreturn void
child(const struct mounting *m, int dir, int sock)
{
	int fd = mount_in_child(m, dir);
	struct packet_fds fds = { .n = 1, .fd = { fd } };
	autofree char *said = xasprintf("%d %s", fd < 0 ? fd : 0, fd < 0 ? err_words() : "");

	_exit(packet_send(sock, said, strlen(said) + 1, fd < 0 ? NULL : &fds) < 0);
}

static int
receive_mount(int sock)
{
	struct packet_fds fds = { 0 };
	char said[1024], *words = NULL;
	ssize_t n = packet_recv(sock, said, sizeof(said) - 1, &fds);
	long code;

	if (n <= 0)
		return n < 0 ? (int)n : fail_plain(EIO, "mount overlay: the child died");
	said[n] = 0;
	code = strtol(said, &words, 10);
	if (code < 0)
		return fail_plain((int)-code, "%s", words + (*words == ' '));
	return fds.n == 1 ? fds.fd[0] : fail_plain(EIO, "mount overlay: no mount came");
}

static int
mount_by_page(const struct mounting *m)
{
	struct store_temp t;
	int pair[2], r = store_temp_dir(m->e, &t);

	if (r < 0)
		return r;
	r = packet_pair(pair);
	if (r < 0) {
		store_temp_done(&t);
		return r;
	}
	pid_t pid = fork();
	if (pid == 0)
		child(m, t.fd, pair[1]);
	close(pair[1]);
	r = pid < 0 ? fail(errno, "fork") : receive_mount(pair[0]);
	close(pair[0]);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	store_temp_done(&t);
	return r;
}

/* No layer at all, and no changes. */
static int
mount_nothing(const struct mounting *m)
{
	static const struct mount_attr readonly = { .attr_set = MOUNT_ATTR_RDONLY };
	autoclose int mount = mountfd_clone(m->lower[0], "", 0);
	int r = mount < 0 ? mount : mountfd_change(mount, &readonly, 0);

	return r < 0 ? wrap(r, "overlay") : take_fd(mount);
}

/* The mark by which overlayfs refuses what was mounted so and never unmounted. */
static int
forget_crash(int work)
{
	autoclose int own = openat(work, "work", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return own < 0 ? 0 : dir_remove_below(own, NULL);
}

/* overlayfs is no place for the changes of another. */
static bool
is_no_upper(int fd)
{
	struct statfs fs;

	return fd >= 0 && fstatfs(fd, &fs) == 0 && fs.f_type == OVERLAYFS_SUPER_MAGIC;
}

int
overlay_mount(const struct engine *e, const struct overlay *o)
{
	auto_(mounting_done) struct mounting m = { .e = e, .o = o };
	int r;

	if (is_no_upper(o->upper))
		return fail_plain(EOPNOTSUPP, "overlay: the store is on an overlayfs itself");
	r = open_lower(&m);
	if (r == 0 && m.n == 1 && o->upper < 0)
		return mount_nothing(&m);
	if (r == 0 && o->passing)
		r = forget_crash(o->work);
	if (r == 0)
		r = kernel_at_least(6, 5) == 0 ? mount_by_fsconfig(&m) : mount_by_page(&m);
	/* The file system is not known, or a plain user may not mount it. */
	if (r == -ENODEV || (r == -EPERM && e->rootless))
		return wrap(-EOPNOTSUPP, "no overlayfs");
	return wrap(r, "overlay");
}
