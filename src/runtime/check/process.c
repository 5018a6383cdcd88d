/* The process object, of the configuration and of exec. */
#include "runtime/check/checker.h"

#include "runtime/groups.h"

#include "base/str.h"
#include "kernel/caps.h"
#include "kernel/rlimit.h"

static void
check_user(struct checker *c, const struct oci_user *u, const char *at)
{
	/* -1 means "leave it as it is" to setresuid(2): the process would stay root. */
	if (u->uid.set && u->uid.v == UINT32_MAX)
		bad(c, "is not a user ID", "%s.user.uid", at);
	if (u->gid.set && u->gid.v == UINT32_MAX)
		bad(c, "is not a group ID", "%s.user.gid", at);
	for (size_t i = 0; i < u->additional_gids.n; i++)
		if (u->additional_gids.v[i] == UINT32_MAX)
			bad(c, "is not a group ID", "%s.user.additionalGids[%zu]", at, i);
	if (u->additional_gids.n && c->spec && groups_kept(c->spec))
		doubt(c, "has no effect: run.oci.keep_original_groups keeps the caller's groups",
		      "%s.user.additionalGids", at);
	if (u->umask.set && u->umask.v > 0777)
		bad(c, "must be 511 (octal 777) or less", "%s.user.umask", at);
}

static void
check_rlimits(struct checker *c, struct oci_rlimit **list, const char *at)
{
	uint64_t resource, seen = 0;

	for (size_t i = 0; list && list[i]; i++) {
		if (!word_number(rlimit_words, list[i]->type, &resource)) {
			bad(c, "is no resource limit of Linux", "%s.rlimits[%zu].type", at, i);
			continue;
		}
		if (seen & 1ull << resource)
			bad(c, "stands twice in the list", "%s.rlimits[%zu].type", at, i);
		seen |= 1ull << resource;
		if (list[i]->soft.v > list[i]->hard.v)
			bad(c, "must not be above the hard limit", "%s.rlimits[%zu].soft", at, i);
	}
}

static void
check_capabilities(struct checker *c, const struct oci_capabilities *caps, const char *at)
{
	const struct {
		const char *name;
		char **list;
	} sets[] = {
		{ "bounding", caps->bounding },
		{ "permitted", caps->permitted },
		{ "effective", caps->effective },
		{ "inheritable", caps->inheritable },
		{ "ambient", caps->ambient },
	};
	uint64_t bit;

	for (size_t s = 0; s < countof(sets); s++)
		for (size_t i = 0; sets[s].list && sets[s].list[i]; i++)
			if (!cap_bit(sets[s].list[i], &bit))
				doubt(c, "is no capability that is known here, and is ignored",
				      "%s.capabilities.%s[%zu]", at, sets[s].name, i);
}

void
check_env(struct checker *c, char **env, const char *at)
{
	for (size_t i = 0; env && env[i]; i++)
		if (*env[i] == '=' || !strchr(env[i], '='))
			bad(c, "must be NAME=value", "%s[%zu]", at, i);
}
/* What a terminal can have: the kernel keeps 16 bits. */
static void
check_console_size(struct checker *c, const struct oci_console_size *s, const char *at)
{
	static const char reason[] = "must be 65535 or less";

	if (s && s->height.v > UINT16_MAX)
		bad(c, reason, "%s.consoleSize.height", at);
	if (s && s->width.v > UINT16_MAX)
		bad(c, reason, "%s.consoleSize.width", at);
}

void
check_process(struct checker *c, const struct oci_process *p, const char *at)
{
	if (!p->args || !*p->args)
		bad(c, "must name a program", "%s.args", at);
	if (*p->cwd != '/')
		bad(c, "must be an absolute path", "%s.cwd", at);
	check_console_size(c, p->console_size, at);
	if (p->user)
		check_user(c, p->user, at);
	if (p->capabilities)
		check_capabilities(c, p->capabilities, at);
	check_rlimits(c, p->rlimits, at);
	autofree char *env = xasprintf("%s.env", at);
	check_env(c, p->env, env);
	if (p->oom_score_adj.set && (p->oom_score_adj.v < -1000 || p->oom_score_adj.v > 1000))
		bad(c, "must be from -1000 to 1000", "%s.oomScoreAdj", at);
	check_attributes(c, p, at);
}
