"""Reviews of stations: begun from data, judged tier by tier, appealed once, the model station named."""

from decimal import Decimal

import pytest
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.oversight import actions
from mingbai.oversight.enums import Measure, ReviewState
from mingbai.oversight.models import Mark, ModelStation, Review
from mingbai.oversight.perms import can_assess_self, can_judge, can_review
from mingbai.oversight.queries.measures import measured
from mingbai.places.models import Station
from tests.cases.factories import CITY, NORTH, SOUTH, VILLAGE, City, make_opened


def year() -> int:
    return timezone.localdate().year


@pytest.fixture
def review(city: City) -> Review:
    make_opened()
    actions.begin_reviews(by=SYSTEM, region=city.regions[NORTH], year=year())
    return Review.objects.get(station=city.stations[NORTH])


def test_a_year_begins_once(city: City) -> None:
    built = Station.objects.below(city.regions[CITY]).filter(is_built=True).count()
    assert actions.begin_reviews(by=SYSTEM, region=city.regions[NORTH], year=year()) < built
    assert actions.begin_reviews(by=SYSTEM, region=city.regions[CITY], year=year()) > 0
    assert actions.begin_reviews(by=SYSTEM, region=city.regions[CITY], year=year()) == 0
    assert Review.objects.count() == built


@pytest.mark.parametrize("wrong", [1999, 2999])
def test_a_year_that_cannot_be(city: City, wrong: int) -> None:
    with pytest.raises(Refused) as refused:
        actions.begin_reviews(by=SYSTEM, region=city.regions[CITY], year=wrong)
    assert refused.value.code == "bad_year"


def test_points_come_from_data_where_there_is_some(review: Review) -> None:
    marks = {mark.criterion.measure: mark for mark in review.marks.select_related("criterion")}
    assert marks[Measure.VOLUME].measured == 1
    assert marks[Measure.STAFF].by_data is not None
    assert marks[Measure.BY_HAND].by_data is None
    assert marks[Measure.SATISFACTION].by_data is None  # nobody has rated: no data, not nought


def test_every_measure_has_a_reader(city: City) -> None:
    stations = list(Station.objects.filter(is_built=True))
    found = measured(stations, year(), timezone.localdate())
    assert set(found) == set(Measure.values) - {""}
    assert found[Measure.VOLUME][city.stations[NORTH].code] == 0


def points_of(review: Review, share: str) -> dict[int, Decimal]:
    return {
        mark.criterion_id: (mark.criterion.points * Decimal(share)).quantize(Decimal("0.1"))
        for mark in review.marks.select_related("criterion")
    }


def judged(review: Review, *steps: str) -> Review:
    for step in steps:
        review = actions.give_points(by=SYSTEM, review=review, step=step, points=points_of(review, "0.8"))
    return review


def test_from_self_to_city(review: Review) -> None:
    review = actions.give_points(by=SYSTEM, review=review, step="self", points=points_of(review, "1"))
    assert (review.state, review.total) == (ReviewState.COUNTY, Decimal(100))
    review = actions.give_points(by=SYSTEM, review=review, step="county", points={})
    assert review.total == Decimal(100)  # who says nothing leaves what was said
    review = actions.give_points(by=SYSTEM, review=review, step="city", points=points_of(review, "0.5"))
    assert (review.state, review.total) == (ReviewState.FINAL, Decimal(50))


def test_a_step_out_of_turn_is_refused(review: Review) -> None:
    with pytest.raises(Refused) as refused:
        actions.give_points(by=SYSTEM, review=review, step="city", points={})
    assert refused.value.code == "wrong_state"


@pytest.mark.parametrize("points", ["-0.1", "10.1", "99"])
def test_points_beyond_the_line_change_nothing(review: Review, points: str) -> None:
    line = review.marks.select_related("criterion").get(criterion__name="标识标牌").criterion_id
    with pytest.raises(Refused) as refused:
        actions.give_points(by=SYSTEM, review=review, step="self", points={line: Decimal(points)})
    assert refused.value.code == "bad_points"
    assert Mark.objects.filter(review=review, by_self__isnull=False).count() == 0
    assert Review.objects.get(pk=review.pk).state == ReviewState.SELF


def test_an_appeal_that_is_right_is_judged_anew(review: Review) -> None:
    with pytest.raises(Refused):
        actions.appeal(by=SYSTEM, review=review, text="少算了一个窗口")
    review = judged(review, "self", "county", "city")
    review = actions.appeal(by=SYSTEM, review=review, text="少算了一个窗口")
    review = actions.judge_appeal(by=SYSTEM, review=review, answer="属实", is_right=True)
    assert (review.state, Review.objects.get(pk=review.pk).total) == (ReviewState.CITY, Decimal(80))
    line = review.marks.select_related("criterion").get(criterion__name="标识标牌").criterion
    review = actions.give_points(by=SYSTEM, review=review, step="city", points={line.pk: line.points})
    assert (review.state, review.total) == (ReviewState.FINAL, Decimal(80) + line.points / 5)
    with pytest.raises(Refused) as refused:
        actions.appeal(by=SYSTEM, review=review, text="还不够")
    assert refused.value.code == "appealed_already"


def test_an_appeal_that_is_wrong_changes_nothing(review: Review) -> None:
    review = judged(review, "self", "county", "city")
    before = review.total
    review = actions.appeal(by=SYSTEM, review=review, text="应当满分")
    review = actions.judge_appeal(by=SYSTEM, review=review, answer="没有新材料", is_right=False)
    assert (review.state, Review.objects.get(pk=review.pk).total) == (ReviewState.FINAL, before)


def test_one_model_station_a_county_and_year(city: City, review: Review) -> None:
    with pytest.raises(Refused) as refused:
        actions.name_model(by=SYSTEM, review=review, reason="分最高")
    assert refused.value.code == "not_final"
    review = judged(review, "self", "county", "city")
    actions.name_model(by=SYSTEM, review=review, reason="分最高")
    other = judged(Review.objects.get(station=city.stations[VILLAGE]), "self", "county", "city")
    with pytest.raises(Refused) as refused:
        actions.name_model(by=SYSTEM, review=other, reason="也不错")
    assert refused.value.code == "model_already"
    assert ModelStation.objects.get().review == review


def test_who_judges_what(city: City, review: Review) -> None:
    assert can_assess_self(city.alice, review.station)
    assert not can_assess_self(city.charlie, review.station)
    assert can_review(city.supervisor, review)
    assert not can_review(city.alice, review)
    assert not can_judge(city.alice)
    assert review in Review.objects.visible_to(city.alice)
    assert review not in Review.objects.visible_to(city.charlie)


def test_the_south_has_none(city: City, review: Review) -> None:
    assert not Review.objects.filter(station__region=city.regions[SOUTH]).exists()
