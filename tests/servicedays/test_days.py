"""The day itself: sign-in, records from phones that were off line, closing; what is served, what waits on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mingbai.cases.actions.ratings import rate
from mingbai.cases.models import Case
from mingbai.core.actor import RESIDENT, SYSTEM
from mingbai.core.refused import Refused
from mingbai.journal.models import Entry
from mingbai.journal.queries import verify
from mingbai.people.models import User
from mingbai.servicedays.actions import days, needs, publishing
from mingbai.servicedays.actions.records import settle_flag, write_records
from mingbai.servicedays.models import DayRecord, Need, ServiceDay
from mingbai.servicedays.perms import can_work_day
from mingbai.servicedays.queries.days import (
    flagged,
    my_days,
    next_days,
    records_of,
    roster,
    to_close,
    waiting_at,
    with_counts,
)
from mingbai.servicedays.queries.figures import day_figures, days_per_township, held_in, records_in
from mingbai.servicedays.rules.day import Jotting
from tests.cases.factories import (
    CITY,
    NORTH,
    PHONE,
    SOUTH,
    TOWN,
    TOWN_SOUTH,
    VILLAGE,
    VILLAGE_EMPTY,
    VILLAGE_SOUTH,
    City,
    fresh,
    make_case,
)
from tests.people.factories import make_user
from tests.servicedays.factories import (
    make_days_city,
    make_need,
    make_published,
    make_team,
    make_today,
    make_wish,
)


@pytest.fixture
def team(city: City) -> dict[str, Any]:
    return make_team(city)


@pytest.fixture
def today(city: City, team: dict[str, Any]) -> ServiceDay:
    return make_today(city, team)


def asked(day: ServiceDay, **values: Any) -> Jotting:
    defaults = {"kind": "consultation", "text": "彩礼能要回来吗？", "answer": "看有没有登记、共同生活多久。"}
    return Jotting(**{"day": day.pk, **defaults, **values})


def write(city: City, *notes: Jotting) -> list[Any]:
    return write_records(by=city.alice.actor, notes=notes)


def one(city: City, note: Jotting) -> DayRecord:
    found = write(city, note)[0]
    assert found.record is not None, str(found.refused)
    return found.record


def refused(code: str, act: Any) -> None:
    with pytest.raises(Refused) as found:
        act()
    assert found.value.code == code, str(found.value)


def verbs(day: ServiceDay) -> list[str]:
    return list(Entry.objects.filter(chain=day.chain).order_by("seq").values_list("verb", flat=True))


# ── the team ──


def test_the_team_signs_in_once_and_only_that_day(city: City, team: dict[str, Any], today: ServiceDay):
    lawyer = team["李律"]
    first = days.sign_in(by=SYSTEM, day=today, worker=lawyer)
    again = days.sign_in(by=SYSTEM, day=today, worker=lawyer, at=timezone.now() + timedelta(seconds=5))
    assert first.came_at == again.came_at and verbs(today).count("serviceday.signed_in") == 1
    refused("not_in_team", lambda: days.sign_in(by=SYSTEM, day=today, worker=team["王律"]))
    tomorrow = timezone.now() + timedelta(days=1)
    refused("not_today", lambda: days.sign_in(by=SYSTEM, day=today, worker=team["调解老张"], at=tomorrow))
    assert [(m.worker.name, bool(m.came_at)) for m in roster(today)] == [
        ("法援小周", False), ("李律", True), ("调解老张", False),
    ]  # fmt: skip


def test_somebody_stands_in_and_nobody_is_at_two_places(city: City, team: dict[str, Any], today: ServiceDay):
    joined = days.stand_in(by=SYSTEM, day=today, worker=team["王律"], skill="lawyer")
    assert days.sign_in(by=SYSTEM, day=today, worker=team["王律"]).pk == joined.pk
    other = ServiceDay.objects.create(
        plan=None, region=city.regions[TOWN_SOUTH], on=today.on, state="planned"
    )
    refused("busy", lambda: days.stand_in(by=SYSTEM, day=other, worker=team["李律"], skill="lawyer"))
    refused("unknown_skill", lambda: days.stand_in(by=SYSTEM, day=today, worker=team["公证孙"], skill="cook"))


# ── records ──


def test_a_consultation_is_answered_told_and_closed_at_the_stand_and_can_be_rated(
    city: City, team: dict[str, Any], today: ServiceDay
):
    record = one(
        city,
        asked(today, name="赵福山", phone=PHONE, laws=("民法典第一千零四十二条",), worker=team["李律"].code),
    )
    case = record.case
    assert case is not None
    assert (case.kind, case.channel, case.state, case.is_instant) == (
        "consultation",
        "service_day",
        "closed",
        True,
    )
    assert (case.station_id, case.region_id, case.owner) == (TOWN, TOWN, team["李律"])
    assert case.told_how == "visit" and case.messages.get(kind="answer").laws == ["民法典第一千零四十二条"]
    assert rate(case=case, by=RESIDENT, grade=5, channel="service_day").grade == 5
    assert verbs(today)[-1] == "serviceday.recorded" and verify().is_whole
    entry = Entry.objects.filter(chain=today.chain).order_by("-seq")[0]
    assert PHONE not in entry.data and "彩礼" not in entry.data


def test_legal_aid_and_mediation_are_accepted_and_a_notary_decides_for_themselves(
    city: City, team: dict[str, Any], today: ServiceDay
):
    aid = one(
        city, asked(today, kind="legal_aid_accepted", text="工伤", phone=PHONE, worker=team["法援小周"].code)
    )
    mediation = one(city, asked(today, kind="mediation_begun", text="水渠"))
    notary = one(city, asked(today, kind="notary_home_booking", text="老人立遗嘱"))
    assert aid.case and mediation.case and notary.case
    assert [(r.case.kind, r.case.state) for r in (aid, mediation, notary) if r.case] == [
        ("legal_aid", "accepted"), ("mediation", "accepted"), ("notary", "received"),
    ]  # fmt: skip
    assert aid.case.station_id == NORTH and aid.case.owner == team["法援小周"], (
        "the county's aid centre owns it"
    )
    assert aid.case.due_at is not None, "its clocks run"


def test_what_was_a_question_becomes_an_application_under_its_number(city: City, today: ServiceDay):
    case = make_case(phone=PHONE, name="赵福山")
    need = make_need(city, phone=PHONE, name="赵福山")
    Need.objects.filter(pk=need.pk).update(skill="aid_clerk")
    record = one(city, asked(today, kind="legal_aid_accepted", text="没钱请律师", need=need.pk))
    assert record.case == case and record.need == need and Case.objects.count() == 1
    assert record.case and (record.case.kind, record.case.state) == ("legal_aid", "accepted")


def test_an_open_question_of_the_need_gets_its_answer(city: City, today: ServiceDay):
    case = make_case(phone=PHONE)
    make_need(city, phone=PHONE, name="赵福山")
    record = one(city, asked(today, phone=PHONE))
    case.refresh_from_db()
    assert record.case == case and case.state == "closed" and record.need and record.need.served == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "massage"}, "unknown_kind"),
        ({"text": " "}, "empty_text"),
        ({"answer": ""}, "empty_text"),
        ({"text": "x" * 20_001}, "text_too_long"),
        ({"text": "\x00"}, "bad_characters"),
        ({"phone": "1234"}, "bad_phone"),
        ({"day": 999_999}, "no_such_day"),
        ({"client_key": "k" * 65}, "bad_key"),
        ({"phone_of": "cat"}, "bad_choice"),
        ({"kind": "materials"}, "empty_record"),
        ({"kind": "materials", "guides": -1}, "bad_count"),
        ({"kind": "materials", "posters": 10_001}, "bad_count"),
    ],
)
def test_what_nobody_meant_to_send_is_refused_and_the_rest_kept(
    city: City, today: ServiceDay, changes: dict[str, Any], code: str
):
    found = write(city, asked(today), replace(asked(today), **changes), asked(today))
    assert [bool(w.record) for w in found] == [True, False, True]
    assert found[1].refused is not None and found[1].refused.code == code
    assert DayRecord.objects.count() == 2


def test_the_same_off_line_record_sent_three_times_is_one(city: City, today: ServiceDay):
    need = make_need(city, count=5)
    note = asked(today, client_key="phone-7:12", phone=PHONE, need=need.pk)
    found = [write(city, note)[0] for _time in range(3)]
    assert [w.is_new for w in found] == [True, False, False] and len({w.record for w in found}) == 1
    need.refresh_from_db()
    assert DayRecord.objects.count() == Case.objects.count() == need.served == 1
    other = write(city, replace(note, text="别的事"))[0]
    assert other.refused is not None and other.refused.code == "key_reused"


@pytest.mark.django_db(transaction=True)
def test_sent_at_the_same_moment_it_is_one():
    city = make_days_city()
    day = make_today(city, make_team(city))
    note, actor = asked(day, client_key="same", phone=PHONE), city.alice.actor

    def send(_n: int) -> int:
        try:
            found = write_records(by=actor, notes=[note])[0]
            assert found.record is not None, str(found.refused)
            return found.record.pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(send, range(4)))) == 1
    assert DayRecord.objects.count() == Case.objects.count() == 1


def test_a_record_for_a_day_that_was_cancelled_meanwhile_is_kept_and_flagged(city: City, today: ServiceDay):
    need = make_need(city, phone=PHONE)
    publishing.cancel_day(by=city.supervisor.actor, day=today, reason="大雪")
    record = one(city, asked(today, phone=PHONE, client_key="off-line"))
    assert record.flag == "cancelled_day" and record.case and record.case.state == "closed"
    need.refresh_from_db()
    assert need.state == "served", "who was helped waits no more"
    assert list(flagged(fresh(city.alice))) == [record]
    settled = settle_flag(by=city.alice.actor, record=record)
    assert settled.flag == "" and not flagged(fresh(city.alice)).exists()
    assert verbs(today)[-1] == "serviceday.record_checked"


def test_a_phones_clock_that_is_far_off_is_not_believed(city: City, today: ServiceDay):
    now = timezone.now()
    record = one(city, asked(today, at=now + timedelta(days=400)))
    assert abs(record.at - now) < timedelta(minutes=1)
    earlier = one(city, asked(today, at=now - timedelta(hours=2)))
    assert earlier.at == now - timedelta(hours=2)


def test_no_more_records_at_once_than_a_day_has(city: City, today: ServiceDay):
    refused("too_many", lambda: write(city, *[asked(today)] * 501))


# ── the end of the day ──


def test_closing_ends_what_was_served_and_the_rest_keeps_its_age(
    city: City, team: dict[str, Any], today: ServiceDay
):
    since = timezone.localdate() - timedelta(days=30)
    done = make_need(city, phone=PHONE)
    many = make_need(city, count=3, since=since, region=VILLAGE_EMPTY)
    reserved = needs.reserve(by=RESIDENT, wish=make_wish(phone="13900000003", day=today.pk, skill="notary"))
    assert list(waiting_at(today))[0] == reserved
    one(city, asked(today, phone=PHONE))
    one(city, Jotting(day=today.pk, kind="materials", guides=20, posters=3))
    refused("bad_count", lambda: days.close_day(by=SYSTEM, day=today, served={many.pk: -1}))
    closed = days.close_day(by=city.alice.actor, day=today, served={many.pk: 2})
    for need in (done, many, reserved):
        need.refresh_from_db()
    assert (closed.state, done.state) == ("held", "served") and closed.closed_at
    assert (many.state, many.served, many.waiting, many.since) == ("open", 2, 1, since)
    assert (reserved.state, reserved.day) == ("open", None)
    assert with_counts([closed]) == {closed.pk: {"consultation": 1, "materials": 1}}
    refused("not_planned", lambda: days.close_day(by=SYSTEM, day=today))
    late = one(city, asked(today, text="回来补记"))
    assert late.flag == "closed_day"


def test_a_day_on_which_nothing_happened_is_not_held(city: City, team: dict[str, Any], today: ServiceDay):
    refused("nothing_happened", lambda: days.close_day(by=SYSTEM, day=today))
    days.sign_in(by=SYSTEM, day=today, worker=team["李律"])
    assert days.close_day(by=SYSTEM, day=today).state == "held"


def test_a_day_to_come_is_not_closed_and_a_past_one_is_asked_for(city: City, team: dict[str, Any]):
    _plan, day = make_published(city, team)
    refused("too_early", lambda: days.close_day(by=SYSTEM, day=day))
    assert not to_close(fresh(city.alice)).exists()
    ServiceDay.objects.filter(pk=day.pk).update(on=timezone.localdate() - timedelta(days=1))
    assert list(to_close(fresh(city.alice))) == [day]


# ── who sees what ──


def test_a_resident_sees_the_next_day_near_them(city: City, team: dict[str, Any]):
    _plan, north = make_published(city, team)
    south = ServiceDay.objects.create(
        region=city.regions[TOWN_SOUTH], on=north.on - timedelta(days=1), state="planned"
    )
    ServiceDay.objects.create(
        region=city.regions[TOWN], on=north.on, state="cancelled", cancelled_at=timezone.now()
    )

    def near(region: str) -> list[tuple[ServiceDay, int]]:
        return [(row.day, row.nearness) for row in next_days(region)]

    assert near(VILLAGE) == [(north, 1), (south, 3)]
    assert near(TOWN) == [(north, 0), (south, 3)]
    assert near(SOUTH) == [(south, 2), (north, 3)]
    assert near("") == [(south, 3), (north, 3)], "without a place by date"
    assert next_days(VILLAGE)[0].skills == ("lawyer", "mediator")
    assert next_days(VILLAGE, most=1)[0].day == north and next_days(VILLAGE, on=date(2099, 1, 1)) == []


def test_the_team_sees_its_days_and_works_them_wherever_they_are(
    city: City, team: dict[str, Any], today: ServiceDay
):
    user = make_user("practitioner", station=city.stations[NORTH], username="li", worker=team["李律"])
    stranger = make_user("practitioner", station=city.stations[SOUTH], username="wang", worker=team["王律"])
    assert list(my_days(fresh(user))) == [today] and not my_days(fresh(stranger)).exists()
    record = one(city, asked(today))

    def sees(who: User) -> bool:
        return record in records_of(today, fresh(who))

    assert sees(user) and sees(city.alice) and sees(city.bob) and sees(city.users["leader"])
    assert not sees(stranger) and not sees(city.charlie) and not sees(city.users["system_admin"])
    assert can_work_day(fresh(user), today) and can_work_day(fresh(city.bob), today)
    assert not can_work_day(fresh(stranger), today) and not can_work_day(fresh(city.charlie), today)
    assert DayRecord.objects.visible_to(fresh(user)).count() == 1, "once, however many are in the team"


def test_lists_of_a_day_cost_the_same_for_many(city: City, team: dict[str, Any], today: ServiceDay):
    def cost() -> int:
        user = fresh(city.alice)
        with CaptureQueriesContext(connection) as queries:
            for record in records_of(today, user):
                str(record.case), str(record.worker), str(record.need)
            for need in waiting_at(today):
                str(need.region), need.case and need.case.number
            for member in roster(today):
                str(member.worker), str(member.worker.station)
            next_days(VILLAGE), list(my_days(user))
        return len(queries)

    one(city, asked(today, worker=team["李律"].code))
    make_need(city)
    few = cost()
    for n in range(6):
        one(city, asked(today, phone=f"1380000000{n}", worker=team["李律"].code))
        make_need(city, phone=f"1370000000{n}")
    assert cost() == few


# ── figures ──


def test_row_thirteen_is_counted_and_every_figure_opens_its_rows(
    city: City, team: dict[str, Any], today: ServiceDay
):
    for kind in (
        "consultation",
        "consultation",
        "legal_aid_accepted",
        "notary_home_booking",
        "mediation_begun",
    ):
        one(city, asked(today, kind=kind))
    one(city, Jotting(day=today.pk, kind="materials", guides=20))
    year = (date(today.on.year, 1, 1), date(today.on.year, 12, 31))
    assert day_figures(*year).service_days == 0, "a day that is not over has not been held"
    days.close_day(by=SYSTEM, day=today)
    found = day_figures(*year)
    assert (found.service_days, found.day_consultations, found.day_aid) == (1, 2, 1)
    assert (found.day_notary_home, found.day_mediations) == (1, 1)
    assert held_in(*year).count() == 1 and records_in(*year, "consultation").count() == 2
    assert day_figures(*year, region=NORTH) == found and day_figures(*year, region=SOUTH).day_aid == 0
    assert day_figures(date(2001, 1, 1), date(2001, 12, 31)).service_days == 0


def test_each_township_against_the_least_of_the_rule(city: City, team: dict[str, Any], today: ServiceDay):
    days.sign_in(by=SYSTEM, day=today, worker=team["李律"])
    days.close_day(by=SYSTEM, day=today)
    host = ServiceDay.objects.create(region=city.regions[VILLAGE_SOUTH], on=today.on, state="planned")
    rows = days_per_township(today.on.year, CITY, today.on)
    assert [(r.township, r.held, r.planned, r.least, r.lacks) for r in rows] == [
        (TOWN, 1, 0, 4, 3), (TOWN_SOUTH, 0, 1, 4, 3),
    ]  # fmt: skip
    assert host.region_id == VILLAGE_SOUTH and VILLAGE not in {r.township for r in rows}
    with CaptureQueriesContext(connection) as queries:
        days_per_township(today.on.year, CITY, today.on)
    assert len(queries) == 4, "the token twice, the rules, the counts"
