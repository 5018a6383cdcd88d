#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
#
# Containers by containerd, as `ctr` asks for them: its shim calls the runtime.

load containerd

setup_file()
{
	start_containerd
}

teardown_file()
{
	end_containerd
}

# --- run --------------------------------------------------------------------------------------

# bats test_tags=short
@test "run: output, exit status, nothing left" {
	once 0 -- echo hello
	same "$output" hello
	once 7 -- sh -c 'echo out; echo err >&2; exit 7'
	has "$output" out
	has "$output" err
}

@test "run: reads what it is given" {
	output=$(echo words | timeout -k 1 "$COMMAND_LIMIT" ctr run --rm --runc-binary "$RUNTIME" \
		"$IMAGE" "$name" head -n 1 3>&-)
	same "$output" words
}

# bats test_tags=short
@test "run: commands that cannot be executed are told in words that engines know" {
	fails 'exec: "nosuch": executable file not found in $PATH' \
		ctr run --rm --runc-binary "$RUNTIME" "$IMAGE" "$name" nosuch
	has "$output" "OCI runtime create failed"
	has_not "$output" "unable to retrieve"
	fails 'exec: "/etc/passwd": permission denied' \
		ctr run --rm --runc-binary "$RUNTIME" "$IMAGE" "$name" /etc/passwd
	fails 'no such file or directory' \
		ctr run --rm --runc-binary "$RUNTIME" "$IMAGE" "$name" /no/such
}

@test "run: what cannot be set up is told in words that engines know" {
	fails "no such file or directory" ctr run --rm --runc-binary "$RUNTIME" \
		--mount type=bind,src=/no/such/source,dst=/mnt,options=rbind "$IMAGE" "$name" true
	has "$output" /no/such/source
	has_not "$output" "unable to retrieve"
}

@test "run: no descriptor of the shim comes in" {
	once 0 -- sh -c 'cd /proc/self/fd; echo *'
	same "$output" "0 1 2 3"
	start
	inside 0 -- sh -c 'cd /proc/self/fd; echo *'
	same "$output" "0 1 2 3"
}

# bats test_tags=short
@test "run -t: a terminal, its size, its exit status" {
	exits 3 script -qec "stty rows 33 cols 77; ctr run --rm -t --runc-binary $RUNTIME $IMAGE \
		$name sh -c 'tty; until [ \"\$(stty size)\" = \"33 77\" ]; do sleep 0.02; done
		echo sized; cd /proc/self/fd; echo *; exit 3'" /dev/null
	has "$output" /dev/pts/0
	has "$output" sized
	has "$output" "0 1 2 3"
}

@test "run -d, attach: reads and writes through what the shim holds" {
	start -- sh -c 'read x; echo "got $x"; exit 6'
	output=$(echo word | timeout -k 1 "$COMMAND_LIMIT" ctr task attach "$name" 3>&-) ||
		status=$?
	same "$status" 6
	same "$output" "got word"
}

@test "run --no-pivot" {
	once 0 --no-pivot -- sh -c 'echo hello; ls -d /etc/passwd'
	same "$output" $'hello\n/etc/passwd'
}

@test "run --env --cwd" {
	once 0 --env A=1 --env B="two words" --cwd /tmp -- sh -c 'echo "$A,$B,$PWD"'
	same "$output" "1,two words,/tmp"
}

@test "run --read-only" {
	once 1 --read-only -- touch /file
	has "$output" "Read-only file system"
}

@test "run --mount" {
	mkdir "$BATS_TEST_TMPDIR/src"
	echo words >"$BATS_TEST_TMPDIR/src/file"
	once 1 --mount "type=bind,src=$BATS_TEST_TMPDIR/src,dst=/mnt/deep,options=rbind:ro" \
		--mount "type=tmpfs,src=tmpfs,dst=/scratch,options=size=64k" -- \
		sh -c 'cat /mnt/deep/file; grep scratch /proc/mounts; touch /mnt/deep/new'
	has "$output" words
	has "$output" "tmpfs /scratch tmpfs"
	has "$output" size=64k
	has "$output" "Read-only file system"
}

# bats test_tags=short
@test "run --net-host, and without" {
	once 0 --net-host -- readlink /proc/self/ns/net
	same "$output" "$(readlink /proc/self/ns/net)"
	once 0 -- sh -c 'readlink /proc/self/ns/net; ls /sys/class/net'
	has_not "$output" "$(readlink /proc/self/ns/net)"
	same "$(tail -n 1 <<<"$output")" lo
}

@test "run --with-ns: joins namespaces of another" {
	start
	name=$name-2
	once 0 --with-ns "network:/proc/$pid/ns/net" --with-ns "ipc:/proc/$pid/ns/ipc" -- \
		sh -c 'readlink /proc/self/ns/net; readlink /proc/self/ns/ipc'
	same "$output" "$(readlink "/proc/$pid/ns/net" "/proc/$pid/ns/ipc")"
}

@test "run --uidmap --gidmap: root is a plain user outside" {
	start --uidmap 0:100000:65536 --gidmap 0:100000:65536
	same "$(stat -c %u:%g "/proc/$pid")" 100000:100000
	inside 0 -- sh -c 'id -u; stat -c %u /etc; echo $(cat /proc/self/uid_map)'
	same "$output" $'0\n0\n0 100000 65536'
	same "$(stat -c %u:%g /dev/null)" 0:0
}

@test "run --privileged: capabilities, devices, and all of /proc" {
	once 0 --privileged -- sh -c 'grep CapEff /proc/self/status
		touch /proc/sys/kernel/domainname
		grep -c " /proc/" /proc/mounts || true'
	same "$output" "$(grep CapBnd /proc/self/status | sed s/Bnd/Eff/)"$'\n0'
}

@test "run --cap-add --cap-drop" {
	once 0 -- grep CapEff /proc/self/status
	same "${output##*[[:space:]]}" 00000000a80425fb
	once 0 --cap-add CAP_SYS_ADMIN --cap-drop CAP_CHOWN -- grep CapEff /proc/self/status
	same "${output##*[[:space:]]}" 00000000a82425fa
}

@test "run --allow-new-privs, and without" {
	once 0 -- grep NoNewPrivs /proc/self/status
	same "${output##*[[:space:]]}" 1
	once 0 --allow-new-privs -- grep NoNewPrivs /proc/self/status
	same "${output##*[[:space:]]}" 0
}

# bats test_tags=short
@test "run --seccomp: a filter; of our own, too" {
	once 0 -- grep Seccomp: /proc/self/status
	same "${output##*[[:space:]]}" 0
	once 0 --seccomp -- grep Seccomp: /proc/self/status
	same "${output##*[[:space:]]}" 2
	echo '{ "defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
		{ "names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 95 }
	] }' >"$BATS_TEST_TMPDIR/profile.json"
	once 1 --seccomp --seccomp-profile "$BATS_TEST_TMPDIR/profile.json" -- mkdir /tmp/x
	has "$output" "Operation not supported"
}

@test "run --device" {
	once 0 --device /dev/net/tun -- stat -c '%t:%T' /dev/net/tun
	same "$output" a:c8
}

@test "run --config: a user with groups, limits and a host name" {
	ctr oci spec | jq '.process.user = { uid: 1000, gid: 1000, additionalGids: [7, 8] }
		| .process.args = ["sh", "-c", "id -u; id -g; cat /proc/self/oom_score_adj; id -G
			ulimit -n; hostname"]
		| .process.env = ["PATH=/bin"] | .process.oomScoreAdj = 300 | .hostname = "box"
		| .process.rlimits = [{ type: "RLIMIT_NOFILE", soft: 100, hard: 200 }]
		| .root.path = $root' --arg root "$BATS_TEST_TMPDIR/rootfs" \
		>"$BATS_TEST_TMPDIR/config.json"
	mkdir "$BATS_TEST_TMPDIR/rootfs"
	unpack_image "$BATS_TEST_TMPDIR/rootfs"
	ok ctr run --rm --runc-binary "$RUNTIME" --config "$BATS_TEST_TMPDIR/config.json" "$name"
	same "$output" $'1000\n1000\n300\n1000 7 8\n100\nbox'
}

# bats test_tags=short
@test "run --pid-file: without more than the number" {
	start --pid-file "$BATS_TEST_TMPDIR/pid"
	same "$(cat "$BATS_TEST_TMPDIR/pid"; echo .)" "$pid."
	same "$(cat "$TASKS/$name/init.pid"; echo .)" "$pid."
}

# --- limits -----------------------------------------------------------------------------------

# bats test_tags=short
@test "run: limits of memory and CPU time stand in the cgroup" {
	start --memory-limit 67108864 --cpus 0.5 --cpu-shares 512
	same "$(limit memory memory.limit_in_bytes memory.max)" 67108864
	same "$(limit cpu cpu.cfs_quota_us cpu.max)" "$(in_world 50000 "50000 100000")"
	[[ $CGROUP_WORLD == v2 ]] || same "$(limit cpu cpu.shares)" 512
}

@test "run --cgroup: where it is asked for" {
	start --cgroup /somewhere/else
	has "$(cat "/proc/$pid/cgroup")" ":/somewhere/else"
	task rm --force "$name"
	same "$(find /sys/fs/cgroup -path '*/somewhere/else')" ""
}

@test "events: out of memory" {
	needs_controller memory
	background ctr events
	wait_until heard_of_label
	once 137 --memory-limit 33554432 -- dd if=/dev/zero of=/dev/null bs=100M count=1
	wait_until grep -q "/tasks/oom .*\"$name\"" "$background_output"
	wait_until grep -q "/tasks/delete .*\"exit_status\":137" "$background_output"
}

# Makes an event, and looks whether any was heard.
heard_of_label()
{
	ctr images label "$IMAGE" heard=yes && [[ -s $background_output ]]
}

# bats test_tags=short
@test "metrics" {
	start --memory-limit 67108864
	task metrics --format json "$name"
	if [[ $CGROUP_WORLD == v2 ]]; then
		same "$(jq '.memory.usage > 0 and .pids.current == 1' <<<"$output")" true
	else
		same "$(jq '.memory.usage.usage > 0 and .memory.usage.limit == 67108864
			and .cpu.usage.total > 0 and .pids.current == 1' <<<"$output")" true
	fi
}

# --- exec -------------------------------------------------------------------------------------

# bats test_tags=short
@test "exec: output, exit status, input" {
	start
	inside 0 -- echo hello
	same "$output" hello
	inside 9 -- sh -c 'exit 9'
	inside 137 -- sh -c 'kill -KILL $$'
	output=$(echo words | timeout -k 1 "$COMMAND_LIMIT" ctr task exec --exec-id in "$name" \
		head -n 1 3>&-)
	same "$output" words
}

# bats test_tags=short
@test "exec -t: a terminal, its size, its exit status" {
	start
	exits 4 script -qec "stty rows 21 cols 99; ctr task exec -t --exec-id e $name \
		sh -c 'tty; until [ \"\$(stty size)\" = \"21 99\" ]; do sleep 0.02; done
		echo sized; cd /proc/self/fd; echo *; exit 4'" /dev/null
	has "$output" /dev/pts/0
	has "$output" sized
	has "$output" "0 1 2 3"
}

@test "exec --user --cwd" {
	start
	inside 0 --user 1000:1000 --cwd /tmp -- sh -c 'id -u; id -g; pwd'
	same "$output" $'1000\n1000\n/tmp'
	inside 0 --user user -- id -un
	same "$output" user
}

# bats test_tags=short
@test "exec: commands that cannot be executed are told in words that engines know" {
	start
	fails 'exec: "nosuch": executable file not found in $PATH' \
		ctr task exec --exec-id e1 "$name" nosuch
	has "$output" "OCI runtime exec failed"
	has_not "$output" "unable to retrieve"
	fails 'exec: "/etc/passwd": permission denied' \
		ctr task exec --exec-id e2 "$name" /etc/passwd
	inside 0 -- true
}

@test "exec: into a paused or an ended container is refused" {
	start
	task pause "$name"
	fails paused ctr task exec --exec-id e1 "$name" true
	task resume "$name"
	task kill -s KILL "$name"
	wait_until has_status "$name" STOPPED
	fails stopped ctr task exec --exec-id e2 "$name" true
}

@test "exec -d: shows in ps, is ended by its own name" {
	start
	task exec -d --exec-id beside "$name" sleep 2000
	task ps "$name"
	same "$(wc -l <<<"$output")" 3
	has "$output" beside
	task kill -s KILL --exec-id beside "$name"
	wait_until in_ps 1
	same "$(status_of "$name")" RUNNING
}

# in_ps N: so many processes are there.
in_ps()
{
	(($(ctr task ps "$name" | tail -n +2 | wc -l) == $1))
}

# --- what is there, and its end ---------------------------------------------------------------

# bats test_tags=short
@test "ps: the processes, by their numbers outside" {
	start -- sh -c 'sleep 3000 & sleep 3001 & wait'
	wait_until in_ps 3
	task ps "$name"
	same "$(awk 'NR > 1 { print $1 }' <<<"$output" | sort -n)" \
		"$(sort -n "/sys/fs/cgroup/$(in_world pids .)/default/$name/cgroup.procs")"
	has "$output" "$pid"
}

# bats test_tags=short
@test "pause, resume" {
	start -- sh -c 'while :; do echo x; sleep 0.01; done'
	task pause "$name"
	same "$(status_of "$name")" PAUSED
	frozen "$pid"
	task resume "$name"
	same "$(status_of "$name")" RUNNING
	run ! frozen "$pid"
}

# frozen PID: by whichever freezer there is.
frozen()
{
	local dir=/sys/fs/cgroup

	[[ $CGROUP_WORLD == v2 ]] || dir+=/unified
	[[ $(cat "$dir$(sed -n 's/^0:://p' "/proc/$1/cgroup")/cgroup.freeze") == 1 ||
		$(cat "/sys/fs/cgroup/freezer$(sed -n 's/.*:freezer://p' \
		"/proc/$1/cgroup")/freezer.state") == FROZEN ]]
} 2>/dev/null

@test "pause: an ended container is refused, a paused one can be removed" {
	start -- true
	wait_until has_status "$name" STOPPED
	fails "cannot pause a stopped container" ctr task pause "$name"
	task rm "$name"
	quietly ctr container rm "$name"
	start
	task pause "$name"
	task resume "$name"
	task pause "$name"
	task rm --force "$name"
	name=$name-2
	start
}

# bats test_tags=short
@test "kill: by number, by name; an ended one is gone" {
	start -- sh -c 'trap "exit 5" USR1; trap "exit 6" TERM; while :; do sleep 0.01; done'
	wait_until catches_term
	task kill -s SIGUSR1 "$name"
	wait_until has_status "$name" STOPPED
	fails "not found" ctr task kill "$name"
	task rm "$name"
	has "$output" "exit code 5"
	quietly ctr container rm "$name"
	start -- sh -c 'trap "exit 5" USR1; trap "exit 6" TERM; while :; do sleep 0.01; done'
	wait_until catches_term
	task kill -s 15 "$name"
	wait_until has_status "$name" STOPPED
	task rm "$name"
	has "$output" "exit code 6"
}

# The container has come so far: until then an init hears nothing.
catches_term()
{
	((0x$(awk '/^SigCgt/ { print $2 }' "/proc/$pid/status") >> 14 & 1))
}

@test "kill --all: every process of a pid namespace that is not its own" {
	start --with-ns pid:/proc/1/ns/pid -- sh -c 'sleep 3000 & wait'
	wait_until in_ps 2
	task kill --all -s KILL "$name"
	wait_until has_status "$name" STOPPED
	task rm --force "$name"
	same "$(pids_of_sleep 3000)" ""
}

@test "init ends: what it started in a pid namespace not its own ends too" {
	start --with-ns pid:/proc/1/ns/pid -- sh -c 'sleep 3002 & exit 0'
	wait_until has_status "$name" STOPPED
	task rm "$name"
	same "$(pids_of_sleep 3002)" ""
}

# pids_of_sleep SECONDS: of processes that run `sleep SECONDS`.
pids_of_sleep()
{
	grep -l -a -x -z "$1" /proc/[0-9]*/cmdline 2>/dev/null || true
}

@test "task delete: a running one is refused, --force ends it" {
	start
	fails "must be stopped" ctr task rm "$name"
	same "$(status_of "$name")" RUNNING
	task rm --force "$name"
	wait_until gone "$pid"
	same "$(states)" ""
}

@test "a shim that is killed leaves what the next one removes" {
	start
	kill -KILL "$(pgrep -f -- "containerd-shim.* -id $name ")"
	wait_until gone "$pid"
	wait_until nothing_left
	quietly ctr container rm "$name"
	start
}

@test "containerd starts anew: the containers live, and obey" {
	start
	end_containerd
	alive "$pid"
	daemon containerd containerd
	wait_until ctr version
	same "$(status_of "$name")" RUNNING
	inside 0 -- true
	task pause "$name"
	task resume "$name"
	task rm --force "$name"
}

@test "many at once" {
	local n

	for n in {1..8}; do
		ctr run --rm --runc-binary "$RUNTIME" "$IMAGE" "$name-$n" sh -c "exit $n" 3>&- &
		pids[n]=$!
	done
	for n in {1..8}; do
		status=0
		wait "${pids[n]}" || status=$?
		same "$status" "$n"
	done
}

# --- checkpoint -------------------------------------------------------------------------------

# A container that counts in the file $COUNT.
count_in_container()
{
	mkdir -p "$BATS_TEST_TMPDIR/mnt"
	COUNT=$BATS_TEST_TMPDIR/mnt/count
	start --null-io \
		--mount "type=bind,src=$BATS_TEST_TMPDIR/mnt,dst=/mnt,options=rbind:rw" -- \
		sh -c 'i=0; while :; do i=$((i + 1)); echo $i >/mnt/new
			mv /mnt/new /mnt/count; sleep 0.02; done'
	wait_until counted 5
}

counted()
{
	[[ -e $COUNT ]] && (($(<"$COUNT") > $1))
}

# bats test_tags=short
@test "checkpoint, restore: goes on where it was" {
	needs_criu
	count_in_container
	ok ctr container checkpoint --task "$name" docker.io/library/checkpoint:latest
	same "$(status_of "$name")" RUNNING
	task rm --force "$name"
	quietly ctr container rm "$name"
	at=$(<"$COUNT")
	ok ctr container restore --live "$name" docker.io/library/checkpoint:latest
	same "$(status_of "$name")" RUNNING
	wait_until counted "$at"
	(($(<"$COUNT") > 5))
	pid=$(pid_of "$name")
	has "$(cat "/proc/$pid/cgroup")" "/default/$name"
	inside 0 -- true
	task pause "$name"
	task resume "$name"
	task kill -s KILL "$name"
	wait_until has_status "$name" STOPPED
	task rm "$name"
	has "$output" "exit code 137"
}

@test "restore: with new streams, through which it reads and writes" {
	needs_criu
	start -- sh -c 'read x; echo "got $x"; exit 6'
	wait_until runs sh
	ok ctr container checkpoint --task "$name" docker.io/library/streams:latest
	task rm --force "$name"
	quietly ctr container rm "$name"
	ok ctr container restore --live "$name" docker.io/library/streams:latest
	output=$(echo word | timeout -k 1 "$COMMAND_LIMIT" ctr task attach "$name" 3>&-) ||
		status=$?
	same "$status" 6
	same "$output" "got word"
}

# runs NAME: the container has come to its program.
runs()
{
	[[ $(<"/proc/$pid/comm") == "$1" ]]
}

@test "checkpoint --exit: the task ends, and can be removed" {
	needs_criu
	count_in_container
	task checkpoint --exit --image-path "$BATS_TEST_TMPDIR/image" "$name"
	wait_until has_status "$name" STOPPED
	[[ -e $BATS_TEST_TMPDIR/image/inventory.img ]]
	task rm "$name"
	same "$(states)" ""
}
