#!/usr/bin/env bats
#
# User namespaces: their mappings, made anew or joined, and what differs for a container in one.

load helpers

# A range of IDs of the host that nobody has.
BASE=2000000

setup()
{
	servin_setup
	# Root of the namespace is nobody on the host: it must be let in.
	needs_passage
	mapped
}

# mapped [ROWS]: a new user namespace, by default with 65536 IDs.
mapped()
{
	local all='[{ "containerID": 0, "hostID": 2000000, "size": 65536 }]'

	config --argjson rows "${1:-$all}" '
		.linux.namespaces |= map(select(.type != "user")) + [{ type: "user" }]
		| .linux.uidMappings = $rows | .linux.gidMappings = $rows'
}

# joined TYPE PATH: the list has such a row, and no other of that type.
joined()
{
	config --arg t "$1" --arg p "$2" '.linux.namespaces |= map(select(.type != $t))
		+ [{ type: $t, path: $p }]'
}

# status_line NAME PID: a line of /proc/PID/status.
status_line()
{
	sed -n "s/^$1:[[:space:]]*//p" "/proc/$2/status"
}

# bats test_tags=guest
# proves: linux.namespaces, linux.uidMappings, linux.gidMappings
@test "userns: root of a new user namespace is nobody on the host" {
	running "$ID" sh -c 'cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups; sleep 1000'
	local pid
	pid=$(pid_of "$ID")
	wait_until grep -q allow "$output_file"
	reread_output
	same "$(echo $output)" "0 $BASE 65536 0 $BASE 65536 allow"
	same "$(status_line Uid "$pid")" "$(printf '%s\t%s\t%s\t%s' $BASE $BASE $BASE $BASE)"
	same "$(status_line Gid "$pid")" "$(printf '%s\t%s\t%s\t%s' $BASE $BASE $BASE $BASE)"
	same "$(status_line Groups "$pid")" ""
	[[ $(readlink "/proc/$pid/ns/user") != "$(readlink /proc/self/ns/user)" ]]
}

# proves: linux.namespaces
@test "userns: every other new namespace belongs to it" {
	config '.process.capabilities = ("CAP_SYS_ADMIN CAP_NET_ADMIN CAP_SYS_TIME" | split(" ")
		| { bounding: ., permitted: ., effective: . })'
	container_ok 'mount -t tmpfs x /tmp && ip link set lo down && hostname inside && hostname'
	same "$output" inside
}

# proves: process.user, process.user.additionalGids, linux.uidMappings
@test "userns: a user, a group and additional groups of the container" {
	config '.process.user = { uid: 1000, gid: 7, additionalGids: [5, 60000] }'
	running
	local pid
	pid=$(pid_of "$ID")
	same "$(status_line Uid "$pid" | cut -f1)" $((BASE + 1000))
	same "$(status_line Gid "$pid" | cut -f1)" $((BASE + 7))
	same "$(status_line Groups "$pid" | xargs)" "$((BASE + 5)) $((BASE + 60000))"
	run_ok exec "$ID" id
	same "$output" "uid=1000(user) gid=7 groups=5,60000"
	run_ok exec --user 3:4 "$ID" id
	same "$output" "uid=3 gid=4 groups=5,60000"
}

# proves: linux.uidMappings, linux.gidMappings
@test "userns: several mappings, in any order" {
	mapped '[{ "containerID": 1000, "hostID": 2001000, "size": 10 },
		{ "containerID": 0, "hostID": 2000500, "size": 5 },
		{ "containerID": 60000, "hostID": 2000000, "size": 1 }]'
	config '(.mounts[] | select(.type == "devpts")).options -= ["gid=5"]
		| .process.capabilities = (["CAP_CHOWN"] | { bounding: ., permitted: ., effective: . })'
	container_ok 'cat /proc/self/uid_map | wc -l; touch /dev/shm/x; chown 60000 /dev/shm/x && ls -n /dev/shm/x'
	same "${lines[0]}" 3
	has "$output" " 60000 "
}

# proves: linux.uidMappings
@test "userns: a namespace without a root begins and ends as the user" {
	mapped '[{ "containerID": 1000, "hostID": 2001000, "size": 1 }]'
	config '.process.user = { uid: 1000, gid: 1000 } | .mounts |= map(select(.type != "devpts"))'
	container_ok 'id -u; cat /proc/self/uid_map | xargs; touch /dev/shm/x'
	same "${lines[0]}" 1000
	same "${lines[1]}" "1000 2001000 1"
}

# proves: process.capabilities
@test "userns: capabilities are those that were asked for, and hold inside only" {
	config '.process.capabilities = ("CAP_CHOWN CAP_SYS_ADMIN CAP_SYS_TIME" | split(" ")
		| { bounding: ., permitted: ., effective: ., inheritable: [], ambient: [] })'
	container_ok 'grep Cap /proc/self/status | cut -f2 | sort -u | xargs; date -s 2000-01-01 2>&1 || true'
	same "${lines[0]}" "0000000000000000 0000000002200001"
	has "$output" "ermitted"
}

# proves: linux.uidMappings, linux.gidMappings
@test "userns: mappings that cannot be" {
	local i
	local -a wrong=(
		'[{ "containerID": 0, "hostID": 1, "size": 0 }]'
		'linux.uidMappings[0]: must have a size of 1 or more'
		'[{ "containerID": 0, "hostID": 1, "size": 9 }, { "containerID": 8, "hostID": 90, "size": 1 }]'
		'linux.uidMappings[1]: overlaps an earlier one in the container'
		'[{ "containerID": 0, "hostID": 1, "size": 9 }, { "containerID": 90, "hostID": 8, "size": 8 }]'
		'linux.uidMappings[1]: overlaps an earlier one on the host'
		'[{ "containerID": 4294967290, "hostID": 1, "size": 6 }]'
		'linux.uidMappings[0]: goes beyond the last ID'
		"$(jq -n '[range(341) | { containerID: ., hostID: (. * 2), size: 1 }]')"
		'linux.uidMappings[340]: is more than the 340'
		'[]'
		'linux.uidMappings: is missing: a new user namespace needs it'
		'[{ "containerID": 1, "hostID": 1, "size": 5 }]'
		'process.user.uid: is not in the mappings'
	)

	for ((i = 0; i < ${#wrong[@]}; i += 2)); do
		mapped "${wrong[i]}"
		run_status 1 create --bundle "$BUNDLE" "$ID"
		has "$output" "${wrong[i + 1]}"
	done
}

# proves: process.user.additionalGids
@test "userns: a group that is not mapped" {
	config '.process.user.additionalGids = [1, 70000]'
	run_fail "process.user.additionalGids[1]: is not in the mappings" create --bundle "$BUNDLE" "$ID"
	config 'del(.process.user.additionalGids)'
	running
	run_status 255 exec --user 70000 "$ID" true
	has "$output" "setuid 70000: it is not mapped in the user namespace"
	run_status 255 exec --additional-gids 70000 "$ID" true
	has "$output" "is not mapped"
}

# proves: linux.uidMappings
@test "userns: mappings without a user namespace" {
	config '.linux.namespaces |= map(select(.type != "user"))'
	run_fail "linux.uidMappings: needs a user namespace" create --bundle "$BUNDLE" "$ID"
}

# proves: linux.namespaces, §3.9
@test "userns: joined by path, with what is the host's and what is its own" {
	running
	local holder pid kind
	holder=$(pid_of "$ID")
	joined user "/proc/$holder/ns/user"
	joined network "/proc/$holder/ns/net"
	joined ipc "/proc/self/ns/ipc"
	joined pid "/proc/$holder/ns/pid"
	config 'del(.linux.uidMappings, .linux.gidMappings) | .mounts |= map(select(.type != "mqueue"))'
	# sysfs takes a network that belongs to the namespace, and this one does.
	new_id
	running "$new_id"
	pid=$(pid_of "$new_id")
	same "$(readlink "/proc/$pid/ns/user")" "$(readlink "/proc/$holder/ns/user")"
	same "$(readlink "/proc/$pid/ns/net")" "$(readlink "/proc/$holder/ns/net")"
	same "$(readlink "/proc/$pid/ns/ipc")" "$(readlink "/proc/self/ns/ipc")"
	same "$(readlink "/proc/$pid/ns/pid")" "$(readlink "/proc/$holder/ns/pid")"
	for kind in mnt uts; do
		[[ $(readlink "/proc/$pid/ns/$kind") != "$(readlink "/proc/self/ns/$kind")" ]]
		[[ $(readlink "/proc/$pid/ns/$kind") != "$(readlink "/proc/$holder/ns/$kind")" ]]
	done
	same "$(status_line Uid "$pid" | cut -f1)" $BASE
	# init is our child, or its parent's, but not a process that went away
	run_ok exec "$new_id" sh -c 'id -u; ls -d /proc/[0-9]*'
	same "${lines[0]}" 0
	same "${lines[1]}" /proc/1
	same "${#lines[@]}" 4
	run_ok kill "$new_id" KILL
	run_ok delete --force "$new_id"
}

# proves: linux.namespaces
@test "userns: a new one with a network and a pid namespace of the host" {
	running
	local holder pid
	holder=$(pid_of "$ID")
	new_id
	local host=$new_id
	config '.linux.namespaces |= map(select(.type != "user")) | del(.linux.uidMappings, .linux.gidMappings)'
	running "$host"
	holder=$(pid_of "$host")
	mapped
	joined network "/proc/$holder/ns/net"
	joined uts "/proc/$holder/ns/uts"
	config 'del(.hostname) | .mounts |= map(select(.type != "sysfs" and .type != "cgroup"))
		| .linux.maskedPaths = [] | .linux.readonlyPaths = []'
	new_id
	running "$new_id"
	pid=$(pid_of "$new_id")
	same "$(readlink "/proc/$pid/ns/net")" "$(readlink "/proc/$holder/ns/net")"
	same "$(status_line Uid "$pid" | cut -f1)" $BASE
	run_ok exec "$new_id" hostname
	same "$output" ocirun
}

# proves: linux.uidMappings
@test "userns: mappings beside a path must be those of the namespace" {
	running
	local holder
	holder=$(pid_of "$ID")
	joined user "/proc/$holder/ns/user"
	new_id
	running "$new_id"
	run_ok delete --force "$new_id"
	config '.linux.uidMappings[0].size = 10'
	new_id
	run_fail "uidMappings: not those of the user namespace that is joined" \
		run --bundle "$BUNDLE" "$new_id"
}

# proves: linux.namespaces
@test "userns: the namespace that we are in already is no other one" {
	joined user /proc/self/ns/user
	config 'del(.linux.uidMappings, .linux.gidMappings)'
	running
	same "$(status_line Uid "$(pid_of "$ID")" | cut -f1)" 0
	run_ok exec "$ID" id -u
	same "$output" 0
}

# proves: mounts.source
@test "userns: sources and a rootfs that root of the namespace cannot reach" {
	mkdir -m 700 "$BUNDLE/closed"
	mkdir "$BUNDLE/closed/src"
	echo secret >"$BUNDLE/closed/src/file"
	mount -t tmpfs below "$BUNDLE/closed/src" && mkdir "$BUNDLE/closed/src/d" &&
		mount -t tmpfs deeper "$BUNDLE/closed/src/d" && echo deep >"$BUNDLE/closed/src/d/file"
	config --arg s "$BUNDLE/closed/src" '.mounts += [
		{ destination: "/mnt", source: $s, options: ["rbind", "ro"] },
		{ destination: "/one", source: $s, options: ["bind"] },
		{ destination: "/file", source: "config.json", options: ["bind", "ro"] }]'
	mkdir "$BUNDLE"/rootfs/{mnt,one}
	touch "$BUNDLE/rootfs/file"
	chmod 700 "$BUNDLE"
	container 'cat /mnt/d/file; ls /one/d | wc -l; head -c 1 /file; touch /mnt/x 2>&1;
		grep " /mnt" /proc/self/mountinfo | grep -c "shared:"'
	umount "$BUNDLE/closed/src/d" "$BUNDLE/closed/src"
	chmod 755 "$BUNDLE"
	same "${lines[0]}" deep
	same "${lines[1]}" 0
	same "${lines[2]:0:1}" "{"
	has "$output" "Read-only"
	same "${lines[-1]}" 0
}

# What the kernel locks against root of the namespace: what the host itself has read-only.
@test "userns: a source that is read-only on the host stays so, whatever the container may" {
	mkdir -m 777 "$BATS_TEST_TMPDIR/fixed" "$BATS_TEST_TMPDIR/free" rootfs/fixed rootfs/free
	config --arg dir "$BATS_TEST_TMPDIR" '.process.capabilities = (["CAP_SYS_ADMIN"]
			| { bounding: ., permitted: ., effective: . })
		| .mounts += (["fixed", "free"] | map({ destination: ("/" + .), type: "bind",
			source: ($dir + "/" + .), options: ["bind", "ro"] }))'
	shell 'mount -o remount,bind,rw /fixed && touch /fixed/x; ls /fixed; touch /free/x || echo kept'
	# shellcheck disable=SC2016
	run_in_own_mounts 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"' \
		"$BATS_TEST_TMPDIR/fixed" run --bundle "$BUNDLE" "$ID"
	has "$output" "kept"
	same "$(ls "$BATS_TEST_TMPDIR/fixed")" ""
}

# run_in_own_mounts SCRIPT DIR ARGS...: ocirun ARGS in a mount namespace that SCRIPT has changed.
run_in_own_mounts()
{
	output=$(unshare --mount --propagation private sh -c "$1"' && shift && exec "$@"' sh "$2" \
		"$OCIRUN" --root "$STATE" "${@:3}" 2>&1) || die "status $?" "$output"
}

# proves: mounts.source
@test "userns: mounts of the host come in, and none go out" {
	mkdir "$BUNDLE/src" "$BUNDLE/rootfs/mnt"
	mount -t tmpfs src "$BUNDLE/src"
	mount --make-shared "$BUNDLE/src"
	mkdir -m 777 "$BUNDLE/src/in" "$BUNDLE/src/out"
	config --arg s "$BUNDLE/src" '.mounts += [
		{ destination: "/mnt", source: $s, options: ["rbind", "rslave"] }]
		| .process.capabilities = (["CAP_SYS_ADMIN"] | { bounding: ., permitted: ., effective: . })'
	running
	mount -t tmpfs in "$BUNDLE/src/in"
	touch "$BUNDLE/src/in/seen"
	try exec "$ID" ls /mnt/in
	local seen=$output
	try exec "$ID" mount -t tmpfs out /mnt/out
	local out
	out=$(grep -c "$BUNDLE/src/out" /proc/self/mountinfo || true)
	run_ok delete --force "$ID"
	umount "$BUNDLE/src/in" "$BUNDLE/src"
	same "$seen" seen
	same "$out" 0
}

# proves: root.path
@test "userns: twice on a rootfs that has its own /dev" {
	chown -R $BASE:$BASE "$BUNDLE/rootfs/dev"
	config '.mounts |= map(select(.destination | startswith("/dev") | not))'
	container_ok 'echo x >/dev/null; head -c 4 /dev/zero | wc -c'
	same "$output" 4
	container_ok 'echo x >/dev/null; head -c 4 /dev/zero | wc -c'
	same "$output" 4
}

# proves: process.terminal
@test "userns: a terminal" {
	config '.process.terminal = true | .process.user = { uid: 1000, gid: 1000 }'
	shell 'tty; ls -ln /dev/console | cut -c1,11-30; test -t 0 && echo yes >/dev/tty'
	try run --bundle "$BUNDLE" "$ID"
	[[ $status == 0 ]] || die "$output"
	has "$output" /dev/pts/0
	has "$output" yes
}

# proves: linux.sysctl
@test "userns: sysctls of its own" {
	config '.linux.sysctl = { "user.max_uts_namespaces": "7", "net.ipv4.ip_forward": "1",
		"kernel.msgmax": "4096" }'
	container_ok 'cat /proc/sys/user/max_uts_namespaces /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax'
	same "$(echo $output)" "7 1 4096"
	config '.linux.namespaces |= map(select(.type != "user")) | del(.linux.uidMappings, .linux.gidMappings)'
	run_fail 'linux.sysctl["user.max_uts_namespaces"]: needs a new user namespace' \
		create --bundle "$BUNDLE" "$ID"
}

# proves: linux.timeOffsets.boottime.secs
@test "userns: clocks of its own" {
	config '.linux.namespaces += [{ type: "time" }] | .linux.timeOffsets.boottime.secs = 100000000'
	container_ok 'cut -d. -f1 /proc/uptime'
	((output > 100000000))
}

@test "userns: pipes of the engine become the user's" {
	config '.process.user = { uid: 7, gid: 7 }'
	shell 'echo through >/dev/stdout; stat -L -c %u /proc/self/fd/1'
	same "$(ocirun run --bundle "$BUNDLE" "$ID" | cat)" "through
7"
}

# proves: process.user.additionalGids
@test "userns: groups of the caller are kept where the annotation asks for it" {
	config '.annotations["run.oci.keep_original_groups"] = "1"'
	args sleep 1000
	timeout 20 setpriv --groups 0,4242 "$OCIRUN" --root "$STATE" run --detach --bundle "$BUNDLE" "$ID" 3>&-
	same "$(status_line Groups "$(pid_of "$ID")" | xargs)" "0 4242"
	run_ok exec "$ID" true
	run_ok delete --force "$ID"
	config 'del(.annotations)'
	timeout 20 setpriv --groups 0,4242 "$OCIRUN" --root "$STATE" run --detach --bundle "$BUNDLE" "$ID" 3>&-
	same "$(status_line Groups "$(pid_of "$ID")" | xargs)" ""
}

# Seen to fail where they were dropped inside only.
@test "userns: groups of the caller stay outside of one that denies to drop them" {
	needs_cmd setpriv unshare
	background setpriv --reuid=$BASE --regid=$BASE --clear-groups unshare --user --map-root-user sleep 1000
	wait_until grep -q deny "/proc/$background/setgroups"
	joined user "/proc/$background/ns/user"
	config 'del(.linux.uidMappings, .linux.gidMappings) | .mounts |= map(select(.destination != "/dev/pts"))'
	args sleep 1000
	timeout 20 setpriv --groups 0,4242 "$OCIRUN" --root "$STATE" run --detach --bundle "$BUNDLE" "$ID" 3>&-
	same "$(status_line Groups "$(pid_of "$ID")" | xargs)" ""
	timeout 20 setpriv --groups 0,4242 "$OCIRUN" --root "$STATE" exec "$ID" grep Groups: /proc/self/status >out
	same "$(xargs <out)" "Groups:"
}

@test "userns: without pivot_root" {
	shell 'ls /boot 2>/dev/null; echo here; cat /proc/self/uid_map | wc -l'
	run_ok run --no-pivot --bundle "$BUNDLE" "$ID"
	same "$(echo $output)" "here 1"
}

@test "userns: without pivot_root, on a rootfs that root of the namespace cannot reach" {
	chmod 700 "$BUNDLE"
	shell 'grep -c . /proc/self/mountinfo >/dev/null && ls / | grep -c rootfs; id -u'
	run_ok run --no-pivot --bundle "$BUNDLE" "$ID"
	chmod 755 "$BUNDLE"
	same "$(echo $output)" "0 0"
}

# proves: linux.sysctl
@test "userns: sysctls where no procfs can be made" {
	config '.linux.namespaces |= map(select(.type != "pid"))
		| .mounts |= map(select(.destination != "/proc")) + [{ destination: "/proc",
			source: "/proc", options: ["rbind"] }]
		| .linux.sysctl = { "net.ipv4.ip_forward": "1" }'
	container_ok 'cat /proc/sys/net/ipv4/ip_forward'
	same "$output" 1
}

# proves: process.oomScoreAdj
@test "userns: the OOM score is set from outside" {
	config '.process.oomScoreAdj = 17'
	container_ok 'cat /proc/self/oom_score_adj'
	same "$output" 17
}

# proves: linux.maskedPaths, linux.readonlyPaths
@test "userns: masks hold" {
	container_ok 'exec 2>&1; cat /proc/keys | wc -c; echo 1 >/proc/sys/kernel/panic; ls /sys/firmware | wc -l'
	same "${lines[0]}" 0
	has "$output" "Read-only"
	same "${lines[-1]}" 0
}

# proves: §3.6
@test "userns: a mapping that the kernel refuses leaves nothing behind" {
	# Two steps of namespaces: inside, only what the first one maps can be mapped.
	mkdir "$BATS_TEST_TMPDIR/inner"
	needs_cmd unshare
	run_status 1 --root "$BATS_TEST_TMPDIR/inner" state nobody
	try create --bundle "$BUNDLE" "$ID"
	run_ok delete --force "$ID"
	status=0
	output=$(unshare --user --map-root-user --mount --pid --fork \
		"$OCIRUN" --root "$BATS_TEST_TMPDIR/inner" run --bundle "$BUNDLE" "$ID" 2>&1) || status=$?
	same "$status" 1
	has "$output" Mappings:
	same "$(ls "$BATS_TEST_TMPDIR/inner")" ""
}

# proves: linux.namespaces
@test "userns: the session keyring is found again by exec" {
	config '.linux.maskedPaths -= ["/proc/keys"]'
	running
	run_ok exec "$ID" grep -c "keyring *_ses.$ID" /proc/keys
	same "$output" 1
}
