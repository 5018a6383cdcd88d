#include "unit.h"

#include "base/str.h"
#include "libocispec/document.h"
#include "libocispec/features.h"
#include "libocispec/spec.h"
#include "libocispec/state.h"

/* Has every kind of row, in the order of the rows. */
static const char sample[] =
	"{\"ociVersion\":\"1.3.0\",\"root\":{\"path\":\"a\\\"b\\\\c\\n\\u0001\u00e4\","
	"\"readonly\":false},"
	"\"mounts\":[{\"destination\":\"/a\",\"options\":[]},{\"destination\":\"/b\","
	"\"options\":[\"ro\"],"
	"\"uidMappings\":[]}],\"process\":{\"user\":{\"uid\":0,\"additionalGids\":[4294967295,0]},"
	"\"cwd\":\"\",\"rlimits\":[{\"type\":\"X\",\"soft\":9223372036854775808,"
	"\"hard\":18446744073709551615}],\"oomScoreAdj\":-9223372036854775808},"
	"\"annotations\":{\"z\":\"\",\"a.b/c\":\"1\"},\"linux\":{\"netDevices\":{\"eth0\":{},"
	"\"eth1\":{\"name\":\"x\"}},\"resources\":{\"memory\":{},"
	"\"rdma\":{\"m\":{\"hcaHandles\":1}},"
	"\"unified\":{}}}}";

static void
decode(const char *text, struct oci_spec *out)
{
	struct oci_source source = { "config.json", text, strlen(text) };

	*out = (struct oci_spec){ 0 };
	same_words(oci_decode(&oci_spec_type, &source, out) < 0 ? err_words() : "right", "right");
}

TEST(nothing_is_lost)
{
	struct oci_spec spec;

	decode(sample, &spec);
	autofree char *text = oci_encode(&oci_spec_type, &spec, OCI_COMPACT);
	same_words(text, sample);
	oci_done(&oci_spec_type, &spec);
}

TEST(a_copy_is_the_same)
{
	struct oci_spec spec;

	decode(sample, &spec);
	struct oci_spec *copy = oci_copy(&oci_spec_type, &spec);
	oci_done(&oci_spec_type, &spec);
	autofree char *text = oci_encode(&oci_spec_type, copy, OCI_COMPACT);
	same_words(text, sample);
	oci_free(&oci_spec_type, copy);

	assert_null(oci_copy(&oci_spec_type, NULL));
	oci_free(&oci_spec_type, NULL);
}

static void
decode_resources(const char *text, struct oci_resources *out)
{
	struct oci_source source = { "r", text, strlen(text) };

	*out = (struct oci_resources){ 0 };
	same_words(oci_decode(&oci_resources_type, &source, out) < 0 ? err_words() : "right",
		   "right");
}

static void
merges(const char *to, const char *from, const char *wanted)
{
	struct oci_resources a, b;

	decode_resources(to, &a);
	decode_resources(from, &b);
	oci_merge(&oci_resources_type, &a, &b);
	oci_done(&oci_resources_type, &b);
	autofree char *text = oci_encode(&oci_resources_type, &a, OCI_COMPACT);
	same_words(text, wanted);
	oci_done(&oci_resources_type, &a);
}

TEST(merging_members)
{
	static const char all[] = "{\"memory\":{\"limit\":1,\"swap\":2},\"pids\":{\"limit\":3}}";

	merges("{}", "{}", "{}");
	merges(all, "{}", all);
	merges("{}", all, all);
	merges(all, all, all);
	merges(all, "{\"memory\":{\"swap\":-1},\"cpu\":{\"cpus\":\"0\"}}",
	       "{\"memory\":{\"limit\":1,\"swap\":-1},\"cpu\":{\"cpus\":\"0\"},"
	       "\"pids\":{\"limit\":3}}");
	merges("{\"cpu\":{\"cpus\":\"1\",\"mems\":\"0\"}}", "{\"cpu\":{\"cpus\":\"\"}}",
	       "{\"cpu\":{\"cpus\":\"\",\"mems\":\"0\"}}");
	merges("{\"memory\":{\"disableOOMKiller\":true}}",
	       "{\"memory\":{\"disableOOMKiller\":false}}",
	       "{\"memory\":{\"disableOOMKiller\":false}}");
}

TEST(merging_maps)
{
	merges("{\"unified\":{\"a\":\"1\",\"b\":\"2\"}}",
	       "{\"unified\":{\"b\":\"3\",\"c\":\"4\"}}",
	       "{\"unified\":{\"a\":\"1\",\"b\":\"3\",\"c\":\"4\"}}");
	merges("{\"rdma\":{\"m\":{\"hcaHandles\":1}}}",
	       "{\"rdma\":{\"m\":{\"hcaObjects\":2},\"n\":{}}}",
	       "{\"rdma\":{\"m\":{\"hcaHandles\":1,\"hcaObjects\":2},\"n\":{}}}");
	merges("{}", "{\"unified\":{}}", "{\"unified\":{}}");
}

/* By what names an element; rules of devices have an order and no name. */
TEST(merging_lists)
{
	merges("{\"hugepageLimits\":[{\"pageSize\":\"2MB\",\"limit\":1}]}",
	       "{\"hugepageLimits\":[{\"pageSize\":\"1GB\",\"limit\":2},"
	       "{\"pageSize\":\"2MB\",\"limit\":3}]}",
	       "{\"hugepageLimits\":[{\"pageSize\":\"2MB\",\"limit\":3},"
	       "{\"pageSize\":\"1GB\",\"limit\":2}]}");
	merges("{\"blockIO\":{\"weightDevice\":[{\"major\":8,\"minor\":0,\"weight\":10,"
	       "\"leafWeight\":20},{\"major\":8,\"minor\":1,\"weight\":30}]}}",
	       "{\"blockIO\":{\"weightDevice\":[{\"major\":8,\"minor\":0,\"weight\":40}]}}",
	       "{\"blockIO\":{\"weightDevice\":[{\"major\":8,\"minor\":0,\"weight\":40,"
	       "\"leafWeight\":20},{\"major\":8,\"minor\":1,\"weight\":30}]}}");
	merges("{\"devices\":[{\"allow\":true},{\"allow\":false}]}", "{\"devices\":[]}",
	       "{\"devices\":[]}");
}

/* A description of its own, with what no document of the specification has. */
struct measure {
	char *share;
	struct oci_pair **all;
};

static const struct type numbers_type = {
	.name = "numbers", .size = sizeof(struct oci_pair), .numbers = true,
	.key = offsetof(struct oci_pair, key), .value = offsetof(struct oci_pair, value),
};

static TYPE(measure, "measure",
	F_NUMBER(measure, share, "share"),
	row_(KIND_MAP, "all", at_(measure, all, struct oci_pair **), .of = &numbers_type),
);

TEST(numbers_that_are_not_whole)
{
	static const char text[] =
		"{\"share\":1.50,\"all\":{\"a\":-2.5e3,\"b\":18446744073709551616}}";
	struct oci_source right = { "m", text, strlen(text) };
	struct oci_source wrong = { "m", "{\"all\":{\"a\":\"1\"}}", 17 };
	struct measure m = { 0 };

	same(oci_decode(&measure_type, &right, &m), 0);
	struct measure *copy = oci_copy(&measure_type, &m);
	oci_done(&measure_type, &m);
	autofree char *again = oci_encode(&measure_type, copy, OCI_COMPACT);
	same_words(again, text);
	oci_free(&measure_type, copy);
	fails(oci_decode(&measure_type, &wrong, &m), "m:1: .all.a: must be a number");
}

TEST(done_empties)
{
	struct oci_spec spec, empty = { 0 };

	decode(sample, &spec);
	oci_done(&oci_spec_type, &spec);
	assert_memory_equal(&spec, &empty, sizeof(spec));
	oci_done(&oci_spec_type, &spec);
}

TEST(indented)
{
	struct oci_spec spec;

	decode("{\"ociVersion\":\"1\",\"mounts\":[{\"destination\":\"/\","
	       "\"options\":[\"a\",\"b\"]}],"
	       "\"process\":{\"cwd\":\"/\",\"args\":[],\"user\":{}},\"annotations\":{}}", &spec);
	autofree char *text = oci_encode(&oci_spec_type, &spec, OCI_INDENTED);
	same_words(text,
		   "{\n"
		   "  \"ociVersion\": \"1\",\n"
		   "  \"mounts\": [\n"
		   "    {\n"
		   "      \"destination\": \"/\",\n"
		   "      \"options\": [\n"
		   "        \"a\",\n"
		   "        \"b\"\n"
		   "      ]\n"
		   "    }\n"
		   "  ],\n"
		   "  \"process\": {\n"
		   "    \"user\": {},\n"
		   "    \"args\": [],\n"
		   "    \"cwd\": \"/\"\n"
		   "  },\n"
		   "  \"annotations\": {}\n"
		   "}\n");
	oci_done(&oci_spec_type, &spec);
}

struct whole {
	struct oci_bool flag;
	struct oci_int number, maybe;
	char *text, **texts;
	struct oci_pair **pairs;
};

static TYPE(whole, "whole",
	F_BOOL(whole, flag, "flag"),
	F_INT(whole, number, "number"),
	F_INT(whole, maybe, "maybe", .null = true),
	F_STRING(whole, text, "text"),
	F_STRINGS(whole, texts, "texts"),
	F_MAP(whole, pairs, "pairs", oci_pair),
);

TEST(absent_members_too)
{
	struct whole w = { .maybe = { 0, true } };
	autofree char *some = oci_encode(&whole_type, &w, OCI_WHOLE);

	same_words(some, "{\"flag\":false,\"number\":0,\"maybe\":0,\"text\":\"\","
			 "\"texts\":null,\"pairs\":null}");
	w.maybe.set = false;
	autofree char *none = oci_encode(&whole_type, &w, OCI_WHOLE | OCI_INDENTED);
	assert_non_null(strstr(none, "\n  \"maybe\": null,\n"));
}

TEST(lists)
{
	struct oci_state a = { .id = (char []){ "a" } }, b = { .pid = { 7, true } };
	void *list[] = { &a, &b, NULL };

	autofree char *text = oci_encode_list(&oci_state_type, list, OCI_COMPACT);
	same_words(text, "[{\"id\":\"a\"},{\"pid\":7}]");
	autofree char *none = oci_encode_list(&oci_state_type, NULL, OCI_INDENTED);
	same_words(none, "[]\n");
	autofree char *empty = oci_encode(&oci_state_type, &(struct oci_state){ 0 }, OCI_INDENTED);
	same_words(empty, "{}\n");
}

TEST(description)
{
	autofree char *text = oci_describe(&oci_spec_type);

	assert_ptr_equal(text, strstr(text, "| Property | Kind | Required | Meaning |\n|---|"));
	assert_non_null(strstr(text, "\n| `.mounts[].destination` | string | yes | "
				"absolute path in "));
	assert_non_null(strstr(text, "\n| `.linux.resources.rdma.*.hcaHandles` | whole "
				"number, 0 to "));
	assert_non_null(strstr(text, "\n| `.annotations` | object of strings |  | "));
	assert_non_null(strstr(text, "\n| `.linux.personality.domain` | string |  | "
				"which Linux uname(2) "
				     "speaks of: `LINUX`, `LINUX32` |\n"));
	assert_null(strstr(text, "|  |\n"));	/* every row has words */
}

TESTS(T(nothing_is_lost), T(a_copy_is_the_same), T(merging_members), T(merging_maps),
      T(merging_lists), T(numbers_that_are_not_whole), T(done_empties), T(indented),
      T(absent_members_too), T(lists), T(description))
