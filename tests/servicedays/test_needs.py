"""Needs: written down once for several people, bound to their matters, summed up the tiers, forgotten."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mingbai.cases.actions import work
from mingbai.cases.models import Case
from mingbai.core.actor import RESIDENT, SYSTEM
from mingbai.core.refused import Refused
from mingbai.core.retention import RETENTION
from mingbai.journal.models import Entry
from mingbai.journal.queries import verify
from mingbai.places import actions as places
from mingbai.servicedays.actions import needs, terms
from mingbai.servicedays.actions.drawing import draw_needs
from mingbai.servicedays.models import Need
from mingbai.servicedays.queries.needs import (
    NeedFilters,
    need_sums,
    waited_longest,
    waiting_needs,
)
from mingbai.servicedays.rules.needs import Voice
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
    make_answered,
    make_case,
)
from tests.servicedays.factories import make_need, make_wish

WAVE = b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\x00" * 40


def taken(city: City, *wishes: Any) -> list[needs.Taken]:
    return needs.take_down_needs(by=city.alice.actor, wishes=wishes)


def verbs(need: Need) -> list[str]:
    return list(Entry.objects.filter(chain=need.chain).order_by("seq").values_list("verb", flat=True))


def test_several_people_at_once_and_a_bad_line_does_not_lose_the_good_ones(city: City):
    found = taken(
        city,
        make_wish(name="赵福山", phone=PHONE, text="分家", count=1),
        make_wish(skill="plumber"),
        make_wish(skill="notary", count=4, is_urgent=True, region=VILLAGE_EMPTY),
        make_wish(phone="12"),
    )
    assert [one.is_new for one in found] == [True, False, True, False]
    assert [one.refused.code if one.refused else "" for one in found] == [
        "",
        "unknown_skill",
        "",
        "bad_phone",
    ]
    first = found[0].need
    assert first and (first.spot_id, first.county, first.city) == (TOWN, NORTH, CITY)
    assert (first.name, first.phone, first.text) == ("赵福山", PHONE, "分家")
    assert verbs(first) == ["need.taken"] and verify().is_whole
    entry = Entry.objects.get(chain=first.chain)
    assert PHONE not in entry.data and "赵福山" not in entry.data


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"count": 0}, "bad_count"),
        ({"count": -3}, "bad_count"),
        ({"count": 201}, "bad_count"),
        ({"region": "999999999999"}, "unknown_region"),
        ({"region": CITY}, "too_wide"),
        ({"since": date(2999, 1, 1)}, "bad_time"),
        ({"text": "字" * 501}, "text_too_long"),
        ({"text": "\x00"}, "bad_characters"),
        ({"source": "dream"}, "unknown_source"),
        ({"client_key": "k" * 65}, "bad_key"),
        ({"case": "2612345678901"}, "unknown_case"),
        ({"day": 99}, "no_such_day"),
    ],
)
def test_what_nobody_meant_to_write_is_refused_in_words(city: City, changes: dict[str, Any], code: str):
    found = taken(city, make_wish(**changes))[0]
    assert found.refused is not None and found.refused.code == code and found.need is None
    assert not Need.objects.exists()


def test_no_more_lines_than_a_village_has(city: City):
    with pytest.raises(Refused, match="200"):
        taken(city, *[make_wish()] * 201)


def test_an_off_line_line_sent_three_times_is_one_need(city: City):
    wish = make_wish(client_key="a1b2", name="赵福山")
    found = [taken(city, wish)[0] for _time in range(3)]
    assert [one.is_new for one in found] == [True, False, False]
    assert len({one.need.pk for one in found if one.need}) == 1 and Need.objects.count() == 1
    other = taken(city, make_wish(client_key="a1b2", name="别人"))[0]
    assert other.refused is not None and other.refused.code == "key_reused"


@pytest.mark.django_db(transaction=True)
def test_sent_at_the_same_moment_by_two_connections_it_is_one():
    from tests.servicedays.factories import make_days_city

    city = make_days_city()
    wish, actor = make_wish(client_key="same", phone=PHONE), city.alice.actor

    def send(_n: int) -> int:
        try:
            one = needs.take_down_needs(by=actor, wishes=[wish])[0]
            assert one.need is not None, str(one.refused)
            return one.need.pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(send, range(4)))) == 1
    assert Need.objects.count() == 1


def test_the_same_person_waits_once_for_a_skill_and_a_family_member_for_themselves(city: City):
    first = make_need(city, name="赵福山", phone=PHONE)
    again = taken(city, make_wish(phone=PHONE))[0]
    assert again.need == first and not again.is_new
    other_skill = taken(city, make_wish(skill="notary", phone=PHONE))[0]
    wife = taken(city, make_wish(name="钱秀英", phone=PHONE))[0]
    assert other_skill.is_new and wife.is_new
    assert taken(city, make_wish())[0].is_new and taken(city, make_wish())[0].is_new, "nameless are many"


def test_a_need_is_bound_to_the_one_open_matter_of_its_telephone(city: City):
    case = make_case(phone=PHONE)
    need = make_need(city, phone=PHONE, name="赵福山")
    assert need.case == case and need.since == timezone.localdate(case.opened_at)
    assert taken(city, make_wish(case=case.number))[0].need == need, "the matter is counted once"
    assert make_need(city, skill="notary", phone=PHONE).case is None, "another skill is another matter"
    assert make_need(city, phone=PHONE, name="家里人").case is None, "one telephone serves a family"
    for text in ("一件", "又一件"):
        make_case(phone="13900000008", name="", text=text)
    assert make_need(city, phone="13900000008").case is None, "of two nobody guesses which"


def test_a_named_matter_that_has_ended_needs_nobody(city: City):
    case = make_answered(city)
    work.tell(case=case, by=city.alice.actor, how="phone")
    case = work.close(case=case, by=city.alice.actor)
    found = taken(city, make_wish(case=case.number))[0]
    assert found.refused is not None and found.refused.code == "case_ended"


def test_a_voice_note_hangs_at_the_matter_of_the_need_once(city: City):
    def wish() -> Any:
        voice = Voice(io.BytesIO(WAVE), "留言.wav", len(WAVE))
        return make_wish(client_key="v1", phone=PHONE, voice=voice)

    first, again = taken(city, wish())[0], taken(city, wish())[0]
    assert first.need and first.need.case and first.need.case.channel == "village"
    assert again.need == first.need and first.need.case.attachments.count() == 1
    assert verbs(first.need) == ["need.taken", "need.bound"]


def test_a_voice_note_that_is_none_leaves_the_need_and_says_so(city: City):
    voice = Voice(io.BytesIO(b"MZ not a sound"), "virus.exe", 14)
    found = taken(city, make_wish(voice=voice))[0]
    assert found.need is not None and found.is_new
    assert (
        found.refused is not None
        and found.refused.code == "file_type"
        and "已经登记" in str(found.refused.kept)
    )


def test_a_public_wish_is_a_need_and_never_urgent_by_itself(city: City):
    need = needs.reserve(by=RESIDENT, wish=make_wish(phone=PHONE, name="赵福山", is_urgent=True, count=9))
    assert (need.source, need.is_urgent, need.count) == ("reservation", False, 1)
    with pytest.raises(Refused) as refused:
        needs.reserve(by=RESIDENT, wish=make_wish())
    assert refused.value.code == "bad_phone"


def test_needs_end_with_a_reason_once(city: City):
    need = make_need(city)
    needs.mark_urgent(by=city.alice.actor, need=need, urgent=True, reason="老人重病")
    ended = needs.end_need(by=city.alice.actor, need=need, state="withdrawn", reason="搬走了")
    assert (ended.state, ended.is_urgent, ended.waiting) == ("withdrawn", True, 0)
    assert verbs(need) == ["need.taken", "need.urgent", "need.ended"]
    for again in (
        lambda: needs.end_need(by=city.alice.actor, need=need, state="withdrawn", reason="x"),
        lambda: needs.mark_urgent(by=city.alice.actor, need=need, urgent=False, reason="x"),
    ):
        with pytest.raises(Refused) as refused:
            again()
        assert refused.value.code == "need_ended"
    with pytest.raises(Refused):
        needs.end_need(by=city.alice.actor, need=make_need(city), state="served", reason="x")


def test_a_look_at_a_person_stands_in_the_history(city: City):
    need = make_need(city, name="赵福山", phone=PHONE)
    assert needs.show_person(by=city.alice.actor, need=need) == ("赵福山", PHONE)
    assert verbs(need)[-1] == "need.person_shown"


# ── drawn from matters ──


def test_consultations_without_an_answer_become_needs_and_end_with_it(city: City):
    now = timezone.now()
    case = make_case(phone="", opened_at=now - timedelta(days=20))
    make_case(phone="", opened_at=now - timedelta(days=1))
    make_case(phone="", opened_at=now - timedelta(days=20), place="unknown", region="")
    assert draw_needs(by=SYSTEM, now=now) == 1 and draw_needs(by=SYSTEM, now=now) == 0
    need = Need.objects.get()
    assert (need.case, need.skill, need.source, need.spot_id) == (case, "lawyer", "unanswered", TOWN)
    work.take_up(case=case, by=city.alice.actor, worker=city.owner)
    work.answer(case=case, by=city.alice.actor, text="可以起诉。")
    assert draw_needs(by=SYSTEM, now=now) == 1
    need.refresh_from_db()
    assert (need.state, need.taken_by) == ("elsewhere", "系统")


def test_who_calls_or_asks_for_a_visit_is_counted_as_such(city: City):
    now = timezone.now()
    make_case(phone="", channel="home_visit", kind="notary")
    make_case(phone="", channel="hotline", kind="mediation", opened_at=now - timedelta(days=30))
    assert draw_needs(by=SYSTEM, now=now) == 2
    found = {(need.source, need.skill) for need in Need.objects.order_by("id")}
    assert found == {("home_visit", "notary"), ("hotline", "mediator")}


# ── sums, lists, who sees them ──


def test_needs_add_up_by_place_skill_urgency_and_age(city: City):
    today = timezone.localdate()
    make_need(city, count=3)
    make_need(city, count=2, is_urgent=True, since=today - timedelta(days=40), region=VILLAGE_EMPTY)
    make_need(city, skill="notary", since=today - timedelta(days=200), region=TOWN)
    make_need(city, region=VILLAGE_SOUTH)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        sums = need_sums(fresh(city.users["leader"]))
    assert len([q for q in queries if "servicedays_need" in q["sql"]]) == 1
    assert [(row.spot, row.skill, row.waiting, row.urgent, row.ages) for row in sums] == [
        (TOWN, "lawyer", 5, 2, (3, 0, 2, 0)),
        (TOWN, "notary", 1, 0, (0, 0, 0, 1)),
        (TOWN_SOUTH, "lawyer", 1, 0, (1, 0, 0, 0)),
    ]
    assert [row.spot for row in need_sums(fresh(city.users["leader"]), region=SOUTH)] == [TOWN_SOUTH]
    longest = waited_longest(CITY, today)
    assert [(row.spot, row.skill, row.days) for row in longest][:2] == [
        (TOWN, "notary", 200),
        (TOWN, "lawyer", 40),
    ]


def test_the_sum_counts_who_still_waits(city: City):
    need = make_need(city, count=5)
    Need.objects.filter(pk=need.pk).update(served=2)
    assert [row.waiting for row in need_sums(fresh(city.alice))] == [3]


def test_a_list_begins_with_who_cannot_wait_and_costs_the_same_for_many(city: City):
    today = timezone.localdate()
    make_need(city, since=today - timedelta(days=3))
    urgent = make_need(city, is_urgent=True)

    def cost() -> int:
        user = fresh(city.alice)
        with CaptureQueriesContext(connection) as queries:
            for need in waiting_needs(user)[:50]:
                str(need.region), str(need.spot), need.case and need.case.number
        return len(queries)

    few = cost()
    assert waiting_needs(fresh(city.alice))[0] == urgent
    for n in range(12):
        make_need(city, phone=f"138000000{n:02d}", region=VILLAGE_EMPTY)
    assert cost() == few
    narrow = NeedFilters(region=VILLAGE_EMPTY, skill="lawyer", source="worker")
    assert waiting_needs(fresh(city.alice), narrow).count() == 12
    assert waiting_needs(fresh(city.alice), NeedFilters(age=2)).count() == 1
    assert waiting_needs(fresh(city.alice), NeedFilters(urgent=True)).count() == 1


def test_each_sees_the_needs_below_their_own_place(city: City):
    north, south = make_need(city), make_need(city, region=VILLAGE_SOUTH)

    def seen(name: str) -> set[int]:
        return set(Need.objects.visible_to(fresh(city.users[name])).values_list("pk", flat=True))

    assert seen("alice") == seen("bob") == {north.pk}, "a county's centre sees its villages'"
    assert seen("charlie") == {south.pk}
    assert seen("leader") == {north.pk, south.pk}
    for blind in ("system_admin", "security_admin", "audit_admin", "finance", "practitioner"):
        assert seen(blind) == set()


# ── places change, time passes ──


def test_a_community_that_holds_days_counts_its_own_needs(city: City):
    need = make_need(city)
    host = terms.host_days(
        by=city.supervisor.actor, region=city.regions[VILLAGE], room="社区活动室", since=timezone.localdate()
    )
    need.refresh_from_db()
    assert need.spot_id == VILLAGE and make_need(city, region=VILLAGE_EMPTY).spot_id == TOWN
    terms.end_hosting(by=city.supervisor.actor, host=host, until=timezone.localdate())
    with pytest.raises(Refused):
        terms.host_days(by=SYSTEM, region=city.regions[TOWN], room="x", since=timezone.localdate())


def test_a_village_that_changes_county_takes_its_needs_along(city: City):
    need = make_need(city)
    places.move_region(
        by=SYSTEM,
        region=city.regions[TOWN],
        parent=city.regions[SOUTH],
        on=timezone.localdate(),
        source="批复",
    )
    need.refresh_from_db()
    assert need.county == SOUTH


def test_whose_an_ended_need_was_is_forgotten_and_the_figure_stays(city: City):
    now = timezone.now()
    old, young = make_need(city, name="赵福山", phone=PHONE), make_need(city, name="钱", phone="13900000009")
    for need, days in ((old, 200), (young, 10)):
        at = now - timedelta(days=days)
        needs.end_need(by=city.alice.actor, need=need, state="elsewhere", reason="好了", at=at)
    forget = RETENTION.get("service_need").forget
    assert forget is not None and forget(now) == 1 and forget(now) == 0
    old.refresh_from_db(), young.refresh_from_db()
    assert (old.name, old.phone, old.phone_hash, old.count) == ("", "", "", 1) and young.name == "钱"


# ── the office's numbers ──


def test_a_number_of_the_office_is_a_dated_row_and_a_county_may_have_its_own(city: City):
    from mingbai.servicedays.queries.terms import terms_on

    today = timezone.localdate()
    assert terms_on(today)["notice_days"] == 7
    by = city.supervisor.actor
    terms.set_number(by=by, code="notice_days", amount=10, source="抚司发〔2026〕1号", valid_from=today)
    terms.set_number(
        by=by, code="notice_days", amount=14, source="新司〔2026〕2号", valid_from=today,
        region=city.regions[NORTH],
    )  # fmt: skip
    assert terms_on(today)["notice_days"] == 10 and terms_on(today, SOUTH)["notice_days"] == 10
    assert terms_on(today, VILLAGE)["notice_days"] == 14
    assert terms_on(today).least_team == {"lawyer": 1, "mediator": 1}
    with pytest.raises(Refused) as refused:
        terms.set_number(
            by=by, code="notice_days", amount=3, source="昨天", valid_from=today - timedelta(days=1)
        )
    assert refused.value.code == "rule_past"
    with pytest.raises(Refused):
        terms.set_number(by=by, code="luck", amount=3, source="x", valid_from=today + timedelta(days=1))
    assert Case.objects.count() == 0
