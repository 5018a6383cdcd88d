#!/usr/bin/env bats
#
# Terminals: through a console socket, and from our own.

load helpers

# at_terminal COMMAND...: runs it at a terminal of its own of 30 lines and 70 columns, with $input typed
# there; sets $output to what is shown, without \r, and $status.
at_terminal()
{
	needs_cmd python3
	output=$(timeout 40 python3 -c 'import fcntl, os, pty, struct, sys, termios
pid, master = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 70, 0, 0))
    os.execvp(sys.argv[2], sys.argv[2:])
typed, shown = sys.argv[1].encode(), b""
while True:
    try:
        piece = os.read(master, 65536)
    except OSError:
        piece = b""
    if not piece:
        break
    shown += piece
    if typed and b"ready" in shown:
        os.write(master, typed)
        typed = b""
sys.stdout.buffer.write(shown.replace(b"\r", b""))
status = os.waitpid(pid, 0)[1]
sys.exit(os.waitstatus_to_exitcode(status) % 256)' "${input:-}" "$@" 3>&-) && status=0 || status=$?
}

# ocirun_at_terminal ARGS...
ocirun_at_terminal()
{
	at_terminal "$OCIRUN" --root "$STATE" "$@"
}

terminal()
{
	config '.process.terminal = true'
}

# receiver: listens on ./console; what it says is in $background_output.
receiver()
{
	rm -f "$BUNDLE/console"
	background "$RECVFD" "$BUNDLE/console"
	wait_until test -S "$BUNDLE/console"
}

shown()
{
	tr -d '\r' <"$background_output"
}

# --- the console socket -----------------------------------------------------------------

@test "create sends the master and its name before it returns, and keeps nothing" {
	terminal
	shell 'tty; echo out; echo err >&2; cat; echo end'
	receiver
	run_ok create --bundle "$BUNDLE" --console-socket "$BUNDLE/console" "$ID"
	same "$output" ""
	wait_until grep -q "^fd" "$background_output"
	same "$(sed -n 1p "$background_output")" "message /dev/pts/0"
	has "$(sed -n 2p "$background_output")" "ptmx"
	for fd in 0 1 2; do
		has "$(readlink "/proc/$(pid_of "$ID")/fd/$fd")" "/dev/pts/0"
	done
	run_ok start "$ID"
	wait_until grep -q out "$background_output"
	has "$(shown)" $'/dev/pts/0\nout\nerr'
	run_ok delete --force "$ID"
	wait_until gone "$background"
}

@test "run --detach with a console socket" {
	terminal
	shell 'echo hello; sleep 1000'
	receiver
	run_ok run --detach --bundle "$BUNDLE" --console-socket "$BUNDLE/console" "$ID"
	wait_until grep -q hello "$background_output"
}

@test "exec --tty with a console socket" {
	running
	receiver
	run_ok exec --tty --detach --console-socket "$BUNDLE/console" "$ID" sh -c 'tty; echo hello'
	wait_until gone "$background"
	has "$(shown)" $'/dev/pts/0\nhello'
}

@test "the caller's pipes are not in the container" {
	terminal
	args sleep 1000
	receiver
	# This would not end if init had the pipe.
	same "$("$OCIRUN" --root "$STATE" create --bundle "$BUNDLE" --console-socket "$BUNDLE/console" \
		"$ID" 2>&1)" ""
}

# proves: process.terminal, §3.11
@test "/dev/console is the terminal, and it is the controlling one" {
	terminal
	shell 'echo one >/dev/console; echo two >/dev/tty; ls -l /dev/console; ps -o tty,pid 2>/dev/null
		cat /proc/self/mountinfo | grep -c " /dev/console "; sleep 1000'
	receiver
	run_ok run --detach --bundle "$BUNDLE" --console-socket "$BUNDLE/console" "$ID"
	wait_until grep -qx $'1\r' "$background_output"
	has "$(shown)" $'one\ntwo\ncrw'
}

@test "the terminal is the user's" {
	terminal
	config '.process.user = { uid: 1000, gid: 1000 }'
	shell 'stat -c %u $(tty); echo >/dev/tty && echo fine; sleep 1000'
	receiver
	run_ok run --detach --bundle "$BUNDLE" --console-socket "$BUNDLE/console" "$ID"
	wait_until grep -q fine "$background_output"
	has "$(shown)" $'1000\n\nfine'
}

# proves: process.consoleSize.height, process.consoleSize.width, §3.14
@test "consoleSize is the size; without a terminal it is ignored" {
	terminal
	config '.process.consoleSize = { height: 33, width: 99 }'
	shell 'stty size; sleep 1000'
	receiver
	run_ok run --detach --bundle "$BUNDLE" --console-socket "$BUNDLE/console" "$ID"
	wait_until grep -q "33 99" "$background_output"
	run_ok delete --force "$ID"
	config '.process.terminal = false'
	container_ok 'echo ran'
	same "$output" ran
}

@test "a consoleSize that no terminal can have" {
	terminal
	config '.process.consoleSize = { height: 70000, width: 99 }'
	receiver
	run_status 1 create --bundle "$BUNDLE" --console-socket "$BUNDLE/console" "$ID"
	has "$output" ".process.consoleSize.height: must be 65535 or less"
}

@test "no socket, nobody at the socket" {
	terminal
	run_status 1 create --bundle "$BUNDLE" "$ID"
	same "$output" "ocirun: create $ID: cannot allocate tty if runtime will detach without setting console socket"
	run_status 1 run --detach --bundle "$BUNDLE" "$ID"
	has "$output" "without setting console socket"
	run_status 1 create --bundle "$BUNDLE" --console-socket "$BUNDLE/none" "$ID"
	same "$output" "ocirun: create $ID: console socket: connect to $BUNDLE/none: no such file or directory"
	same "$(ocirun list -q)" ""
	config '.process.terminal = false'
	running
	run_status 255 exec --tty --detach "$ID" true
	has "$output" "without setting console socket"
}

@test "a console socket with a long path" {
	local dir

	terminal
	dir=$BUNDLE/$(printf 'd%.0s' {1..120})
	mkdir "$dir"
	receiver
	ln "$BUNDLE/console" "$dir/console"
	args true
	run_ok create --bundle "$BUNDLE" --console-socket "$dir/console" "$ID"
	wait_until grep -q "^fd" "$background_output"
}

@test "a socket that hangs up" {
	needs_cmd python3
	terminal
	background python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen(1)
s.accept()[0].close()' "$BUNDLE/console"
	wait_until test -S console
	try create --bundle "$BUNDLE" --console-socket "$BUNDLE/console" "$ID"
	# Whether it was noticed is a matter of time; a crash or a hang it is not.
	((status <= 1))
}

# --- our own terminal ---------------------------------------------------------------------

@test "run at a terminal: output, input, status" {
	terminal
	shell 'tty; echo ready; read line; echo "got $line"; exit 5'
	input=$'hello\n' ocirun_at_terminal run --bundle "$BUNDLE" "$ID"
	same "$status" 5
	has "$output" $'/dev/pts/0\nready\n'
	has "$output" "got hello"
	# Echoed by one terminal, that of the container.
	same "$(grep -c '^hello$' <<<"$output")" 1
}

@test "run --tty: a terminal that the configuration does not ask for" {
	shell 'tty; exit 5'
	ocirun_at_terminal run --tty --bundle "$BUNDLE" "$ID"
	same "$status" 5
	has "$output" "/dev/pts/0"
	run_fail "cannot allocate tty" run --tty --detach --bundle "$BUNDLE" "$ID"
}

@test "keys are the container's: control-C, control-D" {
	terminal
	shell 'trap "echo interrupted; exit 9" INT; echo ready; while :; do sleep 0.05; done'
	input=$'\003' ocirun_at_terminal run --bundle "$BUNDLE" "$ID"
	same "$status" 9
	has "$output" interrupted
	shell 'echo ready; cat; echo end'
	input=$'\004' ocirun_at_terminal run --bundle "$BUNDLE" "$ID"
	same "$status" 0
	has "$output" $'ready\nend'
}

@test "the size is that of our terminal" {
	terminal
	shell 'stty size'
	ocirun_at_terminal run --bundle "$BUNDLE" "$ID"
	same "$output" "30 70"
}

@test "a change of the size is handed on" {
	terminal
	cat >session <<-END
		#!/bin/bash
		"$OCIRUN" --root "$STATE" run --bundle "$BUNDLE" "$ID" </dev/tty &
		until [[ -e $BUNDLE/rootfs/ready ]]; do sleep 0.02; done
		stty rows 44 cols 77
		kill -WINCH \$!
		wait
	END
	chmod +x session
	shell '>/ready
		until [ "$(stty size)" = "44 77" ]; do sleep 0.02; done; stty size'
	at_terminal ./session
	has "$output" "44 77"
}

@test "our terminal is as it was afterwards" {
	terminal
	cat >session <<-END
		#!/bin/bash
		before=\$(stty -g)
		"$OCIRUN" --root "$STATE" run --bundle "$BUNDLE" "$ID"
		[[ \$before == "\$(stty -g)" ]] && echo same
	END
	chmod +x session
	for script in 'echo ran' 'exit 3' 'kill -9 $$'; do
		shell "$script"
		at_terminal ./session
		has "$output" same
	done
	args nosuch
	at_terminal ./session
	has "$output" "executable file not found"
	has "$output" same
}

@test "a great deal of output arrives whole" {
	terminal
	shell 'seq 1 20000'
	ocirun_at_terminal run --bundle "$BUNDLE" "$ID"
	same "$(md5sum <<<"$output")" "$(seq 1 20000 | md5sum)"
}

@test "a terminal without a terminal of our own: pipes" {
	terminal
	shell 'tty; seq 1 2000'
	same "$(ocirun run --bundle "$BUNDLE" "$ID" </dev/null | tr -d '\r' | md5sum)" \
		"$( (echo /dev/pts/0; seq 1 2000) | md5sum)"
}

@test "input that nobody reads does not hold us up" {
	terminal
	shell 'sleep 0.3; echo end'
	head -c 1000000 /dev/zero | tr '\0' x >big
	run_ok run --bundle "$BUNDLE" "$ID" <big
	has "$output" end
}

@test "exec --tty at a terminal" {
	running
	input=$'hello\n' ocirun_at_terminal exec -t "$ID" sh -c 'tty; echo ready; read line; echo "got $line"; exit 6'
	same "$status" 6
	has "$output" $'/dev/pts/0\nready\n'
	has "$output" "got hello"
	ocirun_at_terminal exec -t "$ID" stty size
	same "$output" "30 70"
}

@test "exec of a process object at a terminal, whose size changes: as CRI-O calls it" {
	running
	jq -n '{ terminal: true, user: { uid: 0, gid: 0 }, cwd: "/", env: ["PATH=/bin"], args: ["sh", "-c",
		"stty size; >/ready; until [ \"$(stty size)\" = \"44 77\" ]; do sleep 0.02; done; stty size; exit 6"] }' \
		>process.json
	cat >session <<-END
		#!/bin/bash
		before=\$(stty -g)
		"$OCIRUN" --root "$STATE" exec --process process.json "$ID" </dev/tty &
		until [[ -e $BUNDLE/rootfs/ready ]]; do sleep 0.02; done
		[[ " \$(stty -a) " == *" -icanon "* ]] && echo "raw meanwhile"
		stty rows 44 cols 77	# of which the kernel tells
		wait \$!
		echo "status \$?"
		[[ \$before == "\$(stty -g)" ]] && echo "as before"
	END
	chmod +x session
	at_terminal ./session
	same "$output" $'30 70\nraw meanwhile\n44 77\nstatus 6\nas before'
}

@test "exec without --tty has none, though the configuration does" {
	terminal
	args sleep 1000
	receiver
	run_ok run --detach --bundle "$BUNDLE" --console-socket "$BUNDLE/console" "$ID"
	run_ok exec "$ID" sh -c 'tty || true'
	same "$output" "not a tty"
}

@test "TERM of the container is its configuration's" {
	terminal
	config '.process.env = ["PATH=/bin"]'
	shell 'echo [$TERM]'
	TERM=xterm ocirun_at_terminal run --bundle "$BUNDLE" "$ID"
	same "$output" "[]"
}
