#include "base/step.h"

#include "base/err.h"
#include "base/log.h"

static void
undo(const struct step *first, const struct step *failed, void *of)
{
	/* What an undo meets must not hide why it was needed. */
	autowords words = err_keep();

	for (const struct step *s = failed; s-- > first;) {
		if (!s->undo || (s->when && !s->when(of)))
			continue;
		debug("undo: %s", s->name);
		s->undo(of);
	}
}

int
steps_run(const struct step *steps, void *of)
{
	for (const struct step *s = steps; s->name; s++) {
		if (s->when && !s->when(of))
			continue;
		debug("%s", s->name);
		int r = s->run(of);
		if (r < 0) {
			undo(steps, s, of);
			return wrap(r, "%s", s->name);
		}
	}
	return 0;
}
