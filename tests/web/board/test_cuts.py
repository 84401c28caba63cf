"""A figure by channel, kind, topic or person on pages: the parts, their rows, the file; within the reach."""

import io
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from mingbai.cases.models import Case
from mingbai.journal.models import Entry
from mingbai.people.models import Worker
from mingbai.people.roles import RoleCode
from tests.cases.factories import CITY, NORTH, SOUTH, VILLAGE_SOUTH, City, make_case, make_city, make_taken
from tests.people.factories import make_user
from tests.web.desk.pages import queries, signed_in, soup, words

pytestmark = pytest.mark.django_db
AT = "/board/figures/matters/by"


@pytest.fixture
def city(db: None) -> City:
    return make_city()


@pytest.fixture
def whole(city: City) -> Any:
    return signed_in(make_user(RoleCode.SUPERVISOR, region=city.regions[CITY], username="whole"))


@pytest.fixture
def year() -> dict[str, str]:
    now = timezone.localdate().year
    return {"from": f"{now}-01-01", "to": f"{now}-12-31"}


def parts(page: Any) -> dict[str, tuple[int, str]]:
    """Name → count and where it leads."""
    rows = soup(page).select(".b-figures tbody tr")
    cells = [[*row.select("th, td"), row.select_one("a")] for row in rows]
    return {name.get_text(strip=True): (int(count.text), link["href"]) for name, count, _of, link in cells}


@pytest.mark.parametrize("by", ["region", "station", "tier", "channel", "kind", "topic", "person"])
def test_the_parts_are_the_whole_and_each_opens_its_rows(
    city: City, whole: Any, year: dict[str, str], by: str
) -> None:
    make_taken(city), make_taken(city), make_case(region=VILLAGE_SOUTH)
    Case.objects.filter(pk=make_case().pk).update(channel="hotline", topic="labour", kind="mediation")
    page = whole.get(f"{AT}/{by}/", year)
    found = parts(page)
    assert sum(count for count, _url in found.values()) == 4 and len(found) > (by != "tier")
    assert soup(page).select_one(".b-figures tfoot td").get_text(strip=True) == "4"
    for name, (count, url) in found.items():
        opened = whole.get(url)
        assert len(soup(opened).select(".c-table tbody tr")) == count, name
        assert f"{count} 件 {name}" in words(opened)
        lines = whole.get(f"{url}&as=csv").content.decode("utf-8-sig").splitlines()
        assert len([line for line in lines if line]) >= 1 + count


def test_the_figure_leads_to_its_dimensions(city: City, whole: Any, year: dict[str, str]) -> None:
    page = soup(whole.get("/board/figures/matters/", year))
    labels = [link.text for link in page.select("nav[aria-label='分开看'] a")]
    assert labels == ["地区", "站点", "站点层级", "渠道", "类别", "主题", "人员"]
    leader = soup(signed_in(city.users[RoleCode.LEADER]).get("/board/figures/matters/", year))
    assert "人员" not in [link.text for link in leader.select("nav[aria-label='分开看'] a")]


def test_each_sees_the_parts_of_their_own_place(city: City, whole: Any, year: dict[str, str]) -> None:
    make_taken(city), make_case(region=VILLAGE_SOUTH)
    north, south = city.regions[NORTH].name, city.regions[SOUTH].name
    assert set(parts(whole.get(f"{AT}/region/", year))) == {north, south}
    supervisor = signed_in(city.users[RoleCode.SUPERVISOR])
    assert south not in words(supervisor.get(f"{AT}/region/", year))
    for region in (CITY, SOUTH):
        for path in (f"{AT}/region/", "/board/figures/matters/?by=channel&part=phone"):
            assert supervisor.get(path, {**year, "region": region}).status_code == 403
    of_south = {**year, "by": "region", "part": SOUTH}
    assert supervisor.get("/board/figures/matters/", of_south).status_code == 404
    assert signed_in(city.bob).get(f"{AT}/region/").status_code == 403


def test_persons_are_for_who_may_see_them(city: City, whole: Any, year: dict[str, str]) -> None:
    make_taken(city)
    worker: Worker = city.alice.worker
    of_alice = {**year, "by": "person", "part": str(worker.pk)}
    for role in (RoleCode.LEADER, RoleCode.FINANCE):
        client = signed_in(city.users[role])
        assert client.get(f"{AT}/person/", year).status_code == 403
        assert client.get("/board/figures/matters/", of_alice).status_code == 403
    assert worker.name in words(whole.get(f"{AT}/person/", year))
    assert whole.get("/board/figures/matters/", of_alice).status_code == 200
    south = signed_in(make_user(RoleCode.SUPERVISOR, region=city.regions[SOUTH], username="south"))
    assert worker.name not in words(south.get(f"{AT}/person/", year))
    assert south.get("/board/figures/matters/", of_alice).status_code == 404


def test_the_file_is_marked_and_of_persons_the_journal_tells(
    city: City, whole: Any, year: dict[str, str]
) -> None:
    make_taken(city)
    Worker.objects.filter(pk=city.alice.worker.pk).update(name="=HYPERLINK(1)")
    before = Entry.objects.count()
    text = whole.get(f"{AT}/channel/", {**year, "as": "csv"}).content.decode("utf-8-sig")
    assert "导出人" in text and Entry.objects.count() == before
    text = whole.get(f"{AT}/person/", {**year, "as": "csv"}).content.decode("utf-8-sig")
    assert "'=HYPERLINK(1),1,100.0%" in text and Entry.objects.count() == before + 1
    book = load_workbook(io.BytesIO(whole.get(f"{AT}/channel/", {**year, "as": "xlsx"}).content))
    assert [cell.value for cell in book.active[1]][:3] == ["渠道", "件", "占比"]
    assert whole.get(f"{AT}/channel/", {**year, "as": "exe"}).status_code == 404


@pytest.mark.parametrize("by", ["", "colour", "person'", "\x00"])
def test_junk_is_not_found(whole: Any, year: dict[str, str], by: str) -> None:
    if by:
        assert whole.get("/board/figures/matters/", {**year, "by": by, "part": "1"}).status_code == 404
    for key in ("", "nothing", "-1", "\x00", "9" * 40):
        for known in ("channel", "person", "region"):
            asked = {**year, "by": known, "part": key}
            assert whole.get("/board/figures/matters/", asked).status_code == 404
    assert whole.get(f"{AT}/colour/", year).status_code == 404
    assert whole.get("/board/figures/kiosks/by/channel/", year).status_code == 404
    assert whole.get("/board/figures/nothing/by/channel/", year).status_code == 404


def test_money_is_cut_for_who_keeps_it_alone(city: City, whole: Any, year: dict[str, str]) -> None:
    path = "/board/figures/subsidy_amount/by/region/"
    assert signed_in(city.users[RoleCode.LEADER]).get(path, year).status_code == 403
    assert "没有这样的记录" in words(whole.get(path, year))


def test_a_page_of_parts_costs_a_bounded_number_of_queries(
    city: City, whole: Any, year: dict[str, str]
) -> None:
    asked = "&".join(f"{name}={value}" for name, value in year.items())
    urls = [f"{AT}/{by}/?{asked}" for by in ("region", "station", "channel", "person")]
    urls += [f"/board/figures/matters/?{asked}&by=person&part=-"]
    make_taken(city), make_case(region=VILLAGE_SOUTH)
    few = [queries(whole, url) for url in urls]
    for _n in range(6):
        make_taken(city), make_case(region=VILLAGE_SOUTH)
    assert [queries(whole, url) for url in urls] == few and max(few) <= 12
