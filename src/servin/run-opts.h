/*
 * The options that say what a container is: of run, create and bundle.
 *
 * They are docker's, letters included.  The words go into struct run_opts as
 * they stand; run_opts_container() reads them into a record (engine/record.h)
 * by a table, and says what is wrong with one before anything is made.
 *
 *	static const struct opt options[] = {
 *		RUN_OPTS,
 *		KEEP_OPTS,
 *		OPT_FLAG(run_opts, 'd', detach, "detach", "..."),
 *		{ 0 },
 *	};
 */
#ifndef SERVIN_RUN_OPTS_H
#define SERVIN_RUN_OPTS_H

#include "base/cmd.h"
#include "engine/record.h"

struct run_opts {
	/* What the command does, not what the container is. */
	bool detach, replace, quiet, no_trunc;
	const char *cidfile, *platform, *pull, *detach_keys, *sig_proxy;

	const char *name, *runtime, *rootfs;
	bool interactive, tty, remove;
	const char *restart, *stop_signal, *stop_timeout, *log_driver;
	char **log_opt, **attach;

	const char *hostname, *domainname, *user, *workdir, *entrypoint;
	char **env_file, **env, **label_file, **label, **annotation, **expose;

	char **volume, **mount, **tmpfs, **device, **device_cgroup_rule;
	const char *shm_size;
	bool read_only, init;

	const char *network;
	char **publish, **dns, **dns_search, **dns_option, **add_host;
	bool publish_all;

	char **cap_add, **cap_drop, **security_opt, **sysctl, **group_add;
	bool privileged;
	const char *pid, *ipc, *uts, *userns, *cgroupns, *cgroup_parent;

	const char *memory, *memory_swap, *memory_reservation, *memory_swappiness;
	const char *cpus, *cpu_shares, *cpu_period, *cpu_quota, *cpu_rt_period, *cpu_rt_runtime;
	const char *cpuset_cpus, *cpuset_mems, *pids_limit, *oom_score_adj;
	const char *blkio_weight;
	char **blkio_weight_device, **device_read_bps, **device_write_bps;
	char **device_read_iops, **device_write_iops, **ulimit;
	bool oom_kill_disable;
};

#define RUN_STRING_(l, m, n, v, h, ...) OPT_STRING(run_opts, l, m, n, v, h, __VA_ARGS__)
#define RUN_LIST_(l, m, n, v, h, ...) OPT_LIST(run_opts, l, m, n, v, h, __VA_ARGS__)
#define RUN_FLAG_(l, m, n, h, ...) OPT_FLAG(run_opts, l, m, n, h, __VA_ARGS__)

/* The limits that update can change, too. */
#define LIMIT_OPTS \
	RUN_STRING_('m', memory, "memory", "SIZE", "limit of memory"), \
	RUN_STRING_(0, memory_swap, "memory-swap", "SIZE", \
		    "limit of memory and swap together; -1: none"), \
	RUN_STRING_(0, memory_reservation, "memory-reservation", "SIZE", \
		    "memory that is left to it when there is little"), \
	RUN_STRING_(0, cpus, "cpus", "N", "processors' worth of time, such as 1.5"), \
	RUN_STRING_('c', cpu_shares, "cpu-shares", "N", "share of CPU time, 2 to 262144"), \
	RUN_STRING_(0, cpu_period, "cpu-period", "N", \
		    "length of a period of CPU time, in microseconds"), \
	RUN_STRING_(0, cpu_quota, "cpu-quota", "N", \
		    "CPU time in a period, in microseconds; -1: no limit"), \
	RUN_STRING_(0, cpu_rt_period, "cpu-rt-period", "N", "length of a period of realtime"), \
	RUN_STRING_(0, cpu_rt_runtime, "cpu-rt-runtime", "N", "realtime in a period"), \
	RUN_STRING_(0, cpuset_cpus, "cpuset-cpus", "LIST", "CPUs to run on, such as 0-2,4"), \
	RUN_STRING_(0, cpuset_mems, "cpuset-mems", "LIST", "memory nodes to use"), \
	RUN_STRING_(0, pids_limit, "pids-limit", "N", \
		    "most processes and threads; -1: no limit"), \
	RUN_STRING_(0, blkio_weight, "blkio-weight", "N", "share of disk time, 10 to 1000")

#define RUN_OPTS \
	RUN_LIST_(0, add_host, "add-host", "NAME:IP", "a further line of /etc/hosts"), \
	RUN_LIST_(0, annotation, "annotation", "NAME=TEXT", "a note for the runtime"), \
	LIMIT_OPTS, \
	RUN_LIST_(0, blkio_weight_device, "blkio-weight-device", "DEVICE:N", \
		  "share of the time of one disk"), \
	RUN_LIST_(0, cap_add, "cap-add", "NAME", "a capability it gets; ALL: all"), \
	RUN_LIST_(0, cap_drop, "cap-drop", "NAME", "a capability it does not get; ALL: none"), \
	RUN_STRING_(0, cgroup_parent, "cgroup-parent", "PATH", \
		    "the cgroup that its own is made in"), \
	RUN_STRING_(0, cgroupns, "cgroupns", "MODE", \
		    "its cgroup namespace: private (as it is by default) or host"), \
	RUN_LIST_(0, device, "device", "HOST[:INSIDE[:rwm]]", \
		  "a device of the host, or a directory of them"), \
	RUN_LIST_(0, device_cgroup_rule, "device-cgroup-rule", "RULE", \
		  "devices it may use, such as \"c 13:* rwm\""), \
	RUN_LIST_(0, device_read_bps, "device-read-bps", "DEVICE:SIZE", \
		  "most bytes a second it may read"), \
	RUN_LIST_(0, device_read_iops, "device-read-iops", "DEVICE:N", \
		  "most reads a second"), \
	RUN_LIST_(0, device_write_bps, "device-write-bps", "DEVICE:SIZE", \
		  "most bytes a second it may write"), \
	RUN_LIST_(0, device_write_iops, "device-write-iops", "DEVICE:N", \
		  "most writes a second"), \
	RUN_LIST_(0, dns, "dns", "IP", "a name server, in the place of the host's"), \
	RUN_LIST_(0, dns_option, "dns-option", "WORD", "an option of resolv.conf(5)"), \
	RUN_LIST_(0, dns_option, "dns-opt", "WORD", "the same", .hidden = true), \
	RUN_LIST_(0, dns_search, "dns-search", "DOMAIN", \
		  "a domain to look for names in; \".\": none"), \
	RUN_STRING_(0, domainname, "domainname", "NAME", "its NIS domain name"), \
	RUN_STRING_(0, entrypoint, "entrypoint", "PROGRAM", \
		    "the program, in the place of the image's; \"\": none"), \
	RUN_LIST_('e', env, "env", "NAME[=VALUE]", \
		  "a variable of the environment; NAME alone has the value it has here"), \
	RUN_LIST_(0, env_file, "env-file", "FILE", "variables, a line each"), \
	RUN_LIST_(0, expose, "expose", "PORT[/PROTOCOL]", "a port that it listens at"), \
	RUN_LIST_(0, group_add, "group-add", "GROUP", "a further group of its user"), \
	RUN_STRING_('h', hostname, "hostname", "NAME", "its host name"), \
	RUN_FLAG_(0, init, "init", "run a small init that reaps processes and hands on signals"), \
	RUN_FLAG_('i', interactive, "interactive", "keep its standard input open"), \
	RUN_STRING_(0, ipc, "ipc", "MODE", \
		    "its IPC namespace: private, shareable, none, host or container:NAME"), \
	RUN_LIST_('l', label, "label", "NAME[=TEXT]", "a label"), \
	RUN_LIST_(0, label_file, "label-file", "FILE", "labels, a line each"), \
	RUN_STRING_(0, memory_swappiness, "memory-swappiness", "N", \
		    "0 to 100: how readily it is swapped"), \
	RUN_LIST_(0, mount, "mount", "KEY=VALUE,...", \
		  "a mount: type=bind, volume or tmpfs, source=, target=, readonly, ..."), \
	RUN_STRING_(0, network, "network", "MODE", \
		    "its network: none (as it is by default), host, container:NAME or ns:PATH"), \
	RUN_STRING_(0, network, "net", "MODE", "the same", .hidden = true), \
	RUN_FLAG_(0, oom_kill_disable, "oom-kill-disable", \
		  "when its memory is used up, wait and kill nothing"), \
	RUN_STRING_(0, oom_score_adj, "oom-score-adj", "N", \
		    "-1000 to 1000: who is killed first when the host's memory is used up"), \
	RUN_STRING_(0, pid, "pid", "MODE", \
		    "its pid namespace: private, host or container:NAME"), \
	RUN_FLAG_(0, privileged, "privileged", "give it the rights and devices that we have"), \
	RUN_LIST_('p', publish, "publish", "PORTS", "publish ports", .hidden = true), \
	RUN_FLAG_('P', publish_all, "publish-all", "publish all ports", .hidden = true), \
	RUN_FLAG_(0, read_only, "read-only", "its root file system cannot be written"), \
	RUN_STRING_(0, platform, "platform", "OS/ARCH", "of an image with several, this one"), \
	RUN_LIST_(0, security_opt, "security-opt", "WORDS", \
		  "no-new-privileges, seccomp=FILE|unconfined, apparmor=PROFILE|unconfined," \
		  " label=..., systempaths=unconfined"), \
	RUN_STRING_(0, shm_size, "shm-size", "SIZE", "size of /dev/shm (default: 64m)"), \
	RUN_STRING_(0, stop_signal, "stop-signal", "SIGNAL", "the signal that ends it"), \
	RUN_LIST_(0, sysctl, "sysctl", "NAME=VALUE", "a parameter of the kernel, as it sees it"), \
	RUN_LIST_(0, tmpfs, "tmpfs", "DIR[:OPTIONS]", "an empty file system in memory"), \
	RUN_FLAG_('t', tty, "tty", "give it a terminal"), \
	RUN_LIST_(0, ulimit, "ulimit", "NAME=SOFT[:HARD]", "a resource limit, such as nofile"), \
	RUN_STRING_('u', user, "user", "USER[:GROUP]", "who it runs as, by name or number"), \
	RUN_STRING_(0, userns, "userns", "MODE", "its user namespace: host"), \
	RUN_STRING_(0, uts, "uts", "MODE", "its UTS namespace: private or host"), \
	RUN_LIST_('v', volume, "volume", "[SOURCE:]DIR[:OPTIONS]", \
		  "a volume, or with a path a file or directory of the host; OPTIONS are ro, " \
		  "rw, nocopy or a propagation"), \
	RUN_STRING_('w', workdir, "workdir", "DIR", "the directory that it starts in")

/* What is said of a container that is kept: of run and create. */
#define KEEP_OPTS \
	RUN_LIST_('a', attach, "attach", "STREAM", "attach to stdin, stdout or stderr only"), \
	RUN_STRING_(0, cidfile, "cidfile", "FILE", "write its ID to a new file"), \
	RUN_STRING_(0, log_driver, "log-driver", "NAME", "json-file (the default) or none"), \
	RUN_LIST_(0, log_opt, "log-opt", "NAME=VALUE", \
		  "max-size=SIZE (10m) of one file of the log, max-file=N (3)"), \
	RUN_STRING_(0, name, "name", "NAME", "its name; else one is invented"), \
	RUN_STRING_(0, pull, "pull", "WHEN", "has no effect yet", .hidden = true), \
	RUN_FLAG_('q', quiet, "quiet", "do not show how a load gets on"), \
	RUN_FLAG_(0, replace, "replace", "remove the container that has the name"), \
	RUN_STRING_(0, restart, "restart", "POLICY", \
		    "when it is started again: no, on-failure[:N], always or unless-stopped"), \
	RUN_FLAG_(0, remove, "rm", "remove it, and its anonymous volumes, when it has ended"), \
	RUN_STRING_(0, rootfs, "rootfs", "DIR", \
		    "run on this directory as it is; no image is named then"), \
	RUN_STRING_(0, runtime, "runtime", "FILE", "the OCI runtime that runs it"), \
	RUN_STRING_(0, stop_timeout, "stop-timeout", "N", \
		    "seconds that a stop gives it (10); -1: for ever")

/*
 * Fills in the record by the options, and by the words behind them: IMAGE and
 * the command, or with --rootfs the command alone.  -EINVAL with words that
 * name the option.  Paths are made absolute.
 */
int run_opts_container(const struct run_opts *o, char *const *args, struct container *c);

/* The limits and the restart policy, for update: only what was given is set in host. */
int run_opts_limits(const struct run_opts *o, struct host_config *host);

#endif
