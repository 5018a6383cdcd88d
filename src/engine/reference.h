/*
 * Names of images: [DOMAIN/]PATH[:TAG][@DIGEST].
 *
 * Whole names are what the store knows: docker.io/library/alpine:latest.
 * Familiar ones are what people see: alpine:latest.  The first part is a
 * domain if it has a "." or ":" or is localhost; else the domain is docker.io,
 * and a path of one part is in library/.  The tag is latest unless given.
 * Grammar and lengths are the distribution specification's.
 */
#ifndef ENGINE_REFERENCE_H
#define ENGINE_REFERENCE_H

#include <stdbool.h>

struct reference {
	char *domain, *path;		/* docker.io, library/alpine */
	char *tag;			/* NULL with a digest alone */
	char *digest;			/* sha256:..., or NULL */
};

/* -EINVAL with words that say what is wrong with the name. */
int reference_parse(const char *text, struct reference *ref);
void reference_done(struct reference *ref);

/* The whole name that somebody gives to an image: one with a tag.  free() takes it. */
int reference_new_name(const char *text, char **whole);

/* free() takes them. */
char *reference_whole(const struct reference *ref);
char *reference_familiar(const char *whole);	/* of a whole name; others stay as they are */
char *reference_familiar_repository(const char *whole);	/* the same without the tag */

/* "sha256:" and 64 lower-case hex digits, or "sha512:" and 128. */
bool digest_is_valid(const char *digest);

/* What follows the colon of a valid digest. */
const char *digest_hex(const char *digest);

#endif
