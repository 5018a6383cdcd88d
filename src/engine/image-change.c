#include "engine/image-change.h"

#include "libocispec/document.h"
#include "libocispec/spec.h"

#include "base/err.h"
#include "base/parse.h"
#include "base/str.h"
#include "base/strv.h"

/* --- what stands behind the instruction --- */

struct json_words { char **list; };

static TYPE(json_words, "list",
	F_STRINGS(json_words, list, "list", .must = true),
);

/* ["a", "b"]: 1; anything else: 0. */
static int
read_json(const char *text, char ***list)
{
	autofree char *object = xasprintf("{\"list\":%s}", text);
	struct json_words w = { 0 };
	autowords words = err_keep();

	if (*text != '[' || oci_decode(&json_words_type, &(struct oci_source){ "list", object,
				       strlen(object) }, &w) < 0)
		return 0;
	*list = w.list ? w.list : xcalloc(1, sizeof(char *));
	return 1;
}

/* One word, its quotes removed, "\" before a letter too; *s is behind it, and behind blanks. */
static char *
next_word(const char **s)
{
	autostr out = { 0 };
	char quote = 0;

	for (; **s && (quote || (**s != ' ' && **s != '\t')); ++*s) {
		if (quote ? **s == quote : **s == '"' || **s == '\'')
			quote = quote ? 0 : **s;
		else if (**s == '\\' && quote != '\'' && (*s)[1])
			str_addc(&out, *++*s);
		else
			str_addc(&out, **s);
	}
	*s += strspn(*s, " \t");
	return str_take(&out);
}

static char **
words_of(const char *text)
{
	char **list = NULL;

	while (*text)
		strv_push(&list, next_word(&text));
	return list;
}

/* KEY=VALUE ..., or KEY and the rest as VALUE: a list of "KEY=VALUE". */
static int
read_pairs(const char *text, char ***list)
{
	autostrv words = words_of(text);
	size_t blank = strcspn(text, " \t");

	if (strcspn(text, "=") > blank && text[blank]) {
		const char *value = text + blank + strspn(text + blank, " \t");

		strv_push(list, xasprintf("%.*s=%s", (int)blank, text, value));
		return 0;
	}
	for (char **w = words; w && *w; w++) {
		if (**w == '=' || !strchr(*w, '='))
			return fail(0, "%s: not KEY=VALUE", *w);
		strv_add(list, *w);
	}
	return 0;
}

/* --- instructions --- */

static void
set_text(char **at, const char *text)
{
	free(*at);
	*at = xstrdup(text);
}

/* A list in JSON is the words; a text is a command for the shell. */
static char **
command_of(const char *text)
{
	char **list = NULL;

	if (read_json(text, &list) == 1)
		return list;
	strv_add(&list, "/bin/sh");
	strv_add(&list, "-c");
	strv_add(&list, text);
	return list;
}

static int
change_cmd(struct oci_image_execution *c, const char *text)
{
	strv_free(c->cmd);
	c->cmd = command_of(text);
	return 0;
}

static int
change_entrypoint(struct oci_image_execution *c, const char *text)
{
	strv_free(c->entrypoint);
	c->entrypoint = command_of(text);
	return 0;
}

static int
change_env(struct oci_image_execution *c, const char *text)
{
	autostrv list = NULL;
	int r = read_pairs(text, &list);

	for (char **w = list; r == 0 && w && *w; w++)
		strv_set_env(&c->env, *w);
	return r;
}

static void
set_label(struct oci_image_execution *c, const char *key, size_t key_len, const char *value)
{
	size_t n = 0;

	for (; c->labels && c->labels[n]; n++)
		if (strlen(c->labels[n]->key) == key_len &&
		    strncmp(c->labels[n]->key, key, key_len) == 0) {
			set_text(&c->labels[n]->value, value);
			return;
		}
	c->labels = xrealloc(c->labels, n + 2, sizeof(*c->labels));
	c->labels[n] = xcalloc(1, sizeof(**c->labels));
	c->labels[n]->key = xstrndup(key, key_len);
	c->labels[n]->value = xstrdup(value);
	c->labels[n + 1] = NULL;
}

static int
change_label(struct oci_image_execution *c, const char *text)
{
	autostrv list = NULL;
	int r = read_pairs(text, &list);

	for (char **w = list; r == 0 && w && *w; w++) {
		const char *value = strchr(*w, '=');

		set_label(c, *w, (size_t)(value - *w), value + 1);
	}
	return r;
}

static void
add_member(struct oci_member ***set, const char *key)
{
	size_t n = 0;

	for (; *set && (*set)[n]; n++)
		if (streq((*set)[n]->key, key))
			return;
	*set = xrealloc(*set, n + 2, sizeof(**set));
	(*set)[n] = xcalloc(1, sizeof(***set));
	(*set)[n]->key = xstrdup(key);
	(*set)[n + 1] = NULL;
}

/* 80, 80/udp */
static int
change_expose(struct oci_image_execution *c, const char *text)
{
	autostrv list = words_of(text);

	for (char **w = list; w && *w; w++) {
		size_t n = strcspn(*w, "/");
		autofree char *number = xstrndup(*w, n);
		const char *protocol = (*w)[n] ? *w + n + 1 : "tcp";
		uint64_t port;

		if (parse_uint(number, 65535, &port) < 0 || !port)
			return fail(0, "%s: not a port such as 80 or 53/udp", *w);
		if (!streq(protocol, "tcp") && !streq(protocol, "udp") && !streq(protocol, "sctp"))
			return fail(0, "%s: neither tcp nor udp nor sctp", *w);
		autofree char *key = xasprintf("%s/%s", number, protocol);
		add_member(&c->exposed_ports, key);
	}
	return 0;
}

static int
change_volume(struct oci_image_execution *c, const char *text)
{
	autostrv list = NULL;

	if (read_json(text, &list) == 0)
		list = words_of(text);
	for (char **w = list; w && *w; w++) {
		if (**w != '/')
			return fail(0, "%s: not an absolute path", *w);
		add_member(&c->volumes, *w);
	}
	return 0;
}

static int
change_user(struct oci_image_execution *c, const char *text)
{
	set_text(&c->user, text);
	return 0;
}

/* A relative one goes on from where it was. */
static int
change_workdir(struct oci_image_execution *c, const char *text)
{
	autofree char *path = *text == '/' ? xstrdup(text) :
			      xasprintf("%s/%s", has_text(c->working_dir) &&
					!streq(c->working_dir, "/") ? c->working_dir : "", text);

	set_text(&c->working_dir, path);
	return 0;
}

static int
change_stopsignal(struct oci_image_execution *c, const char *text)
{
	set_text(&c->stop_signal, text);
	return 0;
}

static const struct {
	const char *name;
	int (*change)(struct oci_image_execution *c, const char *text);
} instructions[] = {
	{ "CMD", change_cmd }, { "ENTRYPOINT", change_entrypoint }, { "ENV", change_env },
	{ "EXPOSE", change_expose }, { "LABEL", change_label },
	{ "STOPSIGNAL", change_stopsignal }, { "USER", change_user },
	{ "VOLUME", change_volume }, { "WORKDIR", change_workdir },
};

static int
change(struct oci_image_execution *c, const char *name, const char *text)
{
	for (size_t i = 0; i < countof(instructions); i++)
		if (strcasecmp(instructions[i].name, name) == 0)
			return *text ? instructions[i].change(c, text) : fail(0, "it has no value");
	return hint(fail(0, "no such instruction"), "there are CMD, ENTRYPOINT, ENV, EXPOSE,"
		    " LABEL, STOPSIGNAL, USER, VOLUME and WORKDIR");
}

int
image_change(struct oci_image_execution **config, const char *instruction)
{
	const char *start = instruction + strspn(instruction, " \t");
	size_t n = strcspn(start, " \t");
	autofree char *name = xstrndup(start, n);

	if (!*config)
		*config = xcalloc(1, sizeof(**config));
	start += n + strspn(start + n, " \t");
	return wrap(change(*config, name, start), "--change %s", name);
}
