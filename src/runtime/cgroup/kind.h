/*
 * What differs between the kinds of host, as a table of functions, and what
 * the files of this folder share.  Nobody else includes this.
 */
#ifndef RUNTIME_CGROUP_KIND_H
#define RUNTIME_CGROUP_KIND_H

#include "kernel/bpfdev.h"
#include "kernel/cgroupfs.h"
#include "runtime/cgroup/cgroup.h"
#include "runtime/cgroup/props.h"

/* A cgroup while a function works on it. */
struct site {
	const struct cgroup *cg;
	const struct cgroupfs *fs;
	int root;		/* of the paths that kernel/cgroupfs.h wants */
	struct cgroup_journal *journal;	/* of what site_write() overwrites, or NULL */
	pid_t lodger;		/* who may be in a cgroup that is being made; 0: nobody */
};

int site_open(struct site *s, const struct cgroup *cg);

static inline void
site_done(struct site *s)
{
	close_at(&s->root);
}

#define autosite auto_(site_done) struct site

/* The path of the cgroup, or of a file in it, in a hierarchy; free() takes it. */
char *site_path(const struct site *s, const struct cgroupfs_hierarchy *h, const char *file);

/* Writes a file of the cgroup in a hierarchy. */
int site_write(const struct site *s, const struct cgroupfs_hierarchy *h, const char *file,
	       const char *value);

/* limit.c: cgroup_limit() with a journal.  update.c: notes what a file holds, unless it has. */
int limit_noting(const struct cgroup *cg, const struct oci_resources *r, struct cgroup_journal *j);
void journal_note(const struct site *s, const char *path);

struct cgroup_ops {
	const char *word;
	const struct knob *(*knob)(const struct prop *p);

	/* Makes the controllers usable in a cgroup that was just made; NULL: they are. */
	int (*enable)(const struct site *s);
	/* Gives a cgroup, new or old, what a process needs to join it; NULL: nothing. */
	int (*fill)(const struct site *s);

	int (*set_frozen)(const struct site *s, bool on);
	int (*await_frozen)(const struct site *s, bool on);
	int (*frozen)(const struct site *s);
	int (*kill)(const struct site *s);

	int (*limit_devices)(const struct site *s, const struct device_rule *rules, size_t n);
	/* Whether this kind can do what the rules say; NULL: always. */
	int (*check_devices)(const struct device_rule *rules, size_t n);
};

extern const struct cgroup_ops cgroup_v1, cgroup_v2, cgroup_none;
const struct cgroup_ops *ops_of(enum cgroup_kind kind);

/* How long a freezing may take. */
#define FREEZE_MS 2000

/* One configured rule, or what is wrong with it. */
int devices_rule(const struct oci_device_rule *from, struct device_rule *to);

/* The configured rules between "deny all" and the default devices; *rules is for free(). */
int devices_rules(const struct oci_resources *r, struct device_rule **rules, size_t *n);

/* Whether the rules forbid nothing, so that there is nothing to enforce. */
bool devices_allow_all(const struct device_rule *rules, size_t n);

/* v1 by the devices hierarchy: lines for devices.allow and devices.deny. */
struct device_list {
	bool allow;			/* what holds for devices without an exception */
	struct device_rule *exception;
	size_t n;
};
void device_list_done(struct device_list *l);
int device_list_make(struct device_list *l, const struct device_rule *rules, size_t n);
int device_list_write(const struct site *s, const struct cgroupfs_hierarchy *h,
		      const struct device_list *l);

/* Where a file of a controller is; NULL: this host has no such controller. */
const struct cgroupfs_hierarchy *site_hierarchy(const struct site *s, const char *controller);

/*
 * Puts into words what a kernel means that did not take a value: no
 * controller, no such feature, a bound from the cgroup above.  r is what the
 * write said; returns it, or another error with words.
 */
int refusal(const struct site *s, const struct knob *k, const char *file, const char *value, int r);

/*
 * The members in one hierarchy, with those of cgroups below, in ascending
 * order; a cgroup that is not there has none.
 */
int members_add(const struct site *s, const struct cgroupfs_hierarchy *h,
		struct cgroupfs_pids *pids);

/* Sends a signal to each member; returns how many got it. */
int members_signal(const struct site *s, int signal);

/* Waits until a member ends; without one for no more than a moment.  -ETIMEDOUT. */
int members_await_one(const struct site *s, const struct cgroupfs_hierarchy *h, int timeout_ms);

#endif
