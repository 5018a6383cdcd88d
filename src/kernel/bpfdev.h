/*
 * Rules on devices, and the BPF program that enforces them on cgroup v2.
 *
 * Of the rules that match a device the last one that speaks of an access
 * (mknod, read or write) decides on it; where none does, the access is
 * denied.  An open for reading and writing needs both.
 */
#ifndef KERNEL_BPFDEV_H
#define KERNEL_BPFDEV_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {	/* the numbers that the kernel hands to the program */
	DEVICE_MKNOD = BPF_DEVCG_ACC_MKNOD,
	DEVICE_READ = BPF_DEVCG_ACC_READ,
	DEVICE_WRITE = BPF_DEVCG_ACC_WRITE,
	DEVICE_RWM = DEVICE_MKNOD | DEVICE_READ | DEVICE_WRITE,
};

#define DEVICE_ANY (-1)

struct device_rule {
	bool allow;
	char type;		/* 'a': both, 'b' or 'c' */
	unsigned access;	/* DEVICE_... */
	int64_t major, minor;	/* or DEVICE_ANY */
};

/* Whether it speaks of every access to every device, so that no rule before it matters. */
bool device_rule_is_all(const struct device_rule *r);

/* The program for the rules; free() takes it.  Returns how many instructions it has. */
size_t bpfdev_program(const struct device_rule *rules, size_t n, struct bpf_insn **program);

/*
 * Puts the rules in force for a cgroup (v2) and those below it.  A program
 * that an earlier call attached is replaced in one step; those of others
 * (systemd's) stay, and the kernel asks all of them.
 */
int bpfdev_attach(int cgroup, const struct device_rule *rules, size_t n);

/* Takes the program of an earlier call away, if there is one. */
int bpfdev_detach(int cgroup);

#endif
