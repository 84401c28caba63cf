"""Who could mediate a matter, with what stands in the way of each: bounded queries however many there are."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Q
from django.utils import timezone

from mingbai.cases.enums import OPEN_STATES
from mingbai.cases.models import Case, CoHandler
from mingbai.cases.queries import hashed
from mingbai.mediation.enums import Bar, MediatorState
from mingbai.mediation.models import Mediator, Member, Party
from mingbai.mediation.queries.matters import parties_of
from mingbai.mediation.rules.naming import Person, rank
from mingbai.people.enums import Post
from mingbai.people.models import Worker
from mingbai.people.queries import staffing
from mingbai.places.queries import register

_ACTIVE = Q(mediates__state=MediatorState.ACTIVE, mediates__case__state__in=OPEN_STATES)
_TAKES_SIDES = frozenset({"legal_aid", "counsel"})
"""Kinds of matters in which somebody works for one side."""


def people_for(case: Case, now: datetime) -> list[Person]:
    """Mediators of the city, who can and is near first; eight queries."""
    places, today = register(), timezone.localdate(now)
    near = places.county_of(case.region_id) if case.region_id else case.county
    workers = list(_workers(case))
    bars, committees = _bars(case, workers, today), _committees(workers)
    return rank(
        [
            Person(
                worker=one.pk,
                code=one.code,
                name=one.name,
                committee=committees.get(one.pk, ""),
                running=one.running,
                far=0 if one.station_id == case.station_id else 1 if near == _county(one) else 2,
                last_at=one.last_at,
                bars=tuple(dict.fromkeys(bars[one.pk])),
            )
            for one in workers
        ]
    )


def bars_of(case: Case, worker: Worker, now: datetime) -> tuple[Bar, ...]:
    """What stands in the way of one person."""
    return tuple(dict.fromkeys(_bars(case, [worker], timezone.localdate(now))[worker.pk]))


def _county(worker: Worker) -> str:
    return register().county_of(worker.region_id)


def _workers(case: Case) -> Any:
    city = register().subtree(case.city)
    found = Worker.objects.filter(is_active=True, region_id__in=city).filter(
        Q(post=Post.MEDIATOR) | Q(pk__in=Member.objects.filter(until=None).values("worker_id"))
    )
    return (
        found.select_related("organisation")
        .annotate(running=Count("mediates", filter=_ACTIVE), last_at=Max("mediates__at"))
        .order_by("code")
    )


def _committees(workers: list[Worker]) -> dict[int, str]:
    rows = Member.objects.filter(worker__in=workers, until=None).select_related("committee__organisation")
    return {row.worker_id: row.committee.organisation.name for row in rows}


def _bars(case: Case, workers: list[Worker], today: date) -> dict[int, list[Bar]]:
    found: dict[int, list[Bar]] = defaultdict(list)
    parties, staff = parties_of(case), staffing()
    names = _hashes(parties)
    busy = _working_for(case, workers, names)
    gone = set(
        Mediator.objects.filter(case=case, state=MediatorState.REPLACED).values_list("worker_id", flat=True)
    )
    for worker in workers:
        own = (
            (Bar.SELF, hashed("name", worker.name) in names),
            (Bar.EMPLOYER, bool(worker.organisation) and hashed("name", str(worker.organisation)) in names),
            (Bar.OTHER_WORK, worker.pk in busy),
            (Bar.DROPPED, worker.pk in gone),
            (Bar.AWAY, staff.is_absent(worker.pk, today)),
        )
        found[worker.pk] += [bar for bar, holds in own if holds]
    return found


def _hashes(parties: Iterable[Party]) -> set[str]:
    """Of their names, under every key that is read: others' rows may still carry the older hash."""
    return {one for party in parties if party.name for one in hashed("name", party.name).every}


def _working_for(case: Case, workers: list[Worker], names: set[str]) -> set[int]:
    """Who owns, or is engaged in, an open matter of one of the parties in which sides are taken."""
    if not names:
        return set()
    theirs = Case.objects.filter(kind__in=_TAKES_SIDES, state__in=OPEN_STATES).filter(
        Q(party__name_hash__in=names) | Q(speaker__name_hash__in=names)
    )
    theirs = theirs.exclude(pk=case.pk)
    owned = set(theirs.filter(owner__in=workers).values_list("owner_id", flat=True))
    helped = CoHandler.objects.filter(case__in=theirs, worker__in=workers, done_at=None)
    return owned | set(helped.values_list("worker_id", flat=True))


def same_dispute(case: Case) -> int:
    """Other open mediations in which two of these parties stand against each other: perhaps the same one."""
    parties = parties_of(case)
    if len({party.name for party in parties if party.name}) < 2:
        return 0
    names = _hashes(parties)
    others = Party.objects.filter(
        name_hash__in=names, left_at=None, case__kind="mediation", case__state__in=OPEN_STATES
    ).exclude(case=case)
    shared = others.values("case").annotate(n=Count("name_hash", distinct=True)).filter(n__gte=2)
    return shared.count()


def committee_of(worker: Worker) -> Member | None:
    """For which committee somebody mediates."""
    return Member.objects.filter(worker=worker, until=None).select_related("committee").first()
