"""What is written down of a need, which earlier one it is, and which matters become one."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import IO

from django.utils.translation import gettext as _

from mingbai.core.checks import clean_phone, clean_text
from mingbai.core.crypto import sm3
from mingbai.core.refused import Refused
from mingbai.servicedays.enums import NeedSource, Skill

MOST_COUNT = 200
OLDEST = date(2000, 1, 1)
AGES = (7, 30, 90)
"""Days that divide the ages of needs: up to a week, a month, a quarter, longer."""


@dataclass(frozen=True)
class Voice:
    """A recording of what somebody said; `size` is what the sender says."""

    stream: IO[bytes]
    name: str
    size: int


@dataclass(frozen=True)
class Wish:
    """One line of what is taken down. `region` is a village, township or county (12 digits).

    `client_key` makes a repeated sending the same need. `case` is the number of its matter where known.
    """

    region: str
    skill: str
    count: int = 1
    is_urgent: bool = False
    since: date | None = None
    text: str = ""
    name: str = ""
    phone: str = ""
    case: str = ""
    client_key: str = ""
    source: str = NeedSource.WORKER
    day: int | None = None
    voice: Voice | None = field(default=None, compare=False, repr=False)

    @property
    def digest(self) -> str:
        """Of the content, by which another content under the same key is noticed; the voice is not in it."""
        parts = (
            self.region, self.skill, self.count, self.is_urgent, self.since, self.text,
            self.name, self.phone, self.case, self.source, self.day,
        )  # fmt: skip
        return sm3("\x1f".join(map(str, parts)).encode())


def checked(wish: Wish, today: date) -> Wish:
    """The wish with clean values. Raises Refused "unknown_skill", "unknown_source", "bad_count",
    "bad_time", "bad_phone", "bad_key" and those of texts."""
    if wish.skill not in Skill.values:
        raise Refused(_("请选择需要哪类人员。"), code="unknown_skill", field="skill")
    if wish.source not in NeedSource.values:
        raise Refused(_("没有这个来源。"), code="unknown_source", field="source")
    if isinstance(wish.count, bool) or not 1 <= wish.count <= MOST_COUNT:
        raise Refused(_("人数为 1 到 %(most)d。") % {"most": MOST_COUNT}, code="bad_count", field="count")
    if wish.since and not OLDEST <= wish.since <= today:
        raise Refused(_("“从何时起”不能在将来，也不能早于 2000 年。"), code="bad_time", field="since")
    if len(wish.client_key) > 64:
        raise Refused(_("客户端编号太长。"), code="bad_key", field="client_key")
    return replace(
        wish,
        text=_optional(wish.text, 500, "text"),
        name=_optional(wish.name, 64, "name"),
        phone=clean_phone(wish.phone) if wish.phone.strip() else "",
        client_key=_optional(wish.client_key, 64, "client_key"),
    )


def _optional(text: str, most: int, name: str) -> str:
    return clean_text(text, most=most, field=name) if text.strip() else ""


@dataclass(frozen=True)
class Known:
    """An open need as far as it tells whose it is."""

    id: int
    skill: str
    phone_hash: str
    name_hash: str


def same_need(known: Iterable[Known], skill: str, phone_hash: str, name_hash: str) -> int | None:
    """The open need of the same person for the same skill: by phone, unless both names are known and differ.

    One phone serves a family: who says another name is somebody else.
    """
    if not phone_hash:
        return None
    for one in known:
        names_differ = bool(one.name_hash and name_hash and one.name_hash != name_hash)
        if one.skill == skill and one.phone_hash == phone_hash and not names_differ:
            return one.id
    return None


@dataclass(frozen=True)
class Matter:
    """What of an open matter decides whether somebody must come: `waited` in working days."""

    kind: str
    channel: str
    waited: int
    is_answered: bool


def need_of(matter: Matter, unanswered_days: int) -> NeedSource | None:
    """Why this matter is a need of a service day; None where it is none.

    Who asked for a visit is one at once; all others when nobody has answered within the days of the rule.
    """
    if matter.is_answered:
        return None
    if matter.channel == "home_visit":
        return NeedSource.HOME_VISIT
    if matter.waited < unanswered_days:
        return None
    return NeedSource.HOTLINE if matter.channel == "hotline" else NeedSource.UNANSWERED
