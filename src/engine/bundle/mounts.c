/*
 * Mounts: docker's standard ones, /etc/hosts and its like, and what was asked
 * for.  A mount that is asked for takes the place of a standard one there.
 */
#include "engine/bundle/parts.h"

#include "base/err.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>

#define VOLUMES_MAX 256		/* of an image */
#define TTY_GROUP   "gid=5"	/* a plain user need not have it in his namespace */

#define WORDS(...) ((char *[]){ __VA_ARGS__, NULL })

static struct oci_mount *
add_mount(struct building *b, const char *to, const char *type, const char *from,
	  char *const *options)
{
	struct oci_mount *m = NEW(struct oci_mount, .destination = xstrdup(to),
				  .type = xstrdup(type), .source = xstrdup(from),
				  .options = strv_copy(options));

	ptrs_push(&b->spec->mounts, m);
	return m;
}

/* -- the standard ones -- */

struct standard {
	const char *to, *type, *from;
	char *const *options;
};

static const struct standard standards[] = {
	{ "/proc", "proc", "proc", WORDS("nosuid", "noexec", "nodev") },
	{ "/dev", "tmpfs", "tmpfs", WORDS("nosuid", "strictatime", "mode=755", "size=65536k") },
	{ "/dev/pts", "devpts", "devpts",
	  WORDS("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620") },
	{ "/sys", "sysfs", "sysfs", WORDS("nosuid", "noexec", "nodev", "ro") },
	{ "/sys/fs/cgroup", "cgroup", "cgroup",
	  WORDS("nosuid", "noexec", "nodev", "relatime", "ro") },
	{ "/dev/mqueue", "mqueue", "mqueue", WORDS("nosuid", "noexec", "nodev") },
	{ "/dev/shm", "tmpfs", "shm", WORDS("nosuid", "noexec", "nodev", "mode=1777") },
};

/* Whether something else is mounted there, or over it. */
static bool
is_replaced(const struct container *c, const char *to)
{
	for (struct mount_point **m = c->mounts; m && *m; m++) {
		const char *rest = str_after(to, (*m)->destination);

		if (rest && (!*rest || *rest == '/'))
			return true;
	}
	return false;
}

static const struct mount_point *
point_at(const struct container *c, const char *to)
{
	for (struct mount_point **m = c->mounts; m && *m; m++)
		if (streq((*m)->destination, to))
			return *m;
	return NULL;
}

/* A sysfs shows a network, and only who owns that may mount one. */
static bool
must_bind_sys(const struct building *b)
{
	return b->e->rootless && !has_own_network(b->c);
}

static void
add_standard(struct building *b, const struct standard *s)
{
	struct oci_mount *m;

	if (streq(s->to, "/sys") && must_bind_sys(b)) {
		add_mount(b, "/sys", "none", "/sys",
			  WORDS("rbind", "nosuid", "noexec", "nodev", "rro"));
		return;
	}
	m = add_mount(b, s->to, s->type, s->from, s->options);
	if (streq(s->type, "devpts") && !b->e->rootless)
		strv_add(&m->options, TTY_GROUP);
	if (is_on(b->c->host->privileged))
		for (char **o = m->options; *o; o++)
			if (streq(*o, "ro"))
				memcpy(*o, "rw", 2);
}

static void
bind_shared(struct building *b, const char *to, const char *from)
{
	add_mount(b, to, "bind", from, WORDS("rbind", "nosuid", "noexec", "nodev"));
}

/* The host's, if it has one; a plain user may mount none in its IPC namespace. */
static void
add_host_ipc(struct building *b, const struct standard *s)
{
	if (access(s->to, F_OK) == 0)
		bind_shared(b, s->to, s->to);
	else if (!b->e->rootless)
		add_standard(b, s);
}

/*
 * What containers share cannot be a mount in one of them, for nobody else could bind that: it is a
 * directory of STATE, which is in memory as well, and goes with the container that shares it.
 */
static int
add_shared_shm(struct building *b, const char *id)
{
	autofree char *name = xasprintf("%s/shm", id);
	autofree char *from = xasprintf("%s/%s", b->e->state, name);

	bind_shared(b, "/dev/shm", from);
	if (!streq(id, b->c->id))
		return 0;
	if (mkdirat(b->e->state_fd, name, 01777) < 0 && errno != EEXIST)
		return fail(errno, "mkdir %s", from);
	return fchmodat(b->e->state_fd, name, 01777, 0) < 0 ? fail(errno, "chmod %s", from) : 0;
}

static int
add_shm(struct building *b, const struct standard *s)
{
	const struct host_config *host = b->c->host;
	uint64_t size = is_given(host->shm_size) ? host->shm_size.v : BUNDLE_SHM_SIZE;
	const char *mode = host->ipc_mode ? host->ipc_mode : "";

	if (streq(mode, "none"))
		return 0;
	if (streq(mode, "shareable") || mode_container(mode))
		return add_shared_shm(b, mode_container(mode) ? mode_container(mode) : b->c->id);
	add_standard(b, s);
	strv_push(&b->spec->mounts[ptrs_len(b->spec->mounts) - 1]->options,
		  xasprintf("size=%" PRIu64, size));
	return 0;
}

/* What processes share that share an IPC namespace. */
static int
add_ipc(struct building *b, const struct standard *s)
{
	const char *mode = b->c->host->ipc_mode;

	if (mode && streq(mode, "host"))
		add_host_ipc(b, s);
	else if (streq(s->to, "/dev/shm"))
		return add_shm(b, s);
	else
		add_standard(b, s);
	return 0;
}

static int
add_standards(struct building *b)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < countof(standards); i++) {
		const struct standard *s = standards + i;

		if (is_replaced(b->c, s->to))
			continue;
		if (streq(s->to, "/dev/shm") || streq(s->to, "/dev/mqueue"))
			r = add_ipc(b, s);
		else
			add_standard(b, s);
	}
	return r;
}

/* -- the container's own files -- */

static void
add_etc(struct building *b)
{
	static const char *const names[] = { "resolv.conf", "hostname", "hosts" };

	for (size_t i = 0; i < countof(names); i++) {
		autofree char *to = xasprintf("/etc/%s", names[i]);
		autofree char *from = b->at->alone ? xstrdup(names[i])
			: xasprintf("%s/%s", b->at->dir, names[i]);

		if (!point_at(b->c, to))
			add_mount(b, to, "bind", from, WORDS("rbind", "rprivate"));
	}
}

/* -- what was asked for -- */

static const struct mount_request *
request_at(const struct container *c, const char *to)
{
	for (struct mount_request **m = c->host->mounts; m && *m; m++)
		if (streq((*m)->target, to))
			return *m;
	return NULL;
}

static void
add_tmpfs(struct building *b, const struct mount_point *p, const struct tmpfs_options *o)
{
	struct oci_mount *m = add_mount(b, p->destination, "tmpfs", "tmpfs",
					WORDS("noexec", "nosuid", "nodev"));

	strv_add(&m->options, is_on(p->rw) ? "rw" : "ro");
	if (o && is_given(o->size_bytes))
		strv_push(&m->options, xasprintf("size=%" PRIu64, o->size_bytes.v));
	if (o && o->mode.set)
		strv_push(&m->options, xasprintf("mode=%" PRIo64, o->mode.v));
	for (char **word = o ? o->options : NULL; word && *word; word++)
		strv_add(&m->options, *word);
}

static void
add_bind(struct building *b, const struct mount_point *p, const struct bind_options *o)
{
	bool recursive = !o || !is_on(o->non_recursive);
	bool all_ro = recursive && !(o && is_on(o->read_only_non_recursive));
	struct oci_mount *m = add_mount(b, p->destination, "bind", p->source,
					WORDS(recursive ? "rbind" : "bind"));

	strv_add(&m->options, has_text(p->propagation) ? p->propagation : "rprivate");
	if (!is_on(p->rw))
		strv_add(&m->options, all_ro ? "rro" : "ro");
}

static size_t
depth(const char *path)
{
	size_t n = 0;

	for (; *path; path++)
		n += *path == '/' && path[1] && path[1] != '/';
	return n;
}

static void
add_asked(struct building *b)
{
	for (struct mount_point **m = b->c->mounts; m && *m; m++) {
		const struct mount_request *r = request_at(b->c, (*m)->destination);

		if (streq((*m)->type, "tmpfs"))
			add_tmpfs(b, *m, r ? r->tmpfs_options : NULL);
		else
			add_bind(b, *m, r ? r->bind_options : NULL);
	}
}

/* What lies deeper comes later, else it would be hidden; those of one depth in their order. */
static void
sort_by_depth(struct oci_mount **list)
{
	for (size_t i = 1; list && list[0] && list[i]; i++) {
		struct oci_mount *m = list[i];
		size_t at = i;

		for (; at > 0 && depth(list[at - 1]->destination) > depth(m->destination); at--)
			list[at] = list[at - 1];
		list[at] = m;
	}
}

/* Ours, as the first process: see src/servin-init. */
static void
add_init(struct building *b)
{
	autofree char *ours = b->at->alone ? xstrdup("init") : engine_helper("servin-init");

	if (is_on(b->c->host->init))
		add_mount(b, BUNDLE_INIT, "bind", ours, WORDS("bind", "ro", "rprivate"));
}

/* A mount that spreads to the host, or comes from there, needs a root that lets it through. */
static void
set_propagation(struct building *b)
{
	char **to = &b->spec->linux_->rootfs_propagation;

	for (struct oci_mount **m = b->spec->mounts; m && *m; m++) {
		bool shared = strv_has((*m)->options, "rshared") ||
			      strv_has((*m)->options, "shared");
		bool slave = strv_has((*m)->options, "rslave") ||
			     strv_has((*m)->options, "slave");

		if (shared || (slave && !*to)) {
			free(*to);
			*to = xstrdup(shared ? "shared" : "rslave");
		}
	}
}

int
build_mounts(struct building *b)
{
	size_t standard;
	int r = add_standards(b);

	if (r < 0)
		return r;
	standard = ptrs_len(b->spec->mounts);
	add_etc(b);
	add_asked(b);
	add_init(b);
	sort_by_depth(b->spec->mounts + standard);
	set_propagation(b);
	return 0;
}

/* -- checks -- */

static bool
has_dots(const char *path)
{
	autostrv parts = strv_split(path, '/');

	return strv_has(parts, "..");
}

/* Where nothing can be mounted, and the root itself. */
static int
check_target(const char *target)
{
	if (*target != '/')
		return fail(0, "the target %s must be an absolute path", target);
	if (has_dots(target))
		return fail(0, "the target %s must not have \"..\"", target);
	if (!target[strspn(target, "/.")])
		return fail(0, "nothing can be mounted over the root itself");
	if (streq(target, "/proc") || str_after(target, "/proc/"))
		return fail(0, "%s: nothing can be mounted in /proc", target);
	return 0;
}

static int
check_source(const struct mount_request *m)
{
	struct stat st;

	if (!streq(m->type, "bind"))
		return 0;
	if (stat(m->source, &st) == 0)
		return 0;
	if (errno == ENOENT)
		return hint(fail(0, "%s: no such file or directory", m->source),
			    "create it first: no directory is made for what may be mistyped");
	return fail(errno, "%s", m->source);
}

bool
same_place(const char *a, const char *b)
{
	for (;;) {
		size_t n = strcspn(a += strspn(a, "/"), "/");
		size_t k = strcspn(b += strspn(b, "/"), "/");

		if (n != k || memcmp(a, b, n) != 0)
			return false;
		if (!n)
			return true;
		a += n;
		b += n;
	}
}

static int
check_volumes(struct oci_member *const *volumes)
{
	int r = 0;

	if (ptrs_len(volumes) > VOLUMES_MAX)
		return fail(0, "the image has more than %d volumes", VOLUMES_MAX);
	for (; r == 0 && volumes && *volumes; volumes++)
		r = wrap(check_target((*volumes)->key), "volume of the image");
	return r;
}

int
check_mounts(const struct container *c)
{
	struct mount_request **all = c->host->mounts;
	int r = check_volumes(c->config->volumes);

	for (size_t i = 0; r == 0 && all && all[i]; i++) {
		r = check_target(all[i]->target);
		if (r == 0)
			r = check_source(all[i]);
		for (size_t j = 0; r == 0 && j < i; j++)
			if (same_place(all[i]->target, all[j]->target))
				r = fail(0, "%s is the target of two", all[i]->target);
	}
	return wrap(r, "mount");
}
