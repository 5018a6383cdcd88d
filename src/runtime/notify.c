#include "runtime/notify.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "base/strv.h"

#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#define INSIDE "/run/notify"
#define SOCKET_NAME "notify.sock"
#define MESSAGE_MAX 4096

/*
 * What a container may tell our manager: how it is.  The rest would act on the
 * unit: whether it is watched, how long it may take, who may speak for it.  And
 * a pid of in there means nothing, or another process, out here.
 */
static const struct {
	const char *text;
	enum { ALONE, WITH_VALUE } kind;
} passes[] = {
	{ "READY=1", ALONE },
	{ "RELOADING=1", ALONE },
	{ "STOPPING=1", ALONE },
	{ "STATUS=", WITH_VALUE },
	{ "ERRNO=", WITH_VALUE },
	{ "MONOTONIC_USEC=", WITH_VALUE },	/* goes with RELOADING=1 */
};

bool
notify_wanted(void)
{
	const char *path = getenv("NOTIFY_SOCKET");

	return path && *path;
}

void
notify_add(struct oci_spec *spec, const char *dir)
{
	struct oci_mount *m = xcalloc(1, sizeof(*m));
	size_t n = 0;

	while (spec->mounts && spec->mounts[n])
		n++;
	spec->mounts = xrealloc(spec->mounts, n + 2, sizeof(struct oci_mount *));
	spec->mounts[n] = m;
	spec->mounts[n + 1] = NULL;
	/* Read-only, or the container could fill our /run; to send to a socket is no writing. */
	*m = (struct oci_mount){
		.destination = xstrdup(INSIDE), .source = xstrdup(dir), .type = xstrdup("bind"),
		.options = strv_split("bind,ro,nosuid,nodev,noexec", ','),
	};
	strv_set_env(&spec->process->env, "NOTIFY_SOCKET=" INSIDE "/" SOCKET_NAME);
}

int
notify_make(const struct state *s)
{
	if (mkdirat(s->dir, NOTIFY_DIR, 0755) < 0)
		return fail(errno, "make %s", NOTIFY_DIR);
	return 0;
}

int
notify_listen(const struct state *s)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	autoclose int dir =
		openat(s->dir, NOTIFY_DIR, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (dir < 0)
		return -errno;
	autoclose int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return fail(errno, "socket");
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/" SOCKET_NAME, fd_path(dir).s);
	unlink(addr.sun_path);
	/* Any user of the container may talk to it. */
	if (fchmod(fd, 0777) < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return fail(errno, "bind the notify socket");
	if (fchmodat(dir, SOCKET_NAME, 0777, 0) < 0)
		return fail(errno, "chmod the notify socket");
	return take_fd(fd);
}

static int
tell_manager(const char *text, size_t len)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	autoclose int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	size_t n = path ? strlen(path) : 0;

	if (fd < 0 || !n || n >= sizeof(addr.sun_path))
		return fail(fd < 0 ? errno : ENAMETOOLONG, "NOTIFY_SOCKET");
	memcpy(addr.sun_path, path, n);
	if (addr.sun_path[0] == '@')	/* an abstract address */
		addr.sun_path[0] = 0;
	socklen_t addr_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
	if (sendto(fd, text, len, MSG_NOSIGNAL, (struct sockaddr *)&addr, addr_len) < 0)
		return fail(errno, "send to NOTIFY_SOCKET %s", path);
	return 0;
}

static bool
may_pass(const char *line)
{
	for (size_t i = 0; i < countof(passes); i++) {
		const char *value = str_after(line, passes[i].text);

		if (value && (passes[i].kind == WITH_VALUE || !*value))
			return true;
	}
	return false;
}

int
notify_hand_on(int fd, pid_t pid)
{
	char text[MESSAGE_MAX + 1];
	ssize_t n = recv(fd, text, MESSAGE_MAX, MSG_DONTWAIT);
	autostr out = { 0 };
	bool ready = false;

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : fail(errno, "hear the container");
	text[n] = 0;
	auto_(strv_free_at) char **lines = strv_split(text, '\n');
	for (char **l = lines; l && *l; l++) {
		if (!may_pass(*l))
			continue;
		ready |= streq(*l, "READY=1");
		str_addf(&out, "%s\n", *l);
	}
	if (ready)
		str_addf(&out, "MAINPID=%d\n", pid);
	int r = out.len ? tell_manager(out.s, out.len) : 0;
	return r < 0 ? r : ready;
}

int
notify_wait_ready(int fd, pid_t pid, int pidfd)
{
	for (;;) {
		struct pollfd p[] = {
			{ .fd = fd, .events = POLLIN },
			{ .fd = pidfd, .events = POLLIN },
		};

		if (poll(p, countof(p), -1) < 0 && errno != EINTR)
			return fail(errno, "wait for the container to be ready");
		int r = p[0].revents ? notify_hand_on(fd, pid) : 0;
		/* What it told before its end counts, too. */
		if (r || (p[1].revents && !p[0].revents))
			return r < 0 ? r : 0;
	}
}
