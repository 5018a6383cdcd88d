/* Where an archive goes: a file that takes its name when it is whole, or standard output. */
#ifndef SERVIN_ARCHIVE_OUT_H
#define SERVIN_ARCHIVE_OUT_H

/*
 * Has an archive written to a file; NULL or "-" is standard output, which may be no terminal.  What
 * is no plain file, a device say, is written to as it is.
 */
int archive_out(const char *file, int (*write)(void *arg, int out), void *arg);

#endif
