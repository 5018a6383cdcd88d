#include "servin/run-opts.h"

#include "servin/run-values.h"

#include "base/err.h"
#include "base/parse.h"
#include "base/strv.h"
#include "engine/pairs.h"

enum part { CONFIG, HOST };

/* Where an option's words are, where its value goes, and how it is read. */
struct setting {
	const char *name;
	size_t option;
	bool list;
	enum part part;
	size_t member;
	int (*read)(const char *text, void *member);
};

#define ONE(opt, n, part, s, m, type, read) \
	{ n, opt_at_(run_opts, opt, const char *), false, part, opt_at_(s, m, type), read }
#define EACH(opt, n, part, s, m, type, read) \
	{ n, opt_at_(run_opts, opt, char **), true, part, opt_at_(s, m, type), read }
#define C_TEXT(opt, n, m, read)	  ONE(opt, n, CONFIG, container_config, m, char *, read)
#define C_LIST(opt, n, m, t, read) EACH(opt, n, CONFIG, container_config, m, t, read)
#define H_TEXT(opt, n, m, read)	  ONE(opt, n, HOST, host_config, m, char *, read)
#define H_INT(opt, n, m, read)	  ONE(opt, n, HOST, host_config, m, struct oci_int, read)
#define H_UINT(opt, n, m, read)	  ONE(opt, n, HOST, host_config, m, struct oci_uint, read)
#define H_LIST(opt, n, m, t, read) EACH(opt, n, HOST, host_config, m, t, read)

/* What update can change. */
static const struct setting limits[] = {
	H_INT(memory, "memory", memory, value_size),
	H_INT(memory_swap, "memory-swap", memory_swap, value_size),
	H_INT(memory_reservation, "memory-reservation", memory_reservation, value_size),
	H_UINT(cpus, "cpus", nano_cpus, value_cpus),
	H_UINT(cpu_shares, "cpu-shares", cpu_shares, value_uint),
	H_UINT(cpu_period, "cpu-period", cpu_period, value_uint),
	H_INT(cpu_quota, "cpu-quota", cpu_quota, value_integer),
	H_INT(cpu_rt_period, "cpu-rt-period", cpu_realtime_period, value_integer),
	H_INT(cpu_rt_runtime, "cpu-rt-runtime", cpu_realtime_runtime, value_integer),
	H_TEXT(cpuset_cpus, "cpuset-cpus", cpuset_cpus, value_string),
	H_TEXT(cpuset_mems, "cpuset-mems", cpuset_mems, value_string),
	H_INT(pids_limit, "pids-limit", pids_limit, value_integer),
	H_UINT(blkio_weight, "blkio-weight", blkio_weight, value_uint),
	ONE(restart, "restart", HOST, host_config, restart_policy, struct restart_policy *,
	    value_restart),
};

/* A file of variables stands behind those that are given one by one, as they win. */
static const struct setting settings[] = {
	C_TEXT(hostname, "hostname", hostname, value_string),
	C_TEXT(domainname, "domainname", domainname, value_string),
	C_TEXT(user, "user", user, value_string),
	C_TEXT(workdir, "workdir", working_dir, value_word),
	C_TEXT(stop_signal, "stop-signal", stop_signal, value_word),
	ONE(stop_timeout, "stop-timeout", CONFIG, container_config, stop_timeout, struct oci_int,
	    value_integer),
	ONE(entrypoint, "entrypoint", CONFIG, container_config, entrypoint, char **, value_words),
	C_LIST(env_file, "env-file", env, char **, value_env_file),
	C_LIST(env, "env", env, char **, value_env),
	C_LIST(label_file, "label-file", labels, struct oci_pair **, value_pair_file),
	C_LIST(label, "label", labels, struct oci_pair **, value_pair),
	C_LIST(expose, "expose", exposed_ports, struct oci_member **, value_port),

	H_LIST(volume, "volume", mounts, struct mount_request **, value_volume),
	H_LIST(mount, "mount", mounts, struct mount_request **, value_mount),
	H_LIST(tmpfs, "tmpfs", mounts, struct mount_request **, value_tmpfs),
	H_LIST(device, "device", devices, struct container_device **, value_device),
	H_LIST(device_cgroup_rule, "device-cgroup-rule", device_cgroup_rules, char **,
	       value_device_rule),
	H_UINT(shm_size, "shm-size", shm_size, value_size_uint),
	H_LIST(annotation, "annotation", annotations, struct oci_pair **, value_must_pair),
	H_TEXT(runtime, "runtime", runtime, value_word),

	H_TEXT(network, "network", network_mode, value_network),
	H_LIST(dns, "dns", dns, char **, value_ip),
	H_LIST(dns_search, "dns-search", dns_search, char **, value_words),
	H_LIST(dns_option, "dns-option", dns_options, char **, value_words),
	H_LIST(add_host, "add-host", extra_hosts, char **, value_host),

	H_LIST(cap_add, "cap-add", cap_add, char **, value_words),
	H_LIST(cap_drop, "cap-drop", cap_drop, char **, value_words),
	H_LIST(security_opt, "security-opt", security_opt, char **, value_security),
	H_LIST(sysctl, "sysctl", sysctls, struct oci_pair **, value_must_pair),
	H_LIST(group_add, "group-add", group_add, char **, value_words),
	H_TEXT(pid, "pid", pid_mode, value_string),
	H_TEXT(ipc, "ipc", ipc_mode, value_string),
	H_TEXT(uts, "uts", uts_mode, value_string),
	H_TEXT(userns, "userns", userns_mode, value_string),
	H_TEXT(cgroupns, "cgroupns", cgroupns_mode, value_string),
	H_TEXT(cgroup_parent, "cgroup-parent", cgroup_parent, value_word),

	H_INT(memory_swappiness, "memory-swappiness", memory_swappiness, value_integer),
	H_INT(oom_score_adj, "oom-score-adj", oom_score_adj, value_integer),
	H_LIST(blkio_weight_device, "blkio-weight-device", blkio_weight_device,
	       struct weight_device **, value_weight_device),
	H_LIST(device_read_bps, "device-read-bps", blkio_device_read_bps,
	       struct throttle_device **, value_bps_device),
	H_LIST(device_write_bps, "device-write-bps", blkio_device_write_bps,
	       struct throttle_device **, value_bps_device),
	H_LIST(device_read_iops, "device-read-iops", blkio_device_read_iops,
	       struct throttle_device **, value_iops_device),
	H_LIST(device_write_iops, "device-write-iops", blkio_device_write_iops,
	       struct throttle_device **, value_iops_device),
	H_LIST(ulimit, "ulimit", ulimits, struct container_ulimit **, value_ulimit),
};

static const struct {
	size_t option;
	enum part part;
	size_t member;
} flags[] = {
#define FLAG(opt, part, s, m) \
	{ opt_at_(run_opts, opt, bool), part, opt_at_(s, m, struct oci_bool) }
	FLAG(tty, CONFIG, container_config, tty),
	FLAG(interactive, CONFIG, container_config, open_stdin),
	FLAG(remove, HOST, host_config, auto_remove),
	FLAG(privileged, HOST, host_config, privileged),
	FLAG(read_only, HOST, host_config, readonly_rootfs),
	FLAG(init, HOST, host_config, init),
	FLAG(oom_kill_disable, HOST, host_config, oom_kill_disable),
#undef FLAG
};

struct parts { void *at[2]; };

static int
read_setting(const struct setting *s, const void *o, void *member)
{
	const char *at = (const char *)o + s->option;
	int r = 0;

	if (!s->list) {
		const char *text = *(const char *const *)at;
		return text ? wrap(s->read(text, member), "--%s", s->name) : 0;
	}
	char *const *list = *(char **const *)at;
	for (; r == 0 && list && *list; list++)
		r = wrap(s->read(*list, member), "--%s", s->name);
	return r;
}

static int
read_settings(const struct setting *list, size_t n, const void *o, const struct parts *to)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		r = read_setting(list + i, o, (char *)to->at[list[i].part] + list[i].member);
	return r;
}

int
run_opts_limits(const struct run_opts *o, struct host_config *host)
{
	const struct parts to = { .at[HOST] = host };

	return read_settings(limits, countof(limits), o, &to);
}

static void
read_flags(const void *o, const struct parts *to)
{
	for (size_t i = 0; i < countof(flags); i++) {
		char *member = (char *)to->at[flags[i].part] + flags[i].member;

		if (*(const bool *)((const char *)o + flags[i].option))
			*(struct oci_bool *)member = (struct oci_bool){ true, true };
	}
}

/* Who is attached to: the streams that were named, else all, standard input only with -i. */
static int
read_attach(const struct run_opts *o, struct container_config *c)
{
	const struct {
		const char *name;
		struct oci_bool *member;
		bool standard;
	} streams[] = {
		{ "stdin", &c->attach_stdin, o->interactive && !o->detach },
		{ "stdout", &c->attach_stdout, !o->detach },
		{ "stderr", &c->attach_stderr, !o->detach },
	};

	for (size_t i = 0; i < countof(streams); i++) {
		bool on = o->attach ? strv_has(o->attach, streams[i].name) : streams[i].standard;
		*streams[i].member = (struct oci_bool){ on, true };
	}
	for (char **a = o->attach; a && *a; a++)
		if (!streq(*a, "stdin") && !streq(*a, "stdout") && !streq(*a, "stderr"))
			return fail(0, "--attach: \"%s\" is none of stdin, stdout and stderr", *a);
	if (o->attach && o->detach)
		return fail(0, "--attach and --detach exclude each other");
	c->stdin_once = (struct oci_bool){ o->interactive && !o->detach, true };
	return 0;
}

static int
read_log_opt(const char *text, struct log_config *log)
{
	uint64_t number;
	const char *value;
	int r = value_must_pair(text, &log->config);

	if (r < 0)
		return r;
	value = strchr(text, '=') + 1;
	if (str_after(text, "max-size="))
		return streq(value, "-1") ? 0 : parse_size(value, &number);
	if (!str_after(text, "max-file="))
		return fail(0, "\"%s\": max-size and max-file are all that there is", text);
	r = parse_uint(value, 1000, &number);
	return r == 0 && number == 0 ? fail(0, "max-file must be 1 or more") : r;
}

static int
read_log(const struct run_opts *o, struct host_config *host)
{
	const char *type = o->log_driver ? o->log_driver : "json-file";
	struct log_config *log = host->log_config = xcalloc(1, sizeof(*log));
	int r = 0;

	if (!streq(type, "json-file") && !streq(type, "none"))
		return fail(0, "--log-driver: \"%s\" is none of json-file, none", type);
	log->type = xstrdup(type);
	if (streq(type, "none"))
		return o->log_opt ? fail(0, "--log-opt needs a log, and --log-driver is none") : 0;
	pairs_set(&log->config, "max-size", "10m");
	pairs_set(&log->config, "max-file", "3");
	for (char **opt = o->log_opt; r == 0 && opt && *opt; opt++)
		r = wrap(read_log_opt(*opt, log), "--log-opt");
	return r;
}

/* The directory as it is now: a later command may stand elsewhere. */
static int
read_rootfs(const char *text, struct container *c)
{
	c->rootfs = realpath(text, NULL);
	if (!c->rootfs)
		return fail(errno, "--rootfs: %s", text);
	return 0;
}

static void
set_default(char **member, const char *text)
{
	if (!*member)
		*member = xstrdup(text);
}

static int
check_together(const struct run_opts *o, const struct host_config *host)
{
	if (o->publish || o->publish_all)
		return fail(0, "--publish: ports cannot be published yet, they come with bridged "
			       "networks; --network host shares all ports of the host");
	if (o->remove && host->restart_policy && !streq(host->restart_policy->name, "no"))
		return fail(0, "--rm and --restart exclude each other");
	if (o->pull && !strv_has((char *[]){ "always", "missing", "never", NULL }, o->pull))
		return fail(0, "--pull: \"%s\" is none of always, missing, never", o->pull);
	return 0;
}

static int
read_all(const struct run_opts *o, struct container *c)
{
	const struct parts to = { .at = { [CONFIG] = c->config, [HOST] = c->host } };
	int r = read_settings(limits, countof(limits), o, &to);

	if (r == 0)
		r = read_settings(settings, countof(settings), o, &to);
	if (r == 0)
		r = read_attach(o, c->config);
	if (r == 0)
		r = read_log(o, c->host);
	if (r == 0 && o->rootfs)
		r = read_rootfs(o->rootfs, c);
	if (r == 0)
		r = check_together(o, c->host);
	read_flags(o, &to);
	return r;
}

int
run_opts_container(const struct run_opts *o, char *const *args, struct container *c)
{
	c->config = xcalloc(1, sizeof(*c->config));
	c->host = xcalloc(1, sizeof(*c->host));
	if (o->name)
		c->name = xstrdup(o->name);
	if (!o->rootfs && !*args)
		return fail(0, "no image is named");
	if (!o->rootfs)
		c->config->image = xstrdup(*args++);
	c->config->cmd = strv_copy(args);

	int r = read_all(o, c);
	set_default(&c->host->network_mode, "none");
	if (!c->host->restart_policy)
		value_restart("no", &c->host->restart_policy);
	return r;
}
