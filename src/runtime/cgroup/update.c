/* New limits for a cgroup in use, and the way back to the old ones. */
#include "runtime/cgroup/kind.h"

#include "base/err.h"
#include "base/log.h"
#include "base/str.h"
#include "base/strv.h"

/* Ample for what one file of a limit says, with a line for each of many devices. */
#define TEXT_MAX 16384

/* -- noting -- */

void
cgroup_journal_done(struct cgroup_journal *j)
{
	for (size_t i = 0; i < j->n; i++) {
		free(j->note[i].path);
		free(j->note[i].text);
	}
	free(j->note);
	*j = (struct cgroup_journal){ 0 };
}

void
journal_note(const struct site *s, const char *path)
{
	struct cgroup_journal *j = s->journal;
	char text[TEXT_MAX];

	for (size_t i = 0; i < j->n; i++)
		if (streq(j->note[i].path, path))
			return;
	/* That it is not there is for the write to say; what only takes values holds none. */
	if (cgroupfs_read(s->root, path, text, sizeof(text)) < 0)
		return;
	j->note = xrealloc(j->note, j->n + 1, sizeof(*j->note));
	j->note[j->n++] = (struct cgroup_note){ xstrdup(path), xstrdup(text) };
}

/* -- putting back -- */

/* Whether a list of lines has one with the key that this line begins with. */
static bool
has_key(char *const *lines, const char *line)
{
	size_t len = strcspn(line, " ") + 1;

	for (; lines && *lines; lines++)
		if (strncmp(*lines, line, len) == 0)
			return true;
	return false;
}

/* What takes the line of a device back: "8:0 0", "8:0 default", "8:0 rbps=max wbps=max". */
static void
add_reset(const struct site *s, const char *line, struct str *out)
{
	autostrv words = strv_split(line, ' ');

	str_add(out, words[0]);
	for (char **w = words + 1; *w; w++) {
		size_t name = strcspn(*w, "=");

		if ((*w)[name])
			str_addf(out, " %.*s=max", (int)name, *w);
		else
			str_add(out, s->cg->kind == CGROUP_V1 ? " 0" : " default");
	}
}

/* The lines to write, one at a time, so that a file that says now says old again. */
static char **
lines_back(const struct site *s, const struct cgroup_note *old, const char *now)
{
	static const char oom_control[] = "oom_kill_disable ";
	autostrv was = strv_split(old->text, '\n');
	autostrv is = strv_split(now, '\n');
	char **lines = NULL;

	/* The one file that says more than it takes. */
	if (was && str_after(*was, oom_control)) {
		strv_add(&lines, str_after(*was, oom_control));
		return lines;
	}
	for (char **line = is; line && *line; line++) {
		autostr reset = { 0 };

		if (!strchr(*line, ':') || has_key(was, *line))
			continue;
		add_reset(s, *line, &reset);
		strv_push(&lines, str_take(&reset));
	}
	for (char **line = was; line && *line; line++)
		strv_add(&lines, *line);
	if (!lines)
		strv_add(&lines, "\n");
	return lines;
}

static int
put_back(const struct site *s, const struct cgroup_note *old)
{
	char now[TEXT_MAX];
	int r = cgroupfs_read(s->root, old->path, now, sizeof(now));

	if (r < 0 || streq(now, old->text))
		return r;
	autostrv lines = lines_back(s, old, now);
	for (char **line = lines; r >= 0 && *line; line++)
		r = cgroupfs_write(s->root, old->path, *line);
	return r;
}

/* Backwards; and once more, for some values bound each other (see limit.c). */
void
cgroup_undo(const struct cgroup *cg, const struct cgroup_journal *j)
{
	autowords words = err_keep();
	autosite s = { .root = -EBADF };
	int r = site_open(&s, cg);

	for (size_t i = j->n; r >= 0 && i-- > 0;)
		put_back(&s, j->note + i);
	for (size_t i = j->n; r >= 0 && i-- > 0;)
		if (put_back(&s, j->note + i) < 0)
			warn("the limit of before cannot be put back: %s", err_words());
	if (r < 0)
		warn("the limits of before cannot be put back: %s", err_words());
}

/* -- writing -- */

/* A new cgroup has the OOM killer, so cgroup_limit() never turns it on. */
static int
enable_oom_killer(const struct cgroup *cg, const struct oci_memory *m, struct cgroup_journal *j)
{
	autosite s = { .root = -EBADF };

	if (cg->kind != CGROUP_V1 || !m || !m->disable_oom_killer.set || m->disable_oom_killer.v)
		return 0;

	int r = site_open(&s, cg);
	const struct cgroupfs_hierarchy *h = cgroupfs_of(s.fs, "memory");
	if (r < 0 || !h)	/* without the controller there is none to turn off */
		return r;
	s.journal = j;
	return wrap(site_write(&s, h, "memory.oom_control", "0"), "memory.disableOOMKiller");
}

int
cgroup_update(const struct cgroup *cg, const struct oci_resources *r, struct cgroup_journal *j)
{
	int e = limit_noting(cg, r, j);

	if (e >= 0)
		e = enable_oom_killer(cg, r->memory, j);
	if (e < 0)
		cgroup_undo(cg, j);
	return e;
}
