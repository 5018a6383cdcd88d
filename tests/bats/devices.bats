#!/usr/bin/env bats
#
# Device nodes, the links beside them, and the rules that say which devices may be used.

load helpers

# Prints "NAME TYPE MAJOR:MINOR (hex) MODE UID GID" of files in the container.
look='stat -c "%n %F %t:%T %a %u %g"'

all_caps()
{
	config '[ "CAP_MKNOD", "CAP_SYS_ADMIN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_CHOWN", "CAP_SYSLOG" ] as $c
		| .process.capabilities = { bounding: $c, permitted: $c, effective: $c }'
}

# device JSON...: configured devices.
device()
{
	config '.linux.devices = $ARGS.positional' --jsonargs -- "$@"
}

# rules JSON...: linux.resources.devices.
rules()
{
	config '.linux.resources.devices = $ARGS.positional' --jsonargs -- "$@"
}

# --- nodes -----------------------------------------------------------------------

# proves: §3.11
@test "devices: the default ones" {
	local core=
	[[ ! -e /proc/kcore ]] || core=$'core\n'
	umask 077
	container_ok "cd /dev; ls; $look null zero full random urandom tty"
	same "$output" "${core}fd
full
mqueue
null
ptmx
pts
random
shm
stderr
stdin
stdout
tty
urandom
zero
null character special file 1:3 666 0 0
zero character special file 1:5 666 0 0
full character special file 1:7 666 0 0
random character special file 1:8 666 0 0
urandom character special file 1:9 666 0 0
tty character special file 5:0 666 0 0"
}

# proves: §3.11
@test "devices: the links" {
	container_ok 'cd /dev; for l in fd stdin stdout stderr ptmx; do readlink $l; done; (echo x >/dev/stdout) | cat;
		readlink core || echo none'
	local core=none
	[[ ! -e /proc/kcore ]] || core=/proc/kcore
	same "$output" "/proc/self/fd
/proc/self/fd/0
/proc/self/fd/1
/proc/self/fd/2
pts/ptmx
x
$core"
}

@test "devices: the default ones work" {
	container_ok 'head -c 4 /dev/zero | od -An -tx1; echo x >/dev/null; head -c 3 /dev/urandom | wc -c;
		echo x >/dev/full; head -c 1 /dev/random | wc -c; ls -l /dev/ptmx >/dev/null && : <>/dev/ptmx && echo pty'
	has "$output" "00 00 00 00"
	has "$output" "No space left on device"
	same "${lines[-1]}" pty
}

# proves: linux.devices.type, linux.devices.path, linux.devices.major, linux.devices.minor
# proves: linux.devices.fileMode, linux.devices.uid, linux.devices.gid
@test "devices: of each kind" {
	device '{ "path": "/dev/chr", "type": "c", "major": 10, "minor": 229, "fileMode": 416, "uid": 3, "gid": 4 }' \
		'{ "path": "/dev/blk", "type": "b", "major": 7, "minor": 0, "fileMode": 384 }' \
		'{ "path": "/dev/unb", "type": "u", "major": 1, "minor": 5 }' \
		'{ "path": "/dev/pipe", "type": "p", "fileMode": 292, "gid": 9 }' \
		'{ "path": "/dev/deep/er/dev", "type": "c", "major": 1, "minor": 3, "fileMode": 1023 }' \
		'{ "path": "/srv/null", "type": "c", "major": 1, "minor": 3, "uid": 1000, "gid": 1000 }' \
		'{ "path": "/dev/big", "type": "b", "major": 259, "minor": 70000 }'
	umask 077
	container_ok "$look /dev/chr /dev/blk /dev/unb /dev/pipe /dev/deep/er/dev /srv/null /dev/big; stat -c %a /dev/deep"
	same "$output" "/dev/chr character special file a:e5 640 3 4
/dev/blk block special file 7:0 600 0 0
/dev/unb character special file 1:5 666 0 0
/dev/pipe fifo 0:0 444 0 9
/dev/deep/er/dev character special file 1:3 1777 0 0
/srv/null character special file 1:3 666 1000 1000
/dev/big block special file 103:11170 666 0 0
755"
}

@test "devices: a default one with a mode and owner of its own" {
	device '{ "path": "/dev/null", "type": "c", "major": 1, "minor": 3, "fileMode": 432, "uid": 7, "gid": 8 }'
	container_ok "$look /dev/null"
	same "$output" "/dev/null character special file 1:3 660 7 8"
}

@test "devices: twice the same, and one that the image has" {
	config '.mounts |= map(select(.destination != "/dev"))'
	mkdir -p "$BUNDLE/rootfs/dev"
	mknod -m 600 "$BUNDLE/rootfs/dev/mine" c 1 3
	device '{ "path": "/dev/mine", "type": "c", "major": 1, "minor": 3 }' \
		'{ "path": "/dev/mine", "type": "u", "major": 1, "minor": 3 }'
	container_ok 'echo x >/dev/mine'
}

# proves: §3.16
@test "devices: something else is in its place" {
	local wrong='{ "path": "/etc/passwd", "type": "c", "major": 1, "minor": 3 }'
	device "$wrong"
	run_fail "devices: /etc/passwd: is there already and something else" run --bundle "$BUNDLE" "$ID"
	device '{ "path": "/dev/a", "type": "c", "major": 1, "minor": 3 }' \
		'{ "path": "/dev/a", "type": "c", "major": 1, "minor": 5 }'
	run_fail "devices: /dev/a: is there already and something else" run --bundle "$BUNDLE" "$ID"
	device '{ "path": "/dev/a", "type": "c", "major": 1, "minor": 3 }' \
		'{ "path": "/dev/a", "type": "b", "major": 1, "minor": 3 }'
	run_fail "devices: /dev/a: is there already and something else" run --bundle "$BUNDLE" "$ID"
	device '{ "path": "/dev/shm", "type": "p" }'
	run_fail "devices: /dev/shm: is there already and something else" run --bundle "$BUNDLE" "$ID"
	config '.mounts |= map(select(.destination != "/dev")) | del(.linux.devices)'
	mkdir -p "$BUNDLE/rootfs/dev"
	echo x >"$BUNDLE/rootfs/dev/zero"
	run_fail "devices: /dev/zero: is there already and something else" run --bundle "$BUNDLE" "$ID"
	same "$(<"$BUNDLE/rootfs/dev/zero")" x
	state_is_empty
}

@test "devices: a link is no place for one" {
	config '.mounts |= map(select(.destination != "/dev"))'
	mkdir -p "$BUNDLE/rootfs/dev"
	ln -s /tmp/elsewhere "$BUNDLE/rootfs/dev/mine"
	device '{ "path": "/dev/mine", "type": "c", "major": 1, "minor": 3 }'
	run_fail "devices: /dev/mine: is there already and something else" run --bundle "$BUNDLE" "$ID"
	[[ ! -e $BUNDLE/rootfs/tmp/elsewhere ]]
}

@test "devices: a /dev of the image gets what it lacks" {
	config '.mounts |= map(select(.destination | startswith("/dev") | not))'
	rm -rf "$BUNDLE/rootfs/dev"
	container_ok "$look /dev/null /dev/tty; readlink /dev/ptmx"
	same "$output" $'/dev/null character special file 1:3 666 0 0\n/dev/tty character special file 5:0 666 0 0\npts/ptmx'
}

@test "devices: a /dev that is bound from the host stays as it is" {
	mkdir "$BATS_TEST_TMPDIR/dev"
	mknod "$BATS_TEST_TMPDIR/dev/null" c 1 3
	for how in '"bind"' '"rbind"'; do
		config --arg s "$BATS_TEST_TMPDIR/dev" ".mounts |= map(select(.destination | startswith(\"/dev\") | not))
			+ [{ destination: \"/dev\", type: \"bind\", source: \$s, options: [$how] }]"
		container_ok 'ls /dev'
		same "$output" null
	done
	same "$(ls "$BATS_TEST_TMPDIR/dev")" null
}

@test "devices: none on a read-only /dev" {
	config '(.mounts[] | select(.destination == "/dev") | .options) += ["ro"]'
	container_ok "$look /dev/null; touch /dev/x"' || echo no'
	has "$output" "/dev/null character special file 1:3 666 0 0"
	has "$output" "/dev/x: Read-only file system"
}

@test "devices: mistakes and their words" {
	device '{ "path": "/dev/a", "type": "x", "major": 1, "minor": 3 }'
	run_fail ".linux.devices[0].type" run --bundle "$BUNDLE" "$ID"
	device '{ "path": "/dev/a", "type": "c", "major": 1 }'
	run_fail ".linux.devices[0]: needs major and minor" run --bundle "$BUNDLE" "$ID"
	device '{ "path": "dev/a", "type": "c", "major": 1, "minor": 3 }'
	run_fail ".linux.devices[0].path: must be an absolute path" run --bundle "$BUNDLE" "$ID"
	device '{ "type": "p" }'
	run_fail ".linux.devices[0].path: is missing" run --bundle "$BUNDLE" "$ID"
	device '{ "path": "/dev/a", "type": "c", "major": -1, "minor": 3 }'
	run_fail ".linux.devices[0].major: is no device number" run --bundle "$BUNDLE" "$ID"
	device '{ "path": "/dev/a", "type": "c", "major": 1, "minor": 4294967296 }'
	run_fail ".linux.devices[0].minor: is no device number" run --bundle "$BUNDLE" "$ID"
	device '{ "path": "/dev/a", "type": "p", "fileMode": -1 }'
	run_fail ".linux.devices[0].fileMode" run --bundle "$BUNDLE" "$ID"
	config 'del(.linux.devices)'
	rules '{ "allow": true, "type": "d" }'
	run_fail ".linux.resources.devices[0]" run --bundle "$BUNDLE" "$ID"
	rules '{ "allow": true, "access": "rx" }'
	run_fail ".linux.resources.devices[0]: access must be letters of \"rwm\"" run --bundle "$BUNDLE" "$ID"
	rules '{ "allow": true, "major": -2 }'
	run_fail ".linux.resources.devices[0]: major -2 is no device number" run --bundle "$BUNDLE" "$ID"
	rules '{ "type": "c" }'
	run_fail ".linux.resources.devices[0].allow: is missing" run --bundle "$BUNDLE" "$ID"
	state_is_empty
}

# --- rules ---------------------------------------------------------------------------

# Of 1:11 (kmsg, which has no harm in an open) and 10:229 (fuse), what can be done.
can()
{
	cat <<-'END'
		(cd /tmp; mknod k c 1 11 && echo "k made"; mknod f c 10 229 && echo "f made";
		true <k && echo "k read"; true >k && echo "k written"; true <f && echo "f read"; true >f && echo "f written";
		true </dev/null && true >/dev/null && true </dev/zero && true </dev/ptmx && echo defaults) 2>/dev/null
	END
}

# can_do WANTED: with the rules as they are now, in this world of cgroups.
can_do()
{
	container_ok "$(can)"
	same "$(paste -s -d, <<<"$output")" "$1"
	rm -f "$BUNDLE/rootfs/tmp"/*
}

rules_hold()
{
	all_caps
	config 'del(.linux.resources.devices)'
	can_do "k made,f made,defaults"
	config 'del(.linux.resources)'
	can_do "k made,f made,defaults"
	rules '{ "allow": false, "access": "rwm" }'
	can_do "k made,f made,defaults"
	rules '{ "allow": true, "type": "c", "major": 1, "minor": 11, "access": "r" }'
	can_do "k made,f made,k read,defaults"
	rules '{ "allow": false }' '{ "allow": true, "type": "c", "major": 10, "minor": 229, "access": "rwm" }' \
		'{ "allow": true, "type": "c", "major": 1, "access": "w" }'
	can_do "k made,f made,k written,f read,f written,defaults"
	rules '{ "allow": true }'
	can_do "k made,f made,k read,k written,f read,f written,defaults"
	rules '{ "allow": true, "type": "a" }' '{ "allow": false, "type": "c", "major": 1, "minor": 11, "access": "rw" }'
	can_do "k made,f made,f read,f written,defaults"
	# the later one holds
	rules '{ "allow": true, "type": "c", "major": 1, "minor": 11, "access": "rw" }' \
		'{ "allow": false, "type": "c", "major": 1, "minor": 11, "access": "w" }'
	can_do "k made,f made,k read,defaults"
	# a block rule is nothing to a character device
	rules '{ "allow": true, "type": "b", "major": 1, "minor": 11, "access": "rwm" }'
	can_do "k made,f made,defaults"
	# and nothing takes /dev/null away
	rules '{ "allow": false, "type": "c", "major": 1, "minor": 3, "access": "rwm" }'
	can_do "k made,f made,defaults"
}

# proves: linux.resources.devices.allow, linux.resources.devices.type
# proves: linux.resources.devices.major, linux.resources.devices.minor
# proves: linux.resources.devices.access
@test "devices: rules" {
	needs_controller devices
	rules_hold
}

# The same by a program that the kernel asks.
# proves: linux.resources.devices
@test "devices: rules on cgroup v2" {
	[[ $CGROUP_WORLD == v1 ]] || skip "is the test before this one"
	v2 rules_hold
}

exec_obeys()
{
	all_caps
	rules '{ "allow": true, "type": "c", "major": 10, "minor": 229, "access": "r" }'
	running
	try exec "$ID" sh -c "$(can)"
	same "$(paste -s -d, <<<"$output")" "k made,f made,f read,defaults"
	run_ok delete --force "$ID"
}

@test "devices: rules hold for exec" {
	exec_obeys
	rm -f "$BUNDLE/rootfs/tmp"/*
	[[ $CGROUP_WORLD == v2 ]] || v2 exec_obeys
}

@test "devices: a configured device is no permission to use it" {
	all_caps
	device '{ "path": "/dev/k", "type": "c", "major": 1, "minor": 11 }'
	container_ok '(: </dev/k) 2>&1 || true'
	has "$output" "Operation not permitted"
}

@test "devices: what v1 cannot say is refused, and v2 can" {
	rules '{ "allow": true, "type": "c", "major": 10, "access": "rwm" }' \
		'{ "allow": false, "type": "c", "major": 10, "minor": 229, "access": "rwm" }'
	if [[ $CGROUP_WORLD == v1 ]]; then
		run_fail ".linux.resources.devices: cgroup v1 cannot deny c 10:229 after it was told otherwise" \
			run --bundle "$BUNDLE" "$ID"
	fi
	all_caps
	v2_denies() { can_do "k made,f made,defaults"; }
	v2 v2_denies
}

# Never "allow all" by default (GHSA-g54h-m393-cpwq); T18 of the security tests.
@test "devices: no disk and no memory, whatever is left out" {
	all_caps
	for change in 'del(.linux.resources)' '.linux.resources = {}' '.linux.resources.devices = []' \
		'.linux.resources.devices = [{ allow: true, type: "c", major: 1, minor: 3, access: "rwm" }]'; do
		config "$change"
		container_ok 'cd /tmp; mknod m c 1 1; mknod d b 254 0; mknod s b 8 0; for f in m d s; do true <$f; true >$f; done;
			true </dev/null && echo null'
		same "$output" "sh: can't open m: Operation not permitted
sh: can't create m: Operation not permitted
sh: can't open d: Operation not permitted
sh: can't create d: Operation not permitted
sh: can't open s: Operation not permitted
sh: can't create s: Operation not permitted
null"
		rm -f "$BUNDLE/rootfs/tmp"/*
	done
}
