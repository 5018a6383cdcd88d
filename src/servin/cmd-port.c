#include "servin/commands.h"
#include "servin/output.h"

#include "engine/container.h"

#include "base/err.h"
#include "base/parse.h"
#include "libocispec/document.h"

/* "80" or "80/udp"; -EINVAL with words. */
static int
check_port(const char *port)
{
	autofree char *digits = xstrndup(port, strcspn(port, "/"));
	const char *protocol = strchr(port, '/');
	uint64_t n;

	if (parse_uint(digits, 65535, &n) < 0 || n == 0)
		return fail(0, "%s: no port", port);
	if (protocol && !streq(protocol, "/tcp") && !streq(protocol, "/udp") &&
	    !streq(protocol, "/sctp"))
		return fail(0, "%s: neither tcp, udp nor sctp", port);
	return 0;
}

/* None of the networks that there are publishes a port: what is left to say is that. */
static int
port_run(const void *engine, const void *opts, char **args)
{
	struct container *c = NULL;
	int r = args[1] ? check_port(args[1]) : 0;

	(void)opts;
	if (r == 0)
		r = container_find(engine, args[0], &c);
	if (r == 0 && args[1])
		r = fail(0, "no public port \"%s\" published for %s", args[1], c->name);
	oci_free(&container_type, c);
	return r;
}

const struct command cmd_port = {
	.name = "port", .args = "CONTAINER [PORT[/PROTOCOL]]", .min = 1, .max = 2, .mixed = true,
	.aliases = (const char *const[]){ "container port", NULL },
	.summary = "list the ports of a container that are published",
	.text = "The networks none, host, container:NAME and ns:PATH publish none: a program in\n"
		"the network of the host is reached there as it is.",
	.run = port_run,
};
