/* The machines that a filter can be for: a program of 32 bits makes the calls of another one. */
#ifndef ENGINE_SECCOMP_ARCH_H
#define ENGINE_SECCOMP_ARCH_H

struct seccomp_arch {
	const char *machine;		/* as uname(2) has it */
	const char *go;			/* as docker's profiles have it: amd64 */
	const char *oci;		/* SCMP_ARCH_X86_64 */
	const char *subs[2];		/* whose programs it runs, too */
};

/* That of this machine; one that is not known has the name "unknown", and no architecture. */
const struct seccomp_arch *seccomp_arch_ours(void);

#endif
