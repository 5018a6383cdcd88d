/* linux.seccomp and the annotations beside it, as questions that its check and its use share. */
#ifndef RUNTIME_SECCOMP_PROFILE_H
#define RUNTIME_SECCOMP_PROFILE_H

#include "libocispec/spec.h"

#include <linux/filter.h>

/* The profile, or NULL: there is none, or an annotation has a program in its place. */
const struct oci_seccomp *seccomp_profile(const struct oci_spec *spec);

/* SECCOMP_RET_* with the data of errnoRet or its default; 0 (kill) for a word that is none. */
uint32_t seccomp_action(const char *word, const struct oci_uint *data);

/* The most that errnoRet can be with that action; 0: it takes none. */
uint64_t seccomp_data_max(const char *word);

/* Whether somebody else decides on some calls. */
bool seccomp_notifies(const struct oci_seccomp *profile);
bool seccomp_code_notifies(const struct sock_filter *code, size_t n);

/* The socket of who decides: listenerPath, the annotation, or RUN_OCI_SECCOMP_RECEIVER; or NULL. */
const char *seccomp_receiver(const struct oci_spec *spec);

/* Flags of seccomp(2) as they were asked for: none but SPEC_ALLOW if the profile has no flags. */
unsigned seccomp_flags(const struct oci_seccomp *profile);

/* The program of that annotation; free() takes it. */
int seccomp_decode_bpf(const char *base64, struct sock_filter **code, size_t *n);

#endif
