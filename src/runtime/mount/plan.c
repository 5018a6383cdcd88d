#include "runtime/mount/plan.h"

#include "runtime/mount/options.h"

#include "base/err.h"
#include "base/log.h"
#include "base/str.h"
#include "base/strv.h"
#include "kernel/mountfd.h"

/* What is known of one mount while its operation is made. */
struct planner {
	const struct oci_mount *m;
	const struct oci_linux *l;
	struct mount_op *op;
	bool bind, remount;
	int first_data;		/* index of the first option for the file system, -1 */
	size_t n_data;
	int mistakes;
	mount_tell tell;
	void *arg;
};

static void printf_like(3, 4)
mistake(struct planner *p, int option, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	autofree char *reason = xvasprintf(fmt, ap);
	va_end(ap);
	p->tell(p->arg, p->op->index, option, reason);
	p->mistakes++;
}

/* The later of two words holds. */
static void
add_attr(uint64_t *set, uint64_t *clear, const struct mount_option *o)
{
	*set = (*set & ~o->clear) | o->set;
	*clear = (*clear & ~o->set) | o->clear;
}

/* The lists have room for every option of the mount: few mounts have either. */
static void
add_propagation(struct planner *p, uint64_t flags)
{
	struct mount_op *op = p->op;

	if (!op->propagation)
		op->propagation = xcalloc(strv_len(p->m->options), sizeof(*op->propagation));
	op->propagation[op->n_propagation++] = flags;
}

static void
add_data(struct planner *p, const char *option)
{
	struct mount_op *op = p->op;

	if (!op->data)
		op->data = xcalloc(strv_len(p->m->options) + 1, sizeof(*op->data));
	op->data[p->n_data++] = option;
}

/* Not of the table: idmap with mappings, or an option for the file system. */
static void
take_value(struct planner *p, int i)
{
	const char *word = p->m->options[i];
	const char *top = str_after(word, "idmap="), *tree = str_after(word, "ridmap=");

	if (top || tree) {
		p->op->idmap = top ? IDMAP_TOP : IDMAP_TREE;
		if (mount_idmap_parse(p->op, top ? top : tree, p->l) < 0)
			mistake(p, i, "%s", err_words());
		return;
	}
	add_data(p, word);
	if (p->first_data < 0)
		p->first_data = i;
	if (!*word || *word == '=')
		mistake(p, i, "an option without a name");
}

static void
take_option(struct planner *p, int i)
{
	const struct mount_option *o = mount_option_find(p->m->options[i]);
	struct mount_op *op = p->op;

	if (!o)
		return take_value(p, i);
	switch (o->effect) {
	case OPTION_NOTHING:	 return;
	case OPTION_ATTR:	 return add_attr(&op->attr_set, &op->attr_clear, o);
	case OPTION_REC_ATTR:	 return add_attr(&op->rec_set, &op->rec_clear, o);
	case OPTION_PROPAGATION: return add_propagation(p, o->set);
	case OPTION_SUPER:	 return add_data(p, o->name);
	case OPTION_RBIND:	 op->recursive = p->bind = true; return;
	case OPTION_BIND:	 p->bind = true; return;
	case OPTION_REMOUNT:	 p->remount = true; return;
	case OPTION_TMPCOPYUP:	 op->tmpcopyup = true; return;
	case OPTION_IDMAP:	 op->idmap = IDMAP_TOP; return;
	case OPTION_RIDMAP:	 op->idmap = IDMAP_TREE; return;
	}
}

static bool
has_file_system(const struct oci_mount *m)
{
	return m->type && *m->type && !streq(m->type, "none") && !streq(m->type, "bind");
}

static enum mount_act
find_act(const struct planner *p)
{
	const struct oci_mount *m = p->m;

	if (p->remount)
		return p->bind ? MOUNT_REMOUNT : MOUNT_RECONFIGURE;
	if (p->bind || (m->type && streq(m->type, "bind")))
		return MOUNT_BIND;
	if (!has_file_system(m))
		return MOUNT_PROPAGATION;
	return streq(m->type, "cgroup") ? MOUNT_CGROUP : MOUNT_FS;
}

/* Flags for a file system never meant anything here; its own options are a misunderstanding. */
static void
check_bind(struct planner *p)
{
	if (p->first_data >= 0)
		mistake(p, p->first_data, "%s: a bind mount takes no option of a file system",
			p->m->options[p->first_data]);
	if (p->op->act == MOUNT_BIND && (!p->m->source || !*p->m->source))
		mistake(p, -1, "a bind mount needs a source");
}

static void
check_act(struct planner *p)
{
	struct mount_op *op = p->op;
	const char *reason = mount_idmap_plan(op, p->m, p->l);

	if (reason)
		mistake(p, -1, "%s", reason);
	if (op->act == MOUNT_BIND || op->act == MOUNT_REMOUNT)
		check_bind(p);
	if (op->act == MOUNT_PROPAGATION && !op->n_propagation)
		mistake(p, -1, "neither a type nor bind, remount or a kind of propagation");
	if (op->tmpcopyup && (op->act != MOUNT_FS || !streq(op->type, "tmpfs")))
		mistake(p, -1, "tmpcopyup is for a tmpfs only");
}

static bool
is_below(const char *path, const char *dir)
{
	const char *rest = path ? str_after(path, dir) : NULL;

	return rest && (!*rest || *rest == '/');
}

static void
drop_last(struct str *path)
{
	while (path->len && path->s[--path->len] != '/')
		;
	if (path->s)
		path->s[path->len] = 0;
}

/*
 * The path with a "/" in front and none behind, without ".", ".." and doubled
 * slashes; "" is the root.  *climbs if it goes up somewhere below /proc or
 * /sys, where no honest path does.
 */
static char *
straighten(const char *path, bool *climbs)
{
	struct str s = { 0 };
	size_t n;

	*climbs = false;
	for (; *path; path += n) {
		path += strspn(path, "/");
		n = strcspn(path, "/");
		if (n == 2 && path[0] == '.' && path[1] == '.') {
			*climbs |= is_below(s.s, "/proc") || is_below(s.s, "/sys");
			drop_last(&s);
		} else if (n && !(n == 1 && *path == '.')) {
			str_addc(&s, '/');
			str_addn(&s, path, n);
		}
	}
	return str_take(&s);
}

char *
mount_place(const char *destination)
{
	bool climbs;

	return straighten(destination, &climbs);
}

/* The files that lxcfs makes up for a container, and the one by which engines hide FIPS. */
static bool
is_replaceable(const char *path)
{
	static const char *const files[] = {
		"cpuinfo", "diskstats", "loadavg", "meminfo", "net/dev", "slabinfo", "stat",
		"swaps", "sys/crypto/fips_enabled", "sys/kernel/ns_last_pid", "uptime",
	};

	for (size_t i = 0; i < countof(files); i++)
		if (streq(path, files[i]))
			return true;
	return false;
}

static bool
is_procfs(const struct mount_op *op)
{
	bool climbs;

	if (op->act == MOUNT_FS)
		return streq(op->type, "proc");
	if (op->act != MOUNT_BIND || !op->source)
		return false;
	autofree char *source = straighten(op->source, &climbs);
	return *op->source == '/' && streq(source, "/proc");
}

static void
check_place(struct planner *p)
{
	struct mount_op *op = p->op;
	bool climbs, changes = op->act >= MOUNT_REMOUNT;
	autofree char *place = straighten(op->destination, &climbs);
	const char *in_proc = str_after(place, "/proc/");

	op->no_links = streq(place, "/proc") || streq(place, "/sys");
	if (climbs)
		mistake(p, -1, "%s: no \"..\" below /proc and /sys", op->destination);
	else if (changes)
		return;		/* of what is there already */
	else if (streq(place, "/proc") && !is_procfs(op))
		mistake(p, -1, "/proc can only be a procfs");
	else if (in_proc && !(op->act == MOUNT_BIND && is_replaceable(in_proc)))
		mistake(p, -1, "%s: nothing may be mounted below /proc", op->destination);
}

static void
check_destination(struct planner *p)
{
	const char *destination = p->op->destination;

	if (!destination || !*destination) {
		mistake(p, -1, "no destination");
		return;
	}
	if (*destination != '/')
		warn("mount %s: the destination is not absolute, taken as /%s",
		     destination, destination);
	check_place(p);
}

static int
plan_mount(struct planner *p)
{
	struct mount_op *op = p->op;
	char **options = p->m->options;

	op->destination = p->m->destination;
	op->source = p->m->source;
	op->type = p->m->type;
	for (int i = 0; options && options[i]; i++)
		take_option(p, i);
	op->act = find_act(p);
	check_act(p);
	check_destination(p);
	return p->mistakes;
}

int
mount_plan_make(struct mount_plan *plan, const struct oci_spec *spec, mount_tell tell,
		void *arg)
{
	size_t n = 0;
	int mistakes = 0;

	while (spec->mounts && spec->mounts[n])
		n++;
	*plan = (struct mount_plan){ .ops = xcalloc(n + 1, sizeof(*plan->ops)), .n = n };
	for (size_t i = 0; i < n; i++) {
		plan->ops[i].index = i;
		plan->ops[i].tree = plan->ops[i].spare = -EBADF;
		mistakes += plan_mount(&(struct planner){
			.m = spec->mounts[i], .l = spec->linux_, .op = &plan->ops[i],
			.first_data = -1, .tell = tell, .arg = arg,
		});
	}
	return mistakes;
}

uint64_t
mount_op_attrs(const struct mount_op *op)
{
	return (op->attr_set & ~op->rec_clear) | op->rec_set;
}

void
mount_plan_done(struct mount_plan *plan)
{
	for (size_t i = 0; i < plan->n; i++) {
		free(plan->ops[i].propagation);
		free(plan->ops[i].data);
		free(plan->ops[i].uid_map);
		free(plan->ops[i].gid_map);
		close_at(&plan->ops[i].tree);
		close_at(&plan->ops[i].spare);
	}
	free(plan->ops);
	*plan = (struct mount_plan){ 0 };
}

static const char *const acts[] = {
	[MOUNT_FS] = "fs", [MOUNT_BIND] = "bind", [MOUNT_CGROUP] = "cgroup",
	[MOUNT_REMOUNT] = "remount", [MOUNT_RECONFIGURE] = "reconfigure",
	[MOUNT_PROPAGATION] = "propagation",
};

/* " name=a,b", the words for attributes that are set; nothing for none. */
static void
print_attrs(struct str *out, const char *name, uint64_t bits)
{
	const char *front = name, *open = " ", *between = "=";

	if ((bits & MOUNT_ATTR__ATIME) == MOUNT_ATTR__ATIME) {
		str_addf(out, " %s=atime", name);
		bits &= ~(uint64_t)MOUNT_ATTR__ATIME;
		front = between = "", open = ",";
	}
	for (size_t i = 0; i < n_mount_options; i++) {
		const struct mount_option *o = &mount_options[i];

		if (o->effect != OPTION_ATTR || !(bits & o->set))
			continue;
		str_addf(out, "%s%s%s%s", open, front, between, o->name);
		front = between = "", open = ",";
	}
}

static const char *
propagation_word(uint64_t flags)
{
	for (size_t i = 0; i < n_mount_options; i++)
		if (mount_options[i].effect == OPTION_PROPAGATION && mount_options[i].set == flags)
			return mount_options[i].name;
	return "?";
}

static void
print_op(struct str *out, const struct mount_op *op)
{
	str_addf(out, "%s %s", acts[op->act], op->destination);
	if (op->type)
		str_addf(out, " type=%s", op->type);
	if (op->source)
		str_addf(out, " source=%s", op->source);
	str_add(out, op->recursive ? " recursive" : "");
	str_add(out, op->tmpcopyup ? " tmpcopyup" : "");
	str_add(out, op->idmap == IDMAP_TREE ? " ridmap" : op->idmap ? " idmap" : "");
	print_attrs(out, "set", op->attr_set);
	print_attrs(out, "clear", op->attr_clear);
	print_attrs(out, "all-set", op->rec_set);
	print_attrs(out, "all-clear", op->rec_clear);
	for (size_t i = 0; i < op->n_propagation; i++)
		str_addf(out, " %s", propagation_word(op->propagation[i]));
	for (size_t i = 0; op->data && op->data[i]; i++)
		str_addf(out, "%s%s", i ? "," : " data=", op->data[i]);
	str_addc(out, '\n');
}

char *
mount_plan_print(const struct mount_plan *plan)
{
	struct str out = { 0 };

	for (size_t i = 0; i < plan->n; i++)
		print_op(&out, &plan->ops[i]);
	return str_take(&out);
}
