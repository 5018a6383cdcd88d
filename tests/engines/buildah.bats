# shellcheck shell=bash disable=SC2016,SC2030,SC2031,SC2154
# buildah: commands run in a working container, and builds, with a runtime and `--isolation oci`.
# It asks the runtime for the state ten times a second until the container has stopped.
load engines

setup_file()
{
	lacks buildah jq busybox && return
	make_image
	export BUILDAH_ISOLATION=oci BUILDAH_RUNTIME=$RUNTIME STORAGE_DRIVER=overlay
	engine buildah "$(buildah --version | sed 's/.*version \([^ ]*\).*/\1/')"
	quietly buildah pull "docker-archive:$IMAGE_TAR"
}

setup()
{
	exec </dev/null
	[[ -z $LACKING ]] || skip "$LACKING"
	skip_known
	name=t$BATS_TEST_NUMBER
	quietly buildah from --name "$name" bb
}

teardown()
{
	[[ -z $LACKING ]] || return 0
	quietly buildah rm --all
	nothing_left_behind
}

nothing_left_behind()
{
	none cgroups "$(find /sys/fs/cgroup -type d -name 'buildah-*')"
	none "state" "$(find "/run/$RUNTIME_NAME" -mindepth 1 -maxdepth 1 ! -name .cache 2>/dev/null)"
	none processes "$(grep -l buildah-buildah /proc/[0-9]*/cgroup 2>/dev/null)"
}

# runs [OPTION...] -- COMMAND...: in $name, to its end with 0; sets $output.
runs()
{
	runs_exits 0 "$@"
}

# runs_exits STATUS [OPTION...] -- COMMAND...
runs_exits()
{
	local options command

	sides "${@:2}"
	exits "$1" buildah run --network none "${options[@]}" "$name" -- "${command[@]}"
}

# bats test_tags=short
@test "run: nothing but the output, input, exit codes" {
	runs -- echo hello
	same "$output" hello
	runs_exits 7 -- sh -c 'echo out; echo err >&2; exit 7'
	has "$output" out
	has "$output" err
	same "$(echo typed | buildah run --network none "$name" cat)" typed
}

# bats test_tags=short
@test "run: a program that is not there, or that cannot be executed" {
	runs_exits 1 -- nosuch
	has "$output" 'not found in $PATH'
	runs_exits 1 -- /etc/passwd
	has "$output" /etc/passwd
	has "$output" 'permission denied'
}

@test "run: what ends at once, and what is killed" {
	local n

	for n in 1 2 3 4 5; do runs_exits "$n" -- sh -c "exit $n"; done
	for n in 1 2 3 4 5; do runs -- true; done
	runs_exits 137 -- sh -c 'sleep 1000 & kill -9 $!; wait $!'
	background buildah run --network none "$name" sh -c 'echo up; exec sleep 1000'
	wait_until grep -q up "$background_output"
	pid=$(grep -l -z -x 1000 /proc/[0-9]*/cmdline 2>/dev/null | head -n 1 | cut -d/ -f3)
	kill -KILL "$pid"
	status=0
	wait "$background" || status=$?
	same "$status" 1
	has "$(<"$background_output")" "container exited on killed"
}

@test "run: user, directory, variables, host name" {
	runs --user user --workingdir /tmp --env A=1 --hostname box -- \
		sh -c 'echo $(id -u) $(id -g) $(pwd) $A $(hostname)'
	same "$output" "1000 1000 /tmp 1 box"
	quietly buildah config --user user --workingdir /home/user --env B=2 "$name"
	runs -- sh -c 'echo $(id -u) $(pwd) $B; echo x >file; stat -c %U file'
	same "$output" $'1000 /home/user 2\nuser'
}

@test "run: volumes and mounts" {
	echo mine >"$BATS_TEST_TMPDIR/file"
	runs --volume "$BATS_TEST_TMPDIR:/in:ro" --mount type=tmpfs,target=/fast -- \
		sh -c 'cat /in/file; echo x >/fast/file && ! echo x >/in/file'
	has "$output" mine
	has "$output" "Read-only file system"
	runs --mount "type=bind,source=$BATS_TEST_TMPDIR,target=/in,rw" -- touch /in/new
	[[ -e $BATS_TEST_TMPDIR/new ]]
}

# bats test_tags=short
@test "run: a terminal" {
	status=0
	output=$(in_terminal sh -c '
		stty rows 30 cols 91
		buildah run --network none --terminal "$1" sh -c "
			tty
			until stty size | grep \"30 91\"; do sleep 0.1; done
			exit 5"
		echo "status $?"' sh "$name")
	has "$output" /dev/pts/
	has "$output" "30 91"
	has "$output" "status 5"
}

@test "run: capabilities, the filter of system calls, namespaces" {
	runs -- grep -E '^(Cap(Inh|Eff|Amb)|Seccomp):' /proc/self/status
	has "$output" $'CapInh:\t0000000000000000'
	has "$output" $'CapEff:\t00000000800405fb'
	has "$output" $'CapAmb:\t0000000000000000'
	has "$output" $'Seccomp:\t2'
	runs --cap-drop CAP_CHOWN --cap-add CAP_NET_RAW -- grep -E '^CapEff:' /proc/self/status
	same "$output" $'CapEff:\t00000000800425fa'
	runs --pid host --ipc host --uts host -- stat -L -c %i /proc/self/ns/{pid,ipc,uts}
	same "$output" "$(stat -L -c %i /proc/self/ns/{pid,ipc,uts})"
	runs -- ls /sys/class/net
	same "$output" lo
}

@test "run: a network" {
	ok buildah run "$name" ip -o -4 address show eth0
	has "$output" "inet 10."
	ok buildah run --network host "$name" stat -L -c %i /proc/self/ns/net
	same "$output" "$(stat -L -c %i /proc/self/ns/net)"
}

@test "run: a user namespace" {
	quietly buildah rm "$name"
	quietly buildah from --name "$name" --userns-uid-map 0:100000:65536 \
		--userns-gid-map 0:100000:65536 bb
	runs -- sh -c 'tr -s " " </proc/self/uid_map; echo x >/root/file; stat -c %u /root/file'
	same "$output" $' 0 100000 65536\n0'
}

# bats test_tags=short
@test "commit what was run, and run it" {
	runs -- sh -c 'echo made >/made'
	quietly buildah config --cmd 'cat /made' "$name"
	quietly buildah commit "$name" "made-$name"
	quietly buildah from --name "$name-2" "made-$name"
	ok buildah run --network none "$name-2" cat /made
	same "$output" made
}

# builds COMMAND...: an image of several steps comes out as told, a step that fails is told.
builds()
{
	local dir=$BATS_TEST_TMPDIR/context

	mkdir "$dir"
	echo content >"$dir/file"
	cat >"$dir/Dockerfile" <<-EOF
		FROM bb AS first
		COPY file /data/file
		RUN cat /data/file >/data/copy && id -u >>/data/copy
		FROM bb
		COPY --from=first /data /data
		ENV WHO=buildah
		USER user
		WORKDIR /home/user
		RUN echo \$WHO \$(id -u) \$(pwd) >made
	EOF
	ok "$@" --network none --tag "built-$name" "$dir"
	has_not "$output" warning
	quietly buildah from --name "$name-built" "built-$name"
	ok buildah run --network none "$name-built" cat /data/copy made
	same "$output" $'content\n0\nbuildah 1000 /home/user'
	printf 'FROM bb\nRUN echo before; exit 9\n' >"$dir/Dockerfile"
	fails "exit status 9" "$@" --network none "$dir"
	has "$output" before
	printf 'FROM bb\nRUN ["nosuch"]\n' >"$dir/Dockerfile"
	fails 'not found in $PATH' "$@" --network none "$dir"
}

# bats test_tags=short
@test "build" {
	builds buildah build
}

@test "build by podman" {
	needs_cmd podman
	builds podman --runtime "$RUNTIME" build --isolation oci
}
