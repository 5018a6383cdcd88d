#!/usr/bin/env bats
#
# Mounts: every option of the specification, their order and places; what is made for them; the
# root, masked and read-only paths; and wrong ones.

load helpers

setup()
{
	servin_setup
	DATA=$BATS_TEST_TMPDIR/data
	mkdir "$DATA"
	echo data >"$DATA/file"
}

# What a test mounted on the host for its container.
teardown()
{
	local dir

	for dir in "$DATA/below" "$DATA"; do
		! mountpoint -q "$dir" || umount -l "$dir"
	done
	servin_teardown
}

# mount_at DESTINATION SOURCE TYPE [OPTION...]: one more mount; without a word for SOURCE or TYPE
# if that is "-".
mount_at()
{
	config '.mounts += [{ destination: $ARGS.positional[0], source: $ARGS.positional[1],
			type: $ARGS.positional[2], options: $ARGS.positional[3:] }
		| with_entries(select(.value != "-"))]' --args -- "$@"
}

bind_at()
{
	mount_at "$1" "$2" - bind "${@:3}"
}

# see [SCRIPT]: runs the container, which prints its mountinfo, then what SCRIPT prints; that may fail.
see()
{
	container_ok "cat /proc/self/mountinfo; ${1:-}
		true"
}

# Of the last mount on DESTINATION, in $output: its own options, those of the file system, its kind
# of propagation (without the number), the root, the type.
options_of()
{
	awk -v d="$1" '$5 == d { o = $6 } END { print o }' <<<"$output"
}

super_of()
{
	awk -v d="$1" '$5 == d { o = $NF } END { print o }' <<<"$output"
}

propagation_of()
{
	awk -v d="$1" '$5 == d { o = ""; for (i = 7; $i != "-"; i++) { sub(":.*", "", $i); o = o $i " " } }
		END { print o ? o : "private" }' <<<"$output"
}

type_of()
{
	awk -v d="$1" '$5 == d { for (i = 7; $i != "-"; i++); t = $(i + 1) " " $(i + 2) } END { print t }' \
		<<<"$output"
}

# --- file systems and their options ---------------------------------------------

# proves: mounts.options
@test "mounts: options that a mount has for itself" {
	local word want
	local table="nosuid:nosuid suid: nodev:nodev dev: noexec:noexec exec: ro:ro rw:
		noatime:noatime atime:relatime nodiratime:nodiratime diratime: relatime:relatime
		norelatime:relatime strictatime:- nostrictatime:relatime nosymfollow:nosymfollow
		symfollow: defaults: async: loud: silent: iversion: noiversion: nolazytime: nomand:"

	for word in $table; do
		mount_at "/mnt/${word%:*}" none tmpfs "${word%:*}"
	done
	see
	for word in $table; do
		want=${word#*:}
		case $want in
		ro) want=ro,relatime ;;
		"" | relatime) want=rw,relatime ;;
		noatime) want=rw,noatime ;;
		-) want=rw ;;
		*) want=rw,$want,relatime ;;
		esac
		[[ $want != rw,nodiratime,relatime ]] || want=rw,nodiratime,relatime
		same "${word%:*} $(options_of "/mnt/${word%:*}" |
			sed 's/relatime,nodiratime/nodiratime,relatime/; s/relatime,nosymfollow/nosymfollow,relatime/')" \
			"${word%:*} $want"
	done
}

# proves: mounts.options, §3.10
@test "mounts: options of the file system" {
	for word in sync dirsync lazytime mand; do
		mount_at "/mnt/$word" none tmpfs "$word"
	done
	mount_at /mnt/all none tmpfs size=1m nr_inodes=17 mode=0701 uid=3 gid=4
	mount_at /mnt/none none tmpfs sync async
	see 'stat -c "%a %u %g" /mnt/all'
	has ",$(super_of /mnt/sync)," ,sync,
	has ",$(super_of /mnt/dirsync)," ,dirsync,
	has ",$(super_of /mnt/lazytime)," ,lazytime,
	has ",$(super_of /mnt/mand)," ,mand,
	has_not "$(super_of /mnt/none)" sync
	has "$(super_of /mnt/all)" size=1024k,nr_inodes=17,mode=701,uid=3,gid=4
	same "${lines[-1]}" "701 3 4"
}

@test "mounts: of two that exclude each other the later one holds" {
	mount_at /mnt/1 none tmpfs ro rw
	mount_at /mnt/2 none tmpfs rw ro
	mount_at /mnt/3 none tmpfs nosuid suid noexec exec nodev dev
	mount_at /mnt/4 none tmpfs noatime strictatime
	mount_at /mnt/5 none tmpfs strictatime noatime
	see
	same "$(options_of /mnt/1)" rw,relatime
	same "$(options_of /mnt/2)" ro,relatime
	same "$(options_of /mnt/3)" rw,relatime
	same "$(options_of /mnt/4)" rw
	same "$(options_of /mnt/5)" rw,noatime
}

@test "mounts: a read-only file system is so in itself" {
	mount_at /mnt none tmpfs ro
	mount_at /mnt2 none sysfs ro
	see 'touch /mnt/x'
	has "$(options_of /mnt)" ro
	has "$(super_of /mnt2)" ro
	has "$output" "Read-only file system"
}

# proves: mounts.type
@test "mounts: types besides tmpfs" {
	mount_at /mnt/proc p proc
	mount_at /mnt/sys s sysfs ro
	mount_at /mnt/mqueue m mqueue
	mount_at /mnt/pts d devpts newinstance ptmxmode=0600 mode=0600 gid=7
	mount_at /mnt/ram r ramfs
	see 'ls /mnt/proc/1/cmdline /mnt/sys/class; stat -c %a /mnt/pts/ptmx'
	same "$(type_of /mnt/proc)" "proc p"
	same "$(type_of /mnt/sys)" "sysfs s"
	same "$(type_of /mnt/mqueue)" "mqueue m"
	same "$(type_of /mnt/pts)" "devpts d"
	same "$(type_of /mnt/ram)" "ramfs r"
	has "$output" /mnt/proc/1/cmdline
	same "${lines[-1]}" 600
}

@test "mounts: an overlay" {
	mkdir "$BATS_TEST_TMPDIR"/{lower,upper,work}
	echo low >"$BATS_TEST_TMPDIR/lower/low"
	mount_at /mnt overlay overlay "lowerdir=$BATS_TEST_TMPDIR/lower" "upperdir=$BATS_TEST_TMPDIR/upper" \
		"workdir=$BATS_TEST_TMPDIR/work"
	container_ok 'cat /mnt/low; echo up >/mnt/up'
	same "$output" low
	same "$(<"$BATS_TEST_TMPDIR/upper/up")" up
}

# proves: mounts.type, mounts.destination, §3.13
@test "mounts: the usual ones have what the configuration says" {
	see
	same "$(options_of /proc)" rw,relatime
	same "$(options_of /dev)" rw,nosuid
	same "$(options_of /dev/pts)" rw,nosuid,noexec,relatime
	same "$(options_of /dev/shm)" rw,nosuid,nodev,noexec,relatime
	same "$(options_of /dev/mqueue)" rw,nosuid,nodev,noexec,relatime
	same "$(options_of /sys)" ro,nosuid,nodev,noexec,relatime
	same "$(options_of /sys/fs/cgroup)" ro,nosuid,nodev,noexec,relatime
	has "$(super_of /dev)" size=65536k,mode=755
	has "$(super_of /dev/pts)" gid=5,mode=620,ptmxmode=666
}

# --- bind -------------------------------------------------------------------------

# proves: mounts.source
@test "mounts: a bind shows the source, and not what is mounted below it" {
	mkdir "$DATA/below"
	mount -t tmpfs none "$DATA/below"
	touch "$DATA/below/deep"
	bind_at /one "$DATA"
	mount_at /all "$DATA" - rbind
	mount_at /typed "$DATA" bind
	mount_at /none "$DATA" none bind
	container_ok 'cat /one/file; ls /one/below; echo -; ls /all/below; echo -; ls /typed/below; cat /typed/file /none/file;
		echo out >/one/new'
	same "$output" $'data\n-\ndeep\n-\ndata\ndata'
	same "$(<"$DATA/new")" out
}

@test "mounts: a bind keeps what the source's mount has, and takes what is asked" {
	mount -t tmpfs -o nosuid,nodev,noexec,noatime none "$DATA"
	bind_at /same "$DATA"
	bind_at /ro "$DATA" ro
	bind_at /less "$DATA" suid exec dev strictatime
	bind_at /links "$DATA" nosymfollow
	see
	same "$(options_of /same)" rw,nosuid,nodev,noexec,noatime
	same "$(options_of /ro)" ro,nosuid,nodev,noexec,noatime
	same "$(options_of /less)" rw
	has "$(options_of /links)" nosymfollow
	# the file system itself stays writable
	has "$(super_of /ro)" rw
}

@test "mounts: a read-only bind is read-only, its source not" {
	bind_at /data "$DATA" ro
	container 'echo x >/data/new; echo y >/data/file; rm /data/file'
	has "$output" "can't create /data/new: Read-only file system"
	has "$output" "can't create /data/file: Read-only file system"
	same "$(ls "$DATA")" file
	same "$(<"$DATA/file")" data
	touch "$DATA/host"
}

@test "mounts: a read-only rbind leaves the mounts below alone, rro does not" {
	mkdir "$DATA/below"
	mount -t tmpfs none "$DATA/below"
	mount_at /ro "$DATA" - rbind ro
	mount_at /rro "$DATA" - rbind rro
	mount_at /mixed "$DATA" - rbind rro rw
	mount_at /back "$DATA" - rbind ro rrw
	see 'touch /ro/below/x && echo written; touch /rro/below/y'
	same "$(options_of /ro)" ro,relatime
	same "$(options_of /ro/below)" rw,relatime
	same "$(options_of /rro)" ro,relatime
	same "$(options_of /rro/below)" ro,relatime
	same "$(options_of /mixed/below)" ro,relatime
	same "$(options_of /back)" rw,relatime
	same "$(options_of /back/below)" rw,relatime
	has "$output" written
	[[ -e $DATA/below/x && ! -e $DATA/below/y ]]
}

@test "mounts: every recursive attribute" {
	local words="rro rnosuid rnodev rnoexec rnodiratime rnoatime rstrictatime rnosymfollow" word want

	mkdir "$DATA/below"
	mount -t tmpfs none "$DATA/below"
	for word in $words; do
		mount_at "/mnt/$word" "$DATA" - rbind "$word"
	done
	see
	for word in $words; do
		for dir in "/mnt/$word" "/mnt/$word/below"; do
			want=${word#r}
			[[ $want != strictatime ]] || want=
			has "$dir,$(options_of "$dir")," ",$want${want:+,}"
		done
	done
	has_not "$(options_of /mnt/rstrictatime/below)" relatime
}

@test "mounts: every recursive attribute is taken away again" {
	local words="rrw rsuid rdev rexec rdiratime ratime rrelatime rnorelatime rnostrictatime rsymfollow" word

	mount -t tmpfs -o ro,nosuid,nodev,noexec,nodiratime,noatime,nosymfollow none "$DATA"
	mkdir "$BATS_TEST_TMPDIR/tree" "$BATS_TEST_TMPDIR/tree/below"
	mount_at /tree "$BATS_TEST_TMPDIR/tree" - rbind
	for word in $words; do
		mount_at "/mnt/$word" "$DATA" - rbind "$word"
	done
	see
	for word in $words; do
		case $word in
		rrw) has "$(options_of "/mnt/$word")" rw, ;;
		ratime | r*relatime | rnostrictatime)
			has "$(options_of "/mnt/$word")," ,relatime,
			has_not "$(options_of "/mnt/$word")" noatime ;;
		*) has_not ",$(options_of "/mnt/$word")," ",no${word#r}," ;;
		esac
	done
}

@test "mounts: recursive words on a new file system are its own" {
	mount_at /mnt none tmpfs rro rnosuid rnoexec
	see
	has "$(options_of /mnt)" ro,nosuid,noexec
}

@test "mounts: a file on a file, a link as source, a socket and a device" {
	needs_cmd python3
	ln -s file "$DATA/link"
	python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$DATA/sock"
	echo old >"$BUNDLE/rootfs/etc/there"
	bind_at /etc/there "$DATA/file"
	bind_at /etc/new "$DATA/link" ro
	bind_at /run/sock "$DATA/sock"
	bind_at /run/null /dev/null
	container_ok 'cat /etc/there /etc/new; ls -l /run; stat -c "%F" /run/null /run/sock'
	same "${lines[0]} ${lines[1]}" "data data"
	has "$output" $'character special file\nsocket'
	same "$(<"$BUNDLE/rootfs/etc/there")" old
	[[ -f $BUNDLE/rootfs/etc/new && -f $BUNDLE/rootfs/run/sock ]]
}

@test "mounts: a file onto a directory, a directory onto a file" {
	bind_at /etc "$DATA/file"
	run_fail "mounts: /etc: a directory onto a file, or a file onto a directory" run --bundle "$BUNDLE" "$ID"
	config '.mounts |= .[:-1]'
	bind_at /etc/passwd "$DATA"
	run_fail "mounts: /etc/passwd: a directory onto a file" run --bundle "$BUNDLE" "$ID"
	config '.mounts |= .[:-1]'
	mount_at /etc/passwd none tmpfs
	run_fail "mounts: /etc/passwd: " run --bundle "$BUNDLE" "$ID"
	config '.mounts |= .[:-1]'
	bind_at /etc/passwd/below "$DATA"
	run_fail "/etc/passwd/below: open /etc/passwd/below: not a directory" run --bundle "$BUNDLE" "$ID"
}

# proves: mounts.source, mounts.destination
@test "mounts: a relative source is below the bundle, a relative destination below the root" {
	mkdir "$BUNDLE/here"
	echo here >"$BUNDLE/here/file"
	bind_at rel/./dest here
	bind_at /up "../data"
	cd /
	container_ok 'cat /rel/dest/file /up/file'
	has "$output" $'here\ndata'
	has "$output" "mount rel/./dest: the destination is not absolute, taken as /rel/./dest"
}

@test "mounts: a source that is not there" {
	bind_at /mnt /none/here
	run_fail "mounts: /mnt: open /none/here: no such file or directory" run --bundle "$BUNDLE" "$ID"
	[[ ! -e $BUNDLE/rootfs/mnt ]]
	state_is_empty
}

# --- propagation --------------------------------------------------------------------

@test "mounts: each kind of propagation" {
	mount -t tmpfs none "$DATA"
	mount --make-shared "$DATA"
	for kind in private shared slave unbindable; do
		bind_at "/mnt/$kind" "$DATA" "$kind"
		mount_at "/mnt/r$kind" "$DATA" - rbind "r$kind"
	done
	mount_at /mnt/tmpfs none tmpfs shared
	see
	for r in "" r; do
		same "$(propagation_of "/mnt/${r}private")" private
		has "$(propagation_of "/mnt/${r}shared")" shared
		has "$(propagation_of "/mnt/${r}slave")" master
		has "$(propagation_of "/mnt/${r}unbindable")" unbindable
	done
	has "$(propagation_of /mnt/tmpfs)" shared
}

@test "mounts: rprivate and the like reach what is below, private does not" {
	mount -t tmpfs none "$DATA"
	mkdir "$DATA/below"
	mount -t tmpfs none "$DATA/below"
	mount --make-rshared "$DATA"
	mount_at /one "$DATA" - rbind private
	mount_at /all "$DATA" - rbind rprivate
	see
	same "$(propagation_of /one)" private
	[[ $(propagation_of /one/below) != private ]]
	same "$(propagation_of /all)" private
	same "$(propagation_of /all/below)" private
}

@test "mounts: propagation of what is mounted already" {
	mount_at /mnt none tmpfs
	mount_at /mnt - - shared
	mount_at /mnt/a none tmpfs
	mount_at /mnt/a - none slave shared
	see
	has "$(propagation_of /mnt)" shared
	has "$(propagation_of /mnt/a)" shared
}

@test "mounts: a slave follows the host, a private mount does not" {
	mount -t tmpfs none "$DATA"
	mount --make-shared "$DATA"
	mkdir "$DATA/below"
	mount_at /slave "$DATA" - rbind rslave
	mount_at /private "$DATA" - rbind rprivate
	running
	mount -t tmpfs none "$DATA/below"
	touch "$DATA/below/late"
	local root
	root=/proc/$(pid_of "$ID")/root
	[[ -e $root/slave/below/late && ! -e $root/private/below/late ]]
	umount "$DATA/below"
	[[ ! -e $root/slave/below/late ]]
}

# proves: linux.rootfsPropagation
@test "mounts: rootfsPropagation" {
	local kind want
	for kind in private rprivate slave rslave shared rshared unbindable runbindable; do
		config --arg k "$kind" '.linux.rootfsPropagation = $k'
		see
		want=${kind#r}
		case $want in
		slave) [[ $(propagation_of /) == "master " || $(propagation_of /) == private ]] ;;
		*) has "$kind $(propagation_of /)" "$kind $want" ;;
		esac
	done
	config '.linux.rootfsPropagation = "sharing"'
	run_fail '.linux.rootfsPropagation' run --bundle "$BUNDLE" "$ID"
}

# --- remount ----------------------------------------------------------------------------

@test "mounts: remount changes what is there" {
	mount_at /mnt none tmpfs size=1m
	mount_at /mnt - - remount bind ro nosuid
	mount_at /mnt/../tmp2 none tmpfs size=1m
	mount_at /tmp2 none tmpfs remount ro size=2m
	see
	same "$(options_of /mnt)" ro,nosuid,relatime
	has "$(super_of /mnt)" rw,size=1024k
	has "$(options_of /tmp2)" ro
	has "$(super_of /tmp2)" ro,size=2048k
}

# --- tmpcopyup -----------------------------------------------------------------------------

@test "mounts: tmpcopyup" {
	local dir=$BUNDLE/rootfs/full
	mkdir -p "$dir/sub/deep"
	echo text >"$dir/sub/file"
	chown 3:4 "$dir/sub/file"
	chmod 4745 "$dir/sub/file"
	touch -d @1000000000 "$dir/sub/file" "$dir/sub"
	ln -s /etc/passwd "$dir/link"
	mkfifo "$dir/fifo"
	chmod 1773 "$dir"
	chown 5:6 "$dir"
	mount_at /full tmpfs tmpfs tmpcopyup nosuid
	mount_at /bare tmpfs tmpfs
	mount_at /rofull tmpfs tmpfs tmpcopyup ro
	cp -a "$dir" "$BUNDLE/rootfs/rofull"
	see 'cat /full/sub/file /rofull/sub/file; stat -c "%n %F %a %u %g %Y" /full /full/sub /full/sub/file |
		sed "s/ [0-9]*\$//;t"; stat -c %Y /full/sub/file; readlink /full/link; stat -c %F /full/fifo;
		echo new >/full/new; touch /rofull/x'
	has "$output" $'text\ntext'
	has "$output" "/full directory 1773 5 6"
	has "$output" "/full/sub/file regular file 4745 3 4"
	has "$output" $'1000000000\n/etc/passwd\nfifo'
	has "$output" "/rofull/x: Read-only file system"
	[[ ! -e $dir/new ]]
	same "$(options_of /full)" rw,nosuid,relatime
	has "$(options_of /rofull)" ro
}

@test "mounts: tmpcopyup is for a tmpfs" {
	bind_at /mnt "$DATA" tmpcopyup
	run_fail ".mounts[7]: tmpcopyup is for a tmpfs only" run --bundle "$BUNDLE" "$ID"
}

@test "mounts: a tmpfs has the mode of what it covers, unless told" {
	mkdir -m 0751 "$BUNDLE/rootfs/narrow"
	mount_at /narrow tmpfs tmpfs
	mount_at /narrow/told tmpfs tmpfs mode=0111
	mount_at /made tmpfs tmpfs
	container_ok 'stat -c %a /narrow /narrow/told /made'
	same "$output" $'751\n111\n1777'
}

# --- places ------------------------------------------------------------------------------------

# proves: §3.10
@test "mounts: in their order, later ones over earlier ones" {
	mkdir "$BATS_TEST_TMPDIR/second"
	echo second >"$BATS_TEST_TMPDIR/second/file"
	bind_at /mnt "$DATA"
	bind_at /mnt "$BATS_TEST_TMPDIR/second"
	mount_at /a none tmpfs
	bind_at /a/b/c "$DATA"
	bind_at /hidden/x "$DATA"
	mount_at /hidden none tmpfs
	container_ok 'cat /mnt/file /a/b/c/file; ls /hidden'
	same "$output" $'second\ndata'
	# made on the tmpfs, not in the image
	[[ ! -e $BUNDLE/rootfs/a/b ]]
}

@test "mounts: places are made, with 0755 and 0644 whatever the umask" {
	umask 077
	bind_at /p/q/dir "$DATA"
	bind_at /r/s/file "$DATA/file"
	mount_at /t/u none tmpfs
	container_ok true
	same "$(cd "$BUNDLE/rootfs" && stat -c '%n %a %U' p p/q p/q/dir r/s r/s/file t/u)" \
		$'p 755 root\np/q 755 root\np/q/dir 755 root\nr/s 755 root\nr/s/file 644 root\nt/u 755 root'
}

@test "mounts: places are looked for inside of the root" {
	ln -s /inner "$BUNDLE/rootfs/absolute"
	ln -s ../../../../inner2 "$BUNDLE/rootfs/climbing"
	ln -s missing/dir "$BUNDLE/rootfs/dangling"
	mkdir "$BUNDLE/rootfs/inner" "$BUNDLE/rootfs/inner2"
	bind_at /absolute/a "$DATA"
	bind_at /climbing/b "$DATA"
	bind_at /dangling/c "$DATA"
	bind_at /x/../../../../inner/d "$DATA"
	container_ok 'cat /inner/a/file /inner2/b/file /missing/dir/c/file /inner/d/file'
	same "$output" $'data\ndata\ndata\ndata'
	[[ -d $BUNDLE/rootfs/missing/dir/c ]]
}

@test "mounts: a mount on the root itself" {
	cp -al "$BUNDLE/rootfs" "$BATS_TEST_TMPDIR/newroot"
	touch "$BATS_TEST_TMPDIR/newroot/new-one"
	config --arg s "$BATS_TEST_TMPDIR/newroot" '.mounts = [{ destination: "/", source: $s, options: ["rbind"] }] + .mounts'
	container_ok 'ls /new-one; cat /proc/self/cmdline | wc -c'
	same "${lines[0]}" /new-one
}

@test "mounts: with spaces and other letters" {
	mkdir "$DATA/a b"
	echo odd >"$DATA/a b/file"
	bind_at '/m n\o"p' "$DATA/a b"
	container_ok 'cat "/m n\\o\"p/file"'
	same "$output" odd
}

@test "mounts: three hundred of them" {
	config --arg d "$DATA" '.mounts += [range(300) | { destination: "/m/\(.)", source: $d, options: ["bind"] }]'
	see
	same "$(grep -c ' /m/[0-9]* ' <<<"$output")" 300
}

# --- the root ------------------------------------------------------------------------------------

# proves: root.readonly
@test "mounts: a read-only root, the mounts below with their own word" {
	config '.root.readonly = true'
	mount_at /tmp none tmpfs
	see 'touch /x /etc/x; touch /tmp/x /dev/shm/x && echo written'
	has "$(options_of /)" ro
	has "$output" "/x: Read-only file system"
	has "$output" "/etc/x: Read-only file system"
	has "$output" written
	[[ ! -e $BUNDLE/rootfs/x ]]
}

@test "mounts: places are made on a read-only root as well" {
	config '.root.readonly = true'
	bind_at /made "$DATA"
	container_ok 'cat /made/file'
	same "$output" data
}

@test "mounts: --no-pivot gives the same" {
	see 'ls /; cat /proc/self/cgroup'
	local pivoted=$output
	config '.root.readonly = false'
	shell 'cat /proc/self/mountinfo; ls /; cat /proc/self/cgroup'
	run_ok run --no-pivot --bundle "$BUNDLE" "$ID"
	same "$(awk '{ print $5, $6 }' <<<"$output")" "$(awk '{ print $5, $6 }' <<<"$pivoted")"
}

@test "mounts: nothing of the host is left in sight" {
	see 'ls /..; ls /proc/1/root/'
	has_not "$output" "$BATS_RUN_TMPDIR/.."
	same "$(awk '$5 == "/"' <<<"$output" | wc -l)" 1
	has_not "$output" boot
}

@test "mounts: root.path absolute, relative, a link, not there, a file" {
	config --arg p "$BUNDLE/rootfs" '.root.path = $p'
	container_ok 'echo $0'
	ln -s rootfs "$BUNDLE/other"
	config '.root.path = "other"'
	container_ok 'ls -d /bin'
	config '.root.path = "none"'
	run_fail "$BUNDLE/none: no such file or directory" run --bundle "$BUNDLE" "$ID"
	config '.root.path = "config.json"'
	run_fail "not a directory" run --bundle "$BUNDLE" "$ID"
	config '.root.path = ""'
	run_fail ".root.path: must not be empty" run --bundle "$BUNDLE" "$ID"
	config 'del(.root)'
	run_fail ".root: is missing" run --bundle "$BUNDLE" "$ID"
}

# --- masked and read-only paths ------------------------------------------------------------------

# proves: linux.maskedPaths
@test "mounts: masked paths" {
	mkdir "$BUNDLE/rootfs/secret"
	touch "$BUNDLE/rootfs/secret/file"
	echo key >"$BUNDLE/rootfs/etc/key"
	ln -s secret "$BUNDLE/rootfs/bent"
	config '.linux.maskedPaths = ["/secret", "/etc/key", "/not/there", "/etc/passwd/below", "/proc/timer_list",
		"/proc/kcore", "/bent"]'
	see 'ls -a /secret | wc -l; cat /etc/key /proc/timer_list | wc -c; touch /secret/x; echo x >/etc/key;
		stat -c "%F %t:%T" /etc/key; chmod 600 /etc/key; mkdir /secret/d'
	has "$output" $'2\n0'
	has "$output" "character special file 1:3"
	has "$output" "/secret/x: Read-only file system"
	has "$output" "chmod: /etc/key: Read-only file system"
	has "$output" "'/secret/d': Read-only file system"
	has "$(options_of /secret)" ro,nosuid,nodev,noexec
	has "$(options_of /etc/key)" ro,
	same "$(<"$BUNDLE/rootfs/etc/key")" key
	[[ ! -e $BUNDLE/rootfs/not ]]
	same "$(stat -c %a /dev/null)" 666
}

# proves: linux.readonlyPaths
@test "mounts: read-only paths" {
	mkdir -p "$BUNDLE/rootfs/fixed/sub"
	mount_at /fixed/sub none tmpfs
	config '.linux.readonlyPaths = ["/fixed", "/etc/passwd", "/not/there"]'
	see 'touch /fixed/x /fixed/sub/x; echo x >>/etc/passwd; echo y >/etc/other && echo written'
	has "$output" "/fixed/x: Read-only file system"
	has "$output" "/fixed/sub/x: Read-only file system"
	has "$output" "/etc/passwd: Read-only file system"
	has "$output" written
	has "$(options_of /fixed)" ro
	[[ ! -e $BUNDLE/rootfs/not ]]
}

@test "mounts: a read-only path keeps nosuid and the like" {
	mount_at /fixed none tmpfs nosuid nodev noexec noatime
	config '.linux.readonlyPaths = ["/fixed"]'
	see
	same "$(options_of /fixed)" ro,nosuid,nodev,noexec,noatime
}

@test "mounts: a path that must be absolute" {
	config '.linux.maskedPaths = ["proc/keys"]'
	run_fail ".linux.maskedPaths[0]: must be an absolute path" run --bundle "$BUNDLE" "$ID"
	config 'del(.linux.maskedPaths) | .linux.readonlyPaths = ["/a", ""]'
	run_fail ".linux.readonlyPaths[1]: must be an absolute path" run --bundle "$BUNDLE" "$ID"
}

# --- mistakes ------------------------------------------------------------------------------------

# refused WORDS DESTINATION SOURCE TYPE [OPTION...]: such a mount is an error with these words.
refused()
{
	local words=$1

	mount_at "${@:2}"
	run_fail "$words" run --bundle "$BUNDLE" "$ID"
	config '.mounts |= .[:-1]'
}

# proves: mounts.options
@test "mounts: mistakes and their words" {
	refused '.mounts[7].options[1]: size=1m: a bind mount takes no option of a file system' /mnt "$DATA" - bind size=1m
	refused '.mounts[7]: a bind mount needs a source' /mnt - - bind
	refused '.mounts[7]: a bind mount needs a source' /mnt "" - bind
	refused '.mounts[7]: no destination' "" "$DATA" - bind
	refused 'destination: is missing' - "$DATA" - bind
	refused '.mounts[7]: neither a type nor bind, remount or a kind of propagation' /mnt "$DATA" - ro
	refused '.mounts[7].options[0]: an option without a name' /mnt none tmpfs ""
	refused '.mounts[7].options[0]: an option without a name' /mnt none tmpfs =x
	refused '.mounts[7]: idmap needs uidMappings and gidMappings, or a user namespace' /mnt "$DATA" - bind idmap
	state_is_empty
}

@test "mounts: what the kernel does not know or take" {
	refused 'mounts: /mnt: ' /mnt none tmpfs nonsense
	has "$output" nonsense
	refused 'mounts: /mnt: ' /mnt none tmpfs size=much
	has "$output" size
	refused 'mounts: /mnt: ' /mnt none nosuchfs
	has "$output" "nosuchfs: no such device"
	mkdir -p "$BUNDLE/rootfs/mnt"
	for words in remount "remount ro" "remount bind ro" "remount size=1m"; do
		# shellcheck disable=SC2086
		refused 'mounts: /mnt: nothing is mounted there' /mnt none tmpfs $words
	done
	refused 'mounts: /mnt: nothing is mounted there' /mnt - - shared
	refused 'mounts: /nowhere: open /nowhere: no such file or directory' /nowhere none tmpfs remount ro
	state_is_empty
}
