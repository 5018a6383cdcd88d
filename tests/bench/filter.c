/*
 * filter: what the lines of filter.jq say, as a program for the kernel.
 *
 *	filter <LINES >PROGRAM
 *
 * It is made as crun and runc make theirs, so that the floor loads the same.
 */
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_ARGS 6

static void
must(int r, const char *what)
{
	if (r >= 0)
		return;
	fprintf(stderr, "filter: %s: error %d\n", what, -r);
	exit(1);
}

static struct scmp_arg_cmp
read_arg(void)
{
	unsigned index, op;
	unsigned long long a, b;

	must(scanf("%u %u %llu %llu", &index, &op, &a, &b) == 4 ? 0 : -1, "argument");
	return (struct scmp_arg_cmp){ index, op, a, b };
}

/* A call that this libseccomp does not know is left out, as the runtimes do. */
static void
add_rule(scmp_filter_ctx filter, unsigned action, const char *name, unsigned n)
{
	struct scmp_arg_cmp args[MAX_ARGS];
	int nr = seccomp_syscall_resolve_name(name);

	must(n <= MAX_ARGS ? 0 : -1, "number of arguments");
	for (unsigned i = 0; i < n; i++)
		args[i] = read_arg();
	if (nr != __NR_SCMP_ERROR)
		must(seccomp_rule_add_array(filter, action, nr, n, args), name);
}

int
main(void)
{
	scmp_filter_ctx filter;
	unsigned action, n;
	char name[64];

	must(scanf("%u", &action) == 1 ? 0 : -1, "default action");
	filter = seccomp_init(action);
	must(filter ? 0 : -1, "seccomp_init");
	must(seccomp_arch_add(filter, SCMP_ARCH_X86), "x86");
	must(seccomp_arch_add(filter, SCMP_ARCH_X32), "x32");
	while (scanf("%u %63s %u", &action, name, &n) == 3)
		add_rule(filter, action, name, n);
	must(seccomp_export_bpf(filter, fileno(stdout)), "export");
	return 0;
}
