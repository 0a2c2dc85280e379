#!/usr/bin/env bash
# Installs the Debian packages that swiftllm needs and this machine lacks.
# usage: scripts/install-dependencies.sh [--test]
#   --test  also what `make lint` and `make test` use
set -euo pipefail

# Python and its pip serve `make model` alone, curl the demo; the program itself uses none of them.
packages=(libopenblas-dev liblapacke-dev libonig-dev pkg-config ca-certificates curl python3 python3-pip)
test_packages=(bash-completion fish groff-base mandoc shellcheck zsh)

say() { printf '%s\n' "$*" >&2; }
fail() { say "install-dependencies: $*"; exit 1; }

case "${1-}" in
  '') ;;
  --test) packages+=("${test_packages[@]}") ;;
  *) say "usage: ${0##*/} [--test]"; exit 2 ;;
esac

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  fail "no apt-get here: install the equivalents of these Debian packages: ${packages[*]}"
fi

is_installed() {
  [[ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]
}

missing=()
for package in "${packages[@]}"; do
  is_installed "$package" || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
  say "dependencies: all ${#packages[@]} Debian packages are installed"
  exit 0
fi
say "dependencies: installing ${missing[*]}"

as_root=()
if ((EUID != 0)); then
  command -v sudo >/dev/null || fail "run as root (or install sudo): apt-get install ${missing[*]}"
  as_root=(sudo)
  [[ -t 0 ]] || as_root+=(-n) # nobody is there to type a password
fi
# Quiet unless it fails: hundreds of lines say nothing else of use.
log=$(mktemp)
trap 'rm -f -- "$log"' EXIT
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@" </dev/null >"$log" 2>&1 || {
    cat -- "$log" >&2
    fail "'apt-get $1' failed; these packages are needed: ${missing[*]}"
  }
}
apt update
apt install --yes --no-install-recommends "${missing[@]}"
say "dependencies: installed"
