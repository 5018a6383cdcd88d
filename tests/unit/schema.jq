# Every property of a JSON schema of the runtime specification as a line like
# those of `spec-tool rows`:  path  kind  required  range  choices
#
#	jq -n -r -f schema.jq --arg file config-schema.json --argjson docs '{NAME: DOCUMENT...}'

# Where a $ref of the document $doc leads, with its document.
def target($doc; $ref):
	($ref | split("#")) as [$file, $pointer]
	| (if $file == "" then $doc else $file end) as $doc
	| { $doc, node: ($pointer | ltrimstr("/") | split("/") as $path | $docs[$doc] | getpath($path)) };

# A node without $ref, anyOf of one, and allOf.
def plain($doc):
	if has("$ref") then
		target($doc; .["$ref"]) as $t | $t.node | plain($t.doc)
	elif has("anyOf") then
		.anyOf[0] | plain($doc)
	elif has("allOf") then
		[.allOf[] | plain($doc)]
		| { doc: .[0].doc, node: { type: "object", properties: (map(.node.properties // {}) | add),
					   required: (map(.node.required // []) | add) } }
	else
		{ $doc, node: . }
	end;

def kind($item):
	if .type == "array" then
		{ string: "strings", integer: "integers", object: "list" }[$item.type]
	elif .type == "object" and (has("additionalProperties") or has("patternProperties")) then
		"map"
	else
		.type
	end;

def range:
	if .type == "integer" then
		"\(.minimum // -9223372036854775808)..\(.maximum // 9223372036854775807)"
	else
		"-"
	end;

def choices:
	if .enum then .enum | join(",") elif .pattern then "pattern" else "-" end;

def properties($doc; $front):
	(.required // []) as $required
	| .properties // {} | to_entries[]
	| .key as $name | "\($front).\($name)" as $path
	| (.value | plain($doc)) as $p
	| ($p.node | (.items // .additionalProperties // {}) | plain($p.doc)) as $item
	| ($p.node | kind($item.node)) as $kind
	| ([$item.node, $p.node][if $kind == "strings" or $kind == "integers" then 0 else 1 end]) as $leaf
	| ([$path, $kind, (if $required | index([$name]) then "required" else "-" end),
	    ($leaf | range), ($leaf | choices)] | join("\t")),
	  (if $kind == "object" then $p.node | properties($p.doc; $path)
	   elif $kind == "list" then $item.node | properties($item.doc; $path + "[]")
	   elif $kind == "map" then $item.node | properties($item.doc; $path + ".*")
	   else empty end);

$docs[$file]
| del(.properties | .solaris, .windows, .vm, .zos, .freebsd)
| properties($file; "")
