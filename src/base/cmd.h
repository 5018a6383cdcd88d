/*
 * A command line as a table.
 *
 * A command is a row: its name, its options and what they fill in a struct
 * of its own that starts as zeros, and the function that carries it out.
 * Parsing, help, completion for the shells and the manual page all read the
 * same rows.
 *
 * Options stand before the arguments; the first word that is no option ends
 * them, as does "--".  --name=value and --name value are the same, -name is
 * --name (Go programs write it so), a flag takes =true or =false, and the
 * last of several values holds unless the option is a list.
 */
#ifndef BASE_CMD_H
#define BASE_CMD_H

#include "base/str.h"

#include <stdint.h>

enum opt_kind {
	OPT_END,
	OPT_FLAG,	/* bool */
	OPT_STRING,	/* const char * */
	OPT_LIST,	/* char **, ends with NULL, its strings are the program's */
	OPT_UINT,	/* struct opt_uint */
	OPT_CHOICE,	/* const char *, one of .choices */
};

struct opt_uint { uint64_t v; bool set; };

struct opt {
	enum opt_kind kind;
	char letter;			/* or 0 */
	const char *name, *value;	/* value: what help calls it, FILE, N */
	const char *help;
	const char *const *choices;	/* ends with NULL */
	size_t at;			/* where in the command's struct */
	bool hidden;			/* taken, but not shown */
	uint64_t max;			/* for OPT_UINT; 0 is no bound */
};

struct command {
	const char *name, *args, *summary;
	const char *text;		/* for the manual; may be NULL */
	const struct opt *opts;		/* ends with OPT_END; may be NULL */
	size_t size;			/* of the struct of options */
	int min, max;			/* how many arguments; max -1 is no bound */
	int exit_on_error;		/* 0 means 1 */
	bool hidden;
	int (*run)(const void *opts, char **args);	/* exit status, or -errno with words */
};

/* A program: its own options, which stand before the command, and its commands. */
struct program {
	const char *name, *summary, *text;
	const struct opt *opts;
	const struct command *const *commands;	/* ends with NULL */
};

#define is_(s, m, c) (0 * sizeof(char[__builtin_types_compatible_p(__typeof__(((struct s *)0)->m), c) ? 1 : -1]))
#define opt_(k, s, l, m, c, n, v, h, ...) \
	{ .kind = k, .letter = l, .name = n, .value = v, .help = h, .at = offsetof(struct s, m) + is_(s, m, c), __VA_ARGS__ }

#define OPT_FLAG(s, l, m, n, h, ...)	  opt_(OPT_FLAG, s, l, m, bool, n, NULL, h, __VA_ARGS__)
#define OPT_STRING(s, l, m, n, v, h, ...) opt_(OPT_STRING, s, l, m, const char *, n, v, h, __VA_ARGS__)
#define OPT_LIST(s, l, m, n, v, h, ...)	  opt_(OPT_LIST, s, l, m, char **, n, v, h, __VA_ARGS__)
#define OPT_UINT(s, l, m, n, v, h, ...)	  opt_(OPT_UINT, s, l, m, struct opt_uint, n, v, h, __VA_ARGS__)
#define OPT_CHOICE(s, l, m, n, v, h, ...) opt_(OPT_CHOICE, s, l, m, const char *, n, v, h, __VA_ARGS__)

/*
 * Fills out from the options at the front of argv, which ends with NULL.
 * Returns how many words they took, or -EINVAL with words.
 */
int opts_parse(const struct opt *opts, char **argv, void *out);

/* Frees the lists that parsing made. */
void opts_done(const struct opt *opts, void *out);

/* Whether n arguments suit the command; -EINVAL with words if not. */
int command_check_args(const struct command *c, int n);

const struct command *program_find(const struct program *p, const char *name);

/* Each adds its document to out. */
void program_help(const struct program *p, struct str *out);
void command_help(const struct program *p, const struct command *c, struct str *out);
void program_manual(const struct program *p, struct str *out);	/* roff, section 8 */
void program_complete_bash(const struct program *p, struct str *out);
void program_complete_zsh(const struct program *p, struct str *out);
void program_complete_fish(const struct program *p, struct str *out);

#endif
