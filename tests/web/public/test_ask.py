"""Asking: one form, one number, nothing typed is lost."""

import re
from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from mingbai.cases.enums import Place, Purpose
from mingbai.cases.models import Case
from mingbai.core.refused import Refused
from mingbai.web.public import ask, handing_in
from mingbai.web.public.ask import SALT
from tests.places.factories import CITY, NORTH, SOUTH, TOWN, VILLAGE
from tests.web.public.factories import PNG, asked, errors, photo, soup

pytestmark = pytest.mark.usefixtures("city")


def sent(client, url="/ask/", **changes):
    return client.post(url, asked(**changes))


def test_the_number_stands_on_the_page_after_the_form(client):
    response = client.post("/ask/", asked(), follow=True)
    case = Case.objects.get()
    page = soup(response)
    assert page.select_one(".c-plate__number").text.replace(" ", "") == case.number
    assert case.station.name in page.text and "024-57612345" in page.text
    assert case.text == asked()["text"] and case.speaker.phone == "13812345678"
    assert case.region_id == NORTH and case.follow_code == ""


def test_what_is_promised_on_the_page_is_what_runs(client):
    page = soup(client.post("/ask/", asked(), follow=True))
    clocks = Case.objects.get().clocks.filter(done_at=None)
    assert clocks and page.select(".c-clock")
    assert page.select_one(".c-clock .c-steps")


def test_without_a_phone_a_follow_code_is_shown(client):
    page = soup(client.post("/ask/", asked(tell_by="follow", phone="", name=""), follow=True))
    case = Case.objects.get()
    assert re.fullmatch(r"\d{4}", case.follow_code)
    assert case.follow_code in page.select_one("main").text
    assert case.speaker is None


def test_the_same_form_again_gives_the_same_number(client):
    first, second = sent(client), sent(client)
    assert Case.objects.count() == 1
    token = lambda r: signing.loads(r["Location"].split("/")[3], salt=SALT)  # noqa: E731
    assert token(first) == token(second) == Case.objects.get().number


def test_the_same_form_with_other_words_asks_first_and_gets_a_fresh_key(client):
    sent(client)
    response = sent(client, text="另一件事")
    assert "已经交过一次" in errors(response) and "另一件事" in response.content.decode()
    key = soup(response).select_one("input[name=key]")["value"]
    assert key != asked()["key"]
    assert sent(client, text="另一件事", key=key).status_code == 302
    assert Case.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"text": "  "}, "请写几句"),
        ({"text": "有个\x00字"}, "U+0000"),
        ({"text": "长" * 20_001}, "内容太长"),
        ({"text": "a" * 1_000_000}, "内容太长"),
        ({"text": "😀\n" * 20_001}, "内容太长"),
        ({"phone": "138123"}, "电话号码不对"),
        ({"phone": "57612345"}, "区号"),
        ({"phone": ""}, "请留一个电话"),
        ({"happened_on": "2026-02-30"}, "没有这一天"),
        ({"happened_on": "2199-01-01"}, "年份不对"),
        ({"happened_on": "0001-01-01"}, "年份不对"),
        ({"happened_on": "\x00"}, "没有这一天"),
        ({"county": ""}, "请选县、区"),
        ({"county": "999999999999"}, "没有这个地区"),
        ({"tell_by": "pigeon"}, "怎么告诉您结果"),
        ({"phone_of": "nobody"}, "这是谁的电话"),
        ({"name": "长" * 65}, "最多 64 字"),
        ({"party_phone": "12"}, "电话号码不对"),
        ({"agree_handle": ""}, "要您同意"),
    ],
)
def test_bad_input_gets_a_clear_answer_and_keeps_what_was_written(client, changes, said):
    response = client.post("/ask/", asked(place_text="东门外", **changes))
    assert response.status_code == 200
    assert said in errors(response)
    assert Case.objects.count() == 0
    page = soup(response)
    for name, value in {
        "name": "李师傅",
        "place_text": "东门外",
        "phone": "138 1234 5678",
        **changes,
    }.items():
        field = page.select_one(f"input[name={name}]")
        if field and field.get("type") not in ("radio", "checkbox"):
            assert field.get("value", "").replace("\ufffd", "\x00") == value
    kept = page.select_one("textarea[name=text]").text
    assert kept.lstrip("\n")[:50].strip() == asked(**changes)["text"].replace("\x00", "\ufffd")[:50].strip()


def test_errors_link_to_their_fields(client):
    page = soup(client.post("/ask/", asked(text="", county="", tell_by="phone", phone="1")))
    targets = [link["href"][1:] for link in page.select(".c-errors a")]
    assert len(targets) == 3
    assert all(page.find(id=target) for target in targets)


def test_ten_thousand_lines_of_emoji_are_kept(client):
    text = "\n".join(["😀"] * 10_000)
    assert sent(client, text=text).status_code == 302
    assert Case.objects.get().text == text


def test_more_than_a_form_holds_gets_413(client):
    response = client.post("/ask/", asked(text="字" * 900_000))
    assert response.status_code == 413
    assert "返回键" in response.content.decode()


def test_a_future_day_is_named(client):
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert "还没到" in errors(sent(client, happened_on=tomorrow.isoformat()))


def test_the_next_list_keeps_everything_and_judges_nothing(client):
    response = client.post("/ask/", asked(text="", phone="12", refresh="next"))
    page = soup(response)
    assert errors(response) == ""
    assert [o["value"] for o in page.select("#id_where-town option")][1:] == [TOWN, "210402002000"]
    assert page.select_one("[name=phone]")["value"] == "12"
    assert page.select_one("[name=key]")["value"] == asked()["key"]
    assert Case.objects.count() == 0


def test_a_found_place_fills_the_selects(client):
    page = soup(client.post("/ask/", asked(county="", place_q="裕民", refresh="search")))
    button = page.select_one(".c-regions__found button")
    assert "新抚区 站前街道 裕民社区" in button.text
    page = soup(client.post("/ask/", asked(county="", place=button["value"])))
    chosen = [o["value"] for o in page.select(".c-regions option[selected]")]
    assert chosen == [NORTH, TOWN, VILLAGE]


@pytest.mark.parametrize(
    ("county", "place"), [("outside", Place.OUTSIDE), ("unknown", Place.UNKNOWN), (SOUTH, Place.KNOWN)]
)
def test_a_place_outside_or_unknown_is_never_refused(client, county, place):
    assert sent(client, county=county).status_code == 302
    case = Case.objects.get()
    assert case.place == place
    assert case.station_id == (SOUTH if place == Place.KNOWN else CITY)


def test_a_township_of_another_county_does_not_count(client):
    sent(client, county=SOUTH, town=TOWN, village=VILLAGE)
    assert Case.objects.get().region_id == SOUTH


def test_consents_are_kept_one_by_one(client):
    sent(client, agree_pass_on="on")
    assert set(Case.objects.get().consents.values_list("purpose", flat=True)) == {
        Purpose.HANDLE,
        Purpose.PASS_ON,
    }


def test_where_the_law_is_the_ground_no_consent_is_asked(client):
    page = client.get("/ask/legal_aid/").content.decode()
    assert "agree_handle" not in page and "怎么保护您的信息" in page
    assert sent(client, "/ask/legal_aid/", agree_handle="").status_code == 302
    assert not Case.objects.get().consents.exists()


def test_wage_arrears_is_a_door_of_its_own(client):
    sent(client, "/ask/wage/")
    assert Case.objects.get().is_wage


def test_speaking_for_another_keeps_both_persons(client):
    sent(client, party_name="王奶奶", party_phone="024-57611111", may_be_told="both")
    case = Case.objects.get()
    assert case.speaker.name == "李师傅" and case.party.name == "王奶奶"
    assert case.may_be_told == "both"


def test_photos_are_attached(client):
    client.post("/ask/", {**asked(), "attachments": [photo(), photo("二.png")]})
    assert [a.name for a in Case.objects.get().attachments.order_by("id")] == ["欠条.png", "二.png"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("欠条.png", b"%PDF-1.4 not a picture", "和文件名不符"),
        ("欠条.exe", PNG, "不能上传这种文件"),
        ("空.png", b"", "空文件"),
    ],
)
def test_a_file_that_is_not_its_name_is_told_before_anything_is_sent(client, name, content, said):
    response = client.post("/ask/", {**asked(), "attachments": [photo(name, content)]})
    assert said in errors(response) and name in errors(response)
    assert "请再选一次" in response.content.decode()
    assert Case.objects.count() == 0


def test_the_home_page_hands_its_text_on(client):
    page = soup(client.post("/ask/", {"text": "干了三个月", "start": "1"}))
    assert page.select_one("textarea").text.strip() == "干了三个月"
    assert not page.select_one(".c-errors")
    assert page.select_one("input[name=tell_by][value=phone]").has_attr("checked")


def test_an_expired_token_in_the_form_keeps_the_text():
    client = Client(enforce_csrf_checks=True, headers={"origin": "http://testserver"})
    response = client.post("/ask/", asked())
    assert response.status_code == 403
    page = soup(response)
    assert page.select_one("form")["action"] == "/ask/"
    fields = {field["name"]: field.get("value", field.text) for field in page.select("form [name]")}
    assert fields["text"].strip() == asked()["text"] and fields["key"] == asked()["key"]
    again = client.post("/ask/", fields)
    assert again.status_code == 302 and Case.objects.count() == 1


@pytest.mark.parametrize("url", ["/ask/nonsense/", "/guide/nonsense/"])
def test_a_kind_that_does_not_exist_is_404(client, url):
    assert client.get(url).status_code == 404


def test_guided_kinds_lead_to_their_route_card(client):
    response = client.get("/ask/forensic/", follow=True)
    assert response.redirect_chain == [("/guide/forensic/", 302)]
    assert "委托书" in response.content.decode()
    assert client.get("/guide/notary/")["Location"] == "/ask/notary/"


@pytest.mark.parametrize("path", ["", "slip/", "slip/?paper=receipt"])
def test_a_forged_or_old_token_shows_nothing(client, path):
    assert client.get(f"/ask/done/2612345678901:1abc:xyz/{path}")["Location"] == "/follow/"


@pytest.mark.parametrize("path", ["", "slip/", "slip/?paper=receipt"])
def test_the_address_of_the_number_opens_it_in_no_other_browser(client, path):
    url = sent(client, phone="", tell_by="follow")["Location"]
    code = Case.objects.get().follow_code
    assert code in client.get(url + path).content.decode()
    assert Client().get(url + path)["Location"] == "/follow/"
    token = url.rstrip("/").rpartition("/")[2]
    assert Client().post("/follow/", {"token": token}).status_code == 200
    assert client.post("/follow/", {"token": token}).status_code == 302


def test_two_numbers_given_to_one_browser_can_both_be_looked_at_until_it_is_closed(client):
    urls = [sent(client, key=key * 16)["Location"] for key in ("aa", "bb")]
    assert [client.get(url).status_code for url in urls] == [200, 200]
    client.post("/follow/leave/")
    assert [client.get(url).status_code for url in urls] == [302, 302]


def test_the_number_can_be_printed(client):
    url = sent(client)["Location"]
    for paper in ("slip/", "slip/?paper=receipt"):
        page = soup(client.get(url + paper))
        number = page.select_one(".c-plate__number").text.replace(" ", "")
        assert number == Case.objects.get().number
    assert page.select_one(".sheet--receipt")


def test_a_full_disk_gives_no_number_and_keeps_the_text(client, monkeypatch):
    def full(**_given):
        raise Refused("磁盘已满，没有保存，也没有给出编号。", code="disk_full")

    monkeypatch.setattr(ask, "open_case", full)
    response = sent(client)
    assert "没有给出编号" in errors(response) and asked()["text"] in response.content.decode()


def test_a_file_that_fails_after_the_number_is_named(client, monkeypatch):
    def broken(**_given):
        raise Refused("存不下。", code="disk_full", do="请稍后再交。")

    monkeypatch.setattr(handing_in, "attach", broken)
    response = client.post("/ask/", {**asked(), "attachments": [photo()]}, follow=True)
    page = soup(response)
    assert page.select_one(".c-plate__number")
    assert "“欠条.png”没有收下：存不下。请稍后再交。" in page.text


def test_sending_again_does_not_attach_twice(client):
    for _again in range(2):
        client.post("/ask/", {**asked(), "attachments": [photo()]})
    assert Case.objects.get().attachments.count() == 1
