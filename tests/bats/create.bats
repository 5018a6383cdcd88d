#!/usr/bin/env bats
#
# create: a container that waits for start.

load helpers

# nothing_of ID: a create that failed has left neither a name nor a cgroup nor a process.
nothing_of()
{
	same "$(ocirun list -q)" ""
	same "$(find "$STATE" -mindepth 1)" ""
	same "$(cgroup_dirs "*$1*")" ""
	wait_until no_processes
}

# fails_clean WORDS ARGS...: create with these arguments fails with these words and leaves nothing.
fails_clean()
{
	local words=$1

	shift
	run_fail "$words" create --bundle "$BUNDLE" "$@" "$ID"
	same "$status" 1
	same "${#lines[@]}" 1
	nothing_of "$ID"
}

# --- what it makes ----------------------------------------------------------------

# proves: §3.5
@test "create says nothing, makes all, and runs nothing of the user's" {
	shell 'echo ran >/ran'
	run_ok create --bundle "$BUNDLE" "$ID"
	same "$output" ""
	same "$(status_of "$ID")" created
	alive "$(pid_of "$ID")"
	[[ ! -e $BUNDLE/rootfs/ran ]]

	run_ok start "$ID"
	wait_until has_status "$ID" stopped
	same "$(<"$BUNDLE/rootfs/ran")" ran
}

@test "create leaves one process behind, in its cgroup, without helpers" {
	run_ok create --bundle "$BUNDLE" "$ID"
	same "$(our_processes | wc -l)" 1
	same "$(our_processes | cut -d: -f1)" "$(pid_of "$ID")"
	has "$(<"/proc/$(pid_of "$ID")/cgroup")" "/$ID"
	same "$(<"/proc/$(pid_of "$ID")/comm")" ocirun:init
}

@test "init becomes a child of the caller's subreaper, which can wait for it" {
	needs_cmd python3
	shell 'exit 7'
	run timeout 30 python3 - "$OCIRUN" "$STATE" "$BUNDLE" "$ID" <<-'END'
		import ctypes, os, subprocess, sys
		runtime, root, bundle, name = sys.argv[1:]
		ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)	# PR_SET_CHILD_SUBREAPER
		def ocirun(*args):
		    subprocess.run([runtime, "--root", root, *args], check=True, timeout=30)
		ocirun("create", "--bundle", bundle, "--pid-file", bundle + "/pid", name)
		pid = int(open(bundle + "/pid").read())
		ocirun("start", name)
		print(os.WEXITSTATUS(os.waitpid(pid, 0)[1]))
	END
	same "$status:$output" 0:7
}

@test "the state is for its owner only" {
	run_ok create --bundle "$BUNDLE" "$ID"
	same "$(stat -c %a "$STATE/$ID")" 700
	same "$(stat -c %a "$STATE/$ID/state.json")" 600
}

@test "a root that is absent is made, for its owner only" {
	STATE=$STATE/deep/er
	run_ok create --bundle "$BUNDLE" "$ID"
	same "$(stat -c %a "$STATE")" 700
	run_ok delete "$ID"
	rmdir -p --ignore-fail-on-non-empty "$STATE"
	STATE=$BATS_TEST_TMPDIR/state
	mkdir -p "$STATE"
}

@test "a root where others could write is refused" {
	chmod 777 "$STATE"
	run_fail "can be written by others" create --bundle "$BUNDLE" "$ID"
	chmod 755 "$STATE"
	chown 12345 "$STATE"
	run_fail "belongs to user 12345" create --bundle "$BUNDLE" "$ID"
	chown 0 "$STATE"
	nothing_of "$ID"
}

# proves: §3.7
@test "later edits of the bundle change nothing" {
	shell 'echo first >/ran'
	config '.annotations = { a: "first" }'
	run_ok create --bundle "$BUNDLE" "$ID"
	shell 'echo second >/ran'
	config '.annotations = { a: "second" }'
	same "$(ocirun state "$ID" | jq -r .annotations.a)" first
	rm config.json
	run_ok start "$ID"
	wait_until has_status "$ID" stopped
	same "$(<"$BUNDLE/rootfs/ran")" first
	run_ok delete "$ID"
}

# proves: §3.8
@test "unknown properties are ignored" {
	config '.vendor = { a: [1] } | .linux.vendor = 1 | .process.vendor = null'
	container_ok 'echo ran'
	same "$output" ran
}

@test "standard streams of create are those of the program" {
	shell 'cat; echo err >&2'
	echo input >in
	ocirun create --bundle "$BUNDLE" "$ID" <in >out 2>err
	run_ok start "$ID"
	same "$output" ""
	wait_until has_status "$ID" stopped
	same "$(<out):$(<err)" input:err
}

@test "create works without any environment" {
	env -i "$OCIRUN" --root "$STATE" create --bundle "$BUNDLE" "$ID"
	env -i XDG_RUNTIME_DIR= "$OCIRUN" --root "$STATE" delete --force "$ID"
}

# --- where the bundle is --------------------------------------------------------------

@test "the bundle is the working directory, or --bundle, relative or not" {
	new_id
	run_ok create "$new_id"
	same "$(ocirun state "$new_id" | jq -r .bundle)" "$(realpath "$BUNDLE")"
	cd ..
	new_id
	run_ok create -b bundle "$new_id"
	same "$(ocirun state "$new_id" | jq -r .bundle)" "$(realpath "$BUNDLE")"
	same "$(ocirun state "$new_id" | jq -r .rootfs)" "$(realpath "$BUNDLE")/rootfs"
}

@test "--config takes another file, and the bundle stays what it is" {
	shell 'echo other'
	mv config.json "$BATS_TEST_TMPDIR/other.json"
	run_ok run --bundle "$BUNDLE" --config "$BATS_TEST_TMPDIR/other.json" "$ID"
	same "$output" other
	run_ok run --bundle "$BUNDLE" -f ../other.json "$ID"
	same "$output" other
}

# proves: §3.5, root.path
@test "no bundle, no configuration, no rootfs" {
	run_status 1 create --bundle "$BUNDLE/none" "$ID"
	same "$output" "ocirun: create $ID: bundle $BUNDLE/none: no such file or directory"
	config '.root.path = "none"'
	fails_clean "none: no such file or directory"
	config '.root.path = "config.json"'
	fails_clean "config.json: not a directory"
	rm config.json
	fails_clean "config.json: no such file or directory"
	nothing_of "$ID"
}

# proves: root.path
@test "the rootfs may be an absolute path" {
	config --arg p "$BUNDLE/rootfs" '.root.path = $p'
	container_ok 'echo ran'
	same "$output" ran
}

# --- names ----------------------------------------------------------------------------

# proves: §3.4
@test "a name that is taken is refused, and its container is left alone" {
	run_ok create --bundle "$BUNDLE" "$ID"
	local before pid

	before=$(<"$STATE/$ID/state.json")
	pid=$(pid_of "$ID")
	run_status 1 create --bundle "$BUNDLE" "$ID"
	has "$output" "container with given ID already exists"
	same "$(<"$STATE/$ID/state.json")" "$before"
	alive "$pid"
	run_ok start "$ID"
}

# proves: §3.4, §3.19
@test "a name can be used again after delete" {
	for _ in 1 2 3; do
		run_ok create --bundle "$BUNDLE" "$ID"
		run_ok delete "$ID"
	done
}

# proves: §3.4
@test "names that can be none" {
	for id in "" . .. .hidden -- a/b ../x "a b" a:b $'a\nb' ä a%b; do
		run_status 1 create --bundle "$BUNDLE" -- "$id"
		has "$output" "invalid container ID format"
	done
	run_status 1 create --bundle "$BUNDLE" -- -x
	has "$output" "invalid container ID format"
	run_fail "container ID: file name too long" create --bundle "$BUNDLE" \
		"$(printf 'x%.0s' {1..300})"
	nothing_of "$ID"
}

@test "names that look odd, but are allowed" {
	for id in "_$ID" "$ID.x" "$ID+x_y-z.1" "0$ID"; do
		run_ok create --bundle "$BUNDLE" "$id"
		run_ok delete "$id"
	done
}

@test "a long name" {
	local id=$ID-

	while ((${#id} < 200)); do id+=x; done
	run_ok run --bundle "$BUNDLE" "$id"
}

# --- files and sockets of engines ---------------------------------------------------------

@test "the pid file holds the pid in digits and nothing else" {
	run_ok create --bundle "$BUNDLE" --pid-file "$BUNDLE/pid" "$ID"
	same "$(od -An -c "$BUNDLE/pid" | tr -d ' ')" "$(pid_of "$ID" | tr -d '\n')"
	same "$(cd "$BUNDLE" && echo pid*)" pid
}

@test "the pid file may be relative, and replaces an old one" {
	echo old-and-longer >pid
	run_ok create --pid-file pid "$ID"
	same "$(<pid)" "$(pid_of "$ID")"
}

@test "a pid file that cannot be written" {
	fails_clean "pid file: " --pid-file "$BUNDLE/none/pid"
	fails_clean "no such file or directory" --pid-file "$BUNDLE/none/pid"
}

@test "a create that fails leaves a pid file that it did not write" {
	args /nosuch
	echo before >"$BUNDLE/pid"
	run_fail 'exec: "/nosuch"' create --bundle "$BUNDLE" --pid-file "$BUNDLE/pid" "$ID"
	same "$(<"$BUNDLE/pid")" before
}

@test "a create that fails leaves no pid file" {
	args nosuch
	fails_clean 'nosuch' --pid-file "$BUNDLE/pid"
	[[ ! -e $BUNDLE/pid ]]
}

@test "a pidfd of init goes to the socket" {
	background "$RECVFD" "$BUNDLE/socket"
	wait_until test -S "$BUNDLE/socket"
	run_ok create --bundle "$BUNDLE" --pidfd-socket "$BUNDLE/socket" "$ID"
	wait_until gone "$background"
	has "$(<"$background_output")" "fd anon_inode:[pidfd]"
}

@test "a pidfd socket that nobody listens on" {
	fails_clean "connect to $BUNDLE/none: no such file or directory" --pidfd-socket "$BUNDLE/none"
}

@test "a session keyring of its own, unless --no-new-keyring" {
	[[ -x $PROBE ]] || skip "needs the probe"
	args probe security
	run_ok run --bundle "$BUNDLE" "$ID"
	has "$output" "security keyring _ses.$ID"
	run_ok run --no-new-keyring --bundle "$BUNDLE" "$ID"
	has_not "$output" "$ID"
}

@test "--no-pivot gives the same root" {
	shell 'ls / | tr "\n" " "; ls /..| tr "\n" " "'
	run_ok run --bundle "$BUNDLE" "$ID"
	local pivoted=$output

	has "$pivoted" "bin dev etc"
	run_ok run --no-pivot --bundle "$BUNDLE" "$ID"
	same "$output" "$pivoted"
}

# --- programs that cannot be run: the words engines look for ------------------------------

@test "a program that is not there" {
	args nosuch
	fails_clean 'exec: "nosuch": executable file not found in $PATH'
	args /bin/nosuch
	fails_clean 'exec: "/bin/nosuch": no such file or directory'
	args bin/nosuch
	fails_clean 'exec: "bin/nosuch": no such file or directory'
	args ""
	fails_clean 'exec: "": '
}

@test "a program that may not be executed" {
	args /etc/passwd
	fails_clean 'exec: "/etc/passwd": permission denied'
	args /etc
	fails_clean 'exec: "/etc": is a directory'
	args passwd
	config '.process.env = ["PATH=/nosuch:/etc"]'
	fails_clean 'exec: "passwd": permission denied'
}

@test "PATH of the container is searched, in its order" {
	printf '#!/bin/sh\necho one\n' >rootfs/usr/bin/tool
	printf '#!/bin/sh\necho two\n' >rootfs/bin/tool
	chmod +x rootfs/usr/bin/tool
	args tool
	config '.process.env = ["PATH=/bin:/usr/bin"]'
	run_ok run "$ID"
	same "$output" one	# the other is not executable
	chmod +x rootfs/bin/tool
	run_ok run "$ID"
	same "$output" two
	config '.process.env = []'
	run_ok run "$ID"
}

@test "a working directory that is made, and one that cannot be" {
	config '.process.cwd = "/new/dir"'
	container_ok 'pwd'
	same "$output" /new/dir
	config '.process.cwd = "/etc/passwd"'
	fails_clean "/etc/passwd"
	fails_clean "not a directory"
}

# --- a configuration without a process --------------------------------------------------------

# proves: §3.17
@test "a container without a process can be created and deleted, not started" {
	config 'del(.process)'
	run_ok create --bundle "$BUNDLE" "$ID"
	same "$(status_of "$ID")" created
	run_status 1 start "$ID"
	has "$output" "no process"
	same "$(status_of "$ID")" created
	run_ok delete "$ID"
}

@test "run without a process fails and leaves nothing" {
	config 'del(.process)'
	run_fail "no process" run --bundle "$BUNDLE" "$ID"
	nothing_of "$ID"
}
