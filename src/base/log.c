#include "base/log.h"

#include "base/clock.h"
#include "base/str.h"

static struct log_sink sink = { .program = "ocirun", .fd = STDERR_FILENO, .level = LOG_WARNING };

static const char *const level_words[] = {
	[LOG_ERROR] = "error", [LOG_WARNING] = "warning", [LOG_DEBUG] = "debug",
};

void
log_open(const struct log_sink *s)
{
	sink = *s;
}

void
log_close(void)
{
	if (sink.fd > STDERR_FILENO)
		sink.fd = -EBADF;
}

static void
put(enum log_level level, const char *words)
{
	autostr line = { 0 };

	if (level > sink.level)
		return;
	if (sink.format == LOG_JSON) {
		/* Engines read it as JSON, which has no other bytes; names of files do. */
		autofree char *text = str_utf8(words);

		str_addf(&line, "{\"level\":\"%s\",\"msg\":", level_words[level]);
		str_add_json(&line, text);
		str_addf(&line, ",\"time\":\"%s\"}\n", clock_now().s);
	} else {
		str_addf(&line, "%s: %s%s%s\n", sink.program,
			 level == LOG_ERROR ? "" : level_words[level],
			 level == LOG_ERROR ? "" : ": ", words);
	}

	/* One write a line, so that lines of several processes stay whole. */
	ssize_t ignored = write(sink.fd, line.s, line.len);
	(void)ignored;	/* a log that cannot be written must not change the outcome */
}

static void putv(enum log_level level, const char *fmt, va_list ap) printf_like(2, 0);

static void
putv(enum log_level level, const char *fmt, va_list ap)
{
	if (level > sink.level)
		return;
	autofree char *words = xvasprintf(fmt, ap);
	put(level, words);
}

void
debug(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	putv(LOG_DEBUG, fmt, ap);
	va_end(ap);
}

void
warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	putv(LOG_WARNING, fmt, ap);
	va_end(ap);
}

void
log_error(const char *words)
{
	put(LOG_ERROR, words);
}
