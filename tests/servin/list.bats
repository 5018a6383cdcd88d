#!/usr/bin/env bats
#
# What there is, and how it is shown: ls, inspect, formats, filters, events, info.

load helpers

# box NAME OPTION...: a container that was created, of a directory.
box()
{
	local name=$1

	shift
	mkdir -p "$BATS_TEST_TMPDIR/root/bin"
	servin create --name "$name" --network none --rootfs "$BATS_TEST_TMPDIR/root" "$@" \
		/bin/sh -c "echo a command that is long" >/dev/null
}

setup()
{
	store_setup
	box one -l tier=front -l note=a,b
	box two -l tier=back
}

# The words of a line, with one blank between them.
words()
{
	xargs -n 1 <<<"$1" | xargs
}

# --- ls -----------------------------------------------------------------------

@test "ls shows what runs, ls -a all, the last that was made first" {
	ok servin ls
	same "${#output}:${output%% *}" "${#output}:CONTAINER"
	same "$(wc -l <<<"$output")" 1
	ok servin ls -a --format '{{.Names}}'
	same "$output" $'two\none'
	same "$(servin ls -l --format '{{.Names}}')" two
	same "$(servin ls -n 1 --format '{{.Names}}')" two
	same "$(servin ls -n 5 --format '{{.Names}}')" $'two\none'
}

@test "ls: docker's columns" {
	ok servin ls -a
	[[ ${output%%$'\n'*} =~ ^CONTAINER\ ID\ +IMAGE\ +COMMAND\ +CREATED\ +STATUS\ +PORTS\ +NAMES$ ]]
	has "$output" '"/bin/sh -c echo a c…"'
	has "$output" "Created"
	ok servin ls -a -s
	[[ ${output%%$'\n'*} =~ \ SIZE$ ]]
	has "$output" "0B (virtual 0B)"
	ok servin ls -a --no-trunc
	has "$output" '"/bin/sh -c echo a command that is long"'
	has "$output" "$(servin inspect -f '{{.Id}}' one)"
}

@test "ls -q prints 12 digits, or all" {
	same "$(servin ls -aq --no-trunc | wc -c)" 130
	same "$(servin ls -aq | head -n 1)" "$(servin inspect -f '{{truncate .Id 12}}' two)"
	same "$(servin ls -aq --format json)" "$(servin ls -a --format json)"
}

@test "ls --format json: an object a line, with docker's keys" {
	same "$(servin ls -a --format json | jq -r .Names)" $'two\none'
	same "$(servin ls -a --format '{{json .}}')" "$(servin ls -a --format json)"
	keys=(Command CreatedAt ID Image Labels LocalVolumes Mounts Names Networks Ports
		RunningFor Size State Status)
	same "$(servin ls -l --format json | jq -r 'keys_unsorted | join(" ")')" "${keys[*]}"
	same "$(servin ls --format json)" ""
}

@test "ls --format: templates, and tables of them" {
	ok servin ls -a --format 'table {{.Names}}\t{{.State}}\t{{.Label "tier"}}'
	same "$(words "$output")" "NAMES STATE tier two created back one created front"
	# shellcheck disable=SC2016
	ok servin ls -a --format '{{range $i, $l := split .Labels ","}}{{$i}}:{{$l}} {{end}}'
	same "${output##*$'\n'}" "0:tier=front 1:note=a 2:b "
	ok servin ls -a --format '{{if eq .Names "one"}}it{{else}}{{upper .Names}}{{end}}'
	same "$output" $'TWO\nit'
	fails 1 'template: .Nix: no such property; there are Command,' servin ls -a --format '{{.Nix}}'
	fails 1 'template: if: has no end' servin ls -a --format '{{if .ID}}'
}

@test "ls --filter" {
	names()
	{
		local filters=()

		for filter; do
			filters+=(-f "$filter")
		done
		servin ls -a --format '{{.Names}}' "${filters[@]}" | xargs
	}
	same "$(names name=on)" one
	same "$(names 'name=^/?t')" two
	same "$(names name=one name=two)" "two one"
	same "$(names label=tier)" "two one"
	same "$(names label=tier=back)" two
	same "$(names label=tier label=note=a,b)" one
	same "$(names status=created)" "two one"
	same "$(names status=running status=exited)" ""
	same "$(names "id=$(servin inspect -f '{{truncate .Id 20}}' one)")" one
	same "$(names before=two)" one
	same "$(names since=one)" two
	same "$(names network=none)" "two one"
	same "$(names ancestor=nix)" ""
	same "$(servin ls -f status=created --format '{{.Names}}' | xargs)" "two one"
}

@test "ls --filter: mistakes are told" {
	fails 1 '--filter statsu=x: no such key (did you mean "status"?)' servin ls -f statsu=x
	fails 1 'hint: keys are id, name' servin ls -f statsu=x
	fails 1 '--filter status=up: no such status' servin ls -f status=up
	fails 1 '--filter name: not KEY=VALUE' servin ls -f name
	fails 1 'no such container: nix' servin ls -f before=nix
	fails 1 '--filter exited: x: not a number' servin ls -f exited=x
}

@test "a table fits the terminal, and is whole where there is none" {
	command -v script >/dev/null || skip "needs script"
	at_width()
	{
		script -qec "stty cols $1; $SERVIN_BUILDDIR/servin --root $ROOT --state $STATE ls -a" \
			/dev/null </dev/null | tr -d '\r'
	}
	(($(at_width 60 | wc -L) <= 60))
	(($(at_width 20 | wc -L) <= 20))
	(($(servin ls -a | wc -L) > 60))
	# What can be spared goes first, the name never.
	has_not "$(at_width 60)" PORTS
	has "$(at_width 60)" NAMES
	has "$(at_width 300)" PORTS
}

# written NAME EXPRESSION: its status as somebody else would have left it.
written()
{
	local file

	file=$ROOT/containers/$(servin inspect -f '{{.Id}}' "$1")/status.json
	jq -c "$2" "$file" >"$file.new"
	mv "$file.new" "$file"
}

@test "ls: how a container fares" {
	written one '.Status = "running" | .Boot = "another"'
	written two '.Status = "exited" | .ExitCode = 3 | .FinishedAt = "2024-01-01T00:00:00Z"'
	same "$(servin ls -a -f name=one --format '{{.Status}}')" "Exited (host reboot)"
	same "$(servin inspect -f '{{.State.Status}}: {{.State.Error}}' one)" "exited: host reboot"
	[[ $(servin ls -a -f exited=3 --format '{{.Names}} {{.Status}}') =~ \
		^two\ Exited\ \(3\)\ [0-9]+\ (months|years)\ ago$ ]]
	same "$(servin ls -a -f exited=0 -q)" ""
}

@test "ls: one that runs, and one that is paused" {
	command -v busybox >/dev/null || skip "needs busybox-static"
	mkdir -p "$BATS_TEST_TMPDIR/root/bin"
	cp "$(command -v busybox)" "$BATS_TEST_TMPDIR/root/bin/sleep"
	servin run -d --name web --network none -v data:/data --rootfs "$BATS_TEST_TMPDIR/root" \
		/bin/sleep 1000 >/dev/null
	[[ $(servin ls --format '{{.Names}} {{.Status}}') =~ ^web\ Up\ [^\(]+$ ]]
	servin pause web >/dev/null
	[[ $(servin ls --format '{{.Names}} {{.Status}}') =~ ^web\ Up\ [^\(]+\ \(Paused\)$ ]]
	same "$(servin ls -f volume=data --format '{{.Names}} {{.Mounts}} {{.LocalVolumes}}')" \
		"web data 1"
	same "$(servin info -f '{{.ContainersPaused}} {{.ContainersStopped}}')" "1 2"
	same "$(servin inspect data | jq -r '.[0].Mountpoint')" "$ROOT/volumes/data/_data"
}

@test "one record that cannot be read hides no other" {
	echo nonsense >"$ROOT/containers/$(servin inspect -f '{{.Id}}' two)/container.json"
	same "$(servin ls -a --format '{{.Names}}' 2>/dev/null)" one
}

@test "what could command a terminal does not get there" {
	mkdir -p "$BATS_TEST_TMPDIR/root/bin"
	servin create --name evil --network none --rootfs "$BATS_TEST_TMPDIR/root" \
		$'/bin/\033[2Jsh' $'\r\n' >/dev/null
	ok servin ls -l
	has "$output" '"/bin/?[2Jsh ??"'
	has_not "$output" $'\033'
	same "$(servin ls -l --format json | jq -r .Command)" $'"/bin/\033[2Jsh \r\n"'
}

# --- inspect ------------------------------------------------------------------

@test "inspect: JSON with docker's keys" {
	ok servin inspect one two
	same "$(jq -r '.[].Name' <<<"$output")" $'/one\n/two'
	keys=(Id Created Path Args State Image ResolvConfPath HostnamePath HostsPath LogPath Name
		RestartCount Driver Platform MountLabel ProcessLabel AppArmorProfile ExecIDs
		HostConfig GraphDriver SizeRw SizeRootFs Mounts Config NetworkSettings)
	same "$(jq -r '.[0] | keys_unsorted | join(" ")' <<<"$output")" "${keys[*]}"
	same "$(jq -c '.[0] | [.State.Status, .State.Running, .State.Pid, .Path, .Args[0], .SizeRw]' \
		<<<"$output")" '["created",false,0,"/bin/sh","-c",null]'
	same "$(jq -cS ".[0].Config.Labels" <<<"$output")" '{"note":"a,b","tier":"front"}'
	same "$(jq -c '.[0].HostConfig | [.NetworkMode, .IpcMode, .ShmSize]' <<<"$output")" \
		'["none","private",67108864]'
}

@test "inspect by the start of an ID, with sizes, by type" {
	ok servin inspect -f '{{.Name}}' "$(servin ls -lq)"
	same "$output" /two
	same "$(servin inspect -s one | jq -c '.[0] | [.SizeRw, .SizeRootFs]')" "[0,0]"
	same "$(servin container inspect -f '{{.Name}}' one)" /one
	fails 1 'no such' servin inspect --type image one
}

@test "inspect shows what is there, and tells what is not" {
	status=0
	output=$(servin inspect one nix two 2>"$BATS_TEST_TMPDIR/err") || status=$?
	same "$status" 1
	same "$(jq length <<<"$output")" 2
	same "$(<"$BATS_TEST_TMPDIR/err")" "servin: inspect: no such container, image or volume: nix"
	status=0
	output=$(servin inspect nix 2>/dev/null) || status=$?
	same "$status:$output" "1:[]"
}

@test "inspect --format, and names that are nearly right" {
	same "$(servin inspect -f '{{.State.Status}} {{json .Args}}' one)" \
		'created ["-c","echo a command that is long"]'
	same "$(servin inspect -f '{{index .Config.Labels "tier"}}' one two)" $'front\nback'
	same "$(servin inspect --format json one | jq length)" 1
	fails 1 'no such container, image or volume: onee (did you mean "one"?)' servin inspect onee
	fails 1 'no such container: tow (did you mean "two"?)' servin rm tow
	fails 1 '.Stat: no such property; there are Id, Created,' servin inspect -f '{{.Stat}}' one
}

# --- the rest -----------------------------------------------------------------

@test "events: what happened, by time and filter" {
	servin rename two three
	servin rm one >/dev/null
	ok servin events --since 1h --until 0s --format '{{.Type}} {{.Action}} {{.Actor.Attributes.name}}'
	same "$output" "$(printf 'container %s\n' 'create one' 'create two' 'rename three' \
		'destroy one')"
	ok servin events --since 1h --until 0s -f event=create -f container=two
	[[ $output =~ ^20[-0-9]+T[0-9:.]+Z\ container\ create\ [0-9a-f]{64}\ \(.*name=two ]]
	same "$(wc -l <<<"$output")" 1
	same "$(servin events --since 1h --until 0s --format json | jq -r .Action | xargs)" \
		"create create rename destroy"
	same "$(servin events --since 1h --until 0s -f event=create -f container=two \
		--format '{{.Status}} {{.ID}}')" "create $(servin ls -lq --no-trunc)"
	fails 1 "events: template: .Nothing: no such property" \
		servin events --since 1h --until 0s --format '{{.Nothing}}'
	same "$(servin events --since 1970-01-02 --until 1970-01-03T00:00:00Z)" ""
	fails 1 "--since: soon: neither a time" servin events --since soon
	fails 1 'no such key (did you mean "event"?)' servin events --since 1h -f events=x
}

@test "events are told as they happen" {
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	"$SERVIN_BUILDDIR/servin" --root "$ROOT" --state "$STATE" events --since 1h \
		--format '{{.Action}}' >"$BATS_TEST_TMPDIR/fifo" &
	pid=$!
	exec 5<"$BATS_TEST_TMPDIR/fifo"
	for want in create create; do
		read -r -t 10 action <&5
		same "$action" "$want"
	done
	# All that was there has been told: what comes now is waited for.
	servin rename one four
	read -r -t 10 action <&5
	same "$action" rename
	# The file goes, as it does when it is large; what stands at its end is not lost.
	mv "$ROOT/events.jsonl" "$ROOT/events.jsonl.1"
	servin rm two >/dev/null
	read -r -t 10 action <&5
	same "$action" destroy
	exec 5<&-
	kill "$pid"
	wait "$pid" || :
	same "$(servin events --since 1h --until 0s --format '{{.Action}}' | xargs)" \
		"create create rename destroy"
}

@test "a large file of events is put aside, and read all the same" {
	{
		cat "$ROOT/events.jsonl"
		printf '%8388608s\n' ''
	} >"$BATS_TEST_TMPDIR/events"
	mv "$BATS_TEST_TMPDIR/events" "$ROOT/events.jsonl"
	servin rename one four
	servin rename two five
	same "$(wc -l <"$ROOT/events.jsonl")" 1
	same "$(servin events --since 1h --until 0s --format '{{.Action}}' | xargs)" \
		"create create rename rename"
}

@test "info counts, and knows its places" {
	same "$(servin info -f '{{.Containers}} {{.ContainersRunning}} {{.ContainersStopped}}')" "2 0 2"
	same "$(servin info -f '{{.DockerRootDir}}')" "$ROOT"
	same "$(servin info --format json | jq -r .OSType)" linux
	has "$(servin info)" $'Containers: 2\n Running: 0\n'
	same "$(servin system info -f '{{.NCPU}}')" "$(nproc)"
}

@test "port: nothing is published by these networks" {
	same "$(servin port one)" ""
	fails 1 'no public port "80" published for one' servin port one 80
	fails 1 'no port' servin port one http
	fails 1 'no such container: nix' servin port nix
}
