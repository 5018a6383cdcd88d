/*
 * What a verb keeps of what it was started with.
 *
 * What comes from others is read by a process that has nothing to lose: it is
 * nobody, or root without most of its might and with another directory as
 * its root; it can write nowhere else and can get nothing back.
 */
#ifndef SERVIN_IMAGE_CONFINE_H
#define SERVIN_IMAGE_CONFINE_H

#include <stdbool.h>
#include <stdint.h>

struct confinement {
	bool nobody;		/* if we are root; fd 3 becomes nobody's */
	bool chroot;		/* into fd 3, if we may */
	bool only_below;	/* no file but those below fds 0 and 3, where there is Landlock */
	uint64_t keep;		/* capabilities, as bits */
};

int confine(const struct confinement *c);

#endif
