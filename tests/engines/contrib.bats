#!/usr/bin/env bats
# shellcheck disable=SC2154
#
# The files of contrib/engines: what `make install` makes of them, and that each engine that is here
# takes its own.  Whatever the runtime under test is, it is installed under the name that they have.

load engines

FILES=$SERVIN_SRCDIR/contrib/engines

setup_file()
{
	lacks podman && return
	mkdir -p /usr/local/bin
	cp "$RUNTIME" /usr/local/bin/ocirun
	make_image
}

teardown_file()
{
	end_daemon dockerd
}

# --- podman and buildah -------------------------------------------------------------------------

# What this machine may need: no systemd, and no privilege to raise limits.
install_for_podman()
{
	local dir=/etc/containers/containers.conf.d

	mkdir -p "$dir"
	cp "$FILES/containers.conf.d/50-ocirun.conf" "$dir"
	cat >"$dir/60-machine.conf" <<-'END'
		[containers]
		default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
		netns = "none"
		[engine]
		cgroup_manager = "cgroupfs"
		events_logger = "file"
	END
	podman image exists "$IMAGE" || quietly podman load --input "$IMAGE_TAR"
}

# runtime_of [ARG...]: the name and path of the runtime that podman would take.
runtime_of()
{
	podman "$@" info --format '{{.Host.OCIRuntime.Name}} {{.Host.OCIRuntime.Path}}'
}

# well_formed FILE: podman's reader of TOML takes it.
well_formed()
{
	CONTAINERS_CONF=$1 ok podman --root /run/toml --runroot /run/toml info --format fine
	same "$output" fine
}

# bats test_tags=short
@test "podman: the drop-in makes ocirun known, beside the others" {
	engine podman "$(podman version --format '{{.Client.Version}}')"
	install_for_podman
	same "$(runtime_of --runtime ocirun)" "ocirun /usr/local/bin/ocirun"
	if [[ -x /usr/bin/crun ]]; then
		same "$(runtime_of --runtime crun)" "crun /usr/bin/crun"
	fi
	ok podman --runtime ocirun run --rm "$IMAGE" echo hello
	same "$output" hello
}

@test "podman: the drop-in's line makes ocirun the default" {
	install_for_podman
	sed -i 's/^#runtime = /runtime = /' /etc/containers/containers.conf.d/50-ocirun.conf
	same "$(runtime_of)" "ocirun /usr/local/bin/ocirun"
}

# logged NAME: /usr/local/bin/NAME is ocirun, and writes to $WORK/calls how it is called.
logged()
{
	printf '#!/bin/sh\necho "$*" >>%s\nexec /usr/local/bin/ocirun "$@"\n' "$WORK/calls" \
		>"/usr/local/bin/$1"
	chmod +x "/usr/local/bin/$1"
	: >"$WORK/calls"
}

@test "podman: ocirun is on the list of who writes JSON" {
	install_for_podman
	mkdir -p /usr/local/other
	logged another
	ok podman --runtime /usr/local/bin/another run --rm "$IMAGE" true
	has_not "$(<"$WORK/calls")" json
	logged ../other/ocirun
	ok podman --runtime /usr/local/other/ocirun run --rm "$IMAGE" true
	has "$(<"$WORK/calls")" "--log-format=json --log "
}

@test "podman: ocirun is on the list of who needs no cgroup" {
	install_for_podman
	ok podman --runtime ocirun run --rm --cgroups=disabled "$IMAGE" echo hello
	same "$output" hello
	cp /usr/local/bin/ocirun /usr/local/bin/other
	fails "is not compatible with NoCgroups" \
		podman --runtime /usr/local/bin/other run --rm --cgroups=disabled "$IMAGE" true
}

@test "buildah: the drop-in's default" {
	needs_cmd buildah
	engine buildah "$(buildah version --json | jq -r .version)"
	install_for_podman
	sed -i 's/^#runtime = /runtime = /' /etc/containers/containers.conf.d/50-ocirun.conf
	ok buildah from --name "$name" "$IMAGE"
	ok buildah run --isolation oci "$name" echo hello
	has "$output" hello
	ok buildah rm "$name"
}

# --- containerd ---------------------------------------------------------------------------------

# imported FILE: the configuration that containerd has with it.
imported()
{
	printf '%s\nimports = ["%s"]\n' "$(grep '^version' "$1")" "$1" >"$WORK/$name.toml"
	containerd --config "$WORK/$name.toml" config dump 2>&1
}

# handler CONFIGURATION NAME: the lines of the handler and of its options.
handler()
{
	sed -n "/runtimes\.$2\(\.options\)\?\]\$/,/^ *\[plugins.*runtimes\.[^$2]/p" <<<"$1"
}

# bats test_tags=short
@test "containerd 1.x: config-v2.toml adds a handler and keeps that of runc" {
	needs_cmd containerd
	engine containerd "$(containerd --version | cut -d' ' -f3)"
	output=$(imported "$FILES/containerd/config-v2.toml")
	has "$(handler "$output" ocirun)" 'BinaryName = "/usr/local/bin/ocirun"'
	has "$(handler "$output" ocirun)" 'runtime_type = "io.containerd.runc.v2"'
	has "$(handler "$output" runc)" 'runtime_type = "io.containerd.runc.v2"'
	has "$output" 'default_runtime_name = "runc"'
}

@test "containerd 2.x: config-v3.toml adds a handler and keeps that of runc" {
	well_formed "$FILES/containerd/config-v3.toml"
	[[ $(containerd --version 2>&1) == *" "*2.[0-9]* ]] || skip "needs containerd 2.x"
	output=$(imported "$FILES/containerd/config-v3.toml")
	has "$(handler "$output" ocirun)" "BinaryName = '/usr/local/bin/ocirun'"
	has "$(handler "$output" runc)" "runtime_type = 'io.containerd.runc.v2'"
}

# --- Docker -------------------------------------------------------------------------------------

start_dockerd()
{
	daemon dockerd dockerd --config-file "$1" --bridge none --iptables=false
	wait_until docker info || die "$(cat "$WORK/dockerd.log")"
}

# bats test_tags=short
@test "docker: daemon.json adds the runtime, daemon-default.json makes it the default" {
	needs_cmd docker dockerd
	start_dockerd "$FILES/docker/daemon.json"
	engine docker "$(docker version --format '{{.Server.Version}}')"
	same "$(docker info --format '{{.DefaultRuntime}} {{.Runtimes.ocirun.Path}}')" \
		"runc /usr/local/bin/ocirun"
	quietly docker load --input "$IMAGE_TAR"
	ok docker run --rm --network none --runtime ocirun "$IMAGE" echo hello
	same "$output" hello
	end_daemon dockerd
	start_dockerd "$FILES/docker/daemon-default.json"
	same "$(docker info --format '{{.DefaultRuntime}}')" ocirun
	end_daemon dockerd
}

@test "docker: the drop-in of docker.service is one" {
	local file=$FILES/docker/docker.service.d/50-ocirun.conf
	# BuildKit of a dockerd that has this environment is tested with docker.
	same "$(grep -v '^#' "$file")" \
		$'[Service]\nEnvironment=DOCKER_BUILDKIT_RUNC_COMMAND=/usr/local/bin/ocirun'
}

# --- Kubernetes and others ------------------------------------------------------------------------

@test "kubernetes: the pod, by podman" {
	install_for_podman
	quietly podman tag "$IMAGE" docker.io/library/busybox:latest
	ok podman --runtime ocirun play kube --network none "$FILES/kubernetes/pod.yaml"
	ok podman inspect --format '{{.OCIRuntime}} {{.State.Status}} {{.HostConfig.Memory}}' \
		ocirun-example-shell
	same "$output" "ocirun running 67108864"
	ok podman play kube --down "$FILES/kubernetes/pod.yaml"
}

@test "kubernetes: the RuntimeClass" {
	install_for_podman
	# It can be read, and is no pod.
	fails "does not contain any supported kube kind" \
		podman play kube "$FILES/kubernetes/runtimeclass.yaml"
	same "$(sed -n 's/^handler: //p' "$FILES/kubernetes/runtimeclass.yaml")" \
		"$(sed -n 's/^  runtimeClassName: //p' "$FILES/kubernetes/pod.yaml")"
}

@test "CRI-O and BuildKit: the files can be read" {
	well_formed "$FILES/crio/50-ocirun.conf"
	well_formed "$FILES/buildkit/buildkitd.toml"
	echo 'a = [' >"$WORK/not.toml"
	CONTAINERS_CONF=$WORK/not.toml fails "" podman info --format fine
}

# --- make install ---------------------------------------------------------------------------------

# bats test_tags=short
@test "make install places all of them, true to where the program is; uninstall removes them" {
	needs_cmd make
	[[ -e $SERVIN_BUILDDIR/Makefile ]] || skip "needs a configured build directory"
	local dest=$WORK/dest share=$WORK/dest/opt/share
	local make=(make -s -C "$SERVIN_BUILDDIR" DESTDIR="$dest" prefix=/opt
		containers_conf_dir=/etc/containers/containers.conf.d)
	quietly "${make[@]}" install
	same "$(cd "$share/ocirun/engines" && find . -type f | sort)" \
		"$(cd "$FILES" && find . -type f | sort)"
	cmp "$dest/etc/containers/containers.conf.d/50-ocirun.conf" \
		"$share/ocirun/engines/containers.conf.d/50-ocirun.conf"
	same "$(jq -r .runtimes.ocirun.path "$share/ocirun/engines/docker/daemon.json")" \
		/opt/bin/ocirun
	[[ -x $dest/opt/bin/ocirun ]]
	same "$(grep -r -F -l /usr/local/bin/ocirun "$share/ocirun")" ""
	quietly "${make[@]}" uninstall
	same "$(find "$dest" -type f)" ""
	[[ ! -e $share/ocirun ]]
	# unless asked for, nothing goes where an engine reads it
	quietly "${make[@]}" containers_conf_dir= install
	same "$(find "$dest/etc" -type f)" ""
}
