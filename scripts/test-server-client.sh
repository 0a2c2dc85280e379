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
"$program" serve "$model" --port 0 --task generate --max_model_len 512 --enable-prompt-embeds 2>"$log" &
server=$!

url=
for _ in {1..300}; do
  url=$(sed -n 's/^listening on //p' "$log")
  [[ -n $url ]] && break
  kill -0 "$server" 2>/dev/null || break
  sleep 0.1
done
if [[ -z $url ]]; then
  cat "$log" >&2
  exit 1
fi
"$python" Tests/Server/client_test.py "$url" "$model" || { cat "$log" >&2; exit 1; }
"$python" Tests/Server/load_test.py "$url" "$model" "$server" || { tail -n 50 "$log" >&2; exit 1; }
kill -TERM "$server"
wait "$server"
