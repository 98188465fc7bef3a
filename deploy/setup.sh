#!/usr/bin/env bash
# Makes this checkout runnable: Python environment from the hashed lock, and the few system packages it needs.
# usage: deploy/setup.sh run|stack|test|serve
set -euo pipefail
cd "$(dirname "$0")/.."

profile=${1:-run}
case $profile in
  run)   lock=requirements.txt ;;
  stack) lock=requirements.txt ;;
  test)  lock=requirements-test.txt ;;
  serve) lock=requirements-serve.txt ;;
  *) echo "usage: deploy/setup.sh run|stack|test|serve" >&2; exit 2 ;;
esac

say() { printf '\033[2m· %s\033[0m\n' "$*" >&2; }

# The servers run in their own folders: a package that brings one must not start it for the whole machine.
start_no_services() {
  local policy=/usr/sbin/policy-rc.d
  if [ -e "$policy" ]; then return; fi
  printf '#!/bin/sh\nexit 101\n' | $1 tee "$policy" >/dev/null
  $1 chmod 755 "$policy"
  trap "$1 rm -f $policy" EXIT
}

install_packages() {
  local sudo=""
  if [ "$(id -u)" -ne 0 ]; then sudo="sudo"; fi
  if ! command -v apt-get >/dev/null; then
    echo "Missing: $*. There is no apt-get here: install them with this system's own package manager." >&2
    exit 3
  fi
  say "installing $* (Debian packages)"
  $sudo apt-get update -qq >&2
  start_no_services "$sudo"
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "$@" >&2
}

# The system's own first: distributions build theirs with profile-guided optimisation, which others leave out
# unless asked (pyenv's took 1.3 to 2 times as long for the same plain code).
find_python() {
  local candidate
  for candidate in /usr/bin/python3.{11,12,13} python3.{11,12,13} python3; do
    if command -v "$candidate" >/dev/null &&
       "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
      echo "$candidate"; return
    fi
  done
  echo "Loupe needs Python 3.11, 3.12 or 3.13: install one and run this again." >&2
  exit 3
}

java_is_enough() {
  command -v java >/dev/null || return 1
  local major
  major=$(java -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1)
  [ "${major:-0}" -ge 17 ]
}

missing=()
if [ "$profile" != serve ] && ! java_is_enough; then
  if apt-cache show openjdk-17-jre-headless >/dev/null 2>&1; then
    missing+=(openjdk-17-jre-headless)
  else
    missing+=(default-jre-headless)
  fi
fi
# grep reads to the end: ldconfig would die of a pipe that closes early, and that counts as a failure here.
ldconfig -p 2>/dev/null | grep libgomp.so.1 >/dev/null || missing+=(libgomp1)
if [ "$profile" = test ] && ! command -v chromium >/dev/null; then
  missing+=(chromium fonts-dejavu-core)
fi
if [ "$profile" = test ] && ! command -v wrk >/dev/null; then missing+=(wrk); fi
if [ "$profile" = test ] || [ "$profile" = stack ]; then
  [ -x /usr/lib/postgresql/15/bin/postgres ] || missing+=(postgresql-15)
  command -v redis-server >/dev/null || missing+=(redis-server)
  command -v mvn >/dev/null || missing+=(maven)
fi
python=$(find_python)
"$python" -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
if [ ${#missing[@]} -gt 0 ]; then install_packages "${missing[@]}"; fi

# A stamp per lock and interpreter: nothing is done when nothing changed.
base=$("$python" -c 'import sys; print(sys.executable)')
stamp=.venv/.installed-$({ cat "$lock" pyproject.toml deploy/bootstrap.txt; echo "$base"; } | sha256sum | cut -c1-16)
if [ -f "$stamp" ]; then exit 0; fi

if [ ! -x .cache/uv/bin/uv ]; then
  say "fetching uv (the installer)"
  "$python" -m venv .cache/uv
  .cache/uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r deploy/bootstrap.txt
fi
say "installing the locked dependencies of $lock"
if [ ! -x .venv/bin/python ] || ! grep -qx "home = $(dirname "$base")" .venv/pyvenv.cfg; then
  .cache/uv/bin/uv venv --quiet --clear --python "$base" .venv
fi
.cache/uv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r "$lock"
.cache/uv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e .
touch "$stamp"
