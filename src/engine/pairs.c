#include "engine/pairs.h"

#include "base/ptrs.h"
#include "base/str.h"

static struct oci_pair *
find(struct oci_pair *const *list, const char *key)
{
	for (; list && *list; list++)
		if (streq((*list)->key, key))
			return *list;
	return NULL;
}

const char *
pairs_get(struct oci_pair *const *list, const char *key)
{
	const struct oci_pair *pair = find(list, key);

	return pair ? pair->value : NULL;
}

void
pairs_set(struct oci_pair ***list, const char *key, const char *value)
{
	struct oci_pair *pair = find(*list, key);

	if (!pair) {
		pair = xcalloc(1, sizeof(*pair));
		pair->key = xstrdup(key);
		ptrs_push(list, pair);
	}
	free(pair->value);
	pair->value = xstrdup(value);
}
