# The image of a real distribution: a Debian root by mmdebstrap, an OCI image by umoci and skopeo,
# unpacked by umoci, run by ocirun.  Made once for the file.

load helpers

# The sources of packages that this machine itself has.
host_sources()
{
	local file codename

	codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
	for file in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list \
		/etc/apt/sources.list.d/*; do
		if grep -q "$codename.* main\|Suites:.*$codename" "$file" 2>/dev/null; then
			echo "$codename $file"
			return
		fi
	done
	return 1
}

make_root()
{
	local codename sources

	read -r codename sources < <(host_sources) || die "no sources of packages for apt"
	timeout 300 mmdebstrap --quiet --variant=essential \
		--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' "$codename" root.tar "$sources"
}

make_image()
{
	umoci init --layout built
	umoci new --image built:debian
	umoci raw add-layer --image built:debian root.tar
	umoci config --image built:debian --config.env SERVIN=yes --config.workingdir /srv \
		--config.cmd /bin/sh
	skopeo copy --quiet oci:built:debian oci:image:debian
	umoci unpack --image image:debian bundle
	rm -rf root.tar built image
	cp bundle/config.json config.json
}

setup_file()
{
	local name

	cd "$BATS_FILE_TMPDIR"
	for name in mmdebstrap umoci skopeo jq; do
		command -v "$name" >/dev/null || {
			echo "needs $name" >reason
			return 0
		}
	done
	make_root >log 2>&1 || {
		echo "needs a mirror of Debian's packages: $(tail -n 1 log)" >reason
		return 0
	}
	make_image >log 2>&1 || {
		cat log >&2
		return 1
	}
}

setup()
{
	[[ ! -e $BATS_FILE_TMPDIR/reason ]] || skip "$(<"$BATS_FILE_TMPDIR/reason")"
	servin_setup
	BUNDLE=$BATS_FILE_TMPDIR/bundle
	cd "$BUNDLE"
	jq '.process.terminal = false' <../config.json >config.json
}

@test "distro: the image's configuration is what the shell gets" {
	container_ok 'echo $SERVIN; pwd; readlink /proc/1/exe; . /etc/os-release; echo $ID'
	same "$output" "$(printf '%s\n' yes /srv /usr/bin/dash debian)"
}

@test "distro: the package manager knows what is installed" {
	container_ok 'dpkg -l | grep -c ^ii; dpkg --verify base-files || echo bad'
	((lines[0] > 50)) || die "only ${lines[0]} packages"
	has_not "$output" bad
}

@test "distro: a package is made and installed" {
	config '.process.cwd = "/tmp" | .root.readonly = false'
	container_ok 'mkdir -p p/DEBIAN p/usr/bin && printf "#!/bin/sh\necho hello\n" >p/usr/bin/hello &&
		chmod 755 p/usr/bin/hello && printf "Package: hello\nVersion: 1\nArchitecture: all\nMaintainer: m <m@m>\nDescription: d\n" >p/DEBIAN/control &&
		dpkg-deb --build p hello.deb >/dev/null && dpkg -i hello.deb >/dev/null && hello'
	has "$output" hello
}

@test "distro: users of the image" {
	config '.process.user = { uid: 33, gid: 33, additionalGids: [5] }'
	container_ok 'id -un; id -gn; id -Gn; touch /etc/x 2>/dev/null || echo no'
	same "$output" "$(printf '%s\n' www-data www-data 'www-data tty' no)"
}

@test "distro: exec in a running system" {
	running "$ID" sleep 1000
	run_ok exec --user 1:1 "$ID" sh -c 'id -un; ps -e -o pid= -o comm= 2>/dev/null || cat /proc/1/comm'
	has "$output" daemon
	has "$output" sleep
	run_ok kill "$ID" KILL
	wait_until has_status "$ID" stopped
	run_ok delete "$ID"
}

@test "distro: programs that ask much of a system" {
	config '.process.capabilities[] += ["CAP_DAC_OVERRIDE", "CAP_SETGID", "CAP_SETUID"]'
	container_ok 'perl -e "print qq(perl\n)"; df / >/dev/null && echo df; find / -xdev -name passwd |
		head -n 1; date +%Y; su -s /bin/sh -c "id -un" nobody; ls /proc/self/fd | wc -l'
	has "$output" perl
	has "$output" df
	has "$output" nobody
}
