#include "servin/commands.h"
#include "servin/filter.h"
#include "servin/human.h"
#include "servin/output.h"

#include "engine/events.h"
#include "engine/pairs.h"

#include "base/clock.h"
#include "base/err.h"
#include "libocispec/document.h"

#include <stdint.h>

struct events_opts {
	const char *since, *until, *format;
	char **filter;
};

struct events {
	const char *format;		/* a template, or NULL */
	struct filters filters;
};

static const char *const keys[] = {
	"container", "image", "volume", "type", "event", "scope", NULL,
};

static bool
is_id_or_name(const char *value, const struct event *event)
{
	const char *id = event->actor ? event->actor->id : NULL;
	const char *name = event->actor ? pairs_get(event->actor->attributes, "name") : NULL;

	return (id && str_after(id, value)) || (name && streq(name, value));
}

static bool
is_about(const char *value, const void *event)
{
	return is_id_or_name(value, event);
}

static bool
is_of_image(const char *value, const void *arg)
{
	const struct event *event = arg;
	const char *image = event->actor ? pairs_get(event->actor->attributes, "image") : NULL;

	return is_id_or_name(value, event) || (image && streq(image, value));
}

/* An action such as exec_start may be given by its first word. */
static bool
is_action(const char *value, const void *arg)
{
	const char *rest = str_after(((const struct event *)arg)->action, value);

	return rest && (!*rest || *rest == ':');
}

static bool
fits(const struct filters *f, const struct event *event)
{
	if (filter_value(f, "container", 0) && !streq(event->type, "container"))
		return false;
	if (filter_value(f, "volume", 0) && !streq(event->type, "volume"))
		return false;
	return filter_is(f, "type", event->type) && filter_is(f, "scope", event->scope) &&
	       filter_fits(f, "event", is_action, event) &&
	       filter_fits(f, "container", is_about, event) &&
	       filter_fits(f, "volume", is_about, event) &&
	       filter_fits(f, "image", is_of_image, event);
}

/* docker's: TIME TYPE ACTION ID (KEY=VALUE, ...) */
static void
add_line(const struct event *event, struct str *out)
{
	const int64_t ns = event->time_nano.v, second = 1000000000;
	const struct timespec t = { .tv_sec = ns / second, .tv_nsec = ns % second };
	struct oci_pair *const *pairs = event->actor ? event->actor->attributes : NULL;
	const char *id = event->actor ? event->actor->id : NULL;

	str_addf(out, "%s %s %s %s", clock_text(&t).s, event->type, event->action, id ? id : "");
	for (struct oci_pair *const *p = pairs; p && *p; p++)
		str_addf(out, "%s%s=%s", p == pairs ? " (" : ", ", (*p)->key, (*p)->value);
	str_add(out, pairs && *pairs ? ")\n" : "\n");
}

static int
tell(void *arg, const struct event *event)
{
	const struct events *events = arg;
	autostr out = { 0 };

	if (!fits(&events->filters, event))
		return 0;
	if (events->format)
		return object_print(&event_type, events->format, event);
	add_line(event, &out);
	return print(out.s);
}

static int64_t
nanoseconds(const struct timespec *t)
{
	return t->tv_sec * 1000000000LL + t->tv_nsec;
}

/* Without --since only what is to come is shown, and without --until there is no end. */
static int
read_times(const struct events_opts *o, struct events_query *q)
{
	struct timespec now, t;
	int r = 0;

	clock_gettime(CLOCK_REALTIME, &now);
	q->since = nanoseconds(&now);
	q->until = INT64_MAX;
	q->follow = true;
	if (o->since) {
		r = wrap(human_parse_time(o->since, &t), "--since");
		q->since = nanoseconds(&t);
	}
	if (r == 0 && o->until) {
		r = wrap(human_parse_time(o->until, &t), "--until");
		q->until = nanoseconds(&t);
		q->follow = q->until > nanoseconds(&now);
	}
	return r;
}

static int
events_run(const void *engine, const void *opts, char **args)
{
	const struct events_opts *o = opts;
	struct events events = { .format = o->format };
	struct events_query q = { .tell = tell, .arg = &events };
	int r = filters_check(o->filter, keys, &events.filters);

	(void)args;
	if (r == 0)
		r = read_times(o, &q);
	return r < 0 ? r : events_read(engine, &q);
}

const struct command cmd_events = {
	.name = "events", .max = 0, .mixed = true,
	.aliases = (const char *const[]){ "system events", NULL },
	.summary = "tell what happens, as it happens",
	.text = "A time is given as 2026-01-31T12:00:00Z, as seconds since 1970, or as how long\n"
		"ago it was, such as 10m. Keys of --filter are container, image, volume, type,\n"
		"event and scope.",
	.size = sizeof(struct events_opts),
	.opts = (const struct opt[]){
		OPT_STRING(events_opts, 0, since, "since", "TIME", "also what happened since then"),
		OPT_STRING(events_opts, 0, until, "until", "TIME", "up to then"),
		OPT_LIST(events_opts, 'f', filter, "filter", "KEY=VALUE", "only those that fit"),
		OPT_STRING(events_opts, 0, format, "format", "FORMAT", "json, or a template"),
		{ 0 } },
	.run = events_run,
};
