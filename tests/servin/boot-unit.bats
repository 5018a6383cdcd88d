#!/usr/bin/env bats
#
# The unit of systemd that starts containers after a boot.  Their root file system is a directory,
# for a guest has no library to read archives.

load helpers

# ran NAME OPTION...: a container that ran in an earlier boot.
ran()
{
	local name=$1 file

	shift
	servin create --name "$name" --restart always --rootfs "$BATS_TEST_TMPDIR/root" "$@" \
		/bin/sleep 1000 >/dev/null
	file=$ROOT/containers/$(of "$name" '{{.Id}}')/status.json
	echo '{ "Status": "running", "Boot": "another", "Pid": 1, "PidStart": 1 }' >"$file"
	same "$(of "$name" '{{.State.Error}}')" "host reboot"
}

# bats test_tags=guest
@test "neither the failure of servin-boot.service nor its stop ends a container" {
	local unit=servin-boot-$$.service pid

	[[ -d /run/systemd/system ]] || skip "needs systemd"
	mkdir -p "$BATS_TEST_TMPDIR"/{data,root/{bin,data,dev,proc,sys}}
	cp "$(command -v busybox)" "$BATS_TEST_TMPDIR/root/bin/sleep"
	ran good
	ran bad -v "$BATS_TEST_TMPDIR/data:/data"
	rmdir "$BATS_TEST_TMPDIR/data"
	sed "s,/usr/local/bin/servin,$SERVIN_BUILDDIR/servin --root $ROOT --state $STATE," \
		"$SERVIN_SRCDIR/contrib/systemd/system/servin-boot.service" >"/run/systemd/system/$unit"
	systemctl daemon-reload
	fails 1 "$unit failed" systemctl start "$unit"
	is good running
	is bad created
	pid=$(of good '{{.State.Pid}}')

	ok servin rm bad
	ok systemctl restart "$unit"
	systemctl is-active "$unit"
	ok systemctl stop "$unit"
	is good running
	same "$(of good '{{.State.Pid}}')" "$pid"
	rm "/run/systemd/system/$unit"
}
