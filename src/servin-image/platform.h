/* What an image runs on, in Go's words. */
#ifndef SERVIN_IMAGE_PLATFORM_H
#define SERVIN_IMAGE_PLATFORM_H

#include "libocispec/image.h"

struct platform {
	char *os, *arch, *variant;	/* variant may be NULL */
	bool asked;			/* somebody named it; else it is this machine's */
};

/* NULL: this machine's.  -EINVAL with words if it is not OS/ARCH[/VARIANT]. */
int platform_init(struct platform *p, const char *text);
void platform_done(struct platform *p);

/* How well something else suits it: 0 not at all, more is better. */
unsigned platform_score(const struct platform *p, const char *os, const char *arch,
			const char *variant);

/* OS/ARCH[/VARIANT], for free(). */
char *platform_text(const char *os, const char *arch, const char *variant);

/* The architecture of a program by the first bytes of its file, NULL if there is no telling. */
const char *platform_of_elf(const void *start, size_t n);
#define ELF_START 20

/* The same word, as one that lives for ever; NULL if platform_of_elf() never says it. */
const char *platform_of_name(const char *arch);

#endif
