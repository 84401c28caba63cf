"""The dated tables through their pages: read by county keepers, changed by the city's, never edited."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mingbai.cases.models import HelpContact
from mingbai.core.actor import SYSTEM
from mingbai.legalaid import actions
from mingbai.legalaid.models import (
    Approval,
    Belonging,
    Criterion,
    FilePart,
    GradeLine,
    HardshipLine,
    Matter,
    SoleFirm,
)
from mingbai.people.models import User
from mingbai.people.roles import RoleCode
from tests.cases.factories import CITY, NORTH, City
from tests.people.factories import make_user
from tests.web.desk.pages import errors, signed_in, words
from tests.web.manage.pages import post, verbs

today = timezone.localdate


@pytest.fixture(autouse=True)
def catalogue(city: City) -> None:
    actions.prepare(by=SYSTEM)


def test_the_provinces_line_is_entered_and_stands_in_the_history(keeper: User) -> None:
    values = {
        "region": CITY,
        "amount": "1100",
        "source": "省厅〔2026〕5号",
        "valid_from": today(),
    }
    page = words(post(keeper, "dated/line/new/", **values))
    line = HardshipLine.objects.get()
    assert (
        "1100 元" in page
        and "省厅〔2026〕5号" in page
        and verbs(f"rule:aid_line:{line.pk}") == ["rule.added"]
    )


@pytest.mark.parametrize("change", [{"amount": "0"}, {"amount": "x"}, {"source": ""}, {"region": "1"}])
def test_a_line_that_is_none_stays_on_the_form(keeper: User, change: dict) -> None:
    values = {
        "region": CITY,
        "amount": "1100",
        "source": "省厅",
        "valid_from": today(),
        **change,
    }
    assert errors(post(keeper, "dated/line/new/", **values))
    assert not HardshipLine.objects.exists()


def test_a_matter_and_a_group_are_added(keeper: User) -> None:
    values = {
        "name": "请求返还彩礼",
        "plain": "要回彩礼",
        "source": "省条例",
        "valid_from": today(),
    }
    post(keeper, "dated/matter/new/", code="dowry", group="family", ground="hardship", **values)
    assert Matter.objects.get(code="dowry").plain == "要回彩礼"
    values |= {"name": "退役军人", "plain": "当过兵", "only_for": ["wage"], "paper": "退役证"}
    post(keeper, "dated/belonging/new/", code="veteran", role="exempt", **values)
    assert Belonging.objects.get(code="veteran").only_for == ["wage"]


def test_whom_to_call_is_added_and_ended(keeper: User) -> None:
    values = {"risk": "minor", "name": "区未保站", "phone": "52600000", "when": "随时", "source": "本局"}
    assert "52600000" in words(post(keeper, "dated/contact/new/", **values, valid_from=today()))
    row = HelpContact.objects.get(name="区未保站")
    post(keeper, f"dated/contact/{row.pk}/end/", on=today(), reason="撤并")
    row.refresh_from_db()
    assert row.valid_to == today()
    assert "区未保站" in words(signed_in(keeper).get("/manage/dated/help/"))


def test_a_county_reads_and_does_not_change(city: City) -> None:
    county = signed_in(make_user(RoleCode.SUPERVISOR, region=city.regions[NORTH]))
    assert "欠工资、欠工钱" in words(county.get("/manage/dated/aid/"))
    assert "增加事项" not in words(county.get("/manage/dated/aid/"))
    assert county.get("/manage/dated/matter/new/").status_code == 404
    assert county.get(f"/manage/dated/matter/{Matter.objects.earliest('pk').pk}/end/").status_code == 404


def test_what_there_is_not_is_not_found(keeper: User) -> None:
    client = signed_in(keeper)
    for path in ("dated/nothing/", "dated/nothing/new/", "dated/matter/999999/", "dated/nothing/1/end/"):
        assert client.get(f"/manage/{path}").status_code == 404


def test_a_row_of_the_past_is_refused(keeper: User) -> None:
    yesterday = today() - timedelta(days=1)
    values = {"region": CITY, "amount": "1100", "source": "省厅", "valid_from": yesterday}
    assert "过去的日期" in errors(post(keeper, "dated/line/new/", **values))


def test_an_office_that_approves_in_two_steps_is_a_dated_row(keeper: User) -> None:
    values = {"region": CITY, "source": "市法援中心审批办法", "valid_from": today()}
    assert "市法援中心审批办法" in words(post(keeper, "dated/approval/new/", **values))
    row = Approval.objects.get()
    assert (row.region_id, verbs(f"rule:aid_approval:{row.pk}")) == (CITY, ["rule.added"])
    assert errors(post(keeper, "dated/approval/new/", **{**values, "region": "210402001001"}))
    assert errors(post(keeper, "dated/approval/new/", **{**values, "source": ""}))
    assert Approval.objects.count() == 1


def test_a_county_with_one_firm_is_a_dated_row(keeper: User) -> None:
    values = {"region": NORTH, "source": "市局确认，全区仅一家", "valid_from": today()}
    assert "市局确认" in words(post(keeper, "dated/sole_firm/new/", **values))
    row = SoleFirm.objects.get()
    assert (row.region_id, verbs(f"rule:aid_sole_firm:{row.pk}")) == (NORTH, ["rule.added"])
    assert errors(post(keeper, "dated/sole_firm/new/", **{**values, "region": CITY}))
    assert errors(post(keeper, "dated/sole_firm/new/", **{**values, "source": ""}))
    assert SoleFirm.objects.count() == 1


def test_a_paper_of_the_file_is_changed_and_keeps_what_the_system_recognises(keeper: User) -> None:
    values = {"code": "grant", "name": "援助决定书", "sorts": ["litigation"], "words": "决定书 批准"}
    page = words(post(keeper, "dated/file_part/new/", **values, source="省厅", valid_from=today()))
    row = FilePart.objects.get(code="grant", valid_to=None)
    assert "援助决定书" in page and row.words == ["决定书", "批准"] and row.forms == ["litigation"]
    assert row.signs == ["paper:aid_grant", "paper:aid_first"]


@pytest.mark.parametrize("change", [{"words": ""}, {"sorts": ["x"]}, {"code": "a b"}, {"source": ""}])
def test_a_paper_of_the_file_that_is_none_stays_on_the_form(keeper: User, change: dict) -> None:
    values = {
        "code": "own",
        "name": "回访表",
        "words": "回访",
        "source": "省厅",
        "valid_from": today(),
        **change,
    }
    assert errors(post(keeper, "dated/file_part/new/", **{"valid_from": today(), **values}))
    assert not FilePart.objects.filter(code="own").exists()


def test_the_sheet_of_quality_reviews_is_changed_from_a_day_on(keeper: User) -> None:
    common = {"source": "市局", "valid_from": today()}
    values = {"code": "facts", "name": "阅卷", "most": 30, "position": 20, **common}
    page = words(post(keeper, "dated/criterion/new/", **values))
    assert "阅卷" in page and Criterion.objects.get(code="facts", valid_to=None).most == 30
    page = words(post(keeper, "dated/grade_line/new/", grade="good", least=85, **common))
    assert "良好" in page and GradeLine.objects.get(grade="good", valid_to=None).least == 85
    for change in ({"most": 0}, {"most": 101}, {"source": ""}, {"code": "a b"}):
        assert errors(post(keeper, "dated/criterion/new/", **{**values, **change}))
    for change in ({"grade": "failed"}, {"least": 101}):
        form = {"grade": "good", "least": 70, **common, **change}
        assert errors(post(keeper, "dated/grade_line/new/", **form))
