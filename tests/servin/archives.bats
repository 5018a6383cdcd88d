# shellcheck shell=bash disable=SC2030,SC2031
# servin-image: archives of all forms become blobs, layers become trees, and what is crafted to do
# harm is refused or stays in its root.
load helpers

HELPER=$SERVIN_BUILDDIR/servin-image
CRAFT=$SERVIN_SRCDIR/tests/servin/craft.py

setup()
{
	[[ $(id -u) == 0 ]] || skip "needs root"
	command -v python3 >/dev/null || skip "needs python3"
	cd "$BATS_TEST_TMPDIR" || return
}

teardown()
{
	:
}

setup_file()
{
	export LACKING=
	local name

	[[ $(id -u) == 0 ]] || return 0
	for name in umoci skopeo jq zstd xz setcap setfattr busybox; do
		command -v "$name" >/dev/null || LACKING+=" $name"
	done
	export LAYOUT=$BATS_FILE_TMPDIR/layout CANARY=$BATS_FILE_TMPDIR/canary
	export BAD=$BATS_FILE_TMPDIR/bad
	mkdir -m 777 "$CANARY"
	mkdir "$BAD"
	echo safe >"$CANARY/f"
	chmod 666 "$CANARY/f"
	chmod 755 "$BATS_FILE_TMPDIR"
	if command -v python3 >/dev/null; then
		python3 "$CRAFT" bad "$CANARY" "$BAD" && sha256sum "$BAD"/* >"$BATS_FILE_TMPDIR/sums"
	fi
	[[ -n $LACKING ]] || make_image
}

need_image()
{
	[[ -z $LACKING ]] || skip "needs$LACKING"
}

# --- an image of four layers, as umoci makes it -------------------------------------------------

make_image()
{
	local b=$BATS_FILE_TMPDIR/bundle r

	r=$b/rootfs
	umoci init --layout "$LAYOUT"
	umoci new --image "$LAYOUT:one"
	umoci unpack --image "$LAYOUT:one" "$b"
	first_layer "$r"
	umoci repack --refresh-bundle --image "$LAYOUT:one" "$b"
	second_layer "$r"
	umoci repack --refresh-bundle --image "$LAYOUT:one" "$b"
	# What was a directory is a file now, and the other way round.
	rm -r "$r/to-file" "$r/to-dir"
	echo file >"$r/to-file"
	mkdir "$r/to-dir"
	touch -d @1600000003 "$r/to-dir/in" "$r/to-dir" "$r/to-file" "$r"
	umoci repack --refresh-bundle --image "$LAYOUT:one" "$b"
	rm -r "$b"
	umoci config --config.cmd sh --image "$LAYOUT:one"
	umoci unpack --image "$LAYOUT:one" "$b"
} >/dev/null 2>&1

first_layer()
{
	local r=$1 i

	# The "u" of the second has its dots as a letter of their own, and keeps it.
	mkdir -p "$r"/{bin,etc/many,gone/deep,stays,to-file,dev} "$r/ünïcode" "$r"/$'u\xcc\x88'
	cp "$(command -v busybox)" "$r/bin/busybox"
	ln -s busybox "$r/bin/sh"
	setcap cap_net_raw+ep "$r/bin/busybox"
	ln "$r/bin/busybox" "$r/bin/hard"
	echo one >"$r/etc/one"
	chmod 4711 "$r/etc/one"
	chown 1000:2000 "$r/etc/one"
	chmod 1777 "$r/stays"
	setfattr -n user.note -v said "$r/etc/one"
	setfattr -n user.note -v dir "$r/stays"
	for ((i = 0; i < 50; i++)); do echo $i >"$r/etc/many/$i"; done
	echo deep >"$r/gone/deep/file"
	echo x >"$r/to-dir"
	mkfifo "$r/fifo"
	mknod "$r/dev/null" c 1 3
	chown -h 5:6 "$r/bin/sh"
	find "$r" -exec touch -h -d @1600000000.123456789 {} +
}

second_layer()
{
	local r=$1

	rm -r "$r/gone" "$r/etc/many/1"
	echo two >"$r/etc/two"
	# All that was in it goes, new things come.
	rm -r "$r/etc/many"
	mkdir "$r/etc/many"
	echo new >"$r/etc/many/new"
	chmod 700 "$r/stays"
	ln "$r/etc/one" "$r/etc/one-more"
	touch -d @1600000002 "$r/etc/many/new" "$r/etc/many" "$r/etc/two" "$r/etc" "$r/stays" "$r"
}

# --- calls ----------------------------------------------------------------------------------------

# load_from SOURCE [OPTION...]: SOURCE "-" is our input; the blobs are in out, the answer in out.json.
load_from()
{
	local from=$1

	shift
	rm -rf out
	mkdir out
	[[ $from == - ]] || exec <"$from"
	"$HELPER" load "$@" 3<out >out.json
}

# unpack BLOB TREE DIFF-ID [OPTION...]
unpack()
{
	local blob=$1 tree=$2 diff=$3 digest

	shift 3
	digest=sha256:$(sum "$blob")
	"$HELPER" unpack --digest "$digest" --diff-id "$diff" "$@" <"$blob" 3<"$tree"
}

sum()
{
	sha256sum "$1" | cut -c 1-64
}

blob()
{
	echo "out/${1#sha256:}"
}

# layers N: lines "BLOB DIFF-ID" of the image N that was loaded.
layers()
{
	local manifest config

	manifest=$(blob "$(jq -r ".images[$1].manifest.digest" out.json)")
	config=$(blob "$(jq -r .config.digest "$manifest")")
	paste -d ' ' <(jq -r '.layers[].digest' "$manifest") <(jq -r '.rootfs.diff_ids[]' "$config")
}

# merge N TREE: all layers of an image in one tree.
merge()
{
	local digest diff

	mkdir "$2"
	while read -r digest diff; do
		unpack "$(blob "$digest")" "$2" "$diff" --merge >/dev/null || return
	done < <(layers "$1")
}

list()
{
	python3 "$CRAFT" list "$1"
}

# equal TREE TREE [FILTER...]
equal()
{
	diff <(list "$1") <(list "$2")
}

# is_the_image: what was loaded last, merged, is what umoci makes of it.
is_the_image()
{
	rm -rf tree
	merge 0 tree
	equal tree "$BATS_FILE_TMPDIR/bundle/rootfs"
}

# The digest of each file.
declare -gA sum_of

# --- crafted layers ---------------------------------------------------------------------------------

# What becomes of each: refused with words, or contained, the tree having a file.
crafted_table()
{
	local c=${1#/}

	cat <<-END
	01-dotdot	refused	../x: a path with ".." in it
	02-absolute	contained	$c/x
	03-dotdot-within	refused	a path with ".." in it
	04-link-outside	contained	$c/f
	05-link-chain	contained	f
	06-hard-outside	refused	h: link to /$c/f, which is not in this layer
	07-hard-to-link	contained	h
	08-hard-dotdot	refused	../../x: a path with ".." in it
	09-link-then-dir	contained	d/f
	10-dir-then-link	contained	$c/f
	11-whiteout-dotdot	refused	.wh..: a whiteout of no name
	12-whiteout-dir	refused	.wh.../x: a whiteout with something in it
	13-whiteout-nothing	refused	.wh.: a whiteout of no name
	14-opaque-dir	refused	.wh..wh..opq/x: a whiteout with something in it
	15-whiteout-through-link	contained	$c/f
	16-opaque-root	contained	f
	17-raw-whiteout	contained	f
	18-block	contained	disk
	19-fifo-then-file	contained	p
	20-socket	contained	s
	21-setuid	contained	su
	22-capability	contained	ping
	23-overlay-redirect	contained	d
	24-overlay-opaque	contained	d
	25-user-overlay	contained	d
	26-acl-huge	refused	f: set system.posix_acl_access: invalid argument
	27-pax-path	refused	../x: a path with ".." in it
	28-pax-linkpath	refused	../../x: a path with ".." in it
	29-pax-size	contained	f
	30-pax-huge	refused	special header too large
	31-long-name	refused	special header too large
	32-sparse-huge	refused	more than --max-size allows
	33-sparse-overlap	contained	sparse
	34-negative-mtime	contained	f
	34-negative-size	refused	tar entry has negative size
	34-negative-uid	refused	f: user -5, which there cannot be
	35-octal-overflow	refused	f: 68719476735 bytes, and all are more than --max-size allows
	36-odd-name	contained	cut
	37-deep-path	refused	a path deeper than 512 directories
	37-long-component	refused	a name of 256 bytes, more than 255
	37-long-path	refused	a path of 4159 bytes, more than 4095
	38-bad-sum	refused	it is not a tar archive
	39-cut-content	refused	f: truncated tar archive
	39-cut-header	refused	truncated tar archive
	39-no-end	contained	f
	40-behind-end	contained	a
	41-many	refused	more entries than --max-entries allows
	42-twice	contained	b/g
	43-case	contained	Name
	44-passwd-fifo	contained	etc/passwd
	44-passwd-link	contained	etc/passwd
	45-root	refused	/: user 4294967295, which there cannot be
	46-far-time	contained	f
	47-bomb	refused	zeros: 9437184 bytes, and all are more than --max-size allows
	47-members	contained	f
	47-nested-gzip	refused	it is not a tar archive
	47-trailing	contained	f
	48-skippable	contained	f
	48-window	refused	uncompress: zstd decompression failed
	49-plain	contained	f
	END
}

# know_sums FILE: what sha256sum has written.
know_sums()
{
	local digest name

	while read -r digest name; do
		sum_of[$name]=sha256:$digest
	done <"$1"
}

canary_lives()
{
	same "$(ls -A "$CANARY") $(<"$CANARY/f") $(stat -c '%a %u %F' "$CANARY/f")" \
		"f safe 666 0 regular file"
}

# try_crafted NAME BLOB [PROGRAM...]: sets $status and $output.
try_crafted()
{
	local name=$1 blob=$2

	shift 2
	rm -rf tree
	mkdir -m 777 tree
	run "$@" "$HELPER" unpack --digest "${sum_of[$blob]}" --diff-id "${sum_of[$BAD/$name.tar]}" \
		--max-entries 1000 --max-size 8m "${options[@]}" <"$blob" 3<tree
}

# judge NAME refused|contained WHAT
judge()
{
	case $2 in
	refused)
		((status == 1)) || die "$1: not refused, but $status" "$output"
		has "$output" "$3"
		((${#lines[@]} == 1)) || die "$1: more than a sentence" "$output"
		;;
	contained)
		((status == 0)) || die "$1: refused" "$output"
		[[ -e tree/$3 || -L tree/$3 ]] || die "$1: there is no $3" "$(find tree)"
		;;
	esac
}

# blob_of NAME: sets $blob.
blob_of()
{
	blob=$BAD/$1.layer
	[[ -e $blob ]] || blob=$BAD/$1.tar
}

@test "crafted: each is refused with one sentence, or what it makes is in its root" {
	local name what how options=()

	know_sums "$BATS_FILE_TMPDIR/sums"
	while IFS=$'\t' read -r name how what; do
		blob_of "$name"
		try_crafted "$name" "$blob"
		judge "$name" "$how" "$what"
	done < <(crafted_table "$CANARY")
	canary_lives
	# None was forgotten.
	same "$(crafted_table x | cut -f 1 | sort | tr '\n' ' ')" \
		"$(find "$BAD" -name '*.tar' -printf '%f\n' | sed 's/\.tar$//' | sort | tr '\n' ' ')"
}

@test "crafted: the same when they are compressed" {
	local name what how suffix options=()

	command -v zstd >/dev/null || skip "needs zstd"
	cp "$BAD"/*.tar .
	gzip -1 -k ./*.tar
	zstd -1 -q --rm ./*.tar
	sha256sum ./*.tar.* >sums
	know_sums "$BATS_FILE_TMPDIR/sums"
	know_sums sums
	while IFS=$'\t' read -r name how what; do
		[[ ! -e $BAD/$name.layer ]] || continue
		suffix=$([[ ${suffix-} == gz ]] && echo zst || echo gz)
		try_crafted "$name" "./$name.tar.$suffix"
		judge "$name" "$how" "$what"
	done < <(crafted_table "$CANARY")
	canary_lives
}

@test "crafted: a plain user, who cannot change the root, stays in it all the same" {
	local name what how options=(--rootless)

	chmod 755 . ..
	know_sums "$BATS_FILE_TMPDIR/sums"
	while IFS=$'\t' read -r name how what; do
		[[ $name != 18-block ]] || what=.	# nobody without privileges makes one
		blob_of "$name"
		try_crafted "$name" "$blob" \
			setpriv --reuid 1234 --regid 1234 --clear-groups
		judge "$name" "$how" "$what"
	done < <(crafted_table "$CANARY")
	canary_lives
}

@test "crafted: into a tree that has more than the layer, and as a plain tar" {
	local file options=(--merge)

	know_sums "$BATS_FILE_TMPDIR/sums"
	for file in "$BAD"/*.tar; do
		file=${file##*/} file=${file%.tar}
		blob_of "$file"
		try_crafted "$file" "$blob"
		((status < 2)) || die "$file: $status" "$output"
		# What the tree led to before leads there still.
		rm -rf tree
		mkdir tree
		ln -s "$CANARY" tree/d
		run "$HELPER" extract --owners --max-size 8m <"$BAD/$file.tar" 3<tree
		((status < 2)) || die "$file: $status" "$output"
	done
	canary_lives
}

@test "crafted: what is contained is what it should be" {
	local options=()

	know_sums "$BATS_FILE_TMPDIR/sums"
	is()
	{
		blob_of "$1"
		try_crafted "$1" "$blob"
		same "$(cd tree && eval "$2")" "$3"
	}
	is 07-hard-to-link 'stat -c %F h s' $'regular file\nsymbolic link'
	is 15-whiteout-through-link "stat -c '%F %t:%T' .$CANARY/f" 'character special file 0:0'
	is 17-raw-whiteout "stat -c '%F %t:%T' f" 'character special file 0:0'
	is 16-opaque-root 'getfattr --only-values -n trusted.overlay.opaque .' y
	has "$output" '"opaque":true'
	is 18-block "stat -c '%F %t:%T' disk" 'block special file 8:0'
	is 19-fifo-then-file 'stat -c %F p' 'regular file'
	is 20-socket 'stat -c %F s' 'regular empty file'
	is 21-setuid "stat -c '%a %u' su" '4755 0'
	is 22-capability 'getcap ping' 'ping cap_net_raw=ep'
	is 23-overlay-redirect 'getfattr -m - d' ''
	is 24-overlay-opaque 'getfattr -m - d' ''
	is 25-user-overlay 'getfattr -m - d' ''
	is 29-pax-size 'cat f' good
	is 34-negative-mtime 'stat -c %Y f' -5
	is 36-odd-name 'ls | od -An -c | tr -d " \n"' 'a\nb377\ncut\n'
	is 40-behind-end ls a
	is 42-twice 'cat a; ls b' 2g
	is 43-case 'cat Name name' 12
	is 44-passwd-link 'readlink etc/passwd' "$CANARY/f"
}

@test "crafted: a later layer puts a link in the place of a directory, and a file under it" {
	local name

	mkdir tree lower upper
	mkdir lower/d
	echo below >lower/d/old
	ln -s "$CANARY" upper/d
	tar -C lower -cf lower.tar d
	tar -C upper -cf upper.tar d
	mkdir -p third/d
	echo bad >third/d/f
	tar -C third -cf third.tar d/f
	for name in lower upper third; do
		ok unpack $name.tar tree "sha256:$(sum $name.tar)" --merge
	done
	canary_lives
	same "$(readlink tree/d)" "$CANARY"
	same "$(<"tree/$CANARY/f")" bad
}

@test "crafted: somebody who swaps a directory for a link all the while gets nothing out" {
	local i pid names=()

	mkdir tree tree/swap src src/swap src/other
	# In turns, so that each looks for its directory anew.
	for ((i = 0; i < 150; i++)); do
		echo bad | tee "src/swap/$i" >"src/other/$i"
		names+=("swap/$i" "other/$i")
	done
	tar -C src -cf many.tar "${names[@]}"
	ln -s "$CANARY" tree/swap.link
	coproc SWAP { exec python3 "$CRAFT" swap tree swap; }
	read -r <&"${SWAP[0]}"
	for ((i = 0; i < 4; i++)); do
		run unpack many.tar tree "sha256:$(sum many.tar)" --merge
		((status < 2)) || break
		run "$HELPER" extract <many.tar 3<tree
		((status < 2)) || break
	done
	pid=$SWAP_PID
	kill "$pid"
	wait "$pid" || true
	((status < 2)) || die "$status" "$output"
	canary_lives
}

# --- forms of images ------------------------------------------------------------------------------

@test "forms: an OCI layout, as a directory, as a tar, compressed, through a pipe" {
	need_image
	load_from "$LAYOUT"
	same "$(jq -c '[.kind, .images[0].names, .images[0].manifest.platform.os]' out.json)" \
		'["oci-layout",["one"],"linux"]'
	is_the_image
	tar -C "$LAYOUT" -cf oci.tar .
	load_from oci.tar
	same "$(jq -r .kind out.json)" oci-archive
	is_the_image
	gzip -1 -k oci.tar
	load_from oci.tar.gz
	is_the_image
	zstd -q -1 oci.tar
	load_from - < <(cat oci.tar.zst)
	is_the_image
}

@test "forms: docker-archives of skopeo, of docker before 25, since 25, and since 29" {
	local form

	need_image
	ok skopeo --insecure-policy copy "oci:$LAYOUT:one" docker-archive:skopeo.tar:crafted:1
	for form in docker1 docker25 docker29; do
		python3 "$CRAFT" $form "$LAYOUT" $form.tar
	done
	for form in skopeo docker1 docker25 docker29; do
		load_from $form.tar
		same "$(jq -r '.kind + " " + .images[0].names[-1]' out.json | sed 's,docker.io/library/,,')" \
			"docker-archive crafted:1"
		is_the_image
	done
	# The manifest of a layout stays as it is, and the ID is that of the configuration in all.
	same "$(jq -r '.images[0].manifest.digest' out.json)" \
		"$(jq -r '.manifests[0].digest' "$LAYOUT/index.json")"
}

@test "forms: the layers one over the other are what umoci makes of them" {
	local digest diff lower=

	need_image
	load_from "$LAYOUT"
	mkdir view
	while read -r digest diff; do
		mkdir -p "layers/${diff#sha256:}"
		ok unpack "$(blob "$digest")" "layers/${diff#sha256:}" "$diff"
		lower=layers/${diff#sha256:}${lower:+:$lower}
	done < <(layers 0)
	if ! mount -t overlay -o "ro,lowerdir=$lower" overlay view; then
		skip "needs overlayfs"
	fi
	run equal view "$BATS_FILE_TMPDIR/bundle/rootfs"
	umount view
	((status == 0)) || die "$output"
}

@test "forms: what podman and docker save, and buildah, is read as the same tree" {
	need_image
	for name in podman buildah dockerd; do
		command -v $name >/dev/null || skip "needs $name"
	done
	ok skopeo --insecure-policy copy "oci:$LAYOUT:one" docker-archive:skopeo.tar:crafted:1
	chmod 755 .
	ok "$SERVIN_SRCDIR/tests/engines/world" bash "$SERVIN_SRCDIR/tests/servin/save-images" \
		"$PWD/skopeo.tar" "$PWD"
	for form in podman-docker podman-oci docker buildah; do
		load_from "$form.tar"
		is_the_image || die "$form"
	done
}

# --- root file systems ----------------------------------------------------------------------------

@test "rootfs: a tar becomes an image that is the same each time, however it is compressed" {
	local id

	need_image
	rootfs_tar root.tar
	load_from root.tar
	id=$(jq -r '.images[0].manifest.digest' out.json)
	same "$(jq -r .kind out.json)" rootfs
	same "$(jq -c '[.architecture, .os, .config.Cmd, .created, .history[0].created_by]' \
		"$(blob "$(jq -r .config.digest "$(blob "$id")")")")" \
		'["amd64","linux",["/bin/sh"],"2023-11-14T22:13:20.000000000Z","imported"]'
	gzip -k root.tar
	xz -0 -k root.tar
	bzip2 -k root.tar
	zstd -q root.tar
	for file in root.tar.*; do
		load_from "$file"
		same "$(jq -r '.images[0].manifest.digest' out.json)" "$id"
	done
	SOURCE_DATE_EPOCH=1 load_from root.tar
	[[ $(jq -r '.images[0].manifest.digest' out.json) != "$id" ]]
}

@test "rootfs: the architecture is that of its shell, where links lead to it" {
	need_image
	mkdir -p root/usr/bin root/opt
	ln -s usr/bin root/bin
	ln -s /bin/dash root/usr/bin/sh
	# The first bytes of a program for arm64.
	printf '\x7fELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\xb7\0' >root/usr/bin/dash
	cp "$(command -v busybox)" root/usr/bin/aaa
	tar -C root -cf root.tar .
	load_from root.tar
	same "$(jq -r '.images[0].manifest.platform.architecture' out.json)" arm64
	load_from root
	same "$(jq -r '.images[0].manifest.platform.architecture' out.json)" arm64
	rm root/usr/bin/sh
	tar -C root -cf root.tar .
	load_from root.tar
	same "$(jq -r '.config.Cmd' "$(blob "$(jq -r .config.digest \
		"$(blob "$(jq -r '.images[0].manifest.digest' out.json)")")")")" null
}

@test "rootfs: a directory becomes the layer that it is, also what only root may read" {
	need_image
	mkdir root
	cp -a "$BATS_FILE_TMPDIR/bundle/rootfs/." root
	chmod 600 root/etc/two
	load_from root
	merge 0 tree
	equal tree root
	load_from root
	same "$(jq -r '.images[0].manifest.digest' out.json)" \
		"$(load_from root && jq -r '.images[0].manifest.digest' out.json)"
}

# --- what is not right ------------------------------------------------------------------------------

@test "refused: an image of which one thing is wrong" {
	local kind words

	need_image
	while IFS=$'\t' read -r kind words; do
		rm -rf broken broken.tar outside
		python3 "$CRAFT" broken "$kind" "$LAYOUT" broken
		fails 1 "$words" load_from broken
		[[ $kind != layer-link ]] || continue	# in the tar it is a link to nothing
		tar -C broken -cf broken.tar .
		fails 1 "" load_from broken.tar
	done <<-END
	content	its content has the digest
	size	bytes instead of
	digest-path	sha256:../../../../etc/passwd is not a digest of sha256 or sha512
	digest-kind	md5:00000000000000000000000000000000 is not a digest
	layers-fewer	its configuration has 3 layers and its manifest 2
	layer-missing	the blobs of the images that it names are not in it
	layer-link	the blobs of the images that it names are not in it
	rootfs-type	the type of its root file system is snapshots instead of layers
	deep	index.json
	long	more than 4194304 bytes
	many	more than 8192 manifests
	END
}

@test "refused: a layer that is another than its digests say" {
	need_image
	mkdir tree
	python3 "$CRAFT" broken diff-id "$LAYOUT" broken
	load_from broken
	fails 1 "the layer's diff id is sha256:" merge 0 tree1
	echo x >layer
	fails 1 "it is not a tar archive" unpack layer tree "sha256:$(sum layer)"
	fails 1 "--digest: x is not a digest" "$HELPER" unpack --digest x --diff-id x <layer 3<tree
	fails 1 "unpack needs --digest and --diff-id" "$HELPER" unpack <layer 3<tree
	tar -cf layer.tar layer
	digest=sha256:$(sum layer) diff=sha256:$(sum layer.tar)
	fails 1 "the layer's digest is sha256:" "$HELPER" unpack --digest "$digest" \
		--diff-id "$diff" <layer.tar 3<tree
}

@test "whiteouts: wherever they stand in the layer, what it brings itself stays" {
	local dir

	mkdir -p tree lower/{d,e,f,g} upper/{d,e,f}
	echo old | tee lower/{d,e,f,g}/old >lower/a
	touch upper/{.wh.d,.wh.e,.wh.f,.wh.g,.wh.a,f/.wh..wh..opq,a}
	echo new | tee upper/{d,e,f}/new >upper/a
	tar -C lower -cf lower.tar d e f g a
	# After, before, and without an entry for the directory; f says it in its own way.
	tar -C upper --no-recursion -cf upper.tar d d/new .wh.d .wh.e e e/new f/new f/.wh..wh..opq \
		.wh.g a .wh.a
	echo below | tar -cf file.tar --transform 's,a$,a/.wh.x,' -C upper a
	ok unpack upper.tar tree "sha256:$(sum upper.tar)"
	for dir in d e f; do
		same "$(getfattr --only-values -n trusted.overlay.opaque tree/$dir)" y
	done
	same "$(stat -c '%F %t:%T' tree/g)" "character special file 0:0"
	same "$(<tree/a)" new
	# Where the directory is a file in this layer there is nothing to hide.
	ok unpack file.tar tree "sha256:$(sum file.tar)"
	rm -rf tree
	mkdir tree
	ok unpack lower.tar tree "sha256:$(sum lower.tar)" --merge
	ok unpack upper.tar tree "sha256:$(sum upper.tar)" --merge
	same "$(cd tree && find . -type f | sort | tr '\n' ' ')" "./a ./d/new ./e/new ./f/new "
	[[ ! -e tree/g ]]
	# A name that was hidden before and has a file below it now.
	tar -C upper --no-recursion -cf late.tar .wh.d d/new
	rm -rf tree
	mkdir tree
	ok unpack late.tar tree "sha256:$(sum late.tar)"
	same "$(getfattr --only-values -n trusted.overlay.opaque tree/d) $(<tree/d/new)" "y new"
}

@test "hard links: to a file of a lower layer only where that is" {
	mkdir tree
	echo x >x
	ln x y
	tar -cf both.tar x y
	tar -cf lower.tar x
	python3 - <<-END
	import tarfile
	with tarfile.open("upper.tar", "w") as t:
	    i = tarfile.TarInfo("y")
	    i.type, i.linkname = tarfile.LNKTYPE, "x"
	    t.addfile(i)
	END
	fails 1 "y: link to x, which is not in this layer" unpack upper.tar tree \
		"sha256:$(sum upper.tar)"
	ok unpack lower.tar tree "sha256:$(sum lower.tar)" --merge
	ok unpack upper.tar tree "sha256:$(sum upper.tar)" --merge
	same "$(stat -c %h tree/x)" 2
}

@test "refused: what is no image" {
	mkdir empty bundle bundle/rootfs
	touch bundle/config.json nothing
	head -c 5000 /dev/urandom >noise
	fails 1 "it is not a tar archive" load_from noise
	fails 1 "there is nothing in it" load_from nothing
	fails 1 "it is an OCI bundle" load_from bundle
	tar -C empty -cf empty.tar .
	echo '[{"Config":"c.json","Layers":["../l"]}]' >manifest.json
	echo '{}' >c.json
	tar -cf d.tar manifest.json c.json
	fails 1 "missing" load_from d.tar
	mkdir id
	touch id/layer.tar repositories
	tar -cf old.tar repositories id/layer.tar
	fails 1 "a docker before 1.10 saved it" load_from old.tar
}

@test "platform: ours is taken, another when it is asked for, and what there is is told" {
	need_image
	python3 "$CRAFT" docker29 "$LAYOUT" docker29.tar
	fails 1 "there is no image for linux/s390x in it, but for linux/amd64: choose one with --platform" \
		load_from docker29.tar --platform linux/s390x
	ok load_from docker29.tar --platform linux/amd64
	fails 1 "amd64 is not a platform such as linux/arm64" load_from docker29.tar --platform amd64
	# One that is for another machine is loaded; whether it runs is seen later.
	python3 "$CRAFT" broken platform "$LAYOUT" other
	ok load_from other
	same "$(jq -r '.images[0].manifest.platform.architecture' out.json)" s390x
	fails 1 "but for linux/s390x" load_from other --platform linux/arm64
	# Both under one name.
	jq -s '.[0] * {manifests: (.[0].manifests + .[1].manifests)}' "$LAYOUT/index.json" \
		other/index.json >both.json
	cp -r "$LAYOUT/blobs" other
	cp both.json other/index.json
	ok load_from other
	same "$(jq -c '[.images[].manifest.platform.architecture]' out.json)" '["amd64"]'
	ok load_from other --platform linux/s390x
	same "$(jq -c '[.images[].manifest.platform.architecture]' out.json)" '["s390x"]'
}

@test "limits: an end comes to what is too large, and to a disk" {
	need_image
	fails 1 "larger than --max-size allows" load_from "$LAYOUT" --max-size 1k
	mkdir small
	mount -t tmpfs -o size=1m none small
	run "$HELPER" load <"$LAYOUT" 3<small
	umount small
	same "$status" 1
	has "$output" "there is no room left in the store"
	has "$output" "no space left on device"
}

# --- privileges -----------------------------------------------------------------------------------

@test "privileges: load is nobody, without capabilities, new privileges or cores" {
	mkdir out
	mkfifo pipe
	"$HELPER" load <pipe 3<out >/dev/null 2>&1 &
	exec 4>pipe
	# It reads only when it has given up what it had.
	rootfs_tar root.tar
	head -c 1000000 root.tar >&4
	wait_until test "$(stat -c %U out)" = nobody
	wait_until grep -q '^Uid:.65534.65534.65534.65534$' "/proc/$!/status"
	wait_until grep -q '^CapEff:.0000000000000000$' "/proc/$!/status"
	same "$(grep -E '^(Gid|Groups|CapPrm|CapBnd|NoNewPrivs)' "/proc/$!/status" | tr -s '\t ' ' ')" \
		$'Gid: 65534 65534 65534 65534\nGroups: \nCapPrm: 0000000000000000
CapBnd: 0000000000000000\nNoNewPrivs: 1'
	has "$(cat "/proc/$!/limits")" "Max core file size        0                    0"
	kill $!
	exec 4>&-
}

@test "rootless: in a user namespace devices are left out and opaque directories are the user's" {
	need_image
	unshare --user --map-root-user true || skip "needs user namespaces"
	mkdir -p tree src/d
	echo x >src/d/f
	touch src/d/.wh..wh..opq src/.wh.gone
	mknod src/null c 1 3
	tar -C src --owner 0 --group 0 -cf l.tar d .wh.gone null
	digest=sha256:$(sum l.tar)
	ok unshare --user --map-root-user "$HELPER" unpack --rootless --digest "$digest" \
		--diff-id "$digest" <l.tar 3<tree
	same "$(jq -c '[.entries, .skipped]' <<<"$output")" '[5,1]'
	same "$(getfattr --only-values -n user.overlay.opaque tree/d)" y
	same "$(stat -c '%F %t:%T' tree/gone)" "character special file 0:0"
	[[ ! -e tree/null ]]
}

# --- the other way --------------------------------------------------------------------------------

# pack FILE [OPTION...]: of tree, the answer is in packed.json.
pack()
{
	local out=$1

	shift
	"$HELPER" pack "$@" 3<tree >"$out" 4>packed.json
}

@test "pack: a tree and back again, the same bytes each time" {
	need_image
	mkdir tree back
	cp -a "$BATS_FILE_TMPDIR/bundle/rootfs/." tree
	mkdir -p "tree/$(printf 'n%.0s' {1..120})/$(printf 'm%.0s' {1..120})"
	ln -s "$(printf 'l%.0s' {1..200})" tree/long-link
	touch -d @-5 tree/old
	chown 3000000:4000000 tree/old
	pack one.tar
	pack two.tar
	cmp one.tar two.tar
	same "$(jq -r '.digest, .diff_id' packed.json | sort -u)" "sha256:$(sum one.tar)"
	same "$(jq .size packed.json)" "$(stat -c %s one.tar)"
	ok unpack one.tar back "sha256:$(sum one.tar)"
	touch -r tree back
	equal tree back
	# Others read it, too.
	tar -tf one.tar >/dev/null
	python3 -m tarfile -t one.tar >/dev/null
}

@test "pack: compressed, and what overlayfs hides becomes whiteouts" {
	need_image
	mkdir -p tree/dir/sub
	mknod tree/dir/gone c 0 0
	mknod tree/agone c 0 0
	setfattr -n trusted.overlay.opaque -v y tree/dir/sub
	echo x >tree/dir/sub/new
	pack plain.tar --overlay
	same "$(tar -tf plain.tar | tr '\n' ' ')" \
		".wh.agone dir/ dir/.wh.gone dir/sub/ dir/sub/.wh..wh..opq dir/sub/new "
	mkdir back
	ok unpack plain.tar back "sha256:$(sum plain.tar)"
	same "$(getfattr --only-values -n trusted.overlay.opaque back/dir/sub)" y
	same "$(stat -c '%t:%T' back/agone back/dir/gone)" $'0:0\n0:0'
	pack gz --overlay --compress gzip
	same "$(jq -r .diff_id packed.json)" "sha256:$(sum plain.tar)"
	same "$(jq -r .digest packed.json)" "sha256:$(sum gz)"
	gzip -dc gz | cmp - plain.tar
	"$HELPER" compress --compress zstd <gz >zst 4>packed.json
	same "$(jq -r '.digest + " " + .diff_id' packed.json)" "sha256:$(sum zst) sha256:$(sum plain.tar)"
	zstd -dcq zst | cmp - plain.tar
	fails 1 "--compress lzma: not none, gzip or zstd" "$HELPER" compress --compress lzma <gz
}

@test "pack and extract: one name under another, owners or not" {
	need_image
	mkdir -p tree/web/sub into
	echo hello >tree/web/sub/file
	ln tree/web/sub/file tree/web/hard
	chown -R 1000:1000 tree/web
	echo keep >into/keep
	pack web.tar --name-in-tar site web
	same "$(tar -tf web.tar | tr '\n' ' ')" "site/ site/hard site/sub/ site/sub/file "
	ok "$HELPER" extract --rename other <web.tar 3<into
	same "$(cat into/other/sub/file into/keep)" $'hello\nkeep'
	same "$(stat -c '%u %h' into/other/hard)" "0 2"
	ok "$HELPER" extract --owners <web.tar 3<into
	same "$(stat -c %u into/site/sub/file)" 1000
	mkdir into/tree
	touch into/tree/site
	fails 1 "site: replace what is no directory by one" "$HELPER" extract <web.tar 3<into/tree
	fails 1 "--rename ..: not a name" "$HELPER" extract --rename .. <web.tar 3<into
	fails 1 "../web: not a name" pack x ../web
}

@test "archive: the members that were asked for, in that order" {
	mkdir tree
	echo one >tree/1
	echo two >tree/2
	printf 'b/two\t2\na\t1\n' | "$HELPER" archive 3<tree >out.tar
	same "$(tar -tf out.tar | tr '\n' ' ') $(tar -xOf out.tar b/two)" "b/two a  two"
	ln -s /etc/passwd tree/link
	refused()
	{
		printf '%b' "$1" | "$HELPER" archive 3<tree >/dev/null
	}
	fails 1 "open link: no such file or directory" refused 'x\tlink\n'
	fails 1 "x: not a member, a tab and a file" refused 'x\n'
}

@test "progress: lines of bytes and what they are of" {
	need_image
	load_from "$LAYOUT" --progress 5 5>progress
	[[ $(tail -n 1 progress) =~ ^[0-9]+\ [0-9]+\ load$ ]]
	tar -C "$LAYOUT" -cf oci.tar .
	load_from oci.tar --progress 5 5>progress
	same "$(tail -n 1 progress)" "$(stat -c '%s %s' oci.tar) load"
}
