#!/usr/bin/env bash
# Runs `swift test` with the given arguments, and fails where that would pass without running a test.
# usage: scripts/run-tests.sh [ARGUMENT ...]
# The whole log, with a line for each test that starts, is left in .build/tests.log.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

log=.build/tests.log
fail() {
  # Again at the end, where they are found: tests run at the same time, and most print after these.
  grep -E '^✘ Test .* recorded an issue|^✘ (Test|Suite) .* failed|^↳|Fatal error|error: ' "$log" | tail -n 60 >&2 || true
  grep -m 1 '^model name' /proc/cpuinfo >&2 || true
  printf 'run-tests: %s; the whole log is in %s\n' "$*" "$log" >&2
  exit 1
}

mkdir -p .build
# All suites are Swift Testing's; XCTest would only add its own count of zero.
"${SWIFT:-swift}" test --disable-xctest "$@" </dev/null 2>&1 \
  | tee "$log" | sed --unbuffered '/^◇ Test/d; /^◇ Suite/d; /^\[[0-9]*\/[0-9]*\]/d' \
  || fail "failed: swift test $*"
grep -q 'Test run with [1-9][0-9]* test' "$log" || fail "no test matches: swift test $*"
