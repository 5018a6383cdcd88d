#include "unit.h"

#include "servin/filter.h"
#include "servin/human.h"

#include "base/clock.h"

TEST(sizes)
{
	same_words(human_size(0).s, "0B");
	same_words(human_size(999).s, "999B");
	same_words(human_size(1000).s, "1kB");
	same_words(human_size(5613000).s, "5.61MB");
	same_words(human_size(12345).s, "12.3kB");
	same_words(human_size(999600).s, "1MB");
	same_words(human_size(123456789).s, "123MB");
	same_words(human_size(UINT64_MAX).s, "18.4EB");
	same_words(human_memory(1024).s, "1KiB");
	same_words(human_memory(1992294).s, "1.9MiB");
	same_words(human_memory(100).s, "100B");
}

TEST(durations)
{
	static const struct { int64_t s; const char *words; } rows[] = {
		{ -5, "Less than a second" }, { 0, "Less than a second" }, { 1, "1 second" },
		{ 59, "59 seconds" }, { 60, "About a minute" }, { 119, "About a minute" },
		{ 120, "2 minutes" }, { 3599, "59 minutes" }, { 3600, "About an hour" },
		{ 5399, "About an hour" }, { 5400, "2 hours" }, { 47 * 3600, "47 hours" },
		{ 48 * 3600, "2 days" }, { 13 * 86400, "13 days" }, { 14 * 86400, "2 weeks" },
		{ 59 * 86400, "8 weeks" }, { 60 * 86400, "2 months" },
		{ 729 * 86400, "24 months" }, { 730 * 86400, "2 years" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		same_words(human_duration(rows[i].s).s, rows[i].words);
}

TEST(times)
{
	struct timespec t;

	same(clock_parse("1970-01-01T00:00:00Z", &t), 0);
	same(t.tv_sec, 0);
	same(clock_parse("2024-02-29T23:59:59.123456789Z", &t), 0);
	same(t.tv_sec, 1709251199);
	same(t.tv_nsec, 123456789);
	same_words(clock_text(&t).s, "2024-02-29T23:59:59.123456789Z");
	same_words(clock_text_human(&t).s, "2024-02-29 23:59:59 +0000 UTC");
	same(clock_parse("2024-03-01T01:59:59.5+02:00", &t), 0);
	same(t.tv_sec, 1709251199);
	same(t.tv_nsec, 500000000);
	same(clock_parse("2024-02-29", &t), 0);
	same(t.tv_sec, 1709164800);
	same(clock_parse("0001-01-01T00:00:00Z", &t), 0);
	same(t.tv_sec, -62135596800);
	static const char *const bad[] = {
		"", "2024", "2024-13-01", "2024-02-29T", "2024-02-29T25:00:00Z",
		"2024-02-29T00:00:00.Z", "2024-02-29T00:00:00Zx", "2024-02-29T00:00:00+1",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_true(clock_parse(bad[i], &t) < 0);
	same_words(human_ago("0001-01-01T00:00:00Z").s, "");
	same_words(human_ago(NULL).s, "");
	same_words(human_ago("2999-01-01T00:00:00Z").s, "Less than a second ago");
	same_words(human_time("2024-02-29T23:59:59.1Z").s, "2024-02-29 23:59:59 +0000 UTC");
}

TEST(since)
{
	struct timespec t, now;

	same(human_parse_time("1700000000.25", &t), 0);
	same(t.tv_sec, 1700000000);
	same(t.tv_nsec, 250000000);
	clock_gettime(CLOCK_REALTIME, &now);
	same(human_parse_time("1h", &t), 0);
	assert_true(t.tv_sec >= now.tv_sec - 3601 && t.tv_sec <= now.tv_sec - 3599);
	same(human_parse_time("2024-02-29T00:00:00", &t), 0);
	same(t.tv_sec, 1709164800);
	fails(human_parse_time("yesterday", &t), "yesterday: neither a time such as"
	      " 2026-01-31T12:00:00Z nor a duration such as 10m");
}

TEST(ids)
{
	same_words(human_id("sha256:0123456789abcdef").s, "0123456789ab");
	same_words(human_id("0123456789abcdef").s, "0123456789ab");
	same_words(human_id(NULL).s, "");
}

static const char *const keys[] = { "name", "status", "label", "all", NULL };

static struct filters
filters_of(char *const *given)
{
	struct filters f = { 0 };

	same(filters_check(given, keys, &f), 0);
	return f;
}

#define FILTERS(...) filters_of((char *[]){ __VA_ARGS__, NULL })

TEST(filters)
{
	struct filters f = FILTERS("status=exited", "status=running", "name=^/?we", "name=a(b");

	assert_true(filter_is(&f, "status", "running") && filter_is(&f, "status", "exited"));
	assert_false(filter_is(&f, "status", "paused"));
	assert_true(filter_matches(&f, "name", "/web") && filter_matches(&f, "name", "xa(by"));
	assert_false(filter_matches(&f, "name", "newe"));
	assert_true(filter_is(&f, "all", "whatever") && filter_starts(&f, "all", ""));
	same(filter_bool(&f, "all"), -1);
	f = FILTERS("all=1");
	same(filter_bool(&f, "all"), 1);
	f = FILTERS("all=x");
	fails(filter_bool(&f, "all"), "--filter all=x: neither true nor false");
}

TEST(labels)
{
	struct oci_pair tier = { "tier", "one" }, empty = { "x", "" };
	struct oci_pair *labels[] = { &tier, &empty, NULL };
	struct filters f = FILTERS("label=tier", "label=tier=one", "label=x=");

	assert_true(filter_labels(&f, labels));
	assert_false(filter_labels(&f, NULL));
	f = FILTERS("label=tier", "label=tier=two");
	assert_false(filter_labels(&f, labels));
	f = FILTERS("label=tie");
	assert_false(filter_labels(&f, labels));
}

TEST(filter_mistakes)
{
	struct filters f;

	fails(filters_check((char *[]){ "status", NULL }, keys, &f),
	      "--filter status: not KEY=VALUE");
	fails(filters_check((char *[]){ "labl=x", NULL }, keys, &f),
	      "--filter labl=x: no such key (did you mean \"label\"?)\n"
	      "keys are name, status, label, all");
}

TESTS(T(sizes), T(durations), T(times), T(since), T(ids), T(filters), T(labels), T(filter_mistakes))
