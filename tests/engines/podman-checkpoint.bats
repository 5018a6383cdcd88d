# Checkpoint and restore by podman, as root, with the criu that tests/criu finds.  $name is the
# test's container.
#
# shellcheck disable=SC2016,SC2034,SC2154

load podman

# What the tests look at: it counts in its memory, and says so in a file.  Only who starts says
# "begun".
COUNTING='echo begun; i=0
	while :; do
		i=$((i + 1)); echo $i >/count.new; mv /count.new /count
		[ ! -e /say ] || { cat /say; rm /say; }
		usleep 20000
	done'

setup_file()
{
	local criu

	if ! "$RUNTIME" checkpoint --help >/dev/null 2>&1; then
		LACKING="$RUNTIME_NAME has no command checkpoint"
	elif ! criu=$("$SERVIN_SRCDIR/tests/criu" 2>&1); then
		LACKING=${criu##*$'\n'}
	else
		export PATH=${criu%/*}:$PATH
	fi
	lacks podman && return
	start_podman
}

# counting [OPTION...]: a container $name that has counted a bit.
counting()
{
	started "$name" "$@" -- sh -c "$COUNTING"
	wait_until counted "$name" 5
}

# counted NAME N: whether it has counted to N and more.
counted()
{
	(($(podman exec "$1" cat /count) >= $2))
}

# count_of NAME
count_of()
{
	podman exec "$1" cat /count
}

# goes_on NAME N [BEGUN]: it has not begun anew, and counts on; what it says is still heard.
goes_on()
{
	local now

	now=$(count_of "$1")
	((now >= $2)) || die "counted to $2 before, to $now after"
	wait_until counted "$1" $((now + 3))
	podman exec "$1" sh -c 'echo heard >/say.new; mv /say.new /say'
	wait_until told "$1" heard
	same "$(podman logs "$1" | grep -c begun)" "${3:-1}"
}

# bats test_tags=short
@test "checkpoint and restore" {
	local before

	counting
	before=$(count_of "$name")
	ok podman container checkpoint "$name"
	same "$output" "$name"
	same "$(of "$name" '{{.State.Status}} {{.State.Checkpointed}}')" "exited true"
	ok podman container restore "$name"
	same "$(of "$name" '{{.State.Status}} {{.State.Restored}}')" "running true"
	goes_on "$name" "$before"
	ok podman stop --time 0 "$name"
	same "$(of "$name" '{{.State.ExitCode}}')" 137
	ok podman start "$name"
	wait_until counted "$name" 1
}

@test "--leave-running" {
	local before pid

	counting
	before=$(count_of "$name")
	pid=$(pid_of "$name")
	ok podman container checkpoint --leave-running "$name"
	same "$(of "$name" '{{.State.Status}}')" running
	same "$(pid_of "$name")" "$pid"
	goes_on "$name" "$before"
}

@test "to a file, and from there, under another name" {
	local before

	started "$name" --volume named:/v --tmpfs /t -- sh -c \
		"echo vol >/v/x; echo tmp >/t/x; echo shm >/dev/shm/x; echo root >/x; $COUNTING"
	wait_until counted "$name" 5
	before=$(count_of "$name")
	ok podman container checkpoint --export archive.tar.gz "$name"
	ok podman rm "$name"
	ok podman volume rm named
	ok podman container restore --import archive.tar.gz --name "$name-2"
	same "$(podman ps --all --format '{{.Names}}')" "$name-2"
	ok podman exec "$name-2" cat /v/x /t/x /dev/shm/x /x
	same "$output" $'vol\ntmp\nshm\nroot'
	goes_on "$name-2" "$before"
	# a second of the same, beside it
	ok podman container restore --import archive.tar.gz --name "$name-3" --ignore-volumes
	wait_until counted "$name-3" "$before"
	ok podman rm --force --time 0 "$name-2" "$name-3"
	ok podman volume rm named
}

@test "--keep, --print-stats, --compress" {
	local dir before

	counting
	ok podman container checkpoint --keep --print-stats "$name"
	has "$output" '"frozen_time"'
	dir=$(dirname "$(of "$name" '{{.OCIConfigPath}}')")
	[[ -e $dir/dump.log && -e $dir/checkpoint/inventory.img ]]
	ok podman container restore --keep --print-stats "$name"
	has "$output" '"restore_time"'
	[[ -e $dir/restore.log && -e $dir/checkpoint/inventory.img ]]
	before=$(count_of "$name")
	ok podman container checkpoint --compress none --export archive.tar "$name"
	[[ ! -e $dir/dump.log ]]
	tar -tf archive.tar >list
	grep -q '^checkpoint/inventory.img$' list
	ok podman container restore "$name"
	goes_on "$name" "$before"
}

@test "a terminal comes back" {
	local before

	counting --tty
	before=$(count_of "$name")
	ok podman container checkpoint "$name"
	ok podman container restore "$name"
	same "$(readlink "/proc/$(pid_of "$name")/fd/0")" /dev/pts/0
	goes_on "$name" "$before"
	ok podman exec --tty "$name" tty
	has "$output" /dev/pts/
}

@test "with a cgroup namespace" {
	local before

	counting --cgroupns private
	before=$(count_of "$name")
	ok podman container checkpoint "$name"
	ok podman container restore "$name"
	goes_on "$name" "$before"
	ok podman exec "$name" cat /proc/self/cgroup
	has_not "$output" libpod
}

@test "several processes" {
	started "$name" -- sh -c '(sleep 1001; echo never) & sleep 1002 & wait'
	wait_until runs "$name" "sleep 1002"
	ok podman exec "$name" ps -o pid,args
	local before=$output
	ok podman container checkpoint "$name"
	ok podman container restore "$name"
	ok podman exec "$name" ps -o pid,args
	same "$(grep -v "ps -o" <<<"$output")" "$(grep -v "ps -o" <<<"$before")"
	ok podman stop --time 0 "$name"
}

# runs NAME WORDS, for wait_until.
runs()
{
	[[ $(podman exec "$1" ps -o args) == *"$2"* ]]
}

@test "limits and address are the same after it" {
	local ID=$name address

	needs_controller memory
	needs_controller pids
	counting --memory 100m --pids-limit 50 --cpus 0.5 --hostname box
	address=$(of "$name" '{{.NetworkSettings.IPAddress}}')
	ok podman container checkpoint "$name"
	ok podman container restore "$name"
	same "$(limit memory memory.limit_in_bytes memory.max)" 104857600
	same "$(limit pids pids.max pids.max)" 50
	same "$(limit cpu cpu.cfs_quota_us cpu.max)" "$(in_world 50000 "50000 100000")"
	same "$(of "$name" '{{.NetworkSettings.IPAddress}}')" "$address"
	ok podman exec "$name" sh -c 'hostname; ip -o -4 address show eth0'
	has "$output" box
	has "$output" " $address/"
	ok podman pause "$name"
	ok podman unpause "$name"
	ok podman update --memory 120m "$name"
	same "$(limit memory memory.limit_in_bytes memory.max)" 125829120
}

# A connection inside of the container, both ends of which are saved.
@test "--tcp-established" {
	started "$name" -- sh -c '
		mkdir /www; echo words >/www/index.html; httpd -p 127.0.0.1:80 -h /www
		(until [ -e /go ]; do usleep 20000; done; printf "GET / HTTP/1.0\r\n\r\n"; exec sleep 1003) |
			nc 127.0.0.1 80 >/got
		exec sleep 1004'
	wait_until is_connected "$name"
	fails "" podman container checkpoint "$name"
	has "$output" "failed"
	same "$(of "$name" '{{.State.Status}}')" running
	ok podman container checkpoint --tcp-established "$name"
	ok podman container restore --tcp-established "$name"
	ok podman exec "$name" touch /go
	wait_until podman exec "$name" grep words /got
}

is_connected()
{
	podman exec "$1" netstat -tn | grep ESTABLISHED
}

@test "--file-locks" {
	started "$name" --volume /usr:/usr:ro --volume /usr/lib:/lib:ro --volume /usr/lib64:/lib64:ro -- \
		sh -c 'touch /lock; exec /usr/bin/flock --no-fork /lock sleep 1005'
	wait_until runs "$name" "sleep 1005"
	fails "" podman container checkpoint "$name"
	has "$output" "failed"
	same "$(of "$name" '{{.State.Status}}')" running
	ok podman container checkpoint --file-locks "$name"
	ok podman container restore --file-locks "$name"
	exits 1 podman exec "$name" /usr/bin/flock --nonblock /lock true
}

@test "into a pod" {
	local pod before

	pod=$(podman pod create --name "$name-pod")
	started "$name" --pod "$name-pod" -- sh -c "$COUNTING"
	wait_until counted "$name" 5
	before=$(count_of "$name")
	ok podman container checkpoint --export archive.tar.gz "$name"
	ok podman rm "$name"
	ok podman container restore --import archive.tar.gz --pod "$pod"
	goes_on "$name" "$before"
	ok podman pod rm --force --time 0 "$name-pod"
}

@test "to an image, and from it" {
	local before

	counting
	before=$(count_of "$name")
	ok podman container checkpoint --create-image localhost/checkpoint "$name"
	ok podman rm "$name"
	ok podman container restore localhost/checkpoint
	goes_on "$name" "$before" 0
	ok podman rm --force --time 0 "$name"
	ok podman rmi localhost/checkpoint
}

@test "--pre-checkpoint, --with-previous" {
	local before

	criu check --feature mem_dirty_track >/dev/null 2>&1 ||
		skip "needs a kernel that tracks dirty memory"
	counting
	before=$(count_of "$name")
	ok podman container checkpoint --pre-checkpoint --export pre.tar.gz "$name"
	same "$(of "$name" '{{.State.Status}}')" running
	ok podman container checkpoint --with-previous --export archive.tar.gz "$name"
	ok podman rm "$name"
	ok podman container restore --import-previous pre.tar.gz --import archive.tar.gz
	goes_on "$name" "$before" 0
}

# bats test_tags=short
@test "nothing is left of all these containers" {
	ok podman rm --force --all --time 0
	same "$(find "/run/$RUNTIME_NAME" -mindepth 1 -maxdepth 1 ! -name .cache)" ""
	same "$(cgroup_dirs 'libpod-*')" ""
	same "$(grep -c /overlay-containers/ /proc/self/mountinfo)" 0
	same "$(stat -c '%u:%g %a' /dev/null)" "0:0 666"
}
