#!/usr/bin/env bats
# bats file_tags=servin
# Images: how they come, what they are called, how they go, and what is left when it goes wrong.

load helpers

teardown()
{
	store_teardown
	! mountpoint -q "$ROOT" || wait_until umount "$ROOT" 2>/dev/null
}

# --- worlds ------------------------------------------------------------------------------

# image_tar: a root file system, the same for all tests.
image_tar()
{
	TAR=$BATS_TEST_TMPDIR/${1:-box}.tar
	rootfs_tar "$TAR"
}

load_box()
{
	image_tar
	ok servin load -i "$TAR"
}

needs()
{
	local program

	for program; do
		command -v "$program" >/dev/null || skip "needs $program"
	done
}

# in_store DIR COMMAND...: with another store.
in_store()
{
	local ROOT=$1

	shift
	"$@"
}

id_of()
{
	servin image inspect -f '{{.Id}}' "$1"
}

manifest_of()
{
	servin image inspect -f '{{index .RepoDigests 0}}' "$1" | sed 's/.*@//'
}

names()
{
	servin images --format '{{.Repository}}:{{.Tag}}' | sort | tr '\n' ' '
}

# What is below a directory, with owners, modes, sizes, times and links.
tree_of()
{
	(cd "$1" && find . -printf '%p %M %U:%G %s %l %T@\n' | sort)
}

diff_of()
{
	local layer

	layer=$(servin image inspect -f '{{index .RootFS.Layers 0}}' "$1")
	echo "$ROOT/layers/${layer#sha256:}/diff"
}

# Nothing is in the store but what an empty one has.
store_is_empty()
{
	same "$(ls "$ROOT/tmp" "$ROOT/layers" "$ROOT/oci/blobs/sha256")" \
		"$ROOT/layers:"$'\n\n'"$ROOT/oci/blobs/sha256:"$'\n\n'"$ROOT/tmp:"
}

# --- loading ---------------------------------------------------------------------------------

@test "load: a root file system is named by its file" {
	image_tar My_Box-1.0
	ok servin load -i "$TAR"
	same "$output" "Loaded image: localhost/my_box-1.0:latest"
	ok servin images
	mapfile -t lines <<<"$output"
	[[ ${lines[0]} =~ ^REPOSITORY\ +TAG\ +IMAGE\ ID\ +CREATED\ +SIZE$ ]]
	[[ ${lines[1]} =~ ^localhost/my_box-1\.0\ +latest\ +[0-9a-f]{12}\ .*\ ago\ .*MB$ ]]
	same "${#lines[@]}" 2
	same "$(ls "$ROOT/tmp")" ""
}

@test "load: compressed files, a directory and standard input are the same image" {
	local id

	needs zstd xz bzip2
	load_box
	id=$(id_of box)
	gzip -k "$TAR"
	zstd -q "$TAR"
	xz -0 -k "$TAR"
	bzip2 -k "$TAR"
	ok servin load "$TAR.gz" "$TAR.zst" "$TAR.xz" "$TAR.bz2"
	same "$(names)" "localhost/box:latest "
	same "$(id_of box)" "$id"
	ok servin load <"$TAR"
	same "$output" "Loaded image ID: $id"
	same "$(cat <"$TAR" | servin load)" "Loaded image ID: $id"
	mkdir "$BATS_TEST_TMPDIR/dir"
	tar -C "$BATS_TEST_TMPDIR/dir" -xpf "$TAR"
	ok servin load "$BATS_TEST_TMPDIR/dir"
	same "$output" "Loaded image: localhost/dir:latest"
}

@test "load: what is unpacked is what was in the tar" {
	load_box
	mkdir "$BATS_TEST_TMPDIR/dir"
	tar -C "$BATS_TEST_TMPDIR/dir" -xpf "$TAR" --same-owner
	same "$(tree_of "$(diff_of box)")" "$(tree_of "$BATS_TEST_TMPDIR/dir")"
}

@test "load: archives and layouts that skopeo writes" {
	local kind id

	needs skopeo
	load_box
	cd "$BATS_TEST_TMPDIR"
	id=$(id_of box)
	skopeo copy -q "oci:$ROOT/oci:localhost/box:latest" docker-archive:docker.tar:me/docker:1
	skopeo copy -q "oci:$ROOT/oci:localhost/box:latest" oci-archive:oci.tar:me/oci:1
	skopeo copy -q "oci:$ROOT/oci:localhost/box:latest" oci:layout:v1
	for kind in docker.tar oci.tar layout; do
		ok servin load "$kind"
	done
	same "$(names)" "localhost/box:latest localhost/layout:v1 me/docker:1 me/oci:1 "
	same "$(id_of layout:v1) $(id_of me/oci:1) $(id_of me/docker:1)" "$id $id $id"
	same "$(find "$ROOT/layers" -mindepth 1 -maxdepth 1 | wc -l)" 1
}

@test "an image that skopeo puts into the store is used as it is" {
	needs skopeo
	load_box
	skopeo copy -q "oci:$ROOT/oci:localhost/box:latest" "oci:$BATS_TEST_TMPDIR/layout:v1"
	ok servin rmi box
	skopeo copy -q "oci:$BATS_TEST_TMPDIR/layout:v1" "oci:$ROOT/oci:docker.io/me/other:1"
	same "$(names)" "me/other:1 "
	same "$(ls "$ROOT/layers")" ""
	ok servin run --rm --network none me/other:1 echo it runs
	same "$output" "it runs"
	ok servin rmi me/other:1
	store_is_empty
}

@test "an image that lost its content hides no other, and can be removed" {
	load_box
	ok servin import -c "CMD y" "$TAR" other:1
	rm "$(find "$ROOT/oci/blobs" -name "$(id_of other:1 | cut -d: -f2)")"
	same "$(names)" "localhost/box:latest "
	fails 1 "is absent" servin history other:1
	ok servin rmi other:1
	same "$output" "Untagged: other:1"
	ok servin rmi box
	store_is_empty
}

@test "load: what is no image, is not there, or is a terminal's" {
	cd "$BATS_TEST_TMPDIR"
	fails 1 "servin: load: open nothing.tar: no such file or directory" \
		servin load -i nothing.tar
	echo "no archive" >text
	fails 1 "servin: load: text: " servin load text
	image_tar
	head -c 100000 "$TAR" >short.tar
	fails 1 "servin: load: short.tar: " servin load short.tar
	: >empty.tar
	fails 1 "servin: load: empty.tar: " servin load empty.tar
	store_is_empty
}

@test "load: an image that is damaged, and says so in a sentence" {
	local layer manifest

	needs skopeo jq
	load_box
	cd "$BATS_TEST_TMPDIR"
	skopeo copy -q "oci:$ROOT/oci:localhost/box:latest" oci:layout:v1
	ok servin rmi box
	manifest=$(jq -r '.manifests[0].digest' layout/index.json)
	layer=$(jq -r '.layers[0].digest' "layout/blobs/sha256/${manifest#sha256:}")
	cp -r layout absent
	rm "absent/blobs/sha256/${layer#sha256:}"
	fails 1 "are not in it" servin load absent
	cp -r layout size
	echo more >>"size/blobs/sha256/${layer#sha256:}"
	fails 1 "${layer#sha256:}" servin load size
	cp -r layout content
	printf x | dd of="content/blobs/sha256/${layer#sha256:}" bs=1 seek=600 conv=notrunc status=none
	fails 1 "${layer#sha256:}" servin load content
	cp -r layout broken
	echo >>"broken/blobs/sha256/${manifest#sha256:}"
	fails 1 "${manifest#sha256:}" servin load broken
	store_is_empty
}

@test "load: another platform only by request" {
	needs skopeo
	image_tar
	ok servin import --platform linux/s390x "$TAR" other
	skopeo copy -q "oci:$ROOT/oci:docker.io/library/other:latest" \
		"oci-archive:$BATS_TEST_TMPDIR/other.tar:other:1"
	ok servin rmi other
	fails 1 "linux/s390x" servin load --platform linux/amd64 "$BATS_TEST_TMPDIR/other.tar"
	ok servin load --platform linux/s390x "$BATS_TEST_TMPDIR/other.tar"
	same "$(servin image inspect -f '{{.Architecture}}' other:1)" s390x
	fails 1 "servin: import: s390x is not a platform such as linux/arm64 or linux/arm/v7" \
		servin import --platform s390x "$TAR"
	fails 125 "servin: run: other:1: the image is for linux/s390x, not for linux/amd64" \
		servin run --rm --platform linux/amd64 other:1 true
}

@test "load: two at once" {
	local i pids=()

	image_tar
	for i in 1 2 3 4; do
		servin load -i "$TAR" >"$BATS_TEST_TMPDIR/said.$i" 3>&- &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i"
	done
	same "$(cat "$BATS_TEST_TMPDIR"/said.* | sort -u)" "Loaded image: localhost/box:latest"
	same "$(names)" "localhost/box:latest "
	same "$(ls "$ROOT/tmp")" ""
	same "$(find "$ROOT/layers" -mindepth 1 -maxdepth 1 | wc -l)" 1
}

# --- names -------------------------------------------------------------------------------

@test "tag: names as people see them, and as others read them" {
	local name

	load_box
	for name in alpine:3.20 docker.io/library/web quay.io:443/a/b:X_1 me/tool; do
		ok servin tag box "$name"
		same "$output" ""
	done
	same "$(names)" "alpine:3.20 localhost/box:latest me/tool:latest quay.io:443/a/b:X_1 web:latest "
	same "$(jq -r '.manifests[].annotations["org.opencontainers.image.ref.name"]' \
		"$ROOT/oci/index.json" | sort | tr '\n' ' ')" \
		"docker.io/library/alpine:3.20 docker.io/library/web:latest docker.io/me/tool:latest "`
		`"localhost/box:latest quay.io:443/a/b:X_1 "
	same "$(cat "$ROOT/oci/oci-layout")" '{"imageLayoutVersion":"1.0.0"}'
}

@test "names: docker.io before localhost, IDs, digests, and what is near" {
	local id other

	load_box
	image_tar other
	ok servin import -c "CMD other" "$TAR" other
	id=$(id_of box)
	other=$(id_of other)
	ok servin tag other box
	same "$(id_of box)" "$other"
	same "$(id_of localhost/box)" "$id"
	same "$(id_of docker.io/library/box)" "$other"
	same "$(id_of "$id") $(id_of "${id:7:5}") $(id_of "${id:0:20}")" "$id $id $id"
	same "$(id_of "box@$(manifest_of other)")" "$other"
	fails 1 "no such image: boxes" servin tag boxes x
	has "$output" "hint: did you mean"
	fails 1 "no such image: ${id:7:10}0000" servin tag "${id:7:10}0000" x
	fails 1 'tag: "A" is no name of an image: only a tag may have upper-case letters' \
		servin tag box A
	fails 1 "a new name has a tag, not a digest" servin tag box "x@$id"
	fails 1 "sha256:x: it would be taken for an ID" servin tag box sha256:x
}

@test "a name that another image gets leaves the older one without" {
	local id

	image_tar
	ok servin import "$TAR" x:1
	id=$(id_of x:1)
	ok servin import -c "CMD y" "$TAR" x:1
	[[ $(id_of x:1) != "$id" ]]
	same "$(names)" "<none>:<none> x:1 "
	same "$(servin images -q --no-trunc --filter dangling=true)" "$id"
	same "$(servin images --filter dangling=false --format '{{.Repository}}')" x
	ok servin image prune -f
	has "$output" "Deleted: $id"
	has "$output" "Total reclaimed space: "
	same "$(names)" "x:1 "
}

@test "images: filters, patterns, formats" {
	local first second

	image_tar
	ok servin import -c "LABEL a=1 b=2" "$TAR" one:1
	ok servin import -c "LABEL a=2" "$TAR" two:1
	first=$(id_of one:1)
	second=$(id_of two:1)
	same "$(servin images -q --filter label=a=1)" "${first:7:12}"
	same "$(servin images -q --filter label=b)" "${first:7:12}"
	same "$(servin images -q --filter label=c)" ""
	same "$(servin images -q --filter 'reference=o*:1')" "${first:7:12}"
	same "$(servin images -q 't*')" "${second:7:12}"
	same "$(servin images -q --no-trunc --filter before=two:1)" "$first"
	same "$(servin images -q --no-trunc --filter since=one:1)" "$second"
	same "$(servin images --digests --format '{{.Digest}}' one)" "$(manifest_of one:1)"
	has "$(servin images --digests)" " DIGEST "
	same "$(servin images --format json one | jq -r '.Repository + .Tag + .ID')" \
		"one1${first:7:12}"
	same "$(servin image ls -a)" "$(servin images)"
	fails 1 "images: " servin images --filter size=1
}

# --- what they are -------------------------------------------------------------------------

@test "image inspect: docker's shape" {
	load_box
	ok servin image inspect box
	same "$(jq -r '.[0] | keys_unsorted | join(" ")' <<<"$output")" \
		"Id RepoTags RepoDigests Comment Created Author Config Architecture Variant Os "`
		`"OsVersion Size RootFS"
	same "$(jq -r '.[0].RepoTags[0]' <<<"$output")" "localhost/box:latest"
	same "$(jq -r '.[0].RootFS.Type' <<<"$output")" layers
	same "$(jq -r '.[0].Size' <<<"$output")" \
		"$(find "$(diff_of box)" -type f -printf '%s\n' | paste -sd+ | bc)"
	fails 1 "no such image: nothing" servin image inspect box nothing
}

@test "import: what --change says, a message, a name" {
	local id

	image_tar
	ok servin import -m "by hand" -c 'CMD ["sh", "-l"]' -c 'ENTRYPOINT exec env' \
		-c 'ENV A=1 B="two words"' -c 'ENV C with blanks' -c 'WORKDIR /srv' -c 'WORKDIR www' \
		-c 'USER user:daemon' -c 'LABEL x.y="z"' -c 'EXPOSE 80 53/udp' -c 'VOLUME ["/data"]' \
		-c 'stopsignal SIGINT' "$TAR" made:1
	id=$output
	[[ $id =~ ^sha256:[0-9a-f]{64}$ ]]
	same "$(id_of made:1)" "$id"
	same "$(servin image inspect made:1 | jq -cS '.[0].Config | map_values(select(.))')" "$(jq -cS . <<-'END'
		{"Cmd": ["sh", "-l"], "Entrypoint": ["/bin/sh", "-c", "exec env"],
		 "Env": ["A=1", "B=two words", "C=with blanks"], "ExposedPorts": {"53/udp": {}, "80/tcp": {}},
		 "Labels": {"x.y": "z"}, "StopSignal": "SIGINT", "User": "user:daemon",
		 "Volumes": {"/data": {}}, "WorkingDir": "/srv/www"}
	END
	)"
	has "$(servin history made:1)" "by hand"
	gzip -k "$TAR"
	same "$(servin import - <"$TAR.gz" | wc -c)" 72
	fails 1 "import: --change RUN: no such instruction" servin import -c "RUN x" "$TAR"
	fails 1 "--change EXPOSE: x: not a port such as 80 or 53/udp" \
		servin import -c "EXPOSE x" "$TAR"
}

@test "history: a line a step, sizes of layers" {
	load_box
	ok servin history box
	mapfile -t lines <<<"$output"
	[[ ${lines[0]} =~ ^IMAGE\ +CREATED\ +CREATED\ BY\ +SIZE\ +COMMENT$ ]]
	same "$(servin history --human=false --format '{{.ID}} {{.Size}}' box)" \
		"$(servin images --format '{{.ID}}') $(servin image inspect -f '{{.Size}}' box)"
	same "$(servin history -q --no-trunc box)" "$(id_of box)"
	same "$(servin history -H box)" "$(servin history --human=true box)"
}

# --- removal -------------------------------------------------------------------------------

@test "rmi: names, then the image, then what it was made of" {
	local id layer

	load_box
	id=$(id_of box)
	layer=$(servin image inspect -f '{{index .RootFS.Layers 0}}' box)
	ok servin tag box other:1
	ok servin rmi box
	same "$output" "Untagged: localhost/box:latest"
	ok servin rmi other:1
	same "$output" "Untagged: other:1"$'\n'"Deleted: $id"$'\n'"Deleted: $layer"
	store_is_empty
}

@test "rmi: an ID with several names needs force; what is not there fails, the rest goes" {
	local id

	load_box
	id=$(id_of box)
	ok servin tag box other:1
	fails 1 "servin: rmi: image ${id:7:12} has 2 names" servin rmi "${id:7:12}"
	has "$output" "hint: remove them one by one, or all with --force"
	fails 1 "servin: rmi: no such image: nothing" servin rmi nothing box
	has "$output" "Untagged: localhost/box:latest"
	fails 1 "servin: rmi: no such image: nothing" servin rmi other:1 nothing
	has "$output" "Deleted: $id"
	ok servin rmi -f nothing
	has "$output" "servin: rmi: no such image: nothing"
	load_box
	ok servin tag box other:1
	ok servin rmi -f "${id:7:12}"
	has "$output" "Untagged: other:1"
	store_is_empty
}

@test "rmi: an image that a container uses stays; forced away the container keeps its layers" {
	local id layer

	load_box
	id=$(id_of box)
	layer=$(diff_of box)
	ok servin create --network none --name c box true
	fails 1 "servin: rmi: image box is used by container " servin rmi box
	has "$output" "hint: remove the container first"
	ok servin image prune -a -f
	same "$(names)" "localhost/box:latest "
	ok servin rmi -f box
	same "$(names)" ""
	[[ -x $layer/bin/busybox ]]
	ok servin start -a c
	ok servin rm c
	ok servin image prune -f
	store_is_empty
}

@test "image prune: asks first" {
	image_tar
	servin import "$TAR" >/dev/null
	ok servin image prune <<<n
	has "$output" "[y/N]"
	same "$(names)" "<none>:<none> "
	ok servin image prune <<<yes
	same "$(names)" ""
	store_is_empty
}

# --- saving ----------------------------------------------------------------------------------

@test "save and load: the same images again, in each format and compression" {
	local again how id tree

	load_box
	ok servin tag box quay.io/a/b:1
	ok servin import -c "CMD y" "$TAR" two:2
	id=$(id_of box)
	tree=$(tree_of "$(diff_of box)")
	for how in docker-archive "docker-archive --compress gzip" oci-archive \
		"oci-archive --compress zstd" "oci-archive --compress none"; do
		# shellcheck disable=SC2086 # words
		ok servin save -o "$BATS_TEST_TMPDIR/saved.tar" box quay.io/a/b:1 --format $how two:2
		again=$BATS_TEST_TMPDIR/again
		ok in_store "$again" servin load -i "$BATS_TEST_TMPDIR/saved.tar"
		same "$(sort <<<"$output" | tr '\n' ' ')" "Loaded image: localhost/box:latest "`
			`"Loaded image: quay.io/a/b:1 Loaded image: two:2 "
		same "$(in_store "$again" id_of quay.io/a/b:1)" "$id"
		same "$(tree_of "$(in_store "$again" diff_of box)")" "$tree"
		rm -rf "$again"
	done
}

@test "save: skopeo reads it" {
	local config

	needs skopeo
	load_box
	cd "$BATS_TEST_TMPDIR"
	ok servin tag box web:1
	config=$(skopeo inspect --config --raw "oci:$ROOT/oci:docker.io/library/web:1" | sha256sum)
	same "sha256:${config%% *}" "$(id_of box)"
	ok servin save -o docker.tar web:1
	ok skopeo copy -q docker-archive:docker.tar:web:1 dir:a
	servin save --format oci-archive web:1 >oci.tar
	ok skopeo copy -q oci-archive:oci.tar:docker.io/library/web:1 dir:b
	same "$(jq -r .config.digest b/manifest.json)" "$(id_of box)"
	servin save --compress gzip "$(id_of box)" >nameless.tar
	same "$(tar -xOf nameless.tar manifest.json | jq -r '.[0].RepoTags')" null
}

@test "save: what is not there; a file takes its name when it is whole" {
	cd "$BATS_TEST_TMPDIR"
	load_box
	echo old >saved.tar
	fails 1 "servin: save: no such image: nothing" servin save -o saved.tar box nothing
	same "$(cat saved.tar)" old
	same "$(compgen -G "*.part")" ""
	fails 1 "servin: save: create /nowhere/x." servin save -o /nowhere/x box
	ok servin save -o /dev/null box
}

# --- files as images ---------------------------------------------------------------------------

@test "a file is loaded once, and anew when it changed" {
	image_tar
	cd "$BATS_TEST_TMPDIR"
	ok servin create --network none --name a ./box.tar true
	ok servin create --network none --name b "$TAR" true
	same "$(grep -c '"Action":"load"' "$ROOT/events.jsonl")" 1
	touch -d @1700000001 box.tar
	ok servin create --network none --name c ./box.tar true
	same "$(grep -c '"Action":"load"' "$ROOT/events.jsonl")" 2
	ok servin rm a b c
	ok servin rmi box
	same "$(ls "$ROOT/sources")" ""
	ok servin create --network none --name d box.tar true
	same "$(names)" "localhost/box:latest "
}

# --- what goes wrong ---------------------------------------------------------------------------

# start_load ARGUMENT...: servin itself, as $load.
start_load()
{
	"$SERVIN_BUILDDIR/servin" --root "$ROOT" --state "$STATE" load "$@" <&0 3>&- 9>&- &
	load=$!
}

# A load that has read half of its archive, and waits for more: $load is servin, $helper the other.
start_half_load()
{
	image_tar
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	# Opened for both, for one alone would wait for the other.
	exec 9<>"$BATS_TEST_TMPDIR/fifo"
	start_load <"$BATS_TEST_TMPDIR/fifo" >"$BATS_TEST_TMPDIR/said" 2>&1
	head -c 1000000 "$TAR" >&9
	wait_until pgrep -P "$load" -x servin-image
	helper=$(pgrep -P "$load" -x servin-image)
}

# Ended; whoever is to take note of it may be slow.
is_gone()
{
	local state

	[[ ! -e /proc/$1 ]] || { state=$(cut -d' ' -f3 "/proc/$1/stat") && [[ $state == Z ]]; }
}

works_again()
{
	ok servin load -i "$TAR"
	same "$output" "Loaded image: localhost/box:latest"
	same "$(ls "$ROOT/tmp")" ""
	ok servin rmi box
	ok servin image prune -f
	store_is_empty
}

@test "a load that is killed ends its helper, and leaves nothing to the next" {
	start_half_load
	kill -9 "$load"
	wait "$load" || :
	wait_until is_gone "$helper"
	exec 9>&-
	works_again
}

@test "a load whose helper is killed says so" {
	start_half_load
	kill -9 "$helper"
	wait "$load" && die "it went well"
	exec 9>&-
	same "$(cat "$BATS_TEST_TMPDIR/said")" \
		"servin: load: standard input: servin-image was killed by signal 9"
	works_again
}

# Wherever it is killed: as soon as there is something in ROOT/tmp, in the directory of a layer, ...
@test "a load that is killed at any step leaves a store that works" {
	local sign

	image_tar
	for sign in 'tmp/*' 'tmp/*/blobs/*' 'tmp/*/layers/*' 'tmp/*/layers/*/size' 'layers/*' \
		'oci/blobs/sha256/*' 'oci/index.json'; do
		start_load -i "$TAR" >/dev/null 2>&1
		# It may be through before the sign is seen.
		until compgen -G "$ROOT/$sign" >/dev/null || is_gone "$load"; do
			:
		done
		kill -9 "$load" 2>/dev/null || :
		wait "$load" || :
		works_again
		rm -f "$ROOT/oci/index.json"
	done
}

@test "a full disk is told, and nothing is left" {
	image_tar
	rm -rf "$ROOT"
	mkdir "$ROOT"
	mount -t tmpfs -o size=3m,mode=711 servin-test "$ROOT" || skip "needs to mount a tmpfs"
	fails 1 "no space left on device" servin load -i "$TAR"
	same "$(wc -l <<<"$output")" 1
	store_is_empty
}
