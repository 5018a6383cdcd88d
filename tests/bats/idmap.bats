#!/usr/bin/env bats
#
# Idmapped mounts: a mount whose files have other owners than on the disk.

load helpers

BASE=2000000

setup()
{
	servin_setup
	mkdir "$BUNDLE/src" "$BUNDLE/rootfs/mnt"
	touch "$BUNDLE/src/root" "$BUNDLE/src/user"
	chown 1000:1001 "$BUNDLE/src/user"
	needs_passage
}

# source_mount JSON: a bind of src on /mnt with these properties.
source_mount()
{
	config --argjson more "$1" '.mounts += [{ destination: "/mnt", source: "src" } + $more]'
}

mapped()
{
	config --argjson b $BASE '.linux.namespaces += [{ type: "user" }]
		| .linux.uidMappings = [{ containerID: 0, hostID: $b, size: 65536 }]
		| .linux.gidMappings = .linux.uidMappings'
}

owners='stat -c "%n %u:%g" /mnt/root /mnt/user; touch /mnt/new'

# proves: mounts.options
@test "idmap: like the container" {
	mapped
	source_mount '{ "options": ["bind", "idmap"] }'
	container_ok "$owners"
	same "${lines[0]}" "/mnt/root 0:0"
	same "${lines[1]}" "/mnt/user 1000:1001"
	same "$(stat -c %u:%g "$BUNDLE/src/new")" 0:0
}

# proves: mounts.options
@test "idmap: without the word the owners are nobody" {
	mapped
	source_mount '{ "options": ["bind"] }'
	container "$owners"
	same "${lines[0]}" "/mnt/root 65534:65534"
	[[ $status != 0 ]]
}

# proves: mounts.uidMappings, mounts.gidMappings
@test "idmap: mappings of its own, with and without the word" {
	mapped
	local maps
	maps='"uidMappings": [{ "containerID": 0, "hostID": 2000005, "size": 2000 }],
		"gidMappings": [{ "containerID": 0, "hostID": 2000007, "size": 2000 }]'
	source_mount "{ \"options\": [\"bind\", \"idmap\"], $maps }"
	container "$owners"
	same "${lines[0]}" "/mnt/root 5:7"
	same "${lines[1]}" "/mnt/user 1005:1008"
	config 'del(.mounts[-1].options[1])'
	container "$owners"
	same "${lines[0]}" "/mnt/root 5:7"
}

# proves: mounts.uidMappings, mounts.gidMappings
@test "idmap: without a user namespace" {
	chown 1000:1001 "$BUNDLE/src"
	source_mount '{ "options": ["bind", "idmap"],
		"uidMappings": [{ "containerID": 1000, "hostID": 0, "size": 1 }],
		"gidMappings": [{ "containerID": 1001, "hostID": 0, "size": 1 }] }'
	container_ok "$owners"
	same "${lines[0]}" "/mnt/root 65534:65534"
	same "${lines[1]}" "/mnt/user 0:0"
	same "$(stat -c %u:%g "$BUNDLE/src/new")" 1000:1001
}

# proves: mounts.options
@test "idmap: only the top, or with ridmap all below it" {
	mapped
	mkdir "$BUNDLE/src/below"
	mount -t tmpfs below "$BUNDLE/src/below"
	touch "$BUNDLE/src/below/file"
	source_mount '{ "options": ["rbind", "idmap"] }'
	container 'stat -c %u /mnt/root /mnt/below/file'
	local top=$output top_status=$status
	config '.mounts[-1].options = ["rbind", "ridmap"]'
	container 'stat -c %u /mnt/root /mnt/below/file'
	umount "$BUNDLE/src/below"
	same "$top_status: $(echo $top)" "0: 0 65534"
	same "$status: $(echo $output)" "0: 0 0"
}

# proves: mounts.options
@test "idmap: mappings in the option, as crun has them" {
	mapped
	source_mount '{ "options": ["bind", "idmap=uids=0-2000005-1#1000-2000010-1;gids=0-2000000-2000"] }'
	container "$owners"
	same "${lines[0]}" "/mnt/root 5:0"
	same "${lines[1]}" "/mnt/user 10:1001"
	config '.mounts[-1].options[1] = "idmap=uids=@0-7-1#@1000-8-5;gids=@0-0-2000"'
	container "$owners"
	same "${lines[0]}" "/mnt/root 7:0"
	same "${lines[1]}" "/mnt/user 8:1001"
}

# proves: mounts.options
@test "idmap: several mounts with the same mappings, and a single file" {
	touch "$BUNDLE/rootfs/file" "$BUNDLE/rootfs/file2"
	config '[{ containerID: 0, hostID: 70, size: 1 }] as $m | .mounts += [
		{ destination: "/file", source: "src/root", options: ["bind"], uidMappings: $m, gidMappings: $m },
		{ destination: "/file2", source: "src/root", options: ["bind", "ro"], uidMappings: $m, gidMappings: $m }]'
	container_ok 'stat -c %u:%g /file /file2; touch /file2 2>&1 | grep -c Read-only'
	same "$(echo $output)" "70:70 70:70 1"
}

# proves: mounts.uidMappings, mounts.gidMappings, mounts.options
@test "idmap: what cannot be" {
	local i
	local -a wrong=(
		'{ "options": ["bind", "idmap"] }'
		'mounts[7]: idmap needs uidMappings and gidMappings, or a user namespace'
		'{ "options": ["bind"], "uidMappings": [{ "containerID": 0, "hostID": 0, "size": 1 }] }'
		'mounts[7]: needs both uidMappings and gidMappings'
		'{ "options": ["bind"], "uidMappings": [{ "containerID": 0, "hostID": 0, "size": 0 }],
			"gidMappings": [{ "containerID": 0, "hostID": 0, "size": 1 }] }'
		'mounts[7]: must have a size of 1 or more'
		'{ "options": ["idmap=uids=0-0-1;gids=0-0-1"], "type": "tmpfs" }'
		'mounts[7]: only a bind mount can be idmapped'
		'{ "options": ["bind", "idmap=uids=0-0;gids=0-0-1"] }'
		'mounts[7].options[1]: 0-0: must be FROM-TO-COUNT'
		'{ "options": ["bind", "idmap=uids=0-0-1"] }'
		'mounts[7].options[1]: needs both uids and gids'
		'{ "options": ["bind", "idmap=uids=0-0-x;gids=0-0-1"] }'
		'mounts[7].options[1]: 0-0-x: '
		'{ "options": ["bind", "idmap=uids=@0-0-1;gids=0-0-1"] }'
		'mounts[7].options[1]: @0-0-1: is not in one mapping'
	)

	for ((i = 0; i < ${#wrong[@]}; i += 2)); do
		cp "$BUNDLE/config.json" "$BUNDLE/config.before"
		source_mount "${wrong[i]}"
		run_status 1 create --bundle "$BUNDLE" "$ID"
		has "$output" "${wrong[i + 1]}"
		mv "$BUNDLE/config.before" "$BUNDLE/config.json"
	done
}

# proves: mounts.uidMappings, §3.6
@test "idmap: a file system that cannot" {
	config '[{ containerID: 0, hostID: 70, size: 1 }] as $m | .mounts += [
		{ destination: "/mnt", source: "/proc/sys", options: ["bind"], uidMappings: $m, gidMappings: $m }]'
	run_fail "/mnt: idmap: proc does not support it" create --bundle "$BUNDLE" "$ID"
	same "$(ls "$STATE")" ""
}

# proves: mounts.options
@test "idmap: the namespace that is joined" {
	mapped
	running
	local holder
	holder=$(pid_of "$ID")
	config --arg p "/proc/$holder/ns/user" '.linux.namespaces |= map(select(.type != "user"))
		+ [{ type: "user", path: $p }] | del(.linux.uidMappings, .linux.gidMappings)'
	source_mount '{ "options": ["bind", "idmap"] }'
	shell "$owners"
	new_id
	run_ok run --bundle "$BUNDLE" "$new_id"
	same "${lines[1]}" "/mnt/user 1000:1001"
}
