#include "unit.h"

#include "base/bits.h"

static void
holds(const char *list, const char *wanted)
{
	autobits b = { 0 };
	char text[64] = "";

	same(bits_parse(&b, list), 0);
	for (size_t i = 0; wanted[i]; i++)
		text[i] = bits_has(&b, i) ? '1' : '0';
	same_words(text, wanted);
}

static void
refused(const char *list, const char *said)
{
	autobits b = { 0 };

	fails(bits_parse(&b, list), said);
}

TEST(lists)
{
	holds("0", "100000");
	holds("0-3,5", "111101");
	holds("5,0-1,1", "110001");
	holds("2-2", "001000");
	holds(" 0 , 2 - 3 ", "101100");
}

TEST(large)
{
	autobits b = { 0 };

	same(bits_parse(&b, "1,1024,4000-4001,32767"), 0);
	same(b.n, BITS_MAX / 64);
	same(bits_has(&b, 1024), 1);
	same(bits_has(&b, 1025), 0);
	same(bits_has(&b, 4001), 1);
	same(bits_has(&b, 32767), 1);
	same(bits_has(&b, 32768), 0);
	same(bits_has(&b, SIZE_MAX), 0);
}

TEST(no_lists)
{
	refused("", "\"\": not a number");
	refused(" ", "\"\": not a number");
	refused("1,", "\"\": not a number");
	refused("0,,1", "\"\": not a number");
	refused("-1", "\"\": not a number");
	refused("1-", "\"\": not a number");
	refused("0 1", "0 1: not a number");
	refused("0x1", "0x1: not a number");
	refused("0-3-4", "3-4: not a number");
	refused("3-1", "3-1: runs backwards");
	refused("32768", "32768: numerical result out of range");
	refused("0-4294967296", "4294967296: numerical result out of range");
}

TEST(missing)
{
	autobits want = { 0 }, have = { 0 };

	same(bits_missing(&want, &have), -1);
	same(bits_parse(&want, "1,70"), 0);
	same(bits_missing(&want, &have), 1);
	same(bits_parse(&have, "0-3"), 0);
	same(bits_missing(&want, &have), 70);
	same(bits_parse(&have, "64-128"), 0);
	same(bits_missing(&want, &have), -1);
	bits_done(&have);
	bits_init(&have);
	same(bits_missing(&want, &have), 1);
}

TESTS(T(lists), T(large), T(no_lists), T(missing))
