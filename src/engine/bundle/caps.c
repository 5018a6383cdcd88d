/* Capabilities: docker's defaults, and what --cap-add, --cap-drop and --privileged make of them. */
#include "engine/bundle/parts.h"

#include "base/err.h"
#include "kernel/caps.h"

#include <ctype.h>

static char *const defaults[] = {
	"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW",
	"CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE",
	"CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE", NULL,
};

char *
capability_name(const char *word)
{
	bool prefixed = strncasecmp(word, "CAP_", 4) == 0;
	char *name = xasprintf("CAP_%s", prefixed ? word + 4 : word);

	for (char *c = name; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	return name;
}

static bool
is_all(const char *word)
{
	return strcasecmp(word, "ALL") == 0;
}

static bool
has_all(char *const *words)
{
	for (; words && *words; words++)
		if (is_all(*words))
			return true;
	return false;
}

/* All that we could hand on: where a whole host is not ours, its rights are not either. */
static int
add_all(char ***list)
{
	autostrv names = caps_names();
	struct caps ours;
	uint64_t bit;
	int r = caps_read(&ours);

	for (char **n = names; r == 0 && n && *n; n++)
		if (cap_bit(*n, &bit) && (ours.bounding & bit))
			strv_add(list, *n);
	return r;
}

static int
check_names(char *const *words, const char *option)
{
	uint64_t bit;

	for (; words && *words; words++) {
		autofree char *name = capability_name(*words);

		if (!is_all(*words) && !cap_bit(name, &bit))
			return fail(0, "--%s: there is no capability \"%s\"", option, *words);
	}
	return 0;
}

static bool
names_it(char *const *words, const char *capability)
{
	for (; words && *words; words++) {
		autofree char *name = capability_name(*words);

		if (streq(name, capability))
			return true;
	}
	return false;
}

/* ALL among the added begins with everything, ALL among the dropped with nothing. */
static int
start_list(const struct host_config *host, char ***list)
{
	if (is_on(host->privileged) || has_all(host->cap_add))
		return add_all(list);
	if (!has_all(host->cap_drop))
		*list = strv_copy(defaults);
	return 0;
}

int
capabilities_list(const struct host_config *host, char ***list)
{
	autostrv start = NULL;
	int r = check_names(host->cap_add, "cap-add");

	if (r == 0)
		r = check_names(host->cap_drop, "cap-drop");
	if (r == 0)
		r = start_list(host, &start);
	if (r < 0)
		return r;
	for (char **name = start; name && *name; name++)
		if (is_on(host->privileged) || !names_it(host->cap_drop, *name))
			strv_add(list, *name);
	for (char **word = host->cap_add; word && *word; word++) {
		autofree char *name = capability_name(*word);

		if (!is_all(*word) && !strv_has(*list, name))
			strv_add(list, name);
	}
	return 0;
}
