"""What waited on a phone: taken once, judged by its page, of who wrote it; put right; unreadable."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from mingbai.cases.models import Case
from mingbai.core.crypto import Keyring
from mingbai.servicedays.actions.publishing import cancel_day
from mingbai.servicedays.models import DayRecord, Need, ServiceDay
from mingbai.web.phone import views
from tests.cases.factories import NORTH, TOWN, VILLAGE, City, make_case
from tests.servicedays.factories import make_today
from tests.web.desk.pages import errors, queries, signed_in, soup, words
from tests.web.phone import boxed, new_id, sent

pytestmark = pytest.mark.django_db
PHONE, MATTER = "13987650001", "/desk/village/matter/"


@pytest.fixture
def today(city: City, team: dict[str, Any]) -> ServiceDay:
    return make_today(city, team)


def told(**changes: Any) -> dict[str, Any]:
    return {
        "text": "工钱要不回来",
        "name": "赵大山",
        "phone": PHONE,
        "where": VILLAGE,
        "kind": "consultation",
        "channel": "village",
        **changes,
    }


def send_one(city: City, url: str, fields: dict[str, Any], key: str = "") -> dict[str, Any]:
    key = key or new_id()
    answer = sent(signed_in(city.alice), (key, boxed(key, url, city.alice.pk, fields)))
    assert list(answer) == [key]
    return dict(answer[key])


# ── taken, once ──


def test_a_matter_that_waited_is_opened_once_with_the_time_it_was_told(city: City):
    key, then = new_id(), timezone.now() - timedelta(days=7)
    for _time in range(3):
        answer = send_one(city, MATTER, told(at=then.isoformat()), key)
        assert answer["taken"] is True and "编号" in answer["said"]
    case = Case.objects.get()
    assert case.opened_at == then and case.channel == "village" and case.region_id == VILLAGE
    assert case.number in answer["said"].replace(" ", "") and case.speaker and case.speaker.phone == PHONE


def test_what_was_answered_at_the_door_is_closed_and_told(city: City):
    assert send_one(city, MATTER, told(answer="先去劳动监察。"))["taken"]
    case = Case.objects.get()
    assert case.state == "closed" and case.told_at is not None


def test_legal_aid_is_applied_for_at_the_village_for_somebody(city: City):
    """The same application as on line: its row, seven days from when it was told; its form goes on."""
    then = timezone.now() - timedelta(days=1)
    assert send_one(city, MATTER, told(kind="legal_aid", at=then.isoformat()))["taken"]
    case = Case.objects.get()
    assert (case.kind, case.stage, case.channel, case.aid.matter) == ("legal_aid", "applied", "village", "")
    clock = case.clocks.get(rule__code="legal_aid_decision")
    assert (
        clock.started_at == then and (timezone.localdate(clock.due_at) - timezone.localdate(then)).days >= 7
    )
    assert "申请内容" in words(signed_in(city.alice).get(f"/desk/cases/{case.number}/"))


def test_what_was_answered_a_week_ago_was_answered_then_and_in_time(city: City, today: ServiceDay):
    then = timezone.now() - timedelta(days=7)
    assert send_one(city, MATTER, told(answer="先去劳动监察。", at=then.isoformat()))["taken"]
    record = {
        "kind": "consultation",
        "text": "工钱要不回来",
        "answer": "先去劳动监察。",
        "at": then.isoformat(),
    }
    assert send_one(city, f"/desk/days/{today.pk}/stand/", record)["taken"]
    for case in Case.objects.all():
        assert (case.state, case.answered_at, case.closed_at) == ("closed", then, then), case.channel
        assert not case.clocks.filter(end="late").exists(), case.channel
    assert Case.objects.count() == 2


@pytest.mark.parametrize("at", ["", "gestern", "2020-01-01T00:00:00Z", "2199-01-01T00:00:00Z", "9" * 30])
def test_a_phone_whose_clock_is_wrong_is_not_believed(city: City, at: str):
    before = timezone.now()
    assert send_one(city, MATTER, told(at=at))["taken"]
    assert before <= Case.objects.get().opened_at <= timezone.now()


def test_several_kinds_of_forms_go_in_one_sending(city: City, today: ServiceDay):
    who, forms = city.alice.pk, []
    record = {"kind": "consultation", "text": "工钱要不回来", "answer": "先去劳动监察。"}
    need = {"line-TOTAL_FORMS": 1, "line-INITIAL_FORMS": 0, "line-0-skill": "lawyer", "line-0-count": 1}
    place = {"county": VILLAGE[:6] + "000000", "town": TOWN, "village": VILLAGE}
    pages = [
        (MATTER, told()),
        (f"/desk/days/{today.pk}/stand/", record),
        ("/desk/days/needs/new/", need | place),
    ]
    for url, fields in pages:
        key = new_id()
        forms.append((key, boxed(key, url, who, fields)))
    client = signed_in(city.alice)
    assert [one["taken"] for one in sent(client, *forms).values()] == [True, True, True]
    assert [one["taken"] for one in sent(client, *forms).values()] == [True, True, True]
    assert (Case.objects.count(), DayRecord.objects.count(), Need.objects.count()) == (2, 1, 1)


# ── conflicts ──


def test_a_matter_that_came_in_meanwhile_is_named(city: City):
    earlier = make_case(phone=PHONE)
    said = send_one(city, MATTER, told())["said"]
    assert "另有在办的" in said and earlier.number in said.replace(" ", "")


def test_the_record_of_a_cancelled_day_is_taken_and_flagged(city: City, today: ServiceDay):
    cancel_day(by=city.supervisor.actor, day=today, reason="大雪封路")
    record = {"kind": "consultation", "text": "工钱要不回来", "answer": "先去劳动监察。"}
    answer = send_one(city, f"/desk/days/{today.pk}/stand/", record)
    assert answer["taken"] and "已取消" in answer["said"] and DayRecord.objects.get().flag


def test_the_same_key_with_other_words_is_refused_and_named(city: City):
    key = new_id()
    send_one(city, MATTER, told(), key)
    answer = send_one(city, MATTER, told(text="另一件事"), key)
    assert answer["taken"] is False and "内容却不一样" in answer["said"] and Case.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"text": ""}, "请填写"),
        ({"phone": "12"}, "电话"),
        ({"where": "999999999999"}, "没有这个地区"),
        ({"kind": "magic"}, "magic"),
        ({"channel": "web"}, "web"),
        ({"text": "字" * 20_001}, "太长"),
    ],
)
def test_what_is_refused_says_why_and_is_put_right_on_its_page(city: City, wrong: dict[str, str], said: str):
    key, client = new_id(), signed_in(city.alice)
    box = boxed(key, MATTER, city.alice.pk, told(**wrong))
    answer = sent(client, (key, box))[key]
    assert answer["taken"] is False and not Case.objects.exists()
    shown = client.post("/kept/unbox/", {"box": SimpleUploadedFile(key, box)}).json()
    assert shown["url"] == MATTER and dict(shown["fields"])["name"] == "赵大山"
    page = client.post(MATTER, told(**wrong))
    assert said in errors(page) or said in words(page)
    assert send_one(city, MATTER, told(), key)["taken"] is True


# ── whose it is ──


def test_what_another_wrote_waits_for_them(city: City):
    key = new_id()
    box = boxed(key, MATTER, city.alice.pk, told())
    said = sent(signed_in(city.charlie), (key, box))[key]
    assert said["taken"] is False and "别人存的" in said["said"] and not Case.objects.exists()
    assert (
        signed_in(city.charlie).post("/kept/unbox/", {"box": SimpleUploadedFile(key, box)}).status_code == 403
    )


def test_without_a_session_or_with_a_locked_one_it_waits(city: City):
    key = new_id()
    box = boxed(key, MATTER, city.alice.pk, told())
    assert sent(Client(), (key, box))[key]["taken"] is None
    client = signed_in(city.alice)
    session = client.session
    session["locked"] = True
    session.save()
    assert sent(client, (key, box))[key]["taken"] is None
    assert client.get("/kept/token/").json()["who"] == ""
    assert client.post("/kept/unbox/", {"box": SimpleUploadedFile(key, box)}).status_code in (302, 401)
    assert not Case.objects.exists()


def test_who_lost_the_right_meanwhile_is_told_so(city: City):
    reader = city.users["audit_admin"]
    key = new_id()
    answer = sent(signed_in(reader), (key, boxed(key, MATTER, reader.pk, told())))[key]
    assert answer["taken"] is False and "没有权限" in answer["said"]


# ── bad input ──


@pytest.mark.parametrize(
    "url", ["/desk/new/", "/kept/send/", "/nowhere/", "/", "/desk/village/matter", "//x/y"]
)
def test_only_pages_that_take_forms_from_phones_are_asked(city: City, url: str):
    answer = send_one(city, url, told())
    assert answer["taken"] is False and not Case.objects.exists()


def test_boxes_that_are_none_are_said_so_and_hold_up_no_other(city: City):
    good, strange = new_id(), new_id()
    other = Keyring(b"other house's master key, 32 by!"[:32])
    forms = [
        (new_id(), b""),
        (new_id(), b"\0" * 500),
        (strange, boxed(strange, MATTER, city.alice.pk, told(), other.box_key())),
        ("../../etc/passwd", boxed("x", MATTER, city.alice.pk, told())),
        (good, boxed(good, MATTER, city.alice.pk, told())),
    ]
    answers = sent(signed_in(city.alice), *forms)
    assert [one["taken"] for one in answers.values()].count(True) == 1 and answers[good]["taken"]


def test_a_form_that_breaks_its_page_holds_up_no_other(city: City, monkeypatch: pytest.MonkeyPatch):
    from mingbai.web.village import matter

    whole = matter.opened_from

    def breaking(form: Any, key: str) -> Any:
        if "坏" in form.cleaned_data["text"]:
            raise RuntimeError("?")
        return whole(form, key)

    monkeypatch.setattr(matter, "opened_from", breaking)
    bad, good = new_id(), new_id()
    forms = [(bad, told(text="坏")), (good, told(text="好"))]
    boxes = [(key, boxed(key, MATTER, city.alice.pk, form)) for key, form in forms]
    answers = sent(signed_in(city.alice), *boxes)
    assert answers[bad]["taken"] is False and "告诉管理员" in answers[bad]["said"] and answers[good]["taken"]


def test_a_sending_has_its_end(city: City):
    key = new_id()
    box = boxed(key, MATTER, city.alice.pk, told())
    answers = sent(signed_in(city.alice), *[(f"{n:032x}", box) for n in range(views.AT_ONCE + 5)])
    assert len(answers) == views.AT_ONCE


def test_nothing_is_sent_by_another_site(city: City):
    client = Client(enforce_csrf_checks=True)
    client.force_login(city.alice)
    assert client.post("/kept/send/", {}).status_code == 403
    assert client.post("/kept/unbox/", {}).status_code == 403


def test_an_empty_sending_is_no_fault(city: City):
    client = signed_in(city.alice)
    assert client.post("/kept/send/", {}).json() == {"rows": {}}
    assert client.post("/kept/unbox/", {}).status_code == 400


# ── the pages a phone keeps ──


def test_the_pages_that_a_phone_keeps_say_so_and_name_nobody(city: City, today: ServiceDay):
    make_case(name="赵大山", phone=PHONE)
    client = signed_in(city.alice)
    home = client.get("/desk/village/")
    box = soup(home).select_one("[data-kept]")
    assert box is not None
    addresses = str(box["data-keep"]).split()
    assert f"/desk/days/{today.pk}/stand/" in addresses and MATTER in addresses
    for address in addresses:
        page = client.get(address)
        assert page.headers["X-Keep-Page"] == "1", address
        assert not [one for one in (PHONE, "赵大山") if one in page.content.decode()], address
    assert "X-Keep-Page" not in client.get(f"{MATTER}?text=x").headers
    assert "X-Keep-Page" not in client.post(MATTER, told(text="")).headers


def test_what_draws_the_pages_is_there(city: City):
    script = Client().get("/kept/worker.js")
    assert script.headers["Service-Worker-Allowed"] == "/" and b"fetch" in script.content
    said = Client().get("/kept/manifest.webmanifest").json()
    assert said["start_url"] == "/desk/village/" and said["display"] == "standalone"


def test_places_near_are_the_own_township_and_the_county(city: City):
    options = soup(signed_in(city.alice).get(MATTER)).select("#id_where option")
    codes = [str(option["value"]) for option in options]
    assert codes and city.stations[NORTH].region_id in codes and len(codes) == len(set(codes))


def test_the_home_costs_the_same_for_many_days(city: City, today: ServiceDay):
    assert queries(signed_in(city.alice), "/desk/village/") <= 14


def test_on_line_the_form_leads_to_the_number(city: City):
    page = signed_in(city.alice).post(MATTER, told(), follow=True)
    assert Case.objects.get().number in words(page).replace(" ", "")
