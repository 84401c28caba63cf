"""What a booking or a recorded visit brings, and the checks that every channel shares."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from mingbai.cases.enums import Channel, Mode
from mingbai.core.checks import clean_phone, clean_text
from mingbai.core.refused import Refused
from mingbai.places.enums import Line
from mingbai.visits.enums import Priority

MOST_WORDS, MOST_PLACE = 2000, 200


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who comes and why; everything may be missing at the window, a booking needs a telephone or a name."""

    name: str = ""
    phone: str = ""
    text: str = ""
    place: str = ""

    def __bool__(self) -> bool:
        return bool(self.name or self.phone)


def clean_visitor(visitor: Visitor) -> Visitor:
    """The visitor with checked values. Raises Refused "bad_phone", "text_too_long", "bad_characters"."""
    return Visitor(
        name=_words(visitor.name, 64, "name"),
        phone=clean_phone(visitor.phone) if visitor.phone.strip() else "",
        text=_words(visitor.text, MOST_WORDS, "text"),
        place=_words(visitor.place, MOST_PLACE, "place"),
    )


def booked_visitor(visitor: Visitor, *, needs_text: bool, needs_place: bool) -> Visitor:
    """Somebody whom one can tell of a change. Raises Refused "who_comes", "empty_text", "no_place"."""
    clean = clean_visitor(visitor)
    if not clean:
        raise Refused(_("请留下姓名或电话，有变化时好找到您。"), code="who_comes", field="phone")
    if needs_text and not clean.text:
        raise Refused(_("请写明要反映什么事，接待的领导好先了解。"), code="empty_text", field="text")
    if needs_place and not clean.place:
        raise Refused(_("请写明上门的地址。"), code="no_place", field="place")
    return clean


def check_line(line: str, offered: Collection[str]) -> str:
    """A line that is received there. Raises Refused "unknown_line", "line_not_here"."""
    if line not in Line.values:
        raise Refused(_("请选择业务。"), code="unknown_line", field="line")
    if offered and line not in offered:
        raise Refused(_("这里不办这项业务，请另选。"), code="line_not_here", field="line")
    return line


def check_outcome(outcome: str) -> str:
    if outcome not in Mode.values:
        raise Refused(_("请选择结果：受理、指引或解答。"), code="unknown_outcome", field="outcome")
    return outcome


def check_priority(priority: str) -> str:
    if priority not in Priority.values:
        raise Refused(_("没有这一项，请重新选择。"), code="bad_choice", field="priority")
    return priority


def check_channel(channel: str) -> str:
    if channel not in Channel.values:
        raise Refused(_("没有这个渠道。"), code="unknown_channel", field="channel")
    return channel


def _words(text: str, most: int, field: str) -> str:
    return clean_text(text, most=most, field=field) if text.strip() else ""
