"""Committees as they are now: the numbers of the law on a day, and what is missing in one."""

from collections.abc import Iterable, Mapping
from datetime import date

from mingbai.mediation.models import Committee, CommitteeRule, Member
from mingbai.mediation.rules.committees import Finding, Seat, findings


def numbers_on(day: date) -> Mapping[str, int]:
    """RuleCode → number; one query."""
    return dict(CommitteeRule.objects.valid_on(day).values_list("code", "amount"))


def findings_of(committees: Iterable[Committee], today: date) -> dict[int, tuple[Finding, ...]]:
    """What is missing in each, by primary key: two queries however many there are."""
    rows, numbers = list(committees), numbers_on(today)
    seats: dict[int, list[Seat]] = {row.pk: [] for row in rows}
    sitting = Member.objects.filter(committee__in=seats, until=None, is_seat=True, worker__is_active=True)
    for one in sitting:
        seats[one.committee_id].append(Seat(one.is_woman, one.is_minority, one.is_chair))
    return {
        row.pk: findings(seats[row.pk], since=row.since, is_mixed=row.is_mixed, numbers=numbers, today=today)
        for row in rows
    }
