# What the suites of servin share.  Each test has a store and a state directory of its own.
#
# SERVIN_BUILDDIR is where servin, servin-image and ocirun were built.

bats_require_minimum_version 1.5.0

setup()
{
	store_setup
}

teardown()
{
	store_teardown
}

store_setup()
{
	ROOT=$BATS_TEST_TMPDIR/store
	STATE=$BATS_TEST_TMPDIR/state
	mkdir -p "$ROOT" "$STATE"
	chmod 711 "$BATS_TEST_TMPDIR"
}

# The containers of this test end, and nothing of them is left.
store_teardown()
{
	local id

	for id in $(servin ls -a -q 2>/dev/null); do
		servin rm -f -v "$id" >/dev/null
	done
}

servin()
{
	"$SERVIN_BUILDDIR/servin" --root "$ROOT" --state "$STATE" "$@"
}

die()
{
	printf '%s\n' "$@" >&2
	return 1
}

# said COMMAND...: sets status, and output to all that it says.
said()
{
	status=0
	output=$("$@" 2>&1) || status=$?
}

# ok COMMAND...: it must succeed; what it says is in $output.
ok()
{
	said "$@"
	((status == 0)) || die "failed with $status: $*" "$output"
}

# fails STATUS WORDS COMMAND...: it must fail so, and say so.
fails()
{
	local want=$1 words=$2

	shift 2
	said "$@"
	((status == want)) || die "status $status instead of $want: $*" "$output"
	has "$output" "$words"
}

same()
{
	[[ $1 == "$2" ]] || die "got:    $1" "wanted: $2"
}

has()
{
	[[ $1 == *"$2"* ]] || die "got:    $1" "wanted: ... $2 ..."
}

has_not()
{
	[[ $1 != *"$2"* ]] || die "got:    $1" "wanted: not $2"
}

# wait_until COMMAND...: until it succeeds, for ten seconds at most.
wait_until()
{
	local end=$((SECONDS + 10))

	until "$@"; do
		((SECONDS < end)) || die "in vain: $*" || return
		read -r -t 0.02 <> <(:) || :
	done
}

# rootfs_tar FILE: a root file system with busybox and its most common names.
rootfs_tar()
{
	local dir=$BATS_RUN_TMPDIR/busybox-root name

	if [[ ! -d $dir ]]; then
		command -v busybox >/dev/null || skip "needs busybox-static"
		mkdir -p "$dir.$$"/{bin,etc,tmp,proc,sys,dev,root,var/log}
		chmod 1777 "$dir.$$/tmp"
		cp "$(command -v busybox)" "$dir.$$/bin/busybox"
		for name in $("$dir.$$/bin/busybox" --list); do
			[[ $name == busybox ]] || ln -s busybox "$dir.$$/bin/$name"
		done
		printf 'root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1::/:/bin/false\n' \
			>"$dir.$$/etc/passwd"
		printf 'user:x:1000:1000::/home/user:/bin/sh\n' >>"$dir.$$/etc/passwd"
		printf 'root:x:0:\ndaemon:x:1:\nuser:x:1000:\nmore:x:2000:user\n' \
			>"$dir.$$/etc/group"
		mv -T "$dir.$$" "$dir" 2>/dev/null || rm -rf "$dir.$$"
	fi
	tar -C "$dir" --sort=name --owner=0 --group=0 --mtime=@1700000000 -cf "$1" .
}

# talk STEP... -- ARGUMENTS...: servin on a terminal; see the file.
talk()
{
	local steps=()

	command -v python3 >/dev/null || skip "needs python3"
	while [[ $1 != -- ]]; do
		steps+=("$1")
		shift
	done
	shift
	"$SERVIN_SRCDIR/tests/servin/talk" "${steps[@]}" -- "$SERVIN_BUILDDIR/servin" \
		--root "$ROOT" --state "$STATE" "$@"
}

# image: a busybox image called box in this test's store.
image()
{
	rootfs_tar "$BATS_TEST_TMPDIR/box.tar"
	ok servin load -q -i "$BATS_TEST_TMPDIR/box.tar"
}

# of NAME TEMPLATE
of()
{
	servin inspect --format "$2" "$1"
}

# is NAME STATUS
is()
{
	[[ $(of "$1" '{{.State.Status}}') == "$2" ]]
}

# Nothing of any container is left: no directory, name, socket, process or mount.
nothing_left()
{
	same "$(ls "$ROOT/containers")" ""
	same "$(ls "$ROOT/names")" ""
	same "$(find "$STATE" -mindepth 1 -maxdepth 1 ! -name runtime)" ""
	same "$(find "$STATE/runtime" -mindepth 1 -maxdepth 1 ! -name .cache 2>/dev/null)" ""
	! grep -F "$ROOT" /proc/self/mountinfo
}
