#!/usr/bin/env bats
#
# What a container must not get.  The numbers (T01 ...) are those of the project's table of
# advisories; each test ends with the canary, a directory of the host that must be as it was.
#
# A test of what does not happen is worth something only if it fails where it does happen.  Seen to
# fail: T02 (closed 0 to 2), T09, T11, T13, T14 and T16 under runc 1.1.5; T01, T02, T05, T06 and T20 on
# builds of ours that were broken on purpose, as the comment at each says.  To try it:
# OCIRUN=$(command -v runc) bats tests/bats/security.bats (OCI_VERSION=1.0.0 for crun 1.8.1).

load helpers

SWAP=${SWAP:-$SERVIN_BUILDDIR/tests/probe/swap}
THIEF=${THIEF:-$SERVIN_BUILDDIR/tests/probe/thief}

setup()
{
	servin_setup
	[[ -z ${OCI_VERSION:-} ]] || config --arg v "$OCI_VERSION" '.ociVersion = $v'
	CANARY=$BATS_TEST_TMPDIR/canary
	mkdir "$CANARY"
	echo canary >"$CANARY/secret"
	for name in ptmx null console passwd; do
		echo canary >"$CANARY/$name"
	done
	CANARY_HASH=$(canary_hash)
}

teardown()
{
	local failed=0

	OCIRUN=${OWNED:-$OCIRUN}	# the copy may have been spoilt
	# while the containers still run, for a mount of theirs may show it
	[[ -z ${CANARY:-} || $(canary_hash) == "$CANARY_HASH" ]] ||
		die "the canary has changed:" "$(ls -lR "$CANARY")" || failed=1
	servin_teardown || failed=1
	return $failed
}

canary_hash()
{
	{
		find "$CANARY" -printf '%p %m %u %g %s %T@\n' | sort
		find "$CANARY" -type f -exec sha256sum {} + | sort
	} | sha256sum
}

# attempt: runs the container, which may fail with words or succeed, but not crash; $status, $output.
attempt()
{
	try run --bundle "$BUNDLE" "$ID"
	((status < 126)) || die "status $status" "$output"
}

# without_dev: nothing of ours is mounted on /dev, it is the image's.
without_dev()
{
	config '.mounts |= map(select(.destination | startswith("/dev") | not))'
}

mount_at()
{
	config '.mounts += [{ destination: $ARGS.positional[0], source: $ARGS.positional[1],
		type: $ARGS.positional[2], options: $ARGS.positional[3:] }]' --args -- "$@"
}

# drop_mounts N: the last N of them.
drop_mounts()
{
	config --argjson n "$1" '.mounts |= .[:-$n]'
}

# All that has to do with files, processes and mounts.
every_capability()
{
	config '. as $doc | [ "CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "SETGID", "SETUID", "SETPCAP", "NET_ADMIN",
			"SYS_CHROOT", "SYS_PTRACE", "SYS_ADMIN", "SYS_RAWIO", "MKNOD", "DAC_READ_SEARCH", "SYSLOG" ]
		| map("CAP_" + .) as $c | $doc
		| .process.capabilities = { bounding: $c, permitted: $c, effective: $c }
		| .process.noNewPrivileges = false'
}

# --- T01: the program of the host (CVE-2019-5736) -------------------------------------

# own_runtime: tests on a copy, so that a theft costs nobody his runtime.
own_runtime()
{
	OWNED=$OCIRUN
	cp "$(command -v "$OCIRUN")" "$BATS_TEST_TMPDIR/runtime"
	OCIRUN=$BATS_TEST_TMPDIR/runtime
	HASH=$(sha256sum "$OCIRUN")
}

@test "T01 /proc/self/exe as the program is not the host's" {
	own_runtime
	args /proc/self/exe --version
	attempt
	# a link of this name is what the container's process would see of the host
	args sh -c 'readlink /proc/1/exe'
	attempt
	same "$output" /bin/busybox
	same "$(sha256sum "$OCIRUN")" "$HASH"
}

@test "T01 a script for /proc/self/exe" {
	own_runtime
	printf '#!/proc/self/exe\n' >"$BUNDLE/rootfs/bin/evil"
	chmod +x "$BUNDLE/rootfs/bin/evil"
	args /bin/evil
	attempt
	running
	try exec "$ID" /bin/evil
	try exec "$ID" /proc/self/exe --version
	same "$(sha256sum "$OCIRUN")" "$HASH"
}

# exec_many N: N execs of true, one after the other; all must succeed.
exec_many()
{
	local i

	for ((i = 0; i < $1; i++)); do
		ocirun exec "$ID" /bin/true || die "exec $i failed"
	done
}

# thief MODE: in a running container, beside 80 execs; $output is what he says.
thief()
{
	[[ -x $THIEF ]] || skip "needs the thief"
	cp "$THIEF" "$BUNDLE/rootfs/bin/thief"
	# his own shell is pid 1; the exec'ed programs are busybox
	args sh -c "THIEF_KNOWN=/bin/busybox thief $1 /tmp/enough >/tmp/booty 2>&1; exec sleep 1000"
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	exec_many 80
	touch "$BUNDLE/rootfs/tmp/enough"
	wait_until grep -q tried "$BUNDLE/rootfs/tmp/booty"
	output=$(<"$BUNDLE/rootfs/tmp/booty")
}

# Seen to fail with a seal_program() that does no more than to become not dumpable: it is then
# written to 65 times.
@test "T01 all capabilities, and 80 execs to steal from" {
	own_runtime
	every_capability
	thief exe
	echo "# $output"
	# he could see it; else this is no test
	has_not "$output" "tried 0,"
	has "$output" "write 0, truncate 0, unsealed 0, cloned 0"
	same "$(sha256sum "$OCIRUN")" "$HASH"
}

@test "T01 the usual capabilities, and 80 execs to steal from" {
	own_runtime
	thief exe
	has "$output" "tried 0, write 0, truncate 0, unsealed 0, cloned 0"
	same "$(sha256sum "$OCIRUN")" "$HASH"
}

# --- T20: the process between setns and execve (CVE-2016-9962) -------------------------

# Seen to fail without PR_SET_DUMPABLE: ptrace, fd, root and the rest then work 3000 times.  A container
# that has CAP_SYS_PTRACE over the host's user namespace is another matter: the kernel asks no more.
@test "T20 nobody inside traces, reads or enters an exec before its execve" {
	thief trace
	has "$output" "ptrace 0, mem 0, vm 0, files 0, root 0, cwd 0, exe 0, environ 0"
}

@test "T20 the same for init, before start" {
	[[ -x $THIEF ]] || skip "needs the thief"
	# the others are born into the thief's pid namespace
	cp "$THIEF" "$BUNDLE/rootfs/bin/thief"
	args sh -c "THIEF_KNOWN=/bin/busybox thief trace /tmp/enough >/tmp/booty 2>&1; exec sleep 1000"
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	config --arg p "/proc/$(pid_of "$ID")/ns/pid" '.linux.namespaces |= map(if .type == "pid" then .path = $p else . end)'
	args true
	for _ in 1 2 3 4 5; do
		new_id
		run_ok create --bundle "$BUNDLE" "$new_id"
		run_ok start "$new_id"
		run_ok delete --force "$new_id"
	done
	touch "$BUNDLE/rootfs/tmp/enough"
	wait_until grep -q tried "$BUNDLE/rootfs/tmp/booty"
	has "$(<"$BUNDLE/rootfs/tmp/booty")" "ptrace 0, mem 0, vm 0, files 0, root 0, cwd 0, exe 0, environ 0"
}

# --- T02, T03, T04: descriptors (CVE-2024-21626) ---------------------------------------

# with_open_fds COMMAND...: with many descriptors of the host's open.
with_open_fds()
{
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	(
		exec 3</ 4</etc 5<>"$BATS_TEST_TMPDIR/fifo" 6<"$CANARY" 7</sys/fs/cgroup 8<"$CANARY/secret" 9</proc/self/ns/mnt \
			11</etc/passwd 12</dev 27</ 99</ 1000</
		"$@"
	)
}

# Like ocirun, which closes bats' own descriptor 3.
plain_run()
{
	timeout --foreground -k 2 "$COMMAND_LIMIT" "$OCIRUN" --root "$STATE" "$@"
}

@test "T02 only 0 to 2 in the process, whatever is open in ours" {
	[[ -x $THIEF ]] || skip "needs the thief"
	cp "$THIEF" "$BUNDLE/rootfs/bin/thief"
	args thief fds
	with_open_fds plain_run run --bundle "$BUNDLE" "$ID" >"$BATS_TEST_TMPDIR/fds" 2>&1
	same "$(cut -d' ' -f1 "$BATS_TEST_TMPDIR/fds" | paste -s -d' ')" "0 1 2"
	running
	rm "$BATS_TEST_TMPDIR/fifo"
	with_open_fds plain_run exec "$ID" thief fds >"$BATS_TEST_TMPDIR/fds" 2>&1
	same "$(cut -d' ' -f1 "$BATS_TEST_TMPDIR/fds" | paste -s -d' ')" "0 1 2"
}

@test "T02 closed 0 to 2 are not given to something else" {
	[[ -x $THIEF ]] || skip "needs the thief"
	cp "$THIEF" "$BUNDLE/rootfs/bin/thief"
	args sh -c 'thief fds >/tmp/fds'
	plain_run run --bundle "$BUNDLE" "$ID" <&- >&- 2>&-
	same "$(cut -d' ' -f1 "$BUNDLE/rootfs/tmp/fds" | paste -s -d' ')" "0 1 2"
	has "$(<"$BUNDLE/rootfs/tmp/fds")" "0 /dev/null"
	has_not "$(<"$BUNDLE/rootfs/tmp/fds")" socket
}

# Seen to fail with close_all_else() left out.
@test "T02 a created container holds nothing of the host's open" {
	local pid fd name
	args sleep 1000
	with_open_fds plain_run create --bundle "$BUNDLE" "$ID" >/dev/null 2>&1 </dev/null
	pid=$(pid_of "$ID")
	for fd in /proc/"$pid"/fd/*; do
		name=$(readlink "$fd")
		[[ $name == /dev/null || $name == socket:* ]] || die "$fd is $name"
	done
	# also not as its directory
	same "$(readlink "/proc/$pid/cwd")" /
	run_ok start "$ID"
	has_status "$ID" running
}

@test "T02 --preserve-fds hands on exactly that many" {
	[[ -x $THIEF ]] || skip "needs the thief"
	cp "$THIEF" "$BUNDLE/rootfs/bin/thief"
	args thief fds
	plain_run run --preserve-fds 2 --bundle "$BUNDLE" "$ID" \
		3<"$CANARY/secret" 4</dev/null 5</etc 6</ >"$BATS_TEST_TMPDIR/fds" 2>&1
	same "$(cut -d' ' -f1 "$BATS_TEST_TMPDIR/fds" | paste -s -d' ')" "0 1 2 3 4"
}

@test "T03 a working directory below /proc/self/fd" {
	local n
	for n in {3..16}; do
		config --arg n "$n" '.process.cwd = "/proc/self/fd/\($n)" | .process.args = ["sh", "-c",
			"cat ../../../../../../../../\($ARGS.positional[0])/secret; readlink /proc/self/cwd"]' --args -- "$CANARY"
		attempt
		has_not "$output" $'canary\n'
		[[ $status != 0 ]] || die "run with cwd /proc/self/fd/$n succeeded" "$output"
	done
	for n in {3..12}; do
		config --arg n "$n" '.process.cwd = "/proc/thread-self/fd/\($n)"'
		attempt
		[[ $status != 0 ]] || die "run with cwd /proc/thread-self/fd/$n succeeded" "$output"
	done
}

@test "T03 the same for exec, also through a link of the container's" {
	local n
	running
	for n in {3..40}; do
		ln -sfn "/proc/self/fd/$n" "$BUNDLE/rootfs/cwd"
		for cwd in "/proc/self/fd/$n" /cwd; do
			try exec --cwd "$cwd" "$ID" cat "../../../../../../../..$CANARY/secret"
			[[ $status != 0 && $output != *canary* ]] || die "exec --cwd $cwd" "$output"
		done
	done
}

@test "T03 the same where the cgroups are v2" {
	[[ $CGROUP_WORLD == v1 ]] || skip "is the test before this one"
	cwd_in_v2()
	{
		local n
		config '.process.args = ["sleep", "1000"]'
		run_ok run --detach --bundle "$BUNDLE" "$ID"
		for n in 3 4 5 6 7 8 9 10 11 12; do
			try exec --cwd "/proc/self/fd/$n" "$ID" sh -c "cat ../../../../../../../..$CANARY/secret; pwd"
			[[ $status != 0 && $output != *canary* ]] || die "exec --cwd /proc/self/fd/$n" "$output"
		done
		run_ok delete --force "$ID"
		for n in 3 4 5 6 7 8 9 10 11 12; do
			config ".process.cwd = \"/proc/self/fd/$n\""
			try run --bundle "$BUNDLE" "$ID"
			[[ $status != 0 ]] || die "run with cwd /proc/self/fd/$n" "$output"
		done
	}
	v2 cwd_in_v2
}

@test "T04 a program below /proc/self/fd" {
	local n
	printf '#!/bin/sh\necho canary\n' >"$BATS_TEST_TMPDIR/program"
	chmod +x "$BATS_TEST_TMPDIR/program"
	running
	for n in {3..40}; do
		try exec "$ID" "/proc/self/fd/$n/../../../../../../../..$BATS_TEST_TMPDIR/program"
		[[ $status != 0 && $output != *canary* ]] || die "exec /proc/self/fd/$n/..." "$output"
	done
	run_ok delete --force "$ID"
	for n in {3..12}; do
		args "/proc/self/fd/$n/../../../../../../../..$BATS_TEST_TMPDIR/program"
		try run --bundle "$BUNDLE" "$ID"
		[[ $status != 0 && $output != *canary* ]] || die "run /proc/self/fd/$n/..." "$output"
	done
}

# --- T05, T06, T07: links at places for mounts --------------------------------------------

@test "T05 places that lead out through links" {
	mkdir "$BATS_TEST_TMPDIR/source"
	touch "$BATS_TEST_TMPDIR/source-file"
	ln -s "$CANARY" "$BUNDLE/rootfs/absolute"
	ln -s "../../../../../../../../..$CANARY" "$BUNDLE/rootfs/climbing"
	ln -s "$CANARY/new" "$BUNDLE/rootfs/dangling"
	ln -s /proc/self/root "$BUNDLE/rootfs/magic"
	ln -s loop "$BUNDLE/rootfs/loop"
	for place in /absolute /absolute/x /climbing /climbing/x /dangling /dangling/x "/../../../..$CANARY/d" \
		"/x/../../../../..$CANARY/e" "/magic$CANARY/f" /loop/x; do
		mount_at "$place" "$BATS_TEST_TMPDIR/source" none bind
		args cat /proc/self/mountinfo
		attempt
		# either refused, or inside of the root: else it is nowhere in the container's list
		[[ $status != 0 ]] || same "$(grep -c "$BATS_TEST_TMPDIR/source " <<<"$output")" 1
		drop_mounts 1
		mount_at "$place/tmpfs" a-tmpfs tmpfs
		mount_at "$place/file" "$BATS_TEST_TMPDIR/source-file" none bind
		attempt
		[[ $status != 0 ]] || same "$(grep -c -e "$BATS_TEST_TMPDIR/source-file " -e "- tmpfs a-tmpfs" <<<"$output")" 2
		drop_mounts 2
	done
	same "$(grep -c "$CANARY" /proc/self/mountinfo)" 0
}

@test "T05 a link in the place of a file" {
	ln -s "$CANARY/secret" "$BUNDLE/rootfs/etc/hosts"
	ln -s "../../../../../../../../..$CANARY/made" "$BUNDLE/rootfs/etc/resolv.conf"
	mount_at /etc/hosts /etc/passwd none bind
	mount_at /etc/resolv.conf /etc/passwd none bind
	args sh -c 'cat /etc/hosts /etc/resolv.conf | head -1'
	attempt
	has_not "$output" canary
	[[ ! -e $CANARY/made ]]
}

# Seen to fail in round 0 on a build whose resolve_open() is an open() below /proc/self/fd/ROOT, as does
# the first of T05.
@test "T06 a place that is exchanged for a link all the time" {
	[[ -x $SWAP ]] || skip "needs swap"
	local volume=$BATS_TEST_TMPDIR/volume code i seen=0
	mkdir -p "$volume/a" "$BATS_TEST_TMPDIR/source"
	ln -s "../../../../../../../../..$CANARY" "$volume/b"
	mount_at /v "$volume" none bind
	mount_at /v/a a-tmpfs tmpfs
	mount_at /v/a/z "$BATS_TEST_TMPDIR/source" none rbind
	mount_at /v/a/y/file /etc/passwd none bind
	config '.linux.maskedPaths += ["/v/a/secret", "/v/a"] | .linux.readonlyPaths += ["/v/a/passwd"]'
	args cat /proc/self/mountinfo
	config 'del(.linux.resources)'
	background "$SWAP" "$volume" a b
	local swapper=$background
	for ((i = 0; i < 100 || seen < 10; i++)); do
		((i < 1000)) || die "only $seen of $i came so far that there was something to see"
		code=0
		ocirun --cgroup-manager disabled run --bundle "$BUNDLE" "$ID" >"$BATS_TEST_TMPDIR/seen" 2>&1 || code=$?
		((code < 124)) || die "round $i: status $code" "$(<"$BATS_TEST_TMPDIR/seen")"
		((code == 0)) || continue
		seen=$((seen + 1))
		# what is mounted; the place may well be called so, but inside of the root
		! awk -v c="$CANARY" 'index($4, c) == 1' "$BATS_TEST_TMPDIR/seen" | grep . ||
			die "round $i: the canary is mounted"
		# what was mounted outside of the root is nowhere in the container's list
		same "$i: $(grep -c -e "$BATS_TEST_TMPDIR/source " -e "- tmpfs a-tmpfs" "$BATS_TEST_TMPDIR/seen")" "$i: 2"
	done
	alive "$swapper" || die "$(<"$background_output")"
	# nothing was made in the canary: teardown looks
}

@test "T07 links everywhere that something is made" {
	local path
	rm -rf "$BUNDLE/rootfs/dev" "$BUNDLE/rootfs/tmp"
	mkdir -p "$BUNDLE/rootfs/dev" "$BUNDLE/rootfs/etc"
	for path in dev/{null,zero,full,random,urandom,tty,console,ptmx,fd,stdin,stdout,stderr,core,pts,shm,mqueue} \
		etc/hosts etc/resolv.conf etc/hostname .dockerenv job tmp mnt; do
		ln -sfn "../../../../../../../../..$CANARY/new-${path##*/}" "$BUNDLE/rootfs/$path"
	done
	without_dev
	config '.process.cwd = "/job/dir" | .linux.devices = [{ path: "/mnt/dev", type: "c", major: 1, minor: 3 }]'
	mount_at /dev/pts devpts devpts newinstance ptmxmode=0666 mode=0620
	mount_at /dev/shm shm tmpfs
	mount_at /etc/hosts /etc/passwd none bind
	mount_at /mnt/x tmpfs tmpfs
	args true
	attempt
	echo "# $output"
	for path in dev/null dev/tty dev/ptmx; do
		rm -f "$BUNDLE/rootfs/$path"
		ln -s "$CANARY/ptmx" "$BUNDLE/rootfs/$path"
	done
	attempt
}

# --- T08, T09, T10: /proc and /sys ---------------------------------------------------------

@test "T08 /proc or /sys that is a link" {
	for name in proc sys; do
		mkdir -p "$BUNDLE/rootfs/bad"
		rmdir "$BUNDLE/rootfs/$name"
		ln -s /bad "$BUNDLE/rootfs/$name"
		run_fail "/$name: must be a directory" run --bundle "$BUNDLE" "$ID"
		rm "$BUNDLE/rootfs/$name"
		ln -s "$CANARY" "$BUNDLE/rootfs/$name"
		run_fail "/$name: must be a directory" run --bundle "$BUNDLE" "$ID"
		rm "$BUNDLE/rootfs/$name"
		echo >"$BUNDLE/rootfs/$name"
		run_fail "/$name: " run --bundle "$BUNDLE" "$ID"
		rm "$BUNDLE/rootfs/$name"
		mkdir "$BUNDLE/rootfs/$name"
	done
}

# Fails on runc 1.1.5.
@test "T09 something over /proc" {
	args true
	for place in /proc /proc/self/attr /proc/1 proc //proc/./sys /proc/../proc/sys /x/../proc/keys; do
		for type in tmpfs none; do
			mount_at "$place" "$CANARY" "$type" "$([[ $type == tmpfs ]] || echo bind)"
			config '.mounts[-1].options |= map(select(. != ""))'
			run_fail proc run --bundle "$BUNDLE" "$ID"
			drop_mounts 1
		done
	done
	# a link of the image's that leads there
	ln -s /proc/sys "$BUNDLE/rootfs/bent"
	mount_at /bent/kernel tmpfs tmpfs
	run_fail "a link leads it into /proc" run --bundle "$BUNDLE" "$ID"
	drop_mounts 1
	# what lxcfs replaces
	echo lxcfs >"$BATS_TEST_TMPDIR/cpuinfo"
	mount_at /proc/cpuinfo "$BATS_TEST_TMPDIR/cpuinfo" none bind
	container_ok 'cat /proc/cpuinfo'
	same "$output" lxcfs
}

@test "T10 sysctls go to a procfs, whatever the image has there" {
	local volume=$BATS_TEST_TMPDIR/volume
	mkdir -p "$volume/sys/net/ipv4" "$volume/self"
	ln -s "$CANARY/secret" "$volume/sys/net/ipv4/ping_group_range"
	rmdir "$BUNDLE/rootfs/proc"
	cp -a "$volume" "$BUNDLE/rootfs/proc"
	config '.linux.sysctl = { "net.ipv4.ping_group_range": "0 1" }'
	container_ok 'cat /proc/sys/net/ipv4/ping_group_range'
	same "$(tr '\t' ' ' <<<"$output")" "0 1"
	# no procfs in the container at all
	config '.mounts |= map(select(.destination != "/proc")) | .linux.maskedPaths = [] | .linux.readonlyPaths = []'
	container_ok 'readlink /proc/sys/net/ipv4/ping_group_range'
	same "$output" "$CANARY/secret"
}

# --- T11, T12, T13, T14: /dev ----------------------------------------------------------------

# Fails on runc 1.1.5 (CVE-2025-31133).
@test "T11 a mask is the null device, whatever the image's /dev/null is" {
	without_dev
	mkdir -p "$BUNDLE/rootfs/dev"
	ln -s /proc/sys/kernel/domainname "$BUNDLE/rootfs/dev/null"
	config '.linux.maskedPaths = ["/proc/keys", "/etc/passwd"]'
	container 'stat -c "%n %t:%T" /proc/keys /etc/passwd; grep -E "/proc/keys|/etc/passwd" /proc/self/mountinfo'
	[[ $status != 0 ]] || has "$output" $'/proc/keys 1:3\n/etc/passwd 1:3'
	has_not "$output" domainname
}

# console DIR: runs the container with a terminal; $output is what came through it.
with_console()
{
	background "$RECVFD" "$BATS_TEST_TMPDIR/console.sock"
	wait_until test -S "$BATS_TEST_TMPDIR/console.sock"
	try run --console-socket "$BATS_TEST_TMPDIR/console.sock" --bundle "$BUNDLE" "$ID"
	wait_until gone "$background"
	output=$output$(tr -d '\r' <"$background_output")
	rm -f "$BATS_TEST_TMPDIR/console.sock"
}

@test "T12 the console is a terminal of the container's own" {
	[[ -x $RECVFD ]] || skip "needs recvfd"
	local name change
	rm -rf "$BUNDLE/rootfs/dev"
	for change in . '.root.readonly = true' '.mounts |= map(select(.destination | startswith("/dev") | not))
			| .mounts += [{ destination: "/dev/pts", type: "devpts", source: "devpts", options: ["newinstance", "ptmxmode=0666"] }]'; do
		config "$change"
		for name in console pts/0 ptmx tty; do
			rm -rf "$BUNDLE/rootfs/dev"
			mkdir -p "$BUNDLE/rootfs/dev/pts"
			ln -s "$CANARY/$([[ $name == console ]] && echo console || echo x)" "$BUNDLE/rootfs/dev/$name"
			config '.process.terminal = true'
			shell 'stat -f -c %T /dev/console; stat -c "%F %t" /dev/console; tty'
			with_console
			[[ $status == 0 ]] || die "$change, $name: status $status" "$output"
			has "$output" "character special file 88"
			has_not "$output" "not a tty"
		done
	done
	[[ ! -e $CANARY/x ]]
}

# Fails on runc 1.1.5, which makes its links in the canary and replaces its ptmx (CVE-2026-41579).
@test "T13 /dev is a link to a directory of the host" {
	without_dev
	rm -rf "$BUNDLE/rootfs/dev"
	for target in "$CANARY" "../../../../../../../../..$CANARY" "$CANARY/new"; do
		ln -sfn "$target" "$BUNDLE/rootfs/dev"
		args true
		attempt
		config '.process.terminal = false'
	done
	mount_at /dev/pts devpts devpts newinstance
	attempt
	mount_at /dev tmpfs tmpfs
	attempt
}

# Fails on runc 1.1.5: the process has the victim as its standard input.
@test "T14 /dev/null of the image in place of the standard streams" {
	local target owner
	without_dev
	mkdir -p "$BUNDLE/rootfs/dev" "$BUNDLE/rootfs/o"
	chmod 777 "$BUNDLE/rootfs/o"
	echo victim >"$BUNDLE/rootfs/victim"
	owner=$(stat -c '%u %a' /dev/null)
	for target in /victim /proc/sys/kernel/domainname; do
		ln -sfn "$target" "$BUNDLE/rootfs/dev/null"
		config '.process.user = { uid: 1000, gid: 1000 }'
		args sh -c 'ls -l /proc/self/fd >/o/o'
		ocirun run --bundle "$BUNDLE" "$ID" </dev/null 2>&1 | cat || true
		has_not "$(cat "$BUNDLE/rootfs/o/o" 2>/dev/null)" "$target"
		rm -f "$BUNDLE/rootfs/o/o"
	done
	same "$(stat -c '%u %a' "$BUNDLE/rootfs/victim")" "0 644"
	same "$(stat -c '%u %a' /dev/null)" "$owner"
}

@test "T14 only pipes are given to the user" {
	local file=$BATS_TEST_TMPDIR/file before
	echo x >"$file"
	before=$(stat -c '%u %g %a' "$file")
	config '.process.user = { uid: 1000, gid: 1000 }'
	shell 'echo out >/dev/stderr'
	ocirun run --bundle "$BUNDLE" "$ID" <"$file" 2>&1 | cat >"$BATS_TEST_TMPDIR/piped"
	same "$(<"$BATS_TEST_TMPDIR/piped")" out
	same "$(stat -c '%u %g %a' "$file")" "$before"
	same "$(stat -c '%u %g %a' /dev/null)" "0 0 666"
}

# --- T15, T16: who one is ---------------------------------------------------------------------

# CVE-2022-29162.
@test "T15 exec --cap makes nothing inheritable or ambient" {
	running
	try exec --cap CAP_SYS_ADMIN --cap CAP_CHOWN "$ID" grep Cap /proc/self/status
	has "$output" $'CapInh:\t0000000000000000'
	has "$output" $'CapAmb:\t0000000000000000'
	has "$output" $'CapEff:\t0000000020200421'
	try exec --user 1000 --cap CAP_SYS_ADMIN "$ID" grep Cap /proc/self/status
	has "$output" $'CapInh:\t0000000000000000'
	has "$output" $'CapAmb:\t0000000000000000'
	has "$output" $'CapEff:\t0000000000000000'
	try exec "$ID" grep Cap /proc/self/status
	has "$output" $'CapInh:\t0000000000000000\nCapPrm:\t0000000020000420\nCapEff:\t0000000020000420\nCapBnd:\t0000000020000420\nCapAmb:\t0000000000000000'
	for name in FLY CAP_FLY 21 CAP_21 "" cap_sys_admin; do
		try exec --cap "$name" "$ID" true
		[[ $status != 0 ]] || die "exec --cap '$name' succeeded" "$output"
	done
}

@test "T16 users of exec that are none" {
	local user
	printf '4294967296:x:0:0::/:\n1e3:x:0:0::/:\n99999999999:x:0:0::/:\n' >>"$BUNDLE/rootfs/etc/passwd"
	running
	for user in "" 1: :1 0x1 -1 " 1" "1 " 1e3 +1 1:-1 1:2:3 root 4294967295 0:4294967295 4294967296 18446744073709551617 99999999999; do
		try exec --user "$user" "$ID" id -u
		[[ $status != 0 ]] || die "exec --user '$user' succeeded" "$output"
	done
	run_ok exec --user 1 "$ID" id -u
	same "$output" 1
	run_ok exec --user 1:2 "$ID" sh -c 'id -u; id -g'
	same "$output" $'1\n2'
	run_ok exec --user 4294967294 "$ID" id -u
	same "$output" 4294967294
	# a group of exec's user has no other groups
	config '.process.user = { uid: 4294967295, gid: 0 }'
	new_id
	run_fail ".process.user.uid: is not a user ID" run --bundle "$BUNDLE" "$new_id"
}

# --- T17: cgroups from inside --------------------------------------------------------------------

cgroups_are_readonly()
{
	local ns
	for ns in '. + []' 'map(select(.type != "cgroup"))'; do
		config ".linux.namespaces |= ($ns)"
		every_capability
		# even so nothing can be written: the mounts are read-only
		container_ok 'for f in $(find /sys/fs/cgroup -name cgroup.procs -o -name release_agent -o -name "*.max" -o -name "*limit*");
			do (echo 1 >$f) 2>&1 | grep -q "Read-only" || echo "$f can be written"; done;
			for d in $(find /sys/fs/cgroup -type d); do mkdir $d/x 2>/dev/null && echo "$d/x made"; done; true'
		same "$output" ""
		[[ -z $(cgroup_dirs x) ]]
	done
}

@test "T17 no cgroup can be written" {
	cgroups_are_readonly
}

@test "T17 no cgroup v2 can be written" {
	[[ $CGROUP_WORLD == v1 ]] || skip "is the test before this one"
	v2 cgroups_are_readonly
}

# --- T19: sizes -----------------------------------------------------------------------------------

@test "T19 very many and very long paths" {
	config '.linux.maskedPaths = [range(65536) | "/none/\(.)"] | .linux.readonlyPaths = ["/" + ("y/" * 2000)]'
	container_ok 'echo here'
	same "$output" here
	args true
	for length in 300 4094 5000; do
		config --argjson n $length '.linux.maskedPaths = ["/" + ("x" * $n)] | .linux.readonlyPaths = []'
		run_fail "file name too long" run --bundle "$BUNDLE" "$ID"
	done
	config '.linux.maskedPaths = [] | .mounts += [{ destination: ("/" + ("d/" * 2000) + "e"), type: "tmpfs", source: "x" }]'
	attempt
	config '.mounts[-1].destination = ("/" + ("z" * 300))'
	run_fail "file name too long" run --bundle "$BUNDLE" "$ID"
	rm -rf "$BUNDLE/rootfs/d"
}

# --- T21: the terminal outside ---------------------------------------------------------------------

@test "T21 no letter gets into the terminal outside" {
	needs_cmd script
	[[ -x $THIEF ]] || skip "needs the thief"
	cp "$THIEF" "$BUNDLE/rootfs/bin/thief"
	args sh -c 'thief type /dev/tty; thief type /proc/self/fd/0'
	# in a terminal of its own, which the container has as its standard streams
	script -q -e -c "'$OCIRUN' --root '$STATE' run --bundle '$BUNDLE' '$ID'" /dev/null \
		</dev/null >"$BATS_TEST_TMPDIR/typed" 2>&1 || true
	has "$(<"$BATS_TEST_TMPDIR/typed")" "typed 0"
	has_not "$(<"$BATS_TEST_TMPDIR/typed")" "typed 1"
}

# --- T24: names of containers ------------------------------------------------------------------------

@test "T24 ids that are none" {
	local id verb
	args true
	touch "$BATS_TEST_TMPDIR/stamp"
	for id in "" . .. a/b ../x /abs $'a\nb' $'a\tb' "a b" 'a;b' '$(x)' $'\x7f' é "$(printf 'x%.0s' {1..5000})" "$(printf 'x%.0s' {1..1025})"; do
		try create --bundle "$BUNDLE" -- "$id"
		[[ $status != 0 ]] && ((status < 124)) || die "create '${id:0:20}': status $status" "$output"
	done
	for id in "" .. ../x /abs; do
		for verb in run state start "delete --force" kill pause resume ps; do
			# shellcheck disable=SC2086
			try $verb -- "$id"
			[[ $verb == "delete --force" || $status != 0 ]] || die "$verb '${id:0:20}' succeeded" "$output"
			((status < 124)) || die "$verb '${id:0:20}': status $status" "$output"
		done
	done
	state_is_empty
	same "$(find "$BATS_TEST_TMPDIR" -newer "$BATS_TEST_TMPDIR/stamp" -not -name 'output.*' -not -path "$BATS_TEST_TMPDIR" \
		-not -path "$STATE")" ""
}

@test "T24 state directories that lead elsewhere" {
	ln -s "$CANARY" "$STATE/$ID"
	args true
	run_fail "$ID" create --bundle "$BUNDLE" "$ID"
	try state "$ID"
	[[ $status != 0 ]]
	try delete --force "$ID"
	rm "$STATE/$ID"
}

@test "T30 the state is nobody else's to read" {
	umask 0
	running
	same "$(stat -c '%a %u' "$STATE/$ID")" "700 0"
	for file in "$STATE/$ID"/*; do
		[[ $(stat -c %a "$file") != *[1-7] ]] || [[ -S $file ]] || die "$(stat -c '%n %a' "$file")"
	done
	umask 022
}

# --- T33: sysctls ----------------------------------------------------------------------------------------

@test "T33 names of sysctls that lead elsewhere" {
	local name
	for name in 'net/../kernel/panic' 'net/ipv4/../../kernel/panic' 'net.ipv4/../../kernel' 'net..ipv4' 'net/' 'net.' '.net' \
		'/net/x' 'net.ipv4.x y' $'net.ipv4.x\ny' 'net' 'kernel.shm_rmid_forced/../panic' 'fs.mqueue.' 'fs.mqueue./../../x' \
		'net./../kernel/panic' 'net/ipv4/./ip_forward' '' '..' 'kernel/core_pattern' 'kernel.core_pattern'; do
		config --arg n "$name" '.linux.sysctl = { ($n): "1" }'
		run_fail '.linux.sysctl[' run --bundle "$BUNDLE" "$ID"
	done
	config '.linux.sysctl = { "kernel.shm_rmid_forced": "1\n" }'
	run_fail 'must be one line' run --bundle "$BUNDLE" "$ID"
	config '.linux.sysctl = { "kernel.shm_rmid_forced": "1+kernel.core_pattern=|/x" }'
	run_fail 'invalid argument' run --bundle "$BUNDLE" "$ID"
}

# --- T39: documents ----------------------------------------------------------------------------------------

# document: `check` of $BUNDLE/config.json must answer 0, 1 or 2 within 2 s and 128 MiB.
document()
{
	local code=0

	(
		ulimit -v 131072
		timeout -k 1 2 "$OCIRUN" check "$BUNDLE/config.json" >"$BATS_TEST_TMPDIR/said" 2>&1
	) || code=$?
	((code <= 2)) || die "$1: status $code" "$(head -c 500 "$BATS_TEST_TMPDIR/said")"
	if [[ ${2:-} == bad ]]; then
		((code != 0)) || die "$1: passed"
		[[ -s $BATS_TEST_TMPDIR/said ]] || die "$1: without a word"
	fi
}

@test "T39 documents that are none" {
	needs_cmd python3
	local made=$BATS_TEST_TMPDIR/made file
	mkdir "$made"
	python3 - "$BUNDLE/config.json" "$made" <<-'END'
		import json, sys
		good, out = open(sys.argv[1]).read(), sys.argv[2]
		n = 0
		def put(name, data):
		    open(f"{out}/{name}", "wb").write(data if isinstance(data, bytes) else data.encode())
		put("deep-list", "[" * 200000)
		put("deep-list-inside", good.replace('"root"', '"x":' + "[" * 100000 + "]" * 100000 + ',"root"', 1))
		put("deep-object", '{"a":' * 100000)
		put("deep-65", good.replace('"root"', '"x":' + "[" * 65 + "]" * 65 + ',"root"', 1))
		put("empty", "")
		put("null", "null")
		put("number", "1")
		put("list", "[]")
		put("nothing", "{}")
		put("binary", bytes(range(256)) * 16)
		put("nul", good.encode() + b"\0")
		put("twice", good + good)
		put("trailing", good + "x")
		put("duplicate", good.replace('"root"', '"root": { "path": "/" }, "root"', 1))
		put("surrogate", good.replace('"rootfs"', '"root\\ud800fs"', 1))
		put("surrogate-low", good.replace('"rootfs"', '"root\\udc00fs"', 1))
		put("zero-in-string", good.replace('"rootfs"', '"root\\u0000fs"', 1))
		put("utf8-bad", good.encode().replace(b'"rootfs"', b'"root\xff\xfefs"', 1))
		put("utf8-overlong", good.encode().replace(b'"rootfs"', b'"root\xc0\xaffs"', 1))
		put("utf8-surrogate", good.encode().replace(b'"rootfs"', b'"root\xed\xa0\x80fs"', 1))
		for i, number in enumerate(["1e999", "9223372036854775808", "18446744073709551616", "-9223372036854775809",
		        "1" + "0" * 26, "1.5", "01", "+1", "0x1", "NaN", "Infinity", "-"]):
		    put(f"number-{i}", good.replace('"uid": 0', '"uid": ' + number, 1))
		put("comment", "/* x */" + good)
		put("bom", b"\xef\xbb\xbf" + good.encode())
		put("huge", good.replace('"rootfs"', '"' + "x" * (17 << 20) + '"', 1))
	END
	for file in "$made"/*; do
		cp "$file" "$BUNDLE/config.json"
		document "${file##*/}" bad
	done
}

@test "T39 a document that ends early, or has a wrong byte" {
	local good=$BATS_TEST_TMPDIR/good size n
	jq -c . <"$BUNDLE/config.json" >"$good"
	size=$(stat -c %s "$good")
	for ((n = 0; n < size - 1; n += 41)); do
		head -c "$n" "$good" >"$BUNDLE/config.json"
		document "cut at $n" bad
	done
	for ((n = 0; n < size - 1; n += 31)); do
		{
			head -c "$n" "$good"
			printf "\\x$(printf %x $((n * 7 % 256)))"
			tail -c +$((n + 2)) "$good"
		} >"$BUNDLE/config.json"
		document "byte $n"
	done
}

@test "T39 a document that is a device or a directory, or is not there" {
	rm "$BUNDLE/config.json"
	mkdir "$BUNDLE/config.json"
	run_fail "config.json" run --bundle "$BUNDLE" "$ID"
	rmdir "$BUNDLE/config.json"
	ln -s /dev/zero "$BUNDLE/config.json"
	COMMAND_LIMIT=5 run_fail "config.json" run --bundle "$BUNDLE" "$ID"
	rm "$BUNDLE/config.json"
	run_fail "config.json: no such file or directory" run --bundle "$BUNDLE" "$ID"
}
