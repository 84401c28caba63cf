"""Loops that Python is too slow for, compiled by numba; the machine code is kept beside the source.

`python -m mingbai.servicedays.solver.compiled` compiles everything ahead (`make setup` does).
"""

import hashlib
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np

HERE = Path(__file__).parent
SOURCES = ("objective.py", "roster.py", "choice.py", "offers.py", "steps.py")


def _folder() -> Path:
    """Beside the source, by what all compiled sources say: numba would not see that a callee has changed.

    Else in this user's home, else new each time: what lies there is run, so nobody else may write it.
    """
    said = b"".join((HERE / name).read_bytes() for name in SOURCES if (HERE / name).exists())
    name = f"numba-{hashlib.sha256(said).hexdigest()[:12]}-{sys.implementation.cache_tag}"
    for parent in (HERE / "__pycache__", Path("~/.cache/mingbai")):
        try:
            folder = parent.expanduser() / name
            folder.mkdir(parents=True, exist_ok=True)
            (folder / ".try").write_bytes(b"")
            return folder
        except (OSError, RuntimeError):
            continue
    return Path(tempfile.mkdtemp())


setattr(numba.config, "CACHE_DIR", str(_folder()))  # noqa: B010  (mypy does not know it)


def compiled(function: Callable[..., Any]) -> Any:
    """The same function as machine code; as Python under `NUMBA_DISABLE_JIT=1`."""
    return numba.njit(cache=True, error_model="numpy")(function)


def compile_all() -> None:
    """Everything once, with a month of one person: later calls load what is kept."""
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=False)
    from mingbai.servicedays.solver.instance import instance_of
    from mingbai.servicedays.solver.roster import roster_of
    from mingbai.servicedays.solver.steps import SHARES, sow, walk

    place = {"code": "1", "lat": 41.8, "lon": 123.9}
    person: dict[str, Any] = {"id": "1", "skills": ["lawyer"], "home": [41.8, 123.9]}
    person |= {"available": [0], "max_days": 1, "capacity": 1}
    month = instance_of(
        {
            "days": ["1"], "max_days_per_place": 1, "min_gap_days": 1, "min_team": {}, "max_km_one_way": 9,
            "places": [place], "people": [person],
            "needs": [{"place": "1", "skill": "lawyer", "count": 1, "urgent": 0}],
        }
    )  # fmt: skip
    # Called, not annealed: a limit of time may be over before the first step.
    sow(1)
    walk(roster_of(month, {(0, 0): {0: "lawyer"}}), 1, 1.0, np.array(SHARES))


if __name__ == "__main__":
    # The module under its own name: run as a script it would be a second one.
    from mingbai.servicedays.solver.compiled import compile_all as run

    run()
