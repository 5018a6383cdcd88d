#!/usr/bin/env bats
#
# linux.intelRdt: what is wrong with it, and what a host without it says.  What it does to resctrl is
# tests/unit/test-intelrdt.c's: few machines have the hardware.

load helpers

needs_resctrl()
{
	[[ $(stat -f -c %t /sys/fs/resctrl 2>/dev/null) == 7655821 ]] ||
		skip "needs a mounted resctrl and a processor that has it"
}

# Nothing is left of a container that could not be created.
refused()
{
	run_fail "$1" create --bundle "$BUNDLE" "$ID"
	run_fail "does not exist" state "$ID"
}

# proves: linux.intelRdt
@test "intelRdt: a host without resctrl says so" {
	[[ ! -d /sys/fs/resctrl ]] || skip "needs a kernel without resctrl"
	config '.linux.intelRdt = { memBwSchema: "MB:0=50" }'
	refused "linux.intelRdt: this kernel or processor has no resctrl"
	same "$status" 1
}

# proves: linux.intelRdt.closID
@test "intelRdt: closID is one name" {
	local name

	for name in a/b .. . info mon_groups mon_data; do
		config --arg n "$name" '.linux.intelRdt = { closID: $n }'
		refused ".linux.intelRdt.closID: is no name of a class of resctrl"
	done
}

# proves: linux.intelRdt.schemata
@test "intelRdt: schemata are single lines of a resource" {
	config '.linux.intelRdt = { schemata: ["L3:0=f", "L3:0=f\nMB:0=10"] }'
	refused ".linux.intelRdt.schemata[1]: must be one line"
	config '.linux.intelRdt = { schemata: ["f"] }'
	refused ".linux.intelRdt.schemata[0]: must be a resource, a colon and its domains"
}

# proves: linux.intelRdt.l3CacheSchema
@test "intelRdt: l3CacheSchema is one line of a resource" {
	config '.linux.intelRdt = { l3CacheSchema: "L3:0=f\nL3:1=f" }'
	refused ".linux.intelRdt.l3CacheSchema: must be one line"
	config '.linux.intelRdt = { l3CacheSchema: "0=f" }'
	refused ".linux.intelRdt.l3CacheSchema: must be a resource, a colon and its domains"
}

# proves: linux.intelRdt.memBwSchema
@test "intelRdt: memBwSchema begins with MB:" {
	config '.linux.intelRdt = { memBwSchema: "L3:0=f" }'
	refused ".linux.intelRdt.memBwSchema: must be a line that begins with MB:"
}

# proves: linux.intelRdt.enableMonitoring
@test "intelRdt: enableMonitoring is true or false" {
	config '.linux.intelRdt = { enableMonitoring: "yes" }'
	refused ".linux.intelRdt.enableMonitoring: must be"
}

# proves: linux.intelRdt, linux.intelRdt.enableMonitoring, §3.19
@test "intelRdt: a class of its own, with a monitoring group, that goes with the container" {
	needs_resctrl
	config '.linux.intelRdt = { enableMonitoring: true }'
	running
	grep -qx "$(pid_of "$ID")" "/sys/fs/resctrl/$ID/tasks"
	grep -qx "$(pid_of "$ID")" "/sys/fs/resctrl/$ID/mon_groups/$ID/tasks"
	run_ok exec "$ID" true
	run_ok delete --force "$ID"
	[[ ! -e /sys/fs/resctrl/$ID ]]
}
