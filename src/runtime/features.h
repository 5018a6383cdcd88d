/* Where a switch of the features document is. */
#ifndef RUNTIME_FEATURES_H
#define RUNTIME_FEATURES_H

#include "libocispec/features.h"

struct feature_place {
	size_t part, sub, member;	/* sub is FEATURE_HERE if the member is in the part */
};

#define FEATURE_HERE ((size_t)-1)

#define feature_type_(x) __typeof__(*((struct oci_features_linux *)0)->x)
#define feature_at_(outer, m) \
	(offsetof(outer, m) + \
	 0 * sizeof(char[__builtin_types_compatible_p(__typeof__(((outer *)0)->m), \
						       struct oci_bool) ? 1 : -1]))

#define FEATURE(p, m) \
	{ offsetof(struct oci_features_linux, p), FEATURE_HERE, feature_at_(feature_type_(p), m) }
#define FEATURE_BELOW(p, q, m) \
	{ offsetof(struct oci_features_linux, p), offsetof(feature_type_(p), q), \
	  feature_at_(feature_type_(p->q), m) }

/* NULL if the document does not have the object that the switch is in. */
struct oci_bool *feature_find(const struct oci_features_linux *l, const struct feature_place *p);

#endif
