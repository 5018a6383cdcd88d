#include "engine/commit.h"

#include "engine/changes.h"
#include "engine/container.h"
#include "engine/events.h"
#include "engine/image.h"
#include "engine/image-change.h"
#include "engine/platform.h"
#include "engine/store.h"
#include "engine/tar.h"

#include "libocispec/document.h"

#include "base/err.h"
#include "base/str.h"

#include <fcntl.h>
#include <signal.h>

struct committing {
	const struct engine *e;
	const struct container *c;
	const struct commit_request *req;
	struct image base;
	bool has_base;
	struct store_temp temp;
	int layer;			/* the tar */
	struct oci_image config;
};

static void
committing_done(struct committing *m)
{
	close_at(&m->layer);
	store_temp_done(&m->temp);
	oci_done(&oci_image_type, &m->config);
	image_done(&m->base);
}

/* --- the layer ------------------------------------------------------------------------------ */

/* An fd of what makes the layer. */
static int
open_source(struct committing *m)
{
	autowords words = err_keep();
	int upper = container_upper(m->e, m->c);

	if (upper < 0 && upper != -ENOTSUP)
		return upper;
	m->has_base = upper >= 0 && m->c->manifest &&
		      image_find(m->e, m->c->manifest, &m->base) == 0;
	if (m->has_base)
		return upper;
	close_at(&upper);
	return container_root_alone(m->e, m->c);
}

static int
pack_layer(struct committing *m)
{
	autoclose int source = open_source(m);
	int r = source < 0 ? source : store_temp_dir(m->e, &m->temp);

	if (r < 0)
		return r;
	m->layer = openat(m->temp.fd, "tar", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (m->layer < 0)
		return fail(errno, "create a layer");
	r = tar_pack(&(struct tar_packing){ .dir = source, .overlay = m->has_base,
					    .rootless = m->e->rootless, .out = m->layer });
	if (r == 0 && lseek(m->layer, 0, SEEK_SET) < 0)
		r = fail(errno, "lseek");
	return r;
}

/* 1: it is paused now, and was not; 0: it needs no pause, or goes on. */
static int
pause_it(struct committing *m, struct committed *made)
{
	struct status *now;
	int r = m->req->pause == COMMIT_RUNNING ? 0 : container_status(m->e, m->c, &now);

	if (r < 0 || m->req->pause == COMMIT_RUNNING)
		return r;
	if (streq(now->status, "running"))
		r = container_pause(m->e, m->c) < 0 ? -EBUSY : 1;
	oci_free(&status_type, now);
	if (r < 0 && m->req->pause == COMMIT_MAY_PAUSE) {
		made->went_on = true;
		return 0;
	}
	return hint(r, "--pause=false leaves it running");
}

static int
pack_layer_paused(struct committing *m, struct committed *made)
{
	int paused = pause_it(m, made), r = paused < 0 ? paused : pack_layer(m);

	if (paused > 0) {
		autofree char *words = r < 0 ? xstrdup(err_words()) : NULL;
		int unpaused = container_unpause(m->e, m->c);

		r = r < 0 ? fail_plain(-r, "%s", words) : unpaused;
	}
	return r;
}

/* Whoever ends us ends the packing, and we only when the container goes on. */
static int
pack_layer_whatever_comes(struct committing *m, struct committed *made)
{
	static const int ends[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
	sigset_t set, before;
	int r;

	sigemptyset(&set);
	for (size_t i = 0; i < countof(ends); i++)
		sigaddset(&set, ends[i]);
	sigprocmask(SIG_BLOCK, &set, &before);
	r = pack_layer_paused(m, made);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return r;
}

/* --- the configuration ------------------------------------------------------------------------ */

static int
set_platform(struct committing *m)
{
	const struct oci_image *base = m->has_base ? m->base.config : NULL;
	struct platform_words p = { 0 };
	int r = base ? 0 : platform_words(NULL, &p);

	if (base) {
		const struct oci_image same = {
			.architecture = base->architecture, .variant = base->variant,
			.os = base->os, .os_version = base->os_version,
			.os_features = base->os_features,
		};
		oci_merge(&oci_image_type, &m->config, &same);
	} else {
		m->config.os = p.os;
		m->config.architecture = p.architecture;
		m->config.variant = p.variant;
	}
	return r;
}

static int
make_config(struct committing *m)
{
	const struct container_config *c = m->c->config;
	const struct oci_image_execution run = {
		.user = c->user, .exposed_ports = c->exposed_ports, .env = c->env,
		.entrypoint = c->entrypoint, .cmd = c->cmd, .volumes = c->volumes,
		.working_dir = c->working_dir, .labels = c->labels, .stop_signal = c->stop_signal,
		.healthcheck = c->healthcheck,
	};
	char *const *change = m->req->changes;
	int r = set_platform(m);

	m->config.config = oci_copy(&oci_image_execution_type, &run);
	if (m->req->author)
		m->config.author = xstrdup(m->req->author);
	for (; r == 0 && change && *change; change++)
		r = image_change(&m->config.config, *change);
	return r;
}

/* The command, as the history has it. */
static char *
command_of(const struct container *c)
{
	autostr out = { 0 };

	str_add(&out, c->path ? c->path : "");
	for (char **a = c->args; a && *a; a++)
		str_addf(&out, " %s", *a);
	return str_take(&out);
}

static int
commit(struct committing *m, char **id)
{
	autofree char *command = command_of(m->c), *digest = NULL;
	const struct oci_image_history history = {
		.author = (char *)(uintptr_t)m->req->author, .created_by = command,
		.comment = (char *)(uintptr_t)m->req->message,
	};
	auto_(image_done) struct image made = { 0 };
	int r = image_commit(m->e, &(struct image_commit){
		.base = m->has_base ? &m->base : NULL, .layer = m->layer, .config = &m->config,
		.history = &history, .whole_name = m->req->whole_name }, &digest);

	if (r == 0)
		r = image_find(m->e, digest, &made);
	if (r < 0)
		return r;
	*id = xstrdup(made.id);
	event_add(m->e, "container", "commit", m->c->id, "name", m->c->name, "imageID", made.id,
		  "comment", m->req->message ? m->req->message : "", NULL);
	return 0;
}

int
container_commit(const struct engine *e, const struct container *c,
		 const struct commit_request *req, struct committed *made)
{
	auto_(committing_done) struct committing m = {
		.e = e, .c = c, .req = req, .temp = STORE_TEMP_NONE, .layer = -EBADF,
	};
	int r = pack_layer_whatever_comes(&m, made);

	if (r == 0)
		r = make_config(&m);
	return r < 0 ? r : commit(&m, &made->id);
}
