"""Places for tests, made through actions: one city, two counties, townships and villages."""

from datetime import date
from typing import Any

from mingbai.core.actor import SYSTEM
from mingbai.journal.models import Entry
from mingbai.places import actions
from mingbai.places.models import Region, Station
from mingbai.places.rules.divisions import Division

CITY, NORTH, SOUTH = "210400000000", "210402000000", "210404000000"
TOWN, TOWN_2, TOWN_SOUTH = "210402001000", "210402002000", "210404001000"
VILLAGE, VILLAGE_2 = "210402001001", "210402001002"

ROWS = [
    (CITY, "抚顺市", "city", "210000000000"),
    (NORTH, "新抚区", "county", CITY),
    (SOUTH, "望花区", "county", CITY),
    (TOWN, "站前街道", "township", NORTH),
    (TOWN_2, "福民街道", "township", NORTH),
    (TOWN_SOUTH, "李石街道", "township", SOUTH),
    (VILLAGE, "裕民社区居委会", "village", TOWN),
    (VILLAGE_2, "东八路社区居委会", "village", TOWN),
]
LONG_AGO = date(2019, 1, 1)


def make_city() -> actions.Founded:
    divisions = [Division(*row, line=line) for line, row in enumerate(ROWS, start=2)]
    return actions.found_city(by=SYSTEM, divisions=divisions, source="test.csv")


def region(code: str) -> Region:
    return Region.objects.get(code=code)


def station(code: str, **values: Any) -> Station:
    """The founded station, as it is or edited."""
    found = Station.objects.get(code=code)
    return actions.edit_station(by=SYSTEM, station=found, changes=values) if values else found


def verbs(chain: str) -> list[str]:
    return [entry.verb for entry in Entry.objects.filter(chain=chain).order_by("seq")]


def last_entry(chain: str) -> Entry:
    return Entry.objects.filter(chain=chain).latest("seq")
