#!/usr/bin/env bats
#
# The command line itself: help, spellings, errors and where they go, versions, completions, the
# manual.

load helpers

commands()
{
	"$OCIRUN" --help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'
}

# apart ARGS...: ocirun ARGS; sets $status, and $out and $err each by itself.
apart()
{
	status=0
	ocirun "$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || status=$?
	out=$(<"$BATS_TEST_TMPDIR/out")
	err=$(<"$BATS_TEST_TMPDIR/err")
}

# --- help ---------------------------------------------------------------------

@test "help goes to standard output" {
	for args in --help -h help ""; do
		# shellcheck disable=SC2086
		apart $args
		same "$status:$err" 0:
		has "$out" "usage: ocirun "
	done
}

@test "every command has help, in two spellings that are the same" {
	local list

	list=$(commands)
	has "$list" $'create\nstart\nrun\nexec'
	for command in $list; do
		apart "$command" --help
		same "$status:$err" 0:
		has "$out" "usage: ocirun $command"
		same "$out" "$(ocirun help "$command")"
	done
}

@test "no command is missing" {
	for command in create start run exec state kill delete list ps pause resume spec check \
		completion help; do
		has " $(commands | tr '\n' ' ')" " $command "
	done
}

@test "hidden options are taken, not shown" {
	run_ok --rootless=auto list -q
	has_not "$("$OCIRUN" --help)" rootless
	run_ok create -no-subreaper --help
	has_not "$output" subreaper
}

# --- spellings ------------------------------------------------------------------

@test "an option can be written in five ways" {
	for way in "--format json" --format=json "-format json" -format=json "-f json" -f=json; do
		# shellcheck disable=SC2086
		run_ok list $way
		same "$output" "[]"
	done
}

@test "flags take true and false, and stand together" {
	run_ok list --quiet=true --format json
	same "$output" ""
	run_ok list --quiet --quiet=false --format json
	same "$output" "[]"
	run_ok delete -rf .
	run_fail 'neither true nor false' list --quiet=perhaps
}

@test "-- ends the options" {
	run_fail 'does not exist' state -- "$ID"
	run_fail "state: too few arguments" state --
}

# --- mistakes -------------------------------------------------------------------

@test "unknown words" {
	run_status 1 bogus
	same "$output" 'ocirun: unknown command "bogus"'
	run_status 1 craete
	same "$output" 'ocirun: unknown command "craete" (did you mean "create"?)'
	run_status 1 create --bogus "$ID"
	same "$output" 'ocirun: create: flag provided but not defined: -bogus'
	run_status 1 create --bundel=x "$ID"
	has "$output" 'create: flag provided but not defined: -bundel (did you mean --bundle?)'
}

# proves: §3.3
@test "missing and superfluous words" {
	run_status 1 create --bundle
	same "$output" 'ocirun: create: flag needs an argument: -bundle'
	run_status 1 create
	same "$output" 'ocirun: create: too few arguments, wanted: ID'
	run_status 1 state "$ID" more
	same "$output" 'ocirun: state: too many arguments, wanted: CONTAINER'
	run_status 1 list more
	same "$output" 'ocirun: list: too many arguments, wanted: none'
}

@test "wrong values" {
	run_status 1 --log-format xml list
	same "$output" 'ocirun: --log-format: "xml" is none of text, json'
	run_fail '--preserve-fds: many: not a number' create --preserve-fds many "$ID"
	run_fail 'unknown signal "FOO"' kill "$ID" FOO
	run_status 255 exec -e FOO "$ID" true
	same "$output" "ocirun: exec $ID: --env: \"FOO\" is not NAME=VALUE"
	run_status 255 exec "$ID"
	same "$output" "ocirun: exec $ID: no command to execute"
}

@test "verb and id stand in front, the call and lower case behind" {
	run_status 1 --log "$BATS_TEST_TMPDIR/none/log" list
	same "$output" "ocirun: open $BATS_TEST_TMPDIR/none/log: no such file or directory"
	run_status 1 check "$BATS_TEST_TMPDIR/none"
	has "$output" "ocirun: check $BATS_TEST_TMPDIR/none: "
	has "$output" ": no such file or directory"
}

# proves: §3.3
@test "a container that does not exist" {
	for verb in start state kill pause resume ps delete; do
		run_status 1 "$verb" "$ID"
		has "$output" "ocirun: $verb $ID: "
		has "$output" "does not exist"
	done
	run_status 255 exec "$ID" true
	has "$output" "does not exist"
	run_ok delete --force "$ID"
	same "$output" ""
}

# --- the log --------------------------------------------------------------------

# one_record FILE WORDS: the file is one JSON object about an error with these words.
one_record()
{
	same "$(jq -s length "$1")" 1
	same "$(jq -r .level "$1")" error
	has "$(jq -r .msg "$1")" "$2"
	[[ $(jq -r .time "$1") =~ ^[0-9]{4}(-[0-9]{2}){2}T([0-9]{2}:){2}[0-9]{2}(\.[0-9]+)?Z$ ]]
}

@test "an error is one record in the log, and a line on standard error" {
	local log=$BATS_TEST_TMPDIR/log

	apart --log "$log" --log-format json state "$ID"
	same "$status:$out" 1:
	has "$err" "ocirun: state $ID: "
	one_record "$log" "state $ID: "
	same "$(stat -c %a "$log")" 644
}

@test "mistakes of the command line are logged too" {
	local log=$BATS_TEST_TMPDIR/log

	for args in "--bogus" "bogus" "state" "create --bogus x" "restore --lsm-mount-context"; do
		rm -f "$log"
		# shellcheck disable=SC2086
		apart --log "$log" --log-format json $args
		same "$status" 1
		has "$err" "ocirun: "
		one_record "$log" "${err#ocirun: }"
	done
}

# podman puts the options of its --runtime-flag in front.
@test "a mistake in front of --log is logged there" {
	local log=$BATS_TEST_TMPDIR/log mistake

	for mistake in --bogus "--bogus x" --log-format=xml; do
		rm -f "$log"
		# shellcheck disable=SC2086
		apart $mistake --log-format json --log "$log" state "$ID"
		same "$status:$out" 1:
		one_record "$log" "${err#ocirun: }"
	done
	# behind the command it is the command's word
	rm -f "$log"
	apart --bogus exec "$ID" tool --log "$log"
	same "$status:$err" "1:ocirun: flag provided but not defined: -bogus"
	[[ ! -e $log ]]
}

@test "success leaves an empty log, and the next record is added" {
	local log=$BATS_TEST_TMPDIR/log

	apart --log="file:$log" --log-format=json list -q
	same "$status:$err:$(<"$log")" 0::
	apart --log "$log" --log-format json state "$ID"
	apart --log "$log" state "$ID"
	same "$(wc -l <"$log")" 2
}

@test "the log is never opened through a symbolic link" {
	echo precious >"$BATS_TEST_TMPDIR/precious"
	ln -s precious "$BATS_TEST_TMPDIR/log"
	run_fail "open $BATS_TEST_TMPDIR/log" --log "$BATS_TEST_TMPDIR/log" state "$ID"
	same "$(<"$BATS_TEST_TMPDIR/precious")" precious
}

@test "JSON on standard error without a log file" {
	apart --log-format json state "$ID"
	same "$(jq -r .level <<<"$err")" error
}

@test "what the log cannot do is said" {
	run_fail "only files" --log syslog:x list
	run_fail "no such file" --log "$BATS_TEST_TMPDIR/none/log" list
}

# --- surroundings ---------------------------------------------------------------

@test "a reader that has gone does not change the exit status" {
	# Opened for both ends, then left without a reader: the write meets a broken pipe.
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	# shellcheck disable=SC2094
	exec 4<>"$BATS_TEST_TMPDIR/pipe" 5>"$BATS_TEST_TMPDIR/pipe" 4>&-
	status=0
	ocirun state "$ID" 2>&5 4>&- || status=$?
	exec 5>&-
	same "$status" 1
}

@test "output that cannot be written is an error" {
	status=0
	"$OCIRUN" --version >/dev/full 2>"$BATS_TEST_TMPDIR/err" || status=$?
	same "$status" 1
	has "$(<"$BATS_TEST_TMPDIR/err")" "no space left on device"
}

@test "closed standard descriptors do not become the log" {
	local log=$BATS_TEST_TMPDIR/log

	"$OCIRUN" --root "$STATE" --log "$log" --log-format json state "$ID" 0<&- 1>&- 2>&- || true
	one_record "$log" "does not exist"
}

@test "version: one line with that word, and what engines read" {
	for args in --version -v -version; do
		apart "$args"
		same "$status:$err" 0:
		same "$(grep -c version <<<"$out")" 1
		[[ ${out%%$'\n'*} =~ ^ocirun\ version\ [0-9]+\.[0-9]+ ]]
		has "$out" $'\nspec: 1.'
		has "$out" $'\nlibseccomp: 2.'
	done
	has "$(env -i "$OCIRUN" --version)" "rundir: /run/ocirun"
	has "$(env -i XDG_RUNTIME_DIR= "$OCIRUN" --version)" "rundir: /run/ocirun"
}

# --- what is printed ------------------------------------------------------------

@test "list: a table, JSON on one line, or the IDs" {
	run_ok list
	[[ $output =~ ^ID\ +PID\ +STATUS\ +BUNDLE\ +CREATED\ +OWNER$ ]]
	running
	run_ok list
	[[ ${lines[1]} =~ ^$ID\ +$(pid_of "$ID")\ +running\ +$BUNDLE\ +20 ]]
	run_ok list -q
	same "$output" "$ID"
	run_ok list -f json
	same "${#lines[@]}" 1
	same "$(jq -r '.[0].id' <<<"$output")" "$ID"
}

@test "ps: a table, JSON, or what the ps of the host prints" {
	local pid

	running
	pid=$(pid_of "$ID")
	run_ok ps "$ID"
	[[ ${lines[0]} =~ ^UID\ +PID\ +PPID\ +C\ +STIME\ +TTY\ +TIME\ +CMD$ ]]
	[[ ${lines[1]} =~ ^0\ +$pid\ .*\ sleep\ 1000$ ]]
	same "${#lines[@]}" 2
	run_ok ps --format json "$ID"
	same "$output" "[$pid]"

	needs_cmd ps
	run_ok ps "$ID" -o pid,args
	[[ ${lines[1]} =~ ^\ *$pid\ sleep\ 1000$ ]]
	same "${#lines[@]}" 2
	run_fail "no column PID" ps "$ID" -o args
}

@test "kill and delete by regular expression" {
	local new_id

	running
	new_id
	running "$new_id"
	run_ok kill --regex "^$TAG(-[0-9]+)?\$" KILL
	wait_until has_status "$ID" stopped
	wait_until has_status "$new_id" stopped
	run_ok delete -r "^nobody"
	run_fail "kill $TAG: " kill --regex "$TAG" TERM
	run_ok delete --regex "^$TAG"
	run_ok list --quiet
	same "$output" ""
	run_fail "kill (: " kill --regex "(" TERM
}

# --- documents ------------------------------------------------------------------

# complete WORD...: what bash would offer for the last word.
complete_bash()
{
	PATH=$BATS_TEST_TMPDIR/bin:$PATH bash -c '
		source <(ocirun completion bash)
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_ocirun
		echo ${COMPREPLY[*]}' bash ocirun "$@"
}

@test "completion for bash" {
	mkdir "$BATS_TEST_TMPDIR/bin"
	cat >"$BATS_TEST_TMPDIR/bin/ocirun" <<-END
		#!/bin/sh
		[ "\$1" != list ] || { echo web1; echo db; exit; }
		exec "$OCIRUN" "\$@"
	END
	chmod +x "$BATS_TEST_TMPDIR/bin/ocirun"

	"$OCIRUN" completion bash | bash -n
	same "$(complete_bash cr)" create
	same "$(complete_bash --log-format "")" "text json"
	same "$(complete_bash --log-format = j)" json
	same "$(complete_bash --root = /x kill --a)" --all
	same "$(complete_bash --log x kill w)" web1
	same "$(complete_bash exec --user 0 -d d)" db
	same "$(complete_bash run d)" ""
	same "$(complete_bash help st)" "start state"
	same "$(complete_bash create --bundle /usr/shar)" /usr/share
}

@test "completion for zsh" {
	"$OCIRUN" completion zsh >"$BATS_TEST_TMPDIR/_ocirun"
	same "$(head -n 1 "$BATS_TEST_TMPDIR/_ocirun")" "#compdef ocirun"
	needs_cmd zsh
	zsh -n "$BATS_TEST_TMPDIR/_ocirun"
}

@test "completion for fish" {
	"$OCIRUN" completion fish >"$BATS_TEST_TMPDIR/ocirun.fish"
	has "$(<"$BATS_TEST_TMPDIR/ocirun.fish")" "complete -c ocirun "
	needs_cmd fish
	fish --no-execute "$BATS_TEST_TMPDIR/ocirun.fish"
}

@test "no completion for another shell" {
	run_status 1 completion ksh
}

@test "the manual has every command and option" {
	local manual options

	manual=$("$OCIRUN" help --man)
	for command in $(commands); do
		has "$manual" $'\n.SS '"$command"
		options=$("$OCIRUN" help "$command" | sed -n 's/^  *\(-., \)\?--\([a-z-]*\).*/\2/p')
		for option in $options; do
			has "$manual" "\\-\\-${option//-/\\-}"
		done
	done
}

@test "the manual renders without a warning" {
	"$OCIRUN" help --man >"$BATS_TEST_TMPDIR/ocirun.8"
	if command -v mandoc >/dev/null; then
		same "$(mandoc -T lint -W error "$BATS_TEST_TMPDIR/ocirun.8" 2>&1)" ""
	else
		needs_cmd groff
		same "$(groff -man -ww -z -Tascii "$BATS_TEST_TMPDIR/ocirun.8" 2>&1)" ""
	fi
}
