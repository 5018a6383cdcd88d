/* exec's process, from options or a file, on top of the configuration's. */
#ifndef RUNTIME_EXEC_PROCESS_H
#define RUNTIME_EXEC_PROCESS_H

#include "libocispec/spec.h"
#include "runtime/runtime.h"

/* Makes it in *p, for oci_free(); checked. */
int exec_process(const struct exec_opts *o, const struct oci_spec *spec, struct oci_process **p);

#endif
