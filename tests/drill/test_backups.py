"""Backups made under load, each restored: what was given before is in it, nothing from after, all whole."""

import ast
import json
import os
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection  # noqa: F401  asked by the mark

from tests.drill import FULL
from tests.drill.callers import FOUND, SOURCE, Callers
from tests.house import House
from tests.process import wait_until

MINUTES = float(os.environ.get("MINGBAI_DRILL_MINUTES", "60"))
BACKUPS = int(MINUTES) if FULL else 2
_WRONG = """
import json
from pathlib import Path
from tests.drill import proof
from mingbai.cases.models import Case
before, later = json.loads(Path({given!r}).read_text())
kept = set(Case.objects.values_list("number", flat=True))
print([proof.wrongs(before, {source!r}, "key:"), len(kept & set(later)), len(kept)])
"""


def run(folder, *words):
    env = os.environ | {"MINGBAI_DATA": str(folder), "DATABASE_URL": "", "PYTHONWARNINGS": "ignore"}
    env |= {"DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE}
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *words]
    done = subprocess.run(command, env=env, cwd=settings.BASE_DIR, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def more_than(callers, count):
    wait_until(lambda: len(callers.given) > count, 60)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="the house of the test has its own SQLite")
def test_every_backup_made_under_load_is_the_state_of_its_moment(tmp_path):
    (tmp_path / "house").mkdir()
    house = House(tmp_path / "house")
    callers = Callers(f"http://127.0.0.1:{house.port}", house.shell(FOUND).split()[-1], pause=0.05)
    made = []
    try:
        callers.start()
        wait_until(lambda: len(callers.given) > 5, 60)
        for n in range(BACKUPS):
            begun, file = time.monotonic(), tmp_path / f"{n}.backup"
            before = dict(callers.given)
            assert house.command("backup", str(file)).returncode == 0
            # What is asked for only after the backup has ended cannot be in it.
            asked_later = set(callers.given)
            made.append((file, before, asked_later))
            more_than(callers, len(asked_later) + 5)
            if FULL:
                time.sleep(max(0.0, 60 - (time.monotonic() - begun)))
    finally:
        callers.stop()
        house.stop()
    for n, (file, before, by_then) in enumerate(made):
        folder = tmp_path / f"restored-{n}"
        folder.mkdir()
        run(folder, "restore", str(file))
        # Three callers: of each one number may have been given while the backup ended.
        later = [number for key, number in callers.given.items() if key not in by_then][3:]
        given = tmp_path / "given.json"  # after an hour too much for a command line
        given.write_text(json.dumps([before, later]))
        said = run(folder, "shell", "-v0", "-c", _WRONG.format(given=str(given), source=SOURCE))
        wrong, from_after, count = ast.literal_eval(said.strip().splitlines()[-1])
        assert (wrong, from_after) == ([], 0) and count >= len(before), file
        file.unlink()
    print(f"{len(made)} backups under load restored, the last with {count} of {len(callers.given)} matters")
