"""Transports for tests: one that breaks, one that notes what it sends and takes its time."""

import os
import time
from pathlib import Path

from mingbai.notices.models import Notice
from mingbai.notices.transports import Undeliverable, words_of


def broken(notice: Notice) -> None:
    raise ConnectionError("gateway down")


def hopeless(notice: Notice) -> None:
    raise Undeliverable("no such number")


def noting(notice: Notice) -> None:
    """One line per delivery in NOTED; sleeps SLOW seconds before it returns."""
    with Path(os.environ["NOTED"]).open("a") as file:
        file.write(f"{notice.event}\n")
    words_of(notice)
    time.sleep(float(os.environ.get("SLOW", "0")))
