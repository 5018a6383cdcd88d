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
act_on(const struct engine *e, const char *name, container_act act, const void *how)
{
	struct container *c = NULL;
	int r = select_container(e, name, &c);

	if (r == 0)
		r = act(e, c, how);
	if (c)
		oci_free(&container_type, c);
	return r;
}

int
select_each(const struct engine *e, char *const *names, container_act act, const void *how)
{
	int status = 0, r = 0;

	for (; r == 0 && *names; names++) {
		if (act_on(e, *names, act, how) < 0) {
			print_error();
			status = 1;
		} else {
			r = print_line(*names);
		}
	}
	return r < 0 ? r : status;
}
