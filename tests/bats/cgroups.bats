#!/usr/bin/env bats
#
# Cgroups: where they are, freezing, and their end; their limits are in resources.bats.  tests/run-bats
# runs this file in both worlds of cgroups; a controller that the world lacks is a skip.

load helpers

# What is left of a path that a test gave: the runtime removes the container's cgroup alone, for the
# ones above may be others' as well.
teardown()
{
	if [[ -n ${PARENT:-} ]]; then
		local world
		for world in "" v2; do
			[[ $world != v2 || -e $BATS_TEST_TMPDIR/was-in-v2 ]] || continue
			$world delete_containers
			$world remove_parents
		done
	fi
	servin_teardown
}

remove_parents()
{
	find /sys/fs/cgroup -depth -type d -path "*/$TAG-*" -exec rmdir {} + 2>/dev/null
}

path_of()
{
	sed -n -E "s/^$(in_world "[0-9]*:pids" 0:):(.*)/\1/p" "/proc/$1/cgroup"
}

# --- where ------------------------------------------------------------------------------

# proves: linux.cgroupsPath
@test "cgroups: without a path it is named after the container" {
	config 'del(.linux.cgroupsPath)'
	running
	local pid hierarchies
	pid=$(pid_of "$ID")
	same "$(path_of "$pid")" "/$ID"
	hierarchies=$(hierarchies | wc -l)
	# every hierarchy that is mounted has it
	same "$(cgroup_dirs "$ID" | wc -l)" "$hierarchies"
	run_ok delete --force "$ID"
	same "$(cgroup_dirs "$ID")" ""
}

# proves: linux.cgroupsPath
@test "cgroups: absolute and relative paths" {
	PARENT=$TAG
	config --arg p "/$TAG-a//./b/c/" '.linux.cgroupsPath = $p'
	running
	same "$(path_of "$(pid_of "$ID")")" "/$TAG-a/b/c"
	run_ok delete --force "$ID"
	[[ -z $(find /sys/fs/cgroup -path "*/$TAG-a/b/c") ]]
	config --arg p "$TAG-r/x" '.linux.cgroupsPath = $p'
	running
	same "$(path_of "$(pid_of "$ID")")" "/$TAG-r/x"
	run_ok delete --force "$ID"
	[[ -z $(find /sys/fs/cgroup -path "*/$TAG-r/x") ]]
}

@test "cgroups: paths that are none" {
	config '.linux.cgroupsPath = "/a/../../b"'
	run_fail 'cgroup path "/a/../../b" has ".." in it' run --bundle "$BUNDLE" "$ID"
	config '.linux.cgroupsPath = "/"'
	run_fail 'cgroup path "/" is the root of the hierarchy' run --bundle "$BUNDLE" "$ID"
	config '.linux.cgroupsPath = "./."'
	run_fail 'is the root of the hierarchy' run --bundle "$BUNDLE" "$ID"
	state_is_empty
}

@test "cgroups: what the container sees of them" {
	container_ok 'cat /proc/self/cgroup; grep " /sys/fs/cgroup" /proc/self/mountinfo; mkdir /sys/fs/cgroup/x || true;
		echo $$ >/sys/fs/cgroup/cgroup.procs || true'
	# with a cgroup namespace its own is the root
	has_not "$output" "$ID"
	has "$output" " /sys/fs/cgroup"
	same "$(awk '/ - cgroup/ && $6 ~ /^rw/' <<<"$output")" ""
	has "$output" "Read-only file system"
}

@test "cgroups: without a cgroup namespace only its own part is mounted" {
	config '.linux.namespaces |= map(select(.type != "cgroup"))'
	running
	local pid files
	pid=$(pid_of "$ID")
	has "$(</proc/"$pid"/cgroup)" "/$ID"
	files=$(find "/proc/$pid/root/sys/fs/cgroup" -name cgroup.procs)
	[[ -n $files ]]
	for file in $files; do
		# in the container's pid namespace it is 1; seen from here it is $pid
		same "$(<"$file")" "$pid"
	done
}

# --- freezing ------------------------------------------------------------------------------------

ticks_of()
{
	stat -c '%s' "$BUNDLE/rootfs/tmp/ticks"
}

more_ticks()
{
	(($(ticks_of) > $1))
}

# bats test_tags=guest
@test "cgroups: a paused container stands still, with all of its processes" {
	config '.process.args = ["sh", "-c", "sh -c \"while :; do echo >>/tmp/ticks; usleep 1000; done\" & wait"]'
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	wait_until more_ticks 3
	run_ok pause "$ID"
	same "$(status_of "$ID")" paused
	local before
	before=$(ticks_of)
	# the time in which a running one makes more
	for _ in 1 2 3 4 5; do
		sleep 0.02
		same "$(ticks_of)" "$before"
	done
	run_status 255 exec "$ID" true
	has "$output" "cannot exec in a paused container"
	run_ok resume "$ID"
	same "$(status_of "$ID")" running
	wait_until more_ticks "$before"
}

@test "cgroups: a paused container can be deleted by force" {
	running
	run_ok pause "$ID"
	run_ok delete --force "$ID"
	same "$(cgroup_dirs "$ID")" ""
}

# --- others' cgroups -----------------------------------------------------------------------------

# hierarchies: the mount points.
hierarchies()
{
	awk '$3 ~ /^cgroup/ && $2 ~ /^.sys.fs.cgroup/ { print $2 }' /proc/mounts
}

# refused_in DIR: a cgroup of our name there is another's.
refused_in()
{
	mkdir "$1/$ID"
	echo "$background" >"$1/$ID/cgroup.procs"
	run_fail "container's cgroup is not empty: 1 process(es) found" run --bundle "$BUNDLE" "$ID"
	# and neither it nor its process is touched
	grep -qx "$background" "$1/$ID/cgroup.procs"
	alive "$background"
	echo "$background" >"$1/cgroup.procs"
	rmdir "$1/$ID"
	same "$(cgroup_dirs "$ID")" ""
}

@test "cgroups: one that has processes is refused" {
	local dir ns
	background sleep 1000
	for ns in own host; do
		# without one of its own, delete kills all that is in the cgroup
		[[ $ns == own ]] || config '.linux.namespaces |= map(select(.type != "pid"))'
		for dir in $(hierarchies); do
			[[ $dir == */cpuset ]] || refused_in "$dir"
		done
	done
}

@test "cgroups: one that is frozen is refused" {
	local dir
	for dir in $(hierarchies); do
		mkdir "$dir/$ID"
		if [[ -e $dir/$ID/freezer.state ]]; then
			echo FROZEN >"$dir/$ID/freezer.state"
		elif [[ -e $dir/$ID/cgroup.freeze ]]; then
			echo 1 >"$dir/$ID/cgroup.freeze"
		else
			rmdir "$dir/$ID"
			continue
		fi
		run_fail "cgroup: container's cgroup is frozen" run --bundle "$BUNDLE" "$ID"
		rmdir "$dir/$ID"
	done
	container_ok 'echo well'
	same "$output" well
}

@test "cgroups: one that is empty is taken" {
	local dir
	for dir in $(hierarchies); do
		mkdir "$dir/$ID"
	done
	container_ok 'echo well'
	same "$output" well
}

# --- ownership -----------------------------------------------------------------------------------

# owned_files: what of the container's cgroup does not belong to root, in order.
owned_files()
{
	find "/sys/fs/cgroup$(path_of "$(pid_of "$ID")")" ! -uid 0 -printf '%U:%f\n' | sort
}

# A user of its own who may write to the cgroups that are mounted.
delegated()
{
	config '.process.user = { uid: 1000, gid: 1000 }
		| (.mounts[] | select(.type == "cgroup") | .options) -= ["ro"]'
}

# proves: linux.cgroupsPath
@test "cgroups: the user of a container owns what is delegated, and no limit" {
	needs_world v2
	local expected
	delegated
	args sh -c 'mkdir /sys/fs/cgroup/sub && echo 0 >/sys/fs/cgroup/sub/cgroup.procs &&
		touch /tmp/moved; exec sleep 1000'
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	wait_until test -e "$BUNDLE/rootfs/tmp/moved"
	expected=$(cd "/sys/fs/cgroup/$ID" && { cat /sys/kernel/cgroup/delegate 2>/dev/null ||
		printf 'cgroup.%s\n' procs subtree_control threads; } | while read -r file; do
			[[ ! -e $file ]] || echo "1000:$file"
		done)
	same "$(find "/sys/fs/cgroup/$ID" -maxdepth 1 ! -name sub -uid 1000 -printf '%U:%f\n' | sort)" \
		"$(sort <<<"$expected"$'\n'"1000:$ID")"
}

# proves: linux.cgroupsPath
@test "cgroups: nobody owns what is mounted read-only, or is not in a namespace of its own" {
	needs_world v2
	config '.process.user = { uid: 1000, gid: 1000 }'
	running
	same "$(owned_files)" ""
	run_ok delete --force "$ID"
	delegated
	config '.linux.namespaces |= map(select(.type != "cgroup"))'
	running
	same "$(owned_files)" ""
}

# proves: linux.cgroupsPath
@test "cgroups: on v1 nobody owns any" {
	needs_world v1
	delegated
	running
	same "$(find /sys/fs/cgroup/*/"$ID" ! -uid 0)" ""
}

# --- the end ---------------------------------------------------------------------------------------

@test "cgroups: removed with all that was made inside" {
	config '[ "CAP_SYS_ADMIN", "CAP_DAC_OVERRIDE" ] as $c | .process.capabilities = { bounding: $c, permitted: $c, effective: $c }
		| (.mounts[] | select(.type == "cgroup") | .options) -= ["ro"]'
	args sh -c 'for d in /sys/fs/cgroup /sys/fs/cgroup/*; do
			[ -e $d/cgroup.procs ] || continue
			# an empty cpuset of v1 takes no process
			[ ! -e $d/cpuset.cpus ] || [ -e $d/cgroup.controllers ] || continue
			mkdir -p $d/one/deep $d/two; sleep 1000 & echo $! >$d/one/deep/cgroup.procs
		done; touch /tmp/done; exec sleep 1000'
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	wait_until test -e "$BUNDLE/rootfs/tmp/done"
	[[ -n $(find /sys/fs/cgroup -path "*/$ID/one/deep") ]]
	run_ok delete --force "$ID"
	same "$(cgroup_dirs "$ID")" ""
	no_processes
}

@test "cgroups: removed when run ends" {
	container_ok 'sleep 1000 & exit 0'
	same "$(cgroup_dirs "$ID")" ""
	container 'kill -9 $$; exit 3'
	same "$(cgroup_dirs "$ID")" ""
}

# proves: §3.6
@test "cgroups: removed when create fails" {
	config '.mounts += [{ destination: "/x", type: "nosuchfs" }]'
	run_fail "nosuchfs" create --bundle "$BUNDLE" "$ID"
	same "$(cgroup_dirs "$ID")" ""
	state_is_empty
}

@test "cgroups: processes that outlive init without a pid namespace" {
	config '.linux.namespaces |= map(select(.type != "pid"))'
	args sh -c 'setsid sleep 1000 & setsid sleep 1001 & exec sleep 0.05'
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	wait_until has_status "$ID" stopped
	[[ -n $(our_processes) ]]
	run_ok delete --force "$ID"
	no_processes
	same "$(cgroup_dirs "$ID")" ""
}

# --- managers -------------------------------------------------------------------------------------------

@test "cgroups: the disabled manager leaves it in ours" {
	resources '{}'
	shell 'exec sleep 1000'
	run_ok --cgroup-manager disabled run --detach --bundle "$BUNDLE" "$ID"
	same "$(path_of "$(pid_of "$ID")")" "$(path_of self)"
	same "$(cgroup_dirs "$ID")" ""
	run_ok --cgroup-manager disabled delete --force "$ID"
}

@test "cgroups: the disabled manager refuses limits" {
	resources '{ "pids": { "limit": 5 } }'
	run_fail ".linux.resources.pids.limit: needs a cgroup, and the container has none" \
		--cgroup-manager disabled run --bundle "$BUNDLE" "$ID"
	state_is_empty
}

@test "cgroups: a manager that nobody knows" {
	run_fail "nosuch" --cgroup-manager nosuch run --bundle "$BUNDLE" "$ID"
	state_is_empty
}
