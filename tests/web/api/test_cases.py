"""Matters through the API: what goes in, what comes back, who may read it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mingbai.cases.actions import work
from mingbai.cases.actions.triage import say_topic
from mingbai.cases.models import Case
from mingbai.core.actor import SYSTEM
from mingbai.core.numbers import is_number, new_number
from mingbai.journal.queries import history
from mingbai.knowledge.actions import set_topic_codes
from mingbai.people import actions as people
from tests.cases.factories import NORTH, VILLAGE, City
from tests.web.api.calls import CASES, PHONE, TEXT, open_one, post, problem


def test_a_matter_gets_number_state_station_due_time_and_reasons(partner: Client):
    answer = post(partner)
    told = answer.json()
    assert answer.status_code == 201 and is_number(told["number"])
    assert set(told) == {"number", "state", "station", "due_at", "routing", "follow_code"}
    assert told["state"] == "received" and told["station"]["code"] == NORTH and told["station"]["name"]
    assert told["due_at"] and told["routing"] and told["follow_code"] is None


def test_without_a_phone_there_is_a_follow_code(partner: Client):
    code = post(partner, phone=None).json()["follow_code"]
    assert len(code) == 4 and code.isdigit()


def test_what_was_sent_is_what_is_kept(partner: Client, city: City):
    number = open_one(
        partner,
        place_text="裕民路 3 号",
        partner_number="A-1",
        urgent=True,
        happened_at="2026-01-02T03:04:05",
    )
    case = Case.objects.get(number=number)
    assert (case.kind, case.channel, case.partner, case.partner_number) == (
        "consultation",
        "partner",
        city.partner,
        "A-1",
    )
    assert (case.text, case.place_text, case.is_urgent, case.region_id) == (
        TEXT,
        "裕民路 3 号",
        True,
        VILLAGE,
    )
    assert case.speaker and (case.speaker.name, case.speaker.phone) == ("赵福山", PHONE)
    assert timezone.localtime(case.happened_at).hour == 3
    assert history(case.chain)[0].actor == "partner:hotline12345"


def test_emoji_and_rare_characters_are_kept(partner: Client):
    text = "𠮷大爷 👵🏻👨‍👩‍👧 欠薪😡\n第二行"
    number = open_one(partner, text=text)
    assert Case.objects.get(number=number).text == text


def test_ten_thousand_lines_of_emoji_are_kept(partner: Client):
    text = "\n".join(["😡"] * 10_000)
    assert Case.objects.get(number=open_one(partner, text=text)).text == text


def test_twenty_thousand_characters_are_kept(partner: Client):
    assert len(Case.objects.get(number=open_one(partner, text="字" * 20_000)).text) == 20_000


def test_the_partner_reads_its_own_code_of_the_topic(partner: Client, city: City):
    number = open_one(partner)
    case = Case.objects.get(number=number)
    set_topic_codes(by=SYSTEM, topic="labour", codes={city.partner.code: ("0203", ""), "other": ("9", "")})
    told = partner.get(f"{CASES}/{number}").json()
    assert (told["topic"], told["topic_code"]) == ("", "")
    say_topic(case=case, by=city.alice.actor, topic="labour")
    told = partner.get(f"{CASES}/{number}").json()
    assert (told["topic"], told["topic_code"]) == ("labour", "0203")


def test_reading_back_gives_state_station_and_history(partner: Client):
    number = open_one(partner)
    told = partner.get(f"{CASES}/{number}").json()
    assert set(told) == set("number kind topic topic_code state station due_at history answer".split())
    assert (told["number"], told["kind"], told["state"], told["answer"]) == (
        number,
        "consultation",
        "received",
        None,
    )
    assert told["history"] and set(told["history"][0]) == {"at", "state", "text"}


def test_an_answer_is_read_back_and_enters_as_told_once(partner: Client, city: City):
    case = Case.objects.get(number=open_one(partner))
    case = work.take_up(case=case, by=city.alice.actor, worker=city.owner)
    work.answer(case=case, by=city.alice.actor, text="先到劳动监察投诉。", laws=["劳动合同法第八十五条"])
    told = partner.get(f"{CASES}/{case.number}").json()
    assert told["state"] == "answered"
    assert (told["answer"]["text"], told["answer"]["laws"]) == (
        "先到劳动监察投诉。",
        ["劳动合同法第八十五条"],
    )
    case.refresh_from_db()
    assert case.told_at is not None
    length = len(history(case.chain))
    partner.get(f"{CASES}/{case.number}")
    assert len(history(case.chain)) == length


def test_notes_of_the_staff_stay_inside(partner: Client, city: City):
    case = Case.objects.get(number=open_one(partner))
    work.note(case=case, by=city.alice.actor, text="内部记录：当事人情绪激动")
    answer = partner.get(f"{CASES}/{case.number}").content.decode()
    assert "情绪激动" not in answer and "艾丽" not in answer.replace(case.station.name, "")


def test_a_message_is_added_and_wakes_a_waiting_matter(partner: Client, city: City):
    case = Case.objects.get(number=open_one(partner))
    case = work.take_up(case=case, by=city.alice.actor, worker=city.owner)
    work.ask(case=case, by=city.alice.actor, text="请补合同。", papers=["劳动合同"])
    assert partner.get(f"{CASES}/{case.number}").json()["state"] == "waiting"
    answer = post(partner, f"{CASES}/{case.number}/messages", text="合同丢了，有工友作证。")
    assert answer.status_code == 201
    assert answer.json() == {"number": case.number, "state": "in_progress"}


def test_a_matter_is_withdrawn_with_a_reason(partner: Client):
    number = open_one(partner)
    answer = post(partner, f"{CASES}/{number}/withdraw", reason="已经解决")
    assert (answer.status_code, answer.json()) == (200, {"number": number, "state": "withdrawn"})
    problem(post(partner, f"{CASES}/{number}/withdraw", reason="再来一次"), 409, "wrong_state")


@pytest.mark.parametrize("number", ["2600000000000", "abc", "0", "26%00", "２６０００", "9" * 500])
def test_what_is_no_number_is_not_found(partner: Client, number: str):
    problem(partner.get(f"{CASES}/{number}"), 404, "not_found")


def test_a_number_is_read_as_people_write_it(partner: Client):
    number = open_one(partner)
    assert partner.get(f"{CASES}/{number[:4]} {number[4:8]}-{number[8:]}").status_code == 200


@pytest.mark.parametrize(
    ("method", "tail", "sent"),
    [("get", "", {}), ("post", "/messages", {"text": "补充"}), ("post", "/withdraw", {"reason": "不办了"})],
)
def test_anothers_number_and_an_unknown_one_are_answered_alike(
    partner: Client, other: Client, method: str, tail: str, sent: dict[str, str]
):
    theirs, unknown = open_one(partner), new_number(26)

    def ask(number: str):
        url = f"{CASES}/{number}{tail}"
        with CaptureQueriesContext(connection) as seen:
            answer = other.get(url) if method == "get" else post(other, url, **sent)
        problem(answer, 404, "not_found")
        asked = [query["sql"].replace(number, "N") for query in seen.captured_queries]
        return answer.content, sorted(answer.headers), asked

    ask(unknown)  # what is remembered per process is now remembered
    assert ask(theirs) == ask(unknown)
    assert Case.objects.get(number=theirs).state == "received"


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer wrong", "Bearer 错的", "Basic eDp5", "bearer  "]
)
def test_without_a_good_key_there_is_nothing(city: City, header: str | None):
    client = Client(headers={"Authorization": header} if header is not None else {})
    for answer in (
        post(client),
        client.get(f"{CASES}/2600000000000"),
        post(client, f"{CASES}/1/messages", text="x"),
        post(client, f"{CASES}/1/withdraw", reason="x"),
    ):
        problem(answer, 401, "bad_key")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert not Case.objects.exists()


def test_a_revoked_key_and_a_partner_shut_out_get_nothing(city: City, key: str, partner: Client):
    people.revoke_key(by=SYSTEM, key=city.partner.keys.get())
    problem(post(partner), 401, "bad_key")
    again = people.issue_key(by=SYSTEM, partner=city.partner)
    people.deactivate_partner(by=SYSTEM, partner=city.partner)
    problem(post(Client(headers={"Authorization": f"Bearer {again}"})), 401, "bad_key")


def test_the_sign_in_of_the_desk_is_no_key(city: City):
    client = Client()
    client.force_login(city.alice)
    problem(post(client), 401, "bad_key")


def test_times_in_the_past_are_good_and_slack_of_clocks_is_allowed(partner: Client):
    soon = timezone.now() + timedelta(minutes=2)
    assert post(partner, happened_at="2019-05-01T08:00:00+08:00").status_code == 201
    assert post(partner, happened_at=soon.isoformat()).status_code == 201
