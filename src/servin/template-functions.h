/* Functions of templates. */
#ifndef SERVIN_TEMPLATE_FUNCTIONS_H
#define SERVIN_TEMPLATE_FUNCTIONS_H

#include "servin/value.h"

enum { TEMPLATE_ARGS = 16 };

struct function_call {
	size_t n;
	struct value arg[TEMPLATE_ARGS];
	char ***kept;		/* strings that results point to go here, see strv_push() */
};

struct function {
	const char *name;
	size_t min, max;
	/* 0, or -EINVAL with words. */
	int (*call)(struct function_call *c, struct value *result);
};

/* NULL if there is no such function. */
const struct function *function_find(const char *name);

/* "and, eq, ..." */
void function_add_names(struct str *out);

#endif
