#include "runtime/criu.h"

#include "runtime/annotations.h"

#include "base/err.h"
#include "base/file.h"
#include "base/packet.h"
#include "base/str.h"
#include "base/strv.h"
#include "kernel/clone.h"
#include "kernel/pidfd.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define OLDEST 31600		/* what we ask for, it knows since */
#define LOG_MAX (4 << 20)
#define SAID_MAX 4096
#define END_MS 5000

/* --- directories --- */

static int
make_dirs(const char *path)
{
	autofree char *part = xstrdup(path);

	for (char *p = part + 1; (p = strchr(p, '/')); p++) {
		*p = 0;
		if (mkdir(part, 0755) < 0 && errno != EEXIST)
			return fail(errno, "make %s", part);
		*p = '/';
	}
	/* The memory of a container is nobody else's business. */
	if (mkdir(path, 0700) == 0)
		return 1;
	return errno == EEXIST ? 0 : fail(errno, "make %s", path);
}

static int
open_dir(const char *path, enum criu_dirs how, bool *made)
{
	int r = how == CRIU_MAKE ? make_dirs(path) : 0;

	if (r < 0)
		return r;
	*made = r;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? fail(errno, "open %s", path) : fd;
}

int
criu_open(struct criu *c, const char *images, const char *work, enum criu_dirs how)
{
	bool ignored;

	c->images_path = xstrdup(images);
	c->work_path = xstrdup(has_text(work) ? work : images);
	c->images = open_dir(images, how, &c->made);
	if (c->images < 0)
		return c->images;
	/* The log is always new. */
	c->work = open_dir(c->work_path, has_text(work) ? CRIU_MAKE : CRIU_FIND, &ignored);
	return c->work < 0 ? c->work : 0;
}

/* --- its words --- */

/* Those that are no reason: what it tries and can do without, and that all has failed. */
static bool
is_reason(const char *line)
{
	return strstr(line, "Error (") && !strstr(line, "rlimit: ") && !strstr(line, "FAILED");
}

/* Of "(00.161855) Error (criu/files-reg.c:1790): Can't lookup" what follows the place. */
static char *
reason_in(char *log)
{
	char *line, *rest = log;

	while ((line = strsep(&rest, "\n"))) {
		if (!is_reason(line))
			continue;
		const char *words = strstr(line, "): ");
		return xstrdup(words ? words + strlen("): ") : line);
	}
	return NULL;
}

/* What it told instead of a log: that it could not be executed, or not run. */
static char *
said(const struct criu *c)
{
	char text[SAID_MAX + 1];
	ssize_t n = c->said < 0 ? 0 : pread(c->said, text, SAID_MAX, 0);

	if (n <= 0)
		return NULL;
	text[n] = 0;
	text[strcspn(text, "\n")] = 0;
	return xstrdup(text);
}

/* The same for when there is no log yet. */
static int
failed(const struct criu *c, int code)
{
	autofree char *words = said(c);

	return words ? fail(0, "criu: %s", words) : wrap(code, "criu");
}

/* The end of it, or NULL. */
static char *
read_log(const struct criu *c)
{
	autoclose int fd = openat(c->work, c->log_name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	autofree char *text = NULL;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return NULL;
	if (st.st_size > LOG_MAX)
		lseek(fd, -(off_t)LOG_MAX, SEEK_END);
	return fd_read_all(fd, c->log_name, 2 * LOG_MAX, &text, NULL) == 0 ? take(text) : NULL;
}

static int
explain(const struct criu *c, int code)
{
	autofree char *log = NULL, *reason = NULL;

	log = read_log(c);
	if (log)
		reason = reason_in(log);
	if (!reason)
		return failed(c, code);
	return fail(0, "criu: %s (its log is %s/%s)", reason, c->work_path, c->log_name);
}

/* --- the program --- */

static const char *
path_variable(void)
{
	const char *path = getenv("PATH");

	return has_text(path) ? path : DEFAULT_PATH;
}

static char *
find_program(const char *chosen)
{
	if (has_text(chosen))
		return xstrdup(chosen);
	autostrv dirs = strv_split(path_variable(), ':');
	for (char **dir = dirs; dir && *dir; dir++) {
		autofree char *path = xasprintf("%s/criu", *dir);

		if (access(path, X_OK) == 0)
			return take(path);
	}
	fail(ENOENT, "criu is not installed, or not in PATH");
	return NULL;
}

static void
keep(int fd)
{
	if (fd > STDERR_FILENO)
		fcntl(fd, F_SETFD, 0);
}

/*
 * criu finds the directories in /proc/PID/fd of who made the socket, and mounts in them: they
 * must be of the mount namespace that it is in, which may be new.  So its own process makes the
 * socket, and opens them again.
 */
static int
make_socket(int to_parent)
{
	int pair[2];
	int r = packet_pair(pair);

	if (r < 0)
		return r;
	autoclose int ours = pair[0];
	autoclose int its = pair[1];
	r = packet_send(to_parent, "", 1, &(struct packet_fds){ .n = 1, .fd = { ours } });
	return r < 0 ? r : take_fd(its);
}

static int
open_again(int fd, const char *path)
{
	bool ignored;
	autoclose int again = open_dir(path, CRIU_FIND, &ignored);

	if (again < 0)
		return again;
	return dup2(again, fd) < 0 ? fail(errno, "dup") : 0;
}

/* Everything else closes when criu is executed. */
static void
choose_descriptors(const struct criu *c, int sock, int lock, const struct criu_request *r)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (!c->streams) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		dup2(c->said, STDERR_FILENO);
	}
	close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC);
	keep(sock);
	keep(c->images);
	keep(c->work);
	keep(r->status_fd);
	keep(lock);
	for (const struct criu_pair *p = r->inherit_fds; p && p->key; p++)
		keep(p->number);
}

/*
 * One that restores goes when we go.  One that saves must not be killed in the midst of it, for it
 * has stopped the container and put code into it: it finds that nobody listens, and undoes that.
 */
static int
set_end(enum criu_end_with_us end)
{
	if (end == CRIU_DIES)
		return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 ? fail(errno, "prctl") : 0;
	return signal(SIGPIPE, SIG_IGN) == SIG_ERR ? fail(errno, "ignore SIGPIPE") : 0;
}

static int
become_criu(const struct criu *c, const char *program, const struct criu_birth *b, int to_parent)
{
	char number[16];
	sigset_t none;

	int r = set_end(b->end);
	if (r == 0 && b->prepare)
		r = b->prepare(b->of);
	if (r == 0)
		r = open_again(c->images, c->images_path);
	if (r == 0)
		r = open_again(c->work, c->work_path);
	int sock = r < 0 ? r : make_socket(to_parent);
	if (sock < 0)
		return sock;
	/* We may hold signals back to hand them on, criu and who it restores must not. */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	choose_descriptors(c, sock, b->lock, b->request);
	snprintf(number, sizeof(number), "%d", sock);
	/* It calls iptables(8), tar(1) and others. */
	setenv("PATH", path_variable(), 1);
	execl(program, "criu", "swrk", number, NULL);
	return fail(errno, "execute %s", program);
}

static _Noreturn void
run(const struct criu *c, const char *program, const struct criu_birth *b, int to_parent)
{
	int r = become_criu(c, program, b, to_parent);

	if (r < 0)
		fd_write_all(c->said, "the reason", err_words(), strlen(err_words()));
	_exit(127);
}

static int
receive_socket(struct criu *c, int child)
{
	struct packet_fds fds = { 0 };
	char byte;
	ssize_t n = packet_recv(child, &byte, 1, &fds);

	if (n > 0 && fds.n == 1)
		c->sock = fds.fd[0];
	return c->sock < 0 ? failed(c, n < 0 ? (int)n : -EPIPE) : 0;
}

static int
spawn(struct criu *c, const struct criu_birth *b)
{
	struct clone_req req = { .namespaces = b->namespaces, .cgroup = b->cgroup };
	autofree char *program = find_program(c->program);
	int pair[2];

	if (!program)
		return -ENOENT;
	c->said = memfd_create("criu", MFD_CLOEXEC);
	if (c->said < 0)
		return fail(errno, "memfd_create");
	int r = packet_pair(pair);
	if (r < 0)
		return r;
	autoclose int child = pair[0];
	autoclose int parent = pair[1];
	pid_t pid = clone_process(&req, &c->pidfd);
	if (pid == 0)
		run(c, program, b, parent);
	close(take_fd(parent));
	return pid < 0 ? pid : receive_socket(c, child);
}

/* --- the talk --- */

static int
check_version(struct criu *c)
{
	unsigned version;
	int r = criu_ask_version(c->sock, &version);

	if (r < 0)
		return failed(c, r);
	if (version < OLDEST)
		return fail(0, "criu %u.%u is too old: it must be %u.%u or later",
			    version / 10000, version / 100 % 100, OLDEST / 10000,
			    OLDEST / 100 % 100);
	return 0;
}

/*
 * What was written there before is not of this time.  Images may come from anywhere: a link in
 * the place of the log must not lead criu to another file.
 */
static int
empty_log(const struct criu *c)
{
	int flags = O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
	autoclose int log = openat(c->work, c->log_name, flags);
	struct stat st;

	if (log < 0 && errno == ENOENT)
		return 0;
	if (log < 0 || fstat(log, &st) < 0)
		return fail(errno, "open %s/%s", c->work_path, c->log_name);
	if (!S_ISREG(st.st_mode))
		return fail(EEXIST, "%s/%s is no file for a log", c->work_path, c->log_name);
	return ftruncate(log, 0) < 0 ? fail(errno, "empty %s", c->log_name) : 0;
}

int
criu_start(struct criu *c, const struct criu_birth *b)
{
	int r = empty_log(c);

	if (r == 0)
		r = spawn(c, b);
	return r < 0 ? r : check_version(c);
}

/* An error of our own in the middle of it has its own words. */
struct hearing {
	const struct criu_listener *l;
	bool ours;
};

static int
hear(void *of, const char *event, pid_t pid, int fd)
{
	struct hearing *h = of;
	int r = h->l && h->l->notify ? h->l->notify(h->l->of, event, pid, fd) : 0;

	h->ours = r < 0;
	return r;
}

int
criu_do(struct criu *c, const struct criu_request *r, const struct criu_listener *l,
	struct criu_answer *a)
{
	struct hearing h = { .l = l };
	int e = criu_talk(c->sock, c->pidfd, r, &(struct criu_listener){ hear, &h }, a);

	return e < 0 && !h.ours ? explain(c, e) : e;
}

void
criu_end(struct criu *c)
{
	autowords words = err_keep();

	close_at(&c->sock);
	c->sock = -EBADF;
	if (c->pidfd < 0)
		return;
	if (pidfd_wait_end(c->pidfd, END_MS) < 0)
		pidfd_signal(c->pidfd, SIGKILL);
	pidfd_reap(c->pidfd);
	close(c->pidfd);
	c->pidfd = -EBADF;
}

void
criu_done(struct criu *c)
{
	criu_end(c);
	close_at(&c->images);
	close_at(&c->work);
	close_at(&c->said);
	free(c->images_path);
	free(c->work_path);
	*c = (struct criu)CRIU_EMPTY;
}

const char *
criu_config_file(struct oci_pair *const *annotations)
{
	static const char *const usual[] = { "/etc/criu/ocirun.conf", "/etc/criu/runc.conf" };

	for (struct oci_pair *const *p = annotations; p && *p; p++)
		if (streq((*p)->key, ANNOTATION_CRIU_CONFIG))
			return has_text((*p)->value) ? (*p)->value : NULL;
	for (size_t i = 0; i < countof(usual); i++)
		if (access(usual[i], R_OK) == 0)
			return usual[i];
	return NULL;
}
