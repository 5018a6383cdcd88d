/* Pseudo-terminals. */
#ifndef KERNEL_TTY_H
#define KERNEL_TTY_H

#include <stdint.h>

/* A window in characters, 0 for unknown. */
struct tty_size { uint16_t rows, columns; };

/*
 * The two ends of a new terminal of the devpts whose ptmx is open at that fd.
 * The slave comes from the master itself (TIOCGPTPEER), never from a path;
 * anything that is no devpts is refused.
 */
int tty_from_ptmx(int ptmx, int *slave);

/* The number N of /dev/pts/N. */
int tty_number(int master, unsigned *n);

/* Standard input, output and error become the terminal, which becomes our controlling one. */
int tty_take_over(int slave);

int tty_set_size(int tty, const struct tty_size *size);

/* Gives a terminal the size of another; nothing if that is none, or has no size. */
void tty_copy_size(int from, int to);

/* Makes our terminal raw; tty_restore() undoes it.  One that is no terminal is left alone. */
struct tty_mode;
struct tty_mode *tty_raw(int tty);
void tty_restore(struct tty_mode *mode);	/* frees it; welcomes NULL */

static inline void
tty_restore_at(struct tty_mode **mode)
{
	tty_restore(*mode);
}

#endif
