"""Call records of another exchange (话单): which column holds what, one row read, and which call it is; pure.

A record tells what that exchange knows. Where it does not measure how long a caller waited for a person, the
call says so (`CallSource.BARE`), and no figure takes its waiting for measured.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core.refused import Refused

FIELDS = {
    "uid": gettext_lazy("唯一编号"),
    "number": gettext_lazy("主叫"),
    "dialled": gettext_lazy("被叫"),
    "offered": gettext_lazy("呼入时间"),
    "answered": gettext_lazy("接通时间"),
    "ended": gettext_lazy("结束时间"),
    "wait": gettext_lazy("等待秒数"),
    "talk": gettext_lazy("通话秒数"),
    "outcome": gettext_lazy("结果"),
    "seat": gettext_lazy("坐席"),
}
"""What a record can say, by our word; theirs stands in the mapping."""
NEEDED = ("uid", "offered")
ANSWERED = ("ANSWERED", "接通", "已接", "成功", "1")
"""What "outcome" says of an answered call, unless the source names other words."""
EARLY, LATE = timedelta(minutes=2), timedelta(minutes=20)
"""A matter typed in on the second screen is that call's, when it was opened between so long before the call
came in and so long after it ended."""
LONGEST = timedelta(hours=12)
_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y%m%d%H%M%S")


@dataclass(frozen=True, slots=True)
class Record:
    """One call as the other exchange tells it; `measured` where its waiting was."""

    uid: str
    offered: datetime
    answered: datetime | None = None
    ended: datetime | None = None
    number: str = field(default="", repr=False)
    dialled: str = ""
    seat: str = ""
    measured: bool = True

    @property
    def is_over(self) -> bool:
        return self.ended is not None


def clean_mapping(given: Mapping[str, str]) -> dict[str, str]:
    """Our words to their columns. Raises Refused "bad_mapping": number and time of the call are needed."""
    columns = {name: " ".join(str(given.get(name) or "").split())[:64] for name in FIELDS}
    columns = {name: column for name, column in columns.items() if column}
    missing = [str(FIELDS[name]) for name in NEEDED if name not in columns]
    if missing:
        raise Refused(
            _("还要写明：%(names)s 是哪一列。") % {"names": "、".join(missing)},
            code="bad_mapping",
            field="uid",
        )
    twice = [column for column in columns.values() if list(columns.values()).count(column) > 1]
    if twice:
        raise Refused(_("“%(name)s”这一列写了两次。") % {"name": twice[0]}, code="bad_mapping", field="uid")
    return columns


def read_record(
    row: Mapping[str, str],
    columns: Mapping[str, str],
    words: Sequence[str],
    zone: tzinfo,
    now: datetime,
    *,
    measured: bool = True,
) -> Record:
    """Raises Refused "bad_record" with what is wrong: no number, no time, times out of order or to come."""
    said = {name: str(row.get(column, "") or "").strip() for name, column in columns.items()}
    if not said["uid"] or len(said["uid"]) > 128:
        raise _bad(_("缺少唯一编号，或者太长"))
    offered = _moment(said["offered"], zone, "offered")
    if offered is None:
        raise _bad(_("缺少呼入时间"))
    answered, was_measured = _answered(said, offered, words, zone)
    ended = _moment(said.get("ended", ""), zone, "ended")
    if ended is None and answered is not None and said.get("talk"):
        ended = answered + _seconds(said["talk"], "talk")
    if ended is None and answered is None and said.get("wait"):
        ended = offered + _seconds(said["wait"], "wait")
    times = [at for at in (offered, answered, ended) if at is not None]
    if times != sorted(times) or times[-1] > now + timedelta(minutes=2) or times[-1] - offered > LONGEST:
        raise _bad(_("时间的先后不对，或者在将来"))
    return Record(
        uid=said["uid"], offered=offered, answered=answered, ended=ended, number=said.get("number", "")[:32],
        dialled=said.get("dialled", "")[:32], seat=said.get("seat", "")[:16],
        measured=measured and was_measured,
    )  # fmt: skip


def _answered(
    said: Mapping[str, str], offered: datetime, words: Sequence[str], zone: tzinfo
) -> tuple[datetime | None, bool]:
    """(when somebody answered, whether that was measured). An outcome outweighs a time: some exchanges write
    the time of their own announcement there."""
    good = {word.casefold() for word in words or ANSWERED}
    if said.get("outcome") and said["outcome"].casefold() not in good:
        return None, True
    if said.get("answered"):
        return _moment(said["answered"], zone, "answered"), True
    if not said.get("outcome"):
        return None, True
    if said.get("wait"):
        return offered + _seconds(said["wait"], "wait"), True
    # Answered, and nobody says when: the call is an answered one whose waiting was not measured.
    return offered, False


def _moment(text: str, zone: tzinfo, name: str) -> datetime | None:
    """A time as exchanges write it: with or without a zone, or seconds since 1970. None for nothing."""
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) in (10, 13):
        return datetime.fromtimestamp(int(text[:10]), tz=zone)
    for shape in _FORMATS:
        try:
            return datetime.strptime(text, shape).replace(tzinfo=zone)
        except ValueError:
            continue
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise _bad(_("%(name)s读不出来：%(text)s") % {"name": FIELDS[name], "text": text[:32]}) from None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _seconds(text: str, name: str) -> timedelta:
    """ "75", "75.2", "1:15" or "00:01:15"."""
    parts = text.split(":")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = []
    whole = sum(number * 60**power for power, number in enumerate(reversed(numbers)))
    if not 1 <= len(numbers) <= 3 or not 0 <= whole <= LONGEST.total_seconds():
        raise _bad(_("%(name)s读不出来：%(text)s") % {"name": FIELDS[name], "text": text[:32]})
    return timedelta(seconds=whole)


def _bad(reason: str) -> Refused:
    return Refused(reason, code="bad_record")


def nearest(record: Record, opened: Iterable[tuple[int, datetime]]) -> int | None:
    """Which of these matters of the same number is this call's, by when it was opened; None for none."""
    first, last = record.offered - EARLY, (record.ended or record.answered or record.offered) + LATE
    near = [(abs(at - record.offered), pk) for pk, at in opened if first <= at <= last]
    return min(near)[1] if near else None
