#include "base/cmd.h"

#include "base/err.h"

int
program_complete(const struct program *p, const char *shell, struct str *out)
{
	static const struct {
		const char *name;
		void (*complete)(const struct program *, struct str *);
	} shells[] = {
		{ "bash", program_complete_bash },
		{ "zsh", program_complete_zsh },
		{ "fish", program_complete_fish },
	};

	for (size_t i = 0; i < countof(shells); i++)
		if (streq(shells[i].name, shell)) {
			shells[i].complete(p, out);
			return 0;
		}
	return fail(0, "%s: only bash, zsh and fish are known", shell);
}
