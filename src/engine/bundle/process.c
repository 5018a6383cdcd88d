/* The process: command, environment, user, rights. */
#include "engine/bundle/parts.h"

#include "base/err.h"
#include "base/file.h"
#include "base/words.h"
#include "kernel/rlimit.h"

#include <ctype.h>

#define DEFAULT_PATH "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* -- environment -- */

static void
add_missing(char ***env, const char *name, const char *value)
{
	if (has_text(value) && !strv_env(*env, name))
		strv_push(env, xasprintf("%s=%s", name, value));
}

/* What a program expects, in front of what was asked for, which holds. */
static char **
environment(const struct container *c, bool tty, const char *home)
{
	char **env = NULL;

	strv_add(&env, DEFAULT_PATH);
	if (has_text(c->config->hostname) && has_own_uts(c))
		strv_push(&env, xasprintf("HOSTNAME=%s", c->config->hostname));
	if (tty)
		strv_add(&env, "TERM=xterm");
	for (char **e = c->config->env; e && *e; e++)
		strv_set_env(&env, *e);
	add_missing(&env, "HOME", home);
	return env;
}

/* -- limits -- */

char *
rlimit_name(const char *name)
{
	char *type = xasprintf("RLIMIT_%s", name);

	for (char *c = type; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	return type;
}

static struct oci_rlimit **
limits(const struct host_config *host)
{
	struct oci_rlimit **list = NULL;

	for (struct container_ulimit **u = host->ulimits; u && *u; u++)
		ptrs_push(&list, NEW(struct oci_rlimit, .type = rlimit_name((*u)->name),
				     .soft = { (uint64_t)(*u)->soft.v, true },
				     .hard = { (uint64_t)(*u)->hard.v, true }));
	return list;
}

/* -- rights -- */

/* Who is not root gets what execve(2) would leave him: only how far he could get by a program. */
static int
set_capabilities(const struct host_config *host, struct oci_process *p)
{
	struct oci_capabilities *caps = xcalloc(1, sizeof(*caps));
	int r;

	p->capabilities = caps;
	r = capabilities_list(host, &caps->bounding);
	if (r == 0 && p->user->uid.v == 0) {
		caps->permitted = strv_copy(caps->bounding);
		caps->effective = strv_copy(caps->bounding);
	}
	return r;
}

static void
set_labels(const struct container *c, struct oci_process *p)
{
	const char *apparmor = security_word(c->host, "apparmor");
	const char *privileges = security_word(c->host, "no-new-privileges");

	if (apparmor)
		p->apparmor_profile = xstrdup(apparmor);
	p->no_new_privileges = (struct oci_bool){
		privileges && !streq(privileges, "false"), true };
}

/*
 * In a user namespace of one user alone nobody may set groups.  Those of the image go without a
 * word, for it is the same everywhere; those that were asked for are the runtime's to refuse.
 */
static void
drop_denied_groups(const struct engine *e, const struct host_config *host, struct oci_user *user)
{
	autofree char *setgroups = NULL;

	if (!e->rootless || host->group_add ||
	    file_read_at(AT_FDCWD, "/proc/self/setgroups", 16, &setgroups, NULL) < 0 ||
	    !str_after(setgroups, "deny"))
		return;
	free(take(user->additional_gids.v));
	user->additional_gids = (struct oci_uints){ 0 };
}

/* -- together -- */

struct asked {
	const char *user, *cwd;
	char *const *args;
	bool tty;
};

static int
fill(const struct engine *e, const struct container *c, int root, const struct asked *a,
     struct oci_process *p)
{
	autofree char *home = NULL;
	int r;

	p->user = xcalloc(1, sizeof(*p->user));
	r = bundle_user(root, a->user, c->host->group_add, p->user, &home);
	if (r < 0)
		return wrap(r, "user");
	drop_denied_groups(e, c->host, p->user);
	p->args = strv_copy(a->args);
	p->cwd = xstrdup(has_text(a->cwd) ? a->cwd : "/");
	p->terminal = (struct oci_bool){ a->tty, true };
	p->env = environment(c, a->tty, home);
	p->rlimits = limits(c->host);
	p->oom_score_adj = c->host->oom_score_adj;
	set_labels(c, p);
	return set_capabilities(c->host, p);
}

/* With --init ours is the first, and the command its child. */
static char **
command(const struct container *c)
{
	char **args = NULL;

	if (is_on(c->host->init)) {
		strv_add(&args, BUNDLE_INIT);
		strv_add(&args, "--");
	}
	strv_add(&args, c->path);
	for (char **a = c->args; a && *a; a++)
		strv_add(&args, *a);
	return args;
}

int
build_process(struct building *b)
{
	const struct container_config *config = b->c->config;
	autostrv args = command(b->c);
	const struct asked asked = {
		.user = config->user, .cwd = config->working_dir,
		.args = args, .tty = is_on(config->tty),
	};

	b->spec->process = xcalloc(1, sizeof(*b->spec->process));
	return fill(b->e, b->c, b->at->root, &asked, b->spec->process);
}

int
bundle_exec_process(const struct engine *e, const struct container *c, int root,
		    const struct exec_request *req, struct oci_process **process)
{
	struct host_config host = *c->host;
	struct container as = *c;
	const struct asked asked = {
		.user = has_text(req->user) ? req->user : c->config->user,
		.cwd = has_text(req->working_dir) ? req->working_dir : c->config->working_dir,
		.args = req->args, .tty = req->tty,
	};
	struct oci_process *p = xcalloc(1, sizeof(*p));
	int r;

	if (req->privileged)
		host.privileged = (struct oci_bool){ true, true };
	as.host = &host;
	r = fill(e, &as, root, &asked, p);
	for (char *const *v = req->env; v && *v; v++)
		if (strchr(*v, '='))
			strv_set_env(&p->env, *v);
	if (r < 0)
		oci_free(&oci_process_type, take(p));
	*process = p;
	return r;
}
