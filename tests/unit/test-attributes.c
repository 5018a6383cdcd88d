#include "unit.h"

#include "libocispec/choices.h"
#include "runtime/mount/label.h"

#include "base/str.h"
#include "kernel/ioprio.h"
#include "kernel/mempolicy.h"
#include "kernel/persona.h"
#include "kernel/sched.h"

#include <stdlib.h>

/* Every word that a configuration may have is one that the kernel's side knows. */
static void
covers(const struct word *table, const char *const *choices)
{
	uint64_t n;

	for (; *choices; choices++)
		if (!word_number(table, *choices, &n))
			same_words(*choices, "in the table");
}

TEST(words)
{
	uint64_t n;

	covers(sched_flag_words, oci_scheduler_flags);
	covers(ioprio_class_words, oci_io_priority_classes);
	covers(memory_policy_mode_words, oci_memory_policy_modes);
	covers(memory_policy_flag_words, oci_memory_policy_flags);
	covers(persona_words, oci_personality_domains);
	same(word_number(sched_policy_words, "SCHED_DEADLINE", &n), 1);
	same(n, 6);
	same(word_number(sched_policy_words, "SCHED_ISO", &n), 0);
	same(word_number(memory_policy_mode_words, "MPOL_LOCAL", &n), 1);
	same(n, 4);
}

static char label[] = "system_u:object_r:container_file_t:s0:c1,c2";
static char key[] = MOUNT_CONTEXT_ANNOTATION, value[] = "rootcontext";
static struct oci_pair pair = { key, value };
static struct oci_pair *annotations[] = { &pair, NULL };
static struct oci_linux labelled = { .mount_label = label };

static void
gives(const struct oci_spec *spec, const char *type, const char *wanted)
{
	char *option = mount_label_option(spec, type);

	same_words(option ? option : "none", wanted);
	free(option);
}

TEST(mount_label)
{
	struct oci_spec spec = { 0 };

	gives(&spec, "tmpfs", "none");
	spec.linux_ = &labelled;
	gives(&spec, "tmpfs", "context=system_u:object_r:container_file_t:s0:c1,c2");
	gives(&spec, "devpts", "context=system_u:object_r:container_file_t:s0:c1,c2");
	gives(&spec, "proc", "none");
	gives(&spec, "sysfs", "none");
	gives(&spec, "mqueue", "none");
	spec.annotations = annotations;
	gives(&spec, "tmpfs", "rootcontext=system_u:object_r:container_file_t:s0:c1,c2");
}

TEST(mount_context)
{
	struct oci_spec spec = { 0 };

	same(mount_context_is_known(&spec), 1);
	spec.annotations = annotations;
	same(mount_context_is_known(&spec), 1);
	value[0] = 'R';
	same(mount_context_is_known(&spec), 0);
}

TESTS(T(words), T(mount_label), T(mount_context))
