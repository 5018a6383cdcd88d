/* What this build can do: from the tables that do it. */
#include "runtime/features.h"

#include "runtime/annotations.h"
#include "runtime/mount/plan.h"
#include "runtime/runtime.h"
#include "runtime/seccomp/compile.h"
#include "runtime/seccomp/words.h"

#include "base/str.h"
#include "base/strv.h"
#include "base/words.h"
#include "kernel/caps.h"
#include "kernel/mempolicy.h"
#include "kernel/ns.h"

/* -- lists of words -- */

/* A list as the document has it: that of an empty table is there, and empty. */
static char **
owned(char **list)
{
	return list ? list : xcalloc(1, sizeof(*list));
}

static char **
hooks(void)
{
	char **list = NULL;

	for (const struct field *row = oci_hooks_type.fields; row->name; row++)
		strv_add(&list, row->name);
	return owned(list);
}

static char **
mount_options_list(void)
{
	autofree const char **names = mount_option_names();

	return owned(strv_copy((char *const *)names));
}

static void
list_seccomp(struct oci_features_seccomp *s)
{
	s->actions = words_list(seccomp_action_words);
	s->operators = words_list(seccomp_operator_words);
	s->archs = words_list(seccomp_arch_words);
	s->known_flags = words_list(seccomp_flag_words);
	s->supported_flags = words_list(seccomp_flag_words);
}

static struct oci_features_memory_policy *
memory_policy(void)
{
	struct oci_features_memory_policy *m = xcalloc(1, sizeof(*m));

	m->modes = words_list(memory_policy_mode_words);
	m->flags = words_list(memory_policy_flag_words);
	return m;
}

static char **
unsafe_annotations(void)
{
	char **list = NULL;

	for (const struct annotation *a = annotation_table; a->name; a++)
		if (a->is_unsafe)
			strv_add(&list, a->name);
	return owned(list);
}

/* -- switches -- */

/*
 * What is no list.  A row is true when the property that it stands for is
 * carried out and no longer refused; tests/bats/features.bats compares it with
 * what `check` says.
 */
static const struct {
	struct feature_place place;
	bool on;
} switches[] = {
	{ FEATURE(cgroup, v1), true },
	{ FEATURE(cgroup, v2), true },
	{ FEATURE(cgroup, systemd), OCIRUN_HAS_SYSTEMD },
	{ FEATURE(cgroup, systemd_user), OCIRUN_HAS_SYSTEMD },
	{ FEATURE(cgroup, rdma), true },
	{ FEATURE(seccomp, enabled), true },
	{ FEATURE(apparmor, enabled), true },
	{ FEATURE(selinux, enabled), true },
	{ FEATURE(intel_rdt, enabled), true },
	{ FEATURE(intel_rdt, schemata), true },
	{ FEATURE(intel_rdt, monitoring), true },
	{ FEATURE_BELOW(mount_extensions, idmap, enabled), true },
	{ FEATURE(net_devices, enabled), true },
};

struct oci_bool *
feature_find(const struct oci_features_linux *l, const struct feature_place *p)
{
	char *at = *(char *const *)((const char *)l + p->part);

	if (at && p->sub != FEATURE_HERE)
		at = *(char **)(at + p->sub);
	return at ? (void *)(at + p->member) : NULL;
}

static struct oci_features_linux *
make_linux(void)
{
	struct oci_features_linux *l = xcalloc(1, sizeof(*l));

	l->cgroup = xcalloc(1, sizeof(*l->cgroup));
	l->seccomp = xcalloc(1, sizeof(*l->seccomp));
	l->apparmor = xcalloc(1, sizeof(*l->apparmor));
	l->selinux = xcalloc(1, sizeof(*l->selinux));
	l->intel_rdt = xcalloc(1, sizeof(*l->intel_rdt));
	l->mount_extensions = xcalloc(1, sizeof(*l->mount_extensions));
	l->mount_extensions->idmap = xcalloc(1, sizeof(*l->mount_extensions->idmap));
	l->net_devices = xcalloc(1, sizeof(*l->net_devices));
	for (size_t i = 0; i < countof(switches); i++)
		*feature_find(l, &switches[i].place) = (struct oci_bool){ switches[i].on, true };
	list_seccomp(l->seccomp);
	l->memory_policy = memory_policy();
	l->namespaces = words_list(ns_words);
	l->capabilities = owned(caps_names());
	return l;
}

/* -- annotations -- */

static void
annotate(struct oci_features *f, const char *key, char *value)
{
	struct oci_pair *pair = xcalloc(1, sizeof(*pair));

	*pair = (struct oci_pair){ xstrdup(key), value };
	strv_push((char ***)&f->annotations, (char *)pair);
}

static void
add_annotations(struct oci_features *f)
{
	annotate(f, "io.github.seccomp.libseccomp.version", xstrdup(libseccomp_version().s));
	/* The key is runc's; crun has it as well.  Whether this host has criu is another matter. */
	annotate(f, "org.opencontainers.runc.checkpoint.enabled", xstrdup("true"));
	annotate(f, "servin.ocirun.version", xstrdup(OCIRUN_VERSION));
}

struct oci_features *
runtime_features(void)
{
	struct oci_features *f = xcalloc(1, sizeof(*f));

	f->oci_version_min = xstrdup("1.0.0");
	f->oci_version_max = xstrdup(OCIRUN_SPEC_VERSION);
	f->hooks = hooks();
	f->mount_options = mount_options_list();
	f->linux_ = make_linux();
	add_annotations(f);
	f->potentially_unsafe_config_annotations = unsafe_annotations();
	return f;
}
