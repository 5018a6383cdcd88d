#!/usr/bin/env bats
#
# A plain user, made up for the test: no entry in any file of the machine, no capability.

load helpers

# Nobody on the machine has these.
PLAIN=2345678
SUB=3000000

setup()
{
	servin_setup
	needs_cmd setpriv
	HOME_DIR=$BATS_TEST_TMPDIR/home
	mkdir -p "$HOME_DIR/run"
	needs_passage
	cp "$OCIRUN" "$HOME_DIR/ocirun"
	mv "$BUNDLE/rootfs" "$HOME_DIR/rootfs"
	chown -R $PLAIN:$PLAIN "$HOME_DIR"
	# as it is installed
	chown 0:0 "$HOME_DIR/ocirun"
	chown -R $PLAIN:$PLAIN "$STATE"
	BUNDLE=$HOME_DIR
	cd "$BUNDLE"
	as_user "$HOME_DIR/ocirun" spec --rootless
	config '.process.terminal = false | .process.args = ["true"]'
	chown $PLAIN:$PLAIN "$BUNDLE/config.json"
}

# Root's commands would make the user's state root refuse the user.
teardown()
{
	local dir

	for dir in "$STATE"/*/; do
		[[ ! -d $dir ]] || rootless delete --force "$(basename "$dir")" || true
	done
	chown -R 0:0 "$STATE"
	BUNDLE=$HOME_DIR servin_teardown
}

# as_user COMMAND...: with nothing but the user's IDs.
as_user()
{
	setpriv --reuid=$PLAIN --regid=$PLAIN --clear-groups \
		env -i PATH="$PATH" XDG_RUNTIME_DIR="$HOME_DIR/run" "$@"
}

# rootless ARGS...: ocirun as that user, on this test's state root.
rootless()
{
	as_user timeout --foreground -k 2 "$COMMAND_LIMIT" "$HOME_DIR/ocirun" --root "$STATE" "$@" 3>&-
}

# attempt ARGS...: like try, by the user.
attempt()
{
	output_file=$(mktemp "$BATS_TEST_TMPDIR/output.XXXXXX")
	status=0
	rootless "$@" >"$output_file" 2>&1 || status=$?
	reread_output
}

attempt_ok()
{
	attempt "$@"
	[[ $status == 0 ]] || die "ocirun $*: status $status" "output: $output"
}

# attempt_fail WORDS ARGS...
attempt_fail()
{
	local words=$1

	shift
	attempt "$@"
	[[ $status == 1 || $status == 255 ]] || die "ocirun $*: status $status" "output: $output"
	has "$output" "$words"
}

# rootless_ok SCRIPT: runs it in a container of the user's.
rootless_ok()
{
	shell "$1"
	attempt_ok run "$ID"
}

state_of()
{
	rootless state "$ID" | jq -r ".$1"
}

is_state()
{
	[[ $(state_of status 2>/dev/null) == "$1" ]]
}

# With the ranges of /etc/subuid and /etc/subgid, and a name, for the programs that want them; only
# this process and its children see them.
with_subids()
{
	needs_cmd newuidmap newgidmap unshare
	local etc=$BATS_TEST_TMPDIR/etc

	mkdir -p "$etc"
	echo "plain:$SUB:65536" >"$etc/subid"
	{
		cat /etc/passwd
		echo "plain:x:$PLAIN:$PLAIN::/:/bin/sh"
	} >"$etc/passwd"
	# shellcheck disable=SC2016
	unshare --mount --propagation private bash -c 'eval "$(<"$0")"; set -e; etc=$1; shift
		for f in /etc/subuid /etc/subgid; do
			[[ -e $f ]] || touch "$f"
			mount --bind "$etc/subid" "$f"
		done
		mount --bind "$etc/passwd" /etc/passwd
		"$@"' <(declare -f; declare -p BUNDLE ID STATE TAG OCIRUN HOME_DIR PLAIN SUB COMMAND_LIMIT \
		BATS_TEST_TMPDIR) "$etc" "$@"
}

# many: the configuration maps the user to 0 and 65536 IDs behind it.
many()
{
	config --argjson u $PLAIN --argjson s $SUB '.linux.uidMappings =
		[{ containerID: 0, hostID: $u, size: 1 }, { containerID: 1, hostID: $s, size: 65536 }]
		| .linux.gidMappings = .linux.uidMappings'
}

# proves: linux.uidMappings, linux.gidMappings
@test "rootless: what spec --rootless writes runs as it is" {
	rootless_ok 'id; cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups; ls /dev | grep -v core | xargs'
	same "${lines[0]}" "uid=0(root) gid=0(root)"
	same "$(echo ${lines[1]})" "0 $PLAIN 1"
	same "$(echo ${lines[2]})" "0 $PLAIN 1"
	same "${lines[3]}" deny
	same "${lines[4]}" "fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero"
	attempt_ok check config.json
}

# proves: §3.2, §3.17, §3.18, §3.19
@test "rootless: the life of a container" {
	args sh -c 'trap "exit 3" TERM; echo up >/dev/shm/up; while :; do sleep 0.1; done'
	attempt_ok create "$ID"
	same "$(state_of status)" created
	attempt_fail "before it is started" exec "$ID" true
	attempt_ok start "$ID"
	same "$(state_of status)" running
	same "$(state_of owner)" $PLAIN
	local pid
	pid=$(state_of pid)
	same "$(stat -c %u "/proc/$pid")" $PLAIN
	attempt_ok exec "$ID" sh -c 'id -u; grep CapEff /proc/self/status; readlink /proc/self/ns/user'
	same "${lines[0]}" 0
	same "$(echo ${lines[1]})" "CapEff: 0000000020000420"
	same "${lines[2]}" "$(readlink "/proc/$pid/ns/user")"
	attempt_ok list --quiet
	same "$output" "$ID"
	attempt_ok ps --format json "$ID"
	has "$output" "$pid"
	attempt_fail "no cgroup" pause "$ID"
	attempt_fail "not stopped" delete "$ID"
	wait_until test -e "/proc/$pid/root/dev/shm/up"
	attempt_ok kill "$ID" TERM
	wait_until is_state stopped
	attempt_ok kill --all "$ID" KILL
	attempt_ok delete "$ID"
	attempt_fail "does not exist" state "$ID"
}

@test "rootless: all processes get a signal, and end with init" {
	args sh -c 'sleep 1001 & sleep 1002 & exec sleep 1003'
	attempt_ok run --detach "$ID"
	local pid
	pid=$(state_of pid)
	wait_until test "$(rootless ps --format json "$ID" | jq length)" = 3
	attempt_ok kill --all "$ID" KILL
	wait_until gone "$pid"
	attempt_ok delete "$ID"
}

@test "rootless: a terminal" {
	config '.process.terminal = true'
	shell 'tty; test -c /dev/console && echo console'
	attempt run "$ID"
	[[ $status == 0 ]] || die "$output"
	has "$output" /dev/pts/0
	has "$output" console
}

@test "rootless: the file system of the host is closed as before" {
	echo secret >"$BATS_TEST_TMPDIR/secret"
	chmod 600 "$BATS_TEST_TMPDIR/secret"
	config --arg s "$BATS_TEST_TMPDIR/secret" '.mounts += [
		{ destination: "/secret", source: $s, options: ["bind"] },
		{ destination: "/own", source: "run", options: ["rbind"] }]'
	shell 'cat /secret 2>&1; touch /own/made; touch /sys/fs/cgroup/x 2>&1; echo 1 2>&1 >/sys/kernel/x'
	attempt run "$ID"
	has_not "$output" "secret
"
	has "$output" "cat: can't open '/secret': Permission denied"
	has "$output" "touch: /sys/fs/cgroup/x: Read-only file system"
	same "$(stat -c %u "$HOME_DIR/run/made")" $PLAIN
}

# proves: linux.uidMappings, linux.gidMappings, process.user.additionalGids
@test "rootless: many IDs by newuidmap and newgidmap" {
	many
	config '.process.user = { uid: 1000, gid: 1000, additionalGids: [4, 5] }'
	shell 'id -u; id -g; id -G; touch /dev/shm/x; cat /proc/self/uid_map | xargs; cat /proc/self/setgroups'
	attempt_through_subids run "$ID"
	same "$status" 0
	same "${lines[0]} ${lines[1]}" "1000 1000"
	same "${lines[2]}" "1000 4 5"
	same "${lines[3]}" "0 $PLAIN 1 1 $SUB 65536"
	same "${lines[4]}" allow
}

attempt_through_subids()
{
	status=0
	output=$(with_subids rootless "$@" 2>&1) || status=$?
	mapfile -t lines <<<"$output"
}

# proves: linux.uidMappings, §3.6
@test "rootless: IDs that are not the user's" {
	many
	config '.linux.uidMappings[1].size = 65537'
	attempt_through_subids run "$ID"
	same "$status" 1
	has "$output" "uidMappings: /usr/bin/newuidmap: exit status 1: newuidmap: uid range [1-65538) -> [$SUB-3065537) not allowed"
	many
	attempt_fail "gidMappings: /usr/bin/newgidmap: " run "$ID"
	config '.linux.uidMappings = [{ containerID: 0, hostID: 0, size: 1 }] | .linux.gidMappings = .linux.uidMappings'
	attempt_fail "Mappings: " run "$ID"
	same "$(ls "$STATE")" ""
}

# proves: process.user.additionalGids
@test "rootless: additional groups take a mapping of several" {
	config '.process.user.additionalGids = [0]'
	attempt_fail "process.user.additionalGids: cannot be had by a plain user" run "$ID"
}

@test "rootless: groups of the caller that cannot be dropped stay" {
	shell 'grep Groups /proc/self/status | cut -f2 | xargs'
	status=0
	output=$(setpriv --reuid=$PLAIN --regid=$PLAIN --groups $((PLAIN + 1)) "$HOME_DIR/ocirun" \
		--root "$STATE" run "$ID" 2>&1) || status=$?
	same "$status: $output" "0: 65534"
}

# proves: process.oomScoreAdj
@test "rootless: the OOM score goes up, not down" {
	config '.process.oomScoreAdj = 100'
	rootless_ok 'cat /proc/self/oom_score_adj'
	same "$output" 100
	config '.process.oomScoreAdj = -100'
	attempt_fail "oomScoreAdj: -100 is less than a plain user may ask for" run "$ID"
}

# proves: linux.resources, §3.6
@test "rootless: a limit without a cgroup is an error, device rules are not" {
	config '.linux.resources = { devices: [{ allow: false, access: "rwm" }] }'
	rootless_ok 'echo x >/dev/null && echo fine'
	same "$output" fine
	config '.linux.resources.memory.limit = 10000000'
	attempt_fail "linux.resources.memory.limit: needs a cgroup, and the container has none" run "$ID"
}

@test "rootless: the debug log tells that there is no cgroup" {
	attempt_ok --debug run "$ID"
	has "$output" "debug: no cgroup: /"
	has "$output" "is not delegated to us"
}

# The parts of a test in a cgroup that root delegates to the user.
in_delegated()
{
	local own=/sys/fs/cgroup/$TAG-own

	mkdir "$own"
	chown $PLAIN "$own" "$own"/cgroup.{procs,subtree_control,threads}
	bash -c 'echo 0 >"$1/cgroup.procs"; shift; "$@"' - "$own" in_own
	rmdir "$own"
}

in_own()
{
	args sleep 1000
	rootless run --detach "$ID"
	cat "/proc/$(state_of pid)/cgroup" | sed -n 's/^0:://p'
	rootless pause "$ID"
	state_of status
	rootless resume "$ID"
	rootless exec "$ID" true && echo exec
	rootless delete --force "$ID"
	config '.linux.resources.pids.limit = 5'
	rootless run "$ID" 2>&1 || true
}

# bats test_tags=guest
# proves: linux.cgroupsPath
@test "rootless: in a delegated cgroup the container is below it" {
	export -f in_own args config rootless as_user state_of
	export PLAIN HOME_DIR STATE BUNDLE ID COMMAND_LIMIT
	output=$(PLAIN=$PLAIN HOME_DIR=$HOME_DIR delegated_in_v2 2>&1)
	mapfile -t lines <<<"$output"
	same "${lines[0]}" "/$TAG-own/$ID"
	same "${lines[1]}" paused
	same "${lines[2]}" exec
	has "${lines[3]}" "this host has no pids controller"
	same "${#lines[@]}" 4
}

delegated_in_v2()
{
	v2 in_delegated
}

@test "rootless: a program of the user's own is run from a sealed copy" {
	chown $PLAIN "$HOME_DIR/ocirun"
	args sleep 1000
	attempt_ok create "$ID"
	local pid exe
	pid=$(state_of pid)
	exe=$(readlink "/proc/$pid/exe")
	has "$exe" "/memfd:"
	attempt_ok start "$ID"
	chown 0:0 "$HOME_DIR/ocirun"
}

@test "rootless: a program of root's is run as it is" {
	args sleep 1000
	attempt_ok create "$ID"
	same "$(readlink "/proc/$(state_of pid)/exe")" "$HOME_DIR/ocirun"
}

@test "rootless: where the state is" {
	status=0
	output=$(setpriv --reuid=$PLAIN --regid=$PLAIN --clear-groups env -i "$HOME_DIR/ocirun" run "$ID" 2>&1) || status=$?
	same "$status" 1
	has "$output" " /run/ocirun (set XDG_RUNTIME_DIR, or use --root): permission denied"
	as_user "$HOME_DIR/ocirun" run "$ID"
	same "$(stat -c '%a %u' "$HOME_DIR/run/ocirun")" "1700 $PLAIN"
}

# proves: linux.namespaces
@test "rootless: nothing goes without a user namespace" {
	config '.linux.namespaces |= map(select(.type != "user")) | del(.linux.uidMappings, .linux.gidMappings)'
	attempt_fail "clone3: operation not permitted" run "$ID"
}

# proves: mounts.type
@test "rootless: a sysfs and a procfs of namespaces that are the host's" {
	config '(.mounts[] | select(.destination == "/sys")) |= { destination: "/sys", type: "sysfs",
		source: "sysfs", options: ["ro", "nosuid"] }
		| .mounts |= map(select(.destination != "/sys/fs/cgroup"))'
	rootless_ok 'test -d /sys/kernel && touch /sys/fs/cgroup/x 2>&1 || true'
	has "$output" "Read-only"
	config '.linux.namespaces |= map(select(.type != "pid"))'
	attempt_fail "/proc: in a user namespace proc needs a new pid namespace" run "$ID"
}

# proves: mounts.options
@test "rootless: attributes that the host locked stay" {
	mkdir "$HOME_DIR/rootfs/mnt" "$HOME_DIR/src"
	mount -t tmpfs -o ro,nosuid,noatime locked "$HOME_DIR/src"
	config '.mounts += [{ destination: "/mnt", source: "src", options: ["bind", "rw", "relatime", "noexec"] }]'
	shell 'grep " /mnt " /proc/self/mountinfo | cut -d" " -f6'
	attempt run "$ID"
	umount "$HOME_DIR/src"
	same "$status" 0
	has "$output" "keeps attributes of the host's mount"
	has "$output" "ro,nosuid,noexec,noatime"
}

# proves: mounts.options
@test "rootless: no idmapped mounts" {
	config '.mounts += [{ destination: "/mnt", source: "run", options: ["bind", "idmap"] }]'
	attempt_fail "idmapped mounts need privileges that a plain user has not" run "$ID"
	same "$(ls "$STATE")" ""
}

# proves: linux.timeOffsets.boottime.secs
@test "rootless: clocks of its own" {
	config '.linux.namespaces += [{ type: "time" }] | .linux.timeOffsets.boottime.secs = 100000000'
	rootless_ok 'cut -d. -f1 /proc/uptime'
	((output > 100000000))
}

# A rootless engine runs us as root of a user namespace.
@test "rootless: as root of a user namespace" {
	needs_cmd unshare
	config 'del(.linux.uidMappings, .linux.gidMappings)
		| .linux.namespaces |= map(select(.type != "user"))'
	status=0
	shell 'id -u; cat /proc/self/uid_map | xargs'
	output=$(as_user unshare --user --map-root-user --mount "$HOME_DIR/ocirun" --root "$STATE" \
		run "$ID" 2>&1) || status=$?
	same "$status: $output" "0: 0
0 $PLAIN 1"
}

# proves: linux.sysctl
@test "rootless: sysctls as root of a user namespace, with the host's pid namespace" {
	needs_cmd unshare
	config 'del(.linux.uidMappings, .linux.gidMappings)
		| .linux.namespaces |= map(select(.type != "user" and .type != "pid")) + [{ type: "network" }]
		| .mounts |= map(if .destination == "/proc" then .type = "bind" | .source = "/proc"
			| .options = ["rbind"] else . end)
		| .linux.sysctl = { "net.ipv4.ip_forward": "1" }'
	status=0
	shell 'cat /proc/sys/net/ipv4/ip_forward'
	output=$(as_user unshare --user --map-root-user --mount "$HOME_DIR/ocirun" --root "$STATE" \
		run "$ID" 2>&1) || status=$?
	same "$status: $output" "0: 1"
}

# --- what a container must not get of the user's; the numbers are those of security.bats -----------

THIEF=${THIEF:-$SERVIN_BUILDDIR/tests/probe/thief}

# thief_begins MODE: a container where he has every capability that a user namespace gives.
thief_begins()
{
	[[ -x $THIEF ]] || skip "needs the thief"
	cp "$THIEF" "$HOME_DIR/rootfs/bin/thief"
	config --argjson all "$(ocirun features | jq .linux.capabilities)" '.root.readonly = false
		| .process.capabilities = { bounding: $all, permitted: $all, effective: $all }
		| .process.noNewPrivileges = false'
	shell "THIEF_KNOWN=/bin/busybox thief $1 /tmp/enough >/tmp/booty 2>&1; exec sleep 1000"
	attempt_ok run --detach "$ID"
}

# thief_ends: $output is what he says.
thief_ends()
{
	touch "$HOME_DIR/rootfs/tmp/enough"
	wait_until grep -q tried "$HOME_DIR/rootfs/tmp/booty"
	output=$(<"$HOME_DIR/rootfs/tmp/booty")
	echo "# $output"
}

exec_many()
{
	local i

	for ((i = 0; i < 100; i++)); do
		rootless exec "$ID" true || die "exec $i failed"
	done
}

@test "rootless: T01 nobody inside opens our program, be it the user's own" {
	local hash
	chown $PLAIN "$HOME_DIR/ocirun"
	hash=$(sha256sum "$HOME_DIR/ocirun")
	thief_begins exe
	exec_many
	thief_ends
	chown 0:0 "$HOME_DIR/ocirun"
	same "$(sha256sum "$HOME_DIR/ocirun")" "$hash"
	has "$output" "write 0, truncate 0, unsealed 0, cloned 0"
}

@test "rootless: T20 nobody inside traces or reads an exec before its execve" {
	config '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW",
		syscalls: [{ names: ["swapon"], action: "SCMP_ACT_ERRNO" }] }'
	thief_begins trace
	exec_many
	thief_ends
	has_not "$output" "tried 0,"
	has "$output" "ptrace 0, mem 0, vm 0, files 0, root 0, cwd 0, exe 0, environ 0"
}

# Seen to fail where offsets were set in any namespace: init had to be shown for that, in a pid namespace
# that it shared, and was traced in each of 100 runs.
@test "rootless: T20 nor init, which moves no clocks beside others" {
	thief_begins trace
	config --arg ns "/proc/$(state_of pid)/ns" 'del(.linux.uidMappings, .linux.gidMappings)
		| .linux.namespaces |= map(if .type == "user" or .type == "pid" then .path = "\($ns)/\(.type)" else . end)
		| .process.args = ["true"]'
	for _ in 1 2 3 4 5; do
		attempt_ok run "$ID-b"
	done
	config '.linux.namespaces += [{ type: "time" }] | .linux.timeOffsets.boottime.secs = 1000'
	for _ in 1 2 3 4 5; do
		attempt_fail "time offsets: a plain user can set them in a new user namespace only" run "$ID-b"
	done
	thief_ends
	has "$output" "ptrace 0, mem 0, vm 0, files 0, root 0, cwd 0, exe 0, environ 0"
	same "$(ls "$STATE")" "$ID"
}
