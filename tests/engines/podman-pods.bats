# Pods of podman, by hand and by `play kube`.  $name is the test's pod.
#
# shellcheck disable=SC2016,SC2034,SC2154

load podman

setup_file()
{
	lacks catatonit && return
	start_podman
}

teardown()
{
	[[ -z $LACKING ]] || return 0
	wait_until podman pod rm --force --all --time 0
	wait_until podman rm --force --all --time 0
}

# in_pod NAME COMMAND...: a container of the pod that runs beside the test.
in_pod()
{
	local name_in=$1

	shift
	ok podman run --detach --pod "$name" --name "$name-$name_in" "$IMAGE" "$@"
}

# namespaces CONTAINER: those that the containers of a pod share.
namespaces()
{
	podman exec "$1" sh -c 'for n in net ipc uts; do readlink /proc/self/ns/$n; done'
}

# bats test_tags=short
@test "the containers of a pod share namespaces" {
	ok podman pod create --name "$name" --hostname shared
	in_pod one sleep 1001
	in_pod two sleep 1002
	same "$(namespaces "$name-one")" "$(namespaces "$name-two")"
	[[ $(namespaces "$name-one") != *"$(readlink /proc/self/ns/net)"* ]]
	ok podman exec "$name-two" hostname
	same "$output" shared
	has_not "$(podman exec "$name-one" ps)" "sleep 1002"
	# one listens, the other calls it
	ok podman exec --detach "$name-one" sh -c 'mkdir /www; echo words >/www/index.html
		httpd -f -p 127.0.0.1:80 -h /www'
	wait_until podman exec "$name-two" wget -q -O - http://127.0.0.1/
	ok podman exec "$name-two" wget -q -O - http://127.0.0.1/
	same "$output" words
	ok podman pod ps --format '{{.Name}} {{.Status}} {{.NumberOfContainers}}'
	same "$output" "$name Running 3"
	ok podman pod rm --force --time 0 "$name"
}

@test "a pod with one pid namespace" {
	ok podman pod create --name "$name" --share net,ipc,uts,pid
	in_pod one sleep 1001
	in_pod two sleep 1002
	ok podman exec "$name-two" ps
	has "$output" "sleep 1001"
	has "$output" "sleep 1002"
	ok podman stop --time 0 "$name-one"
	ok podman exec "$name-two" ps
	has_not "$output" "sleep 1001"
	has "$output" "sleep 1002"
}

@test "pod start, stop, restart, kill" {
	ok podman pod create --name "$name"
	ok podman create --pod "$name" --name "$name-one" "$IMAGE" sleep 1001
	ok podman create --pod "$name" --name "$name-two" "$IMAGE" sleep 1002
	ok podman pod start "$name"
	wait_until is "$name-two" running
	ok podman pod kill --signal KILL "$name"
	wait_until is "$name-one" exited
	wait_until is "$name-two" exited
	same "$(of "$name-two" '{{.State.ExitCode}}')" 137
	ok podman pod restart "$name"
	wait_until is "$name-two" running
	ok podman pod stop --time 0 "$name"
	same "$(of "$name-one" '{{.State.Status}}')" exited
	same "$(podman pod inspect --format '{{.State}}' "$name")" Exited
}

@test "pod pause and unpause" {
	ok podman pod create --name "$name"
	in_pod one sleep 1001
	in_pod two sleep 1002
	ok podman pod pause "$name"
	same "$(of "$name-one" '{{.State.Status}}') $(of "$name-two" '{{.State.Status}}')" \
		"paused paused"
	ok podman pod unpause "$name"
	ok podman exec "$name-two" echo awake
	same "$output" awake
}

@test "pod stats and top" {
	needs_controller memory
	ok podman pod create --name "$name"
	in_pod one sleep 1001
	in_pod two sleep 1002
	ok podman pod stats --no-stream --format '{{.Name}} {{.PIDS}}' "$name"
	has "$output" "$name-one 1"
	has "$output" "$name-two 1"
	ok podman pod top "$name" args
	has "$output" "sleep 1001"
	has "$output" "sleep 1002"
}

@test "the limits of a pod" {
	ok podman pod create --name "$name" --cpus 0.5 --memory 100m
	ok podman run --detach --pod "$name" --name "$name-one" --memory 50m "$IMAGE" sleep 1000
	same "$(cgroup_value "$name-one" memory "$(in_world memory.limit_in_bytes memory.max)")" 52428800
	same "$(cgroup_value "$name-one" memory "$(in_world ../memory.limit_in_bytes ../memory.max)")" \
		104857600
	same "$(cgroup_value "$name-one" cpu "$(in_world ../cpu.cfs_quota_us ../cpu.max)")" \
		"$(in_world 50000 "50000 100000")"
}

@test "a pod in a user namespace, with a port" {
	ok podman pod create --name "$name" --uidmap 0:100000:65536 --publish 127.0.0.1:18081:80
	in_pod one sh -c 'mkdir /www; id -u >/www/index.html; exec httpd -f -p 80 -h /www'
	wait_until curl --silent --max-time 5 http://127.0.0.1:18081/
	ok curl --silent http://127.0.0.1:18081/
	same "$output" 0
	same "$(stat -c %u "/proc/$(pid_of "$name-one")")" 100000
}

# write_kube: $name.yaml: two containers that share a volume, a port, limits, a config map.
write_kube()
{
	cat >"$name.yaml" <<-END
		apiVersion: v1
		kind: ConfigMap
		metadata:
		  name: settings
		data:
		  word: configured
		---
		apiVersion: v1
		kind: Pod
		metadata:
		  name: $name
		spec:
		  restartPolicy: Never
		  containers:
		  - name: web
		    image: $IMAGE
		    command: ["sh", "-c", "exec httpd -f -p 80 -h /www"]
		    ports: [{ containerPort: 80, hostPort: 18082, hostIP: 127.0.0.1 }]
		    resources: { limits: { memory: 64Mi, cpu: 500m } }
		    securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false }
		    volumeMounts: [{ name: www, mountPath: /www }]
		  - name: writer
		    image: $IMAGE
		    command: ["sh", "-c", "echo \$WORD >/www/index.html; exec sleep 1000"]
		    env: [{ name: WORD, valueFrom: { configMapKeyRef: { name: settings, key: word } } }]
		    volumeMounts: [{ name: www, mountPath: /www }]
		  volumes:
		  - name: www
		    emptyDir: {}
	END
}

# bats test_tags=short
@test "play kube, and down again" {
	write_kube
	ok podman play kube "$name.yaml"
	wait_until curl --silent --fail --max-time 5 http://127.0.0.1:18082/
	ok curl --silent http://127.0.0.1:18082/
	same "$output" configured
	same "$(cgroup_value "$name-web" memory "$(in_world memory.limit_in_bytes memory.max)")" 67108864
	ok podman exec "$name-web" sh -c 'grep NoNewPrivs /proc/self/status; touch /x 2>&1 || :'
	has "$output" $'NoNewPrivs:\t1'
	has "$output" "Read-only file system"
	ok podman generate kube "$name"
	has "$output" "kind: Pod"
	ok podman play kube --down "$name.yaml"
	same "$(podman ps --all --quiet)" ""
}

# bats test_tags=short
@test "nothing is left of all these pods" {
	quietly podman pod rm --force --all --time 0
	same "$(find "/run/$RUNTIME_NAME" -mindepth 1 -maxdepth 1 ! -name .cache)" ""
	same "$(cgroup_dirs 'libpod-*')" ""
	same "$(grep -c /overlay-containers/ /proc/self/mountinfo)" 0
}
