#include "engine/reference.h"

#include "base/err.h"
#include "base/str.h"

enum { NAME_MAX_LEN = 255, TAG_MAX_LEN = 128 };

static int
refuse(const char *text, const char *why)
{
	return fail(0, "\"%s\" is no name of an image: %s", text, why);
}

static bool
is_lower(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool
is_word(char c)
{
	return is_lower(c) || (c >= 'A' && c <= 'Z');
}

/* The n bytes at s are letters and digits, with "-" between them. */
static bool
is_label(const char *s, size_t n)
{
	if (!n || s[0] == '-' || s[n - 1] == '-')
		return false;
	for (size_t i = 0; i < n; i++)
		if (!is_word(s[i]) && s[i] != '-')
			return false;
	return true;
}

static bool
is_port(const char *s)
{
	size_t n = strspn(s, "0123456789");

	return n > 0 && n <= 5 && !s[n];
}

/* A host's name or address, [IPv6] too, and a port. */
static bool
is_domain(const char *s)
{
	if (*s == '[') {
		size_t n = strspn(s + 1, "0123456789abcdefABCDEF:");

		s += n + 1;
		return n > 1 && *s == ']' && (!s[1] || (s[1] == ':' && is_port(s + 2)));
	}
	for (;;) {
		size_t n = strcspn(s, ".:");

		if (!is_label(s, n))
			return false;
		s += n;
		if (*s != '.')
			return !*s || is_port(s + 1);
		s++;
	}
}

/* How many bytes of a separator in a part of a path stand at s: ".", "_", "__", "-" and more. */
static size_t
separator(const char *s)
{
	if (*s == '.')
		return 1;
	if (*s == '_')
		return s[1] == '_' ? 2 : 1;
	return strspn(s, "-");
}

static bool
is_path(const char *s)
{
	for (;;) {
		size_t n = 0;

		while (is_lower(s[n]))
			n++;
		if (!n)
			return false;
		s += n;
		if (!*s)
			return true;
		n = *s == '/' ? 1 : separator(s);
		if (!n)
			return false;
		s += n;
	}
}

static bool
is_tag(const char *s)
{
	if (!is_word(*s) && *s != '_')
		return false;
	for (size_t n = 1; s[n]; n++)
		if (n >= TAG_MAX_LEN || (!is_word(s[n]) && !strchr("_.-", s[n])))
			return false;
	return true;
}

static bool
has_upper(const char *s)
{
	return strcspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") < strlen(s);
}

/* The first part of a name is a domain by its look. */
static bool
starts_with_domain(const char *name)
{
	const char *slash = strchr(name, '/');
	autofree char *first = slash ? xstrndup(name, (size_t)(slash - name)) : NULL;

	return first && (strpbrk(first, ".:") || streq(first, "localhost"));
}

/* DOMAIN and PATH of a name that has neither tag nor digest. */
static void
set_name(const char *name, struct reference *ref)
{
	const char *slash = strchr(name, '/');

	if (starts_with_domain(name)) {
		ref->domain = xstrndup(name, (size_t)(slash - name));
		ref->path = xstrdup(slash + 1);
	} else {
		ref->domain = xstrdup("docker.io");
		ref->path = xstrdup(name);
	}
	/* The older name of the same registry. */
	if (streq(ref->domain, "index.docker.io")) {
		free(ref->domain);
		ref->domain = xstrdup("docker.io");
	}
	if (streq(ref->domain, "docker.io") && !strchr(ref->path, '/')) {
		autofree char *alone = take(ref->path);

		ref->path = xasprintf("library/%s", alone);
	}
}

static bool
is_id(const char *name)
{
	return strlen(name) == 64 && strspn(name, "0123456789abcdef") == 64;
}

static int
check(const char *text, const struct reference *ref)
{
	if (ref->digest && !digest_is_valid(ref->digest))
		return refuse(text, "behind the \"@\" must be sha256: and 64 hex digits");
	if (ref->tag && !is_tag(ref->tag))
		return refuse(text, "a tag is up to 128 letters, digits, \"_\", \".\" and \"-\","
				    " and begins with none of the last two");
	if (!is_domain(ref->domain))
		return refuse(text, "what stands before the first \"/\" is no host");
	if (has_upper(ref->path))
		return refuse(text, "only a tag may have upper-case letters");
	if (!is_path(ref->path))
		return refuse(text, "its parts are lower-case letters and digits, with \".\","
				    " \"_\" or \"-\" between them");
	if (strlen(ref->domain) + strlen(ref->path) >= NAME_MAX_LEN)
		return refuse(text, "it has more than 255 characters");
	return 0;
}

int
reference_parse(const char *text, struct reference *ref)
{
	const char *at = strchr(text, '@');
	autofree char *name = at ? xstrndup(text, (size_t)(at - text)) : xstrdup(text);
	char *slash = strrchr(name, '/'), *colon = strchr(slash ? slash : name, ':');
	int r;

	*ref = (struct reference){ .digest = at ? xstrdup(at + 1) : NULL };
	if (colon) {
		*colon = 0;
		ref->tag = xstrdup(colon + 1);
	} else if (!at) {
		ref->tag = xstrdup("latest");
	}
	if (!*text)
		r = fail(0, "the name of an image is empty");
	else if (is_id(name))
		r = refuse(text, "64 hex digits are an ID");
	else {
		set_name(name, ref);
		r = check(text, ref);
	}
	if (r < 0)
		reference_done(ref);
	return r;
}

void
reference_done(struct reference *ref)
{
	free(ref->domain);
	free(ref->path);
	free(ref->tag);
	free(ref->digest);
	*ref = (struct reference){ 0 };
}

char *
reference_whole(const struct reference *ref)
{
	return xasprintf("%s/%s%s%s%s%s", ref->domain, ref->path, ref->tag ? ":" : "",
			 ref->tag ? ref->tag : "", ref->digest ? "@" : "",
			 ref->digest ? ref->digest : "");
}

char *
reference_familiar(const char *whole)
{
	const char *path = str_after(whole, "docker.io/");
	const char *alone = path ? str_after(path, "library/") : NULL;

	if (alone && !strchr(alone, '/'))
		return xstrdup(alone);
	/* Without its domain such a name would say another one. */
	return xstrdup(path && strchr(path, '/') && !starts_with_domain(path) ? path : whole);
}

char *
reference_familiar_repository(const char *whole)
{
	autofree char *name = reference_familiar(whole);

	name[strcspn(name, "@")] = 0;
	char *slash = strrchr(name, '/'), *colon = strchr(slash ? slash : name, ':');
	if (colon)
		*colon = 0;
	return take(name);
}

bool
digest_is_valid(const char *digest)
{
	static const struct { const char *prefix; size_t digits; } algorithms[] = {
		{ "sha256:", 64 }, { "sha512:", 128 },
	};

	for (size_t i = 0; i < countof(algorithms); i++) {
		const char *hex = str_after(digest, algorithms[i].prefix);

		if (hex)
			return strlen(hex) == algorithms[i].digits &&
			       strspn(hex, "0123456789abcdef") == algorithms[i].digits;
	}
	return false;
}

const char *
digest_hex(const char *digest)
{
	return strchr(digest, ':') + 1;
}

int
reference_new_name(const char *text, char **whole)
{
	auto_(reference_done) struct reference ref = { 0 };
	int r = reference_parse(text, &ref);

	if (r == 0 && ref.digest)
		r = fail(0, "%s: a new name has a tag, not a digest", text);
	if (r == 0 && streq(ref.path, "library/sha256"))
		r = fail(0, "%s: it would be taken for an ID", text);
	if (r == 0)
		*whole = reference_whole(&ref);
	return r;
}
