#!/usr/bin/env bats
#
# features: what it says is what the runtime does.  Each word that it lists is tried, and each switch
# is compared with what `check` refuses as not supported.

load helpers

features()
{
	ocirun features | jq -c "$1"
}

# words FILTER: a list of the document, a word a line.
words()
{
	ocirun features | jq -r "$1 // [] | .[]"
}

# refused EXPR: whether this configuration is one that the runtime does not support.
refused()
{
	jq "$1" <"$BUNDLE/config.json" >"$BATS_TEST_TMPDIR/try.json"
	ocirun check "$BATS_TEST_TMPDIR/try.json" | grep "not supported" >&2
}

# taken EXPR: it is one that the runtime supports.
taken()
{
	if refused "$1"; then
		die "refused: $1"
	fi
}

# is_switch FILTER EXPR: the switch is on just if EXPR is not refused.
is_switch()
{
	local on=true

	! refused "$2" || on=false
	same "$1: $(features "$1")" "$1: $on"
}

@test "features: the document is the specification's" {
	local tool=$SERVIN_BUILDDIR/tests/unit/spec-tool
	[[ -x $tool ]] || skip "needs tests/unit/spec-tool"
	ocirun features >"$BATS_TEST_TMPDIR/features.json"
	# its tables are compared with the schema by ocispec.bats
	same "$("$tool" check features "$BATS_TEST_TMPDIR/features.json")" ""
	diff <(jq -S . "$BATS_TEST_TMPDIR/features.json") \
		<("$tool" recode features "$BATS_TEST_TMPDIR/features.json" | jq -S .)
	same "$(words '[paths(arrays)] | map(join("."))' | while read -r path; do
		jq -r "getpath(\"$path\" | split(\".\")) | if length != (unique | length) then \"$path\" else empty end" \
			"$BATS_TEST_TMPDIR/features.json"
	done)" ""
}

@test "features: the versions are those that are taken" {
	local version
	for version in "$(words '[.ociVersionMin]')" "$(words '[.ociVersionMax]')"; do
		config --arg v "$version" '.ociVersion = $v'
		run_ok check "$BUNDLE"
	done
	config '.ociVersion = "2.0.0"'
	run_fail "is not a version that this runtime knows" check "$BUNDLE"
	same "$(words '[.ociVersionMax]')" "$(ocirun --version | sed -n 's/^spec: //p')"
}

# The same on every host, as the specification wants it.
@test "features: it is fixed when it is built" {
	same "$(v2 ocirun features)" "$(ocirun features)"
	same "$(unshare --mount sh -c 'umount -l /sys; exec "$@"' sh "$OCIRUN" features)" "$(ocirun features)"
}

@test "features: hooks" {
	local hook
	same "$(features .hooks)" \
		'["prestart","createRuntime","createContainer","startContainer","poststart","poststop"]'
	for hook in $(words .hooks); do
		config --arg h "$hook" '.hooks[$h] = [{ path: "/bin/true" }]'
	done
	run_ok run --bundle "$BUNDLE" "$ID"
	# a word that is none would be a doubt
	config '.hooks.nosuch = []'
	try check "$BUNDLE"
	has "$output" "hooks.nosuch"
}

# What config.md has as MUST and SHOULD, for all of them were once forgotten by somebody.
must_options="async atime bind defaults dev diratime dirsync exec iversion lazytime loud noatime nodev
	nodiratime noexec noiversion nolazytime norelatime nostrictatime nosuid private ratime rbind rdev
	rdiratime relatime remount rexec rnoatime rnodiratime rnoexec rnorelatime rnostrictatime rnosuid ro
	rprivate rrelatime rro rrw rshared rslave rstrictatime rsuid runbindable rw shared silent slave
	strictatime suid sync symfollow nosymfollow rsymfollow rnosymfollow rnodev tmpcopyup unbindable"

@test "features: each mount option works" {
	local option known
	known=" $(words .mountOptions | tr '\n' ' ')"
	for option in $must_options; do
		has "$known" " $option "
	done
	mkdir "$BUNDLE/here"
	for option in $(words .mountOptions); do
		new_id
		case $option in
		bind | rbind)
			set -- "$BUNDLE/here" none ;;
		remount)
			set -- tmpfs tmpfs nosuid ;;
		idmap | ridmap)
			continue ;;	# see the switch below
		*)
			set -- tmpfs tmpfs ;;
		esac
		# a word that is not known would go to tmpfs, which takes no such thing
		jq --arg o "$option" --arg s "$1" --arg t "$2" --arg also "${3:-}" '
			.mounts += [{ destination: (if $o == "remount" then "/dev" else "/mnt" end),
			type: $t, source: $s, options: ([$o, $also] - [""]) }]' \
			<"$BUNDLE/config.json" >"$BUNDLE/option.json"
		try run --bundle "$BUNDLE" --config "$BUNDLE/option.json" "$new_id"
		[[ $status == 0 ]] || die "option $option: $output"
	done
}

@test "features: a mount option that is not listed goes to the file system" {
	config '.mounts += [{ destination: "/mnt", type: "tmpfs", source: "x", options: ["nosuchoption"] }]'
	run_fail "nosuchoption" run --bundle "$BUNDLE" "$ID"
}

@test "features: namespaces" {
	local type listed
	for type in mount pid network uts ipc user cgroup time; do
		listed=false
		! words .linux.namespaces | grep -qx "$type" || listed=true
		if refused "(.linux.namespaces[] | select(.type == \"$type\")).path = null
			| if any(.linux.namespaces[]; .type == \"$type\") then . else
				.linux.namespaces += [{ type: \"$type\" }] end"; then
			same "$type: $listed" "$type: false"
		else
			same "$type: $listed" "$type: true"
		fi
	done
	same "$(words .linux.namespaces | sort | uniq -d)" ""
}

@test "features: capabilities" {
	config --argjson c "$(features .linux.capabilities)" \
		'.process.capabilities = { bounding: $c }'
	run_ok check "$BUNDLE"
	same "$output" "$BUNDLE: ok"
	has "$(features .linux.capabilities)" '"CAP_CHECKPOINT_RESTORE"'
	(($(features '.linux.capabilities | length') > $(</proc/sys/kernel/cap_last_cap)))
}

# Some of these are lists where they work; a switch says so for all.
@test "features: switches" {
	is_switch .linux.seccomp.enabled '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW" }'
	is_switch .linux.apparmor.enabled '.process.apparmorProfile = "x"'
	is_switch .linux.selinux.enabled '.process.selinuxLabel = "x"'
	is_switch .linux.intelRdt.enabled '.linux.intelRdt = { closID: "x" }'
	is_switch .linux.netDevices.enabled '.linux.netDevices = { eth7: {} }'
	is_switch .linux.mountExtensions.idmap.enabled '.mounts += [{ destination: "/m", source: "/tmp",
		options: ["bind"], uidMappings: [{ containerID: 0, hostID: 1, size: 1 }],
		gidMappings: [{ containerID: 0, hostID: 1, size: 1 }] }]'
	is_switch .linux.cgroup.rdma '.linux.resources.rdma = { mlx5_0: { hcaHandles: 1 } }'
	is_switch '.linux | has("memoryPolicy")' '.linux.memoryPolicy = { mode: "MPOL_LOCAL" }'
}

@test "features: words of the parts that are lists" {
	local word
	for word in $(words .linux.seccomp.actions); do
		taken ".linux.seccomp = { defaultAction: \"SCMP_ACT_ALLOW\",
			syscalls: [{ names: [\"mount\"], action: \"$word\" }] }"
	done
	for word in $(words .linux.seccomp.operators); do
		taken ".linux.seccomp = { defaultAction: \"SCMP_ACT_ALLOW\", syscalls: [{ names: [\"mount\"],
			action: \"SCMP_ACT_ALLOW\", args: [{ index: 0, value: 1, op: \"$word\" }] }] }"
	done
	for word in $(words .linux.seccomp.archs); do
		taken ".linux.seccomp = { defaultAction: \"SCMP_ACT_ALLOW\", architectures: [\"$word\"] }"
	done
	for word in $(words .linux.memoryPolicy.modes); do
		taken ".linux.memoryPolicy = { mode: \"$word\", nodes: \"0\" }"
	done
	# who has one has them all
	same "$(features '.linux.seccomp | .enabled == has("actions") and .enabled == has("operators")
		and .enabled == has("archs") and .enabled == has("knownFlags")')" true
}

@test "features: what engines ask for" {
	# CRI-O
	same "$(features '[.ociVersionMin, .ociVersionMax] | map(type)')" '["string","string"]'
	# containerd: user namespaces, and mounts that are read-only all the way down
	same "$(features '[(.linux.namespaces | any(. == "user")), .linux.mountExtensions.idmap.enabled,
		(.mountOptions | any(. == "rro"))]')" '[true,true,true]'
	# runc's key for checkpoints, which crun has too
	same "$(features '.annotations."org.opencontainers.runc.checkpoint.enabled"')" '"true"'
	same "$(features '.potentiallyUnsafeConfigAnnotations | any(. == "org.criu.config")')" true
}

@test "features: the systemd manager" {
	config '.linux.resources = {}'
	try --cgroup-manager systemd run --bundle "$BUNDLE" "$ID"
	if [[ $(features .linux.cgroup.systemd) == true ]]; then
		has_not "$output" "the helper for systemd"
	else
		has "$output" "the helper for systemd"
	fi
}

@test "features: the table says what this host has" {
	run_ok features --format table
	has "${lines[0]}" "FEATURE"
	has "$output" "pid namespace"
	same "$(awk '/^cgroup v1/ { print $4 }' <<<"$output")" \
		"$([[ $CGROUP_WORLD == v1 ]] && echo yes || echo no)"
	same "$(v2 ocirun features -f table | awk '/^cgroup v2/ { print $3, $4 }')" "yes yes"
	run_fail "is none of json, table" features --format yaml
}
