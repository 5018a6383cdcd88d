#include "runtime/child.h"

#include "runtime/attributes.h"
#include "runtime/console.h"
#include "runtime/sync.h"

#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "base/step.h"
#include "kernel/pidfd.h"
#include "kernel/tty.h"
#include "kernel/userns.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>

void
child_done(struct child *c)
{
	int *const fds[] = {
		&c->console, &c->sync[0], &c->sync[1], &c->gate, &c->master, &c->pidfd,
	};

	for (size_t i = 0; i < countof(fds); i++)
		close_at(fds[i]);
	process_done(&c->process);
	cgroup_done(&c->cgroup);
}

bool
child_wants_terminal(const struct child *c)
{
	return c->process.spec && c->process.spec->terminal.v;
}

int
child_plan(struct child *c, const struct oci_process *spec, unsigned preserve_fds)
{
	int r = spec ? process_plan(&c->process, spec) : 0;

	if (r < 0)
		return r;
	process_preserve(&c->process, preserve_fds);
	if (!child_wants_terminal(c))
		return 0;
	if (!c->console_socket)
		return c->served ? 0 : fail(0, "cannot allocate tty if runtime will detach "
					       "without setting console socket");
	c->console = console_connect(c->console_socket);
	return c->console < 0 ? c->console : 0;
}

static void
close_end(int *fd)
{
	close_at(fd);
	*fd = -EBADF;
}

/*
 * The cgroup of a plain user's systemd may be one to which we may move no
 * process.  And where pids.max is 1 nobody is born beside the helper, but one
 * may come, and stay when that has gone.
 */
static bool
goes_there_later(struct child *c, struct clone_req *req)
{
	if (!(c->by_systemd && c->pid == -EACCES) && !(c->has_lodger && c->pid == -EAGAIN))
		return false;
	req->cgroup = -EBADF;
	c->in_unified = false;
	return true;
}

static pid_t
clone_directly(const struct clone_req *req, int *pidfd, void *arg)
{
	(void)arg;
	return clone_process(req, pidfd);
}

int
child_clone(struct child *c, uint64_t namespaces)
{
	return child_clone_by(c, namespaces, clone_directly, NULL);
}

int
child_clone_by(struct child *c, uint64_t namespaces,
	       pid_t (*clone)(const struct clone_req *, int *pidfd, void *arg), void *arg)
{
	autoclose int unified =
		c->cgroup.kind == CGROUP_NONE ? -ENOENT : cgroup_open_unified(&c->cgroup);
	struct clone_req req = { .namespaces = namespaces, .cgroup = unified };
	int r = packet_pair(c->sync);

	if (r < 0)
		return r;
	c->in_unified = unified >= 0;
	c->pid = clone(&req, &c->pidfd, arg);
	if (goes_there_later(c, &req))
		c->pid = clone(&req, &c->pidfd, arg);
	/* Each holds its own end only, so that each sees the other's end. */
	if (c->pid <= 0)
		close_end(&c->sync[0]);
	if (c->pid != 0)
		close_end(&c->sync[1]);
	return c->pid;
}

int
child_serve_console(struct child *c, int fd)
{
	if (fd < 0)
		return fail(EPROTO, "no terminal came");
	if (c->console >= 0)
		return console_send(c->console, fd);
	c->master = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (c->master < 0)
		return fail(errno, "dup");
	/* Now, so that the program never sees another one. */
	tty_copy_size(STDIN_FILENO, c->master);
	return 0;
}

int
child_set_oom_score(const struct child *c)
{
	char name[64], value[16];

	if (c->plain || !c->process.spec || !c->process.spec->oom_score_adj.set)
		return 0;
	snprintf(name, sizeof(name), "/proc/%d/oom_score_adj", c->pid);
	snprintf(value, sizeof(value), "%d", (int)c->process.spec->oom_score_adj.v);
	return wrap(file_write_at(AT_FDCWD, name, value), "oomScoreAdj");
}

int
child_give_priorities(const struct child *c)
{
	return c->process.spec ? attributes_give(c->pid, c->process.spec) : 0;
}

static int
write_pid_file(const struct child *c)
{
	char text[16];
	/* No newline: engines parse all of it. */
	int n = snprintf(text, sizeof(text), "%d", c->pid);

	return wrap(file_place(c->pid_file, text, (size_t)n, 0644), "pid file");
}

static int
send_pidfd(const struct child *c)
{
	struct packet_fds fds = { .n = 1, .fd = { c->pidfd } };
	autoclose int sock = packet_connect(c->pidfd_socket);

	return wrap(sock < 0 ? sock : packet_send(sock, "pidfd", 5, &fds), "pidfd socket");
}

int
child_announce(const struct child *c)
{
	int r = c->pidfd_socket ? send_pidfd(c) : 0;

	return r == 0 && c->pid_file ? write_pid_file(c) : r;
}

void
child_kill(struct child *c)
{
	if (c->pidfd < 0)
		return;
	pidfd_signal(c->pidfd, SIGKILL);
	pidfd_reap(c->pidfd);
	close(c->pidfd);
	c->pidfd = -EBADF;
}

int
child_die_with_runtime(struct child *c)
{
	(void)c;
	return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 ? fail(errno, "prctl") : 0;
}

int
child_set_own_oom_score(struct child *c)
{
	char value[16];

	if (!c->plain || !c->process.spec || !c->process.spec->oom_score_adj.set)
		return 0;
	int r = userns_show(true);
	if (r < 0)
		return r;
	snprintf(value, sizeof(value), "%d", (int)c->process.spec->oom_score_adj.v);
	r = file_write_at(AT_FDCWD, "/proc/self/oom_score_adj", value);
	if (r == -EACCES)
		r = fail(EACCES, "%s is less than a plain user may ask for", value);
	return r < 0 ? wrap(r, "oomScoreAdj") : userns_show(false);
}

int
child_drop_groups(const struct child *c)
{
	return c->process.keep_groups ? 0 : userns_drop_groups();
}

int
child_become_root(struct child *c)
{
	int r = userns_become_root(c->process.uid, c->process.gid,
				   c->process.keep_groups ? USERNS_KEEP : USERNS_DROP);

	/* For the maps we had to be; fs.suid_dumpable may have a say, too. */
	if (r == 0)
		r = userns_show(false);
	/* The kernel drops the parent death signal with the old user. */
	return r < 0 ? r : child_die_with_runtime(c);
}

int
child_join_cgroup(struct child *c)
{
	/* By itself: others could move it only with a lock that stops every fork of the host. */
	int r = c->cgroup.kind == CGROUP_NONE ? 0 : cgroup_join(&c->cgroup, 0, c->in_unified);

	return r == -EACCES && c->by_systemd ? sync_ask(c->sync[1], SYNC_CGROUP, -1) : r;
}

int
child_make_terminal(struct child *c, int root, int *slave)
{
	autoclose int pts = -EBADF;
	autoclose int master = console_open(root, c->process.spec, &pts);
	int r = master < 0 ? master : sync_ask(c->sync[1], SYNC_CONSOLE, master);

	if (r == 0)
		*slave = take_fd(pts);
	return r;
}

static int
close_between(int first, int end)
{
	if (first < end && close_range((unsigned)first, (unsigned)end - 1, 0) < 0)
		return fail(errno, "close_range");
	return 0;
}

static int
by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

int
child_close_all_else(struct child *c)
{
	/* All above what is inherited, which was settled before they were made; or empty. */
	int kept[] = { c->sync[1], c->gate, c->hook_output.out, c->hook_output.err };
	int r = 0, next = 3 + (int)c->process.preserve_fds;

	log_close();
	qsort(kept, countof(kept), sizeof(*kept), by_number);
	for (size_t i = 0; r == 0 && i < countof(kept); i++) {
		r = close_between(next, kept[i]);
		next = kept[i] >= next ? kept[i] + 1 : next;
	}
	return r < 0 ? r : close_between(next, INT_MAX);
}

#define PROCESS_STEP(name) \
	static int name##_step(void *of) { return name(&((struct child *)of)->process); }

PROCESS_STEP(process_rlimits)
PROCESS_STEP(process_umask)
PROCESS_STEP(process_env)
PROCESS_STEP(process_own_stdio)
PROCESS_STEP(process_cwd_early)
PROCESS_STEP(process_credentials)
PROCESS_STEP(process_verify)
PROCESS_STEP(process_cwd)
PROCESS_STEP(process_find_program)

static int
close_all_else(void *of)
{
	return child_close_all_else(of);
}

/*
 * From here on the end of the socket is what tells us of the runtime's death,
 * until it has written us into the state; after that delete finds us there.
 */
static int
live_alone(void *of)
{
	(void)of;
	return prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0) < 0 ? fail(errno, "prctl") : 0;
}

static int
report_ready(void *of)
{
	return sync_ask(((struct child *)of)->sync[1], SYNC_READY, -1);
}

static bool
has_process(const void *of)
{
	return ((const struct child *)of)->process.spec;
}

static int
set_memory_policy(void *of)
{
	return attributes_memory_policy(((struct child *)of)->linux_);
}

static bool
has_memory_policy(const void *of)
{
	const struct oci_linux *l = ((const struct child *)of)->linux_;

	return has_process(of) && l && l->memory_policy;
}

static int
set_personality(void *of)
{
	return attributes_personality(((struct child *)of)->linux_);
}

static bool
has_personality(const void *of)
{
	const struct oci_linux *l = ((const struct child *)of)->linux_;

	return has_process(of) && l && l->personality;
}

static const struct step process_steps[] = {
	/* Before the user, and before a path of the container's, which may lead to them. */
	{ "descriptors", close_all_else, NULL, NULL },
	/* Behind the hooks, which are the host's programs. */
	{ "memoryPolicy", set_memory_policy, NULL, has_memory_policy },
	{ "personality", set_personality, NULL, has_personality },
	{ "rlimits", process_rlimits_step, NULL, has_process },
	{ "umask", process_umask_step, NULL, has_process },
	{ "environment", process_env_step, NULL, has_process },
	{ "standard streams", process_own_stdio_step, NULL, has_process },
	{ "working directory", process_cwd_early_step, NULL, has_process },
	{ "credentials", process_credentials_step, NULL, has_process },
	{ "verify", process_verify_step, NULL, has_process },
	{ "working directory", process_cwd_step, NULL, has_process },
	{ "program", process_find_program_step, NULL, has_process },
	{ "no parent death signal", live_alone, NULL, NULL },
	{ "ready", report_ready, NULL, NULL },
	{ 0 },
};

int
child_become_process(struct child *c)
{
	return steps_run(process_steps, c);
}
