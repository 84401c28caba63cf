"""A private PostgreSQL for tests and benchmarks: own folder, free loopback port, gone afterwards."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

# A crash of the machine may eat a test database: nothing is lost. Benchmarks ask for durable=True.
CARELESS = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]


def bin_folder() -> Path | None:
    """Debian keeps the server's programs out of PATH; the newest version wins."""
    if found := shutil.which("pg_ctl"):
        return Path(found).resolve().parent
    folders = Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")
    newest = sorted(folders, key=lambda path: float(path.parts[-3]))
    return newest[-1].parent if newest else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def as_postgres(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root."""
    return (
        ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]
        if is_root()
        else command
    )


def is_root() -> bool:
    return os.geteuid() == 0


@contextlib.contextmanager
def running(*, durable: bool = False) -> Iterator[str]:
    """Starts a cluster and gives its DATABASE_URL; stops and removes it at the end, however it ends."""
    folder = bin_folder()
    if folder is None:
        raise FileNotFoundError("PostgreSQL's server programs are not installed")
    home = Path(tempfile.mkdtemp(prefix="mingbai-pg-"))
    try:
        if is_root():
            shutil.chown(home, "postgres", "postgres")
        yield from _serve(folder, home, [] if durable else CARELESS)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _serve(folder: Path, home: Path, extra: list[str]) -> Iterator[str]:
    data, port = home / "data", free_port()
    initdb = [
        str(folder / "initdb"),
        "-D",
        str(data),
        "-U",
        "mingbai",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
    ]
    subprocess.run(as_postgres(initdb), check=True, stdout=subprocess.DEVNULL, cwd=home)
    options = ["-p", str(port), "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={home}"]
    options += ["-c", "max_connections=200", "-c", "shared_buffers=256MB", *extra]
    pg_ctl = [str(folder / "pg_ctl"), "-D", str(data), "-s", "-w"]
    log = str(home / "server.log")
    subprocess.run(as_postgres([*pg_ctl, "-l", log, "-o", " ".join(options), "start"]), check=True, cwd=home)
    try:
        createdb = [str(folder / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "mingbai", "mingbai"]
        subprocess.run(createdb, check=True)
        yield f"postgresql://mingbai@127.0.0.1:{port}/mingbai"
    finally:
        subprocess.run(as_postgres([*pg_ctl, "-m", "immediate", "stop"]), check=False, cwd=home)
