/* linux.sysctl: what is in a namespace of the container's own. */
#include "runtime/check/checker.h"

#include "base/str.h"
#include "kernel/ns.h"

#include <ctype.h>
#include <sched.h>

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
	if (str_after(dotted, "user."))
		return CLONE_NEWUSER;
	if (streq(dotted, "kernel.domainname"))
		return CLONE_NEWUTS;
	return 0;
}

void
check_sysctl(struct checker *c)
{
	struct oci_pair **list = c->spec->linux_->sysctl;

	for (; list && *list; list++) {
		const char *key = (*list)->key;
		autofree char *path = xasprintf(".linux.sysctl[\"%s\"]", key);
		uint64_t kind = sysctl_namespace(key);

		if (!is_sysctl_name(key))
			tell_reason(c, false, path, "is no name of a sysctl");
		else if (streq(key, "kernel.hostname"))
			tell_reason(c, false, path, "is set by .hostname");
		else if (!kind)
			tell_reason(c, false, path,
				    "is not in a namespace: it would change the host");
		else if (!is_apart(c, kind))
			tell_reason(c, false, path, "needs a new %s namespace in .linux.namespaces",
			     number_word(ns_words, kind));
		if (strchr((*list)->value, '\n'))
			tell_reason(c, false, path, "must be one line");
	}
}
