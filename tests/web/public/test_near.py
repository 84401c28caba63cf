"""Who is near: offices and people with hours, nearest first; a map only with outlines."""

import pytest
from django.test import Client

from mingbai.core.actor import SYSTEM
from mingbai.journal.models import Entry
from mingbai.people.enums import Post
from mingbai.places import actions
from mingbai.places.enums import OrganisationKind
from mingbai.places.models import Region
from mingbai.web.public.near import MOST, point_of
from tests.cases.factories import NORTH, SOUTH, City, make_city
from tests.people.factories import make_worker
from tests.web.desk.pages import soup, words
from tests.web.public.test_maps import SQUARE


@pytest.fixture
def offices(db: None) -> City:
    city = make_city()
    kinds = {"清源律师事务所": "firm", "第一公证处": "notary_office", "仁和鉴定所": "appraisal"}
    for place, (name, kind) in zip((SOUTH, NORTH, SOUTH), kinds.items(), strict=True):
        actions.create_organisation(
            by=SYSTEM,
            name=name,
            kind=OrganisationKind(kind),
            region=Region.objects.get(code=place),
            phone="024-1234",
        )
    actions.set_point(by=SYSTEM, station=city.stations[NORTH], latitude="41.5", longitude="123.9")
    actions.set_point(by=SYSTEM, station=city.stations[SOUTH], latitude="41.9", longitude="124.2")
    make_worker(city.stations[NORTH], "王公证", Post.NOTARY)
    return city


def titles(page) -> list[str]:
    return [one.text.strip() for one in soup(page).select(".c-hits b")]


@pytest.mark.parametrize(
    ("who", "found", "others"),
    [
        ("counsel", ["清源律师事务所"], ["第一公证处", "王公证"]),
        ("notary", ["第一公证处", "王公证"], ["清源律师事务所"]),
        ("forensic", ["仁和鉴定所"], ["第一公证处"]),
    ],
)
@pytest.mark.parametrize("face", ["", "/kiosk"])
def test_whom_one_looks_for(client: Client, offices: City, who: str, found: list, others: list, face: str):
    shown = titles(client.get(f"{face}/near/?who={who}"))
    assert set(found) <= set(shown) and not set(others) & set(shown)


def test_the_nearest_stand_first_with_hours_and_telephone(client: Client, offices: City):
    north, south = (titles(client.get(f"/near/?county={code}")) for code in (NORTH, SOUTH))
    assert north.index("第一公证处") < north.index("清源律师事务所")
    assert south.index("清源律师事务所") < south.index("第一公证处")
    page = words(client.get(f"/near/?county={NORTH}&who=station"))
    assert "周一" in page and "近的在前" in page
    assert soup(client.get("/near/?who=notary")).select("a[href='tel:024-1234']")
    assert not soup(client.get("/kiosk/near/?who=notary")).select("a[href^='tel:']")


def test_by_a_position_the_nearest_point_stands_first_and_is_measured(client: Client, offices: City):
    entries = Entry.objects.count()
    here = {"latitude": "41.9001", "longitude": "124.2", "who": "station"}
    page = client.post("/near/", here)
    assert titles(page)[0] == offices.stations[SOUTH].name and "约 100 米" in words(page)
    assert "公里" in words(page) and "您现在的位置" in words(page)
    assert "near" not in page.cookies and Entry.objects.count() == entries


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [("", ""), ("x", "1"), ("nan", "1"), ("inf", "1"), ("91", "1"), ("1", "181"), ("1e999", "1"), ("41", "")],
)
def test_what_is_no_position_is_said_to_be_none(client: Client, offices: City, latitude: str, longitude: str):
    posted = {"latitude": latitude, "longitude": longitude}
    assert point_of(posted) is None
    page = client.post("/near/", posted)
    assert "没有定到位" in words(page) and titles(page)


@pytest.mark.parametrize("query", ["who=x", "county=x&town=y", "county='%20OR%201", "who=%00"])
def test_odd_addresses_show_the_city(client: Client, offices: City, query: str):
    assert len(titles(client.get(f"/near/?{query}"))) >= 4


def test_a_map_only_where_an_office_brought_outlines_and_with_the_numbers_of_the_list(
    client: Client, offices: City
):
    assert not soup(client.get("/near/")).select(".c-map")
    shapes = {NORTH: SQUARE, SOUTH: SQUARE}
    actions.load_outlines(by=SYSTEM, outlines=shapes, approval="GS（2026）1234号", source="省自然资源厅")
    page = client.get("/near/?who=station")
    dots = soup(page).select(".c-map__dot text")
    rows = {
        row.select_one(".quiet").text: row.select_one("b").text for row in soup(page).select(".c-hits > li")
    }
    assert "GS（2026）1234号" in words(page) and len(dots) == 2
    assert {rows[dot.text].strip() for dot in dots} == {
        offices.stations[code].name for code in (NORTH, SOUTH)
    }


def test_the_list_ends_and_asks_no_more_for_more_offices(
    client: Client, offices: City, django_assert_max_num_queries
):
    client.get("/near/")
    with django_assert_max_num_queries(8):
        client.get("/near/")
    for number in range(MOST):
        actions.create_organisation(
            by=SYSTEM, name=f"第{number}所", kind=OrganisationKind.FIRM, region=offices.regions[NORTH]
        )
    client.get("/near/")
    with django_assert_max_num_queries(8):
        page = client.get("/near/")
    assert len(titles(page)) == MOST and "只列最近的" in words(page)


def test_this_page_alone_may_ask_the_phone_where_it_is(offices: City):
    allowed = Client().get("/near/").headers["Permissions-Policy"]
    assert "geolocation=(self)" in allowed and "usb=()" in allowed
    assert "geolocation=()" in Client().get("/find/").headers["Permissions-Policy"]
