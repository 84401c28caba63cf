"""Regions, stations, areas and hand-overs changed through their pages: rule, journal, refusal on the form."""

from datetime import date, timedelta

from django.utils import timezone

from mingbai.journal.models import Entry
from mingbai.people.models import User
from mingbai.people.roles import RoleCode
from mingbai.places.enums import TransferState
from mingbai.places.models import Coverage, Organisation, Region, Station, StationTransfer
from mingbai.places.queries import register
from tests.cases.factories import CITY, NORTH, TOWN, VILLAGE, City, make_case
from tests.people.factories import make_user
from tests.web.desk.pages import errors, signed_in, words
from tests.web.manage.pages import post, verbs


def edit_values(**changes: object) -> dict[str, object]:
    values = {"name": "新抚区中心", "tier": "county_centre", "is_built": "on", "lines": ["consultation"]}
    return {**values, **changes}


def test_a_station_is_edited_with_an_entry_that_says_from_what_to_what(city: City, keeper: User) -> None:
    response = post(keeper, f"stations/{NORTH}/edit/", **edit_values(windows="3", why="实地核对"))
    assert "新抚区中心" in words(response)
    station = Station.objects.get(code=NORTH)
    assert (station.name, station.windows) == ("新抚区中心", 3)
    assert verbs(f"station:{NORTH}")[-1] == "station.edited"
    assert "实地核对" in words(response)


def test_what_a_tier_lacks_is_said_in_words(city: City, keeper: User) -> None:
    post(keeper, f"stations/{NORTH}/edit/", **edit_values())
    page = words(signed_in(keeper).get(f"/manage/stations/{NORTH}/"))
    assert "按“3+X”还缺：法律援助、人民调解" in page
    assert "新抚区中心" in words(signed_in(keeper).get("/manage/stations/?state=lacks"))


def test_a_refused_rule_stands_on_the_form_with_what_was_typed(city: City, keeper: User) -> None:
    response = post(keeper, f"stations/{NORTH}/edit/", **edit_values(is_built="", takes_matters="on"))
    assert "尚未建成的站点不能承办转来事项" in errors(response)
    assert "新抚区中心" in response.content.decode()
    assert Station.objects.get(code=NORTH).name != "新抚区中心"


def test_hours_are_typed_as_people_write_them(city: City, keeper: User) -> None:
    post(keeper, f"stations/{NORTH}/hours/", day0="08:30-11:30，13:00—17:00", day5="9：00至12：00")
    rows = register().stations[NORTH].hours
    assert [(row.weekday, f"{row.opens:%H:%M}") for row in rows] == [(0, "08:30"), (0, "13:00"), (5, "09:00")]
    for bad in ("八点半", "08:30-25:00", "08:30"):
        assert "请写成 08:30-11:30 的样子" in errors(post(keeper, f"stations/{NORTH}/hours/", day0=bad))
    assert "先开后关" in errors(post(keeper, f"stations/{NORTH}/hours/", day0="17:00-08:30"))


def test_a_closure_is_announced_and_taken_back(city: City, keeper: User) -> None:
    soon = timezone.localdate() + timedelta(days=3)
    post(keeper, f"stations/{NORTH}/closures/new/", starts_on=soon, ends_on=soon, reason="搬家")
    closure = Station.objects.get(code=NORTH).closures.get()
    post(keeper, f"stations/{NORTH}/closures/{closure.pk}/")
    assert verbs(f"station:{NORTH}")[-2:] == ["station.closure_added", "station.closure_removed"]
    other = signed_in(keeper).get(f"/manage/stations/{TOWN}/closures/{closure.pk}/")
    assert other.status_code == 404


def test_the_point_comes_from_the_phone_once_and_later_with_a_reason(city: City, keeper: User) -> None:
    url = f"stations/{NORTH}/point/"
    page = signed_in(keeper).get(f"/manage/{url}")
    assert "geolocation=(self)" in page.headers["Permissions-Policy"]
    assert "geolocation=()" in signed_in(keeper).get("/manage/").headers["Permissions-Policy"]
    post(keeper, url, latitude="41.86", longitude="123.9")
    assert "更改须说明理由" in errors(post(keeper, url, latitude="41.87", longitude="123.9"))
    assert "坐标" in errors(post(keeper, url, latitude="123.9", longitude="41.87", why="反了"))
    post(keeper, url, latitude="41.87", longitude="123.9", why="搬了")
    assert str(Station.objects.get(code=NORTH).latitude) == "41.870000"


def test_a_station_is_closed_and_reopened_with_a_reason(city: City, keeper: User) -> None:
    post(keeper, f"stations/{TOWN}/close/", on=timezone.localdate(), reason="撤并")
    assert Station.objects.get(code=TOWN).closed_on == timezone.localdate()
    assert signed_in(keeper).get(f"/manage/stations/{NORTH}/reopen/").status_code == 404
    post(keeper, f"stations/{TOWN}/reopen/", reason="恢复")
    assert Station.objects.get(code=TOWN).closed_on is None
    assert "留有一个中心" in errors(
        post(keeper, f"stations/{CITY}/close/", on=timezone.localdate(), reason="x")
    )


def test_a_new_station_gets_the_next_code_of_its_region(city: City, keeper: User) -> None:
    response = post(keeper, "stations/new/", **edit_values(name="火车站便民点", region=NORTH))
    assert "火车站便民点" in words(response)
    assert Station.objects.get(name="火车站便民点").code == f"{NORTH}-2"


def offered(city: City, keeper: User) -> StationTransfer:
    make_case()
    firm = Organisation.objects.create(name="明理律师事务所", kind="firm", region=city.regions[NORTH])
    Station.objects.get(code=NORTH).tenures.update(valid_from=date(2020, 1, 1))
    values = {"taker": firm.pk, "effective_on": timezone.localdate(), "equipment": "电脑 3 台"}
    post(keeper, f"stations/{NORTH}/transfer/operator/", **values)
    return StationTransfer.objects.get(station=NORTH)


def test_a_transfer_counts_people_and_matters_and_is_accepted(city: City, keeper: User) -> None:
    transfer = offered(city, keeper)
    assert transfer.inventory["open_matters"] == 1
    assert city.owner.code in transfer.inventory["people"]
    manager = signed_in(city.alice)
    assert "明理律师事务所" in words(manager.get("/manage/"))
    assert "电脑 3 台" in words(manager.get(f"/manage/transfers/{transfer.pk}/"))
    assert signed_in(city.charlie).get(f"/manage/transfers/{transfer.pk}/").status_code == 404
    post(city.alice, f"transfers/{transfer.pk}/accept/")
    transfer.refresh_from_db()
    assert transfer.state == TransferState.ACCEPTED
    assert "不能再办" in errors(post(city.alice, f"transfers/{transfer.pk}/accept/"))


def test_a_transfer_is_declined_with_a_reason_only(city: City, keeper: User) -> None:
    transfer = offered(city, keeper)
    assert errors(post(city.alice, f"transfers/{transfer.pk}/decline/", reason=" "))
    post(city.alice, f"transfers/{transfer.pk}/decline/", reason="设备对不上")
    transfer.refresh_from_db()
    assert (transfer.state, transfer.reason) == (TransferState.DECLINED, "设备对不上")
    assert signed_in(city.alice).get(f"/manage/transfers/{transfer.pk}/cancel/").status_code == 403


def test_a_region_is_renamed_from_its_day_on_with_its_source(city: City, keeper: User) -> None:
    today = timezone.localdate()
    values = {"name": "站前新街道", "source": "抚政〔2026〕1号"}
    post(keeper, f"regions/{TOWN}/rename/", on=today, **values)
    assert Region.objects.get(code=TOWN).name == "站前新街道"
    response = post(keeper, f"regions/{TOWN}/rename/", on=today, name="站前新街道", source="x")
    assert "名称没有变化" in errors(response)
    later = today + timedelta(days=30)
    post(keeper, f"regions/{TOWN}/rename/", on=later, name="以后的街道", source="抚政〔2026〕2号")
    page = words(signed_in(keeper).get(f"/manage/regions/{TOWN}/"))
    assert "到日子自动生效" in page
    assert Region.objects.get(code=TOWN).name == "站前新街道"


def test_a_region_is_split_merged_and_not_abolished_with_children(city: City, keeper: User) -> None:
    today = timezone.localdate()
    new = {"code": "210402009000", "name": "新街道", "members": [VILLAGE], "on": today, "source": "批复"}
    post(keeper, f"regions/{TOWN}/split/", **new)
    assert Region.objects.get(code=VILLAGE).parent_id == "210402009000"
    assert "还有下级区划" in errors(post(keeper, f"regions/{TOWN}/abolish/", on=today, source="批复"))
    post(keeper, f"regions/{VILLAGE}/move/", parent=TOWN, on=today, source="批复")
    assert Region.objects.get(code=VILLAGE).parent_id == TOWN
    later = today + timedelta(days=1)
    post(keeper, "regions/210402009000/merge/", into=TOWN, on=later, source="批复")
    assert Region.objects.get(code="210402009000").valid_to == today
    assert verbs("region:210402009000")[-1] == "region.merged"
    assert signed_in(keeper).get(f"/manage/regions/{TOWN}/nothing/").status_code == 404


def test_a_service_area_is_laid_and_ended(city: City, keeper: User) -> None:
    values = {"area": "示范区", "region": VILLAGE, "station": CITY, "valid_from": timezone.localdate()}
    assert "示范区" in words(post(keeper, "areas/new/", **values))
    area = Coverage.objects.get(area="示范区")
    post(keeper, f"areas/{area.pk}/end/", on=timezone.localdate())
    assert Coverage.objects.get(pk=area.pk).valid_to == timezone.localdate()


def test_a_county_keeper_lays_no_area_over_another_county(city: City) -> None:
    supervisor = make_user(RoleCode.SUPERVISOR, region=city.regions[NORTH])
    values = {"area": "x", "region": "210404001001", "station": NORTH, "valid_from": timezone.localdate()}
    assert errors(post(supervisor, "areas/new/", **values))
    assert not Coverage.objects.filter(area="x").exists()


def test_an_organisation_is_entered_and_its_check_digit_holds(city: City, keeper: User) -> None:
    values = {"name": "明德公证处", "kind": "notary_office", "region": NORTH}
    assert "明德公证处" in words(post(keeper, "organisations/new/", **values))
    assert errors(post(keeper, "organisations/new/", **{**values, "name": "x", "credit_code": "123"}))
    assert "已有同名机构" in errors(post(keeper, "organisations/new/", **values))
    found = Organisation.objects.get(name="明德公证处")
    post(keeper, f"organisations/{found.pk}/edit/", **{**values, "phone": "024-52456789", "is_active": "on"})
    assert Entry.objects.filter(chain=f"organisation:{found.pk}", verb="organisation.edited").exists()
