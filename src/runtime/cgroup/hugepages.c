/* Limits of huge pages, by the sizes that this kernel has. */
#include "runtime/cgroup/props.h"

#include "base/err.h"
#include "base/file.h"
#include "base/parse.h"
#include "base/strv.h"

#include <inttypes.h>

#define SIZES "/sys/kernel/mm/hugepages"

/* "2MB" of "hugepages-2048kB": named like the kernel's files of the cgroup. */
static char *
size_of_dir(const char *name)
{
	const char *number = str_after(name, "hugepages-");
	autofree char *digits = number ? xstrndup(number, strspn(number, "0123456789")) : NULL;
	uint64_t kb;

	if (!digits || parse_uint(digits, UINT64_MAX, &kb) < 0)
		return NULL;
	if (kb >= 1 << 20)
		return xasprintf("%" PRIu64 "GB", kb >> 20);
	if (kb >= 1 << 10)
		return xasprintf("%" PRIu64 "MB", kb >> 10);
	return xasprintf("%" PRIu64 "KB", kb);
}

char **
hugepage_sizes(void)
{
	autodir dir = opendir(SIZES);
	const struct dirent *d;
	char **sizes = NULL;

	while (dir && (d = readdir(dir))) {
		char *size = size_of_dir(d->d_name);

		if (size)
			strv_push(&sizes, size);
	}
	return sizes;
}

static int
check_size(const char *size)
{
	autostrv sizes = hugepage_sizes();
	autostr list = { 0 };

	if (strv_has(sizes, size))
		return 0;
	for (char **s = sizes; s && *s; s++)
		str_addf(&list, "%s%s", s == sizes ? "" : ", ", *s);
	return fail(0, "this kernel has no huge pages of %s, but of %s", size,
		    list.len ? list.s : "no size at all");
}

/* The first of two would be lost without a word. */
static int
check_once(const struct oci_resources *r, const struct oci_hugepage_limit *limit)
{
	for (struct oci_hugepage_limit **l = r->hugepage_limits; *l != limit; l++)
		if (streq((*l)->page_size, limit->page_size))
			return fail(0, "pageSize %s stands twice in the list", limit->page_size);
	return 0;
}

int
as_hugepages(struct str *out, const struct oci_resources *r, const void *item)
{
	const struct oci_hugepage_limit *limit = item;
	int e = check_size(limit->page_size);

	if (e == 0)
		e = check_once(r, limit);
	return e < 0 ? e : as_uint(out, r, &limit->limit);
}
