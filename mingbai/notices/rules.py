"""When a failed notice is tried again, and when a periodic job runs next: pure."""

from datetime import datetime, timedelta

MOST_TRIES = 12
"""With the delays below the last try is about a day and a half after the first."""
LEASE = timedelta(seconds=40)
"""How long a worker's claim holds without a sign of life; a killed worker's work is taken again after it."""
_FIRST_DELAY = timedelta(seconds=30)
_LONGEST_DELAY = timedelta(hours=6)


def next_try(tries: int, now: datetime, *, spread: float = 0.0) -> datetime | None:
    """When to try again after `tries` failures; None: never.

    The delay doubles from 30 seconds to 6 hours. `spread` (0 to 1) adds up to a tenth, so that what failed
    together at a broken gateway does not come back together.
    """
    if tries >= MOST_TRIES:
        return None
    delay: timedelta = min(_FIRST_DELAY * int(2 ** max(0, tries - 1)), _LONGEST_DELAY)
    return now + delay * (1 + spread / 10)


def next_run(planned: datetime, every: timedelta, now: datetime) -> datetime:
    """When a job runs after one that was planned: in step, without a burst for what was missed."""
    following = planned + every
    return following if now < following <= now + every else now + every


def is_due(planned: datetime, every: timedelta, now: datetime) -> bool:
    """True at its time, and when the plan lies too far ahead, since then the clock was set back."""
    return planned <= now or planned > now + 2 * every


def is_free(claimed_until: datetime | None, now: datetime) -> bool:
    """True when nobody holds it, the holder fell silent, or the holder's clock was ahead of every lease."""
    return claimed_until is None or claimed_until <= now or claimed_until > now + 10 * LEASE
