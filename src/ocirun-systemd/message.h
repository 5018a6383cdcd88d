/* Properties as systemd/property.h has them, put into a message of D-Bus. */
#ifndef OCIRUN_SYSTEMD_MESSAGE_H
#define OCIRUN_SYSTEMD_MESSAGE_H

#include <systemd/sd-bus.h>

/* Adds them as an array of (name, value), the type of which is a(sv). */
int message_add_properties(sd_bus_message *m, char *const *words);

#endif
