/* The device program, run by a small interpreter and held against the sentence in bpfdev.h. */
#include "unit.h"

#include "base/mem.h"
#include "kernel/bpfdev.h"

#include <stdlib.h>

/* Only what bpfdev.c makes; -1 for what the kernel would refuse. */
static int
run(const struct bpf_insn *program, size_t len, const struct bpf_cgroup_dev_ctx *ctx)
{
	uint64_t reg[11] = { 0 };

	for (size_t at = 0; at < len; at++) {
		const struct bpf_insn *i = program + at;
		uint64_t *r = reg + i->dst_reg;
		bool jump = false;

		switch (i->code) {
		case BPF_LDX | BPF_W | BPF_MEM:
			assert_true(i->off >= 0 && i->off + sizeof(uint32_t) <= sizeof(*ctx));
			*r = *(const uint32_t *)((const char *)ctx + i->off);
			break;
		case BPF_ALU64 | BPF_MOV | BPF_K: *r = (uint64_t)(int64_t)i->imm; break;
		case BPF_ALU64 | BPF_AND | BPF_K: *r &= (uint64_t)(int64_t)i->imm; break;
		case BPF_ALU64 | BPF_RSH | BPF_K: *r >>= i->imm; break;
		case BPF_JMP | BPF_JA: jump = true; break;
		case BPF_JMP | BPF_JNE | BPF_K: jump = *r != (uint64_t)(int64_t)i->imm; break;
		case BPF_JMP32 | BPF_JNE | BPF_K: jump = (uint32_t)*r != (uint32_t)i->imm; break;
		case BPF_JMP | BPF_JSET | BPF_K: jump = *r & (uint64_t)(int64_t)i->imm; break;
		case BPF_JMP | BPF_EXIT: return (int)reg[0];
		default: return -1;
		}
		if (jump)
			at += (size_t)i->off;
	}
	return -1;
}

static bool
matches(const struct device_rule *r, const struct bpf_cgroup_dev_ctx *ctx)
{
	unsigned type = ctx->access_type & 0xffff;

	return (r->type == 'a' ||
		type == (r->type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR)) &&
	       (r->major == DEVICE_ANY || r->major == ctx->major) &&
	       (r->minor == DEVICE_ANY || r->minor == ctx->minor);
}

/* Each wanted access by itself: the last rule that matches and speaks of it. */
static bool
allowed(const struct device_rule *rules, size_t n, const struct bpf_cgroup_dev_ctx *ctx)
{
	for (unsigned one = DEVICE_MKNOD; one <= DEVICE_WRITE; one <<= 1) {
		bool verdict = false;

		for (size_t i = 0; i < n; i++)
			if (matches(rules + i, ctx) && (rules[i].access & one))
				verdict = rules[i].allow;
		if ((ctx->access_type >> 16 & one) && !verdict)
			return false;
	}
	return true;
}

static bool
filter(const struct device_rule *rules, size_t n, const struct bpf_cgroup_dev_ctx *ctx)
{
	autofree struct bpf_insn *program = NULL;
	size_t len = bpfdev_program(rules, n, &program);
	int verdict = run(program, len, ctx);

	assert_true(verdict == 0 || verdict == 1);
	return verdict;
}

static struct bpf_cgroup_dev_ctx
request(char type, unsigned access, unsigned major, unsigned minor)
{
	return (struct bpf_cgroup_dev_ctx){
		.access_type =
			access << 16 | (type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR),
		.major = major,
		.minor = minor,
	};
}

#define ASK(rules, ...)                                                                            \
	({                                                                                         \
		struct bpf_cgroup_dev_ctx ctx_ = request(__VA_ARGS__);                             \
		filter(rules, countof(rules), &ctx_);                                              \
	})

TEST(no_rule_denies)
{
	struct bpf_cgroup_dev_ctx ctx = request('c', DEVICE_READ, 1, 3);

	assert_false(filter(NULL, 0, &ctx));
}

TEST(last_rule_wins)
{
	static const struct device_rule rules[] = {
		{ true, 'a', DEVICE_RWM, DEVICE_ANY, DEVICE_ANY },
		{ false, 'c', DEVICE_RWM, 10, DEVICE_ANY },
		{ true, 'c', DEVICE_READ, 10, 200 },
	};

	assert_true(ASK(rules, 'b', DEVICE_RWM, 8, 0));
	assert_false(ASK(rules, 'c', DEVICE_READ, 10, 1));
	assert_true(ASK(rules, 'c', DEVICE_READ, 10, 200));
	assert_false(ASK(rules, 'c', DEVICE_READ | DEVICE_WRITE, 10, 200));
	assert_true(ASK(rules, 'b', DEVICE_READ | DEVICE_WRITE, 10, 200));
}

/* Two rules may share what an open wants. */
TEST(partial_access_adds_up)
{
	static const struct device_rule rules[] = {
		{ false, 'a', DEVICE_RWM, DEVICE_ANY, DEVICE_ANY },
		{ true, 'c', DEVICE_WRITE, 1, DEVICE_ANY },
		{ true, 'a', DEVICE_READ, DEVICE_ANY, 3 },
	};

	assert_true(ASK(rules, 'c', DEVICE_READ | DEVICE_WRITE, 1, 3));
	assert_false(ASK(rules, 'c', DEVICE_READ | DEVICE_WRITE, 1, 4));
	assert_false(ASK(rules, 'c', DEVICE_READ | DEVICE_WRITE, 2, 3));
	assert_false(ASK(rules, 'c', DEVICE_RWM, 1, 3));
}

/* access(2) with F_OK: the kernel asks with no access at all. */
TEST(wanting_nothing_is_allowed)
{
	static const struct device_rule rules[] = { { false, 'a', DEVICE_RWM, DEVICE_ANY,
						      DEVICE_ANY } };

	assert_true(ASK(rules, 'c', 0, 1, 3));
}

TEST(large_numbers)
{
	static const struct device_rule rules[] = { { true, 'c', DEVICE_RWM, UINT32_MAX,
						      0x80000000 } };

	assert_true(ASK(rules, 'c', DEVICE_READ, UINT32_MAX, 0x80000000));
	assert_false(ASK(rules, 'c', DEVICE_READ, UINT32_MAX, 0x80000001));
	assert_false(ASK(rules, 'c', DEVICE_READ, UINT32_MAX - 1, 0x80000000));
}

/* Few numbers, so that rules meet. */
static struct device_rule
random_rule(void)
{
	return (struct device_rule){
		.allow = random() & 1,
		.type = "abc"[random() % 3],
		.access = 1 + (unsigned)random() % DEVICE_RWM,
		.major = random() % 4 - 1,
		.minor = random() % 4 - 1,
	};
}

static void
compare_all(const struct device_rule *rules, size_t n)
{
	for (unsigned i = 0; i < 2 * 8 * 4 * 4; i++) {
		struct bpf_cgroup_dev_ctx ctx =
			request(i & 1 ? 'b' : 'c', i >> 1 & 7, i >> 4 & 3, i >> 6 & 3);

		assert_int_equal(filter(rules, n, &ctx), allowed(rules, n, &ctx));
	}
}

TEST(random_rules)
{
	srandom(1);
	for (int round = 0; round < 2000; round++) {
		struct device_rule rules[12];
		size_t n = (size_t)random() % (countof(rules) + 1);

		for (size_t i = 0; i < n; i++)
			rules[i] = random_rule();
		compare_all(rules, n);
	}
}

/* The kernel refuses a program with an instruction that nothing leads to. */
TEST(nothing_unreachable)
{
	srandom(2);
	for (int round = 0; round < 2000; round++) {
		autofree struct bpf_insn *program = NULL;
		bool reached[256] = { true };
		struct device_rule rules[8];

		for (size_t i = 0; i < countof(rules); i++)
			rules[i] = random_rule();
		size_t len = bpfdev_program(rules, countof(rules), &program);
		assert_true(len <= countof(reached));
		for (size_t i = 0; i < len; i++) {
			const struct bpf_insn *in = program + i;
			bool jumps =
				BPF_CLASS(in->code) == BPF_JMP || BPF_CLASS(in->code) == BPF_JMP32;
			bool ends = jumps &&
				    (BPF_OP(in->code) == BPF_EXIT || BPF_OP(in->code) == BPF_JA);

			assert_true(reached[i]);
			if (jumps && BPF_OP(in->code) != BPF_EXIT) {
				assert_true(i + 1 + (size_t)in->off < len);
				reached[i + 1 + (size_t)in->off] = true;
			}
			if (!ends && i + 1 < len)
				reached[i + 1] = true;
		}
	}
}

TESTS(T(no_rule_denies), T(last_rule_wins), T(partial_access_adds_up),
      T(wanting_nothing_is_allowed), T(large_numbers), T(random_rules), T(nothing_unreachable))
