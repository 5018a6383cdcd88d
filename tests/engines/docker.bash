# shellcheck shell=bash disable=SC2034,SC2154
#
# What the suites of Docker load: its daemon, on the places that a user has, whose default runtime
# is the one under test.  It starts a containerd of its own.
#
#	$name		a name for the container of the test
#	$DOCKER		another client than that of the package
#	$CRIU		another criu than that which tests/criu has fetched, or that in PATH
#
# What a test leaves its teardown removes, then it fails if that has left anything.

load "${BASH_SOURCE[0]%/*}/engines"

docker_lacks()
{
	lacks dockerd docker containerd containerd-shim-runc-v2 iptables jq busybox
}

# docker_up [JQ-EXPR]: starts dockerd with a configuration changed by that; in setup_file.
docker_up()
{
	local version

	make_image
	docker_client
	mkdir -p /etc/docker
	docker_configuration | jq "${1:-.}" >/etc/docker/daemon.json
	docker_start
	version=$(docker version --format '{{.Server.Version}}, client {{.Client.Version}}')
	engine docker "$version"
	quietly docker load --input "$IMAGE_TAR"
}

# The client that the tests call; what it writes it writes for us only.
docker_client()
{
	local client=${DOCKER:-/usr/bin/docker}

	[[ -x $client ]] || client=$(command -v docker)
	mkdir -p "$WORK/bin"
	ln -sf "$client" "$WORK/bin/docker"
	[[ -z ${CRIU:-} ]] || ln -sf "$CRIU" "$WORK/bin/criu"
	export PATH=$WORK/bin:$SERVIN_BUILDDIR/tests/criu.d/bin:$PATH:/usr/sbin:/sbin
	export DOCKER_CONFIG=$WORK/client
}

docker_configuration()
{
	jq -n --arg runtime "$RUNTIME" '{
		runtimes: { tested: { path: $runtime } },
		"default-runtime": "tested",
		experimental: true,
	}'
}

docker_start()
{
	DOCKER_BUILDKIT_RUNC_COMMAND=$RUNTIME daemon dockerd dockerd
	wait_until docker version || die "dockerd does not start" "$(tail "$WORK/dockerd.log")"
}

docker_down()
{
	end_daemon dockerd
}

teardown_file()
{
	docker_down
}

teardown()
{
	local failed=0

	[[ -e $WORK/dockerd.pid ]] || return 0
	docker_alive || failed=1
	docker ps --all --quiet | xargs -r docker rm --force --volumes >/dev/null || failed=1
	docker_nothing_left || failed=1
	return $failed
}

# A daemon that crashes fails one test, and says why.
docker_alive()
{
	alive "$(<"$WORK/dockerd.pid")" && return
	grep -A 20 -m 1 -E '^(panic|fatal error|unexpected fault)' "$WORK/dockerd.log" >&2 ||
		tail -n 20 "$WORK/dockerd.log" >&2
	docker_start
	die "dockerd had died"
}

docker_nothing_left()
{
	wait_until docker_all_gone && return
	none processes "$(docker_processes)"
	none cgroups "$(docker_cgroups)"
	none files "$(docker_files)"
	none mounts "$(docker_mounts)"
	return 1
}

docker_all_gone()
{
	[[ -z $(docker_processes; docker_cgroups; docker_files; docker_mounts) ]]
}

# Whoever serves a container, and whoever lives in one.
docker_processes()
{
	{
		grep -l -a -z -x '.*/containerd-shim[^/]*' /proc/[0-9]*/cmdline
		grep -l -E '[/-][0-9a-f]{64}' /proc/[0-9]*/cgroup
	} 2>/dev/null | cut -d/ -f3 | sort -u
}

docker_cgroups()
{
	find /sys/fs/cgroup -type d -regextype posix-extended -regex '.*[/-][0-9a-f]{64}.*'
}

# The runtime's state, and the bundle.
docker_files()
{
	find /run/docker/runtime-*/moby \
		/run/docker/containerd/daemon/io.containerd.runtime.v2.task/moby \
		-mindepth 1 -maxdepth 1 ! -name .cache 2>/dev/null
}

docker_mounts()
{
	grep -o -E '/var/lib/docker/([0-9.]+/)?(overlay2|containers)/[^ ]*' /proc/self/mountinfo
}

# --- words of a test --------------------------------------------------------------------------

# box [OPTION...]: a container $name that runs until somebody ends it.
box()
{
	quietly docker run --detach --network none --name "$name" "$@" bb sleep 1000
}

# once [OPTION...] -- COMMAND...: a container that runs it to its end with 0; sets $output.
once()
{
	once_exits 0 "$@"
}

# once_exits STATUS [OPTION...] -- COMMAND...
once_exits()
{
	local options command

	sides "${@:2}"
	exits "$1" docker run --rm --network none "${options[@]}" bb "${command[@]}"
}

# inside COMMAND...: runs it in $name; it must end with 0; sets $output.
inside()
{
	ok docker exec "$name" "$@"
}

# shown TEMPLATE: what `docker inspect` knows of $name.
shown()
{
	docker inspect --format "{{$1}}" "$name"
}

# is TEMPLATE VALUE, for wait_until.
is()
{
	[[ $(shown "$1") == "$2" ]]
}

# For cgroup_value and has_status of bats/helpers.bash.
pid_of()
{
	docker inspect --format '{{.State.Pid}}' "$1"
}

status_of()
{
	docker inspect --format '{{.State.Status}}' "$1"
}

# has_limit CONTROLLER V1-FILE V2-FILE VALUE: what stands there for $name.
has_limit()
{
	same "$(cgroup_value "$name" "$1" "$(in_world "$2" "$3")")" "$4"
}

# logged WORDS, for wait_until: whether $name has said them.
logged()
{
	docker logs "$name" 2>&1 | grep -q -F -e "$1"
}
