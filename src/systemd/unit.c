#include "systemd/unit.h"

#include "base/err.h"
#include "base/str.h"

#include <ctype.h>

#define NAME_MAX_UNIT 255

#define SCOPE ".scope"
#define SLICE ".slice"

void
unit_place_done(struct unit_place *place)
{
	free(place->unit);
	free(place->slice);
}

static bool
is_plain(char c)
{
	return isalnum((unsigned char)c) || (c && strchr(":_.-", c));
}

/* What systemd.unit(5) allows in a name; "\" stands in what systemd-escape(1) made. */
static bool
is_name(const char *s)
{
	for (const char *p = s; *p; p++)
		if (!is_plain(*p) && *p != '\\' && *p != '@')
			return false;
	return *s;
}

static void
add_escaped(struct str *out, const char *s)
{
	for (; *s; s++)
		if (is_plain(*s))
			str_addc(out, *s);
		else
			str_addf(out, "\\x%02x", (unsigned char)*s);
}

static bool
ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && streq(s + n - m, end);
}

/* Dashes separate the names of the slices above: none of those is empty. */
static bool
is_slice(const char *s)
{
	size_t n = strlen(s);

	if (streq(s, "-" SLICE))
		return true;
	return is_name(s) && ends_with(s, SLICE) && n > strlen(SLICE) && n <= NAME_MAX_UNIT &&
	       *s != '-' && *s != '.' && !strstr(s, "--") && !strstr(s, "-" SLICE);
}

static int
set_unit(struct unit_place *place, const char *prefix, const char *name)
{
	if (ends_with(name, SLICE))
		return fail(0, "\"%s\" names a slice, and a container is a scope", name);
	place->unit = xasprintf("%s-%s" SCOPE, prefix, name);
	if (!*name || !is_name(place->unit))
		return fail(0, "\"%s\" is no name of a unit", place->unit);
	if (strlen(place->unit) > NAME_MAX_UNIT)
		return fail(0, "\"%s\" is longer than %d characters, the most for a unit",
			    place->unit, NAME_MAX_UNIT);
	return 0;
}

static int
set_slice(struct unit_place *place, const char *slice)
{
	place->slice = xstrdup(slice);
	return is_slice(slice) ? 0 : fail(0, "\"%s\" is no name of a slice", slice);
}

static int
parse(struct unit_place *place, const char *path, const char *default_slice)
{
	const char *prefix = strchr(path, ':');
	const char *name = prefix ? strchr(prefix + 1, ':') : NULL;

	/* The words are those of runc, and matched. */
	if (!name || strchr(name + 1, ':'))
		return fail(0, "expected cgroupsPath to be of format \"slice:prefix:name\""
			       " for systemd cgroups");
	autofree char *slice = xstrndup(path, (size_t)(prefix - path));
	autofree char *front = xstrndup(prefix + 1, (size_t)(name - prefix - 1));
	int r = set_slice(place, *slice ? slice : default_slice);
	return r < 0 ? r : set_unit(place, front, name + 1);
}

int
unit_place(struct unit_place *place, const char *cgroups_path, const char *id,
	   const char *default_slice)
{
	autoplace made = { 0 };
	autostr name = { 0 };
	int r;

	add_escaped(&name, id);
	if (cgroups_path && *cgroups_path)
		r = wrap(parse(&made, cgroups_path, default_slice), "\"%s\"", cgroups_path);
	else
		r = set_slice(&made, default_slice) < 0 ? -EINVAL :
							  set_unit(&made, "ocirun", name.s);
	if (r < 0)
		return r;
	*place = (struct unit_place){ take(made.unit), take(made.slice) };
	return 0;
}
