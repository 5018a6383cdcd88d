/* The words of a template's actions. */
#ifndef SERVIN_TEMPLATE_LEXER_H
#define SERVIN_TEMPLATE_LEXER_H

#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>

enum token_kind {
	TOKEN_CLOSE,		/* }} */
	TOKEN_FIELD,		/* .Name; text is Name, "" for . alone */
	TOKEN_VARIABLE,		/* $name; text is name, "" for $ alone */
	TOKEN_WORD,		/* json, if, true */
	TOKEN_STRING,
	TOKEN_NUMBER,
	TOKEN_ASSIGN,		/* := or = */
	TOKEN_SIGN,		/* ( ) | , */
};

struct token {
	enum token_kind kind;
	char text[256];		/* what is longer is refused */
	int64_t number;
	char sign;
	const char *end;	/* what stands behind it */
	bool blank_before;
};

/* Reads the word at a place inside of an action.  0, or -EINVAL with words. */
int token_read(const char *at, struct token *t);

#endif
