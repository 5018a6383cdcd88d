/* The configuration that `spec` writes, to begin with. */
#include "runtime/runtime.h"

#include "libocispec/document.h"

#include "base/err.h"
#include "base/str.h"

#include <assert.h>

/* The masks are those of the engines: what tells of the host, or reaches into it. */
static const char example[] =
"{\"ociVersion\":\"" OCIRUN_SPEC_VERSION "\","
"\"root\":{\"path\":\"rootfs\",\"readonly\":true},"
"\"mounts\":["
"{\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\"},"
"{\"destination\":\"/dev\",\"type\":\"tmpfs\",\"source\":\"tmpfs\","
 "\"options\":[\"nosuid\",\"strictatime\",\"mode=755\",\"size=65536k\"]},"
"{\"destination\":\"/dev/pts\",\"type\":\"devpts\",\"source\":\"devpts\","
 "\"options\":[\"nosuid\",\"noexec\",\"newinstance\",\"ptmxmode=0666\",\"mode=0620\",\"gid=5\"]},"
"{\"destination\":\"/dev/shm\",\"type\":\"tmpfs\",\"source\":\"shm\","
 "\"options\":[\"nosuid\",\"noexec\",\"nodev\",\"mode=1777\",\"size=65536k\"]},"
"{\"destination\":\"/dev/mqueue\",\"type\":\"mqueue\",\"source\":\"mqueue\","
 "\"options\":[\"nosuid\",\"noexec\",\"nodev\"]},"
"{\"destination\":\"/sys\",\"type\":\"sysfs\",\"source\":\"sysfs\","
 "\"options\":[\"nosuid\",\"noexec\",\"nodev\",\"ro\"]},"
"{\"destination\":\"/sys/fs/cgroup\",\"type\":\"cgroup\",\"source\":\"cgroup\","
 "\"options\":[\"nosuid\",\"noexec\",\"nodev\",\"relatime\",\"ro\"]}],"
"\"process\":{\"terminal\":true,\"user\":{\"uid\":0,\"gid\":0},\"args\":[\"sh\"],"
"\"env\":[\"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\",\"TERM=xterm\"],"
"\"cwd\":\"/\",\"capabilities\":{"
"\"bounding\":[\"CAP_AUDIT_WRITE\",\"CAP_KILL\",\"CAP_NET_BIND_SERVICE\"],"
"\"permitted\":[\"CAP_AUDIT_WRITE\",\"CAP_KILL\",\"CAP_NET_BIND_SERVICE\"],"
"\"effective\":[\"CAP_AUDIT_WRITE\",\"CAP_KILL\",\"CAP_NET_BIND_SERVICE\"]},"
"\"rlimits\":[{\"type\":\"RLIMIT_NOFILE\",\"soft\":1024,\"hard\":1024}],"
"\"noNewPrivileges\":true},"
"\"hostname\":\"ocirun\","
"\"linux\":{\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"network\"},{\"type\":\"ipc\"},"
"{\"type\":\"uts\"},{\"type\":\"mount\"},{\"type\":\"cgroup\"}],"
"\"resources\":{\"devices\":[{\"allow\":false,\"access\":\"rwm\"}]},"
"\"maskedPaths\":[\"/proc/acpi\",\"/proc/asound\",\"/proc/interrupts\",\"/proc/kcore\",\"/proc/keys\","
"\"/proc/latency_stats\",\"/proc/sched_debug\",\"/proc/scsi\",\"/proc/timer_list\",\"/proc/timer_stats\","
"\"/sys/devices/virtual/powercap\",\"/sys/firmware\"],"
"\"readonlyPaths\":[\"/proc/bus\",\"/proc/fs\",\"/proc/irq\",\"/proc/sys\",\"/proc/sysrq-trigger\"]}}";

static void
drop_namespace(struct oci_linux *l, const char *type)
{
	struct oci_namespace **to = l->namespaces;

	for (struct oci_namespace **n = l->namespaces; *n; n++) {
		if (streq((*n)->type, type)) {
			free((*n)->type);
			free(*n);
		} else {
			*to++ = *n;
		}
	}
	*to = NULL;
}

static struct oci_id_mapping **
map_root_to(uint64_t id)
{
	struct oci_id_mapping **list = xcalloc(2, sizeof(*list));

	list[0] = xcalloc(1, sizeof(**list));
	*list[0] = (struct oci_id_mapping){
		.container_id = { 0, true }, .host_id = { id, true }, .size = { 1, true },
	};
	return list;
}

/* What a plain user may: a user namespace in the place of the network's, no limits. */
static void
make_rootless(struct oci_spec *spec)
{
	struct oci_linux *l = spec->linux_;

	drop_namespace(l, "network");
	size_t n = 0;
	while (l->namespaces[n])
		n++;
	/* In the slot that the network's left. */
	l->namespaces[n] = xcalloc(1, sizeof(struct oci_namespace));
	l->namespaces[n]->type = xstrdup("user");
	l->namespaces[n + 1] = NULL;
	l->uid_mappings = map_root_to(geteuid());
	l->gid_mappings = map_root_to(getegid());
	oci_free(&oci_resources_type, take(l->resources));
}

char *
runtime_example(bool rootless)
{
	const struct oci_source source = { .name = "example", .text = example, .len = sizeof(example) - 1 };
	struct oci_spec spec = { 0 };
	int r = oci_decode(&oci_spec_type, &source, &spec);

	assert(r == 0);
	(void)r;
	if (rootless)
		make_rootless(&spec);
	char *text = oci_encode(&oci_spec_type, &spec, OCI_INDENTED);
	oci_done(&oci_spec_type, &spec);
	return text;
}
