#include "base/signals.h"

#include "base/err.h"
#include "base/parse.h"
#include "base/str.h"
#include "base/words.h"

#include <ctype.h>
#include <signal.h>

#define S(name) { #name, SIG##name }

static const struct word signals[] = {
	S(HUP), S(INT), S(QUIT), S(ILL), S(TRAP), S(ABRT), S(BUS), S(FPE), S(KILL), S(USR1),
	S(SEGV), S(USR2), S(PIPE), S(ALRM), S(TERM), S(STKFLT), S(CHLD), S(CONT), S(STOP), S(TSTP),
	S(TTIN), S(TTOU), S(URG), S(XCPU), S(XFSZ), S(VTALRM), S(PROF), S(WINCH), S(IO), S(PWR),
	S(SYS), S(IOT), S(CLD), S(POLL), { 0 },
};

/* NAME+n or NAME-n, when what follows NAME is in s; -1 if it is no such thing. */
static int
real_time(const char *s, char sign, int from)
{
	uint64_t n = 0;

	if (!s || (*s && *s != sign))
		return -1;
	if (*s && parse_uint(s + 1, (uint64_t)(SIGRTMAX - SIGRTMIN), &n) < 0)
		return -1;
	return sign == '+' ? from + (int)n : from - (int)n;
}

static int
named(const char *name)
{
	uint64_t n;
	int number;

	if (word_number(signals, name, &n))
		return (int)n;
	number = real_time(str_after(name, "RTMIN"), '+', SIGRTMIN);
	if (number < 0)
		number = real_time(str_after(name, "RTMAX"), '-', SIGRTMAX);
	return number;
}

int
signal_number(const char *word)
{
	autofree char *upper = xstrdup(word);
	const char *name;
	uint64_t n;

	if (parse_uint(word, (uint64_t)SIGRTMAX, &n) == 0)
		return (int)n;
	for (char *c = upper; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	name = str_after(upper, "SIG");

	int number = named(name ? name : upper);
	return number < 0 ? fail(0, "unknown signal \"%s\"", word) : number;
}
