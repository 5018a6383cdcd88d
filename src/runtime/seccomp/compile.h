/* From a profile to a program for the kernel, by libseccomp, which is asked here only. */
#ifndef RUNTIME_SECCOMP_COMPILE_H
#define RUNTIME_SECCOMP_COMPILE_H

#include "libocispec/spec.h"

#include <linux/filter.h>

/* "2.5.4" */
struct libseccomp_version { char s[32]; };
struct libseccomp_version libseccomp_version(void);

/* Whether that is the name of a system call, of whatever architecture. */
bool seccomp_knows_call(const char *name);

/* A profile that was checked; names that are none are left out.  free() takes the code. */
int seccomp_compile(const struct oci_seccomp *profile, struct sock_filter **code, size_t *n);

#endif
