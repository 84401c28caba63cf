"""How a piece of work reads as a row, and how its amount was reckoned."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from mingbai.core import when
from mingbai.subsidies.enums import PieceState
from mingbai.subsidies.models import Piece
from mingbai.subsidies.queries import lines_of


def yuan(amount: Any) -> str:
    return f"{amount:,.2f}"


def work_of(piece: Piece) -> str:
    """法律援助办案（件） 二审 跨县区; 更正： before it where it corrects another."""
    name = _work_of(piece)
    return _("更正：%(work)s") % {"work": name} if piece.corrects_id else name


def _work_of(piece: Piece) -> str:
    more = (piece.get_stage_display() if piece.stage else "", piece.get_area_display() if piece.area else "")
    return " ".join(str(part) for part in (piece.get_work_display(), *more) if part)


def day_of(piece: Piece) -> str:
    return when.day(piece.done_on) if piece.done_on else "–"


def amount_of(piece: Piece) -> str:
    if piece.rate is None:
        return _("还没有标准")
    return yuan(piece.amount) if piece.state != PieceState.PROMISED else "–"


def reckoning(piece: Piece) -> list[list[str]]:
    """Line by line, the sum last."""
    lines = [[line.what, line.how, yuan(line.amount)] for line in lines_of(piece)]
    return [*lines, [_("合计"), "", yuan(piece.amount)]] if lines else []


def linked(piece: Piece) -> dict[str, str]:
    return {"text": work_of(piece), "url": reverse("pay:piece", args=[piece.pk])}
