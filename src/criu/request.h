/*
 * What criu(8) is asked for, and what it answers: the messages of criu's RPC
 * (criu.org/RPC, images/rpc.proto), each option a row of a table.
 *
 * Descriptors of directories are numbers of the process that made the socket,
 * which is how criu finds them; those that it shall hand on to restored
 * processes are numbers of its own.
 */
#ifndef CRIU_REQUEST_H
#define CRIU_REQUEST_H

#include "base/str.h"

#include <stdint.h>
#include <sys/types.h>

/* The protocol's numbers. */
enum criu_task {
	CRIU_DUMP = 1,
	CRIU_RESTORE = 2,
	CRIU_PRE_DUMP = 4,
	CRIU_NOTIFY = 6,
	CRIU_FEATURES = 9,
	CRIU_VERSION = 10,
};

enum criu_cgroup_mode {
	CRIU_CGROUP_IGNORE = 0,
	CRIU_CGROUP_SOFT = 3,
	CRIU_CGROUP_FULL = 4,
	CRIU_CGROUP_STRICT = 5,
};

enum criu_network_lock {
	CRIU_LOCK_DEFAULT = 0,
	CRIU_LOCK_IPTABLES = 1,
	CRIU_LOCK_NFTABLES = 2,
	CRIU_LOCK_SKIP = 3,
};

/* Two words that belong together: a key and the number of a descriptor, a namespace and a file. */
struct criu_pair {
	char *key, *value;	/* value may be NULL: then it is number */
	int number;
};

/* Zeros and NULL are not sent. */
struct criu_request {
	enum criu_task task;
	int images, work;		/* directories; always sent */
	enum criu_cgroup_mode cgroup_mode;	/* always sent */
	int pid;			/* the first process of the tree to dump */
	int log_level;
	int status_fd;
	int empty_ns;			/* CLONE_NEWNET: what is in it is left out */
	int network_lock;		/* enum criu_network_lock */
	int page_server_port;
	const char *root;		/* of the tree; a mount of criu's namespace */
	const char *log_file;		/* in work */
	const char *parent_images;	/* relative to images */
	const char *config_file;
	const char *freeze_cgroup;
	const char *cgroup_root;	/* where the tree's own cgroup is, whatever it was */
	const char *lsm_profile, *lsm_mount_context;
	const char *page_server_address;
	bool leave_running, ext_unix_sk, tcp_established, tcp_close, tcp_skip_in_flight;
	bool evasive_devices, shell_job, file_locks, link_remap, track_mem, auto_dedup;
	bool lazy_pages, sibling, orphan_pts_master, notify_scripts;
	char **external;		/* "mnt[KEY]:VALUE", "net[INODE]:NAME" */
	struct criu_pair *inherit_fds;	/* end with a key of NULL */
	struct criu_pair *join_ns;	/* likewise */
};

/* Takes key and value. */
void criu_pairs_add(struct criu_pair **pairs, char *key, char *value, int number);

/* Frees external and the pairs. */
void criu_request_done(struct criu_request *r);

/* The message. */
void criu_request_encode(const struct criu_request *r, struct str *out);

/* Questions that do not end the talk. */
void criu_version_encode(struct str *out);
void criu_features_encode(struct str *out);

/* The reply to a notification. */
void criu_notified_encode(bool success, struct str *out);

struct criu_answer {
	enum criu_task task;
	bool success;
	int error;		/* errno, or 0 if criu has none to tell */
	char *words;		/* what it says of its error; may be NULL */
	pid_t pid;		/* the restored process, or the one that a notification is about */
	char *event;		/* the notification's name */
	unsigned version;	/* as 30100 for 3.1 */
	bool can_track_mem, can_lazy_pages;
};

/* -EBADMSG with words. */
int criu_answer_decode(struct criu_answer *a, const void *message, size_t n);
void criu_answer_done(struct criu_answer *a);

#endif
