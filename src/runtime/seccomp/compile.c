#include "runtime/seccomp/compile.h"

#include "runtime/seccomp/enosys.h"
#include "runtime/seccomp/profile.h"
#include "runtime/seccomp/words.h"

#include "base/err.h"
#include "base/file.h"
#include "base/log.h"

#include <seccomp.h>
#include <stdio.h>
#include <sys/mman.h>

#define ARGS_MAX 6

/* So many calls in a profile that a search by halves is faster than one by one. */
#define MANY_CALLS 32
#define BINARY_TREE 2

struct compilation {
	const struct oci_seccomp *profile;
	scmp_filter_ctx ctx;
	uint32_t archs[ENOSYS_ARCHS_MAX];	/* tokens; the native one first */
	size_t n_archs;
};

struct libseccomp_version
libseccomp_version(void)
{
	const struct scmp_version *v = seccomp_version();
	struct libseccomp_version text;

	snprintf(text.s, sizeof(text.s), "%u.%u.%u", v->major, v->minor, v->micro);
	return text;
}

bool
seccomp_knows_call(const char *name)
{
	return seccomp_syscall_resolve_name(name) != __NR_SCMP_ERROR;
}

static int
add_archs(struct compilation *c)
{
	uint64_t token;

	c->archs[c->n_archs++] = seccomp_arch_native();
	for (char **a = c->profile->architectures; a && *a; a++) {
		if (!word_number(seccomp_arch_words, *a, &token))
			return fail(0, "%s: no architecture", *a);
		int r = seccomp_arch_add(c->ctx, (uint32_t)token);
		if (r == -EEXIST)
			continue;
		if (r < 0 || c->n_archs == countof(c->archs))
			return fail(-r, "%s", *a);
		c->archs[c->n_archs++] = (uint32_t)token;
	}
	return 0;
}

static struct scmp_arg_cmp
comparison(const struct oci_syscall_arg *a)
{
	uint64_t op = 0;

	word_number(seccomp_operator_words, a->op, &op);
	return (struct scmp_arg_cmp){
		.arg = (unsigned)a->index.v, .op = (enum scmp_compare)op,
		.datum_a = a->value.v, .datum_b = a->value_two.v,
	};
}

/* Also a rule that is there already, as profiles for several architectures have. */
static int
add_rule(struct compilation *c, uint32_t action, int call, const struct scmp_arg_cmp *args,
	 unsigned n)
{
	int r = seccomp_rule_add_array(c->ctx, action, call, n, args);

	return r == -EEXIST ? 0 : r;
}

/* Two conditions on one argument: libseccomp has no rule for that; runc and crun make it two. */
static int
add_conditions(struct compilation *c, uint32_t action, int call, struct oci_syscall_arg **list)
{
	struct scmp_arg_cmp args[ARGS_MAX] = { 0 };
	unsigned n = 0, seen = 0, twice = 0;
	int r = 0;

	for (struct oci_syscall_arg **a = list; a && *a; a++) {
		unsigned bit = 1u << (*a)->index.v;

		twice |= seen & bit;
		seen |= bit;
		if (!twice)
			args[n++] = comparison(*a);
	}
	if (!twice)
		return add_rule(c, action, call, args, n);
	for (; r == 0 && *list; list++) {
		args[0] = comparison(*list);
		r = add_rule(c, action, call, args, 1);
	}
	return r;
}

static int
add_calls(struct compilation *c, const struct oci_syscall *s)
{
	uint32_t action = seccomp_action(s->action, &s->errno_ret);

	/* Which libseccomp refuses, and which changes nothing. */
	if (action == seccomp_action(c->profile->default_action, &c->profile->default_errno_ret))
		return 0;
	for (char **name = s->names; *name; name++) {
		int call = seccomp_syscall_resolve_name(*name);

		if (call == __NR_SCMP_ERROR) {
			debug("seccomp: %s is no system call known to libseccomp %s, and ignored",
			      *name, libseccomp_version().s);
			continue;
		}
		int r = add_conditions(c, action, call, s->args);
		if (r < 0)
			return fail(-r, "rule for %s", *name);
	}
	return 0;
}

static size_t
count_calls(const struct oci_seccomp *profile)
{
	size_t n = 0;

	for (struct oci_syscall **s = profile->syscalls; s && *s; s++)
		for (char **name = (*s)->names; *name; name++)
			n++;
	return n;
}

static int
add_rules(struct compilation *c)
{
	int r = 0;

	if (count_calls(c->profile) > MANY_CALLS)
		r = seccomp_attr_set(c->ctx, SCMP_FLTATR_CTL_OPTIMIZE, BINARY_TREE);
	if (r < 0)
		return fail(-r, "optimise");
	for (struct oci_syscall **s = c->profile->syscalls; r == 0 && s && *s; s++)
		r = add_calls(c, *s);
	return r;
}

/* What we know of the numbers of an architecture.  But for x32 the token is the kernel's word. */
static struct call_numbers
numbers_of(uint32_t token)
{
	switch (token) {
	case SCMP_ARCH_X86_64:
		return (struct call_numbers){ .arch = token, .end = 0x40000000 };
	case SCMP_ARCH_X32:	/* behind a bit; those from 512 on are x32's own old ones */
		return (struct call_numbers){ .arch = SCMP_ARCH_X86_64, .end = 0x40000200 };
	case SCMP_ARCH_ARM:	/* from there on ARM's own old ones */
		return (struct call_numbers){ .arch = token, .end = 0x0f0000 };
	case SCMP_ARCH_S390:
	case SCMP_ARCH_S390X:
		return (struct call_numbers){ .arch = token, .end = UINT32_MAX,
					      .zero_is_none = true };
	default:
		return (struct call_numbers){ .arch = token, .end = UINT32_MAX };
	}
}

/* Whether the profile names any call that the architecture has. */
static bool
find_last(const struct oci_seccomp *profile, uint32_t token, struct call_numbers *numbers)
{
	bool found = false;

	*numbers = numbers_of(token);
	for (struct oci_syscall **s = profile->syscalls; s && *s; s++)
		for (char **name = (*s)->names; *name; name++) {
			int nr = seccomp_syscall_resolve_name_arch(token, *name);

			/* Below zero: what other architectures have, or nobody. */
			if (nr < 0 || (uint32_t)nr >= numbers->end)
				continue;
			found = true;
			if ((uint32_t)nr > numbers->last)
				numbers->last = (uint32_t)nr;
		}
	return found;
}

static bool
wants_enosys(const struct oci_seccomp *profile)
{
	uint32_t action = seccomp_action(profile->default_action, &profile->default_errno_ret);

	switch (action & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ERRNO:
		return (action & SECCOMP_RET_DATA) != ENOSYS;
	case SECCOMP_RET_KILL_PROCESS:
	case SECCOMP_RET_KILL_THREAD:
	case SECCOMP_RET_TRAP:
		return true;
	default:
		return false;	/* such calls are not denied */
	}
}

static size_t
make_enosys(const struct compilation *c, struct sock_filter code[ENOSYS_CODE_MAX])
{
	struct call_numbers archs[ENOSYS_ARCHS_MAX];
	size_t n = 0;

	if (!wants_enosys(c->profile))
		return 0;
	for (size_t i = 0; i < c->n_archs; i++)
		if (find_last(c->profile, c->archs[i], &archs[n]))
			n++;
	return enosys_code(code, archs, n);
}

/* By a file, for libseccomp has a call that writes to memory only since 2.6. */
static int
export(const struct compilation *c, char **code, size_t *len)
{
	autoclose int fd = memfd_create("seccomp", MFD_CLOEXEC);

	if (fd < 0)
		return fail(errno, "memfd_create");
	int r = seccomp_export_bpf(c->ctx, fd);
	if (r < 0)
		return fail(-r, "export");
	if (lseek(fd, 0, SEEK_SET) < 0)
		return fail(errno, "seek");
	return fd_read_all(fd, "filter", BPF_MAXINSNS * sizeof(struct sock_filter), code, len);
}

static int
finish(const struct compilation *c, struct sock_filter **code, size_t *n)
{
	struct sock_filter enosys[ENOSYS_CODE_MAX];
	size_t n_enosys = make_enosys(c, enosys), len;
	autofree char *rest = NULL;
	int r = export(c, &rest, &len);

	if (r < 0)
		return r;
	*n = n_enosys + len / sizeof(**code);
	if (*n > BPF_MAXINSNS)
		return fail(E2BIG, "%zu instructions, the kernel takes %d", *n, BPF_MAXINSNS);
	*code = xcalloc(*n, sizeof(**code));
	memcpy(*code, enosys, n_enosys * sizeof(**code));
	memcpy(*code + n_enosys, rest, len);
	return 0;
}

static void
release(scmp_filter_ctx *ctx)
{
	if (*ctx)
		seccomp_release(*ctx);
}

int
seccomp_compile(const struct oci_seccomp *profile, struct sock_filter **code, size_t *n)
{
	auto_(release) scmp_filter_ctx ctx = seccomp_init(
		seccomp_action(profile->default_action, &profile->default_errno_ret));
	struct compilation c = { .profile = profile, .ctx = ctx };

	if (!ctx)
		return fail(0, "libseccomp refuses %s", profile->default_action);
	int r = wrap(add_archs(&c), "architectures");
	if (r == 0)
		r = add_rules(&c);
	return r < 0 ? r : finish(&c, code, n);
}
