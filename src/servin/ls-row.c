#include "servin/ls-row.h"

#include "engine/disk.h"
#include "servin/human.h"

#include "base/table.h"
#include "libocispec/document.h"

/* In the order of docker's JSON. */
TYPE(ls_row, "container",
	F_STRING(ls_row, command, "Command"),
	F_STRING(ls_row, created_at, "CreatedAt"),
	F_STRING(ls_row, id, "ID"),
	F_STRING(ls_row, image, "Image"),
	F_STRING(ls_row, labels, "Labels"),
	F_STRING(ls_row, local_volumes, "LocalVolumes"),
	F_STRING(ls_row, mounts, "Mounts"),
	F_STRING(ls_row, names, "Names"),
	F_STRING(ls_row, networks, "Networks"),
	F_STRING(ls_row, ports, "Ports"),
	F_STRING(ls_row, running_for, "RunningFor"),
	F_STRING(ls_row, size, "Size"),
	F_STRING(ls_row, state, "State"),
	F_STRING(ls_row, status, "Status"),
);

enum { COMMAND_WIDTH = 20, MOUNT_WIDTH = 15 };

static char *
command_words(const struct container *c, bool no_trunc)
{
	autostr plain = { 0 };
	struct str s = { 0 };

	str_add(&plain, c->path ? c->path : "");
	for (char *const *arg = c->args; arg && *arg; arg++)
		str_addf(&plain, " %s", *arg);
	str_addc(&s, '"');
	if (no_trunc)
		str_add(&s, plain.s);
	else
		text_cut(plain.s, COMMAND_WIDTH, &s);
	str_addc(&s, '"');
	return str_take(&s);
}

static char *
labels_words(struct oci_pair *const *labels)
{
	struct str s = { 0 };

	for (struct oci_pair *const *l = labels; l && *l; l++)
		str_addf(&s, "%s%s=%s", l == labels ? "" : ",", (*l)->key, (*l)->value);
	return str_take(&s);
}

static char *
mounts_words(const struct container *c, bool no_trunc)
{
	struct str s = { 0 };

	for (struct mount_point *const *m = c->mounts; m && *m; m++) {
		const char *name = (*m)->name ? (*m)->name : (*m)->source;

		str_add(&s, s.len ? "," : "");
		if (no_trunc)
			str_add(&s, name ? name : "");
		else
			text_cut(name ? name : "", MOUNT_WIDTH, &s);
	}
	return str_take(&s);
}

static char *
volumes_count(const struct container *c)
{
	int n = 0;

	for (struct mount_point *const *m = c->mounts; m && *m; m++)
		n += (*m)->type && streq((*m)->type, "volume");
	return xasprintf("%d", n);
}

/* What the image exposes, while somebody may listen there. */
static char *
ports_words(const struct container *c, const struct status *s)
{
	struct str ports = { 0 };

	if (!streq(s->status, "running"))
		return str_take(&ports);
	for (struct oci_member *const *p = c->config->exposed_ports; p && *p; p++)
		str_addf(&ports, "%s%s", ports.len ? ", " : "", (*p)->key);
	return str_take(&ports);
}

static char *
size_words(const struct container_size *size)
{
	return xasprintf("%s (virtual %s)", human_size(size->rw).s, human_size(size->root_fs).s);
}

/* "3 minutes" since then; without "ago". */
static struct human
since(const char *time)
{
	struct human h = human_ago(time);
	size_t n = strlen(h.s);

	if (n > strlen(" ago"))
		h.s[n - strlen(" ago")] = 0;
	return h;
}

char *
status_words(const struct status *s)
{
	const char *state = s->status;
	struct human ended = human_ago(s->finished_at);

	if (streq(state, "running") || streq(state, "paused"))
		return xasprintf("Up %s%s", since(s->started_at).s,
				 streq(state, "paused") ? " (Paused)" : "");
	if (streq(state, "created"))
		return xstrdup("Created");
	if (streq(state, "dead"))
		return xstrdup("Dead");
	if (s->error && streq(s->error, "host reboot"))
		return xstrdup("Exited (host reboot)");
	return xasprintf("%s (%lld)%s%s", streq(state, "restarting") ? "Restarting" : "Exited",
			 (long long)s->exit_code.v, *ended.s ? " " : "", ended.s);
}

static void
fill(const struct container *c, const struct status *s, const struct ls_row_how *how,
     struct ls_row *row)
{
	const char *image = c->rootfs ? c->rootfs : c->config->image;
	const char *network = c->host->network_mode;

	row->command = command_words(c, how->no_trunc);
	row->created_at = xstrdup(human_time(c->created).s);
	row->id = xstrdup(how->no_trunc ? c->id : human_id(c->id).s);
	row->image = xstrdup(image ? image : "");
	row->labels = labels_words(c->config->labels);
	row->local_volumes = volumes_count(c);
	row->mounts = mounts_words(c, how->no_trunc);
	row->names = xstrdup(c->name);
	row->networks = xstrdup(network ? network : "");
	row->ports = ports_words(c, s);
	row->running_for = xstrdup(human_ago(c->created).s);
	row->state = xstrdup(s->status);
	row->status = status_words(s);
	row->all_labels = c->config->labels;
}

int
ls_row_make(const struct engine *e, const struct container *c, const struct status *s,
	    const struct ls_row_how *how, struct ls_row **row)
{
	struct container_size size = { 0 };
	int r = how->size ? container_size(e, c, &size) : 0;

	if (r < 0)
		return r;
	*row = xcalloc(1, sizeof(**row));
	fill(c, s, how, *row);
	(*row)->size = how->size ? size_words(&size) : xstrdup("0B");
	return 0;
}
