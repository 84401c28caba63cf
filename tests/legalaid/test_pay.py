"""What a matter with aid is paid: promised with the assignment, earned with the file, or dropped."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.legalaid import actions
from mingbai.people.enums import Post
from mingbai.subsidies.models import Piece
from tests.cases.factories import NORTH, SOUTH, City
from tests.legalaid import factories as made
from tests.legalaid.factories import make_terms, reviewer
from tests.people.factories import make_worker
from tests.subsidies.factories import make_rate


def lawyer(city: City, name: str = "甲律师", home: str = NORTH, **more):
    worker = make_worker(city.stations[home], name, Post.LAWYER)
    actions.enrol_lawyer(by=SYSTEM, worker=worker, practises_since=date(2010, 1, 1), **more)
    return worker


@pytest.fixture(autouse=True)
def rates(city: City) -> None:
    today = timezone.localdate()
    make_rate(city, on=today, fee=Decimal(1500), direct=Decimal(200))
    make_rate(city, on=today, fee=Decimal(1800), direct=Decimal(200), stage="second")


def assigned(city: City, worker, **more):
    return actions.assign(case=made.granted(city), by=reviewer(city), worker=worker, **more)


def finish(city: City, case) -> None:
    today = timezone.localdate()
    by = reviewer(city)
    actions.report(case=case, by=by, step="result", happened_on=today, text="判了")
    actions.report_closing(case=case, by=by, text="结案")
    actions.finish(case=case, by=by, text="胜诉")


def test_promised_with_the_assignment_and_earned_with_the_file(city: City):
    case = assigned(city, lawyer(city), phase="second")
    piece = Piece.objects.get()
    assert (piece.state, piece.stage, piece.area, piece.region_id) == ("promised", "second", "own", NORTH)
    assert piece.about == case.chain
    finish(city, case)
    piece.refresh_from_db()
    assert (piece.state, piece.amount) == ("earned", 2000)


def test_from_another_county(city: City):
    assigned(city, lawyer(city, home=SOUTH))
    assert Piece.objects.get().area == "cross_county"


def test_public_posts_get_no_fee(city: City):
    case = assigned(city, lawyer(city, is_public_post=True))
    finish(city, case)
    assert Piece.objects.get().amount == 200


def test_declined_is_dropped_and_the_next_has_a_piece_of_their_own(city: City):
    first, second = lawyer(city), lawyer(city, "乙律师")
    case = assigned(city, first, why="离得近")
    actions.release(case=case, by=reviewer(city), declined=True, reason="出差")
    actions.assign(case=case, by=reviewer(city), worker=second)
    assert list(Piece.objects.order_by("pk").values_list("state", flat=True)) == ["dropped", "promised"]


def test_replaced_stays_for_a_person_to_settle(city: City):
    case = assigned(city, lawyer(city))
    actions.report(case=case, by=reviewer(city), step="met", happened_on=timezone.localdate(), text="见了面")
    actions.release(case=case, by=reviewer(city), declined=False, reason="换人")
    assert Piece.objects.get().state == "promised"


def test_a_nonsense_phase_is_refused_and_nothing_is_assigned(city: City):
    with pytest.raises(Refused) as refused:
        assigned(city, lawyer(city), phase="nothing")
    assert refused.value.code == "bad_choice"
    assert not Piece.objects.exists()
    assert make_terms()
