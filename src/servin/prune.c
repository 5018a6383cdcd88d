#include "servin/prune.h"

#include "servin/confirm.h"
#include "servin/filter.h"
#include "servin/human.h"
#include "servin/output.h"

#include "engine/events.h"
#include "engine/inventory.h"
#include "engine/reference.h"
#include "engine/removal.h"
#include "engine/status.h"
#include "engine/store.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/strv.h"

/* So many things are named in the question; of the others the number has to do. */
#define NAMED_MAX 20

struct pruning {
	const struct engine *e;
	const struct prune *p;
	struct filters filters;
	struct timespec until;		/* only what is older; 0: whatever its age */
	struct inventory inv;
	uint64_t freed;
};

/* --- what goes --------------------------------------------------------------------------- */

static int
read_filters(struct pruning *x)
{
	static const char *const known[] = { "until", "label", "label!", NULL };
	int r = filters_check(x->p->filters, known, &x->filters);
	const char *until = r < 0 ? NULL : filter_value(&x->filters, "until", 0);

	if (until && x->p->volumes)
		return fail(0, "--filter until=%s: volumes have no such filter", until);
	return until ? wrap(human_parse_time(until, &x->until), "--filter until") : r;
}

static bool
is_old(const struct pruning *x, const char *created)
{
	autowords words = err_keep();
	struct timespec t;

	if (!x->until.tv_sec)
		return true;
	if (!created || clock_parse(created, &t) < 0)
		return false;
	return t.tv_sec != x->until.tv_sec ? t.tv_sec < x->until.tv_sec :
					     t.tv_nsec < x->until.tv_nsec;
}

static bool
fits(const struct pruning *x, const char *created, struct oci_pair *const *labels)
{
	const char *unwanted;

	for (size_t i = 0; (unwanted = filter_value(&x->filters, "label!", i)); i++) {
		autofree char *given = xasprintf("label=%s", unwanted);
		struct filters one = { .given = (char *[]){ given, NULL } };

		if (filter_labels(&one, labels))
			return false;
	}
	return is_old(x, created) && filter_labels(&x->filters, labels);
}

static void
mark_containers(struct pruning *x)
{
	for (size_t i = 0; i < x->inv.n_containers; i++) {
		struct inventory_container *c = &x->inv.containers[i];

		c->goes = !status_is_up(c->status) && !streq(c->status->status, "restarting") &&
			  fits(x, c->c->created, c->c->config->labels);
	}
}

static void
mark_images(struct pruning *x)
{
	for (size_t i = 0; x->p->images && i < x->inv.n_images; i++) {
		struct inventory_image *m = &x->inv.images[i];
		const struct oci_image *config = m->image->config;

		m->goes = (x->p->all_images || !m->image->names || !m->image->names[0]) &&
			  inventory_image_users(&x->inv, m) == 0 &&
			  fits(x, config->created, config->config ? config->config->labels : NULL);
	}
}

static void
mark_volumes(struct pruning *x)
{
	for (size_t i = 0; x->p->volumes && i < x->inv.n_volumes; i++) {
		struct inventory_volume *v = &x->inv.volumes[i];

		v->goes = v->v->anonymous.v && inventory_volume_users(&x->inv, v) == 0 &&
			  fits(x, NULL, v->v->labels);
	}
}

/* --- the question ---------------------------------------------------------------------------- */

struct question {
	struct str lines;
	size_t n;
	uint64_t bytes;
};

static void
mention(struct question *q, const char *kind, const char *what, uint64_t bytes)
{
	if (q->n++ < NAMED_MAX)
		str_addf(&q->lines, "%s  %s %s, %s", q->n > 1 ? "\n" : "", kind, what,
			 human_size(bytes).s);
}

static void
mention_all(const struct pruning *x, struct question *q)
{
	const struct inventory *inv = &x->inv;

	for (size_t i = 0; i < inv->n_containers; i++)
		if (inv->containers[i].goes) {
			mention(q, "container", inv->containers[i].c->name,
				inv->containers[i].bytes);
			q->bytes += inv->containers[i].bytes;
		}
	for (size_t i = 0; i < inv->n_images; i++) {
		const struct image *image = inv->images[i].image;
		const char *first = image->names ? image->names[0] : NULL;
		autofree char *word = first ? reference_familiar(first) :
					      xstrdup(human_id(image->id).s);

		if (inv->images[i].goes)
			mention(q, "image", word, inv->images[i].unique);
	}
	for (size_t i = 0; i < inv->n_volumes; i++)
		if (inv->volumes[i].goes) {
			mention(q, "volume", inv->volumes[i].v->name, inv->volumes[i].bytes);
			q->bytes += inv->volumes[i].bytes;
		}
	if (x->p->images)
		q->bytes += inv->image_bytes - inventory_image_bytes_needed(x->e, inv);
}

static int
ask(const struct pruning *x)
{
	struct question q = { 0 };
	autofree char *words = NULL;

	mention_all(x, &q);
	if (q.n > NAMED_MAX)
		str_addf(&q.lines, "\n  and %zu more", q.n - NAMED_MAX);
	words = xasprintf("This removes what follows, %s in all:\n%s", human_size(q.bytes).s,
			  q.lines.s ? q.lines.s : "  nothing that has a name");
	str_done(&q.lines);
	if (!isatty(STDIN_FILENO))
		return hint(fail(0, "standard input is no terminal: nobody can be asked"),
			    "with --force nobody is");
	return confirm(words);
}

/* --- doing it -------------------------------------------------------------------------------- */

static int
say(const char *title, bool *said, const char *line)
{
	int r = *said ? 0 : print_line(title);

	*said = true;
	return r < 0 ? r : print_line(line);
}

/* One that was started meanwhile stays, and one that is gone is gone. */
static bool
is_settled(const struct engine *e, const struct container *c)
{
	autowords words = err_keep();

	return container_is_up(e, c) != 0;
}

static int
prune_containers(struct pruning *x)
{
	struct container_removal how = { .how = REMOVE_STOPPED };
	bool said = false;
	int r = 0;

	for (size_t i = 0; r == 0 && i < x->inv.n_containers; i++) {
		const struct inventory_container *c = &x->inv.containers[i];

		if (!c->goes)
			continue;
		r = container_remove(x->e, c->c, &how);
		if (r < 0 && is_settled(x->e, c->c)) {
			r = 0;
			continue;
		}
		x->freed += c->bytes;
		r = r < 0 ? r : say("Deleted Containers:", &said, c->c->id);
	}
	return r == 0 && said ? print_line("") : r;
}

static int
prune_volumes(struct pruning *x)
{
	bool said = false;
	int r = 0;

	for (size_t i = 0; r == 0 && i < x->inv.n_volumes; i++) {
		const struct inventory_volume *v = &x->inv.volumes[i];

		if (!v->goes)
			continue;
		r = volume_remove(x->e, v->v->name);
		if (r == -EBUSY || r == -ENOENT) {
			r = 0;
			continue;
		}
		x->freed += v->bytes;
		if (r == 0)
			event_add(x->e, "volume", "destroy", v->v->name, "driver", "local", NULL);
		r = r < 0 ? r : say("Deleted Volumes:", &said, v->v->name);
	}
	return r == 0 && said ? print_line("") : r;
}

static int
prune_images(struct pruning *x)
{
	bool said = false;
	int r = 0;

	for (size_t i = 0; r == 0 && i < x->inv.n_images; i++) {
		autostrv lines = NULL;

		if (!x->inv.images[i].goes)
			continue;
		r = image_remove(x->e, x->inv.images[i].image->id, IMAGE_REMOVE_FORCE, &lines);
		if (r == -ENOENT)
			r = 0;
		for (char **line = lines; r == 0 && line && *line; line++)
			r = say("Deleted Images:", &said, *line);
	}
	return r == 0 && said ? print_line("") : r;
}

static int
collect(struct pruning *x)
{
	struct store_freed freed = { 0 };
	int r = store_collect(x->e, x->p->images ? STORE_WAIT : STORE_TRY, &freed);

	strv_free(freed.layers);
	x->freed += freed.bytes;
	return r == -EAGAIN ? 0 : r;
}

static int
carry_out(struct pruning *x)
{
	autofree char *line = NULL;
	int r = prune_containers(x);

	/* And what was left of those before by who was killed. */
	if (r == 0)
		r = oci_sweep(x->e);
	if (r == 0)
		r = prune_volumes(x);
	if (r == 0)
		r = prune_images(x);
	if (r == 0)
		r = collect(x);
	if (r < 0)
		return r;
	line = xasprintf("Total reclaimed space: %s", human_size(x->freed).s);
	return print_line(line);
}

int
prune(const struct engine *e, const struct prune *p)
{
	struct pruning x = { .e = e, .p = p };
	int r = read_filters(&x);

	if (r == 0)
		r = inventory_take(e, &x.inv);
	if (r == 0) {
		mark_containers(&x);
		mark_images(&x);
		mark_volumes(&x);
		r = p->force ? 1 : ask(&x);
	}
	if (r == 1)
		r = carry_out(&x);
	inventory_done(&x.inv);
	return r;
}
