#include "runtime/seccomp/filter.h"

#include "runtime/annotations.h"
#include "runtime/seccomp/cache.h"
#include "runtime/seccomp/compile.h"
#include "runtime/seccomp/profile.h"
#include "runtime/state.h"

#include "base/err.h"
#include "base/log.h"
#include "kernel/seccomp.h"

#include <sys/utsname.h>

/* All that the program depends on: not who listens, nor the flags. */
static int
digest(const struct oci_seccomp *profile, struct sha256_sum *key)
{
	struct oci_seccomp only = {
		.default_action = profile->default_action,
		.default_errno_ret = profile->default_errno_ret,
		.architectures = profile->architectures, .syscalls = profile->syscalls,
	};
	struct sha256 h = SHA256_EMPTY;
	struct utsname u;

	if (uname(&u) < 0)
		return fail(errno, "uname");
	autofree char *text = oci_encode(&oci_seccomp_type, &only, OCI_COMPACT);
	autofree char *made_by = xasprintf("ocirun %s\nlibseccomp %s\n%s %s\n", OCIRUN_VERSION,
					   libseccomp_version().s, u.release, u.machine);
	sha256_add(&h, made_by, strlen(made_by));
	sha256_add(&h, text, strlen(text));
	*key = sha256_end(&h);
	return 0;
}

static int
find(struct filter *f, const struct runtime *rt)
{
	autoclose int root = state_open_root(rt);
	int r = root < 0 ? root : cache_find(root, &f->key, &f->code, &f->n);

	if (r == 0)
		debug("seccomp: a filter of %zu instructions from the cache", f->n);
	else if (r != -ENOENT)
		debug("seccomp: cache: %s", err_words());
	return r;
}

static int
compile(struct filter *f, const struct runtime *rt, const struct oci_seccomp *profile)
{
	int r = digest(profile, &f->key);

	f->flags = seccomp_flags(profile);
	f->notifies = seccomp_notifies(profile);
	if (r < 0 || find(f, rt) == 0)
		return r;
	r = seccomp_compile(profile, &f->code, &f->n);
	f->is_new = r == 0;
	if (r == 0)
		debug("seccomp: compiled to %zu instructions", f->n);
	return r;
}

int
filter_plan(struct filter *f, const struct runtime *rt, const struct oci_spec *spec)
{
	const char *bpf = annotation_value(spec->annotations, ANNOTATION_SECCOMP_BPF);
	const struct oci_seccomp *profile = seccomp_profile(spec);
	int r = 0;

	*f = (struct filter){ .flags = SECCOMP_FILTER_FLAG_SPEC_ALLOW };
	if (bpf) {
		r = seccomp_decode_bpf(bpf, &f->code, &f->n);
		f->notifies = r == 0 && seccomp_code_notifies(f->code, f->n);
	} else if (profile) {
		r = compile(f, rt, profile);
	}
	if (f->notifies)
		f->flags |= SECCOMP_FILTER_FLAG_NEW_LISTENER;
	return wrap(r, "seccomp");
}

void
filter_keep(struct filter *f, const struct runtime *rt)
{
	autoclose int root = f->is_new ? state_open_root(rt) : -EBADF;

	f->is_new = false;
	if (root >= 0 && cache_keep(root, &f->key, f->code, f->n) < 0)
		debug("seccomp: cache: %s", err_words());
}

void
filter_done(struct filter *f)
{
	free(f->code);
	*f = (struct filter){ 0 };
}
