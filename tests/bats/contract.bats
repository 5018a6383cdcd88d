#!/usr/bin/env bats
#
# The runtime as engines call it: podman and CRI-O through conmon, containerd and Docker through the
# shim, BuildKit and buildah by themselves.  No engine is needed.  Much of what they rely on is proven
# in other files:
#
#	errors: one record in the log, and its words on standard error	cli.bats, create.bats, exec.bats
#	the words of what cannot be executed, no pid file for it	create.bats, exec.bats, start.bats
#	a container that does not exist, delete --force of it		cli.bats, delete.bats
#	spellings of options, --version					cli.bats
#	the pid file							create.bats, exec.bats, run.bats
#	a create that dies with its caller				concurrency.bats, tests/fault
#	the terminal: console socket, our own, size, raw mode		terminal.bats
#	no descriptor of the caller's, --preserve-fds			streams.bats
#	the manager of cgroups is remembered				systemd.bats
#	a zombie is stopped; the states					state.bats
#	kill: forms of signals, one that has stopped, --all		kill.bats
#	a cgroup with processes, or frozen, is refused			cgroups.bats
#	pause of one that does not run					pause.bats, concurrency.bats
#	update from standard input					update.bats
#	checkpoint and restore						checkpoint.bats
#	what features says is so					features.bats

load helpers

# words_of COMMAND...: runs it with a pipe as its output, which must end with it; sets $output, $status.
words_of()
{
	status=0
	output=$(set -o pipefail; timeout -k 2 "$COMMAND_LIMIT" "$@" 2>&1 </dev/null 3>&- |
		timeout "$COMMAND_LIMIT" cat) || status=$?
}

# said ARGS...: the runtime, with the options in $globals, answers 0; $output has both outputs.
said()
{
	words_of "$OCIRUN" --root "$STATE" "${globals[@]}" "$@"
	[[ $status == 0 ]] || die "ocirun $*: status $status" "output: $output"
}

silent()
{
	said "$@"
	same "$output" ""
}

# document ARGS...: a JSON document and nothing else.
document()
{
	said "$@"
	same "$(jq -s length <<<"$output")" 1
}

# terminal_for PROGRAM...: a receiver at ./console, who keeps the master.
terminal_for()
{
	rm -f "$BUNDLE/console"
	background "$RECVFD" "$BUNDLE/console"
	wait_until test -S "$BUNDLE/console"
}

# process WORD...: a process object in ./process.json, as engines write them.
process()
{
	jq -n '{ user: { uid: 0, gid: 0 }, cwd: "/", env: ["PATH=/bin"], args: $ARGS.positional }' \
		--args -- "$@" >"$BUNDLE/process.json"
}

# under_caller SCRIPT: runs the SCRIPT of bash below a process that adopts what is left of it, as conmon
# and the shim do, then tells of its children, sorted: NAME and whether it leads a session.  In SCRIPT,
# $R is the runtime with its root.
under_caller()
{
	needs_cmd python3
	run timeout 60 python3 - "$BUNDLE" "$ID" "$OCIRUN --root $STATE" "$1" <<-'END'
		import ctypes, os, subprocess, sys
		bundle, name, runtime, script = sys.argv[1:]
		ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)	# PR_SET_CHILD_SUBREAPER
		env = dict(os.environ, R=runtime, ID=name, BUNDLE=bundle)
		p = subprocess.Popen(["bash", "-e", "-c", script], cwd=bundle, env=env,
		                     stdin=subprocess.DEVNULL)
		status = p.wait()
		children = open(f"/proc/self/task/{os.getpid()}/children").read().split()
		lines = []
		for pid in map(int, children):
		    comm = open(f"/proc/{pid}/comm").read().strip()
		    lines.append(f"{comm} {'leader' if os.getsid(pid) == pid else 'follower'}")
		print(status, *sorted(lines), sep="\n")
		subprocess.run([*runtime.split(), "kill", name, "9"])
		for _ in children:
		    os.wait()
		subprocess.run([*runtime.split(), "delete", name])
	END
	same "$status" 0
}

# --- silence ---------------------------------------------------------------------------------------

# life: from create to delete as the shim has it, each command with one pipe for both outputs.
life()
{
	config '.process.terminal = true'
	args sleep 1000
	terminal_for init
	silent create --bundle "$BUNDLE" --pid-file "$BUNDLE/init.pid" \
		--console-socket "$BUNDLE/console" --no-new-keyring "$ID"
	document state "$ID"
	silent start "$ID"
	document state "$ID"
	document ps --format json "$ID"
	same "$output" "[$(<init.pid)]"
	process sleep 1001
	jq '.terminal = true' <process.json >terminal.json
	terminal_for exec
	silent exec --process "$BUNDLE/terminal.json" --console-socket "$BUNDLE/console" --detach \
		--pid-file "$BUNDLE/e1.pid" "$ID"
	process true
	silent exec --process "$BUNDLE/process.json" --detach --pid-file "$BUNDLE/e2.pid" "$ID"
	silent exec --process "$BUNDLE/process.json" "$ID"
	silent pause "$ID"
	document state "$ID"
	silent resume "$ID"
	silent update --resources="$BUNDLE/nothing.json" "$ID"
	silent kill "$ID" 10
	silent kill --all "$ID" WINCH
	silent kill "$ID" 9
	wait_until has_status "$ID" stopped
	document state "$ID"
	document ps --format json "$ID"
	silent kill --all "$ID" 9
	silent delete "$ID"
	silent delete --force "$ID"
	document features
	document list --format json
}

@test "contract: no command says a word when it has succeeded" {
	local log=$BATS_TEST_TMPDIR/log.json
	echo '{}' >nothing.json
	globals=()
	life
	globals=(--log "$log" --log-format json)
	life
	same "$(stat -c '%a %s' "$log")" "644 0"
}

@test "contract: run --keep and delete, as BuildKit calls them" {
	local log=$BATS_TEST_TMPDIR/log.json
	local g=(--log "$log" --log-format json)
	shell '>/ready; while [ ! -e /go ]; do sleep 0.02; done; echo out; exit 3'
	# in a process group of its own, with pipes
	(
		setsid "$OCIRUN" --root "$STATE" "${g[@]}" run --bundle "$BUNDLE" --keep "$ID" \
			</dev/null 2>&1 3>&- | cat >"$BUNDLE/out" || true
		echo "${PIPESTATUS[0]}" >"$BUNDLE/status"
	) &
	wait_until test -e rootfs/ready
	same "$(ocirun "${g[@]}" state "$ID" | jq -r '.status, .bundle')" "running"$'\n'"$BUNDLE"
	process sh -c 'echo exec; exit 4'
	words_of "$OCIRUN" --root "$STATE" "${g[@]}" exec --process process.json --pid-file "$BUNDLE/pid" "$ID"
	same "$status:$output" 4:exec
	: >rootfs/go
	wait
	same "$(<status):$(<out)" 3:out
	same "$(ocirun "${g[@]}" state "$ID" | jq -c '[.status, .pid, .bundle]')" \
		"[\"stopped\",0,\"$BUNDLE\"]"
	words_of "$OCIRUN" --root "$STATE" "${g[@]}" delete "$ID"
	same "$status:$output:$(<"$log")" 0::
}

# --- capabilities that cannot be granted -----------------------------------------------------------

# The runtime without two capabilities that the container asks for: $LESSER.
lesser()
{
	needs_cmd setpriv
	LESSER=$BATS_TEST_TMPDIR/lesser
	printf '#!/bin/sh\nexec setpriv --bounding-set %s --inh-caps %s "%s" "$@"\n' \
		-sys_boot,-sys_resource -sys_boot,-sys_resource "$OCIRUN" >"$LESSER"
	chmod +x "$LESSER"
	config '.process.capabilities |= with_entries(.value += ["CAP_SYS_RESOURCE", "CAP_SYS_BOOT"])'
}

@test "contract: a capability that we lack is a warning, and none where engines listen" {
	local log=$BATS_TEST_TMPDIR/log.json
	lesser
	OCIRUN=$LESSER
	shell 'echo ran'
	words_of "$OCIRUN" --root "$STATE" run --bundle "$BUNDLE" "$ID"
	same "$status:${output##*$'\n'}" 0:ran
	has "$output" "ocirun: warning: CAP_SYS_BOOT cannot be granted: not in our bounding set"
	words_of "$OCIRUN" --root "$STATE" --log "$log" --log-format json run --bundle "$BUNDLE" "$ID"
	same "$status:$output:$(<"$log")" 0:ran:
	# who asks for warnings gets them in the log, and there only
	words_of "$OCIRUN" --root "$STATE" --log "$log" --log-format json --log-level warning \
		run --bundle "$BUNDLE" "$ID"
	same "$status:$output" 0:ran
	same "$(jq -r .level "$log" | sort -u)" warning
	has "$(jq -r .msg "$log")" "CAP_SYS_BOOT cannot be granted"
}

@test "contract: exec with a capability that we lack" {
	local log=$BATS_TEST_TMPDIR/log.json
	lesser
	OCIRUN=$LESSER
	args sleep 1000
	run_ok --log "$log" run --detach --bundle "$BUNDLE" "$ID"
	same "$output" ""
	process sh -c 'grep CapBnd /proc/self/status >/caps; echo ran'
	jq '.capabilities = { bounding: ["CAP_KILL", "CAP_SYS_BOOT"], permitted: ["CAP_KILL", "CAP_SYS_BOOT"],
		effective: ["CAP_KILL", "CAP_SYS_BOOT"] }' <process.json >caps.json
	words_of "$OCIRUN" --root "$STATE" --log "$log" --log-format json exec --process caps.json "$ID"
	same "$status:$output:$(<"$log")" 0:ran:
	same "$(<rootfs/caps)" $'CapBnd:\t0000000000000020'
}

@test "contract: a failure behind such warnings is the one record of the log" {
	local log=$BATS_TEST_TMPDIR/log.json
	lesser
	OCIRUN=$LESSER
	args nosuch
	words_of "$OCIRUN" --root "$STATE" --log "$log" --log-format json create --bundle "$BUNDLE" "$ID"
	same "$status" 1
	# podman reads all of the file as one object
	same "$(jq -s length "$log")" 1
	same "ocirun: $(jq -r .msg "$log")" "$output"
	has "$output" 'exec: "nosuch": executable file not found in $PATH'
}

# --- words -----------------------------------------------------------------------------------------

# essence: runc's words, without what it puts in front.
essence()
{
	sed -n 's/^.*level=error msg="\(.*\)"$/\1/p' | tail -n 1 | sed -e 's/\\"/"/g' \
		-e 's/^runc [a-z]* failed: //; s/^exec failed: //; s/^unable to start container process: //' \
		-e 's/^error during container init: //'
}

# alike ARGS...: both answer the same, and ours has runc's words; @ stands for the ID.
alike()
{
	local theirs

	words_of runc --root "$STATE.runc" "${@//@/$ID-runc}"
	theirs=$status:$output
	words_of "$OCIRUN" --root "$STATE" "${@//@/$ID}"
	same "$*: $status" "$*: ${theirs%%:*}"
	has "$output" "$(essence <<<"$theirs")"
	[[ -n $output || ! ${theirs#*:} ]] || die "$*: ours is silent, runc: $theirs"
}

# both ARGS...: neither says anything.
both()
{
	alike "$@"
	same "$status:$output" 0:
}

stopped_both()
{
	has_status "$ID" stopped && [[ $(runc --root "$STATE.runc" state "$ID-runc" | jq -r .status) == stopped ]]
}

# What compares has a container of runc's beside ours.
teardown()
{
	if [[ -d $STATE.runc ]]; then
		runc --root "$STATE.runc" delete --force "$ID-runc" || true
		rm -rf "$STATE.runc"
	fi
	servin_teardown
}

@test "contract: words and statuses are runc's" {
	local verb
	needs_cmd runc
	for verb in state kill start pause resume ps delete; do
		alike "$verb" @
	done
	alike exec @ true
	alike update --pids-limit 10 @
	both delete --force @

	: >"$BUNDLE/nothing"	# what runc is given as its input, it gives to the user
	args sleep 1000
	runc --root "$STATE.runc" create --bundle "$BUNDLE" "$ID-runc" <"$BUNDLE/nothing" >/dev/null 2>&1
	run_ok create --bundle "$BUNDLE" "$ID"
	alike create --bundle "$BUNDLE" @
	both start @
	alike start @
	alike resume @
	alike exec @ nosuch
	alike exec @ /etc/passwd
	alike exec @ sh -c 'exit 7'
	alike exec @ sh -c 'kill -9 $$'
	alike kill @ FOO
	both kill @ cont
	both pause @
	alike pause @
	alike exec @ true
	both kill @ CONT
	both resume @
	both kill @ KILL
	wait_until stopped_both
	alike kill @ 15
	alike kill @ 9
	both kill --all @ 9
	both kill --all @ 15
	alike exec @ true
	alike pause @
	alike resume @
	alike update --pids-limit 10 @
	alike start @
	alike ps --format json @
	same "$output" null
	both delete @

	alike create --bundle "$BUNDLE" a/b
	args nosuch
	alike create --bundle "$BUNDLE" @
	args /etc/passwd
	alike create --bundle "$BUNDLE" @
	alike create --bogus @
	alike create --bundle
}

# go-runc writes -no-subreaper so; the others any of Go's programs may.
@test "contract: long options with one dash" {
	args sleep 1000
	run_ok -log "$BATS_TEST_TMPDIR/log" -log-format json create -bundle "$BUNDLE" -pid-file pid -no-pivot \
		-no-new-keyring -no-subreaper -preserve-fds 0 "$ID"
	run_ok start "$ID"
	process true
	run_ok exec -process process.json -pid-file=pid -detach -detach=true -preserve-fds=0 "$ID"
	run_ok ps -format=json "$ID"
	run_ok kill -all "$ID" 0
	run_ok update -resources=- "$ID" <<<'{}'
	run_ok update --resources=- "$ID" <<<'{}'
	run_ok update --resources - "$ID" <<<'{}'
	run_ok delete -force -force "$ID"
	run_fail "bundle /nosuch: no such file or directory" restore -image-path images -work-path work -detach \
		-pid-file pid -no-subreaper -bundle /nosuch "$ID"
	run_fail "container does not exist" checkpoint -image-path images -leave-running -tcp-established \
		-file-locks -leave-running "$ID"
}

@test "contract: what podman asks before it checkpoints" {
	run_ok checkpoint --help
	run_fail "flag needs an argument" restore --lsm-mount-context
}

# --- processes -------------------------------------------------------------------------------------

@test "contract: nothing but the container's processes is left behind" {
	args sleep 1000
	process sleep 1001
	under_caller '
		$R create --bundle . --pid-file pid $ID
		$R start $ID
		$R exec --process process.json --detach --pid-file e.pid $ID
		$R pause $ID
		$R resume $ID
		$R ps $ID >/dev/null'
	same "$output" $'0\nsleep leader\nsleep leader'
}

@test "contract: nor by commands that fail" {
	args sleep 1000
	process nosuch
	under_caller '
		$R create --bundle . $ID
		! $R create --bundle . $ID 2>/dev/null
		! $R create --bundle . --pid-file /nosuch/pid $ID-2 2>/dev/null
		! $R exec --process process.json --detach --pid-file e.pid $ID 2>/dev/null
		! $R exec --detach --pid-file /nosuch/pid $ID sleep 1001 2>/dev/null
		! test -e e.pid'
	same "$output" $'0\nocirun:init leader'
}

# conmon up to 2.1 goes by the status, later ones by the pid file.
@test "contract: exec of what ends at once has succeeded, and its end is there to be waited for" {
	args sleep 1000
	needs_cmd python3
	process sh -c 'exit 5'
	run timeout 60 python3 - "$OCIRUN" "$STATE" "$BUNDLE" "$ID" <<-'END'
		import ctypes, os, subprocess, sys
		runtime, root, bundle, name = sys.argv[1:]
		ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)	# PR_SET_CHILD_SUBREAPER
		def ocirun(*args):
		    subprocess.run([runtime, "--root", root, *args], check=True, timeout=30)
		ocirun("create", "--bundle", bundle, name)
		ocirun("start", name)
		ends = set()
		for n in range(20):
		    ocirun("exec", "--process", "process.json", "--detach", "--pid-file", "pid", name)
		    ends.add(os.WEXITSTATUS(os.waitpid(int(open("pid").read()), 0)[1]))
		    os.unlink("pid")
		ocirun("kill", name, "9")
		print(ends)
	END
	same "$status:$output" "0:{5}"
}

@test "contract: the death of the caller is no signal to what exec has started" {
	[[ -x $PROBE ]] || skip "needs the probe"
	running
	run_ok exec "$ID" probe process
	has "$output" "process death-signal 0"
}

@test "contract: callers who have ordered our death when they die" {
	needs_cmd setpriv
	args sleep 1000
	setpriv --pdeathsig KILL "$OCIRUN" --root "$STATE" create --bundle "$BUNDLE" "$ID" </dev/null \
		>/dev/null 2>&1 3>&-
	setpriv --pdeathsig KILL "$OCIRUN" --root "$STATE" start "$ID"
	same "$(status_of "$ID")" running
}

# --- descriptors -----------------------------------------------------------------------------------

@test "contract: holes among the preserved descriptors, in create and exec" {
	local fds
	args sleep 1000
	process sleep 1001
	(
		exec 3>&- 4>&- 5>&- 6>&- 7<"$BUNDLE/config.json" 251<"$BUNDLE/config.json"
		exec 5<"$BUNDLE/process.json"
		"$OCIRUN" --root "$STATE" create --preserve-fds 3 --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1
		"$OCIRUN" --root "$STATE" start "$ID"
		"$OCIRUN" --root "$STATE" exec --preserve-fds 3 --process process.json --detach --pid-file pid "$ID" \
			</dev/null >/dev/null 2>&1
	)
	for pid in "$(pid_of "$ID")" "$(<pid)"; do
		fds=$(cd "/proc/$pid/fd" && echo *)
		same "$fds" "0 1 2 5"
		same "$(readlink "/proc/$pid/fd/5")" "$BUNDLE/process.json"
	done
}

@test "contract: with a terminal the command has nothing else, and our pipe ends" {
	running
	process sleep 1001
	jq '.terminal = true' <process.json >terminal.json
	terminal_for exec
	words_of "$OCIRUN" --root "$STATE" exec --process terminal.json --detach --pid-file pid \
		--console-socket "$BUNDLE/console" "$ID" 5<config.json 251<config.json
	same "$status:$output" 0:
	same "$(cd "/proc/$(<pid)/fd" && readlink -- * | sort -u)" /dev/pts/0
}

mapped()
{
	config '.linux.namespaces += [{ type: "user" }]
		| .linux.uidMappings = [{ containerID: 0, hostID: 3000000, size: 65536 }]
		| .linux.gidMappings = .linux.uidMappings'
	needs_passage
	chmod 755 "$BUNDLE"
}

# On one of our own, for there are runtimes that would change it for all.
@test "contract: the host's /dev/null is as it was" {
	local null=$BATS_TEST_TMPDIR/null before
	mknod -m 666 "$null" c 1 3
	: 2>/dev/null >"$null" || skip "needs a TMPDIR with devices"
	before=$(stat -c '%u %g %a' "$null")
	mapped
	config '.process.user = { uid: 1000, gid: 1000 }'
	args sleep 1000
	"$OCIRUN" --root "$STATE" run --detach --bundle "$BUNDLE" "$ID" <"$null" >"$null" 2>&1 3>&-
	process true
	"$OCIRUN" --root "$STATE" exec --process process.json "$ID" <"$null" >"$null" 2>&1 3>&-
	"$OCIRUN" --root "$STATE" exec --user 1000:1000 "$ID" true <"$null" >"$null" 2>&1 3>&-
	same "$(stat -c '%u %g %a' "$null")" "$before"
}

# --- cgroups ---------------------------------------------------------------------------------------

# in_each_world FUNCTION: in this one, where cgroups are v2 alone, and where they are v1 alone.
in_each_world()
{
	"$1"
	[[ $CGROUP_WORLD == v2 ]] || v2 "$1"
	[[ ! -d /sys/fs/cgroup/unified ]] || elsewhere without-v2 "$1"
}

# in_own_cgroup PID: in each hierarchy.
in_own_cgroup()
{
	local names path
	while IFS=: read -r names path; do
		same "$names ${path##*/}" "$names $ID"
	done < <(cgroups_of "$1")
}

stays_where_it_is()
{
	local before
	run_ok create --bundle "$BUNDLE" --pid-file pid "$ID"
	before=$(cgroups_of "$(<pid)")
	in_own_cgroup "$(<pid)"
	run_ok start "$ID"
	same "$(cgroups_of "$(<pid)")" "$before"
	run_ok exec --process process.json --detach --pid-file e.pid "$ID"
	same "$(cgroups_of "$(<e.pid)")" "$before"
	run_ok delete --force "$ID"
}

# The shim and conmon read /proc/PID/cgroup then, for statistics and for the end of memory.
@test "contract: when create and exec have returned, their process is where it stays" {
	args sleep 1000
	process sleep 1001
	in_each_world stays_where_it_is
}

# dying SCRIPT: a container whose init has been killed and cannot die yet, for an exec'd process that
# its caller has not waited for is in its pid namespace; then SCRIPT; then the caller waits.
dying()
{
	needs_cmd python3
	# not by run, which would forget set -e where this is called by v2
	status=0
	output=$(timeout 60 python3 - "$OCIRUN --root $STATE" "$BUNDLE" "$ID" "$1" 2>&1 <<-'END'
		import ctypes, os, subprocess, sys
		runtime, bundle, name, script = sys.argv[1:]
		ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)	# PR_SET_CHILD_SUBREAPER
		def bash(script):
		    subprocess.run(["bash", "-e", "-c", script], check=True, cwd=bundle,
		                   env=dict(os.environ, R=runtime, ID=name))
		def zombie(pid):
		    return open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[0] == "Z"
		bash("$R create --bundle . --pid-file pid $ID </dev/null >/dev/null; $R start $ID")
		bash("$R exec --detach --pid-file e.pid $ID sleep 1001 </dev/null >/dev/null")
		init, other = (int(open(f"{bundle}/{f}").read()) for f in ("pid", "e.pid"))
		bash("$R kill $ID 9")
		os.waitid(os.P_PID, other, os.WEXITED | os.WNOWAIT)
		print("init is gone" if zombie(init) else "init is dying")
		bash(script)
		os.waitpid(other, 0)
		os.waitpid(init, 0)
		bash("$R delete --force $ID")
	END
	) || status=$?
	[[ $status == 0 ]] || die "status $status" "$output"
}

dying_and_paused()
{
	args sleep 1000
	# Whether it is paused, nobody needs to know; but it must end, and leave nothing frozen.
	dying '$R pause $ID || true; $R state $ID | grep -q "\"status\""; $R kill $ID 9 || true'
	same "$output" "init is dying"
	same "$(cgroup_dirs "$ID")" ""
	container_ok 'echo well'
	same "$output" well
}

# With the freezer of v1 the others hung, and so did the next of that name.
@test "contract: one that is killed and not yet dead can be paused, and ends all the same" {
	in_each_world dying_and_paused
}

paused_and_ended()
{
	running
	run_ok pause "$ID"
	same "$(status_of "$ID")" paused
	run_ok kill "$ID" 9
	wait_until has_status "$ID" stopped
	run_ok delete "$ID"
	running
	run_ok pause "$ID"
	run_ok delete --force "$ID"
	same "$output" ""
	same "$(cgroup_dirs "$ID")" ""
}

@test "contract: a paused one can be killed, or deleted by force" {
	in_each_world paused_and_ended
}

@test "contract: one that somebody has frozen by the freezer of v1 can be deleted by force" {
	needs_world v1
	needs_controller freezer
	running
	echo FROZEN >"/sys/fs/cgroup/freezer/$ID/freezer.state"
	wait_until has_status "$ID" paused
	run_ok delete --force "$ID"
	same "$output" ""
	same "$(cgroup_dirs "$ID")" ""
}

# --- states ----------------------------------------------------------------------------------------

# buildah takes no other word, and deletes without --force as soon as the last one is said.
@test "contract: state until it is stopped, then delete" {
	local words
	for ns in own host; do
		[[ $ns == own ]] || config '.linux.namespaces |= map(select(.type != "pid"))'
		shell 'for i in 1 2 3 4 5 6 7 8; do sleep 1000 & done; exit 0'
		for _ in 1 2 3 4 5 6 7 8; do
			run_ok create --bundle "$BUNDLE" --pid-file pid --no-new-keyring "$ID"
			words=$(status_of "$ID")
			run_ok start "$ID"
			until [[ ${words##* } == stopped ]]; do
				words+=" $(status_of "$ID")"
			done
			run_ok delete "$ID"
			same "$output" ""
			same "$(tr ' ' '\n' <<<"$words" | uniq | grep -v running | paste -sd ' ')" "created stopped"
			same "$(cgroup_dirs "$ID")" ""
		done
	done
}

# --- surroundings ----------------------------------------------------------------------------------

# scant COMMAND...: with what podman gives to kill, pause, resume and delete.
scant()
{
	env -i XDG_RUNTIME_DIR= "$OCIRUN" "$@"
}

at_default_root()
{
	mount -t tmpfs tmpfs /run
	trap 'scant delete --force "$ID"' EXIT
	"$OCIRUN" create --bundle "$BUNDLE" "$ID" </dev/null >/dev/null 2>&1
	test -e "/run/ocirun/$ID/state.json"
	scant start "$ID"
	scant pause "$ID"
	scant resume "$ID"
	scant state "$ID" | jq -r .status
	scant kill "$ID" 9
	until [[ $(scant state "$ID" | jq -r .status) == stopped ]]; do
		sleep 0.02
	done
	scant kill --all "$ID" 9
	scant delete --force "$ID"
	scant list -q
}

@test "contract: commands with next to no environment find the container" {
	args sleep 1000
	output=$(unshare --mount --propagation private bash -c 'eval "$(<"$0")"; set -e; at_default_root' \
		<(declare -f; declare -p BUNDLE ID OCIRUN) 2>&1)
	same "$output" running
}

@test "contract: root of a user namespace has its own place for containers" {
	needs_cmd unshare
	local in_userns=(unshare --user --map-root-user env -i)
	has "$("${in_userns[@]}" XDG_RUNTIME_DIR=/some/where "$OCIRUN" --version)" "rundir: /some/where/ocirun"
	has "$("${in_userns[@]}" XDG_RUNTIME_DIR= "$OCIRUN" --version)" "rundir: /run/ocirun"
	# root itself may have been left with a user's
	has "$(env -i XDG_RUNTIME_DIR=/some/where "$OCIRUN" --version)" "rundir: /run/ocirun"
}

@test "bytes of a path that are no text do not spoil the log" {
	run_fail "no such file" --log "$BATS_TEST_TMPDIR/log" --log-format json \
		create --bundle $'/nowhere/\xff\xe2\x82' "$ID"
	jq -e '.msg | contains("/nowhere/???")' <"$BATS_TEST_TMPDIR/log"
	iconv -f UTF-8 -t UTF-8 <"$BATS_TEST_TMPDIR/log" >/dev/null
}
