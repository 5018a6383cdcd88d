#include "runtime/seccomp/enosys.h"

#include <errno.h>
#include <linux/seccomp.h>

static struct sock_filter
load(size_t offset)
{
	return (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset);
}

static size_t
length(const struct call_numbers *a)
{
	return a->zero_is_none ? 6 : 5;
}

/* The targets are places in the program, as at is; the kernel counts from behind the jump. */
static struct sock_filter
jump(size_t at, int test, uint32_t k, size_t yes, size_t no)
{
	return (struct sock_filter){
		.code = (uint16_t)(BPF_JMP | test | BPF_K), .k = k,
		.jt = (uint8_t)(yes - at - 1), .jf = (uint8_t)(no - at - 1),
	};
}

static void
write_arch(struct sock_filter *code, size_t at, const struct call_numbers *a, size_t enosys)
{
	size_t next = at + length(a), filter = enosys + 1;

	code[at] = load(offsetof(struct seccomp_data, arch));
	at++;
	code[at] = jump(at, BPF_JEQ, a->arch, at + 1, next);
	at++;
	code[at] = load(offsetof(struct seccomp_data, nr));
	at++;
	if (a->zero_is_none) {
		code[at] = jump(at, BPF_JEQ, 0, enosys, at + 1);
		at++;
	}
	code[at] = jump(at, BPF_JGT, a->last, at + 1, filter);
	at++;
	code[at] = jump(at, BPF_JGE, a->end, next, enosys);
}

size_t
enosys_code(struct sock_filter code[ENOSYS_CODE_MAX], const struct call_numbers *archs, size_t n)
{
	size_t at = 0, end = 0;

	for (size_t i = 0; i < n; i++)
		end += length(&archs[i]);
	if (!end)
		return 0;
	for (size_t i = 0; i < n; i++) {
		write_arch(code, at, &archs[i], end + 1);
		at += length(&archs[i]);
	}
	code[end] = (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, 1);
	code[end + 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS);
	return end + 2;
}
