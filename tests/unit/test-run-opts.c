/* The options of run, create and bundle, from words to the record. */
#include "unit.h"

#include "servin/run-opts.h"
#include "servin/run-values.h"

#include "base/ptrs.h"
#include "base/strv.h"
#include "engine/pairs.h"
#include "libocispec/document.h"

#include <stdio.h>
#include <unistd.h>

static const struct opt options[] = {
	RUN_OPTS,
	KEEP_OPTS,
	OPT_FLAG(run_opts, 'd', detach, "detach", "run in the background"),
	{ 0 },
};

static int
parse_words(struct container *c, char **words)
{
	struct run_opts o = { 0 };
	int n = opts_parse(options, words, &o);
	int r = n < 0 ? n : run_opts_container(&o, words + n, c);

	opts_done(options, &o);
	return r;
}

/* The record of a command line; the test ends if it is wrong. */
#define RECORD(...) ({ \
	struct container *c_ = calloc(1, sizeof(*c_)); \
	int r_ = parse_words(c_, (char *[]){ __VA_ARGS__, NULL }); \
	if (r_ < 0) print_error("%s\n", err_words()); \
	assert_true(r_ == 0); \
	c_; \
})

#define REFUSED(said, ...) do { \
	struct container *c_ = calloc(1, sizeof(*c_)); \
	fails(parse_words(c_, (char *[]){ __VA_ARGS__, NULL }), said); \
	oci_free(&container_type, c_); \
} while (0)

static void
drop(struct container *c)
{
	oci_free(&container_type, c);
}

TEST(plain)
{
	struct container *c = RECORD("--name", "web", "-h", "box", "-it", "--rm", "-w", "/srv",
				     "alpine", "sh", "-c", "exit 3");

	same_words(c->name, "web");
	same_words(c->config->image, "alpine");
	same_words(c->config->cmd[0], "sh");
	same_words(c->config->cmd[2], "exit 3");
	same_words(c->config->hostname, "box");
	same_words(c->config->working_dir, "/srv");
	same(c->config->tty.v && c->config->open_stdin.v && c->config->attach_stdin.v, true);
	same(c->host->auto_remove.v, true);
	same(c->host->privileged.set, false);
	same_words(c->host->network_mode, "none");
	same_words(c->host->restart_policy->name, "no");
	same_words(pairs_get(c->host->log_config->config, "max-size"), "10m");
	drop(c);
	REFUSED("no image is named", "-i");
}

TEST(rootfs)
{
	struct container *c = RECORD("--rootfs", "/", "true");

	same_words(c->rootfs, "/");
	same_words(c->config->cmd[0], "true");
	assert_null(c->config->image);
	drop(c);
	REFUSED("--rootfs: /no/such: no such file or directory", "--rootfs", "/no/such", "true");
}

TEST(env)
{
	char **env = NULL;

	setenv("HERE", "ours", 1);
	unsetenv("NOWHERE");
	same(value_env("A=1", &env), 0);
	same(value_env("HERE", &env), 0);
	same(value_env("NOWHERE", &env), 0);
	same(value_env("A=2=3", &env), 0);
	same(strv_len(env), 3);
	same_words(env[0], "A=2=3");
	same_words(env[1], "HERE=ours");
	same_words(env[2], "NOWHERE");
	fails(value_env("=x", &env), "\"=x\" has no name");
	strv_free(env);
}

static char *
temp_file(const char *text)
{
	char *name = strdup("/tmp/test-run-opts.XXXXXX");
	int fd = mkstemp(name);

	assert_true(fd >= 0);
	assert_true(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	return name;
}

TEST(env_file)
{
	char *name = temp_file("\xef\xbb\xbf# a comment\nA=1\r\n\n  B= two \nHERE\nNOWHERE\nC=#\n");
	char **env = NULL;

	same(value_env_file(name, &env), 0);
	same(strv_len(env), 4);
	same_words(env[0], "A=1");
	same_words(env[1], "B= two ");
	same_words(env[2], "HERE=ours");
	same_words(env[3], "C=#");
	strv_free(env);
	unlink(name);
	free(name);
}

TEST(env_file_bad)
{
	char *name = temp_file("A=1\nno good=2\n");
	char **env = NULL, said[128];

	snprintf(said, sizeof(said), "%s:2: \"no good\" has a blank in its name", name);
	fails(value_env_file(name, &env), said);
	fails(value_env_file("/no/such", &env), "open /no/such: no such file or directory");
	strv_free(env);
	unlink(name);
	free(name);
}

TEST(labels)
{
	char *file = temp_file("from=file\nboth=file\n");
	struct container *c = RECORD("-l", "a", "--label", "b=c=d", "--label", "both=word",
				     "--label-file", file, "i");

	same_words(pairs_get(c->config->labels, "a"), "");
	same_words(pairs_get(c->config->labels, "b"), "c=d");
	same_words(pairs_get(c->config->labels, "from"), "file");
	same_words(pairs_get(c->config->labels, "both"), "word");
	drop(c);
	unlink(file);
	free(file);
	REFUSED("--label: \"=x\" has no name", "-l", "=x", "i");
}

TEST(entrypoint)
{
	struct container *c = RECORD("--entrypoint", "", "i");

	same_words(c->config->entrypoint[0], "");
	drop(c);
	c = RECORD("--entrypoint", "/bin/x", "i", "arg");
	same_words(c->config->entrypoint[0], "/bin/x");
	drop(c);
}

/* What a mount option makes of its words, as the record has it. */
static void
mount_is(int (*read)(const char *, void *), const char *text, const char *json)
{
	struct mount_request **list = NULL;
	char *made;

	same(read(text, &list), 0);
	same(ptrs_len(list), 1);
	made = oci_encode(&mount_request_type, list[0], OCI_COMPACT);
	same_words(made, json);
	free(made);
	oci_free_list(&mount_request_type, (void **)list);
}

#define MOUNT_FAILS(read, text, said) do { \
	struct mount_request **list_ = NULL; \
	fails(read(text, &list_), text ": " said); \
	assert_null(list_); \
} while (0)

TEST(volumes)
{
	mount_is(value_volume, "/srv:/data",
		 "{\"Type\":\"bind\",\"Source\":\"/srv\",\"Target\":\"/data\"}");
	mount_is(value_volume, "data:/data:ro,nocopy",
		 "{\"Type\":\"volume\",\"Source\":\"data\",\"Target\":\"/data\",\"ReadOnly\":true,"
		 "\"VolumeOptions\":{\"NoCopy\":true}}");
	mount_is(value_volume, "/data", "{\"Type\":\"volume\",\"Target\":\"/data\"}");
	mount_is(value_volume, "/a:/b:rslave,z",
		 "{\"Type\":\"bind\",\"Source\":\"/a\",\"Target\":\"/b\","
		 "\"BindOptions\":{\"Propagation\":\"rslave\"}}");
	MOUNT_FAILS(value_volume, "a/b:/c",
		    "\"a/b\" is no name of a volume; a path is written ./a/b");
	MOUNT_FAILS(value_volume, "/a:b", "the target \"b\" must be an absolute path");
	MOUNT_FAILS(value_volume, "/a:/b:sometimes", "\"sometimes\" is no option of a volume");
	MOUNT_FAILS(value_volume, ":/b", "it has no source");
	MOUNT_FAILS(value_volume, "v:/b:rshared", "propagation is for a path of the host");
	MOUNT_FAILS(value_volume, "/a:/b:nocopy", "nocopy is for a volume");
	MOUNT_FAILS(value_volume, "data", "the target \"data\" must be an absolute path");
}

TEST(relative_sources)
{
	char *cwd, want[4096];

	assert_true(chdir("/tmp") == 0);
	cwd = getcwd(NULL, 0);
	snprintf(want, sizeof(want),
		 "{\"Type\":\"bind\",\"Source\":\"%s/x\",\"Target\":\"/x\"}", cwd);
	mount_is(value_volume, "./x:/x", want);
	mount_is(value_mount, "type=bind,src=x,dst=/x", want);
	snprintf(want, sizeof(want),
		 "{\"Type\":\"bind\",\"Source\":\"%s\",\"Target\":\"/x\"}", cwd);
	mount_is(value_volume, ".:/x", want);
	free(cwd);
}

TEST(mounts)
{
	mount_is(value_mount, "target=/d,type=bind,source=/s,readonly,bind-propagation=shared,"
			      "bind-recursive=writable",
		 "{\"Type\":\"bind\",\"Source\":\"/s\",\"Target\":\"/d\",\"ReadOnly\":true,"
		 "\"BindOptions\":{\"Propagation\":\"shared\",\"ReadOnlyNonRecursive\":true}}");
	mount_is(value_mount, "dst=/d,volume-label=a=b,ro=false",
		 "{\"Type\":\"volume\",\"Target\":\"/d\",\"ReadOnly\":false,"
		 "\"VolumeOptions\":{\"Labels\":{\"a\":\"b\"}}}");
	mount_is(value_mount, "type=tmpfs,target=/t,tmpfs-size=1m,tmpfs-mode=1770",
		 "{\"Type\":\"tmpfs\",\"Target\":\"/t\","
		 "\"TmpfsOptions\":{\"SizeBytes\":1048576,\"Mode\":1016}}");
	mount_is(value_mount, "type=bind,\"src=/with,comma\",dst=/d",
		 "{\"Type\":\"bind\",\"Source\":\"/with,comma\",\"Target\":\"/d\"}");
	MOUNT_FAILS(value_mount, "type=bind,dst=/d", "a bind needs a source");
	MOUNT_FAILS(value_mount, "type=bind,src=/s", "it has no target");
	MOUNT_FAILS(value_mount, "type=tmpfs,src=/s,dst=/d", "a tmpfs has no source");
	MOUNT_FAILS(value_mount, "type=nfs,dst=/d",
		    "type: \"nfs\" is none of bind, volume, tmpfs");
	MOUNT_FAILS(value_mount, "sauce=/s,dst=/d", "there is no key \"sauce\"");
	MOUNT_FAILS(value_mount, "target", "target needs a value");
	MOUNT_FAILS(value_mount, "tmpfs-size=1m,dst=/d", "tmpfs-size is for type=tmpfs");
	MOUNT_FAILS(value_mount, "ro=perhaps,dst=/d",
		    "ro: \"perhaps\" is neither true nor false");
	MOUNT_FAILS(value_mount, "\"dst=/d", "a quote is not closed");
}

TEST(tmpfs)
{
	mount_is(value_tmpfs, "/run", "{\"Type\":\"tmpfs\",\"Target\":\"/run\"}");
	mount_is(value_tmpfs, "/run:ro,size=64m,mode=1777,exec",
		 "{\"Type\":\"tmpfs\",\"Target\":\"/run\",\"ReadOnly\":true,"
		 "\"TmpfsOptions\":{\"SizeBytes\":67108864,\"Mode\":1023,"
		 "\"Options\":[\"exec\"]}}");
	MOUNT_FAILS(value_tmpfs, "run", "the target \"run\" must be an absolute path");
	MOUNT_FAILS(value_tmpfs, "/run:size=big", "big: not a size");
}

TEST(limits)
{
	struct container *c = RECORD("-m", "512m", "--memory-swap", "-1", "--cpus", "1.5",
				     "--cpu-shares", "512", "--pids-limit", "-1", "--cpuset-cpus",
				     "0", "--shm-size", "1g", "--ulimit", "NOFILE=10:20",
				     "--ulimit", "nproc=-1", "--ulimit", "nofile=30", "i");

	same(c->host->memory.v, 512 << 20);
	same(c->host->memory_swap.v, -1);
	same(c->host->nano_cpus.v, 1500000000);
	same(c->host->cpu_shares.v, 512);
	same(c->host->pids_limit.v, -1);
	same(c->host->shm_size.v, 1 << 30);
	same(ptrs_len(c->host->ulimits), 2);
	same_words(c->host->ulimits[0]->name, "nproc");
	same(c->host->ulimits[0]->hard.v, -1);
	same_words(c->host->ulimits[1]->name, "nofile");
	same(c->host->ulimits[1]->soft.v, 30);
	same(c->host->ulimits[1]->hard.v, 30);
	drop(c);
	REFUSED("--memory: 12q: not a size", "-m", "12q", "i");
	REFUSED("--ulimit: \"files\" is no limit, such as nofile or nproc", "--ulimit", "files=1",
		"i");
	REFUSED("--ulimit: \"nofile=2:1\": the soft limit is above the hard one", "--ulimit",
		"nofile=2:1", "i");
	REFUSED("--ulimit: \"nofile\" must be NAME=SOFT[:HARD]", "--ulimit", "nofile", "i");
}

TEST(cpus)
{
	struct oci_uint n;

	same(value_cpus("0.07", &n), 0);
	same(n.v, 70000000);
	same(value_cpus(".5", &n), 0);
	same(n.v, 500000000);
	same(value_cpus("2", &n), 0);
	same(n.v, 2000000000);
	fails(value_cpus("two", &n), "\"two\" is no number of processors, such as 1.5");
	fails(value_cpus("", &n), "\"\" is no number of processors, such as 1.5");
	fails(value_cpus(".", &n), "\".\" is no number of processors, such as 1.5");
	fails(value_cpus("1e3", &n), "\"1e3\" is no number of processors, such as 1.5");
}

static void
device_is(const char *text, const char *host, const char *inside, const char *access)
{
	struct host_config h = { 0 };

	same(value_device(text, &h.devices), 0);
	same_words(h.devices[0]->path_on_host, host);
	same_words(h.devices[0]->path_in_container, inside);
	same_words(h.devices[0]->cgroup_permissions, access);
	oci_done(&host_config_type, &h);
}

TEST(devices)
{
	struct host_config h = { 0 };

	device_is("/dev/fuse", "/dev/fuse", "/dev/fuse", "rwm");
	device_is("/dev/fuse:r", "/dev/fuse", "/dev/fuse", "r");
	device_is("/dev/fuse:/dev/x", "/dev/fuse", "/dev/x", "rwm");
	device_is("/dev/fuse:/dev/x:rw", "/dev/fuse", "/dev/x", "rw");
	fails(value_device("fuse", &h.devices), "\"fuse\": both paths must be absolute");
	fails(value_device("/a:/b:x", &h.devices),
	      "\"/a:/b:x\": the access is none or more of r, w and m");
	same(value_device_rule("c 13:* rwm", &h.device_cgroup_rules), 0);
	same(value_device_rule("a *:* m", &h.device_cgroup_rules), 0);
	fails(value_device_rule("c 13 rwm", &h.device_cgroup_rules),
	      "\"c 13 rwm\" must be such as \"c 13:* rwm\"");
	same(value_bps_device("/dev/sda:1m", &h.blkio_device_read_bps), 0);
	same(h.blkio_device_read_bps[0]->rate.v, 1 << 20);
	fails(value_weight_device("/dev/sda:9", &h.blkio_weight_device),
	      "\"/dev/sda:9\": a weight is a number from 10 to 1000");
	oci_done(&host_config_type, &h);
}

TEST(restart)
{
	struct container *c = RECORD("--restart", "on-failure:3", "i");

	same_words(c->host->restart_policy->name, "on-failure");
	same(c->host->restart_policy->maximum_retry_count.v, 3);
	drop(c);
	REFUSED("--restart: \"often\" is none of no, on-failure[:N], always, unless-stopped",
		"--restart", "often", "i");
	REFUSED("--restart: \"always:3\": only on-failure takes a number", "--restart", "always:3",
		"i");
	REFUSED("--rm and --restart exclude each other", "--rm", "--restart", "always", "i");
}

TEST(network)
{
	struct container *c = RECORD("--net", "container:web", "i");

	same_words(c->host->network_mode, "container:web");
	drop(c);
	REFUSED("--network: \"bridge\": there are no bridged networks yet; none, host, "
		"container:NAME and ns:PATH work", "--network", "bridge", "i");
	REFUSED("--network: \"lan\" is none of none, host, container:NAME, ns:PATH", "--network",
		"lan", "i");
	REFUSED("--network: \"ns:x\": ns: takes an absolute path, such as /run/netns/x",
		"--network", "ns:x", "i");
	REFUSED("--publish: ports cannot be published yet, they come with bridged networks; "
		"--network host shares all ports of the host", "-p", "80:80", "i");
	REFUSED("--add-host: \"x\" must be NAME:IP", "--add-host", "x", "i");
	REFUSED("--dns: \"one\" is no IP address", "--dns", "one", "i");
}

TEST(hosts)
{
	char **hosts = NULL;

	same(value_host("a:10.0.0.1", &hosts), 0);
	same(value_host("b:[::1]", &hosts), 0);
	same(value_host("c=fe80::1", &hosts), 0);
	same_words(hosts[0], "a:10.0.0.1");
	same_words(hosts[1], "b:::1");
	same_words(hosts[2], "c:fe80::1");
	strv_free(hosts);
}

TEST(security)
{
	char *file = temp_file("{\"defaultAction\": \"SCMP_ACT_ALLOW\"}");
	char *option = xasprintf("seccomp=%s", file);
	struct container *c = RECORD("--security-opt", "no-new-privileges", "--security-opt",
				     option, "--security-opt", "apparmor:unconfined", "i");

	same_words(c->host->security_opt[0], "no-new-privileges=true");
	same_words(c->host->security_opt[1], "seccomp={\"defaultAction\": \"SCMP_ACT_ALLOW\"}");
	same_words(c->host->security_opt[2], "apparmor=unconfined");
	drop(c);
	unlink(file);
	free(file);
	free(option);
	REFUSED("--security-opt: \"wall=high\" is none of no-new-privileges, seccomp=, apparmor=, "
		"label=, systempaths=", "--security-opt", "wall=high", "i");
	REFUSED("--security-opt: open /no/such: no such file or directory", "--security-opt",
		"seccomp=/no/such", "i");
}

TEST(profile_is_json)
{
	char *file = temp_file("{\"defaultAction\": 7}");
	char *option = xasprintf("seccomp=%s", file);
	char **list = NULL, said[256];

	snprintf(said, sizeof(said), "%s:1: .defaultAction: must be a string", file);
	fails(value_security(option, &list), said);
	unlink(file);
	free(file);
	free(option);
}

TEST(log)
{
	struct container *c = RECORD("--log-opt", "max-size=1k", "--log-opt", "max-file=2", "i");

	same_words(pairs_get(c->host->log_config->config, "max-size"), "1k");
	same_words(pairs_get(c->host->log_config->config, "max-file"), "2");
	drop(c);
	REFUSED("--log-driver: \"syslog\" is none of json-file, none", "--log-driver", "syslog",
		"i");
	REFUSED("--log-opt: \"tag=x\": max-size and max-file are all that there is", "--log-opt",
		"tag=x", "i");
	REFUSED("--log-opt: max-file must be 1 or more", "--log-opt", "max-file=0", "i");
}

TEST(attach)
{
	struct container *c = RECORD("-a", "stderr", "i");

	same(c->config->attach_stderr.v, true);
	same(c->config->attach_stdout.v, false);
	drop(c);
	c = RECORD("-d", "-i", "i");
	same(c->config->attach_stdin.v || c->config->attach_stdout.v, false);
	same(c->config->open_stdin.v, true);
	drop(c);
	REFUSED("--attach: \"in\" is none of stdin, stdout and stderr", "-a", "in", "i");
}

TEST(ports)
{
	struct container *c = RECORD("--expose", "80", "--expose", "53-54/udp", "--expose",
				     "80/tcp", "i");

	same(ptrs_len(c->config->exposed_ports), 3);
	same_words(c->config->exposed_ports[0]->key, "80/tcp");
	same_words(c->config->exposed_ports[2]->key, "54/udp");
	drop(c);
	REFUSED("--expose: \"http\" is no port, such as 80 or 53/udp", "--expose", "http", "i");
}

TESTS(T(plain), T(rootfs), T(env), T(env_file), T(env_file_bad), T(labels), T(entrypoint),
      T(volumes), T(relative_sources), T(mounts), T(tmpfs), T(limits), T(cpus), T(devices),
      T(restart), T(network), T(hosts), T(security), T(profile_is_json), T(log), T(attach),
      T(ports))
