/*
 * How a monitor and its clients talk: packets on a SOCK_SEQPACKET socket,
 * STATE/ID/attach.  The first byte says what it is, the rest is its body.
 *
 *	client					monitor
 *	  ATTACH struct frame_attach	->		once, first of all
 *	  SIZE struct tty_size		->
 *	  IN bytes, IN_END		->
 *					<-	OUT bytes, ERR bytes
 *					<-	EXIT struct frame_exit, and the socket ends
 *
 * A client that reads too slowly is dropped, but for the one that started
 * the container: for that one the container waits, as for a pipe.
 */
#ifndef ENGINE_FRAMES_H
#define ENGINE_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

#define FRAME_MAX (32u << 10)

enum frame_type {
	FRAME_ATTACH = 1, FRAME_SIZE, FRAME_IN, FRAME_IN_END,
	FRAME_OUT, FRAME_ERR, FRAME_EXIT,
};

/* Neither: who waits for the end only. */
struct frame_attach {
	bool output, input;
};

struct frame_exit {
	int32_t code;
};

#endif
