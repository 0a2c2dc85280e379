#!/usr/bin/env bash
# Starts the server on a free port, and asks it as Python clients do.
# usage: scripts/test-server-client.sh [MODEL]
# Without MODEL it is a tiny one, laid out as in the Hugging Face cache under the name in vLLM's documents.
# $SWIFTLLM is the program (.build/release/swiftllm); $PYTHON the interpreter (.venv/bin/python, else python3).
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

program=${SWIFTLLM:-.build/release/swiftllm}
python=${PYTHON:-}
[[ -n $python ]] || { [[ -x .venv/bin/python ]] && python=.venv/bin/python || python=python3; }
folder=$(mktemp -d)
log=$folder/log
server=
trap '[[ -z $server ]] || kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT

model=${1:-meta-llama/Llama-3.2-1B-Instruct}
if (($# == 0)); then
  cached=$folder/hub/models--meta-llama--Llama-3.2-1B-Instruct
  mkdir -p "$cached/refs" "$cached/snapshots"
  printf '0123abc' >"$cached/refs/main"
  ln -s "$PWD/Tests/Fixtures/models/llama-f32" "$cached/snapshots/0123abc"
  export HF_HOME=$folder
  unset HF_HUB_CACHE
  if "$program" serve nobody/nothing --port 0 2>"$log" || ! grep -q 'models--nobody--nothing' "$log"; then
    echo 'a model that is not there must be an error that says where it was looked for' >&2
    exit 1
  fi
fi
# Starts the server with the given arguments and a log of its own; sets $server, $log and $url.
start() {
  log=$(mktemp -p "$folder")
  "$program" serve "$@" --port 0 2>"$log" &
  server=$!
  url=
  for _ in {1..300}; do
    url=$(sed -n 's/^listening on //p' "$log")
    [[ -n $url ]] && return
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  cat "$log" >&2
  exit 1
}

# Asks the server with a script of Tests/Server.
ask() {
  "$python" "Tests/Server/$1" "$url" "${@:2}" || { tail -n 50 "$log" >&2; exit 1; }
}

# Ends the server, which must do so with status 0.
stop() {
  kill -TERM "$server"
  wait "$server"
}

start "$model" --task generate --max_model_len 512 --enable-prompt-embeds
ask client_test.py "$model"
ask load_test.py "$model" "$server"
stop
start Tests/Fixtures/encoders/bert --served-model-name encoder
ask embeddings_test.py encoder
stop
