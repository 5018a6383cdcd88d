#!/usr/bin/env bats
#
# Annotations that change what the runtime does.

load helpers

annotate()
{
	config --arg n "$1" --arg v "$2" '.annotations[$n] = $v'
}

# A hook of the host, and the same in the container: says its first argument on both outputs.
make_hook()
{
	printf '#!/bin/sh\necho "$1 out"\necho "$1 err" >&2\nexit "${2:-0}"\n' >hook
	chmod +x hook
	cp hook rootfs/hook
}

# all_hooks: each says its name.
all_hooks()
{
	make_hook
	config --arg h "$BUNDLE/hook" '.hooks = (["prestart", "createRuntime", "createContainer",
			"poststart", "poststop"] |
		map({ (.): [{ path: $h, args: ["hook", .] }] }) | add)
		| .hooks.startContainer = [{ path: "/hook", args: ["hook", "startContainer"] }]'
}

# each_says WORD: what the file is to hold.
each_says()
{
	printf "%s $1\n" prestart createRuntime createContainer startContainer poststart poststop
}

# proves: annotations
@test "annotations: what hooks write goes to files of the host" {
	all_hooks
	annotate run.oci.hooks.stdout "$BUNDLE/hooks.out"
	annotate run.oci.hooks.stderr "$BUNDLE/hooks.err"
	args sleep 1000
	run_ok create --bundle "$BUNDLE" "$ID"
	run_ok start "$ID"
	run_ok delete --force "$ID"
	same "$(<hooks.out)" "$(each_says out)"
	same "$(<hooks.err)" "$(each_says err)"
	# They are added to.
	run_ok run --bundle "$BUNDLE" --detach "$ID"
	run_ok delete --force "$ID"
	same "$(wc -l <hooks.out)" 12
}

# proves: annotations
@test "annotations: only one output of hooks is redirected, the other is for the error" {
	make_hook
	config --arg h "$BUNDLE/hook" '.hooks.createRuntime = [{ path: $h, args: ["hook", "x", "3"] }]'
	annotate run.oci.hooks.stdout "$BUNDLE/hooks.out"
	run_fail "exit status 3: x err" create --bundle "$BUNDLE" "$ID"
	same "$(<hooks.out)" "x out"
}

# proves: annotations
@test "annotations: hooks write to the runtime's own streams" {
	all_hooks
	annotate run.oci.hooks.stdout /dev/stdout
	annotate run.oci.hooks.stderr /dev/stderr
	args true
	run_ok run --bundle "$BUNDLE" "$ID"
	has "$output" "createRuntime out"
	has "$output" "createRuntime err"
	has "$output" "startContainer out"
	has "$output" "poststop err"
}

# proves: annotations
@test "annotations: the program inherits nothing of the hooks' files" {
	all_hooks
	annotate run.oci.hooks.stdout "$BUNDLE/hooks.out"
	container_ok 'ls /proc/self/fd'
	same "$(tr '\n' ' ' <<<"$output")" "0 1 2 3 "
}

# proves: annotations
@test "annotations: a file of hooks that cannot be opened is an error" {
	all_hooks
	annotate run.oci.hooks.stderr "$BUNDLE/no/such/file"
	run_fail "annotation run.oci.hooks.stderr: open $BUNDLE/no/such/file: no such file" \
		create --bundle "$BUNDLE" "$ID"
	same "$status" 1
	run_fail "does not exist" state "$ID"
	annotate run.oci.hooks.stderr hooks.err
	run_fail '.annotations["run.oci.hooks.stderr"]: must be an absolute path' \
		create --bundle "$BUNDLE" "$ID"
	mkfifo fifo
	annotate run.oci.hooks.stderr "$BUNDLE/fifo"
	run_fail "open $BUNDLE/fifo: no such device or address" create --bundle "$BUNDLE" "$ID"
}

# proves: annotations, §3.29
@test "annotations: a file of poststop hooks that cannot be opened is a warning" {
	all_hooks
	config 'del(.hooks.prestart, .hooks.createRuntime, .hooks.createContainer, .hooks.poststart,
		.hooks.startContainer) | .hooks.poststop[0].path = "/bin/sh"
		| .hooks.poststop[0].args = ["sh", "-c", "echo >'"$BUNDLE"'/ran"]'
	mkdir logs
	annotate run.oci.hooks.stdout "$BUNDLE/logs/out"
	running
	rm -r logs
	run_ok delete --force "$ID"
	has "$output" "annotation run.oci.hooks.stdout: open $BUNDLE/logs/out: no such file"
	[[ -e ran ]]
}

# proves: annotations
@test "annotations: a pidfd goes to the receiver" {
	[[ -x $RECVFD ]] || skip "needs the receiver"
	background "$RECVFD" "$BUNDLE/receiver"
	wait_until test -S receiver
	annotate run.oci.pidfd_receiver "$BUNDLE/receiver"
	running
	wait_until grep -q "anon_inode:.pidfd" "$background_output"
}

# proves: annotations
@test "annotations: a receiver that is not there is an error" {
	annotate run.oci.pidfd_receiver "$BUNDLE/nobody"
	run_fail "pidfd socket: " create --bundle "$BUNDLE" "$ID"
	run_fail "does not exist" state "$ID"
}

# proves: annotations
@test "annotations: a handler that we do not have is an error" {
	annotate run.oci.handler krun
	run_fail '.annotations["run.oci.handler"]: this runtime has no handler krun' \
		create --bundle "$BUNDLE" "$ID"
	same "$status" 1
	config 'del(.annotations)'
	annotate module.wasm.image/variant compat
	run_fail '.annotations["module.wasm.image/variant"]: this runtime has no handler compat' \
		create --bundle "$BUNDLE" "$ID"
	annotate module.wasm.image/variant compat-smart
	run_ok run --bundle "$BUNDLE" "$ID"
}

# proves: annotations
@test "annotations: the sandbox of a pod has no handler, whatever its annotations say" {
	annotate run.oci.handler krun
	annotate io.kubernetes.cri.container-type sandbox
	run_ok run --bundle "$BUNDLE" "$ID"
	annotate io.kubernetes.cri.container-type container
	run_fail "has no handler krun" create --bundle "$BUNDLE" "$ID"
}

# proves: annotations
@test "annotations: all others are told and mean nothing" {
	annotate bundle /nowhere
	annotate org.example.anything "a b"
	annotate run.oci.nothing yes
	running
	same "$(ocirun state "$ID" | jq -r '.annotations["org.example.anything"]')" "a b"
	same "$(ocirun state "$ID" | jq -r .bundle)" "$BUNDLE"
}

@test "annotations: what only crun does is a warning" {
	config '.annotations = { "run.oci.delegate-cgroup": "/sub" }'
	container_ok 'true'
	has "$output" '.annotations["run.oci.delegate-cgroup"]: has no effect'
}
