/* What an image says of a container where the person said nothing. */
#include "engine/bundle/parts.h"

#include "base/err.h"
#include "base/signals.h"
#include "engine/pairs.h"

#include <limits.h>

static void
take_text(char **to, const char *from)
{
	if (!has_text(*to) && has_text(from)) {
		free(*to);
		*to = xstrdup(from);
	}
}

/* Keys that are there already hold. */
static void
add_pairs(struct oci_pair ***to, struct oci_pair *const *from)
{
	for (; from && *from; from++)
		if (!pairs_get(*to, (*from)->key))
			pairs_set(to, (*from)->key, (*from)->value);
}

static void
add_members(struct oci_member ***to, struct oci_member *const *from)
{
	for (; from && *from; from++) {
		bool there = false;

		for (struct oci_member **m = *to; m && *m; m++)
			there |= streq((*m)->key, (*from)->key);
		if (!there)
			ptrs_push(to, NEW(struct oci_member, .key = xstrdup((*from)->key)));
	}
}

static bool
names_same(const char *a, const char *b)
{
	size_t n = strcspn(a, "=");

	return n == strcspn(b, "=") && memcmp(a, b, n) == 0;
}

static bool
is_named(char *const *list, const char *assignment)
{
	for (; list && *list; list++)
		if (names_same(*list, assignment))
			return true;
	return false;
}

/* The image's variables in their order, then ours; NAME alone takes one away. */
static void
merge_env(char ***env, char *const *image)
{
	autostrv ours = take(*env);

	for (; image && *image; image++)
		if (strcspn(*image, "=") && strchr(*image, '=') && !is_named(ours, *image))
			strv_add(env, *image);
	for (char **e = ours; e && *e; e++)
		if (strchr(*e, '='))
			strv_add(env, *e);
}

/* An entry point of ours drops the image's command; an empty one is none at all. */
static void
merge_command(struct container_config *c, const struct oci_image_execution *image)
{
	bool ours = c->entrypoint != NULL;

	if (ours && !*c->entrypoint[0] && !c->entrypoint[1]) {
		strv_free(c->entrypoint);
		c->entrypoint = NULL;
	}
	if (!ours)
		c->entrypoint = strv_copy(image->entrypoint);
	if (!c->cmd && !ours)
		c->cmd = strv_copy(image->cmd);
}

static void
merge(struct container_config *c, const struct oci_image_execution *image)
{
	merge_command(c, image);
	merge_env(&c->env, image->env);
	take_text(&c->user, image->user);
	take_text(&c->working_dir, image->working_dir);
	take_text(&c->stop_signal, image->stop_signal);
	add_pairs(&c->labels, image->labels);
	add_members(&c->exposed_ports, image->exposed_ports);
	add_members(&c->volumes, image->volumes);
	if (!c->healthcheck)
		c->healthcheck = oci_copy(&oci_healthcheck_type, image->healthcheck);
}

/* Path and Args, which the command of the container is. */
static int
set_command(struct container *c)
{
	autostrv all = strv_copy(c->config->entrypoint);

	for (char **a = c->config->cmd; a && *a; a++)
		strv_add(&all, *a);
	if (!all)
		return fail(0, "no command: neither the image nor the command line names one");
	if (!*all[0])
		return fail(0, "the command is an empty word");
	c->path = xstrdup(all[0]);
	c->args = strv_copy(all + 1);
	return 0;
}

/* With the host's network it is the host to others, so it has its name. */
static void
set_hostname(struct container *c)
{
	char name[HOST_NAME_MAX + 1];
	const char *mode = c->host->network_mode;

	if (has_text(c->config->hostname) || !mode || !streq(mode, "host") || !has_own_uts(c))
		return;
	if (gethostname(name, sizeof(name)) == 0)
		c->config->hostname = xstrndup(name, sizeof(name));
}

static int
check_names(const struct container_config *c)
{
	if (has_text(c->working_dir) && *c->working_dir != '/')
		return fail(0, "--workdir: \"%s\" must be an absolute path", c->working_dir);
	if (c->hostname && strlen(c->hostname) > HOST_NAME_MAX)
		return fail(0, "--hostname: %d characters are most", HOST_NAME_MAX);
	if (c->hostname && c->hostname[strcspn(c->hostname, " \t\n/")])
		return fail(0, "--hostname: \"%s\" is no name of a host", c->hostname);
	if (has_text(c->stop_signal) && signal_number(c->stop_signal) < 0)
		return wrap(-EINVAL, "--stop-signal");
	return 0;
}

static int
check(struct container *c)
{
	int r = check_names(c->config);

	if (r == 0)
		r = check_modes(c);
	if (r == 0)
		r = check_mounts(c);
	if (r == 0)
		r = check_security(c);
	if (r == 0)
		r = check_devices(c->host);
	return r < 0 ? r : check_resources(c->host);
}

static void
take_layers(struct container *c, const struct image *image)
{
	const struct oci_image *config = image->config;

	take_text(&c->image, image->id);
	take_text(&c->manifest, image->digest);
	if (!c->layers && config && config->rootfs)
		c->layers = strv_copy(config->rootfs->diff_ids);
}

int
bundle_complete(struct container *c, const struct image *image)
{
	static const struct oci_image_execution nothing;
	const struct oci_image_execution *said = &nothing;
	int r;

	if (image && image->config && image->config->config)
		said = image->config->config;
	merge(c->config, said);
	if (image)
		take_layers(c, image);
	annotate(c, image);
	r = set_command(c);
	if (r == 0)
		r = check(c);
	set_hostname(c);
	return r;
}
