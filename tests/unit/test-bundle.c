/* From a record and an image to config.json. */
#include "unit.h"

#include "engine/bundle.h"
#include "engine/pairs.h"

#include "base/file.h"
#include "base/ptrs.h"
#include "base/strv.h"
#include "libocispec/document.h"

#include <stdio.h>
#include <sys/stat.h>

static const struct engine engine = { .root_fd = -EBADF, .state_fd = -EBADF, .root = "/store" };

/* A record or an image, as JSON says it. */
static void *
made(const struct type *t, const char *json)
{
	const struct oci_source source = { .name = "test", .text = json, .len = strlen(json) };
	void *out = calloc(1, t->size);

	if (oci_decode(t, &source, out) < 0)
		print_error("%s\n", err_words());
	return out;
}

static struct container *
container(const char *config, const char *host)
{
	char *json = xasprintf("{\"Id\":\"0123456789ab\",\"Name\":\"x\",\"Config\":{%s},"
			       "\"HostConfig\":{\"NetworkMode\":\"none\"%s%s}}",
			       config, *host ? "," : "", host);
	struct container *c = made(&container_type, json);

	free(json);
	return c;
}

static struct image
image(const char *config)
{
	char *json = xasprintf("{\"architecture\":\"amd64\",\"os\":\"linux\",\"created\":\"then\","
			       "\"author\":\"somebody\",\"rootfs\":{\"type\":\"layers\","
			       "\"diff_ids\":[\"sha256:1\"]},\"config\":{%s}}", config);
	struct image i = { .id = strdup("sha256:id"), .digest = strdup("sha256:digest"),
			   .config = made(&oci_image_type, json) };

	free(json);
	return i;
}

static void
drop_image(struct image *i)
{
	free(i->id);
	free(i->digest);
	oci_free(&oci_image_type, i->config);
}

/* A root file system with these accounts. */
static int
root_of(const char *passwd, const char *group)
{
	char dir[] = "/tmp/test-bundle.XXXXXX";
	int fd;

	assert_non_null(mkdtemp(dir));
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0 && mkdirat(fd, "etc", 0755) == 0);
	if (passwd)
		same(file_replace_at(fd, "etc/passwd", passwd, strlen(passwd), 0644), 0);
	if (group)
		same(file_replace_at(fd, "etc/group", group, strlen(group), 0644), 0);
	return fd;
}

static void
drop_root(int fd)
{
	char path[64];
	ssize_t n = readlink(fd_path(fd).s, path, sizeof(path) - 1);

	assert_true(n > 0);
	path[n] = 0;
	same(dir_remove_below(fd, NULL), 0);
	close(fd);
	assert_true(rmdir(path) == 0);
}

#define ACCOUNTS "root:x:0:0:root:/root:/bin/sh\nbroken\nuser:x:1000:100::/home/user:/bin/sh\n"
#define GROUPS	 "root:x:0:\nusers:x:100:\nmore:x:2000:other,user\nwheel:x:10:root\n"

static void
user_is(int root, const char *user, const char *want)
{
	struct oci_user u = { 0 };
	char *home = NULL, text[256];
	size_t n;

	if (bundle_user(root, user, NULL, &u, &home) < 0)
		print_error("%s\n", err_words());
	n = (size_t)snprintf(text, sizeof(text), "%u:%u", (unsigned)u.uid.v, (unsigned)u.gid.v);
	for (size_t i = 0; i < u.additional_gids.n; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, " %u",
				      (unsigned)u.additional_gids.v[i]);
	snprintf(text + n, sizeof(text) - n, " %s", home ? home : "-");
	same_words(text, want);
	free(u.additional_gids.v);
	free(home);
}

static void
user_fails(int root, const char *user, const char *said)
{
	struct oci_user u = { 0 };

	fails(bundle_user(root, user, NULL, &u, NULL), said);
	free(u.additional_gids.v);
}

TEST(users)
{
	int root = root_of(ACCOUNTS, GROUPS);

	user_is(root, NULL, "0:0 0 10 /root");
	user_is(root, "", "0:0 0 10 /root");
	user_is(root, "user", "1000:100 100 2000 /home/user");
	user_is(root, "user:more", "1000:2000 2000 /home/user");
	user_is(root, "1000", "1000:100 100 /home/user");
	user_is(root, "1000:0", "1000:0 0 /home/user");
	user_is(root, "7:8", "7:8 8 /");
	user_is(root, "7", "7:0 0 /");
	user_fails(root, "nobody", "no user \"nobody\" in the container's /etc/passwd");
	user_fails(root, "user:none", "no group \"none\" in the container's /etc/group");
	user_fails(root, "4294967295", "4294967295 is no user ID");
	user_fails(root, "broken", "no user \"broken\" in the container's /etc/passwd");
	drop_root(root);
}

TEST(no_accounts)
{
	int root = root_of(NULL, NULL);

	user_is(root, NULL, "0:0 0 /");
	user_is(root, "5", "5:0 0 /");
	user_fails(root, "user", "no user \"user\" in the container's /etc/passwd");
	/* Whatever the image puts there, the host's file is not reached and nothing blocks. */
	assert_true(mkfifoat(root, "etc/passwd", 0644) == 0);
	user_fails(root, "root", "/etc/passwd in the image is no file");
	assert_true(unlinkat(root, "etc/passwd", 0) == 0);
	assert_true(symlinkat("../../../../etc/passwd", root, "etc/passwd") == 0);
	user_fails(root, "root", "open /etc/passwd: too many levels of symbolic links");
	drop_root(root);
}

TEST(more_groups)
{
	int root = root_of(ACCOUNTS, GROUPS);
	struct oci_user u = { 0 };

	same(bundle_user(root, "user", (char *[]){ "wheel", "77", "100", NULL }, &u, NULL), 0);
	same(u.additional_gids.n, 4);
	same(u.additional_gids.v[2], 10);
	same(u.additional_gids.v[3], 77);
	free(u.additional_gids.v);
	drop_root(root);
}

#define IMAGE \
	"\"User\":\"user\",\"Env\":[\"PATH=/bin\",\"A=image\",\"B=image\"]," \
	"\"Entrypoint\":[\"/entry\"],\"Cmd\":[\"one\",\"two\"],\"WorkingDir\":\"/srv\"," \
	"\"StopSignal\":\"SIGINT\",\"Labels\":{\"k\":\"image\",\"l\":\"image\"," \
	"\"org.opencontainers.image.author\":\"label\",\"run.oci.x\":\"1\"}," \
	"\"ExposedPorts\":{\"80/tcp\":{},\"81/tcp\":{}},\"Volumes\":{\"/data\":{}}"

/* What completing gives for a member of the record, as JSON. */
static struct container *
completed(const char *config, const char *host)
{
	struct container *c = container(config, host);
	struct image i = image(IMAGE);

	if (bundle_complete(c, &i) < 0)
		print_error("%s\n", err_words());
	drop_image(&i);
	return c;
}

TEST(complete)
{
	struct container *c = completed("\"Env\":[\"B=ours\",\"C=ours\",\"A\"],"
					"\"Labels\":{\"l\":\"ours\"}", "");

	same_words(c->path, "/entry");
	same_words(c->args[1], "two");
	same(strv_len(c->config->env), 3);
	same_words(c->config->env[0], "PATH=/bin");
	same_words(c->config->env[1], "B=ours");
	same_words(c->config->env[2], "C=ours");
	same_words(c->config->user, "user");
	same_words(c->config->working_dir, "/srv");
	same_words(c->config->stop_signal, "SIGINT");
	same_words(pairs_get(c->config->labels, "k"), "image");
	same_words(pairs_get(c->config->labels, "l"), "ours");
	same_words(c->config->volumes[0]->key, "/data");
	same_words(c->image, "sha256:id");
	same_words(c->layers[0], "sha256:1");
	oci_free(&container_type, c);
}

TEST(annotations)
{
	struct container *c = completed("", "\"Annotations\":{\"mine\":\"yes\"}");

	same_words(pairs_get(c->annotations, "org.opencontainers.image.os"), "linux");
	same_words(pairs_get(c->annotations, "org.opencontainers.image.created"), "then");
	same_words(pairs_get(c->annotations, "org.opencontainers.image.author"), "label");
	same_words(pairs_get(c->annotations, "org.opencontainers.image.stopSignal"), "SIGINT");
	same_words(pairs_get(c->annotations, "org.opencontainers.image.exposedPorts"),
		   "80/tcp,81/tcp");
	same_words(pairs_get(c->annotations, "mine"), "yes");
	assert_null(pairs_get(c->annotations, "run.oci.x"));
	oci_free(&container_type, c);
}

TEST(commands)
{
	struct container *c = completed("\"Cmd\":[\"other\"]", "");

	same_words(c->path, "/entry");
	same_words(c->args[0], "other");
	oci_free(&container_type, c);
	c = completed("\"Entrypoint\":[\"/mine\"]", "");
	same_words(c->path, "/mine");
	assert_null(c->args);
	oci_free(&container_type, c);
	c = completed("\"Entrypoint\":[\"\"],\"Cmd\":[\"only\"]", "");
	same_words(c->path, "only");
	oci_free(&container_type, c);
}

static void
refused(const char *config, const char *host, const char *said)
{
	struct container *c = container(config, host);

	fails(bundle_complete(c, NULL), said);
	oci_free(&container_type, c);
}

#define SH "\"Cmd\":[\"sh\"]"

TEST(refused)
{
	refused("", "", "no command: neither the image nor the command line names one");
	refused(SH ",\"WorkingDir\":\"srv\"", "", "--workdir: \"srv\" must be an absolute path");
	refused(SH, "\"CapAdd\":[\"FLY\"]", "--cap-add: there is no capability \"FLY\"");
	refused(SH, "\"Memory\":1000", "--memory: 6m is the least that a container starts with");
	refused(SH, "\"MemorySwap\":10000000", "--memory-swap is a limit of memory and swap "
		"together, and needs --memory, too");
	refused(SH, "\"Memory\":20000000,\"MemorySwap\":10000000", "--memory-swap is memory and "
		"swap together, so it must not be below --memory");
	refused(SH, "\"NanoCpus\":1000000000,\"CpuQuota\":5000", "--cpus stands for --cpu-period "
		"and --cpu-quota, and excludes them");
	refused(SH, "\"CpusetCpus\":\"x\"", "--cpuset-cpus: x: not a number");
	refused(SH, "\"PidMode\":\"mine\"",
		"--pid: \"mine\" is none of private, host, ns:PATH, container:NAME");
	refused(SH, "\"UsernsMode\":\"auto\"", "--userns: \"auto\": host is all that there is");
	refused(SH ",\"Hostname\":\"x\"", "\"UTSMode\":\"host\"",
		"--hostname and --uts host exclude each other");
	refused(SH, "\"Sysctls\":{\"vm.swappiness\":\"1\"}", "--sysctl: vm.swappiness would change "
		"the host, too: it belongs to no namespace");
	refused(SH, "\"Devices\":[{\"PathOnHost\":\"/etc\",\"PathInContainer\":\"/x\"},"
		"{\"PathOnHost\":\"/etc/passwd\",\"PathInContainer\":\"/x\"}]",
		"--device: /etc/passwd is no device");
}

TEST(mounts_refused)
{
#define BIND(from, to) "{\"Type\":\"bind\",\"Source\":\"" from "\",\"Target\":\"" to "\"}"
	refused(SH, "\"Mounts\":[" BIND("/no/such", "/x") "]", "mount: /no/such: no such file or "
		"directory\ncreate it first: no directory is made for what may be mistyped");
	refused(SH, "\"Mounts\":[" BIND("/", "/x") "," BIND("/", "//x/") "]",
		"mount: //x/ is the target of two");
	refused(SH, "\"Mounts\":[" BIND("/", "/proc/self") "]",
		"mount: /proc/self: nothing can be mounted in /proc");
	refused(SH, "\"Mounts\":[" BIND("/", "//") "]",
		"mount: nothing can be mounted over the root itself");
#undef BIND
}

static int
no_pid(const struct engine *e, const char *name, int *pid)
{
	(void)e;
	*pid = 42;
	return strcmp(name, "web") == 0 ? 0 : fail(ENOENT, "no such container: %s", name);
}

/* The configuration of a record; what is asked of it is told by the tests. */
static struct oci_spec *
spec_of(const char *config, const char *host)
{
	struct container *c = container(config, host);
	int root = root_of(ACCOUNTS, GROUPS);
	const struct bundle_place at = { .root = root, .rootfs = "rootfs", .dir = "/run/c",
					 .pid_of = no_pid };
	struct oci_spec *spec = NULL;
	int r = bundle_complete(c, NULL);

	if (r == 0)
		r = bundle_volumes(&engine, c);
	if (r == 0)
		r = bundle_spec(&engine, c, &at, &spec);
	if (r < 0)
		print_error("%s\n", err_words());
	oci_free(&container_type, c);
	drop_root(root);
	assert_non_null(spec);
	return spec;
}

static struct oci_mount *
mount_at(const struct oci_spec *s, const char *to)
{
	for (struct oci_mount **m = s->mounts; *m; m++)
		if (strcmp((*m)->destination, to) == 0)
			return *m;
	return NULL;
}

static void
options_are(const struct oci_mount *m, const char *want)
{
	char text[512] = "";
	size_t n = 0;

	for (char **o = m->options; o && *o; o++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", n ? "," : "", *o);
	same_words(text, want);
}

TEST(spec)
{
	struct oci_spec *s = spec_of(SH ",\"Hostname\":\"box\",\"User\":\"user\","
				     "\"Tty\":true", "");

	same_words(s->root->path, "rootfs");
	same_words(s->hostname, "box");
	same_words(s->process->env[0],
		   "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
	same_words(strv_env(s->process->env, "HOSTNAME"), "box");
	same_words(strv_env(s->process->env, "HOME"), "/home/user");
	same_words(strv_env(s->process->env, "TERM"), "xterm");
	same_words(s->process->cwd, "/");
	same(s->process->user->uid.v, 1000);
	same(strv_len(s->process->capabilities->bounding), 14);
	assert_null(s->process->capabilities->effective);
	same_words(s->linux_->cgroups_path, "/servin-0123456789ab");
	same(ptrs_len(s->linux_->namespaces), 6);
	options_are(mount_at(s, "/dev/shm"), "nosuid,noexec,nodev,mode=1777,size=67108864");
	same_words(mount_at(s, "/etc/hosts")->source, "/run/c/hosts");
	same_words(pairs_get(s->linux_->sysctl, "net.ipv4.ping_group_range"), "0 2147483647");
	assert_non_null(s->linux_->seccomp);
	oci_free(&oci_spec_type, s);
}

/* The places of the mounts behind the standard ones. */
static void
places_are(const char *host, const char *want)
{
	char *mounts = xasprintf("\"Mounts\":[%s]", host), text[1024] = "";
	struct oci_spec *s = spec_of(SH, mounts);
	size_t n = 0;

	for (struct oci_mount **m = s->mounts; *m; m++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, " %s", (*m)->destination);
	same_words(text, want);
	oci_free(&oci_spec_type, s);
	free(mounts);
}

#define TMPFS(to)   "{\"Type\":\"tmpfs\",\"Target\":\"" to "\"}"
#define STANDARD    " /proc /dev /dev/pts /sys /sys/fs/cgroup /dev/mqueue /dev/shm"
#define ETC	    " /etc/resolv.conf /etc/hostname /etc/hosts"

TEST(order)
{
	places_are("", STANDARD ETC);
	places_are(TMPFS("/a/b/c") "," TMPFS("/etc") "," TMPFS("/a"),
		   STANDARD " /etc /a" ETC " /a/b/c");
	places_are(TMPFS("/dev"), " /proc /sys /sys/fs/cgroup /dev" ETC);
	places_are(TMPFS("/dev/shm"), " /proc /dev /dev/pts /sys /sys/fs/cgroup /dev/mqueue"
				      ETC " /dev/shm");
	places_are(TMPFS("/etc/hosts"), STANDARD " /etc/resolv.conf /etc/hostname /etc/hosts");
}

TEST(privileged)
{
	struct oci_spec *s = spec_of(SH, "\"Privileged\":true");

	assert_true(strv_len(s->process->capabilities->effective) > 14);
	assert_null(s->linux_->seccomp);
	assert_null(s->linux_->masked_paths);
	same(s->linux_->resources->devices[0]->allow.v, true);
	assert_true(ptrs_len(s->linux_->devices) > 3);
	options_are(mount_at(s, "/sys"), "nosuid,noexec,nodev,rw");
	oci_free(&oci_spec_type, s);
}

TEST(capabilities)
{
	struct oci_spec *s = spec_of(SH, "\"CapDrop\":[\"all\"],\"CapAdd\":[\"net_admin\","
					 "\"CAP_KILL\"]");
	char **set = s->process->capabilities->effective;

	same(strv_len(set), 2);
	same_words(set[0], "CAP_NET_ADMIN");
	same_words(set[1], "CAP_KILL");
	oci_free(&oci_spec_type, s);
	s = spec_of(SH, "\"CapDrop\":[\"MKNOD\"]");
	same(strv_len(s->process->capabilities->bounding), 13);
	same(strv_has(s->process->capabilities->bounding, "CAP_MKNOD"), false);
	oci_free(&oci_spec_type, s);
}

static const char *
space(const struct oci_spec *s, const char *type)
{
	for (struct oci_namespace **n = s->linux_->namespaces; *n; n++)
		if (strcmp((*n)->type, type) == 0)
			return (*n)->path ? (*n)->path : "new";
	return "host";
}

TEST(namespaces)
{
	struct oci_spec *s = spec_of(SH, "\"PidMode\":\"container:web\",\"IpcMode\":\"host\","
					 "\"UTSMode\":\"ns:/run/uts\"");

	same_words(space(s, "pid"), "/proc/42/ns/pid");
	same_words(space(s, "ipc"), "host");
	same_words(space(s, "uts"), "/run/uts");
	same_words(space(s, "network"), "new");
	same_words(mount_at(s, "/dev/shm")->source, "/dev/shm");
	oci_free(&oci_spec_type, s);
}

TEST(limits)
{
	struct oci_spec *s = spec_of(SH, "\"Memory\":67108864,\"NanoCpus\":500000000,"
					 "\"PidsLimit\":10,\"Ulimits\":[{\"Name\":\"core\","
					 "\"Soft\":0,\"Hard\":0}]");
	const struct oci_resources *r = s->linux_->resources;

	same(r->memory->limit.v, 67108864);
	same(r->memory->swap.v, 2 * 67108864);
	same(r->cpu->quota.v, 50000);
	same(r->cpu->period.v, 100000);
	same(r->pids->limit.v, 10);
	same_words(s->process->rlimits[0]->type, "RLIMIT_CORE");
	oci_free(&oci_spec_type, s);
}

TEST(devices)
{
	struct oci_spec *s = spec_of(SH, "\"Devices\":[{\"PathOnHost\":\"/dev/null\","
					 "\"PathInContainer\":\"/dev/nought\","
					 "\"CgroupPermissions\":\"r\"}],"
					 "\"DeviceCgroupRules\":[\"b 8:* rw\"]");
	struct oci_device_rule **rules = s->linux_->resources->devices;

	same_words(s->linux_->devices[0]->path, "/dev/nought");
	same(s->linux_->devices[0]->minor.v, 3);
	same(ptrs_len(rules), 3);
	same_words(rules[1]->access, "r");
	same(rules[2]->major.v, 8);
	same(rules[2]->minor.set, false);
	oci_free(&oci_spec_type, s);
}

/* The profile allows a call if a rule without arguments does. */
static bool
allows(const struct oci_seccomp *s, const char *call)
{
	for (struct oci_syscall **r = s->syscalls; *r; r++)
		if (!(*r)->args && strcmp((*r)->action, "SCMP_ACT_ALLOW") == 0 &&
		    strv_has((*r)->names, call))
			return true;
	return false;
}

TEST(seccomp)
{
	struct oci_seccomp *plain = seccomp_default((char *[]){ "CAP_CHOWN", NULL });
	struct oci_seccomp *admin = seccomp_default((char *[]){ "CAP_SYS_ADMIN", NULL });

	same(allows(plain, "read"), true);
	same(allows(plain, "mount"), false);
	same(allows(plain, "clone"), false);
	same(allows(plain, "socket"), false);
	same(allows(admin, "mount"), true);
	same(allows(admin, "clone3"), true);
	same(allows(admin, "reboot"), false);
	same(plain->default_errno_ret.v, EPERM);
	oci_free(&oci_seccomp_type, plain);
	oci_free(&oci_seccomp_type, admin);
}

TESTS(T(users), T(no_accounts), T(more_groups), T(complete), T(annotations), T(commands),
      T(refused), T(mounts_refused), T(spec), T(order), T(privileged), T(capabilities),
      T(namespaces),
      T(limits), T(devices), T(seccomp))
