"""Villages: who advises them, what they are owed and got, what was written down of a visit."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from mingbai.oversight.enums import QuotaCode, VillageClass
from mingbai.oversight.models import AdviserTerm, QuotaRule, Training, Village, VillageVisit
from mingbai.oversight.rules.quotas import Owed, QuotaTerms, Visited, amounts_for, owed, quarter_of
from mingbai.people.enums import Post
from mingbai.people.models import User, Worker
from mingbai.places.enums import Level
from mingbai.places.queries import register


@dataclass(frozen=True, slots=True)
class VillageState:
    """One village on a day: its class ("" where nobody said), its advisers, what it is owed and got."""

    code: str
    village_class: str
    advisers: tuple[str, ...]
    savvy: int
    savvy_asked: int
    owed: tuple[Owed, ...]

    @property
    def is_met(self) -> bool:
        return all(one.is_met for one in self.owed)


def quota_terms(day: date) -> list[QuotaTerms]:
    rows = QuotaRule.objects.valid_on(day).order_by("code", "village_class", "valid_from")
    return [QuotaTerms(row.code, row.amount, row.source, row.village_class, row.valid_from) for row in rows]


def days_owed(days: Collection[date]) -> dict[str, int]:
    """Class → how many days a village of it is owed in the months that end on these days, added up; "" is a
    village that nobody has classed. One query.
    """
    rules = list(QuotaRule.objects.filter(code=QuotaCode.VISITS).order_by("village_class", "valid_from"))
    found: dict[str, int] = defaultdict(int)
    for day in days:
        there = [
            row for row in rules if row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)
        ]
        terms = [
            QuotaTerms(row.code, row.amount, row.source, row.village_class, row.valid_from) for row in there
        ]
        for each in ("", *VillageClass.values):
            found[each] += amounts_for(each, terms).get(QuotaCode.VISITS, 0)
    return found


def villages_in(region: str, day: date) -> list[str]:
    """The codes of the villages of a region's subtree that live on that day, in order."""
    places = register()
    rows = (places.regions[code] for code in places.subtree(region))
    return sorted(row.code for row in rows if row.level == Level.VILLAGE and row.is_valid(day))


def states_of(codes: Collection[str], day: date) -> list[VillageState]:
    """Each village on that day: six queries, however many they are."""
    terms = quota_terms(day)
    classes = dict(Village.objects.filter(region_id__in=codes).values_list("region_id", "village_class"))
    advisers, savvy = advisers_of(codes, day), savvy_of(codes)
    visits: dict[str, list[Visited]] = defaultdict(list)
    rows = VillageVisit.objects.counted().filter(region_id__in=codes, on__gte=quarter_of(day), on__lte=day)
    for code, on, kind, hours in rows.order_by("on", "id").values_list("region_id", "on", "kind", "hours"):
        visits[code].append(Visited(on, kind, hours))
    found = []
    for code in codes:
        amounts = amounts_for(classes.get(code, ""), terms)
        found.append(
            VillageState(
                code=code,
                village_class=classes.get(code, ""),
                advisers=tuple(advisers.get(code, ())),
                savvy=savvy.get(code, 0),
                savvy_asked=amounts.get(QuotaCode.SAVVY, 0),
                owed=tuple(owed(amounts, visits[code], day)),
            )
        )
    return found


def advisers_of(codes: Collection[str], day: date) -> dict[str, list[str]]:
    """Village → names of its advisers: those named, else the village lawyers that the register has there."""
    found: dict[str, list[str]] = defaultdict(list)
    terms = AdviserTerm.objects.filter(Q(until=None) | Q(until__gte=day), since__lte=day, region_id__in=codes)
    for code, name in terms.order_by("since", "id").values_list("region_id", "worker__name"):
        found[code].append(name)
    there = Worker.objects.filter(post=Post.VILLAGE_LAWYER, is_active=True, region_id__in=codes)
    for code, name in there.order_by("code").values_list("region_id", "name"):
        if name not in found[code]:
            found[code].append(name)
    return found


def savvy_of(codes: Collection[str]) -> dict[str, int]:
    """Village → how many 法律明白人 are on the register there."""
    rows = Worker.objects.filter(post=Post.LAW_SAVVY_VILLAGER, is_active=True, region_id__in=codes)
    return dict(
        rows.values("region_id").annotate(n=Count("pk")).order_by("region_id").values_list("region_id", "n")
    )


def own_villages(user: User, day: date) -> list[str]:
    """The villages that this person advises, or whose studio is their station."""
    worker = getattr(user, "worker", None)
    if worker is None:
        return []
    terms = AdviserTerm.objects.filter(Q(until=None) | Q(until__gte=day), since__lte=day, worker=worker)
    found = list(terms.order_by("region_id").values_list("region_id", flat=True))
    home = register().regions.get(worker.region_id)
    if home is not None and home.level == Level.VILLAGE and home.code not in found:
        found.append(home.code)
    return found


def visits_in(region: str, first: date, last: date) -> QuerySet[VillageVisit]:
    """What counts, of a region's subtree ("" the whole city) and a period."""
    visits = VillageVisit.objects.counted().filter(on__gte=first, on__lte=last)
    if region:
        visits = visits.filter(region_id__in=register().subtree(region))
    return visits.order_by("on", "id")


@dataclass(frozen=True, slots=True)
class Taught:
    """One 法律明白人 and what they were taught: hours in all, the last certificate."""

    worker: Worker
    hours: Decimal
    certificate: str


def taught_in(codes: Collection[str]) -> list[Taught]:
    """The 法律明白人 of these regions, village by village; two queries."""
    people = Worker.objects.filter(post=Post.LAW_SAVVY_VILLAGER, is_active=True, region_id__in=codes)
    people = people.annotate(taught=Sum("trainings__hours")).order_by("region_id", "code")
    found = list(people)
    certificates = dict(
        Training.objects.filter(worker__in=[one.pk for one in found])
        .exclude(certificate="")
        .order_by("on", "id")
        .values_list("worker_id", "certificate")
    )
    return [Taught(one, one.taught or Decimal(0), certificates.get(one.pk, "")) for one in found]
