/*
 * Profiles of system calls in docker's form: rules that depend on the
 * container's capabilities and on the machine.  What of it concerns a
 * container here becomes linux.seccomp of its configuration.
 */
#ifndef ENGINE_SECCOMP_PROFILE_H
#define ENGINE_SECCOMP_PROFILE_H

#include "libocispec/spec.h"

/* Whether the text is a profile; name is what to call it in words. */
int seccomp_profile_check(const char *name, const char *text);

/* The rules of a profile for who has these capabilities; oci_free(&oci_seccomp_type) takes it. */
int seccomp_profile_read(const char *text, char *const *capabilities,
			 struct oci_seccomp **seccomp);

#endif
