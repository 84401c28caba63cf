"""Rates and pieces of the small city."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.people.models import Worker
from mingbai.subsidies import actions
from mingbai.subsidies.models import Piece, Rate
from mingbai.subsidies.rules import Terms
from tests.cases.factories import CITY, NORTH, City

YEAR = date(2026, 1, 1)


def moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(9)))


def make_rate(
    city: City, work: str = "aid_case", *, region: str = CITY, on: date = YEAR, **more: Any
) -> Rate:
    terms = {"fee": Decimal(1500), "direct": Decimal(200)}
    terms |= {name: more.pop(name) for name in list(more) if name in Terms.__dataclass_fields__}
    return actions.set_rate(
        by=SYSTEM,
        region=city.regions[region],
        work=work,
        terms=Terms(**terms),
        source="抚司发〔2026〕3号",
        valid_from=on,
        at=moment(on),
        **more,
    )


def make_earned(
    worker: Worker, event: str = "aid:1", *, on: date = date(2026, 3, 5), work: str = "aid_case", **more: Any
) -> Piece:
    names = ("kind", "stage", "area", "is_public_post", "about")
    own = {name: more.pop(name) for name in list(more) if name in names}
    job = actions.Job(worker=worker, work=work, region=more.pop("region", NORTH), **own)
    piece = actions.earn(by=SYSTEM, event=event, on=on, job=job, **more)
    assert piece is not None
    return piece
