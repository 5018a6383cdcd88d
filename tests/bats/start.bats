#!/usr/bin/env bats
#
# start: the gate opens.

load helpers

@test "start says nothing and runs the program, once" {
	shell 'echo ran >>/ran; exec sleep 1000'
	run_ok create --bundle "$BUNDLE" "$ID"
	run_ok start "$ID"
	same "$output" ""
	wait_until test -s "$BUNDLE/rootfs/ran"
	same "$(status_of "$ID")" running
	same "$(<"$BUNDLE/rootfs/ran")" ran
}

@test "when start has returned, the program is executed" {
	args sleep 1000
	for _ in 1 2 3 4 5; do
		new_id
		run_ok create --bundle "$BUNDLE" "$new_id"
		run_ok start "$new_id"
		same "$(status_of "$new_id")" running
		same "$(tr '\0' ' ' <"/proc/$(pid_of "$new_id")/cmdline")" "sleep 1000 "
	done
}

@test "start keeps the pid of create" {
	local pid

	args sleep 1000
	run_ok create --bundle "$BUNDLE" "$ID"
	pid=$(pid_of "$ID")
	run_ok start "$ID"
	same "$(pid_of "$ID")" "$pid"
}

# proves: §3.17
@test "start of one that runs" {
	running
	run_status 1 start "$ID"
	same "$output" "ocirun: start $ID: cannot start an already running container"
	same "$(status_of "$ID")" running
}

# proves: §3.17
@test "start of one that has stopped" {
	args true
	run_ok create --bundle "$BUNDLE" "$ID"
	run_ok start "$ID"
	wait_until has_status "$ID" stopped
	run_status 1 start "$ID"
	same "$output" "ocirun: start $ID: cannot start a container that has stopped"
}

@test "start of one that was killed before" {
	run_ok create --bundle "$BUNDLE" "$ID"
	run_ok kill "$ID" KILL
	wait_until has_status "$ID" stopped
	run_status 1 start "$ID"
	has "$output" "cannot start a container that has stopped"
}

@test "two starts at once: one succeeds" {
	local ok=0 first

	args sleep 1000
	run_ok create --bundle "$BUNDLE" "$ID"
	background ocirun start "$ID"
	first=$background
	background ocirun start "$ID"
	wait "$first" && ok=$((ok + 1))
	wait "$background" && ok=$((ok + 1))
	same "$ok" 1
	same "$(status_of "$ID")" running
}

@test "a start that was killed does not spoil the next" {
	args sleep 1000
	run_ok create --bundle "$BUNDLE" "$ID"
	# Somebody who connects to the gate and says nothing.
	needs_cmd python3
	python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
s.connect(sys.argv[1])' "$STATE/$ID/gate"
	run_ok start "$ID"
	same "$(status_of "$ID")" running
}

@test "the kernel refuses the program: an error, and the container is destroyed" {
	printf 'no program\n' >rootfs/bin/garbage
	printf '#!/nosuch/interpreter\n' >rootfs/bin/script
	chmod +x rootfs/bin/garbage rootfs/bin/script
	args garbage
	run_ok create --bundle "$BUNDLE" "$ID"
	run_status 1 start "$ID"
	has "$output" 'exec: "/bin/garbage": exec format error'
	run_status 1 state "$ID"
	has "$output" "does not exist"

	args script
	run_fail 'exec: "/bin/script": its interpreter: no such file or directory' \
		run --pid-file "$BUNDLE/pid" --bundle "$BUNDLE" "$ID"
	same "$(ocirun list -q)" ""
	[[ ! -e $BUNDLE/pid ]]
}

@test "a program that is replaced by a directory between create and start" {
	cp rootfs/bin/busybox rootfs/bin/tool
	args tool
	run_ok create --bundle "$BUNDLE" "$ID"
	rm rootfs/bin/tool
	mkdir rootfs/bin/tool
	run_status 1 start "$ID"
	has "$output" 'exec: "/bin/tool": permission denied'
}

@test "nothing of the runtime is in the program's signals and limits" {
	[[ -x $PROBE ]] || skip "needs the probe"
	args probe signals process
	# As engines call us: with signals ignored and blocked.
	(
		trap '' INT QUIT PIPE USR1 HUP
		run_ok run --bundle "$BUNDLE" "$ID"
		printf '%s\n' "$output" >"$BUNDLE/out"
	)
	output=$(<"$BUNDLE/out")
	has "$output" "signals SigBlk 0000000000000000"
	has "$output" "signals SigIgn 0000000000000000"
	has "$output" "process pid 1"
	has "$output" "process session leader"
	has "$output" "process death-signal 0"
}
