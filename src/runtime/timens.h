/*
 * linux.timeOffsets: the clocks of a new time namespace.
 *
 * Offsets can be written until the first process enters, and clone3 enters
 * at once.  So with offsets init makes the namespace itself, writes them, and
 * enters then.
 */
#ifndef RUNTIME_TIMENS_H
#define RUNTIME_TIMENS_H

#include "libocispec/spec.h"

#include <stdbool.h>

bool timens_has_offsets(const struct oci_linux *l);

/* For init, while it is what it was born as: the file is the own one of /proc. */
int timens_enter(const struct oci_time_offsets *offsets);

#endif
