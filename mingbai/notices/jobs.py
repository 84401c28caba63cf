"""The registry of periodic jobs: apps add theirs when they are ready, `manage.py work` runs them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from mingbai.core.registry import Registry


@dataclass(frozen=True, slots=True)
class PeriodicJob:
    """`run` must bear being run twice: a worker may be killed between its end and the note of it."""

    name: str
    every: timedelta
    run: Callable[[datetime], Any]


JOBS: Registry[PeriodicJob] = Registry("jobs")


def register_job(name: str, *, every: timedelta, run: Callable[[datetime], Any]) -> None:
    """Called in an app's `ready()`."""
    JOBS.register(name, PeriodicJob(name, every, run))
