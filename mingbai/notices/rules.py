"""When a notice is tried again, when a way out is quiet or full, what a wording may say: pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from types import MappingProxyType
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.notices.enums import Urgency

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


# ── ways out ──


@dataclass(frozen=True, slots=True)
class Terms:
    """How a transport may be used: at most so many a minute (None: no limit), quiet between two times of
    day (local; from 21:00 to 7:00 goes over midnight)."""

    per_minute: int | None = None
    quiet_from: time | None = None
    quiet_to: time | None = None


WAYS: Mapping[str, Terms] = MappingProxyType(
    {
        "sms": Terms(300, time(21), time(7)),
        "wechat": Terms(300, time(21), time(7)),
        "wecom": Terms(20, time(21), time(7)),  # the platform takes 20 a minute from one robot
    }
)
"""Where nobody has set anything else; a transport that is not here has no limit and no quiet."""

MINUTE = timedelta(minutes=1)


def is_quiet(terms: Terms, at: time) -> bool:
    """Whether a local time of day lies in the quiet hours; the end is no longer quiet."""
    begin, end = terms.quiet_from, terms.quiet_to
    if begin is None or end is None or begin == end:
        return False
    return begin <= at < end if begin < end else at >= begin or at < end


def allowance(terms: Terms, counted_from: datetime | None, counted: int, now: datetime) -> int | None:
    """How many may still leave in this minute; None: no limit. A clock set back begins a new minute."""
    if terms.per_minute is None:
        return None
    is_same = counted_from is not None and counted_from <= now < counted_from + MINUTE
    return max(0, terms.per_minute - (counted if is_same else 0))


# ── words ──

URGENT = frozenset({"case_risk", "doctor", "wechat_urgent", "bind_code", "mediation_code"})
DIGEST = frozenset({"knowledge_due"})
"""How soon the templates go out where nobody has set anything else."""

_FIELD = re.compile(r"\{\{([^{}]*)\}\}")  # braces end it: one pass, whatever is typed
_TAG = re.compile(r"\{%-?\s*(?:if|elif)\s+(.*?)\s*-?%\}", re.DOTALL)
_NAME = re.compile(r"[a-z_][a-z0-9_]*")
MOST_BODY = 500


def urgency_of(template: str) -> Urgency:
    if template in URGENT:
        return Urgency.URGENT
    return Urgency.DIGEST if template in DIGEST else Urgency.NORMAL


def fields_of(source: str) -> tuple[str, ...]:
    """The fields that a template's file knows, in the order of their first use."""
    found = [
        name for text in (*_FIELD.findall(source), *_TAG.findall(source)) for name in _NAME.findall(text)
    ]
    return tuple(dict.fromkeys(name for name in found if name not in ("and", "or", "not", "in")))


def checked_words(subject: str, body: str, known: Collection[str]) -> tuple[str, str]:
    """The wording with clean values.

    Raises Refused: "unknown_field" for a field that the template has no value for, "bad_template" for
    anything else in braces, "empty_text", "text_too_long".
    """
    subject = " ".join(clean_text(subject, most=100, field="subject").split())
    body = clean_text(body, most=MOST_BODY, field="body").strip()
    for name, text in (("subject", subject), ("body", body)):
        unknown = [field for field in map(str.strip, _FIELD.findall(text)) if field not in known]
        if unknown:
            raise Refused(
                _("没有“%(field)s”这一项。可以用的有：%(known)s。")
                % {"field": unknown[0][:40], "known": "、".join(known) or _("无")},
                code="unknown_field",
                field=name,
            )
        if any(mark in _FIELD.sub("", text) for mark in ("{{", "}}", "{%", "%}", "{#")):
            raise Refused(_("大括号里只能写项目名，例如 {{ number }}。"), code="bad_template", field=name)
    return subject, body


def filled(text: str, context: Mapping[str, object]) -> str:
    """The text with its fields; one that has no value this time is left out."""
    return _FIELD.sub(lambda found: str(context.get(found[1].strip(), "")), text)


# ── groups ──

_LONG_NUMBER = re.compile(r"(?:\d[\s-]?){7,}")
ADVISERS = frozenset({"lawyer", "village_lawyer", "mediator", "notary", "legal_aid_clerk"})
"""The posts on the register whose people give guidance."""
REPLY_WITHIN = timedelta(days=7)


def without_persons(text: str, names: Collection[str] = (), *, field: str = "text") -> str:
    """The text, when it names nobody. `names`: what the matter knows of its people.

    Raises Refused "personal_data" for a number long enough for a telephone or a card, or one of the names.
    """
    found = [name for name in names if len(name) > 1 and name in text]
    if found or _LONG_NUMBER.search(text):
        raise Refused(
            _("群里不能写姓名、电话、证件号和编号。请改成“当事人”“对方”这样的说法。"),
            code="personal_data",
            field=field,
        )
    return text


ROBOTS = ("qyapi.weixin.qq.com",)
"""Where a group's robot may live: whoever manages a township must not choose where the worker connects."""


def is_robot(url: str, *, fakes: bool) -> bool:
    """Only of those who run robots; `fakes`: also this machine's own."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme == "http":
        return fakes and parts.hostname in ("127.0.0.1", "localhost")
    return parts.scheme == "https" and parts.hostname in ROBOTS and port in (None, 443)
