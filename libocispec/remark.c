#include "libocispec/decoder.h"

#include "base/err.h"
#include "base/str.h"
#include "libocispec/text.h"

static size_t
count_lines(const char *text, size_t from, size_t to)
{
	const char *p = text + from, *end = text + to;
	size_t n = 0;

	while ((p = memchr(p, '\n', (size_t)(end - p)))) {
		p++;
		n++;
	}
	return n;
}

/* From the last place on, or a text with many mistakes would be read once for each. */
static unsigned
line_of(struct decoder *d, size_t offset)
{
	const char *text = d->source->text;

	if (offset >= d->line_at)
		d->line += (unsigned)count_lines(text, d->line_at, offset);
	else
		d->line -= (unsigned)count_lines(text, offset, d->line_at);
	d->line_at = offset;
	return d->line;
}

/* The path of the value that the frame below depth is at. */
static void
add_path(struct str *path, const struct decoder *d, size_t depth)
{
	for (size_t i = 1; i <= depth; i++) {
		const struct frame *f = &d->frames[i];

		if (f->key)
			oci_path_key(path, f->key);
		else if (f->index)
			oci_path_index(path, f->index - 1);
	}
}

static void
remark(struct decoder *d, const struct oci_remark *r)
{
	if (d->tell)
		d->tell(d->arg, r);
	else
		fail(0, "%s:%u: %s: %s", d->source->name, r->line, r->path, r->reason);
	if (r->warning)
		return;
	d->mistakes++;
	d->stop = !d->tell;
}

void
oci_mistake(struct decoder *d, const char *fmt, ...)
{
	autostr path = { 0 };
	va_list ap;

	va_start(ap, fmt);
	autofree char *reason = xvasprintf(fmt, ap);
	va_end(ap);
	add_path(&path, d, d->depth);
	remark(d, &(struct oci_remark){
		.line = line_of(d, oci_here(d)), .path = path.len ? path.s : ".", .reason = reason,
	});
}

void
oci_missing(struct decoder *d, const char *name)
{
	autostr path = { 0 };

	add_path(&path, d, d->depth - 1);
	oci_path_key(&path, name);
	remark(d, &(struct oci_remark){
		.line = line_of(d, d->frames[d->depth].start), .path = path.s,
		.reason = "is missing",
	});
}

void
oci_twice(struct decoder *d, const char *key)
{
	autostr path = { 0 };

	add_path(&path, d, d->depth - 1);
	oci_path_key(&path, key);
	remark(d, &(struct oci_remark){
		.line = oci_line(d->source, path.s), .path = path.s, .reason = "is there twice",
	});
}

void
oci_unknown(struct decoder *d)
{
	autostr path = { 0 };

	if (!d->tell)
		return;
	add_path(&path, d, d->depth);
	remark(d, &(struct oci_remark){
		.warning = true, .line = line_of(d, oci_here(d)), .path = path.s,
		.reason = "is unknown and ignored",
	});
}
