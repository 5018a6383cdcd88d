#include "runtime/seccomp/cache.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"
#include "kernel/resolve.h"

#include <limits.h>
#include <sys/stat.h>

#define CACHE_DIR ".cache/seccomp"

struct head {
	char magic[8];
	struct sha256_sum key;
	struct sha256_sum sum;	/* of the code */
};

static const char magic[8] = "seccomp1";

/* Whether only we could have written it. */
static int
check_owner(int fd, const char *name)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return fail(errno, "stat %s", name);
	if (st.st_uid != geteuid() || st.st_mode & (S_IRWXG | S_IRWXO))
		return fail(EPERM, "%s is not ours alone", name);
	return 0;
}

static int
open_dir(int root)
{
	autoclose int dir = resolve_open_plain(root, CACHE_DIR, O_RDONLY | O_DIRECTORY);
	int r = dir < 0 ? dir : check_owner(dir, CACHE_DIR);

	return r < 0 ? r : take_fd(dir);
}

static int
make_dir(int root)
{
	if (mkdirat(root, ".cache", 0700) < 0 && errno != EEXIST)
		return fail(errno, "make .cache");
	if (mkdirat(root, CACHE_DIR, 0700) < 0 && errno != EEXIST)
		return fail(errno, "make " CACHE_DIR);
	return open_dir(root);
}

/* Of a file with that key, its code; the lengths were checked. */
static int
believe(const struct sha256_sum *key, const char *text, size_t len, const char *name)
{
	struct sha256_sum sum = sha256(text + sizeof(struct head), len - sizeof(struct head));
	struct head head;

	memcpy(&head, text, sizeof(head));
	if (memcmp(head.magic, magic, sizeof(magic)) != 0 ||
	    memcmp(&head.key, key, sizeof(*key)) != 0 || memcmp(&head.sum, &sum, sizeof(sum)) != 0)
		return fail(EBADMSG, "%s is damaged", name);
	return 0;
}

static int
read_code(int fd, const struct sha256_sum *key, const char *name, struct sock_filter **code,
	  size_t *n)
{
	const size_t max = sizeof(struct head) + BPF_MAXINSNS * sizeof(**code);
	autofree char *text = NULL;
	size_t len;
	int r = check_owner(fd, name);

	if (r == 0)
		r = fd_read_all(fd, name, max, &text, &len);
	if (r < 0)
		return r;
	size_t code_len = len < sizeof(struct head) ? 0 : len - sizeof(struct head);
	if (!code_len || code_len % sizeof(**code))
		return fail(EBADMSG, "%s has %zu bytes", name, len);
	r = believe(key, text, len, name);
	if (r < 0)
		return r;
	*code = xmemdup(text + sizeof(struct head), code_len);
	*n = code_len / sizeof(**code);
	return 0;
}

int
cache_find(int root, const struct sha256_sum *key, struct sock_filter **code, size_t *n)
{
	struct sha256_text name = sha256_text(key);
	autoclose int dir = open_dir(root);

	if (dir < 0)
		return dir;
	/* Whatever stands there: to open it must neither wait nor act. */
	autoclose int fd = openat(dir, name.s, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
					       O_CLOEXEC);
	if (fd < 0)
		return fail(errno, "open %s", name.s);
	return read_code(fd, key, name.s, code, n);
}

struct oldest {
	size_t files;
	struct timespec when;
	char name[NAME_MAX + 1];
};

static bool
is_older(struct timespec a, struct timespec b)
{
	return a.tv_sec != b.tv_sec ? a.tv_sec < b.tv_sec : a.tv_nsec < b.tv_nsec;
}

static void
find_oldest(int dir, struct oldest *o)
{
	int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autodir list = copy < 0 ? NULL : fdopendir(copy);
	struct stat st;

	for (struct dirent *e; list && (e = readdir(list));) {
		if (*e->d_name == '.' || fstatat(dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (!o->files++ || is_older(st.st_mtim, o->when)) {
			o->when = st.st_mtim;
			memcpy(o->name, e->d_name, strlen(e->d_name) + 1);
		}
	}
}

/* Makes room for one more. */
static void
bound(int dir)
{
	struct oldest o = { 0 };

	find_oldest(dir, &o);
	if (o.files >= CACHE_MAX)
		unlinkat(dir, o.name, 0);	/* if not, the next one will try again */
}

int
cache_keep(int root, const struct sha256_sum *key, const struct sock_filter *code, size_t n)
{
	size_t len = n * sizeof(*code);
	struct head head = { .key = *key, .sum = sha256(code, len) };
	struct sha256_text name = sha256_text(key);
	autoclose int dir = make_dir(root);
	autostr text = { 0 };

	if (dir < 0)
		return dir;
	bound(dir);
	memcpy(head.magic, magic, sizeof(magic));
	str_addn(&text, (const char *)&head, sizeof(head));
	str_addn(&text, (const char *)code, len);
	/* Two at once write the same bytes; one that finds the other's half replaces it later. */
	return file_replace_at(dir, name.s, text.s, text.len, 0600);
}
