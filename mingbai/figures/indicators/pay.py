"""Subsidies: pieces of work by the day they were done, and what they come to."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mingbai.figures.enums import Counts, Dimension, Group, Unit
from mingbai.figures.measures import Cents
from mingbai.figures.registry import Indicator, Ratio, Row, add
from mingbai.figures.rules import Period
from mingbai.people.roles import Permission
from mingbai.places.queries import below
from mingbai.subsidies.enums import PieceState
from mingbai.subsidies.models import Piece


def done(period: Period) -> QuerySet[Piece]:
    """Work done in the period that is to be paid or stands in a sheet."""
    found = Piece.objects.filter(state__in=[PieceState.EARNED, PieceState.SHEETED])
    found = found.filter(done_on__gte=period.first, done_on__lte=period.last)
    if period.region:
        found = found.filter(below(period.region, "region_id"))
    return found.order_by("done_on", "id")


def _piece(row: Piece) -> Row:
    return Row(at=row.done_on, place=row.region.name, what=f"{row.get_work_display()} {row.amount}")


def _pieces(code: str, name: Any, definition: Any, unit: Unit = Unit.PIECES, **more: Any) -> Indicator:
    return Indicator(
        code,
        name,
        unit,
        Counts.CONTACTS,
        definition,
        done,
        _piece,
        time="done_on",
        needs=("region",),
        cut={Dimension.REGION: "region_id", Dimension.PERSON: "worker_id"},
        permission=Permission.SUBSIDY_SEE,
        **more,
    )


_SHEETED = Q(state=PieceState.SHEETED)
_MONEY: dict[str, Any] = {"unit": Unit.YUAN, "amount": Cents("amount"), "scale": 100}
add(
    Group.PAY,
    _pieces("subsidy_pieces", _("补贴计件"), _("这段时间完成、应发补贴的工作，一笔算一个。")),
    _pieces("subsidy_amount", _("应发补贴"), _("补贴计件的金额相加。"), **_MONEY),
    _pieces("subsidy_sheeted", _("已制表补贴"), _("应发补贴里，已经列进发放表的。"), only=_SHEETED, **_MONEY),
    Ratio(
        "subsidy_sheeted_rate",
        _("补贴制表率"),
        "subsidy_sheeted",
        "subsidy_amount",
        _("已制表补贴 ÷ 应发补贴。"),
    ),
)
