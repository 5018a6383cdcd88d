/* Namespaces: which are new, which are the host's, and which are another container's. */
#include "engine/bundle/parts.h"

#include "base/err.h"

/* The modes: one row a namespace, in the order of config.json. */
static const struct space {
	const char *type, *file, *option;	/* OCI's word, name in /proc/PID/ns, of servin */
	size_t mode;				/* in struct host_config; 0: always a new one */
	const char *const *words;		/* besides host, ns:PATH and "", which are always */
	bool containers;			/* can be another container's */
} spaces[] = {
#define MODE(m) offsetof(struct host_config, m)
#define MORE(...) (const char *const[]){ __VA_ARGS__, NULL }
	{ "mount", "mnt", NULL, 0, NULL, false },
	{ "network", "net", "network", MODE(network_mode), MORE("none"), true },
	{ "uts", "uts", "uts", MODE(uts_mode), MORE("private"), false },
	{ "pid", "pid", "pid", MODE(pid_mode), MORE("private"), true },
	{ "ipc", "ipc", "ipc", MODE(ipc_mode), MORE("private", "shareable", "none"), true },
	{ "cgroup", "cgroup", "cgroupns", MODE(cgroupns_mode), MORE("private"), false },
#undef MODE
#undef MORE
};

static const char *
mode_of(const struct host_config *host, const struct space *s)
{
	const char *mode = s->mode ? *(char *const *)((const char *)host + s->mode) : NULL;

	return mode ? mode : "";
}

const char *
mode_container(const char *mode)
{
	return mode ? str_after(mode, "container:") : NULL;
}

static bool
is_host(const char *mode)
{
	return mode && streq(mode, "host");
}

/* One of another container or of a path may be shared with whoever else is there. */
static bool
is_own(const char *mode)
{
	return !is_host(mode) && !mode_container(mode) && !(mode && str_after(mode, "ns:"));
}

bool
has_own_network(const struct container *c)
{
	return is_own(c->host->network_mode);
}

bool
has_own_uts(const struct container *c)
{
	return is_own(c->host->uts_mode);
}

static int
add_space(struct building *b, const struct space *s)
{
	const char *mode = mode_of(b->c->host, s), *other = mode_container(mode);
	const char *path = str_after(mode, "ns:");
	struct oci_namespace *n;
	int pid, r;

	if (is_host(mode))
		return 0;
	n = NEW(struct oci_namespace, .type = xstrdup(s->type));
	ptrs_push(&b->spec->linux_->namespaces, n);
	if (path)
		n->path = xstrdup(path);
	if (!other)
		return 0;
	r = b->at->pid_of ? b->at->pid_of(b->e, other, &pid)
		: fail(0, "a bundle that stands alone joins no container");
	if (r == 0)
		n->path = xasprintf("/proc/%d/ns/%s", pid, s->file);
	return wrap(r, "--%s", s->option);
}

int
build_namespaces(struct building *b)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < countof(spaces); i++)
		r = add_space(b, spaces + i);
	return r;
}

/* -- checks -- */

static int
check_mode(const struct host_config *host, const struct space *s)
{
	const char *mode = mode_of(host, s), *path = str_after(mode, "ns:");
	autostr known = { 0 };

	if (!*mode || is_host(mode) || strv_has((char *const *)s->words, mode))
		return 0;
	if (path && *path == '/')
		return 0;
	if (s->containers && has_text(mode_container(mode)))
		return 0;
	for (const char *const *w = s->words; *w; w++)
		str_addf(&known, "%s, ", *w);
	return fail(0, "--%s: \"%s\" is none of %shost, ns:PATH%s", s->option, mode, known.s,
		    s->containers ? ", container:NAME" : "");
}

static bool
shares_ipc(const char *mode)
{
	return mode && (is_host(mode) || streq(mode, "shareable") || mode_container(mode));
}

int
check_modes(const struct container *c)
{
	const char *userns = c->host->userns_mode, *parent = c->host->cgroup_parent;
	autostrv parts = strv_split(has_text(parent) ? parent : "", '/');
	int r = 0;

	for (size_t i = 0; r == 0 && i < countof(spaces); i++)
		if (spaces[i].mode)
			r = check_mode(c->host, spaces + i);
	if (r == 0 && has_text(userns) && !is_host(userns))
		r = fail(0, "--userns: \"%s\": host is all that there is", userns);
	if (r == 0 && is_given(c->host->shm_size) && shares_ipc(c->host->ipc_mode))
		r = fail(0, "--shm-size is for a /dev/shm of its own, and --ipc %s has none",
			 c->host->ipc_mode);
	if (r == 0 && strv_has(parts, ".."))
		r = fail(0, "--cgroup-parent: \"%s\" must not have \"..\"", parent);
	if (r == 0 && is_host(c->host->uts_mode) && has_text(c->config->hostname))
		r = fail(0, "--hostname and --uts host exclude each other");
	if (r == 0 && is_host(c->host->uts_mode) && has_text(c->config->domainname))
		r = fail(0, "--domainname and --uts host exclude each other");
	return r;
}
