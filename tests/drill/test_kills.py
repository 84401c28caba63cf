"""kill -9 at random moments under load, on both databases: no acknowledged number lost, nothing half."""

import os
import random
import shutil
import signal
import sys
import time

import pytest
from django.db import connection

from mingbai.cases.models import Attachment, Case, Submission
from tests.cases.factories import make_city
from tests.drill import FULL, nursery, proof
from tests.drill.callers import FOUND, SOURCE, Callers
from tests.house import House, children
from tests.process import start, wait_until

HAND_KILLS = {"sqlite": 1000, "postgresql": 250} if FULL else {"sqlite": 40, "postgresql": 25}
HOUSE_KILLS = 150 if FULL else 6
_NURSERY = """
from pathlib import Path
from tests.drill.nursery import run
run({kills}, Path({log!r}), {seed})
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(sys.platform != "linux", reason="forks and kills")
def test_hands_are_killed_while_they_take_in(tmp_path, settings):
    settings.MINGBAI_DATA, settings.FILES_DIR = tmp_path, tmp_path / "files"
    make_city()
    seed = random.randrange(10**6)
    log, said = tmp_path / "log", tmp_path / "said"
    code = _NURSERY.format(kills=HAND_KILLS[connection.vendor], log=str(log), seed=seed)
    raised = start(code, said, FILES_DIR=str(settings.FILES_DIR), MINGBAI_DATA=str(tmp_path))
    assert raised.wait(3600) == 0, said.read_text()
    asked, given, errors = nursery.read(log)
    assert errors == [], "a killed hand disturbed another"
    assert len(given) > HAND_KILLS[connection.vendor] / 4, "they hardly worked"
    assert proof.wrongs(given, nursery.SOURCE) == [], f"seed {seed}"
    again(asked, given)
    print(
        f"{HAND_KILLS[connection.vendor]} kills, {len(asked)} asked, {len(given)} given, "
        f"{Attachment.objects.count()} files"
    )


def again(asked, given):
    """Who got no answer sends again under the same key: one matter, whether or not the first came through."""
    before = Case.objects.count()
    unsure = sorted(asked - set(given))
    known = Submission.objects.count()
    numbers = {key: nursery.ask(key).number for key in unsure}
    assert len(set(numbers.values())) == len(unsure)
    assert Case.objects.count() == before + len(unsure) - (known - len(given))
    assert proof.wrongs(given | numbers, nursery.SOURCE) == []


# ── the whole house, as an operator runs it ──


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="the house of the test has its own SQLite")
def test_parts_of_the_house_are_killed_while_partners_hand_over(tmp_path):
    house = House(tmp_path)
    callers = Callers(f"http://127.0.0.1:{house.port}", house.shell(FOUND).split()[-1])
    dice = random.Random(seed := random.randrange(10**6))
    try:
        callers.start()
        wait_until(lambda: len(callers.given) > 5, 60)
        for _ in range(HOUSE_KILLS):
            time.sleep(dice.random())
            kill_one(house, dice)
        before = len(callers.given)
        wait_until(lambda: len(callers.given) > before + 5, 90)
    finally:
        callers.stop()
        house.stop()
    assert [one for one in callers.refused if not one.startswith("503")] == []
    asked = f"{callers.given!r}, {SOURCE!r}, 'key:'"
    code = f"from tests.drill import proof; print(proof.wrongs({asked}))"
    assert house.shell(code).strip() == "[]", f"seed {seed}"
    print(f"{HOUSE_KILLS} kills of parts, {len(callers.given)} given, {len(callers.refused)} asked to wait")
    shutil.rmtree(tmp_path, ignore_errors=True)


def kill_one(house, dice):
    """A server, one of its workers, the stream or the worker process; what is just starting counts too."""
    parts = house.parts()
    pids = [*parts.values(), *children(parts.get("config.wsgi:application", 0))]
    if pids:
        try:
            os.kill(dice.choice(pids), signal.SIGKILL)
        except ProcessLookupError:
            pass
