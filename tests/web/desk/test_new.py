"""A new matter at the desk: known people, the way it goes, answered at once, the number given."""

from typing import Any

import pytest
from django.test import Client

from mingbai.cases.models import Case, Resident
from mingbai.hotline.models import Call
from mingbai.journal.models import Entry
from mingbai.people.models import User
from mingbai.people.roles import RoleCode
from tests.cases.factories import NORTH, PHONE, SOUTH, TOWN, VILLAGE, City, make_case
from tests.people.factories import make_user
from tests.web.desk.pages import errors, signed_in, soup, words

NEW = "/desk/new/"


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "key": "k1",
        "channel": "window",
        "phone": "138 1234 5678",
        "phone_of": "own",
        "name": "赵福山",
        "id_number": "",
        "resident": "",
        "kind": "consultation",
        "text": "老板三个月没发工资",
        "county": NORTH,
        "town": "",
        "village": "",
        "place_q": "",
        "ending": "route",
        "tell_by": "",
        **changes,
    }


def sent(user: User, **changes: Any) -> Any:
    return signed_in(user).post(NEW, typed(**changes), follow=True)


def test_the_form_begins_with_what_is_most_likely(city: City) -> None:
    page = soup(signed_in(city.bob).get(NEW))
    assert page.select_one("#id_channel option[selected]")["value"] == "window"  # type: ignore[index]
    assert page.select_one(f'select[name=county] option[value="{NORTH}"]').has_attr("selected")  # type: ignore[union-attr]
    agent = soup(signed_in(city.users[RoleCode.HOTLINE_AGENT]).get(NEW))
    assert agent.select_one("#id_channel option[selected]")["value"] == "hotline"  # type: ignore[index]
    assert agent.select_one("input[name=ending][checked]")["value"] == "answer"  # type: ignore[index]


def test_a_matter_is_routed_and_its_number_given(city: City) -> None:
    response = sent(city.bob, is_wage="on", is_urgent="on", place_text="东一路工地")
    case = Case.objects.get()
    assert response.redirect_chain == [(f"/desk/cases/{case.number}/given/", 302)]
    assert (case.station_id, case.channel, case.is_wage, case.is_urgent) == (NORTH, "window", True, True)
    assert case.owner is None
    text = words(response)
    assert f"{case.number[:4]} {case.number[4:8]}" in text
    assert "最晚" in text
    assert Entry.objects.get(verb="case.opened").actor == city.bob.actor.code


def test_keeping_it_makes_the_clerk_the_owner(city: City) -> None:
    sent(city.bob, ending="keep", county=SOUTH)
    case = Case.objects.get()
    assert case.station_id == NORTH
    assert case.owner and case.owner.user_id == city.bob.pk
    assert case.state == "accepted"


def test_a_call_answered_at_once_needs_one_form(city: City) -> None:
    response = sent(
        city.bob, ending="answer", answer="先去劳动监察投诉", laws="第五十条", told="phone", channel="hotline"
    )
    case = Case.objects.get()
    assert errors(response) == ""
    assert (case.state, case.told_how, case.is_instant) == ("closed", "phone", True)


def test_an_answer_without_words_is_asked_for_and_nothing_is_opened(city: City) -> None:
    response = sent(city.bob, ending="answer", answer="", told="phone", text="说了很久的话")
    assert "请写下当场怎么答的" in errors(response)
    assert "说了很久的话" in response.content.decode()
    assert not Case.objects.exists()


def test_sent_twice_it_is_one_matter(city: City) -> None:
    client = signed_in(city.bob)
    first, second = client.post(NEW, typed()), client.post(NEW, typed())
    assert first["Location"] == second["Location"]
    assert Case.objects.count() == 1


def test_sent_again_with_other_words_it_says_so_and_then_opens_another(city: City) -> None:
    client = signed_in(city.bob)
    client.post(NEW, typed())
    again = client.post(NEW, typed(text="另一件事"))
    assert "已经用过" in errors(again)
    key = soup(again).select_one("input[name=key]")["value"]  # type: ignore[index]
    assert key != "k1"
    assert client.post(NEW, typed(text="另一件事", key=key)).status_code == 302
    assert Case.objects.count() == 2


# ── who is known ──


def test_the_phone_finds_earlier_matters_while_it_is_typed(city: City) -> None:
    make_case(text="去年的事")
    client = signed_in(city.bob)
    found = client.post("/desk/new/known/", typed(phone=PHONE, name=""))
    assert "去年的事" in words(found)
    assert "赵**" in words(found)
    assert PHONE not in found.content.decode()
    assert "没有来过" in words(client.post("/desk/new/known/", typed(phone="13900000000")))
    assert client.get("/desk/new/known/").status_code == 405


def test_without_a_script_a_button_finds_them_and_keeps_the_text(city: City) -> None:
    make_case(text="去年的事")
    page = signed_in(city.bob).post(NEW, typed(refresh="find", text="写到一半"))
    assert "去年的事" in words(page)
    assert "写到一半" in page.content.decode()
    assert errors(page) == ""
    assert Case.objects.count() == 1


def test_a_known_person_is_chosen_by_the_clerk_never_silently(city: City) -> None:
    first = make_case()
    sent(city.bob, key="a")
    sent(city.bob, key="b", resident=str(first.speaker_id))
    silent, chosen = Case.objects.exclude(pk=first.pk).order_by("pk")
    assert silent.speaker_id != first.speaker_id
    assert chosen.speaker_id == first.speaker_id


def test_a_person_who_was_not_proposed_cannot_be_chosen(city: City) -> None:
    other = make_case(phone="13900001111")
    response = sent(city.bob, resident=str(other.speaker_id))
    assert errors(response)
    assert Resident.objects.count() == 1


# ── who would get it ──


def test_the_preview_says_who_would_get_it_and_why(city: City) -> None:
    shown = words(signed_in(city.bob).post("/desk/new/route/", typed(town=TOWN, village=VILLAGE)))
    assert "由裕民社区公共法律服务工作室办理" in shown
    assert Case.objects.count() == 0
    own = words(signed_in(city.bob).post("/desk/new/route/", typed(ending="keep")))
    assert "您自己办理" in own


def test_a_matter_of_another_county_still_gets_its_receipt(city: City) -> None:
    client = signed_in(city.bob)
    given = client.post(NEW, typed(county=SOUTH), follow=True)
    case = Case.objects.get()
    assert case.station_id == SOUTH
    assert given.status_code == 200
    assert "打开办件" not in words(given)
    assert client.get(f"/desk/cases/{case.number}/print/?paper=slip").status_code == 200
    assert client.get(f"/desk/cases/{case.number}/").status_code == 404
    assert signed_in(city.bob).get(f"/desk/cases/{case.number}/print/").status_code == 404


@pytest.mark.parametrize("paper", ["", "?paper=slip"])
def test_the_receipt_holds_number_and_next_step(city: City, paper: str) -> None:
    sent(city.bob, phone="", name="")
    case = Case.objects.get()
    text = words(signed_in(city.bob).get(f"/desk/cases/{case.number}/print/{paper}"))
    assert case.follow_code in text
    assert "最晚" in text


@pytest.mark.parametrize(
    "wrong",
    [
        {"phone": "123"},
        {"id_number": "210402199003070000"},
        {"text": ""},
        {"text": "字" * 20_001},
        {"text": "有\x00字符"},
        {"kind": "magic"},
        {"channel": "pigeon"},
        {"channel": "web"},
        {"county": ""},
        {"county": "999999999999"},
        {"ending": "magic"},
        {"resident": "abc"},
        {"resident": "9" * 400},
        {"tell_by": "partner"},
        {"party_phone": "12"},
        {"key": ""},
    ],
)
def test_bad_input_is_told_and_nothing_is_lost(city: City, wrong: dict[str, str]) -> None:
    response = sent(city.bob, **{"text": "写了很多字的事", **wrong})
    assert response.status_code == 200
    assert not Case.objects.exists()
    assert errors(response)
    if "text" not in wrong:
        assert "写了很多字的事" in response.content.decode()


@pytest.mark.parametrize("place", ["outside", "unknown"])
def test_a_place_outside_or_unknown_is_never_refused(city: City, place: str) -> None:
    assert errors(sent(city.bob, county=place)) == ""
    assert Case.objects.get().place == place


def test_an_expired_session_keeps_the_text(city: City) -> None:
    client = Client()
    client.force_login(city.bob)
    session = client.session
    session["seen_at"] = 1
    session.save()
    response = client.post(NEW, typed(), HTTP_SEC_FETCH_SITE="same-origin")
    assert response.status_code in (302, 303)
    assert not Case.objects.exists()


@pytest.mark.parametrize("role", [RoleCode.LEADER, RoleCode.QUALITY, RoleCode.PRACTITIONER])
def test_who_may_not_open_matters_has_no_form(city: City, role: str) -> None:
    assert signed_in(city.users[role]).get(NEW).status_code == 403


def test_an_agent_who_is_not_on_the_register_takes_down_a_call(city: City) -> None:
    agent = make_user(RoleCode.HOTLINE_AGENT, station=city.stations[NORTH])
    sent(agent, channel="hotline")
    assert Call.objects.get(case=Case.objects.get()).worker is None
