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
@test "servin-boot.service: neither its failure nor its stop ends a container, the host's end does" {
	local file unit=servin-boot-$$.service pid

	[[ -d /run/systemd/system ]] || skip "needs systemd"
	mkdir -p "$BATS_TEST_TMPDIR"/{data,root/{bin,data,dev,proc,sys}}
	cp "$(command -v busybox)" "$BATS_TEST_TMPDIR/root/bin/sleep"
	ran good --stop-timeout 0
	ran bad -v "$BATS_TEST_TMPDIR/data:/data"
	rmdir "$BATS_TEST_TMPDIR/data"
	sed "s,/usr/local/bin/servin,$SERVIN_BUILDDIR/servin --root $ROOT --state $STATE," \
		"$SERVIN_SRCDIR/contrib/systemd/system/servin-boot.service" >"/run/systemd/system/$unit"
	systemctl daemon-reload
	fails 1 "$unit failed" systemctl start "$unit"
	is good running
	is bad created
	pid=$(of good '{{.State.Pid}}')
	# Its monitor has a scope of its own: the host's end stops it in order.
	file=$ROOT/containers/$(of good '{{.Id}}')/status.json
	has "$(cat "/proc/$(jq .Monitor "$file")/cgroup")" \
		"/servin-$(of good '{{truncate .Id 12}}').scope"

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
