#include "engine/platform.h"

#include "libocispec/image.h"

#include "base/err.h"
#include "base/str.h"
#include "base/strv.h"

#include <fnmatch.h>
#include <sys/utsname.h>

/* What uname(2) calls a machine. */
static const struct {
	const char *machine, *architecture, *variant;
} machines[] = {
	{ "x86_64", "amd64", NULL }, { "aarch64", "arm64", "v8" }, { "armv[78]*", "arm", "v7" },
	{ "armv6*", "arm", "v6" }, { "armv5*", "arm", "v5" }, { "i[3456]86", "386", NULL },
	{ "loongarch64", "loong64", NULL },
};

static void
ours(struct platform_words *p)
{
	struct utsname u;

	p->os = xstrdup("linux");
	if (uname(&u) < 0)
		u.machine[0] = 0;
	for (size_t i = 0; i < countof(machines); i++)
		if (fnmatch(machines[i].machine, u.machine, 0) == 0) {
			p->architecture = xstrdup(machines[i].architecture);
			p->variant = machines[i].variant ? xstrdup(machines[i].variant) : NULL;
			return;
		}
	p->architecture = xstrdup(u.machine);	/* riscv64, s390x, ppc64le: the same words */
}

int
platform_words(const char *text, struct platform_words *p)
{
	autostrv parts = text ? strv_split(text, '/') : NULL;
	size_t n = strv_len(parts);

	*p = (struct platform_words){ 0 };
	if (!text) {
		ours(p);
		return 0;
	}
	if (n < 2 || n > 3)
		return fail(0, "%s is not a platform such as linux/arm64 or linux/arm/v7", text);
	p->os = xstrdup(parts[0]);
	p->architecture = xstrdup(parts[1]);
	p->variant = n == 3 ? xstrdup(parts[2]) : NULL;
	return 0;
}

void
platform_words_done(struct platform_words *p)
{
	free(p->os);
	free(p->architecture);
	free(p->variant);
	*p = (struct platform_words){ 0 };
}

int
platform_check(const char *wanted, const struct oci_image *image)
{
	auto_(platform_words_done) struct platform_words want = { 0 };
	int r = wanted ? platform_words(wanted, &want) : 0;

	if (r < 0 || !wanted)
		return r;
	if (streq(want.os, image->os) && streq(want.architecture, image->architecture) &&
	    (!want.variant || !image->variant || streq(want.variant, image->variant)))
		return 0;
	return fail_plain(ENOENT, "the image is for %s/%s, not for %s", image->os,
			  image->architecture, wanted);
}
