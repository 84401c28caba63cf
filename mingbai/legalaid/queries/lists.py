"""Lists of applications by what they wait for, due first; every row in one query."""

from collections.abc import Mapping

from django.db.models import Count, Q, QuerySet

from mingbai.legalaid.enums import Stage
from mingbai.legalaid.models import Application
from mingbai.people.models import User

S = Stage
GROUPS: Mapping[str, tuple[Stage, ...]] = {
    "decide": (S.APPLIED, S.ACCEPTED, S.REVIEW),
    "asked": (S.ASKED,),
    "second": (S.REFUSAL_PROPOSED, S.TERMINATION_PROPOSED),
    "assign": (S.GRANTED,),
    "work": (S.ASSIGNED, S.HANDLING, S.CONCLUDED),
    "files": (S.REPORTED,),
    "objections": (S.OBJECTED,),
    "tell": (S.DONE, S.REFUSED, S.UPHELD, S.TERMINATED, S.TRANSFERRED),
    "ended": (S.CLOSED, S.WITHDRAWN, S.LAPSED),
}
"""Every stage is in one group."""


def applications(user: User, group: str) -> QuerySet[Application]:
    """What waits for one thing, due first; what has ended, newest first."""
    seen: QuerySet[Application] = Application.objects.visible_to(user)
    found = seen.filter(case__stage__in=GROUPS[group]).select_related(
        "case__station", "case__owner", "case__party", "case__speaker"
    )
    if group == "ended":
        return found.order_by("-case__closed_at", "-case_id")
    return found.order_by("case__due_at", "case_id")


def group_counts(user: User) -> dict[str, int]:
    """How many wait for each thing: one query; what has ended is not counted."""
    seen = Application.objects.visible_to(user)
    counts: dict[str, int] = seen.aggregate(
        **{
            code: Count("pk", filter=Q(case__stage__in=stages))
            for code, stages in GROUPS.items()
            if code != "ended"
        }
    )
    return counts
