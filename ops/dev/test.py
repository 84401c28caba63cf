"""Runs the whole suite on SQLite, then what asks the database on PostgreSQL; arguments go to pytest.

MINGBAI_TEST_DATABASE_URL names a PostgreSQL to use (its user may create databases); otherwise a private one
is started and removed. Exit code 0 only when nothing failed and at least one test ran.
"""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import postgres

ROOT = Path(__file__).resolve().parents[2]
NO_TEST_RAN = 5


def run(title: str, arguments: list[str], environment: dict[str, str]) -> int:
    print(f"\n── {title} ──", flush=True)
    workers = (
        [] if any(word.startswith(("-n", "--pdb", "--numprocesses")) for word in arguments) else ["-n", "2"]
    )
    command = [sys.executable, "-m", "pytest", *workers, *arguments]
    return subprocess.run(command, cwd=ROOT, env=os.environ | environment, check=False).returncode


@contextlib.contextmanager
def postgres_url() -> Iterator[str | None]:
    if url := os.environ.get("MINGBAI_TEST_DATABASE_URL"):
        yield url
    elif postgres.bin_folder() is None:
        yield None
    else:
        with postgres.running() as url:
            yield url


def verdict(codes: list[int]) -> int:
    """A choice like -k may leave nothing for one database; nothing for either is a failure."""
    told = [code if code >= 0 else 1 for code in codes if code != NO_TEST_RAN]
    return max(told, default=NO_TEST_RAN)


def main(arguments: list[str]) -> int:
    # A stop from outside must still take the private PostgreSQL down.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with postgres_url() as url:
        if url is None:
            print("SKIPPED: the run on PostgreSQL (its server is not installed here)", flush=True)
        codes = [run("SQLite: the whole suite", arguments, {"DATABASE_URL": ""})]
        if url:
            choice = ["--database-only", *arguments]
            codes.append(run("PostgreSQL: what asks the database", choice, {"DATABASE_URL": url}))
    return verdict(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
