#include "ocirun-systemd/message.h"

#include "base/err.h"
#include "systemd/property.h"

static int add_value(sd_bus_message *m, const char *type, char *const **words);

static int
add_number(sd_bus_message *m, const char type[2], const char *word)
{
	if (*type == 'd')
		return sd_bus_message_append(m, type, strtod(word, NULL));
	if (*type == 'x' || *type == 't')
		return sd_bus_message_append(m, type, *word == '-' ?
							      (uint64_t)strtoll(word, NULL, 10) :
							      strtoull(word, NULL, 10));
	return sd_bus_message_append(m, type, (int)strtoll(word, NULL, 10));
}

static int
add_basic(sd_bus_message *m, char type, const char *word)
{
	if (strchr("sog", type))
		return sd_bus_message_append_basic(m, type, word);
	return add_number(m, (char[]){ type, 0 }, word);
}

static int
add_elements(sd_bus_message *m, const char *element, char *const **words)
{
	unsigned long n = strtoul(*(*words)++, NULL, 10);
	int r = 0;

	for (; n && r >= 0; n--)
		r = add_value(m, element, words);
	return r;
}

static int
add_members(sd_bus_message *m, const char *members, char *const **words)
{
	int r = 0;

	for (const char *at = members; *at && r >= 0; at += signature_len(at))
		r = add_value(m, at, words);
	return r;
}

/* Adds the first complete type of `type`, and steps over its words. */
static int
add_value(sd_bus_message *m, const char *type, char *const **words)
{
	size_t len = signature_len(type);
	bool array = *type == 'a', brackets = !array && len > 1;
	autofree char *inner = xstrndup(type + (len > 1), len - (len > 1) - brackets);

	if (len == 1)
		return add_basic(m, *type, *(*words)++);
	int r = sd_bus_message_open_container(m, array ? 'a' : *type == '{' ? 'e' : 'r', inner);
	if (r >= 0)
		r = array ? add_elements(m, inner, words) : add_members(m, inner, words);
	return r < 0 ? r : sd_bus_message_close_container(m);
}

/* Returns how many words it took. */
static int
add_property(sd_bus_message *m, char *const *words)
{
	const char *name = words[0], *type = words[1];
	char *const *value = words + 2;
	int n = type ? property_words(type, value) : fail(EPROTO, "no type");

	if (n < 0)
		return wrap(n, "%s", name);
	int r = sd_bus_message_open_container(m, 'r', "sv");
	if (r >= 0)
		r = sd_bus_message_append(m, "s", name + (*name == '?'));
	if (r >= 0)
		r = sd_bus_message_open_container(m, 'v', type);
	if (r >= 0)
		r = add_value(m, type, &value);
	for (int depth = 0; depth < 2 && r >= 0; depth++)
		r = sd_bus_message_close_container(m);
	return r < 0 ? fail(-r, "%s", name) : 2 + n;
}

int
message_add_properties(sd_bus_message *m, char *const *words)
{
	int r = sd_bus_message_open_container(m, 'a', "(sv)");

	if (r < 0)
		return fail(-r, "D-Bus");
	for (; *words; words += r) {
		r = add_property(m, words);
		if (r < 0)
			return r;
	}
	r = sd_bus_message_close_container(m);
	return r < 0 ? fail(-r, "D-Bus") : 0;
}
