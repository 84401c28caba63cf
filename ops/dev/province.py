"""A province on one machine: three database nodes by Patroni and etcd, PgBouncer and HAProxy before them.

Everything comes from Debian's packages, fetched with the machine's own apt and only unpacked (PostgreSQL
itself must be installed). Each node has a loopback address of its own, so the files of `ops/patroni/` are
used as they are for real machines, with the same ports. The folder of the packages may be thrown away.
`python ops/dev/province.py` starts one and waits for Ctrl-C.
"""

import contextlib
import fcntl
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
import postgres

ROOT = Path(__file__).resolve().parents[2]
CACHE = Path("/var/cache/mingbai")  # not a home: the user postgres runs what lies there
PACKAGES = ("patroni", "etcd-server", "haproxy", "pgbouncer")
PYTHON = "/usr/bin/python3"  # Debian's own: its modules are made for it
NODES = ("a", "b", "c")
SECRETS = {
    name: f"{name.title().replace('_', '')}OfTheTrial"
    for name in ("PASSWORD", "SUPER_PASSWORD", "REPLICATION_PASSWORD", "API_PASSWORD")
}


class NoProvince(Exception):
    """Why none can be started here; tests are skipped with these words."""


def packages(*, fetch: bool = True) -> Path:
    """The folder of the unpacked packages; fetched the first time, then at once. Raises NoProvince."""
    if sys.platform != "linux" or not postgres.is_root():
        raise NoProvince("no province here: it is started as root on Linux, each node with its own address")
    if postgres.bin_folder() is None:
        raise NoProvince("no province here: PostgreSQL's server programs are not installed")
    root = CACHE / "province"
    if (root / ".ready").exists():
        return root
    if not fetch:
        raise NoProvince("the packages of a province were not fetched yet: make drill")
    if not shutil.which("apt-get") or not Path(PYTHON).exists():
        raise NoProvince("no province here: its programs come by Debian's apt, and this is no Debian")
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "province.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / ".ready").exists():
            _fetch(root)
    return root


def _fetch(root: Path) -> None:
    """What apt would install, downloaded and unpacked; what the machine has already is used from there."""
    with tempfile.TemporaryDirectory(prefix="province-", dir=CACHE) as folder:
        draft = Path(folder)
        asked = ["apt-get", "-s", "-q", "install", "--no-install-recommends", *PACKAGES]
        planned = _run(asked, draft)
        wanted = re.findall(r"^Inst (\S+)", planned, re.M)
        if wanted:
            _run(["apt-get", "-q", "-o", "APT::Sandbox::User=", "download", *wanted], draft)
        for package in sorted(draft.glob("*.deb")):
            _run(["dpkg-deb", "--extract", str(package), str(draft / "root")], draft)
        (draft / "root").mkdir(exist_ok=True)
        (draft / "root/.ready").touch()
        shutil.rmtree(root, ignore_errors=True)
        (draft / "root").rename(root)
    root.chmod(0o755)


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        tail = " / ".join(done.stderr.strip().splitlines()[-3:])
        raise NoProvince(f"no province here: {command[0]} failed: {tail}")
    return done.stdout


class Province:
    """Three nodes and the front before them; every part is a process of ours that can be killed or frozen."""

    def __init__(self, home: Path, *, webs: dict[str, str], root: Path | None = None) -> None:
        self.root, self.home = root or packages(), home
        # Networks of their own below 127: several provinces run side by side, each with the usual ports.
        self.network = f"127.{random.randrange(2, 250)}.{random.randrange(2, 250)}"
        self.addresses = {name: f"{self.network}.{n}" for n, name in enumerate(NODES, start=1)}
        self.front = f"{self.network}.10"
        self.webs = {name: where.replace("NETWORK", self.network) for name, where in webs.items()}
        self.parts: dict[str, subprocess.Popen[bytes]] = {}
        home.chmod(0o755)
        for name in NODES:
            self._configure(name)

    def _configure(self, name: str) -> None:
        state = self.home / name
        state.mkdir()
        shutil.chown(state, "postgres", "postgres")
        told = SECRETS | {
            "NODES": " ".join(f"{one}={address}" for one, address in self.addresses.items()),
            "WEBS": " ".join(f"{one}={where}" for one, where in self.webs.items()),
            # A connection to 127.x comes from 127.0.0.1, whoever asks.
            "FRONTS": "127.0.0.1",
            "FRONT_ADDRESS": self.front,
            "STATE": str(state),
            "PG_BIN": str(postgres.bin_folder()),
            "SHARED_BUFFERS": "64MB",
        }
        words = [f"{key}={value}" for key, value in told.items()]
        script = ROOT / "ops/patroni/configure.py"
        subprocess.run([sys.executable, str(script), str(state / "etc"), name, *words], check=True)
        for path in (state / "etc", *(state / "etc").iterdir()):
            shutil.chown(path, "postgres", "postgres")

    # ── parts ──

    def _environment(self) -> dict[str, str]:
        library = next(iter((self.root / "usr/lib").glob("*-linux-gnu*")), self.root / "usr/lib")
        found = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "PYTHON"))}
        return found | {
            "LD_LIBRARY_PATH": str(library),
            "PYTHONPATH": str(self.root / "usr/lib/python3/dist-packages"),
            "LC_ALL": "C.UTF-8",
        }

    def _program(self, name: str) -> str:
        places = [self.root / "usr/bin" / name, self.root / "usr/sbin" / name]
        found = next((str(place) for place in places if place.exists()), None) or shutil.which(name)
        if found is None:
            raise NoProvince(f"no province here: {name} did not come with its package")
        return found

    def start(self, part: str, command: list[str], env: dict[str, str]) -> None:
        """A group of its own, so that all of a node can be frozen or killed at once."""
        with (self.home / f"{part}.log").open("ab") as out:
            self.parts[part] = subprocess.Popen(
                command, env=env, stdout=out, stderr=out, cwd=self.home, start_new_session=True
            )

    def start_etcd(self, name: str) -> None:
        lines = (self.home / name / "etc/etcd.conf").read_text().splitlines()
        told = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
        command = postgres.as_postgres([self._program("etcd")])
        self.start(f"etcd-{name}", command, self._environment() | told)

    def start_patroni(self, name: str) -> None:
        command = [PYTHON, self._program("patroni"), str(self.home / name / "etc/patroni.yml")]
        self.start(f"patroni-{name}", postgres.as_postgres(command), self._environment())

    def start_front(self) -> None:
        command = [self._program("haproxy"), "-db", "-f", str(self.home / "a/etc/haproxy.cfg")]
        self.start("haproxy", command, self._environment())
        self.start_pgbouncer()

    def start_pgbouncer(self) -> None:
        command = [self._program("pgbouncer"), str(self.home / "a/etc/pgbouncer.ini")]
        self.start("pgbouncer", postgres.as_postgres(command), self._environment())

    def start_all(self) -> None:
        for name in NODES:
            self.start_etcd(name)
        for name in NODES:
            self.start_patroni(name)
        self.start_front()
        self.wait(lambda: self.primary() and len(self.in_sync()) == 1 and len(self.members()) == 3, 120)

    def stop(self) -> None:
        for part in list(self.parts):
            self.kill(part)
        for name in NODES:
            self.kill_postgres(name)

    # ── faults ──

    def pids(self, name: str) -> list[int]:
        """All of a database node but its etcd: Patroni, PostgreSQL and PostgreSQL's children."""
        found = [self.parts[f"patroni-{name}"].pid] if f"patroni-{name}" in self.parts else []
        if postmaster := self._postmaster(name):
            children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
            found += [postmaster, *(int(pid) for pid in children)]
        return found

    def _postmaster(self, name: str) -> int | None:
        try:
            pid = int((self.home / name / "postgresql/postmaster.pid").read_text().split()[0])
        except (OSError, IndexError, ValueError):
            return None
        try:
            mine = str(self.home / name) in Path(f"/proc/{pid}/cmdline").read_text()
        except OSError:
            return None
        return pid if mine else None

    def signal_all(self, pids: list[int], what: signal.Signals) -> None:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, what)

    def kill_node(self, name: str) -> None:
        """As if the power went: Patroni first, or it would see PostgreSQL fall."""
        self.kill(f"patroni-{name}")
        self.kill_postgres(name)

    def kill_postgres(self, name: str) -> None:
        if postmaster := self._postmaster(name):
            with contextlib.suppress(ProcessLookupError, FileNotFoundError):
                children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
                for pid in (postmaster, *map(int, children)):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)

    def kill(self, part: str) -> None:
        if (process := self.parts.pop(part, None)) is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    # ── what is seen ──

    def ask(self, name: str, path: str) -> dict[str, Any]:
        """What a node's Patroni says; empty when it does not answer."""
        url = f"http://{self.addresses[name]}:8008{path}"
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            text = error.read()
        except OSError:
            return {}
        return json.loads(text or b"{}")

    def members(self) -> dict[str, dict[str, Any]]:
        """The cluster as the first node that answers sees it, by name of member."""
        for name in NODES:
            if found := self.ask(name, "/cluster").get("members"):
                running = ("running", "streaming")
                return {one["name"]: one for one in found if one["state"] in running}
        return {}

    def primary(self) -> str:
        """The one node that says of itself that it is primary and writes; "" when none or several do."""
        found = [name for name in NODES if self.ask(name, "/patroni").get("role") in ("master", "primary")]
        return found[0] if len(found) == 1 else ""

    def in_sync(self) -> list[str]:
        return [name for name, one in self.members().items() if one["role"] == "sync_standby"]

    def wait(self, true: Any, seconds: float) -> float:
        begun = time.monotonic()
        while not true():
            if time.monotonic() - begun > seconds:
                raise AssertionError(f"it did not happen in {seconds} s:\n{self.told()}")
            time.sleep(0.2)
        return time.monotonic() - begun

    def told(self) -> str:
        tails = [
            f"── {log.name}\n" + log.read_text(errors="replace")[-1500:] for log in self.home.glob("*.log")
        ]
        return "\n".join(tails)

    def url(self, *, read: bool = False, host: str = "") -> str:
        name = "mingbai_read" if read else "mingbai"
        return f"postgresql://mingbai:{SECRETS['PASSWORD']}@{host or f'{self.front}:6432'}/{name}"


@contextlib.contextmanager
def running(webs: dict[str, str]) -> Iterator[Province]:
    """A province that stands; stopped and removed at the end, however it ends. Raises NoProvince."""
    root = packages()
    home = Path(tempfile.mkdtemp(prefix="mingbai-province-"))
    province = Province(home, webs=webs, root=root)
    try:
        province.start_all()
        yield province
    finally:
        province.stop()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    with running({"one": "NETWORK.11:8000", "two": "NETWORK.12:8000"}) as standing:
        print(f"DATABASE_URL={standing.url()}\nDATABASE_REPLICA_URL={standing.url(read=True)}", flush=True)
        print(f"PATRONI=http://{standing.addresses['a']}:8008/cluster  Ctrl-C ends it", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()
