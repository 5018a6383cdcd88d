/*
 * The log: warnings, and with --debug what is being done.
 *
 * Errors are no business of the log's callers: a library returns them, and
 * the command line hands the last one to log_error() once.  Nothing is
 * written on the way of success unless debug is on.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/mem.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_DEBUG };
enum log_format { LOG_TEXT, LOG_JSON };

struct log_sink {
	const char *program;	/* fronts a line of text */
	int fd;
	enum log_level level;
	enum log_format format;
};

/* Until this is called warnings and errors go to stderr as text. */
void log_open(const struct log_sink *sink);

/* The log ends here, unless it is standard error: somebody closes all other descriptors. */
void log_close(void);

typedef void (*log_words)(const char *fmt, ...) printf_like(1, 2);

void debug(const char *fmt, ...) printf_like(1, 2);
void warn(const char *fmt, ...) printf_like(1, 2);
void log_error(const char *words);

#endif
