"""The catalogue as it holds on one day in one place."""

from datetime import date

from mingbai.legalaid.models import Belonging, HardshipLine, Matter
from mingbai.legalaid.rules.catalogue import BelongingTerms, Catalogue, Line, MatterTerms
from mingbai.places.queries import register


def catalogue_on(day: date, *, region: str) -> Catalogue:
    """Three queries. `region`: code of the place; the nearest line up the tree holds there."""
    matters = Matter.objects.valid_on(day).order_by("group", "position", "code")
    belongings = Belonging.objects.valid_on(day).order_by("role", "position", "code")
    return Catalogue(
        matters=tuple(_matter(row) for row in matters),
        belongings=tuple(_belonging(row) for row in belongings),
        line=line_on(day, region=region),
    )


def line_on(day: date, *, region: str) -> Line | None:
    """The line of hardship of the place itself, else of the nearest place above it; None without one."""
    path = [row.code for row in register().ancestors(region)]
    rows = {row.region_id: row for row in HardshipLine.objects.valid_on(day).filter(region__in=path)}
    nearest = next((rows[code] for code in path if code in rows), None)
    return Line(nearest.amount, nearest.source) if nearest else None


def _matter(row: Matter) -> MatterTerms:
    return MatterTerms(row.code, row.group, row.name, row.plain, row.ground, row.source, row.position)


def _belonging(row: Belonging) -> BelongingTerms:
    return BelongingTerms(
        row.code, row.role, row.name, row.plain, row.source, tuple(row.only_for), row.paper, row.position
    )
