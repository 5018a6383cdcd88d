#include "runtime/check/checker.h"

#include "base/str.h"
#include "kernel/ns.h"

void
tell_reason(struct checker *c, bool warning, const char *path, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	autofree char *reason = xvasprintf(fmt, ap);
	va_end(ap);
	c->mistakes += !warning;
	c->tell(c->arg, warning, path, reason);
}

void
tell_at(struct checker *c, bool warning, const char *reason, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	autofree char *path = xvasprintf(fmt, ap);
	va_end(ap);
	tell_reason(c, warning, path, "%s", reason);
}

bool
is_listed(const struct checker *c, uint64_t kind)
{
	const char *path;

	return config_namespace(c->spec, kind, &path);
}

bool
is_apart(const struct checker *c, uint64_t kind)
{
	const char *path;

	return config_namespace(c->spec, kind, &path) && !(path && ns_is_ours(path, kind));
}

int
config_check_all(struct config *config, enum cgroup_kind kind, config_tell tell, void *arg)
{
	struct checker c = {
		.spec = &config->spec, .config = config, .kind = kind, .tell = tell, .arg = arg,
	};

	check_document(&c);
	check_linux(&c);
	return c.mistakes;
}

int
config_check_process(const struct oci_process *p, const char *path, config_tell tell, void *arg)
{
	struct checker c = { .tell = tell, .arg = arg };

	check_process(&c, p, path);
	return c.mistakes;
}
