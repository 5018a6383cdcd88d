#include "engine/status.h"

#include "engine/container.h"
#include "engine/lock.h"

#include "kernel/pidfd.h"

#include "libocispec/document.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"

#define STATUS_BYTES (256u << 10)

int
status_read(int dir, struct status *status)
{
	autofree char *text = NULL;
	struct oci_source source = { .name = "status.json" };
	int r = file_read_at(dir, source.name, STATUS_BYTES, &text, &source.len);

	source.text = text;
	if (r == 0)
		r = oci_decode(&status_type, &source, status);
	if (r != -EINVAL)
		return r;
	/* As a crash of the host may leave it: that must not be in the way of start and rm. */
	status_done(status);
	*status = (struct status){ .status = xstrdup("exited"),
				   .error = xstrdup("its status was lost"),
				   .exit_code = { STATUS_EXIT_UNKNOWN, true } };
	return 0;
}

int
status_write(int dir, const struct status *status)
{
	autofree char *text = oci_encode(&status_type, status, OCI_COMPACT);

	return file_replace_at(dir, "status.json", text, strlen(text), 0600);
}

void
status_done(struct status *status)
{
	oci_done(&status_type, status);
}

void
status_free(struct status **status)
{
	oci_free(&status_type, *status);
}

void
status_set(char **member, const char *text)
{
	char *old = *member;

	/* The text may be what is there. */
	*member = text ? xstrdup(text) : NULL;
	free(old);
}

bool
status_is_up(const struct status *status)
{
	return streq(status->status, "running") || streq(status->status, "paused");
}

int
status_open_process(const struct status *status)
{
	if (!status->pid.v)
		return fail_plain(ESRCH, "it has no process");
	return pidfd_open_started((pid_t)status->pid.v, status->pid_start.v);
}

static bool
is_of_this_boot(const struct status *status)
{
	struct boot_id boot;

	return boot_id(&boot) < 0 || (status->boot && streq(status->boot, boot.s));
}

static void
set_ended(struct status *status, const char *why)
{
	status_set(&status->status, "exited");
	status_set(&status->error, why);
	status->exit_code = (struct oci_int){ STATUS_EXIT_UNKNOWN, true };
	status->pid = status->monitor = (struct oci_int){ 0 };
}

/* Nobody watches it: what it was is all we have, and its process, if that is there. */
static void
reckon(struct status *status)
{
	autoclose int process = status_open_process(status);

	if (process < 0)
		set_ended(status, "its monitor was killed, and its end was not seen");
	else
		status->monitor = (struct oci_int){ 0 };
}

int
container_status(const struct engine *e, const struct container *c, struct status **status)
{
	autoclose int dir = container_dir(e, c);
	autofree struct status *s = xcalloc(1, sizeof(*s));
	int r = dir < 0 ? dir : wrap(status_read(dir, s), "container %s", c->name);

	if (r < 0)
		return r;
	if (status_is_up(s) || streq(s->status, "restarting")) {
		if (!is_of_this_boot(s))
			set_ended(s, "host reboot");
		else if (lock_is_held(dir, "monitor.lock") != 1)
			reckon(s);
	}
	*status = take(s);
	return 0;
}

int
container_is_up(const struct engine *e, const struct container *c)
{
	struct status *now;
	int r = container_status(e, c, &now);

	if (r < 0)
		return r;
	r = status_is_up(now);
	oci_free(&status_type, now);
	return r;
}

bool
container_is_watched(const struct engine *e, const struct container *c)
{
	autoclose int dir = container_dir(e, c);

	return dir >= 0 && lock_is_held(dir, "monitor.lock") == 1;
}
