/* The Linux part of the document. */
#include "runtime/check/checker.h"

#include "kernel/ns.h"

#include <sched.h>

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

void
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
	check_user_namespace(c);
	check_time_offsets(c);
	check_devices(c);
	check_sysctl(c);
	check_seccomp(c);
	check_paths(c, c->spec->linux_->masked_paths, "maskedPaths");
	check_paths(c, c->spec->linux_->readonly_paths, "readonlyPaths");
	check_resources(c);
	check_linux_attributes(c);
	check_intel_rdt(c);
	check_net_devices(c);
	c->spec = &c->config->spec;
}
