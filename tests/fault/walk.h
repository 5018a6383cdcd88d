/*
 * The parts of the walk.
 *
 *	walk.c		the options, the points in turn, the table of what was found
 *	rows.c		the commands that are walked
 *	world.c		where a walker lives; the runtime called there; what the host must have
 *	condition.c	what there is of a container that a command changes whole or not at all
 *	judge.c		what must hold behind each point
 */
#ifndef TESTS_FAULT_WALK_H
#define TESTS_FAULT_WALK_H

#include "fault.h"

#define TOP "/tmp"
#define RUNTIME TOP "/runtime"
#define BUNDLE TOP "/bundle"
#define STATE TOP "/state"
#define PID_FILE TOP "/pid"
#define OUT_CONTAINER TOP "/container.out"
#define OUT_COMMAND TOP "/command.out"

#define DEADLINE_MS 5000	/* of a command: more is a hang */
#define DYING_MS 150		/* of what was left without its runtime */
#define ENDING_MS 3000		/* of a container that was told to end */
#define WORDS_MAX 8
#define ROWS_MAX 16

struct walker;

enum before { BEFORE_NOTHING, BEFORE_CREATED, BEFORE_RUNNING };

struct row {
	const char *name;
	enum before before;
	const char *words[WORDS_MAX];	/* the id is put for "ID" */
	const char *out;		/* where the command writes */
	const char *view;		/* where what the container saw is found, or NULL */
	const char *prepared[WORDS_MAX];	/* one more command of before */
	const char *file;		/* without it there is nothing to walk */
	char *(*condition)(struct walker *);	/* is as before or as asked; free() takes it */
	bool again;			/* once more is the same as once */
	bool done;			/* one that fails may have done all */
};

extern const struct row rows[];
extern const size_t n_rows;
const struct row *row_of(const char *name);

/* One line of the table; shared by the workers, who add to it atomically. */
struct sum {
	unsigned points, right_after, mixed, after_delete, hangs, open, left, other;
};

struct walker {
	char *id;
	unsigned generation;
	struct sight nothing;		/* what there is when there is no container */
	char *view[ROWS_MAX];		/* by row: what a command shows without a fault */
	char *was[ROWS_MAX], *asked[ROWS_MAX];	/* its condition before and behind it */
	/* The point where we are. */
	const struct row *row;
	const char *kind;
	struct fault fault;
	struct sum *sum;
	struct outcome out;
	char *host;			/* what the host has, before the command */
	bool bad;
};

/* -- world.c -- */

void enter_world(const char *runtime, const char *bundle);
struct outcome command(const struct walker *w, const char *const *words, const char *out,
		       const struct fault *fault);

#define COMMAND(w, ...) command(w, (const char *const[WORDS_MAX]){ __VA_ARGS__ }, OUT_COMMAND, NULL)

/* Ends the walk if a command, which wrote to out, did not succeed. */
void must(struct outcome o, const char *what, const char *out);

/* free() takes what they give; a file that is not there is empty. */
char *read_text(const char *path);
char *read_view(const struct walker *w, const char *path);	/* without the container's name */

/*
 * A bundle may have a program `host`: `host make` makes what the host must have before a container,
 * `host again` before one more, and `host show` prints what a command that fails must leave as it
 * was; a kill may lose it.  Without the program there is nothing to make and "" to show.
 */
void host_make(const char *how);
char *host_show(void);

/* -- condition.c -- */

char *limits_condition(struct walker *w);
char *mounts_condition(struct walker *w);
char *status_condition(struct walker *w);

/* -- judge.c -- */

/* All that must hold when the fault has hit; before is what there was before the command. */
void judge_point(struct walker *w, const struct sight *before);

/* Until no more processes live than before. */
bool await_processes(const struct walker *w, unsigned most, int ms);

extern const char *const target_names[];

#endif
