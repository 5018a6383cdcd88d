#!/usr/bin/env bats
# shellcheck disable=SC2016
#
# Cgroups by systemd: scopes, what they are given, their end, and a systemd that does not answer.
# Most of it is skipped where systemd is not the init; tests/vm has a guest where it is.

load helpers

ASK=$SERVIN_BUILDDIR/tests/probe/ask-systemd
# the helper itself
PIDS="PIDs au 1 0"

setup()
{
	servin_setup
	[[ -x $OCIRUN_SYSTEMD ]] || skip "needs libsystemd, without which ocirun-systemd is not built"
	UNIT=ocirun-$ID.scope
}

teardown()
{
	[[ -z ${HOME_OF_USER:-} ]] || rm -rf "$HOME_OF_USER"
	servin_teardown || return
	! has_systemd || none "units" "$(systemctl list-units --all --plain --no-legend "*$TAG*")"
}

# scope_running [COMMAND...]: like running, by systemd.
scope_running()
{
	(($# > 0)) || set -- sleep 1000
	args "$@"
	run_ok --systemd-cgroup run --detach --bundle "$BUNDLE" "$ID"
}

resources()
{
	config --argjson r "$1" '.linux.resources = $r'
}

# The path of a process in the hierarchy that systemd keeps.
scope_of()
{
	sed -n -E 's/^(0:|1:name=systemd)://p' "/proc/$1/cgroup" | head -n 1
}

# Nothing was made, or all of it undone.
nothing_made()
{
	same "$(find "$STATE" -mindepth 1)" ""
	same "$(cgroup_dirs "*$ID*")" ""
	! has_systemd || no_unit "$UNIT"
}

# A plain user who has a systemd, as in the guest.
needs_user_systemd()
{
	needs_systemd
	needs_world v2
	id user >/dev/null 2>&1 || skip "needs a user named user"
	[[ -S /run/user/$(id -u user)/systemd/private ]] || skip "needs a systemd of that user"
}

# --- where -----------------------------------------------------------------------------------

# proves: linux.cgroupsPath
@test "systemd: without a path a scope named after the container, in system.slice" {
	needs_systemd
	scope_running
	local pid
	pid=$(pid_of "$ID")
	same "$(scope_of "$pid")" "/system.slice/$UNIT"
	shows ActiveState=active Slice=system.slice Delegate=yes "Description=ocirun container $ID" \
		"ControlGroup=/system.slice/$UNIT" CollectMode=inactive-or-failed
	# the helper is gone from it
	same "$(cat "/sys/fs/cgroup$([[ $CGROUP_WORLD == v2 ]] || echo /systemd)/system.slice/$UNIT/cgroup.procs")" "$pid"
	# no flag: the record knows
	run_ok delete --force "$ID"
	no_unit "$UNIT"
	same "$(cgroup_dirs "$UNIT")" ""
}

# proves: linux.cgroupsPath
@test "systemd: slice:prefix:name" {
	needs_systemd
	UNIT=pre-$ID.scope
	config --arg p "ocirun-tests.slice:pre:$ID" '.linux.cgroupsPath = $p'
	scope_running
	same "$(scope_of "$(pid_of "$ID")")" "/ocirun.slice/ocirun-tests.slice/$UNIT"
	shows Slice=ocirun-tests.slice
	run_ok kill "$ID" KILL
	wait_until has_status "$ID" stopped
	run_ok delete "$ID"
	no_unit "$UNIT"
}

@test "systemd: create and start; a program that ends ends the scope" {
	needs_systemd
	args true
	run_ok --cgroup-manager systemd create --bundle "$BUNDLE" "$ID"
	shows ActiveState=active
	run_ok start "$ID"
	wait_until has_status "$ID" stopped
	wait_until no_unit "$UNIT"
	run_ok delete "$ID"
	run_ok --systemd-cgroup run --bundle "$BUNDLE" "$ID"
	no_unit "$UNIT"
}

# proves: linux.cgroupsPath
@test "systemd: a path that names no scope" {
	local path
	for path in /a/b a b:c a.slice:b:c:d; do
		config --arg p "$path" '.linux.cgroupsPath = $p'
		run_fail "\"$path\": expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups" \
			--systemd-cgroup create --bundle "$BUNDLE" "$ID"
	done
	config '.linux.cgroupsPath = "a--b.slice:c:d"'
	run_fail '"a--b.slice" is no name of a slice' --systemd-cgroup create --bundle "$BUNDLE" "$ID"
	config '.linux.cgroupsPath = ":a:b/c"'
	run_fail '"a-b/c.scope" is no name of a unit' --systemd-cgroup create --bundle "$BUNDLE" "$ID"
	nothing_made
}

# bats test_tags=guest
@test "systemd: a name that is taken" {
	needs_systemd
	scope_running
	new_id
	local other=$ID pid
	pid=$(pid_of "$ID")
	config --arg p "system.slice:ocirun:$ID" '.linux.cgroupsPath = $p'
	run_fail "systemd unit $UNIT: start: a unit of this name already exists" \
		--systemd-cgroup create --bundle "$BUNDLE" "$new_id"
	run_fail "does not exist" state "$new_id"
	alive "$pid"
	has_status "$other" running
	shows ActiveState=active
}

@test "systemd: a failed unit of that name is not in the way" {
	needs_systemd
	systemd-run --quiet --scope --unit="$UNIT" -p RuntimeMaxSec=1 sleep 100 || true
	wait_until shows ActiveState=failed
	scope_running
	shows ActiveState=active
}

# --- limits ----------------------------------------------------------------------------------

limits='{ "memory": { "limit": 64000000, "reservation": 32768000, "swap": 80000000 },
	"cpu": { "shares": 512, "quota": 50000, "period": 100000, "cpus": "0" },
	"pids": { "limit": 20 }, "unified": { "memory.high": "48005120" } }'

limits_hold()
{
	same "$(cgroup_value "$ID" memory memory.max)" 64000000
	same "$(cgroup_value "$ID" memory memory.low)" 32768000
	same "$(cgroup_value "$ID" memory memory.high)" 48005120
	same "$(cgroup_value "$ID" cpu cpu.weight)" 59
	same "$(cgroup_value "$ID" cpu cpu.max)" "50000 100000"
	same "$(cgroup_value "$ID" cpuset cpuset.cpus)" 0
	same "$(cgroup_value "$ID" pids pids.max)" 20
}

# proves: linux.resources.memory.limit, linux.resources.memory.reservation, linux.resources.memory.swap
# proves: linux.resources.cpu.shares, linux.resources.cpu.quota, linux.resources.cpu.period
# proves: linux.resources.cpu.cpus, linux.resources.pids.limit, linux.resources.unified
# bats test_tags=guest
@test "systemd: limits are in the files and in the unit, and outlive daemon-reload" {
	needs_systemd
	needs_world v2
	resources "$limits"
	scope_running
	limits_hold
	shows MemoryMax=64000000 MemoryLow=32768000 MemoryHigh=48005120 MemorySwapMax=16000000 \
		CPUWeight=59 CPUQuotaPerSecUSec=500ms CPUQuotaPeriodUSec=100ms AllowedCPUs=0 TasksMax=20
	systemctl daemon-reload
	# what makes systemd write the files of a unit anew
	systemctl set-property --runtime "$UNIT" IOWeight=50
	limits_hold
}

# proves: linux.resources.memory.limit, linux.resources.cpu.shares, linux.resources.pids.limit
@test "systemd: limits with cgroup v1" {
	needs_systemd
	needs_world v1
	resources '{ "memory": { "limit": 64000000 }, "pids": { "limit": 20 },
		"cpu": { "shares": 512, "quota": 50000, "period": 100000, "cpus": "0" } }'
	scope_running
	shows MemoryLimit=64000000 CPUShares=512 CPUQuotaPerSecUSec=500ms TasksMax=20 \
		DevicePolicy=strict
	systemctl daemon-reload
	same "$(cgroup_value "$ID" memory memory.limit_in_bytes)" 64000000
	same "$(cgroup_value "$ID" cpu cpu.shares)" 512
	same "$(cgroup_value "$ID" cpu cpu.cfs_quota_us)" 50000
	same "$(cgroup_value "$ID" cpuset cpuset.cpus)" 0
	same "$(cgroup_value "$ID" pids pids.max)" 20
}

# proves: linux.resources.cpu.idle
@test "systemd: an idle cgroup stays idle" {
	needs_systemd
	needs_world v2
	resources '{ "cpu": { "idle": 1 } }'
	scope_running
	same "$(cgroup_value "$ID" cpu cpu.idle)" 1
	systemctl daemon-reload
	systemctl set-property --runtime "$UNIT" IOWeight=50
	same "$(cgroup_value "$ID" cpu cpu.idle)" 1
}

# proves: linux.resources.devices
# bats test_tags=guest
@test "systemd: device rules outlive daemon-reload" {
	needs_systemd
	resources '{ "devices": [ { "allow": false, "access": "rwm" },
		{ "allow": true, "type": "c", "major": 1, "minor": 11, "access": "rw" } ] }'
	config '.process.capabilities |= with_entries(.value += ["CAP_MKNOD"])'
	# without rules the other one would be no such device
	local look='mknod /dev/kmsg0 c 1 11; mknod /dev/other c 240 5; : </dev/null && echo null
		(: >/dev/kmsg0) && echo kmsg; (: </dev/other) || rm /dev/kmsg0 /dev/other'
	scope_running
	run_ok exec "$ID" sh -c "$look"
	has "$output" $'null\nkmsg'
	has "$output" "Operation not permitted"
	systemctl daemon-reload
	systemctl set-property --runtime "$UNIT" TasksMax=1000
	run_ok exec "$ID" sh -c "$look"
	has "$output" $'null\nkmsg'
	has "$output" "Operation not permitted"
}

# proves: linux.resources.pids.limit
@test "systemd: a limit of one process" {
	needs_systemd
	resources '{ "pids": { "limit": 1 } }'
	scope_running
	same "$(cgroup_value "$ID" pids pids.max)" 1
	same "$(cgroup_value "$ID" pids pids.current)" 1
	same "$(scope_of "$(pid_of "$ID")")" "/system.slice/$UNIT"
	shows TasksMax=1
}

# --- annotations -------------------------------------------------------------------------------

# proves: annotations
# bats test_tags=guest
@test "systemd: properties from annotations" {
	needs_systemd
	config '.annotations = {
		"org.systemd.property.TimeoutStopSec": "7",
		"org.systemd.property.Documentation": "[\"man:a(1)\", \"man:b(2)\"]",
		"org.systemd.property.Description": "\"of ours\"",
		"org.systemd.property.MemoryHigh": "uint64 50331648",
		"org.systemd.property.SendSIGHUP": "true" }'
	scope_running
	shows TimeoutStopUSec=7s 'Documentation="man:a(1)" "man:b(2)"' "Description=of ours" \
		MemoryHigh=50331648 SendSIGHUP=yes
}

@test "systemd: wrong annotations" {
	local name
	wrong()
	{
		config --arg k "org.systemd.property.$1" --arg v "$2" '.annotations = { ($k): $v }'
		run_fail "annotations[\"org.systemd.property.$1\"]: $3" \
			--systemd-cgroup create --bundle "$BUNDLE" "$ID"
		nothing_made
	}
	wrong Foo bar 'the value bar: has "bar", which is no value'
	wrong Foo "'a" "the value 'a: has no quote at its end"
	wrong Foo 5000000000 'the value 5000000000: "5000000000" is out of the range of int32'
	wrong TimeoutStopSec "'5'" "wants a number of seconds"
	wrong a.b 5 "the name of a property has letters only, three or more"
	for name in PIDs Slice Delegate; do
		wrong "$name" "'x'" "this property is not for an annotation to set"
	done
}

@test "systemd: a property that systemd does not know" {
	needs_systemd
	config '.annotations = { "org.systemd.property.NoSuchThing": "5" }'
	run_fail "systemd unit $UNIT: start: StartTransientUnit: Cannot set property NoSuchThing" \
		--systemd-cgroup create --bundle "$BUNDLE" "$ID"
	nothing_made
}

@test "systemd: what crun's annotations ask for and we do not do is told" {
	needs_systemd
	config '.annotations = { "run.oci.systemd.subgroup": "x", "run.oci.systemd.force_cgroup_v1": "" }'
	scope_running
	has "$output" 'annotations["run.oci.systemd.subgroup"] has no effect'
	has_not "$output" force_cgroup
}

# --- verbs -----------------------------------------------------------------------------------------

# bats test_tags=guest
@test "systemd: exec joins, pause and resume" {
	needs_systemd
	scope_running
	run_ok exec "$ID" cat /proc/self/cgroup
	run_ok exec --detach --pid-file exec.pid "$ID" sleep 1000
	same "$(scope_of "$(<exec.pid)")" "/system.slice/$UNIT"
	run_ok pause "$ID"
	has_status "$ID" paused
	systemctl daemon-reload
	has_status "$ID" paused
	run_ok resume "$ID"
	has_status "$ID" running
	run_ok pause "$ID"
	run_ok delete --force "$ID"
	nothing_made
}

# proves: linux.resources.memory.limit, linux.resources.pids.limit
# bats test_tags=guest
@test "systemd: update tells systemd too" {
	needs_systemd
	needs_world v2
	resources '{ "memory": { "limit": 64000000 } }'
	scope_running
	run_ok update --memory 80003072 --pids-limit 30 "$ID"
	shows MemoryMax=80003072 TasksMax=30
	systemctl daemon-reload
	systemctl set-property --runtime "$UNIT" IOWeight=50
	same "$(cgroup_value "$ID" memory memory.max)" 80003072
	same "$(cgroup_value "$ID" pids pids.max)" 30
	# all or nothing
	OCIRUN_SYSTEMD=/no/such/helper run_fail "systemd unit $UNIT" update --pids-limit 40 "$ID"
	same "$(cgroup_value "$ID" pids pids.max)" 30
}

# bats test_tags=guest
@test "systemd: a create that fails undoes the unit" {
	needs_systemd
	args /no/such/program
	run_fail "/no/such/program" --systemd-cgroup create --bundle "$BUNDLE" "$ID"
	nothing_made
	args true
	resources '{ "cpu": { "cpus": "4000" } }'
	run_fail "cpu.cpus" --systemd-cgroup create --bundle "$BUNDLE" "$ID"
	nothing_made
	resources '{}'
	config '.hooks.createRuntime = [ { "path": "/bin/false" } ]'
	run_fail "createRuntime" --systemd-cgroup create --bundle "$BUNDLE" "$ID"
	nothing_made
}

@test "systemd: killed at any moment, delete --force leaves nothing" {
	needs_systemd
	needs_cmd strace
	local call when
	# of the runtime itself: the request, each part of the answer, the records, the limits, init
	for call in sendmsg:1 recvmsg:1 recvmsg:2 recvmsg:3 recvmsg:4 recvmsg:5 renameat:1 renameat:2 \
		renameat:3 clone3:1 write:5 sendmsg:2 recvmsg:6; do
		when=${call#*:}
		strace -qq -o /dev/null -e trace="${call%:*}" \
			-e inject="${call%:*}:signal=KILL:when=$when" \
			"$OCIRUN" --root "$STATE" --systemd-cgroup create --bundle "$BUNDLE" "$ID" \
			>/dev/null 2>&1 3>&- || true
		run_ok delete --force "$ID"
		wait_until nothing_made || die "killed at $call"
	done
	# and delete itself
	for call in sendmsg:1 recvmsg:1 recvmsg:3 unlinkat:1 unlinkat:3; do
		run_ok --systemd-cgroup create --bundle "$BUNDLE" "$ID"
		strace -qq -o /dev/null -e trace="${call%:*}" \
			-e inject="${call%:*}:signal=KILL:when=${call#*:}" \
			"$OCIRUN" --root "$STATE" delete --force "$ID" >/dev/null 2>&1 3>&- || true
		run_ok delete --force "$ID"
		wait_until nothing_made || die "delete killed at $call"
	done
}

@test "systemd: deleted although systemd does not answer" {
	needs_systemd
	scope_running
	OCIRUN_SYSTEMD=/no/such/helper run_ok delete --force "$ID"
	has "$output" "execute /no/such/helper"
	wait_until nothing_made
}

@test "systemd: a unit that is stopped by others" {
	needs_systemd
	scope_running sh -c 'trap "exit 0" TERM; while :; do sleep 1; done'
	systemctl stop "$UNIT"
	has_status "$ID" stopped
	run_ok delete "$ID"
	nothing_made
}

# --- who does not answer -------------------------------------------------------------------------------

@test "systemd: not the init of this host" {
	! has_systemd || skip "needs a host without systemd"
	run_fail "the init of this host is not systemd" \
		--systemd-cgroup create --bundle "$BUNDLE" "$ID"
	nothing_made
}

@test "systemd: no helper" {
	OCIRUN_SYSTEMD=/no/such/helper run_fail "execute /no/such/helper, the helper for systemd" \
		--systemd-cgroup create --bundle "$BUNDLE" "$ID"
	OCIRUN_SYSTEMD=/bin/true run_fail "/bin/true ended without an answer" \
		--systemd-cgroup create --bundle "$BUNDLE" "$ID"
	nothing_made
}

@test "systemd: a bus that never answers" {
	needs_cmd perl
	background perl -MIO::Socket::UNIX -e '$s = IO::Socket::UNIX->new(Local => shift, Listen => 9)
		or die; sleep 1000' "$BATS_TEST_TMPDIR/bus"
	wait_until test -S "$BATS_TEST_TMPDIR/bus"
	DBUS_SYSTEM_BUS_ADDRESS=unix:path=$BATS_TEST_TMPDIR/bus OCIRUN_SYSTEMD_TIMEOUT=700ms \
		run_fail "systemd unit $UNIT: start: no answer for 0.7 s: " \
		--systemd-cgroup create --bundle "$BUNDLE" "$ID"
	nothing_made
	DBUS_SYSTEM_BUS_ADDRESS=unix:path=$BATS_TEST_TMPDIR/none run_fail "connect to the system bus" \
		--systemd-cgroup create --bundle "$BUNDLE" "$ID"
	OCIRUN_SYSTEMD_TIMEOUT=soon run_fail "OCIRUN_SYSTEMD_TIMEOUT=soon: soon: not" \
		--systemd-cgroup create --bundle "$BUNDLE" "$ID"
	nothing_made
}

# --- the helper alone --------------------------------------------------------------------------------

@test "systemd: only an empty scope is stopped" {
	needs_systemd
	mkfifo input
	# shellcheck disable=SC2086
	background bash -c 'exec "$0" "$@" <>input' "$ASK" system start "$UNIT" $PIDS
	wait_until shows ActiveState=active
	run "$ASK" system stop-empty "$UNIT"
	same "$output" "ok "
	shows ActiveState=active
	kill -KILL "$background"
	wait_until empty_and_stopped
	no_unit "$UNIT"
	run "$ASK" system stop-empty "$UNIT" -- stop-empty "$UNIT"
	same "$output" $'ok \nok '
}

# As soon as systemd has seen that nobody is in it, stop-empty ends it.
empty_and_stopped()
{
	"$ASK" system stop-empty "$UNIT" >/dev/null
	! shows ActiveState=active
}

@test "systemd: what systemd need not know is left out" {
	needs_systemd
	# shellcheck disable=SC2086
	run "$ASK" system start "$UNIT" $PIDS '?NoSuch' t 5 Description s x '?CPUWeight' t 99999999 \
		-- set "$UNIT" '?NoSuch' b 1 TasksMax t 7 -- attach "$UNIT" "" 1000000000
	same "${lines[0]}" "ok /system.slice/$UNIT"
	same "${lines[1]}" "ok "
	has "${lines[2]}" "error systemd: attach: AttachProcessesToUnit: " ||
		has "${lines[2]}" "error attach: AttachProcessesToUnit: "
}

# bats test_tags=guest
@test "systemd: the systemd of a user" {
	needs_user_systemd
	local as=(runuser -l user -c) path
	run "${as[@]}" "sleep 1000 & OCIRUN_SYSTEMD=$OCIRUN_SYSTEMD $ASK user \
		start $UNIT $PIDS Delegate b 1 Slice s user.slice TasksMax t 9 -- attach $UNIT '' \$! </dev/null;
		cat /proc/\$!/cgroup /sys/fs/cgroup/\$(cut -d: -f3 /proc/\$!/cgroup)/pids.max; kill \$!"
	path=/user.slice/user-1000.slice/user@1000.service/user.slice/$UNIT
	same "${lines[0]}" "ok $path"
	same "${lines[1]}" "ok "
	same "${lines[2]}" "0::$path"
	same "${lines[3]}" 9
	# a user namespace has another root, not another systemd
	run "${as[@]}" "OCIRUN_SYSTEMD=$OCIRUN_SYSTEMD unshare --user --map-root-user $ASK user \
		start $UNIT $PIDS Slice s user.slice -- set $UNIT TasksMax t 8 </dev/null"
	has "${lines[0]}" "ok $path"
	same "${lines[1]}" "ok "
	run "${as[@]}" "env -u XDG_RUNTIME_DIR -u DBUS_SESSION_BUS_ADDRESS OCIRUN_SYSTEMD=$OCIRUN_SYSTEMD \
		$ASK user stop $UNIT </dev/null"
	has "$output" "no systemd of the user"
}

# proves: linux.cgroupsPath, linux.resources.pids.limit
# bats test_tags=guest
@test "systemd: a container of a plain user, by the user's systemd" {
	needs_user_systemd
	local path=/user.slice/user-1000.slice/user@1000.service/user.slice/$UNIT script
	HOME_OF_USER=$(mktemp -d /home/user/servin-XXXXXX)
	cp -a "$BUNDLE/rootfs" "$HOME_OF_USER/rootfs"
	chown -R user: "$HOME_OF_USER"
	script="cd $HOME_OF_USER; export OCIRUN_SYSTEMD=$OCIRUN_SYSTEMD; exec 2>&1
		r=\"$OCIRUN --root $HOME_OF_USER/state\"
		$OCIRUN spec --rootless
		jq '.process.terminal = false | .process.args = [\"sleep\", \"1000\"] |
			.linux.resources = { pids: { limit: 20 } }' config.json >new && mv new config.json
		\$r --systemd-cgroup run --detach $ID </dev/null >/dev/null
		cat /sys/fs/cgroup$path/pids.max
		\$r exec --detach --pid-file exec.pid $ID sleep 1001 </dev/null >/dev/null
		cut -d: -f3 /proc/\$(cat exec.pid)/cgroup
		systemctl --user show $UNIT -p TasksMax
		\$r delete --force $ID
		systemctl --user show $UNIT -p LoadState; ls state"
	run runuser -l user -c "$script"
	same "$output" "20
$path
TasksMax=20
LoadState=not-found"
}
