"""A month of advising a village is paid when the village got what it is owed by that adviser."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from mingbai.core.actor import Actor
from mingbai.oversight.models import AdviserTerm, Village, VillageVisit
from mingbai.oversight.queries.village import quota_terms
from mingbai.oversight.rules.quotas import Visited, amounts_for, is_month_served, month_of
from mingbai.people.enums import Post
from mingbai.people.models import Worker
from mingbai.places.queries import register
from mingbai.subsidies import actions as subsidies
from mingbai.subsidies.enums import Work

MONTHS_BACK = 4
"""Visits may be written down three months late; older months are settled."""


def pay_advisers(*, by: Actor, now: datetime) -> int:
    """The months that are over: each adviser and village whose month is served; how many they are."""
    first, found = month_of(timezone.localdate(now)), 0
    for _number in range(MONTHS_BACK):
        last = first - timedelta(days=1)
        first = month_of(last)
        found += sum(
            pay_month(by=by, worker=who, village=code, last=last, at=now) for who, code in _pairs(first, last)
        )
    return found


def _pairs(first: date, last: date) -> list[tuple[Worker, str]]:
    """Who went where in the month, of those who advised there then: a term, else a village's own lawyer."""
    rows = VillageVisit.objects.counted().filter(on__range=(first, last)).order_by("worker", "region")
    pairs = list(rows.values_list("worker", "region").distinct())
    terms = AdviserTerm.objects.filter(Q(until=None) | Q(until__gte=first), since__lte=last)
    named = set(terms.values_list("worker", "region"))
    people = Worker.objects.in_bulk({worker for worker, _code in pairs})
    return [
        (people[worker], code)
        for worker, code in pairs
        if (worker, code) in named
        or (people[worker].post == Post.VILLAGE_LAWYER and people[worker].region_id == code)
    ]


@transaction.atomic
def pay_month(*, by: Actor, worker: Worker, village: str, last: date, at: datetime) -> bool:
    """The month that ends with `last`: earned once where it is served, taken back where it is not."""
    if not check_month(by=by, worker=worker, village=village, last=last, at=at):
        return False
    payer = register().county_of(village) or village
    job = subsidies.Job(worker=worker, work=Work.ADVISER_MONTH, region=payer)
    subsidies.earn(by=by, event=_event(worker, village, last), on=last, job=job, at=at)
    return True


@transaction.atomic
def check_month(*, by: Actor, worker: Worker, village: str, last: date, at: datetime) -> bool:
    """Whether the month is served; what was earned for one that is not is taken back."""
    if _is_served(worker, village, last):
        return True
    reason = "到村记录作废，这个月不再达到要求"
    subsidies.take_back(by=by, event=_event(worker, village, last), reason=reason, at=at)
    return False


def _event(worker: Worker, village: str, last: date) -> str:
    return f"adviser:{worker.pk}:{village}:{last:%Y%m}"


def _is_served(worker: Worker, village: str, last: date) -> bool:
    own = Village.objects.filter(region_id=village).values_list("village_class", flat=True).first() or ""
    amounts = amounts_for(own, quota_terms(last))
    rows = VillageVisit.objects.counted().filter(
        worker=worker, region_id=village, on__range=(month_of(last), last)
    )
    visits = [Visited(*row) for row in rows.order_by("pk").values_list("on", "kind", "hours")]
    return is_month_served(amounts, visits)
