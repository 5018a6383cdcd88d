#include "ocirun-systemd/bus.h"

#include "base/str.h"

#include <stdlib.h>
#include <systemd/sd-daemon.h>

#define SYSTEM_SOCKET "/run/systemd/private"

static int
bus_at(sd_bus **bus, const char *path)
{
	auto_(sd_bus_unrefp) sd_bus *made = NULL;
	autofree char *address = xasprintf("unix:path=%s", path);
	int r = access(path, F_OK) < 0 ? -errno : sd_bus_new(&made);

	if (r >= 0)
		r = sd_bus_set_address(made, address);
	if (r >= 0)
		r = sd_bus_start(made);
	if (r >= 0)
		*bus = take(made);
	return r;
}

static int
open_system(sd_bus **bus)
{
	/* Where the environment has another bus, what is booted here says nothing. */
	bool elsewhere = getenv("DBUS_SYSTEM_BUS_ADDRESS");

	if (!elsewhere && sd_booted() <= 0)
		return fail(0, "the init of this host is not systemd"
			       " (there is no /run/systemd/system)");
	if (!elsewhere && bus_at(bus, SYSTEM_SOCKET) >= 0)
		return 0;
	int r = sd_bus_open_system(bus);
	return r < 0 ? fail(-r, "connect to the system bus") : 0;
}

static int
open_user(sd_bus **bus)
{
	const char *dir = getenv("XDG_RUNTIME_DIR"), *address = getenv("DBUS_SESSION_BUS_ADDRESS");
	autofree char *path = dir && *dir ? xasprintf("%s/systemd/private", dir) : NULL;

	if (path && bus_at(bus, path) >= 0)
		return 0;
	if (!path && !address)
		return fail(0, "no systemd of the user: neither XDG_RUNTIME_DIR nor"
			       " DBUS_SESSION_BUS_ADDRESS is set, as it is in a login session");
	int r = sd_bus_open_user(bus);
	return r < 0 ? fail(-r, "connect to the user's bus (%s)",
			    address ? address : "in XDG_RUNTIME_DIR") : 0;
}

int
bus_open(sd_bus **bus, enum whose whose)
{
	return whose == USER ? open_user(bus) : open_system(bus);
}

int
bus_fail(const sd_bus_error *error, int r)
{
	if (!sd_bus_error_is_set(error))
		return fail(-r, "D-Bus");
	fail(0, "%s (%s)", error->message ? error->message : "no reason told", error->name);
	return r < 0 ? r : -EIO;
}
