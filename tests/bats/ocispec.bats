# The tables of libocispec against the schemas and examples of the runtime
# specification, which are no part of this project.  SERVIN_SPEC_DIR names
# their directory; else it is shared/spec beside the checkout.

setup() {
	source="${SERVIN_SRCDIR:-$BATS_TEST_DIRNAME/../..}"
	tool="${SERVIN_BUILDDIR:-$source/build}/tests/unit/spec-tool"
	spec="${SERVIN_SPEC_DIR:-$source/../shared/spec}"
	[ -x "$tool" ] || skip "tests/unit/spec-tool is not built"
	[ -f "$spec/config-schema.json" ] || skip "no schemas in $spec (see SERVIN_SPEC_DIR)"
	command -v jq >/dev/null || skip "jq is not installed"
}

# Ranges go through jq on both sides, for jq rounds large numbers.
normal() {
	jq -R -r 'split("\t") | .[3] |= (if . == "-" then . else split("..") | map(tonumber | tostring) | join("..") end)
		| join("\t")' | sort
}

schema_rows() {
	local docs
	docs=$(cd "$spec" && for f in *.json; do jq --arg f "$f" '{ ($f): . }' "$f"; done | jq -s add)
	jq -n -r --argjson docs "$docs" --arg file "$1-schema.json" -f "$source/tests/unit/schema.jq" | normal
}

# compare TYPE: our rows differ from the schema's as standard input says: < schema, > ours.
compare() {
	diff <(schema_rows "$1") <("$tool" rows "$1" | normal) | grep '^[<>]' | sort >"$BATS_TEST_TMPDIR/differences" || true
	expand_tabs() { sed 's/\t/ /g'; }
	diff <(sort | expand_tabs) <(expand_tabs <"$BATS_TEST_TMPDIR/differences")
}

@test "config.json: the rows are the schema's" {
	# File modes may come with the file type, and propagation may be recursive, as Docker writes it.
	# The types of a device are a list of choices; those of resource limits are the runtime's to know.
	compare config <<-'END'
	< .linux.devices[].fileMode integer - 0..511 -
	> .linux.devices[].fileMode integer - 0..4294967295 -
	< .linux.devices[].type string required - pattern
	> .linux.devices[].type string required - c,b,u,p
	< .linux.rootfsPropagation string - - private,shared,slave,unbindable
	> .linux.rootfsPropagation string - - private,shared,slave,unbindable,rprivate,rshared,rslave,runbindable
	< .process.rlimits[].type string required - pattern
	> .process.rlimits[].type string required - -
	END
}

@test "state: the rows are the schema's" {
	# What runc and crun print besides.
	compare state <<-'END'
	< .status string required - creating,created,running,stopped
	> .status string required - creating,created,running,paused,stopped
	> .created string - - -
	> .owner string - - -
	> .rootfs string - - -
	END
}

@test "features: the rows are the schema's" {
	# What features-linux.md has and the schema has not yet.
	compare features <<-'END'
	< .linux.capabilities strings - - pattern
	> .linux.capabilities strings - - -
	> .linux.intelRdt.monitoring boolean - - -
	> .linux.intelRdt.schemata boolean - - -
	> .linux.memoryPolicy object - - -
	> .linux.memoryPolicy.flags strings - - MPOL_F_NUMA_BALANCING,MPOL_F_RELATIVE_NODES,MPOL_F_STATIC_NODES
	> .linux.memoryPolicy.modes strings - - MPOL_DEFAULT,MPOL_BIND,MPOL_INTERLEAVE,MPOL_WEIGHTED_INTERLEAVE,MPOL_PREFERRED,MPOL_PREFERRED_MANY,MPOL_LOCAL
	END
}

@test "good examples are accepted" {
	for file in "$spec"/test/*/good/*.json; do
		type=$(basename "${file%/good/*}")
		"$tool" recode "$type" "$file" >"$BATS_TEST_TMPDIR/out"
	done
}

@test "bad examples are refused, with file and line" {
	for file in "$spec"/test/*/bad/*.json; do
		type=$(basename "${file%/bad/*}")
		run "$tool" recode "$type" "$file"
		echo "$output"
		[ "$status" -eq 1 ]
		[[ "$output" == "$file":[0-9]*": ."* ]]
	done
}

@test "nothing that is known is lost in reading and writing" {
	for file in "$spec"/test/*/good/*.json; do
		type=$(basename "${file%/good/*}")
		unknown=$("$tool" check "$type" "$file" | cut -f 3 | paste -s -d ,)
		diff <(jq -S "del(${unknown:-empty})" "$file") \
			<("$tool" recode "$type" "$file" | jq -S .)
	done
}

@test "documents are written as jq writes them" {
	for file in "$spec"/test/config/good/minimal*.json; do
		diff <("$tool" recode config "$file") <("$tool" recode config "$file" | jq .)
	done
}
