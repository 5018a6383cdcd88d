/* What create writes into the state, from the first record to the complete one. */
#include "runtime/create-parts.h"

#include "runtime/delete.h"
#include "runtime/intelrdt.h"
#include "runtime/seccomp/profile.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "kernel/pidfd.h"

#include <limits.h>
#include <sched.h>

/* Where we were called from, for paths that hooks and the state must find later. */
char *
creation_path(const char *path)
{
	char cwd[PATH_MAX];

	if (*path == '/' || !getcwd(cwd, sizeof(cwd)))
		return xstrdup(path);
	return xasprintf("%s/%s", cwd, path);
}

/* One that is there already is not ours to remove if we fail. */
static char *
new_pid_file(const char *path)
{
	return path && access(path, F_OK) < 0 ? creation_path(path) : NULL;
}

/* start may be called with another environment. */
static char *
seccomp_listener(const struct creation *c)
{
	const char *path = seccomp_receiver(&c->config.spec);

	return c->child.process.filter.notifies && path ? xstrdup(path) : NULL;
}

static const char *
manager_word(const struct creation *c)
{
	if (creation_has_scope(c))
		return "systemd";
	return c->child.cgroup.kind == CGROUP_NONE ? "disabled" : "cgroupfs";
}

static int
fill_record(struct creation *c)
{
	struct record *r = &c->state.record;
	const struct oci_spec *s = &c->config.spec;
	struct boot_id boot;
	int e = boot_id(&boot);

	if (e < 0)
		return e;
	/* The annotations stay the configuration's too: each frees its own. */
	struct oci_spec only = { .annotations = s->annotations };
	struct oci_spec *copy = oci_copy(&oci_spec_type, &only);

	*r = (struct record){
		.id = xstrdup(c->opts->id),
		.phase = xstrdup(PHASE_CREATING),
		.bundle = xstrdup(c->bundle),
		.rootfs = xstrdup(c->rootfs.path),
		.created = xstrdup(clock_now().s),
		.owner = geteuid() == 0 ? xstrdup("root") : xasprintf("%u", geteuid()),
		.boot = xstrdup(boot.s),
		.pid_file = new_pid_file(c->opts->pid_file),
		.manager = xstrdup(manager_word(c)),
		.unit = creation_has_scope(c) ? xstrdup(c->scope.place.unit) : NULL,
		.cgroup_kind = xstrdup(cgroup_kind_word(c->child.cgroup.kind)),
		.cgroup_path = c->child.cgroup.path ? xstrdup(c->child.cgroup.path) : NULL,
		.runtime_pid = { getpid(), true },
		.own_pid_ns = { c->new_ns & CLONE_NEWPID && !c->is_restore, true },
		.seccomp_listener = seccomp_listener(c),
		.own_keyring = { !c->opts->no_new_keyring, true },
		.annotations = take(copy->annotations),
	};
	oci_free(&oci_spec_type, copy);
	return 0;
}

int
creation_make_state(void *of)
{
	struct creation *c = of;
	int r = state_make(&c->state, c->rt, c->opts->id);

	if (r < 0)
		return r;
	r = fill_record(c);
	if (r == 0)
		r = state_save(&c->state);
	if (r == 0)
		r = file_replace_at(c->state.dir, "config.json", c->config.text,
				    c->config.source.len, 0600);
	if (r < 0)
		state_remove(&c->state, c->rt);
	return r;
}

/* A cgroup that was refused, because somebody else uses it, is not ours to touch. */
void
creation_drop_state(void *of)
{
	struct creation *c = of;
	int r = c->cgroup_refused ? state_remove(&c->state, c->rt) :
				    delete_rest(c->rt, &c->state, &c->config.spec);

	if (r < 0)
		warn("%s", err_words());
}

int
creation_complete_record(struct creation *c)
{
	struct record *rec = &c->state.record;
	struct oci_bool due = rec->poststop_due;
	struct oci_bool rdt_made = rec->rdt_clos_made;
	struct proc_stat st;
	int r = proc_stat(c->child.pid, &st);

	if (r < 0)
		return r;
	rec->pid = (struct oci_int){ c->child.pid, true };
	rec->start = (struct oci_uint){ st.start, true };
	rec->poststop_due = (struct oci_bool){ true, true };
	if (creation_rdt(c))
		intelrdt_keep(creation_rdt(c), rec);
	record_set_phase(rec, PHASE_CREATED);
	r = state_save(&c->state);
	if (r < 0) {	/* it is not created, and will be undone as such */
		rec->poststop_due = due;
		rec->rdt_clos_made = rdt_made;
		record_set_phase(rec, PHASE_CREATING);
	}
	return r;
}
