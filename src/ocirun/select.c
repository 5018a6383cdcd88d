#include "ocirun/select.h"

#include "base/err.h"
#include "libocispec/document.h"

#include <regex.h>

static int
compile(regex_t *re, const char *expression)
{
	char why[128];
	int r = regcomp(re, expression, REG_EXTENDED | REG_NOSUB);

	if (r == 0)
		return 0;
	regerror(r, re, why, sizeof(why));
	return fail(0, "%s", why);
}

/* Returns the number of the first failure, and its words, which later ones would overwrite. */
static int
act_on_matches(const struct runtime *rt, struct oci_state **states, const regex_t *re,
	       container_act act, const void *arg)
{
	autofree char *words = NULL;
	int first = 0;

	for (; *states; states++) {
		const char *id = (*states)->id;
		int r = regexec(re, id, 0, NULL, 0) == 0 ? wrap(act(rt, id, arg), "%s", id) : 0;

		if (r >= 0 || first < 0)
			continue;
		first = r;
		words = xstrdup(err_words());
	}
	if (words)
		fail(0, "%s", words);
	return first;
}

int
for_each_matching(const struct runtime *rt, const char *expression, container_act act,
		  const void *arg)
{
	struct oci_state **states = NULL;
	regex_t re;
	int r = compile(&re, expression);

	if (r < 0)
		return r;
	r = runtime_list(rt, &states);
	if (r >= 0)
		r = act_on_matches(rt, states, &re, act, arg);
	for (struct oci_state **s = states; s && *s; s++)
		oci_free(&oci_state_type, *s);
	free(states);
	regfree(&re);
	return r;
}
