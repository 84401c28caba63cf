"""Founding a city, and its command: whole or not at all, once or twice."""

from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.places import actions
from mingbai.places.enums import Charge, Level, Tier
from mingbai.places.models import Organisation, Region, Station, Tenure
from mingbai.places.queries import in_charge, register
from mingbai.places.rules.divisions import Division
from tests.places.factories import CITY, NORTH, TOWN, VILLAGE, last_entry, make_city, verbs

pytestmark = pytest.mark.django_db
FUSHUN = Path(settings.BASE_DIR) / "mingbai" / "places" / "data" / "fushun_divisions.csv"


def found(path: Path | str) -> str:
    out = StringIO()
    call_command("found_city", str(path), stdout=out, stderr=StringIO())
    return out.getvalue()


def test_fushun_is_founded_with_a_station_for_each_region_and_only_once():
    assert "1011 个区划、1011 个站点" in found(FUSHUN)
    levels = Counter(Region.objects.values_list("level", flat=True))
    assert levels == {Level.CITY: 1, Level.COUNTY: 7, Level.TOWNSHIP: 72, Level.VILLAGE: 931}
    tiers = Counter(Station.objects.values_list("tier", flat=True))
    assert sorted(tiers.values()) == [1, 7, 72, 931]
    assert len(register().subtree(CITY)) == 1011 == len(register().stations)
    for charge in Charge:
        assert Tenure.objects.filter(charge=charge, valid_to=None).count() == 1011
    assert Organisation.objects.count() == 16
    token = register().token
    assert "新增 0 个区划、0 个站点、0 个机构" in found(FUSHUN)
    assert register().token == token


def test_each_region_and_station_has_its_entry_and_its_charge():
    make_city()
    assert verbs(f"region:{VILLAGE}") == ["region.created"]
    assert verbs(f"station:{VILLAGE}") == ["station.created"]
    assert last_entry(f"region:{VILLAGE}").data.find(TOWN) > 0
    village = Station.objects.get(code=VILLAGE)
    assert village.name == "裕民社区居委会公共法律服务工作室" and village.tier == Tier.VILLAGE_STUDIO
    today = timezone.localdate()
    assert in_charge(village, Charge.OPERATOR, today).name == "新抚区公共法律服务中心"
    assert in_charge(village, Charge.SUPERVISOR, today).name == "新抚区司法局"
    city = Station.objects.get(code=CITY)
    assert in_charge(city, Charge.SUPERVISOR, today).name == "抚顺市司法局"


def test_centres_work_from_the_first_day_and_lack_nothing():
    make_city()
    places, today = register(), timezone.localdate()
    assert places.stations[NORTH].is_built and places.lacks(NORTH, today) == ()
    assert not places.stations[TOWN].is_built
    assert places.workdays.known_years >= set(range(2018, 2027))


def test_a_second_file_adds_what_is_new_and_leaves_what_differs():
    make_city()
    rows = [
        Division(CITY, "抚顺市", Level.CITY, "", 2),
        Division(NORTH, "新新抚区", Level.COUNTY, CITY, 3),
        Division("210402003000", "新街道", Level.TOWNSHIP, NORTH, 4),
    ]
    second = actions.found_city(by=SYSTEM, divisions=rows)
    assert (second.regions, second.stations, second.differing) == (1, 1, [NORTH])
    assert Region.objects.get(code=NORTH).name == "新抚区"
    assert register().path_names("210402003000") == "抚顺市 新抚区 新街道"


def test_a_second_city_with_a_county_of_the_same_name_gets_its_own_bureau():
    make_city()
    rows = [
        Division("211000000000", "辽阳市", Level.CITY, "", 2),
        Division("211002000000", "新抚区", Level.COUNTY, "211000000000", 3),
    ]
    actions.found_city(by=SYSTEM, divisions=rows)
    assert Organisation.objects.filter(name="辽阳市新抚区司法局").exists()
    assert register().city_of("211002000000") == "211000000000"


def test_a_bad_file_lands_nothing_and_says_where(tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text(FUSHUN.read_text() + "210402000099,坏行,planet,210402000000\n")
    with pytest.raises(CommandError, match=r"bad\.csv：第 1013 行：层级"):
        found(bad)
    with pytest.raises(CommandError, match="文件打不开"):
        found(tmp_path / "none.csv")
    assert not Region.objects.exists() and not Station.objects.exists()


def test_divisions_given_by_code_are_checked_as_well():
    with pytest.raises(Refused):
        actions.found_city(by=SYSTEM, divisions=[Division("1", "x", "city", "", 2)])


def test_progress_ends_with_the_whole():
    seen: list[tuple[int, int]] = []
    make_rows = [Division(CITY, "抚顺市", Level.CITY, "", 2)]
    actions.found_city(
        by=SYSTEM, divisions=make_rows, progress=lambda done, whole: seen.append((done, whole))
    )
    assert seen[-1] == (2, 2)


def test_another_city_than_the_settings_is_pointed_out(tmp_path):
    file = tmp_path / "liaoyang.csv"
    file.write_text("code,name,level,parent\n211000000000,辽阳市,city,\n")
    err = StringIO()
    call_command("found_city", str(file), stdout=StringIO(), stderr=err)
    assert "CITY_CODE=211000000000" in err.getvalue()
