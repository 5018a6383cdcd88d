/*
 * What can be wrong with a configuration that is well-formed: one file a
 * part of it, one function a topic, all called, each tells what it finds.
 * Nobody outside of this folder includes this; the way in is runtime/config.h.
 */
#ifndef RUNTIME_CHECK_CHECKER_H
#define RUNTIME_CHECK_CHECKER_H

#include "runtime/config.h"

#include "base/mem.h"

struct checker {
	const struct oci_spec *spec;
	struct config *config;
	enum cgroup_kind kind;
	config_tell tell;
	void *arg;
	int mistakes;
};

/* A mistake, or a doubt (a warning), at a path that is made only when there is something to say. */
#define bad(c, reason, ...)  tell_at((c), false, (reason), __VA_ARGS__)
#define doubt(c, reason, ...) tell_at((c), true, (reason), __VA_ARGS__)
void tell_at(struct checker *c, bool warning, const char *reason, const char *path_fmt, ...)
	printf_like(4, 5);

/* The same where the reason has to be made. */
void tell_reason(struct checker *c, bool warning, const char *path, const char *reason_fmt, ...)
	printf_like(4, 5);

/* Whether the configuration lists that namespace (CLONE_NEW*). */
bool is_listed(const struct checker *c, uint64_t kind);

/* Whether it is another one than ours, so that what is set there is not set for the host. */
bool is_apart(const struct checker *c, uint64_t kind);

/* The parts; at is the path of the object, "" for the document of exec. */
void check_document(struct checker *c);
void check_process(struct checker *c, const struct oci_process *p, const char *at);
void check_env(struct checker *c, char **env, const char *at);
void check_annotations(struct checker *c);
void check_linux(struct checker *c);
void check_attributes(struct checker *c, const struct oci_process *p, const char *at);
void check_linux_attributes(struct checker *c);
void check_sysctl(struct checker *c);
void check_intel_rdt(struct checker *c);
void check_net_devices(struct checker *c);
void check_seccomp(struct checker *c);
void check_user_namespace(struct checker *c);
void check_time_offsets(struct checker *c);

#endif
