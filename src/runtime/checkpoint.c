/* checkpoint: a container's processes into files, by criu(8). */
#include "runtime/criu-options.h"
#include "runtime/delete.h"
#include "runtime/external.h"
#include "runtime/idmap.h"
#include "runtime/notify.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/parse.h"
#include "base/str.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#define CGROUPS_MAX 65536
#define VANISH_MS   2000

struct checkpoint {
	const struct checkpoint_opts *opts;
	const struct runtime *rt;
	struct state state;
	struct config config;
	struct cgroup cgroup;
	struct criu criu;
	struct criu_request request;
	char *freezer, *page_server;
};

static void
checkpoint_done(struct checkpoint *c)
{
	criu_done(&c->criu);
	criu_request_done(&c->request);
	free(c->freezer);
	free(c->page_server);
	cgroup_done(&c->cgroup);
	config_done(&c->config);
	state_done(&c->state);
}

static int
check_running(const struct checkpoint *c)
{
	enum status status;
	int r = state_status(&c->state, &status, NULL);

	if (r < 0)
		return r;
	if (status != STATUS_RUNNING && status != STATUS_PAUSED)
		return fail(0, "cannot checkpoint a %s container", status_word(status));
	return 0;
}

static void
ignore(void *arg, size_t index, int option, const char *reason)
{
	(void)arg;
	(void)index;
	(void)option;
	(void)reason;	/* create had none to tell */
}

static int
read_config(struct checkpoint *c)
{
	int r = config_read(&c->config, c->state.dir, "config.json");

	if (r == 0 && faccessat(c->state.dir, NOTIFY_DIR, F_OK, 0) == 0)
		r = fail(0, "criu cannot save a container that notifies systemd");
	if (r == 0 && mount_plan_make(&c->config.mounts, &c->config.spec, ignore, NULL))
		r = fail(0, "its configuration has mounts that it cannot have been created with");
	return r;
}

/* Nobody else deletes it or starts it meanwhile. */
static int
lock(struct checkpoint *c)
{
	int r = state_find(&c->state, c->rt, c->opts->id);

	if (r == 0)
		r = check_running(c);
	if (r == 0)
		r = state_lock(&c->state);
	if (r == 0)
		r = state_load(&c->state);
	if (r == 0)
		r = check_running(c);
	return r < 0 ? r : read_config(c);
}

/* criu takes it as one below the images, so that a copy of all of them can be restored. */
static int
check_parent(const struct checkpoint *c)
{
	const char *parent = c->opts->parent;
	struct stat st;

	if (!parent)
		return 0;
	if (*parent == '/')
		return fail(0, "--parent-path %s: must be relative to the images", parent);
	if (fstatat(c->criu.images, parent, &st, 0) < 0)
		return fail(errno, "--parent-path %s", parent);
	return S_ISDIR(st.st_mode) ? 0 : fail(ENOTDIR, "--parent-path %s", parent);
}

/* Restored processes of a user namespace look for files there: a way in for its root alone. */
static int
let_root_in(const struct checkpoint *c)
{
	const struct oci_linux *l = c->config.spec.linux_;
	uint64_t gid;

	if (!c->criu.made || !l || !idmap_find(l->gid_mappings, 0, &gid))
		return 0;
	if (fchown(c->criu.images, (uid_t)-1, (gid_t)gid) < 0 || fchmod(c->criu.images, 0710) < 0)
		return fail(errno, "give the directory of images to group %ju", (uintmax_t)gid);
	return 0;
}

/* What we opened ourselves closes when criu is executed; what we were given does not. */
static int
check_status_fd(int fd)
{
	int flags = fd ? fcntl(fd, F_GETFD) : 0;

	if (flags < 0 || flags & FD_CLOEXEC || (fd && fd <= STDERR_FILENO))
		return fail(EBADF, "--status-fd %d", fd);
	return 0;
}

static int
plan_page_server(struct checkpoint *c)
{
	const char *text = c->opts->page_server, *colon = text ? strrchr(text, ':') : NULL;
	uint64_t port = 0;

	if (!text)
		return 0;
	if (!colon || colon == text || parse_uint(colon + 1, 65535, &port) < 0 || !port)
		return fail(0, "--page-server \"%s\" is not ADDRESS:PORT", text);
	c->page_server = xstrndup(text, (size_t)(colon - text));
	c->request.page_server_address = c->page_server;
	c->request.page_server_port = (int)port;
	return 0;
}

/* The first line of /proc/PID/cgroup, "4:memory:/box", that is not the container's, if any. */
static int
find_foreign_cgroup(const struct checkpoint *c, char **line)
{
	autofree char *name = xasprintf("/proc/%d/cgroup", c->request.pid);
	autofree char *text = NULL;
	char *next, *rest;
	int e = file_read_at(AT_FDCWD, name, CGROUPS_MAX, &text, NULL);

	for (rest = text; e == 0 && (next = strsep(&rest, "\n")) && *next;) {
		const char *path = strchr(next, '/');
		const char *below = path ? str_after(path, c->cgroup.path) : NULL;

		if (below && (!*below || *below == '/'))
			continue;
		*line = xstrdup(next);
		return 0;
	}
	return e;
}

/*
 * criu saves the cgroups that the processes are in with all that is below them.  Where the host
 * has a hierarchy that the container has no cgroup in, that would be all of the host's, to be made
 * again at restore.  One that was unmounted goes by itself in a moment, which nothing tells of.
 */
static int
check_cgroups(const struct checkpoint *c)
{
	int64_t end = clock_ms() + VANISH_MS;

	for (;;) {
		autofree char *line = NULL;
		int e = find_foreign_cgroup(c, &line);

		if (e < 0 || !line)
			return e;
		if (clock_ms() > end)
			return fail(0, "criu would save cgroups of the host: \"%s\" is not the "
				       "container's (--manage-cgroups-mode ignore leaves all out)",
				    line);
		poll(NULL, 0, 20);
	}
}

/* Without a cgroup of its own there is nothing of it to save. */
static int
plan_cgroups(struct checkpoint *c)
{
	if (c->opts->criu.manage_cgroups)
		return 0;
	if (c->cgroup.path)
		return check_cgroups(c);
	c->request.cgroup_mode = CRIU_CGROUP_IGNORE;
	return 0;
}

static int
plan(struct checkpoint *c)
{
	const struct checkpoint_opts *o = c->opts;
	const struct record *rec = &c->state.record;
	struct criu_request *r = &c->request;

	r->task = o->pre_dump ? CRIU_PRE_DUMP : CRIU_DUMP;
	r->pid = (int)rec->pid.v;
	r->root = rec->rootfs;
	r->parent_images = o->parent;
	r->track_mem = o->pre_dump || o->parent;
	r->leave_running = o->leave_running || o->pre_dump;
	r->tcp_skip_in_flight = o->tcp_skip_in_flight;
	r->status_fd = o->status_fd;
	c->freezer = cgroup_freezer(&c->cgroup);
	r->freeze_cgroup = c->freezer;
	criu_plan(r, &c->criu, &o->criu, c->config.spec.annotations);
	int e = plan_cgroups(c);
	if (e == 0)
		e = check_parent(c);
	if (e == 0)
		e = check_status_fd(o->status_fd);
	if (e == 0)
		e = let_root_in(c);
	if (e == 0)
		e = plan_page_server(c);
	return e < 0 ? e : external_dump(r, &c->config, r->pid);
}

/* Said before it begins: criu would notice when all is frozen. */
static int
check_features(const struct checkpoint *c)
{
	bool track_mem = true, lazy_pages = true;

	if (!c->request.track_mem && !c->request.lazy_pages)
		return 0;
	int r = criu_ask_features(c->criu.sock, &track_mem, &lazy_pages);
	if (r < 0)
		return wrap(r, "criu");
	if (c->request.track_mem && !track_mem)
		return fail(EOPNOTSUPP, "this kernel does not tell which memory has changed "
				    "(CONFIG_MEM_SOFT_DIRTY): no --pre-dump, no --parent-path");
	if (c->request.lazy_pages && !lazy_pages)
		return fail(EOPNOTSUPP, "--lazy-pages: criu cannot do that with this kernel");
	return 0;
}

static int
dump(struct checkpoint *c)
{
	auto_(criu_answer_done) struct criu_answer answer = { 0 };
	int r = criu_start(&c->criu, &(struct criu_birth){
		.cgroup = -EBADF, .request = &c->request,
		.end = CRIU_ENDS_ITSELF, .lock = c->state.dir,
	});

	if (r == 0)
		r = check_features(c);
	if (r == 0 && !c->opts->pre_dump)
		r = external_dump_streams(&c->request, c->request.pid, c->criu.images);
	if (r == 0)
		r = criu_do(&c->criu, &c->request, NULL, &answer);
	criu_end(&c->criu);
	return r;
}

int
runtime_checkpoint(const struct runtime *rt, const struct checkpoint_opts *o)
{
	auto_(checkpoint_done) struct checkpoint c = {
		.opts = o, .rt = rt, .state = STATE_EMPTY,
		.criu = CRIU_EMPTY,
	};
	int r = criu_check_user();

	c.criu.program = rt->criu;
	c.criu.log_name = "dump.log";
	if (r == 0)
		r = lock(&c);
	if (r == 0)
		r = cgroup_from_record(&c.cgroup, c.state.record.cgroup_kind,
				       c.state.record.cgroup_path);
	if (r == 0)
		r = criu_open(&c.criu, criu_images(&o->criu), o->criu.work, CRIU_MAKE);
	if (r == 0)
		r = plan(&c);
	if (r == 0)
		r = dump(&c);
	if (r < 0 || c.request.leave_running)
		return r;
	/* Its processes are in the files now; what is left goes as in delete. */
	return wrap(delete_own(rt, &c.state, &c.config.spec), "delete");
}
