"""When the archive of a matter may end: pure."""

from datetime import datetime

from django.utils.timezone import get_current_timezone


def kept_until(closed_at: datetime, years: int) -> datetime:
    """The first moment after `years` full years; archives count from the year after the closing."""
    return new_year(closed_at.astimezone(get_current_timezone()).year + years + 1)


def closed_before(now: datetime, years: int) -> datetime:
    """What was closed before this is kept long enough."""
    return new_year(now.astimezone(get_current_timezone()).year - years)


def new_year(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=get_current_timezone())
