"""Needs on the page: several at once, each line for itself, from a phone that was off line, never twice."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from mingbai.journal.models import Entry
from mingbai.people.roles import RoleCode
from mingbai.servicedays.models import Need
from tests.cases.factories import NORTH, TOWN, TOWN_SOUTH, VILLAGE, City
from tests.servicedays.factories import make_need
from tests.web.desk.pages import errors, queries, signed_in, soup, words

pytestmark = pytest.mark.django_db
NEW, LIST, KEY = "/desk/days/needs/new/", "/desk/days/needs/", "0" * 32
PHONE = "13987650001"


def lines(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The posted form: NORTH's village, and these lines."""
    data: dict[str, Any] = {"key": KEY, "county": NORTH, "town": TOWN, "village": VILLAGE}
    data |= {"line-TOTAL_FORMS": str(max(1, len(rows))), "line-INITIAL_FORMS": "0"}
    for n, row in enumerate(rows):
        data |= {f"line-{n}-{name}": value for name, value in {"count": "1", **row}.items()}
    return {**data, **more}


def test_three_people_in_one_go(city: City):
    page = signed_in(city.alice).post(
        NEW,
        lines(
            {"skill": "lawyer", "text": "工钱要不回来", "name": "赵大山", "phone": PHONE},
            {"skill": "notary", "count": "3", "is_urgent": "on"},
            {"skill": "mediator", "text": "地界吵了两年"},
            {},
        ),
        follow=True,
    )
    assert "登记了 3 条" in words(page)
    rows = {need.skill: need for need in Need.objects.all()}
    assert (rows["notary"].count, rows["notary"].is_urgent) == (3, True)
    assert rows["lawyer"].phone == PHONE and rows["lawyer"].region_id == VILLAGE
    assert "5 人在等" in words(page) and "工钱要不回来" in words(page) and PHONE not in page.content.decode()


def test_what_was_sent_twice_is_one(city: City):
    client = signed_in(city.alice)
    for _ in range(3):
        client.post(NEW, lines({"skill": "lawyer", "text": "问继承"}))
    assert Need.objects.count() == 1


def test_a_line_that_is_wrong_leaves_the_others_kept(city: City):
    client = signed_in(city.alice)
    page = client.post(NEW, lines({"skill": "lawyer", "text": "问继承"}, {"skill": "", "text": "不知道找谁"}))
    assert "请选择需要哪类人员" in words(page) and "不知道找谁" in page.content.decode()
    assert Need.objects.count() == 1
    two = lines({"skill": "lawyer", "text": "问继承"}, {"skill": "mediator", "text": "不知道找谁"})
    client.post(NEW, two)
    assert sorted(Need.objects.values_list("skill", flat=True)) == ["lawyer", "mediator"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"skill": "wizard"}, "wizard"),
        ({"skill": "lawyer", "count": "0"}, "1"),
        ({"skill": "lawyer", "count": "201"}, "200"),
        ({"skill": "lawyer", "phone": "12"}, "电话"),
        ({"skill": "lawyer", "since": "2999-01-01"}, "将来"),
        ({"skill": "lawyer", "text": "好" * 501}, "500"),
        ({"skill": "lawyer", "case": "2699999999999"}, "没有这个办件编号"),
    ],
)
def test_bad_input_is_named_at_its_line(city: City, row: dict[str, Any], said: str):
    page = signed_in(city.alice).post(NEW, lines(row))
    assert page.status_code == 200 and said in words(page)
    assert not Need.objects.exists()


def test_nothing_written_and_nowhere_chosen(city: City):
    client = signed_in(city.alice)
    assert "至少写一行" in errors(client.post(NEW, lines()))
    assert "请选县、区" in words(client.post(NEW, lines({"skill": "lawyer"}, county="", town="", village="")))
    outside = client.post(NEW, lines({"skill": "lawyer"}, county="outside", town="", village=""))
    assert "只到本市各地" in words(outside)
    assert not Need.objects.exists()


@pytest.mark.parametrize("total", ["", "x", "-1", "99999999", "1000"])
def test_a_forged_number_of_lines(city: City, total: str):
    page = signed_in(city.alice).post(NEW, lines({"skill": "lawyer"}, **{"line-TOTAL_FORMS": total}))
    assert page.status_code in (200, 302)
    assert Need.objects.count() <= 1


def test_more_lines_without_a_script(city: City):
    page = signed_in(city.alice).post(NEW, lines({"skill": "lawyer", "text": "问继承"}, refresh="more"))
    assert len(soup(page).select("select[name$=-skill]")) == 5 and "问继承" in page.content.decode()
    assert not soup(page).select(".c-field__error") and not Need.objects.exists()


def test_a_phone_is_told_what_it_understands(city: City):
    client, kept = signed_in(city.alice), {"HTTP_X_KEPT": "1"}
    assert client.post(NEW, lines({"skill": "lawyer"}), **kept).json() == {"taken": True, "said": ""}
    assert client.post(NEW, lines({"skill": "lawyer"}), **kept).json()["taken"] is True
    refused = client.post(NEW, lines({"skill": "lawyer", "phone": "12"}, key="1" * 32), **kept)
    assert refused.status_code == 422 and "电话" in refused.json()["said"]
    empty = client.post(NEW, lines(key="2" * 32), **kept)
    assert empty.status_code == 422 and "至少写一行" in empty.json()["said"]
    assert Need.objects.count() == 1


def test_a_recording_hangs_on_a_matter_of_its_own(city: City):
    voice = SimpleUploadedFile("说的.wav", b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\x00" * 64)
    signed_in(city.alice).post(NEW, lines({"skill": "lawyer", "voice": voice}))
    need = Need.objects.get()
    assert need.case and need.case.attachments.count() == 1
    page = signed_in(city.alice).post(
        NEW, lines({"skill": "notary", "voice": SimpleUploadedFile("x.wav", b"MZ\x90\x00")}, key="3" * 32)
    )
    assert Need.objects.filter(skill="notary").exists() and "录音没有存上" in words(page)


def test_nobody_writes_down_for_another_county(city: City):
    elsewhere = lines({"skill": "lawyer"}, county="210404000000", town="", village="")
    page = signed_in(city.alice).post(NEW, elsewhere)
    assert page.status_code == 403 and not Need.objects.exists()


def test_a_look_at_the_telephone_is_kept(city: City):
    need = make_need(city, phone=PHONE, name="赵大山")
    page = signed_in(city.alice).post(f"/desk/days/needs/{need.pk}/show/", follow=True)
    assert PHONE in words(page) and "赵大山" in words(page)
    assert Entry.objects.filter(chain=need.chain, verb="need.person_shown").count() == 1
    leader = city.users[RoleCode.LEADER]
    assert signed_in(leader).post(f"/desk/days/needs/{need.pk}/show/").status_code == 403


def test_it_is_ended_and_made_urgent_with_a_reason(city: City):
    need, client = make_need(city), signed_in(city.alice)
    client.post(f"/desk/days/needs/{need.pk}/urgent/", {"reason": "明天开庭"})
    need.refresh_from_db()
    assert need.is_urgent
    page = client.post(f"/desk/days/needs/{need.pk}/end/", {"state": "served", "reason": "x"})
    assert page.status_code == 200, "only what a person may say"
    client.post(f"/desk/days/needs/{need.pk}/end/", {"state": "elsewhere", "reason": "已在中心问过"})
    need.refresh_from_db()
    assert need.state == "elsewhere"


def test_filters_narrow_and_never_fail(city: City):
    make_need(city, text="要调解", skill="mediator")
    make_need(city, text="要律师", is_urgent=True)
    client = signed_in(city.alice)
    assert "要律师" not in words(client.get(LIST, {"skill": "mediator"}))
    assert "要调解" not in words(client.get(LIST, {"urgent": "on"}))
    assert "没有这样的需求" in words(client.get(LIST, {"age": "30"}))
    junks = ({"age": "x"}, {"region": "1' OR 1=1"}, {"skill": "\x00"}, {"page": "-1"}, {"region": TOWN_SOUTH})
    for junk in junks:
        assert client.get(LIST, junk).status_code == 200


def test_an_empty_page_says_what_to_do(city: City):
    assert "登记需求" in words(signed_in(city.alice).get(LIST))


def test_the_list_costs_the_same_whatever_waits(city: City):
    client = signed_in(city.alice)
    make_need(city, phone=PHONE)
    few = queries(client, LIST)
    for n in range(20):
        make_need(city, phone=f"139876500{n:02d}", name=f"人{n}")
    assert queries(client, LIST) <= few
