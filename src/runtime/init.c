#include "runtime/init.h"

#include "runtime/attributes.h"
#include "runtime/console.h"
#include "runtime/hooks.h"
#include "runtime/join.h"
#include "runtime/sync.h"
#include "runtime/timens.h"

#include "base/err.h"
#include "base/step.h"
#include "base/str.h"
#include "base/words.h"
#include "kernel/ns.h"
#include "kernel/procfs.h"
#include "kernel/resolve.h"
#include "kernel/tty.h"
#include "kernel/userns.h"

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static struct oci_linux *
linux_of(const struct creation *c)
{
	return c->config.spec.linux_;
}

/* Until the state is complete nobody could find us without the runtime: we go when it goes. */
static int
die_with_runtime(void *of)
{
	return child_die_with_runtime(&((struct creation *)of)->child);
}

static int
start_session(void *of)
{
	return process_session(&((struct creation *)of)->child.process);
}

static int
join_keyring(void *of)
{
	struct creation *c = of;

	return attributes_keyring(c->child.process.spec, c->state.id);
}

static bool
wants_keyring(const void *of)
{
	return !((const struct creation *)of)->opts->no_new_keyring;
}

static int
set_oom_score(void *of)
{
	return child_set_own_oom_score(&((struct creation *)of)->child);
}

static bool
is_plain(const void *of)
{
	const struct creation *c = of;

	return c->child.plain && !c->passage;
}

static int
enter_time_ns(void *of)
{
	struct creation *c = of;

	/* Shown, we can be traced by who is in a joined one already, and our root is the host's. */
	if (c->child.plain && !(c->new_ns & CLONE_NEWUSER))
		return fail(EPERM, "a plain user can set them in a new user namespace only");
	int r = c->child.plain ? userns_show(true) : 0;
	if (r == 0)
		r = timens_enter(linux_of(c)->time_offsets);
	return r == 0 && c->child.plain ? userns_show(false) : r;
}

static bool
has_time_offsets(const void *of)
{
	return timens_has_offsets(linux_of(of));
}

static int
enter_user_ns(void *of)
{
	return join_user(of);
}

static bool
has_user_ns(const void *of)
{
	return ((const struct creation *)of)->user_ns;
}

static int
join_namespaces(void *of)
{
	return join_rest(of);
}

static int
join_cgroup(void *of)
{
	return child_join_cgroup(&((struct creation *)of)->child);
}

static int
set_cpus(void *of)
{
	(void)of;
	return attributes_cpus(NULL);
}

static bool
has_cpus(const void *of)
{
	return attributes_has_cpus(NULL, linux_of(of));
}

/* Not by clone: its root is the cgroup that we are in then, and with v1 that comes after birth. */
static int
new_cgroup_ns(void *of)
{
	(void)of;
	return unshare(CLONE_NEWCGROUP) < 0 ? fail(errno, "unshare") : 0;
}

static bool
wants_cgroup_ns(const void *of)
{
	return ((const struct creation *)of)->rootfs.has_cgroup_ns;
}

static int
loopback_up(void *of)
{
	(void)of;
	return ns_loopback_up();
}

static bool
has_new_network(const void *of)
{
	return ((const struct creation *)of)->new_ns & CLONE_NEWNET;
}

/* Once the namespace that they move to is there, and before the sysctls, which may name them. */
static int
ask_for_devices(void *of)
{
	return sync_ask(((struct creation *)of)->child.sync[1], SYNC_NETDEVICES, -1);
}

static bool
has_net_devices(const void *of)
{
	const struct oci_linux *l = linux_of(of);

	return l && l->net_devices && *l->net_devices;
}

static int
set_names(void *of)
{
	const struct oci_spec *s = &((struct creation *)of)->config.spec;

	if (s->hostname && *s->hostname && sethostname(s->hostname, strlen(s->hostname)) < 0)
		return fail(errno, "sethostname \"%s\"", s->hostname);
	if (s->domainname && *s->domainname &&
	    setdomainname(s->domainname, strlen(s->domainname)) < 0)
		return fail(errno, "setdomainname \"%s\"", s->domainname);
	return 0;
}

/* kernel.msgmax or kernel/msgmax: the first separator says which of them separates. */
static char *
sysctl_path(const char *key)
{
	char *path = xasprintf("sys/%s", key);

	if (key[strcspn(key, "./")] == '/')
		return path;
	for (char *p = path + strlen("sys/"); *p; p++)
		*p = *p == '.' ? '/' : *p == '/' ? '.' : *p;
	return path;
}

static int
set_sysctls(void *of)
{
	struct creation *c = of;
	autoclose int proc = procfs_open();

	/*
	 * Without a new pid namespace a user namespace gets none, be it ours or the engine's;
	 * "/" is still the host's.
	 */
	if (proc == -EPERM && ns_in_user())
		proc = procfs_open_host();
	if (proc < 0)
		return proc;
	for (struct oci_pair **s = linux_of(c)->sysctl; *s; s++) {
		autofree char *path = sysctl_path((*s)->key);
		int r = procfs_write(proc, path, (*s)->value);

		if (r < 0)
			return wrap(r, "%s", (*s)->key);
	}
	return 0;
}

static bool
has_sysctls(const void *of)
{
	const struct oci_linux *l = linux_of(of);

	return l && l->sysctl && *l->sysctl;
}

static int
open_rootfs(void *of)
{
	return rootfs_open(&((struct creation *)of)->rootfs);
}

static int
mount_all(void *of)
{
	return rootfs_mounts(&((struct creation *)of)->rootfs);
}

static int
make_devices(void *of)
{
	return rootfs_devices(&((struct creation *)of)->rootfs);
}

static int
mask_paths(void *of)
{
	return rootfs_masks(&((struct creation *)of)->rootfs);
}

/* Images may lack it, and engines expect us to make it. */
static int
make_cwd(void *of)
{
	struct creation *c = of;
	const char *cwd = c->config.spec.process->cwd;

	if (streq(cwd, "/"))
		return 0;
	autoclose int fd = resolve_make_dir(c->rootfs.root_fd, cwd);
	/* What is missing then, chdir will tell. */
	return fd == -EROFS || fd == -EACCES || fd >= 0 ? 0 : fd;
}

static int
make_terminal(void *of)
{
	struct creation *c = of;
	autoclose int slave = -EBADF;
	int r = child_make_terminal(&c->child, c->rootfs.root_fd, &slave);

	/* Else the mount would be the host's. */
	if (r == 0 && c->rootfs.new_mount_ns)
		r = rootfs_console(&c->rootfs, slave);
	return r < 0 ? r : tty_take_over(slave);
}

static bool
wants_terminal(const void *of)
{
	return child_wants_terminal(&((const struct creation *)of)->child);
}

static bool
has_process(const void *of)
{
	return ((const struct creation *)of)->config.spec.process;
}

static int
ask_for_hooks(void *of)
{
	return sync_ask(((struct creation *)of)->child.sync[1], SYNC_HOOKS, -1);
}

static bool
has_create_hooks(const void *of)
{
	const struct oci_hooks *h = ((const struct creation *)of)->config.spec.hooks;

	return h && ((h->prestart && *h->prestart) || (h->create_runtime && *h->create_runtime) ||
		     (h->create_container && *h->create_container));
}

static int
run_container_hooks(void *of)
{
	struct creation *c = of;
	auto_(oci_state_free_at) struct oci_state *doc =
		state_document(&c->state.record, status_word(STATUS_CREATING), getpid());

	return hooks_run(c->config.spec.hooks->create_container, &(struct hook_run){
		.name = "createContainer", .state = doc, .output = &c->hook_output,
	});
}

static bool
has_container_hooks(const void *of)
{
	const struct oci_hooks *h = ((const struct creation *)of)->config.spec.hooks;

	return h && h->create_container && *h->create_container;
}

static int
set_labels(void *of)
{
	return attributes_labels(((struct creation *)of)->child.process.spec);
}

static bool
has_labels(const void *of)
{
	return attributes_has_labels(((const struct creation *)of)->child.process.spec);
}

static int
enter_rootfs(void *of)
{
	return rootfs_enter(&((struct creation *)of)->rootfs);
}

static const struct step setup_steps[] = {
	{ "parent death signal", die_with_runtime, NULL, NULL },
	/* Files of our own in /proc are ours only before we are root of a user namespace. */
	{ "OOM score", set_oom_score, NULL, is_plain },
	{ "time offsets", enter_time_ns, NULL, has_time_offsets },
	/* Before anything that the limits should count. */
	{ "cgroup", join_cgroup, NULL, NULL },
	/* Counted from what the cgroup allows. */
	{ "CPUs", set_cpus, NULL, has_cpus },
	{ "user namespace", enter_user_ns, NULL, has_user_ns },
	{ "session", start_session, NULL, NULL },
	{ "keyring", join_keyring, NULL, wants_keyring },
	{ "namespaces", join_namespaces, NULL, NULL },
	{ "loopback", loopback_up, NULL, has_new_network },
	{ "network devices", ask_for_devices, NULL, has_net_devices },
	{ "host name", set_names, NULL, NULL },
	{ "rootfs", open_rootfs, NULL, NULL },
	{ "cgroup namespace", new_cgroup_ns, NULL, wants_cgroup_ns },
	{ "mounts", mount_all, NULL, NULL },
	{ "devices", make_devices, NULL, NULL },
	{ "working directory", make_cwd, NULL, has_process },
	{ "terminal", make_terminal, NULL, wants_terminal },
	{ "masks", mask_paths, NULL, NULL },
	/* The mounts exist, the root is still the host's: what the specification wants for both. */
	{ "createRuntime", ask_for_hooks, NULL, has_create_hooks },
	{ "createContainer", run_container_hooks, NULL, has_container_hooks },
	/* Behind the hooks, which may make the interface that one is for. */
	{ "sysctl", set_sysctls, NULL, has_sysctls },
	/* The last program before the user's has been executed, and /proc is still the host's. */
	{ "labels", set_labels, NULL, has_labels },
	{ "root", enter_rootfs, NULL, NULL },
	{ 0 },
};

static void
end_at_once(int signal)
{
	_exit(128 + signal);
}

/* The first process of a pid namespace is deaf to what it has no handler for. */
static void
heed_signals(void)
{
	static const int deadly[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM };
	struct sigaction end = { .sa_handler = end_at_once };

	for (size_t i = 0; i < countof(deadly); i++)
		sigaction(deadly[i], &end, NULL);
}

/* Waits until somebody who may starts us; returns the socket to tell how it went. */
static int
wait_at_gate(struct child *c)
{
	if (c->gate >= 0) {	/* create ends here */
		heed_signals();
		close(c->sync[1]);
		c->sync[1] = -EBADF;
	}
	for (;;) {
		int sock = c->gate < 0 ? c->sync[1] : accept4(c->gate, NULL, NULL, SOCK_CLOEXEC);

		if (sock < 0 && (errno == EINTR || errno == ECONNABORTED))
			continue;
		if (sock < 0)
			return fail(errno, "wait at the gate");
		if (sync_wait_go(sock) == 0)
			return sock;
		if (c->gate < 0)
			return fail(EPIPE, "nobody to start us");
		close(sock);	/* a start that died; there may be another */
	}
}

static int
start_program(struct creation *c, int sock)
{
	const struct oci_hooks *h = c->config.spec.hooks;
	struct process *p = &c->child.process;

	if (!p->spec)
		return fail(0, "the configuration has no process to start");
	if (h && h->start_container && *h->start_container) {
		auto_(oci_state_free_at) struct oci_state *doc =
			state_document(&c->state.record, status_word(STATUS_CREATED), getpid());
		int r = hooks_run(h->start_container, &(struct hook_run){
			.name = "startContainer", .state = doc, .env = p->env,
			.output = &c->hook_output,
		});

		if (r < 0)
			return r;
	}
	return process_execute(p, sock);
}

static int
set_up(struct creation *c)
{
	int r = steps_run(setup_steps, c);

	rootfs_done(&c->rootfs);
	return r < 0 ? r : child_become_process(&c->child);
}

_Noreturn void
init_run(struct creation *c)
{
	/* What is seen of us in ps(1) until the program takes our place. */
	prctl(PR_SET_NAME, "ocirun:init", 0, 0, 0);

	int r = set_up(c);
	int sock = r < 0 ? c->child.sync[1] : wait_at_gate(&c->child);
	if (r == 0 && sock >= 0)
		r = start_program(c, sock);
	if (sock >= 0)
		sync_tell_error(sock, r);
	_exit(1);
}
