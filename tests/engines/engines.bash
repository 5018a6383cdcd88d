# shellcheck shell=bash disable=SC2034
#
# What every suite of engines loads: the words of bats/helpers.bash, an image, and the runtime that
# the engine is to use.  tests/engines/run calls a suite in a world of its own, where nothing that
# an engine does can hurt the machine, so a test uses the places that a user has.
#
#	$RUNTIME	the runtime under test, absolute; its name is $RUNTIME_NAME
#	$IMAGE_TAR	an archive as `docker save` makes it, of busybox
#	$IMAGE		its name: docker.io/library/bb:latest
#	$WORK		a directory for the suite
#
# A suite starts its engine in setup_file, with engine NAME VERSION for the table of results, and
# ends it in teardown_file.

# An engine that works needs a moment for what a runtime does at once.
WAIT_LIMIT=${WAIT_LIMIT:-30}
COMMAND_LIMIT=${COMMAND_LIMIT:-60}

load "${BASH_SOURCE[0]%/*}/../bats/helpers"

RUNTIME=${RUNTIME:-$OCIRUN}
RUNTIME_NAME=${RUNTIME##*/}
ENGINES=$SERVIN_SRCDIR/tests/engines
IMAGE=docker.io/library/bb:latest
WORK=$BATS_FILE_TMPDIR
IMAGE_TAR=$BATS_RUN_TMPDIR/bb.tar

setup()
{
	exec </dev/null
	[[ -z ${LACKING:-} ]] || skip "$LACKING"
	skip_known
	name=t$BATS_TEST_NUMBER
}

teardown()
{
	:
}

# The exceptions of other runtimes: RUNTIME <tab> SUITE <tab> TEST <tab> REASON.
skip_known()
{
	local why

	why=$(awk -F '\t' -v r="$RUNTIME_NAME" -v s="$(basename "$BATS_TEST_FILENAME" .bats)" \
		-v t="$BATS_TEST_DESCRIPTION" '$1 == r && $2 == s && $3 == t { print $4 }' \
		"$ENGINES/known.tsv")
	[[ -z $why ]] || skip "$why"
}

# engine NAME VERSION: who is tested here; in setup_file.
engine()
{
	echo "# engine: $*" >&3
}

# lacks PROGRAM...: in setup_file; whether one is missing, or a world, for engines must never run on
# the machine itself.  Then setup skips each test: bats 1.8 knows no skip in setup_file.
lacks()
{
	local program

	[[ -n ${WORLD:-} ]] || LACKING="runs by tests/engines/run only"
	for program; do
		command -v "$program" >/dev/null || LACKING="needs $program"
	done
	export LACKING=${LACKING:-}
	[[ -n $LACKING ]]
}

# quietly COMMAND...: its output counts only if it fails.
quietly()
{
	local said

	said=$("$@" 2>&1) || die "$*: status $?" "$said"
}

# ok COMMAND...: must succeed; sets $output (both outputs) and $status.
ok()
{
	exits 0 "$@"
}

# exits STATUS COMMAND...: must end with that status; sets $output and $status.
exits()
{
	local wanted=$1

	shift
	status=0
	output=$(timeout -k 2 "$COMMAND_LIMIT" "$@" 2>&1 3>&-) || status=$?
	[[ $status == "$wanted" ]] ||
		die "$*: status $status, wanted $wanted" "output: $output"
}

# fails WORDS COMMAND...: must fail and say so, without a crash.
fails()
{
	local words=$1

	shift
	status=0
	output=$(timeout -k 2 "$COMMAND_LIMIT" "$@" 2>&1 3>&-) || status=$?
	[[ $status != 0 && $status != 124 ]] || die "$*: status $status" "output: $output"
	has "$output" "$words"
}

# sides [OPTION...] -- COMMAND...: sets $options and $command.
sides()
{
	options=()
	while [[ $1 != -- ]]; do
		options+=("$1")
		shift
	done
	command=("${@:2}")
}

# daemon NAME COMMAND...: runs it beside the tests, what it says goes to $WORK/NAME.log, its pid to
# $WORK/NAME.pid.  For setup_file.
daemon()
{
	local what=$1

	shift
	setsid "$@" </dev/null >"$WORK/$what.log" 2>&1 3>&- &
	echo $! >"$WORK/$what.pid"
}

# end_daemon NAME: asks it to end, and waits until it has.
end_daemon()
{
	local pid

	[[ -e $WORK/$1.pid ]] || return 0
	pid=$(<"$WORK/$1.pid")
	kill "$pid" 2>/dev/null || return 0
	wait_until gone "$pid" || kill -KILL "$pid"
}

# in_terminal COMMAND...: with a terminal of its own for standard streams; prints what it shows.
# What is written to $BATS_TEST_TMPDIR/keys is typed there.  It does not end by itself: podman may
# lose what a program says while the end of input comes.  script(1) has the words read by $SHELL, or
# by sh, which would not know how bash quotes a newline.
in_terminal()
{
	local keys=$BATS_TEST_TMPDIR/keys

	[[ -p $keys ]] || mkfifo "$keys"
	SHELL=$BASH timeout -k 2 "$COMMAND_LIMIT" script -qec "${*@Q}" /dev/null <>"$keys" 3>&- |
		tr -d '\r'
}

# make_image: once a run.
make_image()
{
	[[ -e $IMAGE_TAR ]] || "$ENGINES/image" "$IMAGE_TAR" "$IMAGE" "$PROBE"
}
