/* SHA-256 by the examples of its standard, and base64 by those of RFC 4648. */
#include "unit.h"

#include "base/base64.h"
#include "base/mem.h"
#include "base/sha256.h"

static void
sums_to(const char *text, const char *wanted)
{
	struct sha256_sum sum = sha256(text, strlen(text));

	same_words(sha256_text(&sum).s, wanted);
}

TEST(examples)
{
	sums_to("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	sums_to("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	sums_to("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	sums_to("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
		"hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
		"cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
}

TEST(a_million)
{
	struct sha256 h = SHA256_EMPTY;
	char a[1000];

	memset(a, 'a', sizeof(a));
	for (int i = 0; i < 1000; i++)
		sha256_add(&h, a, sizeof(a));
	struct sha256_sum sum = sha256_end(&h);
	same_words(sha256_text(&sum).s,
		   "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* Whatever the pieces, around the ends of blocks. */
TEST(pieces)
{
	char text[200];

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)i;
	for (size_t len = 0; len <= sizeof(text); len++) {
		struct sha256_sum whole = sha256(text, len);

		for (size_t cut = 0; cut <= len; cut += 7) {
			struct sha256 h = SHA256_EMPTY;

			sha256_add(&h, text, cut);
			sha256_add(&h, text + cut, len - cut);
			struct sha256_sum sum = sha256_end(&h);
			assert_memory_equal(&sum, &whole, sizeof(sum));
		}
	}
}

static void
decodes_to(const char *base64, const char *wanted)
{
	autofree void *data = NULL;
	size_t len;

	same(base64_decode(base64, &data, &len), 0);
	same(len, strlen(wanted));
	same_words(data, wanted);
}

TEST(base64)
{
	autofree void *data = NULL;
	size_t len;

	decodes_to("", "");
	decodes_to("Zg==", "f");
	decodes_to("Zm8=", "fo");
	decodes_to("Zm9v", "foo");
	decodes_to("Zm9vYmFy", "foobar");
	decodes_to("+/+/", "\xfb\xff\xbf");
	fails(base64_decode("Zm9", &data, &len), "not base64: 3 characters are no multiple of 4");
	fails(base64_decode("Zm9v\nZg=", &data, &len), "not base64: character 5");
	fails(base64_decode("Zg=v", &data, &len), "not base64: character 3");
	fails(base64_decode("Z===", &data, &len), "not base64: character 2");
	fails(base64_decode("====", &data, &len), "not base64: character 1");
}

TESTS(T(examples), T(a_million), T(pieces), T(base64))
