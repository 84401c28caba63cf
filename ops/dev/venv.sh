#!/usr/bin/env bash
# Makes .venv with the pinned packages: any Python from 3.11 on (PYTHON= chooses one), uv installs by hash.
set -euo pipefail
cd "$(dirname "$0")/../.."

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
  for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11 python; do
    if [ -n "$candidate" ] && command -v "$candidate" >/dev/null && new_enough "$candidate"; then
      command -v "$candidate"
      return
    fi
  done
  echo "Python 3.11 or newer is needed: install it, or name it (PYTHON=/path/to/python3.12 make …)." >&2
  return 1
}

if ! { [ -x .venv/bin/python ] && new_enough .venv/bin/python; }; then
  python=$(find_python)
  # Debian splits venv's pip off into a package of its own.
  "$python" -c 'import ensurepip, venv' 2>/dev/null || ops/dev/system.sh venv
  "$python" -m venv --clear .venv
fi

uv=$(sed -n 's/^ *"\(uv==[0-9.]*\)".*/\1/p' pyproject.toml)
if [ "uv ${uv#uv==}" != "$(.venv/bin/uv --version 2>/dev/null | cut -d' ' -f1,2)" ]; then
  .venv/bin/python -m pip install --quiet --disable-pip-version-check "$uv"
fi
# Compiled ahead: where Python may not write beside its sources, every start would compile Django anew (3 s).
.venv/bin/uv pip sync --quiet --require-hashes --compile-bytecode --python .venv/bin/python requirements-dev.txt
echo "packages installed in .venv"
