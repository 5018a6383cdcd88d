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
 * --name (Go programs write it so), a flag takes =true or =false, letters of
 * flags may stand together (-rf), and the last of several values holds unless
 * the option is a list.  --help and -h are understood everywhere.
 *
 * A program can have its options as docker has them (.letters): one dash is
 * for letters only, and the last may have its value attached (-eA=1, -itv X).
 * Commands can stand in groups, servin volume create, and have several names.
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
	const char *name, *value;	/* value: what help calls it, FILE, DIR, N */
	const char *help;
	const char *const *choices;	/* ends with NULL */
	const char *alone;		/* what it is when none is attached; NULL: next word */
	size_t at;			/* where in the command's struct */
	bool hidden;			/* taken, but not shown */
	uint64_t max;			/* for OPT_UINT; 0 is no bound */
};

/*
 * Texts for the manual are paragraphs with an empty line between them.  A
 * line "# WORDS" begins a section, one that starts with a tab is an example,
 * and "term<tab>definition" an entry of a list.
 */
struct command {
	const char *name, *args, *summary;
	const char *text;		/* may be NULL */
	const struct opt *opts;		/* ends with OPT_END; may be NULL */
	size_t size;			/* of the struct of options */
	const char *group;		/* the word in front of the name, "volume"; may be NULL */
	const char *const *aliases;	/* further names, GROUP and all; may be NULL */
	bool mixed;			/* options may stand between and behind the arguments */
	int min, max;			/* how many arguments; max -1 is no bound */
	int exit_on_error;		/* 0 means 1 */
	/*
	 * Exit status, or -errno with words.  program is what the program gives to all of
	 * its commands.
	 */
	int (*run)(const void *program, const void *opts, char **args);
};

/* What can stand for a word in .args or .value: "CONTAINER" is what "list -q" prints. */
struct live {
	const char *word, *command;
	bool files;				/* or a file */
};

/* What stands in front of a command in the list of all. */
struct heading {
	const struct command *before;
	const char *title;
};

/* A program: its own options, which stand before the command, and its commands. */
struct program {
	const char *name, *version, *summary;
	const char *section;			/* of the manual; NULL is 8 */
	const char *description, *text;		/* for the manual, before and behind the commands */
	const struct live *live;		/* ends with a row without a word; may be NULL */
	const struct opt *opts;
	bool letters;				/* -eA=1, see above */
	const struct command *const *commands;	/* ends with NULL */
	const struct heading *headings;		/* ends with a row without a title; may be NULL */
};

#define opt_is_(s, m, c) __builtin_types_compatible_p(__typeof__(((struct s *)0)->m), c)
#define opt_at_(s, m, c) (offsetof(struct s, m) + 0 * sizeof(char[opt_is_(s, m, c) ? 1 : -1]))
#define opt_(k, l, a, n, v, h, ...) \
	{ .kind = k, .letter = l, .at = a, .name = n, .value = v, .help = h, __VA_ARGS__ }

/* struct, letter or 0, member, name, what help calls the value, help, and further members. */
#define OPT_FLAG(s, l, m, n, h, ...) \
	opt_(OPT_FLAG, l, opt_at_(s, m, bool), n, NULL, h, __VA_ARGS__)
#define OPT_STRING(s, l, m, n, v, h, ...) \
	opt_(OPT_STRING, l, opt_at_(s, m, const char *), n, v, h, __VA_ARGS__)
#define OPT_LIST(s, l, m, n, v, h, ...) \
	opt_(OPT_LIST, l, opt_at_(s, m, char **), n, v, h, __VA_ARGS__)
#define OPT_UINT(s, l, m, n, v, h, ...) \
	opt_(OPT_UINT, l, opt_at_(s, m, struct opt_uint), n, v, h, __VA_ARGS__)
#define OPT_CHOICE(s, l, m, n, h, ...) \
	opt_(OPT_CHOICE, l, opt_at_(s, m, const char *), n, NULL, h, __VA_ARGS__)

/*
 * Fills out from the options at the front of argv, which ends with NULL.
 * Returns how many words they took, -EINVAL with words, or -ECANCELED at a
 * call for help.  What stood before the failing word is in out.
 */
int opts_parse(const struct opt *opts, char **argv, void *out);

/* Frees the lists that parsing made, but not their strings. */
void opts_done(const struct opt *opts, void *out);

/* Whether n arguments suit the command; -EINVAL with words if not. */
int command_check_args(const struct command *c, int n);

/*
 * For the options of a program, or of a command wherever those may stand: they are taken out, and
 * argv is what is left.  0, or as opts_parse(); -EINVAL also if the number of arguments is wrong.
 */
int program_parse(const struct program *p, char **argv, void *out);
int command_parse(const struct program *p, const struct command *c, char **argv, void *out);

/* NULL with words, and with a guess at what was meant, if there is none. */
const struct command *program_find(const struct program *p, const char *name);

/* The same for the words at the front of a list; *used is how many of them are its name. */
const struct command *program_find_words(const struct program *p, char *const *words,
					 size_t *used);

/* Whether commands stand behind this word. */
bool program_has_group(const struct program *p, const char *word);

/* A name of a command in pieces, "volume" and "create"; the group may be "". */
struct command_name { char group[24], name[24]; };

/* The i-th name: the first is the proper one.  False if there are no more. */
bool command_name(const struct command *c, size_t i, struct command_name *name);
void command_add_name(const struct command *c, struct str *out);	/* "volume create" */

/* What an option says that has no value attached: flags have such a word; NULL: it needs one. */
const char *opt_alone(const struct opt *o);

/* Adds the words that an OPT_CHOICE takes. */
void opt_add_choices(const struct opt *o, const char *between, struct str *out);

/* Each adds its document to out. */
void program_help(const struct program *p, struct str *out);
void command_help(const struct program *p, const struct command *c, struct str *out);
void group_help(const struct program *p, const char *group, struct str *out);
void program_manual(const struct program *p, struct str *out);	/* roff */
/* The script for a shell, by its name; -EINVAL with words for one that is not known. */
int program_complete(const struct program *p, const char *shell, struct str *out);
void program_complete_bash(const struct program *p, struct str *out);
void program_complete_zsh(const struct program *p, struct str *out);
void program_complete_fish(const struct program *p, struct str *out);

/* The help that words ask for: the program's, a group's or a command's; -EINVAL with words. */
int words_help(const struct program *p, char *const *words, struct str *out);

#endif
