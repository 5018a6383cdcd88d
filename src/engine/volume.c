#include "engine/volume.h"

#include "base/err.h"
#include "base/str.h"

#define NAME_MAX_LENGTH 128

int
volume_check_name(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_.-";
	size_t n = strspn(name, letters);

	if (!n || name[n] || strchr("_.-", *name))
		return fail(0, "\"%s\" is no name of a volume: letters, digits, \"_\", \".\" and "
			       "\"-\", a letter or digit first", name);
	return n > NAME_MAX_LENGTH ? fail(ENAMETOOLONG, "the name of a volume has %d characters at "
							"most", NAME_MAX_LENGTH) : 0;
}
