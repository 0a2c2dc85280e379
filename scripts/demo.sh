#!/usr/bin/env bash
# From a fresh clone to an answer, and to the same answer from prompt embeddings.
# usage: scripts/demo.sh
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

question='What is the capital of France?'

step() { printf '\n==> %s\n' "$*"; }

step 'dependencies'
scripts/install-dependencies.sh
make --no-print-directory build
make --no-print-directory model

# The commands below are run as they are printed, with the model that was just fetched.
unset SWIFTLLM_MODEL
PATH=$PWD/.build/release:$PATH
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
cd -- "$folder"

step 'a chat answer from text'
printf '$ swiftllm generate --chat "%s" -t 0\n' "$question"
swiftllm generate --chat "$question" -t 0 | tee text.txt

step 'the same prompt as embeddings, in a file that torch.load reads'
printf '$ swiftllm encode-embeds --chat "%s" -o prompt.pt\n' "$question"
swiftllm encode-embeds --chat "$question" -o prompt.pt
ls -l prompt.pt

step 'the same answer from embeddings, through a pipe'
printf '$ swiftllm encode-embeds --chat "%s" | swiftllm generate -e - -t 0\n' "$question"
swiftllm encode-embeds --chat "$question" | swiftllm generate -e - -t 0 | tee pipe.txt

step 'and from the file'
printf '$ swiftllm generate -e prompt.pt -t 0\n'
swiftllm generate -e prompt.pt -t 0 | tee file.txt

if [[ ! -s text.txt ]] || ! cmp text.txt pipe.txt || ! cmp text.txt file.txt; then
  step 'the answers differ: this is a bug'
  exit 1
fi
step "the answers agree, byte for byte ($(wc -c <text.txt) bytes)"
