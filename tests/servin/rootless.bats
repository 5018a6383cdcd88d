#!/usr/bin/env bats
#
# servin of a plain user, made up for the test, who has ranges of IDs.

load helpers

# Nobody on the machine has these.
PLAIN=2345678
SUB=3000000

setup()
{
	local tool

	for tool in newuidmap newgidmap setpriv unshare; do
		command -v $tool >/dev/null || skip "needs $tool"
	done
	[[ $(id -u) == 0 ]] || skip "needs root, to be another user"
	unshare --user true 2>/dev/null || skip "needs user namespaces"
	HOME_DIR=$BATS_TEST_TMPDIR/home
	chmod 711 "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR" "${BATS_TEST_TMPDIR%/*}"
	setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$BATS_TEST_TMPDIR" ||
		skip "needs a temporary directory that others can pass"
	mkdir -p "$HOME_DIR"/{run,bin}
	rootfs_tar "$HOME_DIR/box.tar"
	cp "$SERVIN_BUILDDIR"/{servin,servin-image,servin-init,ocirun} "$HOME_DIR/bin"
	chown -R $PLAIN:$PLAIN "$HOME_DIR"
	# as they are installed
	chown -R 0:0 "$HOME_DIR/bin"
	write_ids "plain:$SUB:65536"
}

teardown()
{
	local id

	for id in $(plain ls -a -q 2>/dev/null); do
		plain rm -f -v "$id" >/dev/null
	done
	# The files of its other IDs are for root to remove.
	rm -rf "${HOME_DIR:?}"
}

# write_ids LINE: what /etc/passwd, /etc/subuid and /etc/subgid are for the user.
write_ids()
{
	cat /etc/passwd >"$BATS_TEST_TMPDIR/passwd"
	echo "plain:x:$PLAIN:$PLAIN::/:/bin/sh" >>"$BATS_TEST_TMPDIR/passwd"
	echo "$1" >"$BATS_TEST_TMPDIR/subid"
}

# as_plain COMMAND...: with nothing but the user's IDs; only it and its children see the files.
as_plain()
{
	# shellcheck disable=SC2016
	unshare --mount --propagation private bash -c 'set -e; etc=$1 id=$2 home=$3; shift 3
		for f in /etc/subuid /etc/subgid; do
			[[ -e $f ]] || touch "$f"
			mount --bind "$etc/subid" "$f"
		done
		mount --bind "$etc/passwd" /etc/passwd
		exec setpriv --reuid="$id" --regid="$id" --clear-groups env -i PATH="$PATH" \
			HOME="$home" XDG_RUNTIME_DIR="$home/run" "$@"' \
		- "$BATS_TEST_TMPDIR" "$PLAIN" "$HOME_DIR" "$@" 3>&-
}

plain()
{
	as_plain "$HOME_DIR/bin/servin" "$@"
}

keeper_is_gone()
{
	[[ ! -e $HOME_DIR/run/servin/keeper ]]
}

@test "rootless: run from a file, as root of a namespace, with what others own" {
	ok plain run --rm "$HOME_DIR/box.tar" sh -c 'id -u; cat /proc/self/uid_map | xargs'
	same "$output" "0
0 $PLAIN 1 1 $SUB 65536"
	ok plain run --rm -u user box sh -c 'id -u; echo x >/tmp/x; stat -c %u /tmp/x'
	same "$output" "1000
1000"
	same "$(stat -c %u "$HOME_DIR/.local/share/servin/layers"/*/diff/bin)" $PLAIN
	wait_until keeper_is_gone
}

@test "rootless: an image with files of many owners, devices and capabilities" {
	local dir=$BATS_TEST_TMPDIR/tree

	mkdir -p "$dir"
	tar -C "$dir" -xf "$HOME_DIR/box.tar"
	mkdir "$dir/owned"
	touch "$dir/owned/by-user" "$dir/owned/by-mail"
	chown 1000:1000 "$dir/owned/by-user"
	chown 8:8 "$dir/owned/by-mail"
	chmod 4755 "$dir/owned/by-mail"
	mknod "$dir/owned/device" c 1 3
	tar -C "$dir" -cf "$HOME_DIR/owned.tar" .
	chown $PLAIN "$HOME_DIR/owned.tar"
	ok plain run --rm "$HOME_DIR/owned.tar" stat -c '%n %u %a' /owned/by-user /owned/by-mail
	same "$output" "/owned/by-user 1000 644
/owned/by-mail 8 4755"
}

@test "rootless: detached, exec, logs, stop, rm" {
	ok plain run -d --name web "$HOME_DIR/box.tar" \
		sh -c 'trap "exit 4" TERM; echo ready; while :; do sleep 0.1; done'
	wait_until web_is_ready
	same "$(plain exec web id -u)" 0
	same "$(plain exec -u user web id -u)" 1000
	same "$(plain inspect --format '{{.State.Status}}' web)" running
	ok plain stop web
	same "$(plain inspect --format '{{.State.ExitCode}}' web)" 4
	ok plain start web
	ok plain restart -t 0 web
	ok plain rm -f web
	wait_until keeper_is_gone
	same "$(ls "$HOME_DIR/.local/share/servin/containers")" ""
}

web_is_ready()
{
	[[ $(plain logs web) == ready ]]
}

@test "rootless: volumes, seeded and shared" {
	ok plain load -q -i "$HOME_DIR/box.tar"
	ok plain run --rm -u 1000 -v data:/home/user box true
	ok plain run --rm -v data:/data box sh -c 'echo kept >/data/file'
	same "$(plain run --rm -v data:/data box cat /data/file)" kept
	same "$(plain volume ls -q)" data
	ok plain volume rm data
	same "$(plain volume ls -q)" ""
}

@test "rootless: a layer that takes files away, and one that hides a directory" {
	ok plain load -q -i "$HOME_DIR/box.tar"
	ok plain run --name edit box sh -c 'rm /etc/group; rm -r /var/log; mkdir /var/log; echo n >/var/log/new'
	ok plain commit edit box:edited
	ok plain run --rm box:edited sh -c 'ls /etc /var/log'
	same "$output" "/etc:
hostname
hosts
passwd
resolv.conf

/var/log:
new"
}

@test "rootless: a limit without a cgroup is an error that says so" {
	[[ $(stat -f -c %T /sys/fs/cgroup) != cgroup2fs ]] || skip "needs a host without delegation"
	ok plain load -q -i "$HOME_DIR/box.tar"
	fails 125 "needs a cgroup" plain run --rm -m 64m box true
	has "$output" "--cgroup-parent"
	ok plain run --rm box true
}

@test "rootless: a user without ranges has one ID, and hears why an image does not suit" {
	write_ids "somebody:$SUB:65536"
	local dir=$BATS_TEST_TMPDIR/tree

	mkdir -p "$dir"
	tar -C "$dir" -xf "$HOME_DIR/box.tar"
	ok plain run --rm "$HOME_DIR/box.tar" id -u
	same "$output" 0
	chown 1000:1000 "$dir/etc/group"
	tar -C "$dir" -cf "$HOME_DIR/owned.tar" .
	fails 125 "/etc/subuid" plain run --rm "$HOME_DIR/owned.tar" true
}

@test "rootless: two at once share one namespace" {
	ok plain load -q -i "$HOME_DIR/box.tar"
	wait_until keeper_is_gone
	plain run -d --name a box sleep 1000 >/dev/null &
	plain run -d --name b box sleep 1000 >/dev/null
	wait $!
	same "$(plain exec a readlink /proc/self/ns/user)" "$(plain exec b readlink /proc/self/ns/user)"
	ok plain stop -t 0 a b
	wait_until keeper_is_gone_with_last
}

# Containers that have ended need no keeper.
keeper_is_gone_with_last()
{
	plain ls >/dev/null && keeper_is_gone
}

@test "rootless: cp, diff, commit and export know who owns what" {
	ok plain run -d --name one "$HOME_DIR/box.tar" sleep 1000
	echo file >"$HOME_DIR/file"
	chown $PLAIN "$HOME_DIR/file"
	ok plain cp "$HOME_DIR/file" one:/root
	ok plain exec one sh -c 'stat -c %u:%g /root/file; chown 5:6 /root/file; rm -r /var; mkdir /var'
	same "$output" 0:0
	ok plain cp -a one:/root/file "$HOME_DIR/kept"
	ok plain cp one:/root/file "$HOME_DIR/plain"
	same "$(stat -c %u:%g "$HOME_DIR"/{kept,plain})" \
		"$((SUB + 4)):$((SUB + 5))"$'\n'"$PLAIN:$PLAIN"
	same "$(plain diff one)" $'C /root\nA /root/file\nC /var\nD /var/log'
	same "$(plain export one | tar -tv | awk '$6 == "root/file" { print $2 }')" 5/6
	ok plain commit one new
	same "$(plain run --rm new sh -c 'stat -c %u:%g /root/file; ls /var')" 5:6
}
