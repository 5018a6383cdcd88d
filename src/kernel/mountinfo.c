#include "kernel/mountinfo.h"

#include "base/err.h"
#include "base/file.h"

#include <stdbool.h>
#include <stdio.h>
#include <sys/sysmacros.h>

#define MOUNTINFO_MAX (64u << 20)	/* 100,000 mounts of 600 bytes */

static bool
is_octal(const char *s)
{
	return s[0] >= '0' && s[0] <= '3' && s[1] >= '0' && s[1] <= '7' && s[2] >= '0' &&
	       s[2] <= '7';
}

/* Blanks, newlines and backslashes stand there as \040 and the like. */
static char *
unescape(const char *s)
{
	char *out = xstrdup(s), *to = out;

	for (; *s; s++) {
		if (*s == '\\' && is_octal(s + 1)) {
			*to++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 3;
		} else {
			*to++ = *s;
		}
	}
	*to = 0;
	return out;
}

int
mountinfo_parse(struct mountinfo *m, char *line)
{
	unsigned long long id;
	unsigned major, minor;
	int at = 0;

	if (sscanf(line, "%llu %*u %u:%u %n", &id, &major, &minor, &at) != 3 || !at)
		return fail(EPROTO, "mountinfo");
	line += at;
	char *root = strsep(&line, " "), *place = strsep(&line, " ");
	if (!place)
		return fail(EPROTO, "mountinfo");
	m->row = xrealloc(m->row, m->n + 1, sizeof(*m->row));
	m->row[m->n++] = (struct mountinfo_row){
		.id = id, .device = makedev(major, minor),
		.root = unescape(root), .place = unescape(place),
	};
	return 0;
}

int
mountinfo_read(struct mountinfo *m, pid_t pid)
{
	autofree char *name = pid ? xasprintf("/proc/%d/mountinfo", pid) :
				    xstrdup("/proc/self/mountinfo");
	autofree char *text = NULL;
	int r = file_read_at(AT_FDCWD, name, MOUNTINFO_MAX, &text, NULL);
	char *line, *rest = text;

	while (r == 0 && (line = strsep(&rest, "\n")))
		if (*line)
			r = mountinfo_parse(m, line);
	return r;
}

const struct mountinfo_row *
mountinfo_find(const struct mountinfo *m, uint64_t id)
{
	for (const struct mountinfo_row *row = m->row; row < m->row + m->n; row++)
		if (row->id == id)
			return row;
	return NULL;
}

void
mountinfo_done(struct mountinfo *m)
{
	for (size_t i = 0; i < m->n; i++) {
		free(m->row[i].root);
		free(m->row[i].place);
	}
	free(m->row);
	*m = (struct mountinfo){ 0 };
}
