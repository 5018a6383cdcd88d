#include "kernel/seal.h"

#include "base/err.h"
#include "base/file.h"
#include "kernel/mountfd.h"
#include "kernel/ns.h"

#include <elf.h>
#include <link.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

/* Of the linker. */
extern char __executable_start[], etext[], edata[];

static const char own_exe[] = "/proc/self/exe";

#define SEALS (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)

/* Our program, opened through a mount of its own that is read-only. */
static int
open_readonly(void)
{
	struct mount_attr readonly = { .attr_set = MOUNT_ATTR_RDONLY };
	autoclose int mount = mountfd_clone(AT_FDCWD, own_exe, 0);
	int r = mount < 0 ? mount : mountfd_change(mount, &readonly, 0);

	if (r < 0)
		return wrap(r, "a read-only mount of our program");
	int fd = open(fd_path(mount).s, O_RDONLY | O_CLOEXEC);
	/*
	 * The mount is closed here: from now on it is in no namespace, so that
	 * no mount_setattr(2) finds it, and lives as long as the file does.
	 */
	return fd < 0 ? fail(errno, "open our program") : fd;
}

/* What is only read comes from the same pages of the cache. */
static int
map_again(char *at, size_t len, int prot, int fd, off_t offset)
{
	if (mmap(at, len, prot, MAP_PRIVATE | MAP_FIXED, fd, offset) == MAP_FAILED)
		return fail(errno, "map our program");
	return 0;
}

/* Not memcpy(3): a sanitizer has marks between our variables, and would mind. */
__attribute__((no_sanitize("address", "undefined")))
static void
copy_words(char *to, const char *from, size_t len)
{
	for (size_t i = 0; i < len; i += sizeof(long))
		*(volatile long *)(to + i) = *(const volatile long *)(from + i);
}

/* What was written to has no other copy, so it moves: the pages change hands at once. */
static int
map_copy(char *at, size_t len)
{
	char *copy = mmap(NULL, len, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (copy == MAP_FAILED)
		return fail(errno, "map our data");
	copy_words(copy, at, len);
	if (mremap(copy, len, len, MREMAP_MAYMOVE | MREMAP_FIXED, at) == MAP_FAILED)
		return fail(errno, "move our data");
	return 0;
}

static int
map_segment(const ElfW(Phdr) *segment, uintptr_t bias, int fd)
{
	uintptr_t page = (uintptr_t)getpagesize() - 1;
	uintptr_t from = (bias + segment->p_vaddr) & ~page;
	uintptr_t to = (bias + segment->p_vaddr + segment->p_filesz + page) & ~page;

	if (segment->p_flags & PF_W)
		return map_copy((char *)from, to - from);
	return map_again((char *)from, to - from,
			 PROT_READ | (segment->p_flags & PF_X ? PROT_EXEC : 0), fd,
			 (off_t)(segment->p_offset & ~(uint64_t)page));
}

static int
map_program(int fd)
{
	const ElfW(Phdr) *head = (const void *)getauxval(AT_PHDR);
	size_t n = getauxval(AT_PHNUM);
	uintptr_t bias = 0;
	int r = 0;

	for (size_t i = 0; i < n; i++)
		if (head[i].p_type == PT_PHDR)
			bias = (uintptr_t)head - head[i].p_vaddr;
	for (size_t i = 0; i < n && r == 0; i++)
		if (head[i].p_type == PT_LOAD && head[i].p_filesz)
			r = map_segment(&head[i], bias, fd);
	return r;
}

/* Tells the kernel what we execute (PR_SET_MM_MAP of prctl(2)); the rest stays as it is. */
static int
set_exe(int fd, char **argv)
{
	uintptr_t top = (uintptr_t)sbrk(0), args = (uintptr_t)argv[0], end = args;

	/* ps(1) goes on to show our arguments; the kernel laid them out in a row. */
	for (char **a = argv; *a; a++)
		end = (uintptr_t)(*a + strlen(*a) + 1);

	struct prctl_mm_map map = {
		.start_code = (uintptr_t)__executable_start, .end_code = (uintptr_t)etext,
		.start_data = (uintptr_t)etext, .end_data = (uintptr_t)edata,
		.start_brk = top, .brk = top, .start_stack = (uintptr_t)argv,
		.arg_start = args, .arg_end = end, .env_start = end, .env_end = end,
		.exe_fd = (uint32_t)fd,
	};

	if (prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof(map), 0) < 0)
		return fail(errno, "set the program that we execute");
	return 0;
}

/* Whether a plain user's container could not write to our program anyway. */
static bool
is_out_of_reach(void)
{
	struct stat st;

	/* Root of the host is in no mapping of a plain user's. */
	return geteuid() != 0 && !ns_in_user() && stat(own_exe, &st) == 0 && st.st_uid == 0 &&
	       !(st.st_mode & (S_IWGRP | S_IWOTH));
}

/* Whether that is what we run from already. */
static bool
is_sealed_copy(void)
{
	autoclose int fd = open(own_exe, O_RDONLY | O_CLOEXEC);

	int seals = fd < 0 ? fd : fcntl(fd, F_GET_SEALS);	/* -1: of no memfd */

	return seals >= 0 && (seals & SEALS) == SEALS;
}

/* Who may not make a mount executes a copy that nobody can write to. */
static int
execute_copy(char **argv)
{
	autoclose int from = open(own_exe, O_RDONLY | O_CLOEXEC);
	autoclose int to = memfd_create("ocirun", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	ssize_t n;

	if (from < 0 || to < 0)
		return fail(errno, "copy our program");
	while ((n = sendfile(to, from, NULL, 1 << 30)) > 0)
		;
	if (n < 0 || fcntl(to, F_ADD_SEALS, SEALS) < 0)
		return fail(errno, "copy our program");
	fexecve(to, argv, environ);
	return fail(errno, "execute a copy of our program");
}

static int
seal_without_mount(char **argv)
{
	return is_out_of_reach() || is_sealed_copy() ? 0 : execute_copy(argv);
}

int
seal_program(char **argv)
{
	struct statvfs st;

	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return fail(errno, "become not dumpable");
	if (statvfs(own_exe, &st) < 0)
		return fail(errno, "stat the mount of our program");
	if (st.f_flag & ST_RDONLY)	/* so installed, or it is us the second time */
		return 0;

	autoclose int fd = open_readonly();
	if (fd == -EPERM)
		return seal_without_mount(argv);
	if (fd < 0)
		return fd;
	if (map_program(fd) == 0 && set_exe(fd, argv) == 0)
		return 0;
	fexecve(fd, argv, environ);
	return fail(errno, "execute our program again");
}
