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

struct acting {
	container_act act;
	const void *how;
	int missing;			/* the exit status when one is not there */
};

static int
act_on_each(const struct engine *e, char *const *names, const struct acting *a)
{
	int status = 0, r = 0;

	for (; r == 0 && *names; names++) {
		int acted = act_on(e, *names, a->act, a->how);

		if (acted >= 0) {
			r = print_line(*names);
			continue;
		}
		print_error();
		status |= acted == -ENOENT ? a->missing : 1;
	}
	return r < 0 ? r : status;
}

int
select_each(const struct engine *e, char *const *names, container_act act, const void *how)
{
	return act_on_each(e, names, &(struct acting){ act, how, .missing = 1 });
}

int
select_each_there(const struct engine *e, char *const *names, container_act act, const void *how)
{
	return act_on_each(e, names, &(struct acting){ act, how, .missing = 0 });
}
