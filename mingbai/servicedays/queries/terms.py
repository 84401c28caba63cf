"""The numbers of the office, the hosting communities and the limits of people, as of a day."""

from datetime import date

from django.db.models import Q

from mingbai.places.queries import register
from mingbai.servicedays.models import Block, DayRule, Host, Limit
from mingbai.servicedays.rules.terms import RuleTerms, Terms, terms_at


def terms_on(day: date, region: str = "") -> Terms:
    """One query: what holds on that day at the place, a county's own number before the city's."""
    rows = DayRule.objects.valid_on(day).order_by("valid_from", "id")
    path = [row.code for row in register().ancestors(region)] if region else []
    return terms_at(path, [_terms(row) for row in rows])


def _terms(row: DayRule) -> RuleTerms:
    return RuleTerms(row.code, row.amount, row.source, row.region_id or "", row.valid_from)


def _hosting(day: date) -> Q:
    return Q(since__lte=day) & (Q(until=None) | Q(until__gte=day))


def host_of(region: str, on: date) -> Host | None:
    return Host.objects.filter(_hosting(on), region_id=region).first()


def hosts_on(day: date) -> dict[str, Host]:
    return {host.region_id: host for host in Host.objects.filter(_hosting(day)).order_by("region_id")}


def limits() -> dict[int, Limit]:
    return {limit.worker_id: limit for limit in Limit.objects.order_by("worker_id")}


def blocks_in(first: date, last: date) -> list[Block]:
    """The shut ways and halls of a period."""
    return list(Block.objects.filter(starts_on__lte=last, ends_on__gte=first).order_by("starts_on", "id"))
