#include "unit.h"

#include "base/str.h"
#include "libocispec/document.h"
#include "runtime/cgroup/stats-parse.h"

/* -- numbers -- */

TEST(a_number)
{
	uint64_t n = 1;

	same(stat_uint("17\n", NULL, 0, &n), 1);
	same(n, 17);
	same(stat_uint("max\n", NULL, UINT64_MAX, &n), 1);
	same(n, UINT64_MAX);
	same(stat_uint("max\n", NULL, 0, &n), 1);
	same(n, 0);
	same(stat_uint("", NULL, 0, &n), 0);
	fails(stat_uint("x\n", NULL, 0, &n), "x: not a number");
	fails(stat_uint("-1\n", NULL, 0, &n), "-1: not a number");
}

TEST(a_number_of_a_key)
{
	static const char stat[] = "nr_periods 5\nnr_throttled 18446744073709551615\nuser 7\n";
	uint64_t n = 1;

	same(stat_uint(stat, "nr_periods", 0, &n), 1);
	same(n, 5);
	same(stat_uint(stat, "nr_throttled", 0, &n), 1);
	same(n, UINT64_MAX);
	same(stat_uint(stat, "nr", 0, &n), 0);
	same(stat_uint(stat, "ser", 0, &n), 0);
	same(stat_uint("", "user", 0, &n), 0);
	fails(stat_uint("user 18446744073709551616\n", "user", 0, &n),
	      "18446744073709551616: numerical result out of range");
	fails(stat_uint("user \n", "user", 0, &n), "\"\": not a number");
}

/* -- lists of numbers -- */

static const char *
show(struct oci_uints *list)
{
	static struct str text;

	str_done(&text);
	text = (struct str){ 0 };
	for (size_t i = 0; i < list->n; i++)
		str_addf(&text, "%s%ju", i ? " " : "", (uintmax_t)list->v[i]);
	free(list->v);
	*list = (struct oci_uints){ .set = false };
	return text.s ? text.s : "";
}

TEST(lists_of_numbers)
{
	struct oci_uints list = { .set = false };

	same(stat_numbers("4 0 17 \n", &list), 0);
	same_words(show(&list), "4 0 17");
	same(stat_numbers("4\n", &list), 0);
	same_words(show(&list), "4");
	same(stat_numbers("\n", &list), 0);
	assert_false(list.set);
	fails(stat_numbers("4 x\n", &list), "x: not a number");
	free(list.v);
}

TEST(columns)
{
	struct oci_uints list = { .set = false };

	same(stat_column("cpu user system\n0 5 6\n1 7 8\n", 1, &list), 0);
	same_words(show(&list), "5 7");
	same(stat_column("cpu user system\n0 5 6\n1 7 8\n", 2, &list), 0);
	same_words(show(&list), "6 8");
	same(stat_column("cpu user system\n", 2, &list), 0);
	same(stat_column("", 2, &list), 0);
	assert_false(list.set);
	fails(stat_column("cpu user system\n0 5\n", 2, &list), "\"0 5\" has no column 3");
}

TEST(ranges)
{
	struct oci_uints list = { .set = false };

	same(stat_ranges("0-2,4,6-7\n", &list), 0);
	same_words(show(&list), "0 1 2 4 6 7");
	same(stat_ranges("3\n", &list), 0);
	same_words(show(&list), "3");
	same(stat_ranges("\n", &list), 0);
	assert_false(list.set);
	assert_true(stat_ranges("0-99999999\n", &list) < 0);
	assert_true(stat_ranges("1-\n", &list) < 0);
	assert_true(stat_ranges("a\n", &list) < 0);
}

/* -- what becomes part of the document -- */

static struct stats stats;

static const char *
document(void)
{
	static char *text;

	free(text);
	text = oci_encode(&stats_type, &stats, OCI_COMPACT);
	oci_done(&stats_type, &stats);
	return text;
}

TEST(pairs)
{
	stats.memory = xcalloc(1, sizeof(*stats.memory));
	same(stat_pairs("anon 1\nfile 18446744073709551615\n", &stats.memory->raw), 0);
	same_words(document(), "{\"memory\":{\"raw\":{\"anon\":1,\"file\":18446744073709551615}}}");

	stats.memory = xcalloc(1, sizeof(*stats.memory));
	fails(stat_pairs("anon 1\",\"x\":\"\n", &stats.memory->raw), "1\",\"x\":\": not a number");
	fails(stat_pairs("anon\n", &stats.memory->raw), "\"\": not a number");
	same_words(document(), "{\"memory\":{}}");
}

TEST(pressure)
{
	stats.cpu = xcalloc(1, sizeof(*stats.cpu));
	same(stat_psi("some avg10=1.50 avg60=0.00 avg300=100.00 total=7\n"
		      "full avg10=0.00 avg60=0.00 avg300=0.01 total=0\n", &stats.cpu->psi), 0);
	stats.cpu->psi->some->total.set = stats.cpu->psi->full->total.set = true;
	same_words(document(),
		   "{\"cpu\":{\"psi\":{"
		   "\"some\":{\"avg10\":1.50,\"avg60\":0.00,\"avg300\":100.00,\"total\":7},"
		   "\"full\":{\"avg10\":0.00,\"avg60\":0.00,\"avg300\":0.01,\"total\":0}}}}");

	stats.cpu = xcalloc(1, sizeof(*stats.cpu));
	fails(stat_psi("some avg10=nan\n", &stats.cpu->psi), "\"nan\" is no share of time");
	fails(stat_psi("some avg10=1.\n", &stats.cpu->psi), "\"1.\" is no share of time");
	fails(stat_psi("some avg10=\n", &stats.cpu->psi), "\"\" is no share of time");
	document();
}

TEST(traffic_of_v1)
{
	stats.blkio = xcalloc(1, sizeof(*stats.blkio));
	same(stat_io_v1("8:0 Read 124\n8:16 Total 1\nTotal 125\n", &stats.blkio->serviced), 0);
	same(stat_io_v1("8:0 6792\n", &stats.blkio->sectors), 0);
	same(stat_io_v1("Total 0\n", &stats.blkio->merged), 0);
	same(stats.blkio->serviced[0]->major.v, 8);
	same(stats.blkio->serviced[1]->minor.v, 16);
	same_words(stats.blkio->serviced[1]->op, "Total");
	same(stats.blkio->serviced[1]->value.v, 1);
	assert_null(stats.blkio->serviced[2]);
	assert_null(stats.blkio->sectors[0]->op);
	same(stats.blkio->sectors[0]->value.v, 6792);
	assert_null(stats.blkio->merged);
	fails(stat_io_v1("8:0\n", &stats.blkio->sectors), "\"8:0\" is no line of a device");
	fails(stat_io_v1("8 5\n", &stats.blkio->sectors), "\"\": not a number");
	document();
}

TEST(traffic_of_v2)
{
	static const char text[] = "254:0 rbytes=5 wbytes=6 rios=1 wios=2 dbytes=0 dios=0\n8:0 \n"
				   "7:1 rbytes=9\n";

	stats.blkio = xcalloc(1, sizeof(*stats.blkio));
	same(stat_io_v2(text, "rbytes", "Read", &stats.blkio->service_bytes), 0);
	same(stat_io_v2(text, "wbytes", "Write", &stats.blkio->service_bytes), 0);
	struct stats_io **list = stats.blkio->service_bytes;
	same(list[0]->major.v, 254);
	same(list[0]->value.v, 5);
	same(list[1]->minor.v, 1);
	same_words(list[1]->op, "Read");
	same(list[2]->value.v, 6);
	same_words(list[2]->op, "Write");
	assert_null(list[3]);
	fails(stat_io_v2("8:0 rios=x\n", "rios", "Read", &stats.blkio->serviced),
	      "x: not a number");
	document();
}

TESTS(T(a_number), T(a_number_of_a_key), T(lists_of_numbers), T(columns), T(ranges), T(pairs),
      T(pressure), T(traffic_of_v1), T(traffic_of_v2))
