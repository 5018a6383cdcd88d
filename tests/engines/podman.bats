# podman as root.  $name is the test's container.
#
# shellcheck disable=SC2016,SC2034,SC2154

load podman

setup_file()
{
	start_podman
}

# --- run --------------------------------------------------------------------------------------

# bats test_tags=short
@test "run tells what the program says, and how it ends" {
	ok podman run --rm "$IMAGE" echo hello
	same "$output" hello
	exits 7 podman run --rm "$IMAGE" sh -c 'echo out; echo err >&2; exit 7'
	same "$output" $'out\nerr'
	exits 143 podman run --rm --init "$IMAGE" sh -c 'kill -TERM $$'
	ok sh -c "echo words | podman run --rm -i $IMAGE cat"
	same "$output" words
}

# bats test_tags=short
@test "run of what is not there is 127, of what nobody may execute 126" {
	exits 127 podman run --rm "$IMAGE" nosuch
	has "$output" 'not found in $PATH'
	exits 127 podman run --rm "$IMAGE" /bin/nosuch
	has "${output,,}" "no such file or directory"
	exits 126 podman run --rm "$IMAGE" /etc/passwd
	has "${output,,}" "permission denied"
	exits 126 podman run --rm "$IMAGE" /etc
	has "${output,,}" "permission denied"
	same "$(podman ps --all --quiet)" ""
}

# What the runtime logs must be one JSON object: podman takes no other, and would tell the error
# without the class that follows here.
# bats test_tags=short
@test "run tells the runtime's error once, with its class" {
	exits 127 podman run --rm "$IMAGE" nosuch
	same "$(wc -l <<<"$output")" 1
	has "$output" "Error: $RUNTIME_NAME: "
	has "$output" "OCI runtime attempted to invoke a command that was not found"
	exits 126 podman run --rm "$IMAGE" /etc/passwd
	same "$(wc -l <<<"$output")" 1
	has "$output" "Error: $RUNTIME_NAME: "
	has "$output" "OCI permission denied"
}

@test "an error of podman itself is 125" {
	exits 125 podman run --rm --nosuch "$IMAGE" true
	exits 125 podman run --rm --volume /nosuch:/x "$IMAGE" true
	exits 125 podman run --rm docker.io/library/nosuch:latest --pull never true
}

@test "the runtime is known by its name" {
	ok podman run --runtime "$RUNTIME_NAME" --name "$name" "$IMAGE" true
	same "$(of "$name" '{{.OCIRuntime}}')" "$RUNTIME_NAME"
	ok podman info --format '{{.Host.OCIRuntime.Name}} {{.Host.OCIRuntime.Version}}'
	has "$output" "$RUNTIME_NAME $RUNTIME_NAME version "
}

# bats test_tags=short
@test "run --detach, ps, logs, wait" {
	started "$name" -- sh -c 'echo first; echo second; echo err >&2; read x </x; exit 3'
	wait_until is "$name" exited
	ok podman logs "$name"
	has "$output" $'first\nsecond\n'
	has "$output" err
	ok podman logs --tail 1 "$name"
	same "$(wc -l <<<"$output")" 1
	ok podman wait "$name"
	same "$output" 3
	same "$(of "$name" '{{.State.ExitCode}} {{.State.OOMKilled}} {{.State.Pid}}')" "3 false 0"
	ok podman ps --all --format '{{.Names}} {{.Status}}'
	has "$output" "$name Exited (3) "
	ok podman rm "$name"
}

@test "logs --follow ends with the container" {
	started "$name" -- sh -c 'echo one; until [ -e /go ]; do usleep 20000; done; echo two'
	wait_until told "$name" one
	(wait_until told "$name" one && podman exec "$name" touch /go) 3>&- &
	ok podman logs --follow "$name"
	same "$output" $'one\ntwo'
	wait
}

@test "the drivers json-file and passthrough" {
	ok podman run --name "$name" --log-driver json-file "$IMAGE" sh -c 'echo a; echo b >&2'
	ok podman logs "$name"
	same "$(sort <<<"$output")" $'a\nb'
	ok podman run --rm --log-driver passthrough "$IMAGE" sh -c 'echo a; readlink /proc/self/fd/0'
	same "$output" $'a\n/dev/null'
}

@test "attach" {
	started "$name" --interactive -- sh -c 'read line; echo "got $line"; exit 5'
	ok sh -c "echo words | podman attach $name"
	same "$output" "got words"
	ok podman wait "$name"
	same "$output" 5
}

# --- exec -------------------------------------------------------------------------------------

# bats test_tags=short
@test "exec: output, exit codes, user, directory, environment" {
	started "$name" -- sleep 1000
	ok podman exec "$name" echo hello
	same "$output" hello
	exits 4 podman exec "$name" sh -c 'exit 4'
	exits 137 podman exec "$name" sh -c 'kill -KILL $$'
	ok podman exec --user user --workdir /tmp --env A=b "$name" sh -c 'id -un; pwd; echo $A'
	same "$output" $'user\n/tmp\nb'
	ok sh -c "echo words | podman exec -i $name cat"
	same "$output" words
	ok podman exec --tty "$name" tty
	has "$output" /dev/pts/
}

# bats test_tags=short
@test "exec of what cannot be executed: 127 and 126" {
	started "$name" -- sleep 1000
	exits 127 podman exec "$name" nosuch
	has "$output" 'not found in $PATH'
	has "$output" "OCI runtime attempted to invoke a command that was not found"
	same "$(wc -l <<<"$output")" 1
	exits 126 podman exec "$name" /etc/passwd
	has "${output,,}" "permission denied"
	exits 126 podman exec "$name" /etc
	exits 127 podman exec --workdir /nosuch "$name" true
	has "${output,,}" "no such file or directory"
}

@test "exec --detach, --privileged, --preserve-fds" {
	started "$name" -- sleep 1000
	ok podman exec --detach "$name" sh -c 'echo made >/made'
	wait_until podman exec "$name" grep made /made
	ok podman exec "$name" grep CapEff /proc/self/status
	same "$output" $'CapEff:\t00000000800405fb'
	ok podman exec --privileged "$name" grep CapEff /proc/self/status
	same "$output" "$(grep CapEff /proc/self/status)"
	echo three >three
	echo four >four
	ok sh -c "podman exec --preserve-fds 2 $name sh -c 'cat <&3; cat <&4' \
		3<three 4<four"
	same "$output" $'three\nfour'
	fails "no such container" podman exec nosuch true
}

# --- what a container is asked ----------------------------------------------------------------

# bats test_tags=short
@test "top, stats" {
	started "$name" --memory 64m -- sh -c 'sleep 1001 & sleep 1002 & wait'
	ok podman top "$name" pid args
	has "$output" "sleep 1001"
	has "$output" "sleep 1002"
	ok podman stats --no-stream --format '{{.Name}} {{.PIDS}} {{.MemUsage}}' "$name"
	has "$output" "$name 3 "
	has "$output" "/ 67.11MB"
}

# conmon 2.1.6 with cgroup v1 leaves its word for podman where podman does not look: here.
@test "an OOM kill is seen" {
	needs_controller memory
	exits 137 podman run --name "$name" --memory 20m "$IMAGE" sh -c 'exec tail /dev/zero'
	wait_until is "$name" exited
	same "$(of "$name" '{{.State.ExitCode}}')" 137
	[[ -e oom ]] || same "$(of "$name" '{{.State.OOMKilled}}')" true
}

@test "healthcheck run" {
	started "$name" --health-cmd 'test -e /healthy' --health-interval disable -- sleep 1000
	exits 1 podman healthcheck run "$name"
	ok podman exec "$name" touch /healthy
	ok podman healthcheck run "$name"
	same "$(of "$name" '{{.State.Health.Status}}')" healthy
}

@test "cp, diff and commit" {
	started "$name" -- sleep 1000
	echo words >"file"
	ok podman cp "file" "$name:/copied"
	ok podman exec "$name" cat /copied
	same "$output" words
	ok podman diff "$name"
	has "$output" "A /copied"
	ok podman commit --quiet "$name" localhost/committed
	ok podman run --rm localhost/committed cat /copied
	same "$output" words
	ok podman rmi localhost/committed
}

# --- and told ---------------------------------------------------------------------------------

# bats test_tags=short
@test "pause and unpause" {
	started "$name" -- sleep 1000
	ok podman pause "$name"
	same "$(of "$name" '{{.State.Status}}')" paused
	is_frozen
	fails "state improper" podman exec "$name" true
	ok podman unpause "$name"
	ok podman exec "$name" echo awake
	same "$output" awake
	ok podman pause "$name"
	ok podman rm --force --time 0 "$name"
}

# In a hybrid world the freezer of v2 is as good.
is_frozen()
{
	local path

	path=$(sed -n 's/^0:://p' "/proc/$(pid_of "$name")/cgroup")
	grep -q "^frozen 1" "/sys/fs/cgroup/$(in_world unified .)$path/cgroup.events" ||
		same "$(cgroup_value "$name" freezer freezer.state)" FROZEN
}

# bats test_tags=short
@test "update" {
	local ID=$name

	needs_controller memory
	started "$name" --memory 128m -- sleep 1000
	same "$(limit memory memory.limit_in_bytes memory.max)" 134217728
	ok podman update --memory 100m --cpus 0.5 --cpu-shares 512 "$name"
	same "$(limit memory memory.limit_in_bytes memory.max)" 104857600
	same "$(limit cpu cpu.cfs_quota_us cpu.max)" "$(in_world 50000 "50000 100000")"
	same "$(limit cpu cpu.shares cpu.weight)" "$(in_world 512 20)"
	ok podman update --cpuset-cpus 0 "$name"
	same "$(limit cpuset cpuset.cpus cpuset.cpus)" 0
	ok podman exec "$name" grep Cpus_allowed_list /proc/self/status
	same "$output" $'Cpus_allowed_list:\t0'
	# the rules on devices stay as they were
	ok podman exec "$name" sh -c 'echo x >/dev/null'
}

# bats test_tags=short
@test "kill by number and by name" {
	started "$name" -- sh -c 'trap "echo usr1" USR1; trap "echo hup" HUP; trap "exit 9" TERM
		echo ready; while :; do sleep 0.02; done'
	wait_until told "$name" ready
	ok podman kill --signal USR1 "$name"
	wait_until told "$name" usr1
	ok podman kill --signal 1 "$name"
	wait_until told "$name" hup
	ok podman kill --signal SIGTERM "$name"
	ok podman wait "$name"
	same "$output" 9
	fails "invalid signal: NOSUCH" podman kill --signal NOSUCH "$name"
	started "$name-2" -- sleep 1000
	ok podman kill "$name-2"
	ok podman wait "$name-2"
	same "$output" 137
	fails "state improper" podman kill "$name-2"
}

# bats test_tags=short
@test "stop, gracefully and not" {
	started "$name" -- sh -c 'trap "exit 9" TERM; echo ready; while :; do sleep 0.02; done'
	wait_until told "$name" ready
	ok podman stop --time 30 "$name"
	same "$(of "$name" '{{.State.ExitCode}}')" 9
	ok podman start "$name"
	ok podman stop --time 0 "$name"
	same "$(of "$name" '{{.State.ExitCode}}')" 137
	has_not "$output" Error
	ok podman stop "$name"
}

@test "start again, restart, the restart policy" {
	started "$name" -- sh -c 'echo x >>/runs; exec sleep 1000'
	ok podman restart --time 0 "$name"
	ok podman exec "$name" wc -l /runs
	same "$output" "2 /runs"
	ok podman stop --time 0 "$name"
	ok podman start "$name"
	ok podman exec "$name" wc -l /runs
	same "$output" "3 /runs"
	ok podman run --name "$name-2" --restart on-failure:2 "$IMAGE" sh -c 'echo x >>/runs
		[ $(wc -l </runs) = 3 ]'
	wait_until is "$name-2" exited
	same "$(of "$name-2" '{{.RestartCount}} {{.State.ExitCode}}')" "2 0"
}

@test "rm and rm --force" {
	started "$name" -- sleep 1000
	local pid
	pid=$(pid_of "$name")
	fails "cannot be removed without force" podman rm "$name"
	alive "$pid"
	ok podman rm --force --time 0 "$name"
	gone "$pid"
	same "$(podman ps --all --quiet)" ""
	ok podman create --name "$name" "$IMAGE" true
	ok podman init "$name"
	same "$(of "$name" '{{.State.Status}}')" initialized
	ok podman rm --force --time 0 "$name"
}

@test "run --timeout" {
	started "$name" --timeout 1 -- sleep 1000
	wait_until is "$name" exited
	has_not "$(of "$name" '{{.State.ExitCode}}')" 0
}

# --- a terminal -------------------------------------------------------------------------------

# bats test_tags=short
@test "run -it: the container has a terminal, of the size of ours" {
	local said

	said=$(in_terminal sh -c "stty rows 33 cols 77
		podman run --rm -it $IMAGE sh -c 'tty; tty </dev/tty; ls -l /dev/console
			until [ \"\$(stty size)\" != \"0 0\" ]; do usleep 20000; done; stty size'")
	has "$said" "/dev/pts/0"
	has "$said" "33 77"
	(wait_until is "$name" running && echo "typed words" >keys) 3>&- &
	said=$(in_terminal podman run -it --name "$name" "$IMAGE" \
		sh -c 'read line; echo "got $line"; exit 6')
	has "$said" "got typed words"
	same "$(of "$name" '{{.State.ExitCode}}')" 6
}

@test "a terminal that changes its size" {
	local said

	# more than once: podman may not listen yet
	said=$(in_terminal sh -c "stty rows 20 cols 70
		(until podman exec $name true; do sleep 0.05; done
		until [ -e done ]; do stty rows 30 cols 98; stty rows 31 cols 99; sleep 0.2; done) \
			</dev/tty >/dev/null 2>&1 &
		podman run --rm -it --name $name $IMAGE sh -c '
			until [ \"\$(stty size)\" = \"31 99\" ]; do usleep 20000; done; echo changed'
		touch done; wait")
	has "$said" changed
}

@test "exec -it, and detaching by a key" {
	local said

	started "$name" -- sleep 1000
	said=$(in_terminal sh -c "stty rows 33 cols 77; podman exec -it $name sh -c '
		tty; until [ \"\$(stty size)\" = \"33 77\" ]; do usleep 20000; done; echo sized'")
	has "$said" "/dev/pts/0"
	has "$said" sized
	# the key is one once podman has made the terminal raw
	(wait_until test -e raw && printf '\030' >keys) 3>&- &
	in_terminal sh -c "
		(until stty -a </dev/tty | grep -q -e -icanon; do sleep 0.02; done; touch raw) &
		podman run -it --detach-keys ctrl-x --name $name-2 $IMAGE sleep 1000"
	same "$(of "$name-2" '{{.State.Status}}')" running
}

# --- the file system --------------------------------------------------------------------------

# bats test_tags=short
@test "volumes, tmpfs and --read-only" {
	mkdir dir
	ok podman run --rm --volume ./dir:/a --volume ./dir:/b:ro \
		--volume named:/c --tmpfs /d:size=1m,mode=1777 --read-only "$IMAGE" sh -c '
		echo words >/a/file && cat /b/file
		touch /b/no 2>&1
		touch /c/yes /d/yes /tmp/yes /run/yes
		touch /no 2>&1
		df -k /d | tail -n 1'
	has "$output" words
	has "$output" "touch: /b/no: Read-only file system"
	has "$output" "touch: /no: Read-only file system"
	has "$output" "1024 "
	same "$(<dir/file)" words
	ok podman run --rm --volume named:/c "$IMAGE" ls /c
	same "$output" yes
	ok podman volume rm named
}

@test "the types of --mount" {
	mkdir dir
	echo words >dir/file
	ok podman run --rm \
		--mount type=bind,source=./dir,destination=/a,ro=true \
		--mount type=tmpfs,destination=/b,tmpfs-size=1m \
		--mount type=volume,source=named,destination=/c \
		--mount type=image,source="$IMAGE",destination=/d \
		--mount type=devpts,destination=/e "$IMAGE" sh -c '
		cat /a/file; touch /b/x /c/x; ls /d/bin/busybox; ls /e/ptmx
		awk "\$2 ~ /^\/[a-e]\$/ { print \$2, \$3, substr(\$4, 1, 2) }" /proc/mounts | sort'
	has "$output" $'words\n/d/bin/busybox\n/e/ptmx\n'
	has "$output" " ro"
	has "$output" "/b tmpfs rw"
	has "$output" "/e devpts rw"
	ok podman volume rm named
}

@test "what shows elsewhere: rshared, rslave, --volume with O" {
	mkdir -p dir/sub
	echo lower >dir/file
	mount -t tmpfs shared dir/sub
	mount --make-shared dir/sub
	started "$name" --volume ./dir/sub:/shared:rslave \
		--volume ./dir:/over:O -- sleep 1000
	mkdir dir/sub/new
	mount -t tmpfs later dir/sub/new
	ok podman exec "$name" grep -c "^later /shared/new tmpfs" /proc/mounts
	same "$output" 1
	ok podman exec "$name" sh -c 'echo upper >/over/file; cat /over/file'
	same "$output" upper
	same "$(<dir/file)" lower
	ok podman rm --force --time 0 "$name"
	umount --recursive dir/sub
}

@test "secrets" {
	printf word >secret
	ok podman secret create "$name" secret
	ok podman run --rm --secret "$name,mode=0400" --secret "$name,type=env,target=KEY" "$IMAGE" \
		sh -c "cat /run/secrets/$name; echo; echo \$KEY; stat -c %a /run/secrets/$name"
	same "$output" $'word\nword\n400'
	ok podman secret rm "$name"
}

@test "devices" {
	ok podman run --rm --cap-add syslog --device /dev/kmsg:/dev/mine:w "$IMAGE" sh -c '
		: >/dev/mine && echo opened; head -c 1 /dev/mine 2>&1 || echo refused'
	has "$output" "opened"
	has "$output" "Operation not permitted"
	has "$output" "refused"
	ok podman run --rm --cap-add mknod "$IMAGE" sh -c 'mknod /tmp/kmsg c 1 11
		(: >/tmp/kmsg) 2>&1 || echo refused'
	has "$output" refused
	ok podman run --rm --cap-add mknod --device-cgroup-rule 'c 1:5 r' "$IMAGE" sh -c '
		mknod /tmp/zero c 1 5 && head -c 1 /tmp/zero | od -An -tx1'
	has "$output" "00"
}

# --- who it is, and what it may ---------------------------------------------------------------

# bats test_tags=short
@test "capabilities, user, groups and no-new-privileges" {
	ok podman run --rm --cap-drop all --cap-add chown --security-opt no-new-privileges \
		"$IMAGE" sh -c 'grep -E "^(Cap(Eff|Bnd)|NoNewPrivs)" /proc/self/status'
	same "$output" $'CapEff:\t0000000000000001\nCapBnd:\t0000000000000001\nNoNewPrivs:\t1'
	ok podman run --rm --user user --group-add 44 "$IMAGE" sh -c 'id -u; id -G
		grep -E "^(CapEff|NoNewPrivs)" /proc/self/status'
	same "$output" $'1000\n1000 44\nCapEff:\t0000000000000000\nNoNewPrivs:\t0'
	fails "unable to find user nosuch" podman run --rm --user nosuch "$IMAGE" true
	ok podman run --rm --user 4321:1234 --umask 027 "$IMAGE" sh -c 'id -u; id -g; umask'
	same "$output" $'4321\n1234\n0027'
}

@test "--group-add keep-groups" {
	ok setpriv --groups 0,4711 podman run --rm --group-add keep-groups "$IMAGE" id -G
	same "$output" "0 4711"
}

# bats test_tags=short
@test "--privileged" {
	ok podman run --rm --privileged "$IMAGE" sh -c 'grep CapEff /proc/self/status
		grep Seccomp: /proc/self/status; mount -t tmpfs x /mnt 2>&1 || mkdir /mnt
		mount -t tmpfs x /mnt && echo mounted; [ -e /dev/kmsg ] && echo devices'
	has "$output" "$(grep CapEff /proc/self/status)"
	has "$output" $'Seccomp:\t0'
	has "$output" $'mounted\ndevices'
}

# bats test_tags=short
@test "the default profile of seccomp is active, unconfined is not" {
	ok podman run --rm "$IMAGE" sh -c 'grep Seccomp: /proc/self/status; unshare -m true 2>&1 ||
		echo refused'
	has "$output" $'Seccomp:\t2'
	has "$output" refused
	ok podman run --rm --security-opt seccomp=unconfined "$IMAGE" grep Seccomp: /proc/self/status
	same "$output" $'Seccomp:\t0'
	jq -n '{ defaultAction: "SCMP_ACT_ALLOW", syscalls: [
		{ names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 28 }] }' \
		>profile
	ok podman run --rm --security-opt "seccomp=profile" "$IMAGE" sh -c '
		mkdir /tmp/x 2>&1 || echo refused'
	has "$output" "No space left on device"
}

# bats test_tags=short
@test "a user namespace, and /dev/null stays as it was" {
	local before

	before=$(stat -c '%u:%g %a' /dev/null)
	ok podman run --rm --uidmap 0:100000:65536 "$IMAGE" sh -c '
		cat /proc/self/uid_map; stat -c %u:%g / /bin/busybox; echo x >/dev/null && echo fine'
	same "$(tr -s ' ' <<<"$output")" $' 0 100000 65536\n0:0\n0:0\nfine'
	started "$name" --uidmap 0:100000:65536 -- sleep 1000
	ok podman exec "$name" sh -c 'id -u; echo x >/tmp/file && stat -c %u /tmp/file'
	same "$output" $'0\n0'
	same "$(stat -c %u "/proc/$(pid_of "$name")")" 100000
	ok podman exec --tty "$name" sh -c 'echo x >/dev/tty'
	ok podman stop --time 0 "$name"
	same "$(stat -c '%u:%g %a' /dev/null)" "$before"
	same "$before" "0:0 666"
}

@test "a user namespace with a terminal, a volume with U, another user" {
	local said

	mkdir dir
	ok podman run --rm --uidmap 0:100000:65536 --user user \
		--volume ./dir:/v:U "$IMAGE" sh -c 'id -u; touch /v/file'
	same "$output" 1000
	same "$(stat -c %u dir/file)" 101000
	said=$(in_terminal podman run --rm -it --uidmap 0:100000:65536 "$IMAGE" sh -c \
		'echo "$(tty) of $(stat -c %u /dev/pts/0)"')
	has "$said" "/dev/pts/0 of 0"
}

@test "user namespaces of podman's choice, and another container's" {
	echo "containers:300000:200000" | tee -a /etc/subuid >>/etc/subgid
	started "$name" --userns auto:size=1000 -- sleep 1000
	ok podman exec "$name" cat /proc/self/uid_map
	has "$(tr -s ' ' <<<"$output")" " 0 300000 1000"
	ok podman run --rm --userns "container:$name" "$IMAGE" readlink /proc/self/ns/user
	same "$output" "$(readlink "/proc/$(pid_of "$name")/ns/user")"
	# the one that others joined; see teardown
	wait_until podman rm --force --time 0 "$name"
}

@test "masks, and what shows of others' processes" {
	ok podman run --rm "$IMAGE" sh -c 'wc -c </proc/timer_list; ls /sys/firmware'
	same "$output" 0
	exits 1 podman run --rm "$IMAGE" sh -c 'echo 1 >/proc/sys/kernel/panic'
	has "$output" "Read-only file system"
	ok podman run --rm --security-opt unmask=/proc/timer_list --security-opt mask=/etc/passwd \
		"$IMAGE" sh -c 'wc -c </etc/passwd
		grep -c " /proc/timer_list " /proc/self/mountinfo || :'
	same "$output" $'0\n0'
	ok podman run --rm --security-opt proc-opts=hidepid=2 --user user "$IMAGE" \
		sh -c 'grep -o hidepid=[a-z0-9]* /proc/mounts'
	has "$output" hidepid=
}

@test "a root file system without an image, /dev/shm of a size" {
	mkdir -p root/bin
	cp "$(command -v busybox)" root/bin
	ok podman run --rm --shm-size 3m --rootfs "$PWD/root" /bin/busybox sh -c '
		busybox df -k /dev/shm | busybox tail -n 1; busybox cat /proc/1/comm'
	has "$output" " 3072 "
	has "$output" busybox
}

@test "a personality" {
	ok podman run --rm --personality LINUX32 "$IMAGE" uname -m
	has_not "$output" "$(uname -m)"
}

# --- namespaces -------------------------------------------------------------------------------

# bats test_tags=short
@test "namespaces of the host" {
	local what

	ok podman run --rm --pid host --network host --uts host --ipc host "$IMAGE" \
		sh -c 'for n in pid net uts ipc mnt; do readlink /proc/self/ns/$n; done'
	for what in pid net uts ipc; do has "$output" "$(readlink /proc/self/ns/$what)"; done
	has_not "$output" "$(readlink /proc/self/ns/mnt)"
	ok podman run --rm "$IMAGE" sh -c 'for n in pid net uts ipc mnt; do readlink /proc/self/ns/$n
		done'
	for what in pid net uts ipc mnt; do has_not "$output" "$(readlink /proc/self/ns/$what)"; done
}

# Without a pid namespace of its own the runtime has to find what is left.
@test "stop with --pid host ends all of the container" {
	local pids pid

	started "$name" --pid host -- sh -c 'sleep 1003 & sleep 1004 & echo ready; wait'
	wait_until told "$name" ready
	mapfile -t pids < <(cgroup_value "$name" pids cgroup.procs)
	same "${#pids[@]}" 3
	ok podman stop --time 0 "$name"
	for pid in "${pids[@]}"; do wait_until gone "$pid"; done
	started "$name-2" --pid host -- sh -c 'sleep 1005 & echo ready; exit 0'
	ok podman wait "$name-2"
	ok podman rm --force --time 0 "$name-2"
	wait_until nobody_runs 1005
}

nobody_runs()
{
	! grep -qz "^$1\$" /proc/[0-9]*/cmdline 2>/dev/null
}

@test "namespaces of another container" {
	started "$name" --hostname first -- sleep 1006
	ok podman run --rm --pid "container:$name" --network "container:$name" \
		--ipc "container:$name" --uts "container:$name" "$IMAGE" sh -c '
		tr "\0" " " </proc/1/cmdline; hostname; for n in pid net ipc uts; do
		[ $(readlink /proc/1/ns/$n) = $(readlink /proc/self/ns/$n) ] && echo same; done'
	has "$output" "sleep 1006 first"
	has "$output" $'same\nsame\nsame\nsame'
}

@test "host name, sysctl, ulimit, OOM score" {
	ok podman run --rm --hostname box --sysctl net.ipv4.ip_forward=1 --sysctl kernel.msgmax=4321 \
		--ulimit nofile=100:200 --ulimit nproc=1000 --ulimit core=0 --oom-score-adj 500 "$IMAGE" sh -c '
		hostname; cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax
		ulimit -Sn; ulimit -Hn; ulimit -c; cat /proc/self/oom_score_adj'
	same "$output" $'box\n1\n4321\n100\n200\n0\n500'
}

@test "--init: the child of a small init, which reaps" {
	ok podman run --rm --init "$IMAGE" sh -c '
		tr "\0" " " </proc/1/cmdline; (sleep 0 & exec true); [ $$ != 1 ] && echo child'
	has "$output" "init -- sh"
	has "$output" child
}

# --- cgroups ----------------------------------------------------------------------------------

# bats test_tags=short
@test "limits: set in the cgroup and seen inside" {
	local ID=$name

	needs_controller memory
	needs_controller pids
	started "$name" --memory 64m --memory-reservation 32m --cpus 0.5 --cpu-shares 512 \
		--pids-limit 40 --cpuset-cpus 0 -- sleep 1000
	same "$(limit memory memory.limit_in_bytes memory.max)" 67108864
	same "$(limit memory memory.soft_limit_in_bytes memory.low)" 33554432
	same "$(limit cpu cpu.cfs_quota_us cpu.max)" "$(in_world 50000 "50000 100000")"
	same "$(limit pids pids.max pids.max)" 40
	same "$(limit cpuset cpuset.cpus cpuset.cpus)" 0
	ok podman exec "$name" cat "/sys/fs/cgroup/$(in_world memory/memory.limit_in_bytes memory.max)"
	same "$output" 67108864
	ok podman exec "$name" cat "/sys/fs/cgroup/$(in_world pids/pids.max pids.max)"
	same "$output" 40
	fails "can't fork" podman exec "$name" sh -c 'for i in $(seq 60); do sleep 1007 & done'
}

@test "--cgroups disabled: it stays in the cgroup of podman" {
	started "$name" --cgroups disabled -- sleep 1000
	same "$(cut -d: -f3 "/proc/$(pid_of "$name")/cgroup" | sort -u)" \
		"$(cut -d: -f3 /proc/self/cgroup | sort -u)"
	ok podman exec "$name" echo fine
	same "$output" fine
	ok podman stop --time 0 "$name"
	ok podman rm "$name"
}

@test "--cgroupns, --cgroup-parent" {
	ok podman run --rm --cgroupns host "$IMAGE" readlink /proc/self/ns/cgroup
	same "$output" "$(readlink /proc/self/ns/cgroup)"
	ok podman run --rm --cgroupns private "$IMAGE" sh -c 'readlink /proc/self/ns/cgroup
		cat /proc/self/cgroup'
	has_not "$output" "$(readlink /proc/self/ns/cgroup)"
	has_not "$output" libpod
	ok podman run --rm --cgroup-parent /mine --cgroupns host "$IMAGE" cat /proc/self/cgroup
	has "$output" ":/mine/libpod-"
}

@test "a cgroup of the container's own: writable with --privileged" {
	ok podman run --rm --privileged --cgroupns private "$IMAGE" sh -c "
		mkdir /sys/fs/cgroup/$(in_world pids/ '')below && echo made"
	same "$output" made
}

# --- descriptors and network ------------------------------------------------------------------

# bats test_tags=short
@test "--preserve-fds, and nothing else is open" {
	echo three >three
	ok sh -c "podman run --rm --preserve-fds 1 $IMAGE sh -c 'cat <&3; ls /proc/self/fd' \
		3<three 9</etc/passwd"
	# 4: the directory that ls reads
	same "$output" $'three\n0\n1\n2\n3\n4'
	ok sh -c "podman run --rm $IMAGE ls /proc/self/fd 3<three"
	same "$output" $'0\n1\n2\n3'
}

@test "--network none and a network of the namespace's own" {
	ok podman run --rm --network none "$IMAGE" sh -c 'ls /sys/class/net; ip -o link show lo'
	has "$output" $'lo\n1: lo: <LOOPBACK,UP'
	ip netns add "$name"
	ok podman run --rm --network "ns:/run/netns/$name" "$IMAGE" readlink /proc/self/ns/net
	same "$output" "net:[$(stat -L -c %i "/run/netns/$name")]"
	ip netns delete "$name"
}

# bats test_tags=short
@test "the bridge: an address, a published port, a neighbour" {
	local address

	started "$name" --publish 127.0.0.1:18080:80 -- sh -c '
		mkdir /www; echo words >/www/index.html; exec httpd -f -p 80 -h /www'
	wait_until answers http://127.0.0.1:18080/
	ok curl --silent http://127.0.0.1:18080/
	same "$output" words
	address=$(of "$name" '{{.NetworkSettings.IPAddress}}')
	ok podman run --rm "$IMAGE" wget -q -O - "http://$address/"
	same "$output" words
	ok podman rm --force --time 0 "$name"
	if answers http://127.0.0.1:18080/; then die "the port is still published"; fi
}

answers()
{
	curl --silent --max-time 5 --output /dev/null "$1"
}

# --- the end ----------------------------------------------------------------------------------

# bats test_tags=short
@test "nothing is left of all these containers" {
	started "$name" -- sleep 1000
	ok podman rm --force --all --time 0
	same "$(find "/run/$RUNTIME_NAME" -mindepth 1 -maxdepth 1 ! -name .cache)" ""
	same "$(cgroup_dirs 'libpod-*')" ""
	same "$(grep -c /overlay-containers/ /proc/self/mountinfo)" 0
	same "$(stat -c '%u:%g %a' /dev/null)" "0:0 666"
}
