#!/usr/bin/env bash
# From a fresh clone to an answer, to the same answer from prompt embeddings, and to both over HTTP.
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
server=
finish() {
  [[ -z $server ]] || kill "$server" 2>/dev/null || true
  rm -rf -- "$folder"
}
trap finish EXIT
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

step 'a server on a free port'
printf '$ swiftllm serve --port 0 --enable-prompt-embeds &\n'
: >server.log
swiftllm serve --port 0 --enable-prompt-embeds --quiet 2>>server.log &
server=$!
url=
for _ in {1..100}; do
  url=$(sed -n 's/^listening on //p' server.log)
  if [[ -n $url ]] || ! kill -0 "$server" 2>/dev/null; then break; fi
  sleep 0.1
done
cat server.log
[[ -n $url ]]

ask() { # FIELD VALUE: the first choice's text for a prompt given as a field of JSON
  printf '{"%s": "%s", "max_tokens": 12, "temperature": 0}' "$1" "$2" >body.json
  curl --silent --show-error --fail --json @body.json "$url/v1/completions" | tee answer.json |
    sed -E 's/.*"text":"([^"]*)".*/\1/' && echo
}

prompt='The capital of France is'
step 'the server, asked with text'
printf '$ curl --json '\''{"prompt": "%s", "max_tokens": 12, "temperature": 0}'\'' %s/v1/completions\n' "$prompt" "$url"
ask prompt "$prompt" | tee served-text.txt

step 'the server, asked with embeddings'
printf '$ swiftllm encode-embeds --format base64 "%s"\n' "$prompt"
rows=$(swiftllm encode-embeds --format base64 "$prompt")
printf '$ curl --json '\''{"prompt_embeds": "%s...", "max_tokens": 12, "temperature": 0}'\'' %s/v1/completions\n' \
  "${rows:0:24}" "$url"
ask prompt_embeds "$rows" | tee served-rows.txt

kill -TERM "$server"
wait "$server"
server=
if [[ ! -s served-text.txt ]] || ! cmp served-text.txt served-rows.txt; then
  step "the server's answers differ: this is a bug"
  exit 1
fi
step "the server's answers agree, and it has stopped"
