"""The door at the desk: a visit with two keys, bookings taken, openings set, whom to call, bad input."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from mingbai.cases.models import Case
from mingbai.core.actor import SYSTEM
from mingbai.journal.models import Entry
from mingbai.visits.actions import openings
from mingbai.visits.models import Break, Opening, Visit
from mingbai.visits.queries.slots import next_of
from mingbai.visits.rules.visits import Visitor
from mingbai.web.door.reach import stamp
from tests.cases.factories import NORTH, SOUTH, City
from tests.visits.factories import (
    NAME,
    PHONE,
    ahead,
    make_booking,
    make_opening,
    make_visit,
    moment_at,
    on_working_days,
)
from tests.web.desk.pages import errors, queries, signed_in, soup, words

pytestmark = pytest.mark.django_db
HOME, KEY = "/desk/door/", "0" * 32


def record(city: City, **data: Any) -> Any:
    sent = {"line": "consultation", "outcome": "answered", "key": KEY, **data}
    return signed_in(city.bob).post(f"{HOME}record/", sent, follow=True)


def test_a_visit_costs_two_keys(city: City):
    page = record(city)
    visit = Visit.objects.get()
    assert (visit.line, visit.outcome, visit.station_id, visit.state) == (
        "consultation", "answered", NORTH, "served",
    )  # fmt: skip
    assert visit.worker and visit.worker.name == "鲍勃" and visit.case is None and visit.name == ""
    assert "已记下" in words(page) and "解答" in words(page)


def test_a_double_click_counts_once_and_the_window_is_remembered(city: City):
    client = signed_in(city.bob)
    sent = {"line": "consultation", "outcome": "guided", "key": KEY, "window": "3"}
    for _n in range(2):
        page = client.post(f"{HOME}record/", sent, follow=True)
    assert Visit.objects.count() == 1
    window = soup(page).select_one("input[name=window]")
    assert window is not None and window["value"] == "3"


@pytest.mark.parametrize(
    "data",
    [
        {"line": ""},
        {"line": "haircut"},
        {"outcome": ""},
        {"outcome": "shrugged"},
        {"phone": "12"},
        {"window": "0"},
        {"window": "x"},
        {"name": "赵" * 65},
        {"text": "\x00"},
        {"foreign_number": "9" * 17},
    ],
)
def test_bad_input_is_said_and_nothing_is_kept(city: City, data: dict[str, str]):
    page = record(city, **data)
    assert page.status_code == 200 and errors(page) and not Visit.objects.exists()


def test_who_only_looks_cannot_record(city: City):
    client = signed_in(city.users["leader"])
    assert client.get(HOME).status_code == 200
    sent = {"line": "consultation", "outcome": "answered"}
    assert client.post(f"{HOME}record/", sent).status_code == 403 and not Visit.objects.exists()


def test_another_countys_visit_is_not_there(city: City):
    visit = make_visit(city, visitor=Visitor(name=NAME, phone=PHONE))
    client = signed_in(city.charlie)
    for name in ("", "show/", "move/", "cancel/", "matter/", "join/", "served/", "said/"):
        for method in ("get", "post"):
            answer = getattr(client, method)(f"{HOME}visits/{visit.pk}/{name}")
            assert answer.status_code in (404, 405), name
    assert NAME not in client.get(HOME, {"at": NORTH}).content.decode()


def test_who_only_looks_reads_no_whole_name(city: City):
    visit = make_visit(city, visitor=Visitor(name=NAME, phone=PHONE))
    booked = make_booking(on_working_days(city), moment_at(ahead(), 9))
    client = signed_in(city.users["leader"])
    client.get(HOME, {"at": NORTH})
    for url in (HOME, f"{HOME}visits/{visit.pk}/", f"{HOME}calendar/?week={booked.on}"):
        page = client.get(url)
        assert NAME not in page.content.decode(), url
        assert NAME[0] in words(page) or "/visits/" in url, "masked in lists; on its own page asked for"
    assert NAME in words(signed_in(city.bob).get(HOME))


def test_telephone_is_shown_once_and_the_look_is_kept(city: City):
    visit = make_visit(city, visitor=Visitor(name=NAME, phone=PHONE))
    client = signed_in(city.bob)
    assert PHONE not in client.get(f"{HOME}visits/{visit.pk}/").content.decode()
    assert PHONE in words(client.post(f"{HOME}visits/{visit.pk}/show/", follow=True))
    assert PHONE not in client.get(f"{HOME}visits/{visit.pk}/").content.decode()
    assert Entry.objects.filter(verb="visit.person_shown").count() == 1


def test_a_visit_becomes_a_matter_with_one_click_and_only_one(city: City):
    visit = make_visit(city, line="legal_aid", visitor=Visitor(name=NAME, phone=PHONE, text="工伤没人管"))
    client = signed_in(city.bob)
    for _n in range(2):
        client.post(f"{HOME}visits/{visit.pk}/matter/")
    case = Case.objects.get()
    visit.refresh_from_db()
    assert visit.case == case and (case.kind, case.text, case.channel) == (
        "legal_aid",
        "工伤没人管",
        "window",
    )
    assert case.speaker and case.speaker.phone == PHONE and case.owner and case.owner.name == "鲍勃"


def test_a_visit_joins_a_matter_that_there_is(city: City):
    from tests.cases.factories import make_case

    case, visit, client = make_case(), make_visit(city), signed_in(city.bob)
    url = f"{HOME}visits/{visit.pk}/join/"
    assert "没有这个办件编号" in words(client.post(url, {"number": "2611111111111"}))
    client.post(url, {"number": case.number})
    visit.refresh_from_db()
    assert visit.case == case
    other = make_case()
    assert "已经归入另一件" in words(client.post(url, {"number": other.number}))


# ── bookings ──


def test_a_booking_is_taken_for_somebody_on_the_telephone(city: City):
    opening = on_working_days(city)
    [slot, *_rest] = next_of([opening])
    sent = {"slot": stamp(slot), "name": NAME, "phone": PHONE, "channel": "hotline", "key": KEY}
    page = signed_in(city.bob).post(f"{HOME}book/?kind=booking&line=consultation", sent, follow=True)
    visit = Visit.objects.get()
    assert visit.starts_at == slot.starts_at and visit.channel == "hotline" and visit.line == "consultation"
    assert visit.code[:4] in words(page)


@pytest.mark.parametrize("slot", ["", "x", "1-x", "999999-29000000", f"{'9' * 13}-1", "1-99999999999"])
def test_a_time_that_is_none_is_refused(city: City, slot: str):
    on_working_days(city)
    sent = {"slot": slot, "name": NAME, "channel": "window"}
    page = signed_in(city.bob).post(f"{HOME}book/?kind=booking&line=consultation", sent)
    assert page.status_code == 200 and errors(page) and not Visit.objects.exists()


def test_a_time_that_went_meanwhile_is_refused_with_others(city: City):
    opening = on_working_days(city)
    [slot, *_rest] = next_of([opening])
    make_booking(opening, slot.starts_at)
    sent = {"slot": stamp(slot), "name": "别人", "channel": "window"}
    page = signed_in(city.bob).post(f"{HOME}book/?kind=booking&line=consultation", sent)
    assert "被别人约走" in errors(page) and "还可以约" in errors(page)


def test_a_booking_is_moved_and_cancelled_at_the_desk(city: City):
    opening = on_working_days(city)
    visit = make_booking(opening, moment_at(ahead(), 9))
    client = signed_in(city.bob)
    at = next(slot for slot in next_of([opening], most=9) if slot.starts_at == moment_at(ahead(), 10))
    client.post(f"{HOME}visits/{visit.pk}/move/", {"slot": stamp(at)})
    visit.refresh_from_db()
    assert visit.starts_at == at.starts_at
    client.post(f"{HOME}visits/{visit.pk}/cancel/", {"reason": "本人来电取消"})
    visit.refresh_from_db()
    assert visit.state == "cancelled" and visit.reason == "本人来电取消"


def test_the_week_shows_who_comes_and_what_is_free(city: City):
    opening = on_working_days(city)
    visit = make_booking(opening, moment_at(ahead(), 9))
    page = signed_in(city.bob).get(f"{HOME}calendar/", {"week": visit.on.isoformat()})
    assert NAME in words(page) and "09:00" in words(page) and "空" in words(page)
    assert signed_in(city.bob).get(f"{HOME}calendar/", {"week": "nonsense"}).status_code == 200


def test_who_lost_their_time_stands_on_top(city: City):
    opening = on_working_days(city)
    make_booking(opening, moment_at(ahead(), 9), visitor=Visitor(name="座机老人", phone="024-57612345"))
    openings.break_off(by=SYSTEM, opening=opening, first_on=ahead(), last_on=ahead(), reason="律师病了")
    page = signed_in(city.bob).get(HOME)
    assert "还没有另选" in words(page) and "座机老人" in words(page)


# ── openings ──


def opening_data(**more: Any) -> dict[str, Any]:
    return {
        "kind": "booking", "receives": "李律师", "repeat": "weekly", "weekdays": ["1", "3"], "every": "1",
        "on_day_off": "skip", "starts": "09:00", "ends": "11:00", "minutes": "30", "capacity": "1",
        "first_on": f"{timezone.localdate()}", "ahead_days": "30", "is_public": "on", **more,
    }  # fmt: skip


def test_an_opening_is_set_ended_broken_off_and_lifted_by_who_keeps_the_roster(city: City):
    client, day = signed_in(city.alice), f"{ahead(3)}"
    client.post(f"{HOME}openings/new/", opening_data())
    opening = Opening.objects.get()
    assert opening.weekdays == [1, 3] and "周二、周四 09:00–11:00" in words(client.get(f"{HOME}openings/"))
    client.post(f"{HOME}openings/{opening.pk}/break/", {"first_on": day, "last_on": day, "reason": "开会"})
    assert "不接待" in words(client.get(f"{HOME}openings/"))
    client.post(f"{HOME}breaks/{Break.objects.get().pk}/lift/")
    assert not Break.objects.exists()
    client.post(f"{HOME}openings/{opening.pk}/end/", {"last_on": day, "reason": "调走"})
    opening.refresh_from_db()
    assert opening.last_on == ahead(3)


def test_reception_days_are_set_as_the_fifth_and_the_twentieth(city: City):
    data = opening_data(
        kind="reception", receives="分管领导", repeat="monthly", month_days="5日、20日", on_day_off="next"
    )
    page = signed_in(city.alice).post(f"{HOME}openings/new/", data, follow=True)
    assert Opening.objects.get().month_days == [5, 20] and "每月 5 日、20 日" in words(page)


@pytest.mark.parametrize(
    "more",
    [
        {"receives": ""}, {"weekdays": []}, {"weekdays": ["9"]}, {"starts": "25:00"}, {"ends": "08:00"},
        {"minutes": "1"}, {"capacity": "99"}, {"first_on": "2026-02-30"}, {"worker": "999999"},
        {"lines": ["haircut"]}, {"repeat": "monthly", "month_days": "五号"},
        {"repeat": "monthly", "month_days": "45"}, {"every": "0"}, {"last_on": "2001-01-01"},
    ],
)  # fmt: skip
def test_what_cannot_be_an_opening_is_said(city: City, more: dict[str, Any]):
    page = signed_in(city.alice).post(f"{HOME}openings/new/", opening_data(**more))
    assert page.status_code == 200 and errors(page) and not Opening.objects.exists()


def test_a_clerk_sets_no_openings_and_nobody_those_of_others(city: City):
    opening = make_opening(city, station=SOUTH)
    assert signed_in(city.bob).get(f"{HOME}openings/new/").status_code == 403
    for name in ("end/", "break/"):
        assert signed_in(city.alice).get(f"{HOME}openings/{opening.pk}/{name}").status_code == 404


@pytest.mark.parametrize(("url", "most"), [("", 25), ("calendar/", 25), ("book/", 25), ("openings/", 22)])
def test_pages_cost_few_queries_however_many_come(city: City, url: str, most: int):
    opening = on_working_days(city, capacity=9)
    for n in range(6):
        make_booking(opening, moment_at(ahead(), 9), visitor=Visitor(name=f"某{n}"))
        make_visit(city)
    assert queries(signed_in(city.bob), f"{HOME}{url}") <= most


def test_a_day_that_is_long_past_shows_nothing_and_fails_nothing(city: City):
    day = timezone.localdate() - timedelta(days=4000)
    assert signed_in(city.bob).get(f"{HOME}calendar/", {"week": f"{day}"}).status_code == 200
