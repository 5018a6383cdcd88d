# Hundreds of configurations, each with one thing changed, under ocirun, crun and runc.
#
# A case is a name and an edit of config.json; the functions cases_* print them, a line each.  What
# the probe prints must be the same under all three, or be explained in differential-known.tsv (and
# compare-known.txt); so must it be that one takes a configuration and another does not.
#
# Each run takes a third of the cases, by chance; SAMPLE=1 make check-bats BATS=... all of them.

# bats file_tags=v1

load helpers
load compare

setup()
{
	servin_setup
	[[ -x $PROBE ]] || skip "needs the probe"
	base='.ociVersion = "1.0.0" | .linux.cgroupsPath = $p | .hostname = "box"
		| .process.args = ["/bin/probe"]'
	config --arg p "/$ID" "$base"
	# Not /dev/null: runc and crun would give it to the container's user, for all of the host.
	: >"$BATS_TEST_TMPDIR/nothing"
	cp config.json "$BATS_TEST_TMPDIR/base.json"
}

SAMPLE=${SAMPLE:-3}

# differ NAME: compares cases of cases_NAME.
differ()
{
	"cases_$1" | awk -v n="$SAMPLE" -v at=$((RANDOM % SAMPLE)) 'NR % n == at' \
		>"$BATS_TEST_TMPDIR/cases"
	[[ -s $BATS_TEST_TMPDIR/cases ]]
	if grep -q crun "$BATS_FILE_TMPDIR/peers"; then
		elsewhere in-v1 differ_here
	else
		differ_here
	fi
}

differ_here()
{
	local peers name edit failed=0

	read -r -a peers <"$BATS_FILE_TMPDIR/peers"
	while IFS=$'\t' read -r name edit; do
		jq "$edit" <"$BATS_TEST_TMPDIR/base.json" >"$BUNDLE/config.json"
		outcome ours "$OCIRUN"
		for peer in "${peers[@]}"; do
			command -v "$peer" >/dev/null || continue
			outcome "$peer" "$(command -v "$peer")"
			same_outcome "$peer" "$name" || failed=$((failed + 1))
		done
	done <"$BATS_TEST_TMPDIR/cases"
	((failed == 0)) || die "$failed differences that nobody has explained"
}

# outcome NAME PROGRAM: what became of it, in $BATS_TEST_TMPDIR/NAME.
outcome()
{
	local out=$BATS_TEST_TMPDIR/$1 streams=$BATS_TEST_TMPDIR/streams

	if timeout "$COMMAND_LIMIT" "$2" --root "$STATE.$1" run --bundle "$BUNDLE" "$ID" \
		<"$BATS_TEST_TMPDIR/nothing" >"$streams" 2>"$streams.err"; then
		{ equalize <"$streams"; echo "outcome taken"; } >"$out"
	else
		echo "outcome refused: $(tail -n 1 "$streams.err" | cut -c 1-300)" >"$out"
		timeout "$COMMAND_LIMIT" "$2" --root "$STATE.$1" delete --force "$ID" \
			>"$streams" 2>&1 || true
	fi
	rm -rf "$STATE.$1"
}

# same_outcome RUNTIME CASE
same_outcome()
{
	local ours=$BATS_TEST_TMPDIR/ours theirs=$BATS_TEST_TMPDIR/$1 known

	known=$(known "$1")
	known+=$(awk -F '\t' -v name="$1" -v c="$2" \
		'!/^#/ && ($1 == name || $1 == "both") && c ~ "^(" $2 ")$" { printf "|%s", $3 }' \
		"$SERVIN_SRCDIR/tests/bats/differential-known.tsv")
	# Where one of them refuses it, that is the whole difference.
	if grep -q refused "$ours" "$theirs"; then
		diff <(outcome_of "$theirs" "$known" "$1") <(outcome_of "$ours" "$known" ocirun)
	else
		diff <(grep -v -E "$known" "$theirs") <(grep -v -E "$known" "$ours")
	fi >"$theirs.diff" || {
		echo "$2: $1 (<) and ocirun (>) differ"
		grep '^[<>]' "$theirs.diff"
		return 1
	} >&2
}

# Taken or refused; nothing if it is known that they differ.
outcome_of()
{
	grep -E "^outcome" "$1" | grep -v -E "$2" | sed 's/^outcome \([a-z]*\).*/\1/'
	grep -E "^outcome refused" "$1" | sed "s/^/$3: /" >&2
}

# each NAME EDIT WORD...: a case for each word, which is $w in the edit.
each()
{
	local name=$1 edit=${2//[$'\n\t']/ } w

	shift 2
	for w; do
		printf '%s=%s\t"%s" as $w | %s\n' "$name" "$w" "$w" "$edit"
	done
}

# numbers NAME EDIT NUMBER...: the same, and $w is a number.
numbers()
{
	local name=$1 edit=${2//[$'\n\t']/ } w

	shift 2
	for w; do
		printf '%s=%s\t(%s) as $w | %s\n' "$name" "$w" "$w" "$edit"
	done
}

# --- what is varied -----------------------------------------------------------------------

mount_words=(async atime defaults dev diratime dirsync exec lazytime mand noatime nodev nodiratime
	noexec noiversion nolazytime nomand norelatime nostrictatime nosuid nosymfollow private
	ratime rdev rdiratime relatime rexec rnoatime rnodev rnodiratime rnoexec rnorelatime
	rnostrictatime rnosuid ro rprivate rrelatime rro rrw rshared rslave rstrictatime rsuid
	runbindable rw shared slave silent loud iversion strictatime suid symfollow sync unbindable)

cases_mounts()
{
	mkdir -p "$BATS_TEST_TMPDIR/data/below"
	each tmpfs '.mounts += [{ destination: "/data", type: "tmpfs", source: "data",
		options: ["size=1m", $w] }]' "${mount_words[@]}"
	each bind ".mounts += [{ destination: \"/data\", type: \"bind\",
		source: \"$BATS_TEST_TMPDIR/data\", options: [\"rbind\", \$w] }]" "${mount_words[@]}"
}

cases_mount_kinds()
{
	each type '.mounts += [{ destination: "/data", type: $w, source: $w }]' \
		tmpfs proc sysfs mqueue devpts cgroup ramfs
	each destination '.mounts += [{ destination: $w, type: "tmpfs", source: "tmpfs" }]' \
		/a /a/b/c /tmp /tmp/../b relative /etc //double///slash /with.dots/. /dev/new
	each without '.mounts |= map(select(.destination != $w))' \
		/proc /dev /dev/pts /dev/shm /dev/mqueue /sys /sys/fs/cgroup
	each mode '.mounts += [{ destination: "/data", type: "tmpfs", source: "x",
		options: ["mode=" + $w, "uid=5", "gid=6"] }]' 0 700 1777 0755
	each cgroup '.mounts |= map(if .type == "cgroup" then .options += [$w] else . end)' \
		rw nosuid noexec relatime
}

cases_root()
{
	each propagation '.linux.rootfsPropagation = $w' private rprivate slave rslave shared \
		rshared unbindable runbindable
	numbers readonly '.root.readonly = $w' true false
	each masked '.linux.maskedPaths = [$w]' /etc /etc/passwd /nothing /proc/kcore /tmp /bin/ls
	each readonly-path '.linux.readonlyPaths = [$w]' /etc /etc/passwd /nothing /proc/sys /tmp
}

cases_namespaces()
{
	each without '.linux.namespaces |= map(select(.type != $w)) | del(.hostname)
		| if $w == "ipc" then .mounts |= map(select(.type != "mqueue")) else . end
		| if $w == "network" then .mounts |= map(select(.type != "sysfs")) else . end' \
		pid network ipc uts cgroup
	each joined '.linux.namespaces |= map(if .type == $w
		then .path = "/proc/'$$'/ns/" + ({ network: "net" }[$w] // $w) else . end)
		| del(.hostname)' network ipc uts cgroup
	each host '.hostname = $w' a box-1 "$(printf 'x%.0s' {1..64})"
	each domain '.domainname = $w' example.org a
}

cases_process()
{
	numbers uid '.process.user.uid = $w' 0 1 1000 65534 4294967294
	numbers gid '.process.user.gid = $w' 0 1 1000 4294967294
	numbers groups '.process.user.additionalGids = $w' '[]' '[5]' '[1,1]' '[0,7,5]'
	numbers umask '.process.user.umask = $w' 0 18 63 511
	each cwd '.process.cwd = $w' / /tmp /new/dir /proc
	numbers env '.process.env = $w' '[]' '["A="]' '["A=b=c"]' '["PATH=/bin","PATH=/x"]' \
		'["HOME=/x"]' '["A=1","B=2","A=3"]'
	numbers args '.process.args += $w' '[""]' '["a b","c"]' '["--"]'
	numbers oom '.process.oomScoreAdj = $w' 0 1 500 1000
	numbers nnp '.process.noNewPrivileges = $w' true false null
}

cases_limits()
{
	each limit '.process.rlimits = [{ type: ("RLIMIT_" + $w), soft: 10000000, hard: 10000000 }]' \
		CPU FSIZE DATA STACK CORE RSS MEMLOCK AS LOCKS RTTIME
	each small '.process.rlimits = [{ type: ("RLIMIT_" + $w), soft: 50, hard: 60 }]' \
		NPROC NOFILE SIGPENDING MSGQUEUE
	each none '.process.rlimits = [{ type: ("RLIMIT_" + $w), soft: 0, hard: 0 }]' \
		NICE RTPRIO CORE
}

cases_capabilities()
{
	local all

	all=$("$OCIRUN" features | jq -r '.linux.capabilities[]')
	# shellcheck disable=SC2086
	each cap '.process.capabilities = { bounding: [$w], permitted: [$w], effective: [$w],
		inheritable: [$w], ambient: [$w] }' $all
	each set '.process.capabilities = { bounding: ["CAP_KILL", "CAP_CHOWN"],
		permitted: ["CAP_KILL"] } + { ($w): ["CAP_KILL"] }' \
		bounding permitted effective inheritable
	each user '.process.user.uid = 1000 | .process.capabilities = { bounding: [$w],
		permitted: [$w], effective: [$w], inheritable: [$w], ambient: [$w] }' \
		CAP_KILL CAP_NET_BIND_SERVICE
}

cases_devices()
{
	each type '.linux.devices = [{ path: "/dev/x", type: $w, major: 1, minor: 3 }]' c u b
	each fifo '.linux.devices = [{ path: $w, type: "p" }]' /dev/x /dev/a/b /pipe
	numbers file-mode '.linux.devices = [{ path: "/dev/x", type: "c", major: 1, minor: 3,
		fileMode: $w, uid: 4, gid: 5 }]' 0 384 438 511
	each default '.linux.devices = [{ path: $w, type: "c", major: 1, minor: 3 }]' \
		/dev/null /dev/x
}

cases_sysctl()
{
	each ipc '.linux.sysctl = { ($w): "7" }' kernel.msgmax kernel.msgmnb fs.mqueue.msg_max \
		fs.mqueue.msgsize_max kernel/msgmax
	each shm '.linux.sysctl = { ($w): "1" }' kernel.shm_rmid_forced net.ipv4.ip_forward \
		net.core.somaxconn net/ipv4/ip_forward net.ipv4.ip_unprivileged_port_start
	each host '.linux.sysctl = { ($w): "1" }' kernel.panic vm.swappiness kernel.hostname \
		net nothing.such
	each domain '.linux.sysctl = { "kernel.domainname": $w }' example.org
}

# The values that a limit has in its file; a limit of another's has none.
cases_resources()
{
	cat >"$BUNDLE/rootfs/bin/limits" <<-'END'
		#!/bin/sh
		cd /sys/fs/cgroup && grep -s . cpu/cpu.shares cpu/cpu.cfs_*_us cpu/cpu.idle \
			cpu/cpu.rt_*_us cpuset/cpuset.cpus cpuset/cpuset.mems pids/pids.max \
			memory/memory.limit_in_bytes memory/memory.memsw.limit_in_bytes \
			memory/memory.soft_limit_in_bytes memory/memory.swappiness \
			memory/memory.oom_control memory/memory.use_hierarchy \
			blkio/blkio.*weight* blkio/blkio.throttle.*_device \
			hugetlb/hugetlb.*limit_in_bytes net_cls/net_cls.classid \
			net_prio/net_prio.ifpriomap devices/devices.list
		exit 0
	END
	chmod +x "$BUNDLE/rootfs/bin/limits"
	resource_cases | sed 's/$/ | .process.args = ["limits"]/'
}

resource_cases()
{
	numbers shares '.linux.resources.cpu.shares = $w' 0 2 100 1024 262144
	numbers quota '.linux.resources.cpu.quota = $w' -1 0 5000 200000
	numbers period '.linux.resources.cpu = { period: $w, quota: 50000 }' 0 10000 1000000
	numbers cpus '.linux.resources.cpu.cpus = $w' '"0"' '"0-1"' '"1"'
	numbers mems '.linux.resources.cpu.mems = $w' '"0"'
	numbers pids '.linux.resources.pids.limit = $w' -1 1 100 32768
	numbers memory '.linux.resources.memory.limit = $w' -1 0 67108864 67108865
	numbers reservation '.linux.resources.memory.reservation = $w' -1 0 33554432
	numbers swap '.linux.resources.memory = { limit: 67108864, swap: $w }' -1 0 67108864 \
		134217728
	numbers swappiness '.linux.resources.memory.swappiness = $w' 0 60 100
	numbers oom '.linux.resources.memory.disableOOMKiller = $w' true false
	numbers weight '.linux.resources.blockIO.weight = $w' 10 500 1000
	each throttle '.linux.resources.blockIO["throttle" + $w + "Device"]
		= [{ major: 7, minor: 0, rate: 1048576 }]' ReadBps WriteBps ReadIOPS WriteIOPS
	numbers hugepages '.linux.resources.hugepageLimits
		= [{ pageSize: "2MB", limit: $w }]' 0 2097152 9223372036854771712
	numbers class '.linux.resources.network.classID = $w' 0 1048577
	numbers priority '.linux.resources.network.priorities = [{ name: "lo", priority: $w }]' 3
	each device '.linux.resources.devices += [{ allow: true, type: $w, major: 10, minor: 229,
		access: "rwm" }]' c b
	each access '.linux.resources.devices += [{ allow: true, type: "c", major: 10, minor: 229,
		access: $w }]' r w m rw rm rwm
	each all '.linux.resources.devices = [{ allow: true, access: $w }]' rwm
}

# What a profile makes of system calls, the probe does not see; the bench and seccomp.bats do.
cases_seccomp()
{
	each action '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW",
		syscalls: [{ names: ["mkdir", "no_such_call"], action: $w }] }' SCMP_ACT_ALLOW \
		SCMP_ACT_ERRNO SCMP_ACT_KILL SCMP_ACT_KILL_PROCESS SCMP_ACT_KILL_THREAD \
		SCMP_ACT_TRAP SCMP_ACT_LOG SCMP_ACT_TRACE SCMP_ACT_NOTHING
	each op '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW",
		syscalls: [{ names: ["getcwd"], action: "SCMP_ACT_ERRNO",
			args: [{ index: 1, value: 1, valueTwo: 1, op: $w }] }] }' SCMP_CMP_NE \
		SCMP_CMP_LT SCMP_CMP_LE SCMP_CMP_EQ SCMP_CMP_GE SCMP_CMP_GT SCMP_CMP_MASKED_EQ
	each arch '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", architectures: [$w],
		syscalls: [{ names: ["mkdir"], action: "SCMP_ACT_ERRNO" }] }' SCMP_ARCH_X86_64 \
		SCMP_ARCH_X86 SCMP_ARCH_X32 SCMP_ARCH_AARCH64
	numbers errno '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW",
		syscalls: [{ names: ["getcwd"], action: "SCMP_ACT_ERRNO", errnoRet: $w }] }' 0 1 38 4095
	each flag '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", flags: [$w],
		syscalls: [{ names: ["mkdir"], action: "SCMP_ACT_ERRNO" }] }' \
		SECCOMP_FILTER_FLAG_LOG SECCOMP_FILTER_FLAG_SPEC_ALLOW SECCOMP_FILTER_FLAG_TSYNC
}

# Not the root of the user namespace alone: the bundle of a test is for root only.
cases_user_namespaces()
{
	numbers maps '.linux.namespaces += [{ type: "user" }]
		| .linux.uidMappings = $w | .linux.gidMappings = $w
		| .mounts |= map(select(.type != "devpts"))' \
		'[{containerID:0,hostID:0,size:4294967295}]' '[{containerID:0,hostID:0,size:65536}]' \
		'[{containerID:0,hostID:0,size:1},{containerID:1,hostID:1,size:9}]' \
		'[{containerID:0,hostID:0,size:5},{containerID:100,hostID:1000,size:1}]'
}

@test "differential: options of mounts" {
	differ mounts
}

@test "differential: types and places of mounts" {
	differ mount_kinds
}

@test "differential: the root" {
	differ root
}

@test "differential: namespaces and names" {
	differ namespaces
}

@test "differential: the process" {
	differ process
}

@test "differential: limits of the process" {
	differ limits
}

@test "differential: capabilities" {
	differ capabilities
}

@test "differential: devices" {
	differ devices
}

@test "differential: sysctls" {
	differ sysctl
}

@test "differential: resources" {
	differ resources
}

@test "differential: seccomp" {
	differ seccomp
}

@test "differential: user namespaces" {
	differ user_namespaces
}
