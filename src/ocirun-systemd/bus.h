/* The way to a systemd: the one of the host, or the one of a user. */
#ifndef OCIRUN_SYSTEMD_BUS_H
#define OCIRUN_SYSTEMD_BUS_H

#include "base/err.h"

#include <stdbool.h>
#include <systemd/sd-bus.h>

enum whose { SYSTEM, USER };

/*
 * Connects to systemd itself, where its socket is, else to the message bus,
 * on which it is one of many.  An address of the bus in the environment
 * (DBUS_SYSTEM_BUS_ADDRESS) comes first for the host's.
 */
int bus_open(sd_bus **bus, enum whose whose);

#define automessage auto_(sd_bus_message_unrefp) sd_bus_message *
#define autobuserror auto_(sd_bus_error_free) sd_bus_error

/* Turns what D-Bus says into an error of ours. */
int bus_fail(const sd_bus_error *error, int r);

#endif
