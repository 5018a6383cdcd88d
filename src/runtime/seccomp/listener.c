#include "runtime/seccomp/listener.h"

#include "base/err.h"
#include "base/packet.h"

/* The specification's containerProcessState. */
struct process_state {
	char *oci_version;
	char **fds;
	struct oci_int pid;
	char *metadata;
	struct oci_state *state;
};

static TYPE(process_state, "process state",
	F_STRING(process_state, oci_version, "ociVersion"),
	F_STRINGS(process_state, fds, "fds"),
	F_INT(process_state, pid, "pid"),
	F_STRING(process_state, metadata, "metadata"),
	F_OBJECT(process_state, state, "state", oci_state),
);

int
listener_connect(struct listener *l, const struct record *r, const struct oci_spec *spec)
{
	const struct oci_linux *linux_ = spec->linux_;

	l->sock = -EBADF;
	l->record = r;
	l->metadata = linux_ && linux_->seccomp ? linux_->seccomp->listener_metadata : NULL;
	if (!r->seccomp_listener)
		return 0;
	l->sock = packet_connect(r->seccomp_listener);
	return l->sock < 0 ? wrap(l->sock, "seccomp listener") : 0;
}

static char *
describe(const struct listener *l)
{
	auto_(oci_state_free_at) struct oci_state *state = state_document(
		l->record, status_word(l->status), (pid_t)l->record->pid.v);
	struct process_state doc = {
		.oci_version = (char *)(uintptr_t)OCIRUN_SPEC_VERSION,
		.fds = (char *[]){ (char *)(uintptr_t)"seccompFd", NULL },
		.pid = { l->pid, true },
		.metadata = (char *)(uintptr_t)l->metadata,
		.state = state,
	};

	return oci_encode(&process_state_type, &doc, OCI_COMPACT);
}

int
listener_send(struct listener *l, int fd)
{
	struct packet_fds fds = { .n = 1, .fd = { fd } };

	if (fd < 0 || l->sock < 0)
		return fail(EPROTO, "no listener was expected, or none came");
	autofree char *text = describe(l);
	int r = packet_send(l->sock, text, strlen(text), &fds);

	listener_done(l);
	return wrap(r, "seccomp listener");
}
