/*
 * The fault walker: a runtime that is killed, or lied to by the kernel, at
 * each of its system calls in turn, and what it leaves behind then.
 *
 *	inject.c	runs a command with one fault in it (ptrace)
 *	look.c		what there is of a container, seen from outside
 *	walk.h		the walk: prepare, inject, judge, delete, use the name again
 *	view.c		a program of its own: what a process in the container was given
 *	decider.c	another: decides on system calls for many containers in turn
 */
#ifndef TESTS_FAULT_H
#define TESTS_FAULT_H

#include <stdbool.h>
#include <stddef.h>

enum target { TARGET_MAIN, TARGET_CHILD };

struct fault {
	enum target target;	/* the runtime itself, or all that it forks, up to their execve */
	int error;		/* to be returned instead of the call; 0: SIGKILL before the call */
	unsigned long at;	/* the first is 1 */
	int also;		/* 0, or a child of ours that counts as one of the command */
};

struct outcome {
	bool hit;	/* there was a call with that number */
	bool hung;	/* it was ended by us, at the deadline */
	int status;	/* as a shell tells it: 128+n for a signal */
	long call;	/* that the fault hit */
};

/*
 * Runs argv to its end, with output to out and errors to out.err; a fault of NULL is none.  What it
 * leaves running is running, and our child, for we are a subreaper.
 */
struct outcome inject(char *const argv[], const char *out, const struct fault *fault,
		      int deadline_ms);

/* Reaps what ended; returns whether a child is left. */
bool reap(void);

/* Waits until no child is left, for so long at most; returns whether that is so. */
bool settle(int ms);

long now_ms(void);

struct sight {
	unsigned processes;	/* descendants of ours that live */
	unsigned mounts;	/* of our mount namespace */
	char *cgroups;		/* each with " "; "" if there is none */
	char *files;		/* below the private directory, without the container's state */
	bool state, temporary;	/* a state directory; a file in it that was to be renamed */
	bool half;		/* one in the cache, which the next container writes anew */
};

/* id is the container's; top the directory whose files are compared, with the state root below. */
struct sight look(const char *top, const char *state, const char *id);
void sight_done(struct sight *s);

/* What is there and was not before, in words; "" if nothing.  free() takes it. */
char *sight_more(const struct sight *now, const struct sight *before);

/* Some child of ours that lives, or 0. */
int any_child(void);

/* Ends all processes of ours that live; removes the cgroups that bear the name. */
void clear_away(const char *id);

char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));
void die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif
