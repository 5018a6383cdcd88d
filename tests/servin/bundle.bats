#!/usr/bin/env bats
#
# bundle: an image and options become a bundle that stands alone, and that any runtime runs.

load helpers

setup()
{
	store_setup
	rootfs_tar "$BATS_TEST_TMPDIR/box.tar"
	B=$BATS_TEST_TMPDIR/bundle
	P=$BATS_TEST_TMPDIR/profile.json
}

# bundle [OPTIONS...] [-- COMMAND...]: of the plain image, in $B.
bundle()
{
	rm -rf "$B"
	servin bundle "$BATS_TEST_TMPDIR/box.tar" "$B" "$@"
}

# config FILTER: what jq makes of it.
config()
{
	jq -r "$1" "$B/config.json"
}

# start [RUNTIME]: what the container says.
start()
{
	local program=${1:-$SERVIN_BUILDDIR/ocirun}

	: >"$BATS_TEST_TMPDIR/nothing"
	(cd "$B" && timeout 30 "$program" --root "$BATS_TEST_TMPDIR/run" run \
		"bundle-$BATS_TEST_NUMBER-$BASHPID" <"$BATS_TEST_TMPDIR/nothing")
}

# inside [OPTIONS...] -- COMMAND...: what a container of these options says.
inside()
{
	ok bundle "$@"
	ok start
}

# --- the whole ---------------------------------------------------------------------------------

@test "bundle: the same bytes and times each time" {
	local one two

	ok bundle -u user -e A=1 --init -- true
	one=$(tar -C "$B" --sort=name -cf - . | sha256sum)
	wait_until find "$B" -maxdepth 0 ! -newerct "-1 second"
	ok bundle -u user -e A=1 --init -- true
	two=$(tar -C "$B" --sort=name -cf - . | sha256sum)
	same "$one" "$two"
	SOURCE_DATE_EPOCH=86400 ok bundle -- true
	same "$(stat -c %Y "$B/config.json")" 86400
}

# says_all RUNTIME: it runs the bundle, and the container says what it should.
says_all()
{
	ok bundle -w /tmp -e "WORD=two words" -- sh -c "id -u; pwd; echo \"\$WORD\"; hostname"
	run start "$1"
	[[ $output != *"hybrid mode not supported"* ]] || skip "$1 wants cgroup v1 or v2 alone"
	((status == 0)) || die "$1: $status" "$output"
	same "$output" $'0\n/tmp\ntwo words\n'"$(config .hostname)"
}

@test "bundle: ocirun runs it" {
	says_all "$SERVIN_BUILDDIR/ocirun"
}

@test "bundle: runc runs it" {
	command -v runc >/dev/null || skip "needs runc"
	says_all runc
}

# bats test_tags=v1
@test "bundle: crun runs it" {
	command -v crun >/dev/null || skip "needs crun"
	says_all crun
}

@test "bundle: it needs neither image nor store" {
	ok bundle -- cat /etc/hostname
	rm -rf "$ROOT" "$BATS_TEST_TMPDIR/box.tar"
	mkdir -p "$ROOT"
	mv "$B" "$B.moved"
	B=$B.moved
	ok start
	same "$output" "$(config .hostname)"
	run grep -c "$BATS_TEST_TMPDIR" "$B/config.json"
	same "$output" 0
}

@test "bundle: a directory that is not empty stays as it is" {
	mkdir "$B"
	echo mine >"$B/file"
	fails 1 "$B is not empty: there is file" \
		servin bundle "$BATS_TEST_TMPDIR/box.tar" "$B" -- true
	same "$(ls "$B")" file
}

@test "bundle: what is half made goes again" {
	fails 1 'no user "nobody" in the container'\''s /etc/passwd' bundle -u nobody -- true
	[[ ! -e $B ]]
	mkdir "$B"
	fails 1 'no group "none"' servin bundle "$BATS_TEST_TMPDIR/box.tar" "$B" -u 0:none -- true
	same "$(ls -A "$B")" ""
}

@test "bundle: ocirun check finds nothing to say" {
	ok bundle --init --privileged --ulimit core=0 -m 64m --cpus 0.5 -- true
	ok "$SERVIN_BUILDDIR/ocirun" check "$B"
	ok bundle --read-only --tmpfs /run --cap-drop ALL -- true
	ok "$SERVIN_BUILDDIR/ocirun" check "$B"
}

# --- what the image says -----------------------------------------------------------------------

@test "bundle: the image's configuration, and what is said instead" {
	ok servin import -c 'USER user' -c 'ENV A=image B=image' -c 'WORKDIR /var/log' \
		-c 'ENTRYPOINT ["echo", "entry"]' -c 'CMD ["one"]' -c 'LABEL k=v' \
		-c 'EXPOSE 80' -c 'STOPSIGNAL SIGINT' -c 'VOLUME /data' \
		"$BATS_TEST_TMPDIR/box.tar" configured
	ok servin bundle configured "$B"
	same "$(config '.process.args | join(" ")')" "echo entry one"
	same "$(config '.process.user.uid')" 1000
	same "$(config '.process.cwd')" /var/log
	same "$(config '.annotations | [.k, .["org.opencontainers.image.stopSignal"],
		.["org.opencontainers.image.exposedPorts"],
		.["org.opencontainers.image.os"]] | join(" ")')" "v SIGINT 80/tcp linux"
	ok start
	same "$output" "entry one"
	rm -rf "$B"
	ok servin bundle configured "$B" -e B=ours -u 0 -w / -- two
	same "$(config '.process.env | map(select(test("^[AB]="))) | join(" ")')" "A=image B=ours"
	same "$(config '.process.args | join(" ")')" "echo entry two"
	same "$(config '.process.user.uid')" 0
	rm -rf "$B"
	ok servin bundle configured "$B" --entrypoint ls
	same "$(config '.process.args | join(" ")')" ls
}

@test "bundle: no command anywhere is an error" {
	ok servin import -c 'CMD []' -c 'ENTRYPOINT []' "$BATS_TEST_TMPDIR/box.tar" empty
	fails 1 "no command" servin bundle empty "$B" --entrypoint ""
}

# --- who, where, with what ---------------------------------------------------------------------

@test "bundle: users by name and number, groups and home" {
	inside -u user -- sh -c "id; echo \$HOME"
	same "$output" $'uid=1000(user) gid=1000(user) groups=1000(user),2000(more)\n/home/user'
	inside -u user:daemon --group-add 7 -- id
	same "$output" "uid=1000(user) gid=1(daemon) groups=1(daemon),7"
	inside -u 77 -- sh -c "id -u; id -g; echo \$HOME"
	same "$output" $'77\n0\n/'
}

@test "bundle: variables of files, of ours, and of the standard" {
	printf '# some\nF=file\nHERE\n' >"$BATS_TEST_TMPDIR/env"
	HERE=here inside --env-file "$BATS_TEST_TMPDIR/env" -e F=word -e HERE -e NOT_HERE -- \
		sh -c "echo \$F \$HERE \${NOT_HERE-unset} \$HOME \$PATH"
	same "$output" \
		"word here unset /root /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
}

@test "bundle: hosts, resolv.conf and names" {
	inside -h box --domainname here --add-host other:10.1.2.3 --dns 10.9.9.9 \
		--dns-search example.org -- \
		sh -c 'hostname; cat /etc/hostname /etc/resolv.conf; tail -n 2 /etc/hosts'
	same "$output" $'box\nbox\nnameserver 10.9.9.9\nsearch example.org
127.0.1.1\tbox.here box\n10.1.2.3\tother'
}

# --- rights ------------------------------------------------------------------------------------

# caps: the effective set of what follows, by its names.
caps()
{
	inside "$@" -- sed -n 's/^CapEff:\t//p' /proc/self/status
	capsh --decode="$output" | sed 's/.*=//'
}

@test "bundle: capabilities" {
	local docker

	command -v capsh >/dev/null || skip "needs capsh"
	docker=cap_chown,cap_dac_override,cap_fowner,cap_fsetid,cap_kill,cap_setgid,cap_setuid
	docker+=,cap_setpcap,cap_net_bind_service,cap_net_raw,cap_sys_chroot,cap_mknod
	docker+=,cap_audit_write,cap_setfcap
	same "$(caps)" "$docker"
	same "$(caps --cap-drop ALL --cap-add kill)" cap_kill
	same "$(caps --cap-drop CAP_SETFCAP)" "${docker%,cap_setfcap}"
	same "$(caps -u user)" ""
	has "$(caps --privileged)" cap_sys_admin
	fails 1 '--cap-add: there is no capability "FLY"' bundle --cap-add FLY -- true
}

@test "bundle: no-new-privileges, masks and the read-only root" {
	inside --security-opt no-new-privileges -- grep NoNewPrivs /proc/self/status
	has "$output" 1
	inside -- sh -c 'cat /proc/keys /proc/timer_list; ls -A /proc/acpi /sys/firmware'
	same "${output//[[:space:]]/}" /proc/acpi:/sys/firmware:
	ok bundle -- sh -c 'echo x >/proc/sys/kernel/domainname'
	run start
	has "$output" "Read-only file system"
	ok bundle --security-opt systempaths=unconfined -- true
	same "$(config '.linux | [.maskedPaths, .readonlyPaths] | length')" 2
	same "$(config '.linux.maskedPaths')" null
	ok bundle --read-only -- touch /file
	run start
	has "$output" "Read-only file system"
}

@test "bundle: system calls are refused, allowed by a capability, or all free" {
	ok bundle -- unshare -m true
	run start
	has "$output" "Operation not permitted"
	inside --cap-add SYS_ADMIN -- unshare -m echo works
	same "$output" works
	inside --security-opt seccomp=unconfined -- sed -n 's/^Seccomp:\t//p' /proc/self/status
	same "$output" 0
}

@test "bundle: a profile of one's own, in docker's form" {
	cat >"$P" <<-'END'
		{ "defaultAction": "SCMP_ACT_ALLOW",
		  "archMap": [ { "architecture": "SCMP_ARCH_X86_64", "subArchitectures": [] } ],
		  "syscalls": [
			{ "names": [ "mkdir", "mkdirat" ], "action": "SCMP_ACT_ERRNO",
			  "errnoRet": 28, "excludes": { "caps": [ "CAP_SYS_ADMIN" ] } },
			{ "names": [ "chmod" ], "action": "SCMP_ACT_ERRNO",
			  "includes": { "minKernel": "99.0" } } ] }
	END
	ok bundle --security-opt "seccomp=$P" -- mkdir /new
	run start
	has "$output" "No space left on device"
	inside --security-opt "seccomp=$P" --cap-add SYS_ADMIN -- mkdir /new
	same "$(jq '.linux.seccomp.syscalls' "$B/config.json")" null
	echo '{' >"$P"
	fails 1 "$P:2: .: ends too early" bundle --security-opt "seccomp=$P" -- true
}

# What differs from the profile of containers-common has a reason; see below.
@test "bundle: the profile is docker's, not podman's" {
	local theirs=/usr/share/containers/seccomp.json ours=$BATS_TEST_TMPDIR/ours more

	[[ -e $theirs ]] || skip "needs golang-github-containers-common"
	ok bundle -- true
	config '.linux.seccomp.syscalls[] | select(.action == "SCMP_ACT_ALLOW" and .args == null)
		| .names[]' | sort -u >"$ours"
	jq -r '.syscalls[] | select(.action == "SCMP_ACT_ALLOW" and (.args | length) == 0 and
			(.includes.caps // [] | length) == 0 and
			((.includes.arches // ["amd64"]) | index("amd64"))) | .names[]' \
		"$theirs" | sort -u >"$BATS_TEST_TMPDIR/theirs"
	# Namespaces and mounts, which take CAP_SYS_ADMIN with docker; keys and memory nodes,
	# which it does not allow; names of calls that no machine has any more.
	more="clone clone3 fsconfig fsmount fsopen fspick get_mempolicy keyctl mbind mount"
	more+=" mount_setattr move_mount open_tree pidfd_getfd pivot_root readdir reboot"
	more+=" set_mempolicy setns sigaction signal sigpending sigsuspend syscall syslog timerfd"
	more+=" umount umount2 unshare"
	same "$(comm -13 "$ours" "$BATS_TEST_TMPDIR/theirs" | xargs)" "$more"
	# Newer calls, some that podman refuses, and chroot, which it allows by capability alone.
	more="cachestat chroot fchmodat2 futex_requeue futex_wait futex_waitv futex_wake getxattrat"
	more+=" io_pgetevents io_pgetevents_time64 listxattrat map_shadow_stack mseal"
	more+=" removexattrat setxattrat uretprobe vmsplice"
	same "$(comm -23 "$ours" "$BATS_TEST_TMPDIR/theirs" | grep -v -E '^(arch_prctl|modify_ldt)$' |
		xargs)" "$more"
}

# --- limits ------------------------------------------------------------------------------------

@test "bundle: limits in the words of the runtime" {
	ok bundle -m 64m --memory-reservation 32m --cpus 0.5 --cpu-shares 512 --pids-limit 9 \
		--ulimit nofile=100:200 --shm-size 8m --oom-score-adj 500 --cpuset-cpus 0 -- true
	same "$(config '.linux.resources | [.memory.limit, .memory.swap, .memory.reservation,
		.cpu.quota, .cpu.period, .cpu.shares, .cpu.cpus, .pids.limit] | join(" ")')" \
		"67108864 134217728 33554432 50000 100000 512 0 9"
	same "$(config '.process | [.rlimits[0].type, .rlimits[0].soft, .rlimits[0].hard,
		.oomScoreAdj] | join(" ")')" "RLIMIT_NOFILE 100 200 500"
	inside --shm-size 8m -- sh -c "df -k /dev/shm | awk 'NR == 2 { print \$2 }'"
	same "$output" 8192
}

@test "bundle: a limit that means nothing is refused" {
	fails 1 "--memory: 6m is the least" bundle -m 1m -- true
	fails 1 "--memory-swap" bundle -m 64m --memory-swap 32m -- true
	fails 1 "--cpus: there are only" bundle --cpus 100000 -- true
	fails 1 "--cpuset-cpus: there is no 9999 here" bundle --cpuset-cpus 9999 -- true
	fails 1 "--cpus stands for" bundle --cpus 0.1 --cpu-quota 5000 -- true
	fails 1 "--sysctl: vm.swappiness would change the host" bundle --sysctl vm.swappiness=1 -- true
}

# --- mounts and devices ------------------------------------------------------------------------

@test "bundle: binds, tmpfs and devices" {
	mkdir "$BATS_TEST_TMPDIR/source"
	echo content >"$BATS_TEST_TMPDIR/source/file"
	inside -v "$BATS_TEST_TMPDIR/source:/in:ro" --tmpfs /mem:size=1m \
		--device /dev/null:/dev/nought -- \
		sh -c 'cat /in/file; touch /in/x; ls -d /dev/nought; df -k /mem | tail -n 1'
	has "$output" content
	has "$output" "touch: /in/x: Read-only file system"
	has "$output" /dev/nought
	has "$output" 1024
}

@test "bundle: mounts that cannot be" {
	fails 1 "create it first" bundle -v /no/such:/x -- true
	fails 125 "unknown option --rootfs" bundle --rootfs / -- true
	fails 1 "is the target of two" bundle --tmpfs /x --tmpfs /x/ -- true
	fails 1 "has no volumes" bundle -v data:/x -- true
	fails 1 "nothing can be mounted in /proc" bundle --tmpfs /proc/x -- true
	fails 1 "--device: /etc/passwd is no device" bundle --device /etc/passwd -- true
}

@test "bundle: no network but the loopback, or the host's, or one with a path" {
	inside -- sh -c 'ls /sys/class/net; ip -o addr show lo up | wc -l'
	has "$output" lo
	ok bundle --network host -- true
	same "$(config '[.linux.namespaces[].type] | index("network")')" null
	ok bundle --network ns:/run/netns/x -- true
	same "$(config '.linux.namespaces[] | select(.type == "network") | .path')" /run/netns/x
	fails 1 "joins no container" bundle --network container:x -- true
}

# --- init --------------------------------------------------------------------------------------

@test "bundle: the init hands on signals and ends as its child ends" {
	inside --init -- sh -c "echo \$PPID; cat /proc/1/comm"
	same "$output" $'1\ndocker-init'
	ok bundle --init -- sh -c 'exit 9'
	run start
	same "$status" 9
	ok bundle --init -- sh -c 'trap "echo caught; exit 5" TERM; kill -TERM 1; while :; do :; done'
	run start
	same "$output" caught
	same "$status" 5
	ok bundle --init -- no-such-program
	run -127 start
	has "$output" "init: no-such-program: No such file or directory"
}
