#include "servin/progress.h"

#include "servin/human.h"
#include "servin/output.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/table.h"

enum { REDRAW_MS = 100, BAR_MIN = 10, BAR_MAX = 40 };

void
progress_begin(struct progress *p, bool quiet)
{
	*p = (struct progress){ .on = !quiet && terminal_width(STDERR_FILENO) > 0 };
}

/* "[=====>    ]" of so many columns. */
static void
add_bar(struct str *line, size_t columns, uint64_t done, uint64_t total)
{
	size_t inside = columns - 2, full = (size_t)((double)done / (double)total * (double)inside);

	str_addc(line, '[');
	for (size_t i = 0; i < inside; i++)
		str_addc(line, i < full ? '=' : i == full ? '>' : ' ');
	str_addc(line, ']');
}

static void
compose(struct str *line, size_t width, uint64_t done, uint64_t total, const char *what)
{
	autofree char *plain = str_utf8(what);
	autostr numbers = { 0 };
	size_t left;

	str_addf(&numbers, " %s", human_size(done).s);
	if (total)
		str_addf(&numbers, "/%s", human_size(total).s);
	left = width > numbers.len ? width - numbers.len : 0;
	text_cut(plain, left, line);
	left -= text_width(line->s ? line->s : "");
	if (total && left > BAR_MIN) {
		str_addc(line, ' ');
		add_bar(line, left - 1 < BAR_MAX ? left - 1 : BAR_MAX, done < total ? done : total,
			total);
	}
	str_add(line, numbers.s);
}

static void
draw(struct progress *p, const struct str *line)
{
	size_t width = line->s ? text_width(line->s) : 0;
	autostr out = { 0 };

	str_addc(&out, '\r');
	str_add(&out, line->s ? line->s : "");
	for (size_t i = width; i < p->shown; i++)
		str_addc(&out, ' ');
	if (!width)
		str_addc(&out, '\r');
	p->shown = width;
	/* A terminal that is gone is no reason to stop. */
	if (write(STDERR_FILENO, out.s, out.len) < 0)
		p->on = false;
}

void
progress_show(void *arg, uint64_t done, uint64_t total, const char *what)
{
	struct progress *p = arg;
	int64_t now = clock_ms();
	autostr line = { 0 };

	if (!p->on || now < p->next_ms)
		return;
	p->next_ms = now + REDRAW_MS;
	/* The last column stays free: some terminals would begin a line. */
	compose(&line, terminal_width(STDERR_FILENO) - 1, done < total || !total ? done : total,
		total, what);
	draw(p, &line);
}

void
progress_end(struct progress *p)
{
	if (p->on && p->shown)
		draw(p, &(struct str){ 0 });
	p->on = false;
}
