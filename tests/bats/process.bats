#!/usr/bin/env bats
#
# What config.process asks for: user, groups, umask, directory, environment, program, limits,
# capabilities; and the names and sysctls that come with the container.

load helpers

# caps SET...: the sets that are written as if by hand; those left out are absent.
caps()
{
	config --argjson c "$1" '.process.capabilities = $c'
}

# mask NAME...: the capabilities as /proc/PID/status prints them.
mask()
{
	local -A number=([CHOWN]=0 [KILL]=5 [NET_BIND_SERVICE]=10 [NET_ADMIN]=12 [SYS_ADMIN]=21 [AUDIT_WRITE]=29)
	local name bits=0

	for name; do
		bits=$((bits | 1 << number[$name]))
	done
	printf '%016x\n' "$bits"
}

# has_caps INH PRM EFF BND AMB: in $output, the masks in this order.
has_caps()
{
	same "$(grep ^Cap <<<"$output" | cut -f2 | paste -s -d' ')" "$*"
}

show='cat /proc/self/status'

# --- user and groups -------------------------------------------------------------------

# proves: process.user.uid, process.user.gid, process.user.additionalGids
@test "process: user, group and additional groups, all ids of each" {
	config '.process.user = { uid: 1000, gid: 1001, additionalGids: [7, 5, 4294967294] }'
	container_ok "$show"
	has "$output" $'Uid:\t1000\t1000\t1000\t1000'
	has "$output" $'Gid:\t1001\t1001\t1001\t1001'
	has "$output" $'Groups:\t5 7 4294967294'
}

@test "process: a FIFO of the host's keeps its owner, a pipe becomes the user's" {
	local fifo=$BUNDLE/fifo
	mkfifo "$fifo"
	config '.process.user = { uid: 1000, gid: 1000 }'
	shell 'stat -L -c %u /dev/stdout'
	same "$("$OCIRUN" --root "$STATE" run --bundle "$BUNDLE" "$ID" </dev/null | cat)" 1000
	"$OCIRUN" --root "$STATE" run --bundle "$BUNDLE" "$ID" <>"$fifo" 1>&0 2>&0
	same "$(stat -c %u "$fifo")" 0
}

@test "process: no additional groups means none, not ours" {
	container_ok "grep Groups: /proc/self/status"
	same "$(tr -d ' \t' <<<"$output")" Groups:
	config '.process.user.additionalGids = []'
	container_ok "grep Groups: /proc/self/status"
	same "$(tr -d ' \t' <<<"$output")" Groups:
}

@test "process: no user at all is root" {
	config 'del(.process.user)'
	try run --bundle "$BUNDLE" "$ID"
	[[ $status == 0 ]] || has "$output" ".process.user: is missing"
}

@test "process: the same group twice, and the main one among the others" {
	config '.process.user = { uid: 5, gid: 6, additionalGids: [6, 8, 8] }'
	container_ok "id -u; id -g; grep Groups: /proc/self/status"
	has "$output" $'5\n6\n'
	has "$output" "8"
}

@test "process: numbers that are no ids" {
	for user in 4294967295 4294967296 -1 18446744073709551617 1e3 1.5 1000.0 '"1000"' true '[1]'; do
		config ".process.user = { uid: 0, gid: 0 }"
		sed -i "s/\"uid\": 0/\"uid\": $user/" "$BUNDLE/config.json"
		run_fail ".process.user.uid" run --bundle "$BUNDLE" "$ID"
	done
	config '.process.user = { uid: 0, gid: 4294967295 }'
	run_fail ".process.user.gid: is not a group ID" run --bundle "$BUNDLE" "$ID"
	config '.process.user = { uid: 0, gid: 0, additionalGids: [1, 4294967295] }'
	run_fail ".process.user.additionalGids[1]: is not a group ID" run --bundle "$BUNDLE" "$ID"
	config '.process.user = { uid: 0, gid: 0, umask: 512 }'
	run_fail ".process.user.umask: must be 511 (octal 777) or less" run --bundle "$BUNDLE" "$ID"
	state_is_empty
}

# proves: process.user.umask, §3.15
@test "process: umask, set or the caller's" {
	config '.process.user.umask = 23'
	container_ok 'umask; touch /tmp/x; stat -c %a /tmp/x'
	same "$output" $'0027\n640'
	config 'del(.process.user.umask)'
	umask 0071
	container_ok umask
	same "$output" 0071
	umask 022
}

# --- working directory ----------------------------------------------------------------------

# proves: process.cwd
@test "process: cwd, made if it is missing" {
	config '.process.cwd = "/etc"'
	container_ok 'pwd; readlink /proc/self/cwd'
	same "$output" $'/etc\n/etc'
	config '.process.cwd = "/made/for/me"'
	container_ok 'pwd; stat -c "%a %u" /made/for/me'
	same "$output" $'/made/for/me\n755 0'
}

@test "process: cwd through a link, or on a mount" {
	ln -s /etc "$BUNDLE/rootfs/link"
	config '.process.cwd = "/link"'
	container_ok 'readlink /proc/self/cwd'
	same "$output" /etc
	config '.process.cwd = "/mnt/deep" | .mounts += [{ destination: "/mnt", type: "tmpfs", source: "x" }]'
	container_ok 'pwd'
	same "$output" /mnt/deep
	[[ ! -e $BUNDLE/rootfs/mnt/deep ]]
}

@test "process: a cwd that the user may not enter" {
	mkdir -m 700 "$BUNDLE/rootfs/private"
	config '.process.cwd = "/private" | .process.user = { uid: 1000, gid: 1000 } | .process.capabilities = {}'
	# entered before the user is changed, as in crun and runc
	container_ok 'readlink /proc/self/cwd; ls . || true'
	has "$output" "Permission denied"
}

@test "process: a cwd that is none" {
	config '.process.cwd = "/etc/passwd"'
	run_fail "/etc/passwd: " run --bundle "$BUNDLE" "$ID"
	has "$output" "not a directory"
	config '.process.cwd = "etc"'
	run_fail ".process.cwd: must be an absolute path" run --bundle "$BUNDLE" "$ID"
	config '.process.cwd = ""'
	run_fail ".process.cwd: must be an absolute path" run --bundle "$BUNDLE" "$ID"
	config 'del(.process.cwd)'
	run_fail ".process.cwd: is missing" run --bundle "$BUNDLE" "$ID"
	ln -s nowhere/at/all "$BUNDLE/rootfs/dangling"
	config '.process.cwd = "/dangling" | .root.readonly = true'
	container_ok 'readlink /proc/self/cwd'
	same "$output" /nowhere/at/all
	state_is_empty
}

# --- environment -------------------------------------------------------------------------------

# proves: process.env
@test "process: the environment is the configuration's alone" {
	export SECRET_OF_THE_CALLER=1
	config '.process.env = ["PATH=/bin", "A=1", "B=a b=c", "C=", "HOME=/there"] | .process.args = ["env"]'
	run_ok run --bundle "$BUNDLE" "$ID"
	same "$output" $'PATH=/bin\nA=1\nB=a b=c\nC=\nHOME=/there'
}

@test "process: HOME is found in passwd, or is the root" {
	config '.process.args = ["env"] | .process.env = ["PATH=/bin"]'
	run_ok run --bundle "$BUNDLE" "$ID"
	same "${lines[-1]}" HOME=/root
	config '.process.user = { uid: 1000, gid: 1000 }'
	run_ok run --bundle "$BUNDLE" "$ID"
	same "${lines[-1]}" HOME=/home/user
	config '.process.user = { uid: 1234, gid: 1000 }'
	run_ok run --bundle "$BUNDLE" "$ID"
	same "${lines[-1]}" HOME=/
	rm "$BUNDLE/rootfs/etc/passwd"
	run_ok run --bundle "$BUNDLE" "$ID"
	same "${lines[-1]}" HOME=/
	config '.process.env += ["HOME="]'
	run_ok run --bundle "$BUNDLE" "$ID"
	same "${lines[-1]}" HOME=
}

# T29: the file is the image's, and may be anything.
@test "process: a passwd that is no passwd" {
	local passwd=$BUNDLE/rootfs/etc/passwd
	config '.process.args = ["env"] | .process.env = ["PATH=/bin"]'
	rm "$passwd"
	mkfifo "$passwd"
	COMMAND_LIMIT=5 run_ok run --bundle "$BUNDLE" "$ID"
	same "${lines[-1]}" HOME=/
	rm "$passwd"
	ln -s /proc/self/environ "$passwd"
	run_ok run --bundle "$BUNDLE" "$ID"
	same "${lines[-1]}" HOME=/
	rm "$passwd"
	ln -s /dev/zero "$passwd"
	run_ok run --bundle "$BUNDLE" "$ID"
	same "${lines[-1]}" HOME=/
	rm "$passwd"
	truncate -s 10G "$passwd"
	run_ok run --bundle "$BUNDLE" "$ID"
	same "${lines[-1]}" HOME=/
	rm "$passwd"
	printf 'no colon\n:::::\nx:x:99999999999999999999:0::/wrap:\ny:x:0x0:0::/hex:\nz:x:-0:0::/minus:\nr:x:0:0:::\nr:x:0:0::/ok:' >"$passwd"
	run_ok run --bundle "$BUNDLE" "$ID"
	same "${lines[-1]}" HOME=/ok
}

# To open a device may already act.  A FIFO tells: who writes waits until somebody opens it.
@test "process: a passwd that is no file is not even opened" {
	local passwd=$BUNDLE/rootfs/etc/passwd
	config '.process.args = ["env"] | .process.env = ["PATH=/bin"]'
	rm "$passwd"
	mkfifo "$passwd"
	background sh -c 'echo >"$1"' sh "$passwd"
	run_ok run --bundle "$BUNDLE" "$ID"
	same "${lines[-1]}" HOME=/
	alive "$background"
}

@test "process: what is no environment" {
	config '.process.env = ["PATH=/bin", "NOTHING"]'
	run_fail ".process.env[1]: must be NAME=value" run --bundle "$BUNDLE" "$ID"
	config '.process.env = ["=x"]'
	run_fail ".process.env[0]: must be NAME=value" run --bundle "$BUNDLE" "$ID"
}

@test "process: a large argument and a large environment" {
	config '.process.env += ["BIG=" + ("x" * 100000)] | .process.args = ["sh", "-c", "echo ${#1} ${#BIG}", "sh", ("y" * 100000)]'
	run_ok run --bundle "$BUNDLE" "$ID"
	same "$output" "100000 100000"
	config '.process.args[4] = ("y" * 200000)'
	run_fail "argument list too long" run --bundle "$BUNDLE" "$ID"
}

# --- program -------------------------------------------------------------------------------------

# proves: process.args
@test "process: args as they are" {
	args sh -c 'printf "<%s>" "$0" "$@"' zero "" "a b" $'new\nline' '$HOME' '*'
	run_ok run --bundle "$BUNDLE" "$ID"
	same "$output" $'<zero><><a b><new\nline><$HOME><*>'
}

@test "process: the program is found by the container's PATH" {
	mkdir -p "$BUNDLE"/rootfs/{one,two,three}
	printf '#!/bin/sh\necho two\n' >"$BUNDLE/rootfs/two/prog"
	printf '#!/bin/sh\necho three\n' >"$BUNDLE/rootfs/three/prog"
	printf '#!/bin/sh\necho one\n' >"$BUNDLE/rootfs/one/prog"
	mkdir "$BUNDLE/rootfs/two/dir"
	chmod +x "$BUNDLE"/rootfs/{two,three}/prog
	args prog
	config '.process.env = ["PATH=/none:/one:/two:/three"]'
	run_ok run --bundle "$BUNDLE" "$ID"
	same "$output" two
	config '.process.env = ["PATH=/one:/none"]'
	run_fail 'exec: "prog": permission denied' run --bundle "$BUNDLE" "$ID"
	config '.process.env = ["PATH=/none"]'
	run_fail 'exec: "prog": executable file not found in $PATH' run --bundle "$BUNDLE" "$ID"
	args dir
	config '.process.env = ["PATH=/two"]'
	run_fail 'exec: "dir": executable file not found in $PATH' run --bundle "$BUNDLE" "$ID"
	# an empty part is the working directory
	args prog
	config '.process.env = ["PATH=:/none"] | .process.cwd = "/three"'
	run_ok run --bundle "$BUNDLE" "$ID"
	same "$output" three
	args ./prog
	run_ok run --bundle "$BUNDLE" "$ID"
	same "$output" three
}

@test "process: programs that cannot be executed" {
	printf '#!/no/such/interpreter\n' >"$BUNDLE/rootfs/bin/orphan"
	echo nonsense >"$BUNDLE/rootfs/bin/nonsense"
	echo '#!/bin/sh' >"$BUNDLE/rootfs/bin/plain"
	chmod +x "$BUNDLE"/rootfs/bin/{orphan,nonsense}
	args /bin/orphan
	run_fail 'exec: "/bin/orphan": its interpreter: no such file or directory' run --bundle "$BUNDLE" "$ID"
	args /bin/nonsense
	run_fail 'exec: "/bin/nonsense": exec format error' run --bundle "$BUNDLE" "$ID"
	args /bin/plain
	run_fail 'exec: "/bin/plain": permission denied' run --bundle "$BUNDLE" "$ID"
	args /bin
	run_fail 'exec: "/bin": is a directory' run --bundle "$BUNDLE" "$ID"
	args /bin/none
	run_fail 'exec: "/bin/none": no such file or directory' run --bundle "$BUNDLE" "$ID"
	args ""
	run_fail 'exec: ""' run --bundle "$BUNDLE" "$ID"
	config '.process.args = []'
	run_fail '.process.args: must name a program' run --bundle "$BUNDLE" "$ID"
	config 'del(.process.args)'
	run_fail '.process.args' run --bundle "$BUNDLE" "$ID"
	state_is_empty
}

@test "process: signals are as if nobody had touched them" {
	(
		trap '' HUP USR1 PIPE
		args grep -E 'Sig(Blk|Ign)' /proc/self/status
		run_ok run --bundle "$BUNDLE" "$ID"
		same "$output" $'SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000'
	)
}

# --- limits ------------------------------------------------------------------------------------------

# proves: process.rlimits, process.rlimits.type, process.rlimits.soft, process.rlimits.hard, §3.14
@test "process: every limit" {
	config '.process.rlimits = ([["AS", 30], ["CORE", 11], ["CPU", 12], ["DATA", 31], ["FSIZE", 24], ["LOCKS", 13],
			["MEMLOCK", 14], ["MSGQUEUE", 15], ["NICE", 2], ["NOFILE", 6], ["NPROC", 10], ["RSS", 16],
			["RTPRIO", 3], ["RTTIME", 17], ["SIGPENDING", 5], ["STACK", 20]]
		| map({ type: "RLIMIT_\(.[0])", soft: pow(2; .[1]), hard: pow(2; .[1] + 1) }))'
	# to raise these above ours needs CAP_SYS_RESOURCE
	(ulimit -H -e 8 && ulimit -H -r 16) 2>/dev/null ||
		config '.process.rlimits |= map(select(.type != "RLIMIT_NICE" and .type != "RLIMIT_RTPRIO"))'
	args cat /proc/self/limits
	run_ok run --bundle "$BUNDLE" "$ID"
	local name bits
	while read -r name bits; do
		[[ $name != *priority ]] || (ulimit -H -e 8 && ulimit -H -r 16) 2>/dev/null || continue
		has "$(grep "^Max ${name//_/ }  " <<<"$output" | tr -s ' ')" " $((1 << bits)) $((2 << bits)) "
	done <<-'END'
		address_space 30
		core_file_size 11
		cpu_time 12
		data_size 31
		file_size 24
		file_locks 13
		locked_memory 14
		msgqueue_size 15
		nice_priority 2
		open_files 6
		processes 10
		resident_set 16
		realtime_priority 3
		realtime_timeout 17
		pending_signals 5
		stack_size 20
	END
}

@test "process: unlimited, and what is not set stays the caller's" {
	config '.process.rlimits = [{ type: "RLIMIT_CORE", soft: 18446744073709551615, hard: 18446744073709551615 }]'
	args sh -c 'grep -E "core file|locks" /proc/self/limits | tr -s " "; ulimit -n'
	# jq may not keep all its digits
	sed -i -E 's/"(soft|hard)": 1844674407370955[0-9]*/"\1": 18446744073709551615/' "$BUNDLE/config.json"
	(
		ulimit -S -n 777
		run_ok run --bundle "$BUNDLE" "$ID"
		has "$output" "Max core file size unlimited unlimited bytes"
		same "${lines[-1]}" 777
	)
}

# proves: process.rlimits.type, §3.14
@test "process: wrong limits" {
	config '.process.rlimits = [{ type: "RLIMIT_CORE", soft: 1, hard: 1 }, { type: "RLIMIT_CORE", soft: 1, hard: 1 }]'
	run_fail ".process.rlimits[1].type: stands twice in the list" run --bundle "$BUNDLE" "$ID"
	config '.process.rlimits = [{ type: "RLIMIT_SPEED", soft: 1, hard: 1 }]'
	run_fail ".process.rlimits[0].type: is no resource limit of Linux" run --bundle "$BUNDLE" "$ID"
	config '.process.rlimits = [{ type: "RLIMIT_CORE", soft: 2, hard: 1 }]'
	run_fail ".process.rlimits[0].soft: must not be above the hard limit" run --bundle "$BUNDLE" "$ID"
	config '.process.rlimits = [{ type: "RLIMIT_CORE", soft: 2 }]'
	run_fail ".process.rlimits[0].hard: is missing" run --bundle "$BUNDLE" "$ID"
	config '.process.rlimits = [{ type: "RLIMIT_NOFILE", soft: 9999999999, hard: 9999999999 }]'
	run_fail "rlimits: set RLIMIT_NOFILE: operation not permitted" run --bundle "$BUNDLE" "$ID"
}

# proves: process.oomScoreAdj, §3.15
@test "process: oomScoreAdj, set or left alone" {
	container_ok 'cat /proc/self/oom_score_adj'
	same "$output" "$(</proc/self/oom_score_adj)"
	for value in -1000 0 777 1000; do
		# to go below ours needs CAP_SYS_RESOURCE
		(echo "$value" >"/proc/$BASHPID/oom_score_adj") 2>/dev/null || continue
		config ".process.oomScoreAdj = $value"
		container_ok 'cat /proc/self/oom_score_adj'
		same "$output" "$value"
	done
	for value in -1001 1001; do
		config ".process.oomScoreAdj = $value"
		run_fail ".process.oomScoreAdj: must be from -1000 to 1000" run --bundle "$BUNDLE" "$ID"
	done
}

# --- capabilities ---------------------------------------------------------------------------------------

# proves: process.capabilities.bounding, process.capabilities.permitted
# proves: process.capabilities.effective, process.capabilities.inheritable
# proves: process.capabilities.ambient
@test "process: the five sets, for root" {
	caps '{ "bounding": ["CAP_CHOWN", "CAP_KILL", "CAP_SYS_ADMIN"], "permitted": ["CAP_CHOWN", "CAP_KILL"],
		"effective": ["CAP_KILL"], "inheritable": ["CAP_CHOWN"], "ambient": ["CAP_CHOWN"] }'
	# root's execve gives him what is in the bounding set as well, unless new privileges are forbidden
	container_ok "$show"
	has_caps "$(mask CHOWN)" "$(mask CHOWN KILL)" "$(mask CHOWN KILL)" \
		"$(mask CHOWN KILL SYS_ADMIN)" "$(mask CHOWN)"
	config '.process.noNewPrivileges = false'
	container_ok "$show"
	has_caps "$(mask CHOWN)" "$(mask CHOWN KILL SYS_ADMIN)" "$(mask CHOWN KILL SYS_ADMIN)" \
		"$(mask CHOWN KILL SYS_ADMIN)" "$(mask CHOWN)"
}

# proves: process.capabilities.bounding, process.capabilities.permitted
# proves: process.capabilities.effective, process.capabilities.inheritable
# proves: process.capabilities.ambient
@test "process: the five sets, for another user" {
	config '.process.user = { uid: 1000, gid: 1000 }'
	caps '{ "bounding": ["CAP_CHOWN", "CAP_KILL", "CAP_SYS_ADMIN"],
		"permitted": ["CAP_CHOWN", "CAP_KILL"], "effective": ["CAP_CHOWN", "CAP_KILL"],
		"inheritable": ["CAP_CHOWN", "CAP_SYS_ADMIN"], "ambient": ["CAP_CHOWN"] }'
	container_ok "$show"
	has_caps "$(mask CHOWN SYS_ADMIN)" "$(mask CHOWN)" "$(mask CHOWN)" \
		"$(mask CHOWN KILL SYS_ADMIN)" "$(mask CHOWN)"
}

@test "process: no capabilities" {
	for none in '{}' 'null' '{ "bounding": [], "effective": [] }'; do
		caps "$none"
		[[ $none != null ]] || config 'del(.process.capabilities)'
		container_ok "$show"
		has_caps "$(mask)" "$(mask)" "$(mask)" "$(mask)" "$(mask)"
	done
}

@test "process: what only another user's bounding set has is not his" {
	config '.process.user = { uid: 1000, gid: 1000 }'
	container_ok "$show"
	has_caps "$(mask)" "$(mask)" "$(mask)" "$(mask AUDIT_WRITE KILL NET_BIND_SERVICE)" "$(mask)"
}

@test "process: an unknown capability is a warning" {
	caps '{ "bounding": ["CAP_KILL", "CAP_FLY"], "permitted": ["CAP_KILL"], "effective": ["kill"], "ambient": ["CAP_5", "5"] }'
	container_ok "$show"
	has "$output" ".process.capabilities.bounding[1]: is no capability that is known here, and is ignored"
	has "$output" ".process.capabilities.effective[0]: is no capability"
	has "$output" ".process.capabilities.ambient[1]: is no capability"
	has "$output" "$(mask KILL)"
}

@test "process: a capability that cannot be granted is a warning" {
	caps '{ "bounding": ["CAP_KILL"], "permitted": ["CAP_KILL"], "effective": ["CAP_KILL", "CAP_CHOWN"],
		"inheritable": ["CAP_CHOWN"], "ambient": ["CAP_KILL"] }'
	container_ok "$show"
	has "$output" "CAP_CHOWN cannot be granted: not in the bounding set"
	has "$output" "CAP_CHOWN cannot be granted: not permitted"
	has_caps "$(mask)" "$(mask KILL)" "$(mask KILL)" "$(mask KILL)" "$(mask)"
}

@test "process: ambient capabilities that nobody is to inherit are none, without a word" {
	caps '{ "bounding": ["CAP_KILL"], "permitted": ["CAP_KILL"], "effective": ["CAP_KILL"], "ambient": ["CAP_KILL"] }'
	container_ok "$show"
	has_not "$output" warning
	has_caps "$(mask)" "$(mask KILL)" "$(mask KILL)" "$(mask KILL)" "$(mask)"
	try --debug run --bundle "$BUNDLE" "$ID"
	has "$output" "CAP_KILL cannot be granted: not both permitted and inheritable"
}

@test "process: a capability that we do not have" {
	needs_cmd setpriv
	caps '{ "bounding": ["CAP_KILL", "CAP_AUDIT_WRITE"], "permitted": ["CAP_KILL", "CAP_AUDIT_WRITE"],
		"effective": ["CAP_KILL", "CAP_AUDIT_WRITE"] }'
	shell "$show"
	local less=$BATS_TEST_TMPDIR/less
	printf '#!/bin/sh\nexec setpriv --bounding-set -audit_write --inh-caps -audit_write "%s" "$@"\n' "$OCIRUN" >"$less"
	chmod +x "$less"
	OCIRUN=$less run_ok run --bundle "$BUNDLE" "$ID"
	has "$output" "CAP_AUDIT_WRITE cannot be granted"
	has_caps "$(mask)" "$(mask KILL)" "$(mask KILL)" "$(mask KILL)" "$(mask)"
}

# proves: process.noNewPrivileges
@test "process: noNewPrivileges" {
	mkdir "$BUNDLE/rootfs/suid"
	cp "$(command -v busybox)" "$BUNDLE/rootfs/suid/busybox"
	chmod 4755 "$BUNDLE/rootfs/suid/busybox"
	config '.process.user = { uid: 1000, gid: 1000 } | .process.args = ["/suid/busybox", "grep", "-E", "Uid|NoNew", "/proc/self/status"]'
	run_ok run --bundle "$BUNDLE" "$ID"
	has "$output" $'Uid:\t1000\t1000\t1000\t1000'
	has "$output" $'NoNewPrivs:\t1'
	config '.process.noNewPrivileges = false | .process.args[1:] = ["cat", "/proc/self/status"]'
	run_ok run --bundle "$BUNDLE" "$ID"
	has "$output" $'NoNewPrivs:\t0'
	config 'del(.process.noNewPrivileges)'
	run_ok run --bundle "$BUNDLE" "$ID"
	has "$output" $'NoNewPrivs:\t0'
}

@test "process: without noNewPrivileges a set-id program gets no more than the bounding set" {
	cp "$PROBE" "$BUNDLE/rootfs/bin/suid" 2>/dev/null || skip "needs the probe"
	chmod 4755 "$BUNDLE/rootfs/bin/suid"
	config '.process.user = { uid: 1000, gid: 1000 } | .process.noNewPrivileges = false'
	args /bin/suid
	run_ok run --bundle "$BUNDLE" "$ID"
	has "$output" "0000000020000420"
	has_not "$output" "000001ffffffffff"
}

# --- names, sysctls, and the rest -----------------------------------------------------------------------

# proves: hostname, domainname
@test "process: hostname and domainname" {
	config '.hostname = "box-1.example" | .domainname = "example.org"'
	container_ok 'hostname; cat /proc/sys/kernel/hostname /proc/sys/kernel/domainname'
	same "$output" $'box-1.example\nbox-1.example\nexample.org'
	[[ $(hostname) != box-1.example && $(</proc/sys/kernel/domainname) != example.org ]]
	config 'del(.hostname, .domainname)'
	container_ok 'hostname'
	same "$output" "$(hostname)"
	config '.hostname = ("x" * 65)'
	run_fail "sethostname" run --bundle "$BUNDLE" "$ID"
	has "$output" "invalid argument"
}

# proves: linux.sysctl
@test "process: sysctls of the ipc, network and uts namespaces" {
	config '.linux.sysctl = { "kernel.shm_rmid_forced": "1", "kernel.msgmax": "9000", "kernel/sem": "250 32000 100 130",
			"fs.mqueue.msg_max": "20", "net.ipv4.ip_forward": "1", "net/ipv4/ip_unprivileged_port_start": "80",
			"net.ipv4.conf.lo.forwarding": "0", "kernel.domainname": "by.sysctl" }'
	container_ok 'cd /proc/sys; cat kernel/shm_rmid_forced kernel/msgmax kernel/sem fs/mqueue/msg_max net/ipv4/ip_forward \
			net/ipv4/ip_unprivileged_port_start kernel/domainname'
	same "$(tr '\t' ' ' <<<"$output")" $'1\n9000\n250 32000 100 130\n20\n1\n80\nby.sysctl'
	[[ $(</proc/sys/kernel/msgmax) != 9000 ]]
}

# proves: linux.sysctl
@test "process: sysctls that are refused" {
	local name words
	while read -r name words; do
		config --arg n "$name" '.linux.sysctl = { ($n): "1" }'
		run_fail ".linux.sysctl[\"$name\"]: $words" run --bundle "$BUNDLE" "$ID"
	done <<-'END'
		kernel.panic is not in a namespace: it would change the host
		kernel.core_pattern is not in a namespace
		kernel.hostname is set by .hostname
		vm.swappiness is not in a namespace
		kernel.msgmaxx is not in a namespace
		fs.file-max is not in a namespace
		network.x is not in a namespace
	END
	config 'del(.linux.sysctl["network.x"]) | .linux.sysctl["net.ipv4.none"] = "1"'
	run_fail "sysctl: net.ipv4.none: open /proc/sys/net/ipv4/none: no such file or directory" run --bundle "$BUNDLE" "$ID"
	config '.linux.sysctl = { "net.ipv4.ip_forward": "many" }'
	run_fail "sysctl: net.ipv4.ip_forward: write /proc/sys/net/ipv4/ip_forward: invalid argument" run --bundle "$BUNDLE" "$ID"
	state_is_empty
}

@test "process: sysctls need their namespace, a new one" {
	config '.linux.sysctl = { "net.ipv4.ip_forward": "1" } | .linux.namespaces |= map(select(.type != "network"))'
	run_fail '.linux.sysctl["net.ipv4.ip_forward"]: needs a new network namespace' run --bundle "$BUNDLE" "$ID"
	config '.linux.sysctl = { "kernel.msgmax": "1" } | .linux.namespaces |= map(select(.type != "ipc")) |
		.mounts |= map(select(.type != "mqueue"))'
	run_fail '.linux.sysctl["kernel.msgmax"]: needs a new ipc namespace' run --bundle "$BUNDLE" "$ID"
	config 'del(.hostname) | .linux.sysctl = { "kernel.domainname": "x" } | .linux.namespaces |= map(select(.type != "uts"))'
	run_fail '.linux.sysctl["kernel.domainname"]: needs a new uts namespace' run --bundle "$BUNDLE" "$ID"
	config '.linux.namespaces += [{ type: "network", path: "/proc/self/ns/net" }] | .linux.sysctl = { "net.ipv4.ip_forward": "1" }'
	run_fail '.linux.sysctl["net.ipv4.ip_forward"]: needs a new network namespace' run --bundle "$BUNDLE" "$ID"
}

@test "process: a keyring of its own" {
	[[ -x $PROBE ]] || skip "needs the probe"
	args /bin/probe
	run_ok run --bundle "$BUNDLE" "$ID"
	has "$output" "$ID"
	run_ok run --no-new-keyring --bundle "$BUNDLE" "$ID"
	has_not "$(grep -i keyring <<<"$output")" "$ID"
}

@test "process: a session of its own, no parent's death signal, only three descriptors" {
	[[ -x $PROBE ]] || skip "needs the probe"
	args /bin/probe
	run_ok run --bundle "$BUNDLE" "$ID"
	has "$output" "process pid 1"
	has "$output" "process session leader"
	has "$output" "process death-signal 0"
	has "$output" "process personality 0"
}
