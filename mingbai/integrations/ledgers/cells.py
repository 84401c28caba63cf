"""What a cell of a ledger means: a region, a time, a yes or no; each refuses with plain words."""

from collections.abc import Callable, Collection
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.refused import Refused
from mingbai.places.models import Region, Station


def region_of(code: str) -> Region:
    """By a query, not the register: each landed station changes the register, and loads it anew."""
    region = Region.objects.filter(code=code).first()
    if region is None:
        raise Refused(_("没有区划 %(code)s") % {"code": code or "（空）"}, code="unknown_region")
    return region


def station_of(region: str) -> Station | None:
    """The region's own station, the first where there are several."""
    return Station.objects.filter(region_id=region).order_by("code").first()


def one_of(allowed: Collection[str], text: str, column: str) -> str:
    if text not in allowed:
        raise Refused(
            _("%(column)s“%(text)s”不在可填的值里") % {"column": column, "text": text[:20]}, code="bad_choice"
        )
    return text


def moment_of(text: str, column: str) -> datetime | None:
    """A local time as `2019-01-01 08:06:17` (or to the minute); None for an empty cell."""
    if not text:
        return None
    for pattern in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"):
        try:
            at = timezone.make_aware(datetime.strptime(text, pattern))  # noqa: DTZ007  made aware at once
        except ValueError:
            continue
        if not 1990 <= at.year <= timezone.localdate().year + 1:
            raise Refused(_("%(column)s的年份不对") % {"column": column}, code="bad_time")
        return at
    raise Refused(_("%(column)s“%(text)s”不是时间") % {"column": column, "text": text[:20]}, code="bad_time")


def needed(at: datetime | None, column: str) -> datetime:
    if at is None:
        raise Refused(_("缺少%(column)s") % {"column": column}, code="bad_time")
    return at


def maybe_moment(text: str) -> datetime | None:
    """The time of a cell; None also for what is none."""
    try:
        return moment_of(text, "")
    except Refused:
        return None


def maybe_day(text: str) -> str:
    """`2019-01-01`, whatever time of day stands behind it; "" for what is no day."""
    at = maybe_moment(text)
    return timezone.localdate(at).isoformat() if at else ""


def count_of(text: str, column: str) -> int:
    if not text:
        return 0
    if not text.isdecimal() or int(text) > 10_000:
        raise Refused(_("%(column)s须为数字") % {"column": column}, code="bad_number")
    return int(text)


def yes(text: str, column: str) -> bool:
    return one_of(("是", "否"), text, column) == "是"


def plainly(read: Callable[[str], str], text: str) -> str:
    """The cell in the house's spelling; as it stands where it is refused or empty."""
    try:
        return read(text) if text else ""
    except Refused:
        return text


def same_moment(text: str) -> str:
    """`2019-01-01 08:06` and `2019-01-01 08:06:00` are one time."""
    return plainly(lambda cell: written(moment_of(cell, "")), text)


def written(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}" if at else ""
