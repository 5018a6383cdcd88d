#include "servin/select.h"

#include "servin/commands.h"
#include "servin/output.h"

#include "base/err.h"
#include "base/log.h"

#include "libocispec/document.h"

int
select_container(const struct engine *e, const char *name, struct container **c)
{
	int r = container_find(e, name, c);

	/* A plain user who only looks is not where he could. */
	if (r < 0 || geteuid() != 0)
		return r;
	r = container_mend(e, *c);
	if (r > 0)
		warn("%s", err_words());
	/* One with --rm is gone now. */
	if (r != 0) {
		oci_free(&container_type, *c);
		*c = NULL;
	}
	return r > 0 ? container_find(e, name, c) : r;
}

static int
act_on(const struct engine *e, const char *name, const struct acting *a)
{
	struct container *c = NULL;
	int r = select_container(e, name, &c);

	if (r == 0)
		r = a->act(e, c, a->how);
	if (c)
		oci_free(&container_type, c);
	return r;
}

int
select_each(const struct engine *e, char *const *names, const struct acting *a)
{
	int status = 0, r = 0;

	for (; r == 0 && *names; names++) {
		int acted = act_on(e, *names, a);

		if (acted >= 0) {
			r = print_line(*names);
			continue;
		}
		print_error_of(a->verb);
		if (acted != -ENOENT || !a->missing_is_fine)
			status = 1;
	}
	return r < 0 ? r : status;
}
