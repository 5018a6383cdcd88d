#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154
#
# Pods and containers by containerd's CRI plugin, as kubelet asks for them.

load cri

setup_file()
{
	start_cri
}

teardown_file()
{
	end_containerd
}

# --- a pod's life -----------------------------------------------------------------------------

# bats test_tags=short
@test "version and status: runtime and network are ready" {
	call Version
	same "$(field runtime_name) $(field runtime_api_version)" "containerd v1"
	call Status
	same "$(grep -c 'status: true' <<<"$answer")" 2
	has "$answer" '"RuntimeReady"'
	has "$answer" '"NetworkReady"'
}

# bats test_tags=short
@test "a pod's life, by the default handler" {
	run_pod
	same "$(pod_state)" SANDBOX_READY
	call ListPodSandbox
	has "$answer" "$pod"
	create sleep 1000
	of_container ContainerStatus
	same "$(field state)" ""		# which is 0: created
	of_container StartContainer
	of_container ContainerStatus
	same "$(field state)" CONTAINER_RUNNING
	(($(field started_at) >= $(field created_at)))
	call ListContainers
	has "$answer" "$container"
	has "$answer" "$pod"
	of_container StopContainer
	of_container ContainerStatus
	same "$(field state) $(field exit_code)" "CONTAINER_EXITED 137"
	of_container RemoveContainer
	refused "not found" ContainerStatus "container_id: \"$container\""
	call StopPodSandbox "pod_sandbox_id: \"$pod\""
	same "$(pod_state)" SANDBOX_NOTREADY
	call RemovePodSandbox "pod_sandbox_id: \"$pod\""
	refused "not found" PodSandboxStatus "pod_sandbox_id: \"$pod\""
	nothing_left
}

@test "a runtime class: the handler by its name" {
	run_pod ocirun
	call PodSandboxStatus "pod_sandbox_id: \"$pod\""
	same "$(field runtime_handler)" ocirun
	once 0 echo hello
	same "$output" hello
}

@test "a runtime class whose handler nobody has" {
	refused 'no runtime for "nosuch"' RunPodSandbox \
		"config { $(pod_config) } runtime_handler: \"nosuch\""
}

@test "a pod is removed with the containers that run in it" {
	run_pod
	start sleep 1000
	first=$pid
	start sleep 1000
	call RemovePodSandbox "pod_sandbox_id: \"$pod\""
	gone "$first"
	gone "$pid"
	gone "$pod_pid"
	wait_until nothing_left
}

# bats test_tags=short
@test "a container's exit status, and what it writes" {
	run_pod
	once 7 sh -c 'echo out; echo err >&2; exit 7'
	same "$(sort <<<"$output")" $'err\nout'
	has "$(cut -d' ' -f2-3 "$BATS_TEST_TMPDIR/logs/$container_count.log")" "stderr F"
	same "$(field reason)" Error
	once 0 true
	same "$(field reason)" Completed
}

# bats test_tags=short
@test "a command that cannot be executed is a StartError, in words that engines know" {
	run_pod
	create nosuch
	refused 'exec: "nosuch": executable file not found in $PATH' StartContainer \
		"container_id: \"$container\""
	of_container ContainerStatus
	same "$(field state) $(field reason) $(field exit_code)" "CONTAINER_EXITED StartError 128"
	has "$(field message)" 'exec: "nosuch": executable file not found in $PATH'
	create /etc/passwd
	refused 'exec: "/etc/passwd": permission denied' StartContainer \
		"container_id: \"$container\""
}

@test "a container without a terminal reads what it is given: nothing" {
	run_pod
	once 0 cat
	same "$output" ""
}

@test "a container with a terminal" {
	run_pod
	CONFIG="tty: true" once 0 sh -c 'tty; cd /proc/self/fd; echo *'
	same "$(tr -d '\r' <<<"$output")" $'/dev/pts/0\n0 1 2 3'
}

@test "no descriptor of the shim comes in" {
	run_pod
	start sh -c 'cd /proc/self/fd; echo *; sleep 1000'
	wait_until grep -q "0 1 2 3$" "$BATS_TEST_TMPDIR/logs/$container_count.log"
	inside 0 sh -c 'cd /proc/self/fd; echo *'
	same "$output" "0 1 2 3"
}

# --- stop -------------------------------------------------------------------------------------

# bats test_tags=short
@test "stop: who listens ends as he likes, who does not is killed" {
	run_pod
	start sh -c 'trap "exit 5" TERM; echo ready; while :; do sleep 0.01; done'
	wait_until grep -q ready "$BATS_TEST_TMPDIR/logs/$container_count.log"
	of_container StopContainer "timeout: 20"
	of_container ContainerStatus
	same "$(field exit_code)" 5
	start sh -c 'trap "" TERM; while :; do sleep 0.01; done'
	of_container StopContainer "timeout: 1"
	of_container ContainerStatus
	same "$(field exit_code)" 137
	of_container StopContainer "timeout: 1"
}

@test "a container's end takes all of it, also in a pid namespace that is the pod's" {
	PID=POD
	run_pod
	start sh -c 'sleep 3003 & exit 0'
	wait_until has_state EXITED
	of_container RemoveContainer
	same "$(grep -l -a -x -z 3003 /proc/[0-9]*/cmdline)" ""
	same "$(pod_state)" SANDBOX_READY
}

@test "containerd starts anew: pods and containers live, and obey" {
	run_pod
	start sleep 1000
	end_containerd
	alive "$pid"
	daemon containerd containerd
	wait_until has_state RUNNING
	inside 0 echo hello
	same "$output" hello
	of_container StopContainer
	of_container ContainerStatus
	same "$(field exit_code)" 137
}

# --- more processes ---------------------------------------------------------------------------

# bats test_tags=short
@test "exec: both outputs, exit status" {
	run_pod
	start sleep 1000
	inside 0 echo hello
	same "$output" hello
	inside 9 sh -c 'echo "out
"; echo err >&2; exit 9'
	same "$(field stdout)" out
	same "$(field stderr)" err
	inside 137 sh -c 'kill -KILL $$'
}

@test "exec: a command that cannot be executed" {
	run_pod
	start sleep 1000
	refused 'exec: "nosuch": executable file not found in $PATH' ExecSync \
		"container_id: \"$container\" cmd: \"nosuch\""
	refused 'exec: "/etc/passwd": permission denied' ExecSync \
		"container_id: \"$container\" cmd: \"/etc/passwd\""
}

@test "exec: what takes longer than it may is ended" {
	run_pod
	start sleep 1000
	refused "timeout 1s exceeded" ExecSync \
		"container_id: \"$container\" cmd: \"sleep\" cmd: \"2000\" timeout: 1"
	same "$grpc_status" 4
	same "$(grep -l -a -x -z 2000 /proc/[0-9]*/cmdline)" ""
	has_state RUNNING
}

@test "exec into a container that has ended" {
	run_pod
	once 0 true
	refused "" ExecSync "container_id: \"$container\" cmd: \"true\""
	has "$grpc_message" CONTAINER_EXITED
}

# stream URL: what comes from it by a web socket; the channels' numbers are in front of the words.
stream()
{
	timeout -k 1 "$COMMAND_LIMIT" curl -sS --http1.1 -N \
		-H 'Connection: Upgrade' -H 'Upgrade: websocket' \
		-H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Protocol: v4.channel.k8s.io' \
		-H "Sec-WebSocket-Key: $(head -c 16 /dev/zero | base64)" "$1" 2>&1 3>&- |
		tr -d '\0\r'
}

@test "exec by a stream, with a terminal and without" {
	run_pod
	start sleep 1000
	of_container Exec 'cmd: "sh" cmd: "-c" cmd: "tty; echo $((6 * 7))" tty: true stdin: true
		stdout: true'
	output=$(stream "$(field url)")
	has "$output" /dev/pts/
	has "$output" 42
	has "$output" '"status":"Success"'
	of_container Exec 'cmd: "sh" cmd: "-c" cmd: "echo words; exit 3" stdout: true stderr: true'
	output=$(stream "$(field url)")
	has "$output" words
	has "$output" '"reason":"ExitCode","message":"3"'
}

# --- what a container gets --------------------------------------------------------------------

@test "environment and directory" {
	run_pod
	CONFIG='envs { key: "A" value: "two words" } working_dir: "/tmp"' \
		once 0 sh -c 'echo "$A,$PWD"'
	same "$output" "two words,/tmp"
}

@test "mounts of the node" {
	local src=$BATS_TEST_TMPDIR/src

	mkdir "$src"
	echo words >"$src/file"
	run_pod
	CONFIG="mounts { host_path: \"$src\" container_path: \"/ro\" readonly: true }
		mounts { host_path: \"$src\" container_path: \"/deep/rw\" }" \
		once 1 sh -c 'cat /ro/file; echo more >/deep/rw/new; touch /ro/new'
	has "$output" words
	has "$output" "Read-only file system"
	same "$(<"$src/new")" more
}

@test "mounts that propagate to the container, and from it" {
	local src=$BATS_TEST_TMPDIR/src

	mkdir "$src"
	mount -t tmpfs src "$src"
	mount --make-rshared "$src"
	mkdir "$src"/{in,out}
	run_pod
	CONFIG="mounts { host_path: \"$src\" container_path: \"/shared\"
		propagation: PROPAGATION_BIDIRECTIONAL }" \
		SECURITY='capabilities { add_capabilities: "SYS_ADMIN" }' start sleep 1000
	mount -t tmpfs in "$src/in"
	inside 0 sh -c 'grep " /shared/in " /proc/mounts && mount -t tmpfs out /shared/out'
	grep " $src/out " /proc/self/mounts
	of_container StopContainer
	umount -R "$src"
}

@test "devices of the node" {
	run_pod
	CONFIG='devices {
		host_path: "/dev/net/tun" container_path: "/dev/mine" permissions: "rw"
	}' \
		once 0 stat -c '%t:%T' /dev/mine
	same "$output" a:c8
}

@test "host name, resolver and sysctls of the pod" {
	POD='hostname: "box" dns_config { servers: "192.0.2.1" searches: "example.org" }'
	POD_LINUX='sysctls { key: "kernel.shm_rmid_forced" value: "1" }'
	NETWORK=POD
	run_pod
	once 0 sh -c 'hostname; cat /etc/resolv.conf /proc/sys/kernel/shm_rmid_forced'
	same "$output" $'box\nsearch example.org\nnameserver 192.0.2.1\n1'
}

@test "user and groups" {
	run_pod
	SECURITY='run_as_user { value: 1000 } run_as_group { value: 7 } supplemental_groups: 8' \
		once 0 sh -c 'id -u; id -g; id -G; touch /etc/x 2>/dev/null || echo refused'
	same "$output" $'1000\n7\n7 8\nrefused'
	SECURITY='run_as_username: "user"' start sleep 1000
	inside 0 id -un
	same "$output" user
}

@test "capabilities, and no new privileges" {
	run_pod
	SECURITY='capabilities { add_capabilities: "SYS_ADMIN" drop_capabilities: "CHOWN" }' \
		once 0 sh -c 'grep CapEff /proc/self/status; grep NoNewPrivs /proc/self/status'
	same "$output" $'CapEff:\t00000000a82425fa\nNoNewPrivs:\t0'
	SECURITY='capabilities { drop_capabilities: "ALL" } no_new_privs: true' \
		once 0 sh -c 'grep CapBnd /proc/self/status; grep NoNewPrivs /proc/self/status'
	same "$output" $'CapBnd:\t0000000000000000\nNoNewPrivs:\t1'
}

# bats test_tags=short
@test "privileged: capabilities, devices, and all of /proc" {
	POD_SECURITY="privileged: true"
	run_pod
	SECURITY="privileged: true" once 0 sh -c 'grep CapEff /proc/self/status
		grep -c " /proc/" /proc/mounts; grep Seccomp: /proc/self/status; ls /dev'
	has "$output" "$(grep CapBnd /proc/self/status | sed s/Bnd/Eff/)"$'\n0\nSeccomp:\t0'
	has "$output" loop-control
}

@test "a root that is read-only" {
	run_pod
	SECURITY="readonly_rootfs: true" once 1 touch /file
	has "$output" "Read-only file system"
}

# bats test_tags=short
@test "seccomp: the runtime's default, none, and a profile of the node" {
	echo '{ "defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
		{ "names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 95 }
	] }' >"$BATS_TEST_TMPDIR/profile.json"
	run_pod
	SECURITY="seccomp { profile_type: RuntimeDefault }" once 0 grep Seccomp: /proc/self/status
	same "$output" $'Seccomp:\t2'
	SECURITY="seccomp { profile_type: Unconfined }" once 0 grep Seccomp: /proc/self/status
	same "$output" $'Seccomp:\t0'
	SECURITY="seccomp {
		profile_type: Localhost localhost_ref: \"$BATS_TEST_TMPDIR/profile.json\"
	}" \
		once 1 mkdir /tmp/x
	has "$output" "Operation not supported"
}

@test "paths that are masked or read-only" {
	run_pod
	SECURITY='masked_paths: "/etc/passwd" masked_paths: "/home" masked_paths: "/no/such"
		readonly_paths: "/etc"' \
		once 1 sh -c 'cat /etc/passwd; ls /home; touch /etc/new'
	same "$output" "touch: /etc/new: Read-only file system"
}

# --- namespaces -------------------------------------------------------------------------------

# bats test_tags=short
@test "process namespaces: a container's own, the pod's, the node's, another container's" {
	run_pod
	start sleep 1000
	inside 0 cat /proc/1/comm
	same "$output" sleep
	target=$pid
	PID=TARGET TARGET_ID=$container start sleep 2000
	same "$(readlink "/proc/$pid/ns/pid")" "$(readlink "/proc/$target/ns/pid")"
	[[ $(readlink "/proc/$pid/ns/pid") != "$(readlink "/proc/$pod_pid/ns/pid")" ]]
	of_container StopContainer
	alive "$target"
}

@test "process namespaces: the pod's" {
	PID=POD
	run_pod
	start sleep 1000
	same "$(readlink "/proc/$pid/ns/pid")" "$(readlink "/proc/$pod_pid/ns/pid")"
	inside 0 sh -c 'tr "\0" " " </proc/1/cmdline'
	same "$output" "/bin/sleep 1000000 "
}

@test "process namespaces: the node's" {
	PID=NODE
	run_pod
	start sleep 1000
	same "$(readlink "/proc/$pid/ns/pid")" "$(readlink /proc/self/ns/pid)"
	of_container StopContainer
	gone "$pid"
}

# bats test_tags=short
@test "a network of the pod: its containers share it, others reach it" {
	NETWORK=POD
	run_pod
	call PodSandboxStatus "pod_sandbox_id: \"$pod\""
	ip=$(field ip)
	has "$ip" 10.98.0.
	start sh -c 'echo words >/tmp/index.html; exec httpd -f -p 8080 -h /tmp'
	same "$(readlink "/proc/$pid/ns/net")" "$(readlink "/proc/$pod_pid/ns/net")"
	wait_until curl -sf "http://$ip:8080/"
	same "$(curl -s "http://$ip:8080/")" words
	once 0 wget -q -O - http://127.0.0.1:8080/
	same "$output" words
	name=$name-2
	run_pod
	once 0 wget -q -O - "http://$ip:8080/"
	same "$output" words
}

# --- resources --------------------------------------------------------------------------------

# bats test_tags=short
@test "resources: given, and changed while it runs" {
	run_pod
	RESOURCES="memory_limit_in_bytes: 67108864
		cpu_period: 100000 cpu_quota: 50000 cpu_shares: 512" \
		start sleep 1000
	has "$(cat "/proc/$pid/cgroup")" "/pods/$container"
	same "$(limit memory memory.limit_in_bytes memory.max)" 67108864
	same "$(limit cpu cpu.cfs_quota_us cpu.max)" "$(in_world 50000 "50000 100000")"
	of_container UpdateContainerResources \
		"linux { memory_limit_in_bytes: 134217728 cpu_period: 100000 cpu_quota: 20000 }"
	same "$(limit memory memory.limit_in_bytes memory.max)" 134217728
	same "$(limit cpu cpu.cfs_quota_us cpu.max)" "$(in_world 20000 "20000 100000")"
	[[ $CGROUP_WORLD == v2 ]] || same "$(limit cpu cpu.shares)" 512
}

@test "resources: changed before it runs" {
	run_pod
	create sleep 1000
	of_container UpdateContainerResources "linux { memory_limit_in_bytes: 134217728 }"
	of_container StartContainer
	same "$(limit memory memory.limit_in_bytes memory.max)" 134217728
}

@test "the score of who is to die first" {
	run_pod
	RESOURCES="oom_score_adj: 500" once 0 cat /proc/self/oom_score_adj
	same "$output" 500
}

@test "out of memory is the reason that is told" {
	needs_controller memory
	run_pod
	RESOURCES="memory_limit_in_bytes: 33554432" once 137 dd if=/dev/zero of=/dev/null bs=100M
	wait_until has_reason OOMKilled
}

has_reason()
{
	of_container ContainerStatus && [[ $(field reason) == "$1" ]]
}

@test "statistics" {
	run_pod
	start sh -c 'while :; do :; done'
	wait_until has_statistics
}

# has_statistics: of time and of memory.
has_statistics()
{
	of_container ContainerStats
	(($(grep -c "value: [1-9]" <<<"$answer") == 2))
}

@test "many at once" {
	local n

	for n in {1..4}; do
		(
			name=$name-$n
			BATS_TEST_TMPDIR=$BATS_TEST_TMPDIR/$n
			mkdir "$BATS_TEST_TMPDIR"
			run_pod
			once "$n" sh -c "exit $n"
		) 3>&- &
		pids[n]=$!
	done
	for n in {1..4}; do wait "${pids[n]}"; done
}

# --- by the tool of administrators ------------------------------------------------------------

@test "crictl: a pod and a container by its files" {
	needs_cmd crictl
	export CONTAINER_RUNTIME_ENDPOINT=unix:///run/containerd/containerd.sock
	jq -n --arg name "$name" --arg dir "$BATS_TEST_TMPDIR/logs" \
		--arg parent "/$PARENT_CGROUP" '{
		metadata: { name: $name, uid: $name, namespace: "tests", attempt: 0 },
		log_directory: $dir,
		linux: {
			cgroup_parent: $parent,
			security_context: { namespace_options: { network: 2, pid: 1 } },
		},
	}' >"$BATS_TEST_TMPDIR/pod.json"
	jq -n --arg image "$IMAGE" '{
		metadata: { name: "c" }, image: { image: $image }, log_path: "c.log",
		command: ["sh", "-c", "echo started; exec sleep 1000"],
		linux: { security_context: { namespace_options: { network: 2, pid: 1 } } },
	}' >"$BATS_TEST_TMPDIR/container.json"
	ok crictl runp --runtime ocirun "$BATS_TEST_TMPDIR/pod.json"
	pod=$output
	ok crictl create "$pod" "$BATS_TEST_TMPDIR/container.json" "$BATS_TEST_TMPDIR/pod.json"
	container=$output
	ok crictl start "$container"
	ok crictl exec --sync "$container" echo hello
	same "$output" hello
	ok crictl exec "$container" echo streamed
	same "$output" streamed
	fails "command terminated with exit code 7" crictl exec "$container" sh -c 'exit 7'
	ok crictl logs "$container"
	same "$output" started
	ok crictl update --memory 134217728 "$container"
	ID=$container
	same "$(limit memory memory.limit_in_bytes memory.max)" 134217728
	ok crictl stats "$container"
	ok crictl stop "$container"
	ok crictl rm "$container"
	ok crictl stopp "$pod"
	ok crictl rmp "$pod"
}
