/*
 * Runs a program to its end: hooks and helper programs.
 *
 * The program gets the input on its standard input and is killed at the
 * deadline.  What it writes to standard output and error is collected, the
 * last part of it, for the words of an error, unless it is to go elsewhere.
 * It is waited for, but nobody waits for processes that it leaves behind.
 */
#ifndef BASE_SPAWN_H
#define BASE_SPAWN_H

#include "base/mem.h"

struct spawn {
	const char *path;	/* absolute */
	char *const *argv;	/* NULL: the path alone */
	char *const *env;	/* NULL: ours */
	const char *input;	/* may be NULL */
	int in;			/* where its input comes from instead, if not 0 or less */
	int timeout_ms;		/* -1: none */
	int out, err;		/* where its outputs go; 0 or less: they are collected */
};

/* 0 if the program ended with status 0; else -errno with words that say how it ended. */
int spawn_run(const struct spawn *s);

#endif
