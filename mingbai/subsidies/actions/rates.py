"""Rates: from a day on, without a gap or an overlap; what waited for one is reckoned at once."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.places.actions import begin_rule
from mingbai.places.models import Region
from mingbai.subsidies.actions._record import enter, freeze, reckon
from mingbai.subsidies.enums import Area, PieceState, Stage, Work
from mingbai.subsidies.models import Piece, Rate
from mingbai.subsidies.rules import Terms

_ONE_DAY = timedelta(days=1)


@transaction.atomic
def set_rate(
    *,
    by: Actor,
    region: Region,
    work: str,
    terms: Terms,
    source: str,
    valid_from: date,
    kind: str = "",
    stage: str = "",
    area: str = "",
    at: datetime | None = None,
) -> Rate:
    """A rate from a day on; the one before it ends the day before. Pieces keep the rate they were promised;
    those that had none and began on or after this day get it.

    Raises Refused "rate_overlap", "rate_gap", "rule_past", "bad_rule", "bad_choice".
    """
    at = at or timezone.now()
    if work not in Work.values or stage not in Stage.values or area not in Area.values:
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="work")
    where = {"region": region, "work": work, "kind": kind, "stage": stage, "area": area}
    same = Rate.objects.filter(**where)
    _check_neighbours(same, valid_from)
    rate = Rate(
        **where, **_columns(terms), source=clean_text(source, most=300, field="source"), valid_from=valid_from
    )
    data = {**where, "region": region.pk, "fee": str(terms.fee), "direct": str(terms.direct)}
    made: Rate = begin_rule(rule=rate, same=same, by=by, data=data, at=at)
    _price_waiting(made, by, at)
    return made


def _columns(terms: Terms) -> dict[str, Any]:
    names = ("fee", "direct", "per_extra", "most_extra", "excellent", "good", "failed")
    return {name: getattr(terms, name) for name in names}


def _check_neighbours(same: Any, valid_from: date) -> None:
    """The table has neither two rates for a day nor a day without one."""
    last = same.exclude(valid_to=None).order_by("-valid_to").first()
    if last is None or same.filter(valid_to=None).exists():
        return
    words = {"day": last.valid_to.isoformat()}
    if valid_from <= last.valid_to:
        text = _("已有的标准到 %(day)s 才失效，和这一条重叠。") % words
        raise Refused(text, code="rate_overlap", field="valid_from")
    if valid_from > last.valid_to + _ONE_DAY:
        text = _("已有的标准到 %(day)s 失效，中间有几天没有标准。") % words
        do = _("请从那一天的第二天起施行。")
        raise Refused(text, code="rate_gap", do=do, field="valid_from")


def _price_waiting(rate: Rate, by: Actor, at: datetime) -> None:
    waiting = Piece.objects.select_for_update(of=("self",)).filter(
        rate=None, work=rate.work, frozen_on__gte=rate.valid_from
    )
    for piece in waiting.exclude(state=PieceState.DROPPED).order_by("pk"):
        freeze(piece)
        if piece.rate is None:
            continue
        reckon(piece)
        piece.save()
        enter(piece, "priced", by, at, rate=piece.rate_id, amount=str(piece.amount))
