# shellcheck shell=bash disable=SC2034,SC2154
#
# What the suites of attributes of a process and of labels share.

# probed: the container runs the probe, whose lines on attributes are then $output.
probed()
{
	[[ -x $PROBE ]] || skip "needs the probe"
	args probe attributes
	run_ok run --bundle "$BUNDLE" "$ID"
}

# exec_probed [OPTION...]: the same by exec in $ID.
exec_probed()
{
	[[ -x $PROBE ]] || skip "needs the probe"
	run_ok exec "$@" "$ID" probe attributes
}

# refused JQ PATH WORDS: such a configuration is an error before anything is made.
refused()
{
	cp config.json whole.json
	config "$1"
	run_status 1 create --bundle "$BUNDLE" "$ID"
	mv whole.json config.json
	has "$output" ": $2: $3"
	nothing_made
}

# failed JQ WORDS: one that the kernel refuses is undone.
failed()
{
	cp config.json whole.json
	config "$1"
	run_status 1 run --bundle "$BUNDLE" "$ID"
	mv whole.json config.json
	has "$output" "$2"
	nothing_made
}

nothing_made()
{
	same "$(find "$STATE" -mindepth 1)" ""
	same "$(cgroup_dirs "*$ID*")" ""
}

# process JQ: process.json for exec --process, the container's own process changed so.
process()
{
	jq ".process | .args = [\"probe\", \"attributes\"] | $1" "$BUNDLE/config.json" >process.json
}
