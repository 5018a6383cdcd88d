/* The index of images, what --change does to a configuration, and platforms. */
#include "unit.h"

#include "base/mem.h"
#include "base/str.h"
#include "engine/image-change.h"
#include "engine/platform.h"
#include "engine/store.h"
#include "libocispec/document.h"

#define A "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static struct oci_descriptor a = { .media_type = (char[]){ "m" }, .digest = (char[]){ A } };
static struct oci_descriptor b = { .media_type = (char[]){ "m" }, .digest = (char[]){ B } };

/* "a=NAME b" and so on, in the order of the index. */
static void
index_is(const struct oci_index *index, const char *wanted)
{
	autostr is = { 0 };

	for (struct oci_descriptor *const *d = index->manifests; d && *d; d++) {
		const char *name = index_name(*d);

		str_addf(&is, "%s%c%s%s", is.len ? " " : "", (*d)->digest[7], name ? "=" : "",
			 name ? name : "");
	}
	same_words(is.s ? is.s : "", wanted);
}

TEST(index)
{
	struct oci_index index = { 0 };

	index_add(&index, &a, NULL);
	index_add(&index, &a, NULL);
	index_is(&index, "a");
	index_add(&index, &a, "x");
	index_is(&index, "a=x");
	index_add(&index, &a, "x");
	index_add(&index, &a, "y");
	index_add(&index, &a, NULL);
	index_is(&index, "a=x a=y");
	index_add(&index, &b, "x");
	index_is(&index, "a=y b=x");
	index_add(&index, &b, "y");
	index_is(&index, "b=x a b=y");
	assert_null(index_find(&index, "z"));
	same_words(index_find(&index, "y")->digest, B);
	index_unname(&index, "x");
	index_unname(&index, "x");
	index_is(&index, "a b=y");
	index_unname(&index, "y");
	index_is(&index, "a b");
	index_remove(&index, A);
	index_remove(&index, A);
	index_is(&index, "b");
	oci_done(&oci_index_type, &index);
}

static void
changes_to(const char *const *changes, const char *wanted)
{
	struct oci_image_execution *config = NULL;

	for (; *changes; changes++)
		same(image_change(&config, *changes), 0);
	autofree char *is = oci_encode(&oci_image_execution_type, config, OCI_COMPACT);
	same_words(is, wanted);
	oci_free(&oci_image_execution_type, config);
}

#define CHANGES(...) ((const char *const[]){ __VA_ARGS__, NULL })

TEST(commands)
{
	changes_to(CHANGES("CMD [\"a\", \"b c\"]", "entrypoint  echo \"$HOME\""),
		   "{\"Entrypoint\":[\"/bin/sh\",\"-c\",\"echo \\\"$HOME\\\"\"],"
		   "\"Cmd\":[\"a\",\"b c\"]}");
	changes_to(CHANGES("CMD x", "CMD []"), "{\"Cmd\":[]}");
	/* No list of strings is a text. */
	changes_to(CHANGES("CMD [ -e /x ]"), "{\"Cmd\":[\"/bin/sh\",\"-c\",\"[ -e /x ]\"]}");
}

TEST(pairs)
{
	changes_to(CHANGES("ENV A=1 B=\"x y\" C='\"'", "ENV A two words"),
		   "{\"Env\":[\"A=two words\",\"B=x y\",\"C=\\\"\"]}");
	changes_to(CHANGES("LABEL a=b", "LABEL a=c d="), "{\"Labels\":{\"a\":\"c\",\"d\":\"\"}}");
	changes_to(CHANGES("ENV A=a\\ b"), "{\"Env\":[\"A=a b\"]}");
}

TEST(others)
{
	changes_to(CHANGES("EXPOSE 80 80/tcp 53/udp", "VOLUME /a /b", "VOLUME [\"/a\"]"),
		   "{\"ExposedPorts\":{\"80/tcp\":{},\"53/udp\":{}},"
		   "\"Volumes\":{\"/a\":{},\"/b\":{}}}");
	changes_to(CHANGES("WORKDIR a", "WORKDIR b", "USER u:g", "STOPSIGNAL 9"),
		   "{\"User\":\"u:g\",\"WorkingDir\":\"/a/b\",\"StopSignal\":\"9\"}");
	changes_to(CHANGES("WORKDIR /", "WORKDIR x"), "{\"WorkingDir\":\"/x\"}");
}

TEST(refused)
{
	struct oci_image_execution *config = NULL;

	fails(image_change(&config, "CMD"), "--change CMD: it has no value");
	fails(image_change(&config, "ENV A"), "--change ENV: A: not KEY=VALUE");
	fails(image_change(&config, "ENV =x"), "--change ENV: =x: not KEY=VALUE");
	fails(image_change(&config, "EXPOSE 0"),
	      "--change EXPOSE: 0: not a port such as 80 or 53/udp");
	fails(image_change(&config, "EXPOSE 1/x"),
	      "--change EXPOSE: 1/x: neither tcp nor udp nor sctp");
	fails(image_change(&config, "VOLUME x"), "--change VOLUME: x: not an absolute path");
	assert_true(image_change(&config, "RUN x") < 0);
	assert_true(image_change(&config, "") < 0);
	oci_free(&oci_image_execution_type, config);
}

TEST(platforms)
{
	struct platform_words p;

	same(platform_words("linux/arm/v7", &p), 0);
	same_words(p.os, "linux");
	same_words(p.architecture, "arm");
	same_words(p.variant, "v7");
	platform_words_done(&p);
	same(platform_words(NULL, &p), 0);
	same_words(p.os, "linux");
	assert_true(has_text(p.architecture));
	platform_words_done(&p);
	fails(platform_words("linux", &p),
	      "linux is not a platform such as linux/arm64 or linux/arm/v7");
	assert_true(platform_words("a/b/c/d", &p) < 0);
}

TESTS(T(index), T(commands), T(pairs), T(others), T(refused), T(platforms))
