/*
 * The talk with `criu swrk FD`, which serves what comes over a SOCK_SEQPACKET
 * socket.
 *
 * A request ends the talk, and criu with it.  On the way criu notifies us of
 * what it has done and waits for our word, which can end it all.
 */
#ifndef CRIU_TALK_H
#define CRIU_TALK_H

#include "criu/request.h"

struct criu_listener {
	/*
	 * event is criu's word for it ("post-restore"), fd came with it, or is -EBADF, and stays
	 * the caller's.  An error ends the task, and is what criu_talk() returns.
	 */
	int (*notify)(void *of, const char *event, pid_t pid, int fd);
	void *of;
};

/*
 * Has the request carried out; 0 with the answer, for criu_answer_done().  -EPIPE when
 * criu ended without a word; what criu calls a failure has its words.  Its pidfd tells of
 * its end: processes that it was about to restore may hold the other end of the socket.
 */
int criu_talk(int sock, int pidfd, const struct criu_request *r, const struct criu_listener *l,
	      struct criu_answer *a);

/* Before that; each adds what it learns to *a. */
int criu_ask_version(int sock, unsigned *version);
int criu_ask_features(int sock, bool *track_mem, bool *lazy_pages);

#endif
