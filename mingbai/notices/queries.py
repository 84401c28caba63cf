"""What the worker asks before it sends: which ways are open; what the pages show of the outbox."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core import signing
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from mingbai.notices.enums import GroupKind, NoticeState, Urgency
from mingbai.notices.models import Group, Notice, Question, Way, Wording
from mingbai.notices.rules import (
    ADVISERS,
    DIGEST,
    REPLY_WITHIN,
    URGENT,
    WAYS,
    Terms,
    allowance,
    fields_of,
    is_quiet,
)
from mingbai.people.enums import Post as Post_
from mingbai.people.models import Grant, Worker
from mingbai.people.roles import RoleCode
from mingbai.places.queries import regions_below, register

_NEVER = Q(pk__in=[])


@dataclass(frozen=True)
class Ways:
    """The transports' terms and what has left in this minute; which templates are urgent, which gathered."""

    terms: Mapping[str, Terms]
    rows: Mapping[str, Way]
    urgent: frozenset[str]
    digest: frozenset[str]

    def left(self, transport: str, now: datetime) -> int | None:
        """How many may leave now; None: no limit."""
        terms, row = self.terms.get(transport, Terms()), self.rows.get(transport)
        return allowance(terms, row.counted_from if row else None, row.counted if row else 0, now)

    def held_back(self, now: datetime) -> Q:
        """What is not sent now, though it is due."""
        at = timezone.localtime(now).time()
        full = [code for code in self.terms if self.left(code, now) == 0]
        quiet = [code for code, terms in self.terms.items() if is_quiet(terms, at)]
        held = Q(transport__in=full) if full else _NEVER
        if quiet:
            held |= Q(transport__in=quiet) & ~Q(template__in=self.urgent)
        return held | Q(template__in=self.digest) if self.digest else held


def ways() -> Ways:
    """Two small queries: the rows of transports, and the templates whose urgency was changed."""
    rows = {row.transport: row for row in Way.objects.order_by("transport")}
    terms = dict(WAYS) | {
        code: Terms(row.per_minute, row.quiet_from, row.quiet_to) for code, row in rows.items()
    }
    changed = dict(Wording.objects.exclude(urgency="").values_list("template", "urgency"))
    return Ways(terms, rows, _meant(URGENT, Urgency.URGENT, changed), _meant(DIGEST, Urgency.DIGEST, changed))


def _meant(default: frozenset[str], urgency: Urgency, changed: Mapping[str, str]) -> frozenset[str]:
    return frozenset({one for one in default if changed.get(one, urgency) == urgency}).union(
        template for template, chosen in changed.items() if chosen == urgency
    )


def gathered_templates() -> frozenset[str]:
    return ways().digest


# ── templates ──


def _folders() -> list[Path]:
    return [Path(settings.BASE_DIR) / "templates" / "notices"]


@lru_cache(maxsize=1)
def templates() -> Mapping[str, tuple[str, ...]]:
    """Every template that has a file, with the fields its file knows."""
    files = sorted(path for folder in _folders() for path in folder.glob("*.txt"))
    return {path.stem: fields_of(path.read_text()) for path in files}


def said_by_file(template: str) -> tuple[str, str]:
    """Subject and body as the file has them, without its tags: where an editor begins."""
    for folder in _folders():
        path = folder / f"{template}.txt"
        if template in templates() and path.exists():
            plain = re.sub(r'\{% translate "(.*?)" %\}', r"\1", path.read_text())
            subject, _line, body = re.sub(r"\{%.*?%\}", "", plain).strip().partition("\n")
            return subject.strip(), body.strip()
    return "", ""


# ── the outbox ──


def dead_letters() -> QuerySet[Notice]:
    """What failed for good, the newest first."""
    return Notice.objects.filter(state__literally=[NoticeState.FAILED]).order_by("-made_at", "-id")


def counts() -> dict[str, int]:
    """How many notices wait, and how many failed for good."""
    standing = Notice.objects.filter(state__in=[NoticeState.QUEUED, NoticeState.FAILED])
    found = standing.values_list("state").annotate(n=Count("id")).order_by("state")
    return {state: number for state, number in found}


# ── groups ──


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody whom a group reaches; `code` is the `to` of their notices."""

    pk: int
    code: str
    name: str
    email: str
    phone: str

    def reach(self, by_email: str, by_phone: str) -> tuple[str, str]:
        """Address and transport: e-mail where there is one, else the phone; ("", "") for neither."""
        return (self.email, by_email) if self.email else (self.phone, by_phone if self.phone else "")


def _workers(group: Group) -> QuerySet[Worker]:
    """Who is on the register now: whoever leaves or moves is a member no longer, without any list."""
    found = Worker.objects.active().filter(region__in=regions_below(group.region_id))
    if group.kind == GroupKind.MANAGEMENT:
        managing = Grant.objects.active(timezone.localdate()).filter(role=RoleCode.STATION_MANAGER)
        return found.filter(Q(post=Post_.MANAGER) | Q(user__in=managing.values("user")))
    found = found.filter(post__in=ADVISERS)
    return found.filter(skills__line=group.topic).distinct() if group.topic else found


def members(group: Group) -> list[Member]:
    rows = _workers(group).select_related("user").order_by("code")
    return [
        Member(
            row.pk,
            f"user:{row.user_id}" if row.user_id else f"worker:{row.pk}",
            row.name,
            row.user.email if row.user and row.user.is_active else "",
            row.phone,
        )
        for row in rows
    ]


def is_member(group: Group, worker: Worker) -> bool:
    return _workers(group).filter(pk=worker.pk).exists()


def guidance_groups(region: str) -> QuerySet[Group]:
    """The groups that may be asked from this region: its own and those above."""
    above = [row.code for row in register().ancestors(region)]
    return Group.objects.filter(kind=GroupKind.GUIDANCE, is_active=True, region__in=above)


def groups_of(worker: Worker) -> list[Group]:
    """The groups this person is in today."""
    above = [row.code for row in register().ancestors(worker.region_id)]
    groups = Group.objects.filter(is_active=True, region__in=above).order_by("id")
    return [group for group in groups if is_member(group, worker)]


def question_of(token: str) -> tuple[Question, Worker] | None:
    """Whose link this is and to which question; None for a forged or an old one."""
    try:
        question, worker = signing.loads(token, salt="guidance", max_age=REPLY_WITHIN)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    asked = Question.objects.select_related("group").filter(pk=question).first()
    who = Worker.objects.active().select_related("user").filter(pk=worker).first()
    return (asked, who) if asked and who else None
