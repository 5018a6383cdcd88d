# shellcheck shell=bash disable=SC2016,SC2154
# Docker, when containers have a user namespace: dockerd --userns-remap.
load docker

setup_file()
{
	docker_lacks && return
	# The daemon makes the user dockremap and takes the next free range of IDs.
	docker_up '."userns-remap" = "default"'
}

# The first ID on the host of those that containers have.
first_id()
{
	sed -n 's/^dockremap:\([0-9]*\):.*/\1/p' "/etc/$1"
}

# bats test_tags=short
@test "userns-remap: run, exit codes, the map" {
	once -- cat /proc/self/uid_map
	same "$(tr -s ' ' <<<"$output")" " 0 $(first_id subuid) 65536"
	once_exits 7 -- sh -c 'exit 7'
	once --user user -- sh -c 'echo $(id -u) $(id -g); echo x >/home/user/file'
	same "$output" "1000 1000"
}

@test "userns-remap: the host's null device stays the host's" {
	once --user user -- true
	same "$(stat -c '%u:%g %a' /dev/null)" "0:0 666"
}

@test "userns-remap: exec, also in a terminal" {
	box
	inside id -u
	same "$output" 0
	exits 5 docker exec --user user "$name" sh -c 'exit 5'
	has "$(in_terminal docker exec -it "$name" tty)" /dev/pts/
	exits 126 docker exec "$name" nosuch
}

@test "userns-remap: volumes, tmpfs, devices" {
	mkdir "$BATS_TEST_TMPDIR/host"
	chown "$(first_id subuid):$(first_id subgid)" "$BATS_TEST_TMPDIR/host"
	chmod 711 "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR" "${BATS_TEST_TMPDIR%/*}"
	once --volume "$BATS_TEST_TMPDIR/host:/in" --volume "$name:/kept" --tmpfs /tmp -- \
		sh -c 'echo x >/in/file && echo x >/kept/file && echo x >/tmp/file && echo x >/dev/null'
	same "$(stat -c %u "$BATS_TEST_TMPDIR/host/file")" "$(first_id subuid)"
	quietly docker volume rm "$name"
	once_exits 1 -- mknod /null c 1 3
}

@test "userns-remap: limits, pause, stop, kill" {
	box --memory 64m --pids-limit 33 --stop-signal KILL
	has_limit memory memory.limit_in_bytes memory.max $((64 << 20))
	has_limit pids pids.max pids.max 33
	quietly docker pause "$name"
	quietly docker unpause "$name"
	quietly docker stop "$name"
	same "$(shown .State.ExitCode)" 137
}

@test "userns-remap: a port" {
	quietly docker run --detach --name "$name" --publish 127.0.0.1:8080:80 bb \
		sh -c 'echo served >/tmp/page; exec httpd -f -p 80 -h /tmp'
	wait_until busybox wget -q -O "$BATS_TEST_TMPDIR/page" http://127.0.0.1:8080/page
	same "$(<"$BATS_TEST_TMPDIR/page")" served
}

@test "userns-remap: --userns host, and --privileged with it" {
	once --userns host -- cat /proc/self/uid_map
	same "$(tr -s ' ' <<<"$output")" "$(tr -s ' ' </proc/self/uid_map)"
	once --userns host --pid host --security-opt seccomp=unconfined -- \
		stat -L -c %i /proc/self/ns/pid
	same "$output" "$(stat -L -c %i /proc/self/ns/pid)"
}

@test "userns-remap: build" {
	printf 'FROM bb\nRUN id -u >/made && chown 1000 /made\nUSER user\nRUN echo x >>/made\n' \
		>"$BATS_TEST_TMPDIR/Dockerfile"
	cd "$BATS_TEST_TMPDIR" || return
	quietly env DOCKER_BUILDKIT=0 docker build --network none --tag "$name" .
	ok docker run --rm --network none "$name" cat /made
	same "$output" $'0\nx'
}
