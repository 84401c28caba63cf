#!/usr/bin/env bash
# Everything a machine can say about the code without running it. All checks run; the exit code tells of any.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
python=.venv/bin/python
failed=()

# Settings want a data folder and a key: neither the developer's own nor any real one.
MINGBAI_DATA=$(mktemp -d)
trap 'rm -rf "$MINGBAI_DATA"' EXIT
export MINGBAI_DATA
MINGBAI_KEY=$($python -c 'print("6d" * 32)')
export MINGBAI_KEY
unset DATABASE_URL

step() {
  local name=$1
  shift
  if output=$("$@" 2>&1); then
    echo "ok       $name"
  else
    echo "FAILED   $name"
    printf '%s\n' "$output" | tail -n 60 | sed 's/^/         /'
    failed+=("$name")
  fi
}

step "lint (ruff)" $python -m ruff check --quiet .
step "format (ruff)" $python -m ruff format --check --quiet .
step "types (mypy)" $python -m mypy
step "templates (djlint)" $python -m djlint templates --lint --quiet
step "layers and conventions" $python -m pytest -q -p no:randomly -p no:cacheprovider tests/test_architecture.py tests/test_consistency.py
step "django's own checks" $python manage.py check --fail-level WARNING
step "migrations" $python manage.py makemigrations --check --dry-run
step "translations" $python ops/dev/messages.py --check
PATH="$PATH:$PWD/.venv/node/bin" step "browser scripts (esbuild)" \
  node_modules/.bin/esbuild static/js/*.js --log-level=warning --outdir="$MINGBAI_DATA"
! command -v shellcheck >/dev/null || step "shell scripts (shellcheck)" shellcheck ops/dev/*.sh .ci/run

if [ ${#failed[@]} -gt 0 ]; then
  echo "make check: ${#failed[@]} failed: ${failed[*]}"
  exit 1
fi
echo "make check: all is well"
