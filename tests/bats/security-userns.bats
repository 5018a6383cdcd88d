#!/usr/bin/env bats
#
# What a container in a user namespace must not get, and one while mounts are added to it.  The numbers are
# those of security.bats; a plain user's containers are in rootless.bats.

# shellcheck disable=SC2016,SC2154

load helpers

SWAP=${SWAP:-$SERVIN_BUILDDIR/tests/probe/swap}
THIEF=${THIEF:-$SERVIN_BUILDDIR/tests/probe/thief}
DECIDE=${DECIDE:-$SERVIN_BUILDDIR/tests/probe/decide}
# IDs of the host that nobody has.
BASE=2000000
NOTHING="ptrace 0, mem 0, vm 0, files 0, root 0, cwd 0, exe 0, environ 0"

setup()
{
	servin_setup
	# Root of the namespace is nobody on the host: it must be let in.
	chmod 711 "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR" "${BATS_TEST_TMPDIR%/*}"
	chmod 1777 "$BUNDLE/rootfs/tmp"
	CANARY=$BATS_TEST_TMPDIR/canary
	mkdir "$CANARY"
	echo canary >"$CANARY/secret"
	echo canary >"$CANARY/null"
	# so that nothing but the runtime keeps it as it is
	chmod -R a+rwX "$CANARY"
	CANARY_HASH=$(canary_hash)
}

teardown()
{
	local failed=0

	[[ -z ${CANARY:-} || $(canary_hash) == "$CANARY_HASH" ]] ||
		die "the canary has changed:" "$(ls -lR "$CANARY")" || failed=1
	servin_teardown || failed=1
	return $failed
}

canary_hash()
{
	find "$CANARY" -printf '%p %m %u %g %s %T@\n' | sort | sha256sum
}

mapped()
{
	config --argjson base $BASE '.linux.namespaces += [{ type: "user" }]
		| .linux.uidMappings = [{ containerID: 0, hostID: $base, size: 65536 }]
		| .linux.gidMappings = .linux.uidMappings'
}

every_capability()
{
	config --argjson all "$(ocirun features | jq .linux.capabilities)" '
		.process.capabilities = { bounding: $all, permitted: $all, effective: $all }
		| .process.noNewPrivileges = false'
}

mount_at()
{
	config '.mounts += [{ destination: $ARGS.positional[0], source: $ARGS.positional[1],
		type: $ARGS.positional[2], options: $ARGS.positional[3:] }]' --args -- "$@"
}

# thief_begins MODE: a container where he is at work.
thief_begins()
{
	[[ -x $THIEF ]] || skip "needs the thief"
	cp "$THIEF" "$BUNDLE/rootfs/bin/thief"
	running "$ID" sh -c "THIEF_KNOWN=/bin/busybox thief $1 /tmp/enough >/tmp/booty 2>&1; exec sleep 1000"
}

# thief_ends: $output is what he says.
thief_ends()
{
	touch "$BUNDLE/rootfs/tmp/enough"
	wait_until grep -q tried "$BUNDLE/rootfs/tmp/booty"
	output=$(<"$BUNDLE/rootfs/tmp/booty")
	echo "# $output"
}

filtered()
{
	config '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW",
		syscalls: [{ names: ["swapon"], action: "SCMP_ACT_ERRNO" }] }'
}

exec_many()
{
	local i

	for ((i = 0; i < $1; i++)); do
		ocirun exec "${@:2}" "$ID" true || die "exec $i failed"
	done
}

# T20 is seen to fail, here and where mounts are added, while fs.suid_dumpable is 1: the kernel shows us then
# at each change of user, until we hide again.  That is what its documentation warns of.
@test "userns: T20 who has every capability there traces no exec before its execve" {
	mapped
	every_capability
	# it has CAP_SYS_ADMIN of the namespace until it has loaded that
	filtered
	thief_begins trace
	exec_many 60
	exec_many 30 --user 5
	thief_ends
	has_not "$output" "tried 0,"
	has "$output" "$NOTHING"
}

@test "userns: T01 nor opens our program" {
	mapped
	every_capability
	thief_begins exe
	exec_many 60
	thief_ends
	has "$output" "write 0, truncate 0, unsealed 0, cloned 0"
}

# add_and_remove N: among them a procfs, whose maker is in the pid namespace.
add_and_remove()
{
	local i

	mkdir -p source "$BUNDLE"/rootfs/mnt/{a,p,t}
	jq -n --arg s "$PWD/source" '[{ destination: "/mnt/a", type: "bind", source: $s },
		{ destination: "/mnt/p", type: "proc", source: "proc" },
		{ destination: "/mnt/t", type: "tmpfs", source: "tmpfs" }]' >list
	for ((i = 0; i < $1; i++)); do
		run_ok mounts add "$ID" list
		run_ok mounts remove "$ID" list
	done
}

@test "userns: T20 nor who adds a mount" {
	mapped
	every_capability
	thief_begins trace
	add_and_remove 30
	thief_ends
	has_not "$output" "tried 0,"
	has "$output" "$NOTHING"
}

@test "mounts: T20 nobody inside traces who adds a mount" {
	thief_begins trace
	add_and_remove 30
	thief_ends
	has_not "$output" "tried 0,"
	has "$output" "$NOTHING"
}

# none_of_canary FILE: a mountinfo that has nothing of it mounted; the place may be called so, inside.
none_of_canary()
{
	! awk -v c="$CANARY" 'index($4, c) == 1' "$1" | grep . || die "the canary is mounted"
}

# exchanged: a volume whose directory a is a link to the canary half of the time.
exchanged()
{
	[[ -x $SWAP ]] || skip "needs swap"
	volume=$BATS_TEST_TMPDIR/volume
	mkdir -p "$volume/a" source "$BUNDLE/rootfs/v"
	ln -s "../../../../../../../../..$CANARY" "$volume/b"
	chmod 777 "$volume" "$volume/a"
	mount_at /v "$volume" none bind
	background "$SWAP" "$volume" a b
	swapper=$background
}

@test "mounts: T06 a place that is exchanged for a link all the time" {
	local i seen=0 before pid
	exchanged
	running
	jq -n --arg s "$PWD/source" '[{ destination: "/v/a", type: "tmpfs", source: "a-tmpfs" },
		{ destination: "/v/a/z", type: "bind", source: $s, options: ["rbind"] },
		{ destination: "/v/a/y/file", type: "bind", source: "/etc/passwd" }]' >list
	pid=$(pid_of "$ID")
	for ((i = 0; i < 20 || seen < 5; i++)); do
		before=$(wc -l <"/proc/$pid/mountinfo")
		try mounts add "$ID" list
		none_of_canary "/proc/$pid/mountinfo"
		none_of_canary /proc/self/mountinfo
		if [[ $status == 0 ]]; then
			seen=$((seen + 1))
		else
			same "$(wc -l <"/proc/$pid/mountinfo")" "$before"
		fi
		((i < 500)) || die "only $seen of $i came so far that there was something to see"
	done
	alive "$swapper"
}

@test "userns: T06 the same for its mounts" {
	local i seen=0
	mapped
	exchanged
	chown -R $BASE:$BASE "$volume"
	mount_at /v/a a-tmpfs tmpfs
	mount_at /v/a/z "$PWD/source" none rbind
	mount_at /v/a/y/file /etc/passwd none bind
	config '.linux.maskedPaths += ["/v/a/secret", "/v/a"] | del(.linux.resources)'
	args cat /proc/self/mountinfo
	for ((i = 0; i < 20 || seen < 5; i++)); do
		try --cgroup-manager disabled run --bundle "$BUNDLE" "$ID"
		((status < 124)) || die "round $i: status $status"
		none_of_canary "$output_file"
		seen=$((seen + (status == 0)))
		((i < 500)) || die "only $seen of $i came so far that there was something to see"
	done
	alive "$swapper"
}

@test "userns: T13, T14 links in place of /dev and of devices" {
	mapped
	config '.mounts |= map(select(.destination | startswith("/dev") | not))'
	ln -s "../../../../../../../../..$CANARY/null" "$BUNDLE/rootfs/dev/null"
	ln -s "../../../../../../../../..$CANARY/new" "$BUNDLE/rootfs/dev/fuse"
	config '.linux.devices = [{ path: "/dev/fuse", type: "c", major: 10, minor: 229 }]'
	run_status 1 run --bundle "$BUNDLE" "$ID"
	rm -rf "$BUNDLE/rootfs/dev"
	ln -s "$CANARY" "$BUNDLE/rootfs/dev"
	try run --bundle "$BUNDLE" "$ID"
	((status < 126))
}

@test "userns: T17 no cgroup can be written" {
	mapped
	no_cgroup_written
}

@test "userns: T17 no cgroup v2 can be written" {
	mapped
	export -f no_cgroup_written
	v2 no_cgroup_written
}

no_cgroup_written()
{
	container_ok 'for f in $(find /sys/fs/cgroup -name "cgroup.*" -o -name release_agent -o -name memory.max); do
			(echo 1 >$f) 2>/dev/null && echo wrote $f
		done
		mkdir /sys/fs/cgroup/x 2>/dev/null && echo made
		echo "looked at $(find /sys/fs/cgroup -name cgroup.procs | wc -l)"'
	has_not "$output" wrote
	has_not "$output" made
	has_not "$output" "looked at 0"
}

@test "userns: T02 only 0 to 2 in the program, whatever its making took" {
	[[ -x $THIEF && -x $DECIDE ]] || skip "needs the thief and decide"
	mapped
	cp "$THIEF" "$BUNDLE/rootfs/bin/thief"
	mkdir source "$BUNDLE/rootfs/mnt"
	mount_at /mnt "$PWD/source" none bind idmap
	background "$DECIDE" "$BATS_TEST_TMPDIR/decide" 1
	wait_until test -S "$BATS_TEST_TMPDIR/decide"
	config --arg dir "$BATS_TEST_TMPDIR" '.linux.namespaces += [{ type: "time" }]
		| .linux.timeOffsets.boottime.secs = 100
		| .hooks.startContainer = [{ path: "/bin/true" }]
		| .annotations["run.oci.hooks.stdout"] = "\($dir)/hook"
		| .linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", listenerPath: "\($dir)/decide",
			syscalls: [{ names: ["getppid"], action: "SCMP_ACT_NOTIFY" }] }'
	args thief fds
	run_ok run --bundle "$BUNDLE" "$ID"
	same "$(grep -o '^[0-9]* ' <<<"$output" | xargs)" "0 1 2"
}

@test "userns: T20 init of another container in the same namespaces" {
	mapped
	every_capability
	thief_begins trace
	config --arg ns "/proc/$(pid_of "$ID")/ns" '
		.linux.namespaces |= map(if .type == "user" or .type == "pid" then .path = "\($ns)/\(.type)" else . end)
		| .linux.namespaces += [{ type: "time" }] | .linux.timeOffsets.boottime.secs = 100'
	args true
	for _ in {1..20}; do
		new_id
		run_ok create --bundle "$BUNDLE" "$new_id"
		run_ok start "$new_id"
		run_ok delete --force "$new_id"
	done
	thief_ends
	has_not "$output" "tried 0,"
	has "$output" "$NOTHING"
}

@test "a record whose process is another by now is of a container that has stopped" {
	local command
	running
	jq -n '[{ destination: "/tmp", type: "tmpfs", source: "tmpfs" }]' >list
	mv "$STATE/$ID/state.json" record
	jq -c '.startTime += 1' <record >"$STATE/$ID/state.json"
	same "$(status_of "$ID")" stopped
	for command in "update --pids-limit 20 $ID" "mounts add $ID list" "mounts remove $ID list" "exec $ID true" \
		"kill $ID KILL" "pause $ID" "start $ID"; do
		# shellcheck disable=SC2086
		try $command
		[[ $status == 1 || $status == 255 ]] || die "$command: status $status" "$output"
		[[ $output == *" stopped"* || $output == *"not running"* ]] || die "$command: $output"
	done
	mv record "$STATE/$ID/state.json"
	has_status "$ID" running
}
