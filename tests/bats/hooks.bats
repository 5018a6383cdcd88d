#!/usr/bin/env bats
#
# Hooks: place, order, namespaces, state, failures.  By number: items of the specification as listed
# in the reference of the project.

load helpers

# make_hook: the program `hook` of the host and /hook of the container.
# As `hook NAME [STATUS]` it adds NAME to the file `order`, keeps its input as NAME.state and what it
# sees in NAME.ns, and ends with STATUS.
make_hook()
{
	cat >hook <<-END
		#!/bin/sh
		cd "\${HOOK_DIR:-$BUNDLE}" || exit
		cat >"\$1.state"
		echo "\$1" >>order
		for n in mnt pid uts net ipc; do readlink "/proc/self/ns/\$n"; done >"\$1.ns"
		env >"\$1.env"
		exit "\${2:-0}"
	END
	chmod +x hook
	sed 's,^cd .*,cd /var || exit,' hook >rootfs/hook
	chmod +x rootfs/hook
}

setup()
{
	servin_setup
	make_hook
}

# hook LIST NAME [STATUS]: adds a hook to a list.
hook()
{
	local path=$BUNDLE/hook

	[[ $1 != startContainer ]] || path=/hook
	config --arg l "$1" --arg p "$path" --arg n "$2" --arg s "${3:-0}" \
		'.hooks[$l] += [{ path: $p, args: ["hook", $n, $s] }]'
}

# all_hooks: one in each list, named after it.
all_hooks()
{
	for list in poststop poststart startContainer createContainer createRuntime prestart; do
		hook "$list" "$list"
	done
}

order()
{
	# startContainer writes in the container
	cat order 2>/dev/null | tr '\n' ' '
}

# of NAME FILTER: what the state on a hook's input has.
of()
{
	local file=$1.state

	[[ -e $file ]] || file=rootfs/var/$1.state
	jq -r "$2" <"$file"
}

host_ns()
{
	for n in mnt pid uts net ipc; do readlink "/proc/self/ns/$n"; done
}

# --- place and order ----------------------------------------------------------------------

# proves: hooks.*.path, §3.20, §3.25
@test "create runs prestart, createRuntime, createContainer; start the next two; delete the last" {
	all_hooks
	args sleep 1000
	run_ok create --bundle "$BUNDLE" "$ID"
	same "$output" ""
	same "$(order)" "prestart createRuntime createContainer "
	[[ ! -e rootfs/var/startContainer.state ]]
	run_ok start "$ID"
	same "$output" ""
	same "$(order)" "prestart createRuntime createContainer poststart "
	[[ -e rootfs/var/startContainer.state ]]
	run_ok kill "$ID" KILL
	wait_until has_status "$ID" stopped
	same "$(order)" "prestart createRuntime createContainer poststart "
	run_ok delete "$ID"
	same "$output" ""
	same "$(order)" "prestart createRuntime createContainer poststart poststop "
}

@test "run runs all of them" {
	all_hooks
	run_ok run --bundle "$BUNDLE" "$ID"
	same "$(order)" "prestart createRuntime createContainer poststart poststop "
	[[ -e rootfs/var/startContainer.state ]]
}

# proves: §3.26
@test "the hooks of a list run in its order (26)" {
	for list in prestart createRuntime createContainer poststart poststop; do
		hook "$list" "$list-1"
		hook "$list" "$list-2"
		hook "$list" "$list-3"
	done
	for n in 1 2 3; do hook startContainer "$n"; done
	run_ok run --bundle "$BUNDLE" "$ID"
	same "$(order)" "$(for list in prestart createRuntime createContainer poststart poststop; do
		echo -n "$list-1 $list-2 $list-3 "; done)"
	same "$(tr '\n' ' ' <rootfs/var/order)" "1 2 3 "
}

# proves: §3.23, §3.24
@test "startContainer is before the program, poststart behind it (23, 24)" {
	hook startContainer startContainer
	shell 'echo program >>/var/order; exec sleep 1000'
	cat >look <<-'END'
		#!/bin/sh
		tr '\0' ' ' <"/proc/$(jq .pid)/cmdline" >seen
	END
	chmod +x look
	config --arg p "$BUNDLE/look" '.hooks.poststart = [{ path: $p }]'
	run_ok create --bundle "$BUNDLE" "$ID"
	run_ok start "$ID"
	has "$(<seen)" "s"
	has_not "$(<seen)" ocirun
	wait_until grep -q program rootfs/var/order
	same "$(tr '\n' ' ' <rootfs/var/order)" "startContainer program "
}

# proves: §3.22
@test "createContainer sees the mounts, at the host's paths, before the root is changed (22)" {
	cat >look <<-'END'
		#!/bin/sh
		cd "$1" || exit
		grep " $1/rootfs/proc " /proc/self/mountinfo >mounts-inside
		[ -d "$1/rootfs" ] && [ -c "$1/rootfs/dev/null" ] && : >seen
	END
	chmod +x look
	config --arg p "$BUNDLE/look" --arg d "$BUNDLE" \
		'.hooks.createContainer = [{ path: $p, args: ["look", $d] }]'
	run_ok run --bundle "$BUNDLE" "$ID"
	[[ -e seen && -s mounts-inside ]]
}

# proves: §3.20, §3.21
@test "createRuntime finds the namespaces and the mounts made, from outside (20, 21)" {
	cat >look <<-'END'
		#!/bin/sh
		pid=$(jq .pid)
		readlink "/proc/$pid/ns/net" >"$1/net"
		grep -c " $1/rootfs/proc " "/proc/$pid/mountinfo" >"$1/mounts"
		grep -c " $1/rootfs/proc " /proc/self/mountinfo >"$1/mounts-here"
		exit 0
	END
	chmod +x look
	for list in prestart createRuntime; do
		config --arg p "$BUNDLE/look" --arg d "$BUNDLE" --arg l "$list" \
			'.hooks = { ($l): [{ path: $p, args: ["look", $d] }] }'
		run_ok run --bundle "$BUNDLE" "$ID"
		[[ $(<net) != "$(readlink /proc/self/ns/net)" ]]
		same "$(<mounts):$(<mounts-here)" 1:0
	done
}

# proves: §3.20, §3.21, §3.22, §3.23, §3.24, §3.25
@test "namespaces: the runtime's, or the container's (20 to 25)" {
	local list

	all_hooks
	run_ok run --bundle "$BUNDLE" "$ID"
	for list in prestart createRuntime poststart poststop; do
		same "$(<$list.ns)" "$(host_ns)"
	done
	same "$(<createContainer.ns)" "$(<rootfs/var/startContainer.ns)"
	same "$(sort createContainer.ns <(host_ns) | uniq -d)" ""
}

# --- the state on the input ------------------------------------------------------------------

# proves: §3.2, §3.26, §3.27
@test "the state is that of the specification, with the right pid and status (26, 27)" {
	all_hooks
	config '.annotations = { a: "b" }'
	args sleep 1000
	run_ok create --bundle "$BUNDLE" --pid-file pid "$ID"
	run_ok start "$ID"
	run_ok delete --force "$ID"
	for list in prestart createRuntime createContainer startContainer poststart poststop; do
		same "$(of "$list" '[.id, .bundle, .annotations.a] | join(" ")')" "$ID $BUNDLE b"
		[[ $(of "$list" .ociVersion) == 1.* ]]
	done
	for list in prestart createRuntime; do
		same "$(of "$list" .status):$(of "$list" .pid)" "creating:$(<pid)"
	done
	same "$(of createContainer .status):$(of createContainer .pid)" creating:1
	same "$(of startContainer .status):$(of startContainer .pid)" created:1
	same "$(of poststart .status):$(of poststart .pid)" "running:$(<pid)"
	same "$(of poststop .status):$(of poststop '.pid // 0')" stopped:0
}

@test "without a pid namespace the pid is the same everywhere (27)" {
	all_hooks
	config '.linux.namespaces |= map(select(.type != "pid"))'
	run_ok run --bundle "$BUNDLE" --pid-file pid "$ID"
	for list in prestart createRuntime createContainer startContainer poststart; do
		same "$(of "$list" .pid)" "$(<pid)"
	done
}

@test "a hook need not read its input, however long it is" {
	config --arg long "$(printf 'x%.0s' {1..100000})" '.annotations = { long: $long }
		| .hooks.createRuntime = [{ path: "/bin/true" }] | .hooks.poststop = [{ path: "/bin/true" }]'
	run_ok run --bundle "$BUNDLE" "$ID"
	hook createRuntime long
	run_ok run --bundle "$BUNDLE" "$ID"
	same "$(of long '.annotations.long | length')" 100000
}

# --- args and env --------------------------------------------------------------------------------

# proves: §3.26
# proves: hooks.*.args, hooks.*.env
@test "args and env are exactly those given (26)" {
	local list path out
	cat >print <<-'END'
		#!/bin/sh
		{ printf '%s\n' "$#" "$@"; tr '\0' '\n' </proc/self/environ; } >>"${HOOK_OUT:?}"
	END
	chmod +x print
	cp print rootfs/bin/print
	for list in prestart createRuntime createContainer startContainer poststart poststop; do
		path=$BUNDLE/print out=$BUNDLE/out.$list
		[[ $list != startContainer ]] || path=/bin/print out=/var/out
		config --arg l "$list" --arg p "$path" --arg o "HOOK_OUT=$out" '.hooks[$l] = [
			{ path: $p, args: ["zero", "a b", "", "*"], env: [$o, "A=1 2", "E="] } ]'
	done
	run_ok run --bundle "$BUNDLE" "$ID"
	cp rootfs/var/out "$BUNDLE/out.startContainer"
	for list in prestart createRuntime createContainer startContainer poststart poststop; do
		out=$(grep -v '^PWD=' "out.$list")
		same "$out" $'3\na b\n\n*\nHOOK_OUT='"$(sed -n 's/^HOOK_OUT=//p' "out.$list")"$'\nA=1 2\nE='
	done
}

@test "without env a hook has the runtime's; startContainer the program's" {
	hook createRuntime outer
	hook startContainer inner
	config '.process.env += ["INSIDE=yes"]'
	OUTSIDE=yes run_ok run --bundle "$BUNDLE" "$ID"
	has "$(<outer.env)" OUTSIDE=yes
	has_not "$(<outer.env)" INSIDE
	has "$(<rootfs/var/inner.env)" INSIDE=yes
	has_not "$(<rootfs/var/inner.env)" OUTSIDE
}

@test "an empty env is empty, not the runtime's" {
	cat >print <<-END
		#!/bin/sh
		tr '\\0' '\\n' </proc/\$\$/environ >$BUNDLE/out
	END
	chmod +x print
	config --arg p "$BUNDLE/print" '.hooks.createRuntime = [{ path: $p, env: [] }]'
	run_ok run --bundle "$BUNDLE" "$ID"
	same "$(<out)" ""
}

@test "a hook inherits nothing but its standard streams" {
	cat >look <<-END
		#!/bin/sh
		# Without a pipe, which would be open here too; 10 and 11 are of the shell's own.
		for fd in 3 4 5 6 7 8 9; do
			[ ! -e /proc/\$\$/fd/\$fd ] || echo \$fd
		done >$BUNDLE/fds-\$1
	END
	chmod +x look
	for list in createRuntime createContainer poststart poststop; do
		config --arg l "$list" --arg p "$BUNDLE/look" \
			'.hooks[$l] = [{ path: $p, args: ["look", $l] }]'
	done
	run_ok run --bundle "$BUNDLE" "$ID" 7<config.json 8<config.json
	for list in createRuntime createContainer poststart poststop; do
		same "$list:$(<"fds-$list")" "$list:"
	done
}

# --- failures ----------------------------------------------------------------------------------------

# destroyed: the container is gone, and its processes.
destroyed()
{
	run_status 1 state "$ID"
	has "$output" "does not exist"
	same "$(cgroup_dirs "*$ID*")" ""
	wait_until no_processes
}

# proves: §3.28
@test "a failure in create ends it: the next do not run, poststop does, once (28)" {
	for list in prestart createRuntime createContainer; do
		rm -f order
		config 'del(.hooks)'
		all_hooks
		config --arg l "$list" '.hooks[$l] += [.hooks[$l][0]] | .hooks[$l][0].args[2] = "9"'
		run_status 1 create --bundle "$BUNDLE" --pid-file pid "$ID"
		has "$output" "$list hook 0: $BUNDLE/hook: exit status 9"
		destroyed
		same "$(grep -c "^$list\$" order)" 1
		same "$(grep -c poststop order)" 1
		same "$(tail -n 1 order)" poststop
		same "$(of poststop .status)" stopped
		[[ ! -e pid ]]
	done
}

# proves: §3.28
@test "startContainer fails: start fails, the container is destroyed, poststop runs (28)" {
	all_hooks
	config '.hooks.startContainer[0].args[2] = "9"'
	shell '>/ran; sleep 1000'
	run_ok create --bundle "$BUNDLE" "$ID"
	run_status 1 start "$ID"
	has "$output" "startContainer hook 0: /hook: exit status 9"
	destroyed
	[[ ! -e rootfs/ran ]]
	same "$(order)" "prestart createRuntime createContainer poststop "
}

# proves: §3.28
@test "poststart fails: start fails, the program is ended, poststop runs (28)" {
	all_hooks
	config '.hooks.poststart[0].args[2] = "9"'
	args sleep 1000
	run_ok create --bundle "$BUNDLE" "$ID"
	run_status 1 start "$ID"
	has "$output" "poststart hook 0: $BUNDLE/hook: exit status 9"
	destroyed
	same "$(order)" "prestart createRuntime createContainer poststart poststop "
}

@test "run fails the same way in each of them (28)" {
	args sleep 1000
	for list in prestart createRuntime createContainer startContainer poststart; do
		rm -f order
		config 'del(.hooks)'
		all_hooks
		config --arg l "$list" '.hooks[$l][0].args[2] = "9"'
		run_status 1 run --bundle "$BUNDLE" --pid-file pid "$ID"
		has "$output" "$list hook 0: "
		destroyed
		same "$(grep -c poststop order)" 1
		[[ ! -e pid ]]
	done
}

# proves: §3.29
@test "poststop fails: a warning, the next ones run, delete succeeds (29)" {
	hook poststop one 9
	hook poststop two
	hook poststop three 8
	args true
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	wait_until has_status "$ID" stopped
	run_ok delete "$ID"
	has "$output" "warning: poststop hook 0: $BUNDLE/hook: exit status 9"
	has "$output" "$BUNDLE/hook: exit status 8"
	same "$(order)" "one two three "
	destroyed
}

@test "poststop runs once, whoever deletes" {
	hook poststop poststop
	args sleep 1000
	background ocirun run --bundle "$BUNDLE" "$ID"
	wait_until has_status "$ID" running
	run_ok delete --force "$ID"
	wait_until gone "$background"
	same "$(order)" "poststop "
}

@test "poststop finds the container's things removed" {
	cat >look <<-END
		#!/bin/sh
		find /sys/fs/cgroup -type d -name "$ID" >$BUNDLE/cgroups
	END
	chmod +x look
	config --arg p "$BUNDLE/look" '.hooks.poststop = [{ path: $p }]'
	run_ok run --bundle "$BUNDLE" "$ID"
	same "$(<cgroups)" ""
}

@test "no create, no poststop" {
	hook poststop poststop
	args nosuch
	run_fail nosuch create --bundle "$BUNDLE" "$ID"
	[[ ! -e order ]]
}

@test "what a hook says is in the error" {
	printf '#!/bin/sh\necho "cannot do it" >&2; exit 3\n' >look
	chmod +x look
	config --arg p "$BUNDLE/look" '.hooks.createRuntime = [{ path: $p }]'
	run_status 1 create --bundle "$BUNDLE" "$ID"
	has "$output" "createRuntime hook 0: $BUNDLE/look: exit status 3: cannot do it"
	printf '#!/bin/sh\nkill -9 $$\n' >look
	run_status 1 create --bundle "$BUNDLE" "$ID"
	has "$output" "killed by signal 9"
}

@test "a hook that is not there, or cannot be executed" {
	config '.hooks.createRuntime = [{ path: "/nosuch" }]'
	run_status 1 create --bundle "$BUNDLE" "$ID"
	has "$output" "createRuntime hook 0: /nosuch: "
	has "$output" "no such file or directory"
	config '.hooks.createRuntime = [{ path: "/etc/passwd" }]'
	run_status 1 create --bundle "$BUNDLE" "$ID"
	has "$output" "permission denied"
	destroyed
}

# --- timeout ---------------------------------------------------------------------------------------------

# proves: §3.26
# proves: hooks.*.timeout
@test "a hook that takes too long is killed, and that is a failure" {
	local before=$SECONDS nap=1234.$$

	for list in prestart createRuntime createContainer startContainer poststart; do
		config --arg l "$list" --arg nap "$nap" '.hooks = { ($l): [{ path: "/bin/sleep",
			args: ["sleep", $nap], timeout: 1 }] }'
		args sleep 1000
		run_status 1 run --bundle "$BUNDLE" "$ID"
		has "$output" "$list hook 0: /bin/sleep: no end after 1 s"
		destroyed
	done
	config --arg nap "$nap" '.hooks = { poststop: [{ path: "/bin/sleep", args: ["sleep", $nap],
		timeout: 1 }] }'
	args true
	run_ok run --bundle "$BUNDLE" "$ID"
	has "$output" "poststop hook 0: /bin/sleep: no end after 1 s"
	((SECONDS - before < 20))
	same "$(pgrep -fx "sleep $nap")" ""
}

@test "a hook that ends in time is not waited for longer" {
	local before=$SECONDS

	config '.hooks.createRuntime = [{ path: "/bin/true", timeout: 60 }]'
	run_ok run --bundle "$BUNDLE" "$ID"
	((SECONDS - before < 20))
}

# --- hooks that use the runtime ------------------------------------------------------------------------------

@test "hooks may ask for the state, and poststart may delete" {
	cat >ask <<-END
		#!/bin/sh
		$OCIRUN --root $STATE state $ID >$BUNDLE/\$1.answer
	END
	chmod +x ask
	for list in createRuntime createContainer poststart; do
		config --arg l "$list" --arg p "$BUNDLE/ask" '.hooks[$l] = [{ path: $p, args: ["ask", $l] }]'
	done
	args sleep 1000
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	same "$(jq -r .status createRuntime.answer)" creating
	same "$(jq -r .status createContainer.answer)" creating
	same "$(jq -r .status poststart.answer)" running
	run_ok delete --force "$ID"

	printf '#!/bin/sh\nexec %s --root %s delete --force %s\n' "$OCIRUN" "$STATE" "$ID" >ask
	config --arg p "$BUNDLE/ask" '.hooks = { poststart: [{ path: $p }] }'
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	destroyed
}

@test "a hook's child that lives on does not hold us up" {
	local before=$SECONDS

	printf '#!/bin/sh\nsleep 30 &\necho $! >%s\n' "$BUNDLE/child" >look
	chmod +x look
	config --arg p "$BUNDLE/look" '.hooks.createRuntime = [{ path: $p }]'
	run_ok run --bundle "$BUNDLE" "$ID"
	((SECONDS - before < 20))
	kill "$(<child)"
}

@test "a create that was killed in its hooks: delete --force runs poststop" {
	args true
	hook poststop poststop
	config '.hooks.createRuntime = [{ path: "/bin/sh", args: ["sh", "-c", "kill -9 $PPID"] }]'
	run_status 137 create --bundle "$BUNDLE" "$ID"
	run_ok delete --force "$ID"
	same "$(order)" "poststop "
	run_ok delete --force "$ID"
	same "$(order)" "poststop "
}

@test "what a failed hook left in the container's cgroup ends with it" {
	args true
	# In a pid namespace of its own it would end with init.
	config 'del(.linux.namespaces[] | select(.type == "pid"))
		| .hooks.createContainer = [{ path: "/bin/sh",
			args: ["sh", "-c", "sleep 1000 <&- >&- 2>&- & exit 3"] }]'
	run_fail "createContainer hook 0: /bin/sh: exit status 3" run --bundle "$BUNDLE" "$ID"
	run_ok list -q
	same "$output" ""
	nothing_left
}

@test "a hook may make the interface that a sysctl is for" {
	needs_cmd ip
	needs_cmd nsenter
	args cat /proc/sys/net/ipv4/conf/hook0/forwarding
	config '.linux.sysctl = { "net.ipv4.conf.hook0.forwarding": "1" }
		| .hooks.createRuntime = [{ path: "/bin/sh", args: ["sh", "-c",
			"nsenter -t $(jq .pid) -n ip link add hook0 type veth peer name hook1"] }]'
	run_ok run --bundle "$BUNDLE" "$ID"
	same "$output" 1
}

@test "start of one with hooks, while a log file is written" {
	args true
	hook startContainer startContainer
	mkdir -p rootfs/var
	config '.root.readonly = false'
	run_ok --debug --log "$BUNDLE/log" create --bundle "$BUNDLE" "$ID"
	run_ok --debug --log "$BUNDLE/log" start "$ID"
}

@test "a create that fails without a cgroup: poststop runs, no pid file stays" {
	args true
	config 'del(.linux.resources)'
	hook createContainer createContainer 3
	hook poststop poststop
	run_fail "createContainer hook 0" \
		--cgroup-manager disabled create --bundle "$BUNDLE" --pid-file "$BUNDLE/pid" "$ID"
	same "$(order)" "createContainer poststop "
	[[ ! -e $BUNDLE/pid ]]
}
