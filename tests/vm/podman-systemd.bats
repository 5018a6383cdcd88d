#!/usr/bin/env bats
# shellcheck disable=SC2016,SC2154
#
# podman on a machine with systemd and cgroup v2, which only the guest is: limits in the scopes and
# slices that systemd keeps, the user's own systemd, timers, services.  What podman does without
# systemd is tested in tests/engines.

load ../engines/engines

# made outside, where it takes no time
IMAGE_TAR=$SERVIN_BUILDDIR/tests/vm/bb.tar

setup_file()
{
	[[ -e /run/vm/job ]] || skip "runs in the guest only, by tests/vm/run"
	needs_cmd podman
	engine "podman with systemd" "$(podman --version | cut -d' ' -f3)"
	install_runtime
	ok podman load --quiet --input "$IMAGE_TAR"
}

# As `make install` does, with the file of contrib/engines where podman reads it.
install_runtime()
{
	local dir=/etc/containers/containers.conf.d helpers=${OCIRUN_LIBEXEC:-/usr/local/libexec/servin}

	mkdir -p "$dir" "$helpers" /usr/local/bin
	cp "$OCIRUN" /usr/local/bin/ocirun
	cp "$OCIRUN_SYSTEMD" "$helpers/ocirun-systemd"
	cp "$SERVIN_SRCDIR/contrib/engines/containers.conf.d/50-ocirun.conf" "$dir"
	printf '[containers]\nnetns = "none"\n[engine]\nruntime = "%s"\n' "$RUNTIME_NAME" \
		>"$dir/60-test.conf"
}

teardown()
{
	ok podman rm --all --force --time 0
	wait_until no_units || die "units left: $(systemctl list-units --no-legend 'libpod-*')"
}

no_units()
{
	[[ -z $(systemctl list-units --plain --no-legend 'libpod-*') ]]
}

manager=()

# running [ARG...] IMAGE COMMAND...: sets $id, $pid and $UNIT, the scope it is to have.
running()
{
	ok podman "${manager[@]}" run --detach --name "$name" --pidfile "$BATS_TEST_TMPDIR/pid" "$@"
	id=$output
	pid=$(<"$BATS_TEST_TMPDIR/pid")
	UNIT=libpod-$id.scope
}

# file NAME: what stands in a file of the cgroup of $pid.
file()
{
	cat "/sys/fs/cgroup$(sed 's/^0:://' "/proc/$pid/cgroup")/$1"
}

# The cgroup that $pid was given.  crun has the container one level deeper.
cgroup()
{
	sed 's/^0:://; s,/container$,,' "/proc/$pid/cgroup"
}

# systemd writes the files of its units anew.
reload()
{
	systemctl daemon-reload
	systemctl set-property --runtime "$UNIT" IOWeight=50
}

gone_with_its_scope()
{
	ok podman rm --force --time 0 "$name"
	no_unit "$UNIT"
	[[ ! -e /sys/fs/cgroup/machine.slice/$UNIT ]]
}

# --- limits ---------------------------------------------------------------------------------------

limits=(--memory 64m --memory-reservation 32m --memory-swap 80m --cpus 0.5 --cpu-shares 512
	--cpuset-cpus 0 --pids-limit 50)

limits_hold()
{
	same "$(file memory.max)" 67108864
	same "$(file memory.low)" 33554432
	same "$(file memory.swap.max)" 16777216
	same "$(file cpu.max)" "50000 100000"
	# 512 shares, by the newer conversion and by the older one
	[[ $(file cpu.weight) =~ ^(59|20)$ ]]
	same "$(file cpuset.cpus)" 0
	same "$(file pids.max)" 50
}

# bats test_tags=guest
@test "podman: limits are in the kernel's files and in the scope, and outlive daemon-reload" {
	running "${limits[@]}" "$IMAGE" sleep 1000
	same "$(cgroup)" "/machine.slice/$UNIT"
	limits_hold
	shows Slice=machine.slice Delegate=yes MemoryMax=67108864 MemoryLow=33554432 \
		MemorySwapMax=16777216 CPUQuotaPerSecUSec=500ms AllowedCPUs=0 TasksMax=50 \
		"CPUWeight=$(file cpu.weight)"
	reload
	limits_hold
	ok podman exec "$name" cat /proc/self/cgroup
	has "$output" 0::/
	gone_with_its_scope
}

@test "podman: update changes the kernel's files and the scope" {
	running --memory 64m --pids-limit 50 "$IMAGE" sleep 1000
	ok podman update --memory 80m --cpus 0.25 --cpuset-cpus 1 "$name"
	shows MemoryMax=83886080 CPUQuotaPerSecUSec=250ms AllowedCPUs=1 TasksMax=50
	reload
	same "$(file memory.max)" 83886080
	same "$(file cpu.max)" "25000 100000"
	same "$(file cpuset.cpus)" 1
	same "$(file pids.max)" 50
}

@test "podman: out of memory: the process is killed, not the container" {
	ok podman run --rm --memory 16m --memory-swap 16m "$IMAGE" \
		sh -c '(x=a; while :; do x=$x$x; done); echo "status $?"'
	has "$output" "status 137"
}

# --- verbs ----------------------------------------------------------------------------------------

@test "podman: exec joins the scope; pause freezes it; stats and top see it" {
	running --memory 64m "$IMAGE" sleep 1000
	ok podman exec --detach "$name" sleep 1001
	wait_until two_processes
	ok podman stats --no-stream --format '{{.PIDs}} {{.MemLimit}}' "$name"
	same "$output" "2 67108864"
	ok podman top "$name" args
	has "$output" "sleep 1001"
	ok podman pause "$name"
	has "$(file cgroup.events)" "frozen 1"
	same "$(podman inspect --format '{{.State.Status}}' "$name")" paused
	ok podman unpause "$name"
	has "$(file cgroup.events)" "frozen 0"
	gone_with_its_scope
}

two_processes()
{
	[[ $(file cgroup.procs | wc -l) == 2 ]]
}

@test "podman: stop: by its signal, then the scope is gone; start makes it again" {
	running "$IMAGE" sh -c 'trap "exit 3" TERM; while :; do sleep 0.1; done'
	ok podman stop "$name"
	same "$(podman inspect --format '{{.State.Status}} {{.State.ExitCode}}' "$name")" "exited 3"
	wait_until no_unit "$UNIT"
	ok podman start "$name"
	shows ActiveState=active
}

@test "podman: a pod has a slice with its limits, and its containers scopes in it" {
	ok podman pod create --name "$name-pod" --memory 128m --cpus 0.5
	local slice=machine-libpod_pod_$output.slice
	running --pod "$name-pod" --memory 64m "$IMAGE" sleep 1000
	same "$(cgroup)" "/machine.slice/$slice/$UNIT"
	same "$(file memory.max)" 67108864
	same "$(cat "/sys/fs/cgroup/machine.slice/$slice/memory.max")" 134217728
	same "$(cat "/sys/fs/cgroup/machine.slice/$slice/cpu.max")" "50000 100000"
	ok podman pod rm --force --time 0 "$name-pod"
	no_unit "$UNIT"
	[[ ! -e /sys/fs/cgroup/machine.slice/$slice ]]
}

@test "podman: cgroup manager cgroupfs: the same limits, without a unit" {
	manager=(--cgroup-manager cgroupfs)
	running "${limits[@]}" "$IMAGE" sleep 1000
	same "$(cgroup)" "/libpod_parent/libpod-$id"
	limits_hold
	no_unit "$UNIT"
	ok podman "${manager[@]}" update --memory 80m "$name"
	same "$(file memory.max)" 83886080
	ok podman "${manager[@]}" rm --force --time 0 "$name"
	[[ ! -e /sys/fs/cgroup/libpod_parent/libpod-$id ]]
}

# --- with systemd ---------------------------------------------------------------------------------

# as_user WORDS: by a shell of `user` after a login, as ok does it.
as_user()
{
	ok runuser -l user -c "$1"
}

# bats test_tags=guest
@test "podman: a plain user: the scope is in the user's systemd, with its limits" {
	local slice=/user.slice/user-1000.slice/user@1000.service/user.slice
	as_user "podman run --quiet --detach --name $name --pidfile \$HOME/pid --memory 64m \
		--cpus 0.5 --pids-limit 50 docker-archive:$IMAGE_TAR sleep 1000"
	UNIT=libpod-$output.scope
	pid=$(</home/user/pid)
	same "$(cgroup)" "$slice/$UNIT"
	same "$(file memory.max)" 67108864
	same "$(file cpu.max)" "50000 100000"
	same "$(file pids.max)" 50
	as_user "podman update --memory 80m $name >/dev/null; podman exec $name id -u
		systemctl --user show $UNIT -p MemoryMax -p TasksMax"
	same "$output" $'0\nMemoryMax=83886080\nTasksMax=50'
	as_user "podman rm --force --time 0 $name"
	[[ ! -e /sys/fs/cgroup$slice/$UNIT ]]
}

@test "podman: a healthcheck runs by a timer" {
	running --healthcheck-command 'test -e /tmp/well' --healthcheck-interval 1s \
		--healthcheck-retries 1 "$IMAGE" sleep 1000
	wait_until health_is unhealthy
	ok podman exec "$name" touch /tmp/well
	wait_until health_is healthy
}

health_is()
{
	[[ $(podman inspect --format '{{.State.Health.Status}}' "$name") == "$1" ]]
}

@test "podman: a service that podman generates: started, found by systemd, stopped" {
	ok podman create --name "$name" "$IMAGE" \
		sh -c 'trap "exit 0" TERM; while :; do sleep 0.1; done'
	podman generate systemd --new --name "$name" >"/run/systemd/system/$name.service"
	ok podman rm "$name"
	systemctl daemon-reload
	ok systemctl start "$name"
	UNIT=$name.service shows ActiveState=active SubState=running \
		"MainPID=$(podman inspect --format '{{.State.ConmonPid}}' "$name")"
	UNIT=libpod-$(podman inspect --format '{{.Id}}' "$name").scope
	shows ActiveState=active
	ok systemctl stop "$name"
	UNIT=$name.service shows ActiveState=inactive Result=success
	no_unit "$UNIT"
	same "$(podman ps --all --quiet)" ""
}

@test "podman: systemd in a container: its cgroup is its own to divide" {
	running --systemd always "$IMAGE" sleep 1000
	ok podman exec "$name" sh -ec 'mkdir /sys/fs/cgroup/init.scope
		echo 1 >/sys/fs/cgroup/init.scope/cgroup.procs; cat /proc/1/cgroup; echo $container
		grep -c " /run " /proc/self/mountinfo'
	same "$output" $'0::/init.scope\npodman\n1'
	gone_with_its_scope
}
