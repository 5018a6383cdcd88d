/* A template that is being carried out, and the values in its actions. */
#ifndef SERVIN_TEMPLATE_RUN_H
#define SERVIN_TEMPLATE_RUN_H

#include "servin/template-lexer.h"
#include "servin/template.h"
#include "servin/value.h"

enum { TEMPLATE_DEPTH = 32, TEMPLATE_VARIABLES = 32 };

struct variable {
	char name[32];
	struct value value;
};

struct run {
	const char *at;			/* where we are in the text */
	const struct template_data *data;
	struct value root, dot;
	struct variable variables[TEMPLATE_VARIABLES];
	size_t n_variables;
	struct str *out;
	char **kept;			/* strings that values point to */
	struct token token;		/* the next word of the action */
	int depth;
	bool live;			/* else it is only read */
};

/* Reads the next word into run->token; all here return 0, or -EINVAL with words. */
int run_next(struct run *run);
bool run_is_sign(const struct run *run, char sign);
bool run_is_word(const struct run *run, const char *word);

/* Commands with "|" between them; what ends them is in run->token then. */
int run_pipeline(struct run *run, struct value *v);

/* NULL if there is none. */
struct variable *run_find_variable(struct run *run, const char *name);
int run_set_variable(struct run *run, const char *name, const struct value *v);

#endif
