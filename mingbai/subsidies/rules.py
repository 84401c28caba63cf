"""How a piece of work is reckoned, line by line, to the cent; gaps and overlaps of a table of rates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from mingbai.subsidies.enums import Grade, Stage

HALF_DAY_UP_TO = 240
"""Minutes: duty of four hours at most is half a day (a scheme seen in excerpts only; the rate of the stage
"half_day" says what it pays, and where there is none the whole day's holds)."""
CENT = Decimal("0.01")
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Terms:
    """One rate in yuan: `fee` for labour, `direct` for what it costs, `per_extra` for each further person up
    to `most_extra`; percents of the fee by grade of quality.
    """

    fee: Decimal
    direct: Decimal = Decimal(0)
    per_extra: Decimal = Decimal(0)
    most_extra: int = 0
    excellent: int = 100
    good: int = 100
    failed: int = 100

    def percent(self, grade: str) -> int:
        by_grade = {Grade.EXCELLENT: self.excellent, Grade.GOOD: self.good, Grade.FAILED: self.failed}
        return by_grade.get(Grade(grade), 100)


@dataclass(frozen=True)
class Work:
    """What is known of one piece: further persons, grade, the share that was done, a public post.

    `splits`: what it costs is paid by the share as well. `parts`: so many share it equally, and this is the
    `part`-th, from 0: all parts together are the whole to the cent. `paid`: what was paid for it before, None
    where this is no correction.
    """

    extra: int = 0
    grade: str = Grade.NONE
    share: int = 100
    is_public_post: bool = False
    splits: bool = False
    parts: int = 1
    part: int = 0
    paid: Decimal | None = None


@dataclass(frozen=True)
class Line:
    """One line of a calculation: what, how, how much in yuan."""

    what: str
    how: str
    amount: Decimal


def reckoned(terms: Terms, work: Work) -> list[Line]:
    """The calculation line by line; its sum is the amount. Each line is rounded half up to the cent."""
    lines = _whole(terms, work)
    if work.parts > 1:
        lines = [_part_of(line, work) for line in lines]
    if work.paid is not None:
        lines.append(Line(_("此前已发放"), "", -work.paid))
    return lines


def _whole(terms: Terms, work: Work) -> list[Line]:
    if work.is_public_post:
        lines = [Line(_("劳务费"), _("公职人员不领劳务费"), Decimal(0))]
    else:
        lines = _labour(terms, work)
    if terms.direct:
        lines.append(_direct(terms, work))
    return lines


def _part_of(line: Line, work: Work) -> Line:
    how = _("%(n)d 人平分") % {"n": work.parts}
    amount = split(line.amount, work.parts)[work.part]
    return replace(line, how="，".join(part for part in (line.how, how) if part), amount=amount)


def split(amount: Decimal, parts: int) -> list[Decimal]:
    """Equal parts in whole cents that add up to the whole: what is left over goes to the first, a cent each
    (largest remainder; between equals the order decides).
    """
    each, left = divmod(int(amount / CENT), parts)
    return [CENT * (each + (number < left)) for number in range(parts)]


def duty_stage(minutes: int) -> str:
    """Half a day or a whole one."""
    return Stage.HALF_DAY if minutes <= HALF_DAY_UP_TO else Stage.ANY


def _direct(terms: Terms, work: Work) -> Line:
    """What it costs comes whole however much was done, unless several share it."""
    if not work.splits or work.share == 100:
        return Line(_("直接费用"), "", cents(terms.direct))
    how = "，".join([_("标准 %(fee)s 元") % {"fee": terms.direct}, _done(work)])
    return Line(_("直接费用"), how, cents(terms.direct * work.share / 100))


def _done(work: Work) -> str:
    return _("完成 %(n)d%%") % {"n": work.share}


def _labour(terms: Terms, work: Work) -> list[Line]:
    percent = terms.percent(work.grade)
    how = [_("标准 %(fee)s 元") % {"fee": terms.fee}]
    if percent != 100:
        how.append(_("质量%(grade)s按 %(n)d%%") % {"grade": Grade(work.grade).label, "n": percent})
    if work.share != 100:
        how.append(_done(work))
    lines = [Line(_("劳务费"), "，".join(how), cents(terms.fee * percent * work.share / 10_000))]
    counted = min(work.extra, terms.most_extra)
    if counted and terms.per_extra:
        lines.append(_extra(terms.per_extra, counted, work))
    return lines


def _extra(each: Decimal, counted: int, work: Work) -> Line:
    how = [_("%(n)d 人 × %(each)s 元") % {"n": counted, "each": each}]
    if work.share != 100:
        how.append(_done(work))
    return Line(_("增加受援人"), "，".join(how), cents(each * counted * work.share / 100))


def total(lines: Iterable[Line]) -> Decimal:
    return sum((line.amount for line in lines), Decimal(0))


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


# ── a table of rates ──


@dataclass(frozen=True)
class Span:
    """The days on which a rate holds, both included; `last` None: until another comes."""

    first: date
    last: date | None


def overlaps(spans: Sequence[Span]) -> list[tuple[Span, Span]]:
    """Each pair of neighbours of which the second begins before the first has ended."""
    rows = sorted(spans, key=lambda one: one.first)
    return [(a, b) for a, b in zip(rows, rows[1:], strict=False) if a.last is None or b.first <= a.last]


def gaps(spans: Sequence[Span]) -> list[tuple[date, date]]:
    """First and last day of each time between two rates on which none holds."""
    rows, found = sorted(spans, key=lambda one: one.first), []
    for a, b in zip(rows, rows[1:], strict=False):
        if a.last is not None and a.last + _ONE_DAY < b.first:
            found.append((a.last + _ONE_DAY, b.first - _ONE_DAY))
    return found
