#!/usr/bin/env bats
#
# Namespaces: made anew, joined by path, or inherited; and what must not pass as one.  (User
# namespaces are another file's.)

load helpers

# What /proc/PID/ns calls them.
links="pid net ipc uts mnt cgroup time"

# type_of LINK: the specification's word for a file of /proc/PID/ns.
type_of()
{
	case $1 in
	net) echo network ;;
	mnt) echo mount ;;
	*) echo "$1" ;;
	esac
}

ns_of()
{
	readlink "/proc/$1/ns/$2"
}

# Without mounts or anything else that needs a mount namespace.
without_mounts()
{
	config 'del(.mounts, .root.readonly, .linux.maskedPaths, .linux.readonlyPaths)
		| .linux.namespaces |= map(select(.type != "mount"))'
}

# without TYPE: the list has no such row.
without()
{
	config --arg t "$1" '.linux.namespaces |= map(select(.type != $t))'
}

# joined TYPE PATH: the list has such a row, and no other of that type.
joined()
{
	without "$1"
	config --arg t "$1" --arg p "$2" '.linux.namespaces += [{ type: $t, path: $p }]'
}

# proves: linux.namespaces.type
@test "namespaces: each of them new" {
	config '.linux.namespaces += [{ type: "time" }]'
	running
	local pid
	pid=$(pid_of "$ID")
	for link in $links; do
		[[ $(ns_of "$pid" "$link") != "$(ns_of self "$link")" ]] || die "$link is the host's"
	done
	same "$(ns_of "$pid" user)" "$(ns_of self user)"
	same "$(ns_of "$pid" time_for_children)" "$(ns_of "$pid" time)"
}

# proves: linux.timeOffsets.boottime.secs, linux.timeOffsets.boottime.nanosecs
# proves: linux.timeOffsets.monotonic.secs, linux.timeOffsets.monotonic.nanosecs
@test "namespaces: clocks that are moved" {
	local uptime
	config '.linux.namespaces += [{ type: "time" }]
		| .linux.timeOffsets = { boottime: { secs: 500000000, nanosecs: 999999999 },
			monotonic: { secs: 700000000, nanosecs: 5 } }'
	uptime=$(cut -d. -f1 /proc/uptime)
	container_ok 'cut -d. -f1 /proc/uptime; cat /proc/self/timens_offsets; readlink /proc/self/ns/time'
	((lines[0] >= 500000000 + uptime && lines[0] < 500000100 + uptime))
	same "$(echo ${lines[1]})" "monotonic 700000000 5"
	same "$(echo ${lines[2]})" "boottime 500000000 999999999"
	[[ ${lines[3]} != "$(readlink /proc/self/ns/time)" ]]
	# back as well, down to the boot
	config '.linux.timeOffsets = { boottime: { secs: -5 } }'
	container_ok 'cut -d. -f1 /proc/uptime'
	((lines[0] < uptime + 100))
	running
	run_ok exec "$ID" cat /proc/self/timens_offsets
	same "$(echo ${lines[1]})" "boottime -5 0"
}

# proves: linux.timeOffsets.boottime.secs, linux.timeOffsets.boottime.nanosecs
# proves: linux.timeOffsets.monotonic.secs, linux.timeOffsets.monotonic.nanosecs, §3.6
@test "namespaces: clocks that cannot be moved that far" {
	config '.linux.namespaces += [{ type: "time" }]
		| .linux.timeOffsets.monotonic.secs = -1000000000'
	run_fail "time offsets: monotonic: -1000000000 s is more than the clock can be moved" \
		create --bundle "$BUNDLE" "$ID"
	config '.linux.timeOffsets = { boottime: { secs: 8000000000 } }'
	run_fail "time offsets: boottime: " create --bundle "$BUNDLE" "$ID"
	same "$(ls "$STATE")" ""
}

@test "namespaces: an empty path is no path" {
	joined uts ""
	running
	[[ $(ns_of "$(pid_of "$ID")" uts) != "$(ns_of self uts)" ]]
}

# proves: §3.9
@test "namespaces: what is not listed is inherited" {
	config 'del(.hostname) | .mounts |= map(select(.type != "mqueue"))
		| .linux.namespaces = [{ type: "mount" }]'
	running
	local pid
	pid=$(pid_of "$ID")
	for link in pid net ipc uts cgroup time; do
		same "$(ns_of "$pid" "$link")" "$(ns_of self "$link")"
	done
	[[ $(ns_of "$pid" mnt) != "$(ns_of self mnt)" ]]
}

@test "namespaces: none at all is a chroot" {
	without_mounts
	config 'del(.hostname) | .linux.namespaces = []'
	container_ok 'ls /; cat /etc/passwd | wc -l'
	has "$output" $'bin\ndev'
	has_not "$output" boot
	same "${lines[-1]}" 2
	# what was made there is in the rootfs, for there is no mount over it
	[[ -c $BUNDLE/rootfs/dev/null ]]
}

@test "namespaces: no linux object at all is the same" {
	without_mounts
	config 'del(.hostname, .linux)'
	container_ok 'ls -d /boot 2>/dev/null; echo here'
	same "$output" here
}

@test "namespaces: a new pid namespace begins with 1" {
	container_ok 'echo $$; ls -d /proc/[0-9]* | wc -l'
	same "${lines[0]}" 1
	((lines[1] < 4))
}

@test "namespaces: a new network has a loopback that is up, and nothing else" {
	container_ok 'cat /sys/class/net/lo/operstate; ls /sys/class/net; ping -c 1 -W 1 127.0.0.1 >/dev/null 2>&1;
		ip -o addr show lo | grep -o "inet [0-9./]*"; ip -o link show lo | grep -o "<.*>"'
	has "$output" "inet 127.0.0.1/8"
	has "$output" "LOOPBACK,UP"
	has_not "$output" eth0
}

# proves: linux.namespaces.path, §3.9
@test "namespaces: each joined by path" {
	config '.linux.namespaces += [{ type: "time" }]'
	running
	local holder pid other
	holder=$(pid_of "$ID")
	new_id
	other=$new_id
	mkdir "$BUNDLE.other"
	cp -r "$BUNDLE/config.json" "$BUNDLE.other"
	cp -al "$BUNDLE/rootfs" "$BUNDLE.other/rootfs"
	BUNDLE=$BUNDLE.other
	config 'del(.hostname)'
	for link in pid net ipc uts cgroup time; do
		joined "$(type_of "$link")" "/proc/$holder/ns/$link"
	done
	# in the foreground, so that the runtime reaps it: until then the holder's namespace cannot end
	background ocirun run --bundle "$BUNDLE" "$other"
	wait_until has_status "$other" running
	pid=$(pid_of "$other")
	for link in pid net ipc uts cgroup time; do
		same "$(ns_of "$pid" "$link")" "$(ns_of "$holder" "$link")"
	done
	[[ $(ns_of "$pid" mnt) != "$(ns_of "$holder" mnt)" ]]
	# not the first there, so its death alone ends nobody else
	run_ok delete --force "$other"
	has_status "$ID" running
}

@test "namespaces: only the pid namespace joined, seen in /proc" {
	running
	local holder
	holder=$(pid_of "$ID")
	new_id
	joined pid "/proc/$holder/ns/pid"
	shell 'cat /proc/1/cmdline | tr "\0" " "; echo $$'
	run_ok run --bundle "$BUNDLE" "$new_id"
	same "${lines[0]%%[0-9]*}" "sleep "
	has_not "${lines[-1]}" "1000 1"
	# the runtime itself stays where it was
	has_status "$ID" running
}

@test "namespaces: a mount namespace joined by path" {
	background unshare --mount --propagation private sh -c \
		"mount -t tmpfs none '$BUNDLE/rootfs/tmp' && echo >'$BUNDLE/rootfs/tmp/there' && exec sleep 1000"
	wait_until test -e "/proc/$background/root$BUNDLE/rootfs/tmp/there"
	without_mounts
	joined mount "/proc/$background/ns/mnt"
	container_ok 'ls /tmp'
	same "$output" there
	[[ ! -e $BUNDLE/rootfs/tmp/there ]]
}

@test "namespaces: hostname goes into a joined uts namespace, too" {
	background unshare --uts sleep 1000
	wait_until eval '[[ $(ns_of $background uts) != "$(ns_of self uts)" ]]'
	joined uts "/proc/$background/ns/uts"
	config '.hostname = "lent"'
	container_ok hostname
	same "$output" lent
	joined uts /proc/self/ns/uts
	run_fail '.hostname: needs a uts namespace' run --bundle "$BUNDLE" "$ID"
	same "$(nsenter --target "$background" --uts hostname)" lent
	[[ $(hostname) != lent ]]
}

# proves: §3.9
@test "namespaces: a path of another kind" {
	local file kinds=(pid network ipc uts cgroup time mount)
	config 'del(.hostname)'
	cp "$BUNDLE/config.json" "$BUNDLE/config.good"
	for type in "${kinds[@]}"; do
		cp "$BUNDLE/config.good" "$BUNDLE/config.json"
		[[ $type != mount ]] || without_mounts
		file=/proc/self/ns/user
		joined "$type" "$file"
		run_fail "$file: a user namespace, not a $type one" run --bundle "$BUNDLE" "$ID"
	done
	state_is_empty
}

@test "namespaces: a path to no namespace, or to nothing" {
	config 'del(.hostname)'
	touch "$BATS_TEST_TMPDIR/file"
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	joined uts "$BATS_TEST_TMPDIR/file"
	run_fail "$BATS_TEST_TMPDIR/file: not a namespace" run --bundle "$BUNDLE" "$ID"
	joined uts "$BATS_TEST_TMPDIR/fifo"
	run_fail "$BATS_TEST_TMPDIR/fifo: not a namespace" run --bundle "$BUNDLE" "$ID"
	joined uts "$BATS_TEST_TMPDIR"
	run_fail "not a namespace" run --bundle "$BUNDLE" "$ID"
	joined uts "$BATS_TEST_TMPDIR/none"
	run_fail "open $BATS_TEST_TMPDIR/none: no such file or directory" run --bundle "$BUNDLE" "$ID"
	joined pid "$BATS_TEST_TMPDIR/none"
	run_fail "no such file or directory" run --bundle "$BUNDLE" "$ID"
	state_is_empty
}

# proves: linux.namespaces.type, §3.9
@test "namespaces: mistakes in the list" {
	config '.linux.namespaces += [{ type: "uts" }]'
	run_fail '.linux.namespaces[6].type: stands twice in the list' run --bundle "$BUNDLE" "$ID"
	config '.linux.namespaces[6] = { type: "uts", path: "/proc/self/ns/uts" }'
	run_fail '.linux.namespaces[6].type: stands twice in the list' run --bundle "$BUNDLE" "$ID"
	config '.linux.namespaces[6] = { type: "net" }'
	run_fail '.linux.namespaces[6].type' run --bundle "$BUNDLE" "$ID"
	config '.linux.namespaces[6] = { path: "/proc/self/ns/uts" }'
	run_fail '.linux.namespaces[6]' run --bundle "$BUNDLE" "$ID"
	config 'del(.linux.namespaces[6])'
	joined time "proc/self/ns/time"
	run_fail 'must be an absolute path' run --bundle "$BUNDLE" "$ID"
	state_is_empty
}

@test "namespaces: what needs one says so" {
	without uts
	run_fail '.hostname: needs a uts namespace' run --bundle "$BUNDLE" "$ID"
	config 'del(.hostname) | .domainname = "x"'
	run_fail '.domainname: needs a uts namespace' run --bundle "$BUNDLE" "$ID"
	config 'del(.domainname)'
	without mount
	run_fail '.mounts: needs a new mount namespace' run --bundle "$BUNDLE" "$ID"
	config 'del(.mounts)'
	run_fail '.linux.maskedPaths: needs a mount namespace' run --bundle "$BUNDLE" "$ID"
	config 'del(.linux.maskedPaths)'
	run_fail '.linux.readonlyPaths: needs a mount namespace' run --bundle "$BUNDLE" "$ID"
	config 'del(.linux.readonlyPaths) | .root.readonly = true'
	run_fail '.root.readonly: needs a new mount namespace' run --bundle "$BUNDLE" "$ID"
	config 'del(.root.readonly) | .linux.rootfsPropagation = "slave"'
	run_fail '.linux.rootfsPropagation: needs a new mount namespace' run --bundle "$BUNDLE" "$ID"
}

# The rest of the host does not see them, whatever its propagation.
@test "namespaces: mounts of the container do not reach the host" {
	container_ok 'cat /proc/self/mountinfo | wc -l'
	same "$(grep -c "$BUNDLE" /proc/self/mountinfo)" 0
}

@test "namespaces: the end of the first process ends all of a pid namespace" {
	shell 'sleep 1001 & sleep 1002 & exec sleep 1000'
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	wait_until eval '(($(our_processes | wc -l) >= 3))'
	run_ok kill "$ID" KILL
	wait_until no_processes
	wait_until has_status "$ID" stopped
}
