/*
 * Filters of system calls, run by a small interpreter: what a profile becomes
 * is held against the sentences of the specification, call by call and
 * architecture by architecture.
 */
#include "unit.h"

#include "base/mem.h"
#include "libocispec/choices.h"
#include "libocispec/document.h"
#include "runtime/seccomp/compile.h"
#include "runtime/seccomp/enosys.h"
#include "runtime/seccomp/profile.h"
#include "runtime/seccomp/words.h"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <seccomp.h>

#define ERRNO(e) (SECCOMP_RET_ERRNO | (e))
#define BAD	 0xdeadbeef	/* what the kernel would refuse */

static bool
jumps(const struct sock_filter *i, uint32_t a)
{
	switch (BPF_OP(i->code)) {
	case BPF_JEQ: return a == i->k;
	case BPF_JGT: return a > i->k;
	case BPF_JGE: return a >= i->k;
	default: return a & i->k;
	}
}

static uint32_t
run(const struct sock_filter *code, size_t n, const struct seccomp_data *d)
{
	uint32_t a = 0;

	for (size_t at = 0; at < n; at++) {
		const struct sock_filter *i = code + at;

		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (i->k + sizeof(a) > sizeof(*d))
				return BAD;
			memcpy(&a, (const char *)d + i->k, sizeof(a));
			break;
		case BPF_ALU | BPF_AND | BPF_K: a &= i->k; break;
		case BPF_JMP | BPF_JA: at += i->k; break;
		case BPF_JMP | BPF_JEQ | BPF_K:
		case BPF_JMP | BPF_JGT | BPF_K:
		case BPF_JMP | BPF_JGE | BPF_K:
		case BPF_JMP | BPF_JSET | BPF_K: at += jumps(i, a) ? i->jt : i->jf; break;
		case BPF_RET | BPF_K: return i->k;
		default: return BAD;
		}
	}
	return BAD;
}

/* The preamble alone: where it runs out, the filter would go on. */
#define PASSED SECCOMP_RET_ALLOW

static uint32_t
preamble(const struct call_numbers *archs, size_t n_archs, uint32_t arch, uint32_t nr)
{
	struct sock_filter code[ENOSYS_CODE_MAX + 1];
	size_t n = enosys_code(code, archs, n_archs);

	code[n] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, PASSED);
	return run(code, n + 1, &(struct seccomp_data){ .arch = arch, .nr = (int)nr });
}

static const struct call_numbers three[] = {
	{ .arch = AUDIT_ARCH_X86_64, .last = 300, .end = 0x40000000 },
	{ .arch = AUDIT_ARCH_I386, .last = 400, .end = UINT32_MAX },
	{ .arch = AUDIT_ARCH_X86_64, .last = 0x40000000 + 310, .end = 0x40000200 },
};

TEST(later_calls_do_not_exist)
{
	same(preamble(three, 3, AUDIT_ARCH_X86_64, 0), PASSED);
	same(preamble(three, 3, AUDIT_ARCH_X86_64, 300), PASSED);
	same(preamble(three, 3, AUDIT_ARCH_X86_64, 301), ERRNO(ENOSYS));
	same(preamble(three, 3, AUDIT_ARCH_X86_64, 0x3fffffff), ERRNO(ENOSYS));
	same(preamble(three, 3, AUDIT_ARCH_I386, 400), PASSED);
	same(preamble(three, 3, AUDIT_ARCH_I386, 401), ERRNO(ENOSYS));
	same(preamble(three, 3, AUDIT_ARCH_I386, UINT32_MAX), PASSED);
	same(preamble(three, 3, AUDIT_ARCH_X86_64, 0x40000000 + 310), PASSED);
	same(preamble(three, 3, AUDIT_ARCH_X86_64, 0x40000000 + 311), ERRNO(ENOSYS));
	same(preamble(three, 3, AUDIT_ARCH_X86_64, 0x40000200), PASSED);
	same(preamble(three, 3, AUDIT_ARCH_X86_64, UINT32_MAX), PASSED);
}

TEST(other_architectures_are_the_filters_affair)
{
	same(preamble(three, 2, AUDIT_ARCH_X86_64, 0x40000000), PASSED);
	same(preamble(three, 3, AUDIT_ARCH_ARM, 9999), PASSED);
	same(preamble(three, 0, AUDIT_ARCH_X86_64, 9999), PASSED);
	same(preamble(three, 1, AUDIT_ARCH_I386, 9999), PASSED);
}

TEST(a_machine_that_says_zero)
{
	const struct call_numbers s390[] = {
		{ .arch = AUDIT_ARCH_S390X, .last = 300, .end = UINT32_MAX, .zero_is_none = true },
		{ .arch = AUDIT_ARCH_S390, .last = 310, .end = UINT32_MAX, .zero_is_none = true },
	};

	same(preamble(s390, 2, AUDIT_ARCH_S390X, 0), ERRNO(ENOSYS));
	same(preamble(s390, 2, AUDIT_ARCH_S390X, 1), PASSED);
	same(preamble(s390, 2, AUDIT_ARCH_S390X, 305), ERRNO(ENOSYS));
	same(preamble(s390, 2, AUDIT_ARCH_S390, 0), ERRNO(ENOSYS));
	same(preamble(s390, 2, AUDIT_ARCH_S390, 305), PASSED);
	same(preamble(s390, 2, AUDIT_ARCH_S390, 311), ERRNO(ENOSYS));
}

TEST(as_many_architectures_as_there_may_be)
{
	struct call_numbers all[ENOSYS_ARCHS_MAX];

	for (uint32_t i = 0; i < ENOSYS_ARCHS_MAX; i++)
		all[i] = (struct call_numbers){ .arch = i, .last = 100 + i, .end = UINT32_MAX,
						.zero_is_none = true };
	for (uint32_t i = 0; i < ENOSYS_ARCHS_MAX; i++) {
		same(preamble(all, ENOSYS_ARCHS_MAX, i, 100 + i), PASSED);
		same(preamble(all, ENOSYS_ARCHS_MAX, i, 101 + i), ERRNO(ENOSYS));
		same(preamble(all, ENOSYS_ARCHS_MAX, i, 0), ERRNO(ENOSYS));
	}
}

/* --- profiles ------------------------------------------------------------------ */

struct program {
	struct sock_filter *code;
	size_t n;
	struct oci_spec spec;
};

static void
program_done(struct program *p)
{
	free(p->code);
	oci_done(&oci_spec_type, &p->spec);
}

static void
compile(struct program *p, const char *profile)
{
	autofree char *text = xasprintf(
		"{\"ociVersion\":\"1.3.0\",\"linux\":{\"seccomp\":%s}}", profile);
	struct oci_source source = { .name = "test", .text = text, .len = strlen(text) };

	*p = (struct program){ 0 };
	same(oci_decode(&oci_spec_type, &source, &p->spec), 0);
	same(seccomp_compile(p->spec.linux_->seccomp, &p->code, &p->n), 0);
}

static uint32_t
verdict(const struct program *p, uint32_t token, const char *call, uint64_t arg0, uint64_t arg1)
{
	struct seccomp_data d = {
		.arch = token == SCMP_ARCH_X32 ? AUDIT_ARCH_X86_64 : token,
		.nr = seccomp_syscall_resolve_name_arch(token, call), .args = { arg0, arg1 },
	};

	return run(p->code, p->n, &d);
}

#define NATIVE seccomp_arch_native()

TEST(actions)
{
	auto_(program_done) struct program p;

	compile(&p, "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":["
		    "{\"names\":[\"mkdir\",\"mkdirat\"],\"action\":\"SCMP_ACT_ERRNO\"},"
		    "{\"names\":[\"chdir\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":33},"
		    "{\"names\":[\"getcwd\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":0},"
		    "{\"names\":[\"read\"],\"action\":\"SCMP_ACT_KILL\"},"
		    "{\"names\":[\"write\"],\"action\":\"SCMP_ACT_KILL_THREAD\"},"
		    "{\"names\":[\"close\"],\"action\":\"SCMP_ACT_KILL_PROCESS\"},"
		    "{\"names\":[\"dup\"],\"action\":\"SCMP_ACT_TRAP\"},"
		    "{\"names\":[\"brk\"],\"action\":\"SCMP_ACT_TRACE\",\"errnoRet\":40000},"
		    "{\"names\":[\"mmap\"],\"action\":\"SCMP_ACT_TRACE\"},"
		    "{\"names\":[\"munmap\"],\"action\":\"SCMP_ACT_LOG\"},"
		    "{\"names\":[\"mount\"],\"action\":\"SCMP_ACT_NOTIFY\"},"
		    "{\"names\":[\"no_such_call\"],\"action\":\"SCMP_ACT_KILL\"}]}");
	same(verdict(&p, NATIVE, "mkdirat", 0, 0), ERRNO(EPERM));
	same(verdict(&p, NATIVE, "chdir", 0, 0), ERRNO(33));
	same(verdict(&p, NATIVE, "getcwd", 0, 0), ERRNO(0));
	same(verdict(&p, NATIVE, "read", 0, 0), SECCOMP_RET_KILL_THREAD);
	same(verdict(&p, NATIVE, "write", 0, 0), SECCOMP_RET_KILL_THREAD);
	same(verdict(&p, NATIVE, "close", 0, 0), SECCOMP_RET_KILL_PROCESS);
	same(verdict(&p, NATIVE, "dup", 0, 0), SECCOMP_RET_TRAP);
	same(verdict(&p, NATIVE, "brk", 0, 0), SECCOMP_RET_TRACE | 40000);
	same(verdict(&p, NATIVE, "mmap", 0, 0), SECCOMP_RET_TRACE | EPERM);
	same(verdict(&p, NATIVE, "munmap", 0, 0), SECCOMP_RET_LOG);
	same(verdict(&p, NATIVE, "mount", 0, 0), SECCOMP_RET_USER_NOTIF);
	same(verdict(&p, NATIVE, "getpid", 0, 0), SECCOMP_RET_ALLOW);
	same(run(p.code, p.n, &(struct seccomp_data){ .arch = NATIVE, .nr = 9999 }),
	     SECCOMP_RET_ALLOW);
}

static void
compares(const char *op, const char *more, uint64_t arg, bool fits)
{
	auto_(program_done) struct program p;
	autofree char *profile = xasprintf(
		"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"lseek\"],"
		"\"action\":\"SCMP_ACT_ERRNO\",\"args\":[{\"index\":1,\"op\":\"%s\",%s}]}]}",
		op, more);

	compile(&p, profile);
	same(verdict(&p, NATIVE, "lseek", 7, arg), fits ? ERRNO(EPERM) : SECCOMP_RET_ALLOW);
}

TEST(operators)
{
	static const struct {
		const char *op;
		bool less, same, more;
	} ops[] = {
		{ "SCMP_CMP_NE", true, false, true },  { "SCMP_CMP_LT", true, false, false },
		{ "SCMP_CMP_LE", true, true, false },  { "SCMP_CMP_EQ", false, true, false },
		{ "SCMP_CMP_GE", false, true, true },  { "SCMP_CMP_GT", false, false, true },
	};
	const char *value = "\"value\":8589934600";	/* both halves count */

	for (size_t i = 0; i < countof(ops); i++) {
		compares(ops[i].op, value, 8589934599, ops[i].less);
		compares(ops[i].op, value, 8589934600, ops[i].same);
		compares(ops[i].op, value, 8589934601, ops[i].more);
		compares(ops[i].op, value, 8, ops[i].less);
	}
	value = "\"value\":8589934607,\"valueTwo\":8589934594";
	compares("SCMP_CMP_MASKED_EQ", value, 8589934594, true);
	compares("SCMP_CMP_MASKED_EQ", value, 8589934594 + 16, true);
	compares("SCMP_CMP_MASKED_EQ", value, 8589934595, false);
	compares("SCMP_CMP_MASKED_EQ", value, 2, false);
}

TEST(conditions)
{
	auto_(program_done) struct program p;

	compile(&p, "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":["
		    "{\"names\":[\"lseek\"],\"action\":\"SCMP_ACT_ERRNO\",\"args\":["
		    "{\"index\":0,\"value\":1,\"op\":\"SCMP_CMP_EQ\"},"
		    "{\"index\":1,\"value\":2,\"op\":\"SCMP_CMP_EQ\"}]},"
		    "{\"names\":[\"dup2\",\"dup3\"],\"action\":\"SCMP_ACT_ERRNO\",\"args\":["
		    "{\"index\":0,\"value\":1,\"op\":\"SCMP_CMP_EQ\"},"
		    "{\"index\":0,\"value\":2,\"op\":\"SCMP_CMP_EQ\"}]}]}");
	/* All of them; but of two on one argument either. */
	same(verdict(&p, NATIVE, "lseek", 1, 2), ERRNO(EPERM));
	same(verdict(&p, NATIVE, "lseek", 1, 1), SECCOMP_RET_ALLOW);
	same(verdict(&p, NATIVE, "lseek", 2, 2), SECCOMP_RET_ALLOW);
	same(verdict(&p, NATIVE, "dup3", 1, 0), ERRNO(EPERM));
	same(verdict(&p, NATIVE, "dup3", 2, 0), ERRNO(EPERM));
	same(verdict(&p, NATIVE, "dup3", 3, 0), SECCOMP_RET_ALLOW);
}

static uint32_t
later(const char *action, const char *data)
{
	auto_(program_done) struct program p;
	autofree char *profile = xasprintf(
		"{\"defaultAction\":\"%s\"%s,\"syscalls\":[{\"names\":[\"read\",\"openat\"],"
		"\"action\":\"SCMP_ACT_ALLOW\"}]}", action, data);

	compile(&p, profile);
	same(verdict(&p, NATIVE, "read", 0, 0), SECCOMP_RET_ALLOW);
	return run(p.code, p.n, &(struct seccomp_data){ .arch = NATIVE, .nr = 9999 });
}

TEST(later_calls_by_default_action)
{
	same(later("SCMP_ACT_ERRNO", ""), ERRNO(ENOSYS));
	same(later("SCMP_ACT_ERRNO", ",\"defaultErrnoRet\":5"), ERRNO(ENOSYS));
	same(later("SCMP_ACT_KILL", ""), ERRNO(ENOSYS));
	same(later("SCMP_ACT_KILL_PROCESS", ""), ERRNO(ENOSYS));
	same(later("SCMP_ACT_TRAP", ""), ERRNO(ENOSYS));
	same(later("SCMP_ACT_LOG", ""), SECCOMP_RET_LOG);
	same(later("SCMP_ACT_TRACE", ",\"defaultErrnoRet\":5"), SECCOMP_RET_TRACE | 5);
}

#if defined __x86_64__
TEST(architectures)
{
	static const char rules[] = "\"syscalls\":[{\"names\":[\"read\",\"openat\",\"socket\"],"
				    "\"action\":\"SCMP_ACT_ALLOW\"}]}";
	auto_(program_done) struct program one, all;
	autofree char *native = xasprintf("{\"defaultAction\":\"SCMP_ACT_ERRNO\",%s", rules);
	autofree char *three_archs = xasprintf(
		"{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"architectures\":[\"SCMP_ARCH_X86\","
		"\"SCMP_ARCH_X32\"],%s", rules);

	compile(&one, native);
	compile(&all, three_archs);
	same(verdict(&one, SCMP_ARCH_X86_64, "read", 0, 0), SECCOMP_RET_ALLOW);
	same(verdict(&one, SCMP_ARCH_X86, "read", 0, 0), SECCOMP_RET_KILL_THREAD);
	same(verdict(&one, SCMP_ARCH_X32, "read", 0, 0), SECCOMP_RET_KILL_THREAD);
	/* The native one stays, though the list does not have it. */
	same(verdict(&all, SCMP_ARCH_X86_64, "read", 0, 0), SECCOMP_RET_ALLOW);
	same(verdict(&all, SCMP_ARCH_X86, "read", 0, 0), SECCOMP_RET_ALLOW);
	same(verdict(&all, SCMP_ARCH_X32, "openat", 0, 0), SECCOMP_RET_ALLOW);
	same(verdict(&all, SCMP_ARCH_X86, "write", 0, 0), ERRNO(EPERM));
	same(verdict(&all, SCMP_ARCH_X86_64, "clone3", 0, 0), ERRNO(ENOSYS));
	same(verdict(&all, SCMP_ARCH_X86, "clone3", 0, 0), ERRNO(ENOSYS));
	same(verdict(&all, SCMP_ARCH_X32, "clone3", 0, 0), ERRNO(ENOSYS));
	same(verdict(&all, SCMP_ARCH_X32, "ioctl", 0, 0), ERRNO(EPERM));	/* 514 */
}
#endif

/* Many calls are searched by halves, few one by one: the answers are the same. */
TEST(long_profiles)
{
	auto_(program_done) struct program whole, part;
	autofree char *names = xstrdup("");
	autofree char *few = NULL;

	for (int nr = 0; nr < 300; nr += 3) {
		char *call = seccomp_syscall_resolve_num_arch(NATIVE, nr);
		char *longer = xasprintf("%s%s\"%s\"", names, *names ? "," : "", call);

		free(names);
		names = longer;
		free(call);
	}
	few = xasprintf("{\"defaultAction\":\"SCMP_ACT_LOG\",\"syscalls\":[{\"names\":[%s],"
			"\"action\":\"SCMP_ACT_ALLOW\"}]}", names);
	compile(&whole, few);
	for (int nr = 0; nr < 512; nr++) {
		struct seccomp_data d = { .arch = NATIVE, .nr = nr };

		same(run(whole.code, whole.n, &d),
		     nr < 300 && nr % 3 == 0 ? SECCOMP_RET_ALLOW : SECCOMP_RET_LOG);
	}
	compile(&part, "{\"defaultAction\":\"SCMP_ACT_LOG\"}");
	assert_true(whole.n > part.n);
}

/* --- words --------------------------------------------------------------------- */

static void
all_known(const char *const *choices, const struct word *words)
{
	uint64_t number;

	for (; *choices; choices++)
		assert_true(word_number(words, *choices, &number));
}

/* A word that we have and the specification has not would be one too many. */
static void
all_chosen(const struct word *words, const char *const *choices)
{
	for (; words->word; words++) {
		size_t i = 0;

		while (choices[i] && strcmp(choices[i], words->word) != 0)
			i++;
		assert_non_null(choices[i]);
	}
}

TEST(words)
{
	all_known(oci_seccomp_actions, seccomp_action_words);
	all_known(oci_seccomp_operators, seccomp_operator_words);
	all_known(oci_seccomp_flags, seccomp_flag_words);
	all_chosen(seccomp_action_words, oci_seccomp_actions);
	all_chosen(seccomp_operator_words, oci_seccomp_operators);
	all_chosen(seccomp_flag_words, oci_seccomp_flags);
	/* Of architectures libseccomp may know fewer. */
	all_chosen(seccomp_arch_words, oci_seccomp_archs);
}

TESTS(T(later_calls_do_not_exist), T(other_architectures_are_the_filters_affair),
      T(a_machine_that_says_zero), T(as_many_architectures_as_there_may_be), T(actions),
      T(operators), T(conditions), T(later_calls_by_default_action),
#if defined __x86_64__
      T(architectures),
#endif
      T(long_profiles), T(words))
