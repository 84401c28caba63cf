"""Which rate holds, one's own pieces, what a sheet is made of, what next year will need."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from mingbai.people.models import Worker
from mingbai.places.queries import register
from mingbai.subsidies.enums import PieceState, Work
from mingbai.subsidies.models import Piece, Rate, Sheet
from mingbai.subsidies.rules import Line, Span, Terms, gaps, overlaps, reckoned
from mingbai.subsidies.rules import Work as Facts

_WEIGHTS = (("kind", 4), ("stage", 2), ("area", 1))


def rate_for(
    work: str, *, region: str, on: date, kind: str = "", stage: str = "", area: str = ""
) -> Rate | None:
    """The rate of the nearest place up the tree; there, the row that says most. One query."""
    path = [row.code for row in register().ancestors(region)]
    asked = {"kind": kind, "stage": stage, "area": area}
    fits = Q(work=work, region__in=path)
    for name, value in asked.items():
        fits &= Q(**{name: value}) | Q(**{name: ""})
    rows = list(Rate.objects.valid_on(on).filter(fits))

    def rank(row: Rate) -> tuple[int, int]:
        return -path.index(row.region_id), sum(n for name, n in _WEIGHTS if getattr(row, name))

    return max(rows, key=rank, default=None)


def terms_of(rate: Rate) -> Terms:
    return Terms(
        fee=rate.fee,
        direct=rate.direct,
        per_extra=rate.per_extra,
        most_extra=rate.most_extra,
        excellent=rate.excellent,
        good=rate.good,
        failed=rate.failed,
    )


def lines_of(piece: Piece) -> list[Line]:
    """The calculation of a piece, line by line; empty where it has no rate yet."""
    if piece.rate is None:
        return []
    splits = piece.work == Work.MEDIATION
    facts = Facts(
        extra=piece.extra,
        grade=piece.grade,
        share=piece.share,
        is_public_post=piece.is_public_post,
        splits=splits,
        parts=piece.parts,
        part=piece.part,
        paid=piece.paid_before if piece.corrects_id else None,
    )
    return reckoned(terms_of(piece.rate), facts)


def own_pieces(worker: Worker) -> QuerySet[Piece]:
    """One's own work, newest first."""
    found = Piece.objects.filter(worker=worker).exclude(state=PieceState.DROPPED)
    # What is not done yet comes first, on every database.
    order = (F("done_on").desc(nulls_first=True), "-pk")
    return found.select_related("rate", "sheet", "region").order_by(*order)


def is_paid(about: str, work: str) -> bool:
    """Whether a piece of this sort stands for the matter (its chain), promised or earned, not dropped."""
    return Piece.objects.filter(about=about, work=work).exclude(state=PieceState.DROPPED).exists()


def last_day(month: int) -> date:
    """Of a month as yyyymm."""
    year, number = divmod(month, 100)
    following = date(year + number // 12, number % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


def due_pieces(region: str, month: int) -> QuerySet[Piece]:
    """What a sheet of the place for this month would hold: earned up to its end, in no sheet, with a rate."""
    codes = register().subtree(region)
    return Piece.objects.filter(
        state=PieceState.EARNED, region__in=codes, done_on__lte=last_day(month), rate__isnull=False
    )


def unpriced_pieces(regions: Iterable[str]) -> QuerySet[Piece]:
    """Promised or earned, and no rate holds for them: somebody has to set one."""
    found = Piece.objects.filter(region__in=regions, rate=None).exclude(state=PieceState.DROPPED)
    return found.select_related("worker", "region").order_by("frozen_on", "pk")


def rows_of(sheet: Sheet) -> QuerySet[Piece]:
    """The pieces of a sheet, by person."""
    return sheet.pieces.select_related("worker__organisation", "rate").order_by(
        "worker__code", "done_on", "pk"
    )


@dataclass(frozen=True)
class Need:
    """One sort of work in the budget: how many a year, what they cost, on average and together, in yuan."""

    work: str
    count: int
    each: Decimal
    amount: Decimal


def budget(region: str, year: int) -> list[Need]:
    """What the year's work cost by sort, as what the next year will need at the same volume; one query."""
    codes = register().subtree(region)
    done = Piece.objects.filter(region__in=codes, done_on__year=year).exclude(state=PieceState.DROPPED)
    pieces = Count("pk", filter=Q(corrects=None))  # a correction is money, and no work of its own
    rows = done.values("work").annotate(n=pieces, total=Sum("amount"))
    known = {row["work"]: row for row in rows.order_by("work")}
    return [_need(work, known[work]) for work in Work.values if work in known]


def _need(work: str, row: Mapping[str, Any]) -> Need:
    return Need(work, row["n"], row["total"] / (row["n"] or 1), row["total"])


def faults_of_table() -> list[tuple[Rate, str, date, date]]:
    """Gaps and overlaps between rows of one sort and place: (a row of it, "gap" | "overlap", from, to)."""
    groups: dict[tuple[str, ...], list[Rate]] = {}
    for row in Rate.objects.order_by("valid_from", "pk"):
        groups.setdefault((row.region_id, row.work, row.kind, row.stage, row.area), []).append(row)
    found = []
    for rows in groups.values():
        spans = [Span(row.valid_from, row.valid_to) for row in rows]
        found += [(rows[0], "gap", first, last) for first, last in gaps(spans)]
        found += [(rows[0], "overlap", b.first, a.last or b.first) for a, b in overlaps(spans)]
    return found
