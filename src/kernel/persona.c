#include "kernel/persona.h"

#include "base/err.h"

#include <sys/personality.h>

const struct word persona_words[] = {
	{ "LINUX", PER_LINUX }, { "LINUX32", PER_LINUX32 }, { 0 },
};

int
persona_set(uint64_t domain)
{
	const char *word = number_word(persona_words, domain);

	if (personality(domain) >= 0)
		return 0;
	if (errno == EINVAL)	/* arm64 without a CPU that has the 32-bit instructions */
		return fail(0, "this machine has no domain %s", word);
	return fail(errno, "personality %s", word);
}
