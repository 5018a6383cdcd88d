#include "engine/monitor/monitor.h"

#include "base/str.h"

#define DELAY_MS      100
#define DELAY_MAX_MS  60000
#define RAN_WELL_MS   10000

static bool
is_wanted(const struct monitor *m)
{
	const struct restart_policy *p = m->c->host->restart_policy;
	int64_t most;

	if (!p || !p->name || m->c->user_stopped.v)
		return false;
	if (streq(p->name, "always") || streq(p->name, "unless-stopped"))
		return true;
	most = p->maximum_retry_count.v;
	return streq(p->name, "on-failure") && m->status.exit_code.v != 0 &&
	       (most == 0 || (int64_t)m->status.restart_count.v < most);
}

/* Twice as long each time, unless it ran for a while. */
int64_t
restart_delay(struct monitor *m, int64_t ran_ms)
{
	if (!is_wanted(m))
		return -1;
	if (ran_ms >= RAN_WELL_MS || !m->delay)
		m->delay = DELAY_MS;
	else
		m->delay = 2 * m->delay < DELAY_MAX_MS ? 2 * m->delay : DELAY_MAX_MS;
	return m->delay;
}
