/* What is asked of a systemd: the requests of systemd/property.h, as calls. */
#ifndef OCIRUN_SYSTEMD_MANAGER_H
#define OCIRUN_SYSTEMD_MANAGER_H

#include "ocirun-systemd/bus.h"

/* Tells whoever waits what we wait for. */
void doing(const char *fmt, ...) printf_like(1, 2);

/*
 * Properties without "?" in front must be taken.  *words loses those that
 * were not, and *left_out gets their names.
 */
int manager_start(sd_bus *bus, const char *unit, char ***words, char ***left_out);
int manager_set(sd_bus *bus, const char *unit, char ***words, char ***left_out);
int manager_attach(sd_bus *bus, const char *unit, const char *path, const char *pid);
int manager_stop(sd_bus *bus, const char *unit);

/* 1 or 0; a unit that is not there has none. */
int manager_has_process(sd_bus *bus, const char *unit);

/* The cgroup of a scope; free() takes it. */
int manager_cgroup(sd_bus *bus, const char *unit, char **path);

#endif
