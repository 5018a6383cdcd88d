#!/usr/bin/env bats
#
# state, list, ps: what there is.

load helpers

# member NAME: of the state of $ID.
member()
{
	ocirun state "$ID" | jq -r "$@"
}

# proves: §3.1
@test "state is one JSON document on standard output, nothing else" {
	running
	ocirun state "$ID" >out 2>err
	same "$(<err)" ""
	same "$(jq -s length out)" 1
	same "$(tail -c1 out | od -An -c | tr -d ' ')" '\n'
}

# proves: §3.1, annotations
@test "what the specification requires of the state" {
	config '.annotations = { "org.example.a": "b", "empty": "" }'
	running
	same "$(member .id)" "$ID"
	same "$(member .status)" running
	same "$(member .bundle)" "$(realpath "$BUNDLE")"
	same "$(tr '\0' ' ' <"/proc/$(member .pid)/cmdline")" "sleep 1000 "
	[[ $(member .ociVersion) =~ ^1\.[0-9]+\.[0-9]+ ]]
	same "$(member -c .annotations)" '{"org.example.a":"b","empty":""}'
}

@test "what engines read besides: rootfs, created, owner" {
	running
	same "$(member .rootfs)" "$(realpath "$BUNDLE")/rootfs"
	[[ $(member .created) =~ ^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\.[0-9]+)?Z$ ]]
	local created now

	created=$(date -d "$(member .created)" +%s)
	now=$(date +%s)
	((created <= now && created > now - 60))
	same "$(member .owner)" root
}

@test "types are those of the schema" {
	running
	same "$(member '[.pid, .id, .status, .bundle, .ociVersion | type] | join(" ")')" \
		"number string string string string"
	same "$(member '.annotations // {} | type')" object
}

# proves: §3.2
@test "the status through a life" {
	args sleep 1000
	run_ok create --bundle "$BUNDLE" "$ID"
	same "$(member .status)" created
	run_ok start "$ID"
	same "$(member .status)" running
	run_ok pause "$ID"
	same "$(member .status)" paused
	run_ok resume "$ID"
	same "$(member .status)" running
	run_ok kill "$ID" KILL
	wait_until has_status "$ID" stopped
	same "$(member .pid)" 0
	same "$(member .bundle)" "$(realpath "$BUNDLE")"
}

@test "while it is being created, it is creating" {
	cat >hook <<-'END'
		#!/bin/sh
		cat >/dev/null
		"$OCIRUN" --root "$STATE" state "$1" >state
		"$OCIRUN" --root "$STATE" list -f json >list
		for verb in start pause "kill --all"; do
			"$OCIRUN" --root "$STATE" $verb "$1" && echo "$verb succeeded" >>wrong
		done
		exit 0
	END
	chmod +x hook
	config --arg h "$BUNDLE/hook" --arg id "$ID" \
		'.hooks.createRuntime = [{ path: $h, args: ["hook", $id] }]'
	OCIRUN=$OCIRUN STATE=$STATE run_ok run --bundle "$BUNDLE" "$ID"
	same "$(jq -r .status state)" creating
	same "$(jq -r '.[0].status' list)" creating
	[[ ! -e wrong ]]
}

@test "a zombie is stopped" {
	args true
	needs_cmd python3
	# The parent of init is this program, which does not wait for it.
	run timeout 30 python3 - "$OCIRUN" "$STATE" "$BUNDLE" "$ID" <<-'END'
		import ctypes, json, subprocess, sys, time
		runtime, root, bundle, name = sys.argv[1:]
		ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)	# PR_SET_CHILD_SUBREAPER
		def ocirun(*args, out=None):
		    return subprocess.run([runtime, "--root", root, *args], check=True, stdout=out).stdout
		def state():
		    return json.loads(ocirun("state", name, out=subprocess.PIPE))
		ocirun("create", "--bundle", bundle, name)
		pid = state()["pid"]
		ocirun("start", name)
		end = time.monotonic() + 10
		while " Z " not in open(f"/proc/{pid}/stat").read() and time.monotonic() < end:
		    time.sleep(0.01)
		print(state()["status"], state()["pid"])
		ocirun("delete", name)
	END
	same "$status:$output" "0:stopped 0"
}

@test "another process with the same pid is not the container" {
	args true
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	wait_until has_status "$ID" stopped
	sleep 1000 &
	local other=$!

	jq --argjson p "$other" '.pid = $p' "$STATE/$ID/state.json" >new
	cp new "$STATE/$ID/state.json"
	same "$(member .status)" stopped
	run_status 1 kill "$ID" KILL
	has "$output" "container not running"
	run_ok delete --force "$ID"
	kill "$other"
}

@test "a state from before the last boot is stopped" {
	running
	local pid

	pid=$(pid_of "$ID")
	jq '.bootId = "00000000-0000-0000-0000-000000000000"' "$STATE/$ID/state.json" >new
	cp "$STATE/$ID/state.json" old
	cp new "$STATE/$ID/state.json"
	same "$(member .status)" stopped
	cp old "$STATE/$ID/state.json"
	same "$(member .status)" running
	same "$(pid_of "$ID")" "$pid"
}

@test "a broken state is an error that says where" {
	running
	cp "$STATE/$ID/state.json" old
	echo '{ "id": 1' >"$STATE/$ID/state.json"
	run_status 1 state "$ID"
	has "$output" "state.json:1"
	cp old "$STATE/$ID/state.json"
}

# --- list -------------------------------------------------------------------------

@test "list without containers, and without a root" {
	run_ok list --format json
	same "$output" "[]"
	run_ok list -q
	same "$output" ""
	run_ok --root "$BUNDLE/none" list -f json
	same "$output" "[]"
	[[ ! -e $BUNDLE/none ]]
}

@test "list is sorted and says the same as state" {
	local a b

	new_id a; a=$new_id
	new_id b; b=$new_id
	args sleep 1000
	run_ok create --bundle "$BUNDLE" "$b"
	run_ok run --detach --bundle "$BUNDLE" "$a"
	run_ok list -q
	same "$output" "$a"$'\n'"$b"
	run_ok list --format json
	same "$(jq -c '.[] | [.id, .status]' <<<"$output")" \
		"[\"$a\",\"running\"]"$'\n'"[\"$b\",\"created\"]"
	same "$(jq -S '.[0]' <<<"$output")" "$(ocirun state "$a" | jq -S .)"
	run_ok list
	has "${lines[1]}" "$a "
	has "${lines[1]}" " running "
	has "${lines[2]}" " created "
}

@test "list passes over what is no container" {
	mkdir "$STATE/empty"
	echo x >"$STATE/file"
	running
	run_ok list -q
	same "$output" "$ID"
	rm -r "$STATE/empty" "$STATE/file"
}

# --- ps ---------------------------------------------------------------------------

@test "ps lists all processes, as pids of the host" {
	shell 'sleep 1000 & sleep 1000 & wait'
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	three() { [[ $(ocirun ps -f json "$ID" | jq length) == 3 ]]; }
	wait_until three
	run_ok ps --format json "$ID"
	same "$(jq '.[]' <<<"$output" | while read -r pid; do
		stat -L -c %d:%i "/proc/$pid/root"; done | sort -u)" "$(stat -c %d:%i rootfs)"
	has " $(jq -r 'map(tostring) | join(" ")' <<<"$output") " " $(pid_of "$ID") "
	run_ok ps "$ID"
	same "${#lines[@]}" 4
	has "${lines[0]}" "UID"
	has "$output" "sleep 1000"
}

@test "ps includes those of exec" {
	running
	run_ok exec --detach "$ID" sleep 1001
	run_ok ps "$ID"
	has "$output" "sleep 1001"
	same "${#lines[@]}" 3
}

@test "ps of a stopped container" {
	args true
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	wait_until has_status "$ID" stopped
	run_ok ps --format json "$ID"
	same "$output" null
	run_ok ps "$ID"
	same "${#lines[@]}" 1
}
