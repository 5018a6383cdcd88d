#include "runtime/config.h"

#include "base/err.h"
#include "base/file.h"
#include "base/log.h"
#include "base/str.h"
#include "kernel/ns.h"

#include <sched.h>

int
config_read(struct config *c, int dir, const char *name)
{
	int r = file_read_at(dir, name, OCI_DOCUMENT_MAX, &c->text, &c->source.len);

	if (r < 0)
		return r;
	c->source.name = name;
	c->source.text = c->text;
	return oci_decode(&oci_spec_type, &c->source, &c->spec);
}

int
config_read_input(const char *name, struct oci_source *source, char **text)
{
	int r;

	*source = (struct oci_source){ .name = name };
	if (streq(name, "-")) {
		source->name = "standard input";
		r = fd_read_all(STDIN_FILENO, source->name, OCI_DOCUMENT_MAX, text, &source->len);
	} else {
		r = file_read_at(AT_FDCWD, name, OCI_DOCUMENT_MAX, text, &source->len);
	}
	source->text = *text;
	return r;
}

void
config_done(struct config *c)
{
	mount_plan_done(&c->mounts);
	oci_done(&oci_spec_type, &c->spec);
	free(c->text);
	*c = (struct config){ 0 };
}

struct first {
	const struct oci_source *source;
	int error;
	char *words;
};

static void
keep_first(void *arg, bool warning, const char *path, const char *reason)
{
	struct first *f = arg;

	if (f->error)
		return;
	/* What comes from options has no line. */
	int r = f->source->text ? oci_fail(0, f->source, path, "%s", reason) :
				  fail(0, "%s: %s: %s", f->source->name, path, reason);
	if (warning)
		warn("%s", err_words());
	else {
		f->error = r;
		f->words = err_keep();
	}
}

/* Looking on has left the words of what is not told. */
static int
first_error(struct first *f)
{
	if (f->words)
		err_restore_at(&f->words);
	return f->error;
}

int
config_check(struct config *c, enum cgroup_kind kind)
{
	struct first first = { .source = &c->source };

	config_check_all(c, kind, keep_first, &first);
	return first_error(&first);
}

int
config_check_exec(const struct oci_process *p, const struct oci_source *source)
{
	struct first first = { .source = source };

	config_check_process(p, "", keep_first, &first);
	return first_error(&first);
}

bool
config_namespace(const struct oci_spec *spec, uint64_t kind, const char **path)
{
	uint64_t is;

	*path = NULL;
	if (!spec->linux_)
		return false;
	for (struct oci_namespace **n = spec->linux_->namespaces; n && *n; n++) {
		if (!word_number(ns_words, (*n)->type, &is) || is != kind)
			continue;
		if ((*n)->path && *(*n)->path)
			*path = (*n)->path;
		return true;
	}
	return false;
}

bool
config_joins_own_user(const struct oci_spec *spec)
{
	const char *path;

	return config_namespace(spec, CLONE_NEWUSER, &path) && path &&
	       ns_is_ours(path, CLONE_NEWUSER);
}
