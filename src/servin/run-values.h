/*
 * The values of run's options, one at a time.
 *
 * Each reads a text into a member of the record, whose address it gets; an option that can be
 * given again is read again.  -EINVAL with words that quote the text.
 */
#ifndef SERVIN_RUN_VALUES_H
#define SERVIN_RUN_VALUES_H

#include "engine/record.h"

int value_string(const char *text, void *string);
int value_word(const char *text, void *string);		/* that must not be empty */
int value_words(const char *text, void *strings);	/* one more */
int value_integer(const char *text, void *oci_int);
int value_uint(const char *text, void *oci_uint);
int value_size(const char *text, void *oci_int);	/* bytes; -1: no limit */
int value_size_uint(const char *text, void *oci_uint);
int value_cpus(const char *text, void *nano_cpus);	/* 1.5 are 1500000000 */
int value_absolute(const char *text, void *string);	/* a path, made absolute */

int value_env(const char *text, void *strings);		/* NAME=VALUE, or NAME */
int value_env_file(const char *path, void *strings);
int value_pair(const char *text, void *pairs);		/* NAME=TEXT, or NAME */
int value_pair_file(const char *path, void *pairs);
int value_must_pair(const char *text, void *pairs);	/* NAME=TEXT */
int value_port(const char *text, void *members);	/* 80, 80/udp, 80-90 */
int value_ip(const char *text, void *strings);
int value_host(const char *text, void *strings);	/* NAME:IP */

int value_ulimit(const char *text, void *ulimits);
int value_device(const char *text, void *devices);
int value_device_rule(const char *text, void *strings);
int value_weight_device(const char *text, void *list);
int value_bps_device(const char *text, void *list);
int value_iops_device(const char *text, void *list);

int value_restart(const char *text, void *policy);
int value_network(const char *text, void *string);
int value_security(const char *text, void *strings);	/* a profile's file is read */

int value_volume(const char *text, void *mounts);	/* -v */
int value_mount(const char *text, void *mounts);	/* --mount */
int value_tmpfs(const char *text, void *mounts);	/* --tmpfs */

#endif
