#!/usr/bin/env bats
#
# mounts add, mounts remove: what is mounted in a container that runs.

load helpers

setup()
{
	servin_setup
	mkdir source
	echo one >source/file
	echo two >single
}

# list JQ...: the file `list` holds a list of mounts.
list()
{
	jq -n "$@" >list
}

bind()
{
	list --arg s "$BUNDLE/source" --arg d "$1" \
		'[{ destination: $d, type: "bind", source: $s, options: ["bind", "ro"] }]'
}

in_container()
{
	ocirun exec "$ID" "$@"
}

# What the container has mounted, destinations only.
mounted()
{
	awk '{ print $5 }' "/proc/$(pid_of "$ID")/mountinfo"
}

# refused WORDS VERB: it fails so, and what is mounted stays as it was.
refused()
{
	local before

	before=$(mounted)
	run_fail "$1" mounts "$2" "$ID" list
	same "$status" 1
	same "$(mounted)" "$before"
}

@test "mounts: a directory of the host is mounted and unmounted" {
	running
	bind /data
	run_ok mounts add "$ID" list
	same "$output" ""
	same "$(in_container cat /data/file)" one
	run in_container touch /data/new
	has "$output" "Read-only"
	run_ok mounts remove "$ID" list
	run in_container cat /data/file
	[[ $status != 0 ]]
}

@test "mounts: from standard input" {
	running
	bind /data
	run_ok mounts add "$ID" - <list
	same "$(in_container cat /data/file)" one
}

@test "mounts: a remove that fails puts back what it has unmounted" {
	running
	bind /data
	run_ok mounts add "$ID" list
	# The second time there is nothing left, which only the remove itself can find out.
	list '[{ destination: "/data" }, { destination: "/data" }]'
	refused "/data: nothing is mounted there" remove
	same "$(in_container cat /data/file)" one
	run in_container touch /data/new
	has "$output" "Read-only"
	bind /data
	run_ok mounts remove "$ID" list
}

@test "mounts: into a container that was created, and one that is paused" {
	args cat /data/file
	config '.process.args = ["sh", "-c", "cat /data/file; cat /more/file"]'
	run_ok create --bundle "$BUNDLE" "$ID"
	created_output=$output_file
	bind /data
	run_ok mounts add "$ID" list
	bind /more
	if ocirun pause "$ID"; then
		run_ok mounts add "$ID" list
		run_ok resume "$ID"
	else
		run_ok mounts add "$ID" list
	fi
	run_ok start "$ID"
	wait_until has_status "$ID" stopped
	same "$(<"$created_output")" $'one\none'
}

@test "mounts: a file, a tmpfs and one within it, in the order of the list" {
	running
	list --arg s "$BUNDLE/single" '[
		{ destination: "/scratch", type: "tmpfs", source: "tmpfs", options: ["mode=0751"] },
		{ destination: "/scratch/file", source: $s, options: ["bind"] },
		{ destination: "/sealed", type: "tmpfs", source: "tmpfs", options: ["ro"] }]'
	run_ok mounts add "$ID" list
	same "$(in_container cat /scratch/file)" two
	same "$(in_container stat -c %a /scratch)" 751
	run in_container touch /sealed/x
	has "$output" "Read-only"
	run_ok mounts remove "$ID" list
	has_not "$(mounted)" /scratch
	has_not "$(mounted)" /sealed
}

@test "mounts: a relative source is the bundle's" {
	running
	list '[{ destination: "/data", type: "bind", source: "source" }]'
	run_ok mounts add "$ID" list
	same "$(in_container cat /data/file)" one
}

@test "mounts: a procfs shows the container, not the host" {
	running
	list '[{ destination: "/other", type: "proc", source: "proc" }]'
	run_ok mounts add "$ID" list
	same "$(in_container cat /other/1/comm)" sleep
}

@test "mounts: a sysfs shows the container's network" {
	running
	list '[{ destination: "/other", type: "sysfs", source: "sysfs", options: ["ro"] }]'
	run_ok mounts add "$ID" list
	same "$(in_container ls /other/class/net)" lo
}

@test "mounts: what is mounted in the container does not come out" {
	config '.process.capabilities |= map_values(. + ["CAP_SYS_ADMIN"])'
	mount --bind source source
	mount --make-shared source
	running
	bind /data
	list --arg s "$BUNDLE/source" \
		'[{ destination: "/data", type: "bind", source: $s, options: ["rbind"] }]'
	mkdir source/below
	run_ok mounts add "$ID" list
	in_container mount -t tmpfs inside /data/below
	run findmnt "$BUNDLE/source/below"
	umount -R source
	same "$output" ""
}

@test "mounts: all of them or none" {
	running
	list --arg s "$BUNDLE/source" --arg f "$BUNDLE/single" '[
		{ destination: "/data", source: $s, options: ["bind"] },
		{ destination: "/scratch", type: "tmpfs", source: "tmpfs" },
		{ destination: "/data/file", source: $f, options: ["bind"] },
		{ destination: "/etc", source: $f, options: ["bind"] }]'
	refused "$ID: mounts: /etc: a directory onto a file, or a file onto a directory" add
	list --arg s "$BUNDLE/source" '[
		{ destination: "/data", source: $s, options: ["bind"] },
		{ destination: "/more", source: ($s + "/none"), options: ["bind"] }]'
	refused "/more: open $BUNDLE/source/none: no such file or directory" add
	list --arg s "$BUNDLE/source" '[
		{ destination: "/data", source: $s, options: ["bind"] },
		{ destination: "/more", type: "nofs", source: "x" }]'
	refused "/more: file system nofs: no such device" add
}

@test "mounts: remove finds all of them, or leaves all" {
	running
	bind /data
	run_ok mounts add "$ID" list
	list '[{ destination: "/data" }, { destination: "/var" }]'
	refused "/var: nothing is mounted there" remove
	list '[{ destination: "/data" }, { destination: "/none" }]'
	refused "/none: no such file or directory" remove
	ln -s /data rootfs/link
	list '[{ destination: "/link" }]'
	refused "link: " remove
}

@test "mounts: what protects the container stays" {
	config '.linux.maskedPaths = ["/proc/kcore", "/sys/firmware", "/root/"]
		| .linux.readonlyPaths = ["/proc/sys"]'
	running
	local path

	for path in /proc /proc/kcore /proc/sys/ /proc/./sys; do
		list --arg d "$path" '[{ destination: $d }]'
		refused "list:2: [0]: what is mounted on /proc and below stays" remove
	done
	for path in /root /root/ /sys/firmware /dev/../sys/firmware; do
		list --arg d "$path" '[{ destination: $d }]'
		refused "it hides or protects a path of the configuration" remove
	done
	for path in / . "" /etc/..; do
		list --arg d "$path" '[{ destination: $d }]'
		refused "the root cannot be removed" remove
	done
}

@test "mounts: what cannot be added" {
	running
	bind /proc/sys
	refused "nothing may be mounted below /proc" add
	bind /
	refused "[0]: the root cannot be covered" add
	list '[{ destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup" }]'
	refused "[0]: cgroups can be mounted at create only" add
	list '[{ destination: "/tmp", type: "tmpfs", source: "x" },
		{ destination: "/tmp", options: ["remount", "ro"], type: "tmpfs" }]'
	refused "[1]: must be a new mount, and not change one" add
	bind /data
	jq '.[0].options += ["size=1m"]' <list >more
	mv more list
	refused "size=1m: a bind mount takes no option of a file system" add
	bind /data
	jq '.[0] += { uidMappings: [{ containerID: 0, hostID: 5, size: 1 }] } | .[0].gidMappings = .[0].uidMappings' \
		list >more
	mv more list
	refused "[0]: idmapped mounts can be made at create only" add
}

@test "mounts: a link of the container leads nowhere but below its root" {
	ln -s ../../../../../../../tmp rootfs/up
	ln -s /proc/self/root rootfs/magic
	ln -s /proc/sys rootfs/bent
	running
	bind /up/here
	run_ok mounts add "$ID" list
	same "$(in_container cat /tmp/here/file)" one
	[[ ! -e /tmp/here ]]
	bind /magic/etc
	refused "/magic/etc: " add
	bind /bent
	refused "/bent: a link leads it into /proc" add
}

@test "mounts: a list that is none" {
	running
	echo '{}' >list
	refused "list:1: .: must be a list" add
	printf '[\n{ "destination": 1 }]' >list
	refused "list:2: [0].destination: must be a string" add
	printf '[\n{ "type": "tmpfs" }]' >list
	refused "destination" add
	echo null >list
	refused "must be a list" add
	echo '[] []' >list
	refused "is not JSON" add
	echo '[' >list
	refused "ends too early" add
	rm list
	refused "open list: no such file" add
	echo '[]' >list
	run_ok mounts add "$ID" list
	run_ok mounts remove "$ID" list
}

@test "mounts: a verb that is none, too few words, no such container" {
	run_fail "wanted add or remove" mounts list "$ID" list
	run_fail "too few arguments" mounts add "$ID"
	run_fail "does not exist" mounts add nobody list
}

@test "mounts: a container that has stopped" {
	bind /data
	args true
	run_ok create --bundle "$BUNDLE" "$ID"
	run_ok start "$ID"
	wait_until has_status "$ID" stopped
	run_fail "cannot mount in a stopped container" mounts add "$ID" list
}

@test "mounts: a container without a mount namespace" {
	config 'del(.mounts, .root.readonly, .linux.maskedPaths, .linux.readonlyPaths)
		| .linux.namespaces |= map(select(.type != "mount"))'
	running
	bind /data
	run_fail "the container has no mount namespace of its own" mounts add "$ID" list
	run_fail "the container has no mount namespace of its own" mounts remove "$ID" list
	has_not "$(findmnt -n -o TARGET)" "$BUNDLE/rootfs/data"
}

@test "mounts: without pivot_root" {
	shell 'sleep 1000'
	run_ok run --no-pivot --detach --bundle "$BUNDLE" "$ID"
	bind /data
	run_ok mounts add "$ID" list
	same "$(in_container cat /data/file)" one
	run_ok mounts remove "$ID" list
	has_not "$(mounted)" /data
}
