#include "engine/seccomp-profile.h"

#include "base/err.h"
#include "base/parse.h"
#include "base/ptrs.h"
#include "base/str.h"
#include "base/strv.h"
#include "engine/seccomp-arch.h"
#include "libocispec/document.h"

#include <stdio.h>
#include <sys/utsname.h>

struct arch_map {
	char *architecture;
	char **sub_architectures;
};

/* When a rule holds, or does not: all of these, for those that are given. */
struct condition {
	char **arches, **caps;
	char *min_kernel;
};

struct profile_rule {
	char **names, *name;		/* name: as old profiles have it */
	char *action;
	struct oci_uint errno_ret;
	struct oci_syscall_arg **args;
	struct condition *includes, *excludes;
};

struct profile {
	char *default_action;
	struct oci_uint default_errno_ret;
	struct arch_map **arch_map;
	char **architectures, **flags;
	char *listener_path, *listener_metadata;
	struct profile_rule **syscalls;
};

static TYPE(arch_map, "architecture",
	F_STRING(arch_map, architecture, "architecture", .must = true),
	F_STRINGS(arch_map, sub_architectures, "subArchitectures"),
);

static TYPE(condition, "condition",
	F_STRINGS(condition, arches, "arches"),
	F_STRINGS(condition, caps, "caps"),
	F_STRING(condition, min_kernel, "minKernel"),
);

static TYPE(profile_rule, "rule",
	F_STRINGS(profile_rule, names, "names"),
	F_STRING(profile_rule, name, "name"),
	F_STRING(profile_rule, action, "action", .must = true),
	F_UINT(profile_rule, errno_ret, "errnoRet", .umax = UINT32_MAX),
	F_LIST(profile_rule, args, "args", oci_syscall_arg),
	F_OBJECT(profile_rule, includes, "includes", condition),
	F_OBJECT(profile_rule, excludes, "excludes", condition),
);

static TYPE(profile, "profile of system calls",
	F_STRING(profile, default_action, "defaultAction", .must = true),
	F_UINT(profile, default_errno_ret, "defaultErrnoRet", .umax = UINT32_MAX),
	F_LIST(profile, arch_map, "archMap", arch_map),
	F_STRINGS(profile, architectures, "architectures"),
	F_STRINGS(profile, flags, "flags"),
	F_STRING(profile, listener_path, "listenerPath"),
	F_STRING(profile, listener_metadata, "listenerMetadata"),
	F_LIST(profile, syscalls, "syscalls", profile_rule),
);

static int
decode(const char *name, const char *text, struct profile *p)
{
	const struct oci_source source = { .name = name, .text = text, .len = strlen(text) };
	int r = oci_decode(&profile_type, &source, p);

	if (r == 0 && p->arch_map && p->architectures)
		r = fail(0, "%s: archMap and architectures exclude each other", name);
	for (struct profile_rule **s = p->syscalls; r == 0 && s && *s; s++)
		if (!(*s)->names && !(*s)->name)
			r = fail(0, "%s: rule %td names no system call", name, s - p->syscalls);
	if (r < 0)
		oci_done(&profile_type, p);
	return r;
}

int
seccomp_profile_check(const char *name, const char *text)
{
	struct profile p = { 0 };
	int r = decode(name, text, &p);

	oci_done(&profile_type, &p);
	return r;
}

/* "4.8": whether this kernel is as new. */
static bool
has_kernel(const char *version)
{
	struct utsname u;
	unsigned major, minor, ours_major, ours_minor;

	if (uname(&u) < 0 || sscanf(version, "%u.%u", &major, &minor) != 2 ||
	    sscanf(u.release, "%u.%u", &ours_major, &ours_minor) != 2)
		return false;
	return ours_major > major || (ours_major == major && ours_minor >= minor);
}

static bool
has_every(char *const *list, char *const *of)
{
	for (; list && *list; list++)
		if (!strv_has(of, *list))
			return false;
	return true;
}

static bool
has_any(char *const *list, char *const *of)
{
	for (; list && *list; list++)
		if (strv_has(of, *list))
			return true;
	return false;
}

/* As docker: all of what is included must be there, and none of what is excluded. */
static bool
holds(const struct profile_rule *rule, char *const *capabilities)
{
	const struct condition *in = rule->includes, *out = rule->excludes;
	const char *arch = seccomp_arch_ours()->go;

	if (in && in->arches && !strv_has(in->arches, arch))
		return false;
	if (in && !has_every(in->caps, capabilities))
		return false;
	if (in && in->min_kernel && !has_kernel(in->min_kernel))
		return false;
	if (out && strv_has(out->arches, arch))
		return false;
	if (out && has_any(out->caps, capabilities))
		return false;
	return !(out && out->min_kernel && has_kernel(out->min_kernel));
}

static void
add_rule(struct profile_rule *rule, struct oci_syscall ***to)
{
	struct oci_syscall *s = xcalloc(1, sizeof(*s));

	s->names = take(rule->names);
	if (rule->name)
		strv_add(&s->names, rule->name);
	s->action = take(rule->action);
	s->errno_ret = rule->errno_ret;
	s->args = take(rule->args);
	ptrs_push(to, s);
}

static char **
architectures(const struct profile *p)
{
	const char *ours = seccomp_arch_ours()->oci;
	char **list = NULL;

	for (struct arch_map **m = p->arch_map; m && *m; m++) {
		if (!streq((*m)->architecture, ours))
			continue;
		strv_add(&list, ours);
		for (char **sub = (*m)->sub_architectures; sub && *sub; sub++)
			strv_add(&list, *sub);
	}
	return list;
}

int
seccomp_profile_read(const char *text, char *const *capabilities, struct oci_seccomp **seccomp)
{
	struct oci_seccomp *s;
	struct profile p = { 0 };
	int r = decode("seccomp profile", text, &p);

	if (r < 0)
		return r;
	s = *seccomp = xcalloc(1, sizeof(*s));
	s->default_action = take(p.default_action);
	s->default_errno_ret = p.default_errno_ret;
	s->architectures = p.architectures ? take(p.architectures) : architectures(&p);
	s->flags = take(p.flags);
	s->listener_path = take(p.listener_path);
	s->listener_metadata = take(p.listener_metadata);
	for (struct profile_rule **rule = p.syscalls; rule && *rule; rule++)
		if (holds(*rule, capabilities))
			add_rule(*rule, &s->syscalls);
	oci_done(&profile_type, &p);
	return 0;
}
