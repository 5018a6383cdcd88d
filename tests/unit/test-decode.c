#include "unit.h"

#include "base/str.h"
#include "libocispec/document.h"
#include "libocispec/spec.h"
#include "libocispec/state.h"

#include <stdio.h>

static const char sample[] =
	"{\n"
	"  \"ociVersion\": \"1.3.0\",\n"
	"  \"root\": { \"path\": \"rootfs\", \"readonly\": true },\n"
	"  \"process\": {\n"
	"    \"cwd\": \"/\", \"args\": [\"sh\", \"-c\", \"echo \\u00e4\\ud83d\\ude00\\n\"],\n"
	"    \"user\": { \"uid\": 4294967295, \"additionalGids\": [1, 2, 3, 4, 5] },\n"
	"    \"rlimits\": [{ \"type\": \"RLIMIT_CORE\", \"soft\": 0, \"hard\": "
	"18446744073709551615 }],\n"
	"    \"oomScoreAdj\": -1000, \"noNewPrivileges\": false, \"terminal\": null\n"
	"  },\n"
	"  \"mounts\": [\n"
	"    { \"destination\": \"/proc\", \"type\": \"proc\", \"options\": [] },\n"
	"    { \"destination\": \"/dev\", \"type\": \"tmpfs\", \"options\": [\"nosuid\","
	" \"mode=755\"] }\n"
	"  ],\n"
	"  \"annotations\": { \"org.example.a\": \"b\", \"\": \"\" },\n"
	"  \"vm\": { \"x\": [1.5, { \"y\": [null, true] }] },\n"
	"  \"linux\": {\n"
	"    \"resources\": { \"rdma\": { \"mlx5_0\": { \"hcaHandles\": 3 } }, "
	"\"pids\": { \"limit\": -1 } },\n"
	"    \"sysctl\": {}\n"
	"  }\n"
	"}\n";

static int
decode_n(const char *text, size_t len, struct oci_spec *out)
{
	struct oci_source source = { "config.json", text, len };

	*out = (struct oci_spec){ 0 };
	return oci_decode(&oci_spec_type, &source, out);
}

static int
decode(const char *text, struct oci_spec *out)
{
	return decode_n(text, strlen(text), out);
}

TEST(every_kind)
{
	struct oci_spec spec;

	same(decode(sample, &spec), 0);
	same_words(spec.oci_version, "1.3.0");
	assert_true(spec.root->readonly.set && spec.root->readonly.v);
	same_words(spec.process->args[2], "echo \u00e4\U0001f600\n");
	assert_null(spec.process->args[3]);
	assert_true(spec.process->user->uid.v == UINT32_MAX);
	same(spec.process->user->additional_gids.n, 5);
	same(spec.process->user->additional_gids.v[4], 5);
	assert_true(spec.process->rlimits[0]->hard.v == UINT64_MAX);
	same(spec.process->oom_score_adj.v, -1000);
	same_words(spec.mounts[1]->options[1], "mode=755");
	same_words(spec.annotations[0]->key, "org.example.a");
	same_words(spec.annotations[1]->value, "");
	same_words(spec.linux_->resources->rdma[0]->key, "mlx5_0");
	same(spec.linux_->resources->rdma[0]->hca_handles.v, 3);
	oci_done(&oci_spec_type, &spec);
}

TEST(absent_is_not_empty)
{
	struct oci_spec spec;

	same(decode(sample, &spec), 0);
	assert_true(spec.process->no_new_privileges.set && !spec.process->no_new_privileges.v);
	assert_false(spec.process->terminal.set);	/* null */
	assert_false(spec.process->user->gid.set);
	assert_null(spec.hostname);
	assert_null(spec.mounts[0]->source);
	assert_non_null(spec.mounts[0]->options);
	assert_null(spec.mounts[0]->options[0]);
	assert_null(spec.mounts[1]->uid_mappings);
	assert_non_null(spec.linux_->sysctl);
	oci_done(&oci_spec_type, &spec);
}

TEST(limits_of_numbers)
{
	struct oci_spec spec;

	same(decode("{\"ociVersion\":\"1\",\"process\":{\"cwd\":\"/\","
		    "\"oomScoreAdj\":-9223372036854775808,\"user\":{\"uid\":-0}}}", &spec), 0);
	assert_true(spec.process->oom_score_adj.v == INT64_MIN);
	assert_true(spec.process->user->uid.set && spec.process->user->uid.v == 0);
	oci_done(&oci_spec_type, &spec);

	same(decode("{\"ociVersion\":\"1\",\"process\":{\"cwd\":\"/\","
		    "\"oomScoreAdj\":9223372036854775807}}", &spec), 0);
	assert_true(spec.process->oom_score_adj.v == INT64_MAX);
	oci_done(&oci_spec_type, &spec);
}

TEST(long_lists)
{
	autostr text = { 0 };
	struct oci_spec spec;

	str_add(&text, "{\"ociVersion\":\"1\",\"mounts\":[");
	for (int i = 0; i < 1000; i++)
		str_addf(&text, "%s{\"destination\":\"/%d\"}", i ? "," : "", i);
	str_add(&text, "],\"annotations\":{");
	for (int i = 0; i < 1000; i++)
		str_addf(&text, "%s\"k%d\":\"%d\"", i ? "," : "", i, i);
	str_add(&text, "}}");
	same(decode(text.s, &spec), 0);
	same_words(spec.mounts[999]->destination, "/999");
	assert_null(spec.mounts[1000]);
	same_words(spec.annotations[999]->value, "999");
	oci_done(&oci_spec_type, &spec);
}

/* V stands for the rest of a document that is right so far. */
#define V "{\"ociVersion\":\"1\","
#define P V "\"process\":{\"cwd\":\"/\","
#define S V "\"linux\":{\"seccomp\":{\"defaultAction\":\"SCMP_ACT_LOG\","

static const struct {
	const char *text, *words;
} mistakes[] = {
	/* No document. */
	{ "", "1: .: ends too early" },
	{ " \n ", "2: .: ends too early" },
	{ "null", "1: .: must be an object" },
	{ "5", "1: .: must be an object" },
	{ "[]", "1: .: must be an object" },
	{ "\"x\"", "1: .: must be an object" },

	/* No JSON. */
	{ "{", "1: .: ends too early" },
	{ V, "1: .ociVersion: ends too early" },
	{ V "\"mounts\":[{", "1: .mounts[0]: ends too early" },
	{ V "\"root\":{\"path\":\"x", "1: .root.path: ends too early" },
	{ V "\n}", "2: .ociVersion: is not JSON near column 1" },
	{ "{\"ociVersion\":\"1\"} x", "1: .: is not JSON near column 20" },
	{ "{\"ociVersion\":\"1\"}\n{}", "2: .: is not JSON near column 1" },
	{ V "\n\"root\" 5}", "2: .root: is not JSON near column 8" },
	{ V "\n/* no */\"root\":null}", "2: .ociVersion: is not JSON near column 1" },
	{ P "\"args\":[\n\"a\tb\"]}}", "2: .process.args: is not JSON near column 2" },
	{ P "\n\"oomScoreAdj\":+1}}", "2: .process.oomScoreAdj: is not JSON near column 15" },
	{ P "\n\"terminal\":tru}}", "2: .process.terminal: is not JSON near column 14" },
	{ "\xef\xbb\xbf{}", "1: .: is not JSON near column 1" },

	/* No text. */
	{ V "\"hostname\":\n\"\xff\"}", "2: .hostname: is not UTF-8" },
	{ V "\"hostname\":\"\xc0\x80\"}", "1: .hostname: is not UTF-8" },
	{ V "\"hostname\":\"\xed\xa0\x80\"}", "1: .hostname: is not UTF-8" },
	{ V "\"hostname\":\"\xf4\x90\x80\x80\"}", "1: .hostname: is not UTF-8" },
	{ V "\"hostname\":\"\xe2\x82", "1: .hostname: is not UTF-8" },
	{ V "\"hostname\":\"\\ud800\"}", "1: .hostname: has half of a surrogate pair" },
	{ V "\"hostname\":\"\\ud800\\ud800\"}", "1: .hostname: has half of a surrogate pair" },
	{ V "\"hostname\":\"\\\\\\uDC00\"}", "1: .hostname: has half of a surrogate pair" },
	{ V "\"hostname\":\"a\\u0000\"}", "1: .hostname: must not contain \\u0000" },
	{ V "\"annotations\":{\"a\\u0000\":\"\"}}", "1: .annotations.a: must not contain \\u0000" },
	{ V "\"mounts\":[{\"destination\":\"/\",\"options\":[\"\\u0000\"]}]}",
	  "1: .mounts[0].options[0]: must not contain \\u0000" },

	/* Wrong kinds. */
	{ V "\"hostname\":5}", "1: .hostname: must be a string" },
	{ V "\"root\":\"rootfs\"}", "1: .root: must be an object" },
	{ V "\"root\":{\"readonly\":1}}", "1: .root.readonly: must be true or false" },
	{ V "\"mounts\":{}}", "1: .mounts: must be a list" },
	{ V "\"mounts\":[\nnull]}", "2: .mounts[0]: must be an object" },
	{ V "\"mounts\":[[]]}", "1: .mounts[0]: must be an object" },
	{ V "\"annotations\":[]}", "1: .annotations: must be an object" },
	{ V "\"annotations\":{\"a b\":1}}", "1: .annotations[\"a b\"]: must be a string" },
	{ V "\"annotations\":{\"1\":null}}", "1: .annotations[\"1\"]: must be a string" },
	{ P "\"args\":\"sh\"}}", "1: .process.args: must be a list of strings" },
	{ P "\"args\":[\"sh\",\n[]]}}", "2: .process.args[1]: must be a string" },
	{ P "\"user\":{\"additionalGids\":{}}}}",
	  "1: .process.user.additionalGids: must be a list of whole numbers" },
	{ P "\"user\":{\"additionalGids\":[1,true]}}}",
	  "1: .process.user.additionalGids[1]: must be a whole number" },
	{ P "\"user\":{\"uid\":\"0\"}}}", "1: .process.user.uid: must be a whole number" },

	/* Wrong values. */
	{ P "\"user\":{\"uid\":1.0}}}", "1: .process.user.uid: must be a whole number" },
	{ P "\"user\":{\"uid\":1e3}}}", "1: .process.user.uid: must be a whole number" },
	{ P "\"user\":{\"uid\":-1}}}", "1: .process.user.uid: must be from 0 to 4294967295" },
	{ P "\"user\":{\"uid\":4294967296}}}",
	  "1: .process.user.uid: must be from 0 to 4294967295" },
	{ P "\"user\":{\"additionalGids\":[4294967296]}}}",
	  "1: .process.user.additionalGids[0]: must be from 0 to 4294967295" },
	{ P "\"consoleSize\":{\"height\":18446744073709551616}}}",
	  "1: .process.consoleSize.height: must be from 0 to 18446744073709551615" },
	{ P "\"oomScoreAdj\":9223372036854775808}}",
	  "1: .process.oomScoreAdj: must be from -9223372036854775808 to 9223372036854775807" },
	{ P "\"oomScoreAdj\":-9223372036854775809}}",
	  "1: .process.oomScoreAdj: must be from -9223372036854775808 to 9223372036854775807" },
	{ P "\"scheduler\":{\"nice\":2147483648}}}",
	  "1: .process.scheduler.nice: must be from -2147483648 to 2147483647" },
	{ V "\"hooks\":{\"poststop\":[{\"path\":\"/x\",\"timeout\":0}]}}",
	  "1: .hooks.poststop[0].timeout: must be from 1 to 9223372036854775807" },
	{ V "\"linux\":{\"personality\":{\"domain\":\"linux\"}}}",
	  "1: .linux.personality.domain: must be one of LINUX, LINUX32" },
	{ P "\"scheduler\":{\"policy\":\"SCHED_RR\",\"flags\":[\"X\"]}}}",
	  "1: .process.scheduler.flags[0]: must be one of SCHED_FLAG_RESET_ON_FORK, "
	  "SCHED_FLAG_RECLAIM, SCHED_FLAG_DL_OVERRUN, SCHED_FLAG_KEEP_POLICY, "
	  "SCHED_FLAG_KEEP_PARAMS, SCHED_FLAG_UTIL_CLAMP_MIN, SCHED_FLAG_UTIL_CLAMP_MAX" },
	{ V "\"linux\":{\"resources\":{\"hugepageLimits\":[{\"pageSize\":\"02MB\"}]}}}",
	  "1: .linux.resources.hugepageLimits[0].pageSize: must be a size such as 2MB" },
	{ V "\"linux\":{\"intelRdt\":{\"memBwSchema\":\"L3:0=f\"}}}",
	  "1: .linux.intelRdt.memBwSchema: must be a line that begins with MB:" },
	{ P "\"execCPUAffinity\":{\"initial\":\"a\"}}}",
	  "1: .process.execCPUAffinity.initial: must be a list such as 0-3,7" },
	{ S "\"syscalls\":[{\"names\":[]}]}}}",
	  "1: .linux.seccomp.syscalls[0].names: must not be empty" },

	/* Missing, or there too often. */
	{ "{}", "1: .ociVersion: is missing" },
	{ "{\"ociVersion\":null}", "1: .ociVersion: is missing" },
	{ V "\"root\":{}}", "1: .root.path: is missing" },
	{ V "\"mounts\":[{\"destination\":\"/\"},\n{\n\"type\":\"x\"}\n]}",
	  "2: .mounts[1].destination: is missing" },
	{ V "\n\"ociVersion\":\"1\"}", "2: .ociVersion: is there twice" },
	{ V "\"root\":null,\"root\":{\"path\":\"\"}}", "1: .root: is there twice" },
	{ V "\"annotations\":{\n\"b\":\"\",\n\"a.b\":\"1\",\"a.b\":\"2\"}}",
	  "3: .annotations[\"a.b\"]: is there twice" },
};

TEST(mistakes)
{
	for (size_t i = 0; i < countof(mistakes); i++) {
		autofree char *words = xasprintf("config.json:%s", mistakes[i].words);
		struct oci_spec spec, empty = { 0 };

		same(decode(mistakes[i].text, &spec), -EINVAL);
		same_words(err_words(), words);
		assert_memory_equal(&spec, &empty, sizeof(spec));
	}
}

static char *
nested(int levels)
{
	struct str text = { 0 };

	str_add(&text, V "\"x\":");
	for (int i = 1; i < levels; i++)
		str_addc(&text, '[');
	for (int i = 1; i < levels; i++)
		str_addc(&text, ']');
	str_addc(&text, '}');
	return str_take(&text);
}

TEST(depth)
{
	autofree char *deepest = nested(OCI_DEPTH_MAX), *deeper = nested(OCI_DEPTH_MAX + 1);
	autofree char *abyss = nested(200000);
	struct oci_spec spec;

	same(decode(deepest, &spec), 0);
	oci_done(&oci_spec_type, &spec);
	fails(decode(deeper, &spec), "config.json:1: .x: is nested deeper than 64 levels");
	fails(decode(abyss, &spec), "config.json:1: .x: is nested deeper than 64 levels");
}

TEST(size)
{
	size_t len = OCI_DOCUMENT_MAX + 1;
	autofree char *text = xrealloc(NULL, len, 1);
	struct oci_spec spec;

	memset(text, ' ', len);
	memcpy(text, "{\"ociVersion\":\"1\"}", 18);
	same(decode_n(text, len - 1, &spec), 0);
	oci_done(&oci_spec_type, &spec);
	same(decode_n(text, len, &spec), -EFBIG);
	same_words(err_words(), "config.json: file too large");
}

static void
collect(void *arg, const struct oci_remark *r)
{
	str_addf(arg, "%s%u: %s: %s\n", r->warning ? "(warning) " : "", r->line, r->path,
		 r->reason);
}

static int
decode_all(const char *text, struct oci_spec *out, struct str *remarks)
{
	struct oci_source source = { "config.json", text, strlen(text) };

	*out = (struct oci_spec){ 0 };
	return oci_decode_all(&oci_spec_type, &source, out, collect, remarks);
}

TEST(all_mistakes)
{
	autostr remarks = { 0 };
	struct oci_spec spec;

	same(decode_all("{\n"
			"\"hostName\": \"x\", \"vm\": { \"y\": [ 1.5 ] },\n"
			"\"hostname\": 5, \"domainname\": \"kept\",\n"
			"\"mounts\": [ 1, { \"destination\": \"/a\", \"option\": [] },\n"
			"  {},\n"
			"  { \"destination\": [ { \"z\": 1 } ], \"options\": [ \"a\", 1,"
			" \"b\" ] } ],\n"
			"\"root\": { \"path\": \"x\", \"path\": \"y\" },\n"
			"\"annotations\": { \"a\": {}, \"b\": \"kept\" }\n"
			"}", &spec, &remarks), 8);
	same_words(remarks.s,
		   "(warning) 2: .hostName: is unknown and ignored\n"
		   "(warning) 2: .vm: is unknown and ignored\n"
		   "3: .hostname: must be a string\n"
		   "4: .mounts[0]: must be an object\n"
		   "(warning) 4: .mounts[1].option: is unknown and ignored\n"
		   "5: .mounts[2].destination: is missing\n"
		   "6: .mounts[3].destination: must be a string\n"
		   "6: .mounts[3].options[1]: must be a string\n"
		   "7: .root.path: is there twice\n"
		   "8: .annotations.a: must be a string\n"
		   "1: .ociVersion: is missing\n");
	assert_null(spec.hostname);
	same_words(spec.domainname, "kept");
	same_words(spec.mounts[0]->destination, "/a");
	same_words(spec.mounts[2]->options[1], "b");
	same_words(spec.root->path, "x");
	same_words(spec.annotations[0]->key, "b");
	assert_null(spec.annotations[1]);
	oci_done(&oci_spec_type, &spec);
}

TEST(all_mistakes_until_the_text_ends)
{
	autostr remarks = { 0 };
	struct oci_spec spec;

	same(decode_all("{\"hostname\":1,\n\"domainname\":2,,}", &spec, &remarks), 3);
	same_words(remarks.s,
		   "1: .hostname: must be a string\n"
		   "2: .domainname: must be a string\n"
		   "2: .domainname: is not JSON near column 16\n");
	oci_done(&oci_spec_type, &spec);
}

TEST(line)
{
	struct oci_source source = { "config.json", sample, strlen(sample) };
	static const struct {
		const char *path;
		unsigned line;
	} places[] = {
		{ ".", 1 }, { "", 1 }, { ".ociVersion", 2 }, { ".process.args[2]", 5 },
		{ ".mounts", 10 }, { ".mounts[0]", 11 }, { ".mounts[1].options[1]", 12 },
		{ ".annotations[\"org.example.a\"]", 14 }, { ".annotations[\"\"]", 14 },
		{ ".linux.sysctl", 18 }, { ".linux.resources.pids.limit", 17 },
		/* Absent: the nearest parent's. */
		{ ".mounts[2]", 10 }, { ".mounts[1].source", 12 },
		{ ".linux.seccomp.flags[0]", 16 },
		{ ".hooks", 1 }, { ".root[0]", 3 }, { ".[\"odd key\"]", 1 },
		/* No paths, but no harm either. */
		{ "x", 1 }, { ".[", 1 }, { ".process[", 4 }, { ".process[\"", 4 },
		{ ".mounts[1", 10 },
	};

	for (size_t i = 0; i < countof(places); i++)
		same(oci_line(&source, places[i].path), places[i].line);
}

TEST(words_after_decoding)
{
	struct oci_source source = { "config.json", sample, strlen(sample) };

	same(oci_fail(0, &source, ".mounts[1].type", "%s is not %s", "tmpfs", "wanted"), -EINVAL);
	same_words(err_words(), "config.json:12: .mounts[1].type: tmpfs is not wanted");
	same(oci_fail(ENOENT, &source, ".process", "no program"), -ENOENT);
	same_words(err_words(), "config.json:4: .process: no program: no such file or directory");
}

/* Not one of these may crash or hang; run them with sanitizers. */
static void
decode_anyhow(const char *text, size_t len)
{
	/* Of its own size, so that ASan sees a byte too many being read. */
	autofree char *copy = xmemdup(text, len);
	struct oci_source source = { "config.json", copy, len };
	struct oci_spec spec = { 0 };
	autostr remarks = { 0 };

	if (oci_decode(&oci_spec_type, &source, &spec) == 0)
		oci_done(&oci_spec_type, &spec);
	oci_decode_all(&oci_spec_type, &source, &spec, collect, &remarks);
	oci_done(&oci_spec_type, &spec);
	oci_line(&source, ".linux.resources.rdma[\"mlx5_0\"].hcaHandles");
	oci_line(&source, ".mounts[1].options[1]");
}

TEST(every_truncation_is_a_mistake)
{
	size_t whole = strlen(sample) - 1;	/* the last newline may go */
	struct oci_spec spec;

	for (size_t len = 0; len < whole; len++) {
		same(decode_n(sample, len, &spec), -EINVAL);
		decode_anyhow(sample, len);
	}
}

TEST(flipped_bytes)
{
	char text[sizeof(sample)];

	memcpy(text, sample, sizeof(sample));
	for (size_t i = 0; i < sizeof(sample) - 1; i++) {
		for (int bit = 0; bit < 8; bit++) {
			text[i] ^= (char)(1 << bit);
			decode_anyhow(text, sizeof(sample) - 1);
			text[i] ^= (char)(1 << bit);
		}
		for (const char *c = "{}[]\",:\\"; *c; c++) {
			text[i] = *c;
			decode_anyhow(text, sizeof(sample) - 1);
		}
		text[i] = sample[i];
	}
}

TEST(state)
{
	static const char text[] = "{\"ociVersion\":\"1.0.2\",\"id\":\"a\",\"status\":\"paused\","
				   "\"pid\":12,\"bundle\":\"/b\"}";
	struct oci_source source = { "state.json", text, strlen(text) };
	struct oci_state state = { 0 };

	same(oci_decode(&oci_state_type, &source, &state), 0);
	same(state.pid.v, 12);
	oci_done(&oci_state_type, &state);
}

static int
decode_list(const char *text, struct oci_mount ***mounts)
{
	struct oci_source source = { "list", text, strlen(text) };
	void **list;
	int r = oci_decode_list(&oci_mount_type, &source, &list);

	*mounts = (struct oci_mount **)list;
	return r;
}

TEST(list)
{
	static const char text[] = "[ { \"destination\": \"/a\" },\n{ \"destination\": \"/b\" } ]";
	struct oci_mount **mounts;

	same(decode_list(text, &mounts), 0);
	same_words(mounts[1]->destination, "/b");
	assert_null(mounts[2]);
	oci_free_list(&oci_mount_type, (void **)mounts);
	same(decode_list("[]", &mounts), 0);
	assert_null(mounts[0]);
	oci_free_list(&oci_mount_type, (void **)mounts);
	oci_free_list(&oci_mount_type, NULL);
	fails(decode_list("null", &mounts), "list:1: .: must be a list");
	fails(decode_list("{}", &mounts), "list:1: .: must be a list");
	fails(decode_list("1", &mounts), "list:1: .: must be a list");
	fails(decode_list("[1]", &mounts), "list:1: [0]: must be an object");
	fails(decode_list("[{\"destination\":\"/a\"},\n{}]", &mounts),
	      "list:2: [1].destination: is missing");
	fails(decode_list("[] []", &mounts), "list:1: .: is not JSON near column 4");
	for (size_t n = 0; n < sizeof(text) - 1; n++) {
		autofree char *part = xstrndup(text, n);

		assert_true(decode_list(part, &mounts) < 0);
		assert_null(mounts);
	}
}

TESTS(T(every_kind), T(absent_is_not_empty), T(limits_of_numbers), T(long_lists), T(mistakes),
      T(depth), T(size), T(all_mistakes), T(all_mistakes_until_the_text_ends), T(line),
      T(words_after_decoding), T(every_truncation_is_a_mistake), T(flipped_bytes), T(state),
      T(list))
