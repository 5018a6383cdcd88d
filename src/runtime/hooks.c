#include "runtime/hooks.h"

#include "base/err.h"
#include "base/log.h"
#include "base/spawn.h"
#include "libocispec/document.h"

#include <limits.h>

static int
run_one(const struct oci_hook *h, const char *state, const struct hook_run *run)
{
	struct spawn s = {
		.path = h->path,
		.argv = h->args,
		.env = h->env ? h->env : run->env,
		.input = state,
		.timeout_ms = -1,
		.out = run->output->out,
		.err = run->output->err,
	};

	if (h->timeout.set)
		s.timeout_ms = h->timeout.v < INT_MAX / 1000 ? (int)h->timeout.v * 1000 : INT_MAX;
	return spawn_run(&s);
}

/* Goes on behind a failure if that is but a warning. */
enum failing { STOPS, WARNS };

static int
run_list(struct oci_hook **list, const struct hook_run *run, enum failing failing)
{
	autofree char *text = oci_encode(&oci_state_type, run->state, OCI_COMPACT);
	int r = 0;

	for (size_t i = 0; list[i] && r == 0; i++) {
		debug("%s hook %s", run->name, list[i]->path);
		r = wrap(run_one(list[i], text, run), "%s hook %zu", run->name, i);
		if (r < 0 && failing == WARNS) {
			warn("%s", err_words());
			r = 0;
		}
	}
	return r;
}

/* start and delete are other processes than create, which opened them for its own hooks. */
static int
run_with_output(struct oci_hook **list, const struct hook_run *run, enum failing failing)
{
	auto_(hook_output_done) struct hook_output output = HOOK_OUTPUT_EMPTY;
	struct hook_run with = *run;
	int r = 0;

	if (!list || !*list)
		return 0;
	if (!run->output) {
		with.output = &output;
		r = hook_output_open(&output, run->state->annotations);
	}
	if (r < 0 && failing == WARNS) {
		warn("%s", err_words());
		r = 0;
	}
	return r < 0 ? r : run_list(list, &with, failing);
}

int
hooks_run(struct oci_hook **list, const struct hook_run *run)
{
	return run_with_output(list, run, STOPS);
}

void
hooks_run_all(struct oci_hook **list, const struct hook_run *run)
{
	run_with_output(list, run, WARNS);
}
