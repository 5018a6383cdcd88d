#include "runtime/hooks.h"

#include "base/err.h"
#include "base/log.h"
#include "base/spawn.h"
#include "libocispec/document.h"

#include <limits.h>

static int
run_one(const struct oci_hook *h, const char *state, char *const *env)
{
	struct spawn s = {
		.path = h->path,
		.argv = h->args,
		.env = h->env ? h->env : env,
		.input = state,
		.timeout_ms = -1,
	};

	if (h->timeout.set)
		s.timeout_ms = h->timeout.v < INT_MAX / 1000 ? (int)h->timeout.v * 1000 : INT_MAX;
	return spawn_run(&s);
}

int
hooks_run(struct oci_hook **list, const char *name, const struct oci_state *state, char *const *env)
{
	autofree char *text =
		list && *list ? oci_encode(&oci_state_type, state, OCI_COMPACT) : NULL;
	int r = 0;

	for (size_t i = 0; list && list[i] && r == 0; i++) {
		debug("%s hook %s", name, list[i]->path);
		r = wrap(run_one(list[i], text, env), "%s hook %zu", name, i);
	}
	return r;
}

void
hooks_run_all(struct oci_hook **list, const char *name, const struct oci_state *state)
{
	for (; list && *list; list++) {
		struct oci_hook *const one[] = { *list, NULL };

		if (hooks_run((struct oci_hook **)(uintptr_t)one, name, state, NULL) < 0)
			warn("%s", err_words());
	}
}
