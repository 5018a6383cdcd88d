# shellcheck shell=bash disable=SC2034
#
# For suites that start containerd: its places are those that a user has.
#
#	$NAMESPACE	of containerd, in which the suite has its containers: default or k8s.io
#	$PARENT_CGROUP	below which their cgroups are
#	$name		a name for the test's container
#	$ID		whose limits `limit` tells: the same
#
# After each test there may be no container, and of those that there were no process, no cgroup,
# no state and no mount.

load "${BASH_SOURCE[0]%/*}/engines"

NAMESPACE=${NAMESPACE:-default}
PARENT_CGROUP=${PARENT_CGROUP:-default}
export CONTAINERD_NAMESPACE=$NAMESPACE
TASKS=/run/containerd/io.containerd.runtime.v2.task/$NAMESPACE

# containerd_lacks: as lacks; $NEEDS names further programs.
containerd_lacks()
{
	# shellcheck disable=SC2086
	lacks containerd ctr jq ${NEEDS:-}
}

# start_containerd: with /etc/containerd/config.toml, in setup_file.
start_containerd()
{
	containerd_lacks && return
	offer_criu
	daemon containerd containerd
	wait_until ctr version || die "$(tail -n 5 "$WORK/containerd.log")"
	make_image
	quietly ctr images import "$IMAGE_TAR"
	engine containerd "$(containerd --version | cut -d' ' -f3)"
}

# Runtimes look for the program criu in PATH.
offer_criu()
{
	[[ ! -x ${CRIU:-} ]] || ln -sf "$CRIU" /usr/local/bin/criu
}

# needs_criu: skip unless it can work with this kernel.
needs_criu()
{
	local said

	needs_cmd criu
	said=$(criu check 2>&1) || skip "needs a criu that works here: $(tail -n 1 <<<"$said")"
}

end_containerd()
{
	end_daemon containerd
}

setup()
{
	exec </dev/null
	[[ -z $LACKING ]] || skip "$LACKING"
	backgrounds=()
	background_count=0
	skip_known
	name=t$BATS_TEST_NUMBER
	ID=$name
}

# --- containers by ctr ------------------------------------------------------------------------

# Splits "OPTION... -- COMMAND..." into $options and $command.
split()
{
	options=()
	while (($# > 0)) && [[ $1 != -- ]]; do
		options+=("$1")
		shift
	done
	shift || true
	command=("$@")
}

# once STATUS [OPTION...] -- COMMAND...: runs it in a container $name, which must end with STATUS;
# sets $output.
once()
{
	local wanted=$1 options command

	shift
	split "$@"
	exits "$wanted" ctr run --rm --runc-binary "$RUNTIME" "${options[@]}" "$IMAGE" "$name" \
		"${command[@]}"
}

# start [OPTION...] [-- COMMAND...]: a container $name that runs COMMAND, by default sleep, while
# the test goes on; sets $pid.
start()
{
	local options command

	split "$@"
	((${#command[@]} > 0)) || command=(sleep 1000)
	ok ctr run --detach --runc-binary "$RUNTIME" "${options[@]}" "$IMAGE" "$name" \
		"${command[@]}"
	pid=$(pid_of "$name")
}

# task VERB ARG...: must succeed; sets $output.
task()
{
	ok ctr task "$@"
}

# inside STATUS [OPTION...] -- COMMAND...: one more process in $name, which must end with STATUS;
# sets $output.
inside()
{
	local wanted=$1 options command

	shift
	split "$@"
	exec_count=$((${exec_count:-0} + 1))
	exits "$wanted" ctr task exec --exec-id "e$exec_count" "${options[@]}" "$name" \
		"${command[@]}"
}

# pid_of NAME, status_of NAME: as containerd has it.
pid_of()
{
	ctr task ls | awk -v n="$1" '$1 == n { print $2 }'
}

status_of()
{
	ctr task ls | awk -v n="$1" '$1 == n { print $3 }'
}

has_status()
{
	[[ $(status_of "$1") == "$2" ]]
}

# unpack_image DIR: its files, without containerd.
unpack_image()
{
	tar -xOf "$IMAGE_TAR" layer.tar | tar -xC "$1"
}

# --- after a test -----------------------------------------------------------------------------

remove_containers()
{
	local id

	for id in $(ctr task ls -q); do quietly ctr task rm --force "$id"; done
	for id in $(ctr container ls -q); do quietly ctr container rm "$id"; done
}

# What runtimes keep for the next container does not count.
states()
{
	find "/run/containerd/runc/$NAMESPACE" -mindepth 1 -maxdepth 1 ! -name .cache 2>/dev/null
}

# What shims were called with.
shims()
{
	local file words

	for file in /proc/[0-9]*/cmdline; do
		mapfile -d '' -t words <"$file" || continue
		[[ ${words[0]:-} != *containerd-shim* ]] || echo "${words[*]}"
	done 2>/dev/null
}

left()
{
	shims
	states
	find /sys/fs/cgroup -path "*/$PARENT_CGROUP/*" -type d 2>/dev/null
	find "$TASKS" -mindepth 1 -maxdepth 1 2>/dev/null
	grep -F "$TASKS" /proc/self/mountinfo || true
}

nothing_left()
{
	[[ -z $(left) ]]
}

teardown()
{
	[[ -n ${name:-} ]] || return 0
	end_backgrounds
	remove_containers || return
	wait_until nothing_left || die "left:" "$(left)"
}
