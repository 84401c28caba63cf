"""A private Asterisk for development and tests: fetched once from Debian sid, run without root.

Debian stable has no Asterisk. The packages are downloaded with the machine's own apt (its mirror, its
keyring, lists of our own) and only unpacked: no package is installed, nothing runs as root, and the loader
that came along starts the programs. `python ops/dev/pbx.py setup|start|stop|status`; `start` is `make pbx`.
MINGBAI_CACHE names the folder (default: ~/.cache/mingbai); it may be thrown away at any time.
"""

import contextlib
import fcntl
import json
import math
import os
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request
import wave
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("MINGBAI_CACHE") or Path.home() / ".cache" / "mingbai")
PACKAGES = ("asterisk", "sip-tester")
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
# Lists and state of our own; sid's Release may be older than it says it is valid for, behind some mirrors.
_APT = (
    "Acquire::Languages=none",
    "APT::Install-Recommends=false",
    "APT::Sandbox::User=",
    "Acquire::Check-Valid-Until=false",
    "Acquire::Check-Date=false",
    "Acquire::Retries=3",
    "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false",
    "Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false",
)


class NoPbx(Exception):
    """Why no Asterisk can be had here; tests are skipped with these words."""


def pbx_root() -> Path:
    """The folder of the unpacked packages; fetched the first time (half a minute), then at once."""
    root = CACHE / "pbx"
    if (root / ".ready").exists():
        return root
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb") and KEYRING.exists()):
        raise NoPbx("no Asterisk here: it is fetched with Debian's apt, and this is no Debian")
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "pbx.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / ".ready").exists():
            _fetch(root)
    return root


def _mirror() -> str:
    """Where this machine's own apt gets Debian from."""
    asked = ["apt-get", "indextargets", "--format", "$(REPO_URI) $(ORIGIN)", "Created-By: Packages"]
    lines = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.splitlines()
    mirrors = [line.split()[0] for line in lines if line.endswith(" Debian") and "security" not in line]
    if not mirrors:
        raise NoPbx("no Asterisk here: apt knows no mirror of Debian (apt-get update?)")
    return mirrors[0]


def _fetch(root: Path) -> None:
    draft = Path(tempfile.mkdtemp(prefix="pbx-", dir=CACHE))
    try:
        for name in ("lists/partial", "cache/archives/partial", "etc", "root"):
            (draft / name).mkdir(parents=True)
        (draft / "status").touch()
        source = f"deb [signed-by={KEYRING}] {_mirror()} sid main\n"
        (draft / "etc/sources.list").write_text(source)
        _apt(draft, "update")
        _apt(draft, "--yes", "--download-only", "install", *PACKAGES)
        for package in sorted((draft / "cache/archives").glob("*.deb")):
            subprocess.run(["dpkg-deb", "--extract", str(package), str(draft / "root")], check=True)
        _library(draft / "root")
        (draft / "root/.ready").touch()
        shutil.rmtree(root, ignore_errors=True)
        (draft / "root").rename(root)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _apt(draft: Path, *words: str) -> None:
    places = (
        f"Dir::State={draft}",
        f"Dir::State::lists={draft}/lists",
        f"Dir::State::status={draft}/status",
        f"Dir::Cache={draft}/cache",
        f"Dir::Etc::sourcelist={draft}/etc/sources.list",
        "Dir::Etc::sourceparts=/dev/null",
    )
    options = [word for option in (*places, *_APT) for word in ("-o", option)]
    done = subprocess.run(["apt-get", "-q", *options, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        tail = " / ".join(done.stderr.strip().splitlines()[-3:])
        raise NoPbx(f"no Asterisk here: apt-get {words[0]} failed: {tail}")


def _library(root: Path) -> Path:
    found = sorted((root / "usr/lib").glob("*-linux-gnu*/asterisk/modules"))
    if not found:
        raise NoPbx("no Asterisk here: the package has no modules for this machine")
    return found[0].parents[1]


def program(root: Path, path: str) -> list[str]:
    """The command that starts a program of the unpacked packages with the loader and libraries beside it."""
    library = _library(root)
    loader = next(library.glob("ld-linux-*.so.*"))
    return [str(loader), "--library-path", f"{library}:{library}/asterisk", str(root / path)]


# ── one running Asterisk ──


@dataclass
class Pbx:
    """One Asterisk: its folder, ports and password, all its own: several run side by side."""

    home: str
    http_port: int
    sip_port: int
    rtp_from: int
    password: str = field(repr=False)
    seats: int = 8
    trunk_port: int = 0
    phone_ports: list[int] = field(default_factory=list)
    pid: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def environment(self) -> dict[str, str]:
        """What the house must know of it (config/settings.py)."""
        return {
            "PBX_URL": self.url,
            "PBX_PASSWORD": self.password,
            "PBX_WS_URL": f"ws://127.0.0.1:{self.http_port}/ws",
        }


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def prepare(home: Path, *, seats: int = 8, phones: int = 0, trunk: str = "udp") -> Pbx:
    """Folders, sounds and configuration as an operator makes them, on free ports of the loopback.

    `trunk` "tls": the carrier's calls arrive over TLS, with a certificate made here.
    """
    for name in ("etc", "var/moh", "var/sounds/mingbai", "spool/recording", "var/keys", "run", "log/cdr-csv"):
        (home / name).mkdir(parents=True, exist_ok=True)
    # Documentation and keys of the package are where the program looks for them.
    documentation = pbx_root() / "usr/share/asterisk/documentation"
    if documentation.exists() and not (home / "var/documentation").exists():
        (home / "var/documentation").symlink_to(documentation)
    tone(home / "var/moh/tone.wav", 440, 10.0, 0.05)
    tone(home / "var/sounds/mingbai/notice.wav", 330, 0.3, 0.1)
    tone(home / "var/sounds/mingbai/again.wav", 350, 0.3, 0.1)
    pbx = Pbx(
        home=str(home),
        http_port=free_port(),
        sip_port=free_port(socket.SOCK_DGRAM),
        rtp_from=20000 + 2000 * secrets.randbelow(6),
        password=secrets.token_urlsafe(18),
        seats=seats,
        trunk_port=free_port(socket.SOCK_DGRAM),
        phone_ports=[free_port(socket.SOCK_DGRAM) for _ in range(phones)],
    )
    given = {
        "MODULES": str(_library(pbx_root()) / "asterisk/modules"),
        "VAR": str(home / "var"),
        "SPOOL": str(home / "spool"),
        "RUN": str(home / "run"),
        "LOG": str(home / "log"),
        "HTTP_PORT": str(pbx.http_port),
        "SIP_BIND": "127.0.0.1",
        "SIP_PORT": str(pbx.sip_port),
        "MEDIA_ADDRESS": "127.0.0.1",
        "RTP_FROM": str(pbx.rtp_from),
        "RTP_TO": str(pbx.rtp_from + 1998),
        "ARI_PASSWORD": pbx.password,
        "SEATS": str(seats),
        "PHONES": " ".join(f"127.0.0.1:{port}" for port in pbx.phone_ports),
        "TRUNK_MATCH": "127.0.0.1",
        "TRUNK_CONTACT": f"sip:127.0.0.1:{pbx.trunk_port}",
    }
    if trunk == "tls":
        pbx.sip_port = free_port()
        given |= _certificate(home) | {"TRUNK_TRANSPORT": "tls", "TLS_PORT": str(pbx.sip_port)}
    words = [f"{name}={value}" for name, value in given.items()]
    configure = [sys.executable, str(ROOT / "ops/asterisk/configure.py"), str(home / "etc"), *words]
    subprocess.run(configure, check=True)
    return pbx


def _certificate(home: Path) -> dict[str, str]:
    """A certificate of one's own for the loopback, as ops/asterisk/README.md says for the carrier."""
    cert, key = home / "etc/tls.crt", home / "etc/tls.key"
    words = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=127.0.0.1",
    ]
    made = subprocess.run(
        [*words, "-keyout", str(key), "-out", str(cert)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise NoPbx(f"no certificate could be made: {made.stderr[-200:]}")
    return {"TLS_CERT": str(cert), "TLS_KEY": str(key)}


def tone(path: Path, hertz: int, seconds: float, volume: float) -> None:
    """A sine as 8 kHz mono wav: what stands for music and announcements in development."""
    samples = (math.sin(2 * math.pi * hertz * n / 8000) * volume * 32767 for n in range(int(8000 * seconds)))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(b"".join(struct.pack("<h", int(sample)) for sample in samples))


_started: dict[int, subprocess.Popen[bytes]] = {}
"""Those that this process started, and must wait for."""


def launch(pbx: Pbx) -> None:
    """Start it and wait until it answers. Raises NoPbx with its own last words."""
    log = Path(pbx.home) / "log/console"
    command = [*program(pbx_root(), "usr/sbin/asterisk"), "-f", "-C", f"{pbx.home}/etc/asterisk.conf"]
    with log.open("ab") as out:
        started = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True, cwd=pbx.home
        )
    pbx.pid = started.pid
    _started[started.pid] = started
    for _ in range(300):
        if started.poll() is not None:
            raise NoPbx(f"no Asterisk here: it ended at once: {log.read_text()[-400:]}")
        if _answers(pbx):
            return
        time.sleep(0.1)
    halt(pbx)
    raise NoPbx(f"no Asterisk here: it did not answer within 30 s: {log.read_text()[-400:]}")


def _answers(pbx: Pbx) -> bool:
    asked = f"{pbx.url}/ari/asterisk/ping?api_key=hotline:{pbx.password}"
    try:
        # A proxy of the machine has no business on the loopback.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(asked, timeout=1) as answer:
            return answer.status == 200
    except OSError:
        return False


def halt(pbx: Pbx, number: int = signal.SIGKILL) -> None:
    """End it; by default as a power cut would."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pbx.pid, number)
    if started := _started.pop(pbx.pid, None):
        started.wait(20)


def console(pbx: Pbx, words: str) -> str:
    """What Asterisk's own console answers."""
    command = [*program(pbx_root(), "usr/sbin/asterisk"), "-C", f"{pbx.home}/etc/asterisk.conf", "-rx", words]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


@contextlib.contextmanager
def running(*, seats: int = 4, phones: int = 0, trunk: str = "udp") -> Iterator[Pbx]:
    """An Asterisk of one's own in a fresh folder; stopped and removed at the end, however it ends."""
    home = Path(tempfile.mkdtemp(prefix="mingbai-pbx-"))
    pbx = None
    try:
        pbx = prepare(home, seats=seats, phones=phones, trunk=trunk)
        launch(pbx)
        yield pbx
    finally:
        if pbx and pbx.pid:
            halt(pbx)
        shutil.rmtree(home, ignore_errors=True)


# ── the command ──


def _kept() -> Path:
    return CACHE / "pbx-dev.json"


def start() -> None:
    if pbx := known():
        print(f"already running: {pbx.url}")
    else:
        home = CACHE / "pbx-dev"
        home.mkdir(parents=True, exist_ok=True)
        pbx = prepare(home)
        tone(home / "var/sounds/mingbai/rate.wav", 370, 0.5, 0.1)
        launch(pbx)
        _kept().write_text(json.dumps(asdict(pbx)))
        _kept().chmod(0o600)
        print(
            f"Asterisk runs: SIP 127.0.0.1:{pbx.sip_port}, ARI {pbx.url}; dial 12348 from any SIP phone here"
        )
    for name, value in pbx.environment.items():
        print(f"export {name}={value}")


def known() -> Pbx | None:
    """The Asterisk that `make pbx` started, when it still answers."""
    if not _kept().exists():
        return None
    pbx = Pbx(**json.loads(_kept().read_text()))
    return pbx if _answers(pbx) else None


def stop() -> None:
    if pbx := known():
        halt(pbx, signal.SIGTERM)
    _kept().unlink(missing_ok=True)


def main(verb: str) -> int:
    try:
        if verb == "setup":
            print(pbx_root())
        elif verb == "start":
            start()
        elif verb == "stop":
            stop()
        elif verb == "status":
            print(known() or "not running")
        else:
            print(__doc__)
            return 2
    except NoPbx as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
