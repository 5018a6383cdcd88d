#include "runtime/external.h"

#include "runtime/mount/do.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "base/strv.h"
#include "kernel/cgroupfs.h"
#include "kernel/mountinfo.h"
#include "kernel/ns.h"
#include "kernel/resolve.h"

#include <sched.h>
#include <stdio.h>
#include <sys/stat.h>

#define STREAMS "descriptors.json"
#define STREAMS_MAX 65536

static void
add(struct criu_request *r, const char *key, const char *value)
{
	strv_push(&r->external, xasprintf("mnt[%s]:%s", key, value));
}

/* --- namespaces --- */

/* What criu takes as external, and what it joins by name. */
static const struct ns_row {
	uint64_t kind;
	const char *word, *name;	/* criu's word; our name for one that is external */
} ns_rows[] = {
	{ CLONE_NEWNET, "net", "extRootNetNS" },
	{ CLONE_NEWPID, "pid", "extRootPidNS" },
	{ CLONE_NEWIPC, "ipc", NULL },
	{ CLONE_NEWUTS, "uts", NULL },
	{ CLONE_NEWTIME, "time", NULL },
	{ CLONE_NEWUSER, "user", NULL },
};

static const char *
joined(const struct config *c, uint64_t kind)
{
	const char *path = NULL;

	return config_namespace(&c->spec, kind, &path) && has_text(path) ? path : NULL;
}

static int
dump_namespaces(struct criu_request *r, const struct config *c, pid_t pid)
{
	for (const struct ns_row *row = ns_rows; row < ns_rows + countof(ns_rows); row++) {
		struct stat st;

		if (!row->name || !joined(c, row->kind))
			continue;
		autofree char *path = xasprintf("/proc/%d/ns/%s", pid, row->word);
		if (stat(path, &st) < 0)
			return fail(errno, "stat %s", path);
		strv_push(&r->external, xasprintf("%s[%ju]:%s", row->word,
						  (uintmax_t)st.st_ino, row->name));
	}
	const char *path = NULL;
	if (!config_namespace(&c->spec, CLONE_NEWNS, &path) || has_text(path))
		return fail(0, "criu saves a container with a mount namespace of its own only");
	return 0;
}

static int
restore_namespaces(struct criu_request *r, const struct config *c)
{
	for (const struct ns_row *row = ns_rows; row < ns_rows + countof(ns_rows); row++) {
		const char *path = joined(c, row->kind);

		if (!path)
			continue;
		if (!row->name) {
			criu_pairs_add(&r->join_ns, xstrdup(row->word), xstrdup(path), 0);
			continue;
		}
		int fd = ns_open(path, row->kind);
		if (fd < 0)
			return wrap(fd, "%s", row->word);
		criu_pairs_add(&r->inherit_fds, xstrdup(row->name), NULL, fd);
	}
	return 0;
}

/*
 * Without a cgroup namespace that was made for the container its mounts of cgroups show parts of
 * file systems.  criu cannot make such ones: they are the host's.
 */
static bool
shows_cgroups_of_host(const struct config *c, const struct mount_op *op)
{
	const char *path = NULL;
	bool own = config_namespace(&c->spec, CLONE_NEWCGROUP, &path) && !has_text(path);

	return op->act == MOUNT_CGROUP && !own;
}

/* --- mounts at checkpoint --- */

/* The mount that is on top at a path of the container, or NULL. */
static const struct mountinfo_row *
mount_at(const struct mountinfo *all, int root, const char *path)
{
	uint64_t id;
	autoclose int fd = resolve_open(root, path, O_PATH);

	if (fd < 0 || mountfd_id(fd, "", &id) < 0)
		return NULL;
	return mountinfo_find(all, id);
}

static bool
has_mount(const struct mountinfo *host, const struct mountinfo_row *m)
{
	for (const struct mountinfo_row *h = host->row; h < host->row + host->n; h++)
		if (h->device == m->device && streq(h->root, m->root))
			return true;
	return false;
}

/*
 * What a mount has brought along, as a recursive bind does: what lies below it and is the host's
 * too.  The rest was mounted there by the configuration or from inside.  host NULL: all of it.
 */
static void
dump_below(struct criu_request *r, const struct mountinfo *all, const struct mountinfo_row *top,
	   const char *destination, const struct mountinfo *host)
{
	for (const struct mountinfo_row *m = all->row; m < all->row + all->n; m++) {
		const char *rest = str_after(m->place, top->place);

		if (m == top || !rest || *rest != '/' || (host && !has_mount(host, m)))
			continue;
		autofree char *name = xasprintf("%s%s", destination, rest);
		add(r, m->place, name);
	}
}

/* criu would bind them without. */
static int
refuse_idmap(const struct mount_op *op)
{
	return op->idmap ? fail(EOPNOTSUPP, "%s: criu does not keep an idmapped mount",
				op->destination) : 0;
}

static int
dump_binds(struct criu_request *r, const struct mountinfo *all, const struct config *c, int root)
{
	auto_(mountinfo_done) struct mountinfo host = { 0 };
	int e = mountinfo_read(&host, 0);

	for (size_t i = 0; e == 0 && i < c->mounts.n; i++) {
		const struct mount_op *op = &c->mounts.ops[i];

		if (op->act != MOUNT_BIND)
			continue;
		autofree char *destination = mount_place(op->destination);
		const struct mountinfo_row *m = mount_at(all, root, op->destination);
		if (!m)
			return fail(ENOENT, "%s: nothing is mounted there", op->destination);
		add(r, m->place, destination);
		if (op->recursive)
			dump_below(r, all, m, destination, &host);
		e = refuse_idmap(op);
	}
	return e;
}

/* v1 has one for each hierarchy, in a tmpfs that is the container's. */
static int
dump_cgroups(struct criu_request *r, const struct mountinfo *all, const struct config *c, int root)
{
	struct cgroupfs fs;
	int e = cgroupfs_find(&fs);

	for (size_t i = 0; e == 0 && i < c->mounts.n; i++) {
		const struct mount_op *op = &c->mounts.ops[i];
		autofree char *destination = mount_place(op->destination);
		const struct mountinfo_row *m = mount_at(all, root, op->destination);

		if (!m || !shows_cgroups_of_host(c, op))
			continue;
		if (fs.version == CGROUPFS_V2)
			add(r, m->place, destination);
		else
			dump_below(r, all, m, destination, NULL);
	}
	return e;
}

/*
 * What else shows a file of the host: masks, and the devices of a container that may make none,
 * both of its /dev, and told from others by their file system.  Their name is the one there.
 */
static int
dump_devices(struct criu_request *r, const struct mountinfo *all, const struct config *c)
{
	struct stat host;

	if (stat("/dev/null", &host) < 0)
		return fail(errno, "stat /dev/null");
	for (const struct mountinfo_row *m = all->row; m < all->row + all->n; m++) {
		bool is_bind = false;

		if (m->device != host.st_dev || streq(m->root, "/"))
			continue;
		for (size_t i = 0; !is_bind && i < c->mounts.n; i++) {
			const struct mount_op *op = &c->mounts.ops[i];
			autofree char *place = mount_place(op->destination);

			is_bind = op->act == MOUNT_BIND && streq(place, m->place);
		}
		autofree char *name = xasprintf("/dev%s", m->root);
		if (!is_bind)
			add(r, m->place, name);
	}
	return 0;
}

int
external_dump(struct criu_request *r, const struct config *c, pid_t pid)
{
	autofree char *path = xasprintf("/proc/%d/root", pid);
	auto_(mountinfo_done) struct mountinfo all = { 0 };
	autoclose int root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (root < 0)
		return fail(errno, "open %s", path);
	int e = mountinfo_read(&all, pid);
	if (e == 0)
		e = dump_namespaces(r, c, pid);
	if (e == 0)
		e = dump_binds(r, &all, c, root);
	if (e == 0)
		e = dump_cgroups(r, &all, c, root);
	return e < 0 ? e : dump_devices(r, &all, c);
}

/* --- mounts at restore --- */

/* As at checkpoint: what lies on the host below the source of a recursive bind. */
static int
restore_below(struct criu_request *r, const char *source, const char *destination)
{
	auto_(mountinfo_done) struct mountinfo host = { 0 };
	autofree char *real = realpath(source, NULL);
	int e = mountinfo_read(&host, 0);

	if (e < 0 || !real)
		return e;	/* what is missing, criu will tell by its name */
	for (const struct mountinfo_row *m = host.row; m < host.row + host.n; m++) {
		const char *rest = str_after(m->place, streq(real, "/") ? "" : real);
		autofree char *name = rest ? xasprintf("%s%s", destination, rest) : NULL;

		if (rest && *rest == '/')
			add(r, name, m->place);
	}
	return 0;
}

static int
restore_binds(struct criu_request *r, const struct creation *c)
{
	const struct mount_plan *plan = &c->config.mounts;
	int e = 0;

	for (size_t i = 0; e == 0 && i < plan->n; i++) {
		const struct mount_op *op = &plan->ops[i];

		if (op->act != MOUNT_BIND)
			continue;
		autofree char *destination = mount_place(op->destination);
		autofree char *source = mount_source_path(&c->rootfs, op);
		add(r, destination, source);
		e = refuse_idmap(op);
		if (e == 0 && op->recursive)
			e = restore_below(r, source, destination);
	}
	return e;
}

/* Those of the cgroup that the container gets. */
int
external_restore_cgroups(struct criu_request *r, const struct creation *c)
{
	const struct mount_plan *plan = &c->config.mounts;
	const char *path = c->child.cgroup.path;
	struct cgroupfs fs;
	int e = cgroupfs_find(&fs);

	for (size_t i = 0; e == 0 && path && i < plan->n; i++) {
		if (!shows_cgroups_of_host(&c->config, &plan->ops[i]))
			continue;
		for (const struct cgroupfs_hierarchy *h = fs.h; h < fs.h + fs.n; h++) {
			autofree char *top = mount_place(plan->ops[i].destination);
			autofree char *below = xasprintf("%s/%s", top, h->dir);
			autofree char *source = xasprintf(CGROUPFS_ROOT "/%s%s", h->dir, path);

			add(r, fs.version == CGROUPFS_V2 ? top : below, source);
		}
	}
	return e;
}

/* A name that is not used does no harm. */
static void
restore_devices(struct criu_request *r, const struct oci_linux *l)
{
	static const char *const usual[] = {
		"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty",
	};

	for (size_t i = 0; i < countof(usual); i++)
		add(r, usual[i], usual[i]);
	for (struct oci_device **d = l ? l->devices : NULL; d && *d; d++)
		add(r, (*d)->path, (*d)->path);
}

int
external_restore(struct criu_request *r, const struct creation *c)
{
	int e = restore_namespaces(r, &c->config);

	if (e == 0)
		e = restore_binds(r, c);
	if (e == 0)
		restore_devices(r, c->config.spec.linux_);
	return e;
}

/* --- streams --- */

struct streams { char **list; };

TYPE(streams, "streams",
	F_STRINGS(streams, list, "list", .must = true),
);

/* What fdinfo says of the mount that an open file is on; 0 if nothing. */
static unsigned
mount_of(pid_t pid, int fd)
{
	autofree char *info = xasprintf("/proc/%d/fdinfo/%d", pid, fd);
	autofree char *text = NULL;
	unsigned id = 0;

	if (file_read_at(AT_FDCWD, info, 4096, &text, NULL) < 0)
		return 0;
	const char *line = strstr(text, "mnt_id:");
	if (line)
		sscanf(line, "mnt_id: %u", &id);
	return id;
}

/* criu's name for a file or FIFO of a mount that the container has not; else NULL. */
static char *
outside_name(const struct mountinfo *all, pid_t pid, int fd, const char *path)
{
	autofree char *link = xasprintf("/proc/%d/fd/%d", pid, fd);
	unsigned id = mount_of(pid, fd);
	struct stat st;

	/* A pipe is a FIFO without a path. */
	if (*path != '/' || !id || mountinfo_find(all, id) || stat(link, &st) < 0 ||
	    !(S_ISREG(st.st_mode) || S_ISFIFO(st.st_mode)))
		return NULL;
	return xasprintf("file[%x:%jx]", id, (uintmax_t)st.st_ino);
}

/* What runc writes there, readlink's word; of a file of the host what criu calls it. */
static char *
stream_name(struct criu_request *r, const struct mountinfo *all, pid_t pid, int fd)
{
	autofree char *link = xasprintf("/proc/%d/fd/%d", pid, fd);
	char path[4096];
	ssize_t n = readlink(link, path, sizeof(path) - 1);

	if (n < 0)
		return xstrdup("");
	path[n] = 0;
	char *name = outside_name(all, pid, fd, path);
	if (!name)
		return xstrdup(path);
	if (!strv_has(r->external, name))
		strv_add(&r->external, name);
	return name;
}

int
external_dump_streams(struct criu_request *r, pid_t pid, int images)
{
	auto_(mountinfo_done) struct mountinfo all = { 0 };
	autostr out = { 0 };
	int e = mountinfo_read(&all, pid);

	if (e < 0)
		return e;
	for (int fd = 0; fd <= 2; fd++) {
		autofree char *name = stream_name(r, &all, pid, fd);

		str_add(&out, fd ? "," : "[");
		str_add_json(&out, name);
	}
	str_add(&out, "]\n");
	return file_replace_at(images, STREAMS, out.s, out.len, 0600);
}

static int
read_streams(int images, struct streams *s)
{
	autofree char *list = NULL;
	int e = file_read_at(images, STREAMS, STREAMS_MAX, &list, NULL);

	if (e == -ENOENT)	/* written by another runtime, or no stream was a pipe */
		return 0;
	if (e < 0)
		return e;
	autofree char *text = xasprintf("{\"list\":%s}", list);
	struct oci_source source = { .name = STREAMS, .text = text, .len = strlen(text) };
	return oci_decode(&streams_type, &source, s);
}

int
external_restore_streams(struct criu_request *r, int images)
{
	struct streams s = { 0 };
	int e = read_streams(images, &s);

	for (int fd = 0; e == 0 && fd <= 2 && s.list && s.list[fd]; fd++) {
		const char *name = s.list[fd];

		if (!str_after(name, "pipe:") && !str_after(name, "file["))
			continue;
		/* criu has other streams of its own. */
		int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
		if (copy < 0)
			e = fail(errno, "dup");
		else
			criu_pairs_add(&r->inherit_fds, xstrdup(name), NULL, copy);
	}
	oci_done(&streams_type, &s);
	return e;
}
