#!/usr/bin/env bats
#
# linux.seccomp: filters of system calls.

load helpers

SYSC=${SYSC:-$SERVIN_BUILDDIR/tests/probe/sysc}
THIEF=${THIEF:-$SERVIN_BUILDDIR/tests/probe/thief}
DEFAULT_PROFILE=/usr/share/containers/seccomp.json

setup()
{
	servin_setup
	[[ -x $SYSC ]] || skip "needs tests/probe/sysc"
	cp "$SYSC" "$BUNDLE/rootfs/bin/sysc"
	# for a runtime that does not know the newest
	[[ -z ${OCI_VERSION:-} ]] || config --arg v "$OCI_VERSION" '.ociVersion = $v'
}

# profile DEFAULT RULE...: linux.seccomp with that default action and those rules, in jq's notation.
profile()
{
	local action=$1

	shift
	config --arg action "$action" ".linux.seccomp = { defaultAction: \$action,
		syscalls: [$(IFS=,; echo "$*")] }"
}

# rule ACTION CALL [MORE]: prints a rule; MORE are further properties.
rule()
{
	printf '{ names: ["%s"], action: "%s" %s }' "${2// /\",\"}" "$1" "${3:+, $3}"
}

# calls CALL...: makes them in a container; sets $output and $status.
calls()
{
	args sysc "$@"
	try run --bundle "$BUNDLE" "$ID"
}

# answers CALL ERRNO: what a call answers in a container.
answers()
{
	calls "$1"
	same "$output" "$1 $2"
}

# killed CALL: the container ends by SIGSYS.
killed()
{
	calls "$1"
	same "$status" 159
	same "$output" ""
}

# All that a program without a C library needs.
strict()
{
	profile "$1" "$(rule SCMP_ACT_ALLOW "execve write exit_group")"
}

caps_of_program()
{
	sed -n 's/^Cap\(...\):\t0*/\1 /p' <<<"$output" | tr '\n' ' '
}

# proves: linux.seccomp.defaultAction, linux.seccomp.syscalls.action, linux.seccomp.syscalls.names
@test "seccomp: each action" {
	profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_ERRNO getppid)"
	answers getppid 1
	answers getuid 0
	profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_LOG getppid)"
	answers getppid 0
	profile SCMP_ACT_LOG "$(rule SCMP_ACT_ERRNO getppid)"
	answers getppid 1
	for action in KILL KILL_THREAD KILL_PROCESS TRAP; do
		profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_$action getppid)"
		killed getppid
	done
	# nobody traces
	profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_TRACE getppid)"
	answers getppid 38
}

# proves: linux.seccomp.defaultErrnoRet, linux.seccomp.syscalls.errnoRet
@test "seccomp: the errno of a rule, and of the default" {
	profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_ERRNO getppid "errnoRet: 33")"
	answers getppid 33
	profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_ERRNO getppid "errnoRet: 4094")"
	answers getppid 4094
	strict SCMP_ACT_ERRNO
	answers getpid 1
	config '.linux.seccomp.defaultErrnoRet = 77'
	answers getpid 77
	# a rule without one does not take that of the default
	profile SCMP_ACT_ERRNO "$(rule SCMP_ACT_ALLOW "execve write exit_group")" \
		"$(rule SCMP_ACT_ERRNO getpid)"
	config '.linux.seccomp.defaultErrnoRet = 77'
	answers getpid 1
	answers getuid 77
	# one that is equal to the default
	profile SCMP_ACT_ERRNO "$(rule SCMP_ACT_ALLOW "execve write exit_group")" \
		"$(rule SCMP_ACT_ERRNO getpid)"
	answers getpid 1
}

# fits OP VALUE [VALUE2]: sets $yes and $no, which say whether lseek to 7, 8 and 9 fits.
fits()
{
	local got

	profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_ERRNO lseek "errnoRet: 50, args: [{ index: 1,
		op: \"SCMP_CMP_$1\", value: $2, valueTwo: ${3:-0} }]")"
	calls lseek,0,7 lseek,0,8 lseek,0,9
	got=$(sed 's/.* 50/yes/; s/.* 0/no/' <<<"$output" | tr '\n' ' ')
	same "$1: $got" "$1: $4 "
}

# proves: linux.seccomp.syscalls.args.op, linux.seccomp.syscalls.args.value, linux.seccomp.syscalls.args.valueTwo, linux.seccomp.syscalls.args.index
@test "seccomp: each operator" {
	fits NE 8 0 "yes no yes"
	fits LT 8 0 "yes no no"
	fits LE 8 0 "yes yes no"
	fits EQ 8 0 "no yes no"
	fits GE 8 0 "no yes yes"
	fits GT 8 0 "no no yes"
	fits MASKED_EQ 1 1 "yes no yes"
	fits MASKED_EQ 13 8 "no yes no"
}

# proves: linux.seccomp.syscalls.args
@test "seccomp: all conditions of a rule must fit; of two on one argument either" {
	local eq='op: "SCMP_CMP_EQ"'

	profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_ERRNO lseek "errnoRet: 50, args: [
		{ index: 1, value: 7, $eq }, { index: 2, value: 0, $eq }]")"
	answers lseek,0,7,0 50
	answers lseek,0,7,1 0
	answers lseek,0,8,0 0
	profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_ERRNO lseek "errnoRet: 50, args: [
		{ index: 1, value: 7, $eq }, { index: 1, value: 8, $eq }]")"
	calls lseek,0,7 lseek,0,8 lseek,0,9
	has "$output" "syscalls[0].args[1].index: stands there before: either"
	has "$output" "lseek,0,7 50"
	has "$output" "lseek,0,8 50"
	has "$output" "lseek,0,9 0"
}

# proves: linux.seccomp.architectures
@test "seccomp: architectures are added to the native one" {
	[[ $(uname -m) == x86_64 ]] || skip "needs x86_64, which has a second architecture"
	[[ $("$SYSC" x86:20) == "x86:20 0" ]] || skip "needs a kernel that runs programs of 32 bits"
	profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_ERRNO getppid "errnoRet: 33")"
	calls x86:20
	same "$status" 159
	config '.linux.seccomp.architectures = ["SCMP_ARCH_X86"]'
	answers x86:20 0
	answers getppid 33
	answers x86:64 33
	config '.linux.seccomp.architectures = ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"]'
	answers x86:64 33
	# calls that are newer than the profile, by each architecture's own numbers: 1 is older
	profile SCMP_ACT_ERRNO "$(rule SCMP_ACT_ALLOW "execve write exit_group openat2")"
	config '.linux.seccomp.architectures = ["SCMP_ARCH_X86"]'
	answers x86:436 1
	answers x86:438 38
}

# proves: linux.seccomp.defaultAction
@test "seccomp: calls that are newer than the profile do not exist" {
	[[ $OCIRUN != *crun ]] || skip "crun knows no such thing"
	local action

	for action in ERRNO KILL KILL_PROCESS TRAP; do
		strict SCMP_ACT_$action
		answers 9999 38
	done
	# one that is older than another in the profile is the default's affair
	profile SCMP_ACT_ERRNO "$(rule SCMP_ACT_ALLOW "execve write exit_group openat2")"
	answers getpid 1
	answers 436 1
	answers 438 38
}

# flags JSON: what the kernel was asked for with these flags.
flags()
{
	local trace=$BATS_TEST_TMPDIR/trace

	config ".linux.seccomp.flags = $1"
	strace -f -qq -o "$trace" -e trace=seccomp "$OCIRUN" --root "$STATE" run --bundle "$BUNDLE" "$ID"
	sed -n 's/.*seccomp(SECCOMP_SET_MODE_FILTER, \(.*\), {.*= 0$/\1/p' "$trace"
}

# proves: linux.seccomp.flags
@test "seccomp: flags, and SPEC_ALLOW where there are none" {
	needs_cmd strace
	profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_ERRNO getppid)"
	same "$(flags null)" SECCOMP_FILTER_FLAG_SPEC_ALLOW
	same "$(flags '[]')" 0
	same "$(flags '["SECCOMP_FILTER_FLAG_LOG"]')" SECCOMP_FILTER_FLAG_LOG
	same "$(flags '["SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_SPEC_ALLOW"]')" \
		"SECCOMP_FILTER_FLAG_TSYNC|SECCOMP_FILTER_FLAG_SPEC_ALLOW"
}

# proves: linux.seccomp
@test "seccomp: one filter, for each user, with no_new_privs and without" {
	profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_ERRNO "mkdir mkdirat" "errnoRet: 33")"
	for nnp in true false; do
		for uid in 0 1000; do
			config ".process.noNewPrivileges = $nnp | .process.user = { uid: $uid, gid: $uid }"
			container_ok 'cat /proc/self/status; mkdir /tmp/x 2>&1; true'
			has "$output" "Numerical argument out of domain"
			has "$output" $'Seccomp:\t2'
			has "$output" $'Seccomp_filters:\t1'
			has "$output" $'NoNewPrivs:\t'$([[ $nnp == true ]] && echo 1 || echo 0)
		done
	done
}

# The runtime keeps CAP_SYS_ADMIN until the filter is loaded; the program never has it.
@test "seccomp: the program has its capabilities and no other, with no_new_privs and without" {
	local uid nnp with

	config '.process.capabilities = ({} | .bounding = ["CAP_KILL", "CAP_CHOWN"] | .permitted = .bounding
		| .effective = .bounding | .inheritable = ["CAP_KILL"] | .ambient = ["CAP_KILL"])'
	for uid in 0 1000; do
		for nnp in true false; do
			config ".process.noNewPrivileges = $nnp | .process.user = { uid: $uid, gid: 0 }
				| del(.linux.seccomp)"
			container_ok 'cat /proc/self/status'
			with=$(caps_of_program)
			profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_ERRNO getppid)"
			container_ok 'cat /proc/self/status'
			same "$(caps_of_program)" "$with"
			has "$with" "Bnd 21"
		done
	done
}

# proves: linux.seccomp
@test "seccomp: a profile need allow no more than execve and what the program needs" {
	for nnp in true false; do
		for uid in 0 1000; do
			config ".process.noNewPrivileges = $nnp | .process.user = { uid: $uid, gid: $uid }"
			strict SCMP_ACT_KILL_PROCESS
			answers mkdirat 38	# it is newer than the profile
			killed getpid
			run_ok create --bundle "$BUNDLE" "$ID"
			run_ok start "$ID"
			wait_until has_status "$ID" stopped
			run_ok delete "$ID"
		done
	done
}

@test "seccomp: a profile that does not allow execve is a failed start" {
	profile SCMP_ACT_KILL_PROCESS "$(rule SCMP_ACT_ALLOW "write exit_group")"
	run_fail "ended before it executed the program" run --bundle "$BUNDLE" "$ID"
	profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_ERRNO execve "errnoRet: 33")"
	run_fail "numerical argument out of domain" run --bundle "$BUNDLE" "$ID"
	same "$(ocirun list -q)" ""
}

# proves: linux.seccomp
@test "seccomp: exec is under the filter of the container" {
	profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_ERRNO "mkdir mkdirat" "errnoRet: 33")"
	for nnp in true false; do
		new_id
		config ".process.noNewPrivileges = $nnp"
		running "$new_id"
		run_ok exec "$new_id" sh -c 'grep Seccomp /proc/self/status; mkdir /tmp/x || true'
		has "$output" $'Seccomp:\t2'
		has "$output" "Numerical argument out of domain"
		run_ok exec --user 1000:1000 "$new_id" sh -c 'mkdir /tmp/x || true'
		has "$output" "Numerical argument out of domain"
		jq -n '{ user: { uid: 1000, gid: 1000 }, cwd: "/", env: ["PATH=/bin"],
			args: ["sh", "-c", "grep -e Cap -e Seccomp /proc/self/status; mkdir /tmp/x || true"] }' \
			>process.json
		run_ok exec --process process.json "$new_id"
		has "$output" "Numerical argument out of domain"
		same "$(caps_of_program)" "Inh  Prm  Eff  Bnd  Amb  "
	done
}

@test "seccomp: exec with the strictest profile" {
	strict SCMP_ACT_ERRNO
	config '.linux.seccomp.syscalls[0].names += ["pause"] | .process.noNewPrivileges = false'
	# pause(2); it is one of the calls that no new architecture has
	[[ $(uname -m) == x86_64 ]] || skip "needs pause(2)"
	args sysc 34
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	run_ok exec "$ID" sysc getpid
	same "$output" "getpid 1"
	run_ok exec --user 1000:1000 "$ID" sysc getuid
	same "$output" "getuid 1"
}

@test "seccomp: hooks are not under the filter, and still run before the program" {
	profile SCMP_ACT_KILL_PROCESS "$(rule SCMP_ACT_ALLOW "execve write exit_group")"
	config '.hooks.startContainer = [{ path: "/bin/sh", args: ["sh", "-c", "mkdir /tmp/made"] }]
		| .process.noNewPrivileges = false'
	calls mkdirat
	[[ -d rootfs/tmp/made ]]
}

@test "seccomp: who waits for start has CAP_SYS_ADMIN left, out of reach of his own user" {
	[[ $OCIRUN == *ocirun ]] || skip "this is how ocirun does it"
	profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_ERRNO getppid)"
	config '.process.noNewPrivileges = false | .process.user = { uid: 1000, gid: 1000 }
		| .process.capabilities = {}'
	run_ok create --bundle "$BUNDLE" "$ID"
	same "$(sed -n 's/^CapPrm:\t0*//p' "/proc/$(pid_of "$ID")/status")" 200000
	same "$(sed -n 's/^CapEff:\t0*//p' "/proc/$(pid_of "$ID")/status")" ""
	run_fail "ermission denied" exec --user 1000:1000 "$ID" cat /proc/1/environ
	run_fail "ermission denied" exec --user 1000:1000 "$ID" ls /proc/1/fd/
	run_ok delete --force "$ID"
	# and with no_new_privs there is nothing to keep
	config '.process.noNewPrivileges = true'
	run_ok create --bundle "$BUNDLE" "$ID"
	same "$(sed -n 's/^CapPrm:\t0*//p' "/proc/$(pid_of "$ID")/status")" ""
}

# Two barriers, of which each is enough: it is not dumpable (the test before sees that), and it has a
# capability that he has not (this one holds by that, also where it is dumpable).
@test "seccomp: nobody of the same user inside traces an exec that has CAP_SYS_ADMIN left" {
	[[ -x $THIEF ]] || skip "needs the thief"
	cp "$THIEF" "$BUNDLE/rootfs/bin/thief"
	profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_ERRNO getppid)"
	config '.process.noNewPrivileges = false | .process.user = { uid: 1000, gid: 1000 }'
	args sh -c "THIEF_KNOWN=/bin/busybox thief trace /tmp/enough >/tmp/booty 2>&1; exec sleep 1000"
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	for _ in {1..100}; do
		ocirun exec --user 1000:1000 "$ID" true
	done
	touch "$BUNDLE/rootfs/tmp/enough"
	wait_until grep -q tried "$BUNDLE/rootfs/tmp/booty"
	output=$(<"$BUNDLE/rootfs/tmp/booty")
	has_not "$output" "tried 0,"
	has "$output" "ptrace 0, mem 0, vm 0, files 0, root 0, cwd 0, exe 0, environ 0"
}

# proves: linux.seccomp.syscalls.names
@test "seccomp: names that are no system calls are ignored, and said with --debug" {
	profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_ERRNO "no_such_call getppid" "errnoRet: 33")"
	calls getppid
	same "$output" "getppid 33"
	[[ $OCIRUN == *ocirun ]] || return 0
	profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_ERRNO "no_such_call getuid" "errnoRet: 33")"
	run_ok --debug run --bundle "$BUNDLE" "$ID"
	has "$output" "no_such_call is no system call known to libseccomp"
}

@test "seccomp: with crun's annotation they are an error" {
	[[ $OCIRUN != *runc ]] || skip "runc does not have it"
	profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_ERRNO "getppid no_such_call")"
	config '.annotations["run.oci.seccomp_fail_unknown_syscall"] = "1"'
	run_status 1 run --bundle "$BUNDLE" "$ID"
	has "$output" no_such_call
	config '.annotations["run.oci.seccomp_fail_unknown_syscall"] = "0"'
	run_ok run --bundle "$BUNDLE" "$ID"
}

# A program: ERRNO 33 for umask, by its number here; ALLOW for the rest.
bpf()
{
	local nr

	case $(uname -m) in
	x86_64) nr='\x5f' ;;
	aarch64) nr='\xa6' ;;
	*) skip "needs the number of umask(2)" ;;
	esac
	printf '\x20\0\0\0\0\0\0\0\x15\0\0\x01%b\0\0\0\x06\0\0\0\x21\0\x05\0\x06\0\0\0\0\0\xff\x7f' \
		"$nr" | base64 -w 0
}

@test "seccomp: crun's annotation with a program" {
	[[ $OCIRUN != *runc ]] || skip "runc does not have it"
	config --arg bpf "$(bpf)" '.annotations["run.oci.seccomp_bpf_data"] = $bpf
		| .linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW" }'
	calls umask,18 getppid
	has "$output" "umask,18 33"
	has "$output" "getppid 0"
	[[ $OCIRUN == *ocirun ]] || return 0
	config 'del(.linux.seccomp)'
	answers umask,18 33
	run_ok run --detach --bundle "$BUNDLE" "$ID"
	wait_until has_status "$ID" stopped
	config '.annotations["run.oci.seccomp_bpf_data"] = "AAA="'
	run_status 1 run --bundle "$BUNDLE" "$ID-2"
	has "$output" 'config.json:'
	has "$output" 'seccomp_bpf_data"]: not a program: 2 bytes'
	config '.annotations["run.oci.seccomp_bpf_data"] = "A A="'
	run_status 1 run --bundle "$BUNDLE" "$ID-2"
	has "$output" 'not base64: character 2'
	# a program that the kernel does not take
	config '.annotations["run.oci.seccomp_bpf_data"] = "IAAAAAAAAAA="'
	run_fail "seccomp: load the filter: invalid argument" run --bundle "$BUNDLE" "$ID-2"
}

# engine_profile CAP...: the default profile of engines as they hand it to a runtime.
engine_profile()
{
	jq --arg caps "$*" --arg arch "$(uname -m)" '
		($caps | split(" ")) as $have
		| { x86_64: "amd64", aarch64: "arm64" }[$arch] as $go
		| { defaultAction, defaultErrnoRet, syscalls: [.syscalls[] | select(
			((.includes.arches // []) | length == 0 or any(. == $go)) and
			((.excludes.arches // []) | all(. != $go)) and
			((.includes.caps // []) | length == 0 or any(. as $c | $have | index($c))) and
			((.excludes.caps // []) | all(. as $c | ($have | index($c)) == null)))
			| { names, action, args, errnoRet } | del(..|nulls)] }' "$DEFAULT_PROFILE"
}

@test "seccomp: the default profile of engines" {
	[[ -r $DEFAULT_PROFILE ]] || skip "needs $DEFAULT_PROFILE"
	config --argjson p "$(engine_profile CAP_CHOWN CAP_KILL)" '.linux.seccomp = $p
		| .linux.seccomp.architectures = if $ENV.HOSTTYPE == "x86_64" then
			["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"] else null end'
	config '.process.noNewPrivileges = false'
	container_ok 'ls / >/dev/null && echo one | cat && (sleep 0.01 & wait) && unshare -m true 2>&1 ||
		echo no; mount -t tmpfs x /tmp 2>&1 || grep Seccomp: /proc/self/status'
	has "$output" one
	has "$output" "Operation not permitted"
	has "$output" $'Seccomp:\t2'
	# a call that is newer than all of it
	answers 9999 38
}

# refused EXPR WORDS: such a configuration is refused, at a line, with these words; nothing is left.
refused()
{
	cp config.json config.good
	config "$1"
	run_status 1 run --bundle "$BUNDLE" "$ID"
	has "$output" "config.json:"
	has "$output" ": $2"
	same "$(ls "$STATE")" ""
	mv config.good config.json
}

# proves: linux.seccomp
@test "seccomp: what is wrong is said" {
	local at=.linux.seccomp

	profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_ERRNO getppid)"
	refused "$at.defaultAction = \"SCMP_ACT_NOTIFY\"" "$at.defaultAction: must not be SCMP_ACT_NOTIFY"
	refused "$at.defaultAction = \"SCMP_ACT_DENY\"" "$at.defaultAction: must be one of"
	refused "$at.defaultErrnoRet = 1" "$at.defaultErrnoRet: is for SCMP_ACT_ERRNO and SCMP_ACT_TRACE only"
	refused "$at.defaultAction = \"SCMP_ACT_ERRNO\" | $at.defaultErrnoRet = 4095" \
		"$at.defaultErrnoRet: must be 4094 or less"
	refused "$at.defaultAction = \"SCMP_ACT_TRACE\" | $at.defaultErrnoRet = 65536" \
		"$at.defaultErrnoRet: must be 65535 or less"
	refused "$at.syscalls[0].action = \"SCMP_ACT_KILL\" | $at.syscalls[0].errnoRet = 1" \
		"$at.syscalls[0].errnoRet: is for SCMP_ACT_ERRNO"
	refused "$at.syscalls[0].errnoRet = 4095" "$at.syscalls[0].errnoRet: must be 4094 or less"
	refused "$at.syscalls[0].args = [{ index: 6, value: 1, op: \"SCMP_CMP_EQ\" }]" \
		"$at.syscalls[0].args[0].index: must be 5 or less"
	refused "$at.syscalls[0].args = [{ index: 1, value: 1, op: \"SCMP_CMP_XX\" }]" \
		"$at.syscalls[0].args[0].op: must be one of"
	refused "$at.architectures = [\"SCMP_ARCH_X86\", \"SCMP_ARCH_VAX\"]" \
		"$at.architectures[1]: must be one of"
	refused "$at.architectures = [\"SCMP_ARCH_S390X\"]" \
		"$at.architectures[0]: has another byte order than this machine"
	refused "$at.flags = [\"SECCOMP_FILTER_FLAG_X\"]" "$at.flags[0]: must be one of"
	refused "$at.flags = [\"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV\"]" \
		"$at.flags[0]: is for SCMP_ACT_NOTIFY, which no rule has"
	refused "$at.listenerMetadata = \"x\"" "$at.listenerMetadata: is for .linux.seccomp.listenerPath"
	refused "$at.listenerPath = \"x\"" "$at.listenerPath: must be an absolute path"
	refused '.annotations["run.oci.seccomp.plugins"] = "x.so"' \
		'.annotations["run.oci.seccomp.plugins"]: is not supported'
	refused '.annotations["run.oci.seccomp.receiver"] = "x"' \
		'.annotations["run.oci.seccomp.receiver"]: must be an absolute path'
	try check .
	same "$status" 0
	# this one only in doubt, as for runc and crun
	config "$at.syscalls[0].args = [{ index: 1, value: 1, valueTwo: 2, op: \"SCMP_CMP_EQ\" }]"
	run_ok run --bundle "$BUNDLE" "$ID"
	has "$output" "$at.syscalls[0].args[0].valueTwo: is for SCMP_CMP_MASKED_EQ only, and ignored"
}
