#include "runtime/state.h"

#include "libocispec/document.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "kernel/ns.h"
#include "kernel/pidfd.h"

#include <ctype.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>

#define RECORD_NAME "state.json"

/* How long a create, a start or a delete may keep others waiting. */
#define LOCK_S 30

TYPE(record, "state",
	F_STRING(record, id, "id", .must = true),
	F_STRING(record, phase, "phase", .must = true),
	F_STRING(record, bundle, "bundle", .must = true),
	F_STRING(record, rootfs, "rootfs"),
	F_STRING(record, created, "created"),
	F_STRING(record, owner, "owner"),
	F_STRING(record, boot, "bootId"),
	F_STRING(record, pid_file, "pidFile"),
	F_STRING(record, manager, "cgroupManager"),
	F_STRING(record, unit, "systemdUnit"),
	F_STRING(record, cgroup_kind, "cgroupKind", .must = true),
	F_STRING(record, cgroup_path, "cgroupPath"),
	F_INT(record, runtime_pid, "runtimePid"),
	F_INT(record, pid, "pid"),
	F_UINT(record, start, "startTime"),
	F_BOOL(record, own_pid_ns, "ownPidNamespace"),
	F_BOOL(record, restored, "restored"),
	F_BOOL(record, own_keyring, "ownKeyring"),
	F_BOOL(record, poststop_due, "poststopDue"),
	F_STRING(record, rdt_clos, "rdtClass"),
	F_BOOL(record, rdt_clos_made, "rdtClassMade"),
	F_BOOL(record, rdt_monitored, "rdtMonitored"),
	F_STRING(record, seccomp_listener, "seccompListener"),
	F_MAP(record, annotations, "annotations", oci_pair),
);

void
record_set_phase(struct record *r, const char *phase)
{
	free(r->phase);
	r->phase = xstrdup(phase);
}

int
runtime_check_id(const char *id)
{
	/* "-" in front would be taken for an option by somebody, "." hides or climbs. */
	if (!isalnum((unsigned char)*id) && *id != '_' && *id != '+')
		return fail(0, "invalid container ID format: \"%s\"", id);
	for (const char *p = id; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("_+.-", *p))
			return fail(0, "invalid container ID format: \"%s\"", id);
	if (strlen(id) > 255)
		return fail(ENAMETOOLONG, "container ID");
	return 0;
}

char *
runtime_root(void)
{
	const char *dir = getenv("XDG_RUNTIME_DIR");

	/*
	 * Engines run us as root with that variable empty; sudo(8) may leave it as the
	 * user's.  A rootless engine runs us as root of a user namespace.
	 */
	if (!dir || !*dir || (geteuid() == 0 && !ns_in_user()))
		return xstrdup("/run/ocirun");
	return xasprintf("%s/ocirun", dir);
}

void
state_done(struct state *s)
{
	oci_done(&record_type, &s->record);
	close_at(&s->dir);
	free(s->id);
	*s = (struct state)STATE_EMPTY;
}

static int
check_root(int fd, const char *path)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return fail(errno, "stat %s", path);
	if (st.st_uid != geteuid())
		return fail(EPERM, "%s belongs to user %u", path, st.st_uid);
	/* Who could write here could hand us any record. */
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		return fail(EPERM, "%s can be written by others", path);
	return 0;
}

char *
state_root(const struct runtime *rt)
{
	return rt->root ? xstrdup(rt->root) : runtime_root();
}

/* A plain user without that variable has nowhere to go. */
static int
fail_root(const struct runtime *rt, const char *what, const char *path)
{
	const char *dir = getenv("XDG_RUNTIME_DIR");
	int code = errno;

	if (code == EACCES && !rt->root && (!dir || !*dir))
		return fail(code, "%s %s (set XDG_RUNTIME_DIR, or use --root)", what, path);
	return fail(code, "%s %s", what, path);
}

int
state_open_root(const struct runtime *rt)
{
	autofree char *path = state_root(rt);
	autoclose int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return fail_root(rt, "open", path);
	int r = check_root(fd, path);
	return r < 0 ? r : take_fd(fd);
}

static int
make_root(const struct runtime *rt)
{
	autofree char *path = state_root(rt);
	int fd = state_open_root(rt);

	if (fd != -ENOENT)
		return fd;
	for (char *p = path + 1; (p = strchr(p, '/')); p++) {
		*p = 0;
		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			return fail_root(rt, "make", path);
		*p = '/';
	}
	/* Sticky: in $XDG_RUNTIME_DIR that keeps it from being cleaned up by its age. */
	if (mkdir(path, geteuid() ? 01700 : 0700) < 0 && errno != EEXIST)
		return fail_root(rt, "make", path);
	return state_open_root(rt);
}

/* The words are matched by engines. */
static int
does_not_exist(void)
{
	fail(0, "container does not exist");
	return -ENOENT;
}

static int
open_dir(struct state *s, int root, const char *id)
{
	s->id = xstrdup(id);
	s->dir = openat(root, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (s->dir < 0 && errno == ENOENT)
		return does_not_exist();
	return s->dir < 0 ? fail(errno, "open the state of %s", id) : 0;
}

int
state_open(struct state *s, const struct runtime *rt, const char *id)
{
	int r = runtime_check_id(id);

	if (r < 0)
		return r;
	autoclose int root = state_open_root(rt);
	if (root == -ENOENT)
		return does_not_exist();
	return root < 0 ? root : open_dir(s, root, id);
}

/* Whether somebody else makes or deletes the container. */
static bool
is_locked(const struct state *s)
{
	if (flock(s->dir, LOCK_SH | LOCK_NB) < 0)
		return errno == EWOULDBLOCK;
	flock(s->dir, LOCK_UN);
	return false;
}

int
state_find(struct state *s, const struct runtime *rt, const char *id)
{
	int r = state_open(s, rt, id);

	if (r == 0)
		r = state_load(s);
	if (r == 0 && streq(s->record.phase, PHASE_CREATING)) {
		s->being_made = is_locked(s);
		/* A create that has let go of the lock has completed the record, if it lived. */
		if (!s->being_made)
			r = state_load(s);
	}
	/* Not yet, or not any more: its directory comes before the record and goes after it. */
	return r == -ENOENT ? does_not_exist() : r;
}

static void
wake(int signal)
{
	(void)signal;	/* that flock() returns is all */
}

/* For who is about it may be waiting for us: a hook of create that deletes the container. */
static int
lock_in_time(int dir)
{
	struct sigaction alarmed = { .sa_handler = wake }, before;

	if (flock(dir, LOCK_EX | LOCK_NB) == 0)
		return 0;
	sigaction(SIGALRM, &alarmed, &before);
	alarm(LOCK_S);
	int r = flock(dir, LOCK_EX) < 0 ? -errno : 0;
	alarm(0);
	sigaction(SIGALRM, &before, NULL);
	return r == -EINTR ? -EBUSY : r;
}

int
state_lock(struct state *s)
{
	struct stat st;
	int r = lock_in_time(s->dir);

	if (r == -EBUSY)
		return fail(EBUSY, "another ocirun has been at work on it for %d s", LOCK_S);
	if (r < 0)
		return fail(-r, "lock the state of %s", s->id);
	if (fstat(s->dir, &st) < 0)
		return fail(errno, "stat the state of %s", s->id);
	if (st.st_nlink == 0)
		return does_not_exist();
	return 0;
}

void
state_unlock(struct state *s)
{
	flock(s->dir, LOCK_UN);
}

int
state_make(struct state *s, const struct runtime *rt, const char *id)
{
	int r = runtime_check_id(id);

	if (r < 0)
		return r;
	autoclose int root = make_root(rt);
	if (root < 0)
		return root;
	if (mkdirat(root, id, 0700) < 0) {
		if (errno != EEXIST)
			return fail(errno, "make the state of %s", id);
		fail(0, "container with given ID already exists: %s", id);
		return -EEXIST;
	}
	r = open_dir(s, root, id);
	if (r == 0)
		r = state_lock(s);
	if (r < 0)
		unlinkat(root, id, AT_REMOVEDIR);
	return r;
}

int
state_load(struct state *s)
{
	autofree char *text = NULL;
	struct oci_source source = { .name = RECORD_NAME };
	int r = file_read_at(s->dir, RECORD_NAME, OCI_DOCUMENT_MAX, &text, &source.len);

	if (r < 0)
		return r;
	source.text = text;
	oci_done(&record_type, &s->record);
	return oci_decode(&record_type, &source, &s->record);
}

int
state_save(const struct state *s)
{
	autofree char *text = oci_encode(&record_type, &s->record, OCI_COMPACT);

	return file_replace_at(s->dir, RECORD_NAME, text, strlen(text), 0600);
}

const char *
status_word(enum status status)
{
	static const char *const words[] = {
		[STATUS_CREATING] = "creating",
		[STATUS_CREATED] = "created",
		[STATUS_RUNNING] = "running",
		[STATUS_PAUSED] = "paused",
		[STATUS_STOPPED] = "stopped",
	};

	return words[status];
}

static int
is_frozen(const struct record *r)
{
	auto_(cgroup_done) struct cgroup cg = { 0 };
	int e = cgroup_from_record(&cg, r->cgroup_kind, r->cgroup_path);

	return e < 0 ? e : cgroup_frozen(&cg);
}

int
state_open_init(const struct state *s)
{
	const struct record *r = &s->record;
	struct boot_id boot;
	int e = boot_id(&boot);

	if (e < 0)
		return e;
	if (!r->pid.set || !r->boot || !streq(r->boot, boot.s))
		return -ESRCH;
	return pidfd_open_started((pid_t)r->pid.v, r->start.v);
}

int
state_status(const struct state *s, enum status *status, int *pidfd)
{
	const struct record *r = &s->record;
	struct proc_stat st;

	if (pidfd)
		*pidfd = -EBADF;
	if (streq(r->phase, PHASE_CREATING)) {
		*status = s->being_made ? STATUS_CREATING : STATUS_STOPPED;
		return 0;
	}
	*status = STATUS_STOPPED;
	autoclose int fd = state_open_init(s);
	if (fd < 0)
		return fd == -ESRCH ? 0 : fd;
	int gone = proc_stat((pid_t)r->pid.v, &st);
	if (gone < 0)	/* ESRCH: it ended this moment */
		return gone == -ESRCH ? 0 : gone;
	int frozen = is_frozen(r);
	if (frozen < 0)
		return frozen;
	bool waits = st.forked_only && !r->restored.v;
	*status = frozen ? STATUS_PAUSED : waits ? STATUS_CREATED : STATUS_RUNNING;
	if (pidfd)
		*pidfd = take_fd(fd);
	return 0;
}

int
state_remove(const struct state *s, const struct runtime *rt)
{
	autoclose int root = state_open_root(rt);

	if (root < 0)
		return root;
	/* The record goes last: until then a second delete knows what to do. */
	int r = dir_remove_below(s->dir, RECORD_NAME);
	if (r == 0) {
		unlinkat(s->dir, RECORD_NAME, 0);
		if (unlinkat(root, s->id, AT_REMOVEDIR) < 0 && errno != ENOENT)
			r = fail(errno, "rmdir");
	}
	return wrap(r, "remove the state of %s", s->id);
}

struct oci_state *
state_document(const struct record *r, const char *status, pid_t pid)
{
	struct oci_state *doc = xcalloc(1, sizeof(*doc));

	*doc = (struct oci_state){
		.oci_version = xstrdup(OCIRUN_SPEC_VERSION),
		.id = xstrdup(r->id),
		.status = xstrdup(status),
		.pid = { pid, true },
		.bundle = xstrdup(r->bundle),
		.rootfs = r->rootfs ? xstrdup(r->rootfs) : NULL,
		.created = r->created ? xstrdup(r->created) : NULL,
		.owner = r->owner ? xstrdup(r->owner) : NULL,
	};
	/* A copy of the record has a copy of the map, whatever its size. */
	struct record *copy = oci_copy(&record_type, r);
	doc->annotations = take(copy->annotations);
	oci_free(&record_type, copy);
	return doc;
}
