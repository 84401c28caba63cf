#!/usr/bin/env bash
# Programs of the system that pip and npm cannot bring. On Debian as root they are installed; elsewhere what
# is there is used, and what is missing is named. Usage: system.sh papers|tests|bench|bundle|venv
set -euo pipefail

has_postgres() { command -v pg_ctl >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/pg_ctl' >/dev/null; }
has_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null
# Read to the end: grep -q ends early, and under pipefail the one who still writes makes that a "no".
has_chinese() { fc-list :lang=zh 2>/dev/null | grep . >/dev/null; }
has_library() { ldconfig -p 2>/dev/null | grep -F "$1" >/dev/null; }
has_pango() { has_library libpangoft2-1.0.so.0 && has_library libharfbuzz-subset.so.0; }
has_patchelf() { command -v patchelf >/dev/null; }
has_venv() { python3 -c 'import ensurepip' 2>/dev/null; }

install() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
  export DEBIAN_FRONTEND=noninteractive
  local log
  log=$(mktemp)
  echo "installing $* …"
  if apt-get install -y -q "$@" >"$log" 2>&1 || { apt-get update -q >"$log" 2>&1 && apt-get install -y -q "$@" >>"$log" 2>&1; }; then
    rm -f "$log"
  else
    tail -n 5 "$log"
    return 1
  fi
}

# need TEST PACKAGE WHAT-IS-SKIPPED-WITHOUT-IT
need() {
  # shellcheck disable=SC2086  # a program may come in several packages
  "$1" || install $2 || true
  "$1" || echo "NOT THERE: $2 (as root on Debian it is installed by itself): $3" >&2
}

need_papers() {
  need has_pango "libpangoft2-1.0-0 libharfbuzz-subset0" "papers cannot be drawn as PDF"
  need has_chinese fonts-noto-cjk "papers and pages show boxes for Chinese"
}

case "${1:-}" in
  papers) need_papers ;;
  tests)
    need has_postgres postgresql "the suite runs on SQLite only"
    need has_chromium chromium "browser tests are skipped"
    need_papers
    ;;
  bench) need has_postgres postgresql "only SQLite is measured" ;;
  bundle)
    need has_patchelf patchelf "no bundle can be made"
    need_papers
    ;;
  venv) need has_venv python3-venv "python3 -m venv does not work" ;;
  *) echo "usage: $0 papers|tests|bench|bundle|venv" >&2; exit 2 ;;
esac
