# The linux.seccomp of a configuration for filter.c: the default, then a line for each rule:
# ACTION NAME NUMBER-OF-ARGUMENTS, and of each its INDEX OPERATOR VALUE VALUE.

def number: {
	"SCMP_ACT_ALLOW": 2147418112, "SCMP_ACT_ERRNO": (327680 + (.errnoRet // 1)),
}[.action];
def operator: ["NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ"] as $names
	| . as $op | $names | index($op | ltrimstr("SCMP_CMP_")) + 1;

.linux.seccomp | ({ action: .defaultAction, errnoRet: .defaultErrnoRet } | number) as $default
| $default, (.syscalls[] | select(number != $default) | number as $action
	| (.args // []) as $args | .names[]
	| [$action, ., ($args | length), ($args[] | .index, (.op | operator), .value, .valueTwo // 0)]
	| join(" "))
