#include "runtime/mount/options.h"

#include "runtime/mount/plan.h"

#include "base/mem.h"
#include "kernel/mountfd.h"

/* The kinds of atime are one number, not bits: each word clears the whole of it. */
#define ATIME(n, e, value) { n, e, MOUNT_ATTR_ ## value, MOUNT_ATTR__ATIME }
#define ON(n, e, bit)	   { n, e, MOUNT_ATTR_ ## bit, 0 }
#define OFF(n, e, bit)	   { n, e, 0, MOUNT_ATTR_ ## bit }
#define SPREAD(n, flags)   { n, OPTION_PROPAGATION, flags, 0 }
#define PLAIN(n, e)	   { n, e, 0, 0 }

/*
 * Some words change nothing today, but configurations have them: file systems
 * that count versions of inodes always do it, and what "silent" silences is
 * not printed for a file system context in the first place.
 */
const struct mount_option mount_options[] = {
	PLAIN("async", OPTION_SUPER),
	ATIME("atime", OPTION_ATTR, RELATIME),
	PLAIN("bind", OPTION_BIND),
	PLAIN("defaults", OPTION_NOTHING),
	OFF("dev", OPTION_ATTR, NODEV),
	OFF("diratime", OPTION_ATTR, NODIRATIME),
	PLAIN("dirsync", OPTION_SUPER),
	OFF("exec", OPTION_ATTR, NOEXEC),
	PLAIN("idmap", OPTION_IDMAP),
	PLAIN("iversion", OPTION_NOTHING),
	PLAIN("lazytime", OPTION_SUPER),
	PLAIN("loud", OPTION_NOTHING),
	PLAIN("mand", OPTION_SUPER),
	ATIME("noatime", OPTION_ATTR, NOATIME),
	ON("nodev", OPTION_ATTR, NODEV),
	ON("nodiratime", OPTION_ATTR, NODIRATIME),
	ON("noexec", OPTION_ATTR, NOEXEC),
	PLAIN("noiversion", OPTION_NOTHING),
	PLAIN("nolazytime", OPTION_SUPER),
	PLAIN("nomand", OPTION_SUPER),
	ATIME("norelatime", OPTION_ATTR, RELATIME),
	ATIME("nostrictatime", OPTION_ATTR, RELATIME),
	ON("nosuid", OPTION_ATTR, NOSUID),
	ON("nosymfollow", OPTION_ATTR, NOSYMFOLLOW),
	SPREAD("private", MS_PRIVATE),
	ATIME("ratime", OPTION_REC_ATTR, RELATIME),
	PLAIN("rbind", OPTION_RBIND),
	OFF("rdev", OPTION_REC_ATTR, NODEV),
	OFF("rdiratime", OPTION_REC_ATTR, NODIRATIME),
	ATIME("relatime", OPTION_ATTR, RELATIME),
	PLAIN("remount", OPTION_REMOUNT),
	OFF("rexec", OPTION_REC_ATTR, NOEXEC),
	PLAIN("ridmap", OPTION_RIDMAP),
	ATIME("rnoatime", OPTION_REC_ATTR, NOATIME),
	ON("rnodev", OPTION_REC_ATTR, NODEV),
	ON("rnodiratime", OPTION_REC_ATTR, NODIRATIME),
	ON("rnoexec", OPTION_REC_ATTR, NOEXEC),
	ATIME("rnorelatime", OPTION_REC_ATTR, RELATIME),
	ATIME("rnostrictatime", OPTION_REC_ATTR, RELATIME),
	ON("rnosuid", OPTION_REC_ATTR, NOSUID),
	ON("rnosymfollow", OPTION_REC_ATTR, NOSYMFOLLOW),
	ON("ro", OPTION_ATTR, RDONLY),
	SPREAD("rprivate", MS_PRIVATE | MS_REC),
	ATIME("rrelatime", OPTION_REC_ATTR, RELATIME),
	ON("rro", OPTION_REC_ATTR, RDONLY),
	OFF("rrw", OPTION_REC_ATTR, RDONLY),
	SPREAD("rshared", MS_SHARED | MS_REC),
	SPREAD("rslave", MS_SLAVE | MS_REC),
	ATIME("rstrictatime", OPTION_REC_ATTR, STRICTATIME),
	OFF("rsuid", OPTION_REC_ATTR, NOSUID),
	OFF("rsymfollow", OPTION_REC_ATTR, NOSYMFOLLOW),
	SPREAD("runbindable", MS_UNBINDABLE | MS_REC),
	OFF("rw", OPTION_ATTR, RDONLY),
	SPREAD("shared", MS_SHARED),
	PLAIN("silent", OPTION_NOTHING),
	SPREAD("slave", MS_SLAVE),
	ATIME("strictatime", OPTION_ATTR, STRICTATIME),
	OFF("suid", OPTION_ATTR, NOSUID),
	OFF("symfollow", OPTION_ATTR, NOSYMFOLLOW),
	PLAIN("sync", OPTION_SUPER),
	PLAIN("tmpcopyup", OPTION_TMPCOPYUP),
	SPREAD("unbindable", MS_UNBINDABLE),
};

const size_t n_mount_options = countof(mount_options);

static int
compare(const void *name, const void *row)
{
	return strcmp(name, ((const struct mount_option *)row)->name);
}

const struct mount_option *
mount_option_find(const char *name)
{
	return bsearch(name, mount_options, n_mount_options, sizeof(*mount_options), compare);
}

const char **
mount_option_names(void)
{
	const char **names = xcalloc(n_mount_options + 1, sizeof(*names));
	size_t n = 0;

	for (size_t i = 0; i < n_mount_options; i++)
		names[n++] = mount_options[i].name;
	return names;
}

bool
mount_propagation_flags(const char *word, uint64_t *flags)
{
	const struct mount_option *o = mount_option_find(word);

	if (!o || o->effect != OPTION_PROPAGATION)
		return false;
	*flags = o->set;
	return true;
}
