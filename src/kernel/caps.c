#include "kernel/caps.h"

#include "base/err.h"
#include "base/strv.h"

#include <ctype.h>
#include <linux/capability.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define BITS 64

bool
cap_bit(const char *name, uint64_t *bit)
{
	cap_value_t value;

	/* cap_from_name() takes numbers too, which are no names. */
	if (strncmp(name, "CAP_", 4) != 0 || cap_from_name(name, &value) < 0 || value >= BITS)
		return false;
	*bit = 1ull << value;
	return true;
}

char **
caps_names(void)
{
	char **names = NULL;

	for (cap_value_t value = 0; value < BITS; value++) {
		char *name = cap_to_name(value);	/* a number if it has none */
		uint64_t bit;

		for (char *c = name; c && *c; c++)
			*c = (char)toupper((unsigned char)*c);
		if (name && cap_bit(name, &bit))
			strv_add(&names, name);
		cap_free(name);
	}
	return names;
}

static int
read_sets(struct caps *c)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data) < 0)
		return fail(errno, "capget");
	c->permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
	c->effective = data[0].effective | (uint64_t)data[1].effective << 32;
	c->inheritable = data[0].inheritable | (uint64_t)data[1].inheritable << 32;
	return 0;
}

static int
read_bounding(uint64_t *set)
{
	*set = 0;
	for (unsigned long cap = 0; cap < BITS; cap++) {
		int in = prctl(PR_CAPBSET_READ, cap, 0, 0, 0);

		if (in < 0 && errno == EINVAL)	/* behind the kernel's last one */
			return 0;
		if (in < 0)
			return fail(errno, "read the bounding set");
		*set |= (uint64_t)in << cap;
	}
	return 0;
}

static int
read_ambient(struct caps *c)
{
	/* The kernel keeps ambient within these two, so there are few to ask for. */
	uint64_t possible = c->permitted & c->inheritable;

	c->ambient = 0;
	for (unsigned long cap = 0; cap < BITS; cap++) {
		if (!(possible & 1ull << cap))
			continue;
		int in = prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, cap, 0, 0);

		if (in < 0)
			return fail(errno, "read the ambient capabilities");
		c->ambient |= (uint64_t)in << cap;
	}
	return 0;
}

int
caps_read(struct caps *c)
{
	int r = read_sets(c);

	if (r == 0)
		r = read_bounding(&c->bounding);
	return r < 0 ? r : read_ambient(c);
}

int
caps_full(struct caps *c)
{
	uint64_t all = 0;

	for (unsigned long cap = 0; cap < BITS; cap++) {
		if (prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0)
			all |= 1ull << cap;
		else if (errno != EINVAL)
			return fail(errno, "read the bounding set");
		else
			break;	/* behind the kernel's last one */
	}
	*c = (struct caps){ .bounding = all, .permitted = all, .effective = all };
	return 0;
}

int
caps_drop_bounding(uint64_t keep)
{
	for (unsigned long cap = 0; cap < BITS; cap++) {
		if (keep & 1ull << cap)
			continue;
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0)
			continue;
		if (errno == EINVAL)
			return 0;
		return fail(errno, "drop capability %lu from the bounding set", cap);
	}
	return 0;
}

static int
raise_ambient(uint64_t set)
{
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return fail(errno, "clear the ambient capabilities");
	for (unsigned long cap = 0; cap < BITS; cap++) {
		if (!(set & 1ull << cap))
			continue;
		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0) < 0)
			return fail(errno, "raise ambient capability %lu", cap);
	}
	return 0;
}

bool
caps_permitted(uint64_t mask)
{
	struct caps is;

	return read_sets(&is) == 0 && (is.permitted & mask) == mask;
}

int
caps_set(const struct caps *c)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct data[2] = {
		{ (uint32_t)c->effective, (uint32_t)c->permitted, (uint32_t)c->inheritable },
		{ (uint32_t)(c->effective >> 32), (uint32_t)(c->permitted >> 32),
		  (uint32_t)(c->inheritable >> 32) },
	};

	return syscall(SYS_capset, &head, data) < 0 ? fail(errno, "capset") : 0;
}

int
caps_apply(const struct caps *c)
{
	int r = caps_set(c);

	return r < 0 ? r : raise_ambient(c->ambient);
}
