#!/usr/bin/env bats
#
# exec: one more process.

load helpers

# process JQ: a process object in ./process.json, changed by the expression.
process()
{
	jq -n '{ user: { uid: 0, gid: 0 }, cwd: "/", env: ["PATH=/bin", "A=b"], args: ["true"] }' |
		jq "$@" >process.json
}

@test "status and streams are the command's" {
	running
	run_status 7 exec "$ID" sh -c 'echo out; echo err >&2; exit 7'
	same "$output" $'out\nerr'
	same "$(echo hello | ocirun exec "$ID" cat)" hello
	run_status 137 exec "$ID" sh -c 'kill -9 $$'
	run_status 143 exec "$ID" sh -c 'kill $$'
}

# bats test_tags=guest
@test "it is in the container: namespaces, root, cgroup" {
	running
	local pid init

	init=$(pid_of "$ID")
	run_ok exec --detach --pid-file pid "$ID" sleep 1001
	pid=$(<pid)
	for ns in cgroup ipc mnt net pid uts; do
		same "$(readlink "/proc/$pid/ns/$ns")" "$(readlink "/proc/$init/ns/$ns")"
	done
	same "$(stat -L -c %d:%i "/proc/$pid/root")" "$(stat -L -c %d:%i "/proc/$init/root")"
	same "$(cgroups_of "$pid")" "$(cgroups_of "$init")"
	same "$(tr '\0' ' ' <"/proc/$pid/cmdline")" "sleep 1001 "
}

@test "in a created container" {
	run_ok create --bundle "$BUNDLE" "$ID"
	run_ok exec "$ID" sh -c 'echo in; tr "\0" " " </proc/1/comm'
	has "$output" "in"
	same "$(status_of "$ID")" created
}

@test "in a stopped container" {
	args true
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	wait_until has_status "$ID" stopped
	run_status 255 exec "$ID" true
	same "$output" "ocirun: exec $ID: cannot exec in a stopped container"
}

@test "commands that cannot be run: 255, the words engines look for, no pid file" {
	running
	run_status 255 exec --pid-file "$BUNDLE/pid" "$ID" nosuch
	has "$output" 'exec: "nosuch": executable file not found in $PATH'
	run_status 255 exec --pid-file "$BUNDLE/pid" "$ID" /etc/passwd
	has "$output" 'exec: "/etc/passwd": permission denied'
	run_status 255 exec --pid-file "$BUNDLE/pid" "$ID" /etc
	has "$output" 'exec: "/etc": is a directory'
	run_status 255 exec --pid-file "$BUNDLE/pid" --cwd /nosuch "$ID" true
	has "$output" 'chdir to cwd ("/nosuch"): no such file or directory'
	printf 'no program\n' >rootfs/bin/garbage
	chmod +x rootfs/bin/garbage
	run_status 255 exec --detach --pid-file "$BUNDLE/pid" "$ID" garbage
	has "$output" 'exec format error'
	[[ ! -e pid ]]
	same "$(ocirun ps -f json "$ID" | jq length)" 1
}

@test "the surroundings are those of the configuration" {
	config '.process.cwd = "/tmp" | .process.env = ["PATH=/bin", "A=config"]
		| .process.user = { uid: 1000, gid: 1001, additionalGids: [5, 6], umask: 63 }'
	running
	run_ok exec "$ID" sh -c 'pwd; echo $A; id -u; id -G; umask; echo $HOME'
	same "$output" $'/tmp\nconfig\n1000\n1001 5 6\n0077\n/home/user'
}

@test "options for the surroundings" {
	config '.process.env = ["PATH=/bin", "A=config", "B=kept"]'
	running
	run_ok exec --cwd /etc -e A=new -e C=d=e "$ID" sh -c 'pwd; echo $A $B $C'
	same "$output" $'/etc\nnew kept d=e'
	run_ok exec --user 1000 "$ID" sh -c 'id -u; id -g; echo $HOME'
	same "$output" $'1000\n0\n/home/user'
	run_ok exec -u 1000:1001 -g 7 -g 8 "$ID" sh -c 'id -u; id -G'
	same "$output" $'1000\n1001 7 8'
	for user in x 1000:x -1 4294967295 1000: :5 "" 1000:5:6; do
		run_status 255 exec --user="$user" "$ID" true
		has "$output" "user $user"
	done
}

@test "no_new_privs, capabilities" {
	config 'del(.process.noNewPrivileges) | .process.capabilities = {}'
	running
	run_ok exec "$ID" grep -E 'NoNewPrivs|CapEff|CapBnd' /proc/self/status
	same "$output" $'CapEff:\t0000000000000000\nCapBnd:\t0000000000000000\nNoNewPrivs:\t0'
	run_ok exec --no-new-privs --cap CAP_KILL --cap net_raw "$ID" \
		grep -E 'NoNewPrivs|CapEff|CapInh|CapAmb' /proc/self/status
	same "$output" $'CapInh:\t0000000000000000\nCapEff:\t0000000000002020\nCapAmb:\t0000000000000000\nNoNewPrivs:\t1'
	run_status 255 exec --cap CAP_FOO "$ID" true
	has "$output" 'unknown capability "CAP_FOO"'
}

@test "options end at the container" {
	running
	run_ok exec "$ID" echo -t --user x -- y
	same "$output" "-t --user x -- y"
}

@test "a process object from a file" {
	running
	process '.args = ["sh", "-c", "pwd; echo $A; id -u; id -G"] | .cwd = "/etc"
		| .user = { uid: 1000, gid: 2, additionalGids: [3] }'
	run_ok exec --process process.json "$ID"
	same "$output" $'/etc\nb\n1000\n2 3'
	process '.args = ["sh", "-c", "exit 9"]'
	run_status 9 exec -p process.json "$ID"
}

@test "a process object has nothing of the configuration's" {
	config '.process.env += ["SECRET=x"] | .process.user.additionalGids = [9]'
	running
	process '.args = ["sh", "-c", "echo [$SECRET]; id -G; grep CapEff /proc/self/status"]'
	run_ok exec --process process.json "$ID"
	same "$output" $'[]\n0\nCapEff:\t0000000000000000'
}

@test "mistakes in a process object" {
	running
	process '.cwd = "rel"'
	run_status 255 exec --process process.json "$ID"
	has "$output" "process.json"
	has "$output" ".cwd: must be an absolute path"
	process '.args = 1'
	run_status 255 exec --process process.json "$ID"
	has "$output" "process.json:"
	has "$output" ".args"
	process 'del(.cwd)'
	run_status 255 exec --process process.json "$ID"
	has "$output" "cwd"
	echo '{' >process.json
	run_status 255 exec --process process.json "$ID"
	has "$output" "process.json:"
	run_status 255 exec --process nosuch.json "$ID"
	has "$output" "nosuch.json: no such file or directory"
}

@test "a container without a process takes a process object" {
	config 'del(.process)'
	run_ok create --bundle "$BUNDLE" "$ID"
	process '.args = ["echo", "in"]'
	run_ok exec --process process.json "$ID"
	same "$output" in
	run_status 255 exec "$ID" true
	has "$output" "no process"
}

@test "--detach returns when the command runs" {
	running
	run_ok exec -d --pid-file pid "$ID" sleep 1001
	same "$output" ""
	same "$(od -An -c pid | tr -d ' 0-9')" ""
	same "$(tr '\0' ' ' <"/proc/$(<pid)/cmdline")" "sleep 1001 "
	run_ok kill "$ID" KILL
	wait_until gone "$(<pid)"
}

@test "--detach makes a child of the caller's subreaper" {
	needs_cmd python3
	running
	run timeout 30 python3 - "$OCIRUN" "$STATE" "$BUNDLE" "$ID" <<-'END'
		import ctypes, os, subprocess, sys
		runtime, root, bundle, name = sys.argv[1:]
		ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)	# PR_SET_CHILD_SUBREAPER
		subprocess.run([runtime, "--root", root, "exec", "--detach", "--pid-file", "pid", name,
		                "sh", "-c", "exit 5"], check=True)
		print(os.WEXITSTATUS(os.waitpid(int(open("pid").read()), 0)[1]))
	END
	same "$status:$output" 0:5
}

@test "signals are handed on to the command" {
	running
	background ocirun exec "$ID" sh -c 'trap "exit 42" TERM; >/ready; while :; do sleep 0.05; done'
	wait_until test -e rootfs/ready
	kill -TERM "$background"
	status=0
	wait "$background" || status=$?
	same "$status" 42
	same "$(status_of "$ID")" running
}

@test "an exec that is killed before its command runs leaves nothing" {
	running
	run_ok pause "$ID"
	background ocirun exec --ignore-paused "$ID" sleep 1001
	two() { [[ $(ocirun ps -f json "$ID" | jq length) -ge 2 ]]; }
	WAIT_LIMIT=2 wait_until two || skip "the command is frozen before it can be seen"
	kill -KILL "$background"
	run_ok resume "$ID"
	one() { [[ $(ocirun ps -f json "$ID" | jq length) == 1 ]]; }
	wait_until one
}

@test "a pidfd of the command goes to the socket" {
	running
	background "$RECVFD" "$BUNDLE/socket"
	wait_until test -S socket
	run_ok exec --detach --pidfd-socket "$BUNDLE/socket" "$ID" sleep 1001
	wait_until gone "$background"
	has "$(<"$background_output")" "fd anon_inode:[pidfd]"
}

@test "a cgroup below the container's, and none outside" {
	running
	run_ok exec --cgroup sub --detach --pid-file pid "$ID" sleep 1001
	has "$(<"/proc/$(<pid)/cgroup")" "/$ID/sub"
	for path in .. ../x a/../../b; do
		run_status 255 exec --cgroup "$path" "$ID" true
	done
	run_ok exec --cgroup / "$ID" true
}

@test "without a mount namespace of its own" {
	config '.linux.namespaces |= map(select(.type != "mount")) | del(.mounts, .root.readonly,
		.linux.maskedPaths, .linux.readonlyPaths, .linux.rootfsPropagation)'
	running
	run_ok exec "$ID" ls /
	has "$output" etc
	has_not "$output" "$(basename "$BATS_RUN_TMPDIR")"
}
