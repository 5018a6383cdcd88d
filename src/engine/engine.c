#include "engine/engine.h"

#include "kernel/ns.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"

#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

/* What a plain user's environment says, or a place below his home. */
static char *
user_dir(const char *variable, const char *below_home)
{
	const char *dir = getenv(variable), *home = getenv("HOME");

	if (has_text(dir) && *dir == '/')
		return xasprintf("%s/servin", dir);
	return has_text(home) && below_home ? xasprintf("%s/%s/servin", home, below_home) : NULL;
}

static char *
default_root(bool rootless)
{
	return rootless ? user_dir("XDG_DATA_HOME", ".local/share") : xstrdup("/var/lib/servin");
}

static char *
default_state(bool rootless)
{
	char *dir;

	if (!rootless)
		return xstrdup("/run/servin");
	dir = user_dir("XDG_RUNTIME_DIR", NULL);
	return dir ? dir : xasprintf("/tmp/servin-%u", (unsigned)geteuid());
}

static char *
absolute(const char *path)
{
	autofree char *cwd = NULL;

	if (*path == '/')
		return xstrdup(path);
	cwd = getcwd(NULL, 0);
	return xasprintf("%s/%s", cwd ? cwd : "", path);
}

/* Like mkdir -p, and each that is missing for us alone: the layers have set-user-ID programs. */
static int
make_dirs(const char *path)
{
	autofree char *dir = xstrdup(path);

	for (char *at = strchr(dir + 1, '/'); at; at = strchr(at + 1, '/')) {
		*at = 0;
		if (mkdir(dir, 0711) < 0 && errno != EEXIST)
			return fail(errno, "mkdir %s", dir);
		*at = '/';
	}
	return mkdir(dir, 0711) < 0 && errno != EEXIST ? fail(errno, "mkdir %s", dir) : 0;
}

static int
open_dir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	if (errno != ENOENT)
		return fail(errno, "open %s", path);
	int r = make_dirs(path);
	if (r < 0)
		return r;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? fail(errno, "open %s", path) : fd;
}

/* A directory of files that others may write to is no place for what we trust. */
static int
check_ours(int fd, const char *path)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return fail(errno, "stat %s", path);
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return fail(EPERM, "%s belongs to user %u", path, (unsigned)st.st_uid);
	return st.st_mode & S_IWOTH ? fail(EPERM, "%s can be written by everybody", path) : 0;
}

static int
make_places(const struct engine *e)
{
	static const struct { const char *name; mode_t mode; } places[] = {
		{ "oci", 0711 }, { "oci/blobs", 0711 }, { "oci/blobs/sha256", 0711 },
		{ "layers", 0711 }, { "sources", 0700 }, { "containers", 0711 },
		{ "names", 0700 }, { "volumes", 0711 }, { "tmp", 0711 },
	};

	/* The last one is there: so are the others. */
	if (faccessat(e->root_fd, "tmp", F_OK, 0) == 0)
		return 0;
	for (size_t i = 0; i < countof(places); i++)
		if (mkdirat(e->root_fd, places[i].name, places[i].mode) < 0 && errno != EEXIST)
			return fail(errno, "mkdir %s/%s", e->root, places[i].name);
	return 0;
}

int
engine_open(struct engine *e, const char *root, const char *state)
{
	int r;

	e->root_fd = e->state_fd = -EBADF;
	e->rootless = geteuid() != 0 || ns_in_user();
	e->root = root ? absolute(root) : default_root(e->rootless);
	e->state = state ? absolute(state) : default_state(e->rootless);
	if (!e->root)
		return fail(0, "neither XDG_DATA_HOME nor HOME is set: where the store is, is told"
			       " by --root");
	e->root_fd = open_dir(e->root);
	if (e->root_fd < 0)
		return wrap(e->root_fd, "store");
	r = check_ours(e->root_fd, e->root);
	if (r < 0)
		return wrap(r, "store");
	e->state_fd = open_dir(e->state);
	if (e->state_fd < 0)
		return wrap(e->state_fd, "state");
	r = check_ours(e->state_fd, e->state);
	return r < 0 ? wrap(r, "state") : make_places(e);
}

void
engine_done(struct engine *e)
{
	close_at(&e->root_fd);
	close_at(&e->state_fd);
	free(e->root);
	free(e->state);
	*e = (struct engine){ .root_fd = -EBADF, .state_fd = -EBADF };
}

static char *
find_in(const char *dirs, const char *name)
{
	while (*dirs) {
		size_t n = strcspn(dirs, ":");
		autofree char *path = xasprintf("%.*s/%s", (int)n, dirs, name);

		if (n && access(path, X_OK) == 0)
			return take(path);
		dirs += n + (dirs[n] == ':');
	}
	return NULL;
}

/* The directory that our own program is in: a build tree, or a prefix that was moved. */
static char *
own_dir(void)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *slash = n > 0 ? memrchr(path, '/', (size_t)n) : NULL;

	return slash ? xstrndup(path, (size_t)(slash - path)) : xstrdup(SERVIN_LIBEXECDIR);
}

char *
engine_helper(const char *name)
{
	autofree char *dir = own_dir();
	autofree char *beside = xasprintf("%s/%s", dir, name);

	if (access(beside, X_OK) == 0)
		return take(beside);
	return xasprintf("%s/%s", SERVIN_LIBEXECDIR, name);
}

int
engine_find_runtime(const struct engine *e, char **path)
{
	const char *name = e->runtime ? e->runtime : "ocirun";
	const char *dirs = getenv("PATH");
	autofree char *dir = NULL;

	if (strchr(name, '/')) {
		if (access(name, X_OK) < 0)
			return fail(errno, "runtime %s", name);
		*path = absolute(name);
		return 0;
	}
	dir = own_dir();
	*path = find_in(dir, name);
	if (!*path)
		*path = find_in(has_text(dirs) ? dirs : "/usr/local/sbin:/usr/local/bin:/usr/sbin:"
							"/usr/bin:/sbin:/bin", name);
	return *path ? 0 : fail(ENOENT, "runtime %s: not found in PATH", name);
}
