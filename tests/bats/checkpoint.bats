#!/usr/bin/env bats
#
# checkpoint, restore: by criu.

load helpers

setup_file()
{
	local why

	if ! CRIU=$("$SERVIN_SRCDIR/tests/criu" 2>&1); then
		why=${CRIU##*$'\n'}
		CRIU=
	fi
	export CRIU WHY_NO_CRIU=${why:-}
}

setup()
{
	servin_setup
	[[ -n $CRIU ]] || skip "$WHY_NO_CRIU"
	PATH=${CRIU%/*}:$PATH
	images=$BATS_TEST_TMPDIR/images
	mode=()
	odd_cgroups || return 0
	# what criu would save of them is the host's
	mode=(--manage-cgroups-mode ignore)
	config '.linux.namespaces |= map(select(.type != "cgroup"))'
}

# criu that is killed leaves a directory, empty, of which it alone knew.
teardown()
{
	rmdir /tmp/.criu.mntns.* 2>/dev/null || true
	servin_teardown
}

# counting: the container counts, a line each, in its root file system.
counting()
{
	shell 'i=0; echo begun; while :; do echo $((i += 1)) >>/count; sleep 0.05; done'
}

# odd_cgroups: whether the host has hierarchies of v1 that are not mounted.
odd_cgroups()
{
	[[ $CGROUP_WORLD == v2 && $(wc -l </proc/self/cgroup) != 1 ]]
}

# start: runs it detached, its output behind a pipe.
start()
{
	rm -f rootfs/count
	ocirun run --detach --bundle "$BUNDLE" "$ID" </dev/null > >(exec cat >/dev/null 3>&-) 2>&1
	wait_until test -s rootfs/count
}

# checkpoint ARGS... / restore ARGS...: of $ID, with $images.
checkpoint()
{
	run_ok checkpoint "${mode[@]}" --image-path "$images" "$@" "$ID"
	same "$output" ""
}

restore()
{
	run_ok restore "${mode[@]}" --image-path "$images" --bundle "$BUNDLE" --detach "$@" "$ID"
}

# counts_on: the file grows again from where it was.
counts_on()
{
	local first lines

	wait_until test -s rootfs/count
	first=$(head -n 1 rootfs/count)
	lines=$(($(wc -l <rootfs/count) + 1))
	wait_until counts_beyond "$((lines - 1))"
	# None left out, none twice: a restored process has gone on where it was.
	same "$(head -n "$lines" rootfs/count)" "$(seq "$first" "$((first + lines - 1))")"
}

counts_beyond()
{
	(($(wc -l <rootfs/count) > $1))
}

@test "a container goes on after a restore where it was" {
	counting
	start
	checkpoint
	run_fail "container does not exist" state "$ID"
	same "$(cgroup_dirs "$ID")" ""
	restore --pid-file "$BUNDLE/pid"
	same "$output" ""
	same "$(status_of "$ID")" running
	same "$(pid_of "$ID")" "$(<"$BUNDLE/pid")"
	counts_on
}

@test "a restored container can do what others can" {
	counting
	start
	checkpoint
	restore
	run_ok exec "$ID" sh -c 'echo $$; hostname'
	run_ok ps "$ID"
	has "$output" "while :"
	run_ok pause "$ID"
	same "$(status_of "$ID")" paused
	run_ok resume "$ID"
	counts_on
	run_fail "already running" start "$ID"
	run_fail "is not stopped: running" delete "$ID"
	run_ok kill "$ID" KILL
	wait_until has_status "$ID" stopped
	run_ok delete "$ID"
}

@test "without a cgroup namespace, where it sees the host's cgroups" {
	local seen

	counting
	config '.linux.namespaces |= map(select(.type != "cgroup"))'
	start
	run_ok exec "$ID" cat /proc/self/cgroup
	seen=$output
	checkpoint
	restore
	counts_on
	run_ok exec "$ID" cat /proc/self/cgroup
	same "$output" "$seen"
	# each shows the container's cgroup again
	run_ok exec "$ID" sh -c 'cat /sys/fs/cgroup/*/cgroup.procs /sys/fs/cgroup/cgroup.procs 2>/dev/null |
		grep -c "^1$"'
	same "$output" "$(grep -c " - cgroup2\? " "/proc/$(pid_of "$ID")/mountinfo")"
}

@test "another name and another cgroup, with its limits" {
	needs_controller pids
	counting
	start
	checkpoint
	new_id
	ID=$new_id
	config '.linux.resources.pids = { limit: 77 }'
	restore
	same "$(limit pids pids.max pids.max)" 77
	[[ $(cgroup_dirs "$ID") == *"/$ID"* ]] || die "no cgroup"
	same "$(grep -c -v "/$ID\$" "/proc/$(pid_of "$ID")/cgroup")" 0
}

@test "--leave-running lets it go on" {
	counting
	start
	checkpoint --leave-running
	same "$(status_of "$ID")" running
	counts_on
	ocirun delete --force "$ID"
	rm rootfs/count
	restore
	counts_on
	(($(head -n 1 rootfs/count) > 1)) || die "it began anew"
}

@test "a paused container stays paused, and is restored running" {
	counting
	start
	run_ok pause "$ID"
	checkpoint --leave-running
	same "$(status_of "$ID")" paused
	checkpoint
	restore
	counts_on
}

@test "in the foreground: streams, signals and exit status" {
	shell 'trap "echo got; exit 7" TERM; echo begun >/count; while :; do sleep 0.05; done'
	start
	checkpoint
	background ocirun restore --image-path "$images" --bundle "$BUNDLE" "$ID"
	wait_until has_status "$ID" running
	run_ok kill "$ID" TERM
	wait "$background" || status=$?
	same "$status" 7
	run_fail "container does not exist" state "$ID"
}

@test "pipes are replaced by ours" {
	shell 'echo begun >/count; until [ -e /go ]; do sleep 0.05; done; echo said >&2; cat'
	start
	checkpoint
	: >rootfs/go
	same "$(echo heard | ocirun restore --image-path "$images" --bundle "$BUNDLE" "$ID" 2>&1)" \
		said
	same "$(jq -r '.[0]' "$images/descriptors.json")" /dev/null
}

@test "a file of the host as output" {
	shell 'echo begun >/count; echo begun; until [ -e /go ]; do sleep 0.05; done; echo done'
	ocirun run --detach --bundle "$BUNDLE" "$ID" </dev/null >"$BUNDLE/log" 2>&1
	wait_until test -s rootfs/count
	checkpoint
	: >rootfs/go
	ocirun restore --image-path "$images" --bundle "$BUNDLE" "$ID" >>"$BUNDLE/log" 2>&1 </dev/null
	same "$(<"$BUNDLE/log")" $'begun\ndone'
}

@test "bind mounts find their sources, in another place too" {
	mkdir -p "$BUNDLE"/{one/sub,two} rootfs/run
	ln -s run rootfs/link
	echo first >"$BUNDLE/one/file"
	mount -t tmpfs servin "$BUNDLE/one/sub"
	echo below >"$BUNDLE/one/sub/file"
	config --arg b "$BUNDLE" '.mounts += [
		{ destination: "/mnt/tree", type: "bind", source: "\($b)/one", options: ["rbind"] },
		{ destination: "/link/dir", type: "bind", source: "\($b)/one", options: ["bind", "ro"] },
		{ destination: "/etc/one", type: "bind", source: "\($b)/one/file", options: ["bind"] }]'
	counting
	start
	checkpoint
	umount "$BUNDLE/one/sub"
	mv "$BUNDLE/one/file" "$BUNDLE/two/file"
	mkdir "$BUNDLE/two/sub"
	mount --bind "$BUNDLE/two" "$BUNDLE/two/sub"
	config --arg b "$BUNDLE" '.mounts |= map(if .source then .source |= sub("/one"; "/two") else . end)'
	rmdir rootfs/mnt/tree rootfs/run/dir
	rm rootfs/etc/one
	restore
	run_ok exec "$ID" cat /mnt/tree/file /run/dir/file /etc/one /mnt/tree/sub/file
	same "$output" $'first\nfirst\nfirst\nfirst'
	run_ok exec "$ID" sh -c 'echo >/run/dir/new && echo no || echo read-only'
	has "$output" read-only
	ocirun delete --force "$ID"
	umount "$BUNDLE/two/sub"
}

@test "what the configuration protects stays protected" {
	config '.linux.maskedPaths = ["/proc/keys", "/proc/acpi"] | .linux.readonlyPaths = ["/proc/sys"]
		| .process.noNewPrivileges = true
		| .process.capabilities |= map_values(["CAP_KILL"])
		| .linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW",
			syscalls: [{ names: ["ptrace"], action: "SCMP_ACT_ERRNO" }] }'
	counting
	start
	local before
	before=$(grep -E '^(Cap|Seccomp:|NoNew)' "/proc/$(pid_of "$ID")/status")
	checkpoint
	restore
	same "$(grep -E '^(Cap|Seccomp:|NoNew)' "/proc/$(pid_of "$ID")/status")" "$before"
	run_ok exec "$ID" sh -c 'wc -c </proc/keys; ls /proc/acpi | wc -l
		echo 1 >/proc/sys/kernel/panic || true'
	has "$output" $'0\n0'
	has "$output" "Read-only file system"
}

@test "a terminal: by the console socket, and ours in the foreground" {
	config '.process.terminal = true'
	shell 'echo begun >/count; until [ -e /go ]; do sleep 0.05; done; tty; read x; echo read $x'
	background "$RECVFD" "$BUNDLE/console"
	wait_until test -S "$BUNDLE/console"
	run_ok create --bundle "$BUNDLE" --console-socket "$BUNDLE/console" "$ID"
	run_ok start "$ID"
	wait_until test -s rootfs/count
	checkpoint
	run_fail "console socket" restore --image-path "$images" --bundle "$BUNDLE" --detach "$ID"
	rm -f "$BUNDLE/console"
	mkfifo "$BUNDLE/typed"
	"$RECVFD" "$BUNDLE/console" <"$BUNDLE/typed" >"$BUNDLE/shown" 2>&1 3>&- &
	backgrounds+=("$!")
	exec {typed}>"$BUNDLE/typed"
	wait_until test -S "$BUNDLE/console"
	restore --console-socket "$BUNDLE/console"
	: >rootfs/go
	wait_until grep -q /dev/pts "$BUNDLE/shown"
	echo words >&$typed
	wait_until grep -q "read words" "$BUNDLE/shown"
	exec {typed}>&-
	wait_until has_status "$ID" stopped
}

@test "namespaces that are joined" {
	local ns=$BATS_TEST_TMPDIR/ns

	mkdir "$ns"
	touch "$ns"/{net,ipc,uts}
	unshare --net="$ns/net" --ipc="$ns/ipc" --uts="$ns/uts" hostname joined
	config --arg d "$ns" '.linux.namespaces |= map(if .type == "network" then .path = "\($d)/net"
		elif .type == "ipc" or .type == "uts" then .path = "\($d)/\(.type)" else . end)
		| del(.hostname, .linux.sysctl)'
	counting
	start
	checkpoint
	restore
	local pid
	pid=$(pid_of "$ID")
	for kind in net ipc uts; do
		same "$(stat -L -c %i "/proc/$pid/ns/$kind")" "$(stat -c %i "$ns/$kind")"
	done
	ocirun delete --force "$ID"
	umount "$ns"/{net,ipc,uts}
}

@test "a user namespace" {
	config '.linux.namespaces += [{ type: "user" }]
		| .linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]
		| .linux.gidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]'
	needs_passage
	chown 100000:100000 rootfs
	counting
	start
	checkpoint
	restore
	counts_on
	same "$(awk '{ print $2 }' "/proc/$(pid_of "$ID")/uid_map")" 100000
	run_ok exec "$ID" id -u
	same "$output" 0
}

@test "hooks: prestart and createRuntime with the pid, poststop at the end" {
	cat >"$BUNDLE/hook" <<-END
		#!/bin/sh
		echo "\$1 \$(jq -r '"\(.status) \(.pid)"')" >>"$BUNDLE/ran"
	END
	chmod +x "$BUNDLE/hook"
	counting
	start
	checkpoint
	config --arg h "$BUNDLE/hook" '.hooks = { prestart: [{ path: $h, args: ["h", "prestart"] }],
		createRuntime: [{ path: $h, args: ["h", "createRuntime"] }],
		poststop: [{ path: $h, args: ["h", "poststop"] }] }'
	restore
	local pid
	pid=$(pid_of "$ID")
	run_ok delete --force "$ID"
	same "$(<"$BUNDLE/ran")" "prestart creating $pid
createRuntime creating $pid
poststop stopped 0"
}

@test "a hook that fails ends the restore, and nothing is left" {
	counting
	start
	checkpoint
	config '.hooks = { createRuntime: [{ path: "/bin/false" }] }'
	run_fail "createRuntime" restore --image-path "$images" --bundle "$BUNDLE" --detach "$ID"
	run_fail "container does not exist" state "$ID"
	same "$(cgroup_dirs "$ID")" ""
}

@test "connections: --tcp-established, and refused without" {
	needs_cmd python3 iptables
	config '.linux.namespaces |= map(select(.type != "network"))'
	python3 -c 'import socket, sys
s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1], flush=True)
c = s.accept()[0]; c.recv(1); c.sendall(b"answer\n"); c.recv(1)' >"$BUNDLE/port" 3>&- &
	backgrounds+=("$!")
	wait_until test -s "$BUNDLE/port"
	shell "exec 5<>/dev/null; { echo begun >/count; until [ -e /go ]; do sleep 0.05; done
		echo q; sleep 1000; } | nc 127.0.0.1 $(<"$BUNDLE/port") >/got"
	start
	run_fail "tcp" checkpoint --image-path "$images" "$ID"
	same "$(status_of "$ID")" running
	checkpoint --tcp-established
	restore --tcp-established
	: >rootfs/go
	wait_until grep -q answer rootfs/got
}

@test "locks of files: --file-locks, and refused without" {
	cp "$SERVIN_BUILDDIR/tests/probe/lock" rootfs/bin
	args lock /lock /count
	start
	run_fail "lock" checkpoint --image-path "$images" "$ID"
	same "$(status_of "$ID")" running
	checkpoint --file-locks
	restore --file-locks
	! flock -n rootfs/lock true || die "the lock is gone"
}

# bats test_tags=guest
@test "systemd: a container of one scope, restored in another one" {
	needs_systemd
	config '.linux.cgroupsPath = "system.slice:servin:one" | .linux.resources.pids = { limit: 77 }'
	counting
	rm -f rootfs/count
	ocirun --systemd-cgroup run --detach --bundle "$BUNDLE" "$ID" </dev/null \
		> >(exec cat >/dev/null 3>&-) 2>&1
	wait_until test -s rootfs/count
	checkpoint
	wait_until no_unit servin-one.scope
	config '.linux.cgroupsPath = "system.slice:servin:two" | .linux.resources.pids.limit = 78'
	run_ok --systemd-cgroup restore --image-path "$images" --bundle "$BUNDLE" --detach "$ID"
	UNIT=servin-two.scope
	shows TasksMax=78 ActiveState=active
	has "$(<"/proc/$(pid_of "$ID")/cgroup")" "/system.slice/servin-two.scope"
	counts_on
	run_ok delete --force "$ID"
	wait_until no_unit "$UNIT"
}

# bats test_tags=guest
@test "a pre-dump, and what is left for the next one" {
	counting
	start
	if ! ocirun checkpoint --pre-dump --image-path "$images/../pre" "$ID" 2>"$BUNDLE/said"; then
		has "$(<"$BUNDLE/said")" "CONFIG_MEM_SOFT_DIRTY"
		same "$(status_of "$ID")" running
		counts_on
		skip "needs a kernel with CONFIG_MEM_SOFT_DIRTY"
	fi
	same "$(status_of "$ID")" running
	checkpoint --parent-path ../pre
	restore
	counts_on
}

@test "a file of criu's options: by annotation, and not" {
	counting
	start
	echo leave-running >"$BUNDLE/criu.conf"
	config --arg f "$BUNDLE/criu.conf" '.annotations["org.criu.config"] = $f'
	ocirun delete --force "$ID"
	start
	echo "nonsense here" >"$BUNDLE/criu.conf"
	run_fail "criu" checkpoint --image-path "$images" "$ID"
	same "$(status_of "$ID")" running
	echo "tcp-established" >"$BUNDLE/criu.conf"
	checkpoint --leave-running
}

@test "the log goes to --work-path" {
	counting
	start
	checkpoint --work-path "$BATS_TEST_TMPDIR/logs"
	[[ -s $BATS_TEST_TMPDIR/logs/dump.log && ! -e $images/dump.log ]] || die "not there"
	same "$(stat -c %a "$images")" 700
	restore --work-path "$BATS_TEST_TMPDIR/logs"
	[[ -s $BATS_TEST_TMPDIR/logs/restore.log ]] || die "not there"
}

@test "mistakes" {
	run_fail "container does not exist" checkpoint "$ID"
	run_fail 'is none of soft, full, strict, ignore' checkpoint --manage-cgroups-mode x "$ID"
	run_fail 'is none of network' checkpoint --empty-ns mnt "$ID"
	run_fail "flag needs an argument: -lsm-mount-context" restore --lsm-mount-context
	run_fail "no such file or directory" restore --image-path "$images" --bundle "$BUNDLE" "$ID"
	mkdir "$images"
	run_fail "criu" restore --image-path "$images" --bundle "$BUNDLE" "$ID"
	run_fail "container does not exist" state "$ID"
	counting
	run_ok create --bundle "$BUNDLE" "$ID"
	run_fail "cannot checkpoint a created container" checkpoint --image-path "$images" "$ID"
	run_ok start "$ID"
	run_fail "must be relative" checkpoint --image-path "$images" --parent-path /x "$ID"
	run_fail "--parent-path x: no such file" checkpoint --image-path "$images" --parent-path x "$ID"
	run_fail "is not ADDRESS:PORT" checkpoint --image-path "$images" --page-server x "$ID"
	run_fail "container with given ID already exists" \
		restore --image-path "$images" --bundle "$BUNDLE" "$ID"
	wait_until test -s rootfs/count
	checkpoint --leave-running
	run_ok kill "$ID" KILL
	wait_until has_status "$ID" stopped
	run_fail "cannot checkpoint a stopped container" checkpoint --image-path "$images" "$ID"
}

@test "criu that is not there, or no criu" {
	counting
	start
	status=0
	output=$(env -i PATH=/nowhere "$OCIRUN" --root "$STATE" checkpoint --image-path "$images" \
		"$ID" 2>&1) || status=$?
	same "$status" 1
	has "$output" "criu is not installed, or not in PATH: no such file or directory"
	run_fail "criu: execute /nowhere/criu: no such file or directory" \
		--criu /nowhere/criu checkpoint --image-path "$images" "$ID"
	run_fail "criu" --criu /bin/true checkpoint --image-path "$images" "$ID"
	same "$(status_of "$ID")" running
}

@test "killed at any moment, delete --force finds all of it" {
	local limit n

	counting
	start
	checkpoint
	for limit in 0.005 0.02 0.05 0.1 0.15 0.2 0.25 0.3; do
		timeout -s KILL "$limit" "$OCIRUN" --root "$STATE" restore --image-path "$images" \
			--bundle "$BUNDLE" --detach "$ID" </dev/null >/dev/null 2>&1 3>&- || true
		run_ok delete --force "$ID"
		wait_until no_processes
		same "$(cgroup_dirs "$ID")" ""
	done
}

# criu_ends_at EVENT: criu is killed when it has come so far.
criu_ends_at()
{
	cat >"$BUNDLE/action" <<-END
		#!/bin/sh
		[ "\$CRTOOLS_SCRIPT_ACTION" != "$1" ] || kill -KILL "\$PPID"
	END
	chmod +x "$BUNDLE/action"
	echo "action-script $BUNDLE/action" >"$BUNDLE/criu.conf"
	config --arg f "$BUNDLE/criu.conf" '.annotations["org.criu.config"] = $f'
}

@test "criu that dies ends a restore, and nothing is left" {
	local event

	counting
	start
	checkpoint
	for event in setup-namespaces post-restore pre-resume; do
		criu_ends_at "$event"
		config '.linux.namespaces |= map(select(.type != "cgroup"))'
		for manager in cgroupfs disabled; do
			config 'del(.linux.resources)'
			run_fail "criu" --cgroup-manager "$manager" restore --image-path "$images" \
				--bundle "$BUNDLE" --detach --pid-file "$BUNDLE/pid" "$ID"
			run_fail "container does not exist" state "$ID"
			[[ ! -e $BUNDLE/pid ]] || die "a pid file, at $event"
			wait_until no_processes
			same "$(cgroup_dirs "$ID")" ""
		done
	done
}

@test "without a cgroup: restored, and found by delete when it was killed" {
	counting
	start
	checkpoint
	config 'del(.linux.resources)'
	run_fail "no cgroup namespace" --cgroup-manager disabled restore --image-path "$images" \
		--bundle "$BUNDLE" --detach "$ID"
	config '.linux.namespaces |= map(select(.type != "cgroup"))'
	run_ok --cgroup-manager disabled restore --image-path "$images" --bundle "$BUNDLE" --detach "$ID"
	counts_on
	run_ok delete --force "$ID"
	cat >"$BUNDLE/hook" <<-END
		#!/bin/sh
		kill -KILL "\$PPID"
	END
	chmod +x "$BUNDLE/hook"
	config --arg h "$BUNDLE/hook" '.hooks.createRuntime = [{ path: $h }]'
	try --cgroup-manager disabled restore --image-path "$images" --bundle "$BUNDLE" --detach "$ID"
	same "$status" 137
	run_ok delete --force "$ID"
	wait_until no_processes
}

@test "a checkpoint that is killed leaves the container as it was" {
	local limit pid

	counting
	start
	pid=$(pid_of "$ID")
	for limit in 0.05 0.08 0.11 0.14 0.17; do
		timeout --foreground -s KILL "$limit" "$OCIRUN" --root "$STATE" checkpoint \
			--leave-running --image-path "$images" "$ID" </dev/null 3>&- || true
		wait_until has_status "$ID" running
		counts_on
		# What criu puts into a process it takes out again.
		same "$(grep -c -w 00:01 "/proc/$pid/maps")" 0
	done
	checkpoint
}

@test "a stream that is a file of its own stays one, also without a name" {
	shell 'exec >/out 2>&1; rm /out; echo begun >/count; echo text; while :; do sleep 0.05; done'
	start
	checkpoint
	restore
	same "$(readlink "/proc/$(pid_of "$ID")/fd/1")" "/out (deleted)"
}

@test "what was mounted below a bind from inside is the container's" {
	config --arg b "$BUNDLE" '.mounts += [
		{ destination: "/vol", type: "bind", source: "\($b)/vol", options: ["rbind"] }]
		| .process.capabilities |= map_values(. + ["CAP_SYS_ADMIN"])'
	mkdir -p "$BUNDLE/vol/t"
	shell 'mount -t tmpfs none /vol/t; echo kept >/vol/t/file
		i=0; while :; do echo $((i += 1)) >>/count; sleep 0.05; done'
	start
	checkpoint
	restore
	run_ok exec "$ID" cat /vol/t/file
	same "$output" kept
}

@test "what criu would lose is refused, and the container lives on" {
	config --arg b "$BUNDLE" '.mounts += [{ destination: "/vol", type: "bind",
		source: "\($b)/vol", options: ["bind"],
		uidMappings: [{ containerID: 0, hostID: 1000, size: 1 }],
		gidMappings: [{ containerID: 0, hostID: 1000, size: 1 }] }]'
	mkdir "$BUNDLE/vol"
	counting
	if ! start 2>/dev/null; then
		skip "needs a file system that can be idmapped"
	fi
	run_fail "/vol: criu does not keep an idmapped mount" checkpoint --image-path "$images" "$ID"
	counts_on
	run_fail "--status-fd 9: bad file descriptor" \
		checkpoint --image-path "$images" --status-fd 9 "$ID"
	run_fail "--status-fd 1: bad file descriptor" \
		checkpoint --image-path "$images" --status-fd 1 "$ID"
	counts_on
}

@test "a log that is something else is refused" {
	counting
	start
	checkpoint
	echo kept >"$BUNDLE/file"
	ln -sf "$BUNDLE/file" "$images/restore.log"
	run_fail "restore.log" restore --image-path "$images" --bundle "$BUNDLE" --detach "$ID"
	same "$(<"$BUNDLE/file")" kept
	rm "$images/restore.log"
	mkfifo "$images/restore.log"
	run_fail "restore.log" restore --image-path "$images" --bundle "$BUNDLE" --detach "$ID"
}

@test "what one runtime saved another one restores" {
	needs_cmd runc
	# Of a v2 beside v1 runc saves what is not the container's.
	needs_world v1
	counting
	start
	checkpoint
	config '.ociVersion = "1.0.2"'
	runc --root "$STATE" restore --image-path "$images" --work-path "$BATS_TEST_TMPDIR/logs" \
		--bundle "$BUNDLE" --detach "$ID" </dev/null > >(exec cat >/dev/null 3>&-) 2>&1
	counts_on
	rm -rf "$images"
	runc --root "$STATE" checkpoint --image-path "$images" --work-path "$BATS_TEST_TMPDIR/logs" \
		"$ID" >"$BUNDLE/said" 2>&1 || die "$(<"$BUNDLE/said")"
	restore
	counts_on
}
