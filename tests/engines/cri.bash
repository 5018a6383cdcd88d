# shellcheck shell=bash disable=SC2034,SC2154
#
# For suites that ask containerd's CRI plugin, as kubelet does: calls of gRPC made of protoc and
# curl.  Requests and answers are in protobuf's text form; cri.proto has what is known of them.
#
#	$name		a name for the test's pod
#	$POD		more of its configuration: `hostname: "box"`
#	$POD_LINUX	more of its .linux, $POD_SECURITY of .linux.security_context
#	$CONFIG		more of a container's configuration
#	$RESOURCES	its .linux.resources, $SECURITY its .linux.security_context
#
# A pod has the network of the node unless it says: NETWORK=POD.

NAMESPACE=k8s.io
PARENT_CGROUP=pods
NEEDS="protoc curl"
load "${BASH_SOURCE[0]%/*}/containerd"

# start_cri: containerd with the runtime as the handler ocirun, which is the default.
start_cri()
{
	containerd_lacks && return
	mkdir -p /etc/containerd /etc/cni/net.d
	cri_config >/etc/containerd/config.toml
	cni_config >/etc/cni/net.d/10-pods.conflist
	start_containerd
	make_pause
	quietly ctr images import "$WORK/pause.tar"
}

# The score may not be lowered where CAP_SYS_RESOURCE is missing.
cri_config()
{
	cat <<-END
		version = 2
		[plugins."io.containerd.grpc.v1.cri"]
		sandbox_image = "docker.io/library/pause:latest"
		restrict_oom_score_adj = true
		[plugins."io.containerd.grpc.v1.cri".cni]
		bin_dir = "/usr/lib/cni"
		[plugins."io.containerd.grpc.v1.cri".containerd]
		default_runtime_name = "ocirun"
		[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.ocirun]
		runtime_type = "io.containerd.runc.v2"
		[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.ocirun.options]
		BinaryName = "$RUNTIME"
	END
}

cni_config()
{
	jq -n '{ cniVersion: "0.4.0", name: "pods", plugins: [{
		type: "bridge", bridge: "pods0", isGateway: true,
		ipam: {
			type: "host-local", ranges: [[{ subnet: "10.98.0.0/24" }]],
			routes: [{ dst: "0.0.0.0/0" }],
		},
	}] }'
}

# What holds a pod's namespaces: the image that all have, with another name and command.
make_pause()
{
	local dir=$WORK/pause

	mkdir "$dir"
	tar -xf "$IMAGE_TAR" -C "$dir"
	jq '.config.Cmd = ["/bin/sleep", "1000000"]' "$dir/config.json" >"$dir/config"
	mv "$dir/config" "$dir/config.json"
	jq '.[0].RepoTags = ["docker.io/library/pause:latest"]' "$dir/manifest.json" \
		>"$dir/manifest"
	mv "$dir/manifest" "$dir/manifest.json"
	tar -cf "$dir.tar" -C "$dir" manifest.json config.json layer.tar
}

# --- calls ------------------------------------------------------------------------------------

proto()
{
	protoc -I "$ENGINES" "$@" "$ENGINES/cri.proto"
}

# A message of gRPC: not compressed, its length, itself.
framed()
{
	local size

	size=$(printf %08x "$(stat -c %s "$1")")
	printf '\0%b' "\\x${size:0:2}\\x${size:2:2}\\x${size:4:2}\\x${size:6:2}"
	cat "$1"
}

# ask METHOD [REQUEST]: sets $answer, $grpc_status and $grpc_message.
ask()
{
	local dir=$BATS_TEST_TMPDIR

	proto --encode="runtime.v1.$1Request" <<<"${2:-}" >"$dir/request" || return
	framed "$dir/request" >"$dir/frame"
	curl -sS --max-time "$COMMAND_LIMIT" --http2-prior-knowledge \
		--unix-socket /run/containerd/containerd.sock \
		-H 'content-type: application/grpc' -H 'te: trailers' --data-binary "@$dir/frame" \
		-D "$dir/headers" -o "$dir/response" \
		"http://cri/runtime.v1.RuntimeService/$1" || return
	grpc_status=$(sed -n 's/^grpc-status: //p' "$dir/headers" | tr -d '\r')
	grpc_message=$(sed -n 's/^grpc-message: //p' "$dir/headers" | tr -d '\r')
	answer=$(tail -c +6 "$dir/response" | proto --decode="runtime.v1.$1Response")
}

# call METHOD [REQUEST]: must succeed; sets $answer.
call()
{
	ask "$@" || return
	[[ $grpc_status == 0 ]] || die "$*: status $grpc_status: $grpc_message"
}

# refused WORDS METHOD [REQUEST]: must be answered by an error that says so.
refused()
{
	ask "${@:2}" || return
	[[ $grpc_status != 0 ]] || die "${*:2}: succeeded, but should say: $1" "$answer"
	has "$grpc_message" "$1"
}

# field NAME: the first of that name in $answer, as it is.
field()
{
	local value

	value=$(sed -n "s/^ *$1: //p" <<<"$answer" | head -n 1)
	[[ $value != \"* ]] || value=${value:1:-1}
	# shellcheck disable=SC2059
	printf "${value//%/%%}"
}

# quoted WORD: as text in a request.
quoted()
{
	local word=$1

	word=${word//\\/\\\\}
	word=${word//\"/\\\"}
	printf '"%s"' "${word//$'\n'/\\n}"
}

# --- pods and containers ----------------------------------------------------------------------

pod_config()
{
	printf 'metadata { name: "%s" uid: "%s" namespace: "tests" }' "$name" "$name"
	printf ' log_directory: "%s" %s' "$BATS_TEST_TMPDIR/logs" "${POD:-}"
	printf ' linux { cgroup_parent: "/%s" %s security_context { %s %s } }' "$PARENT_CGROUP" \
		"${POD_LINUX:-}" "$(namespace_options)" "${POD_SECURITY:-}"
}

# namespace_options: $NETWORK (NODE) and $PID (CONTAINER).
namespace_options()
{
	printf 'namespace_options { network: %s pid: %s target_id: "%s" }' \
		"${NETWORK:-NODE}" "${PID:-CONTAINER}" "${TARGET_ID:-}"
}

# run_pod [HANDLER]: sets $pod, and $pod_pid to the process that holds its namespaces.
run_pod()
{
	call RunPodSandbox "config { $(pod_config) } runtime_handler: \"${1:-}\""
	pod=$(field pod_sandbox_id)
	pod_pid=$(pid_of "$pod")
}

pod_state()
{
	call PodSandboxStatus "pod_sandbox_id: \"$pod\""
	state=$(field state)
	echo "${state:-SANDBOX_READY}"
}

# container_config COMMAND...
container_config()
{
	local word

	printf 'metadata { name: "c%s" } image { image: "%s" }' "$container_count" "$IMAGE"
	printf ' log_path: "%s.log" %s' "$container_count" "${CONFIG:-}"
	for word; do printf ' command: %s' "$(quoted "$word")"; done
	printf ' linux { resources { %s } security_context { %s %s } }' "${RESOURCES:-}" \
		"$(namespace_options)" "${SECURITY:-}"
}

# create COMMAND...: a container in $pod; sets $container, and $ID for limit.
create()
{
	container_count=$((${container_count:-0} + 1))
	call CreateContainer "pod_sandbox_id: \"$pod\" config { $(container_config "$@") }
		sandbox_config { $(pod_config) }"
	container=$(field container_id)
	ID=$container
}

# of_container METHOD [MORE]: the call for $container.
of_container()
{
	call "$1" "container_id: \"$container\" ${2:-}"
}

# start COMMAND...: a container that runs; sets $container and $pid.
start()
{
	create "$@"
	of_container StartContainer
	pid=$(pid_of "$container")
}

# has_state STATE: $container, for wait_until.
has_state()
{
	of_container ContainerStatus && [[ $(field state) == "CONTAINER_$1" ]]
}

# once STATUS COMMAND...: a container that ends with STATUS; sets $output.
once()
{
	local wanted=$1

	shift
	start "$@"
	wait_until has_state EXITED
	output=$(logged)
	of_container ContainerStatus
	[[ $(exit_code) == "$wanted" ]] || die "$*: status $(exit_code), wanted $wanted" "$output"
}

# exit_code: of $answer, where 0 is not told.
exit_code()
{
	local code

	code=$(field exit_code)
	echo "${code:-0}"
}

# logged: what $container wrote; the log has time, stream and a mark in front.
logged()
{
	cut -d' ' -f4- "$BATS_TEST_TMPDIR/logs/$container_count.log"
}

# inside STATUS COMMAND...: one more process in $container; sets $output (both outputs).
inside()
{
	local wanted=$1 word request

	shift
	for word; do request+=" cmd: $(quoted "$word")"; done
	of_container ExecSync "$request"
	output=$(field stdout; field stderr)
	[[ $(exit_code) == "$wanted" ]] || die "$*: status $(exit_code), wanted $wanted" "$output"
}

# --- after a test -----------------------------------------------------------------------------

# Stands in the place of that for ctr: who makes by CRI must remove by it.
remove_containers()
{
	local id

	call ListPodSandbox
	sed -n 's/^ *id: "\(.*\)"/\1/p' <<<"$answer" | while read -r id; do
		call StopPodSandbox "pod_sandbox_id: \"$id\""
		call RemovePodSandbox "pod_sandbox_id: \"$id\""
	done
}
