/*
 * Small files, read and written whole.
 *
 * Names are relative to a directory fd, AT_FDCWD included.  All descriptors
 * are close-on-exec.  The words of an error name the file as it was given.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/mem.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/types.h>

/* Reads a file of at most max bytes; *text ends with a NUL that *len (may be NULL) leaves out. */
int file_read_at(int dir, const char *name, size_t max, char **text, size_t *len);

/* The same from an open descriptor; name is for the words. */
int fd_read_all(int fd, const char *name, size_t max, char **text, size_t *len);

/* Writes all of it, whatever the pieces. */
int fd_write_all(int fd, const char *name, const void *text, size_t len);

/*
 * Opens /dev/null where standard input, output or error is missing: a file that we open later must
 * never become one of them, and get what is printed there.
 */
int fds_fill_standard(void);

/* In one write(2), for files of the kernel: it takes a value whole or not at all. */
int fd_write_once(int fd, const char *name, const char *text);

/* The same to a file that exists. */
int file_write_at(int dir, const char *name, const char *text);

/*
 * Puts a new file in the place of an old one, or of none: readers see all of
 * the one or of the other.  The temporary file is NAME.tmp.
 */
int file_replace_at(int dir, const char *name, const void *text, size_t len, mode_t mode);

/* The same, and the new one is on the disk before it has the place. */
int file_replace_synced_at(int dir, const char *name, const void *text, size_t len, mode_t mode);

/*
 * The same for a place that is not ours: no temporary file is left there, even
 * when we are killed, where the file system can do that.  In the place of an
 * old file there is none for a moment.
 */
int file_place(const char *name, const void *text, size_t len, mode_t mode);

/*
 * Removes what a directory holds, whatever the depth, but for one name (may be
 * NULL); dir is open for reading.  What somebody moves about meanwhile never
 * leads out of it.
 */
int dir_remove_below(int dir, const char *but);

/* Removes a name, whatever it is, with all below it; one that is not there is no error. */
int tree_remove_at(int dir, const char *name);

#define autodir auto_(closedir_at) DIR *

static inline void
closedir_at(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

/* For an fd of the caller's that must be free of a path: "/proc/self/fd/N". */
struct fd_path { char s[32]; };
struct fd_path fd_path(int fd);

#endif
