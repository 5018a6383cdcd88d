#include "kernel/rtnl.h"

#include "base/err.h"
#include "base/mem.h"
#include "kernel/ns.h"

#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <sys/socket.h>

/* The kernel fills no datagram of a dump further than 32 KiB. */
#define ANSWER_MAX 32768

/* How far to look for an index that is free in the other namespace. */
#define INDEX_TRIES 4096

/* With room for what we ever put behind the header. */
struct request {
	struct nlmsghdr head;
	union {
		struct ifinfomsg link;
		struct ifaddrmsg address;
		char room[1024];
	};
};

int
rtnl_open(void)
{
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	int on = 1;
	autoclose int sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (sock < 0)
		return fail(errno, "netlink socket");
	/* The kernel's words for an error, and no copy of our request before them. */
	if (setsockopt(sock, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)) < 0 ||
	    setsockopt(sock, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on)) < 0 ||
	    setsockopt(sock, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on)) < 0)
		return fail(errno, "netlink options");
	/* To the kernel: else who has CAP_NET_ADMIN in that network could answer in its place. */
	if (connect(sock, (const struct sockaddr *)&kernel, sizeof(kernel)) < 0)
		return fail(errno, "connect to netlink");
	return take_fd(sock);
}

int
rtnl_open_in(int ns)
{
	autoclose int own = ns_open("/proc/self/ns/net", CLONE_NEWNET);
	int r = own < 0 ? own : ns_join(ns, CLONE_NEWNET);

	if (r < 0)
		return r;
	autoclose int sock = rtnl_open();
	int error = sock;
	/* Else whatever we did from now on, hooks for one, would happen to the container's. */
	if (ns_join(own, CLONE_NEWNET) < 0)
		abort();
	return error < 0 ? error : take_fd(sock);
}

/* Numbered, for the answer to one whose answer could not be received comes before the next. */
static struct request
request(int type, int flags, size_t len)
{
	static uint32_t number;

	return (struct request){ .head = {
		.nlmsg_len = (uint32_t)NLMSG_LENGTH(len), .nlmsg_type = (uint16_t)type,
		.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags), .nlmsg_seq = ++number,
	} };
}

static int
add(struct request *r, int type, const void *data, size_t len)
{
	size_t at = NLMSG_ALIGN(r->head.nlmsg_len);
	struct rtattr head = {
		.rta_len = (uint16_t)RTA_LENGTH(len), .rta_type = (uint16_t)type,
	};

	if (at + RTA_SPACE(len) > sizeof(*r))
		return fail(E2BIG, "a netlink request");
	memcpy((char *)r + at, &head, sizeof(head));
	memcpy((char *)r + at + RTA_LENGTH(0), data, len);
	r->head.nlmsg_len = (uint32_t)(at + RTA_SPACE(len));
	return 0;
}

/* The attribute of that type in a list of them, or NULL. */
static const struct rtattr *
find(const struct rtattr *a, size_t len, int type)
{
	for (int left = (int)len; RTA_OK(a, left); a = RTA_NEXT(a, left))
		if (a->rta_type == type)
			return a;
	return NULL;
}

static int
fail_told(const struct nlmsghdr *h)
{
	const struct nlmsgerr *e = NLMSG_DATA(h);
	size_t front = NLMSG_LENGTH(sizeof(*e));
	const struct rtattr *said = NULL;

	if (h->nlmsg_len < front)
		return fail(EPROTO, "a short answer of netlink");
	if (h->nlmsg_flags & NLM_F_ACK_TLVS)
		said = find((const void *)((const char *)h + front), h->nlmsg_len - front,
			    NLMSGERR_ATTR_MSG);
	if (!said)
		return fail(-e->error, "netlink");
	return fail(-e->error, "%.*s", (int)RTA_PAYLOAD(said), (const char *)RTA_DATA(said));
}

/* A dump that ends early says so at its end. */
static int
fail_done(const struct nlmsghdr *h)
{
	int code = h->nlmsg_len < NLMSG_LENGTH(sizeof(int)) ? 0 : *(const int *)NLMSG_DATA(h);

	return code < 0 ? fail(-code, "netlink") : 0;
}

/* What is told of each message of an answer; a negative result ends it. */
typedef int (*told)(void *arg, const struct nlmsghdr *h);

/* The message at that place of an answer, or NULL at its end; *at moves on. */
static const struct nlmsghdr *
next(const char *answer, size_t len, size_t *at)
{
	const struct nlmsghdr *h = (const void *)(answer + *at);

	if (*at + sizeof(*h) > len || h->nlmsg_len < sizeof(*h) || h->nlmsg_len > len - *at)
		return NULL;
	*at += NLMSG_ALIGN(h->nlmsg_len);
	return h;
}

/* To the request of that number; 1 if there is more to come. */
static int
take_answer(uint32_t number, const char *answer, size_t len, told tell, void *arg)
{
	const struct nlmsghdr *h;
	size_t at = 0;
	int r = 0;

	while (r == 0 && (h = next(answer, len, &at))) {
		if (h->nlmsg_seq != number)
			continue;
		if (h->nlmsg_type == NLMSG_ERROR) {
			const struct nlmsgerr *e = NLMSG_DATA(h);

			return e->error ? fail_told(h) : 0;
		}
		if (h->nlmsg_type == NLMSG_DONE)
			return fail_done(h);
		r = tell ? tell(arg, h) : 0;
	}
	return r < 0 ? r : 1;
}

static int
ask(int sock, const struct request *r, told tell, void *arg)
{
	autofree char *answer = xcalloc(1, ANSWER_MAX);
	ssize_t n;
	int more = 1;

	if (send(sock, r, r->head.nlmsg_len, 0) < 0)
		return fail(errno, "send to netlink");
	while (more > 0) {
		n = recv(sock, answer, ANSWER_MAX, MSG_TRUNC);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(errno, "receive from netlink");
		if (n > ANSWER_MAX)
			return fail(EMSGSIZE, "an answer of netlink");
		more = take_answer(r->head.nlmsg_seq, answer, (size_t)n, tell, arg);
	}
	return more;
}

static int
told_link(void *arg, const struct nlmsghdr *h)
{
	const struct ifinfomsg *is = NLMSG_DATA(h);

	if (h->nlmsg_type == RTM_NEWLINK && h->nlmsg_len >= NLMSG_LENGTH(sizeof(*is)))
		*(struct rtnl_link *)arg = (struct rtnl_link){
			.index = is->ifi_index, .is_up = is->ifi_flags & IFF_UP,
			.is_loopback = is->ifi_flags & IFF_LOOPBACK,
		};
	return 0;
}

int
rtnl_find(int sock, const char *name, struct rtnl_link *link)
{
	struct request req = request(RTM_GETLINK, NLM_F_ACK, sizeof(struct ifinfomsg));

	*link = (struct rtnl_link){ 0 };
	int r = add(&req, IFLA_IFNAME, name, strlen(name) + 1);
	return r < 0 ? r : ask(sock, &req, told_link, link);
}

static int
move_to(int sock, int index, const struct rtnl_place *to)
{
	struct request req = request(RTM_NEWLINK, NLM_F_ACK, sizeof(struct ifinfomsg));

	req.link.ifi_index = index;
	int r = add(&req, IFLA_NET_NS_FD, &to->ns, sizeof(to->ns));
	if (r == 0)
		r = add(&req, IFLA_IFNAME, to->name, strlen(to->name) + 1);
	if (r == 0)
		r = add(&req, IFLA_NEW_IFINDEX, &to->index, sizeof(to->index));
	return r < 0 ? r : ask(sock, &req, NULL, NULL);
}

int
rtnl_move(int sock, int index, struct rtnl_place *to)
{
	int r = move_to(sock, index, to);

	/* We name the index, for a name that the kernel makes up could not be asked for. */
	for (int i = 0; r == -EBUSY && i < INDEX_TRIES; i++) {
		to->index++;
		r = move_to(sock, index, to);
	}
	return r;
}

int
rtnl_set_up(int sock, int index)
{
	struct request req = request(RTM_NEWLINK, NLM_F_ACK, sizeof(struct ifinfomsg));

	req.link.ifi_index = index;
	req.link.ifi_flags = req.link.ifi_change = IFF_UP;
	return ask(sock, &req, NULL, NULL);
}

struct lister {
	int index;
	struct rtnl_addresses *list;
};

static int
told_address(void *arg, const struct nlmsghdr *h)
{
	struct lister *l = arg;
	struct rtnl_addresses *list = l->list;
	const struct ifaddrmsg *is = NLMSG_DATA(h);

	if (h->nlmsg_type != RTM_NEWADDR || h->nlmsg_len < NLMSG_LENGTH(sizeof(*is)) ||
	    (int)is->ifa_index != l->index)
		return 0;
	list->at = xrealloc(list->at, list->n + 1, sizeof(*list->at));
	list->at[list->n++] = (struct rtnl_address){
		.is_lasting = is->ifa_flags & IFA_F_PERMANENT && is->ifa_scope == RT_SCOPE_UNIVERSE,
		.message = xmemdup(is, NLMSG_PAYLOAD(h, 0)), .len = NLMSG_PAYLOAD(h, 0),
	};
	return 0;
}

int
rtnl_addresses(int sock, int index, struct rtnl_addresses *list)
{
	struct request req = request(RTM_GETADDR, NLM_F_DUMP, sizeof(struct ifaddrmsg));
	struct lister l = { index, list };

	*list = (struct rtnl_addresses){ 0 };
	req.address.ifa_index = (uint32_t)index;
	return ask(sock, &req, told_address, &l);
}

void
rtnl_addresses_done(struct rtnl_addresses *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->at[i].message);
	free(list->at);
	*list = (struct rtnl_addresses){ 0 };
}

int
rtnl_add_address(int sock, int index, const struct rtnl_address *a, enum rtnl_label label)
{
	struct request req = request(RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE,
				     sizeof(struct ifaddrmsg));
	const struct ifaddrmsg *is = a->message;
	const struct rtattr *at = IFA_RTA(is);
	int r = 0, left = (int)(a->len - NLMSG_ALIGN(sizeof(*is)));

	req.address = *is;
	req.address.ifa_index = (uint32_t)index;
	for (; r == 0 && RTA_OK(at, left); at = RTA_NEXT(at, left))
		if (at->rta_type != IFA_LABEL || label == RTNL_KEEP_LABEL)
			r = add(&req, at->rta_type, RTA_DATA(at), RTA_PAYLOAD(at));
	return r < 0 ? r : ask(sock, &req, NULL, NULL);
}
