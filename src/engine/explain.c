#include "engine/explain.h"

#include "kernel/resolve.h"

#include "base/err.h"
#include "base/file.h"
#include "base/guess.h"
#include "base/str.h"
#include "base/strv.h"
#include "base/words.h"

#include <elf.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#define HEAD_BYTES 4096

/* A file's beginning, and what it is. */
struct head {
	char bytes[HEAD_BYTES + 1];
	size_t n;
	struct stat st;
};

/* e_machine, and what images call it. */
static const struct word machines[] = {
	{ "386", EM_386 }, { "amd64", EM_X86_64 }, { "arm", EM_ARM }, { "arm64", EM_AARCH64 },
	{ "ppc64le", EM_PPC64 }, { "s390x", EM_S390 }, { "riscv64", EM_RISCV },
	{ "mips64le", EM_MIPS }, { "loong64", EM_LOONGARCH }, { 0 },
};

static const struct word hosts[] = {
	{ "i386", EM_386 }, { "i686", EM_386 }, { "x86_64", EM_X86_64 }, { "armv7l", EM_ARM },
	{ "aarch64", EM_AARCH64 }, { "ppc64le", EM_PPC64 }, { "s390x", EM_S390 },
	{ "riscv64", EM_RISCV }, { "loongarch64", EM_LOONGARCH }, { 0 },
};

/* A container's files, as far as we see them: its mounts are in its own namespace. */
struct files {
	int root;
	struct mount_point *const *mounts;
	char *const *env;
};

/* The mount that a path lies in, and what is left of the path in it. */
static const struct mount_point *
mount_of(const struct files *f, const char *path, const char **rest)
{
	const struct mount_point *found = NULL;

	*rest = path;
	for (struct mount_point *const *m = f->mounts; m && *m; m++) {
		const char *after = str_after(path, (*m)->destination);

		if (!after || !*after || *after != '/' || !has_text((*m)->source))
			continue;
		if (found && strlen(found->destination) > strlen((*m)->destination))
			continue;
		found = *m;
		*rest = after;
	}
	return found;
}

static int
open_file(const struct files *f, const char *path, int flags)
{
	autowords keep = err_keep();
	const char *rest;
	const struct mount_point *m = mount_of(f, path, &rest);
	autoclose int source = m ? open(m->source, O_PATH | O_CLOEXEC) : -EBADF;

	return resolve_open(source >= 0 ? source : f->root, source >= 0 ? rest : path, flags);
}

static bool
exists(const struct files *f, const char *path)
{
	autoclose int fd = open_file(f, path, O_PATH);

	return fd >= 0;
}

/* --- a command that is nowhere --------------------------------------------------------------- */

static void
consider_dir(const struct files *f, const char *path, const char *command, struct guess *g,
	     char **word)
{
	autoclose int fd = open_file(f, path, O_RDONLY | O_DIRECTORY);
	autodir dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir)
		return;
	take_fd(fd);
	for (struct dirent *d; (d = readdir(dir));) {
		const char *before = g->word;

		guess_consider(g, command, d->d_name);
		if (g->word == before)
			continue;
		/* The entry goes with the directory. */
		autofree char *old = *word;
		g->word = *word = xstrdup(d->d_name);
		(void)old;
	}
}

/* Where commands are looked for, for strv_free(). */
static char **
dirs_of_path(const struct files *f)
{
	const char *path = strv_env(f->env, "PATH");

	return strv_split(path ? path : "/usr/sbin:/usr/bin:/sbin:/bin", ':');
}

/* A command that sounds alike, for free(), or NULL. */
static char *
near_command(const struct files *f, const char *command)
{
	autostrv dirs = dirs_of_path(f);
	char *word = NULL;
	struct guess g = { 0 };

	for (char **d = dirs; d && *d; d++)
		consider_dir(f, *d, command, &g, &word);
	return word;
}

/* --- a file that is there --------------------------------------------------------------------- */

static int
read_head(const struct files *f, const char *path, struct head *h)
{
	autoclose int found = open_file(f, path, O_PATH), fd = -EBADF;
	ssize_t n;

	if (found < 0)
		return found;
	if (fstat(found, &h->st) < 0)
		return -errno;
	/* To open the other end of a pipe, or a device, may do something. */
	if (!S_ISREG(h->st.st_mode))
		return 0;
	fd = open(fd_path(found).s, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = pread(fd, h->bytes, HEAD_BYTES, 0);
	h->n = n > 0 ? (size_t)n : 0;
	h->bytes[h->n] = 0;
	return 0;
}

static int
explain_script(int r, const struct files *f, struct head *h)
{
	char *interpreter = h->bytes + 2 + strspn(h->bytes + 2, " \t");
	size_t line = strcspn(interpreter, "\n");

	interpreter[line] = 0;
	if (line && interpreter[line - 1] == '\r')
		return hint(r, "the script has Windows line endings (CRLF): remove them, by"
				    " sed 's/\\r$//' say");
	interpreter[strcspn(interpreter, " \t")] = 0;
	if (exists(f, interpreter))
		return r;
	autofree char *text = xasprintf("it is a script for %s, which is not in the image",
					*interpreter ? interpreter : "nothing at all");
	return hint(r, "%s", text);
}

/* The path in the header PT_INTERP, if it is in what was read. */
static const char *
loader_of(const struct head *h)
{
	const Elf64_Ehdr *elf = (const void *)h->bytes;

	for (unsigned i = 0; i < elf->e_phnum; i++) {
		size_t at = elf->e_phoff + (size_t)i * sizeof(Elf64_Phdr);
		Elf64_Phdr p;

		if (elf->e_phoff > h->n || at + sizeof(p) > h->n)
			return NULL;
		memcpy(&p, h->bytes + at, sizeof(p));
		if (p.p_type == PT_INTERP)
			return p.p_offset < h->n ? h->bytes + p.p_offset : NULL;
	}
	return NULL;
}

static int
explain_program(int r, const struct files *f, const struct head *h)
{
	const Elf64_Ehdr *elf = (const void *)h->bytes;
	struct utsname host;
	uint64_t ours = 0;
	const char *its = number_word(machines, elf->e_machine), *loader;

	uname(&host);
	if (word_number(hosts, host.machine, &ours) && elf->e_machine != ours) {
		autofree char *text = xasprintf(
			"it is a program for %s, and this host is %s: load the image with"
			" --platform linux/%s, or install qemu-user-static",
			its ? its : "another processor",
			number_word(machines, ours), number_word(machines, ours));
		return hint(r, "%s", text);
	}
	loader = elf->e_ident[EI_CLASS] == ELFCLASS64 ? loader_of(h) : NULL;
	if (!loader || exists(f, loader))
		return r;
	autofree char *text = xasprintf("it needs the loader %s, which is not in the image: it was"
					" built for another C library", loader);
	return hint(r, "%s", text);
}

static int
explain_file(int r, const struct files *f, struct head *h)
{
	if (S_ISDIR(h->st.st_mode))
		return hint(r, "it is a directory");
	if (!S_ISREG(h->st.st_mode))
		return hint(r, "it is no regular file");
	if (!(h->st.st_mode & 0111))
		return hint(r, "it is not executable: it wants chmod +x");
	if (h->n > 2 && memcmp(h->bytes, "#!", 2) == 0)
		return explain_script(r, f, h);
	if (h->n >= sizeof(Elf64_Ehdr) && memcmp(h->bytes, ELFMAG, SELFMAG) == 0)
		return explain_program(r, f, h);
	return hint(r, "it is neither a program nor a script that begins with #!");
}

/* Where a name without "/" is found, as the kernel's caller looks for it. */
static char *
find_command(const struct files *f, const char *command)
{
	autostrv dirs = dirs_of_path(f);

	if (strchr(command, '/'))
		return exists(f, command) ? xstrdup(command) : NULL;
	for (char **d = dirs; d && *d; d++) {
		autofree char *file = xasprintf("%s/%s", *d, command);

		if (exists(f, file))
			return take(file);
	}
	return NULL;
}

/* What is tried on the way has words of its own: those of the error come back before a hint. */
static void
words_again(int r, const char *words)
{
	fail_plain(-r, "%s", words);
}

int
explain_failure(int r, int root, const struct container *c)
{
	struct files f = { .root = root, .mounts = c->mounts, .env = c->config->env };
	autofree char *words = xstrdup(err_words()), *path = NULL, *meant = NULL;
	const char *command = c->path;
	struct head h;

	if (root < 0 || !has_text(command))
		return r;
	path = find_command(&f, command);
	if (path && read_head(&f, path, &h) == 0) {
		words_again(r, words);
		return explain_file(r, &f, &h);
	}
	if (!strchr(command, '/'))
		meant = near_command(&f, command);
	words_again(r, words);
	if (meant)
		return hint(r, "did you mean \"%s\"?", meant);
	if (strchr(command, '/') || !has_text(c->config->image))
		return r;
	return hint(r, "the image has no such command; the words behind IMAGE are the"
		       " command and its arguments");
}

/* The runtime's words are all that we have to know it by. */
int
explain_limits(int r)
{
	if (!strstr(err_words(), "needs a cgroup"))
		return r;
	return hint(r, "a plain user's limits take a cgroup that is his and has no processes; with"
		       " systemd and cgroup v2: systemd-run --user --scope servin run"
		       " --cgroup-parent /user.slice/user-UID.slice/user@UID.service/servin.slice"
		       " ...");
}
