#!/usr/bin/env bats
#
# After a reboot: what is said of containers that ran, and which are started again.

load helpers

# ran NAME OPTION...: a container that ran when the host went down.  Nothing of it is left but the
# record, which bears the mark of another boot.
ran()
{
	left running "$@"
}

# left STATUS NAME OPTION...
left()
{
	local status=$1 name=$2 file

	shift 2
	servin create --name "$name" "$@" box sleep 1000 >/dev/null
	file=$ROOT/containers/$(of "$name" '{{.Id}}')/status.json
	jq -c --arg status "$status" '. + { Status: $status, Pid: 1, PidStart: 1, Monitor: 1,
		Boot: "5b5e1b4e-5b5b-4b5b-8b5b-5b5b5b5b5b5b", StartedAt: "2024-01-01T00:00:00Z" }' \
		"$file" >"$file.new"
	mv "$file.new" "$file"
}

setup()
{
	command -v jq >/dev/null || skip "needs jq"
	store_setup
	image
}

@test "what ran when the host went down is exited, and ls and inspect say why" {
	ran web
	left paused still
	left restarting again
	for name in web still again; do
		same "$(of "$name" '{{.State.Status}} {{.State.Running}} {{.State.ExitCode}}')" \
			"exited false 255"
		same "$(of "$name" '{{.State.Error}} {{.State.Pid}}')" "host reboot 0"
		same "$(servin ls -a --filter "name=$name" --format '{{.Status}}')" \
			"Exited (host reboot)"
	done
	same "$(servin ls -q)" ""
	same "$(servin ls -aq --filter status=running)" ""
}

@test "what ran before the reboot can be started, executed in, and removed" {
	ran web
	ok servin start web
	has "$output" "container web: host reboot; it is marked as exited"
	same "$(servin exec web echo here)" here
	same "$(of web '{{.State.Status}}:{{.State.Error}}')" "running:"
	ok servin rm -f web
	ran web
	ok servin rm web
	nothing_left
}

@test "start --boot starts what is always to run, and what nobody had stopped" {
	ran plain
	ran failing --restart on-failure
	ran always --restart always
	ran unless --restart unless-stopped
	ok servin start --boot
	same "$(grep -v ^servin: <<<"$output")" $'always\nunless'
	same "$(servin ls --format '{{.Names}}' | sort | xargs)" "always unless"
	is plain exited
	is failing exited
}

@test "start --boot: who was stopped stays so, unless it is to run always" {
	local name

	for name in always unless-stopped; do
		ok servin run -d --name "$name" --restart "$name" box sleep 1000
	done
	ok servin stop -t 0 always unless-stopped
	ok servin start --boot
	same "$output" always
	is always running
	is unless-stopped exited
	# Who is started by hand is meant to run again.
	ok servin start unless-stopped
	same "$(jq .UserStopped "$ROOT/containers/$(of unless-stopped '{{.Id}}')/container.json")" null
}

@test "start --boot starts nothing twice, and nothing that was never started" {
	local pid

	ok servin create --name new --restart always box sleep 1000
	ok servin run -d --name web --restart always box sleep 1000
	pid=$(of web '{{.State.Pid}}')
	ok servin start --boot
	same "$output" ""
	same "$(of web '{{.State.Pid}}')" "$pid"
	is new created
	ran again --restart always
	ok servin start --boot
	ok servin start --boot
	same "$output" ""
}

@test "start --boot: one that cannot start does not keep the others from it" {
	mkdir "$BATS_TEST_TMPDIR/data"
	ran first --restart always -v "$BATS_TEST_TMPDIR/data:/data"
	ran second --restart always
	rmdir "$BATS_TEST_TMPDIR/data"
	fails 1 "$BATS_TEST_TMPDIR/data" servin start --boot
	is second running
	# At the next boot its directory may be there.
	mkdir "$BATS_TEST_TMPDIR/data"
	ok servin start --boot
	same "$output" first
	is first running
}

@test "start --boot starts those first that others join" {
	ran front --restart always
	ran back --restart always --network container:front
	ok servin start --boot
	same "$(grep -v ^servin: <<<"$output")" $'front\nback'
	same "$(servin exec back readlink /proc/self/ns/net)" \
		"$(servin exec front readlink /proc/self/ns/net)"
}

@test "start --boot removes what was to be removed when it ended" {
	ran once --rm
	ok servin start --boot
	nothing_left
}

@test "start --boot names the containers itself" {
	fails 1 "--boot takes no container" servin start --boot web
	fails 1 "too few arguments, wanted: CONTAINER..., or --boot" servin start
}
