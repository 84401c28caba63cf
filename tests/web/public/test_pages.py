"""Every public page opens, in both editions, without an account; the picker's fragment equals a reload."""

import re
from datetime import date

import pytest
from django.test import Client

from mingbai.cases.actions.intake import NOTICE_VERSION
from mingbai.cases.kinds import KINDS
from mingbai.core.actor import SYSTEM
from mingbai.places.actions import close_station, touch
from mingbai.places.models import Organisation, Region
from tests.places.factories import CITY, NORTH, SOUTH, TOWN, TOWN_2, VILLAGE, station
from tests.web.public.factories import asked, soup

pytestmark = pytest.mark.usefixtures("city")

PAGES = [
    "/",
    "/ask/",
    "/ask/wage/",
    "/follow/",
    "/stations/",
    f"/stations/{NORTH}/",
    f"/regions/?county={NORTH}",
    "/privacy/",
    "/accessibility/",
    "/opinion/",
    *(f"/ask/{code}/" for code in ("legal_aid", "mediation", "notary", "counsel", "approval")),
    *(f"/ask/{code}/" for code in ("complaint", "opinion")),
    *(f"/guide/{code}/" for code in ("forensic", "arbitration", "exam")),
]


@pytest.mark.parametrize("edition", ["standard", "elder"])
@pytest.mark.parametrize("url", PAGES)
def test_every_page_opens_in_both_editions(client, url, edition):
    client.cookies["edition"] = edition
    response = client.get(url)
    assert response.status_code == 200
    if not url.startswith("/regions/"):
        page = soup(response)
        assert page.html["data-edition"] == edition
        assert len(page.select("h1")) == 1 and page.title.text.strip()
        assert page.select("a[href='tel:12348']")


@pytest.mark.parametrize("url", PAGES)
def test_no_page_writes_or_asks_much_of_the_database(client, url, django_assert_max_num_queries):
    client.get(url)
    with django_assert_max_num_queries(6):
        client.get(url)
    assert "sessionid" not in client.cookies


def test_every_kind_has_its_door_on_the_home_page(client):
    links = {link["href"] for link in soup(client.get("/")).select("main a")}
    for code, _kind in KINDS.items():
        assert links & {f"/ask/{code}/", f"/guide/{code}/", "/ask/" if code == "consultation" else ""}, code
    assert "/ask/wage/" in links
    assert len(soup(client.get("/")).select(".c-tile")) == 8


def test_a_remembered_place_that_does_not_exist_is_forgotten(client):
    client.cookies["near"] = "nonsense"
    assert "抚顺市公共法律服务中心" in client.get("/").content.decode()


def test_the_place_chosen_among_the_stations_is_near_on_the_home_page(client):
    assert "抚顺市公共法律服务中心" in client.get("/").content.decode()
    client.get(f"/stations/?county={NORTH}")
    assert "新抚区公共法律服务中心" in client.get("/").content.decode()


def test_a_station_that_is_not_built_is_not_shown_but_its_page_says_where_to_go(client):
    page = client.get(f"/stations/?county={NORTH}&town={TOWN}").content.decode()
    assert "还没有站点" in page
    page = client.get(f"/stations/{TOWN}/").content.decode()
    assert "现在不办公" in page and "新抚区公共法律服务中心" in page


def test_stations_are_filtered_by_what_they_do(client):
    names = [h.text for h in soup(client.get("/stations/?line=mediation")).select("h3 a")]
    assert names and soup(client.get("/stations/?line=nonsense")).select("h3 a")
    assert not soup(client.get("/stations/?line=exam")).select("h3 a")


def test_a_station_says_its_hours_and_its_phone(client):
    page = soup(client.get(f"/stations/{NORTH}/")).text
    assert "024-57612345" in page and "东一路 8 号" in page and "08:30–11:30" in page
    assert client.get("/stations/nowhere/").status_code == 404


@pytest.mark.parametrize(
    "picked",
    [
        {"county": NORTH},
        {"county": NORTH, "town": TOWN},
        {"county": NORTH, "town": TOWN, "village": VILLAGE},
        {"county": "outside"},
        {"county": "unknown"},
        {"county": SOUTH, "town": TOWN},
        {"county": NORTH, "place_q": "裕民"},
        {"county": "", "place": VILLAGE},
        {"county": "<script>", "town": "\x00", "place_q": "\x00" * 100},
    ],
)
def test_the_swapped_picker_equals_a_reload(client, picked):
    sent = {"county": "", "town": "", "village": "", "place_q": "", **picked}
    swapped = client.get("/regions/", {"id": "id_where", **sent}, headers={"HX-Request": "true"})
    page = client.post("/ask/", asked(**sent, refresh="next"))
    assert bare(soup(swapped).select_one(".c-regions")) == bare(soup(page).select_one(".c-regions"))


def bare(tag) -> str:
    return re.sub(r"\s+", " ", str(tag))


def test_the_picker_takes_no_foreign_id(client):
    assert "<script>" not in client.get("/regions/?id=<script>").content.decode()
    assert soup(client.get("/regions/?id=from_desk")).select_one("#from_desk-county")


def test_a_merged_township_is_not_offered(client):
    Region.objects.filter(code=TOWN_2).update(valid_to="2020-01-01")
    touch(by=SYSTEM)
    options = [o["value"] for o in soup(client.get(f"/regions/?county={NORTH}")).select("option")]
    assert TOWN in options and TOWN_2 not in options


def test_a_route_card_names_the_registered_offices(client):
    region = Region.objects.get(code=CITY)
    Organisation.objects.create(
        name="抚顺司法鉴定所", kind="appraisal", region=region, phone="024-57500000", address="新华大街 1 号"
    )
    page = client.get("/guide/forensic/").content.decode()
    assert "抚顺司法鉴定所" in page and "024-57500000" in page
    assert "抚顺司法鉴定所" not in client.get("/guide/arbitration/").content.decode()


def test_the_privacy_notice_names_its_version(client):
    assert NOTICE_VERSION in client.get("/privacy/").content.decode()


def test_public_pages_may_be_kept_by_the_browser_that_showed_them(client):
    assert client.get("/ask/")["Cache-Control"] == "private, no-cache"


def test_an_unknown_page_is_404_in_plain_words():
    response = Client().get("/nowhere/")
    assert response.status_code == 404 and "没有找到这一页" in response.content.decode()


def test_a_closed_station_hands_over_to_the_next_one_up(client):
    close_station(by=SYSTEM, station=station(NORTH), on=date(2020, 1, 1), reason="撤并")
    client.cookies["near"] = NORTH
    assert "抚顺市公共法律服务中心" in client.get("/").content.decode()
