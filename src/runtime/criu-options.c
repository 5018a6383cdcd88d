#include "runtime/criu-options.h"

#include "base/err.h"
#include "base/str.h"
#include "base/words.h"

#include <sched.h>

#define LOG_LEVEL 4	/* all of it: when it is needed, nobody can run it again */

int
criu_check_user(void)
{
	return geteuid() == 0 ? 0 : fail(EPERM, "criu needs to be run by root");
}

const char *
criu_images(const struct criu_opts *o)
{
	return has_text(o->images) ? o->images : "checkpoint";
}

/* The command line has looked at the words. */
static uint64_t
number_of(const struct word *table, const char *word, uint64_t usual)
{
	if (word)
		word_number(table, word, &usual);
	return usual;
}

void
criu_plan(struct criu_request *r, const struct criu *c, const struct criu_opts *o,
	  struct oci_pair *const *annotations)
{
	static const struct word modes[] = {
		{ "ignore", CRIU_CGROUP_IGNORE }, { "soft", CRIU_CGROUP_SOFT },
		{ "full", CRIU_CGROUP_FULL }, { "strict", CRIU_CGROUP_STRICT }, { 0 },
	};
	static const struct word locks[] = {
		{ "iptables", CRIU_LOCK_IPTABLES }, { "nftables", CRIU_LOCK_NFTABLES },
		{ "skip", CRIU_LOCK_SKIP }, { 0 },
	};
	static const struct word namespaces[] = { { "network", CLONE_NEWNET }, { 0 } };

	r->images = c->images;
	r->work = c->work;
	r->log_file = c->log_name;
	r->log_level = LOG_LEVEL;
	r->notify_scripts = true;
	r->orphan_pts_master = true;
	r->config_file = criu_config_file(annotations);
	r->cgroup_mode = (enum criu_cgroup_mode)number_of(modes, o->manage_cgroups,
							  CRIU_CGROUP_SOFT);
	r->network_lock = (int)number_of(locks, o->network_lock, CRIU_LOCK_DEFAULT);
	r->empty_ns = (int)number_of(namespaces, o->empty_ns, 0);
	r->tcp_established = o->tcp_established;
	r->ext_unix_sk = o->ext_unix_sk;
	r->shell_job = o->shell_job;
	r->file_locks = o->file_locks;
	r->link_remap = o->link_remap;
	r->auto_dedup = o->auto_dedup;
	r->lazy_pages = o->lazy_pages;
}
