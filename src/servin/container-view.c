#include "servin/container-view.h"

#include "engine/bundle.h"
#include "engine/disk.h"

#include "base/err.h"
#include "base/str.h"
#include "base/strv.h"
#include "libocispec/document.h"

static const char never[] = "0001-01-01T00:00:00Z";

struct state_view {
	char *status;
	struct oci_bool running, paused, restarting, oom_killed, dead;
	struct oci_int pid, exit_code;
	char *error, *started_at, *finished_at;
};

struct graph_data {
	char *lower_dir, *merged_dir, *upper_dir, *work_dir;
};

struct graph_driver {
	struct graph_data *data;
	char *name;
};

struct endpoint_view {
	char *key;			/* of the network */
	char *network_id, *endpoint_id, *gateway, *ip_address, *mac_address;
	char **aliases, **dns_names;
	struct oci_uint ip_prefix_len;
};

struct network_view {
	char *sandbox_id, *sandbox_key;
	struct oci_pair **ports;
	char *gateway, *ip_address, *mac_address;
	struct oci_uint ip_prefix_len;
	struct endpoint_view **networks;
};

struct container_view {
	char *id, *created, *path;
	char **args;
	struct state_view *state;
	char *image, *resolv_conf_path, *hostname_path, *hosts_path, *log_path, *name;
	struct oci_uint restart_count;
	char *driver, *platform, *mount_label, *process_label, *app_armor_profile;
	char **exec_ids;
	struct host_config *host;
	struct graph_driver *graph;
	struct oci_uint size_rw, size_root_fs;
	struct mount_point **mounts;
	struct container_config *config;
	struct network_view *network;
};

static TYPE(state_view, "state",
	F_STRING(state_view, status, "Status"),
	F_BOOL(state_view, running, "Running"),
	F_BOOL(state_view, paused, "Paused"),
	F_BOOL(state_view, restarting, "Restarting"),
	F_BOOL(state_view, oom_killed, "OOMKilled"),
	F_BOOL(state_view, dead, "Dead"),
	F_INT(state_view, pid, "Pid"),
	F_INT(state_view, exit_code, "ExitCode"),
	F_STRING(state_view, error, "Error"),
	F_STRING(state_view, started_at, "StartedAt"),
	F_STRING(state_view, finished_at, "FinishedAt"),
);

static TYPE(graph_data, "directories",
	F_STRING(graph_data, lower_dir, "LowerDir"),
	F_STRING(graph_data, merged_dir, "MergedDir"),
	F_STRING(graph_data, upper_dir, "UpperDir"),
	F_STRING(graph_data, work_dir, "WorkDir"),
);

static TYPE(graph_driver, "driver",
	F_OBJECT(graph_driver, data, "Data", graph_data),
	F_STRING(graph_driver, name, "Name"),
);

static const struct type endpoint_view_type = {
	.name = "network", .size = sizeof(struct endpoint_view),
	.key = offsetof(struct endpoint_view, key),
	.fields = (const struct field[]){
		F_STRINGS(endpoint_view, aliases, "Aliases"),
		F_STRING(endpoint_view, network_id, "NetworkID"),
		F_STRING(endpoint_view, endpoint_id, "EndpointID"),
		F_STRING(endpoint_view, gateway, "Gateway"),
		F_STRING(endpoint_view, ip_address, "IPAddress"),
		F_UINT(endpoint_view, ip_prefix_len, "IPPrefixLen"),
		F_STRING(endpoint_view, mac_address, "MacAddress"),
		F_STRINGS(endpoint_view, dns_names, "DNSNames"),
		{ .name = NULL },
	},
};

static TYPE(network_view, "network settings",
	F_STRING(network_view, sandbox_id, "SandboxID"),
	F_STRING(network_view, sandbox_key, "SandboxKey"),
	F_MAP(network_view, ports, "Ports", oci_pair),
	F_STRING(network_view, gateway, "Gateway"),
	F_STRING(network_view, ip_address, "IPAddress"),
	F_UINT(network_view, ip_prefix_len, "IPPrefixLen"),
	F_STRING(network_view, mac_address, "MacAddress"),
	F_MAP(network_view, networks, "Networks", endpoint_view),
);

TYPE(container_view, "container",
	F_STRING(container_view, id, "Id"),
	F_STRING(container_view, created, "Created"),
	F_STRING(container_view, path, "Path"),
	F_STRINGS(container_view, args, "Args"),
	F_OBJECT(container_view, state, "State", state_view),
	F_STRING(container_view, image, "Image"),
	F_STRING(container_view, resolv_conf_path, "ResolvConfPath"),
	F_STRING(container_view, hostname_path, "HostnamePath"),
	F_STRING(container_view, hosts_path, "HostsPath"),
	F_STRING(container_view, log_path, "LogPath"),
	F_STRING(container_view, name, "Name"),
	F_UINT(container_view, restart_count, "RestartCount"),
	F_STRING(container_view, driver, "Driver"),
	F_STRING(container_view, platform, "Platform"),
	F_STRING(container_view, mount_label, "MountLabel"),
	F_STRING(container_view, process_label, "ProcessLabel"),
	F_STRING(container_view, app_armor_profile, "AppArmorProfile"),
	F_STRINGS(container_view, exec_ids, "ExecIDs"),
	F_OBJECT(container_view, host, "HostConfig", host_config),
	F_OBJECT(container_view, graph, "GraphDriver", graph_driver),
	F_UINT(container_view, size_rw, "SizeRw", .null = true),
	F_UINT(container_view, size_root_fs, "SizeRootFs", .null = true),
	F_LIST(container_view, mounts, "Mounts", mount_point),
	F_OBJECT(container_view, config, "Config", container_config),
	F_OBJECT(container_view, network, "NetworkSettings", network_view),
);

static struct oci_bool
is(bool b)
{
	return (struct oci_bool){ b, true };
}

static char *
or_never(const char *time)
{
	return xstrdup(has_text(time) ? time : never);
}

static struct state_view *
state_of(const struct status *s)
{
	struct state_view *v = xcalloc(1, sizeof(*v));
	bool restarting = streq(s->status, "restarting");

	v->status = xstrdup(s->status);
	v->paused = is(streq(s->status, "paused"));
	v->running = is(streq(s->status, "running") || v->paused.v || restarting);
	v->restarting = is(restarting);
	v->dead = is(streq(s->status, "dead"));
	v->oom_killed = is(s->oom_killed.v);
	v->pid = s->pid;
	v->exit_code = s->exit_code;
	v->error = xstrdup(s->error ? s->error : "");
	v->started_at = or_never(s->started_at);
	v->finished_at = or_never(s->finished_at);
	return v;
}

/* The layers, the highest first, as overlayfs has them. */
static char *
lower_dirs(const struct engine *e, const struct container *c)
{
	size_t n = strv_len(c->layers);
	struct str s = { 0 };

	while (n--) {
		const char *hex = strchr(c->layers[n], ':');

		str_addf(&s, "%s%s/layers/%s/diff", s.len ? ":" : "", e->root,
			 hex ? hex + 1 : c->layers[n]);
	}
	return str_take(&s);
}

/* What the root file system is made of. */
static struct graph_driver *
graph_of(const struct engine *e, const struct container *c, const char *dir)
{
	struct graph_driver *g = xcalloc(1, sizeof(*g));
	autofree char *upper = xasprintf("%s/upper", dir);
	bool overlay = !c->rootfs && access(upper, F_OK) == 0;

	g->name = xstrdup(c->rootfs ? "directory" : overlay ? "overlay" : "copy");
	g->data = xcalloc(1, sizeof(*g->data));
	g->data->merged_dir = c->rootfs ? xstrdup(c->rootfs) : xasprintf("%s/rootfs", dir);
	if (!overlay)
		return g;
	g->data->lower_dir = lower_dirs(e, c);
	g->data->upper_dir = xstrdup(upper);
	g->data->work_dir = xasprintf("%s/work", dir);
	return g;
}

static struct network_view *
network_of(const struct container *c, const struct status *s)
{
	struct network_view *v = xcalloc(1, sizeof(*v));
	struct endpoint_view *endpoint = xcalloc(1, sizeof(*endpoint));
	const char *mode = c->host->network_mode;

	v->ports = xcalloc(1, sizeof(*v->ports));
	v->networks = xcalloc(2, sizeof(*v->networks));
	v->networks[0] = endpoint;
	endpoint->key = xstrdup(mode ? mode : "none");
	if (s->pid.v)
		v->sandbox_key = xasprintf("/proc/%lld/ns/net", (long long)s->pid.v);
	return v;
}

static char *
apparmor_of(const struct container *c)
{
	for (char *const *o = c->host->security_opt; o && *o; o++) {
		const char *profile = str_after(*o, "apparmor=");

		if (profile)
			return xstrdup(profile);
	}
	return xstrdup("");
}

static void
or_default(char **text, const char *is)
{
	if (!has_text(*text)) {
		free(*text);
		*text = xstrdup(is);
	}
}

/* What nobody asked for is not in the record, and holds all the same. */
static void
add_defaults(const struct engine *e, struct host_config *host)
{
	or_default(&host->ipc_mode, "private");
	or_default(&host->cgroupns_mode, "private");
	or_default(&host->runtime, e->runtime ? e->runtime : "ocirun");
	if (!host->shm_size.v)
		host->shm_size = (struct oci_uint){ BUNDLE_SHM_SIZE, true };
}

/* What the record says: it goes from there to the view. */
static void
take_record(struct container_view *v, struct container *c)
{
	v->id = take(c->id);
	v->created = take(c->created);
	v->path = take(c->path);
	v->args = c->args ? take(c->args) : xcalloc(1, sizeof(*v->args));
	v->image = take(c->image);
	v->name = xasprintf("/%s", c->name);
	v->host = take(c->host);
	v->config = take(c->config);
	v->mounts = c->mounts ? take(c->mounts) : xcalloc(1, sizeof(*v->mounts));
}

static void
fill(const struct engine *e, struct container_view *v, struct container *c, const struct status *s)
{
	autofree char *dir = container_path(e, c);
	const struct log_config *log = c->host->log_config;

	v->state = state_of(s);
	v->restart_count = s->restart_count;
	v->resolv_conf_path = xasprintf("%s/resolv.conf", dir);
	v->hostname_path = xasprintf("%s/hostname", dir);
	v->hosts_path = xasprintf("%s/hosts", dir);
	if (!log || !log->type || streq(log->type, "json-file"))
		v->log_path = xasprintf("%s/log.json", dir);
	v->platform = xstrdup("linux");
	v->app_armor_profile = apparmor_of(c);
	v->graph = graph_of(e, c, dir);
	v->driver = xstrdup(v->graph->name);
	v->network = network_of(c, s);
	take_record(v, c);
	add_defaults(e, v->host);
}

int
container_view(const struct engine *e, struct container *c, enum view_size size,
	       struct container_view **view)
{
	struct container_size bytes = { 0 };
	struct status *s = NULL;
	int r = container_status(e, c, &s);

	if (r == 0 && size == VIEW_WITH_SIZE)
		r = container_size(e, c, &bytes);
	if (r == 0) {
		*view = xcalloc(1, sizeof(**view));
		fill(e, *view, c, s);
	}
	if (r == 0 && size == VIEW_WITH_SIZE) {
		(*view)->size_rw = (struct oci_uint){ bytes.rw, true };
		(*view)->size_root_fs = (struct oci_uint){ bytes.root_fs, true };
	}
	oci_free(&status_type, s);
	oci_free(&container_type, c);
	return r;
}

void
container_view_free(struct container_view *view)
{
	oci_free(&container_view_type, view);
}
