/*
 * The documents of libocispec from outside, for tests/bats/ocispec.bats.
 *
 *	spec-tool rows TYPE		every property: path, kind, required, range, choices
 *	spec-tool check TYPE FILE	every remark on a document
 *	spec-tool recode TYPE FILE	the document read and written again
 */
#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "libocispec/document.h"
#include "libocispec/features.h"
#include "libocispec/spec.h"
#include "libocispec/state.h"

#include <inttypes.h>
#include <stdio.h>

static const struct {
	const char *name;
	const struct type *type;
} types[] = {
	{ "config", &oci_spec_type },
	{ "state", &oci_state_type },
	{ "features", &oci_features_type },
};

static const char *const kinds[] = {
	[KIND_BOOL]    = "boolean",
	[KIND_INT]     = "integer",
	[KIND_UINT]    = "integer",
	[KIND_STRING]  = "string",
	[KIND_STRINGS] = "strings",
	[KIND_UINTS]   = "integers",
	[KIND_OBJECT]  = "object",
	[KIND_LIST]    = "list",
	[KIND_MAP]     = "map",
};

static void
print_range(const struct field *row)
{
	if (row->kind == KIND_INT && row->min != row->max)
		printf("%" PRId64 "..%" PRId64, row->min, row->max);
	else if (row->kind == KIND_INT)
		printf("%" PRId64 "..%" PRId64, INT64_MIN, INT64_MAX);
	else if (row->kind == KIND_UINT || row->kind == KIND_UINTS)
		printf("0..%" PRIu64, row->umax ? row->umax : UINT64_MAX);
	else
		printf("-");
}

static void
print_row(const struct field *row, const char *path)
{
	printf("%s\t%s\t%s\t", path, kinds[row->kind], row->must ? "required" : "-");
	print_range(row);
	printf("\t%s", row->choices ? "" : row->wants ? "pattern" : "-");
	for (const char *const *c = row->choices; c && *c; c++)
		printf("%s%s", c == row->choices ? "" : ",", *c);
	printf("\n");
}

static void
print_rows(const struct type *t, const char *front)
{
	for (const struct field *row = t->fields; row->name; row++) {
		autofree char *path = xasprintf("%s.%s", front, row->name);

		print_row(row, path);
		if (row->of && row->of->fields) {
			const char *element = row->kind == KIND_LIST ? "[]" :
					      row->kind == KIND_MAP ? ".*" : "";
			autofree char *below = xasprintf("%s%s", path, element);

			print_rows(row->of, below);
		}
	}
}

static void
tell(void *arg, const struct oci_remark *r)
{
	(void)arg;
	printf("%s\t%u\t%s\t%s\n", r->warning ? "warning" : "mistake", r->line, r->path, r->reason);
}

static int
check(const struct type *t, const struct oci_source *source)
{
	autofree void *doc = xcalloc(1, t->size);
	int mistakes = oci_decode_all(t, source, doc, tell, NULL);

	oci_done(t, doc);
	return mistakes ? 1 : 0;
}

static int
recode(const struct type *t, const struct oci_source *source)
{
	autofree void *doc = xcalloc(1, t->size);

	if (oci_decode(t, source, doc) < 0) {
		fprintf(stderr, "%s\n", err_words());
		return 1;
	}
	autofree char *text = oci_encode(t, doc, OCI_INDENTED);
	fputs(text, stdout);
	oci_done(t, doc);
	return 0;
}

int
main(int argc, char **argv)
{
	const struct type *t = NULL;
	autofree char *text = NULL;
	size_t len;

	for (size_t i = 0; argc > 2 && i < countof(types); i++)
		if (streq(types[i].name, argv[2]))
			t = types[i].type;
	if (t && argc == 3 && streq(argv[1], "rows")) {
		print_rows(t, "");
		return 0;
	}
	if (!t || argc != 4) {
		fprintf(stderr, "usage: spec-tool rows|check|recode TYPE [FILE]\n");
		return 2;
	}
	if (file_read_at(AT_FDCWD, argv[3], OCI_DOCUMENT_MAX + 1, &text, &len) < 0) {
		fprintf(stderr, "%s\n", err_words());
		return 1;
	}
	struct oci_source source = { argv[3], text, len };
	return streq(argv[1], "check") ? check(t, &source) : recode(t, &source);
}
