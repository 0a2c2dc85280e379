#!/usr/bin/env bash
# Fuzzes the reader of one tensor format with libFuzzer and AddressSanitizer, leaks included.
# usage: scripts/fuzz.sh FORMAT SECONDS
#   FORMAT   torch, safetensors, npy or gguf
# Seeds: Tests/Fixtures/tensors and, where it is there, the conformance data ($DATA, ../shared/data).
# An input may take 25 s, for other programs may be running.
# What is found stays in Tools/corpus/FORMAT; files that crash the reader, in Tools/findings/FORMAT.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

format=${1:?fuzz: no format given} seconds=${2:?fuzz: no number of seconds given}
data=${DATA:-../shared/data}
case $format in
  torch) suffixes=(pt bin) ;;
  safetensors) suffixes=(safetensors) ;;
  npy) suffixes=(npy npz) ;;
  gguf) suffixes=(gguf) ;;
  *) echo "fuzz: '$format' is none of torch, safetensors, npy, gguf" >&2; exit 2 ;;
esac

build=Tools/.build-fuzz corpus=Tools/corpus/$format findings=Tools/findings/$format
# The gold linker fails on what the sanitizers write; lld comes with Swift.
"${SWIFT:-swift}" build --package-path Tools --scratch-path "$build" -c release \
  --product FuzzTensorFiles -Xswiftc -sanitize=fuzzer,address -Xswiftc -use-ld=lld

mkdir -p "$corpus" "$findings"
folders=(Tests/Fixtures/tensors)
if [[ -d $data/$format ]]; then folders+=("$data/$format"); fi
for suffix in "${suffixes[@]}"; do
  find "${folders[@]}" -name "*.$suffix" -size -64k -print0
done | while IFS= read -r -d '' file; do
  cp --no-clobber -- "$file" "$corpus/seed-$(sha256sum -- "$file" | cut -c1-16)"
done

FORMAT=$format exec "$build/release/FuzzTensorFiles" -max_total_time="$seconds" -timeout=25 \
  -max_len=65536 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$findings/" "$corpus"
