#include "ocirun/criu-opts.h"

struct restore_words {
	struct restore_opts o;
	bool ignored;
};

static int
restore_run(const void *rt, const void *opts, char **args)
{
	const struct restore_words *w = opts;
	struct restore_opts o = w->o;
	int status = 0;

	o.create.id = args[0];
	int r = runtime_restore(rt, &o, &status);
	return r < 0 ? r : status;
}

static const struct opt options[] = {
	OPT_STRING(restore_words, 'b', o.create.bundle, "bundle", "DIR",
		   "the bundle (default: the working directory)"),
	OPT_STRING(restore_words, 'p', o.create.pid_file, "pid-file", "FILE",
		   "where to write the pid of init"),
	OPT_STRING(restore_words, 'c', o.create.console_socket, "console-socket", "SOCKET",
		   "who gets the master of the terminal"),
	OPT_FLAG(restore_words, 'd', o.create.detach, "detach", "return once it runs"),
	OPT_FLAG(restore_words, 0, o.create.no_new_keyring, "no-new-keyring",
		 "keep the caller's session keyring"),
	CRIU_OPTS(restore_words),
	OPT_FLAG(restore_words, 0, o.tcp_close, "tcp-close",
		 "TCP connections are restored as closed"),
	OPT_STRING(restore_words, 0, o.lsm_profile, "lsm-profile", "TYPE:NAME",
		   "the label of the processes, selinux: or apparmor:"),
	OPT_STRING(restore_words, 0, o.lsm_mount_context, "lsm-mount-context", "CONTEXT",
		   "the SELinux context of mounts"),
	OPT_FLAG(restore_words, 0, ignored, "no-subreaper", "has no effect", .hidden = true),
	OPT_FLAG(restore_words, 0, ignored, "no-pivot", "has no effect", .hidden = true),
	{ 0 },
};

const struct command cmd_restore = {
	.name = "restore", .args = "ID", .min = 1, .max = 1,
	.summary = "make a container from the files of a checkpoint, by criu(8)",
	.text = "The bundle has the configuration and a root file system with the files that\n"
		"the processes had open. Namespaces, mounts and cgroups are made as that\n"
		"configuration wants them. The standard streams take the place of those\n"
		"which were pipes or files outside of the container.\n"
		"\n"
		"Without --detach it waits for the end of the container and deletes it, and\n"
		"the exit status is that of its program, as with run.",
	.size = sizeof(struct restore_words),
	.opts = options,
	.run = restore_run,
};
