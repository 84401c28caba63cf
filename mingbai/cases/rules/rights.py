"""What a person may ask of what is kept of them, and the legal answer where something must stay: pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from mingbai.cases.rules.retention import kept_until
from mingbai.core.when import day


@dataclass(frozen=True, slots=True)
class Held:
    """One matter of the person: is it still in work, was it accepted into an archive, when did it end?"""

    number: str
    is_open: bool
    is_archived: bool
    closed_at: datetime | None
    is_erased: bool = False
    held_for: str = ""


@dataclass(frozen=True, slots=True)
class MustStay:
    """Why one matter cannot be erased now, with its ground in law."""

    number: str
    code: str
    why: str


def must_stay(matters: Iterable[Held], *, years: int, now: datetime) -> list[MustStay]:
    """The matters that keep a person from being erased; an empty list: nothing stands in the way.

    PIPL Art. 47: erased on request, unless a law's period of keeping is not over; then only storing and
    protecting go on. Accepted matters (legal aid, mediation …) are archives (档案法); consultations are not.
    """
    return [found for matter in matters if (found := _why(matter, years, now))]


def _why(matter: Held, years: int, now: datetime) -> MustStay | None:
    if matter.is_erased:
        return None
    if matter.held_for:
        why = _("依法暂停销毁：%(why)s") % {"why": matter.held_for}
        return MustStay(matter.number, "on_hold", why)
    if matter.is_open or matter.closed_at is None:
        why = _("还没有办结，办理必须用到这些信息（个人信息保护法第十三条）。办结或撤回以后可以删除。")
        return MustStay(matter.number, "open_matters", why)
    until = kept_until(matter.closed_at, years)
    if matter.is_archived and now < until:
        why = _(
            "属于归档的办件，保管到 %(day)s（档案法；个人信息保护法第四十七条第二款）。"
            "在此以前只保存，不作他用；期满鉴定后销毁。"
        ) % {"day": day(until)}
        return MustStay(matter.number, "must_be_kept", why)
    return None
