#include "criu/request.h"

#include "base/strv.h"
#include "base/wire.h"

/* Numbers of fields: of criu_req, criu_opts and criu_resp, and of the messages in them. */
enum { REQ_TYPE = 1, REQ_OPTS = 2, REQ_NOTIFY_SUCCESS = 3, REQ_KEEP_OPEN = 4, REQ_FEATURES = 5 };
enum { OPT_PAGE_SERVER = 11, OPT_CG_ROOT = 25, OPT_INHERIT_FD = 27, OPT_CG_MODE = 34,
       OPT_EXTERNAL = 37, OPT_JOIN_NS = 39 };
enum { FEATURE_MEM_TRACK = 1, FEATURE_LAZY_PAGES = 2 };

enum option_kind { NUMBER, FLAG, STRING };

struct option {
	unsigned field;
	enum option_kind kind;
	size_t at;
	bool always;
};

#define ROW(f, k, m, ...) { f, k, offsetof(struct criu_request, m), __VA_ARGS__ }

static const struct option options[] = {
	ROW(1, NUMBER, images, true),
	ROW(2, NUMBER, pid, false),
	ROW(3, FLAG, leave_running, false),
	ROW(4, FLAG, ext_unix_sk, false),
	ROW(5, FLAG, tcp_established, false),
	ROW(6, FLAG, evasive_devices, false),
	ROW(7, FLAG, shell_job, false),
	ROW(8, FLAG, file_locks, false),
	ROW(9, NUMBER, log_level, false),
	ROW(10, STRING, log_file, false),
	ROW(12, FLAG, notify_scripts, false),
	ROW(13, STRING, root, false),
	ROW(14, STRING, parent_images, false),
	ROW(15, FLAG, track_mem, false),
	ROW(16, FLAG, auto_dedup, false),
	ROW(17, NUMBER, work, true),
	ROW(18, FLAG, link_remap, false),
	ROW(26, FLAG, sibling, false),
	ROW(OPT_CG_MODE, NUMBER, cgroup_mode, true),
	ROW(38, NUMBER, empty_ns, false),
	ROW(44, STRING, freeze_cgroup, false),
	ROW(46, FLAG, tcp_skip_in_flight, false),
	ROW(48, FLAG, lazy_pages, false),
	ROW(49, NUMBER, status_fd, false),
	ROW(50, FLAG, orphan_pts_master, false),
	ROW(51, STRING, config_file, false),
	ROW(52, FLAG, tcp_close, false),
	ROW(53, STRING, lsm_profile, false),
	ROW(63, STRING, lsm_mount_context, false),
	ROW(64, NUMBER, network_lock, false),
};

void
criu_pairs_add(struct criu_pair **pairs, char *key, char *value, int number)
{
	size_t n = 0;

	while (*pairs && (*pairs)[n].key)
		n++;
	*pairs = xrealloc(*pairs, n + 2, sizeof(**pairs));
	(*pairs)[n] = (struct criu_pair){ key, value, number };
	(*pairs)[n + 1] = (struct criu_pair){ 0 };
}

static void
pairs_free(struct criu_pair *pairs)
{
	for (struct criu_pair *p = pairs; p && p->key; p++) {
		free(p->key);
		free(p->value);
	}
	free(pairs);
}

void
criu_request_done(struct criu_request *r)
{
	strv_free(r->external);
	pairs_free(r->inherit_fds);
	pairs_free(r->join_ns);
	r->external = NULL;
	r->inherit_fds = r->join_ns = NULL;
}

/* A negative int is sent as its 64 bits, as the protocol wants it. */
static void
add_option(const struct option *o, const void *at, struct str *out)
{
	const char *text;
	int n;

	switch (o->kind) {
	case FLAG:
		if (*(const bool *)at)
			wire_add_number(out, o->field, 1);
		break;
	case NUMBER:
		n = *(const int *)at;
		if (n || o->always)
			wire_add_number(out, o->field, (uint64_t)(int64_t)n);
		break;
	case STRING:
		text = *(const char *const *)at;
		if (text)
			wire_add_string(out, o->field, text);
		break;
	}
}

/* key = 1, the other one = 2, in all of them. */
static void
add_pairs(const struct criu_pair *p, unsigned field, struct str *out)
{
	for (; p && p->key; p++) {
		autostr pair = { 0 };

		wire_add_string(&pair, 1, p->key);
		if (p->value)
			wire_add_string(&pair, 2, p->value);
		else
			wire_add_number(&pair, 2, (uint64_t)(int64_t)p->number);
		wire_add_bytes(out, field, pair.s, pair.len);
	}
}

static void
add_page_server(const struct criu_request *r, struct str *out)
{
	autostr server = { 0 };

	if (!r->page_server_address)
		return;
	wire_add_string(&server, 1, r->page_server_address);
	wire_add_number(&server, 2, (uint64_t)(int64_t)r->page_server_port);
	wire_add_bytes(out, OPT_PAGE_SERVER, server.s, server.len);
}

static void
add_cgroup_root(const struct criu_request *r, struct str *out)
{
	autostr root = { 0 };

	if (!r->cgroup_root)
		return;
	wire_add_string(&root, 2, r->cgroup_root);
	wire_add_bytes(out, OPT_CG_ROOT, root.s, root.len);
}

void
criu_request_encode(const struct criu_request *r, struct str *out)
{
	autostr opts = { 0 };

	for (size_t i = 0; i < countof(options); i++)
		add_option(&options[i], (const char *)r + options[i].at, &opts);
	add_page_server(r, &opts);
	add_cgroup_root(r, &opts);
	add_pairs(r->inherit_fds, OPT_INHERIT_FD, &opts);
	add_pairs(r->join_ns, OPT_JOIN_NS, &opts);
	for (char *const *e = r->external; e && *e; e++)
		wire_add_string(&opts, OPT_EXTERNAL, *e);

	wire_add_number(out, REQ_TYPE, r->task);
	wire_add_bytes(out, REQ_OPTS, opts.s, opts.len);
}

void
criu_version_encode(struct str *out)
{
	wire_add_number(out, REQ_TYPE, CRIU_VERSION);
	wire_add_number(out, REQ_KEEP_OPEN, 1);
}

void
criu_features_encode(struct str *out)
{
	autostr asked = { 0 };

	wire_add_number(&asked, FEATURE_MEM_TRACK, 1);
	wire_add_number(&asked, FEATURE_LAZY_PAGES, 1);
	wire_add_number(out, REQ_TYPE, CRIU_FEATURES);
	wire_add_number(out, REQ_KEEP_OPEN, 1);
	wire_add_bytes(out, REQ_FEATURES, asked.s, asked.len);
}

void
criu_notified_encode(bool success, struct str *out)
{
	wire_add_number(out, REQ_TYPE, CRIU_NOTIFY);
	wire_add_number(out, REQ_NOTIFY_SUCCESS, success);
}

/* --- answers --- */

static void
set_restored(struct criu_answer *a, const struct wire_field *f)
{
	if (f->field == 1)
		a->pid = (pid_t)f->number;
}

static void
set_notify(struct criu_answer *a, const struct wire_field *f)
{
	if (f->field == 1) {
		free(a->event);
		a->event = wire_string(&f->bytes);
	} else if (f->field == 2) {
		a->pid = (pid_t)f->number;
	}
}

static void
set_feature(struct criu_answer *a, const struct wire_field *f)
{
	if (f->field == FEATURE_MEM_TRACK)
		a->can_track_mem = f->number;
	else if (f->field == FEATURE_LAZY_PAGES)
		a->can_lazy_pages = f->number;
}

/* A development version counts as the one to come. */
static void
set_version(struct criu_answer *a, const struct wire_field *f)
{
	static const struct { unsigned field, unit; } parts[] = {
		{ 1, 10000 }, { 2, 100 }, { 4, 1 },
	};

	for (size_t i = 0; i < countof(parts); i++)
		if (f->field == parts[i].field)
			a->version += (unsigned)(f->number % 1000) * parts[i].unit;
}

static int
decode_inner(struct criu_answer *a, struct wire message,
	     void (*set)(struct criu_answer *, const struct wire_field *))
{
	struct wire_field f;
	int r;

	while ((r = wire_next(&message, &f)) > 0)
		set(a, &f);
	return r;
}

static int
set_answer(struct criu_answer *a, const struct wire_field *f)
{
	switch (f->field) {
	case 1:
		a->task = (enum criu_task)f->number;
		return 0;
	case 2:
		a->success = f->number;
		return 0;
	case 4:
		return decode_inner(a, f->bytes, set_restored);
	case 5:
		return decode_inner(a, f->bytes, set_notify);
	case 7:
		a->error = (int)f->number;
		return 0;
	case 8:
		return decode_inner(a, f->bytes, set_feature);
	case 9:
		free(a->words);
		a->words = wire_string(&f->bytes);
		return 0;
	case 10:
		return decode_inner(a, f->bytes, set_version);
	}
	return 0;
}

int
criu_answer_decode(struct criu_answer *a, const void *message, size_t n)
{
	struct wire w = { message, n };
	struct wire_field f;
	int r;

	*a = (struct criu_answer){ 0 };
	while ((r = wire_next(&w, &f)) > 0) {
		r = set_answer(a, &f);
		if (r < 0)
			break;
	}
	if (r < 0)
		criu_answer_done(a);
	return r;
}

void
criu_answer_done(struct criu_answer *a)
{
	free(a->words);
	free(a->event);
	*a = (struct criu_answer){ 0 };
}
