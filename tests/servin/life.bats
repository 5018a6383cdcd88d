#!/usr/bin/env bats
#
# The life of a container: run, create, start, stop, restart, kill, wait, pause, rename, rm.

load helpers

setup()
{
	store_setup
	image
}

# --- run ---------------------------------------------------------------------------------------

@test "a container's umask and files do not depend on that of who makes it" {
	local mask

	for mask in 000 077; do
		(umask "$mask" && servin run -d --name "web$mask" -u user box sleep 1000)
		ok servin exec "web$mask" cat /etc/hosts /etc/hostname /etc/resolv.conf
		same "$(umask "$mask" && servin exec "web$mask" sh -c umask)" 0022
		same "$(umask "$mask" && servin run --rm box sh -c umask)" 0022
		servin rm -f "web$mask"
	done
}

@test "run prints what the command says, and ends as it ends" {
	ok servin run --rm box echo hello
	same "$output" hello
	said servin run --rm box sh -c 'exit 7'
	same "$status" 7
	nothing_left
}

@test "run keeps standard output and standard error apart" {
	servin run --rm box sh -c 'echo out; echo err >&2' >"$BATS_TEST_TMPDIR/out" \
		2>"$BATS_TEST_TMPDIR/err"
	same "$(cat "$BATS_TEST_TMPDIR/out")" out
	same "$(cat "$BATS_TEST_TMPDIR/err")" err
}

@test "run hands on standard input with -i, and has none without" {
	same "$(echo words | servin run --rm -i box cat)" words
	same "$(echo words | servin run --rm box cat)" ""
	# More than any buffer holds.
	same "$(head -c 3000000 /dev/zero | servin run --rm -i box wc -c)" 3000000
}

@test "run: a reader that is slow loses nothing" {
	local n

	n=$(servin run --rm box head -c 8000000 /dev/zero | {
		read -r -t 0.3 <> <(:) || :
		wc -c
	})
	same "$n" 8000000
}

@test "run without a command has the image's" {
	same "$(echo 'echo from the shell' | servin run --rm -i box)" "from the shell"
}

@test "run -d prints the ID, and the container goes on" {
	local id

	id=$(servin run -d --name web box sleep 1000)
	[[ $id =~ ^[0-9a-f]{64}$ ]]
	same "$(of web '{{.Id}}')" "$id"
	same "$(of web '{{.State.Status}}')" running
	kill -0 "$(of web '{{.State.Pid}}')"
	ok servin rm -f web
	nothing_left
}

@test "run --cidfile, which is not there already" {
	ok servin run -d --name web --cidfile "$BATS_TEST_TMPDIR/cid" box sleep 1000
	same "$(cat "$BATS_TEST_TMPDIR/cid")" "$(of web '{{.Id}}')"
	fails 125 "is there already" servin run --cidfile "$BATS_TEST_TMPDIR/cid" box true
	same "$(servin ls -a -q | wc -l)" 1
}

@test "a command that is not there: 127, and what was meant" {
	fails 127 'exec: "sleeep": executable file not found in $PATH' servin run --rm box sleeep
	has "$output" 'did you mean "sleep"?'
	fails 127 "no such file or directory" servin run --rm box /bin/nothing
	nothing_left
}

@test "a command that cannot be executed: 126, and why" {
	fails 126 "hint: it is a directory" servin run --rm box /etc
	fails 126 "hint: it is not executable" servin run --rm box /etc/passwd
	nothing_left
}

@test "a command that is a pipe or a device is not opened to tell why" {
	local dir=$BATS_TEST_TMPDIR/pipe writer

	mkdir "$dir"
	mkfifo -m 755 "$dir/pipe"
	sh -c 'exec >"$0"' "$dir/pipe" 3>&- &	# waits for a reader
	writer=$!
	fails 126 "it is no regular file" servin run --rm -v "$dir:/s" box /s/pipe
	kill "$writer"
	status=0
	wait "$writer" || status=$?
	same "$status" 143
}

@test "scripts: Windows line endings, an interpreter that is missing, none at all" {
	local dir=$BATS_TEST_TMPDIR/scripts

	mkdir "$dir"
	printf '#!/bin/sh\r\necho x\r\n' >"$dir/crlf"
	printf '#!/usr/bin/python9\n' >"$dir/python"
	printf 'echo x\n' >"$dir/plain"
	chmod +x "$dir"/*
	fails 127 "Windows line endings (CRLF)" servin run --rm -v "$dir:/s" box /s/crlf
	fails 127 "a script for /usr/bin/python9, which is not in the image" \
		servin run --rm -v "$dir:/s" box /s/python
	printf '#!/\033]0;x\007\302\233y\n' >"$dir/hostile"
	chmod +x "$dir/hostile"
	fails 127 "a script for /?]0;x??" servin run --rm -v "$dir:/s" box /s/hostile
	has_not "$output" $'\033'
	said servin run --rm -v "$dir:/s" box /s/plain
	same "$status" 126
	has "$output" "neither a program nor a script that begins with #!"
}

@test "programs: of another processor, or for another C library" {
	local dir=$BATS_TEST_TMPDIR/programs

	mkdir "$dir"
	cp "$(command -v busybox)" "$dir/alien"
	printf '\xb7' | dd of="$dir/alien" bs=1 seek=18 conv=notrunc status=none
	cp "$(command -v stty)" "$dir/dynamic"
	fails 126 "it is a program for arm64, and this host is amd64" \
		servin run --rm -v "$dir:/p" box /p/alien
	fails 127 "which is not in the image: it was built for another C library" \
		servin run --rm -v "$dir:/p" box /p/dynamic
}

@test "a name is taken, or is none" {
	ok servin create --name web box true
	fails 125 'the name "web" is taken by container' servin run --name web box true
	has "$output" "--replace"
	ok servin run --rm --name web --replace box echo new
	same "$output" new
	fails 125 'name "-x"' servin create --name=-x box true
	fails 125 'name "a/b"' servin create --name a/b box true
	nothing_left
}

@test "--replace removes nothing before the new one's image is there" {
	ok servin run -d --name web box sleep 1000
	fails 125 "no such image" servin run --replace --name web nothing true
	same "$(of web '{{.State.Status}}')" running
}

@test "the runtime that made a container is the one that serves it" {
	ln -s "$SERVIN_BUILDDIR/ocirun" "$BATS_TEST_TMPDIR/other"
	cd "$BATS_TEST_TMPDIR"
	ok servin --runtime ./other run -d --name web box sleep 1000
	cd /
	same "$(of web '{{.HostConfig.Runtime}}')" "$BATS_TEST_TMPDIR/./other"
	ok servin exec web true
	rm "$BATS_TEST_TMPDIR/other"
	fails 1 "other: no such file" servin exec web true
	ok servin rm -f web
	fails 125 "runtime nothing: not found in PATH" servin --runtime nothing create box true
}

@test "an invented name of two words" {
	ok servin create box true
	[[ $(of "$output" '{{.Name}}') =~ ^/?[a-z]+_[a-z]+$ ]]
}

@test "what the kernel kills for want of memory is told" {
	[[ -d /sys/fs/cgroup/memory ]] ||
		grep -q memory /sys/fs/cgroup/cgroup.controllers 2>/dev/null ||
		skip "needs the cgroup controller memory"
	said servin run --name web -m 16m box \
		sh -c 'x=$(head -c 200000000 /dev/zero | tr "\0" x)'
	same "$status" 137
	same "$(of web '{{.State.OOMKilled}}')" true
	ok servin run --name small -m 16m box true
	same "$(of small '{{.State.OOMKilled}}')" false
}

# --- create and start ----------------------------------------------------------------------------

@test "create, start, start -a, and a start that is none" {
	ok servin create --name web box sh -c 'echo once; exit 4'
	same "$(of web '{{.State.Status}}')" created
	said servin start -a web
	same "$status" 4
	same "$output" once
	same "$(of web '{{.State.Status}} {{.State.ExitCode}}')" "exited 4"
	ok servin start web
	same "$output" web
	same "$(servin wait web)" 4
	fails 1 "no such container: nothing" servin start nothing
}

@test "what a container writes is there when it is started again" {
	ok servin create --name web box sh -c 'echo line >>/file; wc -l </file'
	same "$(servin start -a web)" 1
	same "$(servin start -a web)" 2
}

@test "start of one that runs changes nothing" {
	local pid

	ok servin run -d --name web box sleep 1000
	pid=$(of web '{{.State.Pid}}')
	ok servin start web
	same "$(of web '{{.State.Pid}}')" "$pid"
}

@test "start -a of a failed command: 127, and the container stays created" {
	ok servin create --name web box nothing-of-the-kind
	fails 127 "executable file not found" servin start -a web
	same "$(of web '{{.State.Status}} {{.State.ExitCode}}')" "created 127"
	has "$(of web '{{.State.Error}}')" "executable file not found"
}

# --- stop, kill, restart ---------------------------------------------------------------------------

@test "stop: TERM, and the program's own exit code" {
	ok servin run -d --name web box sh -c 'trap "exit 5" TERM; echo ready; while :; do sleep 1; done'
	wait_until has_said web ready
	ok servin stop web
	same "$(of web '{{.State.Status}} {{.State.ExitCode}}')" "exited 5"
	ok servin stop web
}

has_said()
{
	[[ $(servin logs "$1") == *"$2"* ]]
}

@test "stop: one that is deaf to TERM is killed at once, and not with --time" {
	local began=$SECONDS

	# sleep as the first process neither catches nor blocks it
	ok servin run -d --name web --stop-timeout 100 box sleep 1000
	ok servin stop web
	((SECONDS - began < 50))
	same "$(of web '{{.State.ExitCode}}')" 137
}

@test "stop --time, --stop-signal" {
	ok servin run -d --name web --stop-signal USR1 box \
		sh -c 'trap "exit 9" USR1; echo ready; while :; do sleep 1; done'
	wait_until has_said web ready
	ok servin stop -t 100 web
	same "$(of web '{{.State.ExitCode}}')" 9
	ok servin run -d --name stubborn box \
		sh -c 'trap "" TERM; echo ready; while :; do sleep 1; done'
	wait_until has_said stubborn ready
	ok servin stop -t 0 stubborn
	same "$(of stubborn '{{.State.ExitCode}}')" 137
}

@test "stop --signal, restart --signal: another signal than its own" {
	ok servin run -d --name web box \
		sh -c 'trap "exit 9" USR1; echo ready; while :; do sleep 0.1; done'
	wait_until has_said web ready
	ok servin stop -s USR1 web
	same "$(of web '{{.State.ExitCode}}')" 9
	fails 1 'stop: --signal: unknown signal "NONSENSE"' servin stop -s NONSENSE web
	ok servin start web
	ok servin restart --signal KILL web
	is web running
}

@test "kill: KILL, another signal, and one that does not run" {
	ok servin run -d --name web box \
		sh -c 'trap "echo got it" USR1; echo ready; while :; do sleep 0.1; done'
	wait_until has_said web ready
	ok servin kill -s USR1 web
	wait_until has_said web "got it"
	ok servin kill web
	same "$(servin wait web)" 137
	fails 1 "container web is not running" servin kill web
	fails 1 "unknown signal" servin kill -s NONSENSE web
}

@test "restart" {
	local pid

	ok servin run -d --name web box sleep 1000
	pid=$(of web '{{.State.Pid}}')
	ok servin restart -t 0 web
	same "$(of web '{{.State.Status}}')" running
	[[ $(of web '{{.State.Pid}}') != "$pid" ]]
	ok servin run -d --rm --name brief box sleep 1000
	fails 1 "container brief is removed when it ends (--rm)" servin restart -t 0 brief
	is brief running
}

@test "several at once: what fails is told, the rest is done" {
	ok servin run -d --name a box sleep 1000
	ok servin run -d --name b box sleep 1000
	fails 1 "no such container: nothing" servin stop -t 0 a nothing b
	has "$output" $'a\n'
	same "$(of b '{{.State.Status}}')" exited
}

# --- wait, pause, rename, rm -------------------------------------------------------------------------

@test "wait: for the end, and for one that has ended" {
	ok servin run -d --name web box sh -c 'trap "exit 3" TERM; echo ready; while :; do sleep 1; done'
	wait_until has_said web ready
	servin wait web >"$BATS_TEST_TMPDIR/code" 3>&- &
	ok servin kill -s TERM web
	wait $!
	same "$(cat "$BATS_TEST_TMPDIR/code")" 3
	same "$(servin wait web)" 3
}

@test "pause and unpause" {
	ok servin run -d --name web box sh -c 'while :; do echo tick; sleep 0.05; done'
	wait_until has_said web tick
	ok servin pause web
	same "$(of web '{{.State.Status}} {{.State.Paused}}')" "paused true"
	fails 1 "paused already" servin pause web
	fails 1 "is paused" servin exec web true
	fails 1 "start: container web is paused" servin start web
	ok servin unpause web
	same "$(of web '{{.State.Status}}')" running
	ok servin pause web
	ok servin stop -t 5 web
	same "$(of web '{{.State.Status}}')" exited
}

@test "rename: the new name holds, the old one is free" {
	ok servin create --name old box true
	ok servin create --name other box true
	ok servin rename old new
	same "$(of new '{{.Name}}')" /new
	fails 1 "no such container: old" servin rename old older
	fails 1 'the name "other" is taken' servin rename new other
	ok servin create --name old box true
}

@test "a whole ID stands for its container, though another one is called so" {
	local id

	id=$(servin create box true)
	ok servin create --name "$id" box true
	ok servin rm "$id"
	has "$(servin ls -a --no-trunc --format '{{.Names}}')" "$id"
	ok servin rm "$id"
	same "$(servin ls -a -q)" ""
}

@test "rename by several at once: one name is left" {
	local i

	ok servin create --name old box true
	for i in 1 2 3 4 5 6 7 8; do
		servin rename old "new$i" 2>/dev/null &
	done
	wait
	same "$(ls "$ROOT/names")" "$(servin ls -a --format '{{.Names}}')"
}

@test "rm: not one that runs, unless forced; by the start of an ID" {
	local id

	id=$(servin run -d --name web box sleep 1000)
	fails 1 "servin: rm: container web is running" servin rm web
	has "$output" "--force"
	ok servin rm -f "${id:0:10}"
	fails 1 "no such container: web" servin rm web
	nothing_left
}

@test "rm -f of one that is not there says so and is no failure" {
	ok servin create --name web box
	ok servin rm -f nothing web
	has "$output" "no such container: nothing"
	nothing_left
}

@test "--rm removes it when it ends by itself, by stop and by kill" {
	ok servin run -d --rm --name a box sleep 1000
	ok servin run -d --rm --name b box sleep 1000
	ok servin stop -t 0 a
	ok servin kill b
	wait_until nothing_left
}

@test "--rm: what it changes need not reach the disk, nor does anybody wait for that" {
	said servin run --rm box grep " / overlay " /proc/mounts
	((status == 0)) || skip "needs overlayfs"
	has "$output" volatile
	ok servin run --name stays box grep " / overlay " /proc/mounts
	has_not "$output" volatile
}

# --- restart policies ----------------------------------------------------------------------------

@test "--restart on-failure:2 starts it twice again, and then it has ended" {
	ok servin run -d --name web --restart on-failure:2 box sh -c 'echo again; exit 3'
	wait_until is web exited
	same "$(servin logs web | grep -c again)" 3
	same "$(of web '{{.RestartCount}} {{.State.ExitCode}}')" "2 3"
}

@test "--restart on-failure is content with success" {
	ok servin run -d --name web --restart on-failure box true
	wait_until is web exited
	same "$(of web '{{.RestartCount}}')" 0
}

@test "--restart always: until stop, also while it waits to be started" {
	ok servin run -d --name web --restart always box sh -c 'echo again'
	wait_until twice web
	ok servin stop web
	same "$(of web '{{.State.Status}}')" exited
	ok servin rm web
	nothing_left
}

twice()
{
	(($(servin logs "$1" | grep -c again) >= 2))
}

@test "--restart always and kill: who ends it does not want it back" {
	ok servin run -d --name web --restart always box sleep 1000
	ok servin kill web
	wait_until is web exited
}

@test "--restart unless-stopped survives the death of its program" {
	local pid

	ok servin run -d --name web --restart unless-stopped box sleep 1000
	pid=$(of web '{{.State.Pid}}')
	kill -KILL "$pid"
	wait_until another web "$pid"
	same "$(of web '{{.RestartCount}}')" 1
}

# another NAME PID: it runs, as another process
another()
{
	local now

	now=$(of "$1" '{{.State.Status}} {{.State.Pid}}')
	[[ $now == running* && $now != "running $2" ]]
}
