#include "unit.h"

#include "engine/usage.h"

static const char net_dev[] =
	"Inter-|   Receive                                                |  Transmit\n"
	" face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs\n"
	"    lo: 7000 70 0 0 0 0 0 0 7000 70 0 0 0 0 0 0\n"
	"  eth0: 1200 12 0 0 0 0 0 0 340 3 0 0 0 0 0 0\n"
	"eth1:18446744073709551000 5 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n";

TEST(net_dev)
{
	struct usage u = { 0 };

	usage_read_net_dev(net_dev, &u);
	same(u.received, 1200 + 18446744073709551000u);
	same(u.sent, 341);
	u = (struct usage){ 0 };
	usage_read_net_dev("", &u);
	usage_read_net_dev("eth0: none at all\n", &u);
	same(u.received, 0);
}

TEST(cpu_percent)
{
	const struct usage before = { .up = true, .at_ms = 1000, .cpu_ns = 500000000 };
	struct usage now = { .up = true, .at_ms = 3000, .cpu_ns = 1500000000 };
	struct usage idle = { 0 };

	same((int)usage_cpu_percent(&before, &now), 50);
	same((int)usage_cpu_percent(&idle, &now), 0);
	same((int)usage_cpu_percent(&before, &idle), 0);
	/* It was started anew meanwhile. */
	now.cpu_ns = 100;
	same((int)usage_cpu_percent(&before, &now), 0);
	now.at_ms = 1000;
	same((int)usage_cpu_percent(&before, &now), 0);
}

TESTS(T(net_dev), T(cpu_percent))
