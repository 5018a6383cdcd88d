#!/usr/bin/env bats
#
# The runtime killed, or refused, at its system calls, one after the other: a short walk.  All of
# it is `make check-fault`; tests/fault/walk.c tells what a point must hold.

load helpers

# walk WORLD OPTIONS...
walk()
{
	local world=$1

	shift
	needs_cmd unshare
	[[ -x $SERVIN_BUILDDIR/tests/fault/walk ]] || skip "needs tests/fault/walk"
	[[ $world == native ]] || "$SERVIN_SRCDIR/tests/in-v2" true 2>/dev/null || skip "needs cgroup v2"
	FAULT_WORLDS=$world FAULT_BUNDLES=${bundle:-plain} TMPDIR=$BATS_TEST_TMPDIR \
		"$SERVIN_SRCDIR/tests/fault/run" "$@" 3>&-
}

@test "create, killed at every call" {
	walk native --commands create --targets main --faults kill
}

@test "create, killed at every 3rd call, on cgroup v2" {
	walk v2 --commands create --targets main --faults kill --every 3
}

@test "every command and its children, killed at every 20th call" {
	walk native --every 20 --faults kill
}

@test "every command and its children, without memory at every 20th call" {
	walk native --every 20 --faults ENOMEM
}

@test "a configuration with hooks, a user and limits, with errors at every 150th call" {
	bundle=much walk native --every 150 --faults kill,ENOMEM,EPERM
}

@test "a user namespace and idmapped mounts, with errors at every 100th call" {
	bundle=userns walk native --every 100 --faults kill,ENOMEM,EPERM
}

@test "create with a user namespace, killed at every 7th call" {
	bundle=userns walk native --commands create --targets main --faults kill --every 7
}

@test "delete --force, refused at every call: what is not known is not taken for ended" {
	walk native --commands delete --targets main --faults EPERM
}

@test "what changes a container that runs is whole or undone: update, mounts, pause and resume" {
	walk native --commands update,mounts-add,mounts-remove,pause,resume --every 20 \
		--faults kill,EIO
}

@test "filters of system calls, cached, compiled and with a listener, at every 150th call" {
	bundle="seccomp compile notify" walk native --commands create,run,start,exec --every 150 \
		--faults kill,EPERM
}

@test "a start behind a filter, refused at every call: no program without it" {
	bundle=notify walk native --commands start --targets child --faults ENOMEM
}

@test "restore, killed and refused at every 40th call" {
	local criu

	criu=$("$SERVIN_SRCDIR/tests/criu" 2>&1) || skip "${criu##*$'\n'}"
	bundle=checkpoint walk native --commands restore --every 40 --faults kill,EIO
}

@test "network devices go back to the host when create fails" {
	needs_cmd ip
	unshare --net ip link add type veth 2>/dev/null || skip "needs a kernel with veth devices"
	bundle=netdevice walk native --commands create --every 50 --faults kill,ENOMEM
}

@test "attributes of processes, refused at every 40th call" {
	bundle=attributes walk native --commands create,run,exec --every 40 --faults EPERM
}
