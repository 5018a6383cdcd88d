# shellcheck shell=bash
#
# What the suites of podman share.  As a user does, they install the runtime and its drop-in for
# containers.conf, make it the default, and call podman.

load engines

PODMAN_CONF=/etc/containers/containers.conf.d
# How the words below call it.
PODMAN=(podman)

# start_podman [ARCHIVE]: in setup_file; there is no daemon, so this only installs, and loads the
# image.
start_podman()
{
	lacks podman conmon jq && return
	make_image
	install_runtime
	configure_podman
	quietly "${PODMAN[@]}" load --input "${1:-$IMAGE_TAR}"
	engine podman "$(podman version --format '{{.Client.Version}}')"
}

install_runtime()
{
	[[ $RUNTIME_NAME != ocirun ]] || install "$RUNTIME" /usr/local/bin/ocirun
	install -D -m 644 -t "$PODMAN_CONF" \
		"$SERVIN_SRCDIR/contrib/engines/containers.conf.d/50-ocirun.conf"
}

# A limit above ours could not be set where CAP_SYS_RESOURCE is lacking.
configure_podman()
{
	local path=$RUNTIME files processes

	[[ $RUNTIME_NAME != ocirun ]] || path=/usr/local/bin/ocirun
	files=$(ulimit -Hn) processes=$(ulimit -Hu)
	[[ $processes != unlimited ]] || processes=30000
	cat >"$PODMAN_CONF/90-tests.conf" <<-END
		[containers]
		default_ulimits = ["nofile=$files:$files", "nproc=$processes:$processes"]
		[engine]
		runtime = "$RUNTIME_NAME"
		[engine.runtimes]
		$RUNTIME_NAME = ["$path"]
	END
}

# In a directory of the test: podman and conmon write into theirs.
setup()
{
	exec </dev/null
	skip_known
	[[ -z ${LACKING:-} ]] || skip "$LACKING"
	name=t$BATS_TEST_NUMBER
	cd "$BATS_TEST_TMPDIR" || return
}

# More than once: with a user namespace podman 4.3 is at times in its own way, and finds /dev/shm of
# the container busy.
teardown()
{
	[[ -z ${LACKING:-} ]] || return 0
	wait_until "${PODMAN[@]}" rm --force --all --time 0
}

# started NAME [OPTION...] -- COMMAND...: a container that runs it beside the test.
started()
{
	local name=$1 options=()

	shift
	while [[ $1 != -- ]]; do
		options+=("$1")
		shift
	done
	shift
	ok "${PODMAN[@]}" run --detach --name "$name" "${options[@]}" "$IMAGE" "$@"
}

# told NAME WORDS: whether its log has them, for wait_until.
told()
{
	[[ $("${PODMAN[@]}" logs "$1" 2>&1) == *"$2"* ]]
}

# is NAME STATUS: whether podman says so, for wait_until.
is()
{
	[[ $("${PODMAN[@]}" inspect --format '{{.State.Status}}' "$1") == "$2" ]]
}

# of NAME FORMAT: what podman knows about a container.
of()
{
	"${PODMAN[@]}" inspect --type container --format "$2" "$1"
}

# For cgroup_value() and limit().
pid_of()
{
	of "$1" '{{.State.Pid}}'
}
