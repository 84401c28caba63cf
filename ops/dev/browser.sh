#!/usr/bin/env bash
# Fetches the browser libraries (exact versions of package-lock.json) and builds static/built/.
set -euo pipefail
cd "$(dirname "$0")/../.."

if ! { command -v node && command -v npm; } >/dev/null; then
  # No Node.js on this machine: the wheel brings one, in an environment of its own.
  [ -x .venv/node/bin/npm ] || {
    .venv/bin/uv venv --quiet --clear --python .venv/bin/python .venv/node
    .venv/bin/uv pip sync --quiet --require-hashes --python .venv/node/bin/python ops/dev/node.txt
  }
  PATH="$PWD/.venv/node/bin:$PATH"
fi

# esbuild's only script fetches a binary that npm has already brought as an optional package.
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
npm run --silent build
