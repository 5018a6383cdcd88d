#include "base/wire.h"

#include "base/err.h"

/* The low three bits of what stands before a value. */
enum { VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5 };

static void
add_varint(struct str *out, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		str_addc(out, (char)(v | 0x80));
	str_addc(out, (char)v);
}

void
wire_add_number(struct str *out, unsigned field, uint64_t v)
{
	add_varint(out, (uint64_t)field << 3 | VARINT);
	add_varint(out, v);
}

void
wire_add_bytes(struct str *out, unsigned field, const void *bytes, size_t n)
{
	add_varint(out, (uint64_t)field << 3 | BYTES);
	add_varint(out, n);
	str_addn(out, bytes, n);
}

void
wire_add_string(struct str *out, unsigned field, const char *s)
{
	wire_add_bytes(out, field, s, strlen(s));
}

static int
bad(const char *why)
{
	return fail(EBADMSG, "a message that is %s", why);
}

static int
take_varint(struct wire *w, uint64_t *v)
{
	*v = 0;
	for (unsigned shift = 0; shift < 64; shift += 7) {
		if (!w->left)
			return bad("cut short");
		unsigned char byte = (unsigned char)*w->at++;
		w->left--;
		*v |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return 0;
	}
	return bad("no message: a number is too long");
}

static int
take_bytes(struct wire *w, uint64_t n, struct wire *bytes)
{
	if (n > w->left)
		return bad("cut short");
	*bytes = (struct wire){ w->at, (size_t)n };
	w->at += n;
	w->left -= (size_t)n;
	return 0;
}

int
wire_next(struct wire *w, struct wire_field *f)
{
	uint64_t tag, n = 0;
	struct wire skipped;

	*f = (struct wire_field){ 0 };
	if (!w->left)
		return 0;
	int r = take_varint(w, &tag);
	if (r < 0)
		return r;
	if (tag >> 3 == 0 || tag >> 3 > UINT32_MAX >> 3)
		return bad("no message: a field has no number");
	f->field = (unsigned)(tag >> 3);
	switch (tag & 7) {
	case VARINT:
		r = take_varint(w, &f->number);
		break;
	case BYTES:
		r = take_varint(w, &n);
		if (r == 0)
			r = take_bytes(w, n, &f->bytes);
		break;
	case FIXED64:
		r = take_bytes(w, 8, &skipped);
		break;
	case FIXED32:
		r = take_bytes(w, 4, &skipped);
		break;
	default:
		r = bad("no message: a field has no type");
	}
	return r < 0 ? r : 1;
}

char *
wire_string(const struct wire *bytes)
{
	return xstrndup(bytes->at ? bytes->at : "", bytes->left);
}
