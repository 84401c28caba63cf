"""Lists of mediations by what they wait for, due first; every row in one query."""

from collections.abc import Mapping

from django.db.models import Count, Q, QuerySet

from mingbai.cases.enums import WaitingOn
from mingbai.mediation.enums import AgreementState, Confirmation, Stage
from mingbai.mediation.models import Mediation
from mingbai.people.models import User

S = Stage
_PREPARE = Q(case__stage__in=(S.REQUESTED, S.ACCEPTED, S.PREPARING))
GROUPS: Mapping[str, Q] = {
    "prepare": _PREPARE,
    "asked": Q(case__stage=S.ASKED),
    "talk": Q(case__stage=S.MEDIATING),
    "sign": Q(case__stage=S.AGREED),
    "tell": Q(case__stage__in=(S.EFFECTIVE, S.FAILED, S.DECLINED)),
    "court": Q(
        case__agreements__state=AgreementState.EFFECTIVE,
        case__agreements__confirmation__in=(Confirmation.WANTED, Confirmation.FILED),
    ),
    "perform": Q(case__stage=S.CLOSED, case__waiting_on=WaitingOn.STATION),
    "ended": Q(case__stage__in=(S.CLOSED, S.WITHDRAWN, S.REFUSED), case__waiting_on=WaitingOn.NOBODY),
}
"""Every stage is in one group; what the court looks at is listed there as well (of one
agreement at most: only one is in effect)."""


def mediations(user: User, group: str) -> QuerySet[Mediation]:
    """What waits for one thing, due first; what has ended, newest first."""
    seen: QuerySet[Mediation] = Mediation.objects.visible_to(user)
    found = seen.filter(GROUPS[group]).select_related(
        "case__station", "case__party", "case__speaker", "committee__organisation"
    )
    if group == "ended":
        return found.order_by("-case__closed_at", "-case_id")
    return found.order_by("case__due_at", "case_id")


def group_counts(user: User) -> dict[str, int]:
    """How many wait for each thing: one query; what has ended is not counted."""
    seen = Mediation.objects.visible_to(user)
    counts: dict[str, int] = seen.aggregate(
        **{
            code: Count("pk", filter=where, distinct=True)
            for code, where in GROUPS.items()
            if code != "ended"
        }
    )
    return counts
