#include "kernel/procinfo.h"

#include "base/err.h"
#include "base/file.h"

#include <ctype.h>
#include <stdio.h>
#include <sys/sysmacros.h>

#define PROC_FILE_MAX (1u << 20)

static int
read_proc(pid_t pid, const char *file, char **text, size_t *len)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	return file_read_at(AT_FDCWD, path, PROC_FILE_MAX, text, len);
}

static void
set_times(struct procinfo *p, unsigned long long cpu_ticks, unsigned long long start_ticks)
{
	unsigned long long hz = (unsigned long long)sysconf(_SC_CLK_TCK);
	struct timespec up;
	long long age;

	clock_gettime(CLOCK_BOOTTIME, &up);
	age = up.tv_sec - (long long)(start_ticks / hz);
	p->started = time(NULL) - age;
	p->cpu_seconds = (unsigned long)(cpu_ticks / hz);
	if (age > 0)
		p->cpu_percent = (unsigned)(cpu_ticks * 100 / hz / (unsigned long long)age);
}

static int
read_stat(struct procinfo *p, char **name)
{
	unsigned long long user, system, start;
	autofree char *text = NULL;
	int r = read_proc(p->pid, "stat", &text, NULL);

	if (r < 0)
		return r;
	/* The name in parentheses can hold anything, parentheses too. */
	const char *open = strchr(text, '('), *close = strrchr(text, ')');
	if (!open || !close ||
	    sscanf(close + 1, " %*c %d %*d %*d %u %*d %*u %*u %*u %*u %*u %llu %llu"
			      " %*d %*d %*d %*d %*d %*d %llu",
		   &p->ppid, &p->tty, &user, &system, &start) != 5)
		return fail(0, "/proc/%d/stat cannot be understood", (int)p->pid);
	set_times(p, user + system, start);
	*name = xstrndup(open + 1, (size_t)(close - open - 1));
	return 0;
}

static int
read_uid(struct procinfo *p)
{
	autofree char *text = NULL;
	int r = read_proc(p->pid, "status", &text, NULL);

	if (r < 0)
		return r;
	const char *line = strstr(text, "\nUid:");
	if (!line || sscanf(line, " Uid: %*u %u", &p->uid) != 1)
		return fail(0, "/proc/%d/status cannot be understood", (int)p->pid);
	return 0;
}

/* The arguments, or the name in brackets of one that has none: a kernel thread or a zombie. */
static int
read_command(struct procinfo *p, const char *name)
{
	size_t len = 0;
	int r = read_proc(p->pid, "cmdline", &p->command, &len);

	if (r < 0)
		return r;
	while (len && !p->command[len - 1])
		len--;
	if (len == 0) {
		free(p->command);
		p->command = xasprintf("[%s]", name);
		len = strlen(p->command);
	}
	/* It may want to speak to the terminal of whoever looks. */
	for (char *c = p->command; c < p->command + len; c++)
		*c = *c == 0 ? ' ' : iscntrl((unsigned char)*c) ? '?' : *c;
	return 0;
}

int
procinfo_read(pid_t pid, struct procinfo *p)
{
	autofree char *name = NULL;
	int r;

	*p = (struct procinfo){ .pid = pid };
	r = read_stat(p, &name);
	if (r == 0)
		r = read_uid(p);
	if (r == 0)
		r = read_command(p, name);
	return r;
}

void
procinfo_done(struct procinfo *p)
{
	free(p->command);
	p->command = NULL;
}

char *
procinfo_tty(const struct procinfo *p)
{
	unsigned major = major(p->tty), minor = minor(p->tty);

	if (major >= 136 && major <= 143)	/* a block of 256 pseudo terminals each */
		return xasprintf("pts/%u", (major - 136) * 256 + minor);
	if (major == 4 && minor < 64)
		return xasprintf("tty%u", minor);
	if (major == 4)
		return xasprintf("ttyS%u", minor - 64);
	return xstrdup("?");
}
