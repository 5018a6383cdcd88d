#!/usr/bin/env bats
#
# What goes into a container and comes out: logs, attach, exec, terminals.

load helpers

setup()
{
	store_setup
	image
}

has_said()
{
	[[ $(servin logs "$1") == *"$2"* ]]
}

# --- logs -----------------------------------------------------------------------------------------

@test "logs: both streams, the last lines, with times" {
	ok servin run -d --name web box sh -c 'for i in 1 2 3; do echo out $i; echo err $i >&2; done'
	ok servin wait web
	same "$(servin logs web 2>/dev/null)" $'out 1\nout 2\nout 3'
	same "$(servin logs web 2>&1 >/dev/null)" $'err 1\nerr 2\nerr 3'
	same "$(servin logs --tail 2 web 2>&1 | wc -l)" 2
	same "$(servin logs --tail 0 web 2>&1 | wc -l)" 0
	[[ $(servin logs -t --tail 1 web 2>&1) =~ ^20[0-9-]+T[0-9:.]+Z\ (out|err)\ 3$ ]]
	same "$(servin logs --since 1h web 2>/dev/null | wc -l)" 3
	same "$(servin logs --until 1h web 2>/dev/null | wc -l)" 0
}

@test "the log is docker's json-file, whatever bytes are said" {
	ok servin run -d --name web box printf 'a "quoted" \\ word\tand \xff\nno end'
	ok servin wait web
	file=$ROOT/containers/$(of web '{{.Id}}')/log.json
	same "$(jq -r .stream "$file" | sort -u)" stdout
	same "$(jq -s -r 'map(.log) | join("")' "$file")" $'a "quoted" \\ word\tand ?\nno end'
	same "$(servin logs web)" $'a "quoted" \\ word\tand ?\nno end'
	same "$(of web '{{.LogPath}}')" "$file"
}

@test "logs -f: what is said meanwhile, over a rotation, until the end" {
	ok servin run -d --name web --log-opt max-size=2k --log-opt max-file=3 -i box \
		sh -c 'read go; i=0; while [ $i -lt 60 ]; do echo line $i; i=$((i + 1)); done'
	servin logs -f web >"$BATS_TEST_TMPDIR/followed" 3>&- &
	follower=$!
	echo go | servin attach web >/dev/null
	ok servin wait web
	wait "$follower"
	same "$(wc -l <"$BATS_TEST_TMPDIR/followed")" 60
	same "$(tail -n 1 "$BATS_TEST_TMPDIR/followed")" "line 59"
	dir=$ROOT/containers/$(of web '{{.Id}}')
	same "$(cd "$dir" && echo log.json*)" "log.json log.json.1 log.json.2"
	(($(stat -c %s "$dir/log.json.1") <= 2048))
}

@test "logs: --log-driver none keeps none, and says so" {
	ok servin run -d --name web --log-driver none box echo x
	ok servin wait web
	fails 1 "keeps no log" servin logs web
}

@test "a line that is longer than a piece of the log" {
	ok servin run -d --name web box sh -c 'head -c 50000 /dev/zero | tr "\0" x; echo'
	ok servin wait web
	same "$(servin logs web | wc -c)" 50001
	same "$(wc -l <"$ROOT/containers/$(of web '{{.Id}}')/log.json")" 4
}

# --- attach ---------------------------------------------------------------------------------------

@test "attach: several clients hear it, one speaks, all end with its status" {
	ok servin run -d -i --name web box sh -c 'read word; echo "heard $word"; exit 6'
	servin attach --no-stdin web >"$BATS_TEST_TMPDIR/other" 3>&- &
	other=$!
	wait_until has_clients web 1
	said servin attach web <<<"you"
	same "$status" 6
	same "$output" "heard you"
	status=0
	wait "$other" || status=$?
	same "$status" 6
	same "$(cat "$BATS_TEST_TMPDIR/other")" "heard you"
	fails 1 "container web is not running" servin attach web
}

# has_clients NAME N: so many sockets are connected to its monitor
has_clients()
{
	local id n

	id=$(of "$1" '{{.Id}}')
	n=$(grep -c "/attach$" <(ss -x -a 2>/dev/null | grep ESTAB | awk '{ print $5 }')) || :
	((n >= $2)) || [[ -z $(command -v ss) ]]
}

@test "signals to servin go to the container" {
	servin run --name web box sh -c 'trap "echo got TERM; exit 8" TERM; echo ready
		while :; do sleep 0.1; done' >"$BATS_TEST_TMPDIR/out" 3>&- &
	shell=$!
	client=$(client_of "$shell")
	wait_until has_said web ready
	kill -TERM "$client"
	status=0
	wait "$shell" || status=$?
	same "$status" 8
	has "$(cat "$BATS_TEST_TMPDIR/out")" "got TERM"
}

# The program itself, below the shell of a function in the background.
client_of()
{
	local child

	wait_until has_child "$1"
	read -r child _ <"/proc/$1/task/$1/children"
	echo "${child:-$1}"
}

has_child()
{
	[[ $(tr '\0' ' ' <"/proc/$1/cmdline") == *"--root"* ||
		-n $(cat "/proc/$1/task/$1/children") ]]
}

@test "run --restart: a reader who takes nothing keeps nobody from ending the container" {
	local pid line way

	mkfifo "$BATS_TEST_TMPDIR/pipe"
	for line in "stop -t 5" "rm -f"; do
		read -r -a way <<<"$line"
		exec 9<>"$BATS_TEST_TMPDIR/pipe"
		# More than anything on the way takes, at its end too.
		servin run --name web --restart always box sh -c 'yes & sleep 0.5' >&9 9>&- 3>&- &
		pid=$!
		wait_until is web restarting
		ok timeout 20 "$SERVIN_BUILDDIR/servin" --root "$ROOT" --state "$STATE" \
			"${way[@]}" web
		exec 8<"$BATS_TEST_TMPDIR/pipe" 9>&-
		cat <&8 >"$BATS_TEST_TMPDIR/said"
		exec 8<&-
		wait "$pid"
		has "$(tail -n 1 "$BATS_TEST_TMPDIR/said")" y
		said servin rm -f web
	done
}

# --- a terminal --------------------------------------------------------------------------------------

@test "run -it: a terminal of the size of ours, which follows it" {
	said talk size=33x77 send='stty size\r' expect='33 77' size=20x60 send='stty size\r' \
		expect='20 60' send='exit 4\r' -- run --rm -it box sh
	same "$status" 4
	nothing_left
}

@test "run -it: the keys of the terminal are the container's" {
	# A command of its own says so: between two commands the shell may miss the key.
	said talk expect='# ' send="sh -c 'echo now\$((1+1)); exec sleep 1000'\r" expect=now2 \
		send='\x03' expect='# ' send='echo was $?\r' expect='was 130' send='exit\r' \
		-- run --rm -it box sh
	same "$status" 0
	nothing_left
}

@test "detach by keys, and attach again" {
	said talk expect='# ' send='echo one\r' expect=one send='\x10\x11' -- \
		run -it --name web box sh
	same "$status" 0
	is web running
	said talk send='echo two$((1+1))\r' expect=two2 send='\x18' -- \
		attach --detach-keys ctrl-x web
	same "$status" 0
	said talk send='exit 3\r' -- attach web
	same "$status" 3
	has "$(servin logs web)" one
}

@test "-it without a terminal is an error, and nothing is made" {
	fails 125 "standard input is no terminal" servin run -it box sh </dev/null
	nothing_left
}

# --- exec ---------------------------------------------------------------------------------------------

@test "exec: output, input, status, user, directory, environment" {
	ok servin run -d --name web -e COLOR=blue box sleep 1000
	same "$(servin exec web echo hello)" hello
	same "$(echo words | servin exec -i web cat)" words
	same "$(echo words | servin exec web cat)" ""
	said servin exec web sh -c 'exit 9'
	same "$status" 9
	same "$(servin exec -u user web id -u)" 1000
	same "$(servin exec -u 7:8 web sh -c 'id -u; id -g' | xargs)" "7 8"
	same "$(servin exec -w /etc web pwd)" /etc
	same "$(servin exec -e SHAPE=round web sh -c 'echo $COLOR $SHAPE')" "blue round"
}

@test "exec: what is not there, or does not run" {
	ok servin run -d --name web box sleep 1000
	fails 127 "executable file not found" servin exec web nothing
	fails 127 'hint: did you mean "echo"?' servin exec web ecoh
	fails 126 "permission denied" servin exec web /etc/passwd
	has "$output" "hint: it is not executable"
	fails 127 'servin: exec: exec: "nothing": executable file not found' \
		servin exec -d web nothing
	ok servin stop -t 0 web
	fails 1 "container web is not running" servin exec web true
}

@test "exec -d goes on by itself" {
	ok servin run -d --name web box sleep 1000
	ok servin exec -d web sh -c 'echo done >/mark'
	wait_until servin exec web test -s /mark
}

@test "exec -it has a terminal" {
	ok servin run -d --name web box sleep 1000
	said talk size=31x71 expect='# ' send='stty size; tty\r' expect='31 71' expect=/dev/pts/ \
		send='exit 5\r' -- exec -it web sh
	same "$status" 5
}
