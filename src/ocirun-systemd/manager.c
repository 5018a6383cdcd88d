#include "ocirun-systemd/manager.h"

#include "ocirun-systemd/message.h"

#include "base/parse.h"
#include "base/str.h"
#include "systemd/property.h"

#include <ctype.h>
#include <stdio.h>

#define DESTINATION "org.freedesktop.systemd1"
#define PATH	    "/org/freedesktop/systemd1"
#define MANAGER	    DESTINATION ".Manager"

/* A call of the method, and the parameters of these types that it begins with. */
static int
new_call(sd_bus *bus, sd_bus_message **m, const char *method, const char *types, ...)
{
	int r = sd_bus_message_new_method_call(bus, m, DESTINATION, PATH, MANAGER, method);
	va_list ap;

	va_start(ap, types);
	if (r >= 0)
		r = sd_bus_message_appendv(*m, types, ap);
	va_end(ap);
	return r < 0 ? fail(-r, "D-Bus") : 0;
}

/* Calls, and is refused with words. */
static int
call(sd_bus *bus, sd_bus_message *m, sd_bus_error *error, sd_bus_message **reply)
{
	int r = sd_bus_call(bus, m, 0, error, reply);

	return r < 0 ? wrap(bus_fail(error, r), "%s", sd_bus_message_get_member(m)) : 0;
}

/* -- jobs -- */

struct job {
	const char *path;
	char result[32];	/* empty while it lasts */
};

static int
job_removed(sd_bus_message *m, void *of, sd_bus_error *error)
{
	const char *path, *result;
	struct job *job = of;
	uint32_t id;

	(void)error;
	if (sd_bus_message_read(m, "uoss", &id, &path, NULL, &result) < 0 || !job->path ||
	    !streq(path, job->path))
		return 0;
	snprintf(job->result, sizeof(job->result), "%s", result);
	return 0;
}

/* Before the call, for the job may be over when it returns. */
static int
watch_jobs(sd_bus *bus, sd_bus_slot **slot, struct job *job)
{
	int r = sd_bus_match_signal_async(bus, slot, NULL, PATH, MANAGER, "JobRemoved",
					  job_removed, NULL, job);

	return r < 0 ? fail(-r, "watch the jobs of systemd") : 0;
}

static int
await_job(sd_bus *bus, sd_bus_message *reply, struct job *job)
{
	int r = sd_bus_message_read(reply, "o", &job->path);

	while (r >= 0 && !*job->result) {
		r = sd_bus_process(bus, NULL);
		if (r == 0)
			r = sd_bus_wait(bus, UINT64_MAX);
	}
	if (r < 0)
		return fail(-r, "wait for the job");
	return streq(job->result, "done") ? 0 : fail(EIO, "the job ended as \"%s\"", job->result);
}

/* -- properties -- */

/* systemd names the property in both: it has none of the name, or not for that value. */
static bool
is_about(const sd_bus_error *error, const char *name)
{
	const char *found = error->message ? strstr(error->message, name) : NULL;
	size_t len = strlen(name);

	if (!sd_bus_error_has_name(error, SD_BUS_ERROR_PROPERTY_READ_ONLY) &&
	    !sd_bus_error_has_name(error, SD_BUS_ERROR_INVALID_ARGS))
		return false;
	return found && !isalpha((unsigned char)found[len]);
}

static size_t
property_len(char *const *words)
{
	return 2 + (size_t)property_words(words[1], words + 2);
}

/* Takes the property that an error is about out of the list, if it may be; whether it did. */
static bool
leave_out(char **words, const sd_bus_error *error, char ***left_out)
{
	size_t n = strv_len(words);

	/* Ours, not systemd's: the list may not even be one of properties. */
	if (!sd_bus_error_is_set(error))
		return false;
	for (size_t at = 0; at < n; at += property_len(words + at)) {
		if (*words[at] != '?' || !is_about(error, words[at] + 1))
			continue;
		size_t end = at + property_len(words + at);

		strv_add(left_out, words[at] + 1);
		for (size_t i = at; i < end; i++)
			free(words[i]);
		memmove(words + at, words + end, (n + 1 - end) * sizeof(*words));
		return true;
	}
	return false;
}

/* -- requests -- */

static int
start_once(sd_bus *bus, const char *unit, char *const *words, sd_bus_error *error,
	   sd_bus_message **reply)
{
	automessage m = NULL;
	int r = new_call(bus, &m, "StartTransientUnit", "ss", unit, "fail");

	if (r == 0)
		r = message_add_properties(m, words);
	if (r < 0)
		return r;
	r = sd_bus_message_append(m, "a(sa(sv))", 0);	/* no other units beside it */
	return r < 0 ? fail(-r, "D-Bus") : call(bus, m, error, reply);
}

static void
reset_failed(sd_bus *bus, const char *unit)
{
	/* One that did not fail is no concern of ours. */
	sd_bus_call_method(bus, DESTINATION, PATH, MANAGER, "ResetFailedUnit", NULL, NULL, "s",
			   unit);
}

/* A failed one of this name is forgotten, what systemd need not know is left out. */
static bool
may_try_again(sd_bus *bus, const char *unit, char **words, const sd_bus_error *error,
	      bool *reset, char ***left_out)
{
	if (!sd_bus_error_has_name(error, DESTINATION ".UnitExists"))
		return leave_out(words, error, left_out);
	if (*reset)
		return false;
	*reset = true;
	reset_failed(bus, unit);
	return true;
}

static int
taken(void)
{
	fail(0, "a unit of this name already exists");
	return -EEXIST;
}

int
manager_start(sd_bus *bus, const char *unit, char ***words, char ***left_out)
{
	auto_(sd_bus_slot_unrefp) sd_bus_slot *slot = NULL;
	automessage reply = NULL;
	struct job job = { 0 };
	bool reset = false;
	int r = watch_jobs(bus, &slot, &job);

	while (r >= 0 && !reply) {
		autobuserror error = SD_BUS_ERROR_NULL;

		r = start_once(bus, unit, *words, &error, &reply);
		if (r < 0 && may_try_again(bus, unit, *words, &error, &reset, left_out))
			r = 0;
		else if (sd_bus_error_has_name(&error, DESTINATION ".UnitExists"))
			return taken();
	}
	doing("wait until systemd has started it");
	return r < 0 ? r : await_job(bus, reply, &job);
}

int
manager_set(sd_bus *bus, const char *unit, char ***words, char ***left_out)
{
	automessage reply = NULL;
	int r = 0;

	while (r >= 0 && !reply) {
		autobuserror error = SD_BUS_ERROR_NULL;
		automessage m = NULL;

		r = new_call(bus, &m, "SetUnitProperties", "sb", unit, true);
		if (r >= 0)
			r = message_add_properties(m, *words);
		if (r >= 0)
			r = call(bus, m, &error, &reply);
		if (r < 0 && leave_out(*words, &error, left_out))
			r = 0;
	}
	return r;
}

int
manager_attach(sd_bus *bus, const char *unit, const char *path, const char *pid)
{
	autobuserror error = SD_BUS_ERROR_NULL;
	uint64_t n;
	int r = parse_uint(pid, INT32_MAX, &n);

	if (r < 0)
		return r;
	r = sd_bus_call_method(bus, DESTINATION, PATH, MANAGER, "AttachProcessesToUnit", &error,
			       NULL, "ssau", unit, path, 1, (uint32_t)n);
	return r < 0 ? wrap(bus_fail(&error, r), "AttachProcessesToUnit") : 0;
}

int
manager_stop(sd_bus *bus, const char *unit)
{
	auto_(sd_bus_slot_unrefp) sd_bus_slot *slot = NULL;
	autobuserror error = SD_BUS_ERROR_NULL;
	automessage m = NULL;
	automessage reply = NULL;
	struct job job = { 0 };
	int r = watch_jobs(bus, &slot, &job);

	if (r >= 0)
		r = new_call(bus, &m, "StopUnit", "ss", unit, "replace");
	if (r >= 0)
		r = call(bus, m, &error, &reply);
	if (sd_bus_error_has_name(&error, DESTINATION ".NoSuchUnit"))
		return 0;
	doing("wait until systemd has stopped it");
	if (r >= 0)
		r = await_job(bus, reply, &job);
	reset_failed(bus, unit);
	return r;
}

int
manager_has_process(sd_bus *bus, const char *unit)
{
	autobuserror error = SD_BUS_ERROR_NULL;
	automessage reply = NULL;
	int r = sd_bus_call_method(bus, DESTINATION, PATH, MANAGER, "GetUnitProcesses", &error,
				   &reply, "s", unit);

	if (sd_bus_error_has_name(&error, DESTINATION ".NoSuchUnit"))
		return 0;
	if (r >= 0)
		r = sd_bus_message_enter_container(reply, 'a', "(sus)");
	return r < 0 ? wrap(bus_fail(&error, r), "GetUnitProcesses") :
		       !sd_bus_message_at_end(reply, false);
}

int
manager_cgroup(sd_bus *bus, const char *unit, char **path)
{
	autobuserror error = SD_BUS_ERROR_NULL;
	autofree char *object = NULL;
	int r = sd_bus_path_encode(PATH "/unit", unit, &object);

	if (r >= 0)
		r = sd_bus_get_property_string(bus, DESTINATION, object, DESTINATION ".Scope",
					       "ControlGroup", &error, path);
	if (r < 0)
		return wrap(bus_fail(&error, r), "ask for its cgroup");
	return **path ? 0 : fail(0, "systemd has no cgroup for it");
}
