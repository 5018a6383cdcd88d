#include "runtime/seccomp/profile.h"

#include "runtime/annotations.h"
#include "runtime/seccomp/words.h"

#include "base/base64.h"
#include "base/err.h"
#include "kernel/seccomp.h"

/* What libseccomp takes for an errno: one less than the kernel.  For a tracer it is a message. */
#define ERRNO_MAX 4094

const struct oci_seccomp *
seccomp_profile(const struct oci_spec *spec)
{
	return annotation_value(spec->annotations, ANNOTATION_SECCOMP_BPF) || !spec->linux_ ? NULL :
								       spec->linux_->seccomp;
}

static uint32_t
action_number(const char *word)
{
	uint64_t number = SECCOMP_RET_KILL_THREAD;

	word_number(seccomp_action_words, word, &number);
	return (uint32_t)number;
}

uint32_t
seccomp_action(const char *word, const struct oci_uint *data)
{
	uint32_t number = action_number(word);

	if (!seccomp_data_max(word))
		return number;
	return number | (data->set ? (uint32_t)data->v & SECCOMP_RET_DATA : EPERM);
}

uint64_t
seccomp_data_max(const char *word)
{
	switch (action_number(word)) {
	case SECCOMP_RET_ERRNO:
		return ERRNO_MAX;
	case SECCOMP_RET_TRACE:
		return SECCOMP_RET_DATA;
	default:
		return 0;
	}
}

bool
seccomp_notifies(const struct oci_seccomp *profile)
{
	for (struct oci_syscall **s = profile->syscalls; s && *s; s++)
		if (action_number((*s)->action) == SECCOMP_RET_USER_NOTIF)
			return true;
	return false;
}

bool
seccomp_code_notifies(const struct sock_filter *code, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (code[i].code == (BPF_RET | BPF_K) &&
		    (code[i].k & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_USER_NOTIF)
			return true;
	return false;
}

const char *
seccomp_receiver(const struct oci_spec *spec)
{
	const struct oci_seccomp *profile = spec->linux_ ? spec->linux_->seccomp : NULL;
	const char *path = profile ? profile->listener_path : NULL;

	if (path && *path)
		return path;
	path = annotation_value(spec->annotations, ANNOTATION_SECCOMP_RECEIVER);
	if (path)
		return path;
	path = getenv("RUN_OCI_SECCOMP_RECEIVER");
	return path && *path ? path : NULL;
}

unsigned
seccomp_flags(const struct oci_seccomp *profile)
{
	uint64_t flag;
	unsigned flags = 0;

	/* Else the kernel would slow all of the program down against attacks on speculation. */
	if (!profile || !profile->flags)
		return SECCOMP_FILTER_FLAG_SPEC_ALLOW;
	for (char **f = profile->flags; *f; f++)
		if (word_number(seccomp_flag_words, *f, &flag))
			flags |= (unsigned)flag;
	return flags;
}

int
seccomp_decode_bpf(const char *base64, struct sock_filter **code, size_t *n)
{
	autofree void *data = NULL;
	size_t len;
	int r = base64_decode(base64, &data, &len);

	if (r < 0)
		return r;
	*n = len / sizeof(**code);
	if (len % sizeof(**code) || !*n || *n > BPF_MAXINSNS)
		return fail(0, "not a program: %zu bytes, not 1 to %d instructions of %zu", len,
			    BPF_MAXINSNS, sizeof(**code));
	*code = take(data);
	return 0;
}
