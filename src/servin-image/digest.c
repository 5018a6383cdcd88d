#include "servin-image/digest.h"

#include "base/err.h"
#include "base/str.h"

#include <openssl/evp.h>
#include <stdio.h>

static const struct algorithm {
	const char *name;
	size_t digits;
	const EVP_MD *(*evp)(void);
} algorithms[] = {
	{ "sha256", 64, EVP_sha256 },
	{ "sha512", 128, EVP_sha512 },
};

struct hash {
	const struct algorithm *algorithm;
	EVP_MD_CTX *ctx;
};

static const struct algorithm *
algorithm_of(const char *digest)
{
	size_t n = strcspn(digest, ":");

	for (size_t i = 0; i < countof(algorithms); i++)
		if (strlen(algorithms[i].name) == n && !strncmp(algorithms[i].name, digest, n))
			return algorithms + i;
	return NULL;
}

struct hash *
hash_new(const char *algorithm)
{
	struct hash *h = xcalloc(1, sizeof(*h));

	h->algorithm = algorithm_of(algorithm);
	h->ctx = EVP_MD_CTX_new();
	if (!h->ctx || !h->algorithm || !EVP_DigestInit_ex(h->ctx, h->algorithm->evp(), NULL))
		out_of_memory();
	return h;
}

void
hash_add(struct hash *h, const void *data, size_t len)
{
	if (!EVP_DigestUpdate(h->ctx, data, len))
		abort();	/* there is no way that it could */
}

char *
hash_end(struct hash *h)
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	struct str out = { 0 };

	if (!EVP_DigestFinal_ex(h->ctx, sum, &n))
		abort();
	str_addf(&out, "%s:", h->algorithm->name);
	for (unsigned i = 0; i < n; i++)
		str_addf(&out, "%02x", sum[i]);
	return str_take(&out);
}

void
hash_free(struct hash *h)
{
	if (!h)
		return;
	EVP_MD_CTX_free(h->ctx);
	free(h);
}

bool
digest_fits(const char *digest)
{
	const struct algorithm *a = digest ? algorithm_of(digest) : NULL;
	const char *hex = a ? digest + strlen(a->name) + 1 : NULL;

	return a && digest[strlen(a->name)] == ':' && strlen(hex) == a->digits &&
	       strspn(hex, "0123456789abcdef") == a->digits;
}

int
digest_check(const char *digest, const char *of)
{
	if (digest_fits(digest))
		return 0;
	return fail(0, "%s: %.200s is not a digest of sha256 or sha512", of,
		    digest ? digest : "nothing");
}

struct blob_name
blob_name(const char *digest)
{
	struct blob_name name;
	const char *hex = strchr(digest, ':') + 1;

	snprintf(name.s, sizeof(name.s), "%s%s", digest[3] == '5' ? "sha512-" : "", hex);
	return name;
}
