#include "engine/users.h"

#include "libocispec/document.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"

static void
container_free(struct container **c)
{
	oci_free(&container_type, *c);
}

/*
 * A directory without a record is a container that is being removed: -ENOENT.  An empty record is
 * what a crash of the host left of one with --rm, see container_write().
 */
static int
visit(const struct engine *e, const char *id, int (*each)(void *, const struct container *),
      void *arg)
{
	auto_(container_free) struct container *c = xcalloc(1, sizeof(*c));
	autofree char *path = xasprintf("containers/%s/container.json", id), *text = NULL;
	size_t len;
	int r = file_read_at(e->root_fd, path, OCI_DOCUMENT_MAX, &text, &len);

	if (r == -ENOENT || (r == 0 && len == 0))
		return 0;
	if (r == 0)
		r = oci_decode(&container_type, &(struct oci_source){ path, text, len }, c);
	if (r == -EINVAL)
		hint(r, "what that container uses is not known, so nothing is removed: if it is"
			" lost, remove containers/%s", id);
	return r < 0 ? r : each(arg, c);
}

int
store_users(const struct engine *e, int (*each)(void *arg, const struct container *c), void *arg)
{
	int fd = openat(e->root_fd, "containers", O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = 0;
	autodir dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!dir) {
		close_at(&fd);
		return fail(errno, "open %s/containers", e->root);
	}
	while (r == 0 && (errno = 0, entry = readdir(dir)))
		if (*entry->d_name != '.')
			r = visit(e, entry->d_name, each, arg);
	/* Whoever does not see all of them would remove what they need. */
	if (r == 0 && errno && !entry)
		r = fail(errno, "list %s/containers", e->root);
	return r;
}

struct search {
	const char *image_id;
	char *found;
};

static int
is_user(void *arg, const struct container *c)
{
	struct search *s = arg;

	if (!c->image || !streq(c->image, s->image_id))
		return 0;
	s->found = xstrdup(c->id);
	return 1;
}

int
store_image_user(const struct engine *e, const char *image_id, char **id)
{
	struct search s = { .image_id = image_id };
	int r = store_users(e, is_user, &s);

	*id = s.found;
	return r;
}
