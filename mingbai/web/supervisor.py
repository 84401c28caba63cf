"""The supervisor of one machine: keeps a few processes running, restarts what dies, ends all together."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

GRACE = 6.0
"""Seconds that processes have to end in good order."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_STEADY = 60.0
"""Who ran so long before it died begins again without a pause."""
_PR_SET_PDEATHSIG = 1
SUPERVISED = "MINGBAI_SUPERVISED"


@dataclass(slots=True)
class Part:
    """One process that ought to run."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.0
    again_at: float = 0.0

    def start(self, now: float) -> None:
        # A session of its own: what is left of it can be ended as one group, and a Ctrl-C reaches us alone.
        self.process = subprocess.Popen(
            self.command, env=os.environ | dict(self.env), start_new_session=True, preexec_fn=_die_with_parent
        )
        self.started = now

    def signal(self, number: int) -> None:
        """To the process and all its children; those who are gone already are no error."""
        if self.process:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                pass

    def note_death(self, now: float) -> None:
        """Clear away its children, which may hold the port, and plan the restart."""
        self.signal(signal.SIGKILL)
        self.process = None
        steady = now - self.started > _STEADY
        self.pause = _FIRST_PAUSE if steady or not self.pause else min(self.pause * 2, _LONGEST_PAUSE)
        self.again_at = now + self.pause


def _die_with_parent() -> None:
    """On Linux the kernel ends a part whose supervisor was killed; otherwise it would hold the port.

    SIGKILL, since granian does not hear a SIGTERM that comes while it starts; its workers follow (`leash`).
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def leash() -> None:
    """In a server's worker under `serve`: end when the server process is gone, and free its port."""
    if SUPERVISED not in os.environ:
        return
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent != 1:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, name="leash", daemon=True).start()


@dataclass(slots=True)
class Supervisor:
    parts: list[Part]
    say: Callable[[str], None]
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self, *, ready: Callable[[], bool], when_ready: Callable[[], None]) -> None:
        """Keep every part running until asked to stop; call `when_ready` once, when they answer."""
        told = False
        try:
            while not self.stopping.is_set():
                self._tend(time.monotonic())
                if not told and ready():
                    when_ready()
                    told = True
                self.stopping.wait(0.2)
        finally:
            self.stop()

    def _tend(self, now: float) -> None:
        for part in self.parts:
            if part.process and part.process.poll() is not None:
                code = part.process.returncode
                part.note_death(now)
                self.say(f"{part.name} 已退出（{code}），{part.pause:g} 秒后重启 (restarting)")
            if part.process is None and now >= part.again_at:
                part.start(now)

    def stop(self) -> None:
        """Ask all at once, wait together, then end what did not listen."""
        running = [part for part in self.parts if part.process]
        for part in running:
            if part.process:
                part.process.terminate()
        end = time.monotonic() + GRACE
        for part in running:
            if part.process:
                try:
                    part.process.wait(max(0.0, end - time.monotonic()))
                except subprocess.TimeoutExpired:
                    self.say(f"{part.name} 没有按时退出，强制结束 (killed)")
                part.signal(signal.SIGKILL)
                part.process.wait()
