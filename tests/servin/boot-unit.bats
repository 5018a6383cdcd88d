#!/usr/bin/env bats
#
# The unit of systemd that starts containers after a boot.  Their root file system is a directory,
# for a guest has no library to read archives.

load helpers

setup()
{
	[[ -d /run/systemd/system ]] || skip "needs systemd"
	store_setup
	ROOTFS=$BATS_TEST_TMPDIR/root
	mkdir -p "$ROOTFS"/{bin,data,dev,proc,sys} "$BATS_TEST_TMPDIR/data"
	cp "$(command -v busybox)" "$ROOTFS/bin/sleep"
}

# status_file NAME
status_file()
{
	echo "$ROOT/containers/$(of "$1" '{{.Id}}')/status.json"
}

# ran NAME OPTION...: a container that ran in an earlier boot.
ran()
{
	local name=$1

	shift
	servin create --name "$name" --restart always --rootfs "$ROOTFS" "$@" /bin/sleep 1000 \
		>/dev/null
	echo '{ "Status": "running", "Boot": "another", "Pid": 1, "PidStart": 1 }' \
		>"$(status_file "$name")"
	same "$(of "$name" '{{.State.Error}}')" "host reboot"
}

# unit_file KIND: the unit for this test's store.
unit_file()
{
	sed "s,/usr/local/bin/servin,$SERVIN_BUILDDIR/servin --root $ROOT --state $STATE," \
		"$SERVIN_SRCDIR/contrib/systemd/$1/servin-boot.service"
}

# The monitor of NAME has a scope of its own.
has_scope()
{
	has "$(cat "/proc/$(jq .Monitor "$(status_file "$1")")/cgroup")" \
		"/servin-$(of "$1" '{{truncate .Id 12}}').scope"
}

# bats test_tags=guest
@test "servin-boot.service: neither its failure nor its stop ends a container, the host's end does" {
	local unit=servin-boot-$$.service pid

	ran good --stop-timeout 0
	ran bad -v "$BATS_TEST_TMPDIR/data:/data"
	rmdir "$BATS_TEST_TMPDIR/data"
	unit_file system >"/run/systemd/system/$unit"
	fails 1 "$unit failed" systemctl start "$unit"
	is good running
	is bad created
	pid=$(of good '{{.State.Pid}}')
	has_scope good

	ok servin rm bad
	ok systemctl restart "$unit"
	systemctl is-active "$unit"
	ok systemctl stop "$unit"
	is good running
	same "$(of good '{{.State.Pid}}')" "$pid"

	# As when the host goes down: the container is stopped, and counts as one that ran.
	ok systemctl stop "servin-$(of good '{{truncate .Id 12}}').scope"
	is good exited
	same "$(of good '{{.State.ExitCode}}:{{.State.Error}}')" "137:"
	ok systemctl restart "$unit"
	is good running
	rm "/run/systemd/system/$unit"
}

# as_user COMMAND...: in a login of the guest's plain user
as_user()
{
	local words

	printf -v words '%q ' "$@"
	runuser -l user -c "$words"
}

# user_store: a store of that user, and servin as he runs it.
user_store()
{
	id user >/dev/null 2>&1 || skip "needs a user named user"
	[[ -S /run/user/$(id -u user)/systemd/private ]] || skip "needs a systemd of that user"
	servin()
	{
		as_user "$SERVIN_BUILDDIR/servin" --root "$ROOT" --state "$STATE" "$@"
	}
	ROOT=$(as_user mktemp -d ~user/servin-XXXXXX)
	STATE=$ROOT/state
	ROOTFS=$ROOT/root
	as_user mkdir -p "$ROOTFS"/{bin,dev,proc,sys}
	as_user cp "$(command -v busybox)" "$ROOTFS/bin/sleep"
	as_user ln -s sleep "$ROOTFS/bin/sh"
	as_user ln -s sleep "$ROOTFS/bin/cat"
}

# His cgroup has processes of its own, so no controller can be enabled below it.
# bats test_tags=guest
@test "a plain user's container in a login of systemd" {
	local parent

	user_store
	ok servin run --rm --rootfs "$ROOTFS" /bin/sleep 0
	fails 125 "needs a cgroup" servin run --rm -m 64m --rootfs "$ROOTFS" /bin/sleep 0
	# What the hint says.
	parent=/user.slice/user-$(id -u user).slice/user@$(id -u user).service/servin.slice
	ok as_user systemd-run --user --scope "$SERVIN_BUILDDIR/servin" --root "$ROOT" \
		--state "$STATE" run --rm -m 64m --cgroup-parent "$parent" --rootfs "$ROOTFS" \
		/bin/sh -c 'cat /sys/fs/cgroup/memory.max'
	has "$output" 67108864
	rm -rf "$ROOT"
}

@test "servin-boot.service of a plain user" {
	local unit=servin-boot-$$.service

	user_store
	ran good
	unit_file user >"$ROOT/$unit"
	ok as_user systemctl --user --runtime link "$ROOT/$unit"
	ok as_user systemctl --user start "$unit"
	is good running
	has_scope good
	ok as_user systemctl --user stop "$unit"
	is good running
	ok servin rm -f good
	rm -rf "$ROOT"
}
