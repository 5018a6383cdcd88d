/*
 * Properties of units as lists of words, and what is said with them.
 *
 * A property is NAME TYPE VALUE...: the type is a signature of D-Bus, and the
 * value its basic parts from left to right, the length of an array in front
 * of its elements.  A name with "?" in front may be left out where systemd
 * does not know it, or not that value: the cgroup's own file does the same.
 *
 * The runtime asks ocirun-systemd over a socket, one packet a request:
 *
 *	start UNIT PROPERTY...	   a scope, with ocirun-systemd itself inside
 *	attach UNIT PATH PID	   puts a process there, below the unit's cgroup
 *	set UNIT PROPERTY...	   until the next boot
 *	stop UNIT		   and forget it; one that is not there is stopped
 *	stop-empty UNIT		   the same unless a process is in it
 *
 * The answer is "ok PATH NAME...", the unit's cgroup (of start) and the
 * properties that were left out, or "error ERRNO WORDS".  Before it may come
 * any number of "doing WORDS", for who gets tired of waiting.
 */
#ifndef SYSTEMD_PROPERTY_H
#define SYSTEMD_PROPERTY_H

#include "base/strv.h"

#include <stdint.h>

#define REQUEST_START	   "start"
#define REQUEST_ATTACH	   "attach"
#define REQUEST_SET	   "set"
#define REQUEST_STOP_EMPTY "stop-empty"

#define ANSWER_OK    "ok"
#define ANSWER_ERROR "error"
#define ANSWER_DOING "doing"

/* The longest packet: some thousand device rules. */
#define TALK_MAX 131072

void property_string(char ***list, const char *name, const char *value);
void property_bool(char ***list, const char *name, bool value);
void property_uint(char ***list, const char *name, uint64_t value);	/* type t */
/* An array that has a byte for each eight, the lowest bit first: AllowedCPUs. */
void property_bits(char ***list, const char *name, const uint8_t *bytes, size_t n);

/* The length of the first complete type of a signature; 0 if there is none. */
size_t signature_len(const char *signature);

/*
 * How many words the value of a type has; -EINVAL if fewer than that are
 * left, or if the type has a part that is not one of these: basic ones,
 * arrays, structures and dictionaries of them.
 */
int property_words(const char *type, char *const *words);

/* Words as a packet, each with its NUL, and back. */
struct str;
void packet_of_words(struct str *packet, char *const *words);
char **words_of_packet(const char *packet, size_t len);

#endif
