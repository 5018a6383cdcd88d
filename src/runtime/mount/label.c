#include "runtime/mount/label.h"

#include "base/err.h"
#include "base/str.h"

#include <fcntl.h>
#include <sys/xattr.h>

enum label_by { BY_OPTION, BY_XATTR, BY_POLICY };

static enum label_by
label_by(const char *type)
{
	static const struct {
		const char *type;
		enum label_by by;
	} others[] = {
		{ "proc", BY_POLICY }, { "sysfs", BY_POLICY }, { "mqueue", BY_XATTR },
	};

	for (size_t i = 0; i < countof(others); i++)
		if (streq(others[i].type, type))
			return others[i].by;
	return BY_OPTION;
}

static const char *
label_of(const struct oci_spec *spec)
{
	const char *label = spec->linux_ ? spec->linux_->mount_label : NULL;

	return has_text(label) ? label : NULL;
}

static const char *
context_type(const struct oci_spec *spec)
{
	for (struct oci_pair **a = spec->annotations; a && *a; a++)
		if (streq((*a)->key, MOUNT_CONTEXT_ANNOTATION))
			return (*a)->value;
	return "context";
}

bool
mount_context_is_known(const struct oci_spec *spec)
{
	static const char *const types[] = { "context", "fscontext", "defcontext", "rootcontext" };

	for (size_t i = 0; i < countof(types); i++)
		if (streq(types[i], context_type(spec)))
			return true;
	return false;
}

char *
mount_label_option(const struct oci_spec *spec, const char *type)
{
	const char *label = label_of(spec);

	if (!label || label_by(type) != BY_OPTION)
		return NULL;
	return xasprintf("%s=%s", context_type(spec), label);
}

int
mount_label_top(const struct oci_spec *spec, const char *type, int mount)
{
	const char *label = label_of(spec);

	if (!label || label_by(type) != BY_XATTR)
		return 0;
	autoclose int top = openat(mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (top < 0)
		return fail(errno, "open %s", type);
	if (fsetxattr(top, "security.selinux", label, strlen(label) + 1, 0) < 0)
		return fail(errno, "label %s as %s", type, label);
	return 0;
}
