"""A process that raises hands which take in matters and files, send and seal, and kills them at any moment.

Forked from one process that has everything imported, a hand is at work within milliseconds: a thousand real
`kill -9` take minutes. What a hand asked and was given it writes down before and after, one line each.
"""

import os
import random
import signal
import time
from pathlib import Path

from django.db import connection, connections

from mingbai.cases.actions.intake import open_case
from mingbai.cases.models import Case
from mingbai.cases.queries import books
from mingbai.core.actor import RESIDENT
from mingbai.notices.worker import Worker
from tests.cases.factories import make_intake, with_paper

SOURCE = "drill:1"
HANDS = 4


def run(kills: int, log: Path, seed: int) -> None:
    """Kill so many hands, each while it works; then end the rest the same way."""
    dice = random.Random(seed)
    books()
    _leave()
    log.touch()
    hands: list[int] = []
    for number in range(kills):
        while len(hands) < HANDS:
            hands.append(_hand(log, f"{number}-{len(hands)}-{dice.random()}"))
        _wait_for_work(log, dice)
        _kill(hands.pop(dice.randrange(len(hands))))
    for pid in hands:
        _kill(pid)


def _leave() -> None:
    """A hand must have connections of its own: those of a pool would be shared over the fork."""
    connections.close_all()
    if close_pool := getattr(connection, "close_pool", None):
        close_pool()


def _wait_for_work(log: Path, dice: random.Random) -> None:
    """Until so much was done since; then a moment more, anywhere within a transaction. A busy machine only
    takes longer."""
    wanted = log.stat().st_size + dice.randrange(20, 300)
    end = time.monotonic() + 30
    while log.stat().st_size < wanted and time.monotonic() < end:
        time.sleep(0.001)
    time.sleep(dice.random() * 0.02)


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    _pid, status = os.waitpid(pid, 0)
    if not os.WIFSIGNALED(status):
        raise AssertionError(f"a hand ended by itself: {status}")


def _hand(log: Path, name: str) -> int:
    if pid := os.fork():
        return pid
    out = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        for n in range(10**9):
            _one(out, f"{name}-{n}", n)
    except BaseException as error:  # shown by the parent: a hand must never end by itself
        os.write(out, f"error {type(error).__name__}: {error}\n".replace("\n", " ").encode() + b"\n")
    os._exit(1)


def _one(out: int, key: str, n: int) -> None:
    os.write(out, f"ask {key}\n".encode())
    case = ask(key)
    os.write(out, f"given {key} {case.number}\n".encode())
    if n % 3 == 1:
        with_paper(case)
    if n % 5 == 2:
        Worker().round()


def ask(key: str) -> Case:
    sent = {"idempotency_key": key, "body_hash": "b", "source": SOURCE}
    return open_case(by=RESIDENT, intake=make_intake(text=f"诉求 {key}", **sent)).case


def read(log: Path) -> tuple[set[str], dict[str, str], list[str]]:
    """Keys asked for, numbers given by key, errors of hands."""
    lines = [line.split(" ") for line in log.read_text().splitlines()]
    asked = {words[1] for words in lines if words[0] == "ask"}
    given = {words[1]: words[2] for words in lines if words[0] == "given"}
    return asked, given, [" ".join(words) for words in lines if words[0] == "error"]
