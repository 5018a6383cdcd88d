# What the benches of engines share.  They run in tests/engines/world, which sets WORLD.
#
# runtimes: "NAME=PATH" of what podman and docker are to know beside their own.

# shellcheck disable=SC2034	# for who loads this file
image=docker.io/library/bb:latest
runtimes=()

die()
{
	echo "bench: $*" >&2
	exit 1
}

# await COMMAND...: for at most 20 seconds.
await()
{
	local end=$((SECONDS + 20))

	until "$@" >/dev/null 2>&1; do
		((SECONDS < end)) || die "waited in vain for: $*"
		sleep 0.05
	done
}

# A limit above ours could not be set where CAP_SYS_RESOURCE is lacking.
podman_start()
{
	local files processes

	files=$(ulimit -Hn) processes=$(ulimit -Hu)
	[[ $processes != unlimited ]] || processes=30000
	mkdir -p /etc/containers/containers.conf.d
	{
		echo "[containers]"
		echo "default_ulimits = [\"nofile=$files:$files\", \"nproc=$processes:$processes\"]"
		echo "[engine]"
		echo 'cgroup_manager = "cgroupfs"'
		echo 'events_logger = "file"'
		((${#runtimes[@]} == 0)) ||
			echo "runtime_supports_json = [$(printf '"%s",' "${runtimes[@]%%=*}")]"
	} >/etc/containers/containers.conf.d/90-bench.conf
	podman load --quiet --input "$WORLD/bb.tar" >/dev/null
}

ctr_start()
{
	setsid containerd >"$WORLD/containerd.log" 2>&1 &
	await ctr version
	ctr images import "$WORLD/bb.tar" >/dev/null
}

docker_start()
{
	local runtime

	mkdir -p /etc/docker
	for runtime in "${runtimes[@]}"; do
		jq -n '{ ($name): { path: $path } }' --arg name "bench-${runtime%%=*}" \
			--arg path "${runtime#*=}"
	done | jq -s '{ runtimes: (add // {}), bridge: "none", iptables: false }' \
		>/etc/docker/daemon.json
	setsid dockerd >"$WORLD/dockerd.log" 2>&1 &
	await docker version
	docker load --quiet --input "$WORLD/bb.tar" >/dev/null
}

# What an engine is, or nothing if it is not here.
version()
{
	case $1 in
	podman) podman --version ;;
	ctr) containerd --version | cut -d' ' -f1,3 | sed 's,.*/,,' ;;
	docker) dockerd --version | cut -d, -f1 ;;
	*) die "$1: not an engine that is known here" ;;
	esac 2>/dev/null
}

# From lines "ROUND NAME MICROSECONDS [CPU]": a row of the table for each name, with best and median
# of the times, and the median of what it took compared with the first name in the same round; with
# CPU the same for that.
rows()
{
	awk -v title="$1" '
		function median(values, n,  i, j, v) {
			for (i = 2; i <= n; i++) {
				v = values[i]
				for (j = i - 1; j > 0 && values[j] > v; j--)
					values[j + 1] = values[j]
				values[j + 1] = v
			}
			return n % 2 ? values[(n + 1) / 2] : (values[n / 2] + values[n / 2 + 1]) / 2
		}
		function print_part(of, name,  i, middle) {
			for (i = 1; i <= last; i++) {
				times[i] = of[name, i]
				ratios[i] = of[names[1], i] ? of[name, i] / of[names[1], i] : 0
			}
			middle = median(times, last)	# which sorts them
			printf " %.1f | %.1f | %.2f |", times[1] / 1000, middle / 1000,
				median(ratios, last)
		}
		!($2 in seen) { seen[$2]; names[++count] = $2 }
		{ time[$2, $1] = $3; cpu[$2, $1] = $4; last = $1; parts = NF }
		END {
			for (k = 1; k <= count; k++) {
				printf "| %s | %s |", title, names[k]
				print_part(time, names[k])
				if (parts > 3)
					print_part(cpu, names[k])
				print ""
			}
		}'
}
