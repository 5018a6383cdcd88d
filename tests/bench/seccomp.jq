# A profile of container engines, with conditions, as the linux.seccomp of a container on x86-64 that
# has the capabilities $caps: what an engine does before it calls a runtime.

def any_of($list): . as $have | any($list[]; IN($have[]));
def all_of($list): . as $have | all($list[]; IN($have[]));
def holds:
	(.includes.arches // [] | length == 0 or any_of(["amd64"]))
	and (.excludes.arches // [] | any_of(["amd64"]) | not)
	and (.includes.caps // [] | . as $c | $caps | all_of($c))
	and (.excludes.caps // [] | any_of($caps) | not);

{
	defaultAction, defaultErrnoRet,
	architectures: [.archMap[] | select(.architecture == "SCMP_ARCH_X86_64")
		| .architecture, .subArchitectures[]],
	syscalls: [.syscalls[] | select(holds) | { names, action, errnoRet, args }
		| with_entries(select(.value != null and .value != []))]
}
