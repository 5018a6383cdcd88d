/*
 * What can be wrong with a configuration that is well-formed: one function a
 * topic, all called, each tells what it finds.
 */
#include "runtime/config.h"

#include "base/err.h"
#include "base/str.h"
#include "kernel/caps.h"
#include "kernel/ns.h"
#include "kernel/rlimit.h"

#include <ctype.h>
#include <sched.h>

struct checker {
	const struct oci_spec *spec;
	struct config *config;
	enum cgroup_kind kind;
	config_tell tell;
	void *arg;
	int mistakes;
};

static void tell(struct checker *c, bool warning, const char *path, const char *fmt, ...)
	printf_like(4, 5);

static void
tell(struct checker *c, bool warning, const char *path, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	autofree char *reason = xvasprintf(fmt, ap);
	va_end(ap);
	c->mistakes += !warning;
	c->tell(c->arg, warning, path, reason);
}

/* The path is made only when there is something to say. */
#define bad(c, reason, ...)  bad_((c), false, (reason), __VA_ARGS__)
#define doubt(c, reason, ...) bad_((c), true, (reason), __VA_ARGS__)

static void bad_(struct checker *c, bool warning, const char *reason, const char *fmt, ...)
	printf_like(4, 5);

static void
bad_(struct checker *c, bool warning, const char *reason, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	autofree char *path = xvasprintf(fmt, ap);
	va_end(ap);
	tell(c, warning, path, "%s", reason);
}

static bool
is_listed(const struct checker *c, uint64_t kind)
{
	const char *path;

	return config_namespace(c->spec, kind, &path);
}

/* Whether it is another one than ours, so that what is set there is not set for the host. */
static bool
is_apart(const struct checker *c, uint64_t kind)
{
	const char *path;

	return config_namespace(c->spec, kind, &path) && !(path && ns_is_ours(path, kind));
}

/* SemVer 2.0.0, as far as a number of three parts and what may follow it. */
static void
check_version(struct checker *c)
{
	const char *v = c->spec->oci_version, *p = v;

	for (int part = 0; part < 3; part++) {
		size_t digits = strspn(p, "0123456789");

		p += digits;
		if (!digits || (part < 2 && *p++ != '.')) {
			bad(c, "must be a version such as 1.3.0", ".ociVersion");
			return;
		}
	}
	if (*p && *p != '-' && *p != '+')
		bad(c, "must be a version such as 1.3.0", ".ociVersion");
	else if (!str_after(v, "1."))
		bad(c, "is not a version that this runtime knows: 1.0.0 to 1.3", ".ociVersion");
}

static void
check_root(struct checker *c)
{
	if (!c->spec->root)
		bad(c, "is missing", ".root");
	else if (!*c->spec->root->path)
		bad(c, "must not be empty", ".root.path");
}

static void
told_mount(void *arg, size_t index, int option, const char *reason)
{
	struct checker *c = arg;

	if (option < 0)
		bad(c, reason, ".mounts[%zu]", index);
	else
		bad(c, reason, ".mounts[%zu].options[%d]", index, option);
}

static void
check_mounts(struct checker *c)
{
	mount_plan_make(&c->config->mounts, c->spec, told_mount, c);
}

static void
check_user(struct checker *c, const struct oci_user *u, const char *at)
{
	/* -1 means "leave it as it is" to setresuid(2): the process would stay root. */
	if (u->uid.set && u->uid.v == UINT32_MAX)
		bad(c, "is not a user ID", "%s.user.uid", at);
	if (u->gid.set && u->gid.v == UINT32_MAX)
		bad(c, "is not a group ID", "%s.user.gid", at);
	for (size_t i = 0; i < u->additional_gids.n; i++)
		if (u->additional_gids.v[i] == UINT32_MAX)
			bad(c, "is not a group ID", "%s.user.additionalGids[%zu]", at, i);
	if (u->umask.set && u->umask.v > 0777)
		bad(c, "must be 511 (octal 777) or less", "%s.user.umask", at);
}

static void
check_rlimits(struct checker *c, struct oci_rlimit **list, const char *at)
{
	uint64_t resource, seen = 0;

	for (size_t i = 0; list && list[i]; i++) {
		if (!word_number(rlimit_words, list[i]->type, &resource)) {
			bad(c, "is no resource limit of Linux", "%s.rlimits[%zu].type", at, i);
			continue;
		}
		if (seen & 1ull << resource)
			bad(c, "stands twice in the list", "%s.rlimits[%zu].type", at, i);
		seen |= 1ull << resource;
		if (list[i]->soft.v > list[i]->hard.v)
			bad(c, "must not be above the hard limit", "%s.rlimits[%zu].soft", at, i);
	}
}

static void
check_capabilities(struct checker *c, const struct oci_capabilities *caps, const char *at)
{
	const struct {
		const char *name;
		char **list;
	} sets[] = {
		{ "bounding", caps->bounding },
		{ "permitted", caps->permitted },
		{ "effective", caps->effective },
		{ "inheritable", caps->inheritable },
		{ "ambient", caps->ambient },
	};
	uint64_t bit;

	for (size_t s = 0; s < countof(sets); s++)
		for (size_t i = 0; sets[s].list && sets[s].list[i]; i++)
			if (!cap_bit(sets[s].list[i], &bit))
				doubt(c, "is no capability that is known here, and is ignored",
				      "%s.capabilities.%s[%zu]", at, sets[s].name, i);
}

static void
check_env(struct checker *c, char **env, const char *at)
{
	for (size_t i = 0; env && env[i]; i++)
		if (*env[i] == '=' || !strchr(env[i], '='))
			bad(c, "must be NAME=value", "%s[%zu]", at, i);
}

/* Properties of later versions of ours: an error, for nothing is to be ignored silently. */
static void
refuse(struct checker *c, bool is_set, const char *at, const char *name)
{
	if (is_set)
		bad(c, "is not supported yet", "%s.%s", at, name);
}

/* What a terminal can have: the kernel keeps 16 bits. */
static void
check_console_size(struct checker *c, const struct oci_console_size *s, const char *at)
{
	static const char reason[] = "must be 65535 or less";

	if (s && s->height.v > UINT16_MAX)
		bad(c, reason, "%s.consoleSize.height", at);
	if (s && s->width.v > UINT16_MAX)
		bad(c, reason, "%s.consoleSize.width", at);
}

static void
check_process(struct checker *c, const struct oci_process *p, const char *at)
{
	if (!p->args || !*p->args)
		bad(c, "must name a program", "%s.args", at);
	if (*p->cwd != '/')
		bad(c, "must be an absolute path", "%s.cwd", at);
	check_console_size(c, p->console_size, at);
	if (p->user)
		check_user(c, p->user, at);
	if (p->capabilities)
		check_capabilities(c, p->capabilities, at);
	check_rlimits(c, p->rlimits, at);
	autofree char *env = xasprintf("%s.env", at);
	check_env(c, p->env, env);
	if (p->oom_score_adj.set && (p->oom_score_adj.v < -1000 || p->oom_score_adj.v > 1000))
		bad(c, "must be from -1000 to 1000", "%s.oomScoreAdj", at);
	refuse(c, p->apparmor_profile && *p->apparmor_profile, at, "apparmorProfile");
	refuse(c, p->selinux_label && *p->selinux_label, at, "selinuxLabel");
	refuse(c, p->io_priority, at, "ioPriority");
	refuse(c, p->scheduler, at, "scheduler");
	refuse(c, p->exec_cpu_affinity, at, "execCPUAffinity");
}

static void
check_own_process(struct checker *c)
{
	if (c->spec->process)
		check_process(c, c->spec->process, ".process");
}

static void
check_names(struct checker *c)
{
	static const char reason[] = "needs a uts namespace in .linux.namespaces";

	if (is_apart(c, CLONE_NEWUTS))
		return;
	if (c->spec->hostname && *c->spec->hostname)
		bad(c, reason, ".hostname");
	if (c->spec->domainname && *c->spec->domainname)
		bad(c, reason, ".domainname");
}

static void
check_hook_list(struct checker *c, struct oci_hook **list, const char *name)
{
	for (size_t i = 0; list && list[i]; i++) {
		autofree char *env = xasprintf(".hooks.%s[%zu].env", name, i);

		if (*list[i]->path != '/')
			bad(c, "must be an absolute path", ".hooks.%s[%zu].path", name, i);
		check_env(c, list[i]->env, env);
	}
}

static void
check_hooks(struct checker *c)
{
	const struct oci_hooks *h = c->spec->hooks;

	if (!h)
		return;
	check_hook_list(c, h->prestart, "prestart");
	check_hook_list(c, h->create_runtime, "createRuntime");
	check_hook_list(c, h->create_container, "createContainer");
	check_hook_list(c, h->start_container, "startContainer");
	check_hook_list(c, h->poststart, "poststart");
	check_hook_list(c, h->poststop, "poststop");
}

static void
check_namespaces(struct checker *c)
{
	struct oci_namespace **list = c->spec->linux_->namespaces;
	uint64_t kind, seen = 0;

	for (size_t i = 0; list && list[i]; i++) {
		if (!word_number(ns_words, list[i]->type, &kind)) {
			bad(c, "is no kind of namespace", ".linux.namespaces[%zu].type", i);
			continue;
		}
		if (seen & kind)
			bad(c, "stands twice in the list", ".linux.namespaces[%zu].type", i);
		seen |= kind;
		if (kind == CLONE_NEWUSER)
			bad(c, "is not supported yet: user", ".linux.namespaces[%zu].type", i);
		if (list[i]->path && *list[i]->path && *list[i]->path != '/')
			bad(c, "must be an absolute path", ".linux.namespaces[%zu].path", i);
	}
}

static void
check_devices(struct checker *c)
{
	struct oci_device **list = c->spec->linux_->devices;

	for (size_t i = 0; list && list[i]; i++) {
		if (*list[i]->type != 'p' && (!list[i]->major.set || !list[i]->minor.set))
			bad(c, "needs major and minor", ".linux.devices[%zu]", i);
		if (*list[i]->path != '/')
			bad(c, "must be an absolute path", ".linux.devices[%zu].path", i);
		if (list[i]->major.v < 0 || list[i]->major.v > UINT32_MAX)
			bad(c, "is no device number", ".linux.devices[%zu].major", i);
		if (list[i]->minor.v < 0 || list[i]->minor.v > UINT32_MAX)
			bad(c, "is no device number", ".linux.devices[%zu].minor", i);
	}
}

/* Names as sysctl(8) takes them, with dots or slashes; the kernel's own are paths. */
static bool
is_sysctl_name(const char *name)
{
	if (!*name || *name == '.' || *name == '/')
		return false;
	for (const char *p = name; *p; p++) {
		if (!isalnum((unsigned char)*p) && !strchr("._-/:@+", *p))
			return false;
		if (strchr("./", *p) && (!p[1] || strchr("./", p[1])))
			return false;
	}
	return true;
}

/* Which namespace holds a sysctl; none: it is the host's and not for a container to set. */
static uint64_t
sysctl_namespace(const char *name)
{
	static const char *const ipc[] = {
		"kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall",
		"kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced",
	};
	autofree char *dotted = xstrdup(name);

	for (char *p = dotted; *p && *p != '.'; p++)
		if (*p == '/') {	/* the first separator decides which one it is */
			for (; *p; p++)
				*p = *p == '/' ? '.' : *p == '.' ? '/' : *p;
			break;
		}
	for (size_t i = 0; i < countof(ipc); i++)
		if (streq(dotted, ipc[i]))
			return CLONE_NEWIPC;
	if (str_after(dotted, "fs.mqueue."))
		return CLONE_NEWIPC;
	if (str_after(dotted, "net."))
		return CLONE_NEWNET;
	if (streq(dotted, "kernel.domainname"))
		return CLONE_NEWUTS;
	return 0;
}

static void
check_sysctl(struct checker *c)
{
	struct oci_pair **list = c->spec->linux_->sysctl;

	for (; list && *list; list++) {
		const char *key = (*list)->key;
		autofree char *path = xasprintf(".linux.sysctl[\"%s\"]", key);
		uint64_t kind = sysctl_namespace(key);

		if (!is_sysctl_name(key))
			tell(c, false, path, "is no name of a sysctl");
		else if (streq(key, "kernel.hostname"))
			tell(c, false, path, "is set by .hostname");
		else if (!kind)
			tell(c, false, path, "is not in a namespace: it would change the host");
		else if (!is_apart(c, kind))
			tell(c, false, path, "needs a new %s namespace in .linux.namespaces",
			     number_word(ns_words, kind));
		if (strchr((*list)->value, '\n'))
			tell(c, false, path, "must be one line");
	}
}

static void
check_paths(struct checker *c, char **list, const char *name)
{
	for (size_t i = 0; list && list[i]; i++)
		if (*list[i] != '/')
			bad(c, "must be an absolute path", ".linux.%s[%zu]", name, i);
	if (list && *list && !is_listed(c, CLONE_NEWNS))
		bad(c, "needs a mount namespace in .linux.namespaces", ".linux.%s", name);
}

/* A mount namespace of others, or the host's, is not ours to mount in. */
static void
check_mount_namespace(struct checker *c)
{
	static const char reason[] = "needs a new mount namespace in .linux.namespaces";
	const char *path;

	if (config_namespace(c->spec, CLONE_NEWNS, &path) && !path)
		return;
	if (c->spec->mounts && *c->spec->mounts)
		bad(c, reason, ".mounts");
	if (c->spec->root && c->spec->root->readonly.v)
		bad(c, reason, ".root.readonly");
	if (c->spec->linux_->rootfs_propagation)
		bad(c, reason, ".linux.rootfsPropagation");
}

static void
told_resource(void *arg, const char *path, const char *reason)
{
	bad((struct checker *)arg, reason, "%s", path);
}

static void
check_resources(struct checker *c)
{
	if (c->spec->linux_->resources)
		cgroup_check_resources(c->kind, c->spec->linux_->resources, told_resource, c);
}

static void
check_later_versions(struct checker *c)
{
	const struct oci_linux *l = c->spec->linux_;

	refuse(c, l->uid_mappings && *l->uid_mappings, ".linux", "uidMappings");
	refuse(c, l->gid_mappings && *l->gid_mappings, ".linux", "gidMappings");
	refuse(c, l->time_offsets, ".linux", "timeOffsets");
	refuse(c, l->net_devices && *l->net_devices, ".linux", "netDevices");
	refuse(c, l->intel_rdt, ".linux", "intelRdt");
	refuse(c, l->memory_policy, ".linux", "memoryPolicy");
	refuse(c, l->seccomp, ".linux", "seccomp");
	refuse(c, l->mount_label && *l->mount_label, ".linux", "mountLabel");
	refuse(c, l->personality, ".linux", "personality");
}

static void
check_linux(struct checker *c)
{
	static const struct oci_linux empty;
	struct oci_spec with_linux = *c->spec;

	/* Without the object nothing is asked for, but the rules on namespaces hold. */
	if (!c->spec->linux_) {
		with_linux.linux_ = (struct oci_linux *)(uintptr_t)&empty;
		c->spec = &with_linux;
	}
	check_namespaces(c);
	check_mount_namespace(c);
	check_devices(c);
	check_sysctl(c);
	check_paths(c, c->spec->linux_->masked_paths, "maskedPaths");
	check_paths(c, c->spec->linux_->readonly_paths, "readonlyPaths");
	check_resources(c);
	check_later_versions(c);
	c->spec = &c->config->spec;
}

int
config_check_all(struct config *config, enum cgroup_kind kind, config_tell tell_fn, void *arg)
{
	static void (*const checks[])(struct checker *) = {
		check_version, check_root, check_mounts, check_own_process,
		check_names, check_hooks, check_linux,
	};
	struct checker c = {
		.spec = &config->spec, .config = config, .kind = kind, .tell = tell_fn, .arg = arg,
	};

	for (size_t i = 0; i < countof(checks); i++)
		checks[i](&c);
	return c.mistakes;
}

int
config_check_process(const struct oci_process *p, const char *path, config_tell tell_fn, void *arg)
{
	struct checker c = { .tell = tell_fn, .arg = arg };

	check_process(&c, p, path);
	return c.mistakes;
}
