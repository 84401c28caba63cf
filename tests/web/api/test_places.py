"""Regions and stations: public facts."""

from django.test import Client

from tests.cases.factories import CITY, NORTH, SOUTH, TOWN, VILLAGE, VILLAGE_UNBUILT, City
from tests.web.api.calls import problem


def test_regions_begin_at_the_root_and_go_down(city: City):
    client = Client()
    root = {"code": CITY, "name": "抚顺市", "level": "city", "has_children": True}
    assert client.get("/api/v1/regions").json() == [root]
    assert client.get("/api/v1/regions?parent=").json() == [root]
    counties = client.get("/api/v1/regions", {"parent": CITY}).json()
    assert [row["code"] for row in counties] == [NORTH, SOUTH]
    (village, _) = client.get("/api/v1/regions", {"parent": TOWN}).json()
    assert village == {"code": VILLAGE, "name": "裕民社区", "level": "village", "has_children": False}
    assert client.get("/api/v1/regions", {"parent": VILLAGE}).json() == []


def test_stations_of_a_region_with_their_lines(city: City):
    client = Client()
    (row,) = client.get("/api/v1/stations", {"region": TOWN}).json()
    assert set(row) == {"code", "name", "tier", "lines", "open_now"}
    assert (row["code"], row["tier"], row["lines"]) == (
        TOWN,
        "township_station",
        ["consultation", "mediation"],
    )
    assert isinstance(row["open_now"], bool)
    assert [row["code"] for row in client.get("/api/v1/stations").json()] == [CITY]


def test_what_is_not_built_is_no_station(city: City):
    assert Client().get("/api/v1/stations", {"region": VILLAGE_UNBUILT}).json() == []


def test_an_unknown_region_is_said_so(city: City):
    for url, name in (("/api/v1/regions", "parent"), ("/api/v1/stations", "region")):
        for code in ("999999999999", "x", "2104\x00", "' or 1=1", "x" * 5000):
            problem(Client().get(url, {name: code}), 404, "unknown_region")
