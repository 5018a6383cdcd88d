#include "servin/make.h"

#include "engine/store.h"

#include "libocispec/document.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"

static int
remove_old(const struct engine *e, const struct run_opts *o)
{
	static const struct container_removal force = { .how = REMOVE_FORCE };
	struct container *old;
	int r;

	if (!o->replace)
		return 0;
	if (!o->name)
		return fail_plain(EINVAL, "--replace needs --name");
	r = container_find(e, o->name, &old);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	/* An ID that begins so is not what was meant. */
	if (streq(old->name, o->name))
		r = container_remove(e, old, &force);
	oci_free(&container_type, old);
	return r;
}

/* Made first, and ours alone: two that are given the same file must not both go on. */
static int
open_cidfile(const struct run_opts *o)
{
	int fd;

	if (!o->cidfile)
		return -EBADF;
	fd = open(o->cidfile, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd >= 0)
		return fd;
	if (errno != EEXIST)
		return fail(errno, "--cidfile: create %s", o->cidfile);
	return hint(fail_plain(EEXIST, "--cidfile: %s is there already", o->cidfile),
		    "remove it if its container is gone");
}

static int
create(const struct engine *e, const struct run_opts *o, char *const *args, struct container *c)
{
	struct image_load load = { .platform = o->platform };
	auto_(image_done) struct image image = { 0 };
	/* Nobody removes the image between our finding it and the record that names it. */
	autoclose int use = store_use(e);
	int r;

	if (use < 0)
		return use;
	r = o->rootfs ? 0 : image_of(e, args[0], &load, &image);
	/* Not before the image is there: one that runs is not given up for nothing. */
	if (r == 0)
		r = remove_old(e, o);
	return r < 0 ? r : container_create(e, c, o->rootfs ? NULL : &image);
}

int
make_container(const struct engine *e, const struct run_opts *o, char *const *args,
	       struct container **out)
{
	struct container *c = xcalloc(1, sizeof(*c));
	autoclose int cidfile = -EBADF;
	int r = run_opts_container(o, args, c);

	if (r == 0)
		cidfile = open_cidfile(o);
	if (r == 0 && cidfile < 0 && o->cidfile)
		r = cidfile;
	if (r == 0)
		r = create(e, o, args, c);
	if (r == 0 && cidfile >= 0)
		r = fd_write_all(cidfile, o->cidfile, c->id, strlen(c->id));
	if (r < 0 && cidfile >= 0)
		unlink(o->cidfile);
	if (r < 0)
		oci_free(&container_type, c);
	else
		*out = c;
	return r;
}
