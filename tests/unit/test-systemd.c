/* What is pure of the talk with systemd: names of units, values, what limits are as properties. */
#include "unit.h"

#include "base/str.h"
#include "runtime/cgroup/systemd.h"
#include "systemd/property.h"
#include "systemd/unit.h"
#include "systemd/variant.h"

/* -- names -- */

static int
place(const char *path, const char *id, struct unit_place *p)
{
	unit_place_done(p);
	*p = (struct unit_place){ 0 };
	return unit_place(p, path, id, "system.slice");
}

TEST(names)
{
	autoplace p = { 0 };

	same(place("machine.slice:libpod:abc", "x", &p), 0);
	same_words(p.unit, "libpod-abc.scope");
	same_words(p.slice, "machine.slice");
	same(place(NULL, "x", &p), 0);
	same_words(p.unit, "ocirun-x.scope");
	same_words(p.slice, "system.slice");
	same(place("", "a+b", &p), 0);
	same_words(p.unit, "ocirun-a\\x2bb.scope");
	same(place(":cri-containerd:1", "x", &p), 0);
	same_words(p.slice, "system.slice");
	same(place("-.slice:a:b", "x", &p), 0);
	same(place("kubepods-besteffort-pod1_2.slice:a:b", "x", &p), 0);
}

#define FORMAT "expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups"

TEST(wrong_names)
{
	static const struct { const char *path, *words; } wrong[] = {
		{ "/a/b", "\"/a/b\": " FORMAT },
		{ "a.slice:b", "\"a.slice:b\": " FORMAT },
		{ "a.slice:b:c:d", "\"a.slice:b:c:d\": " FORMAT },
		{ "a:b:c", "\"a:b:c\": \"a\" is no name of a slice" },
		{ "a/b.slice:b:c", "\"a/b.slice:b:c\": \"a/b.slice\" is no name of a slice" },
		{ "a--b.slice:b:c", "\"a--b.slice:b:c\": \"a--b.slice\" is no name of a slice" },
		{ "-a.slice:b:c", "\"-a.slice:b:c\": \"-a.slice\" is no name of a slice" },
		{ "a-.slice:b:c", "\"a-.slice:b:c\": \"a-.slice\" is no name of a slice" },
		{ "a.slice:b:", "\"a.slice:b:\": \"b-.scope\" is no name of a unit" },
		{ ":b:c/d", "\":b:c/d\": \"b-c/d.scope\" is no name of a unit" },
		{ ":b:c.slice", "\":b:c.slice\": \"c.slice\" names a slice, and a container is"
				" a scope" },
	};
	autoplace p = { 0 };

	for (size_t i = 0; i < countof(wrong); i++)
		fails(place(wrong[i].path, "x", &p), wrong[i].words);
}

TEST(long_names)
{
	char id[256];
	autoplace p = { 0 };

	memset(id, 'a', sizeof(id));
	id[255 - strlen("ocirun-.scope")] = 0;
	same(place(NULL, id, &p), 0);
	same(strlen(p.unit), 255);
	strcat(id, "a");
	assert_true(place(NULL, id, &p) < 0);
	assert_non_null(strstr(err_words(), "longer than 255 characters"));
}

/* -- lists of words -- */

static char *
joined(char *const *words)
{
	autostr out = { 0 };

	for (; words && *words; words++)
		str_addf(&out, "%s%s", out.len ? " " : "", *words);
	return str_take(&out);
}

TEST(signatures)
{
	char *words[] = { "2", "/dev/null", "rw", "/dev/zero", "r", "rest", NULL };

	same(signature_len("a(ss)s"), 5);
	same(signature_len("a{sv}"), 0);
	same(signature_len("a{st}"), 5);
	same(signature_len("(s"), 0);
	same(signature_len("a"), 0);
	same(signature_len(""), 0);
	same(signature_len("()"), 0);
	same(signature_len("a{}"), 0);

	/* However long, it does not take the stack. */
	autofree char *deep = xcalloc(1, 4 << 20);
	memset(deep, 'a', (4 << 20) - 2);
	deep[(4 << 20) - 2] = 's';
	same(signature_len(deep), 0);
	memset(deep, '(', (4 << 20) - 2);
	same(signature_len(deep), 0);
	same(property_words("a(ss)", words), 5);
	same(property_words("s", words), 1);
	assert_true(property_words("a(sss)", words) < 0);
	assert_true(property_words("ss", words) < 0);
	assert_true(property_words("as", words + 1) < 0);
	assert_true(property_words("s", words + 6) < 0);
}

TEST(packets)
{
	char *words[] = { "start", "", "x y", NULL };
	autostr packet = { 0 };

	packet_of_words(&packet, words);
	same(packet.len, 11);
	autostrv back = words_of_packet(packet.s, packet.len);
	same(strv_len(back), 3);
	same_words(back[1], "");
	same_words(back[2], "x y");
	autostrv cut = words_of_packet("ab\0c", 4);
	same(strv_len(cut), 2);
	same_words(cut[1], "c");
}

TEST(too_long_requests)
{
	autofree char *value = xcalloc(1, TALK_MAX);
	char *request[] = { "start", memset(value, 'a', TALK_MAX - 1), NULL };
	struct helper h = HELPER_EMPTY;

	same(helper_ask(&h, request, NULL), -E2BIG);
	assert_non_null(strstr(err_words(), "131078 bytes, and 131072 are the most"));
}

/* -- values -- */

TEST(variants)
{
	static const struct { const char *text, *type, *words; } known[] = {
		{ "'a b'", "s", "a b" },
		{ "\"it's \\\"so\\\"\"", "s", "it's \"so\"" },
		{ "true", "b", "1" },
		{ " false ", "b", "0" },
		{ "5", "i", "5" },
		{ "-5", "i", "-5" },
		{ "0x10", "i", "16" },
		{ "010", "i", "8" },
		{ "uint64 18446744073709551615", "t", "18446744073709551615" },
		{ "int64 -9223372036854775808", "x", "-9223372036854775808" },
		{ "byte 255", "y", "255" },
		{ "1.5", "d", "1.5" },
		{ "double 2", "d", "2" },
		{ "['a', 'b']", "as", "2 a b" },
		{ "[]", NULL, "the value []: is an empty array of no type; for strings write"
			      " @as []" },
		{ "@as []", "as", "0" },
		{ "[uint64 1, 2]", "at", "2 1 2" },
		{ "[('/dev/sda', uint64 5), ('/dev/sdb', 6)]", "a(st)", "2 /dev/sda 5 /dev/sdb 6" },
		{ "@a(ss) [('a', 'b')]", "a(ss)", "1 a b" },
		{ "@t 7", "t", "7" },
		{ "objectpath '/a'", "o", "/a" },
		{ "[['a'], ['b', 'c']]", "aas", "2 1 a 2 b c" },
	};

	for (size_t i = 0; i < countof(known); i++) {
		autofree char *type = NULL;
		autostrv words = NULL;
		int r = variant_parse(known[i].text, &type, &words);

		if (!known[i].type) {
			fails(r, known[i].words);
			continue;
		}
		same(r, 0);
		same_words(type, known[i].type);
		autofree char *all = joined(words);
		same_words(all, known[i].words);
		same(property_words(type, words), strv_len(words));
	}
}

TEST(wrong_variants)
{
	static const struct { const char *text, *words; } wrong[] = {
		{ "", "has \"\", which is no value" },
		{ "yes", "has \"yes\", which is no value" },
		{ "'a", "has no quote at its end" },
		{ "'a' b", "has \"b\" behind its end" },
		{ "3000000000", "\"3000000000\" is out of the range of int32" },
		{ "uint32 -1", "\"-1\" is out of the range of uint32" },
		{ "uint64 18446744073709551616", "\"18446744073709551616\" is no number" },
		{ "uint64 1.5", "has the number 1.5 where \"t\" belongs" },
		{ "1..5", "\"1..5\" is no number" },
		{ "['a', 5]", "has the number 5 where \"s\" belongs" },
		{ "['a'", "has no \",\" or \"]\" at \"\"" },
		{ "[1 2]", "has no \",\" or \"]\" at \"2]\"" },
		{ "string 5", "has the number 5 where \"s\" belongs" },
		{ "boolean 'a'", "is of the type \"s\" where \"b\" belongs" },
		{ "@ 5", "has no type behind \"@\"" },
		{ "'\\u0041'", "has \"\\u\", which is not supported" },
		{ "[[[[[[[[[1]]]]]]]]]", "is nested too deeply" },
		{ "0x", "\"0x\" is no number" },
		{ "uint64 0x-5", "\"0x-5\" is no number" },
		{ "0x0x5", "\"0x0x5\" is no number" },
		{ "()", "has \"()\", which D-Bus has no type for" },
		{ "@() ()", "has no type behind \"@\"" },
	};
	autofree char *type = NULL;
	autostrv words = NULL;

	for (size_t i = 0; i < countof(wrong); i++) {
		autofree char *said = xasprintf("the value %s: %s", wrong[i].text, wrong[i].words);

		fails(variant_parse(wrong[i].text, &type, &words), said);
	}
}

/* -- annotations -- */

static char *
annotated(const char *key, const char *value, int *r)
{
	struct oci_pair pair = { .key = (char *)(uintptr_t)key, .value = (char *)(uintptr_t)value };
	struct oci_pair *pairs[] = { &pair, NULL };
	struct oci_spec spec = { .annotations = pairs };
	autostrv words = NULL;

	*r = scope_annotations(&spec, &words);
	return *r < 0 ? xstrdup(err_words()) : joined(words);
}

TEST(annotations)
{
#define P "org.systemd.property."
#define LETTERS "the name of a property has letters only, three or more"
#define AT(name) "annotations[\"" P name "\"]: "
	static const struct { const char *key, *value, *words; } known[] = {
		{ "other", "x", "" },
		{ P "MemoryHigh", "uint64 5", "MemoryHigh t 5" },
		{ P "After", "['a.service']", "After as 1 a.service" },
		{ P "TimeoutStopSec", "5", "TimeoutStopUSec t 5000000" },
		{ P "TimeoutStopSec", "1.5", "TimeoutStopUSec t 1500000" },
		{ P "TimeoutStopUSec", "uint64 5", "TimeoutStopUSec t 5" },
		{ P "TimeoutStopSec", "'5'", AT("TimeoutStopSec") "wants a number of seconds" },
		{ P "TimeoutStopSec", "-5", AT("TimeoutStopSec") "-5 is no number of seconds" },
		{ P "TimeoutStopSec", "()", AT("TimeoutStopSec") "the value (): has \"()\","
					    " which D-Bus has no type for" },
		{ P "ab", "5", AT("ab") LETTERS },
		{ P "a.b", "5", AT("a.b") LETTERS },
		{ P "PIDs", "1", AT("PIDs") "this property is not for an annotation to set" },
		{ P "User", "'me'", AT("User") "this property is not for an annotation to set" },
		{ P "DelegateSubgroup", "'a'", AT("DelegateSubgroup")
					       "this property is not for an annotation to set" },
		{ P "Foo", "bar", AT("Foo") "the value bar: has \"bar\", which is no value" },
	};

	for (size_t i = 0; i < countof(known); i++) {
		int r;
		autofree char *said = annotated(known[i].key, known[i].value, &r);

		same_words(said, known[i].words);
	}
}

/* -- limits -- */

static char *
limits(enum cgroup_kind kind, struct oci_resources r)
{
	autostrv words = NULL;

	scope_limits(kind, &r, &words);
	return joined(words);
}

#define says(got, wanted) do { \
	autofree char *got_ = (got); \
	same_words(got_, wanted); \
} while (0)

TEST(limits_v2)
{
	struct oci_memory memory = { .limit = { 1000, true }, .swap = { 1500, true },
				     .reservation = { 10, true } };
	struct oci_memory endless = { .limit = { -1, true } };
	struct oci_cpu cpu = { .shares = { 1024, true }, .quota = { 50000, true },
			       .period = { 100000, true }, .cpus = "0-2,9", .mems = "1" };
	struct oci_cpu idle = { .idle = { 1, true }, .shares = { 1024, true } };
	struct oci_cpu quota = { .quota = { 12345, true } }, period = { .period = { 5000, true } };
	struct oci_pids pids = { .limit = { 5, true } }, none = { .limit = { 0, true } };

	says(limits(CGROUP_V2, (struct oci_resources){ .memory = &memory }),
	     "MemoryMax t 1000 MemorySwapMax t 500 MemoryLow t 10");
	says(limits(CGROUP_V2, (struct oci_resources){ .memory = &endless }),
	     "MemoryMax t 18446744073709551615 MemorySwapMax t 18446744073709551615");
	says(limits(CGROUP_V2, (struct oci_resources){ .cpu = &cpu }),
	     "CPUWeight t 100 CPUQuotaPerSecUSec t 500000 ?CPUQuotaPeriodUSec t 100000"
	     " ?AllowedCPUs ay 2 7 2 ?AllowedMemoryNodes ay 1 2");
	says(limits(CGROUP_V2, (struct oci_resources){ .cpu = &idle }), "?CPUWeight t 0");
	says(limits(CGROUP_V2, (struct oci_resources){ .cpu = &quota }),
	     "CPUQuotaPerSecUSec t 130000");
	says(limits(CGROUP_V2, (struct oci_resources){ .cpu = &period }),
	     "CPUQuotaPerSecUSec t 18446744073709551615 ?CPUQuotaPeriodUSec t 5000");
	says(limits(CGROUP_V2, (struct oci_resources){ .pids = &pids }), "TasksMax t 5");
	says(limits(CGROUP_V2, (struct oci_resources){ .pids = &none }), "TasksMax t 1");
}

TEST(limits_unified)
{
	static const struct { const char *key, *value, *words; } known[] = {
		{ "memory.high", "5000", "MemoryHigh t 5000" },
		{ "memory.max", "512M", "MemoryMax t 536870912" },
		{ "memory.max", " 4096\n", "MemoryMax t 4096" },
		{ "memory.max", "-1", "MemoryMax t 18446744073709551615" },
		{ "cpu.max", "50000 100000\n", "CPUQuotaPerSecUSec t 500000"
						" ?CPUQuotaPeriodUSec t 100000" },
		{ "memory.min", "max", "?MemoryMin t 18446744073709551615" },
		{ "memory.oom.group", "1", "?OOMPolicy s kill" },
		{ "cpu.max", "max 50000", "CPUQuotaPerSecUSec t 18446744073709551615"
					  " ?CPUQuotaPeriodUSec t 50000" },
		{ "io.weight", "default 50", "IOWeight t 50" },
		{ "io.weight", "default 70\n8:0 50", "IOWeight t 70" },
		{ "io.weight", "8:0 50", "IOWeight t 18446744073709551615" },
		{ "io.bfq.weight", "8:0 50", "IOWeight t 18446744073709551615" },
		{ "io.bfq.weight", "550", "IOWeight t 5050" },
		{ "hugetlb.2MB.max", "0", "" },
	};

	for (size_t i = 0; i < countof(known); i++) {
		struct oci_pair pair = { .key = (char *)(uintptr_t)known[i].key,
					 .value = (char *)(uintptr_t)known[i].value };
		struct oci_pair *pairs[] = { &pair, NULL };

		says(limits(CGROUP_V2, (struct oci_resources){ .unified = pairs }), known[i].words);
	}
}

TEST(limits_v1)
{
	struct oci_memory memory = { .limit = { 1000, true } };
	struct oci_cpu cpu = { .shares = { 512, true }, .quota = { -1, true } };

	says(limits(CGROUP_V1, (struct oci_resources){ .memory = &memory, .cpu = &cpu }),
	     "MemoryLimit t 1000 CPUShares t 512 CPUQuotaPerSecUSec t 18446744073709551615");
}

static char *
devices(enum cgroup_kind kind, struct oci_resources r)
{
	autostrv words = NULL;

	scope_devices(kind, &r, &words);
	return joined(words);
}

TEST(device_properties)
{
	struct oci_device_rule all = { .allow = { true, true }, .type = "a" };
	struct oci_device_rule *rules[] = { &all, NULL };

	says(devices(CGROUP_V2, (struct oci_resources){ .devices = rules }), "");
	says(devices(CGROUP_V1, (struct oci_resources){ .devices = rules }),
	     "DevicePolicy s auto DeviceAllow a(ss) 0 DeviceAllow a(ss) 0");
	autofree char *strict = devices(CGROUP_V1, (struct oci_resources){ 0 });
	assert_non_null(strstr(strict, "DevicePolicy s strict DeviceAllow a(ss) 0"));
	assert_non_null(strstr(strict, "/dev/char/1:3 rwm"));
	assert_non_null(strstr(strict, "char-136 rwm"));
	assert_non_null(strstr(strict, "char-* m"));
}

TESTS(T(names), T(wrong_names), T(long_names), T(signatures), T(packets), T(too_long_requests),
      T(variants), T(wrong_variants), T(annotations), T(limits_v2), T(limits_unified), T(limits_v1),
      T(device_properties))
