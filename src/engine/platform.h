/* Platforms in Go's words, as images name them: linux/amd64, linux/arm/v7. */
#ifndef ENGINE_PLATFORM_H
#define ENGINE_PLATFORM_H

struct platform_words {
	char *os, *architecture, *variant;	/* variant may be NULL */
};

/* OS/ARCH[/VARIANT], or with NULL that of this machine; -EINVAL with words. */
int platform_words(const char *text, struct platform_words *p);
void platform_words_done(struct platform_words *p);

#endif
