#!/usr/bin/env bats
#
# Descriptors: which a container gets, and which it does not; socket activation; sd_notify.

load helpers

# Tells which of 3 to 9 are open in a shell; without a pipe, which would be one of them.
OPEN='for i in 3 4 5 6 7 8 9; do [ ! -e /proc/$$/fd/$i ] || echo $i; done'

# with FDS COMMAND...: runs it with these descriptors open on files of that name, as 7,8.
with()
{
	local list=${1//,/ } fd

	shift
	(
		exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
		for fd in $list; do
			echo "text $fd" >"$BUNDLE/file-$fd"
			eval "exec $fd<\"\$BUNDLE/file-$fd\""
		done
		"$@"
	)
}

# inside ARGS...: `run ARGS`, and which descriptors from 3 on the container has.
inside()
{
	[[ -x $PROBE ]] || skip "needs the probe"
	args probe fds
	"$OCIRUN" --root "$STATE" run --bundle "$BUNDLE" "$@" "$ID" </dev/null 2>&1 |
		sed -n 's/^fd \([3-9][^ ]*\|[12][0-9][^ ]*\) \([^ ]*\).*/\1 \2/p'
}

# --- what is open, and what is not -------------------------------------------------------------

# proves: §3.12
@test "only 0 to 2, whatever the caller has open" {
	same "$(with 3,4,7,10,251 inside)" ""
}

@test "not in exec either" {
	running
	same "$(with 3,7,251 "$OCIRUN" --root "$STATE" exec "$ID" \
		sh -c 'ls -l /proc/$$/fd | grep -- "-> $1"' sh "$BUNDLE" </dev/null)" ""
}

@test "init holds nothing of the caller's while it waits" {
	local fds

	args sleep 1000
	with 3,4,7,251 "$OCIRUN" --root "$STATE" create --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1
	fds=$(ls -l "/proc/$(pid_of "$ID")/fd" | sed -n 's,.* \([0-9]*\) -> ,\1 ,p')
	has_not "$fds" "$BUNDLE"
	# Standard streams and the gate.
	same "$(grep -vc '^[0-2] ' <<<"$fds")" 1
	has "$(grep -v '^[0-2] ' <<<"$fds")" "socket:"
}

@test "the runtime's log is not in the container" {
	shell 'ls -l /proc/$$/fd'
	for n in 0 1 4; do
		run_ok --log "$BUNDLE/the-log" --debug run --preserve-fds "$n" --bundle "$BUNDLE" "$ID"
		has_not "$output" the-log
	done
}

# proves: §3.12
@test "--preserve-fds hands on that many" {
	same "$(with 3,4,5,6 inside --preserve-fds 2)" "3 $BUNDLE/file-3"$'\n'"4 $BUNDLE/file-4"
	shell 'cat <&3; cat <&4'
	same "$(with 3,4,5 "$OCIRUN" --root "$STATE" run --preserve-fds 2 --bundle "$BUNDLE" "$ID")" \
		$'text 3\ntext 4'
}

@test "--preserve-fds: holes stay holes" {
	same "$(with 4,6 inside --preserve-fds 3)" "4 $BUNDLE/file-4"
	same "$(with 5 inside --preserve-fds=6)" "5 $BUNDLE/file-5"
	same "$(with "" inside --preserve-fds=3)" ""
}

@test "--preserve-fds through create and start" {
	shell 'cat <&3 >/got'
	with 3,4 "$OCIRUN" --root "$STATE" create --preserve-fds 1 --bundle "$BUNDLE" "$ID" \
		</dev/null >/dev/null 2>&1
	with 3 run_ok start "$ID"
	wait_until has_status "$ID" stopped
	same "$(<rootfs/got)" "text 3"
}

@test "--preserve-fds in exec" {
	running
	same "$(with 3,4,5 "$OCIRUN" --root "$STATE" exec --preserve-fds 2 "$ID" \
		sh -c 'cat <&3; cat <&4; cat <&5' 2>/dev/null)" $'text 3\ntext 4'
}

@test "--preserve-fds beyond all limits" {
	for n in 2147483647 2147483640 100000000; do
		run_fail "too many open files" run --preserve-fds "$n" --bundle "$BUNDLE" "$ID"
	done
	run_fail "preserve-fds" run --preserve-fds 4294967296 --bundle "$BUNDLE" "$ID"
	run_fail "preserve-fds" run --preserve-fds -1 --bundle "$BUNDLE" "$ID"
}

@test "closed standard streams become /dev/null" {
	shell 'a=$(readlink /proc/$$/fd/0); b=$(readlink /proc/$$/fd/1); c=$(readlink /proc/$$/fd/2)
		echo "$a $b $c" >/got'
	"$OCIRUN" --root "$STATE" run --bundle "$BUNDLE" "$ID" 0<&- 1>&- 2>&-
	same "$(<rootfs/got)" "/dev/null /dev/null /dev/null"
	"$OCIRUN" --root "$STATE" --log "$BUNDLE/log" --debug run --bundle "$BUNDLE" "$ID" 2>&- >/dev/null
	same "$(<rootfs/got)" "/dev/null /dev/null /dev/null"
	running
	"$OCIRUN" --root "$STATE" exec "$ID" sh -c 'readlink /proc/$$/fd/0 >/got' 0<&-
	same "$(<rootfs/got)" /dev/null
}

@test "the host's /dev/null keeps its owner, a pipe becomes the user's" {
	config '.process.user = { uid: 1000, gid: 1000 }'
	shell 'echo through >/dev/stdout'
	same "$("$OCIRUN" --root "$STATE" run --bundle "$BUNDLE" "$ID" </dev/null 2>/dev/null | cat)" through
	same "$(stat -c %u /dev/null)" 0
}

@test "who has the host's null device as a stream gets the container's own" {
	local script='stat -L -c %d:%i /proc/self/fd/0 /proc/self/fd/2 /dev/null | sort -u | wc -l >/got'

	shell "$script"
	"$OCIRUN" --root "$STATE" run --bundle "$BUNDLE" "$ID" </dev/null 2>/dev/null
	same "$(<rootfs/got)" 1
	running
	"$OCIRUN" --root "$STATE" exec "$ID" sh -c "$script" </dev/null 2>/dev/null
	same "$(<rootfs/got)" 1
}

# --- socket activation ----------------------------------------------------------------------------

# activated COMMAND...: runs it with LISTEN_PID as its own pid.
activated()
{
	# shellcheck disable=SC2016
	bash -c 'LISTEN_PID=$$ exec "$@"' bash "$@"
}

@test "LISTEN_FDS: sockets and variables reach the program" {
	shell 'echo $LISTEN_FDS $LISTEN_PID $$; cat <&3; cat <&4; '"$OPEN"
	export LISTEN_FDS=2
	same "$(with 3,4,5 activated "$OCIRUN" --root "$STATE" run --bundle "$BUNDLE" "$ID")" \
		$'2 1 1\ntext 3\ntext 4\n3\n4'
}

@test "LISTEN_FDS of somebody else is not for us" {
	shell 'echo [$LISTEN_FDS] [$LISTEN_PID]; '"$OPEN"
	export LISTEN_FDS=2 LISTEN_PID=1
	same "$(with 3,4 "$OCIRUN" --root "$STATE" run --bundle "$BUNDLE" "$ID")" $'[] []'
	LISTEN_FDS=x
	same "$(with 3,4 activated "$OCIRUN" --root "$STATE" run --bundle "$BUNDLE" "$ID")" $'[] []'
}

@test "LISTEN_FDS and --preserve-fds add up" {
	shell 'echo $LISTEN_FDS; cat <&3; cat <&4; '"$OPEN"
	export LISTEN_FDS=1
	same "$(with 3,4,5 activated "$OCIRUN" --root "$STATE" run --preserve-fds 1 \
		--bundle "$BUNDLE" "$ID")" $'1\ntext 3\ntext 4\n3\n4'
}

@test "LISTEN_FDS in exec" {
	running
	export LISTEN_FDS=1
	same "$(with 3,4 activated "$OCIRUN" --root "$STATE" exec "$ID" \
		sh -c 'echo $LISTEN_FDS; [ $LISTEN_PID = $$ ] && cat <&3')" $'1\ntext 3'
}

# --- sd_notify ------------------------------------------------------------------------------------

# manager: a service manager that writes down what it is told, in ./told.
manager()
{
	needs_cmd python3
	background python3 -u -c 'import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o777)
out = open("told", "a")
while True:
    out.write(s.recv(65536).decode() + "--\n")
    out.flush()' "$BUNDLE/manager"
	wait_until test -S manager
	export NOTIFY_SOCKET=$BUNDLE/manager
}

# telling TEXT...: the container tells each and then sleeps.
telling()
{
	mkdir -p rootfs/bin
	args probe-notify "$@"
}

# A program that talks to a datagram socket: busybox has none.
needs_teller()
{
	command -v gcc >/dev/null || skip "needs gcc"
	gcc -static -O1 -o rootfs/bin/probe-notify -x c - <<-'END' || skip "needs a static libc"
		#include <stdio.h>
		#include <stdlib.h>
		#include <string.h>
		#include <sys/socket.h>
		#include <sys/un.h>
		#include <unistd.h>
		int main(int n, char **v)
		{
			struct sockaddr_un a = { .sun_family = AF_UNIX };
			int s = socket(AF_UNIX, SOCK_DGRAM, 0), bad = 0;

			snprintf(a.sun_path, sizeof(a.sun_path), "%s", getenv("NOTIFY_SOCKET"));
			for (int i = 1; i < n; i++) {
				while (v[i][0] == '@' && access(v[i] + 1, F_OK))
					usleep(20000);
				if (v[i][0] != '@')
					bad |= sendto(s, v[i], strlen(v[i]), 0, (void *)&a, sizeof(a)) < 0;
			}
			if (bad)
				perror("sendto");
			return bad;
		}
	END
}

@test "what the container tells reaches the manager, with the pid that counts outside" {
	needs_teller
	manager
	telling $'STATUS=starting\nMAINPID=7' READY=1 STATUS=ready @/go
	background ocirun run --bundle "$BUNDLE" "$ID"
	wait_until grep -q STATUS=ready told
	same "$(<told)" "$(printf '%s\n' STATUS=starting -- READY=1 "MAINPID=$(pid_of "$ID")" -- STATUS=ready --)"
	: >rootfs/go
	wait "$background"
	[[ ! -e rootfs/run/notify/notify.sock ]]
}

@test "what would act on the unit does not reach the manager" {
	needs_teller
	manager
	telling $'WATCHDOG=1\nSTATUS=a\nWATCHDOG_USEC=1\nNOTIFYACCESS=all\nSTOPPING=1' \
		$'EXTEND_TIMEOUT_USEC=9\nMAINPIDFDID=1\nFDSTORE=1\nREADY=10' \
		$'RELOADING=1\nMONOTONIC_USEC=5\nERRNO=2' READY=1
	run_ok run --bundle "$BUNDLE" "$ID"
	wait_until grep -q READY told
	same "$(grep -v MAINPID <told)" "$(printf '%s\n' STATUS=a STOPPING=1 -- \
		RELOADING=1 MONOTONIC_USEC=5 ERRNO=2 -- READY=1 --)"
}

@test "the container cannot write where its socket is" {
	needs_teller
	manager
	shell 'probe-notify READY=1; echo >/run/notify/file || echo refused; ls /run/notify'
	run_ok run --bundle "$BUNDLE" "$ID"
	has "$output" "Read-only file system"
	same "${lines[-2]} ${lines[-1]}" "refused notify.sock"
	wait_until grep -q READY told
}

@test "delete removes all that lies beside the record, however deep, and the record last" {
	local deep

	run_ok create --bundle "$BUNDLE" "$ID"
	deep=$STATE/$ID/notify$(printf '/d%.0s' {1..1500})
	mkdir -p "$deep" "$STATE/$ID/busy" "$STATE/$ID/removed.0/removed.1"
	touch "$deep/file" "$STATE/$ID/notify/d/file" "$STATE/$ID/removed.2"
	mount -t tmpfs none "$STATE/$ID/busy"
	try delete --force "$ID"
	umount "$STATE/$ID/busy"
	same "$status" 1
	has "$output" "remove busy"
	[[ -e $STATE/$ID/state.json ]]
	(ulimit -n 64 && ocirun delete --force "$ID")
	[[ ! -e $STATE/$ID ]]
}

@test "start waits until the container is ready" {
	needs_teller
	manager
	telling STATUS=a @/go READY=1 @/end
	run_ok create --bundle "$BUNDLE" "$ID"
	background ocirun start "$ID"
	wait_until grep -q STATUS=a told
	alive "$background"
	: >rootfs/go
	wait "$background"
	wait_until grep -q MAINPID told
	has "$(<told)" "READY=1"$'\n'"MAINPID=$(pid_of "$ID")"
}

@test "start waits no longer than the container lives" {
	needs_teller
	manager
	telling STATUS=a
	run_ok create --bundle "$BUNDLE" "$ID"
	run_ok start "$ID"
	has_not "$(cat told)" READY
}

@test "run --detach waits too" {
	needs_teller
	manager
	telling @/go READY=1 @/end
	background ocirun run --detach --bundle "$BUNDLE" "$ID"
	wait_until has_status "$ID" running
	alive "$background"
	: >rootfs/go
	wait "$background"
	wait_until grep -q READY=1 told
}

@test "a user of the container may tell, and /run need not exist" {
	needs_teller
	manager
	config '.process.user = { uid: 1000, gid: 1000 }'
	telling READY=1
	run_ok run --bundle "$BUNDLE" "$ID"
	wait_until grep -q READY=1 told
}

@test "without a manager the container has no socket" {
	unset NOTIFY_SOCKET
	config '.process.env += ["NOTIFY_SOCKET=/from/config"]'
	container_ok 'echo $NOTIFY_SOCKET'
	same "$output" /from/config
	[[ ! -e rootfs/run/notify ]]
}

@test "a manager that is gone does not hinder" {
	needs_teller
	export NOTIFY_SOCKET=$BUNDLE/nobody
	telling READY=1
	run_ok run --bundle "$BUNDLE" "$ID"
}
