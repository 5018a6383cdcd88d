#include "unit.h"

#include "servin/template.h"

#include "base/table.h"
#include "libocispec/document.h"

struct state {
	char *status;
	struct oci_int pid;
	struct oci_bool paused;
};

struct mount {
	char *source, *target;
};

struct box {
	char *id, *name;
	char **args;
	struct oci_uints gids;
	struct state *state, *old_state;
	struct mount **mounts;
	struct oci_pair **labels;
	struct oci_uint size;
};

static TYPE(state, "state",
	F_STRING(state, status, "Status"),
	F_INT(state, pid, "Pid"),
	F_BOOL(state, paused, "Paused"),
);

static TYPE(mount, "mount",
	F_STRING(mount, source, "Source"),
	F_STRING(mount, target, "Target"),
);

static TYPE(box, "box",
	F_STRING(box, id, "Id"),
	F_STRING(box, name, "Name"),
	F_STRINGS(box, args, "Args"),
	F_UINTS(box, gids, "Gids"),
	F_OBJECT(box, state, "State", state),
	F_OBJECT(box, old_state, "OldState", state),
	F_LIST(box, mounts, "Mounts", mount),
	F_MAP(box, labels, "Labels", oci_pair),
	F_UINT(box, size, "Size"),
);

static struct mount first = { "/a", "/b" }, second = { "/c", "/d" };
static struct oci_pair tier = { "tier", "one, or two" }, com = { "com.x/y", "z" };
static struct state running = { "running", { 42, true }, { false, true } };
static const struct box web = {
	.id = "0123456789abcdef", .name = "web", .args = (char *[]){ "sh", "-c", "echo <>", NULL },
	.gids = { (uint64_t[]){ 5, 7 }, 2, true }, .state = &running,
	.mounts = (struct mount *[]){ &first, &second, NULL },
	.labels = (struct oci_pair *[]){ &tier, &com, NULL }, .size = { 1024, true },
};

static void
titles(const void *arg, const char *property, struct str *out)
{
	(void)arg;
	str_addf(out, "<%s>", property);
}

static struct str made;

static int
run(const char *template)
{
	const struct template_data data = {
		.type = &box_type, .obj = &web, .labels = web.labels,
	};

	str_done(&made);
	return template_run(template, &data, &made);
}

#define makes(template, wanted) do { \
	int r_ = run(template); \
	if (r_ < 0) \
		print_error("%s: %s\n", template, err_words()); \
	same(r_, 0); \
	same_words(made.s, wanted); \
} while (0)

TEST(properties)
{
	makes("", "");
	makes("{{.Name}}", "web");
	makes("a {{ .Name }}\n{{.State.Pid}} {{.State.Paused}}", "a web\n42 false");
	makes("{{.name}} {{.ID}}", "web 0123456789abcdef");
	makes("{{.Args}} {{.Gids}} {{.Size}}", "[sh -c echo <>] [5 7] 1024");
	makes("{{.Labels}}", "map[tier:one, or two com.x/y:z]");
	makes("{{.Labels.tier}}|{{.Labels.nix}}", "one, or two|");
	makes("{{.OldState.Status}}|{{.OldState.Pid}}", "|0");
	makes("{{.Label \"com.x/y\"}}|{{.Label \"nix\"}}", "z|");
	makes("{{ $ }}", run("{{json .}}") == 0 ? made.s : "");
}

TEST(json)
{
	makes("{{json .State}}", "{\"Status\":\"running\",\"Pid\":42,\"Paused\":false}");
	makes("{{json .Args}} {{json .Name}} {{.Size | json}}",
	      "[\"sh\",\"-c\",\"echo <>\"] \"web\" 1024");
	makes("{{json .Labels}}", "{\"tier\":\"one, or two\",\"com.x/y\":\"z\"}");
	makes("{{json .OldState}} {{json .Mounts}}",
	      "null [{\"Source\":\"/a\",\"Target\":\"/b\"},{\"Source\":\"/c\",\"Target\":\"/d\"}]");
}

TEST(functions)
{
	makes("{{join .Args \" \"}}", "sh -c echo <>");
	makes("{{.Name | upper | printf \"%s-%d\" .Name}}", "web-WEB");
	makes("{{title .State.Status}} {{lower \"ABC\"}} {{truncate .Id 4}}", "Running abc 0123");
	makes("{{slice .Id 0 4}} {{slice \"abc\" 1}} {{slice \"abc\" 3 3}}.", "0123 bc .");
	fails(run("{{slice \"abc\" 2 4}}"), "template: slice: there is no such part of \"abc\"");
	makes("{{index .Args 1}} {{index .Labels \"tier\"}} {{(index .Mounts 1).Target}}",
	      "-c one, or two /d");
	makes("{{len .Args}} {{len .Name}} {{len .Labels}} {{len .OldState.Status}}", "3 3 2 0");
	makes("{{index (split .State.Status \"n\") 1}}", "");
	makes("{{range split \"a:b:\" \":\"}}[{{.}}]{{end}}", "[a][b][]");
	makes("{{eq .Name \"x\" \"web\"}} {{ne .Size 1}} {{lt .State.Pid 43}} {{not .Name}}",
	      "true true true false");
	makes("{{and .Name .Size}} {{or .OldState.Status \"none\"}}", "1024 none");
	makes("{{printf \"%5s|%-5s|%q|%%\" .Name .Name .Name}}", "  web|web  |\"web\"|%");
	makes("{{println .Name 1}}{{print \"a\" `b\\`}}", "web 1\nab\\");
}

TEST(blocks)
{
	makes("{{if .State.Paused}}a{{else}}b{{end}}", "b");
	makes("{{if .OldState}}a{{else if eq .Name \"web\"}}b{{else}}c{{end}}", "b");
	makes("{{if .Name}}a{{else if .Name}}b{{else}}c{{end}}d", "ad");
	makes("{{with .State}}{{.Pid}}{{$.Name}}{{end}}", "42web");
	makes("{{with .OldState}}x{{else}}y{{end}}", "y");
	makes("{{range .Mounts}}{{.Source}}:{{.Target}} {{end}}", "/a:/b /c:/d ");
	makes("{{range $i, $m := .Mounts}}{{if $i}},{{end}}{{$m.Source}}{{end}}", "/a,/c");
	makes("{{range $k, $v := .Labels}}{{$k}}={{$v}};{{end}}", "tier=one, or two;com.x/y=z;");
	makes("{{range $m := .Mounts}}{{.Target}}{{end}}", "/b/d");
	makes("{{range .OldState.Status}}x{{else}}none{{end}}", "none");
	makes("{{range .Mounts}}{{range $.Gids}}{{.}}{{end}};{{end}}", "57;57;");
	makes("{{$n := 1}}{{range .Gids}}{{$n = .}}{{end}}{{$n}}", "7");
	makes("a {{- .Name -}} \n b{{/* {{.Nix}} */}}{{- /* x */ -}} c", "awebbc");
}

TEST(mistakes)
{
	fails(run("{{.Nix}}"), "template: .Nix: no such property; there are Id, Name, Args, Gids,"
			       " State, OldState, Mounts, Labels, Size");
	fails(run("{{.State.Nix}}"),
	      "template: .Nix: no such property; there are Status, Pid, Paused");
	fails(run("{{.Name.Nix}}"),
	      "template: .Nix: what stands before it has no properties");
	fails(run("{{.Name"), "template: an action has no end, }}");
	fails(run("{{if .Name}}a"), "template: if: has no end");
	fails(run("{{range .Args}}a"), "template: range: has no end");
	fails(run("a{{end}}"), "template: end: there is nothing that it ends");
	fails(run("{{.Name .Id}}"), "template: a value is no function, and takes no arguments");
	fails(run("{{index .Args 3}}"), "template: index: there is no element 3");
	fails(run("{{len 1}}"), "template: len: neither a text nor a list");
	fails(run("{{join .Name \",\"}}"), "template: join: the first argument is no list");
	fails(run("{{json}}"), "template: json: 0 arguments");
	fails(run("{{$x}}"), "template: $x: no such variable");
	fails(run("{{\"a}}"), "template: a string has no end");
	fails(run("{{(.Name}}"), "template: a \"(\" has no \")\"");
	fails(run("{{}}"), "template: a value is missing");
	assert_true(run("{{nix .Name}}") < 0);
	assert_non_null(strstr(err_words(), "template: nix: no such function; there are and, eq,"));
}

/* What would be read over and over ends somewhere. */
TEST(bounds)
{
	autostr deep = { 0 };

	for (int i = 0; i < 100; i++)
		str_add(&deep, "{{if .Name}}");
	fails(run(deep.s), "template: too deep");
	str_done(&deep);
	str_add(&deep, "{{");
	for (int i = 0; i < 100; i++)
		str_addc(&deep, '(');
	fails(run(deep.s), "template: too deep");
}

TEST(titles)
{
	const struct template_data data = { .type = &box_type, .obj = &web, .title = titles };
	autostr out = { 0 };

	same(template_run("{{.Name}}\t{{upper .Id}}\t{{join .Args \",\"}}\t{{.State.Pid}}", &data,
			  &out), 0);
	same_words(out.s, "<Name>\t<Id>\t<Args>\t<State>");
	autofree char *plain = template_unescape("a\\tb\\n\\x");
	same_words(plain, "a\tb\n\\x");
}

static const struct table_column rules[] = { { 0, 0 }, { 4, 0 }, { 0, 1 }, { 0, 2 } };

static char *
table_of(size_t width)
{
	autotable t = { .columns = 4, .rules = rules };
	struct str out = { 0 };

	for (const char *const *cell = (const char *const[]){ "ID", "COMMAND", "SIZE", "PORTS",
	     "one", "a long command", "5 kB", "80/tcp", NULL }; *cell; cell++)
		table_add_text(&t, *cell);
	table_text(&t, width, &out);
	return str_take(&out);
}

TEST(tables)
{
	autofree char *whole = table_of(0), *cut = table_of(30), *dropped = table_of(20);
	autofree char *tiny = table_of(5), *both = table_of(12);

	same_words(whole, "ID   COMMAND         SIZE  PORTS\none  a long command  5 kB  80/tcp\n");
	same_words(cut, "ID   COMMAND      SIZE  PORTS\none  a long com…  5 kB  80/tcp\n");
	same_words(dropped, "ID   COMMAND    SIZE\none  a long c…  5 kB\n");
	same_words(both, "ID   COMMAND\none  a long…\n");
	same_words(tiny, "ID  …\none …\n");
}

TEST(hostile_cells)
{
	autotable t = { .columns = 1 };
	autostr out = { 0 };

	table_add_text(&t, "a\033[2Jb\r\n\x7f");
	table_text(&t, 0, &out);
	same_words(out.s, "a?[2Jb???\n");
	same(text_width("aé…"), 3);
}

TESTS(T(properties), T(json), T(functions), T(blocks), T(mistakes), T(bounds), T(titles), T(tables),
      T(hostile_cells))
