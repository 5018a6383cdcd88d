# shellcheck shell=bash disable=SC2034
#
# What quickstart and check share: words on the screen, packages, and a build.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say()
{
	if [[ -t 1 ]]; then
		printf '\n\033[1m== %s\033[0m\n' "$*"
	else
		printf '\n== %s\n' "$*"
	fi
}

die()
{
	echo "$(basename "$0"): $*" >&2
	exit 1
}

must_be_root()
{
	[[ $(id -u) == 0 ]] || die "this needs root: sudo contrib/$(basename "$0")"
}

# missing PACKAGE...: those that are not installed.
missing()
{
	local name

	for name; do
		dpkg-query -W -f '${db:Status-Status}\n' "$name" 2>/dev/null | grep -qx installed ||
			echo "$name"
	done
}

apt()
{
	DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Dpkg::Use-Pty=0 "$@" </dev/null
}

# install PACKAGE...: those that are missing; without any the network is not touched.
install()
{
	local names

	mapfile -t names < <(missing "$@")
	((${#names[@]} > 0)) || return 0
	command -v apt-get >/dev/null || die "no apt-get here; please install: ${names[*]}"
	echo "installing ${names[*]}"
	apt update && apt install --no-install-recommends "${names[@]}" >/dev/null
}

# Files in the source tree belong to whoever owns it, also under sudo.
as_owner()
{
	local owner

	owner=$(stat -c %U "$top")
	if [[ $owner == root || $owner == UNKNOWN ]]; then
		"$@"
	else
		runuser -u "$owner" -- "$@"
	fi
}

# build DIRECTORY CONFIGURE-OPTIONS...: out of the source tree, again only what changed.
build()
{
	local dir=$top/$1
	shift

	if [[ ! -x $top/configure || $top/configure.ac -nt $top/configure ]]; then
		(cd "$top" && as_owner autoreconf -i) >"$log" 2>&1 || show_log
	fi
	as_owner mkdir -p "$dir"
	if [[ ! -e $dir/config.status || $top/configure -nt $dir/config.status ]]; then
		(cd "$dir" && as_owner ../configure -q "$@") >"$log" 2>&1 || show_log
	fi
	as_owner make -C "$dir" -j "$(nproc)" >"$log" 2>&1 || show_log
}

show_log()
{
	cat "$log" >&2
	die "that did not work"
}

# What building needs.
build_packages=(autoconf automake gcc make pkg-config libarchive-dev libc6-dev libcap-dev
	libseccomp-dev libssl-dev libsystemd-dev libyajl-dev)

# For all that is temporary; gone at the end, however that comes.
work=$(mktemp -d "${TMPDIR:-/tmp}/servin-XXXXXX")
log=$work/log
trap 'rm -rf "$work"' EXIT
