# The same bundle gives a process the same under crun, runc and ocirun.
#
# The probe prints what it was given; names and the like are made equal; the lines that
# compare-known.txt explains are left out on both sides; the rest must not differ.

# bats file_tags=v1

load helpers
load compare

setup()
{
	servin_setup
	[[ -x $PROBE ]] || skip "needs the probe"
	args /bin/probe
	read -r -a peers <"$BATS_FILE_TMPDIR/peers"
	world=()
	[[ ${peers[0]} != crun ]] || world=("$SERVIN_SRCDIR/tests/in-v1")
	# what crun of Debian 12 takes
	config --arg p "/$ID" '.ociVersion = "1.0.0" | .linux.cgroupsPath = $p | .hostname = "box"'
}

# alike: ocirun and each of the others that is installed.
alike()
{
	local peer compared=0

	as ours "$OCIRUN"
	for peer in "${peers[@]}"; do
		command -v "$peer" >/dev/null || continue
		as "$peer" "$(command -v "$peer")"
		compare_with "$peer"
		compared=1
	done
	((compared)) || skip "needs crun or runc"
}

@test "compare: the configuration of spec" {
	alike
}

@test "compare: a user with groups, umask and few capabilities" {
	config '.process.user = { uid: 1000, gid: 1000, additionalGids: [5, 7], umask: 63 }
		| .process.capabilities = { bounding: ["CAP_CHOWN", "CAP_KILL"],
			permitted: ["CAP_KILL"], effective: ["CAP_KILL"],
			inheritable: ["CAP_KILL"], ambient: ["CAP_KILL"] }'
	alike
}

@test "compare: no capabilities at all" {
	config '.process.capabilities = {}'
	alike
}

@test "compare: limits, out-of-memory score, environment, directory, new privileges" {
	config '.process.rlimits = [ { type: "RLIMIT_NOFILE", soft: 100, hard: 200 },
			{ type: "RLIMIT_CORE", soft: 0, hard: 0 },
			{ type: "RLIMIT_STACK", soft: 1048576, hard: 8388608 } ]
		| .process.oomScoreAdj = 300 | .process.noNewPrivileges = false
		| .process.env = ["PATH=/bin", "HOME=/tmp", "X=a b"] | .process.cwd = "/tmp"'
	alike
}

@test "compare: mounts with options" {
	mkdir "$BATS_TEST_TMPDIR/data"
	config --arg data "$BATS_TEST_TMPDIR/data" '.mounts += [
		{ destination: "/data", type: "bind", source: $data,
			options: ["rbind", "ro", "nosuid", "nodev"] },
		{ destination: "/slave", type: "bind", source: $data, options: ["bind", "rslave"] },
		{ destination: "/shared", type: "bind", source: $data, options: ["bind", "shared"] },
		{ destination: "/scratch", type: "tmpfs", source: "tmpfs",
			options: ["noexec", "noatime", "mode=700", "size=1m"] } ]'
	alike
}

@test "compare: a read-only root, masks of its own" {
	config '.root.readonly = true | .linux.maskedPaths = ["/etc", "/bin/ls", "/nothing"]
		| .linux.readonlyPaths = ["/tmp", "/var"]'
	alike
}

@test "compare: namespaces of the host" {
	config '.linux.namespaces |= map(select(.type != "network" and .type != "ipc"))
		| .mounts |= map(select(.type != "mqueue"))'
	alike
}

@test "compare: a cgroup namespace" {
	config '.linux.namespaces |= map(select(.type != "cgroup")) + [{ type: "cgroup" }]'
	alike
}

@test "compare: sysctls and devices" {
	config '.linux.sysctl = { "net.ipv4.ip_forward": "1", "kernel.shm_rmid_forced": "1",
			"fs.mqueue.msg_max": "20" }
		| .linux.devices = [ { path: "/dev/box", type: "c", major: 1, minor: 3,
				fileMode: 416, uid: 3, gid: 4 },
			{ path: "/dev/deep/pipe", type: "p", fileMode: 384 } ]'
	alike
}

@test "compare: the propagation of the root" {
	config '.linux.rootfsPropagation = "shared"'
	alike
}

@test "compare: a terminal" {
	needs_cmd script
	config '.process.terminal = true | .process.consoleSize = { width: 90, height: 30 }'
	as_with_terminal ours "$OCIRUN"
	for peer in "${peers[@]}"; do
		command -v "$peer" >/dev/null || continue
		as_with_terminal "$peer" "$(command -v "$peer")"
		compare_with "$peer"
	done
}

# script gives it a terminal to hand on.
as_with_terminal()
{
	cat >"$BATS_TEST_TMPDIR/in-terminal" <<-END
		#!/bin/sh
		exec script -q -e -c "$2 \$*" /dev/null
	END
	chmod +x "$BATS_TEST_TMPDIR/in-terminal"
	as "$1" "$BATS_TEST_TMPDIR/in-terminal"
}
