#include "servin-image/platform.h"

#include "engine/platform.h"

#include "base/err.h"
#include "base/str.h"

#include <elf.h>

/* What else runs on a machine that has no image of its own kind, or what is the same as none. */
static const struct {
	const char *arch, *variant;	/* of ours; variant NULL is any */
	const char *other, *other_variant;
	unsigned score;
} suits[] = {
	{ "amd64", NULL, "amd64", "", 9 }, { "amd64", NULL, "amd64", "v1", 8 },
	{ "amd64", NULL, "amd64", "v2", 7 }, { "amd64", NULL, "386", "", 1 },
	{ "arm64", NULL, "arm64", "", 9 }, { "arm64", NULL, "arm64", "v8", 9 },
	{ "arm", "v7", "arm", "", 8 }, { "arm", "v7", "arm", "v6", 7 },
	{ "arm", "v7", "arm", "v5", 6 }, { "arm", "v6", "arm", "", 5 },
	{ "arm", "v6", "arm", "v5", 6 }, { "arm", "v5", "arm", "", 5 },
};

int
platform_init(struct platform *p, const char *text)
{
	struct platform_words words;
	int r = platform_words(text, &words);

	*p = (struct platform){ .os = words.os, .arch = words.architecture,
				.variant = words.variant, .asked = text != NULL };
	return r;
}

void
platform_done(struct platform *p)
{
	free(p->os);
	free(p->arch);
	free(p->variant);
	*p = (struct platform){ 0 };
}

unsigned
platform_score(const struct platform *p, const char *os, const char *arch, const char *variant)
{
	const char *wants = p->variant ? p->variant : "", *is = variant ? variant : "";

	if (!os || !arch || !streq(os, p->os))
		return 0;
	if (streq(arch, p->arch) && streq(is, wants))
		return 10;
	for (size_t i = 0; i < countof(suits); i++)
		if (streq(suits[i].arch, p->arch) && streq(suits[i].other, arch) &&
		    (!suits[i].variant || streq(suits[i].variant, wants)) &&
		    streq(suits[i].other_variant, is))
			/* Who names a platform wants no other one. */
			return p->asked && !streq(arch, p->arch) ? 0 : suits[i].score;
	/* linux/arm is all of them, and what no row knows has one kind. */
	return streq(arch, p->arch) && !*wants && !streq(arch, "amd64") ? 1 : 0;
}

char *
platform_text(const char *os, const char *arch, const char *variant)
{
	return xasprintf("%s/%s%s%s", os ? os : "unknown", arch ? arch : "unknown",
			 has_text(variant) ? "/" : "", has_text(variant) ? variant : "");
}

/* Of the word at 18 of the file, with its class at 4 and its order of bytes at 5; 0 is any. */
static const struct {
	unsigned machine;
	unsigned char class, order;
	const char *arch;
} elves[] = {
	{ EM_X86_64, ELFCLASS64, 0, "amd64" }, { EM_386, 0, 0, "386" },
	{ EM_AARCH64, 0, ELFDATA2LSB, "arm64" }, { EM_ARM, 0, ELFDATA2LSB, "arm" },
	{ EM_PPC64, 0, ELFDATA2LSB, "ppc64le" }, { EM_PPC64, 0, ELFDATA2MSB, "ppc64" },
	{ EM_S390, ELFCLASS64, 0, "s390x" }, { EM_RISCV, ELFCLASS64, 0, "riscv64" },
	{ 258 /* LoongArch */, ELFCLASS64, 0, "loong64" },
	{ EM_MIPS, ELFCLASS64, ELFDATA2LSB, "mips64le" },
	{ EM_MIPS, ELFCLASS32, ELFDATA2LSB, "mipsle" },
	{ EM_MIPS, ELFCLASS64, ELFDATA2MSB, "mips64" },
	{ EM_MIPS, ELFCLASS32, ELFDATA2MSB, "mips" },
};

const char *
platform_of_elf(const void *start, size_t n)
{
	const unsigned char *c = start;

	if (n < ELF_START || memcmp(c, ELFMAG, SELFMAG) != 0)
		return NULL;
	bool little = c[EI_DATA] == ELFDATA2LSB;
	unsigned machine = little ? c[18] | c[19] << 8 : c[19] | c[18] << 8;
	for (size_t i = 0; i < countof(elves); i++)
		if (elves[i].machine == machine &&
		    (!elves[i].class || elves[i].class == c[EI_CLASS]) &&
		    (!elves[i].order || elves[i].order == c[EI_DATA]))
			return elves[i].arch;
	return NULL;
}

const char *
platform_of_name(const char *arch)
{
	for (size_t i = 0; i < countof(elves); i++)
		if (streq(elves[i].arch, arch))
			return elves[i].arch;
	return NULL;
}
