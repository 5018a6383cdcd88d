#!/usr/bin/env bats
#
# What a process has from the kernel beside user, limits and capabilities: scheduler, I/O priority,
# CPUs, memory policy, personality, labels of AppArmor and SELinux.

load helpers

# probed: the container runs the probe, whose lines on attributes are then $output.
probed()
{
	[[ -x $PROBE ]] || skip "needs the probe"
	args probe attributes
	run_ok run --bundle "$BUNDLE" "$ID"
}

# exec_probed [OPTION...]: the same by exec in $ID.
exec_probed()
{
	[[ -x $PROBE ]] || skip "needs the probe"
	run_ok exec "$@" "$ID" probe attributes
}

# refused JQ PATH WORDS: such a configuration is an error before anything is made.
refused()
{
	cp config.json whole.json
	config "$1"
	run_status 1 create --bundle "$BUNDLE" "$ID"
	mv whole.json config.json
	has "$output" ": $2: $3"
	nothing_made
}

# failed JQ WORDS: one that the kernel refuses is undone.
failed()
{
	cp config.json whole.json
	config "$1"
	run_status 1 run --bundle "$BUNDLE" "$ID"
	mv whole.json config.json
	has "$output" "$2"
	nothing_made
}

nothing_made()
{
	same "$(find "$STATE" -mindepth 1)" ""
	same "$(cgroup_dirs "*$ID*")" ""
}

# process JQ: process.json for exec --process, the container's own process changed so.
process()
{
	jq ".process | .args = [\"probe\", \"attributes\"] | $1" "$BUNDLE/config.json" >process.json
}

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

# --- AppArmor --------------------------------------------------------------------------

apparmor_is_on()
{
	[[ $(cat /sys/module/apparmor/parameters/enabled 2>/dev/null) == Y ]]
}

# load_profile NAME RULE...: until the end of the test.
load_profile()
{
	local name=$1

	shift
	printf 'profile %s flags=(attach_disconnected) { file, capability, network, mount, pivot_root, ptrace, signal, umount, unix, %s }\n' \
		"$name" "$*" >"$BATS_TEST_TMPDIR/$name.profile"
	apparmor_parser -K -r "$BATS_TEST_TMPDIR/$name.profile"
}

needs_apparmor()
{
	apparmor_is_on || skip "needs a kernel with AppArmor enabled"
	needs_cmd apparmor_parser
	PROFILE=$TAG-profile
	load_profile "$PROFILE" 'deny /etc/passwd r,'
}

teardown()
{
	[[ -z ${PROFILE:-} ]] || apparmor_parser -K -R "$BATS_TEST_TMPDIR/$PROFILE.profile"
	servin_teardown
}

# proves: process.apparmorProfile
@test "apparmorProfile: of init, as root and as a user" {
	needs_apparmor
	config ".process.apparmorProfile = \"$PROFILE\""
	container_ok 'cat /proc/self/attr/current; cat /etc/passwd 2>&1 || cat /etc/group'
	has "$output" "$PROFILE (enforce)"
	has "$output" "'/etc/passwd': Permission denied"
	has "$output" "root:x:0:"
	config '.process.user = { uid: 1000, gid: 1000 } | .process.capabilities = {}
		| .process.noNewPrivileges = true'
	container_ok 'cat /proc/self/attr/current; cat /etc/passwd 2>&1 || true'
	has "$output" "$PROFILE (enforce)"
	has "$output" "'/etc/passwd': Permission denied"
}

# proves: process.apparmorProfile
@test "apparmorProfile: hooks of the host do not have it" {
	needs_apparmor
	config --arg out "$BATS_TEST_TMPDIR/hook" ".process.apparmorProfile = \"$PROFILE\"
		| .hooks.createContainer = [{ path: \"/bin/sh\",
			args: [\"sh\", \"-c\", \"cat /proc/self/attr/current >\" + \$out] }]"
	container_ok 'cat /proc/self/attr/current'
	has "$output" "$PROFILE (enforce)"
	same "$(<"$BATS_TEST_TMPDIR/hook")" unconfined
}

# proves: process.apparmorProfile
@test "apparmorProfile: of exec, by the configuration, the option and the process file" {
	needs_apparmor
	running
	show='cat /proc/self/attr/current'
	run_ok exec "$ID" sh -c "$show"
	same "$output" unconfined
	run_ok exec --apparmor "$PROFILE" "$ID" sh -c "$show"
	same "$output" "$PROFILE (enforce)"
	process ".args = [\"sh\", \"-c\", \"$show\"] | .apparmorProfile = \"$PROFILE\""
	run_ok exec --process process.json "$ID"
	same "$output" "$PROFILE (enforce)"
	run_ok delete --force "$ID"
	config ".process.apparmorProfile = \"$PROFILE\""
	running
	run_ok exec --user 1000 "$ID" sh -c "$show"
	same "$output" "$PROFILE (enforce)"
	run_ok exec --apparmor unconfined "$ID" sh -c "$show"
	same "$output" unconfined
}

# proves: process.apparmorProfile
@test "apparmorProfile: one that is not loaded" {
	apparmor_is_on || skip "needs a kernel with AppArmor enabled"
	failed '.process.apparmorProfile = "servin-no-such"' \
		'apparmorProfile: no AppArmor profile "servin-no-such" is loaded'
	running
	run_status 255 exec --apparmor servin-no-such "$ID" true
	has "$output" 'apparmorProfile: no AppArmor profile "servin-no-such" is loaded'
}

# proves: process.apparmorProfile
@test "apparmorProfile: a kernel without AppArmor" {
	! apparmor_is_on || skip "needs a kernel without AppArmor"
	refused '.process.apparmorProfile = "x"' .process.apparmorProfile "needs AppArmor, which this kernel"
	config '.process.apparmorProfile = "unconfined"'
	container_ok 'echo as it is anyway'
	config '.process.apparmorProfile = ""'
	running
	run_status 255 exec --apparmor x "$ID" true
	has "$output" ".apparmorProfile: needs AppArmor, which this kernel"
	run_ok exec --apparmor unconfined "$ID" true
}

# --- SELinux ---------------------------------------------------------------------------

selinux_is_on()
{
	[[ $(stat -f -c %t /sys/fs/selinux 2>/dev/null) == f97cff8c ]]
}

# proves: process.selinuxLabel, linux.mountLabel
@test "selinuxLabel and mountLabel: a kernel without SELinux" {
	! selinux_is_on || skip "needs a kernel without SELinux"
	refused '.process.selinuxLabel = "a:b:c:s0"' .process.selinuxLabel "needs SELinux, which this kernel"
	refused '.linux.mountLabel = "a:b:c:s0"' .linux.mountLabel "needs SELinux, which this kernel"
	config '.linux.mountLabel = "a:b:c:s0" | .annotations["run.oci.mount_context_type"] = "odd"'
	run_status 1 check "$BUNDLE"
	has "$output" '.annotations["run.oci.mount_context_type"]: must be context, fscontext, defcontext or rootcontext'
	config '.process.selinuxLabel = "" | .linux.mountLabel = ""'
	running
	run_status 255 exec --process-label a:b:c:s0 "$ID" true
	has "$output" ".selinuxLabel: needs SELinux, which this kernel"
}

# A label of the policy that is loaded here, for processes and for files.
needs_selinux()
{
	local type

	selinux_is_on || skip "needs a kernel with SELinux enabled, and a policy"
	for type in container_t svirt_lxc_net_t unconfined_t; do
		LABEL=system_u:system_r:$type:s0
		! printf %s "$LABEL" >/sys/fs/selinux/context || break
	done 2>/dev/null
	printf %s "$LABEL" >/sys/fs/selinux/context || skip "needs a policy with a type for containers"
	FILES=system_u:object_r:usr_t:s0
}

# proves: process.selinuxLabel
@test "selinuxLabel: of init, as root and as a user, and of its keyring" {
	needs_selinux
	config ".process.selinuxLabel = \"$LABEL\""
	container_ok 'cat /proc/self/attr/current; cat /proc/1/attr/exec'
	same "$output" "$LABEL"
	probed
	has "$output" "key-label $LABEL"
	config '.process.user = { uid: 1000, gid: 1000 } | .process.capabilities = {}
		| .process.noNewPrivileges = true'
	container_ok 'cat /proc/self/attr/current'
	same "$output" "$LABEL"
}

# proves: process.selinuxLabel
@test "selinuxLabel: of exec, by the configuration, the option and the process file" {
	needs_selinux
	running
	show='cat /proc/self/attr/current'
	run_ok exec "$ID" sh -c "$show"
	has_not "$output" "$LABEL"
	run_ok exec --process-label "$LABEL" "$ID" sh -c "$show"
	same "$output" "$LABEL"
	process ".args = [\"sh\", \"-c\", \"$show\"] | .selinuxLabel = \"$LABEL\""
	run_ok exec --process process.json "$ID"
	same "$output" "$LABEL"
	run_ok delete --force "$ID"
	config ".process.selinuxLabel = \"$LABEL\""
	running
	run_ok exec --user 1000 "$ID" sh -c "$show"
	same "$output" "$LABEL"
}

# proves: process.selinuxLabel
@test "selinuxLabel: hooks of the host do not have it; one that the policy lacks" {
	needs_selinux
	config --arg out "$BATS_TEST_TMPDIR/hook" ".process.selinuxLabel = \"$LABEL\"
		| .hooks.createContainer = [{ path: \"/bin/sh\",
			args: [\"sh\", \"-c\", \"cat /proc/self/attr/current >\" + \$out] }]"
	container_ok 'cat /proc/self/attr/current'
	same "$output" "$LABEL"
	has_not "$(tr -d '\0' <"$BATS_TEST_TMPDIR/hook")" "$LABEL"
	config 'del(.hooks)'
	failed '.process.selinuxLabel = "a:b:c:s0"' 'selinuxLabel: "a:b:c:s0" is no label of the loaded'
}

# label_of PATH: in the container, seen from outside.
label_of()
{
	stat -c %C "/proc/$(pid_of "$ID")/root$1"
}

# proves: linux.mountLabel
@test "mountLabel: of what is mounted new, and of nothing else" {
	needs_selinux
	config ".linux.mountLabel = \"$FILES\" | .linux.maskedPaths += [\"/proc/scsi\", \"/sys/firmware\"]
		| .mounts += [{ destination: \"/data\", type: \"tmpfs\", options: [\"mode=700\"] },
			{ destination: \"/own\", type: \"tmpfs\", options: [\"context=${FILES/usr/etc}\"] }]"
	running
	same "$(label_of /own)" "${FILES/usr/etc}"
	for path in /dev /dev/pts /dev/shm /dev/mqueue /data /sys/firmware; do
		same "$path $(label_of "$path")" "$path $FILES"
	done
	for path in /proc /sys /sys/fs/cgroup/cgroup.procs /; do
		has_not "$path $(label_of "$path")" "$FILES"
	done
}

# proves: linux.mountLabel
@test "mountLabel: the kind of context, by annotation" {
	needs_selinux
	config ".linux.mountLabel = \"$FILES\" | .annotations[\"run.oci.mount_context_type\"] = \"rootcontext\""
	container_ok 'mkdir /dev/shm/x; grep " /dev/shm " /proc/self/mountinfo'
	has_not "$output" ",context=$FILES"
	has "$output" "rootcontext=$FILES"
	refused '.annotations["run.oci.mount_context_type"] = "odd"' \
		'.annotations["run.oci.mount_context_type"]' "must be context, fscontext, defcontext or rootcontext"
	failed '.linux.mountLabel = "a:b:c:s0"' "a:b:c:s0"
}
