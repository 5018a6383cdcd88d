#include "ocirun/commands.h"
#include "ocirun/print.h"

#include "libocispec/document.h"

static int
state_run(const void *rt, const void *opts, char **args)
{
	struct oci_state *state = NULL;
	int r = runtime_state(rt, args[0], &state);

	(void)opts;
	if (r < 0)
		return r;
	autofree char *text = oci_encode(&oci_state_type, state, OCI_INDENTED);
	oci_free(&oci_state_type, state);
	return print(text);
}

const struct command cmd_state = {
	.name = "state", .args = "CONTAINER", .min = 1, .max = 1,
	.summary = "print the state of a container as JSON",
	.text = "The status is one of creating, created, running, paused and stopped, and is\n"
		"asked of the kernel each time. The pid of a stopped container is 0.",
	.run = state_run,
};
