"""Whether an error means that the database is away for a moment: nothing was written, ask again."""

from django.db import DatabaseError, InterfaceError, OperationalError

_READ_ONLY = "25006"  # PostgreSQL: a primary that has just been put down


def is_away(error: BaseException | None) -> bool:
    """True for a lost or refused session, a lock waited for too long, and a primary that is none any more."""
    if isinstance(error, OperationalError | InterfaceError):
        return True
    return isinstance(error, DatabaseError) and getattr(error.__cause__, "sqlstate", "") == _READ_ONLY
