#include "engine/seccomp-arch.h"

#include "base/mem.h"
#include "base/str.h"

#include <sys/utsname.h>

static const struct seccomp_arch arches[] = {
	{ "x86_64", "amd64", "SCMP_ARCH_X86_64", { "SCMP_ARCH_X86", "SCMP_ARCH_X32" } },
	{ "aarch64", "arm64", "SCMP_ARCH_AARCH64", { "SCMP_ARCH_ARM" } },
	{ "i686", "x86", "SCMP_ARCH_X86", { NULL } },
	{ "i386", "x86", "SCMP_ARCH_X86", { NULL } },
	{ "armv7l", "arm", "SCMP_ARCH_ARM", { NULL } },
	{ "armv6l", "arm", "SCMP_ARCH_ARM", { NULL } },
	{ "ppc64le", "ppc64le", "SCMP_ARCH_PPC64LE", { NULL } },
	{ "s390x", "s390x", "SCMP_ARCH_S390X", { "SCMP_ARCH_S390" } },
	{ "riscv64", "riscv64", "SCMP_ARCH_RISCV64", { NULL } },
	{ "mips64", "mips64", "SCMP_ARCH_MIPS64", { "SCMP_ARCH_MIPS", "SCMP_ARCH_MIPS64N32" } },
};

const struct seccomp_arch *
seccomp_arch_ours(void)
{
	static const struct seccomp_arch unknown = { .machine = "", .go = "unknown", .oci = "" };
	struct utsname u;

	if (uname(&u) < 0)
		return &unknown;
	for (size_t i = 0; i < countof(arches); i++)
		if (streq(arches[i].machine, u.machine))
			return arches + i;
	return &unknown;
}
