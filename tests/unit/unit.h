/*
 * What every unit test begins with: cmocka, and words for what is checked.
 *
 *	TEST(size)
 *	{
 *		uint64_t n;
 *
 *		same(parse_size("512m", &n), 0);
 *		fails(parse_size("12q", &n), "12q: not a size");
 *	}
 *
 *	TESTS(T(size), T(duration))
 */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail	/* ours is another */

#include "base/err.h"

#define TEST(name) static void test_##name(void **state_ __attribute__((unused)))
#define T(name)	   { #name, test_##name, NULL, NULL, NULL }

#define TESTS(...) \
	int main(void) \
	{ \
		const struct CMUnitTest tests[] = { __VA_ARGS__ }; \
		return cmocka_run_group_tests(tests, NULL, NULL); \
	}

#define same(a, b)	  assert_int_equal(a, b)
#define same_words(a, b)  assert_string_equal(a, b)
#define fails(call, said) do { assert_true((call) < 0); same_words(err_words(), said); } while (0)

#endif
