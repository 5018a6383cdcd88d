/*
 * Memory and ownership.
 *
 * A variable that owns something says so where it is declared, and lets go of
 * it at the end of its block:
 *
 *	autofree char *path = path_join(root, id);
 *	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
 *
 * take() and take_fd() hand the thing on and leave the variable empty.  An
 * empty pointer is NULL, an empty descriptor is -EBADF.
 *
 * Running out of memory is not an error to report up: it ends the process.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define auto_(fn) __attribute__((cleanup(fn)))
#define autofree  auto_(free_at)
#define autoclose auto_(close_at)

#define take(p)     ({ __auto_type p_ = (p); (p) = NULL; p_; })
#define take_fd(fd) ({ int fd_ = (fd); (fd) = -EBADF; fd_; })

#define countof(a) (sizeof(a) / sizeof((a)[0]))
#define printf_like(f, a) __attribute__((format(printf, f, a)))

/* All of these return memory that free() takes, and never NULL. */
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);
void *xmemdup(const void *p, size_t n);
char *xasprintf(const char *fmt, ...) printf_like(1, 2);
char *xvasprintf(const char *fmt, va_list ap) printf_like(1, 0);

/* Ends the process; for a failed allocation only. */
_Noreturn void out_of_memory(void);

static inline void
free_at(void *slot)
{
	free(*(void **)slot);
}

/* Keeps errno, so that it can run between a failure and the words for it. */
static inline void
close_at(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

#endif
