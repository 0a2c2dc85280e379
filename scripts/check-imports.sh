#!/usr/bin/env bash
# Checks that the modules in Sources depend on each other only as this table allows.
# usage: scripts/check-imports.sh
# Two things must agree with it: the `import` lines, and the dependencies in Package.swift.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

# What each module may import, besides the standard library's own modules below. Arrows point up
# only: a module imports modules above it. Only Tensors and Tokenization see C, only Server sees the network packages.
allowed='
CKernels:
Hummingbird:
HTTPTypes:
Logging:
NIOCore:
NIOPosix:
CLAPACKE:
COniguruma:
JSON:
ArgumentParsing:
Tokenization: COniguruma JSON
ChatTemplates: JSON
Tensors: CKernels CLAPACKE
TensorSerialization: Tensors JSON
Models: Tensors TensorSerialization Tokenization JSON
Sampling: Models Tokenization Tensors
Prompts: Models Tokenization ChatTemplates Tensors TensorSerialization JSON
Engine: Prompts Sampling Models ChatTemplates Tokenization TensorSerialization Tensors JSON
Server: Engine Prompts Sampling Models ChatTemplates Tokenization TensorSerialization Tensors JSON Hummingbird Logging NIOCore NIOPosix HTTPTypes
swiftllm: ArgumentParsing Server Engine Prompts Models Sampling Tokenization ChatTemplates TensorSerialization Tensors JSON
'
# Foundation is not among them: loading it would double the time that the program takes to start.
system='Swift Glibc Synchronization'

faults=0
fault() {
  printf 'check-imports: %s\n' "$*" >&2
  faults=$((faults + 1))
}

declare -A imports=()
while IFS=: read -r module names; do
  [[ -n $module ]] || continue
  for name in $names; do
    [[ -n ${imports[$name]+known} ]] || fault "the table lets '$module' import '$name', which is not above it"
  done
  imports[$module]=" $names "
done <<<"$allowed"

# `import X`, with any attributes, access level and kind of symbol before X; its first component counts.
pattern='^[[:space:]]*(@[A-Za-z_]+(\([^)]*\))?[[:space:]]+)*((public|package|internal|fileprivate|private)[[:space:]]+)?import[[:space:]]+((struct|class|enum|protocol|func|var|let|typealias|actor)[[:space:]]+)?([A-Za-z_][A-Za-z0-9_]*)'

for folder in Sources/*/; do
  module=$(basename "$folder")
  if [[ -z ${imports[$module]+known} ]]; then
    fault "module '$module' is not in the table"
    continue
  fi
  while IFS=: read -r file line text; do
    [[ $text =~ $pattern ]] || continue
    name=${BASH_REMATCH[7]}
    [[ "${imports[$module]} $system " == *" $name "* ]] \
      || fault "$file:$line: '$module' may not import '$name'"
  done < <(grep -rnE --include='*.swift' "$pattern" "$folder" || true)
done

# One line a target, as in the table.
declared=$("${SWIFT:-swift}" package dump-package | python3 -c '
import json, sys
for target in json.load(sys.stdin)["targets"]:
    if target["type"] != "test" and target["name"] != "TestSupport":
        names = [next(iter(dependency.values()))[0] for dependency in target["dependencies"]]
        print(target["name"] + ":", *names)
')
while IFS=: read -r module names; do
  for name in $names; do
    [[ "${imports[$module]-}" == *" $name "* ]] \
      || fault "Package.swift: '$module' may not depend on '$name'"
  done
  for name in ${imports[$module]-}; do
    [[ " $names " == *" $name "* ]] \
      || fault "Package.swift: '$module' does not depend on '$name', which the table lets it import"
  done
done <<<"$declared"

if ((faults > 0)); then
  printf 'check-imports: %d faults\n' "$faults" >&2
  exit 1
fi
printf 'imports: %d modules follow the table\n' "${#imports[@]}"
