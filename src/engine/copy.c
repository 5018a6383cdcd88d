#include "engine/copy-place.h"

#include "engine/tar.h"

#include "base/err.h"
#include "base/str.h"

static int
find_source(const struct engine *e, const struct copy_end *end, const struct copy_how *how,
	    struct place *p)
{
	int r = place_find(e, end, how->follow ? PLACE_LINK_FOLLOWED : PLACE_LINK_ITSELF, p);

	if (r < 0 || p->is_there)
		return r;
	if (end->c)
		return fail_plain(ENOENT, "could not find the file %s in container %s", end->path,
				  end->c->name);
	return fail(ENOENT, "%s", end->path);
}

static int
find_destination(const struct engine *e, const struct copy_end *end, struct place *p)
{
	int r = place_find(e, end, PLACE_LINK_FOLLOWED, p);

	if (r == 0 && p->read_only)
		r = fail_plain(EROFS, "%s in container %s is read-only", end->path, end->c->name);
	if (r == 0 && p->is_mount)
		r = fail_plain(EBUSY, "%s in container %s cannot be replaced, it is a mount",
			       end->path, end->c->name);
	return r;
}

/* What is packed, and what it is called in the tar; name NULL: it is what a directory holds. */
static struct tar_packing
packing_of(const struct place *from, const char *name)
{
	if (from->dir >= 0)
		return (struct tar_packing){ .dir = from->dir, .name = name };
	return (struct tar_packing){ .dir = from->parent, .leaf = from->leaf, .name = name };
}

/* Whether the one can be put where the other is. */
static int
check(const struct place *from, const struct place *to)
{
	bool is_dir = from->dir >= 0;

	if (!to->is_there && to->asks_dir && !is_dir)
		return fail_plain(ENOENT, "%s: no such directory", to->end->path);
	if (to->is_there && to->dir < 0 && is_dir)
		return fail_plain(ENOTDIR, "cannot copy a directory to the file %s", to->end->path);
	return 0;
}

static int
copy(const struct place *from, const struct place *to, const struct copy_how *how)
{
	autofree char *own_name = place_name(from);
	bool into = to->dir >= 0;
	const char *name = !into ? to->leaf : from->is_content ? NULL : own_name;
	struct tar_packing packing = packing_of(from, name);
	int r = check(from, to);

	if (r < 0)
		return r;
	return tar_copy(&packing, &(struct tar_extraction){
		.dir = into ? to->dir : to->parent, .owners = how->owners });
}

int
copy_files(const struct engine *e, const struct copy_end *from, const struct copy_end *to,
	   const struct copy_how *how)
{
	auto_(place_done) struct place source = PLACE_NONE, destination = PLACE_NONE;
	int r = find_source(e, from, how, &source);

	if (r == 0)
		r = find_destination(e, to, &destination);
	return r < 0 ? r : copy(&source, &destination, how);
}

int
copy_to_tar(const struct engine *e, const struct copy_end *from, const struct copy_how *how,
	    int out)
{
	auto_(place_done) struct place source = PLACE_NONE;
	int r = find_source(e, from, how, &source);
	autofree char *name = r < 0 ? NULL : place_name(&source);

	if (r < 0)
		return r;
	struct tar_packing packing = packing_of(&source, source.is_content ? NULL : name);
	packing.out = out;
	return tar_pack(&packing);
}

int
copy_from_tar(const struct engine *e, int in, const struct copy_end *to,
	      const struct copy_how *how)
{
	auto_(place_done) struct place destination = PLACE_NONE;
	int r = find_destination(e, to, &destination);

	if (r == 0 && destination.dir < 0)
		r = fail_plain(ENOTDIR, "destination \"%s:%s\" must be a directory", to->c->name,
			       to->path);
	return r < 0 ? r : tar_extract(&(struct tar_extraction){
		.in = in, .dir = destination.dir, .owners = how->owners });
}
