# shellcheck shell=bash disable=SC2016,SC2154
# Docker: containers as its command line runs them, through containerd's shim.
load docker

setup_file()
{
	docker_lacks && return
	# So that the daemon can end while containers live.
	docker_up '."live-restore" = true |
		.runtimes.debugging = .runtimes.tested + { runtimeArgs: ["--debug"] }'
}

# --- the daemon ---------------------------------------------------------------------------------

@test "docker info and version know the runtime" {
	ok docker info --format '{{json .}}'
	same "$(jq -r .DefaultRuntime <<<"$output")" tested
	same "$(jq -r .Runtimes.tested.path <<<"$output")" "$RUNTIME"
	ok docker version --format '{{json .Server.Components}}'
	same "$(jq -r '.[] | select(.Name == "tested" or .Name == $name) | .Version' \
		--arg name "$RUNTIME_NAME" <<<"$output")" \
		"$("$RUNTIME" --version | sed -n 's/.*version //p')"
	has_not "$(grep -i -e 'failed to retrieve' -e 'unknown output' "$WORK/dockerd.log")" "$RUNTIME"
}

@test "a runtime with arguments" {
	once --runtime debugging -- echo hello
	same "$output" hello
	once_exits 125 --runtime debugging --sysctl net.ipv4.ip_forward=x -- true
	has "$output" 'nvalid argument: unknown.'
}

@test "containers outlive the daemon, which finds them again" {
	box
	pid=$(pid_of "$name")
	docker_down
	alive "$pid"
	docker_start
	same "$(pid_of "$name")" "$pid"
	inside echo still here
	same "$output" "still here"
	quietly docker kill "$name"
	wait_until has_status "$name" exited
}

@test "rm leaves nothing of all that a container has" {
	box
	# The shim and the container; a directory in each hierarchy; bundle and state; the root.
	same "$(docker_processes | wc -l)" 2
	[[ -n $(docker_cgroups) && -n $(docker_mounts) ]]
	same "$(docker_files | wc -l)" 2
	quietly docker rm --force "$name"
	wait_until docker_all_gone
}

# --- run ----------------------------------------------------------------------------------------

# bats test_tags=short
@test "run: output, input and exit codes" {
	once -- echo hello
	same "$output" hello
	once_exits 7 -- sh -c 'echo out; echo err >&2; exit 7'
	has "$output" out
	has "$output" err
	same "$(echo typed | docker run --rm --interactive --network none bb cat)" typed
	# The fourth is the directory itself.
	once -- sh -c 'echo $(ls /proc/self/fd)'
	same "$output" "0 1 2 3"
}

# bats test_tags=short
@test "run: 127 when there is no such program, 126 when it cannot be executed, 125 for the rest" {
	once_exits 127 -- nosuch
	has "$output" 'exec: "nosuch": executable file not found in $PATH'
	once_exits 127 -- /bin/nosuch
	has "$output" 'no such file or directory'
	once_exits 126 -- /etc/passwd
	has "$output" 'exec: "/etc/passwd": permission denied'
	once_exits 126 -- /etc
	once_exits 125 --sysctl net.ipv4.ip_forward=x -- true
	has "$output" 'invalid argument'
	once_exits 125 --nosuch -- true
}

@test "run --detach: logs, wait, exit code" {
	quietly docker run --detach --network none --name "$name" bb \
		sh -c 'echo out; echo err >&2; while [ ! -e /go ]; do sleep 0.1; done; exit 9'
	wait_until logged err
	same "$(docker logs "$name" 2>/dev/null)" out
	same "$(docker logs "$name" 2>&1 >/dev/null)" err
	inside touch /go
	ok docker wait "$name"
	same "$output" 9
	same "$(shown .State.ExitCode)" 9
	same "$(shown .State.Status)" exited
}

@test "a container that ends at once, several times" {
	local n

	for n in 1 2 3 4 5; do once_exits "$n" -- sh -c "exit $n"; done
}

@test "several at once" {
	local n pids=()

	for n in 1 2 3 4 5 6; do
		docker run --rm --network none bb sh -c "exit $n" 3>&- &
		pids+=($!)
	done
	for n in 1 2 3 4 5 6; do
		status=0
		wait "${pids[n - 1]}" || status=$?
		same "$status" "$n"
	done
}

@test "create, start --attach" {
	quietly docker create --network none --name "$name" bb sh -c 'echo started; exit 3'
	exits 3 docker start --attach "$name"
	same "$output" started
	exits 3 docker start --attach "$name"
}

# bats test_tags=short
@test "run -it: a terminal, what is typed, the exit code" {
	output=$(in_terminal sh -c '
		docker run --rm -it --network none bb sh -c "tty; exit 5"
		echo "status $?"')
	has "$output" /dev/pts/
	has "$output" "status 5"
	status=0
	output=$(printf 'echo $((6 * 7))\nexit 4\n' | timeout -k 2 "$COMMAND_LIMIT" \
		script -qec "docker run --rm -it --network none bb" /dev/null 3>&-) || status=$?
	same "$status" 4
	has "$output" 42
}

@test "--tty without a terminal of ours" {
	once --tty -- tty
	has "$output" /dev/pts/
}

@test "user, groups, directory, variables" {
	once --user user --group-add 77 --workdir /tmp/new --env A=1 --hostname box \
		-- sh -c 'echo $(id -u) $(id -g) $(id -G) $(pwd) $A $(hostname)'
	same "$output" "1000 1000 1000 77 /tmp/new 1 box"
	once --user 1234:5678 -- id -u
	same "$output" 1234
}

@test "--init" {
	box --init
	inside cat /proc/1/comm
	same "$output" docker-init
	quietly docker stop "$name"
	same "$(shown .State.ExitCode)" 143
}

# --- exec ---------------------------------------------------------------------------------------

# bats test_tags=short
@test "exec: output, input, exit codes" {
	box
	inside echo hello
	same "$output" hello
	exits 7 docker exec "$name" sh -c 'exit 7'
	exits 137 docker exec "$name" sh -c 'kill -9 $$'
	same "$(echo typed | docker exec --interactive "$name" cat)" typed
	# The daemon has 127 for it, but the client learns only that exec failed.
	exits 126 docker exec "$name" nosuch
	has "$output" 'exec: "nosuch": executable file not found in $PATH'
	exits 126 docker exec "$name" /etc/passwd
	has "$output" 'exec: "/etc/passwd": permission denied'
}

@test "exec: user, directory, variables" {
	box --env A=1
	ok docker exec --user user --workdir /tmp --env B=2 "$name" \
		sh -c 'echo $(id -u) $(pwd) $A $B'
	same "$output" "1000 /tmp 1 2"
}

# bats test_tags=short
@test "exec -it: a terminal, its size, the exit code" {
	box
	output=$(in_terminal sh -c '
		stty rows 30 cols 91
		docker exec -it "$1" sh -c "
			tty
			until stty size | grep \"30 91\"; do sleep 0.1; done
			exit 5"
		echo "status $?"' sh "$name")
	has "$output" /dev/pts/
	has "$output" "30 91"
	has "$output" "status 5"
	ok docker exec --tty "$name" tty
	has "$output" /dev/pts/
}

@test "exec --detach" {
	box
	quietly docker exec --detach "$name" sh -c 'echo words >/tmp/file'
	wait_until docker exec "$name" grep words /tmp/file
}

@test "exec --privileged" {
	box
	inside sed -n 's/^CapEff:\t//p' /proc/self/status
	plain=$output
	ok docker exec --privileged "$name" sed -n 's/^CapEff:\t//p' /proc/self/status
	((16#$output > 16#$plain)) || die "$output is not more than $plain"
}

@test "exec in what is no longer there" {
	box
	quietly docker kill "$name"
	fails "is not running" docker exec "$name" true
	fails "No such container" docker exec nosuch true
}

# --- looking on ---------------------------------------------------------------------------------

@test "stats and top" {
	box --memory 64m
	ok docker stats --no-stream --format '{{.Name}} {{.MemUsage}} {{.PIDs}}' "$name"
	[[ $output == "$name "*" / 64MiB 1" ]] || die "$output"
	ok docker top "$name"
	has "$output" "sleep 1000"
	same "$(docker top "$name" -o pid | tail -n 1 | tr -d ' ')" "$(pid_of "$name")"
}

@test "events" {
	box
	quietly docker exec "$name" true
	quietly docker kill --signal TERM "$name"
	quietly docker kill "$name"
	quietly docker wait "$name"
	ok docker events --since 0 --until "$(($(date +%s) + 1))" --filter "container=$name" \
		--format '{{.Action}}'
	same "$(cut -d: -f1 <<<"$output" | sort -u | tr '\n' ' ')" \
		"create die exec_create exec_die exec_start kill start "
}

@test "cp, diff, commit" {
	box
	echo words >"$BATS_TEST_TMPDIR/file"
	quietly docker cp "$BATS_TEST_TMPDIR/file" "$name:/tmp/file"
	inside cat /tmp/file
	same "$output" words
	quietly docker cp "$name:/etc/passwd" "$BATS_TEST_TMPDIR/passwd"
	has "$(<"$BATS_TEST_TMPDIR/passwd")" root
	ok docker diff "$name"
	has "$output" "A /tmp/file"
	# Pauses the container meanwhile.
	quietly docker commit "$name" "$name:made"
	same "$(shown .State.Status)" running
	ok docker run --rm --network none "$name:made" cat /tmp/file
	same "$output" words
	quietly docker rmi "$name:made"
}

@test "a health check" {
	box --health-cmd 'test ! -e /tmp/ill' --health-interval 200ms --health-retries 1
	wait_until is .State.Health.Status healthy
	inside touch /tmp/ill
	wait_until is .State.Health.Status unhealthy
}

# --- an end, or a rest --------------------------------------------------------------------------

# bats test_tags=short
@test "stop, and kill by name" {
	quietly docker run --detach --network none --name "$name" bb sh -c '
		trap "echo stopping; exit 3" TERM; trap "echo usr1" USR1
		echo ready; while :; do sleep 0.1; done'
	wait_until logged ready
	quietly docker kill --signal USR1 "$name"
	wait_until logged usr1
	quietly docker kill --signal sigusr1 "$name"
	quietly docker stop "$name"
	same "$(shown .State.ExitCode)" 3
	logged stopping
	fails "is not running" docker kill "$name"
}

@test "stop of what does not want to" {
	box
	quietly docker stop --time 1 "$name"
	same "$(shown .State.ExitCode)" 137
}

@test "restart" {
	box
	pid=$(pid_of "$name")
	quietly docker restart --time 0 "$name"
	[[ $(pid_of "$name") != "$pid" ]]
	inside true
}

@test "--restart on-failure" {
	quietly docker run --detach --network none --name "$name" --restart on-failure:2 bb \
		sh -c 'exit 6'
	wait_until is .RestartCount 2
	wait_until has_status "$name" exited
	same "$(shown .State.ExitCode)" 6
}

@test "pause and unpause" {
	box
	quietly docker pause "$name"
	same "$(shown .State.Status)" paused
	fails "is paused" docker exec "$name" true
	quietly docker unpause "$name"
	inside true
	quietly docker pause "$name"
	# By SIGKILL, also when paused.
	quietly docker rm --force "$name"
}

@test "checkpoint create" {
	# A world reaches nobody from whom it could fetch one.
	criu check >/dev/null 2>&1 || skip "needs a criu that works here, as tests/criu fetches one"
	box --security-opt seccomp=unconfined
	quietly docker checkpoint create --leave-running "$name" first
	inside true
	quietly docker checkpoint create "$name" second
	wait_until has_status "$name" exited
	ok docker checkpoint ls "$name"
	has "$output" first
	has "$output" second
}

# --- limits -------------------------------------------------------------------------------------

# bats test_tags=short
@test "limits at run" {
	box --memory 64m --memory-swap 64m --cpus 0.5 --pids-limit 33 --cpuset-cpus 0 --cpu-shares 512
	has_limit memory memory.limit_in_bytes memory.max $((64 << 20))
	has_limit pids pids.max pids.max 33
	has_limit cpuset cpuset.cpus cpuset.cpus 0
	has_limit cpu cpu.cfs_quota_us cpu.max "$(in_world 50000 "50000 100000")"
	has_limit cpu cpu.shares cpu.weight "$(in_world 512 20)"
}

@test "update" {
	box --memory 64m --memory-swap 64m
	quietly docker update --memory 96m --memory-swap 96m --cpus 0.25 --pids-limit 44 \
		--cpu-shares 256 --cpuset-cpus 0 "$name"
	has_limit memory memory.limit_in_bytes memory.max $((96 << 20))
	has_limit pids pids.max pids.max 44
	has_limit cpu cpu.cfs_quota_us cpu.max "$(in_world 25000 "25000 100000")"
	has_limit cpu cpu.shares cpu.weight "$(in_world 256 10)"
	has_limit cpuset cpuset.cpus cpuset.cpus 0
	quietly docker update --pids-limit 55 "$name"
	has_limit pids pids.max pids.max 55
	has_limit memory memory.limit_in_bytes memory.max $((96 << 20))
}

@test "out of memory" {
	quietly docker run --detach --network none --name "$name" --memory 16m --memory-swap 16m bb \
		dd if=/dev/zero of=/dev/null bs=64M count=1
	ok docker wait "$name"
	same "$output" 137
	wait_until is .State.OOMKilled true
}

@test "--cgroup-parent and --cgroupns" {
	box --cgroup-parent /above
	has "$(</proc/"$(pid_of "$name")"/cgroup)" "/above/$(shown .Id)"
	[[ -n $(cgroup_dirs "$(shown .Id)") ]]
	once --cgroupns private -- cat /proc/self/cgroup
	has_not "$output" /docker
	once --cgroupns host -- cat /proc/self/cgroup
	has "$output" /docker
}

@test "--ulimit, --oom-score-adj, --shm-size, --sysctl" {
	once --ulimit nofile=100:200 --oom-score-adj 500 --shm-size 8m --sysctl kernel.shmmax=12345678 \
		-- sh -c 'echo $(ulimit -Sn) $(ulimit -Hn) $(cat /proc/self/oom_score_adj) \
			$(df -k /dev/shm | awk "END { print \$2 }") $(cat /proc/sys/kernel/shmmax)'
	same "$output" "100 200 500 8192 12345678"
}

# --- files --------------------------------------------------------------------------------------

@test "volumes and binds" {
	mkdir "$BATS_TEST_TMPDIR/host"
	echo mine >"$BATS_TEST_TMPDIR/host/file"
	once --volume "$BATS_TEST_TMPDIR/host:/in:ro" --volume "$name:/kept" \
		-- sh -c 'cat /in/file; touch /in/new; echo saved >/kept/file'
	has "$output" mine
	has "$output" "Read-only file system"
	once --mount "type=volume,source=$name,target=/again" -- cat /again/file
	same "$output" saved
	once --mount "type=bind,source=$BATS_TEST_TMPDIR/host,target=/in" -- touch /in/new
	[[ -e $BATS_TEST_TMPDIR/host/new ]]
	quietly docker volume rm "$name"
	once_exits 125 --mount type=bind,source=/nosuch,target=/in -- true
}

@test "tmpfs, --read-only" {
	once --tmpfs /one:size=1m,mode=700 --mount type=tmpfs,target=/two,tmpfs-size=2m --read-only \
		-- sh -c 'stat -c %a /one; df -k /one /two; touch /two/file && ! touch /file'
	has "$output" 700
	has "$output" 1024
	has "$output" 2048
	has "$output" "touch: /file: Read-only file system"
}

@test "--device and --device-cgroup-rule" {
	[[ -c /dev/loop-control ]] || skip "needs /dev/loop-control"
	once --device /dev/loop-control:/dev/mine:r -- \
		sh -c 'ls -l /dev/mine; : </dev/mine; ! echo >/dev/mine'
	has "$output" "10, 237"
	has "$output" "can't create /dev/mine: Operation not permitted"
	once_exits 1 -- sh -c 'mknod /dev/l c 1 1 && cat /dev/l'
	has "$output" "Operation not permitted"
	once --device-cgroup-rule 'c 1:5 rwm' -- sh -c 'mknod /z c 1 5 && head -c 3 /z | wc -c'
	same "$output" 3
}

# --- what a container may -----------------------------------------------------------------------

@test "--cap-add and --cap-drop" {
	once -- sed -n 's/^CapEff:\t//p' /proc/self/status
	same "$output" 00000000a80425fb
	once --cap-drop ALL --cap-add NET_RAW --cap-add CHOWN \
		-- sed -n 's/^Cap\(Eff\|Bnd\):\t//p' /proc/self/status
	same "$output" $'0000000000002001\n0000000000002001'
}

# bats test_tags=short
@test "the default filter of system calls, none, and one from a file" {
	once -- sed -n 's/^Seccomp:\t//p' /proc/self/status
	same "$output" 2
	once --security-opt seccomp=unconfined -- sed -n 's/^Seccomp:\t//p' /proc/self/status
	same "$output" 0
	jq -n '{ defaultAction: "SCMP_ACT_ALLOW", syscalls: [{
		names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 42 }] }' \
		>"$BATS_TEST_TMPDIR/filter.json"
	once_exits 1 --security-opt "seccomp=$BATS_TEST_TMPDIR/filter.json" -- mkdir /new
	has "$output" "No message of desired type"
}

@test "--security-opt no-new-privileges, masked paths" {
	once --security-opt no-new-privileges -- sed -n 's/^NoNewPrivs:\t//p' /proc/self/status
	same "$output" 1
	once -- sh -c 'wc -c </proc/keys; ! echo 0 >/proc/sys/vm/swappiness'
	has "$output" 0
	has "$output" "Read-only file system"
}

# bats test_tags=short
# dockerd 20.10 asks for every capability that the kernel knows, whether the daemon has it or not.
@test "--privileged, also without all capabilities" {
	once --privileged -- sh -c 'mount -t tmpfs x /tmp && echo mounted; ls /dev/net/tun'
	same "$output" $'mounted\n/dev/net/tun'
	once --privileged -- sed -n 's/^CapEff:\t//p' /proc/self/status
	ours=$(sed -n 's/^CapBnd:\t//p' /proc/self/status)
	# It knows not all that newer kernels have.
	same "$((16#$output & ~16#$ours))" 0
	same "$((16#$output & 16#ffffffff))" "$((16#$ours & 16#ffffffff))"
}

# --- namespaces ---------------------------------------------------------------------------------

@test "namespaces of the host" {
	ok docker run --rm --pid host --ipc host --uts host --network host bb \
		stat -L -c %i /proc/self/ns/{pid,ipc,uts,net}
	same "$output" "$(stat -L -c %i /proc/self/ns/{pid,ipc,uts,net})"
}

@test "namespaces of another container" {
	box --ipc shareable
	inside stat -L -c %i /proc/self/ns/{pid,ipc,net}
	same "$(docker run --rm --network "container:$name" --pid "container:$name" \
		--ipc "container:$name" bb stat -L -c %i /proc/self/ns/{pid,ipc,net})" "$output"
}

@test "no process survives the first of a container in the host's pid namespace" {
	quietly docker run --detach --network none --pid host --name "$name" bb \
		sh -c 'sleep 1234 & echo $!; wait'
	wait_until logged ''
	child=$(docker logs "$name")
	alive "$child"
	quietly docker kill "$name"
	wait_until gone "$child"
}

# --- network ------------------------------------------------------------------------------------

# bats test_tags=short
@test "ports" {
	quietly docker run --detach --name "$name" --publish 127.0.0.1:8080:80 bb \
		sh -c 'echo served >/tmp/page; exec httpd -f -p 80 -h /tmp'
	wait_until busybox wget -q -O "$BATS_TEST_TMPDIR/page" http://127.0.0.1:8080/page
	same "$(<"$BATS_TEST_TMPDIR/page")" served
	ok docker port "$name"
	same "$output" "80/tcp -> 127.0.0.1:8080"
}

@test "a network of one's own, where names are found" {
	quietly docker network create "$name"
	quietly docker run --detach --name "$name" --network "$name" bb \
		sh -c 'echo served >/tmp/page; exec httpd -f -p 80 -h /tmp'
	wait_until docker exec "$name" wget -q -O /dev/null http://127.0.0.1/page
	ok docker run --rm --network "$name" bb wget -q -O - "http://$name/page"
	same "$output" served
	quietly docker network create "$name-2"
	quietly docker network connect "$name-2" "$name"
	inside ls /sys/class/net
	has "$output" eth1
	quietly docker rm --force "$name"
	quietly docker network rm "$name" "$name-2"
}

@test "no network but loopback" {
	once -- ls /sys/class/net
	same "$output" lo
}

# --- build --------------------------------------------------------------------------------------

# build BUILDKIT [ARG...]: builds the context of this test as $name; sets $output, $status.
build()
{
	status=0
	output=$(cd "$BATS_TEST_TMPDIR" && DOCKER_BUILDKIT=$1 timeout -k 2 "$COMMAND_LIMIT" \
		docker build --network none --tag "$name" "${@:2}" . 2>&1 3>&-) || status=$?
}

# builds BUILDKIT: an image of several steps comes out as it was told, a step that fails is told.
builds()
{
	echo content >"$BATS_TEST_TMPDIR/file"
	cat >"$BATS_TEST_TMPDIR/Dockerfile" <<-EOF
		FROM bb
		COPY file /data/file
		RUN cat /data/file >/data/copy && id -u >>/data/copy
		ENV WHO=docker
		USER user
		WORKDIR /home/user
		RUN echo \$WHO \$(id -u) \$(pwd) >made
		CMD ["cat", "/data/copy", "made"]
	EOF
	build "$1"
	[[ $status == 0 ]] || die "$output"
	ok docker run --rm --network none "$name"
	same "$output" $'content\n0\ndocker 1000 /home/user'
	printf 'FROM bb\nRUN echo before; exit 9\n' >"$BATS_TEST_TMPDIR/Dockerfile"
	build "$1"
	[[ $status != 0 ]] || die "$output"
	has "$output" before
	has "$output" ": 9"
	printf 'FROM bb\nRUN ["nosuch"]\n' >"$BATS_TEST_TMPDIR/Dockerfile"
	build "$1"
	[[ $status != 0 ]] || die "$output"
	has "$output" 'not found in $PATH'
	quietly docker rmi "$name"
}

# bats test_tags=short
@test "build, by the builder that starts containers" {
	builds 0
}

@test "build, by BuildKit" {
	# Clients up to 20.10 can do it themselves.
	[[ $(docker version --format '{{.Client.Version}}') == 20.* ]] ||
		docker buildx version || skip "needs buildx"
	builds 1
}

# --- servin beside it ------------------------------------------------------------------------------

# What servin knows nothing of yet: networks with bridges, plugins, swarm and Windows.
servin_lacks='["AppArmorProfile", "ConsoleSize", "ContainerIDFile", "Binds", "PortBindings",
	"PublishAllPorts", "Links", "VolumeDriver", "VolumesFrom", "Isolation", "Cgroup",
	"KernelMemory", "KernelMemoryTCP", "CpuCount", "CpuPercent", "IOMaximumIOps",
	"IOMaximumBandwidth", "DeviceRequests", "StorageOpt", "MacAddress", "OnBuild",
	"NetworkDisabled", "ArgsEscaped", "Shell"]'

# keys_of FILE: of the container, its state, its configuration and its host's, a line each.
keys_of()
{
	jq -r '.[0] | [keys, (.State | keys), (.Config | keys), (.HostConfig | keys)] | add | unique[]' "$1"
}

# bats test_tags=short
@test "servin: inspect and ps have the keys of docker's" {
	local servin=("$SERVIN_BUILDDIR/servin" --root "$BATS_TEST_TMPDIR/store"
		--state "$BATS_TEST_TMPDIR/state")

	[[ -x ${servin[0]} ]] || skip "needs servin"
	box
	quietly "${servin[@]}" run -d --name "$name" "$IMAGE_TAR" sleep 1000
	docker inspect "$name" >"$BATS_TEST_TMPDIR/docker.json"
	"${servin[@]}" inspect "$name" >"$BATS_TEST_TMPDIR/servin.json"
	same "$(comm -23 <(keys_of "$BATS_TEST_TMPDIR/docker.json") \
		<(keys_of "$BATS_TEST_TMPDIR/servin.json") |
		grep -v -x -F -f <(jq -r '.[]' <<<"$servin_lacks") || :)" ""
	same "$(docker ps --format '{{json .}}' | jq -c keys)" \
		"$("${servin[@]}" ps --format '{{json .}}' | jq -c 'keys - ["Platform"]')"
	quietly "${servin[@]}" rm -f "$name"
}
