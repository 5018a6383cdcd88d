#include "kernel/bpfdev.h"

#include "base/err.h"
#include "base/str.h"

#include <linux/bpf.h>
#include <sys/syscall.h>

/* How our program is known among those of a cgroup. */
#define NAME "ocirun_devices"

/* More programs than this on one cgroup the kernel does not take either. */
#define ATTACHED_MAX 64

/* -- the program -- */

enum {
	VERDICT = BPF_REG_0,
	CONTEXT = BPF_REG_1,
	WANTED = BPF_REG_2,
	TYPE = BPF_REG_3,
	NUMBER = BPF_REG_4,
};

/* Instructions of a rule: 1 for the type, 2 for each number, 2 for access and verdict each. */
#define RULE_MAX 9
#define REST_MAX 9

struct program {
	struct bpf_insn *insn;
	size_t n;
};

static void
add(struct program *p, unsigned code, int reg, int skip, int64_t value)
{
	p->insn[p->n++] = (struct bpf_insn){
		.code = (uint8_t)code,
		.dst_reg = reg & 0xf,
		.off = (int16_t)skip,
		.imm = (int32_t)value,
	};
}

static void
add_load(struct program *p, int reg, size_t at)
{
	add(p, BPF_LDX | BPF_W | BPF_MEM, reg, (int)at, 0);
	p->insn[p->n - 1].src_reg = CONTEXT;
}

static void
add_verdict(struct program *p, bool allow)
{
	add(p, BPF_ALU64 | BPF_MOV | BPF_K, VERDICT, 0, allow);
	add(p, BPF_JMP | BPF_EXIT, 0, 0, 0);
}

/* access_type holds the type in its lower half, the access in its upper. */
static void
add_prologue(struct program *p)
{
	add_load(p, TYPE, offsetof(struct bpf_cgroup_dev_ctx, access_type));
	add_load(p, WANTED, offsetof(struct bpf_cgroup_dev_ctx, access_type));
	add(p, BPF_ALU64 | BPF_AND | BPF_K, TYPE, 0, 0xffff);
	add(p, BPF_ALU64 | BPF_RSH | BPF_K, WANTED, 0, 16);
	/* access(2) with F_OK wants nothing but to know that the device is there. */
	add(p, BPF_JMP | BPF_JNE | BPF_K, WANTED, 2, 0);
	add_verdict(p, true);
}

/*
 * Each number is loaded anew: if the verifier remembered what a rule compared,
 * it would follow each rule for each of those before, and give up on 400.
 */
static void
add_number(struct program *p, size_t at, int64_t number, int skip)
{
	if (number == DEVICE_ANY)
		return;
	add_load(p, NUMBER, at);
	add(p, BPF_JMP32 | BPF_JNE | BPF_K, NUMBER, skip, number);
}

/*
 * What is still wanted is what no later rule has decided: a denied part ends
 * it, an allowed part is taken off until nothing is left.
 */
static void
add_rule(struct program *p, const struct device_rule *r)
{
	int body = r->access == DEVICE_RWM ? 2 : 4;
	int minor = r->minor == DEVICE_ANY ? 0 : 2;
	int major = r->major == DEVICE_ANY ? 0 : 2;

	if (r->type != 'a')
		add(p, BPF_JMP | BPF_JNE | BPF_K, TYPE, major + minor + body,
		    r->type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
	add_number(p, offsetof(struct bpf_cgroup_dev_ctx, major), r->major, minor + body);
	add_number(p, offsetof(struct bpf_cgroup_dev_ctx, minor), r->minor, body);
	if (r->access == DEVICE_RWM) {
		/* no matter what is wanted */
	} else if (r->allow) {
		add(p, BPF_ALU64 | BPF_AND | BPF_K, WANTED, 0, DEVICE_RWM & ~r->access);
		add(p, BPF_JMP | BPF_JNE | BPF_K, WANTED, 2, 0);
	} else {
		add(p, BPF_JMP | BPF_JSET | BPF_K, WANTED, 1, r->access);
		add(p, BPF_JMP | BPF_JA, 0, 2, 0);
	}
	add_verdict(p, r->allow);
}

bool
device_rule_is_all(const struct device_rule *r)
{
	return r->type == 'a' && r->major == DEVICE_ANY && r->minor == DEVICE_ANY &&
	       r->access == DEVICE_RWM;
}

size_t
bpfdev_program(const struct device_rule *rules, size_t n, struct bpf_insn **program)
{
	struct program p = { .insn = xcalloc(n * RULE_MAX + REST_MAX, sizeof(struct bpf_insn)) };

	add_prologue(&p);
	while (n-- > 0) {
		/* Nothing may follow it: the kernel refuses what cannot be reached. */
		if (device_rule_is_all(rules + n)) {
			add_verdict(&p, rules[n].allow);
			break;
		}
		add_rule(&p, rules + n);
	}
	if (n == (size_t)-1)
		add_verdict(&p, false);
	*program = p.insn;
	return p.n;
}

/* -- the kernel's part -- */

static int
bpf(enum bpf_cmd cmd, union bpf_attr *attr)
{
	return (int)syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static int
load(const struct device_rule *rules, size_t n)
{
	autofree struct bpf_insn *insns = NULL;
	size_t len = bpfdev_program(rules, n, &insns);
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE,
		.insn_cnt = (uint32_t)len,
		.insns = (uint64_t)(uintptr_t)insns,
		.license = (uint64_t)(uintptr_t)"Dual MIT/GPL",
		.prog_name = NAME,
	};
	int fd = bpf(BPF_PROG_LOAD, &attr);

	return fd < 0 ? fail(errno, "load a BPF device filter of %zu rules", n) : fd;
}

static bool
is_ours(int program)
{
	struct bpf_prog_info info = { 0 };
	union bpf_attr attr = {
		.info = { .bpf_fd = (uint32_t)program,
			  .info_len = sizeof(info),
			  .info = (uint64_t)(uintptr_t)&info },
	};

	return bpf(BPF_OBJ_GET_INFO_BY_FD, &attr) == 0 && streq(info.name, NAME);
}

/* An fd of the program that we attached before, -ENOENT if there is none. */
static int
find_attached(int cgroup)
{
	uint32_t ids[ATTACHED_MAX];
	union bpf_attr query = {
		.query = {
			.target_fd = (uint32_t)cgroup, .attach_type = BPF_CGROUP_DEVICE,
			.prog_ids = (uint64_t)(uintptr_t)ids, .prog_cnt = countof(ids),
		},
	};

	if (bpf(BPF_PROG_QUERY, &query) < 0)
		return fail(errno, "ask for the BPF programs of a cgroup");
	for (uint32_t i = 0; i < query.query.prog_cnt; i++) {
		union bpf_attr attr = { .prog_id = ids[i] };
		autoclose int fd = bpf(BPF_PROG_GET_FD_BY_ID, &attr);

		if (fd >= 0 && is_ours(fd))
			return take_fd(fd);
	}
	return -ENOENT;
}

int
bpfdev_attach(int cgroup, const struct device_rule *rules, size_t n)
{
	autoclose int program = load(rules, n);
	autoclose int old = program < 0 ? program : find_attached(cgroup);

	if (program < 0 || (old < 0 && old != -ENOENT))
		return program < 0 ? program : old;

	union bpf_attr attr = {
		.target_fd = (uint32_t)cgroup,
		.attach_bpf_fd = (uint32_t)program,
		.attach_type = BPF_CGROUP_DEVICE,
		.attach_flags = BPF_F_ALLOW_MULTI | (old < 0 ? 0 : BPF_F_REPLACE),
		.replace_bpf_fd = old < 0 ? 0 : (uint32_t)old,
	};
	return bpf(BPF_PROG_ATTACH, &attr) < 0 ? fail(errno, "attach a BPF device filter") : 0;
}

int
bpfdev_detach(int cgroup)
{
	autoclose int old = find_attached(cgroup);

	if (old < 0)
		return old == -ENOENT ? 0 : old;

	union bpf_attr attr = {
		.target_fd = (uint32_t)cgroup,
		.attach_bpf_fd = (uint32_t)old,
		.attach_type = BPF_CGROUP_DEVICE,
	};
	return bpf(BPF_PROG_DETACH, &attr) < 0 ? fail(errno, "detach a BPF device filter") : 0;
}
