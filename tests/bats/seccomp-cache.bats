#!/usr/bin/env bats
#
# The cache of compiled filters below the state root.

load helpers

setup()
{
	servin_setup
	[[ $OCIRUN == *ocirun ]] || skip "it is ocirun's"
	CACHE=$STATE/.cache/seccomp
	config '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW",
		syscalls: [{ names: ["mkdirat", "mkdir"], action: "SCMP_ACT_ERRNO", errnoRet: 33 }] }'
	shell 'mkdir /tmp/x 2>&1 || true'
}

# runs WORDS: a container under the filter; --debug says WORDS of where that is from.
runs()
{
	run_ok --debug run --bundle "$BUNDLE" "$ID"
	has "$output" "Numerical argument out of domain"
	has "$output" "seccomp: $1"
}

entry()
{
	find "$CACHE" -type f
}

@test "cache: the second container does not compile, and exec does not" {
	runs compiled
	same "$(stat -c '%a %U' "$STATE/.cache" "$CACHE" "$(entry)")" $'700 root\n700 root\n600 root'
	local written

	written=$(stat -c '%i %y' "$(entry)")
	runs "a filter of"
	running
	run_ok --debug exec "$ID" true
	has "$output" "from the cache"
	same "$(stat -c '%i %y' "$(entry)")" "$written"
	# it is no container
	same "$(ocirun list -q)" "$ID"
}

@test "cache: another profile is another entry, another listener or flag is not" {
	runs compiled
	config '.linux.seccomp.flags = ["SECCOMP_FILTER_FLAG_LOG"] | .linux.seccomp.listenerPath = "/x"'
	runs "a filter of"
	config '.linux.seccomp.architectures = ["SCMP_ARCH_X86", "SCMP_ARCH_X86_64"]'
	[[ $(uname -m) != x86_64 ]] || runs compiled
	config '.linux.seccomp.syscalls += [{ names: ["getppid"], action: "SCMP_ACT_ERRNO" }]'
	runs compiled
	config '.linux.seccomp.syscalls[1].errnoRet = 2'
	runs compiled
	(($(entry | wc -l) >= 3))
}

# damage COMMAND: the entry is spoilt by the command, not believed, and written anew.
damage()
{
	"$@" "$(entry)"
	runs compiled
	runs "a filter of"
}

@test "cache: an entry that is damaged is compiled anew" {
	runs compiled
	damage truncate -s 0
	damage truncate -s 71
	damage truncate -s 72
	damage truncate -s 73
	damage truncate -s -8
	damage truncate -s +8
	damage truncate -s 1000000
	damage sh -c 'printf x | dd of="$0" bs=1 seek=0 conv=notrunc 2>/dev/null'
	damage sh -c 'printf x | dd of="$0" bs=1 seek=20 conv=notrunc 2>/dev/null'
	damage sh -c 'printf x | dd of="$0" bs=1 seek=50 conv=notrunc 2>/dev/null'
	damage sh -c 'printf x | dd of="$0" bs=1 seek=80 conv=notrunc 2>/dev/null'
}

@test "cache: an entry of another profile is not believed under this name" {
	runs compiled
	local first

	first=$(entry)
	config '.linux.seccomp.syscalls[0].errnoRet = 34'
	run_ok --debug run --bundle "$BUNDLE" "$ID"
	for other in $(entry); do
		[[ $other == "$first" ]] || cp "$other" "$first"
	done
	config '.linux.seccomp.syscalls[0].errnoRet = 33'
	runs compiled
}

@test "cache: an entry that others could have written is not believed" {
	runs compiled
	damage chmod 640
	damage chown 1000
	damage sh -c 'cp "$0" /proc/self/fd/1 >"$0.x"; ln -sf "$0.x" "$0"'
	rm "$CACHE"/*.x
	damage sh -c 'rm "$0"; mkfifo "$0"; touch "$0"; :'
}

@test "cache: a directory that others can write to is not used" {
	runs compiled
	chmod 755 "$CACHE"
	runs compiled
	runs compiled
	chmod 700 "$CACHE"
	chown 1000 "$CACHE"
	runs compiled
	chown 0 "$CACHE"
	runs "a filter of"
}

@test "cache: what stands in its place is left alone" {
	mkdir "$BATS_TEST_TMPDIR/elsewhere"
	chmod 700 "$BATS_TEST_TMPDIR/elsewhere"
	ln -s "$BATS_TEST_TMPDIR/elsewhere" "$STATE/.cache"
	runs compiled
	runs compiled
	same "$(find "$BATS_TEST_TMPDIR/elsewhere" -type f)" ""
	rm "$STATE/.cache"
	mkdir -m 700 "$STATE/.cache"
	ln -s "$BATS_TEST_TMPDIR/elsewhere" "$CACHE"
	runs compiled
	same "$(find "$BATS_TEST_TMPDIR/elsewhere" -type f)" ""
	rm "$CACHE"
	touch "$CACHE"
	runs compiled
}

@test "cache: it is bounded" {
	mkdir -p -m 700 "$STATE/.cache" "$CACHE"
	for i in {1..70}; do
		touch -d "2020-01-01 00:00:$((i % 60))" "$CACHE/$i"
	done
	runs compiled
	same "$(entry | wc -l)" 70
	[[ ! -e $CACHE/60 ]]
	runs "a filter of"
}

@test "cache: several at once" {
	local n

	for n in {1..6}; do
		background ocirun run --bundle "$BUNDLE" "$ID-$n"
		outputs+=("$background_output")
	done
	for n in "${backgrounds[@]}"; do
		wait "$n"
	done
	for n in "${outputs[@]}"; do
		has "$(<"$n")" "Numerical argument out of domain"
	done
	runs "a filter of"
	same "$(find "$CACHE" -type f | wc -l)" 1
}

@test "cache: without a profile there is none" {
	config 'del(.linux.seccomp)'
	run_ok run --bundle "$BUNDLE" "$ID"
	[[ ! -e $STATE/.cache ]]
}
