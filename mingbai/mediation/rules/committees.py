"""What a committee should look like by the law; a gap is a finding, never a block: pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from mingbai.mediation.enums import RuleCode

Numbers = Mapping[str, int]
"""RuleCode → the number that holds on the day."""


@dataclass(frozen=True, slots=True)
class Seat:
    """One member as they sit now."""

    is_woman: bool = False
    is_minority: bool = False
    is_chair: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A gap, with the article it is measured by."""

    text: str
    source: str


def term_end(since: date, numbers: Numbers) -> date | None:
    """The day on which a term that began then is over; None without a rule."""
    years = numbers.get(RuleCode.TERM_YEARS)
    if years is None:
        return None
    try:
        return since.replace(year=since.year + years)
    except ValueError:  # the 29th of February
        return since.replace(year=since.year + years, month=3, day=1)


def findings(
    seats: Sequence[Seat], *, since: date | None, is_mixed: bool, numbers: Numbers, today: date
) -> tuple[Finding, ...]:
    """人民调解法 Arts. 8 and 9: three to nine members, a woman, the smaller nationalities, three years."""
    return tuple(_of_members(seats, is_mixed, numbers)) + tuple(_of_term(since, numbers, today))


def _of_members(seats: Sequence[Seat], is_mixed: bool, numbers: Numbers) -> Iterable[Finding]:
    law, count = _("《人民调解法》第八条"), len(seats)
    least, most = numbers.get(RuleCode.MEMBERS_LEAST, 0), numbers.get(RuleCode.MEMBERS_MOST, count)
    if count < least:
        yield Finding(_("委员 %(n)d 人，少于 %(least)d 人。") % {"n": count, "least": least}, law)
    if count > most:
        yield Finding(_("委员 %(n)d 人，多于 %(most)d 人。") % {"n": count, "most": most}, law)
    if seats and not any(seat.is_woman for seat in seats):
        yield Finding(_("没有妇女委员。"), law)
    if is_mixed and seats and not any(seat.is_minority for seat in seats):
        yield Finding(_("多民族居住的地方，没有人数较少的民族的委员。"), law)
    if seats and not any(seat.is_chair for seat in seats):
        yield Finding(_("没有主任。"), law)


def _of_term(since: date | None, numbers: Numbers, today: date) -> Iterable[Finding]:
    law = _("《人民调解法》第九条")
    if since is None:
        yield Finding(_("没有写哪天推选的。"), law)
        return
    end = term_end(since, numbers)
    if end is not None and today >= end:
        yield Finding(_("任期已满，该重新推选。"), law)
