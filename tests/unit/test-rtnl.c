#include "unit.h"

#include "kernel/rtnl.h"

#include "base/file.h"

#include <linux/rtnetlink.h>
#include <sys/socket.h>

/* Where others would send to. */
static struct sockaddr_nl
address_of(int sock)
{
	struct sockaddr_nl a = { 0 };
	socklen_t len = sizeof(a);

	same(getsockname(sock, (struct sockaddr *)&a, &len), 0);
	return a;
}

/* Without a privilege we get EPERM, which proves nothing, but passes. */
TEST(only_the_kernel_answers)
{
	struct nlmsghdr ack = { .nlmsg_len = sizeof(ack), .nlmsg_type = NLMSG_NOOP };
	autoclose int sock = rtnl_open(), other = rtnl_open();
	struct sockaddr_nl to = address_of(sock);

	same(sock >= 0 && other >= 0, 1);
	same(to.nl_pid != 0, 1);
	same(sendto(other, &ack, sizeof(ack), 0, (struct sockaddr *)&to, sizeof(to)), -1);
	same(errno == ECONNREFUSED || errno == EPERM, 1);
}

TEST(the_kernel_does)
{
	autoclose int sock = rtnl_open();
	struct rtnl_link lo;

	same(rtnl_find(sock, "lo", &lo), 0);
	same(lo.is_loopback, 1);
}

/* What was asked before, and answered when nobody could take it. */
TEST(an_old_answer_is_not_taken)
{
	struct { struct nlmsghdr head; struct ifinfomsg link; } old = {
		.head = { .nlmsg_len = sizeof(old), .nlmsg_type = RTM_GETLINK,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
		.link = { .ifi_index = 1 },
	};
	autoclose int sock = rtnl_open();
	struct rtnl_link link;

	same(send(sock, &old, sizeof(old), 0), sizeof(old));
	same(rtnl_find(sock, "nothing0", &link), -ENODEV);
	same(link.index, 0);
}

TESTS(T(only_the_kernel_answers), T(the_kernel_does), T(an_old_answer_is_not_taken))
