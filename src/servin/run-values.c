#include "servin/run-values.h"

#include "base/err.h"
#include "base/file.h"
#include "base/parse.h"
#include "base/ptrs.h"
#include "base/str.h"
#include "base/strv.h"
#include "engine/pairs.h"
#include "engine/seccomp-profile.h"
#include "kernel/rlimit.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>

#define FILE_MAX (1u << 20)	/* of variables or labels; a profile is no larger either */

int
value_string(const char *text, void *string)
{
	char **s = string;

	free(*s);
	*s = xstrdup(text);
	return 0;
}

int
value_word(const char *text, void *string)
{
	return *text ? value_string(text, string) : fail(0, "must not be empty");
}

int
value_words(const char *text, void *strings)
{
	strv_add(strings, text);
	return 0;
}

int
value_integer(const char *text, void *oci_int)
{
	struct oci_int *n = oci_int;

	n->set = true;
	return parse_int(text, INT64_MIN, INT64_MAX, &n->v);
}

int
value_uint(const char *text, void *oci_uint)
{
	struct oci_uint *n = oci_uint;

	n->set = true;
	return parse_uint(text, UINT64_MAX, &n->v);
}

int
value_size_uint(const char *text, void *oci_uint)
{
	struct oci_uint *n = oci_uint;

	n->set = true;
	return parse_size(text, &n->v);
}

int
value_size(const char *text, void *oci_int)
{
	struct oci_int *n = oci_int;
	struct oci_uint bytes = { 0 };

	if (streq(text, "-1"))
		return value_integer(text, oci_int);
	int r = value_size_uint(text, &bytes);
	if (r == 0 && bytes.v > INT64_MAX)
		return fail(ERANGE, "%s: too large", text);
	*n = (struct oci_int){ (int64_t)bytes.v, true };
	return r;
}

/* Without a double, so that 0.07 is 70000000 and not one less. */
int
value_cpus(const char *text, void *nano_cpus)
{
	struct oci_uint *n = nano_cpus;
	size_t whole = strspn(text, "0123456789"), part = 0;
	uint64_t digits = 0;

	if (text[whole] == '.')
		part = strspn(text + whole + 1, "0123456789") + 1;
	if (text[whole + part] || whole + part < 1 || whole > 6 || (!whole && part < 2))
		return fail(0, "\"%s\" is no number of processors, such as 1.5", text);
	if (part > 10)
		return fail(0, "%s: nine digits behind the point are most", text);
	for (size_t i = 0; i < whole; i++)
		digits = digits * 10 + (uint64_t)(text[i] - '0');
	for (size_t i = 1; i <= 9; i++)
		digits = digits * 10 + (i < part ? (uint64_t)(text[whole + i] - '0') : 0);
	*n = (struct oci_uint){ digits, true };
	return 0;
}

int
value_absolute(const char *text, void *string)
{
	autofree char *cwd = NULL;
	char **s = string;

	if (*text == '/')
		return value_string(text, string);
	cwd = getcwd(NULL, 0);
	if (!cwd)
		return fail(errno, "%s: the working directory", text);
	while (text[0] == '.' && text[1] == '/')
		for (text += 2; *text == '/'; text++)
			;
	free(*s);
	*s = streq(text, ".") || !*text ? xstrdup(cwd)
		: xasprintf("%s/%s", streq(cwd, "/") ? "" : cwd, text);
	return 0;
}

/* -- the environment, labels -- */

/* NAME alone stands for itself until the image's variables are known: then it takes that away. */
static void
set_env(char ***env, const char *assignment)
{
	size_t n = strcspn(assignment, "=");

	for (size_t i = 0; *env && (*env)[i]; i++) {
		char *old = (*env)[i];

		if (strncmp(old, assignment, n) == 0 && (!old[n] || old[n] == '=')) {
			(*env)[i] = xstrdup(assignment);
			free(old);
			return;
		}
	}
	strv_add(env, assignment);
}

int
value_env(const char *text, void *strings)
{
	autofree char *ours = NULL;
	const char *value;

	if (!*text || *text == '=')
		return fail(0, "\"%s\" has no name", text);
	value = strchr(text, '=') ? NULL : getenv(text);
	if (value)
		ours = xasprintf("%s=%s", text, value);
	set_env(strings, ours ? ours : text);
	return 0;
}

int
value_pair(const char *text, void *pairs)
{
	size_t n = strcspn(text, "=");
	autofree char *key = xstrndup(text, n);

	if (!n)
		return fail(0, "\"%s\" has no name", text);
	pairs_set(pairs, key, text[n] ? text + n + 1 : "");
	return 0;
}

int
value_must_pair(const char *text, void *pairs)
{
	if (!strchr(text, '='))
		return fail(0, "\"%s\" must be NAME=VALUE", text);
	return value_pair(text, pairs);
}

/* A line of a file: blanks in front, comments and empty lines are nothing. */
static int
read_line(const char *line, void *member, int (*read)(const char *, void *))
{
	while (isblank((unsigned char)*line))
		line++;
	if (!*line || *line == '#')
		return 0;
	size_t name = strcspn(line, "=");
	if (strcspn(line, " \t") < name)
		return fail(0, "\"%.*s\" has a blank in its name", (int)name, line);
	return read(line, member);
}

static int
read_lines(const char *path, void *member, int (*read)(const char *, void *))
{
	autofree char *text = NULL;
	size_t len, number = 0;
	int r = file_read_at(AT_FDCWD, path, FILE_MAX, &text, &len);

	if (r < 0)
		return r;
	if (memchr(text, 0, len))
		return fail(0, "%s is no text", path);
	char *next = (char *)str_after(text, "\xef\xbb\xbf");	/* as editors on Windows begin */
	for (char *line = next ? next : text; r == 0 && line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = 0;
		size_t n = strlen(line);
		if (n && line[n - 1] == '\r')
			line[n - 1] = 0;
		number++;
		r = wrap(read_line(line, member, read), "%s:%zu", path, number);
	}
	return r;
}

/* In a file NAME alone is nothing when we have no such variable, as with docker. */
static int
env_line(const char *line, void *strings)
{
	return strchr(line, '=') || getenv(line) ? value_env(line, strings) : 0;
}

int
value_env_file(const char *path, void *strings)
{
	return read_lines(path, strings, env_line);
}

int
value_pair_file(const char *path, void *pairs)
{
	return read_lines(path, pairs, value_pair);
}

/* -- network -- */

static bool
is_ip(const char *text)
{
	unsigned char buf[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, text, buf) == 1 || inet_pton(AF_INET6, text, buf) == 1;
}

int
value_ip(const char *text, void *strings)
{
	if (!is_ip(text))
		return fail(0, "\"%s\" is no IP address", text);
	return value_words(text, strings);
}

/* The address may have colons of its own, and brackets around it. */
int
value_host(const char *text, void *strings)
{
	size_t n = strcspn(text, ":=");
	const char *ip = text[n] ? text + n + 1 : "";
	size_t len = strlen(ip);
	bool brackets = *ip == '[' && len > 2 && ip[len - 1] == ']';
	autofree char *bare = brackets ? xstrndup(ip + 1, len - 2) : xstrdup(ip);

	if (!n || !text[n])
		return fail(0, "\"%s\" must be NAME:IP", text);
	if (strcspn(text, " \t\n#") < n)
		return fail(0, "\"%.*s\" is no name of a host", (int)n, text);
	if (streq(bare, "host-gateway"))
		return fail(0, "host-gateway needs a bridged network, which servin does not have "
			       "yet");
	if (!is_ip(bare))
		return fail(0, "\"%s\" is no IP address", bare);
	strv_push(strings, xasprintf("%.*s:%s", (int)n, text, bare));
	return 0;
}

int
value_network(const char *text, void *string)
{
	static const char *const known[] = { "none", "host" };
	const char *of;

	for (size_t i = 0; i < countof(known); i++)
		if (streq(text, known[i]))
			return value_string(text, string);
	of = str_after(text, "container:");
	if (has_text(of))
		return value_string(text, string);
	of = str_after(text, "ns:");
	if (of && *of == '/')
		return value_string(text, string);
	if (of)
		return fail(0, "\"%s\": ns: takes an absolute path, such as /run/netns/x", text);
	if (streq(text, "bridge") || streq(text, "default"))
		return fail(0, "\"%s\": there are no bridged networks yet; none, host, "
			       "container:NAME and ns:PATH work", text);
	return fail(0, "\"%s\" is none of none, host, container:NAME, ns:PATH", text);
}

static void
add_port(struct oci_member ***ports, uint64_t port, const char *protocol)
{
	struct oci_member *m = xcalloc(1, sizeof(*m));

	m->key = xasprintf("%" PRIu64 "/%s", port, protocol);
	for (struct oci_member **p = *ports; p && *p; p++) {
		if (streq((*p)->key, m->key)) {
			free(m->key);
			free(m);
			return;
		}
	}
	ptrs_push(ports, m);
}

int
value_port(const char *text, void *members)
{
	autofree char *first = xstrndup(text, strcspn(text, "-/"));
	const char *rest = text + strlen(first), *protocol = strchr(text, '/');
	uint64_t from = 0, to;
	int r = parse_uint(first, UINT16_MAX, &from);

	to = from;
	if (r == 0 && *rest == '-') {
		autofree char *last = xstrndup(rest + 1, strcspn(rest + 1, "/"));
		r = parse_uint(last, UINT16_MAX, &to);
	}
	if (r < 0 || from == 0 || to < from)
		return fail(0, "\"%s\" is no port, such as 80 or 53/udp", text);
	protocol = protocol ? protocol + 1 : "tcp";
	if (!strv_has((char *[]){ "tcp", "udp", "sctp", NULL }, protocol))
		return fail(0, "\"%s\": the protocol is none of tcp, udp, sctp", text);
	for (; from <= to; from++)
		add_port(members, from, protocol);
	return 0;
}

/* -- limits -- */

static int
parse_limit(const char *text, struct oci_int *n)
{
	n->set = true;
	return parse_int(text, -1, INT64_MAX, &n->v);
}

static bool
is_ulimit(const char *name)
{
	for (const struct word *w = rlimit_words; w->word; w++)
		if (strcasecmp(str_after(w->word, "RLIMIT_"), name) == 0)
			return true;
	return false;
}

static void
drop_ulimit(struct container_ulimit **list, const char *name)
{
	for (size_t i = 0; list && list[i]; i++) {
		if (!streq(list[i]->name, name))
			continue;
		struct container_ulimit *old = ptrs_take_out(&list, i);
		free(old->name);
		free(old);
		return;
	}
}

int
value_ulimit(const char *text, void *ulimits)
{
	struct container_ulimit *u, limit = { 0 }, ***list = ulimits;
	size_t n = strcspn(text, "=");
	autofree char *name = xstrndup(text, n);
	autofree char *soft = text[n] ? xstrndup(text + n + 1, strcspn(text + n + 1, ":")) : NULL;
	const char *hard = soft && text[n + 1 + strlen(soft)] ? text + n + 2 + strlen(soft) : soft;

	if (!soft)
		return fail(0, "\"%s\" must be NAME=SOFT[:HARD]", text);
	if (!is_ulimit(name))
		return fail(0, "\"%s\" is no limit, such as nofile or nproc", name);
	if (parse_limit(soft, &limit.soft) < 0 || parse_limit(hard, &limit.hard) < 0)
		return fail(0, "\"%s\": a limit is a number, or -1 for none", text);
	if ((uint64_t)limit.soft.v > (uint64_t)limit.hard.v)
		return fail(0, "\"%s\": the soft limit is above the hard one", text);
	for (char *c = name; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	drop_ulimit(*list, name);
	u = xmemdup(&limit, sizeof(limit));
	u->name = take(name);
	ptrs_push(list, u);
	return 0;
}

int
value_restart(const char *text, void *policy)
{
	struct restart_policy **at = policy, new = { 0 };
	size_t n = strcspn(text, ":");
	autofree char *name = xstrndup(text, n);

	if (!*name || !strv_has((char *[]){ "no", "always", "unless-stopped", "on-failure", NULL },
				name))
		return fail(0, "\"%s\" is none of no, on-failure[:N], always, unless-stopped",
			    text);
	if (text[n] && !streq(name, "on-failure"))
		return fail(0, "\"%s\": only on-failure takes a number", text);
	if (text[n] && parse_int(text + n + 1, 0, INT32_MAX, &new.maximum_retry_count.v) < 0)
		return fail(0, "\"%s\": how often must be a number", text);
	new.maximum_retry_count.set = true;
	new.name = take(name);
	if (*at)
		free((*at)->name);
	free(*at);
	*at = xmemdup(&new, sizeof(new));
	return 0;
}

/* -- security -- */

/* The record keeps the profile itself, for the file may be another at the next start. */
static int
read_profile(const char *path, void *strings)
{
	autofree char *text = NULL;
	size_t len;
	int r = file_read_at(AT_FDCWD, path, FILE_MAX, &text, &len);

	if (r == 0)
		r = seccomp_profile_check(path, text);
	if (r == 0)
		strv_push(strings, xasprintf("seccomp=%s", text));
	return r;
}

/* Old docker took ":" for "=". */
int
value_security(const char *text, void *strings)
{
	size_t n = strcspn(text, "=:");
	autofree char *name = xstrndup(text, n);
	const char *value = text[n] ? text + n + 1 : NULL;

	if (streq(name, "no-new-privileges")) {
		if (value && !streq(value, "true") && !streq(value, "false"))
			return fail(0, "\"%s\": it is true or false", text);
		strv_push(strings, xasprintf("%s=%s", name, value ? value : "true"));
		return 0;
	}
	if (!strv_has((char *[]){ "seccomp", "apparmor", "label", "systempaths", NULL }, name))
		return fail(0, "\"%s\" is none of no-new-privileges, seccomp=, apparmor=, label=, "
			       "systempaths=", text);
	if (!has_text(value))
		return fail(0, "\"%s\" needs a value", text);
	if (streq(name, "systempaths") && !streq(value, "unconfined"))
		return fail(0, "\"%s\": unconfined is all that there is", text);
	if (streq(name, "seccomp") && !streq(value, "unconfined") && !streq(value, "builtin"))
		return read_profile(value, strings);
	strv_push(strings, xasprintf("%s=%s", name, value));
	return 0;
}
