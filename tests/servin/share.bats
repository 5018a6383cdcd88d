#!/usr/bin/env bats
#
# Namespaces that containers share with each other, with the host, or with nobody; and what exec
# has in one.

load helpers

setup()
{
	store_setup
	image
}

# space NAME KIND: which namespace the first process of a container is in.
space()
{
	readlink "/proc/$(of "$1" '{{.State.Pid}}')/ns/$2"
}

@test "share: each container has its own" {
	local kind

	ok servin run -d --name one box sleep 1000
	ok servin run -d --name two box sleep 1000
	for kind in pid net ipc uts mnt cgroup; do
		[[ $(space one "$kind") != "$(space two "$kind")" ]] || die "$kind is shared"
		[[ $(space one "$kind") != "$(readlink "/proc/self/ns/$kind")" ]] || die "$kind"
	done
	same "$(space one user)" "$(readlink /proc/self/ns/user)"
}

@test "share: those of another container, by name" {
	local kind

	ok servin run -d --name one -h box --add-host there:10.1.1.1 --ipc shareable box sleep 1000
	ok servin exec one sh -c 'echo shared >/dev/shm/file'
	ok servin run -d --name two --pid container:one --network container:one \
		--ipc container:one box sleep 1000
	for kind in pid net ipc; do
		same "$(space one "$kind")" "$(space two "$kind")"
	done
	same "$(servin exec two cat /dev/shm/file)" shared
	has "$(servin exec two cat /etc/hosts)" there
	same "$(of two '{{.HostConfig.PidMode}}')" "container:$(of one '{{.Id}}')"
}

@test "share: one that does not run, or is not there" {
	ok servin create --name one box true
	fails 125 "no such container: none" servin run --pid container:none box true
	fails 125 "container one does not run" servin run --pid container:one box true
	fails 125 "container one does not share its IPC namespace" \
		servin run --ipc container:one box true
}

@test "share: the host's" {
	local kinds="pid uts ipc net cgroup" kind host=""

	for kind in $kinds; do
		host+=$(readlink "/proc/self/ns/$kind")
	done
	ok servin run --rm --pid host --uts host --ipc host --network host --cgroupns host box \
		sh -c "for kind in $kinds; do readlink -n /proc/self/ns/\$kind; done"
	same "$output" "$host"
	fails 125 "--hostname and --uts host exclude each other" \
		servin run --uts host -h box box true
	fails 125 "--shm-size is for a /dev/shm of its own" \
		servin run --ipc host --shm-size 1m box true
	fails 125 "it has no network of its own" \
		servin run --network host --sysctl net.ipv4.ip_forward=1 box true
}

# children STATE PID: how many children in that state a process has
children()
{
	ps -o stat= --ppid "$2" | grep -c "^$1"
}

@test "share: orphans in the host's pid namespace leave no zombies" {
	local monitor

	ok servin run -d --name web --pid host box \
		sh -c 'for i in 1 2 3 4 5 6 7 8; do (true & exec true); done; echo made; exec sleep 1000'
	monitor=$(jq .Monitor "$ROOT/containers/$(of web '{{.Id}}')/status.json")
	wait_until grep -q made "$ROOT/containers/$(of web '{{.Id}}')/log.json"
	none_dead()
	{
		[[ $(children Z "$monitor") == 0 ]]
	}
	wait_until none_dead
	same "$(children S "$monitor")" 1
	ok servin stop -t 5 web
	ok servin rm web
}

@test "share: sysctls and ports below 1024 in a network of its own" {
	ok servin run --rm --sysctl net.ipv4.ip_forward=1 box cat /proc/sys/net/ipv4/ip_forward \
		/proc/sys/net/ipv4/ip_unprivileged_port_start
	same "$output" $'1\n0'
}

@test "exec: the container's user, directory and variables, or others" {
	ok servin run -d --name web -u user -w /tmp -e A=1 -e B=2 box sleep 1000
	ok servin exec -e B=3 web sh -c "id -u; pwd; echo \$A\$B"
	same "$output" $'1000\n/tmp\n13'
	ok servin exec -u 0:more -w / web sh -c 'id -u; id -g; pwd'
	same "$output" $'0\n2000\n/'
	fails 1 'no user "nobody"' servin exec -u nobody web true
	ok servin exec web sed -n 's/^CapEff:\t//p' /proc/self/status
	same "$output" 0000000000000000
	ok servin exec -u 0 --privileged web sed -n 's/^CapEff:\t//p' /proc/self/status
	((16#$output & 1 << 21))	# CAP_SYS_ADMIN
}
