#include "engine/monitor/log.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/parse.h"

#include <stdio.h>
#include <sys/stat.h>

static const char *
option(const struct log_config *config, const char *key)
{
	struct oci_pair **p = config ? config->config : NULL;

	for (; p && *p; p++)
		if (streq((*p)->key, key))
			return (*p)->value;
	return NULL;
}

int
log_limits(const struct log_config *config, uint64_t *max_size, unsigned *max_files)
{
	const char *size = option(config, "max-size"), *files = option(config, "max-file");
	uint64_t n = LOG_MAX_FILES;

	*max_size = LOG_MAX_SIZE;
	if (size && streq(size, "-1"))
		*max_size = UINT64_MAX;
	else if (size && (parse_size(size, max_size) < 0 || *max_size == 0))
		return fail_plain(EINVAL, "log option max-size: \"%s\" is no size such as 10m",
				  size);
	if (files && (parse_uint(files, 1000, &n) < 0 || n == 0))
		return fail_plain(EINVAL, "log option max-file: \"%s\" is no number from 1 to 1000",
				  files);
	*max_files = (unsigned)n;
	return 0;
}

static int
open_file(struct log *log)
{
	struct stat st;

	log->fd = openat(log->dir, "log.json",
			 O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (log->fd < 0)
		return fail(errno, "open log.json");
	log->size = fstat(log->fd, &st) == 0 ? (uint64_t)st.st_size : 0;
	return 0;
}

int
log_open_at(struct log *log, int dir, const struct log_config *config)
{
	int r = log_limits(config, &log->max_size, &log->max_files);

	log->dir = dir;
	log->fd = -EBADF;
	if (r < 0 || (config && config->type && streq(config->type, "none")))
		return r;
	log->kept = true;
	return open_file(log);
}

static void
rotate(struct log *log)
{
	close_at(&log->fd);
	for (unsigned i = log->max_files; i-- > 1;) {
		char from[32] = "log.json", to[32];

		if (i > 1)
			snprintf(from, sizeof(from), "log.json.%u", i - 1);
		snprintf(to, sizeof(to), "log.json.%u", i);
		renameat(log->dir, from, log->dir, to);
	}
	if (log->max_files == 1)
		unlinkat(log->dir, "log.json", 0);
	open_file(log);
}

/* docker replaces what is not UTF-8 as well: other programs read this. */
static void
add_text(struct str *out, const char *text, size_t n)
{
	while (n) {
		/* A NUL would end the string. */
		size_t part = strnlen(text, n);
		autofree char *piece = xstrndup(text, part);
		autofree char *clean = str_utf8(piece);
		autostr quoted = { 0 };

		str_add_json(&quoted, clean);
		str_addn(out, quoted.s + 1, quoted.len - 2);
		if (part < n) {
			str_add(out, "\\u0000");
			part++;
		}
		text += part;
		n -= part;
	}
}

/* A file that there was no room for, when the last one was full, is tried again. */
static void
write_out(struct log *log, struct str *out)
{
	if (out->len && (log->fd >= 0 || open_file(log) == 0) &&
	    fd_write_all(log->fd, "log.json", out->s, out->len) == 0)
		log->size += out->len;
	out->len = 0;
}

/* A file ends before the line that would make it too long. */
static void
add_line(struct log *log, struct str *out, unsigned stream, const char *text, size_t n)
{
	autostr line = { 0 };

	str_add(&line, "{\"log\":\"");
	add_text(&line, text, n);
	str_addf(&line, "\",\"stream\":\"%s\",\"time\":\"%s\"}\n", stream ? "stderr" : "stdout",
		 clock_now().s);
	if (log->size + out->len + line.len > log->max_size) {
		write_out(log, out);
		if (log->size)
			rotate(log);
	}
	str_addn(out, line.s, line.len);
}

/* Keeps the beginning of a line; a piece that is as long as may be goes out as it is. */
static void
keep(struct log *log, unsigned stream, const char *text, size_t n, struct str *out)
{
	struct log_line *line = &log->line[stream];

	if (!line->text)
		line->text = xcalloc(LOG_LINE_MAX, 1);
	while (n) {
		size_t part = LOG_LINE_MAX - line->n < n ? LOG_LINE_MAX - line->n : n;

		memcpy(line->text + line->n, text, part);
		line->n += part;
		text += part;
		n -= part;
		if (line->n == LOG_LINE_MAX) {
			add_line(log, out, stream, line->text, line->n);
			line->n = 0;
		}
	}
}

static void
add_whole(struct log *log, unsigned stream, const char *text, size_t n, struct str *out)
{
	struct log_line *line = &log->line[stream];

	if (!line->n && n <= LOG_LINE_MAX) {
		add_line(log, out, stream, text, n);
		return;
	}
	keep(log, stream, text, n, out);
	if (line->n)
		add_line(log, out, stream, line->text, line->n);
	line->n = 0;
}

void
log_add(struct log *log, unsigned stream, const char *bytes, size_t n)
{
	autostr out = { 0 };

	if (!log->kept)
		return;
	for (const char *end; n && (end = memchr(bytes, '\n', n));) {
		size_t len = (size_t)(end - bytes) + 1;

		add_whole(log, stream, bytes, len, &out);
		bytes += len;
		n -= len;
	}
	if (n)
		keep(log, stream, bytes, n, &out);
	write_out(log, &out);
}

void
log_flush(struct log *log)
{
	autostr out = { 0 };

	for (unsigned i = 0; i < countof(log->line); i++) {
		if (log->line[i].n)
			add_line(log, &out, i, log->line[i].text, log->line[i].n);
		log->line[i].n = 0;
	}
	write_out(log, &out);
}

void
log_done(struct log *log)
{
	log->kept = false;
	close_at(&log->fd);
	for (unsigned i = 0; i < countof(log->line); i++)
		free(log->line[i].text);
	log->fd = -EBADF;
}
