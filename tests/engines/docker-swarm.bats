# shellcheck shell=bash disable=SC2016,SC2030,SC2031,SC2154
# Docker's swarm of one machine: services, whose containers the daemon starts by itself with its
# default runtime.  Ports go by mode=host: the other mode takes IPVS.
load docker

setup_file()
{
	docker_lacks && return
	docker_up
	# A swarm wants an address that is none of the loopback's own.
	ip address add 10.97.0.1/32 dev lo
	quietly docker swarm init --advertise-addr 10.97.0.1
}

teardown()
{
	local failed=0

	[[ -e $WORK/dockerd.pid ]] || return 0
	docker_alive || failed=1
	docker service ls --quiet 2>/dev/null | xargs -r docker service rm >/dev/null
	wait_until no_tasks || failed=1
	docker_nothing_left || failed=1
	return $failed
}

# The swarm may forget one that had ended before its service was removed.
no_tasks()
{
	docker ps --all --quiet --filter status=exited | xargs -r docker rm
	[[ -z $(docker ps --all --quiet) ]]
}

# service [OPTION...] -- COMMAND...: one called $name; does not wait for its tasks.
service()
{
	local options command

	sides "$@"
	quietly docker service create --detach --no-resolve-image --name "$name" \
		--restart-delay 100ms "${options[@]}" bb "${command[@]}"
}

# The containers of $name that run.
tasks()
{
	docker ps --quiet --filter "label=com.docker.swarm.service.name=$name"
}

# running_tasks N, for wait_until: by what runs and by what the swarm knows, for it fails to end
# tasks of which it learns at the same moment that they run.
running_tasks()
{
	[[ $(tasks | wc -l) == "$1" ]] &&
		[[ $(docker service ps --format '{{.CurrentState}}' "$name" | grep -c ^Running) == "$1" ]]
}

# settled N, for wait_until: the same, and the swarm has forgotten those that it has ended: a manager
# of 20.10 crashes when a service is removed meanwhile.
settled()
{
	running_tasks "$1" && [[ $(docker ps --all --quiet | wc -l) == "$1" &&
		$(docker service ps --quiet "$name" | wc -l) == "$1" ]]
}

# service_logged N WORDS, for wait_until: whether so many lines of the service's log are these.
service_logged()
{
	[[ $(docker service logs --raw "$name" 2>&1 | grep -c -x -F -e "$2") == "$1" ]]
}

# task_was STATE, for wait_until: whether a task of $name came that far.
task_was()
{
	docker service ps --format '{{.CurrentState}}' "$name" | grep -q "^$1"
}

# update_was STATE, for wait_until.
update_was()
{
	[[ $(docker service inspect --format '{{.UpdateStatus.State}}' "$name") == "$1" ]]
}

# bats test_tags=short
@test "a service: replicas, logs, scale, rm" {
	service --replicas 2 --stop-signal KILL -- sh -c 'echo up; exec sleep 1000'
	wait_until running_tasks 2
	same "$(docker inspect --format '{{.HostConfig.Runtime}}' "$(tasks | head -n 1)")" tested
	wait_until service_logged 2 up
	quietly docker service scale --detach "$name=3"
	wait_until running_tasks 3
	quietly docker service scale --detach "$name=1"
	wait_until settled 1
	quietly docker service rm "$name"
	wait_until no_tasks
}

@test "a rolling update" {
	service --replicas 2 --stop-signal KILL --env A=1 -- sh -c 'echo has $A; exec sleep 1000'
	wait_until service_logged 2 "has 1"
	quietly docker tag bb bb:new
	quietly docker service update --detach --env-rm A --env-add A=2 --image bb:new \
		--no-resolve-image --limit-memory 64m --update-monitor 100ms "$name"
	wait_until update_was completed
	wait_until service_logged 2 "has 2"
	wait_until running_tasks 2
	name=$(tasks | head -n 1)
	same "$(shown .Config.Image)" bb:new
	has_limit memory memory.limit_in_bytes memory.max $((64 << 20))
}

@test "an update that fails is rolled back" {
	service --stop-signal KILL --update-failure-action rollback --update-monitor 100ms \
		--rollback-monitor 100ms -- sleep 1000
	wait_until running_tasks 1
	quietly docker service update --detach --args nosuch "$name"
	wait_until update_was rollback_completed
	ok docker service ps --no-trunc --format '{{.Error}}' "$name"
	has "$output" 'not found in $PATH'
	wait_until running_tasks 1
}

@test "one that ends: complete, failed, a job" {
	service --restart-condition none -- sh -c 'echo finished'
	wait_until task_was Complete
	service_logged 1 finished
	quietly docker service rm "$name"
	service --restart-condition on-failure --restart-max-attempts 1 -- sh -c 'exit 3'
	wait_until task_was Failed
	ok docker service ps --no-trunc --format '{{.Error}}' "$name"
	has "$output" "non-zero exit (3)"
	quietly docker service rm "$name"
	service --mode replicated-job --replicas 2 -- echo job
	wait_until service_logged 2 job
}

@test "a task that is killed is replaced" {
	service -- sleep 1000
	wait_until running_tasks 1
	first=$(tasks)
	quietly docker kill "$first"
	wait_until task_was Failed
	wait_until running_tasks 1
	[[ $(tasks) != "$first" ]]
	quietly docker kill "$(tasks)"
}

@test "a task stops when it is told to" {
	service -- sh -c 'trap "echo stopping; exit 0" TERM; echo up; while :; do sleep 0.1; done'
	wait_until service_logged 1 up
	quietly docker service scale --detach "$name=0"
	wait_until service_logged 1 stopping
	wait_until running_tasks 0
}

@test "limits, secrets, configs, --init, the host's network" {
	printf hidden | quietly docker secret create "$name" -
	printf open | quietly docker config create "$name" -
	service --limit-memory 64m --limit-cpu 0.5 --limit-pids 33 --init --network host --read-only \
		--secret "$name" --config "source=$name,target=/etc/setting" --cap-drop ALL -- \
		sh -c 'cat /run/secrets/*; echo; cat /etc/setting; echo; sleep 1000'
	wait_until service_logged 1 hidden
	wait_until service_logged 1 open
	service=$name name=$(tasks)
	has_limit memory memory.limit_in_bytes memory.max $((64 << 20))
	has_limit pids pids.max pids.max 33
	has_limit cpu cpu.cfs_quota_us cpu.max "$(in_world 50000 "50000 100000")"
	inside cat /proc/1/comm
	same "$output" docker-init
	inside stat -L -c %i /proc/self/ns/net
	same "$output" "$(stat -L -c %i /proc/self/ns/net)"
	quietly docker service rm "$service"
	quietly docker secret rm "$service"
	quietly docker config rm "$service"
}

@test "a port of the host, and names in an overlay network" {
	quietly docker network create --driver overlay overlay
	service --network overlay --endpoint-mode dnsrr --stop-signal KILL \
		--publish mode=host,published=8080,target=80 -- httpd -f -p 80 -h /etc
	wait_until busybox wget -q -O "$BATS_TEST_TMPDIR/page" http://127.0.0.1:8080/passwd
	has "$(<"$BATS_TEST_TMPDIR/page")" /home/user
	server=$name name=$name-client
	service --network overlay --endpoint-mode dnsrr --restart-condition none -- \
		sh -c "until wget -q -O - http://$server/group; do sleep 0.1; done"
	wait_until service_logged 1 user:x:1000:
	docker service rm "$name" "$server"
	wait_until no_tasks
	wait_until docker network rm overlay
}

# The last, for it ends the swarm.
@test "leave ends all tasks" {
	service --replicas 2 --stop-signal KILL -- sleep 1000
	wait_until running_tasks 2
	quietly docker swarm leave --force
	wait_until no_tasks
	same "$(docker info --format '{{.Swarm.LocalNodeState}}')" inactive
}
