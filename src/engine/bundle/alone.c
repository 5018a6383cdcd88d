/* A bundle that stands alone: a directory that any OCI runtime runs, and that servin forgets. */
#include "engine/bundle/parts.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/parse.h"
#include "engine/layer.h"
#include "engine/reference.h"

#include <sys/stat.h>

#define INIT_MAX (16u << 20)

/* -- the record -- */

static int
check_modes_alone(const struct container *c)
{
	const struct { const char *mode, *option; } modes[] = {
		{ c->host->network_mode, "network" }, { c->host->pid_mode, "pid" },
		{ c->host->ipc_mode, "ipc" },
	};

	for (size_t i = 0; i < countof(modes); i++)
		if (mode_container(modes[i].mode))
			return fail(0, "--%s: a bundle that stands alone joins no container",
				    modes[i].option);
	if (c->host->ipc_mode && streq(c->host->ipc_mode, "shareable"))
		return fail(0, "--ipc: a bundle that stands alone shares with no container");
	return c->rootfs ? fail(0, "--rootfs: a bundle is made of an image") : 0;
}

/* An ID and a host name that are the same each time: those of the image. */
static int
complete(struct container *c, const struct image *image)
{
	int r = check_modes_alone(c);

	if (r == 0)
		r = bundle_complete(c, image);
	if (r < 0)
		return r;
	c->id = xstrdup(digest_hex(image->id));
	if (!has_text(c->config->hostname))
		c->config->hostname = xstrndup(c->id, 12);
	return alone_mounts(c);
}

/* -- the files -- */

static int
write_config(const struct engine *e, const struct container *c, const struct bundle_place *at,
	     int dir)
{
	struct oci_spec *spec = NULL;
	int r = bundle_spec(e, c, at, &spec);

	if (r < 0)
		return r;
	autofree char *text = oci_encode(&oci_spec_type, spec, OCI_INDENTED);
	oci_free(&oci_spec_type, spec);
	return file_replace_at(dir, "config.json", text, strlen(text), 0644);
}

static int
write_init(const struct container *c, int dir)
{
	autofree char *path = engine_helper("servin-init"), *text = NULL;
	size_t len;
	int r;

	if (!is_on(c->host->init))
		return 0;
	r = file_read_at(AT_FDCWD, path, INIT_MAX, &text, &len);
	return r < 0 ? r : file_replace_at(dir, "init", text, len, 0755);
}

/* When all of it was made, so that two are the same: SOURCE_DATE_EPOCH, or with the image. */
static struct timespec
made_at(const struct image *image)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	struct timespec t = { 0 };
	uint64_t seconds;

	if (epoch && parse_uint(epoch, INT32_MAX, &seconds) == 0)
		t.tv_sec = (time_t)seconds;
	else if (image->config->created && clock_parse(image->config->created, &t) < 0)
		t = (struct timespec){ 0 };
	t.tv_nsec = 0;
	return t;
}

static int
set_time(int dir, const char *name, struct timespec t)
{
	const struct timespec times[2] = { t, t };

	if (utimensat(dir, name, times, AT_SYMLINK_NOFOLLOW) < 0 && errno != ENOENT)
		return fail(errno, "set the time of %s", name);
	return 0;
}

/* The root has the time that the layers give it, or else that of its making, which is ours. */
static int
set_times(int dir, const struct image *image, const struct stat *empty)
{
	static const char *const names[] = { "config.json", "hosts", "hostname", "resolv.conf",
					     "init", "." };
	struct timespec t = made_at(image);
	struct stat st;
	int r = 0;

	if (fstatat(dir, "rootfs", &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    st.st_mtim.tv_sec >= empty->st_mtim.tv_sec)
		r = set_time(dir, "rootfs", t);
	for (size_t i = 0; r == 0 && i < countof(names); i++)
		r = set_time(dir, names[i], t);
	return r;
}

static int
unpack(const struct engine *e, const struct image *image, int root)
{
	size_t n;
	autofree struct layer_source *layers = image_layers(image, &n);

	return layers_unpack(e, layers, n, root);
}

static int
fill(const struct engine *e, const struct container *c, const struct image *image, int dir)
{
	struct stat empty;
	int r;

	if (mkdirat(dir, "rootfs", 0755) < 0 || fchmodat(dir, "rootfs", 0755, 0) < 0)
		return fail(errno, "mkdir rootfs");
	autoclose int root = openat(dir, "rootfs", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0 || fstat(root, &empty) < 0)
		return fail(errno, "open rootfs");
	const struct bundle_place at = { .root = root, .rootfs = "rootfs", .alone = true };
	r = unpack(e, image, root);
	if (r == 0)
		r = bundle_write_etc(e, c, dir);
	if (r == 0)
		r = write_init(c, dir);
	if (r == 0)
		r = write_config(e, c, &at, dir);
	return r < 0 ? r : set_times(dir, image, &empty);
}

/* -- the directory -- */

static int
check_empty(int dir, const char *path)
{
	autodir d = NULL;
	struct dirent *entry;
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || !(d = fdopendir(fd)))
		return fail(errno, "open %s", path);
	while ((entry = readdir(d)))
		if (!streq(entry->d_name, ".") && !streq(entry->d_name, ".."))
			return fail_plain(EEXIST, "%s is not empty: there is %s", path,
					  entry->d_name);
	return 0;
}

/* All or nothing: what is half made goes again, and the directory if it was not there before. */
int
bundle_write_alone(const struct engine *e, struct container *c, const struct image *image,
		   const char *path)
{
	int r = complete(c, image);
	bool made;

	if (r < 0)
		return r;
	made = mkdir(path, 0755) == 0;
	if (!made && errno != EEXIST)
		return fail(errno, "mkdir %s", path);
	autoclose int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return fail(errno, "open %s", path);
	r = check_empty(dir, path);
	if (r < 0)
		return r;
	r = fill(e, c, image, dir);
	if (r < 0) {
		autowords words = err_keep();

		dir_remove_below(dir, NULL);
		if (made)
			rmdir(path);
	}
	return r;
}
