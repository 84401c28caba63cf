"""Maps as pictures: only with outlines that an office brought, numbered as the list."""

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from mingbai.core.actor import SYSTEM
from mingbai.places import actions
from mingbai.web.maps import MARGIN, MOST_HEIGHT, WIDTH, Point, drawn
from tests.cases.factories import CITY, NORTH, SOUTH, City, make_city
from tests.web.desk.pages import soup, words

SQUARE = {"type": "Polygon", "coordinates": [[[123.0, 41.0], [125.0, 41.0], [125.0, 42.0], [123.0, 42.0]]]}
ISLANDS = {"type": "MultiPolygon", "coordinates": [SQUARE["coordinates"], SQUARE["coordinates"]]}
degrees = st.tuples(st.floats(73, 135), st.floats(18, 54))


@given(st.lists(degrees, min_size=1, max_size=8))
def test_every_point_lies_within_the_picture(places: list[tuple[float, float]]):
    points = [Point(lng, lat, str(n), "站") for n, (lng, lat) in enumerate(places)]
    made = drawn(points, [("甲", SQUARE)], "GS(2026)1号")
    assert made is not None
    width, height = map(float, made.view.split()[2:])
    assert width <= WIDTH + 1 and height <= MOST_HEIGHT + 1
    for dot in made.dots:
        assert MARGIN - 1 <= dot.x <= width - MARGIN + 1 and MARGIN - 1 <= dot.y <= height - MARGIN + 1


def test_north_is_up_and_east_is_right():
    south_west, north_east = Point(123.1, 41.1, "1", "a"), Point(124.9, 41.9, "2", "b")
    made = drawn([south_west, north_east], [("甲", ISLANDS)], "x")
    first, second = made.dots
    assert first.x < second.x and first.y > second.y and made.paths[0][1].count("M") == 2


def test_without_outlines_or_points_there_is_no_map():
    assert drawn([Point(123, 41, "1", "a")], [], "x") is None
    assert drawn([], [("甲", SQUARE)], "x") is None


@pytest.fixture
def located(db: None) -> City:
    city = make_city()
    actions.set_point(by=SYSTEM, station=city.stations[NORTH], latitude="41.5", longitude="123.9")
    return city


def test_a_list_alone_until_an_office_brings_outlines(client: Client, located: City):
    assert not soup(client.get("/stations/")).select(".c-map")


def test_the_map_has_the_numbers_of_the_list_and_its_approval(client: Client, located: City):
    shapes = {NORTH: SQUARE, SOUTH: SQUARE}
    actions.load_outlines(by=SYSTEM, outlines=shapes, approval="GS（2026）1234号", source="省自然资源厅")
    page = client.get("/stations/")
    dots = soup(page).select(".c-map a")
    assert [dot["href"] for dot in dots] == [f"/stations/{NORTH}/"] and "GS（2026）1234号" in words(page)
    label = dots[0].select_one("text").text
    row = soup(page).select_one(f".p-station a[href='/stations/{NORTH}/']").find_parent("h3")
    assert row.text.strip().startswith(label)


def test_the_city_itself_is_drawn_where_its_counties_are_not(client: Client, located: City):
    actions.load_outlines(by=SYSTEM, outlines={CITY: SQUARE}, approval="GS（2026）1号", source="省厅")
    assert soup(client.get("/stations/")).select_one(".c-map path title").text == located.regions[CITY].name
