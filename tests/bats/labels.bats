#!/usr/bin/env bats
#
# Labels: profiles of AppArmor, and SELinux's of processes, keys and file systems.

load helpers
load attributes

# --- AppArmor --------------------------------------------------------------------------

apparmor_is_on()
{
	[[ $(cat /sys/module/apparmor/parameters/enabled 2>/dev/null) == Y ]]
}

# load_profile NAME RULE...: until the end of the test.
load_profile()
{
	local name=$1

	shift
	printf 'profile %s flags=(attach_disconnected) { file, capability, network, mount, pivot_root, ptrace, signal, umount, unix, %s }\n' \
		"$name" "$*" >"$BATS_TEST_TMPDIR/$name.profile"
	apparmor_parser -K -r "$BATS_TEST_TMPDIR/$name.profile"
}

needs_apparmor()
{
	apparmor_is_on || skip "needs a kernel with AppArmor enabled"
	needs_cmd apparmor_parser
	PROFILE=$TAG-profile
	load_profile "$PROFILE" 'deny /etc/passwd r,'
}

teardown()
{
	[[ -z ${PROFILE:-} ]] || apparmor_parser -K -R "$BATS_TEST_TMPDIR/$PROFILE.profile"
	servin_teardown
}

# bats test_tags=guest
# proves: process.apparmorProfile
@test "apparmorProfile: of init, as root and as a user" {
	needs_apparmor
	config ".process.apparmorProfile = \"$PROFILE\""
	container_ok 'cat /proc/self/attr/current; cat /etc/passwd 2>&1 || cat /etc/group'
	has "$output" "$PROFILE (enforce)"
	has "$output" "'/etc/passwd': Permission denied"
	has "$output" "root:x:0:"
	config '.process.user = { uid: 1000, gid: 1000 } | .process.capabilities = {}
		| .process.noNewPrivileges = true'
	container_ok 'cat /proc/self/attr/current; cat /etc/passwd 2>&1 || true'
	has "$output" "$PROFILE (enforce)"
	has "$output" "'/etc/passwd': Permission denied"
}

# proves: process.apparmorProfile
@test "apparmorProfile: hooks of the host do not have it" {
	needs_apparmor
	config --arg out "$BATS_TEST_TMPDIR/hook" ".process.apparmorProfile = \"$PROFILE\"
		| .hooks.createContainer = [{ path: \"/bin/sh\",
			args: [\"sh\", \"-c\", \"cat /proc/self/attr/current >\" + \$out] }]"
	container_ok 'cat /proc/self/attr/current'
	has "$output" "$PROFILE (enforce)"
	same "$(<"$BATS_TEST_TMPDIR/hook")" unconfined
}

# proves: process.apparmorProfile
@test "apparmorProfile: of exec, by the configuration, the option and the process file" {
	needs_apparmor
	running
	show='cat /proc/self/attr/current'
	run_ok exec "$ID" sh -c "$show"
	same "$output" unconfined
	run_ok exec --apparmor "$PROFILE" "$ID" sh -c "$show"
	same "$output" "$PROFILE (enforce)"
	process ".args = [\"sh\", \"-c\", \"$show\"] | .apparmorProfile = \"$PROFILE\""
	run_ok exec --process process.json "$ID"
	same "$output" "$PROFILE (enforce)"
	run_ok delete --force "$ID"
	config ".process.apparmorProfile = \"$PROFILE\""
	running
	run_ok exec --user 1000 "$ID" sh -c "$show"
	same "$output" "$PROFILE (enforce)"
	run_ok exec --apparmor unconfined "$ID" sh -c "$show"
	same "$output" unconfined
}

# bats test_tags=guest
# proves: process.apparmorProfile
@test "apparmorProfile: one that is not loaded" {
	apparmor_is_on || skip "needs a kernel with AppArmor enabled"
	failed '.process.apparmorProfile = "servin-no-such"' \
		'apparmorProfile: no AppArmor profile "servin-no-such" is loaded'
	running
	run_status 255 exec --apparmor servin-no-such "$ID" true
	has "$output" 'apparmorProfile: no AppArmor profile "servin-no-such" is loaded'
}

# proves: process.apparmorProfile
@test "apparmorProfile: a kernel without AppArmor" {
	! apparmor_is_on || skip "needs a kernel without AppArmor"
	refused '.process.apparmorProfile = "x"' .process.apparmorProfile "needs AppArmor, which this kernel"
	config '.process.apparmorProfile = "unconfined"'
	container_ok 'echo as it is anyway'
	config '.process.apparmorProfile = ""'
	running
	run_status 255 exec --apparmor x "$ID" true
	has "$output" ".apparmorProfile: needs AppArmor, which this kernel"
	run_ok exec --apparmor unconfined "$ID" true
}

# --- SELinux ---------------------------------------------------------------------------

selinux_is_on()
{
	[[ $(stat -f -c %t /sys/fs/selinux 2>/dev/null) == f97cff8c ]]
}

# proves: process.selinuxLabel, linux.mountLabel
@test "selinuxLabel and mountLabel: a kernel without SELinux" {
	! selinux_is_on || skip "needs a kernel without SELinux"
	refused '.process.selinuxLabel = "a:b:c:s0"' .process.selinuxLabel "needs SELinux, which this kernel"
	refused '.linux.mountLabel = "a:b:c:s0"' .linux.mountLabel "needs SELinux, which this kernel"
	config '.linux.mountLabel = "a:b:c:s0" | .annotations["run.oci.mount_context_type"] = "odd"'
	run_status 1 check "$BUNDLE"
	has "$output" '.annotations["run.oci.mount_context_type"]: must be context, fscontext, defcontext or rootcontext'
	config '.process.selinuxLabel = "" | .linux.mountLabel = ""'
	running
	run_status 255 exec --process-label a:b:c:s0 "$ID" true
	has "$output" ".selinuxLabel: needs SELinux, which this kernel"
}

# A label of the policy that is loaded here, for processes and for files.
needs_selinux()
{
	local type

	selinux_is_on || skip "needs a kernel with SELinux enabled, and a policy"
	for type in container_t svirt_lxc_net_t unconfined_t; do
		LABEL=system_u:system_r:$type:s0
		! printf %s "$LABEL" >/sys/fs/selinux/context || break
	done 2>/dev/null
	printf %s "$LABEL" >/sys/fs/selinux/context || skip "needs a policy with a type for containers"
	FILES=system_u:object_r:usr_t:s0
}

# proves: process.selinuxLabel
@test "selinuxLabel: of init, as root and as a user, and of its keyring" {
	needs_selinux
	config ".process.selinuxLabel = \"$LABEL\""
	container_ok 'cat /proc/self/attr/current; cat /proc/1/attr/exec'
	same "$output" "$LABEL"
	probed
	has "$output" "key-label $LABEL"
	config '.process.user = { uid: 1000, gid: 1000 } | .process.capabilities = {}
		| .process.noNewPrivileges = true'
	container_ok 'cat /proc/self/attr/current'
	same "$output" "$LABEL"
}

# proves: process.selinuxLabel
@test "selinuxLabel: of exec, by the configuration, the option and the process file" {
	needs_selinux
	running
	show='cat /proc/self/attr/current'
	run_ok exec "$ID" sh -c "$show"
	has_not "$output" "$LABEL"
	run_ok exec --process-label "$LABEL" "$ID" sh -c "$show"
	same "$output" "$LABEL"
	process ".args = [\"sh\", \"-c\", \"$show\"] | .selinuxLabel = \"$LABEL\""
	run_ok exec --process process.json "$ID"
	same "$output" "$LABEL"
	run_ok delete --force "$ID"
	config ".process.selinuxLabel = \"$LABEL\""
	running
	run_ok exec --user 1000 "$ID" sh -c "$show"
	same "$output" "$LABEL"
}

# proves: process.selinuxLabel
@test "selinuxLabel: hooks of the host do not have it; one that the policy lacks" {
	needs_selinux
	config --arg out "$BATS_TEST_TMPDIR/hook" ".process.selinuxLabel = \"$LABEL\"
		| .hooks.createContainer = [{ path: \"/bin/sh\",
			args: [\"sh\", \"-c\", \"cat /proc/self/attr/current >\" + \$out] }]"
	container_ok 'cat /proc/self/attr/current'
	same "$output" "$LABEL"
	has_not "$(tr -d '\0' <"$BATS_TEST_TMPDIR/hook")" "$LABEL"
	config 'del(.hooks)'
	failed '.process.selinuxLabel = "a:b:c:s0"' 'selinuxLabel: "a:b:c:s0" is no label of the loaded'
}

# label_of PATH: in the container, seen from outside.
label_of()
{
	stat -c %C "/proc/$(pid_of "$ID")/root$1"
}

# proves: linux.mountLabel
@test "mountLabel: of what is mounted new, and of nothing else" {
	needs_selinux
	config ".linux.mountLabel = \"$FILES\" | .linux.maskedPaths += [\"/proc/scsi\", \"/sys/firmware\"]
		| .mounts += [{ destination: \"/data\", type: \"tmpfs\", options: [\"mode=700\"] },
			{ destination: \"/own\", type: \"tmpfs\", options: [\"context=${FILES/usr/etc}\"] }]"
	running
	same "$(label_of /own)" "${FILES/usr/etc}"
	for path in /dev /dev/pts /dev/shm /dev/mqueue /data /sys/firmware; do
		same "$path $(label_of "$path")" "$path $FILES"
	done
	for path in /proc /sys /sys/fs/cgroup/cgroup.procs /; do
		has_not "$path $(label_of "$path")" "$FILES"
	done
}

# proves: linux.mountLabel
@test "mountLabel: the kind of context, by annotation" {
	needs_selinux
	config ".linux.mountLabel = \"$FILES\" | .annotations[\"run.oci.mount_context_type\"] = \"rootcontext\""
	container_ok 'mkdir /dev/shm/x; grep " /dev/shm " /proc/self/mountinfo'
	has_not "$output" ",context=$FILES"
	has "$output" "rootcontext=$FILES"
	refused '.annotations["run.oci.mount_context_type"] = "odd"' \
		'.annotations["run.oci.mount_context_type"]' "must be context, fscontext, defcontext or rootcontext"
	failed '.linux.mountLabel = "a:b:c:s0"' "a:b:c:s0"
}
