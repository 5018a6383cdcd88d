#include "runtime/annotations.h"

#include "base/str.h"

const struct annotation annotation_table[] = {
	/* hook-output.c */
	{ ANNOTATION_HOOKS_STDOUT, true, "file that the standard output of hooks is added to" },
	{ ANNOTATION_HOOKS_STDERR, true, "file that the standard error of hooks is added to" },
	/* create-plan.c */
	{ ANNOTATION_PIDFD_RECEIVER, true, "as --pidfd-socket of create and run" },
	/* check/annotations.c: what would have to run the program in another way is an error. */
	{ ANNOTATION_HANDLER, true, "program that runs the container; there is none here" },
	{ ANNOTATION_WASM_VARIANT, true, "the same, for WebAssembly" },
	{ ANNOTATION_CRI_TYPE, true, "sandbox: without a handler, whatever they say" },
	/* seccomp/profile.c and its check */
	{ ANNOTATION_SECCOMP_RECEIVER, true, "a listenerPath, where the profile has none" },
	{ ANNOTATION_SECCOMP_PLUGINS, true, "plugins that decide on calls; there are none here" },
	{ ANNOTATION_SECCOMP_FAIL, true, "an unknown system call is an error" },
	{ ANNOTATION_SECCOMP_BPF, true, "a filter that is compiled already" },
	/* cgroup/systemd-annotations.c */
	{ "org.systemd.property.", true, "a property of the scope" },
	/* criu.c */
	{ ANNOTATION_CRIU_CONFIG, true, "file with options of criu for checkpoint and restore" },
	/* groups.c */
	{ ANNOTATION_KEEP_GROUPS, true, "the groups of the caller stay" },
	/* mount/label.c */
	{ "run.oci.mount_context_type", true, "mount option for the SELinux label" },
	{ 0 },
};

const char *
annotation_value(struct oci_pair *const *list, const char *name)
{
	for (; list && *list; list++)
		if (streq((*list)->key, name))
			return *(*list)->value ? (*list)->value : NULL;
	return NULL;
}
