/* Platforms in Go's words, as images name them: linux/amd64, linux/arm/v7. */
#ifndef ENGINE_PLATFORM_H
#define ENGINE_PLATFORM_H

struct oci_image;

struct platform_words {
	char *os, *architecture, *variant;	/* variant may be NULL */
};

/* OS/ARCH[/VARIANT], or with NULL that of this machine; -EINVAL with words. */
int platform_words(const char *text, struct platform_words *p);

/* Whether an image is for the platform that was asked for; NULL: any.  -ENOENT with words. */
int platform_check(const char *wanted, const struct oci_image *image);

void platform_words_done(struct platform_words *p);

#endif
