/* Names of images, digests, and names that are made of files'. */
#include "unit.h"

#include "base/mem.h"
#include "engine/image.h"
#include "engine/reference.h"

static void
is_whole(const char *text, const char *whole, const char *familiar)
{
	struct reference ref;

	same(reference_parse(text, &ref), 0);
	autofree char *w = reference_whole(&ref), *f = reference_familiar(whole);
	same_words(w, whole);
	same_words(f, familiar);
	reference_done(&ref);
}

#define SHA256 "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

TEST(names)
{
	is_whole("alpine", "docker.io/library/alpine:latest", "alpine:latest");
	is_whole("alpine:3.20", "docker.io/library/alpine:3.20", "alpine:3.20");
	is_whole("docker.io/alpine", "docker.io/library/alpine:latest", "alpine:latest");
	is_whole("index.docker.io/alpine", "docker.io/library/alpine:latest", "alpine:latest");
	is_whole("me/web:1", "docker.io/me/web:1", "me/web:1");
	is_whole("a/b/c", "docker.io/a/b/c:latest", "a/b/c:latest");
	is_whole("localhost/x", "localhost/x:latest", "localhost/x:latest");
	is_whole("localhost:5000", "docker.io/library/localhost:5000", "localhost:5000");
	is_whole("localhost:5000/x", "localhost:5000/x:latest", "localhost:5000/x:latest");
	is_whole("quay.io/a/b:V_1.2-x", "quay.io/a/b:V_1.2-x", "quay.io/a/b:V_1.2-x");
	is_whole("[::1]:5000/x", "[::1]:5000/x:latest", "[::1]:5000/x:latest");
	is_whole("ab__c---d/e_f.g", "docker.io/ab__c---d/e_f.g:latest", "ab__c---d/e_f.g:latest");
}

TEST(digests_of_names)
{
	is_whole("alpine@" SHA256, "docker.io/library/alpine@" SHA256, "alpine@" SHA256);
	is_whole("alpine:1@" SHA256, "docker.io/library/alpine:1@" SHA256, "alpine:1@" SHA256);
}

/* What would be another name without its domain keeps it. */
TEST(familiar)
{
	autofree char *domain = reference_familiar("docker.io/localhost/x:1");
	autofree char *library = reference_familiar("docker.io/library/a/b:1");
	autofree char *other = reference_familiar("not a name");
	autofree char *repository = reference_familiar_repository("localhost:5000/x/y:1");
	autofree char *digest = reference_familiar_repository("docker.io/library/x@" SHA256);

	same_words(domain, "docker.io/localhost/x:1");
	same_words(library, "library/a/b:1");
	same_words(other, "not a name");
	same_words(repository, "localhost:5000/x/y");
	same_words(digest, "x");
}

static void
is_refused(const char *text, const char *why)
{
	struct reference ref;
	autofree char *words = *text ? xasprintf("\"%s\" is no name of an image: %s", text, why) :
				       xstrdup(why);

	fails(reference_parse(text, &ref), words);
	assert_null(ref.path);
}

TEST(refused)
{
	static const char parts[] = "its parts are lower-case letters and digits, with \".\", \"_\""
				    " or \"-\" between them";
	static const char tag[] = "a tag is up to 128 letters, digits, \"_\", \".\" and \"-\", and"
				  " begins with none of the last two";

	is_refused("", "the name of an image is empty");
	is_refused("Alpine", "only a tag may have upper-case letters");
	is_refused("alpine:", tag);
	is_refused("alpine:.x", tag);
	is_refused("a:b:c", tag);
	is_refused("a..b", parts);
	is_refused("a___b", parts);
	is_refused("-a", parts);
	is_refused("a-", parts);
	is_refused("a//b", parts);
	is_refused("/a", parts);
	is_refused("a/", parts);
	is_refused("../../etc", "what stands before the first \"/\" is no host");
	is_refused("a b", parts);
	is_refused("x.y:99999999/a", "what stands before the first \"/\" is no host");
	is_refused("alpine@sha256:12", "behind the \"@\" must be sha256: and 64 hex digits");
	is_refused("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		   "64 hex digits are an ID");
}

TEST(lengths)
{
	char name[300], tag[140];

	memset(name, 'a', sizeof(name));
	name[299] = 0;
	is_refused(name, "it has more than 255 characters");
	memset(tag, 't', sizeof(tag));
	tag[1] = ':';
	tag[130] = 0;
	struct reference ref;
	same(reference_parse(tag, &ref), 0);
	reference_done(&ref);
	tag[130] = 't';
	tag[131] = 0;
	assert_true(reference_parse(tag, &ref) < 0);
}

TEST(digests)
{
	assert_true(digest_is_valid(SHA256));
	same_words(digest_hex(SHA256), SHA256 + 7);
	assert_false(digest_is_valid(""));
	assert_false(digest_is_valid("sha256:"));
	assert_false(digest_is_valid(SHA256 "0"));
	assert_false(digest_is_valid("sha512:" "e3b0c44298fc1c149afbf4c8996fb924"));
	assert_false(digest_is_valid("md5:d41d8cd98f00b204e9800998ecf8427e"));
	assert_false(digest_is_valid(
		"sha256:../../../../../../../../../../../../../../../../../../../../../x"));
	assert_false(digest_is_valid(
		"sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"));
}

static void
names_file(const char *file, const char *name)
{
	autofree char *made = image_name_of_file(file);
	struct reference ref;

	same_words(made, name);
	same(reference_parse(made, &ref), 0);
	reference_done(&ref);
}

TEST(files)
{
	names_file("alpine.tar", "localhost/alpine:latest");
	names_file("/srv/images/Debian_12.tar.gz", "localhost/debian_12:latest");
	names_file("./a b!.tar.zst", "localhost/a-b:latest");
	names_file("dir/", "localhost/dir:latest");
	names_file("x..y__z.tgz", "localhost/x-y-z:latest");
	names_file("-.tar", "localhost/rootfs:latest");
	names_file("/", "localhost/rootfs:latest");
	names_file("r\xc3\xb6t.tar.xz", "localhost/r-t:latest");
	names_file("1.0.tar", "localhost/1.0:latest");
}

TESTS(T(names), T(digests_of_names), T(familiar), T(refused), T(lengths), T(digests), T(files))
