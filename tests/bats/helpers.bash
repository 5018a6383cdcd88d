# shellcheck shell=bash disable=SC2016,SC2034
#
# What every bats file loads: a bundle, a private state root, and the words to test with.
#
# setup gives each test
#	$ID		a name for its container, unique on the machine
#	$BUNDLE		a bundle of its own: busybox in $BUNDLE/rootfs, and config.json
#	$STATE		a state root of its own
#	$OCIRUN		the runtime under test
#	$OCIRUN_SYSTEMD	its helper for systemd
#	$PROBE		the static probe, $RECVFD the receiver of consoles and pidfds
#	$CGROUP_WORLD	v1 (also when hybrid) or v2
# teardown deletes what the test left in $STATE, then fails if anything is left on the machine.
# README.md here shows how a test reads.

bats_require_minimum_version 1.5.0

SERVIN_SRCDIR=${SERVIN_SRCDIR:-$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd)}
SERVIN_BUILDDIR=${SERVIN_BUILDDIR:-$SERVIN_SRCDIR/build}
OCIRUN=${OCIRUN:-$SERVIN_BUILDDIR/ocirun}
PROBE=${PROBE:-$SERVIN_BUILDDIR/tests/probe/probe}
RECVFD=${RECVFD:-$SERVIN_BUILDDIR/tests/probe/recvfd}
export OCIRUN_SYSTEMD=${OCIRUN_SYSTEMD:-$SERVIN_BUILDDIR/ocirun-systemd}
# No command of the runtime may take longer, whatever hangs.
COMMAND_LIMIT=${COMMAND_LIMIT:-30}

if [[ $(stat -f -c %T /sys/fs/cgroup) == cgroup2fs ]]; then
	CGROUP_WORLD=v2
else
	CGROUP_WORLD=v1
fi

setup()
{
	servin_setup
}

teardown()
{
	servin_teardown
}

# --- what a test may need ---------------------------------------------------

needs_root()
{
	((EUID == 0)) || skip "needs root"
}

# needs_passage: lets every user walk to the files of this test; skip if he cannot.
needs_passage()
{
	chmod 711 "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR" "${BATS_TEST_TMPDIR%/*}"
	setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$BATS_TEST_TMPDIR" ||
		skip "needs a TMPDIR to which every user may walk"
}

# needs_cmd NAME...: skip unless each program is installed.
needs_cmd()
{
	local name

	for name; do
		command -v "$name" >/dev/null || skip "needs $name"
	done
}

# needs_world v1|v2: skip in the other world of cgroups.
needs_world()
{
	[[ $CGROUP_WORLD == "$1" ]] || skip "needs cgroup $1"
}

has_systemd()
{
	[[ -d /run/systemd/system ]]
}

needs_systemd()
{
	has_systemd || skip "needs systemd as the init"
}

# needs_controller NAME: skip unless the cgroups that a container gets here have the controller.
needs_controller()
{
	if [[ $CGROUP_WORLD == v2 ]]; then
		grep -qw "$1" /sys/fs/cgroup/cgroup.controllers
	else
		grep -q "^$1[[:space:]].*1\$" /proc/cgroups && [[ -d /sys/fs/cgroup/$1 ]]
	fi || skip "needs the cgroup $CGROUP_WORLD controller $1"
}

# --- words of a test ----------------------------------------------------------

# die WORDS...: fail the test and say why.
die()
{
	printf '%s\n' "$@" >&2
	return 1
}

# same GOT WANTED: fail with both unless they are equal.
same()
{
	[[ $1 == "$2" ]] || die "got:    $1" "wanted: $2"
}

# has TEXT WORDS / has_not TEXT WORDS: whether WORDS stand somewhere in TEXT.
has()
{
	[[ $1 == *"$2"* ]] || die "got:    $1" "wanted: ... $2 ..."
}

has_not()
{
	[[ $1 != *"$2"* ]] || die "got:    $1" "but not: ... $2 ..."
}

# --- systemd ----------------------------------------------------------------------

# shows PROPERTY=VALUE...: what systemd knows of the unit $UNIT.
shows()
{
	local pair

	for pair; do
		same "$(systemctl show "$UNIT" -p "${pair%%=*}")" "$pair"
	done
}

# no_unit NAME: systemd has none of that name.
no_unit()
{
	[[ $(systemctl show "$1" -p LoadState --value) == not-found ]]
}

# --- the runtime ----------------------------------------------------------------

# ocirun ARGS...: the runtime on this test's state root, for at most COMMAND_LIMIT seconds.
ocirun()
{
	timeout --foreground -k 2 "$COMMAND_LIMIT" "$OCIRUN" --root "$STATE" "$@" 3>&-
}

# try ARGS...: ocirun ARGS; sets $status, $output and $lines (both outputs together), never fails.
# The output goes to a file: a container that lives on would hold a pipe open.  It writes into that
# file as long as it lives; reread_output brings $output up to date.
try()
{
	output_file=$(mktemp "$BATS_TEST_TMPDIR/output.XXXXXX")
	status=0
	ocirun "$@" >"$output_file" 2>&1 || status=$?
	reread_output
}

reread_output()
{
	output=$(tr -d '\0\r' <"$output_file")
	mapfile -t lines <<<"$output"
}

# run_ok ARGS...: ocirun ARGS must answer 0.
run_ok()
{
	run_status 0 "$@"
}

# run_status N ARGS...: ocirun ARGS must answer N.
run_status()
{
	local wanted=$1

	shift
	try "$@"
	[[ $status == "$wanted" ]] ||
		die "ocirun $*: status $status, wanted $wanted" "output: $output"
}

# run_fail WORDS ARGS...: ocirun ARGS must fail, not crash, and say WORDS.
run_fail()
{
	local words=$1

	shift
	try "$@"
	[[ $status != 0 ]] || die "ocirun $*: succeeded, but should say: $words" "output: $output"
	((status < 124)) || die "ocirun $*: status $status is a hang or a crash" "output: $output"
	has "$output" "$words"
}

# status_of ID, pid_of ID: from `state`.
status_of()
{
	ocirun state "$1" | jq -r .status
}

pid_of()
{
	ocirun state "$1" | jq -r .pid
}

# has_status ID WORD, for wait_until.
has_status()
{
	[[ $(status_of "$1" 2>/dev/null) == "$2" ]]
}

# running [ID [COMMAND...]]: a container that runs COMMAND (sleep 1000) until somebody ends it.
running()
{
	local id=${1:-$ID}

	shift || true
	(($# > 0)) || set -- sleep 1000
	args "$@"
	run_ok run --detach --bundle "$BUNDLE" "$id"
}

# --- the bundle -------------------------------------------------------------------

# config [JQ OPTIONS] EXPR: edit config.json, as in
#	config '.hostname = "x"'	config --arg v "$x" '.hostname = $v'
config()
{
	jq "$@" <"$BUNDLE/config.json" >"$BUNDLE/config.new" &&
		mv "$BUNDLE/config.new" "$BUNDLE/config.json"
}

# args WORD...: what the container runs.
args()
{
	config '.process.args = $ARGS.positional' --args -- "$@"
}

# shell SCRIPT: the container runs SCRIPT by busybox sh.
shell()
{
	args sh -c "$1"
}

# container SCRIPT: runs SCRIPT in a container $ID of $BUNDLE to its end; sets $status and $output.
container()
{
	shell "$1"
	try run --bundle "$BUNDLE" "$ID"
}

# container_ok SCRIPT: the same, and it must end with 0.
container_ok()
{
	container "$1"
	[[ $status == 0 ]] || die "container: status $status" "output: $output"
}

# new_bundle DIR: another bundle like $BUNDLE was at the start.
new_bundle()
{
	local dir=$1

	make_template
	mkdir -p "$dir"
	# Links to the programs cost nothing; what tests write to must be their own.
	cp -al "$TEMPLATE/rootfs" "$dir/rootfs"
	cp -a "$TEMPLATE/own/." "$dir"
}

# Once a run: the rootfs and config.json from which all bundles are copied.
make_template()
{
	TEMPLATE=$BATS_RUN_TMPDIR/template
	[[ ! -d $TEMPLATE ]] || return 0
	rm -rf "$TEMPLATE.new"
	make_rootfs "$TEMPLATE.new/rootfs"
	mkdir -p "$TEMPLATE.new/own/rootfs"
	mv "$TEMPLATE.new/rootfs/etc" "$TEMPLATE.new/own/rootfs"
	make_config "$TEMPLATE.new/own"
	mv "$TEMPLATE.new" "$TEMPLATE"
}

make_rootfs()
{
	local root=$1 busybox

	busybox=$(command -v busybox) || die "needs busybox-static"
	mkdir -p "$root"/{bin,dev,etc,proc,root,sys,tmp,usr/bin,var}
	chmod 1777 "$root/tmp"
	cp "$busybox" "$root/bin/busybox"
	(cd "$root/bin" && ./busybox sh -c \
		'for a in $(./busybox --list); do [ -e $a ] || ln -s busybox $a; done')
	if [[ -x $PROBE ]]; then
		cp "$PROBE" "$root/bin/probe"
	fi
	printf 'root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home/user:/bin/sh\n' \
		>"$root/etc/passwd"
	printf 'root:x:0:\nuser:x:1000:\n' >"$root/etc/group"
}

# What `spec` writes, but without a terminal, and writable.
make_config()
{
	local dir=$1

	(cd "$dir" && timeout "$COMMAND_LIMIT" "$OCIRUN" spec)
	jq '.process.terminal = false | .process.args = ["true"] | .root = { path: "rootfs" }
		| del(.process.consoleSize)' <"$dir/config.json" >"$dir/config.new"
	mv "$dir/config.new" "$dir/config.json"
}

# new_id [SUFFIX]: a name for one more container of this test.
new_id()
{
	id_count=$((${id_count:-0} + 1))
	new_id=$TAG-$id_count${1:+-$1}
}

# --- waiting --------------------------------------------------------------------------

# wait_until COMMAND...: until it succeeds, for at most WAIT_LIMIT (10) seconds.
wait_until()
{
	local end=$((SECONDS + ${WAIT_LIMIT:-10}))

	until "$@" >/dev/null 2>&1; do
		# Also where it is part of a condition, and set -e does not end it.
		((SECONDS < end)) || {
			die "waited ${WAIT_LIMIT:-10} s in vain for: $*"
			return
		}
		sleep 0.02
	done
}

# alive PID: whether it is a process that is no zombie.
alive()
{
	local stat

	# Not $(<file): in bash 5.2 a missing file would end the test there, || or not.
	{ read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
	stat=${stat##*) }
	[[ ${stat:0:1} != [ZX] ]]
}

gone()
{
	! alive "$1"
}

# background COMMAND...: runs beside the test; sets $background to its pid and $background_output to
# the file with its output.  `background ocirun ...` is the runtime itself, fit for signals.
# teardown ends it.
background()
{
	if [[ $1 == ocirun ]]; then
		shift
		set -- "$OCIRUN" --root "$STATE" "$@"
	fi
	background_count=$((background_count + 1))
	background_output=$BATS_TEST_TMPDIR/background.$background_count
	"$@" </dev/null >"$background_output" 2>&1 3>&- &
	background=$!
	backgrounds+=("$background")
}

# --- the other world of cgroups ---------------------------------------------------------

# elsewhere SCRIPT FUNCTION-OR-COMMAND ARGS...: runs it by tests/SCRIPT, which is in-v1 or in-v2.
# Variables of this shell can be read there; those that it sets are lost.
elsewhere()
{
	local script=$1

	shift
	# shellcheck disable=SC2016
	"$SERVIN_SRCDIR/tests/$script" bash -c 'eval "$(<"$0")"; set -e; "$@"' \
		<(declare -f; declare -p BUNDLE ID STATE TAG TEMPLATE OCIRUN PROBE RECVFD \
			COMMAND_LIMIT SERVIN_SRCDIR SERVIN_BUILDDIR BATS_TEST_TMPDIR \
			BATS_RUN_TMPDIR BATS_FILE_TMPDIR CGROUP_WORLD) "$@"
}

# v2 FUNCTION-OR-COMMAND ARGS...: the same where /sys/fs/cgroup is cgroup v2, in a mount namespace
# of its own.
v2()
{
	local CGROUP_WORLD=v2

	: >"$BATS_TEST_TMPDIR/was-in-v2"
	elsewhere in-v2 "$@"
}

# cgroup_dirs NAME: the directories of a cgroup of that name in all hierarchies.
cgroup_dirs()
{
	find /sys/fs/cgroup -type d -name "$1" 2>/dev/null
}

# cgroups_of PID: "memory:/box", and ":/box" of v2, for each hierarchy that is mounted here: who
# tests beside us may have mounted others.
cgroups_of()
{
	local names path dir type

	while IFS=: read -r _ names path; do
		dir=/sys/fs/cgroup/${names#name=}
		[[ $names ]] || dir+=$(in_world unified .)
		type=$(stat -f -c %T "$dir" 2>/dev/null) || continue
		[[ $type != cgroup* ]] || echo "$names:$path"
	done <"/proc/$1/cgroup"
}

# cgroup_value ID CONTROLLER FILE: what stands in a file of the container's cgroup in this world.
cgroup_value()
{
	local pid path

	pid=$(pid_of "$1")
	if [[ $CGROUP_WORLD == v2 ]]; then
		path=/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$pid/cgroup")
	else
		path=/sys/fs/cgroup/$2$(awk -F: -v c="$2" '{ n = split($2, w, ",");
			for (i = 1; i <= n; i++) if (w[i] == c) print $3 }' "/proc/$pid/cgroup")
	fi
	cat "$path/$3"
}

# in_world V1 V2: the one of this world.
in_world()
{
	if [[ $CGROUP_WORLD == v2 ]]; then
		echo "$2"
	else
		echo "$1"
	fi
}

# limit CONTROLLER V1-FILE V2-FILE: what stands there for $ID.
limit()
{
	cgroup_value "$ID" "$1" "$(in_world "$2" "$3")"
}

# resources JSON: .linux.resources of $BUNDLE.
resources()
{
	config --argjson r "$1" '.linux.resources = $r'
}

# --- before and after --------------------------------------------------------------------

servin_setup()
{
	needs_root
	needs_cmd jq busybox
	exec </dev/null
	umask 022
	TAG=servin-$$-$BATS_TEST_NUMBER-$RANDOM
	ID=$TAG
	STATE=$BATS_TEST_TMPDIR/state
	BUNDLE=$BATS_TEST_TMPDIR/bundle
	backgrounds=()
	background_count=0
	mkdir "$STATE"
	new_bundle "$BUNDLE"
	cd "$BUNDLE" || return
}

# bats looks only at the status of teardown, so each part says here whether it failed.
servin_teardown()
{
	local worlds=() world failed=0

	[[ -n ${TAG:-} ]] || return 0
	cd /
	end_backgrounds
	[[ ! -e $BATS_TEST_TMPDIR/was-in-v2 ]] || worlds+=(v2)
	for world in "${worlds[@]}" ""; do
		$world delete_containers || failed=1
		$world nothing_left || failed=1
	done
	state_is_empty || failed=1
	return $failed
}

end_backgrounds()
{
	local pid

	for pid in "${backgrounds[@]}"; do
		kill -KILL "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
}

delete_containers()
{
	local dir failed=0

	for dir in "$STATE"/*/; do
		[[ -d $dir ]] || continue
		ocirun delete --force "$(basename "$dir")" || failed=1
	done
	return $failed
}

state_is_empty()
{
	# But for what the runtime keeps for the next container.
	none "state" "$(find "$STATE" -mindepth 1 -maxdepth 1 ! -name .cache)"
}

# Whatever a test did, after its deletes the machine is as it was.  What is left is told, and
# removed as far as we can, so that it does not spoil the next test.
nothing_left()
{
	local failed=0 left

	WAIT_LIMIT=3 wait_until no_processes 2>/dev/null || {
		left=$(our_processes)
		none "processes" "$left" || failed=1
		while IFS=: read -r pid _; do [[ -z $pid ]] || kill -KILL "$pid"; done <<<"$left"
	}
	left=$(cgroup_dirs "*$TAG*")
	none "cgroups" "$left" || {
		failed=1
		sort -r <<<"$left" | xargs rmdir
	}
	none "mounts" "$(grep -F -e "$TAG" -e "$BUNDLE/" -e "$BATS_TEST_TMPDIR" \
		/proc/self/mountinfo)" || failed=1
	return $failed
}

# none WHAT LIST: the list must be empty.
none()
{
	[[ -z $2 ]] || die "$1 left: $2"
}

no_processes()
{
	[[ -z $(our_processes) ]]
}

# The processes whose root is the test's rootfs, or that are named after its containers.
our_processes()
{
	local root pid

	root=$(stat -L -c %d:%i "$BUNDLE/rootfs" 2>/dev/null) || root=none
	# A process may end while we look.
	{
		stat -L -c '%d:%i %n' /proc/[0-9]*/root 2>/dev/null |
			sed -n "s,^$root /proc/\([0-9]*\)/root\$,\1,p"
		grep -l -a -F -e "$TAG" /proc/[0-9]*/cmdline /proc/[0-9]*/cgroup 2>/dev/null |
			cut -d/ -f3
	} | sort -u | while read -r pid; do
		if [[ $pid != "$$" && $pid != "$BASHPID" ]] && alive "$pid"; then
			echo "$pid: $(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null)"
		fi
	done
}
