#include "unit.h"

#include "base/cmd.h"

struct opts {
	bool all, force;
	const char *file, *format;
	char **env;
	struct opt_uint count;
};

static const struct opt opts[] = {
	OPT_FLAG(opts, 'a', all, "all", "all of it"),
	OPT_FLAG(opts, 'f', force, "force", "by force"),
	OPT_STRING(opts, 'b', file, "bundle", "FILE", "the bundle"),
	OPT_CHOICE(opts, 0, format, "format", "the format",
		   .choices = (const char *const[]){ "table", "json", NULL }),
	OPT_LIST(opts, 'e', env, "env", "NAME=VALUE", "environment"),
	OPT_UINT(opts, 0, count, "count", "N", "how many", .max = 100),
	OPT_FLAG(opts, 0, all, "secret", "unseen", .hidden = true),
	{ 0 },
};

#define WORDS(...) (char *[]){ __VA_ARGS__, NULL }

static struct opts got;

static int
parse(char **argv)
{
	opts_done(opts, &got);
	got = (struct opts){ 0 };
	return opts_parse(opts, argv, &got);
}

TEST(spellings)
{
	same(parse(WORDS("--bundle", "x", "id")), 2);
	same_words(got.file, "x");
	same(parse(WORDS("--bundle=x", "id")), 1);
	same_words(got.file, "x");
	same(parse(WORDS("-bundle=a=b", "id")), 1);
	same_words(got.file, "a=b");
	same(parse(WORDS("-b", "-x")), 2);
	same_words(got.file, "-x");
	same(parse(WORDS("--bundle=")), 1);
	same_words(got.file, "");
}

TEST(end_of_options)
{
	same(parse(WORDS("-a", "id", "-f")), 1);
	assert_false(got.force);
	same(parse(WORDS("-a", "--", "-f")), 2);
	assert_false(got.force);
	same(parse(WORDS("-", "-f")), 0);
	same(parse((char *[]){ NULL }), 0);
}

TEST(flags)
{
	same(parse(WORDS("-a", "--force=false")), 2);
	assert_true(got.all && !got.force);
	same(parse(WORDS("-a", "-a=no")), 2);
	assert_false(got.all);
	same(parse(WORDS("-af")), 1);
	assert_true(got.all && got.force);
	fails(parse(WORDS("--all=maybe")), "--all: \"maybe\" is neither true nor false");
	same(parse(WORDS("--secret")), 1);
}

TEST(lists)
{
	same(parse(WORDS("-e", "A=1", "--env=B=2", "-a", "-e=C=3")), 5);
	same_words(got.env[0], "A=1");
	same_words(got.env[1], "B=2");
	same_words(got.env[2], "C=3");
	assert_null(got.env[3]);
}

TEST(numbers_and_choices)
{
	same(parse(WORDS("--count", "100")), 2);
	assert_true(got.count.set && got.count.v == 100);
	assert_true(parse(WORDS("--count", "101")) < 0);
	fails(parse(WORDS("--count", "-1")), "--count: -1: not a number");
	same(parse(WORDS("--format=json")), 1);
	same_words(got.format, "json");
	fails(parse(WORDS("--format=xml")), "--format: \"xml\" is none of table, json");
}

TEST(mistakes)
{
	fails(parse(WORDS("--bundle")), "flag needs an argument: -bundle");
	fails(parse(WORDS("-b")), "flag needs an argument: -b");
	fails(parse(WORDS("--bogus")), "flag provided but not defined: -bogus");
	fails(parse(WORDS("-bundel=x")),
	      "flag provided but not defined: -bundel (did you mean --bundle?)");
	fails(parse(WORDS("--form")),
	      "flag provided but not defined: -form (did you mean --format?)");
	fails(parse(WORDS("-ab", "x")), "flag provided but not defined: -ab");
	fails(parse(WORDS("-=x")), "flag provided but not defined: -");
	fails(parse(WORDS("--secre")), "flag provided but not defined: -secre");
	assert_true(parse(WORDS("--a-name-that-is-far-longer-than-any-option-could-be")) < 0);
	/* What stood before it counts. */
	fails(parse(WORDS("--format", "json", "--bogus")), "flag provided but not defined: -bogus");
	same_words(got.format, "json");
}

TEST(help_is_everywhere)
{
	same(parse(WORDS("-a", "--help")), -ECANCELED);
	same(parse(WORDS("-h")), -ECANCELED);
	same(parse(WORDS("-help", "--bogus")), -ECANCELED);
	same(parse(WORDS("id", "--help")), 0);
}

static const struct command put = {
	.name = "put", .args = "CONTAINER [WORD]", .min = 1, .max = 2, .summary = "put a thing",
	.text = "It is put.\n\n\tput -a it's\\there", .opts = opts, .size = sizeof(struct opts),
};
static const struct command state = {
	.name = "state", .args = "CONTAINER [WORD...]", .min = 1, .max = -1, .summary = "tell",
};
static const struct command list = { .name = "list", .summary = "list things" };
static const struct command *const commands[] = { &put, &state, &list, NULL };

static const struct program program = {
	.name = "thing", .version = "1", .summary = "does things", .description = "All of them.",
	.text = "# FILES\n.dot\n\nterm\tand what\n",
	.live = (const struct live[]){ { .word = "CONTAINER", .command = "list -q" }, { 0 } },
	.opts = opts, .commands = commands,
};

TEST(commands)
{
	assert_ptr_equal(program_find(&program, "put"), &put);
	assert_null(program_find(&program, "stat"));
	same_words(err_words(), "unknown command \"stat\" (did you mean \"state\"?)");
	assert_null(program_find(&program, "xyzzy"));
	same_words(err_words(), "unknown command \"xyzzy\"");
}

TEST(arguments)
{
	same(command_check_args(&put, 1), 0);
	same(command_check_args(&put, 2), 0);
	fails(command_check_args(&put, 0), "too few arguments, wanted: CONTAINER [WORD]");
	fails(command_check_args(&put, 3), "too many arguments, wanted: CONTAINER [WORD]");
	fails(command_check_args(&list, 1), "too many arguments, wanted: none");
	same(command_check_args(&state, 1000), 0);
}

/* Whether the text has these words; the unseen must not be there. */
static void
shows(const struct str *text, const char *words)
{
	if (!strstr(text->s, words))
		print_error("not there: %s\nin: %s\n", words, text->s);
	assert_non_null(strstr(text->s, words));
	assert_null(strstr(text->s, "secret"));
}

TEST(help)
{
	autostr out = { 0 };

	command_help(&program, &put, &out);
	shows(&out, "usage: thing put [OPTION...] CONTAINER [WORD]\n\nput a thing\n\nIt is put.\n\n"
		    "\tput -a it's\\there\n\noptions:\n");
	shows(&out, "\n  -a, --all                all of it\n");
	shows(&out, "\n      --format table|json  the format\n");
	str_done(&out);
	program_help(&program, &out);
	shows(&out, "\n  state  tell\n");
	str_done(&out);
	command_help(&program, &list, &out);
	same_words(out.s, "usage: thing list\n\nlist things\n");
}

TEST(manual)
{
	autostr out = { 0 };

	program_manual(&program, &out);
	shows(&out, ".SH NAME\nthing \\- does things\n");
	shows(&out, ".SS put [OPTION...] CONTAINER [WORD]\nPut a thing.\n.PP\nIt is put.\n");
	shows(&out, ".nf\n.RS 4\nput \\-a it's\\ethere\n.RE\n.fi\n.TP\n");
	shows(&out, ".TP\n.B \\-a, \\-\\-all\nall of it\n");
	shows(&out, ".SH FILES\n\\&.dot\n.TP\n.B term\nand what\n");
}

TEST(completion)
{
	autostr bash = { 0 }, zsh = { 0 }, fish = { 0 };

	program_complete_bash(&program, &bash);
	shows(&bash, "\"put 0\") _thing_reply -W \"$(thing list -q 2>/dev/null)\" ;;");
	shows(&bash, "\"put --format\" | \"put -format\") _thing_reply -W \"table json\" ;;");
	program_complete_zsh(&program, &zsh);
	shows(&zsh, "'(-b --bundle)'{-b,--bundle=}'[the bundle]:FILE:_files'");
	program_complete_fish(&program, &fish);
	shows(&fish, "complete -c thing -n '__thing_at \"put\"' -l format -x"
		     " -d 'the format' -a 'table json'");
}

/* --- a program with letters, groups and several names ---------------------------- */

struct box_opts {
	bool tty, keep, quiet;
	const char *hostname, *memory, *human;
	char **env, **volumes;
};

static const struct opt box_options[] = {
	OPT_FLAG(box_opts, 't', tty, "tty", "a terminal"),
	OPT_FLAG(box_opts, 'i', keep, "interactive", "keep it open"),
	OPT_FLAG(box_opts, 0, quiet, "rm", "remove it"),
	OPT_STRING(box_opts, 'h', hostname, "hostname", "NAME", "its name"),
	OPT_STRING(box_opts, 'm', memory, "memory", "BYTES", "how much"),
	OPT_CHOICE(box_opts, 'H', human, "human", "for people",
		   .choices = (const char *const[]){ "true", "false", NULL }, .alone = "true"),
	OPT_LIST(box_opts, 'e', env, "env", "NAME=VALUE", "environment"),
	OPT_LIST(box_opts, 'v', volumes, "volume", "DIR:DIR", "a volume"),
	{ 0 },
};

static const struct command box_run = {
	.name = "run", .args = "IMAGE|FILE [COMMAND...]", .min = 1, .max = -1, .summary = "run one",
	.opts = box_options, .size = sizeof(struct box_opts),
};
static const struct command box_rm = {
	.name = "rm", .args = "CONTAINER...", .min = 1, .max = 2, .summary = "remove some",
	.mixed = true, .opts = box_options, .size = sizeof(struct box_opts),
};
static const struct command box_list = {
	.name = "ls", .summary = "list them",
	.aliases = (const char *const[]){ "ps", "container ls", NULL },
};
static const struct command box_volume = {
	.group = "volume", .name = "create", .args = "[VOLUME]", .max = 1, .summary = "make one",
};
static const struct command *const box_commands[] = {
	&box_run, &box_rm, &box_list, &box_volume, NULL,
};
static const struct live box_live[] = {
	{ "CONTAINER", "ls", false }, { "IMAGE|FILE", "images", true }, { 0 },
};
static const struct program box = {
	.name = "box", .version = "1", .summary = "boxes", .section = "1", .letters = true,
	.live = box_live, .opts = box_options, .commands = box_commands,
};

static struct box_opts boxed;
static char *box_argv[8];

/* What is left of the words is in box_argv. */
static int
parse_box(const struct command *c, char **argv)
{
	size_t n = 0;

	opts_done(box_options, &boxed);
	boxed = (struct box_opts){ 0 };
	for (; argv[n]; n++)
		box_argv[n] = argv[n];
	box_argv[n] = NULL;
	return c ? command_parse(&box, c, box_argv, &boxed) :
		   program_parse(&box, box_argv, &boxed);
}

TEST(letters)
{
	same(parse_box(&box_run, WORDS("-itv", "a:b", "-eA=1", "-e=B=2", "-m512m", "x", "-t")), 0);
	assert_true(boxed.tty && boxed.keep && !boxed.quiet);
	same_words(boxed.volumes[0], "a:b");
	same_words(boxed.env[0], "A=1");
	same_words(boxed.env[1], "B=2");
	same_words(boxed.memory, "512m");
	same_words(box_argv[0], "x");
	same_words(box_argv[1], "-t");
	assert_null(box_argv[2]);
	same(parse_box(&box_run, WORDS("-it=false", "-h", "web", "x")), 0);
	assert_true(boxed.keep && !boxed.tty);
	same_words(boxed.hostname, "web");
}

TEST(a_value_that_may_be_left_out)
{
	same(parse_box(&box_run, WORDS("-iH", "x")), 0);
	assert_true(boxed.keep);
	same_words(boxed.human, "true");
	same_words(box_argv[0], "x");
	same(parse_box(&box_run, WORDS("--human", "x")), 0);
	same_words(boxed.human, "true");
	same_words(box_argv[0], "x");
	same(parse_box(&box_run, WORDS("-H=false", "x")), 0);
	same_words(boxed.human, "false");
	same(parse_box(&box_run, WORDS("--human=false", "x")), 0);
	same_words(boxed.human, "false");
	fails(parse_box(&box_run, WORDS("--human=so", "x")),
	      "--human: \"so\" is none of true, false");
}

TEST(letters_mistaken)
{
	fails(parse_box(&box_run, WORDS("-rm", "x")),
	      "unknown option -r in -rm (did you mean --rm?)");
	fails(parse_box(&box_run, WORDS("-x", "x")), "unknown option -x");
	fails(parse_box(&box_run, WORDS("--hostnam=x", "x")),
	      "unknown option --hostnam (did you mean --hostname?)");
	fails(parse_box(&box_run, WORDS("--h", "x")), "unknown option --h");
	fails(parse_box(&box_run, WORDS("-ie")), "--env needs a value: NAME=VALUE");
	fails(parse_box(&box_run, WORDS("-i=perhaps", "x")),
	      "--interactive: \"perhaps\" is neither true nor false");
	same(parse_box(&box_run, WORDS("--help")), -ECANCELED);
	fails(parse_box(&box_run, WORDS("-i")),
	      "too few arguments, wanted: IMAGE|FILE [COMMAND...]");
}

TEST(mixed)
{
	same(parse_box(&box_rm, WORDS("a", "-t", "b", "-e", "X=1")), 0);
	assert_true(boxed.tty);
	same_words(boxed.env[0], "X=1");
	same_words(box_argv[0], "a");
	same_words(box_argv[1], "b");
	assert_null(box_argv[2]);
	same(parse_box(&box_rm, WORDS("-", "--", "-t")), 0);
	assert_false(boxed.tty);
	same_words(box_argv[0], "-");
	same_words(box_argv[1], "-t");
	same(parse_box(NULL, WORDS("-t", "rm", "-i")), 0);
	assert_true(boxed.tty && !boxed.keep);
	same_words(box_argv[0], "rm");
}

static const struct command *
find_box(char **words, size_t *used)
{
	return program_find_words(&box, words, used);
}

TEST(groups)
{
	size_t used;

	assert_ptr_equal(find_box(WORDS("volume", "create", "x"), &used), &box_volume);
	same(used, 2);
	assert_ptr_equal(find_box(WORDS("container", "ls"), &used), &box_list);
	same(used, 2);
	assert_ptr_equal(find_box(WORDS("ps", "ls"), &used), &box_list);
	same(used, 1);
	assert_true(program_has_group(&box, "container") && !program_has_group(&box, "ls"));
	assert_null(find_box(WORDS("volume", "crate"), &used));
	same_words(err_words(), "unknown command \"volume crate\""
				" (did you mean \"volume create\"?)");
	assert_null(find_box(WORDS("volumes"), &used));
	same_words(err_words(), "unknown command \"volumes\" (did you mean \"volume\"?)");
	assert_null(find_box(WORDS("create"), &used));
	same_words(err_words(), "unknown command \"create\"");
	assert_null(find_box(WORDS("volume"), &used));
	same_words(err_words(), "volume: which command? \"box help volume\" lists them");
}

TEST(help_by_words)
{
	autostr out = { 0 };

	same(words_help(&box, WORDS("volume"), &out), 0);
	shows(&out, "usage: box volume COMMAND [OPTION...] [ARGUMENT...]\n\ncommands:\n"
		    "  create  make one\n\n");
	str_done(&out);
	same(words_help(&box, WORDS("container"), &out), 0);
	shows(&out, "\n  ls  list them\n");
	str_done(&out);
	same(words_help(&box, WORDS("volume", "create"), &out), 0);
	shows(&out, "usage: box volume create [VOLUME]\n\nmake one\n");
	str_done(&out);
	same(words_help(&box, WORDS("ps"), &out), 0);
	shows(&out, "usage: box ls\n\nlist them\n\nalso: ps, container ls\n");
	str_done(&out);
	same(words_help(&box, (char *[]){ NULL }, &out), 0);
	shows(&out, "\n  volume create  make one\n");
	fails(words_help(&box, WORDS("volume", "nix"), &out), "unknown command \"volume nix\"");
	str_done(&out);
	program_manual(&box, &out);
	shows(&out, ".TH box 1 ");
	shows(&out, ".SS volume create [VOLUME]\nMake one.\n");
	shows(&out, "List them.\nAlso: ps, container ls.\n");
}

TEST(completion_of_groups)
{
	autostr bash = { 0 }, zsh = { 0 }, fish = { 0 };

	program_complete_bash(&box, &bash);
	shows(&bash, "\" 0\") _box_reply -W \"run rm ls ps container volume\" ;;");
	shows(&bash, "\"volume 0\") _box_reply -W \"create\" ;;");
	shows(&bash, "\"rm \"*) _box_reply -W \"$(box ls 2>/dev/null)\" ;;");
	shows(&bash, "\"run 0\") _box_reply -f -W \"$(box images 2>/dev/null)\" ;;");
	shows(&bash, "\"container ls\") command=\"ls\" ;;");
	program_complete_zsh(&box, &zsh);
	shows(&zsh, "\tls | ps | \"container ls\")\n");
	shows(&zsh, "'*:argument:{compadd -- $(box ls 2>/dev/null)}'");
	program_complete_fish(&box, &fish);
	shows(&fish, "complete -c box -n '__box_at \"container\"' -a ls -d 'list them'");
	shows(&fish, "complete -c box -n '__box_at \"volume\"' -a create -d 'make one'");
}

TESTS(T(spellings), T(end_of_options), T(flags), T(lists), T(numbers_and_choices), T(mistakes),
      T(help_is_everywhere), T(commands), T(arguments), T(help), T(manual), T(completion),
      T(letters), T(a_value_that_may_be_left_out), T(letters_mistaken), T(mixed), T(groups),
      T(help_by_words), T(completion_of_groups))
