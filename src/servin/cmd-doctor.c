#include "servin/commands.h"
#include "servin/output.h"

#include "engine/doctor.h"

#include "libocispec/document.h"

struct doctor_opts { const char *format; };

/* A finding as --format has it. */
struct row { char *check, *result, *words, *advice; };

static TYPE(row, "finding",
	F_STRING(row, check, "Check"),
	F_STRING(row, result, "Result"),
	F_STRING(row, words, "Message"),
	F_STRING(row, advice, "Advice"),
);

static const struct column columns[] = {
	{ .field = "Result", .title = "RESULT" },
	{ .field = "Check", .title = "CHECK" },
	{ "Message", "MESSAGE", .min = 20 },
	{ "Advice", "ADVICE", .min = 20 },
	{ 0 },
};

struct report {
	struct row **rows;	/* ends with NULL */
	size_t n, failures;
};

static const struct { const char *word, *color; } results[] = {
	[SEVERITY_OK] = { "ok", "\033[32m" },
	[SEVERITY_WARNING] = { "warn", "\033[33m" },
	[SEVERITY_FAILURE] = { "fail", "\033[31m" },
};

static void
add_finding(void *arg, const struct finding *f)
{
	struct report *report = arg;
	struct row *row = xcalloc(1, sizeof(*row));

	row->check = xstrdup(f->check);
	row->result = xstrdup(results[f->severity].word);
	row->words = str_utf8(f->words);
	row->advice = str_utf8(f->advice ? f->advice : "");
	report->rows = xrealloc(report->rows, report->n + 2, sizeof(struct row *));
	report->rows[report->n++] = row;
	report->rows[report->n] = NULL;
	report->failures += f->severity == SEVERITY_FAILURE;
}

static const char *
color_of(const char *result)
{
	for (size_t i = 0; i < countof(results); i++)
		if (streq(results[i].word, result))
			return results[i].color;
	return "";
}

/* For people: a line each, and what to do below it. */
static int
print_report(const struct report *report)
{
	bool colors = terminal_has_colors(STDOUT_FILENO);
	autostr out = { 0 };

	for (struct row **row = report->rows; *row; row++) {
		str_addf(&out, "%s%-4s%s  %-15s  %s\n", colors ? color_of((*row)->result) : "",
			 (*row)->result, colors ? "\033[0m" : "", (*row)->check, (*row)->words);
		if (*(*row)->advice)
			str_addf(&out, "%23s%s\n", "", (*row)->advice);
	}
	return print(out.s);
}

static int
doctor_cmd_run(const void *engine, const void *opts, char **args)
{
	static const struct listing listing = { .type = &row_type, .columns = columns };
	const struct doctor_opts *o = opts;
	struct report report = { 0 };
	int r;

	(void)args;
	doctor_run(engine, add_finding, &report);
	if (o->format)
		r = listing_print(&listing, &(const struct listing_how){ .format = o->format },
				  (void *const *)report.rows);
	else
		r = print_report(&report);
	oci_free_list(&row_type, (void **)report.rows);
	return r < 0 ? r : report.failures > 0;
}

const struct command cmd_doctor = {
	.name = "doctor", .max = 0, .mixed = true,
	.summary = "tell what this host lacks, and what to do about it",
	.text = "A line that begins with warn is about something that some containers need, one\n"
		"with fail about what all need: the exit status is 1 then.",
	.size = sizeof(struct doctor_opts),
	.opts = (const struct opt[]){
		OPT_STRING(doctor_opts, 'f', format, "format", "FORMAT",
			   "table, json, or a template"),
		{ 0 } },
	.run = doctor_cmd_run,
};
