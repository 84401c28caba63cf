"""Duty by the day: half or whole, however many shifts, once."""

from datetime import date
from decimal import Decimal as D

import pytest

from mingbai.core.actor import SYSTEM
from mingbai.subsidies import actions
from mingbai.subsidies.models import Piece
from tests.cases.factories import NORTH
from tests.subsidies.factories import make_rate

DAY = date(2026, 3, 5)


def duty(city, minutes: int, **more) -> Piece | None:
    return actions.on_duty(
        by=SYSTEM, worker=city.owner, work="hotline_duty", region=NORTH, on=DAY, minutes=minutes, **more
    )


@pytest.fixture
def rates(city):
    make_rate(city, "hotline_duty", fee=D(385), direct=D(0))
    make_rate(city, "hotline_duty", fee=D(195), direct=D(0), stage="half_day")


@pytest.mark.parametrize(("minutes", "amount"), [(1, 195), (240, 195), (241, 385), (9999, 385)])
def test_half_a_day_and_a_whole_one(city, rates, minutes, amount):
    assert duty(city, minutes).amount == amount


def test_shifts_of_a_day_add_up_to_one_piece(city, rates):
    assert duty(city, 120).amount == 195
    assert duty(city, 121, adds=True).amount == 385
    assert duty(city, 60).minutes == 241, "a whole that is less than was counted changes nothing"
    assert Piece.objects.get().minutes == 241


def test_nothing_is_no_duty(city, rates):
    assert duty(city, 0) is None and duty(city, -5) is None
    assert not Piece.objects.exists()


def test_what_is_in_a_sheet_stays(city, rates):
    duty(city, 120)
    actions.make_sheet(by=SYSTEM, region=city.regions[NORTH], month=202603)
    assert duty(city, 400, adds=True).amount == 195


def test_without_a_rate_of_half_a_day_the_day_s_own_holds(city):
    make_rate(city, "hotline_duty", fee=D(385), direct=D(0))
    assert duty(city, 30).amount == 385
