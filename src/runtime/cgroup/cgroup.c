#include "runtime/cgroup/kind.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "base/strv.h"

#include <fcntl.h>
#include <stdio.h>

/* -- the site -- */

const struct cgroup_ops *
ops_of(enum cgroup_kind kind)
{
	static const struct cgroup_ops *const table[] = {
		[CGROUP_V1] = &cgroup_v1, [CGROUP_V2] = &cgroup_v2, [CGROUP_NONE] = &cgroup_none,
	};

	return table[kind];
}

int
site_open(struct site *s, const struct cgroup *cg)
{
	static const struct cgroupfs nothing;

	*s = (struct site){ .cg = cg, .fs = cg->fs ? cg->fs : &nothing, .root = -EBADF };
	if (s->fs->n == 0)
		return 0;
	s->root = cgroupfs_open_root();
	return s->root < 0 ? s->root : 0;
}

char *
site_path(const struct site *s, const struct cgroupfs_hierarchy *h, const char *file)
{
	return xasprintf("%s%s%s%s", h->dir, s->cg->path, file ? "/" : "", file ? file : "");
}

int
site_write(const struct site *s, const struct cgroupfs_hierarchy *h, const char *file,
	   const char *value)
{
	autofree char *path = site_path(s, h, file);

	if (s->journal)
		journal_note(s, path);
	return cgroupfs_write(s->root, path, value);
}

/* -- paths and records -- */

/* "/a/b" of "a//./b/"; ".." could lead out of what the path was given for. */
static int
clean_path(const char *path, struct str *out)
{
	autostrv parts = strv_split(path, '/');

	for (char **part = parts; part && *part; part++) {
		if (streq(*part, "."))
			continue;
		if (streq(*part, ".."))
			return fail(0, "cgroup path \"%s\" has \"..\" in it", path);
		str_addf(out, "/%s", *part);
	}
	if (out->len == 0)
		return fail(0, "cgroup path \"%s\" is the root of the hierarchy", path);
	return 0;
}

static int
find(struct cgroup *cg)
{
	static const enum cgroup_kind kinds[] = {
		[CGROUPFS_NONE] = CGROUP_NONE, [CGROUPFS_V1] = CGROUP_V1, [CGROUPFS_V2] = CGROUP_V2,
	};

	cg->fs = xcalloc(1, sizeof(*cg->fs));
	int r = cgroupfs_find(cg->fs);
	if (r == 0)
		cg->kind = kinds[cg->fs->version];
	return r;
}

void
cgroup_done(struct cgroup *cg)
{
	free(take(cg->path));
	free(take(cg->fs));
}

int
cgroup_plan(struct cgroup *cg, const char *cgroups_path, const char *id)
{
	auto_(cgroup_done) struct cgroup plan = { .kind = CGROUP_NONE };
	autostr path = { 0 };
	int r = clean_path(cgroups_path && *cgroups_path ? cgroups_path : id, &path);

	if (r == 0)
		r = find(&plan);
	if (r < 0)
		return r;
	if (plan.kind != CGROUP_NONE)
		plan.path = str_take(&path);
	*cg = (struct cgroup){ plan.kind, take(plan.path), take(plan.fs) };
	return 0;
}

const char *
cgroup_kind_word(enum cgroup_kind kind)
{
	return ops_of(kind)->word;
}

static int
kind_of_word(const char *word, enum cgroup_kind *kind)
{
	for (enum cgroup_kind k = CGROUP_V1; k <= CGROUP_NONE; k++)
		if (streq(word, ops_of(k)->word)) {
			*kind = k;
			return 0;
		}
	return fail(0, "\"%s\" is no kind of cgroup", word);
}

/* A record of another boot may be of another kind: as if nothing were mounted, it is gone. */
int
cgroup_from_record(struct cgroup *cg, const char *kind, const char *path)
{
	auto_(cgroup_done) struct cgroup old = { .kind = CGROUP_NONE };
	enum cgroup_kind recorded = CGROUP_NONE;
	autostr clean = { 0 };
	int r = kind_of_word(kind, &recorded);

	if (r == 0 && recorded != CGROUP_NONE)
		r = clean_path(path ? path : "", &clean);
	if (r == 0 && recorded != CGROUP_NONE)
		r = find(&old);
	if (r < 0)
		return r;
	if (old.fs && old.kind != recorded)
		*old.fs = (struct cgroupfs){ .version = CGROUPFS_NONE };
	*cg = (struct cgroup){ recorded, clean.len ? str_take(&clean) : NULL, take(old.fs) };
	return 0;
}

/* -- making -- */

/* For each hierarchy the length of the longest path that was there before; 0: nothing was made. */
struct made { size_t before[CGROUPFS_MAX]; };

static size_t
strangers(const struct site *s, const struct cgroupfs_pids *pids)
{
	return pids->n - (pids->n && pids->pid[0] == s->lodger);
}

/* Others' processes would fall under our limits and our SIGKILL; frozen, ours would hang. */
static int
refuse_used(const struct site *s, const struct cgroupfs_hierarchy *h)
{
	autopids pids = { 0 };
	int r = members_add(s, h, &pids);

	if (r < 0)
		return r;
	if (strangers(s, &pids))
		return fail(EBUSY, "container's cgroup is not empty: %zu process(es) found",
			    strangers(s, &pids));
	if (!h->v2 && h != cgroupfs_of(s->fs, "freezer"))
		return 0;
	r = ops_of(s->cg->kind)->frozen(s);
	return r > 0 ? fail(EBUSY, "container's cgroup is frozen") : r == -ENOENT ? 0 : r;
}

/* Makes each directory of the path that is absent; *before is where the first of them begins. */
static int
make_parents(const struct site *s, const char *path, size_t *before)
{
	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		autofree char *part = xstrndup(path, (size_t)(strchrnul(slash + 1, '/') - path));
		int r = cgroupfs_make(s->root, part);

		if (r < 0 && r != -EEXIST)
			return r;
		if (r == 0 && !*before)
			*before = (size_t)(slash - path);
	}
	return 0;
}

static int
make_in(const struct site *s, const struct cgroupfs_hierarchy *h, size_t *before)
{
	autofree char *path = site_path(s, h, NULL);
	int r = cgroupfs_make(s->root, path);

	if (r == -ENOENT)
		return make_parents(s, path, before);
	if (r == 0)
		*before = (size_t)(strrchr(path, '/') - path);
	return r;
}

static void
unmake(const struct site *s, const struct made *made)
{
	autowords words = err_keep();

	for (size_t i = 0; i < s->fs->n; i++) {
		autofree char *path = site_path(s, s->fs->h + i, NULL);

		while (made->before[i] && strlen(path) > made->before[i] &&
		       unlinkat(s->root, path, AT_REMOVEDIR) == 0)
			*strrchr(path, '/') = 0;
	}
}

static int
make_all(const struct site *s, struct made *made,
	 int (*if_there)(const struct site *, const struct cgroupfs_hierarchy *))
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < s->fs->n; i++) {
		r = make_in(s, s->fs->h + i, made->before + i);
		if (r == -EEXIST)
			r = if_there ? if_there(s, s->fs->h + i) : 0;
	}
	return r;
}

static int
make(const struct site *s, int (*if_there)(const struct site *, const struct cgroupfs_hierarchy *),
     int (*enable)(const struct site *))
{
	const struct cgroup_ops *ops = ops_of(s->cg->kind);
	struct made made = { 0 };
	int r = make_all(s, &made, if_there);

	if (r >= 0 && enable)
		r = enable(s);
	if (r >= 0 && ops->fill)
		r = ops->fill(s);
	if (r < 0)
		unmake(s, &made);
	return r;
}

int
cgroup_make(const struct cgroup *cg)
{
	autosite s = { .root = -EBADF };
	int r = site_open(&s, cg);

	return r < 0 ? r : make(&s, refuse_used, ops_of(cg->kind)->enable);
}

int
cgroup_adopt(const struct cgroup *cg, pid_t lodger)
{
	autosite s = { .root = -EBADF };
	int r = site_open(&s, cg);

	s.lodger = lodger;
	return r < 0 ? r : make(&s, refuse_used, ops_of(cg->kind)->enable);
}

/* Controllers stay as they are: v2 enables none below a cgroup that has processes. */
int
cgroup_sub(struct cgroup *sub, const struct cgroup *cg, const char *path)
{
	auto_(cgroup_done) struct cgroup below = { .kind = cg->kind };
	autosite s = { .root = -EBADF };
	autostr tail = { 0 };
	int r = clean_path(path, &tail);

	if (r < 0 || cg->kind == CGROUP_NONE)
		return r < 0 ? r : fail(0, "cgroup %s: the container has none", path);
	below.path = xasprintf("%s%s", cg->path, tail.s);
	below.fs = xmemdup(cg->fs, sizeof(*cg->fs));
	r = site_open(&s, &below);
	if (r >= 0)
		r = make(&s, NULL, NULL);
	if (r >= 0)
		*sub = (struct cgroup){ below.kind, take(below.path), take(below.fs) };
	return r;
}

/* -- joining -- */

int
cgroup_open_unified(const struct cgroup *cg)
{
	autosite s = { .root = -EBADF };
	int r = site_open(&s, cg);

	if (r < 0)
		return r;
	if (s.fs->n == 0 || !s.fs->h[0].v2)
		return fail(ENOENT, "cgroup v2");
	autofree char *path = site_path(&s, s.fs->h, NULL);
	return cgroupfs_open(s.root, path, O_PATH | O_DIRECTORY);
}

/*
 * v1 lets a single thread move itself ("0" to tasks) without the lock on all
 * forks of the host that any other move takes: nine hierarchies in 0.3 ms.
 * With the lock, which waits for a grace period of RCU, they take 6 to 10 ms
 * on a host where nothing was moved in the last moment.
 */
int
cgroup_join(const struct cgroup *cg, pid_t pid, bool cloned_into_unified)
{
	autosite s = { .root = -EBADF };
	char number[16];
	int r = site_open(&s, cg);

	snprintf(number, sizeof(number), "%d", pid);
	for (const struct cgroupfs_hierarchy *h = s.fs->h; r >= 0 && h < s.fs->h + s.fs->n; h++) {
		if (h->v2 && cloned_into_unified)
			continue;
		r = site_write(&s, h, h->v2 || pid ? "cgroup.procs" : "tasks", number);
	}
	return r;
}

/* -- freezing -- */

int
cgroup_freeze(const struct cgroup *cg, bool on)
{
	const struct cgroup_ops *ops = ops_of(cg->kind);
	autosite s = { .root = -EBADF };
	int r = site_open(&s, cg);

	if (r >= 0)
		r = ops->set_frozen(&s, on);
	if (r >= 0)
		r = ops->await_frozen(&s, on);
	if (r < 0 && on) {
		autowords words = err_keep();

		ops->set_frozen(&s, false);	/* half frozen is worse than not at all */
	}
	return wrap(r, "%s", on ? "freeze" : "thaw");
}

char *
cgroup_freezer(const struct cgroup *cg)
{
	const struct cgroupfs_hierarchy *h = cg->fs && cg->fs->n ? cg->fs->h : NULL;

	if (h && !h->v2)
		h = cgroupfs_of(cg->fs, "freezer");
	return h ? xasprintf(CGROUPFS_ROOT "/%s%s", h->dir, cg->path) : NULL;
}

int
cgroup_frozen(const struct cgroup *cg)
{
	autosite s = { .root = -EBADF };
	int r = site_open(&s, cg);

	if (r < 0 || s.fs->n == 0)
		return r;
	r = ops_of(cg->kind)->frozen(&s);
	/* Init may have been moved elsewhere, and what was left without it be removed. */
	return r == -ENOENT || r == -ENODEV ? 0 : r;
}

/* -- the end -- */

bool
cgroup_exists(const struct cgroup *cg)
{
	autosite s = { .root = -EBADF };

	if (site_open(&s, cg) < 0)
		return false;
	for (size_t i = 0; i < s.fs->n; i++) {
		autofree char *path = site_path(&s, s.fs->h + i, NULL);

		if (faccessat(s.root, path, F_OK, 0) == 0)
			return true;
	}
	return false;
}

static int
await_gone(const struct site *s, const struct cgroupfs_hierarchy *h, int timeout_ms)
{
	autofree char *path = site_path(s, h, "cgroup.events");
	int r = h->v2 ? cgroupfs_await(s->root, path, "populated 0", timeout_ms) :
			members_await_one(s, h, timeout_ms);

	/* Gone, all the better; too long, and removing once more will tell. */
	return r == -ENOENT || r == -ENODEV || r == -ETIMEDOUT ? 0 : r;
}

/* Adds who is in the way to the words of the failed removal. */
static int
left_behind(const struct site *s, const struct cgroupfs_hierarchy *h)
{
	autopids pids = { 0 };
	int r = members_add(s, h, &pids);

	if (r < 0 || pids.n == 0)
		return r < 0 ? r : -EBUSY;
	return wrap(-EBUSY, "process %d is still in it, one of %zu", pids.pid[0], pids.n);
}

static int
remove_in(const struct site *s, const struct cgroupfs_hierarchy *h, int64_t end)
{
	autofree char *path = site_path(s, h, NULL);
	int r;

	while ((r = cgroupfs_remove(s->root, path)) == -EBUSY) {
		int64_t left = end - clock_ms();

		if (left <= 0)
			return left_behind(s, h);
		r = await_gone(s, h, (int)left);
		if (r < 0)
			return r;
	}
	return r;
}

/* What is frozen cannot end.  Only what is still there when it should be gone is looked at. */
static void
thaw(const struct site *s)
{
	const struct cgroup_ops *ops = ops_of(s->cg->kind);

	if (ops->frozen(s) > 0)
		ops->set_frozen(s, false);
}

int
cgroup_remove(const struct cgroup *cg, int timeout_ms)
{
	int64_t end = clock_ms() + timeout_ms;
	autosite s = { .root = -EBADF };
	int r = site_open(&s, cg);

	for (size_t i = 0; r >= 0 && i < s.fs->n; i++) {
		autofree char *path = site_path(&s, s.fs->h + i, NULL);

		r = cgroupfs_remove(s.root, path);
		if (r != -EBUSY)
			continue;
		thaw(&s);
		r = remove_in(&s, s.fs->h + i, end);
	}
	return r;
}
