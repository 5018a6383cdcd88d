#include "base/err.h"

#include <ctype.h>
#include <stdio.h>

/* Room for two long paths; an error must never fail for want of memory. */
static _Thread_local char words[16384];

static size_t format(char *buf, size_t len, const char *fmt, va_list ap) printf_like(3, 0);

static size_t
format(char *buf, size_t len, const char *fmt, va_list ap)
{
	int n = vsnprintf(buf, len, fmt, ap);

	return n < 0 ? 0 : (size_t)n < len ? (size_t)n : len - 1;
}

const char *
err_text(int code)
{
	static _Thread_local char text[128];

	snprintf(text, sizeof(text), "%s", strerror(code));
	/* "RPC ..." keeps its capital: only the first word of a sentence loses it. */
	if (isupper((unsigned char)text[0]) && !isupper((unsigned char)text[1]))
		text[0] = (char)tolower((unsigned char)text[0]);
	return text;
}

int
fail(int code, const char *fmt, ...)
{
	char said[sizeof(words)];	/* the arguments may be the old words */
	va_list ap;

	va_start(ap, fmt);
	size_t n = format(said, sizeof(said), fmt, ap);
	va_end(ap);
	if (code)
		snprintf(said + n, sizeof(said) - n, ": %s", err_text(code));
	memcpy(words, said, sizeof(words));
	return code ? -code : -EINVAL;
}

int
fail_plain(int code, const char *fmt, ...)
{
	char said[sizeof(words)];
	va_list ap;

	va_start(ap, fmt);
	format(said, sizeof(said), fmt, ap);
	va_end(ap);
	memcpy(words, said, sizeof(words));
	return -code;
}

int
wrap(int code, const char *fmt, ...)
{
	char front[sizeof(words)];
	va_list ap;

	if (code >= 0)
		return code;
	va_start(ap, fmt);
	size_t n = format(front, sizeof(front) - 2, fmt, ap);
	va_end(ap);
	memcpy(front + n, ": ", 2);
	n += 2;

	size_t keep = strnlen(words, sizeof(words) - n - 1);
	memmove(words + n, words, keep);
	memcpy(words, front, n);
	words[n + keep] = 0;
	return code;
}

int
hint(int code, const char *fmt, ...)
{
	size_t n = strlen(words);
	va_list ap;

	if (code >= 0 || strchr(words, '\n') || n + 2 > sizeof(words))
		return code;
	words[n] = '\n';
	va_start(ap, fmt);
	format(words + n + 1, sizeof(words) - n - 1, fmt, ap);
	va_end(ap);
	return code;
}

const char *
err_words(void)
{
	return words;
}

char *
err_keep(void)
{
	return xstrdup(words);
}

void
err_restore_at(char **kept)
{
	fail(0, "%s", *kept);
	free(*kept);
}
