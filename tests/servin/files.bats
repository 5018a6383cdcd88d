#!/usr/bin/env bats
#
# The files of containers: cp, diff, commit, export.

load helpers

setup()
{
	store_setup
	image
	D=$BATS_TEST_TMPDIR/here
	mkdir -p "$D/dir/sub"
	echo file >"$D/file"
	echo deep >"$D/dir/sub/deep"
}

teardown()
{
	store_teardown
	! mountpoint -q "$ROOT" || wait_until umount "$ROOT" 2>/dev/null
}

# box NAME [OPTION...]: a container that runs.
box()
{
	local name=$1

	shift
	ok servin run -d --name "$name" "$@" box sleep 1000
}

# at_rest NAME [OPTION...]: one that was created and never ran.
at_rest()
{
	local name=$1

	shift
	ok servin create --name "$name" "$@" box sleep 1000
}

# in_box NAME PATH: all names below a path of a container, whether it runs or not.
in_box()
{
	servin cp "$1:$2" - | tar -t
}

# content NAME PATH: of a file of a container.
content()
{
	servin cp "$1:$2" - | tar -xO
}

# each WHAT FUNCTION: in a container that runs, and in one that does not.
each()
{
	local way

	for way in box at_rest; do
		"$way" "$way" || return
		"$1" "$way" || die "$way" || return
	done
}

# --- cp: docker's rules ----------------------------------------------------------------------

files_in()
{
	ok servin cp "$D/file" "$1:/root"
	same "$(content "$1" /root/file)" file
	ok servin cp "$D/file" "$1:/root/other"
	same "$(content "$1" /root/other)" file
	echo again >"$D/again"
	ok servin cp "$D/again" "$1:root/other"
	same "$(content "$1" /root/other)" again
	fails 1 "/root/none/: no such directory" servin cp "$D/file" "$1:/root/none/"
	fails 1 "could not find the file /none/file in container $1" \
		servin cp "$D/file" "$1:/none/file"
	fails 1 "/root/other/: not a directory" servin cp "$D/file" "$1:/root/other/"
}

@test "cp: a file into a container, under its own name or another" {
	each files_in
}

directories_in()
{
	ok servin cp "$D/dir" "$1:/tmp"
	same "$(content "$1" /tmp/dir/sub/deep)" deep
	ok servin cp "$D/dir" "$1:/tmp/new"
	same "$(content "$1" /tmp/new/sub/deep)" deep
	ok servin cp "$D/dir/." "$1:/tmp/made"
	same "$(content "$1" /tmp/made/sub/deep)" deep
	ok servin cp "$D/dir/." "$1:/tmp"
	same "$(content "$1" /tmp/sub/deep)" deep
	ok servin cp "$D/file" "$1:/tmp/file"
	fails 1 "cannot copy a directory to the file /tmp/file" servin cp "$D/dir" "$1:/tmp/file"
	mkdir -p "$D/over/file"
	fails 1 "replace what is no directory" servin cp "$D/over/." "$1:/tmp"
}

@test "cp: a directory into a container, itself or what it holds" {
	each directories_in
}

out()
{
	local o=$BATS_TEST_TMPDIR/out-$1

	mkdir "$o"
	ok servin cp "$D/dir" "$1:/root"
	ok servin cp "$1:/etc/passwd" "$o"
	has "$(cat "$o/passwd")" root:x:0:0
	ok servin cp "$1:/etc/passwd" "$o/users"
	cmp "$o/passwd" "$o/users"
	ok servin cp "$1:/root" "$o"
	same "$(cat "$o/root/dir/sub/deep")" deep
	ok servin cp "$1:/root/." "$o"
	same "$(cat "$o/dir/sub/deep")" deep
	ok servin cp "$1:/root" "$o/new"
	same "$(cat "$o/new/dir/sub/deep")" deep
	(cd "$o" && ok servin cp "$1:/etc/group" .)
	has "$(cat "$o/group")" root:x:0
	fails 1 "could not find the file /nothing in container $1" servin cp "$1:/nothing" "$o"
	fails 1 "no such file or directory" servin cp "$1:/etc/passwd" "$o/none/passwd"
}

@test "cp: out of a container" {
	each out
}

links()
{
	ln -sfn dir "$D/link"
	ln -sfn "$D/file" "$D/abs"
	ok servin cp "$D/link" "$1:/tmp/"
	ok servin cp "$D/abs" "$1:/tmp/"
	has "$(servin cp "$1:/tmp" - | tar -tv)" "tmp/link -> dir"
	ok servin cp -L "$D/abs" "$1:/tmp/plain"
	same "$(content "$1" /tmp/plain)" file
	ok servin cp -L "$D/link" "$1:/tmp/tree"
	same "$(content "$1" /tmp/tree/sub/deep)" deep
	ok servin cp "$D/link/" "$1:/tmp/slash"
	same "$(content "$1" /tmp/slash/sub/deep)" deep
	# At the destination a link is followed.
	ok servin cp "$D/dir" "$1:/tmp/dir"
	ok servin cp "$D/file" "$1:/tmp/link/"
	same "$(content "$1" /tmp/dir/file)" file
}

@test "cp: links stay links, and are followed with -L and at the destination" {
	each links
}

@test "cp: owners are root's, and stay with -a" {
	box one
	chown 7:8 "$D/file"
	ok servin cp "$D/file" one:/tmp/plain
	ok servin cp -a "$D/file" one:/tmp/kept
	same "$(servin exec one stat -c %u:%g /tmp/plain /tmp/kept)" $'0:0\n7:8'
	ok servin exec one chown 5:6 /tmp/kept
	ok servin cp one:/tmp/kept "$D/plain"
	ok servin cp -a one:/tmp/kept "$D/kept"
	same "$(stat -c %u:%g "$D/plain" "$D/kept")" "$(id -u):$(id -g)"$'\n5:6'
}

tars()
{
	same "$(servin cp "$1:/etc/passwd" - | tar -t)" passwd
	ok servin cp "$D/dir" "$1:/root"
	same "$(servin cp "$1:/root" - | tar -t | tr '\n' ' ')" \
		"root/ root/dir/ root/dir/sub/ root/dir/sub/deep "
	same "$(servin cp "$1:/root/." - | tar -t | tr '\n' ' ')" "dir/ dir/sub/ dir/sub/deep "
	tar -C "$D" -cz dir | servin cp - "$1:/tmp"
	same "$(content "$1" /tmp/dir/sub/deep)" deep
	fails 1 "destination \"$1:/etc/passwd\" must be a directory" \
		servin cp - "$1:/etc/passwd" </dev/null
	fails 1 "could not find the file /none in container $1" servin cp - "$1:/none" </dev/null
	fails 1 "not" servin cp - "$1:/tmp" <"$D/file"
}

@test "cp: a tar on standard input and output" {
	each tars
}

@test "cp: what is no pair of a container and this host" {
	at_rest one
	fails 1 "must specify at least one container source" servin cp "$D/file" "$D/new"
	fails 1 "copying between containers is not supported" servin cp one:/etc one:/tmp
	fails 1 "no such container: two" servin cp two:/etc "$D"
	fails 1 "one:: no path" servin cp "$D/file" one:
	# With a "/" or "." in front it is a file of this host.
	echo colon >"$D/one:x"
	(cd "$D" && ok servin cp "./one:x" one:/tmp/x)
	same "$(content one /tmp/x)" colon
}

@test "cp: volumes and binds, also of a container that does not run" {
	mkdir "$D/bind"
	echo bound >"$D/single"
	at_rest one -v vol:/data -v "$D/bind:/data/deep" -v "$D/single:/single:ro" \
		-v "$D/bind:/ro:ro" -v logs:/var/log
	ok servin cp "$D/file" one:/data/inside
	ok servin cp "$D/file" one:/data/deep
	ok servin cp one:/data/deep "$D/copy"
	same "$(cat "$D/copy/file")" file
	same "$(in_box one /data/deep | head -1)" deep/
	same "$(cat "$D/bind/file")" file
	same "$(content one /single)" bound
	fails 1 "/ro/x in container one is read-only" servin cp "$D/file" one:/ro/x
	fails 1 "/single in container one is read-only" servin cp "$D/file" one:/single
	same "$(content one /var/log/../../etc/hosts | head -1)" $'127.0.0.1\tlocalhost'
	fails 1 "cannot be replaced, it is a mount" servin cp "$D/file" one:/etc/hosts
	ok servin start one
	same "$(servin exec one cat /data/inside /data/deep/file)" $'file\nfile'
	fails 1 "cannot be replaced, it is a mount" servin cp "$D/file" one:/etc/hosts
	fails 1 "read-only file system" servin cp "$D/file" one:/ro/x
}

@test "cp: into a container with --read-only" {
	at_rest one --read-only -v vol:/data
	fails 1 "/tmp/x in container one is read-only" servin cp "$D/file" one:/tmp/x
	ok servin cp "$D/file" one:/data/x
	same "$(content one /data/x)" file
}

@test "cp: a running container of a directory, and one that is paused" {
	mkdir "$D/root"
	tar -C "$D/root" -xf "$BATS_TEST_TMPDIR/box.tar"
	ok servin run -d --name one --rootfs "$D/root" sleep 1000
	ok servin pause one
	ok servin cp "$D/file" one:/tmp/x
	same "$(cat "$D/root/tmp/x")" file
	ok servin unpause one
}

# --- cp: a container that means harm ------------------------------------------------------

# The links of a container, made from the outside, for it need not run.
lay_links()
{
	local tree=$BATS_TEST_TMPDIR/links

	mkdir -p "$tree/traps"
	ln -sfn / "$tree/traps/root"
	ln -sfn "$D" "$tree/traps/host"
	ln -sfn ../../../../../../../.."$D" "$tree/traps/up"
	ln -sfn "$D/file" "$tree/traps/file"
	ln -sfn "$D/created" "$tree/traps/dangling"
	ln -sfn /proc/self/root "$tree/traps/magic"
	ln -sfn loop "$tree/traps/loop"
	ok servin cp "$tree/traps" "$1:/"
}

traps()
{
	local o=$BATS_TEST_TMPDIR/caught-$1

	lay_links "$1"
	mkdir "$o"
	echo harm >"$BATS_TEST_TMPDIR/harm"
	# The container has no such directories: none of the links leads to ours.
	fails 1 "could not find" servin cp "$BATS_TEST_TMPDIR/harm" "$1:/traps/host/"
	fails 1 "could not find" servin cp "$BATS_TEST_TMPDIR/harm" "$1:/traps/up/x"
	fails 1 "could not find" servin cp "$BATS_TEST_TMPDIR/harm" "$1:/traps/file"
	fails 1 "could not find" servin cp "$BATS_TEST_TMPDIR/harm" "$1:/traps/dangling"
	fails 1 "" servin cp "$BATS_TEST_TMPDIR/harm" "$1:/traps/magic$D/file"
	fails 1 "too many levels of symbolic links" \
		servin cp "$BATS_TEST_TMPDIR/harm" "$1:/traps/loop"
	fails 1 "could not find" servin cp -L "$1:/traps/file" "$o"
	fails 1 "could not find" servin cp "$1:/traps/host/." "$o"
	fails 1 "could not find" servin cp "$1:/traps/root$D/file" "$o"
	same "$(ls -A "$o")" ""
	same "$(cd "$D" && echo *)" "dir file"
	same "$(cat "$D/file")" file
	ok servin cp "$BATS_TEST_TMPDIR/harm" "$1:/traps/root/tmp/inside"
	same "$(content "$1" /tmp/inside)" harm
	ok servin cp "$BATS_TEST_TMPDIR/harm" "$1:/../../../../tmp/dots"
	same "$(content "$1" /tmp/dots)" harm
}

@test "cp: links of a container lead nowhere but to it" {
	each traps
}

@test "cp: a tar that wants to get out does not" {
	box one
	mkdir "$D/out"
	(cd "$D/dir" && tar -cPf "$D/evil.tar" ../file)
	said servin cp - one:/tmp <"$D/evil.tar"
	same "$(servin exec one ls / | tr '\n' ' ')" "bin dev etc proc root sys tmp var "
	ln -s "$D/out" "$D/way"
	tar -C "$D" -cf "$D/link.tar" way
	rm "$D/way"
	mkdir "$D/way"
	echo harm >"$D/way/harm"
	tar -C "$D" -rf "$D/link.tar" way/harm
	said servin cp - one:/tmp <"$D/link.tar"
	same "$(ls "$D/out")" ""
}

@test "cp: links that this host has where a container's files go" {
	box one
	mkdir -p "$D/to" "$D/elsewhere"
	ok servin exec one mkdir /tmp/tree /tmp/tree/sub
	ok servin exec one touch /tmp/tree/sub/new
	ok servin cp one:/tmp/tree "$D/to"
	rm -r "$D/to/tree/sub"
	ln -s "$D/elsewhere" "$D/to/tree/sub"
	# As tar has it: a link is not taken for the directory.
	fails 1 "" servin cp one:/tmp/tree "$D/to"
	same "$(ls "$D/elsewhere")" ""
}

@test "cp: a container that swaps a directory and a link meanwhile" {
	local i

	mkdir "$D/target"
	mkdir -p "$D/src$D/target"
	box one
	ok servin cp "$D/src/." one:/
	# shellcheck disable=SC2016
	servin exec -d one sh -c 'mkdir /tmp/a; while :; do
		mv /tmp/a /tmp/b; ln -s "$0" /tmp/a; rm /tmp/a; mv /tmp/b /tmp/a; done' "$D/target"
	for ((i = 0; i < 30; i++)); do
		servin cp "$D/file" one:/tmp/a/file 2>/dev/null || :
		# A link that came from there is not to be gone through later.
		rm -rf "$D/back"
		servin cp one:/tmp/a "$D/back" 2>/dev/null || :
	done
	same "$(ls "$D/target")" ""
}

# --- diff --------------------------------------------------------------------------------

@test "diff: what was added, changed and removed" {
	box one -v vol:/data --tmpfs /made
	same "$(servin diff one)" ""
	ok servin exec one sh -c 'echo x >/root/new; echo x >>/etc/passwd; rm /etc/group
		mkdir -p /a/b; rm -r /var/log; mkdir /var/log; echo x >/var/log/x; touch /tmp/empty
		echo x >/data/x; echo x >/made/x; chmod 700 /bin'
	local changes='C /bin
A /a
A /a/b
C /etc
D /etc/group
C /etc/passwd
C /root
A /root/new
C /tmp
A /tmp/empty
C /var
C /var/log
A /var/log/x'
	same "$(servin diff one)" "$(sort -k 2 <<<"$changes")"
	ok servin stop -t 0 one
	same "$(servin diff one)" "$(sort -k 2 <<<"$changes")"
	same "$(servin diff --format json one | head -1)" '{"Kind":"A","Path":"/a"}'
}

@test "diff: what an opaque directory hides, and a file where a directory was" {
	ok servin run --name one box sh -c 'rm -r /var; mkdir /var; rm -r /root; echo x >/root'
	same "$(servin diff one)" $'C /root\nC /var\nD /var/log'
}

@test "diff: a root that is no overlay" {
	mkdir "$D/root"
	tar -C "$D/root" -xf "$BATS_TEST_TMPDIR/box.tar"
	ok servin create --name one --rootfs "$D/root" true
	fails 1 "container one: its root is a directory of the host, not an overlay" servin diff one
	fails 1 "no such container: none" servin diff none
}

# --- commit ------------------------------------------------------------------------------

@test "commit: the image has what the container changed, and runs as it was run" {
	box one -e FROM=container -w /tmp -l mine=yes
	ok servin exec one sh -c 'echo kept >/root/kept; rm /etc/group; echo x >/var/log/x'
	ok servin commit -a me -m "my words" one new:1
	[[ $output =~ ^sha256:[0-9a-f]{64}$ ]] || die "$output"
	same "$(servin image inspect -f '{{.Id}}' new:1)" "$output"
	same "$(servin image inspect -f '{{.Author}}, {{.Comment}}' new:1)" "me, my words"
	same "$(servin image inspect -f '{{index .Config.Labels "mine"}}' new:1)" yes
	same "$(servin image inspect -f '{{json .Config.Cmd}}' new:1)" '["sleep","1000"]'
	is one running
	# shellcheck disable=SC2016
	ok servin run --rm new:1 sh -c 'cat /root/kept /var/log/x; echo $FROM; pwd; ! ls /etc/group'
	same "$output" $'kept\nx\ncontainer\n/tmp\nls: /etc/group: No such file or directory'
}

@test "commit: --change, without a name, and of a container that does not run" {
	ok servin run --name one box sh -c 'echo kept >/root/kept'
	ok servin commit -c 'CMD ["cat", "/root/kept"]' -c 'ENV A=b' --change 'WORKDIR /root' one
	same "$(servin run --rm "$output")" kept
	fails 1 "no such instruction" servin commit -c 'RUN x' one
	fails 1 "upper-case" servin commit one NAME
	fails 1 "a new name has a tag, not a digest" servin commit one "x@sha256:$(printf %064d 0)"
	same "$(ls "$ROOT/tmp")" ""
}

@test "commit: the container is paused meanwhile, if it is not to go on" {
	box one
	ok servin commit one paused
	ok servin commit --pause=false one running
	is one running
	ok servin pause one
	ok servin commit one still
	is one paused
	ok servin unpause one
	same "$(servin events --since 1h --until 0s --filter event=pause --format '{{.Action}}' |
		wc -l)" 2
}

@test "commit: of a root that is a directory of the host all is one layer" {
	mkdir "$D/root"
	tar -C "$D/root" -xf "$BATS_TEST_TMPDIR/box.tar"
	ok servin create --name one --rootfs "$D/root" cat /etc/passwd
	ok servin commit one whole
	has "$(servin run --rm whole)" root:x:0:0
	same "$(servin image inspect -f '{{len .RootFS.Layers}}' whole)" 1
}

@test "without overlayfs: diff cannot say, cp, export and commit have the copy" {
	[[ $(id -u) == 0 ]] || skip "needs root, to mount"
	mkdir "$BATS_TEST_TMPDIR"/{lower,upper,work}
	rm -rf "${ROOT:?}"/*
	mount -t overlay overlay "$ROOT" -o "lowerdir=$BATS_TEST_TMPDIR/lower,$(:
		)upperdir=$BATS_TEST_TMPDIR/upper,workdir=$BATS_TEST_TMPDIR/work" ||
		skip "needs overlayfs"
	ok servin load -q -i "$BATS_TEST_TMPDIR/box.tar"
	at_rest one
	fails 1 "container one has no files yet" servin cp "$D/file" one:/root
	ok servin start one
	ok servin cp "$D/file" one:/root
	fails 1 "its root is a copy, not an overlay" servin diff one
	same "$(servin export one | tar -xO root/file)" file
	ok servin stop -t 0 one
	ok servin cp "$D/file" one:/root/second
	ok servin commit one whole
	same "$(servin run --rm whole ls /root)" $'file\nsecond'
}

# --- export ------------------------------------------------------------------------------

@test "export: all of the root, and nothing that is mounted there; import makes an image of it" {
	box one -v vol:/data
	ok servin exec one sh -c 'echo kept >/root/kept; echo hidden >/data/hidden'
	ok servin export -o "$D/one.tar" one
	has "$(tar -tf "$D/one.tar")" root/kept
	has "$(tar -tf "$D/one.tar")" bin/busybox
	has_not "$(tar -tf "$D/one.tar")" hidden
	has_not "$(tar -tf "$D/one.tar")" proc/self
	ok servin import -c 'CMD cat /root/kept' "$D/one.tar" again
	same "$(servin run --rm again)" kept
	ok servin stop -t 0 one
	servin export one | cmp - "$D/one.tar"
}

@test "export: not to a terminal, and no half of a file" {
	at_rest one
	said talk -- export one
	same "$status" 1
	has "$output" "an archive is nothing for a terminal"
	fails 1 "no such container" servin export -o "$D/none.tar" none
	fails 1 "no such file or directory" servin export -o "$D/none/x.tar" one
	same "$(cd "$D" && echo *)" "dir file"
}
