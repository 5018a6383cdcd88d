/* The three ways to ask for a mount: -v, --mount and --tmpfs. */
#include "servin/run-values.h"

#include "base/err.h"
#include "base/parse.h"
#include "base/ptrs.h"
#include "base/str.h"
#include "base/strv.h"
#include "engine/pairs.h"
#include "engine/volume.h"
#include "libocispec/document.h"

#include <limits.h>

static const char *const propagations[] = {
	"private", "rprivate", "shared", "rshared", "slave", "rslave", NULL
};

static bool
is_propagation(const char *word)
{
	return strv_has((char *const *)propagations, word);
}

static struct bind_options *
bind_of(struct mount_request *m)
{
	if (!m->bind_options)
		m->bind_options = xcalloc(1, sizeof(*m->bind_options));
	return m->bind_options;
}

static struct volume_options *
volume_of(struct mount_request *m)
{
	if (!m->volume_options)
		m->volume_options = xcalloc(1, sizeof(*m->volume_options));
	return m->volume_options;
}

static struct tmpfs_options *
tmpfs_of(struct mount_request *m)
{
	if (!m->tmpfs_options)
		m->tmpfs_options = xcalloc(1, sizeof(*m->tmpfs_options));
	return m->tmpfs_options;
}

static void
set(char **member, const char *text)
{
	free(*member);
	*member = xstrdup(text);
}

static int
check_target(const char *target)
{
	if (!has_text(target))
		return fail(0, "it has no target");
	if (*target != '/')
		return fail(0, "the target \"%s\" must be an absolute path", target);
	return 0;
}

/* Reads into a request, and gives that to the list if it was right. */
static int
add_mount(const char *text, void *mounts, int (*read)(const char *, struct mount_request *))
{
	struct mount_request *m = xcalloc(1, sizeof(*m));
	int r = read(text, m);

	if (r == 0)
		r = check_target(m->target);
	if (r == 0)
		ptrs_push(mounts, m);
	else
		oci_free(&mount_request_type, m);
	return wrap(r, "%s", text);
}

/* -- -v -- */

/* Words that change nothing here: labels of SELinux are shared by all, macOS has the others. */
static bool
is_ignored(const char *word)
{
	return strv_has((char *[]){ "z", "Z", "consistent", "cached", "delegated", "rbind", NULL },
			word);
}

static int
volume_word(const char *word, struct mount_request *m)
{
	if (streq(word, "ro") || streq(word, "rw")) {
		m->read_only = (struct oci_bool){ streq(word, "ro"), true };
		return 0;
	}
	if (streq(word, "nocopy")) {
		volume_of(m)->no_copy = (struct oci_bool){ true, true };
		return 0;
	}
	if (is_propagation(word)) {
		set(&bind_of(m)->propagation, word);
		return 0;
	}
	return is_ignored(word) ? 0 : fail(0, "\"%s\" is no option of a volume", word);
}

static int
volume_words(const char *text, struct mount_request *m)
{
	autostrv words = strv_split(text, ',');
	int r = 0;

	for (char **w = words; r == 0 && w && *w; w++)
		r = volume_word(*w, m);
	return r;
}

/* A path is absolute or begins with a dot; anything else is the name of a volume. */
static int
set_source(const char *source, struct mount_request *m)
{
	if (*source == '/' || *source == '.') {
		set(&m->type, "bind");
		return value_absolute(source, &m->source);
	}
	set(&m->type, "volume");
	set(&m->source, source);
	if (strchr(source, '/'))
		return fail(0, "\"%s\" is no name of a volume; a path is written ./%s", source,
			    source);
	return volume_check_name(source);
}

static int
check_options(const struct mount_request *m)
{
	if (m->bind_options && streq(m->type, "volume"))
		return fail(0, "propagation is for a path of the host");
	if (m->volume_options && streq(m->type, "bind"))
		return fail(0, "nocopy is for a volume");
	return 0;
}

static int
read_volume(const char *text, struct mount_request *m)
{
	size_t source = strcspn(text, ":");
	const char *rest = text[source] ? text + source + 1 : NULL;
	autofree char *first = xstrndup(text, source);
	int r;

	if (!rest) {	/* a place alone: an anonymous volume */
		set(&m->type, "volume");
		set(&m->target, first);
		return 0;
	}
	if (!*first)
		return fail(0, "it has no source");
	autofree char *target = xstrndup(rest, strcspn(rest, ":"));
	set(&m->target, target);
	r = set_source(first, m);
	rest += strlen(target);
	if (r == 0 && *rest)
		r = volume_words(rest + 1, m);
	return r < 0 ? r : check_options(m);
}

int
value_volume(const char *text, void *mounts)
{
	return add_mount(text, mounts, read_volume);
}

/* -- --mount -- */

static int
truth(const char *value, struct oci_bool *b)
{
	b->set = true;
	b->v = !value || streq(value, "true") || streq(value, "1");
	if (!b->v && !streq(value, "false") && !streq(value, "0"))
		return fail(0, "\"%s\" is neither true nor false", value);
	return 0;
}

static int
key_type(const char *value, struct mount_request *m)
{
	if (!strv_has((char *[]){ "bind", "volume", "tmpfs", NULL }, value))
		return fail(0, "\"%s\" is none of bind, volume, tmpfs", value);
	set(&m->type, value);
	return 0;
}

static int
key_source(const char *value, struct mount_request *m)
{
	set(&m->source, value);
	return 0;
}

static int
key_target(const char *value, struct mount_request *m)
{
	set(&m->target, value);
	return 0;
}

static int
key_readonly(const char *value, struct mount_request *m)
{
	return truth(value, &m->read_only);
}

static int
key_propagation(const char *value, struct mount_request *m)
{
	if (!is_propagation(value))
		return fail(0, "\"%s\" is no propagation, such as rslave", value);
	set(&bind_of(m)->propagation, value);
	return 0;
}

static int
key_nonrecursive(const char *value, struct mount_request *m)
{
	return truth(value, &bind_of(m)->non_recursive);
}

static int
key_recursive(const char *value, struct mount_request *m)
{
	struct bind_options *b = bind_of(m);

	if (streq(value, "disabled"))
		b->non_recursive = (struct oci_bool){ true, true };
	else if (streq(value, "writable"))
		b->read_only_non_recursive = (struct oci_bool){ true, true };
	else if (!streq(value, "enabled") && !streq(value, "readonly"))
		return fail(0, "\"%s\" is none of enabled, disabled, writable, readonly", value);
	return 0;
}

static int
key_nocopy(const char *value, struct mount_request *m)
{
	return truth(value, &volume_of(m)->no_copy);
}

static int
key_label(const char *value, struct mount_request *m)
{
	return value_pair(value, &volume_of(m)->labels);
}

static int
key_driver(const char *value, struct mount_request *m)
{
	(void)m;
	return streq(value, "local") ? 0 : fail(0, "\"%s\": local is the only driver", value);
}

static int
key_unknown_yet(const char *value, struct mount_request *m)
{
	(void)m;
	return fail(0, "\"%s\": servin's volumes are plain directories and do not have this",
		    value);
}

static int
key_size(const char *value, struct mount_request *m)
{
	return value_size_uint(value, &tmpfs_of(m)->size_bytes);
}

static int
key_mode(const char *value, struct mount_request *m)
{
	struct oci_uint *mode = &tmpfs_of(m)->mode;

	mode->set = true;
	return parse_octal(value, 07777, &mode->v);
}

static int
key_option(const char *value, struct mount_request *m)
{
	strv_add(&tmpfs_of(m)->options, value);
	return 0;
}

static int
key_consistency(const char *value, struct mount_request *m)
{
	(void)m;
	return strv_has((char *[]){ "consistent", "cached", "delegated", "default", NULL }, value)
		? 0 : fail(0, "\"%s\" is no consistency", value);
}

/* ok_alone: without "=" it is true. */
static const struct mount_key {
	const char *name, *type;	/* type: of the mounts that have it; NULL: of all */
	int (*read)(const char *value, struct mount_request *m);
	bool ok_alone;
} mount_keys[] = {
	{ "type", NULL, key_type, false },
	{ "source", NULL, key_source, false },
	{ "src", NULL, key_source, false },
	{ "target", NULL, key_target, false },
	{ "destination", NULL, key_target, false },
	{ "dst", NULL, key_target, false },
	{ "readonly", NULL, key_readonly, true },
	{ "ro", NULL, key_readonly, true },
	{ "consistency", NULL, key_consistency, false },
	{ "bind-propagation", "bind", key_propagation, false },
	{ "bind-nonrecursive", "bind", key_nonrecursive, true },
	{ "bind-recursive", "bind", key_recursive, false },
	{ "volume-nocopy", "volume", key_nocopy, true },
	{ "volume-label", "volume", key_label, false },
	{ "volume-driver", "volume", key_driver, false },
	{ "volume-opt", "volume", key_unknown_yet, false },
	{ "volume-subpath", "volume", key_unknown_yet, false },
	{ "tmpfs-size", "tmpfs", key_size, false },
	{ "tmpfs-mode", "tmpfs", key_mode, false },
	{ "tmpfs-options", "tmpfs", key_option, false },
};

static const struct mount_key *
find_key(const char *word, size_t n)
{
	for (size_t i = 0; i < countof(mount_keys); i++)
		if (strlen(mount_keys[i].name) == n && strncmp(mount_keys[i].name, word, n) == 0)
			return mount_keys + i;
	return NULL;
}

static int
read_key(const char *word, struct mount_request *m)
{
	size_t n = strcspn(word, "=");
	const struct mount_key *k = find_key(word, n);
	const char *value = word[n] ? word + n + 1 : NULL;

	if (!k)
		return fail(0, "there is no key \"%.*s\"", (int)n, word);
	if (!value && !k->ok_alone)
		return fail(0, "%s needs a value", k->name);
	return wrap(k->read(value, m), "%s", k->name);
}

/* The keys may be in any order, so what belongs to which type is looked at in the end. */
static int
check_keys(char *const *words, const char *type)
{
	for (; *words; words++) {
		size_t n = strcspn(*words, "=");
		const struct mount_key *k = find_key(*words, n);

		if (k->type && !streq(k->type, type))
			return fail(0, "%s is for type=%s", k->name, k->type);
	}
	return 0;
}

/* Pieces between commas; a piece in quotes may have some, and two quotes stand for one. */
static int
split_csv(const char *text, char ***words)
{
	autostr word = { 0 };
	bool quoted = false;

	for (const char *c = text; ; c++) {
		if (*c == '"' && quoted && c[1] == '"')
			str_addc(&word, *++c);
		else if (*c == '"')
			quoted = !quoted;
		else if (*c && (quoted || *c != ','))
			str_addc(&word, *c);
		else if (word.len)
			strv_push(words, str_take(&word));
		if (!*c)
			return quoted ? fail(0, "a quote is not closed") : 0;
	}
}

static int
finish_source(struct mount_request *m)
{
	autofree char *given = take(m->source);

	if (streq(m->type, "tmpfs"))
		return given ? fail(0, "a tmpfs has no source") : 0;
	if (streq(m->type, "bind"))
		return has_text(given) ? value_absolute(given, &m->source)
			: fail(0, "a bind needs a source");
	if (!has_text(given))
		return 0;
	m->source = xstrdup(given);
	return volume_check_name(given);
}

static int
read_mount(const char *text, struct mount_request *m)
{
	autostrv words = NULL;
	int r = split_csv(text, &words);

	for (char **w = words; r == 0 && w && *w; w++)
		r = read_key(*w, m);
	if (r < 0)
		return r;
	if (!m->type)
		set(&m->type, "volume");
	r = words ? check_keys(words, m->type) : 0;
	return r < 0 ? r : finish_source(m);
}

int
value_mount(const char *text, void *mounts)
{
	return add_mount(text, mounts, read_mount);
}

/* -- --tmpfs -- */

static int
tmpfs_word(const char *word, struct mount_request *m)
{
	const char *size = str_after(word, "size="), *mode = str_after(word, "mode=");

	if (streq(word, "ro") || streq(word, "rw"))
		return truth(streq(word, "ro") ? "true" : "false", &m->read_only);
	if (size && !strchr(size, '%'))
		return key_size(size, m);
	return mode ? key_mode(mode, m) : key_option(word, m);
}

static int
read_tmpfs(const char *text, struct mount_request *m)
{
	size_t n = strcspn(text, ":");
	autofree char *target = xstrndup(text, n);
	autostrv words = text[n] ? strv_split(text + n + 1, ',') : NULL;
	int r = 0;

	set(&m->type, "tmpfs");
	set(&m->target, target);
	for (char **w = words; r == 0 && w && *w; w++)
		r = tmpfs_word(*w, m);
	return r;
}

int
value_tmpfs(const char *text, void *mounts)
{
	return add_mount(text, mounts, read_tmpfs);
}
