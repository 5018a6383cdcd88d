#!/usr/bin/env bats
#
# linux.netDevices.  The host here is a network namespace of the test's own, in which the runtime
# runs; the machine's is never touched.

load helpers

setup()
{
	servin_setup
	needs_cmd ip nsenter unshare
	background unshare --net sleep 1000
	HOST=$background
	wait_until own_network
	machine_ocirun=$OCIRUN
	cat >"$BATS_TEST_TMPDIR/ocirun" <<-END
		#!/bin/sh
		exec nsenter --net=/proc/$HOST/ns/net "$OCIRUN" "\$@"
	END
	chmod +x "$BATS_TEST_TMPDIR/ocirun"
	OCIRUN=$BATS_TEST_TMPDIR/ocirun
	host ip link set lo up
	host ip link add card0 type veth peer name far0 2>/dev/null ||
		skip "needs a kernel with veth devices"
}

# That network is gone when teardown deletes what is left.
teardown()
{
	OCIRUN=$machine_ocirun
	servin_teardown
}

own_network()
{
	[[ $(readlink "/proc/$HOST/ns/net") != "$(readlink /proc/self/ns/net)" ]]
}

# host COMMAND...: in that namespace.
host()
{
	nsenter --net="/proc/$HOST/ns/net" "$@"
}

# inside COMMAND...: in the network namespace of the container.
inside()
{
	nsenter --net="/proc/$(pid_of "$ID")/ns/net" "$@"
}

devices()
{
	config ".linux.netDevices = $1"
}

# What the host says of the device: but for routes all that a failed create must bring back.
portrait()
{
	host ip -json address show card0 |
		jq -c '.[0] | [.ifindex, .ifname, .address, (.flags | index("UP") != null),
			[.addr_info[] | select(.scope == "global") | [.local, .prefixlen, .label]]]'
}

# refused WORDS: create fails, and all is as before.
refused()
{
	local before

	before=$(portrait)
	run_fail "$1" create --bundle "$BUNDLE" "$ID"
	run_fail "does not exist" state "$ID"
	same "$(portrait)" "$before"
}

# proves: linux.netDevices
@test "netDevices: a device moves in, keeps its name and is up" {
	devices '{ card0: {} }'
	running
	has "$(inside ip -json link show card0 | jq -c '.[0].flags')" '"UP"'
	run host ip link show card0
	[[ $status != 0 ]]
}

# proves: linux.netDevices.name
@test "netDevices: a device gets another name" {
	devices '{ card0: { name: "net_in" } }'
	container_ok 'ip link show net_in && ! ip link show card0'
}

# proves: linux.netDevices.name
@test "netDevices: an empty name is no name" {
	devices '{ card0: { name: "" } }'
	container_ok 'ip link show card0'
}

# proves: linux.netDevices.name
@test "netDevices: %d is filled in by the kernel" {
	host ip link add card1 type veth peer name far1
	host ip address add 192.0.2.9/24 dev card1
	devices '{ card0: { name: "net%d" }, card1: { name: "net%d" } }'
	container_ok 'ip link show net0 && ip address show net1'
	has "$output" "net0"
	has "$output" "192.0.2.9/24"
}

# proves: linux.netDevices
@test "netDevices: lasting addresses of global scope are kept, others are not" {
	host ip link set card0 up
	host ip link set far0 up
	host ip address add 192.0.2.1/24 broadcast 192.0.2.255 dev card0
	host ip address add 192.0.2.2/24 dev card0
	host ip address add 198.51.100.1 peer 198.51.100.2 dev card0
	host ip address add 169.254.7.7/16 scope link dev card0
	host ip address add 203.0.113.1/24 valid_lft 1000 preferred_lft 1000 dev card0
	host ip address add 2001:db8::1/64 nodad dev card0
	devices '{ card0: { name: "eth0" } }'
	running
	output=$(inside ip address show eth0)
	has "$output" "inet 192.0.2.1/24 brd 192.0.2.255 scope global eth0"
	has "$output" "inet 192.0.2.2/24 scope global secondary eth0"
	has "$output" "inet 198.51.100.1 peer 198.51.100.2/32 scope global eth0"
	has "$output" "inet6 2001:db8::1/64 scope global nodad"
	has_not "$output" 169.254.7.7
	has_not "$output" 203.0.113.1
}

# proves: linux.netDevices
@test "netDevices: a label is kept with the name, and gone with it" {
	host ip address add 192.0.2.1/24 label card0:one dev card0
	devices '{ card0: {} }'
	container_ok 'ip address show card0'
	has "$output" "card0:one"
	host ip link add card0 type veth peer name far2
	host ip address add 192.0.2.1/24 label card0:one dev card0
	devices '{ card0: { name: "eth0" } }'
	container_ok 'ip address show eth0'
	has "$output" "192.0.2.1/24"
	has_not "$output" "card0:one"
}

# proves: linux.netDevices
@test "netDevices: into a namespace that is joined by its path" {
	background unshare --net sleep 1000
	local joined=$background
	wait_until sh -c '[ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/self/ns/net)" ]' - "$joined"
	nsenter --net="/proc/$joined/ns/net" ip link add dull0 type veth peer name dull1
	config --arg p "/proc/$joined/ns/net" \
		'.linux.namespaces |= map(if .type == "network" then .path = $p else . end)'
	devices '{ card0: { name: "eth0" } }'
	container_ok 'ip link show eth0'
	# It belongs to the namespace: nobody takes it back.
	nsenter --net="/proc/$joined/ns/net" ip link show eth0
	devices '{ far0: { name: "dull0" } }'
	run_fail "linux.netDevices: far0: the container has a network device dull0 already" \
		create --bundle "$BUNDLE" "$ID"
	host ip link show far0
}

# proves: linux.netDevices
@test "netDevices: they are there for hooks and sysctls" {
	devices '{ card0: { name: "eth0" } }'
	cat >hook <<-END
		#!/bin/sh
		nsenter --net=/proc/\$(jq .pid)/ns/net ip link show eth0 >$BUNDLE/seen
	END
	chmod +x hook
	config --arg h "$BUNDLE/hook" '.hooks.createRuntime = [{ path: $h }]
		| .linux.sysctl["net.ipv4.conf.eth0.forwarding"] = "1"'
	container_ok 'cat /proc/sys/net/ipv4/conf/eth0/forwarding'
	same "$output" 1
	has "$(<seen)" eth0
}

# proves: linux.netDevices, §3.6
@test "netDevices: a create that fails brings them back as they were" {
	host ip link set card0 up
	host ip address add 192.0.2.1/24 label card0:one dev card0
	host ip address add 2001:db8::1/64 nodad dev card0
	devices '{ card0: { name: "eth0" } }'
	config '.hooks.createRuntime = [{ path: "/bin/false" }]'
	refused "createRuntime hook 0: /bin/false"
	has "$(portrait)" 192.0.2.1
	config 'del(.hooks) | .process.args = ["/nothing"]'
	refused "/nothing"
}

# proves: linux.netDevices, §3.6
@test "netDevices: one that is missing is an error, and the others stay" {
	devices '{ card0: {}, missing0: {} }'
	refused "linux.netDevices: missing0: the host has no network device of that name"
	same "$status" 1
}

# proves: linux.netDevices, §3.6
@test "netDevices: a name that is taken is an error" {
	devices '{ card0: { name: "lo" } }'
	refused "linux.netDevices: card0: the container has a network device lo already"
}

# proves: linux.netDevices
@test "netDevices: the loopback device stays" {
	devices '{ lo: { name: "lo1" } }'
	refused "linux.netDevices: lo: the loopback device cannot be moved"
}

# proves: linux.netDevices, §3.6
@test "netDevices: one that the kernel does not let go is an error" {
	host ip link add bridge0 type bridge 2>/dev/null || skip "needs a kernel with bridges"
	devices '{ card0: {}, bridge0: {} }'
	refused "linux.netDevices: bridge0: move it: "
}

# proves: linux.netDevices
@test "netDevices: names that are none" {
	local name

	for name in a/b 'a b' a:b .. sixteen-letters-1 'net%d'; do
		devices "$(jq -n --arg n "$name" '{ ($n): {} }')"
		refused "is no name of a network device"
	done
	for name in a/b 'a b' sixteen-letters-1 'net%s' '%d%d'; do
		devices "$(jq -n --arg n "$name" '{ card0: { name: $n } }')"
		refused '.linux.netDevices["card0"].name: is no name of a network device'
	done
	devices '{ card0: { name: "x" }, far0: { name: "x" } }'
	refused '.linux.netDevices["far0"].name: is the name of two devices'
}

# proves: linux.netDevices
@test "netDevices: the host's network is not for them" {
	devices '{ card0: {} }'
	config --arg p "/proc/$HOST/ns/net" \
		'.linux.namespaces |= map(if .type == "network" then .path = $p else . end)'
	refused ".linux.netDevices: needs a network namespace other than the host's"
	config '.linux.namespaces |= map(select(.type != "network"))'
	refused ".linux.netDevices: needs a network namespace other than the host's"
}
