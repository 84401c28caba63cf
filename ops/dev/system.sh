#!/usr/bin/env bash
# Programs of the system that pip and npm cannot bring. On Debian as root they are installed; elsewhere what
# is there is used, and what is missing is named. Usage: system.sh tests|bench|bundle|venv
set -euo pipefail

has_postgres() { command -v pg_ctl >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/pg_ctl' >/dev/null; }
has_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null
has_chinese() { fc-list :lang=zh 2>/dev/null | grep -q .; }
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
  "$1" || install "$2" || true
  "$1" || echo "NOT THERE: $2 (as root on Debian it is installed by itself): $3" >&2
}

case "${1:-}" in
  tests)
    need has_postgres postgresql "the suite runs on SQLite only"
    need has_chromium chromium "browser tests are skipped"
    need has_chinese fonts-noto-cjk "pages in browser tests show boxes for Chinese"
    ;;
  bench) need has_postgres postgresql "only SQLite is measured" ;;
  bundle) need has_patchelf patchelf "no bundle can be made" ;;
  venv) need has_venv python3-venv "python3 -m venv does not work" ;;
  *) echo "usage: $0 tests|bench|bundle|venv" >&2; exit 2 ;;
esac
