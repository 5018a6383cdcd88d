/* /etc/hosts, hostname and resolv.conf: the container's, to be mounted over the image's. */
#include "engine/bundle/parts.h"

#include "base/err.h"
#include "base/file.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <sys/stat.h>

#define ETC_MAX (1u << 20)

/* For all users of the container, whatever the umask. */
static int
write_file(int dir, const char *name, const struct str *text)
{
	int r = file_replace_at(dir, name, text->s ? text->s : "", text->len, 0644);

	if (r == 0 && fchmodat(dir, name, 0644, 0) < 0)
		r = fail(errno, "chmod %s", name);
	return r;
}

/* A file of the host; one that is not there is empty. */
static int
read_host(const char *path, struct str *out)
{
	autofree char *text = NULL;
	size_t len;
	int r = file_read_at(AT_FDCWD, path, ETC_MAX, &text, &len);

	if (r == -ENOENT)
		return 0;
	if (r == 0)
		str_addn(out, text, len);
	return r;
}

static bool
shares_network(const struct container *c)
{
	return c->host->network_mode && streq(c->host->network_mode, "host");
}

/* -- hosts -- */

static void
add_standard_hosts(const struct container *c, struct str *out)
{
	str_add(out, "127.0.0.1\tlocalhost\n"
		     "::1\tlocalhost ip6-localhost ip6-loopback\n"
		     "fe00::0\tip6-localnet\n"
		     "ff00::0\tip6-mcastprefix\n"
		     "ff02::1\tip6-allnodes\n"
		     "ff02::2\tip6-allrouters\n");
	/* As Debian has it: the name leads to the host itself where there is no other address. */
	if (has_own_network(c) && has_text(c->config->hostname)) {
		str_addf(out, "127.0.1.1\t%s", c->config->hostname);
		if (has_text(c->config->domainname))
			str_addf(out, ".%s %s", c->config->domainname, c->config->hostname);
		str_addc(out, '\n');
	}
}

static int
write_hosts(const struct container *c, int dir)
{
	autostr text = { 0 };
	int r = 0;

	if (shares_network(c))
		r = read_host("/etc/hosts", &text);
	else
		add_standard_hosts(c, &text);
	if (text.len && text.s[text.len - 1] != '\n')
		str_addc(&text, '\n');
	for (char **h = c->host->extra_hosts; h && *h; h++) {
		size_t n = strcspn(*h, ":");

		if ((*h)[n])
			str_addf(&text, "%s\t%.*s\n", *h + n + 1, (int)n, *h);
	}
	return r < 0 ? r : write_file(dir, "hosts", &text);
}

/* -- resolv.conf -- */

/* An address that is the host itself, which in another network is somebody else. */
static bool
is_loopback(const char *ip)
{
	struct in_addr v4;
	struct in6_addr v6;

	if (inet_pton(AF_INET, ip, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == 127;
	return inet_pton(AF_INET6, ip, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

struct resolver {
	char **servers, **search, **options;
};

static void
resolver_done(struct resolver *r)
{
	strv_free(r->servers);
	strv_free(r->search);
	strv_free(r->options);
}

/* A line of resolv.conf(5); the last search holds. */
static void
take_line(char *line, struct resolver *r, bool keep_loopback)
{
	char *word = strsep(&line, " \t"), *value;

	if (streq(word, "search") || streq(word, "domain")) {
		strv_free(take(r->search));
	} else if (!streq(word, "nameserver") && !streq(word, "options")) {
		return;
	}
	while ((value = strsep(&line, " \t\r"))) {
		if (!*value)
			continue;
		if (*word == 's' || *word == 'd')
			strv_add(&r->search, value);
		else if (*word == 'o')
			strv_add(&r->options, value);
		else if (keep_loopback || !is_loopback(value))
			strv_add(&r->servers, value);
	}
}

static int
read_resolver(const char *path, struct resolver *r, bool keep_loopback)
{
	autostr text = { 0 };
	char *rest, *line;
	int e = read_host(path, &text);

	if (e < 0 || !text.s)
		return e;
	for (rest = text.s; (line = strsep(&rest, "\n")); )
		take_line(line, r, keep_loopback);
	return 0;
}

static void
replace(char ***list, char *const *by)
{
	if (!by || !*by)
		return;
	strv_free(*list);
	*list = strv_copy(by);
}

static void
print_list(struct str *out, const char *word, char *const *list)
{
	if (!list)
		return;
	str_add(out, word);
	for (; *list; list++)
		str_addf(out, " %s", *list);
	str_addc(out, '\n');
}

/* Where a resolver of the host itself is all there is, systemd's file has those behind it. */
static int
read_host_resolver(const struct container *c, struct resolver *r)
{
	bool keep = shares_network(c);
	int e = read_resolver("/etc/resolv.conf", r, keep);

	if (e == 0 && !keep && !r->servers)
		e = read_resolver("/run/systemd/resolve/resolv.conf", r, keep);
	return e;
}

static int
write_resolver(const struct container *c, int dir)
{
	auto_(resolver_done) struct resolver r = { 0 };
	autostr text = { 0 };
	int e = read_host_resolver(c, &r);

	replace(&r.servers, c->host->dns);
	replace(&r.search, c->host->dns_search);
	replace(&r.options, c->host->dns_options);
	if (strv_has(r.search, ".") && strv_len(r.search) == 1)
		strv_free(take(r.search));
	for (char **s = r.servers; s && *s; s++)
		str_addf(&text, "nameserver %s\n", *s);
	print_list(&text, "search", r.search);
	print_list(&text, "options", r.options);
	return e < 0 ? e : write_file(dir, "resolv.conf", &text);
}

/* -- all -- */

static int
write_hostname(const struct container *c, int dir)
{
	autostr text = { 0 };

	if (has_text(c->config->hostname))
		str_addf(&text, "%s\n", c->config->hostname);
	return write_file(dir, "hostname", &text);
}

/* Who shares a network has its names, too. */
static int
copy_other(const struct engine *e, const char *id, const char *name, int dir)
{
	autofree char *path = xasprintf("containers/%s/%s", id, name), *text = NULL;
	struct str copy = { 0 };
	int r = file_read_at(e->root_fd, path, ETC_MAX, &text, &copy.len);

	copy.s = text;
	return r < 0 ? r : write_file(dir, name, &copy);
}

int
bundle_write_etc(const struct engine *e, const struct container *c, int dir)
{
	const char *other = mode_container(c->host->network_mode);
	int r = write_hostname(c, dir);

	if (r == 0)
		r = other ? copy_other(e, other, "hosts", dir) : write_hosts(c, dir);
	if (r == 0)
		r = other ? copy_other(e, other, "resolv.conf", dir) : write_resolver(c, dir);
	return r;
}
