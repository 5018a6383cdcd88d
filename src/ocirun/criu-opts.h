/* The options that checkpoint and restore share. */
#ifndef OCIRUN_CRIU_OPTS_H
#define OCIRUN_CRIU_OPTS_H

#include "ocirun/commands.h"

#define CRIU_WORDS(...) .choices = (const char *const[]){ __VA_ARGS__, NULL }

/* s: a struct with a member o.criu, a struct criu_opts. */
#define CRIU_OPTS(s) \
	OPT_STRING(s, 0, o.criu.images, "image-path", "DIR", \
		   "the images (default: checkpoint in the working directory)"), \
	OPT_STRING(s, 0, o.criu.work, "work-path", "DIR", \
		   "criu's log (default: with the images)"), \
	OPT_FLAG(s, 0, o.criu.tcp_established, "tcp-established", "keep open TCP connections"), \
	OPT_FLAG(s, 0, o.criu.ext_unix_sk, "ext-unix-sk", \
		 "unix sockets may be connected to outside"), \
	OPT_FLAG(s, 0, o.criu.shell_job, "shell-job", "the terminal may be one of outside"), \
	OPT_FLAG(s, 0, o.criu.file_locks, "file-locks", "keep locks of files"), \
	OPT_FLAG(s, 0, o.criu.link_remap, "link-remap", "files may have lost their names"), \
	OPT_FLAG(s, 0, o.criu.lazy_pages, "lazy-pages", "memory follows when it is needed"), \
	OPT_FLAG(s, 0, o.criu.auto_dedup, "auto-dedup", "drop pages that newer images have"), \
	OPT_CHOICE(s, 0, o.criu.manage_cgroups, "manage-cgroups-mode", \
		   "what of cgroups is kept (default: soft)", \
		   CRIU_WORDS("soft", "full", "strict", "ignore")), \
	OPT_CHOICE(s, 0, o.criu.network_lock, "network-lock", \
		   "what keeps packets away meanwhile", \
		   CRIU_WORDS("iptables", "nftables", "skip")), \
	OPT_CHOICE(s, 0, o.criu.empty_ns, "empty-ns", "leave out what is in a namespace", \
		   CRIU_WORDS("network"))

#endif
