/* linux.seccomp, and the annotations beside it. */
#include "runtime/check/checker.h"

#include "runtime/annotations.h"
#include "runtime/seccomp/compile.h"
#include "runtime/seccomp/profile.h"
#include "runtime/seccomp/words.h"

#include "base/err.h"
#include "base/str.h"
#include "base/strv.h"
#include "kernel/seccomp.h"

#include <linux/audit.h>

#define ARG_LAST 5
#define AT ".linux.seccomp"

/* What is wrong with it, or NULL. */
static const char *
action_fault(const char *word)
{
	uint64_t number;

	if (word_number(seccomp_action_words, word, &number) &&
	    seccomp_has_action((uint32_t)number))
		return NULL;
	return "is not known to this kernel";
}

static const char *
data_fault(const char *word, const struct oci_uint *data)
{
	uint64_t max = seccomp_data_max(word);

	if (!data->set || (max && data->v <= max))
		return NULL;
	return !max	   ? "is for SCMP_ACT_ERRNO and SCMP_ACT_TRACE only" :
	       max == 4094 ? "must be 4094 or less" :
			     "must be 65535 or less";
}

static void
check_default(struct checker *c, const struct oci_seccomp *p)
{
	const char *action = p->default_action;
	const char *fault = action_fault(action);

	if (streq(action, "SCMP_ACT_NOTIFY"))
		fault = "must not be SCMP_ACT_NOTIFY, for the call that hands over the listener "
			"would wait for itself";
	if (fault)
		bad(c, fault, AT ".defaultAction");
	fault = data_fault(action, &p->default_errno_ret);
	if (fault)
		bad(c, fault, AT ".defaultErrnoRet");
}

/* A filter can tell apart the calls of architectures of one byte order only. */
static void
check_archs(struct checker *c, const struct oci_seccomp *p)
{
	const uint64_t little = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? __AUDIT_ARCH_LE : 0;
	uint64_t arch;

	for (size_t i = 0; p->architectures && p->architectures[i]; i++) {
		if (!word_number(seccomp_arch_words, p->architectures[i], &arch))
			bad(c, "is not known to the libseccomp that this program was built with",
			    AT ".architectures[%zu]", i);
		else if ((arch & __AUDIT_ARCH_LE) != little)
			bad(c, "has another byte order than this machine",
			    AT ".architectures[%zu]", i);
	}
}

static void
check_flag(struct checker *c, const char *word, bool notifies, size_t i)
{
	const unsigned needs_listener = SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
	uint64_t flag = 0;

	if (!word_number(seccomp_flag_words, word, &flag) ||
	    !seccomp_has_flags((unsigned)flag |
			       (flag == needs_listener ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0)))
		bad(c, "is not known to this kernel", AT ".flags[%zu]", i);
	else if (flag == needs_listener && !notifies)
		bad(c, "is for SCMP_ACT_NOTIFY, which no rule has", AT ".flags[%zu]", i);
}

static void
check_flags(struct checker *c, const struct oci_seccomp *p)
{
	bool notifies = seccomp_notifies(p);

	if (!seccomp_has_flags(notifies ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0))
		bad(c, "this kernel has no filters of system calls", AT);
	for (size_t i = 0; p->flags && p->flags[i]; i++)
		check_flag(c, p->flags[i], notifies, i);
}

static void
check_args(struct checker *c, struct oci_syscall_arg **args, size_t call)
{
	unsigned seen = 0;

	for (size_t i = 0; args && args[i]; i++) {
		const struct oci_syscall_arg *a = args[i];

		if (a->index.v > ARG_LAST) {
			bad(c, "must be 5 or less", AT ".syscalls[%zu].args[%zu].index", call, i);
			continue;
		}
		if (seen & 1u << a->index.v)
			doubt(c, "stands there before: either of the conditions is enough",
			      AT ".syscalls[%zu].args[%zu].index", call, i);
		seen |= 1u << a->index.v;
		if (a->value_two.v && !streq(a->op, "SCMP_CMP_MASKED_EQ"))
			doubt(c, "is for SCMP_CMP_MASKED_EQ only, and ignored",
			      AT ".syscalls[%zu].args[%zu].valueTwo", call, i);
	}
}

static void
check_names(struct checker *c, char **names, size_t call)
{
	for (size_t i = 0; names[i]; i++) {
		if (seccomp_knows_call(names[i]))
			continue;
		autofree char *path = xasprintf(AT ".syscalls[%zu].names[%zu]", call, i);
		tell_reason(c, false, path, "%s is no system call known to libseccomp %s",
			    names[i], libseccomp_version().s);
	}
}

static bool
fails_on_unknown(const struct checker *c)
{
	const char *value = annotation_value(c->spec->annotations, ANNOTATION_SECCOMP_FAIL);

	return value && !streq(value, "0");
}

static void
check_calls(struct checker *c, const struct oci_seccomp *p)
{
	bool strict = fails_on_unknown(c);

	for (size_t i = 0; p->syscalls && p->syscalls[i]; i++) {
		const struct oci_syscall *s = p->syscalls[i];
		const char *fault = action_fault(s->action);

		if (fault)
			bad(c, fault, AT ".syscalls[%zu].action", i);
		fault = data_fault(s->action, &s->errno_ret);
		if (fault)
			bad(c, fault, AT ".syscalls[%zu].errnoRet", i);
		check_args(c, s->args, i);
		if (strict)
			check_names(c, s->names, i);
	}
}

/* The calls by which the listener leaves us, behind the filter already. */
static const char *const handing_over[] = { "sendmsg", "recvmsg" };

static bool
lets_through(const char *action)
{
	return streq(action, "SCMP_ACT_ALLOW") || streq(action, "SCMP_ACT_LOG");
}

static bool
is_allowed(const struct oci_seccomp *p, const char *call)
{
	bool allowed = lets_through(p->default_action);

	for (struct oci_syscall **s = p->syscalls; s && *s; s++) {
		if (!strv_has((*s)->names, call))
			continue;
		if (streq((*s)->action, "SCMP_ACT_NOTIFY"))
			return false;
		if (!(*s)->args || !*(*s)->args)
			allowed = lets_through((*s)->action);
	}
	return allowed;
}

static void
check_notifying(struct checker *c, const struct oci_seccomp *p)
{
	if (!seccomp_receiver(c->spec))
		bad(c, "is missing, for there is a rule with SCMP_ACT_NOTIFY", AT ".listenerPath");
	for (size_t i = 0; i < countof(handing_over); i++)
		if (!is_allowed(p, handing_over[i]))
			tell_reason(c, false, AT ".syscalls",
				    "must allow %s, by which the listener of SCMP_ACT_NOTIFY "
				    "is handed over", handing_over[i]);
}

static void
check_listener(struct checker *c, const struct oci_seccomp *p)
{
	bool has_path = p->listener_path && *p->listener_path;

	if (has_path && *p->listener_path != '/')
		bad(c, "must be an absolute path", AT ".listenerPath");
	if (!has_path && p->listener_metadata && *p->listener_metadata)
		bad(c, "is for .linux.seccomp.listenerPath, which is not set",
		    AT ".listenerMetadata");
	if (seccomp_notifies(p))
		check_notifying(c, p);
}

static void
check_profile(struct checker *c, const struct oci_seccomp *p)
{
	check_default(c, p);
	check_archs(c, p);
	check_flags(c, p);
	check_calls(c, p);
	check_listener(c, p);
}

static void
check_bpf(struct checker *c, const char *base64)
{
	static const char path[] = ".annotations[\"" ANNOTATION_SECCOMP_BPF "\"]";
	autofree struct sock_filter *code = NULL;
	size_t n;

	if (seccomp_decode_bpf(base64, &code, &n) < 0)
		bad(c, err_words(), "%s", path);
	else if (seccomp_code_notifies(code, n) && !seccomp_receiver(c->spec))
		bad(c, "needs " ANNOTATION_SECCOMP_RECEIVER ", for it has a listener", "%s", path);
	if (c->spec->linux_->seccomp)
		doubt(c, "is not used: an annotation has a program in its place", AT);
}

void
check_seccomp(struct checker *c)
{
	const struct oci_seccomp *profile = seccomp_profile(c->spec);
	const char *bpf = annotation_value(c->spec->annotations, ANNOTATION_SECCOMP_BPF);
	const char *receiver = annotation_value(c->spec->annotations, ANNOTATION_SECCOMP_RECEIVER);

	if (annotation_value(c->spec->annotations, ANNOTATION_SECCOMP_PLUGINS))
		bad(c, "is not supported: no foreign code runs in this program",
		    ".annotations[\"" ANNOTATION_SECCOMP_PLUGINS "\"]");
	if (receiver && *receiver != '/')
		bad(c, "must be an absolute path",
		    ".annotations[\"" ANNOTATION_SECCOMP_RECEIVER "\"]");
	if (bpf)
		check_bpf(c, bpf);
	if (profile)
		check_profile(c, profile);
}
