/* linux.netDevices: names that the kernel takes, each once, and a namespace to move to. */
#include "runtime/check/checker.h"

#include "base/str.h"

#include <ctype.h>
#include <net/if.h>
#include <sched.h>

static bool
is_device_name(const char *name)
{
	if (!*name || strlen(name) >= IFNAMSIZ || streq(name, ".") || streq(name, ".."))
		return false;
	for (; *name; name++)
		if (*name == '/' || *name == ':' || isspace((unsigned char)*name))
			return false;
	return true;
}

/* One %d, and nothing else of the kind. */
static bool
is_template(const char *name)
{
	const char *percent = strchr(name, '%');

	return percent && percent[1] == 'd' && !strchr(percent + 1, '%');
}

static const char *
name_in_container(const struct oci_net_device *d)
{
	return d->name && *d->name ? d->name : d->key;
}

static bool
is_taken(struct oci_net_device *const *list, size_t i)
{
	const char *name = name_in_container(list[i]);

	for (size_t k = 0; k < i; k++)
		if (!strchr(name, '%') && streq(name_in_container(list[k]), name))
			return true;
	return false;
}

static void
check_device(struct checker *c, struct oci_net_device *const *list, size_t i)
{
	const char *key = list[i]->key, *name = name_in_container(list[i]);
	autofree char *path = xasprintf(".linux.netDevices[\"%s\"]", key);

	if (!is_device_name(key) || strchr(key, '%'))
		tell_reason(c, false, path, "is no name of a network device");
	else if (!is_device_name(name) || (strchr(name, '%') && !is_template(name)))
		bad(c, "is no name of a network device", "%s.name", path);
	else if (is_taken(list, i))
		bad(c, "is the name of two devices", "%s.name", path);
}

void
check_net_devices(struct checker *c)
{
	struct oci_net_device *const *list = c->spec->linux_->net_devices;

	if (!list || !*list)
		return;
	if (!is_apart(c, CLONE_NEWNET))
		bad(c, "needs a network namespace other than the host's in .linux.namespaces",
		    ".linux.netDevices");
	for (size_t i = 0; list[i]; i++)
		check_device(c, list, i);
}
