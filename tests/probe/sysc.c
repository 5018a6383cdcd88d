/*
 * sysc CALL[,ARG]...: makes system calls and prints what each answers,
 * "CALL ERRNO" a line (0: it succeeded).
 *
 *	sysc lseek,0,5 9999 x86:20
 *
 * A CALL is a number, or a name from the list below.  x86: makes it as a
 * program of 32 bits would.  ARGs are decimal numbers.  No C library: write
 * and exit_group are all that its filter must allow.
 */
#include <sys/syscall.h>

#define ARGS_MAX 6

#if defined __x86_64__
static long
call(long number, const long a[ARGS_MAX])
{
	register long r10 __asm__("r10") = a[3];
	register long r8 __asm__("r8") = a[4];
	register long r9 __asm__("r9") = a[5];
	long result;

	__asm__ volatile("syscall" : "=a"(result)
			 : "a"(number), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return result;
}

static long
call_x86(long number, const long a[ARGS_MAX])
{
	int result;

	__asm__ volatile("int $0x80" : "=a"(result)
			 : "a"((int)number), "b"((int)a[0]), "c"((int)a[1]), "d"((int)a[2]),
			   "S"((int)a[3]), "D"((int)a[4])
			 : "r8", "r9", "r10", "r11", "memory");
	return result;
}
#elif defined __aarch64__
static long
call(long number, const long a[ARGS_MAX])
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a[0];
	register long x1 __asm__("x1") = a[1];
	register long x2 __asm__("x2") = a[2];
	register long x3 __asm__("x3") = a[3];
	register long x4 __asm__("x4") = a[4];
	register long x5 __asm__("x5") = a[5];

	__asm__ volatile("svc 0" : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
	return x0;
}
#define call_x86 call
#else
#error "say here how this machine makes a system call"
#endif

/* volatile, or the compiler would make a call of the C library of it. */
static unsigned long
length(const volatile char *s)
{
	unsigned long n = 0;

	while (s[n])
		n++;
	return n;
}

static void
print(const char *s)
{
	const long args[ARGS_MAX] = { 1, (long)s, (long)length(s) };

	call(SYS_write, args);
}

static void
print_number(unsigned long n)
{
	char text[24], *p = text + sizeof(text) - 1;

	*p = '\0';
	do
		*--p = (char)('0' + n % 10);
	while (n /= 10);
	print(p);
}

static long
parse_number(const char **s)
{
	unsigned long n = 0;

	for (; **s >= '0' && **s <= '9'; ++*s)
		n = n * 10 + (unsigned long)(**s - '0');
	return (long)n;
}

static const struct {
	const char *name;
	long number;
} names[] = {
	{ "getpid", SYS_getpid },   { "getppid", SYS_getppid },	{ "lseek", SYS_lseek },
	{ "mkdirat", SYS_mkdirat }, { "umask", SYS_umask },	{ "getuid", SYS_getuid },
};

/* Moves *s behind the name if it is that. */
static int
starts_with(const char **s, const char *name)
{
	unsigned long n = length(name);

	for (unsigned long i = 0; i < n; i++)
		if ((*s)[i] != name[i])
			return 0;
	if ((*s)[n] && (*s)[n] != ',')
		return 0;
	*s += n;
	return 1;
}

static long
parse_call(const char **s)
{
	for (unsigned long i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (starts_with(s, names[i].name))
			return names[i].number;
	return parse_number(s);
}

static void
make_call(const char *text)
{
	int x86 = text[0] == 'x' && text[1] == '8';
	const char *p = x86 ? text + 4 : text;
	long number = parse_call(&p), args[ARGS_MAX] = { 0 };

	for (int i = 0; i < ARGS_MAX && *p == ','; i++) {
		p++;
		args[i] = parse_number(&p);
	}
	long r = x86 ? call_x86(number, args) : call(number, args);

	print(text);
	print(" ");
	print_number(r < 0 && r >= -4095 ? (unsigned long)-r : 0);
	print("\n");
}

/* The stack holds argc first, then argv. */
__attribute__((used)) static void
begin(const long *stack)
{
	const long none[ARGS_MAX] = { 0 };

	for (long i = 1; i < stack[0]; i++)
		make_call((const char *)stack[1 + i]);
	call(SYS_exit_group, none);
}

#if defined __x86_64__
__asm__(".globl _start\n_start: mov %rsp, %rdi\n call begin\n");
#elif defined __aarch64__
__asm__(".globl _start\n_start: mov x0, sp\n bl begin\n");
#endif
