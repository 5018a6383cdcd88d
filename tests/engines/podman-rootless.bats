# podman of a plain user.  `plain COMMAND...` is what he calls, in his home.  $name is the test's
# container.
#
# shellcheck disable=SC2016,SC2034,SC2154

load podman

PODMAN=(plain podman)
plain_home=$WORLD/plain
plain_run=/run/user/1234

setup_file()
{
	lacks podman newuidmap newgidmap slirp4netns && return
	make_image
	make_plain_user
	# as systemd does
	mount --make-rshared /
	start_podman bb.tar
}

make_plain_user()
{
	echo "plain:x:1234:1234:plain:$plain_home:/bin/sh" >>/etc/passwd
	echo "plain:x:1234:" >>/etc/group
	echo "plain:200000:65536" | tee -a /etc/subuid >>/etc/subgid
	install -d -o 1234 -g 1234 -m 700 "$plain_home" "$plain_run"
	install -o 1234 -m 600 "$IMAGE_TAR" "$plain_home/bb.tar"
	cat >/usr/local/bin/plain <<-END
		#!/bin/sh
		cd "$plain_home"
		exec setpriv --reuid 1234 --regid 1234 --init-groups env -i HOME="$plain_home" \\
			USER=plain XDG_RUNTIME_DIR=$plain_run TERM=dumb \\
			PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin "\$@"
	END
	chmod 755 /usr/local/bin/plain
}

# bats test_tags=short
@test "run, its exit codes, and who one is" {
	ok plain podman run --rm "$IMAGE" sh -c 'id -u; cat /proc/self/uid_map; echo x >/dev/null'
	same "$(tr -s ' ' <<<"$output")" $'0\n 0 1234 1\n 1 200000 65536'
	exits 7 plain podman run --rm "$IMAGE" sh -c 'exit 7'
	exits 127 plain podman run --rm "$IMAGE" nosuch
	has "$output" 'not found in $PATH'
	exits 126 plain podman run --rm "$IMAGE" /etc/passwd
	has "${output,,}" "permission denied"
	ok plain podman info --format '{{.Host.Security.Rootless}} {{.Host.OCIRuntime.Name}}'
	same "$output" "true $RUNTIME_NAME"
}

# bats test_tags=short
@test "exec, logs, top, stop" {
	started "$name" -- sh -c 'echo ready; echo err >&2; trap "exit 9" TERM
		while :; do sleep 0.02; done'
	wait_until told "$name" ready
	ok plain podman exec --user user "$name" id -u
	same "$output" 1000
	exits 4 plain podman exec "$name" sh -c 'exit 4'
	exits 127 plain podman exec "$name" nosuch
	ok plain podman exec --tty "$name" tty
	has "$output" /dev/pts/
	ok plain podman logs "$name"
	same "$(sort <<<"$output")" $'err\nready'
	ok plain podman top "$name" user huser args
	has "$output" "root"
	has "$output" "sh -c"
	ok plain podman stop "$name"
	same "$(of "$name" '{{.State.ExitCode}}')" 9
}

@test "kill, start, restart, rm --force" {
	started "$name" -- sh -c 'echo x >>/runs; exec sleep 1000'
	ok plain podman kill "$name"
	ok plain podman wait "$name"
	same "$output" 137
	ok plain podman start "$name"
	ok plain podman restart --time 0 "$name"
	ok plain podman exec "$name" wc -l /runs
	same "$output" "3 /runs"
	local pid
	pid=$(pid_of "$name")
	ok plain podman rm --force --time 0 "$name"
	gone "$pid"
	same "$(find "$plain_run/$RUNTIME_NAME" -mindepth 1 -maxdepth 1 ! -name .cache)" ""
}

# bats test_tags=short
@test "--userns keep-id" {
	ok plain podman run --rm --userns keep-id --volume "$plain_home:/home/plain" "$IMAGE" \
		sh -c 'id -u; touch /home/plain/kept'
	same "$output" 1234
	same "$(stat -c %u "$plain_home/kept")" 1234
	started "$name" --userns keep-id -- sleep 1000
	ok plain podman exec "$name" id -un
	same "$output" plain
	ok plain podman exec --user 0 "$name" id -u
	same "$output" 0
}

@test "--uidmap, --userns nomap, another user" {
	ok plain podman run --rm --uidmap 0:1:500 "$IMAGE" cat /proc/self/uid_map
	same "$(tr -s ' ' <<<"$output")" " 0 1 500"
	ok plain podman run --rm --userns nomap "$IMAGE" sh -c '
		id -u; grep -c " 1234 " /proc/self/uid_map || :'
	same "$output" $'0\n0'
	ok plain podman run --rm --user 4321:1234 "$IMAGE" sh -c 'id -u; id -g'
	same "$output" $'4321\n1234'
}

@test "volumes: who owns what" {
	install -d -o 1234 -g 1234 "$plain_home/dir"
	ok plain podman run --rm --volume ./dir:/a --volume named:/b --tmpfs /c --read-only \
		"$IMAGE" sh -c 'touch /a/root /b/x /c/x; touch /a/user && chown 1000 /a/user; touch /no 2>&1 || :'
	has "$output" "Read-only file system"
	same "$(stat -c %u "$plain_home/dir/root" "$plain_home/dir/user")" $'1234\n200999'
	ok plain podman run --rm --volume ./dir:/a:ro --volume named:/b:ro "$IMAGE" ls /a /b
	has "$output" root
	ok plain podman volume rm named
}

@test "what a plain user cannot lend is not there" {
	ok plain podman run --rm --privileged "$IMAGE" sh -c 'grep Seccomp: /proc/self/status
		mkdir /x && mount -t tmpfs x /x && echo mounted
		mknod /tmp/null c 1 3 2>&1 || echo refused'
	has "$output" $'Seccomp:\t0\nmounted'
	has "$output" refused
	ok plain podman run --rm --device /dev/full:/dev/mine "$IMAGE" sh -c 'ls -l /dev/mine
		(echo x >/dev/mine) 2>&1 || :'
	has "$output" "No space left on device"
}

@test "host namespaces" {
	local what

	ok plain podman run --rm --network host --pid host --uts host "$IMAGE" \
		sh -c 'for n in net pid uts; do readlink /proc/self/ns/$n; done'
	for what in net pid uts; do has "$output" "$(readlink /proc/self/ns/$what)"; done
	started "$name" --pid host -- sh -c 'sleep 1008 & exec sleep 1008'
	ok plain podman stop --time 0 "$name"
	ok plain podman rm --force "$name"
}

# bats test_tags=short
@test "a network of slirp4netns, with a port" {
	started "$name" --publish 127.0.0.1:18083:80 -- sh -c '
		mkdir /www; echo words >/www/index.html; exec httpd -f -p 80 -h /www'
	wait_until curl --silent --fail --max-time 5 http://127.0.0.1:18083/
	ok curl --silent http://127.0.0.1:18083/
	same "$output" words
	ok plain podman exec "$name" ip -o -4 address show tap0
	has "$output" "10.0.2."
}

# With cgroup v1 a plain user has none: podman says so, and goes on.
@test "limits that a plain user cannot set" {
	needs_world v1
	ok plain podman run --rm --memory 20m --pids-limit 5 "$IMAGE" echo fine
	has "$output" "Resource limits are not supported and ignored on cgroups V1 rootless systems"
	has "$output" fine
	started "$name" -- sleep 1000
	fails "does not have a cgroup" plain podman pause "$name"
}

@test "a pod" {
	ok plain podman pod create --name "$name"
	ok plain podman run --detach --pod "$name" --name "$name-one" "$IMAGE" \
		sh -c 'mkdir /www; echo words >/www/index.html; exec httpd -f -p 8080 -h /www'
	wait_until plain podman exec "$name-one" test -e /www/index.html
	ok plain podman run --rm --pod "$name" "$IMAGE" wget -q -O - http://127.0.0.1:8080/
	same "$output" words
	ok plain podman pod rm --force --time 0 "$name"
}

# bats test_tags=short
@test "a terminal" {
	local said

	said=$(in_terminal sh -c "stty rows 33 cols 77; plain podman run --rm -it $IMAGE sh -c '
		tty; until [ \"\$(stty size)\" = \"33 77\" ]; do usleep 20000; done; echo sized'")
	has "$said" /dev/pts/0
	has "$said" sized
}

@test "--preserve-fds" {
	echo three >"$plain_home/three"
	ok sh -c "plain podman run --rm --preserve-fds 1 $IMAGE sh -c 'cat <&3' 3<$plain_home/three"
	same "$output" three
}

@test "--group-add keep-groups, --cgroups disabled" {
	echo "others:x:4711:plain" >>/etc/group
	ok plain podman run --rm --group-add keep-groups "$IMAGE" grep Groups /proc/self/status
	has "$output" 65534
	ok plain podman run --rm --cgroups disabled "$IMAGE" echo fine
	same "$output" fine
}

# bats test_tags=short
@test "nothing is left of all these containers" {
	ok plain podman rm --force --all --time 0
	same "$(find "$plain_run/$RUNTIME_NAME" -mindepth 1 -maxdepth 1 ! -name .cache)" ""
	same "$(cgroup_dirs 'libpod-*')" ""
	same "$(grep -c "$plain_home" /proc/self/mountinfo)" 0
	same "$(stat -c '%u:%g %a' /dev/null)" "0:0 666"
}
