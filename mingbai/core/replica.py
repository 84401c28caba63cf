"""Where a read goes: to the primary, or, inside `may_be_stale()`, to a standby that is a little behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

from django.db import DatabaseError, connections
from django.utils import timezone

REPLICA = "replica"
MOST_BEHIND = timedelta(minutes=5)
_AGE = (
    "SELECT pg_is_in_recovery(),"
    " extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8"
)
_stale: ContextVar[bool] = ContextVar("stale", default=False)


class Router:
    """Django's database router. All writes, and reads that lock, go to the primary."""

    def db_for_read(self, model: object, **hints: object) -> str | None:
        return REPLICA if _stale.get() else None

    def db_for_write(self, model: object, **hints: object) -> str:
        return "default"

    def allow_relation(self, *objects: object, **hints: object) -> bool:
        return True  # one database, seen through two doors

    def allow_migrate(self, database: str, app_label: str, **hints: object) -> bool:
        return database != REPLICA


@contextmanager
def may_be_stale() -> Iterator[datetime | None]:
    """Reads inside may come from a standby; gives the moment up to which it knows, None for the primary.

    The primary answers where no standby is configured, it does not answer, or it is too far behind: a page
    of figures is never lost with a standby.
    """
    known = known_until() if REPLICA in connections.settings else None
    token = _stale.set(known is not None)
    try:
        yield known
    finally:
        _stale.reset(token)


def known_until() -> datetime | None:
    """The time of the last change the standby has; None when it is no standby or has fallen behind."""
    try:
        with connections[REPLICA].cursor() as cursor:
            cursor.execute(_AGE)
            is_standby, seconds = cursor.fetchone()
    except DatabaseError:
        return None
    return moment_known(timezone.now(), is_standby=is_standby, seconds=seconds)


def moment_known(now: datetime, *, is_standby: bool, seconds: float | None) -> datetime | None:
    """The worker writes every minute: a standby whose last change is older has lost its primary."""
    if not is_standby or seconds is None or seconds > MOST_BEHIND.total_seconds():
        return None
    return now - timedelta(seconds=max(0.0, seconds))
