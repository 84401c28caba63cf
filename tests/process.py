"""Real processes on the database of the running test, for what only a kill -9 can show."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connection

_PROGRAM = """
import json, sys
from django.conf import settings
settings.DATABASES["default"]["NAME"] = {name!r}
for key, value in json.loads({changes!r}).items():
    setattr(settings, key, value)
import django
django.setup()
{code}
"""


def start(code: str, log: Path, **changes: object) -> subprocess.Popen[bytes]:
    """Run code with Django set up on this test's database (`transaction=True`, or it sees nothing)."""
    name = str(connection.settings_dict["NAME"])
    program = _PROGRAM.format(name=name, changes=json.dumps(changes), code=code)
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", program],
            cwd=Path(settings.BASE_DIR),
            env=os.environ.copy(),  # names the settings' module, which overridden settings do not know
            stdout=out,
            stderr=out,
        )


def wait_until(true: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
