#!/usr/bin/env bats
#
# The command line itself: help, groups and other names, spellings, errors and their hints,
# completions, the manual.

load helpers

# The program without a store: none is needed here.
bare()
{
	"$SERVIN_BUILDDIR/servin" "$@"
}

# All commands, a line each: "volume create".
commands()
{
	bare --help | sed -n '/^options:/q; s/^  \([a-z][a-z ]*[a-z]\)   *.*/\1/p'
}

# apart ARGS...: sets $status, and $out and $err each by itself.
apart()
{
	status=0
	servin "$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || status=$?
	out=$(<"$BATS_TEST_TMPDIR/out")
	err=$(<"$BATS_TEST_TMPDIR/err")
}

# --- help ---------------------------------------------------------------------

@test "commands of docker that are missing: what there is instead" {
	fails 125 'no command "pull"' servin pull alpine
	has "$output" "hint: there are no registries yet"
	fails 125 'no command "network"' servin network ls
	fails 125 "unknown option --gpus" servin run --gpus all box
	has "$output" "hint: there are no GPUs by name yet"
	fails 125 'unknown command "rn"' servin rn
	has "$output" '"servin help" lists the commands'
}

@test "help goes to standard output" {
	for args in --help -h help ""; do
		# shellcheck disable=SC2086
		apart $args
		same "$status:$err" 0:
		has "$out" "usage: servin "
	done
}

@test "every command has help, in two spellings that are the same" {
	local list

	list=$(commands)
	has "$list" $'run\ncreate\n'
	while read -r command; do
		# shellcheck disable=SC2086
		apart $command --help
		same "$status:$err" 0:
		has "$out" "usage: servin $command"
		# shellcheck disable=SC2086
		same "$out" "$(bare help $command)"
	done <<<"$list"
}

@test "a group alone lists its commands" {
	for args in image "image --help" "help image" "image -h"; do
		# shellcheck disable=SC2086
		apart $args
		same "$status:$err" 0:
		has "$out" "usage: servin image COMMAND"
		has "$out" $'\n  inspect  '
		has "$out" $'\n  ls '
		has_not "$out" $'\n  run'
	done
}

@test "a command has several names" {
	same "$(servin ls -aq; servin ps -aq; servin container ls -aq; servin container ps -aq)" ""
	same "$(bare help ps)" "$(bare help ls)"
	same "$(bare help container list)" "$(bare help ls)"
	has "$(bare help ls)" $'\nalso: ps, container ls'
}

@test "help needs no store, and makes none" {
	for args in help "help run" "completion bash" version --version; do
		# shellcheck disable=SC2086
		ok "$SERVIN_BUILDDIR/servin" --root "$BATS_TEST_TMPDIR/none" \
			--state "$BATS_TEST_TMPDIR/none" $args
	done
	[[ ! -e $BATS_TEST_TMPDIR/none ]]
}

# --- spellings ------------------------------------------------------------------

@test "options stand before, between and behind the arguments" {
	for args in "-f {{.Name}} nix" "nix -f {{.Name}}" "nix --format={{.Name}}" \
		"--type container nix --format {{.Name}}" "nix -f={{.Name}}" "nix -f{{.Name}}"; do
		# shellcheck disable=SC2086
		fails 1 "no such container" servin inspect $args
	done
	fails 1 "no such container, image or volume: -f" servin inspect -- -f
}

@test "letters stand together, and the last may have a value" {
	ok servin ls -aqn5
	ok servin ls -aqn=5
	ok servin ls -aqn 5
	ok servin ls -aqf name=x
	fails 125 "--last: x: not a number" servin ls -aqnx
	ok servin ls -a=false --quiet=true
	fails 125 '--all: "maybe" is neither true nor false' servin ls -a=maybe
}

@test "servin -v is verbose, run -v a volume, run -h a hostname" {
	local said

	image
	said=$(servin -v create --name web box true 2>&1 >/dev/null)
	has "$said" "servin: debug: image box: manifest sha256:"
	has "$said" "servin: debug: container web: made in $ROOT/containers/"
	has "$(servin -v start web 2>&1 >/dev/null)" "container web: a monitor makes and starts it"
	same "$(servin -v start web 2>&1 >/dev/null | grep -v debug: || :)" ""
	has "$(bare help run)" "-v, --volume"
	has "$(bare help run)" "-h, --hostname"
	fails 125 "--hostname needs a value" servin run -h
}

# --- mistakes -------------------------------------------------------------------

@test "an error is a sentence, and a hint on a line of its own" {
	apart ls --bogus
	same "$status:$out" 125:
	same "$err" "$(printf '%s\n' 'servin: ls: unknown option --bogus' \
		'hint: "servin help ls" tells how it is used')"
}

@test "unknown words, and what they may have been meant to be" {
	fails 125 'unknown command "bogus"' servin bogus
	fails 125 'unknown command "rnu" (did you mean "run"?)' servin rnu
	fails 125 'unknown command "image inspct" (did you mean "image inspect"?)' \
		servin image inspct
	fails 125 'unknown command "imge" (did you mean "image"?)' servin imge ls
	fails 125 'unknown option --quit (did you mean --quiet?)' servin ls --quit
	fails 125 'unknown option -r in -rm (did you mean --rm?)' servin run -rm box
	fails 125 'unknown option --rot (did you mean --root?)' bare --rot x ls
}

@test "missing and superfluous words" {
	fails 125 'inspect: too few arguments, wanted: ' servin inspect
	fails 125 'ls: too many arguments, wanted: none' servin ls more
	fails 125 'completion: too few arguments' servin completion
	fails 125 '--format needs a value: FORMAT' servin ls --format
	fails 1 'only bash, zsh and fish' servin completion ksh
}

@test "an error of the command is 1, of its options 125" {
	fails 1 'no such container' servin rm nix
	fails 125 'unknown option' servin rm --nix
}

@test "a store that others can write to is refused" {
	mkdir "$BATS_TEST_TMPDIR/open"
	chmod 777 "$BATS_TEST_TMPDIR/open"
	fails 1 "can be written by everybody" bare --root "$BATS_TEST_TMPDIR/open" \
		--state "$STATE" ls
}

# --- surroundings ---------------------------------------------------------------

@test "output that cannot be written is an error" {
	status=0
	bare --version >/dev/full 2>"$BATS_TEST_TMPDIR/err" || status=$?
	same "$status" 125
	has "$(<"$BATS_TEST_TMPDIR/err")" "no space left on device"
}

@test "closed standard descriptors become no file of ours" {
	status=0
	"$SERVIN_BUILDDIR/servin" --root "$ROOT" --state "$STATE" rm nix 0<&- 1>&- 2>&- || status=$?
	same "$status" 1
	same "$(grep -rl "no such container" "$ROOT" "$STATE" || :)" ""
}

@test "version: one line" {
	[[ $(bare --version) =~ ^servin\ version\ [0-9]+\.[0-9.]+$ ]]
	same "$(bare version -f '{{.Client.Version}}')" "$(bare --version | sed 's/.* //')"
	has "$(bare version)" "Runtime:   ocirun "
	same "$(bare --runtime nix version --format json |
		jq -r '.Server.Components[0].Version')" ""
}

# --- documents ------------------------------------------------------------------

# A servin in PATH that knows two containers and an image.
fake_servin()
{
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	cat >"$BATS_TEST_TMPDIR/bin/servin" <<-END
		#!/bin/sh
		case "\$*" in
		"ls -a --format {{.Names}}") echo web1; echo db ;;
		images\\ *) echo alpine:3 ;;
		"volume ls -q") echo data ;;
		completion*) exec "$SERVIN_BUILDDIR/servin" "\$@" ;;
		esac
	END
	chmod +x "$BATS_TEST_TMPDIR/bin/servin"
}

# complete_bash WORD...: what bash would offer for the last word.
complete_bash()
{
	PATH=$BATS_TEST_TMPDIR/bin:$PATH bash -c '
		source <(servin completion bash)
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_servin
		echo ${COMPREPLY[*]}' bash servin "$@"
}

@test "completion for bash, with the names of what there is" {
	fake_servin
	bare completion bash | bash -n
	same "$(complete_bash cre)" create
	has " $(complete_bash "") " " image "
	has " $(complete_bash "") " " ps "
	same "$(complete_bash image insp)" inspect
	same "$(complete_bash rm w)" web1
	same "$(complete_bash rm web1 -f d)" db
	same "$(complete_bash container rm d)" db
	same "$(complete_bash ps --no-t)" --no-trunc
	same "$(complete_bash --root /x start "")" "web1 db"
	has "$(complete_bash image inspect "")" alpine:3
	has "$(complete_bash inspect "")" "web1 db alpine:3 data"
	same "$(complete_bash inspect --type "")" "container image volume"
	same "$(complete_bash help comp)" completion
	cd "$BATS_TEST_TMPDIR"
	touch al.tar
	same "$(complete_bash run al | tr ' ' '\n' | sort)" $'al.tar\nalpine:3'
}

@test "completion for zsh" {
	bare completion zsh >"$BATS_TEST_TMPDIR/_servin"
	same "$(head -n 1 "$BATS_TEST_TMPDIR/_servin")" "#compdef servin"
	command -v zsh >/dev/null || skip "needs zsh"
	zsh -n "$BATS_TEST_TMPDIR/_servin"
}

@test "completion for fish, with the names of what there is" {
	bare completion fish >"$BATS_TEST_TMPDIR/servin.fish"
	command -v fish >/dev/null || skip "needs fish"
	fake_servin
	offers()
	{
		PATH=$BATS_TEST_TMPDIR/bin:$PATH HOME=$BATS_TEST_TMPDIR fish --no-config -c "
			source $BATS_TEST_TMPDIR/servin.fish
			complete -C '$1'" | cut -f 1 | sort | xargs
	}
	same "$(offers 'servin rm ')" "db web1"
	same "$(offers 'servin image insp')" inspect
	same "$(offers 'servin container rm w')" web1
	same "$(offers 'servin --root /x ps --no-t')" --no-trunc
	has " $(offers 'servin ') " " image "
}

@test "the manual has every command and option, and renders without a warning" {
	local manual options

	bare help --man >"$BATS_TEST_TMPDIR/servin.1"
	manual=$(<"$BATS_TEST_TMPDIR/servin.1")
	while read -r command; do
		has "$manual" $'\n.SS '"$command"
		# shellcheck disable=SC2086
		options=$(bare help $command | sed -n 's/^  *\(-., \)\?--\([a-z-]*\).*/\2/p')
		for option in $options; do
			has "$manual" "\\-\\-${option//-/\\-}"
		done
	done < <(commands)
	if command -v mandoc >/dev/null; then
		same "$(mandoc -T lint -W error "$BATS_TEST_TMPDIR/servin.1" 2>&1)" ""
	elif command -v groff >/dev/null; then
		same "$(groff -man -ww -z -Tascii "$BATS_TEST_TMPDIR/servin.1" 2>&1)" ""
	else
		skip "needs mandoc or groff"
	fi
}
