#include "servin/missing.h"

#include "base/str.h"

struct missing { const char *name, *instead; };

static const struct missing commands[] = {
	{ "pull", "there are no registries yet: run and load take files, such as skopeo copy"
		  " docker://NAME docker-archive:FILE makes" },
	{ "push", "there are no registries yet: save writes a file" },
	{ "login", "there are no registries yet" },
	{ "search", "there are no registries yet" },
	{ "build", "there is no builder: buildah bud and docker build make images, and load takes"
		   " what they save" },
	{ "network", "there are no bridges yet: --network is none, host, container:NAME or"
		     " ns:PATH" },
};

static const struct missing options[] = {
	{ "--gpus", "there are no GPUs by name yet: --device gives it /dev/nvidia0 and the like" },
	{ "--health-", "health checks are not run yet" },
	{ "--ip", "there are no bridges yet" },
	{ "--link", "there are no bridges yet" },
	{ "--mac-address", "there are no bridges yet" },
	{ "--network-alias", "there are no bridges yet" },
	{ "--volumes-from", "name the volumes: -v NAME:DIR" },
};

const char *
missing_command(const char *word)
{
	for (size_t i = 0; i < countof(commands); i++)
		if (streq(commands[i].name, word))
			return commands[i].instead;
	return NULL;
}

/* "--ip", "--ip=1.2.3.4"; a name that ends in a dash stands for all that begin so. */
static bool
is_option(const char *word, const char *name)
{
	const char *rest = str_after(word, name);

	return rest && (!*rest || *rest == '=' || name[strlen(name) - 1] == '-');
}

const char *
missing_option(char *const *words)
{
	for (; *words; words++)
		for (size_t i = 0; i < countof(options); i++)
			if (is_option(*words, options[i].name))
				return options[i].instead;
	return NULL;
}
