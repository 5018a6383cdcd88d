/*
 * One container by the OCI runtime specification: create, start, kill,
 * delete and what goes with them.
 *
 * Nothing here prints; warnings go to the log.  Every function returns 0 or
 * more, or -errno with words.  -ENOENT from a verb that names a container
 * means that it does not exist.
 */
#ifndef RUNTIME_H
#define RUNTIME_H

#include "libocispec/features.h"
#include "libocispec/spec.h"
#include "libocispec/state.h"

#include <stdbool.h>
#include <sys/types.h>

enum cgroup_manager { MANAGER_CGROUPFS, MANAGER_SYSTEMD, MANAGER_DISABLED };

/* Where the containers are and how they are made; the same for all verbs. */
struct runtime {
	const char *root;		/* directory of states; NULL: runtime_root() */
	enum cgroup_manager manager;
	char **argv;			/* of the program: it may have to execute itself anew */
	const char *criu;		/* the program; NULL: the one in PATH */
};

/* /run/ocirun, or $XDG_RUNTIME_DIR/ocirun for a plain user; free() takes it. */
char *runtime_root(void);

/* -EINVAL with words unless the name can be the ID of a container. */
int runtime_check_id(const char *id);

struct create_opts {
	const char *id;
	const char *bundle;		/* NULL: the working directory */
	const char *config;		/* NULL: config.json in the bundle */
	const char *pid_file;
	const char *console_socket;
	const char *pidfd_socket;
	bool no_pivot;
	bool no_new_keyring;
	unsigned preserve_fds;
	bool tty;			/* run only: a terminal, whatever the configuration says */
	bool detach;			/* run only: do not wait */
	bool keep;			/* run only: do not delete afterwards */
};

int runtime_create(const struct runtime *rt, const struct create_opts *o);
int runtime_start(const struct runtime *rt, const char *id);

/* create, start, and unless detached wait and delete.  *status: 128+n for a signal. */
int runtime_run(const struct runtime *rt, const struct create_opts *o, int *status);

struct exec_opts {
	const char *id;
	const char *process;		/* a file; what follows up to pid_file is then unused */
	char *const *args;
	const char *cwd;
	char *const *env;		/* added to that of the configuration */
	const char *user;		/* UID[:GID] */
	char *const *additional_gids;
	char *const *caps;		/* added to those of the configuration */
	const char *apparmor, *process_label;
	bool tty, no_new_privs;
	const char *pid_file;
	const char *console_socket;
	const char *pidfd_socket;
	const char *cgroup;		/* below the container's */
	unsigned preserve_fds;
	bool detach;
	bool ignore_paused;
};

/* Runs a process in a container.  Without detach waits for it, *status as for run. */
int runtime_exec(const struct runtime *rt, const struct exec_opts *o, int *status);

/* The state as the kernel and the record have it now; oci_free(&oci_state_type, ...) takes it. */
int runtime_state(const struct runtime *rt, const char *id, struct oci_state **state);

/* Every container that can be read, by id; oci_free() takes each, free() the list. */
int runtime_list(const struct runtime *rt, struct oci_state ***states);

int runtime_kill(const struct runtime *rt, const char *id, int signal, bool all);

struct delete_opts {
	bool force;	/* kill first; a container that does not exist is no error */
};

int runtime_delete(const struct runtime *rt, const char *id, const struct delete_opts *o);
int runtime_pause(const struct runtime *rt, const char *id);
int runtime_resume(const struct runtime *rt, const char *id);

enum mounts_change { MOUNTS_ADD, MOUNTS_REMOVE };

/*
 * Mounts into a container that runs, or unmounts, the last one first; all of
 * them or none.  file has a JSON list of mounts; "-" is standard input.
 */
int runtime_mounts(const struct runtime *rt, const char *id, const char *file,
		   enum mounts_change change);

struct update_opts {
	const char *id;
	const char *resources;		/* a JSON file, "-" is standard input; else: */
	const struct oci_resources *changes;
	const char *l3_cache_schema, *mem_bw_schema;
};

/*
 * New limits for a container; what the changes do not have stays as it is.  So
 * does what has 0 (of memory, cpu and blockIO) or "", as engines write "unset".
 * All of them hold afterwards, or none.
 */
int runtime_update(const struct runtime *rt, const struct update_opts *o);

struct events_opts {
	const char *id;
	bool once;		/* only the statistics, and these now */
	uint64_t interval_ns;	/* else they come this often */
	int reader;		/* where tell() writes; over when nobody reads there any more */
	/* Each event is a JSON object; below 0 ends it, and is the result. */
	int (*tell)(void *arg, const char *event);
	void *arg;
};

/* Tells the statistics, and at once when memory ran out, until the container ends. */
int runtime_events(const struct runtime *rt, const struct events_opts *o);

/* What checkpoint and restore have in common; criu(8) has the meaning of each. */
struct criu_opts {
	const char *images;		/* a directory; NULL: "checkpoint" */
	const char *work;		/* of the log; NULL: the same */
	const char *manage_cgroups;	/* ignore, soft (or NULL), full, strict */
	const char *network_lock;	/* iptables, nftables, skip; NULL: criu's own choice */
	const char *empty_ns;		/* network, or NULL */
	bool tcp_established, ext_unix_sk, shell_job, file_locks, link_remap;
	bool auto_dedup, lazy_pages;
};

struct checkpoint_opts {
	const char *id;
	struct criu_opts criu;
	const char *parent;		/* earlier images, relative to these */
	const char *page_server;	/* ADDRESS:PORT */
	int status_fd;			/* where criu tells that lazy pages can come; or 0 */
	bool leave_running;
	bool pre_dump;			/* memory only; implies leave_running */
	bool tcp_skip_in_flight;
};

/* Writes a running or paused container into files; then deletes it, unless it is left running. */
int runtime_checkpoint(const struct runtime *rt, const struct checkpoint_opts *o);

struct restore_opts {
	struct create_opts create;
	struct criu_opts criu;
	bool tcp_close;
	const char *lsm_profile;	/* TYPE:NAME */
	const char *lsm_mount_context;
};

/* A new container with the processes of the images.  Unless detached, as run. */
int runtime_restore(const struct runtime *rt, const struct restore_opts *o, int *status);

/* The processes of a container; *pids is for free(), *n how many. */
int runtime_pids(const struct runtime *rt, const char *id, pid_t **pids, size_t *n);

/* The configuration that `spec` writes, as JSON for free(). */
char *runtime_example(bool rootless);

/* What this build can do, on whatever host; oci_free(&oci_features_type, ...) takes it. */
struct oci_features *runtime_features(void);

/*
 * The same for people, a row at a time: what it is, whether this build has it
 * ("yes", "no", or how many), and whether this host does ("-": all do).
 */
void runtime_features_rows(void (*tell)(void *arg, const char *name, const char *ours,
					const char *host), void *arg);

/* A remark of runtime_check(). */
struct check_remark {
	bool warning;
	const char *file;
	unsigned line;
	const char *path, *reason;
};

/*
 * Reads a bundle or a configuration file and tells every mistake and doubt.
 * Returns the number of mistakes, or -errno if there is nothing to read.
 */
int runtime_check(const char *bundle_or_file, void (*tell)(void *arg, const struct check_remark *),
		  void *arg);

#endif
