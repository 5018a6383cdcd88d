#!/usr/bin/env bats
#
# What containers use, and what the store takes: top, stats, system df, and the prunes.

load helpers

setup()
{
	store_setup
	image
}

# row TYPE FIELD: of system df.
row()
{
	servin system df --format "{{if eq .Type \"$1\"}}{{.$2}}{{end}}" | tr -d '\n'
}

names()
{
	servin ls -a --format '{{.Names}}' | sort | tr '\n' ' '
}

# --- top -------------------------------------------------------------------------------------

@test "top: the processes of a container, with the numbers of the host" {
	ok servin run -d --name one box sh -c 'sleep 1001 & sleep 1000; :'
	wait_until has_two
	ok servin top one
	[[ ${output%%$'\n'*} =~ ^UID\ +PID\ +PPID\ +C\ +STIME\ +TTY\ +TIME\ +CMD$ ]]
	same "$(awk 'NR > 1 && $2 == "'"$(of one '{{.State.Pid}}')"'" { print $8 }' <<<"$output")" sh
	has "$output" "sleep 1001"
	ok servin pause one
	same "$(servin top one | wc -l)" 4
	ok servin unpause one
}

has_two()
{
	(($(servin top one 2>/dev/null | grep -c sleep) >= 2))
}

@test "top: with options it is what ps prints" {
	command -v ps >/dev/null || skip "needs ps"
	ok servin run -d --name one box sleep 1000
	same "$(servin top one -o pid,args | xargs)" "PID COMMAND $(of one '{{.State.Pid}}') sleep 1000"
	fails 1 "ps prints no column PID with these options" servin top one -o args
}

@test "top: of a container that does not run" {
	ok servin create --name one box true
	fails 1 "container one is not running" servin top one
	fails 1 "no such container: two" servin top two
}

# --- stats -----------------------------------------------------------------------------------

@test "stats: once, as a table, JSON and a template" {
	ok servin run -d --name one box sleep 1000
	ok servin stats --no-stream
	same "$(head -1 <<<"$output" | sed 's/  */ /g')" \
		"CONTAINER ID NAME CPU % MEM USAGE / LIMIT MEM % NET I/O BLOCK I/O PIDS"
	ok servin stats --no-stream --format json one
	same "$(jq -r 'keys | join(" ")' <<<"$output")" \
		"BlockIO CPUPerc Container ID MemPerc MemUsage Name NetIO PIDs"
	same "$(jq -r '"\(.Name) \(.PIDs) \(.NetIO)"' <<<"$output")" "one 1 0B / 0B"
	[[ $(jq -r .MemUsage <<<"$output") =~ ^[1-9][0-9.]*[KM]iB\ /\ [0-9.]+[GMT]iB$ ]]
	same "$(servin stats --no-stream --no-trunc --format '{{.ID}}' one)" "$(of one '{{.Id}}')"
}

@test "stats: what is used shows" {
	ok servin run -d --name one -m 64m box sh -c 'while :; do :; done'
	ok servin stats --no-stream --format '{{.CPUPerc}} {{.MemUsage}}' one
	# Whatever else the machine does: more than nothing.
	[[ ! $output =~ ^0\.00% ]] || die "$output"
	has "$output" "/ 64MiB"
}

@test "stats: with a runtime that has no answer, from the cgroup" {
	local runtime=$BATS_TEST_TMPDIR/runtime

	# As crun has it.
	# shellcheck disable=SC2016
	printf '#!/bin/sh\n[ "$3" != events ] || exit 1\nexec "%s" "$@"\n' \
		"$SERVIN_BUILDDIR/ocirun" >"$runtime"
	chmod +x "$runtime"
	ok servin run -d --runtime "$runtime" --name one -m 64m box sh -c 'while :; do :; done'
	ok servin stats --no-stream --format '{{.CPUPerc}} {{.MemUsage}} {{.PIDs}}' one
	[[ $output =~ ^[1-9][0-9.]*%\ [1-9][0-9.]*KiB\ /\ 64MiB\ 1$ ]] || die "$output"
}

@test "stats: those that do not run only with -a, or by name" {
	ok servin create --name idle box true
	same "$(servin stats --no-stream | wc -l)" 1
	same "$(servin stats -a --no-stream --format '{{.Name}} {{.CPUPerc}} {{.MemUsage}} {{.PIDs}}')" \
		"idle 0.00% 0B / 0B 0"
	same "$(servin stats --no-stream --format '{{.Name}}' idle)" idle
	fails 1 "no such container: none" servin stats --no-stream none
}

@test "stats: goes on until what was named has ended, without escape codes off a terminal" {
	local out=$BATS_TEST_TMPDIR/out

	ok servin run -d --name one box sleep 1000
	servin stats one >"$out" 3>&- &
	wait_until grep -q one "$out"
	ok servin stop -t 0 one
	wait $!
	has_not "$(cat "$out")" $'\033'
	has "$(tail -1 "$out")" "0B / 0B"
}

@test "stats: on a terminal each table takes the place of the one before" {
	ok servin run -d --name one box sleep 1000
	said talk expect=$'\033[H\033[J' expect=PIDS expect=$'\033[H\033[J' expect=PIDS signal=INT \
		-- stats one
	# It ended by the signal.
	same "$status" 254
}

# --- system df -------------------------------------------------------------------------------

@test "system df: images, containers and volumes, what is used and what could go" {
	ok servin system df
	same "$(head -1 <<<"$output" | xargs)" "TYPE TOTAL ACTIVE SIZE RECLAIMABLE"
	same "$(row Images TotalCount) $(row Images Active)" "1 0"
	has "$(row Images Reclaimable)" "(100%)"
	ok servin run -d --name one -v vol:/data box sh -c \
		'head -c 1000000 /dev/zero >/data/x; head -c 2000000 /dev/zero >/tmp/x; sleep 1000'
	wait_until servin exec one test -s /tmp/x
	same "$(row Images Active) $(row Images Reclaimable)" "1 0B (0%)"
	same "$(row 'Local Volumes' Size)" 1MB
	same "$(row 'Local Volumes' Reclaimable)" "0B (0%)"
	has "$(row Containers Size)" 2.0
	same "$(row Containers Reclaimable)" "0B (0%)"
	ok servin stop -t 0 one
	has "$(row Containers Reclaimable)" "(100%)"
	ok servin rm one
	same "$(row 'Local Volumes' Reclaimable)" "1MB (100%)"
}

@test "system df -v: one by one, as tables and as JSON" {
	ok servin create --name one -v vol:/data box true
	ok servin commit one child
	ok servin system df -v
	has "$output" "Images space usage:"
	has "$output" "Containers space usage:"
	has "$output" "Local Volumes space usage:"
	ok servin system df -v --format json
	same "$(jq -r '.Volumes[] | "\(.Name) \(.Links) \(.Size)"' <<<"$output")" "vol 1 0B"
	same "$(jq -r '.Containers[] | "\(.Names) \(.LocalVolumes)"' <<<"$output")" "one 1"
	# The layer of the box is in both.
	same "$(jq -r '[.Images[] | .SharedSize] | unique | length' <<<"$output")" 1
	same "$(jq -r '.Images[] | select(.Tag == "latest" and (.Repository | endswith("box")))
		| "\(.Containers) \(.UniqueSize)"' <<<"$output")" "1 0B"
}

@test "system df: an empty store" {
	# shellcheck disable=SC2034
	ROOT=$BATS_TEST_TMPDIR/empty
	same "$(servin system df --format '{{.TotalCount}} {{.Size}} {{.Reclaimable}}')" \
		$'0 0B 0B\n0 0B 0B\n0 0B 0B'
	ok servin system prune -f
	same "$output" "Total reclaimed space: 0B"
}

# --- prune -----------------------------------------------------------------------------------

@test "container prune: those that do not run, after it was asked" {
	local id

	ok servin run -d --name up box sleep 1000
	ok servin run --name over box true
	ok servin create --name new box true
	id=$(of over '{{.Id}}')
	fails 1 "standard input is no terminal" servin container prune </dev/null
	has "$output" "hint: with --force nobody is"
	ok talk "expect=container over" "expect=[y/N]" 'send=n\r' -- container prune
	same "$(names)" "new over up "
	ok talk "expect=[y/N]" 'send=y\r' -- container prune
	has "$output" "Deleted Containers:"
	has "$output" "$id"
	has "$output" "Total reclaimed space: "
	same "$(names)" "up "
}

@test "container prune: filters" {
	ok servin create --name a -l keep=yes box true
	ok servin create --name b -l keep=no box true
	ok servin create --name c box true
	ok servin container prune -f --filter until=1h
	same "$(names)" "a b c "
	ok servin container prune -f --filter label=keep=no
	same "$(names)" "a c "
	ok servin container prune -f --filter 'label!=keep' --filter until=0s
	same "$(names)" "a "
	fails 1 "--filter name=x: no such key" servin container prune -f --filter name=x
	fails 1 "neither a time" servin container prune -f --filter until=soon
}

@test "system prune: also images without a name, with -a all that are not used, with --volumes those" {
	ok servin run --name one -v /anonymous -v named:/named box true
	ok servin run -d --name up box sleep 1000
	ok servin commit one lost
	ok servin commit -m "takes the name" one lost
	same "$(servin images -q | wc -l)" 3
	ok talk "expect=container one" "expect=image " "expect=[y/N]" 'send=n\r' -- system prune
	ok servin system prune -f
	has "$output" "Deleted Containers:"
	has "$output" "Deleted Images:"
	same "$(names)" "up "
	same "$(servin images -q | wc -l)" 2
	same "$(servin volume ls -q | wc -l)" 2
	fails 1 "volumes have no such filter" servin system prune -f --volumes --filter until=1h
	ok servin system prune -a -f --volumes
	has "$output" "Deleted Volumes:"
	has "$output" "Untagged: "
	same "$(servin volume ls -q)" named
	same "$(servin images -q | wc -l)" 1
	is up running
}
