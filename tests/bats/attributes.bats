#!/usr/bin/env bats
#
# What a process has from the kernel beside user, limits and capabilities: scheduler, I/O priority,
# CPUs, memory policy, personality.

load helpers
load attributes

# --- scheduler -------------------------------------------------------------------------

# proves: process.scheduler.policy, process.scheduler.nice
@test "scheduler: the policies of ordinary processes, and their nice values" {
	config '.process.scheduler = { policy: "SCHED_OTHER", nice: 7 }'
	probed
	has "$output" "policy 0 flags 0 nice 7 priority 0"
	config '.process.scheduler = { policy: "SCHED_BATCH", nice: -20 }'
	probed
	has "$output" "policy 3 flags 0 nice -20 priority 0"
	config '.process.scheduler = { policy: "SCHED_IDLE" }'
	probed
	has "$output" "policy 5 flags 0 nice 0"
	# Not set is 0, whatever the runtime has.
	config '.process.scheduler = { policy: "SCHED_OTHER" }'
	args probe attributes
	output=$(nice -n 5 "$OCIRUN" --root "$STATE" run --bundle "$BUNDLE" "$ID" 3>&-)
	has "$output" "nice 0 "
	config 'del(.process.scheduler)'
	output=$(nice -n 5 "$OCIRUN" --root "$STATE" run --bundle "$BUNDLE" "$ID" 3>&-)
	has "$output" "nice 5 "
}

# A cgroup of v1 may have no real-time time of its own.
needs_realtime()
{
	[[ $CGROUP_WORLD == v2 || ! -e /sys/fs/cgroup/cpu/cpu.rt_runtime_us ]] ||
		skip "needs a kernel without CONFIG_RT_GROUP_SCHED, or cgroup v2"
}

realtime_policies()
{
	config '.process.scheduler = { policy: "SCHED_FIFO", priority: 10 }'
	probed
	has "$output" "policy 1 flags 0 nice 0 priority 10"
	config '.process.scheduler = { policy: "SCHED_RR", priority: 99,
		flags: ["SCHED_FLAG_RESET_ON_FORK"] }'
	probed
	has "$output" "policy 2 flags 0x1 nice 0 priority 99"
}

# proves: process.scheduler.priority, process.scheduler.flags
@test "scheduler: real-time policies and their priorities" {
	v2 realtime_policies
}

# proves: process.scheduler.runtime, process.scheduler.deadline, process.scheduler.period
@test "scheduler: deadlines" {
	config '.process.scheduler = { policy: "SCHED_DEADLINE", runtime: 1000000,
		deadline: 2000000, period: 4000000, flags: ["SCHED_FLAG_RECLAIM", "SCHED_FLAG_DL_OVERRUN"] }'
	probed
	has "$output" "policy 6 flags 0x6 nice 0 priority 0"
	has "$output" "runtime 1000000 deadline 2000000 period 4000000"
	config '.process.scheduler = { policy: "SCHED_DEADLINE", runtime: 1000000, deadline: 2000000 }'
	probed
	has "$output" "runtime 1000000 deadline 2000000 period 2000000"
}

# proves: process.scheduler.flags
@test "scheduler: flags that keep what there is" {
	config '.process.scheduler = { policy: "SCHED_BATCH", nice: 4, flags: ["SCHED_FLAG_KEEP_POLICY"] }'
	probed
	has "$output" "policy 0 flags 0 nice 4"
	config '.process.scheduler.flags = ["SCHED_FLAG_KEEP_PARAMS"]'
	probed
	has "$output" "flags 0 nice 0"
}

# proves: process.scheduler.flags
@test "scheduler: a hook of the container under a deadline" {
	config '.process.scheduler = { policy: "SCHED_DEADLINE", runtime: 5000000, deadline: 10000000 }
		| .hooks.startContainer = [{ path: "/bin/true" }]'
	refused . .process.scheduler.flags "SCHED_DEADLINE and startContainer hooks need SCHED_FLAG_RESET_ON_FORK"
	config '.process.scheduler.flags = ["SCHED_FLAG_RESET_ON_FORK"]'
	probed
	has "$output" "policy 6 flags 0x1"
}

# proves: process.scheduler
@test "scheduler: for a user without privileges, and kept when it is executed" {
	config '.process.user = { uid: 1000, gid: 1000 } | .process.capabilities = {}
		| .process.noNewPrivileges = true
		| .process.scheduler = { policy: "SCHED_BATCH", nice: -5 }'
	probed
	has "$output" "policy 3 flags 0 nice -5"
	args sh -c 'probe attributes; nice -n -6 true || echo "may not go further"'
	run_ok run --bundle "$BUNDLE" "$ID"
	has "$output" "nice -5"
}

# proves: process.scheduler
@test "scheduler: of exec, the container's or that of the process file" {
	config '.process.scheduler = { policy: "SCHED_OTHER", nice: 3 }'
	running
	exec_probed
	has "$output" "policy 0 flags 0 nice 3"
	exec_probed --user 1000
	has "$output" "policy 0 flags 0 nice 3"
	process '.scheduler = { policy: "SCHED_BATCH", nice: -1 }'
	run_ok exec --process process.json "$ID"
	has "$output" "policy 3 flags 0 nice -1"
	process '.scheduler = { policy: "SCHED_BATCH", priority: 1 }'
	run_status 255 exec --process process.json "$ID"
	has "$output" ".scheduler.priority: is for SCHED_FIFO and SCHED_RR only"
}

# proves: process.scheduler
@test "scheduler: what makes no sense" {
	refused '.process.scheduler = { policy: "SCHED_ISO" }' .process.scheduler.policy \
		"is a policy that Linux does not have"
	refused '.process.scheduler = { policy: "SCHED_ODD" }' .process.scheduler.policy ""
	refused '.process.scheduler = { policy: "SCHED_OTHER", flags: ["SCHED_FLAG_ODD"] }' \
		'.process.scheduler.flags[0]' ""
	for nice in -21 20; do
		refused ".process.scheduler = { policy: \"SCHED_OTHER\", nice: $nice }" \
			.process.scheduler.nice "must be from -20 to 19"
	done
	refused '.process.scheduler = { policy: "SCHED_IDLE", nice: 1 }' .process.scheduler.nice \
		"is for SCHED_OTHER and SCHED_BATCH only"
	for priority in 0 100 -1; do
		refused ".process.scheduler = { policy: \"SCHED_FIFO\", priority: $priority }" \
			.process.scheduler.priority "must be from 1 to 99"
	done
	refused '.process.scheduler = { policy: "SCHED_OTHER", priority: 1 }' \
		.process.scheduler.priority "is for SCHED_FIFO and SCHED_RR only"
	for time in runtime deadline period; do
		refused ".process.scheduler = { policy: \"SCHED_RR\", priority: 1, $time: 1 }" \
			.process.scheduler.$time "is for SCHED_DEADLINE only"
	done
}

# proves: process.scheduler.deadline
@test "scheduler: deadlines that make no sense" {
	deadline()
	{
		refused ".process.scheduler = { policy: \"SCHED_DEADLINE\", $1 }" ".process.scheduler.$2" "$3"
	}
	deadline 'runtime: 1023, deadline: 2000000' runtime "must be 1024 ns or more"
	deadline 'runtime: 3000000, deadline: 2000000' deadline "must not be less than the runtime"
	deadline 'runtime: 1000000, deadline: 2000000, period: 1500000' period \
		"must not be less than the deadline"
	deadline 'runtime: 1000000, deadline: 9223372036854775808' deadline "must be below 2^63"
	failed '.process.scheduler = { policy: "SCHED_DEADLINE", runtime: 1024, deadline: 1025 }' \
		"scheduler: SCHED_DEADLINE: the kernel takes no such times"
}

# proves: process.scheduler.deadline
@test "scheduler: deadlines for which there is no time" {
	local n

	(($(nproc) <= 4)) || skip "needs at most 4 CPUs, for each takes a container"
	config '.process.scheduler = { policy: "SCHED_DEADLINE", runtime: 10000000, deadline: 10000000 }'
	args sleep 1000
	for ((n = 0; n < $(nproc); n++)); do
		new_id
		try run --detach --bundle "$BUNDLE" "$new_id"
		[[ $status == 0 ]] || break
	done
	[[ $status == 1 ]]
	has "$output" "scheduler: SCHED_DEADLINE: the CPUs have not so much time left"
	[[ ! -e $STATE/$new_id ]]
}

without_privilege()
{
	setpriv --bounding-set -sys_nice --inh-caps -sys_nice \
		"$OCIRUN" --root "$STATE" run --bundle "$BUNDLE" "$ID" 3>&- 2>&1
}

# proves: process.scheduler, process.ioPriority
@test "scheduler and ioPriority: what the runtime may not do, it says" {
	needs_cmd setpriv
	config '.process.scheduler = { policy: "SCHED_OTHER", nice: -1 }'
	run -1 without_privilege
	has "$output" "scheduler: SCHED_OTHER: needs CAP_SYS_NICE"
	nothing_made
}

no_realtime()
{
	failed '.process.scheduler = { policy: "SCHED_FIFO", priority: 1 }' \
		"scheduler: SCHED_FIFO: its cgroup has no real-time CPU time (cpu.rt_runtime_us)"
}

# proves: process.scheduler
@test "scheduler: a cgroup without real-time CPU time" {
	needs_world v1
	[[ -e /sys/fs/cgroup/cpu/cpu.rt_runtime_us ]] || skip "needs CONFIG_RT_GROUP_SCHED"
	no_realtime
}

# proves: process.scheduler.flags
@test "scheduler: flags that this kernel lacks" {
	[[ ! -e /proc/sys/kernel/sched_util_clamp_min ]] || skip "needs a kernel without CONFIG_UCLAMP_TASK"
	failed '.process.scheduler = { policy: "SCHED_OTHER", flags: ["SCHED_FLAG_UTIL_CLAMP_MIN"] }' \
		"this kernel has no utilization clamping"
}

# --- I/O priority ----------------------------------------------------------------------

# proves: process.ioPriority.class, process.ioPriority.priority
@test "ioPriority: each class, with its levels" {
	config '.process.ioPriority = { class: "IOPRIO_CLASS_BE", priority: 7 }'
	probed
	has "$output" "io class 2 level 7"
	config '.process.ioPriority = { class: "IOPRIO_CLASS_IDLE" }'
	probed
	has "$output" "io class 3 level 0"
	config '.process.ioPriority = { class: "IOPRIO_CLASS_RT", priority: 1 }
		| .process.user = { uid: 1000, gid: 1000 } | .process.capabilities = {}'
	probed
	has "$output" "io class 1 level 1"
}

# proves: process.ioPriority
@test "ioPriority: of exec; and what makes no sense" {
	config '.process.ioPriority = { class: "IOPRIO_CLASS_BE", priority: 6 }'
	running
	exec_probed
	has "$output" "io class 2 level 6"
	process '.ioPriority = { class: "IOPRIO_CLASS_BE", priority: 5 }'
	run_ok exec --process process.json "$ID"
	has "$output" "io class 2 level 5"
	process '.ioPriority = { class: "IOPRIO_CLASS_BE", priority: 8 }'
	run_status 255 exec --process process.json "$ID"
	has "$output" ".ioPriority.priority: must be from 0 to 7"
	run_ok delete --force "$ID"
	for priority in 8 -1; do
		refused ".process.ioPriority = { class: \"IOPRIO_CLASS_BE\", priority: $priority }" \
			.process.ioPriority.priority "must be from 0 to 7"
	done
	refused '.process.ioPriority = { class: "IOPRIO_CLASS_NONE" }' .process.ioPriority.class ""
}

# --- CPUs ------------------------------------------------------------------------------

needs_two_cpus()
{
	taskset -c 0,1 true 2>/dev/null || skip "needs CPUs 0 and 1"
}

# proves: process.execCPUAffinity.initial, process.execCPUAffinity.final
@test "execCPUAffinity: exec has the final ones, init none of them" {
	needs_two_cpus
	config '.process.execCPUAffinity = { initial: "0", final: "1" }'
	probed
	has "$output" "cpus 0,1"
	running
	exec_probed
	has "$output" $'cpus 1\n'
	process '.execCPUAffinity = { initial: "0", final: "0-1" }'
	run_ok exec --process process.json "$ID"
	has "$output" "cpus 0,1"
	process '.execCPUAffinity = { final: " 0 , 1 " }'
	run_ok exec --process process.json "$ID"
	has "$output" "cpus 0,1"
}

# The runtime itself, which stays as long as the command runs.
cpus_of_runtime()
{
	grep -q $'Cpus_allowed_list:\t0$' "/proc/$background/status"
}

# proves: process.execCPUAffinity.initial
@test "execCPUAffinity: the runtime has the initial ones, the command all again" {
	needs_two_cpus
	config '.process.execCPUAffinity = { initial: "0" }'
	running
	exec_probed
	has "$output" "cpus 0,1"
	background ocirun exec "$ID" sleep 1000
	wait_until cpus_of_runtime
	# What the runtime was left with by others, the command is not.
	output=$(taskset -c 0 "$OCIRUN" --root "$STATE" exec "$ID" probe attributes 3>&-)
	has "$output" "cpus 0,1"
}

# The final ones are counted from the container's cpuset, which the initial ones need not be in.
# proves: process.execCPUAffinity.final
@test "execCPUAffinity: within the cpuset of the container" {
	needs_two_cpus
	needs_controller cpuset
	config '.linux.resources.cpu.cpus = "1" | .process.execCPUAffinity = { initial: "0", final: "1" }'
	running
	exec_probed
	has "$output" $'cpus 1\n'
	process '.execCPUAffinity = { initial: "0" }'
	run_ok exec --process process.json "$ID"
	has "$output" $'cpus 1\n'
	process '.execCPUAffinity = { final: "0" }'
	run_status 255 exec --process process.json "$ID"
	has "$output" "execCPUAffinity.final: none of these CPUs is online and in the cpuset"
	process '.execCPUAffinity = { final: "0-1" }'
	run_status 255 exec --process process.json "$ID"
	has "$output" "execCPUAffinity.final: CPU 0 is not online, or outside of the cpuset"
}

# proves: linux.resources.cpu.cpus
@test "resources.cpu.cpus: all of them, whatever the runtime's caller may run on" {
	needs_two_cpus
	needs_controller cpuset
	config '.linux.resources.cpu.cpus = "0-1"'
	args sleep 1000
	taskset -c 1 "$OCIRUN" --root "$STATE" run --detach --bundle "$BUNDLE" "$ID" 3>&- >/dev/null
	grep -q $'Cpus_allowed_list:\t0-1$' "/proc/$(pid_of "$ID")/status"
	output=$(taskset -c 0 "$OCIRUN" --root "$STATE" exec "$ID" probe attributes 3>&-)
	has "$output" "cpus 0,1"
}

# proves: process.execCPUAffinity
@test "execCPUAffinity: lists that make no sense" {
	for list in , 0,,1 0- -1 0--1 "0 1" 99999 4294967296 " "; do
		refused ".process.execCPUAffinity = { initial: \"$list\" }" .process.execCPUAffinity.initial ""
		refused ".process.execCPUAffinity = { final: \"$list\" }" .process.execCPUAffinity.final ""
	done
	refused '.process.execCPUAffinity = { final: "all" }' .process.execCPUAffinity.final ""
	refused '.process.execCPUAffinity = { final: "3-1" }' .process.execCPUAffinity.final \
		"3-1: runs backwards"
	running
	process '.execCPUAffinity = { initial: "9999" }'
	run_status 255 exec --process process.json "$ID"
	has "$output" "execCPUAffinity.initial: none of these CPUs is online"
	process '.execCPUAffinity = { final: "0,9999" }'
	run_status 255 exec --process process.json "$ID"
	has "$output" "execCPUAffinity.final: CPU 9999 is not online, or outside of the cpuset"
}

# --- memory policy ---------------------------------------------------------------------

needs_numa()
{
	[[ -d /sys/devices/system/node/node0 ]] || skip "needs a kernel with CONFIG_NUMA"
}

# proves: linux.memoryPolicy.mode, linux.memoryPolicy.nodes
@test "memoryPolicy: modes and nodes, for init and exec" {
	needs_numa
	config '.linux.memoryPolicy = { mode: "MPOL_BIND", nodes: "0" }'
	probed
	has "$output" "memory-policy 0x2"
	has "$output" "memory-nodes 0"
	running
	exec_probed --user 1000
	has "$output" "memory-policy 0x2"
	has "$output" "memory-nodes 0"
	run_ok delete --force "$ID"
	while read -r mode nodes number; do
		config ".linux.memoryPolicy = { mode: \"$mode\" } + $nodes"
		probed
		has "$output" "memory-policy $number"
	done <<-'END'
		MPOL_DEFAULT {} 0
		MPOL_LOCAL {nodes:""} 0x4
		MPOL_PREFERRED {nodes:"0"} 0x1
		MPOL_INTERLEAVE {nodes:"0-0"} 0x3
		MPOL_PREFERRED_MANY {nodes:"0"} 0x5
	END
}

# proves: linux.memoryPolicy.mode
@test "memoryPolicy: a mode of later kernels" {
	needs_numa
	config '.linux.memoryPolicy = { mode: "MPOL_WEIGHTED_INTERLEAVE", nodes: "0" }'
	args probe attributes
	try run --bundle "$BUNDLE" "$ID"
	if [[ $status == 0 ]]; then
		has "$output" "memory-policy 0x6"
	else
		has "$output" "MPOL_WEIGHTED_INTERLEAVE: this kernel does not know the mode"
	fi
}

# proves: linux.memoryPolicy.flags
@test "memoryPolicy: flags" {
	needs_numa
	config '.linux.memoryPolicy = { mode: "MPOL_BIND", nodes: "0,5", flags: ["MPOL_F_STATIC_NODES"] }'
	probed
	has "$output" "memory-policy 0x8002"
	has "$output" "memory-nodes 0,5"
	config '.linux.memoryPolicy = { mode: "MPOL_INTERLEAVE", nodes: "0", flags: ["MPOL_F_RELATIVE_NODES"] }'
	probed
	has "$output" "memory-policy 0x4003"
	config '.linux.memoryPolicy = { mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_NUMA_BALANCING"] }'
	probed
	has "$output" "memory-policy 0x2002"
}

# proves: linux.memoryPolicy
@test "memoryPolicy: what makes no sense, or is not there" {
	policy()
	{
		refused ".linux.memoryPolicy = { $1 }" ".linux.memoryPolicy.$2" "$3"
	}
	policy 'nodes: "0"' mode "is missing"
	policy 'mode: "MPOL_ODD"' mode ""
	policy 'mode: "MPOL_BIND"' nodes "must be given for this mode"
	policy 'mode: "MPOL_LOCAL", nodes: "0"' nodes "must be empty for this mode"
	policy 'mode: "MPOL_BIND", nodes: "0-"' nodes ""
	policy 'mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_ODD"]' 'flags[0]' ""
	policy 'mode: "MPOL_LOCAL", flags: ["MPOL_F_STATIC_NODES"]' flags "are for a mode with nodes"
	policy 'mode: "MPOL_INTERLEAVE", nodes: "0", flags: ["MPOL_F_NUMA_BALANCING"]' flags \
		"MPOL_F_NUMA_BALANCING is for MPOL_BIND"
	policy 'mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_STATIC_NODES", "MPOL_F_RELATIVE_NODES"]' \
		flags "MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES exclude each other"
	needs_numa
	failed '.linux.memoryPolicy = { mode: "MPOL_BIND", nodes: "0,999" }' \
		"memoryPolicy: MPOL_BIND: node 999 is not there, or outside of the cpuset"
	failed '.linux.memoryPolicy = { mode: "MPOL_BIND", nodes: "63", flags: ["MPOL_F_STATIC_NODES"] }' \
		"memoryPolicy: MPOL_BIND: none of the nodes is there and in the cpuset"
}

# --- personality -----------------------------------------------------------------------

# proves: linux.personality.domain
@test "personality: a domain, for init and exec" {
	[[ $(uname -m) == x86_64 ]] || skip "needs x86_64, whose LINUX32 is i686"
	config '.linux.personality = { domain: "LINUX32" }'
	probed
	has "$output" "personality 8 machine i686"
	running
	exec_probed --user 1000
	has "$output" "personality 8 machine i686"
	run_ok delete --force "$ID"
	# What the runtime was given by its caller goes.
	needs_cmd setarch
	config '.linux.personality = { domain: "LINUX", flags: [] }'
	args probe attributes
	output=$(setarch -R -3 "$OCIRUN" --root "$STATE" run --bundle "$BUNDLE" "$ID" 3>&-)
	has "$output" "personality 0 machine x86_64"
}

# proves: linux.personality.domain, linux.personality.flags
@test "personality: what is not defined" {
	refused '.linux.personality = { domain: "BSD" }' .linux.personality.domain ""
	refused '.linux.personality = {}' .linux.personality.domain "is missing"
	refused '.linux.personality = { domain: "LINUX", flags: ["ADDR_NO_RANDOMIZE"] }' \
		'.linux.personality.flags[0]' "no flag is known"
}
