/* The check command's side: every remark on a configuration, with its line. */
#include "runtime/config.h"
#include "runtime/runtime.h"

#include "base/err.h"
#include "base/file.h"

#include <sys/stat.h>

struct teller {
	const struct oci_source *source;
	void (*tell)(void *arg, const struct check_remark *);
	void *arg;
};

static void
told_decoding(void *arg, const struct oci_remark *m)
{
	struct teller *t = arg;

	t->tell(t->arg, &(struct check_remark){
		.warning = m->warning, .file = t->source->name, .line = m->line,
		.path = m->path, .reason = m->reason,
	});
}

static void
told_checking(void *arg, bool warning, const char *path, const char *reason)
{
	struct teller *t = arg;

	t->tell(t->arg, &(struct check_remark){
		.warning = warning, .file = t->source->name, .line = oci_line(t->source, path),
		.path = path, .reason = reason,
	});
}

static char *
config_path(const char *bundle_or_file)
{
	struct stat st;

	if (stat(bundle_or_file, &st) == 0 && S_ISDIR(st.st_mode))
		return xasprintf("%s/config.json", bundle_or_file);
	return xstrdup(bundle_or_file);
}

int
runtime_check(const char *bundle_or_file, void (*tell)(void *arg, const struct check_remark *),
	      void *arg)
{
	auto_(config_done) struct config c = { 0 };
	auto_(cgroup_done) struct cgroup cg = { 0 };
	struct teller teller = { .source = &c.source, .tell = tell, .arg = arg };
	autofree char *path = config_path(bundle_or_file);
	int r = file_read_at(AT_FDCWD, path, OCI_DOCUMENT_MAX, &c.text, &c.source.len);

	if (r < 0)
		return r;
	c.source.name = path;
	c.source.text = c.text;
	int mistakes = oci_decode_all(&oci_spec_type, &c.source, &c.spec, told_decoding, &teller);
	/* What is half read would give rise to complaints about what is not wrong. */
	if (mistakes)
		return mistakes;
	r = cgroup_plan(&cg, c.spec.linux_ ? c.spec.linux_->cgroups_path : NULL, "check");
	if (r < 0) {
		told_checking(&teller, false, ".linux.cgroupsPath", err_words());
		mistakes++;
	}
	return mistakes + config_check_all(&c, cg.kind, told_checking, &teller);
}
