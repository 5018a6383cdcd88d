/*
 * Annotations that change what the runtime does: those of crun and runc that
 * engines and people rely on.  All others are the user's own, and are only
 * kept and told.
 */
#ifndef RUNTIME_ANNOTATIONS_H
#define RUNTIME_ANNOTATIONS_H

#include "libocispec/spec.h"

#define ANNOTATION_HOOKS_STDOUT	  "run.oci.hooks.stdout"
#define ANNOTATION_HOOKS_STDERR	  "run.oci.hooks.stderr"
#define ANNOTATION_PIDFD_RECEIVER "run.oci.pidfd_receiver"
#define ANNOTATION_KEEP_GROUPS	  "run.oci.keep_original_groups"
#define ANNOTATION_HANDLER	  "run.oci.handler"
#define ANNOTATION_WASM_VARIANT	  "module.wasm.image/variant"
#define ANNOTATION_CRI_TYPE	  "io.kubernetes.cri.container-type"
#define ANNOTATION_SECCOMP_RECEIVER "run.oci.seccomp.receiver"
#define ANNOTATION_SECCOMP_PLUGINS  "run.oci.seccomp.plugins"
#define ANNOTATION_SECCOMP_FAIL	  "run.oci.seccomp_fail_unknown_syscall"
#define ANNOTATION_SECCOMP_BPF	  "run.oci.seccomp_bpf_data"
#define ANNOTATION_CRIU_CONFIG	  "org.criu.config"
#define ANNOTATION_DELEGATE	  "run.oci.delegate-cgroup"	/* crun's, not ours */

struct annotation {
	const char *name;	/* one that ends with "." is the beginning of many names */
	/* Not for whoever may only describe a container: `features` lists it as such. */
	bool is_unsafe;
	const char *help;
};

/* Ends with a row without a name. */
extern const struct annotation annotation_table[];

/* The value, or NULL if it is not there or empty. */
const char *annotation_value(struct oci_pair *const *list, const char *name);

#endif
