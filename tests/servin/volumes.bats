#!/usr/bin/env bats
#
# Volumes: named and anonymous ones, their first content, and what holds them.

load helpers

setup()
{
	store_setup
	image
}

# content: an image with something where a volume will be.
content()
{
	local dir=$BATS_TEST_TMPDIR/content

	mkdir -p "$dir/bin" "$dir/data/deep"
	cp "$(command -v busybox)" "$dir/bin/busybox"
	ln -s busybox "$dir/bin/sh"
	echo file >"$dir/data/file"
	ln "$dir/data/file" "$dir/data/deep/hard"
	ln -s ../../../../etc/passwd "$dir/data/link"
	mkfifo "$dir/data/fifo"
	chown 1000:1001 "$dir/data/file"
	chmod 4750 "$dir/data/file"
	setfattr -n user.a -v b "$dir/data/file"
	touch -h -d @1500000000 "$dir/data/link"
	chown 7:8 "$dir/data"
	chmod 1770 "$dir/data"
	touch -d @1400000000 "$dir/data/deep" "$dir/data"
	tar -C "$dir" --xattrs -cf "$BATS_TEST_TMPDIR/content.tar" .
	ok servin import -c 'VOLUME /data' "$BATS_TEST_TMPDIR/content.tar" content
}

data()
{
	servin volume inspect --format '{{.Mountpoint}}' "$1"
}

# --- the commands ------------------------------------------------------------------------------

@test "volume create, ls, inspect and rm" {
	ok servin volume create --label a=b one
	same "$output" one
	ok servin volume create one
	ok servin volume create
	[[ $output =~ ^[0-9a-f]{64}$ ]]
	same "$(servin volume ls -q --filter name=one)" one
	same "$(servin volume ls -q --filter label=a=b)" one
	same "$(servin volume ls -q --filter label=a=c)" ""
	same "$(servin volume ls --format '{{.Driver}} {{.Scope}}' --filter name=one)" "local local"
	same "$(servin volume inspect one | jq -r '.[0] | [.Name, .Driver, .Labels.a] | join(" ")')" \
		"one local b"
	same "$(stat -c '%a %U' "$(data one)")" "755 root"
	ok servin volume rm one
	fails 1 "no such volume: one" servin volume rm one
	ok servin volume rm -f one
	fails 1 "no such volume: one" servin volume inspect one
}

@test "volume create: what is no name, driver or option" {
	fails 1 '"../x" is no name of a volume' servin volume create ../x
	fails 1 '".x" is no name' servin volume create .x
	fails 1 "local is the only one" servin volume create -d nfs x
	fails 1 "have no options" servin volume create -o type=nfs x
	same "$(ls "$ROOT/volumes")" ""
}

@test "volume rm: one that a container uses stays" {
	ok servin create --name web -v data:/data box true
	fails 1 "volume data is in use by web" servin volume rm data
	same "$(servin volume ls -q --filter dangling=false)" data
	same "$(servin volume ls -q --filter dangling=true)" ""
	ok servin rm web
	ok servin volume rm data
}

@test "volume prune takes what is unused, and with --all what has a name" {
	ok servin volume create named
	ok servin volume create
	ok servin create --name web -v /anonymous box true
	ok servin volume prune -f
	has "$output" "Total reclaimed space"
	same "$(servin volume ls -q | wc -l)" 2
	ok servin volume create further
	ok servin volume prune -a -f
	same "$output" $'Deleted Volumes:\nfurther\nnamed\n\nTotal reclaimed space: 0B'
	same "$(servin volume ls -q | wc -l)" 1
	ok servin rm -v web
	same "$(servin volume ls -q)" ""
}

@test "volume rm and prune: while a record cannot be read, who uses what is not known" {
	local id

	ok servin create --name web -v data:/data box true
	id=$(servin inspect --format '{{.Id}}' web)
	echo '{' >"$ROOT/containers/$id/container.json"
	said servin volume prune -a -f
	has "$output" "remove containers/$id"
	said servin volume rm data
	has "$output" "container.json"
	same "$(servin volume ls -q)" data
	rm -r "$ROOT/containers/$id"
	ok servin volume rm data
}

# --- in containers -----------------------------------------------------------------------------

@test "volumes: what one container writes another reads" {
	ok servin run --rm -v data:/data box sh -c 'echo words >/data/file'
	same "$(servin run --rm -v data:/data:ro box cat /data/file)" words
	run servin run --rm -v data:/data:ro box touch /data/x
	has "$output" "Read-only file system"
	same "$(servin volume ls -q)" data
}

@test "volumes: anonymous ones go with --rm and rm -v, others stay" {
	ok servin run --rm -v /one -v data:/two box true
	same "$(servin volume ls -q)" data
	ok servin run --name web -v /one box true
	ok servin rm web
	same "$(servin volume ls -q | wc -l)" 2
	ok servin run --name web -v /one box true
	ok servin rm -v web
	same "$(servin volume ls -q | wc -l)" 2
}

@test "volumes: the image's content, owners, modes, attributes, links and times" {
	local d

	command -v setfattr >/dev/null || skip "needs setfattr"
	content
	ok servin run --rm -v seeded:/data content sh -c 'busybox cat /data/file'
	same "$output" file
	d=$(data seeded)
	same "$(stat -c '%a %u:%g %Y' "$d")" "1770 7:8 1400000000"
	same "$(stat -c '%a %u:%g %h' "$d/file")" "4750 1000:1001 2"
	same "$(stat -c %i "$d/file")" "$(stat -c %i "$d/deep/hard")"
	same "$(getfattr --only-values -n user.a "$d/file")" b
	same "$(readlink "$d/link") $(stat -c %Y "$d/link")" "../../../../etc/passwd 1500000000"
	same "$(stat -c '%F' "$d/fifo")" fifo
	same "$(stat -c %Y "$d/deep")" 1400000000
}

@test "volumes: one that has something is not touched, nor with nocopy" {
	content
	ok servin volume create old
	echo old >"$(data old)/mine"
	ok servin run --rm -v old:/data content sh -c 'true'
	same "$(ls "$(data old)")" mine
	ok servin run --rm -v none:/data:nocopy content sh -c 'true'
	same "$(ls "$(data none)")" ""
}

@test "volumes: the image's own are anonymous ones, unless something else is there" {
	local name

	content
	ok servin create --name web content sh -c 'true'
	name=$(servin inspect --format '{{(index .Mounts 0).Name}}' web)
	[[ $name =~ ^[0-9a-f]{64}$ ]]
	ok servin start -a web
	same "$(cat "$(data "$name")/file")" file
	ok servin rm -v web
	same "$(servin volume ls -q)" ""
	ok servin run --rm --tmpfs /data content sh -c 'busybox ls /data'
	same "$output" ""
	same "$(servin volume ls -q)" ""
}

@test "volumes: a place that is a link leads nowhere but into the image" {
	local dir=$BATS_TEST_TMPDIR/evil

	mkdir -p "$dir/bin"
	cp "$(command -v busybox)" "$dir/bin/sh"
	ln -s /etc "$dir/data"
	tar -C "$dir" -cf "$BATS_TEST_TMPDIR/evil.tar" .
	ok servin import "$BATS_TEST_TMPDIR/evil.tar" evil
	run servin run --rm -v copied:/data evil sh -c 'true'
	# The link leads to /etc of the container, where these have their places.
	same "$(ls -A "$(data copied)")" $'hostname\nhosts\nresolv.conf'
	same "$(cat "$(data copied)"/*)" ""
}

@test "volumes: a copy that was killed begins anew" {
	content
	ok servin volume create half
	: >"$ROOT/volumes/half/seeding"
	echo part >"$(data half)/file"
	ok servin run --rm -v half:/data content sh -c 'busybox cat /data/file'
	same "$output" file
	[[ ! -e $ROOT/volumes/half/seeding ]]
}

@test "volumes: many at once make one" {
	local i

	for i in 1 2 3 4 5 6; do
		servin volume create same >"$BATS_TEST_TMPDIR/$i" 2>&1 &
	done
	wait
	same "$(cat "$BATS_TEST_TMPDIR"/[1-6] | sort -u)" same
	same "$(servin volume ls -q)" same
	same "$(ls -A "$ROOT/tmp")" ""
}

@test "volumes: a container that cannot be made leaves none without a name" {
	local id

	id=$(servin create --name web box true)
	rm "$ROOT/containers/$id/hosts"
	fails 125 "hosts: no such file" \
		servin create -v /one -v named:/two --network container:web box true
	same "$(servin volume ls -q)" named
	same "$(servin ls -a -q | wc -l)" 1
}

# --- update ------------------------------------------------------------------------------------

@test "update changes the limits of a container that runs, and of one that does not" {
	local id

	id=$(servin run -d --name web -m 64m box sleep 1000)
	ok servin update -m 32m --pids-limit 9 web
	same "$output" web
	same "$(servin inspect --format '{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}}' web)" \
		"33554432 67108864"
	same "$(servin exec web sh -c 'cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max' \
		2>/dev/null)" 9
	ok servin stop -t 0 web
	ok servin update --restart always -m 48m "${id:0:12}"
	same "$(servin inspect --format '{{.HostConfig.RestartPolicy.Name}}' web)" always
	fails 1 "nothing to change" servin update web
	fails 1 "--memory: 6m is the least" servin update -m 1m web
	same "$(servin inspect --format '{{.HostConfig.Memory}}' web)" 50331648
}

@test "update: what the runtime refuses changes nothing" {
	ok servin run -d --name web -m 64m box sleep 1000
	fails 1 "web" servin update --cpuset-mems 63 web
	same "$(servin inspect --format '{{.HostConfig.CpusetMems}}' web)" ""
}
