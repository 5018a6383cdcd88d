#include "runtime/exec-process.h"

#include "runtime/config.h"

#include "base/err.h"
#include "base/file.h"
#include "base/parse.h"
#include "base/str.h"
#include "base/strv.h"
#include "kernel/caps.h"

static const uint64_t id_max = UINT32_MAX - 1;	/* -1 is no id */

static int
parse_user(const char *text, struct oci_user *u)
{
	autofree char *uid = xstrndup(text, strcspn(text, ":"));
	const char *gid = strchr(text, ':');
	int r = parse_uint(uid, id_max, &u->uid.v);

	u->uid.set = true;
	if (r == 0 && gid) {
		r = parse_uint(gid + 1, id_max, &u->gid.v);
		u->gid.set = true;
	}
	return wrap(r, "user %s", text);
}

static int
add_gids(char *const *list, struct oci_uints *gids)
{
	for (; list && *list; list++) {
		uint64_t gid;
		int r = parse_uint(*list, id_max, &gid);

		if (r < 0)
			return wrap(r, "additional group");
		gids->v = xrealloc(gids->v, gids->n + 1, sizeof(uint64_t));
		gids->v[gids->n++] = gid;
		gids->set = true;
	}
	return 0;
}

static void
add_once(char ***list, const char *s)
{
	if (!strv_has(*list, s))
		strv_add(list, s);
}

/* Never inheritable: with it a file's capabilities could come back (CVE-2022-29162). */
static int
add_caps(char *const *list, struct oci_process *p)
{
	uint64_t bit;

	if (list && *list && !p->capabilities)
		p->capabilities = xcalloc(1, sizeof(*p->capabilities));
	for (; list && *list; list++) {
		autofree char *name =
			str_after(*list, "CAP_") ? xstrdup(*list) : xasprintf("CAP_%s", *list);

		if (!cap_bit(name, &bit))
			return fail(0, "unknown capability \"%s\"", *list);
		add_once(&p->capabilities->bounding, name);
		add_once(&p->capabilities->permitted, name);
		add_once(&p->capabilities->effective, name);
		if (strv_has(p->capabilities->inheritable, name))
			add_once(&p->capabilities->ambient, name);
	}
	return 0;
}

static void
replace(char **slot, const char *value)
{
	if (!value)
		return;
	free(*slot);
	*slot = xstrdup(value);
}

static int
apply_options(const struct exec_opts *o, struct oci_process *p)
{
	int r = 0;

	strv_free(p->args);
	p->args = strv_copy(o->args);
	replace(&p->cwd, o->cwd);
	replace(&p->apparmor_profile, o->apparmor);
	replace(&p->selinux_label, o->process_label);
	for (char *const *e = o->env; e && *e; e++)
		strv_set_env(&p->env, *e);
	p->terminal = (struct oci_bool){ o->tty, true };
	if (o->no_new_privs)
		p->no_new_privileges = (struct oci_bool){ true, true };
	if (!p->user)
		p->user = xcalloc(1, sizeof(*p->user));
	if (o->user)
		r = parse_user(o->user, p->user);
	if (r == 0)
		r = add_gids(o->additional_gids, &p->user->additional_gids);
	return r < 0 ? r : add_caps(o->caps, p);
}

static int
from_options(const struct exec_opts *o, const struct oci_spec *spec, struct oci_process *p)
{
	if (!spec->process)
		return fail(0, "the configuration has no process: use --process");
	struct oci_process *copy = oci_copy(&oci_process_type, spec->process);
	*p = *copy;
	free(copy);
	return apply_options(o, p);
}

static int
from_file(struct oci_source *source, char **text, struct oci_process *p)
{
	int r = file_read_at(AT_FDCWD, source->name, OCI_DOCUMENT_MAX, text, &source->len);

	if (r < 0)
		return r;
	source->text = *text;
	return oci_decode(&oci_process_type, source, p);
}

int
exec_process(const struct exec_opts *o, const struct oci_spec *spec, struct oci_process **out)
{
	struct oci_source source = { .name = o->process ? o->process : "process" };
	struct oci_process *p = xcalloc(1, sizeof(*p));
	autofree char *text = NULL;
	int r = o->process ? from_file(&source, &text, p) : from_options(o, spec, p);

	if (r == 0 && o->tty)
		p->terminal = (struct oci_bool){ true, true };
	if (r == 0)
		r = config_check_exec(p, &source);
	if (r < 0)
		oci_free(&oci_process_type, p);
	else
		*out = p;
	return r;
}
