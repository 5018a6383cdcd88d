/* state, list and ps: what there is. */
#include "runtime/members.h"
#include "runtime/state.h"

#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "base/str.h"

static struct oci_state *
describe(const struct state *s)
{
	autoclose int pidfd = -EBADF;
	enum status status;
	int r = state_status(s, &status, &pidfd);

	if (r < 0)
		return NULL;
	return state_document(&s->record, status_word(status),
			      pidfd < 0 ? 0 : (pid_t)s->record.pid.v);
}

int
runtime_state(const struct runtime *rt, const char *id, struct oci_state **state)
{
	auto_(state_done) struct state s = STATE_EMPTY;
	int r = state_find(&s, rt, id);

	if (r < 0)
		return r;
	*state = describe(&s);
	/* Not the number of the failure: -ENOENT would say that there is no such container. */
	return *state ? 0 : -EIO;
}

static int
compare_ids(const void *a, const void *b)
{
	const struct oci_state *const *x = a, *const *y = b;

	return strcmp((*x)->id, (*y)->id);
}

int
runtime_list(const struct runtime *rt, struct oci_state ***states)
{
	autofree char *root = state_root(rt);
	autodir dir = opendir(root);
	size_t n = 0, room = 16;

	*states = NULL;
	if (!dir && errno != ENOENT)
		return fail(errno, "open %s", root);
	*states = xcalloc(room, sizeof(struct oci_state *));
	for (struct dirent *e; dir && (e = readdir(dir));) {
		struct oci_state *one;

		/* One that is being made or deleted at this moment is no error, and not there. */
		if (*e->d_name == '.' || runtime_check_id(e->d_name) < 0)
			continue;
		int r = runtime_state(rt, e->d_name, &one);
		if (r == -EINVAL)	/* it has a record, which is none */
			warn("%s: %s", e->d_name, err_words());
		if (r < 0)
			continue;
		if (n + 2 > room)
			*states = xrealloc(*states, room *= 2, sizeof(struct oci_state *));
		(*states)[n++] = one;
	}
	(*states)[n] = NULL;
	qsort(*states, n, sizeof(struct oci_state *), compare_ids);
	return 0;
}

int
runtime_pids(const struct runtime *rt, const char *id, pid_t **pids, size_t *n)
{
	auto_(state_done) struct state s = STATE_EMPTY;
	int r = state_find(&s, rt, id);

	*pids = NULL;
	*n = 0;
	return r < 0 ? r : members_list(&s, pids, n);
}
