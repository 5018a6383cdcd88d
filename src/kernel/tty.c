#include "kernel/tty.h"

#include "base/err.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>
#include <termios.h>

struct tty_mode {
	int tty;
	struct termios was;
};

int
tty_from_ptmx(int ptmx, int *slave)
{
	struct statfs fs;
	int unlock = 0;

	if (ioctl(ptmx, TIOCSPTLCK, &unlock) < 0)
		return fail(errno, "unlock a terminal");
	autoclose int pts = ioctl(ptmx, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (pts < 0)
		return fail(errno, "open the slave of a terminal");
	if (fstatfs(pts, &fs) < 0)
		return fail(errno, "stat the slave of a terminal");
	if (fs.f_type != DEVPTS_SUPER_MAGIC)
		return fail(0, "the terminal is on no devpts");
	*slave = take_fd(pts);
	return 0;
}

int
tty_number(int master, unsigned *n)
{
	return ioctl(master, TIOCGPTN, n) < 0 ? fail(errno, "number of a terminal") : 0;
}

int
tty_take_over(int slave)
{
	if (ioctl(slave, TIOCSCTTY, 0) < 0)
		return fail(errno, "set the controlling terminal");
	for (int fd = 0; fd <= 2; fd++)
		if (dup2(slave, fd) < 0)
			return fail(errno, "dup2");
	return 0;
}

int
tty_set_size(int tty, const struct tty_size *size)
{
	struct winsize w = { .ws_row = size->rows, .ws_col = size->columns };

	return ioctl(tty, TIOCSWINSZ, &w) < 0 ? fail(errno, "set the size of a terminal") : 0;
}

void
tty_copy_size(int from, int to)
{
	struct winsize w;

	if (ioctl(from, TIOCGWINSZ, &w) == 0 && (w.ws_row || w.ws_col))
		ioctl(to, TIOCSWINSZ, &w);
}

struct tty_mode *
tty_raw(int tty)
{
	struct termios raw;

	if (tcgetattr(tty, &raw) < 0)
		return NULL;
	struct tty_mode *mode = xcalloc(1, sizeof(*mode));
	*mode = (struct tty_mode){ .tty = tty, .was = raw };
	cfmakeraw(&raw);
	tcsetattr(tty, TCSANOW, &raw);
	return mode;
}

void
tty_restore(struct tty_mode *mode)
{
	if (mode)
		tcsetattr(mode->tty, TCSADRAIN, &mode->was);
	free(mode);
}
