/* What a container may not see or call: masks, sysctls, system calls. */
#include "engine/bundle/parts.h"

#include "base/err.h"
#include "engine/pairs.h"
#include "engine/seccomp-profile.h"
#include "kernel/lsm.h"

static char *const masked[] = {
	"/proc/asound", "/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys",
	"/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug",
	"/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap", NULL,
};

static char *const readonly[] = {
	"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger", NULL,
};

const char *
security_word(const struct host_config *host, const char *name)
{
	const char *found = NULL;
	size_t n = strlen(name);

	for (char **o = host->security_opt; o && *o; o++)
		if (strncmp(*o, name, n) == 0 && (*o)[n] == '=')
			found = *o + n + 1;
	return found;
}

static void
set_paths(const struct host_config *host, struct oci_linux *l)
{
	if (is_on(host->privileged) || security_word(host, "systempaths"))
		return;
	l->masked_paths = strv_copy(host->masked_paths ? host->masked_paths : (char **)masked);
	l->readonly_paths = strv_copy(host->readonly_paths ? host->readonly_paths
							   : (char **)readonly);
}

/*
 * In a network of its own nobody needs to be root to ping or to serve port 80.
 * A user namespace need not have the last group of that range.
 */
static void
set_sysctls(const struct building *b, struct oci_linux *l)
{
	struct oci_pair *const *asked = b->c->host->sysctls;

	if (has_own_network(b->c)) {
		if (!b->e->rootless)
			pairs_set(&l->sysctl, "net.ipv4.ping_group_range", "0 2147483647");
		pairs_set(&l->sysctl, "net.ipv4.ip_unprivileged_port_start", "0");
	}
	for (; asked && *asked; asked++)
		pairs_set(&l->sysctl, (*asked)->key, (*asked)->value);
}

static int
set_seccomp(const struct building *b, struct oci_linux *l)
{
	const char *profile = security_word(b->c->host, "seccomp");
	char **capabilities = b->spec->process->capabilities->bounding;

	if (!profile && is_on(b->c->host->privileged))
		return 0;
	if (!profile || streq(profile, "builtin")) {
		l->seccomp = seccomp_default(capabilities);
		return 0;
	}
	return streq(profile, "unconfined") ? 0
		: seccomp_profile_read(profile, capabilities, &l->seccomp);
}

int
build_security(struct building *b)
{
	struct oci_linux *l = b->spec->linux_;

	set_paths(b->c->host, l);
	set_sysctls(b, l);
	return set_seccomp(b, l);
}

/* -- checks -- */

/* Those that belong to a namespace; the others would change the host. */
static const struct {
	const char *name;
	bool (*own)(const struct container *c);
	const char *lacks;
} sysctls[] = {
	{ "net.", has_own_network, "it has no network of its own" },
	{ "kernel.domainname", has_own_uts, "it has no UTS namespace of its own" },
	{ "kernel.hostname", has_own_uts, "the name is set by --hostname" },
	{ "kernel.msg", NULL, NULL }, { "kernel.sem", NULL, NULL }, { "kernel.shm", NULL, NULL },
	{ "fs.mqueue.", NULL, NULL },
};

static int
check_sysctl(const struct container *c, const char *name)
{
	for (size_t i = 0; i < countof(sysctls); i++) {
		if (!str_after(name, sysctls[i].name))
			continue;
		if (sysctls[i].own && !sysctls[i].own(c))
			return fail(0, "--sysctl: %s: %s", name, sysctls[i].lacks);
		if (!sysctls[i].own && c->host->ipc_mode && streq(c->host->ipc_mode, "host"))
			return fail(0, "--sysctl: %s: it has no IPC namespace of its own", name);
		return 0;
	}
	return fail(0, "--sysctl: %s would change the host, too: it belongs to no namespace", name);
}

int
check_security(const struct container *c)
{
	const char *apparmor = security_word(c->host, "apparmor");
	const char *label = security_word(c->host, "label");
	autostrv capabilities = NULL;
	int r = capabilities_list(c->host, &capabilities);

	if (r == 0 && label && !streq(label, "disable") && selinux_enabled())
		r = fail(0, "--security-opt: label=%s: servin sets no labels of SELinux", label);
	if (r == 0 && apparmor && !streq(apparmor, "unconfined") && !apparmor_enabled())
		r = fail(0, "--security-opt: apparmor=%s: this host has no AppArmor", apparmor);
	for (struct oci_pair **s = c->host->sysctls; r == 0 && s && *s; s++)
		r = check_sysctl(c, (*s)->key);
	return r;
}
