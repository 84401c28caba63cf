"""Who is on duty, who stands in, what a grant, a PIN and a slip need: pure, no tables and no clock."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext_lazy as _

from mingbai.core.refused import Refused
from mingbai.people.roles import ADMINS, RoleCode

MOST_TRIES = 5
TRIES_WITHIN = timedelta(minutes=10)
LOCKED_FOR = timedelta(minutes=15)
SLIP_LASTS = timedelta(days=7)
CODE_LASTS = timedelta(minutes=2)  # half a minute, and as much before and after for clocks that are off
FORM_KEPT_FOR = timedelta(hours=12)

Day = date  # a field of that name hides the type within its class

_WORKER_CODE = re.compile(r"\w[\w.-]{0,31}")
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")


def check_worker_code(code: str) -> None:
    """A number of the register stands in addresses and in the journal: Refused "bad_code" for what breaks
    them."""
    if not _WORKER_CODE.fullmatch(code):
        raise Refused(_("编号为 1–32 位文字、数字、点或横线。"), code="bad_code", field="code")


# ── the roster ──


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """One active person of the register, as the snapshot holds it. `lines` are the skills."""

    id: int
    code: str
    name: str
    post: str
    station: str = ""
    region: str = ""
    lines: frozenset[str] = frozenset()
    is_full_time: bool = False


_LAST_MINUTE = time(23, 59)
"""No duty goes over midnight: one that does is two, and the first of them ends here."""


@dataclass(frozen=True, slots=True)
class DutyRow:
    """Weekly (weekday 0 = Monday) or on one date; times are local."""

    worker: int
    station: str
    starts: time
    ends: time
    weekday: int | None = None
    date: Day | None = None
    line: str = ""

    def is_on(self, day: Day) -> bool:
        return self.date == day if self.date else self.weekday == day.weekday()

    def is_at(self, moment: time) -> bool:
        """Up to the end, which is the next one's beginning; 23:59 ends the day, with its minute."""
        return self.starts <= moment and (moment < self.ends or self.ends >= _LAST_MINUTE)


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """Away from the first to the last day, both included."""

    worker: int
    starts_on: date
    ends_on: date
    stand_in: int | None = None

    def covers(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


@dataclass(frozen=True)
class Staffing:
    """Immutable snapshot of who serves where; the same token as the register of places."""

    token: str
    workers: Mapping[int, WorkerRow]
    by_station: Mapping[str, tuple[WorkerRow, ...]] = field(default_factory=dict)
    duties: Mapping[str, tuple[DutyRow, ...]] = field(default_factory=dict)
    absences: Mapping[int, tuple[AbsenceRow, ...]] = field(default_factory=dict)

    def is_absent(self, worker: int, on: date) -> bool:
        return any(absence.covers(on) for absence in self.absences.get(worker, ()))

    def present(self, worker: int, on: date) -> WorkerRow | None:
        """Return the worker, or who stands in on that day, along the chain of stand-ins; None for nobody."""
        seen: set[int] = set()
        current: int | None = worker
        while current is not None and current not in seen:
            seen.add(current)
            away = next((one for one in self.absences.get(current, ()) if one.covers(on)), None)
            if away is None:
                return self.workers.get(current)
            current = away.stand_in
        return None

    def on_duty(self, station: str, at: datetime) -> list[WorkerRow]:
        """Return who serves at the station at a moment; without a roster, all who are there that day."""
        rows, at = self.duties.get(station, ()), at.astimezone(get_current_timezone())
        if not rows:
            return self._present(self.by_station.get(station, ()), at.date())
        moment = at.time().replace(tzinfo=None)
        serving = [row.worker for row in rows if row.is_on(at.date()) and row.is_at(moment)]
        return self._present_ids(serving, at.date())

    def serving_on(self, station: str, on: date) -> list[WorkerRow]:
        """Return who serves at the station at any hour of the day."""
        rows = self.duties.get(station, ())
        if not rows:
            return self._present(self.by_station.get(station, ()), on)
        return self._present_ids([row.worker for row in rows if row.is_on(on)], on)

    def has_anybody(self, station: str, on: date) -> bool:
        """True when somebody, or a stand-in, serves that day."""
        return bool(self.serving_on(station, on))

    def _present(self, rows: Iterable[WorkerRow], on: date) -> list[WorkerRow]:
        return self._present_ids([row.id for row in rows], on)

    def _present_ids(self, ids: Sequence[int], on: date) -> list[WorkerRow]:
        found = [self.present(worker, on) for worker in ids]
        return list({row.id: row for row in found if row}.values())


def snapshot(
    token: str, workers: Iterable[WorkerRow], duties: Iterable[DutyRow], absences: Iterable[AbsenceRow]
) -> Staffing:
    """Arrange the rows of the active workers for the questions above."""
    rows = {row.id: row for row in workers}
    by_station: dict[str, list[WorkerRow]] = {}
    for row in rows.values():
        if row.station:
            by_station.setdefault(row.station, []).append(row)
    rostered: dict[str, list[DutyRow]] = {}
    for duty in duties:
        rostered.setdefault(duty.station, []).append(duty)
    away: dict[int, list[AbsenceRow]] = {}
    for absence in absences:
        away.setdefault(absence.worker, []).append(absence)
    return Staffing(
        token,
        rows,
        {code: tuple(sorted(found, key=lambda row: row.code)) for code, found in by_station.items()},
        {code: tuple(sorted(found, key=lambda duty: duty.starts)) for code, found in rostered.items()},
        {worker: tuple(found) for worker, found in away.items()},
    )


def loops(absence: AbsenceRow, others: Iterable[AbsenceRow]) -> bool:
    """True when on some day the stand-in is away too and the absent person, or a chain to them, stands in."""
    if absence.stand_in is None:
        return False
    days = [absence.starts_on, *(o.starts_on for o in others if absence.covers(o.starts_on))]
    rows = [absence, *others]
    return any(_loops_on(absence, rows, day) for day in days)


def _loops_on(absence: AbsenceRow, rows: Sequence[AbsenceRow], day: date) -> bool:
    stand_ins = {row.worker: row.stand_in for row in rows if row.covers(day)}
    current, seen = absence.stand_in, {absence.worker}
    while current is not None and current not in seen:
        seen.add(current)
        current = stand_ins.get(current)
    return current is not None


def check_absence(absence: AbsenceRow, own: Iterable[AbsenceRow], others: Iterable[AbsenceRow]) -> None:
    """Refuse an absence that ends before it starts, overlaps another, or whose stand-ins run in a circle."""
    if absence.ends_on < absence.starts_on:
        raise Refused(_("请假的结束日期不能早于开始日期。"), code="bad_period", field="ends_on")
    if absence.stand_in == absence.worker:
        raise Refused(_("代班人不能是本人。"), code="stands_in_for_self", field="stand_in")
    if any(one.starts_on <= absence.ends_on and absence.starts_on <= one.ends_on for one in own):
        raise Refused(_("这几天已经登记过请假。"), code="absence_twice", field="starts_on")
    if loops(absence, list(others)):
        raise Refused(
            _("代班人同期也请假，并由本人代班：这样没有人在岗。请另选代班人。"),
            code="stand_in_loop",
            field="stand_in",
        )


def check_duty(duty: DutyRow, own: Iterable[DutyRow]) -> None:
    """Refuse a duty that ends before it starts, or at whose hour the worker serves already."""
    if duty.ends <= duty.starts:
        raise Refused(_("结束时间须晚于开始时间。"), code="bad_hours", field="ends")
    if (duty.weekday is None) == (duty.date is None):
        raise Refused(_("排班须选择星期或日期之一。"), code="weekday_or_date", field="weekday")
    for other in own:
        same = (duty.date, duty.weekday) == (other.date, other.weekday)
        if same and duty.starts < other.ends and other.starts < duty.ends:
            raise Refused(_("这个人在同一时段已有排班。"), code="duty_twice", field="starts")


# ── grants ──


def check_grant(*, role: str, held: Collection[str], to_self: bool, is_wide: bool) -> None:
    """The three administrators (三员) are three people: GB/T 22239-2019 asks their separation.

    `held` are the roles the person already has. An administrator has no role in cases either, so that who
    grants, who operates and who audits never judges their own work. `is_wide`: a county or the city.
    """
    if role not in RoleCode.values:
        raise Refused(_("没有这个角色。"), code="unknown_role", field="role")
    if to_self:
        raise Refused(_("不能给自己授权，也不能改动自己的授权。"), code="own_grant")
    others = set(held) - {role}
    if role in ADMINS and others & ADMINS:
        raise Refused(_("系统、安全、审计三类管理员须由不同的人担任。"), code="admins_separate", field="role")
    if (role in ADMINS and others) or (others & ADMINS):
        raise Refused(_("管理员账号不能兼任业务角色。"), code="admin_without_cases", field="role")
    if role in ADMINS and not is_wide:
        raise Refused(_("管理员的范围须是县区或全市。"), code="admin_place", field="region")


def check_period(valid_from: date, valid_to: date | None) -> None:
    if valid_to and valid_to < valid_from:
        raise Refused(_("授权的截止日期不能早于开始日期。"), code="bad_period", field="valid_to")


# ── sign-in ──


def clean_username(text: str) -> str:
    """Return the name in the one form under which it is stored. Raises Refused "bad_username"."""
    name = unicodedata.normalize("NFKC", str(text or "")).strip().lower()
    if not _USERNAME.fullmatch(name):
        raise Refused(
            _("登录名为 2–64 位小写字母、数字、点、横线或下划线。"), code="bad_username", field="username"
        )
    return name


def check_pin(pin: str) -> None:
    """A PIN has 4 to 8 digits, not all the same and not a plain row such as 1234 or 8765."""
    if not re.fullmatch(r"[0-9]{4,8}", pin):
        raise Refused(_("解锁码为 4–8 位数字。"), code="bad_pin", field="pin")
    steps = {int(b) - int(a) for a, b in zip(pin, pin[1:], strict=False)}
    if steps in ({0}, {1}, {-1}):
        raise Refused(_("解锁码太简单：不要用相同或连续的数字。"), code="weak_pin", field="pin")


@dataclass(frozen=True, slots=True)
class Tries:
    """How many wrong tries since when, and until when no further one is taken."""

    count: int
    since: datetime
    until: datetime | None = None


def next_try(
    tries: Tries | None, now: datetime, most: int = MOST_TRIES, within: timedelta = TRIES_WITHIN
) -> Tries:
    """Count one more try as if it were wrong (a right one clears it), and lock with the last that is allowed.

    Raises Refused "locked" while locked. Counted before the password is looked at: of many tries sent at the
    same moment no more than `most` are answered.
    """
    # A clock set back by months must not lock for months.
    if tries and tries.until and now < tries.until <= now + 2 * LOCKED_FOR:
        raise Refused(locked_words(tries.until - now), code="locked")
    # abs(): of tries at the same moment the one with the later time may come first.
    if tries is None or tries.until or abs(now - tries.since) > within:
        tries = Tries(0, now)
    count = tries.count + 1
    return Tries(count, tries.since, now + LOCKED_FOR if count >= most else None)


def locked_words(left: timedelta) -> str:
    minutes = max(1, -(-int(left.total_seconds()) // 60))
    return str(_("错误次数过多，已暂时锁定。请 %(minutes)d 分钟后再试。") % {"minutes": minutes})


def check_slip(*, expires_at: datetime, used_at: datetime | None, is_active: bool, now: datetime) -> None:
    """A slip is good once, for seven days, for somebody who may sign in."""
    if used_at:
        raise Refused(_("这张登录条已经用过。请向站点负责人再要一张。"), code="slip_used")
    if now >= expires_at:
        raise Refused(_("这张登录条已过期。请向站点负责人再要一张。"), code="slip_expired")
    if not is_active:
        raise bad_slip()


def bad_slip() -> Refused:
    return Refused(_("这张登录条无效。请向站点负责人再要一张。"), code="bad_slip")
