"""Quality inspection: out of what is drawn, what waits for whom, figures of each person and period."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Avg, Count, F, Q, QuerySet
from django.utils import timezone

from mingbai.cases.models import Case
from mingbai.hotline.enums import InspectionState
from mingbai.hotline.models import Call, Draw, Inspection, ScoreSheet
from mingbai.hotline.rules.quality import sample
from mingbai.people.models import User, Worker

CALL, ANSWER = "call", "case"


def sheet_on(day: date) -> ScoreSheet | None:
    return ScoreSheet.objects.valid_on(day).order_by("-valid_from").first()


def calls_of(station: str, first: date, last: date) -> dict[str, int]:
    """Answered calls of the period by key, and whose they are: without that there is nobody to judge."""
    found = Call.objects.filter(station_id=station).within(first, last).answered().exclude(worker=None)
    return {f"{CALL}:{pk}": worker for pk, worker in found.values_list("pk", "worker_id")}


def answers_of(station: str, first: date, last: date) -> dict[str, int]:
    """Consultations that the station answered in the period without a call of ours: an answer in writing."""
    days = (first, last + timedelta(days=1))
    since, until = (timezone.make_aware(datetime.combine(day, time.min)) for day in days)
    found = Case.objects.filter(
        station_id=station, kind="consultation", answered_at__gte=since, answered_at__lt=until
    ).exclude(owner=None)
    found = found.filter(calls=None)
    return {f"{ANSWER}:{pk}": owner for pk, owner in found.values_list("pk", "owner_id")}


def drawn_again(row: Draw) -> set[str]:
    """What the seed gives out of what is there now: the drawn keys, unless that has changed since."""
    calls = calls_of(row.station_id, row.first, row.last)
    answers = answers_of(row.station_id, row.first, row.last)
    return {*sample(calls, row.seed, row.share), *sample(answers, row.seed, row.share)}


def inspections(user: User) -> QuerySet[Inspection]:
    """With all that a list shows."""
    shown = Inspection.objects.visible_to(user)
    return shown.select_related("draw__station", "call", "case", "worker", "sheet")


def own(worker: int | None) -> QuerySet[Inspection]:
    """What was said of one's own work, the newest first."""
    scored = Inspection.objects.filter(worker_id=worker or 0).exclude(state=InspectionState.OPEN)
    return scored.select_related("draw__station", "call", "case", "worker", "sheet").order_by(
        "-scored_at", "-id"
    )


def unseen(worker: Worker | None) -> int:
    """Results that whom they are about has not opened yet."""
    return own(worker.pk).filter(seen_at=None).order_by().count() if worker else 0


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one person: drawn, scored, mean of the totals (None before any is scored), objections and those
    of them after which the total was another one."""

    worker: str
    drawn: int
    scored: int
    mean: float | None
    objected: int
    changed: int


def figures(user: User, first: date, last: date) -> list[Figures]:
    """Each person, of draws whose period lies within these days; one query."""
    found = Inspection.objects.filter(draw__in=Draw.objects.visible_to(user))
    rows = (
        found.filter(draw__first__gte=first, draw__last__lte=last)
        .values("worker_id", "worker__name")
        .annotate(
            drawn=Count("pk"),
            scored=Count("pk", filter=~Q(state=InspectionState.OPEN)),
            mean=Avg("total"),
            objected=Count("pk", filter=Q(objected_at__isnull=False)),
            changed=Count("pk", filter=Q(settled_at__isnull=False) & ~Q(total=F("first_total"))),
        )
        .order_by("worker__name", "worker_id")
    )
    return [
        Figures(
            row["worker__name"], row["drawn"], row["scored"], row["mean"], row["objected"], row["changed"]
        )
        for row in rows
    ]
