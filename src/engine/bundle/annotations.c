/* Annotations: what the image says of itself, by conversion.md of the image specification. */
#include "engine/bundle/parts.h"

#include "engine/pairs.h"

#define PREFIX "org.opencontainers.image."

/*
 * Words that a runtime acts on.  Labels come with the image, and nobody who runs it should have
 * to read them first: those that would steer the runtime stay labels.
 */
static const char *const commands[] = {
	"run.oci.", "org.systemd.property.", "org.criu.", "module.wasm.",
};

static bool
is_command(const char *key)
{
	for (size_t i = 0; i < countof(commands); i++)
		if (str_after(key, commands[i]))
			return true;
	return false;
}

static void
add(struct container *c, const char *name, const char *value)
{
	autofree char *key = xasprintf(PREFIX "%s", name);

	if (has_text(value))
		pairs_set(&c->annotations, key, value);
}

static void
add_list(struct container *c, const char *name, char *const *words)
{
	autostr all = { 0 };

	for (; words && *words; words++)
		str_addf(&all, "%s%s", all.len ? "," : "", *words);
	add(c, name, all.s);
}

static void
add_ports(struct container *c, struct oci_member *const *ports)
{
	autostrv names = NULL;

	for (; ports && *ports; ports++)
		strv_add(&names, (*ports)->key);
	add_list(c, "exposedPorts", names);
}

static void
add_image(struct container *c, const struct oci_image *i)
{
	add(c, "os", i->os);
	add(c, "architecture", i->architecture);
	add(c, "variant", i->variant);
	add(c, "os.version", i->os_version);
	add_list(c, "os.features", i->os_features);
	add(c, "author", i->author);
	add(c, "created", i->created);
	if (!i->config)
		return;
	add(c, "stopSignal", i->config->stop_signal);
	add_ports(c, i->config->exposed_ports);
	for (struct oci_pair **l = i->config->labels; l && *l; l++)
		if (!is_command((*l)->key))
			pairs_set(&c->annotations, (*l)->key, (*l)->value);
}

void
annotate(struct container *c, const struct image *image)
{
	if (image && image->config)
		add_image(c, image->config);
	for (struct oci_pair **a = c->host->annotations; a && *a; a++)
		pairs_set(&c->annotations, (*a)->key, (*a)->value);
}
