"""Lists of matters: what waits for me, what is offered to us, what is late, untaken, to be designated."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from mingbai.cases.enums import IN_WORK, HandoverState, WaitingOn
from mingbai.cases.models import Case, CaseQuerySet, Clock, Handover, Rating
from mingbai.cases.perms import own_workers, stations_of
from mingbai.people.models import User, Worker
from mingbai.people.perms import Scopes, scopes
from mingbai.people.roles import Permission
from mingbai.places.models import Station

UNTAKEN = Q(owner=None) | Q(owner__in=Worker.objects.filter(is_active=False).order_by().values("pk"))
"""Without a person, or with one who has left: asked once, not of every matter's owner."""
_SHOWN = ("station", "owner", "region", "speaker", "party", "partner")


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; "" means any. Lives in the URL.

    `scope`: "mine" (my own), "station" (my stations), "all" (my whole reach).
    `waiting`: "station", "resident", "ended" or "" for everything in work. `pace`: "late" or "soon".
    """

    scope: str = "station"
    waiting: str = "station"
    pace: str = ""
    kind: str = ""
    state: str = ""
    channel: str = ""
    county: str = ""
    station: str = ""
    unowned: bool = False
    wage: bool = False
    urgent: bool = False


def work_list(user: User, filters: Filters | None = None, now: datetime | None = None) -> CaseQuerySet:
    """What waits on us, due first; every row with what the list shows, in one query."""
    filters, now = filters or Filters(), now or timezone.now()
    cases: CaseQuerySet = Case.objects.visible_to(user)
    cases = cases.filter(_scope(user, filters.scope), _waiting(filters.waiting))
    narrow = {
        name: getattr(filters, name)
        for name in ("kind", "state", "channel", "county")
        if getattr(filters, name)
    }
    if filters.station:
        narrow["station_id"] = filters.station
    for name, column in (("wage", "is_wage"), ("urgent", "is_urgent")):
        if getattr(filters, name):
            narrow[column] = True
    if filters.unowned:
        cases = cases.filter(UNTAKEN)
    cases = cases.filter(_pace(filters.pace, now), **narrow)
    if filters.waiting == "ended":
        return cases.select_related(*_SHOWN).order_by("-closed_at", "-id")
    return cases.select_related(*_SHOWN).work_order()


def _scope(user: User, scope: str) -> Q:
    """The narrowest filter that an index serves; `visible_to` stands before it in any case."""
    if scope == "mine":
        return Q(owner_id__in=own_workers(user))
    reach = scopes(user, Permission.CASE_SEE)
    if scope == "station" and reach.stations:
        return Q(station_id__in=reach.stations)
    return _reach(reach)


def _reach(reach: Scopes) -> Q:
    if reach.everywhere_cities:
        return Q(city__in=reach.everywhere_cities)
    stations = stations_of(reach)
    if reach.counties and not stations:
        return Q(county__in=reach.counties)
    return Q(county__in=reach.counties) | Q(station_id__in=stations) | Q(owner_id__in=reach.own_only)


def in_work() -> Q:
    """What is in work, said as the partial index of it says it (core/literal.py)."""
    return Q(waiting_on__literally=IN_WORK)


def _waiting(waiting: str) -> Q:
    if waiting == "ended":
        # closed_at: the partial indexes of ended matters need to hear that it is there.
        return Q(waiting_on=WaitingOn.NOBODY, closed_at__isnull=False)
    return Q(waiting_on=waiting) if waiting in IN_WORK else in_work()


def _pace(pace: str, now: datetime) -> Q:
    """Red: past due. Yellow: a running clock has begun to warn."""
    if pace == "late":
        return Q(due_at__lt=now)
    if pace == "soon":
        warned = Clock.objects.soon(now).filter(case=OuterRef("pk"))
        return Q(Exists(warned), due_at__gte=now)
    return Q()


MOST_COUNTED = 1000
"""Tabs count no further: a list's page must not grow slow with the city. `shown` says so."""


def work_groups(user: User, scope: str = "station", now: datetime | None = None) -> dict[str, int]:
    """What waits on us in one scope: all, late, without a person (each up to MOST_COUNTED), and mine."""
    now = now or timezone.now()
    waiting = Case.objects.visible_to(user).filter(waiting_on=WaitingOn.STATION)
    first = waiting.filter(_scope(user, scope)).order_by("due_at", "id")[:MOST_COUNTED]
    counts: dict[str, int] = first.aggregate(
        waiting=Count("pk"),
        late=Count("pk", filter=Q(due_at__lt=now)),
        unowned=Count("pk", filter=UNTAKEN),
    )
    return counts | {"mine": waiting.filter(_scope(user, "mine"))[:MOST_COUNTED].count()}


def waiting_on_residents(user: User, scope: str = "station") -> int:
    """How many stand still until the resident answers, up to MOST_COUNTED."""
    cases = Case.objects.visible_to(user).filter(_scope(user, scope), waiting_on=WaitingOn.RESIDENT)
    found: int = cases[:MOST_COUNTED].count()
    return found


def shown(count: int) -> str:
    """A figure of a tab: "37", or "1000+" where counting stopped."""
    return f"{count}+" if count >= MOST_COUNTED else str(count)


def inbox(user: User) -> QuerySet[Handover]:
    """Offers that wait for an answer from the stations where this user works, oldest first."""
    reach = scopes(user, Permission.CASE_WORK)
    offered = Handover.objects.filter(state=HandoverState.OFFERED, taker__in=stations_of(reach, whole=True))
    return offered.select_related("case__station", "case__owner", "case__region", "giver", "taker").order_by(
        "offered_at", "id"
    )


def untaken(user: User) -> CaseQuerySet:
    """In work without a person, or with one who has left; due first."""
    cases: CaseQuerySet = Case.objects.visible_to(user)
    free = cases.filter(UNTAKEN, _scope(user, "all"), waiting_on=WaitingOn.STATION)
    return free.select_related(*_SHOWN).order_by("due_at", "id")


def to_designate(user: User) -> CaseQuerySet:
    """Declined twice, not taken up in time, offered in vain, or at a station that has closed."""
    cases: CaseQuerySet = Case.objects.visible_to(user)
    waiting = cases.filter(stuck(), _scope(user, "all"), in_work())
    return waiting.select_related(*_SHOWN).order_by("due_at", "id")


def stuck() -> Q:
    """What the supervisor must designate, see `to_designate`."""
    closed = Station.objects.filter(closed_on__lte=timezone.localdate()).order_by()
    return Q(needs_designation=True) | Q(station__in=closed.values("code"))


def owed_call_backs(user: User) -> QuerySet[Rating]:
    """Bad ratings whose return call is owed, oldest first."""
    cases = Case.objects.visible_to(user).filter(_scope(user, "all"))
    owed: QuerySet[Rating] = Rating.objects.to_call_back()
    return (
        owed.filter(case__in=cases.values("pk"))
        .select_related("case__station", "case__owner")
        .order_by("at", "id")
    )
