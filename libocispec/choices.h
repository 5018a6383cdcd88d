/*
 * The words that a property may have, where the specification names them all.
 * Each list ends with NULL.
 */
#ifndef OCI_CHOICES_H
#define OCI_CHOICES_H

extern const char *const oci_namespace_types[];
extern const char *const oci_propagations[];
extern const char *const oci_device_types[];
extern const char *const oci_personality_domains[];

extern const char *const oci_scheduler_policies[];
extern const char *const oci_scheduler_flags[];
extern const char *const oci_io_priority_classes[];

extern const char *const oci_memory_policy_modes[];
extern const char *const oci_memory_policy_flags[];

extern const char *const oci_seccomp_actions[];
extern const char *const oci_seccomp_operators[];
extern const char *const oci_seccomp_archs[];
extern const char *const oci_seccomp_flags[];

extern const char *const oci_statuses[];

#endif
