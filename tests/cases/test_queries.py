"""Finding, knowing again, lists, history: what they show to whom, in how many statements."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mingbai.cases.actions import doubles, handover, ratings, residents, work
from mingbai.cases.models import Case
from mingbai.cases.queries import (
    Filters,
    find,
    history_of,
    inbox,
    known_people,
    reasons_of,
    shown,
    to_designate,
    untaken,
    waiting_on_residents,
    work_groups,
    work_list,
)
from mingbai.core.actor import RESIDENT
from tests.cases.factories import (
    CITY,
    NORTH,
    PHONE,
    SOUTH,
    VILLAGE_SOUTH,
    City,
    fresh,
    make_answered,
    make_case,
    make_closed,
    make_many,
    make_taken,
)

ID = "210402199001011233"


# ── finding ──


def test_a_matter_is_found_by_number_phone_id_and_name(city: City):
    case = make_case(name="赵福山", id_number=ID)
    for text in (case.number, f"{case.number[:4]} {case.number[4:]}", PHONE, "138 1234 5678", ID, "赵福山"):
        assert find(text, fresh(city.alice)) == [case], text
    for text in ("", "赵", "13900000000", "2600000000000", "x" * 200):
        assert find(text, fresh(city.alice)) == [], text


def test_nobody_finds_what_is_not_theirs(city: City):
    case = make_case()
    assert find(case.number, fresh(city.charlie)) == find(PHONE, fresh(city.charlie)) == []


def test_finding_follows_a_merged_person(city: City):
    first = make_case()
    second = make_case(phone="13900000000")
    residents.link(case=second, by=city.alice.actor, resident=first.speaker)
    assert (
        set(find(PHONE, fresh(city.alice))) == {first, second} == set(find("13900000000", fresh(city.alice)))
    )


@pytest.mark.parametrize("rows", [10, 300])
def test_finding_takes_the_same_few_statements(city: City, rows, django_assert_max_num_queries):
    make_many(city, rows)
    make_case()
    user = fresh(city.alice)
    with django_assert_max_num_queries(10):
        assert len(find(PHONE, user)) == 1


# ── known people ──


def test_who_comes_again_is_proposed_masked_with_their_matters(city: City):
    case = make_case(name="赵福山", id_number=ID)
    make_case(name="赵小明")
    by_id, *_rest = known_people(phone=PHONE, id_number=ID, user=fresh(city.alice))
    assert (by_id.matched, by_id.name, by_id.phone) == ("id_number", "赵**", "138****5678")
    assert by_id.cases == (case,) and by_id.elsewhere == 0
    named = known_people(phone=PHONE, name="赵小明", user=fresh(city.alice))
    assert [one.matched for one in named] == ["phone_and_name", "phone"]


def test_matters_elsewhere_are_counted_not_shown(city: City):
    make_case()
    (known,) = known_people(phone=PHONE, user=fresh(city.charlie))
    assert known.cases == () and known.elsewhere == 1


@pytest.mark.parametrize("typed", [{}, {"phone": "138"}, {"id_number": "2104"}, {"name": "赵福山"}])
def test_a_half_value_or_a_name_alone_proposes_nobody(city: City, typed):
    make_case()
    assert known_people(**typed) == []


def test_proposals_take_few_statements(city: City, django_assert_max_num_queries):
    for _n in range(6):
        make_case()
    user = fresh(city.alice)
    with django_assert_max_num_queries(10):
        assert len(known_people(phone=PHONE, user=user)) == 5


# ── lists ──


def numbers(cases):
    return [case.number for case in cases]


def test_the_work_list_is_ours_due_first(city: City):
    late, soon = make_case(is_urgent=True), make_case()
    make_closed(city), make_case(region=VILLAGE_SOUTH)
    waiting = work.ask(case=make_case(), by=city.alice.actor, text="请补")
    user = fresh(city.alice)
    assert numbers(work_list(user)) == numbers([late, soon])
    assert numbers(work_list(user, Filters(waiting="resident"))) == [waiting.number]
    assert work_list(user, Filters(waiting="ended")).count() == 1
    assert work_list(user, Filters(waiting="")).count() == 3


def test_filters_narrow_it(city: City):
    mine, wage = make_taken(city), make_case(is_wage=True)
    make_case(kind="notary", is_urgent=True)
    user, now = fresh(city.alice), timezone.now()

    def found(**filters):
        return set(numbers(work_list(user, Filters(**filters), now)))

    assert found(scope="mine") == {mine.number}
    assert found(wage=True) == {wage.number}
    assert len(found(kind="notary")) == len(found(urgent=True)) == 1
    assert mine.number not in found(unowned=True)
    assert found(state="accepted") == {mine.number}
    assert found(station=SOUTH) == set() == found(county=SOUTH)
    assert len(found(scope="all", channel="web", county=NORTH, station=NORTH)) == 3
    later = now + timedelta(days=60)
    assert work_list(user, Filters(pace="late"), later).count() == 3
    assert work_list(user, Filters(pace="late"), now).count() == 0
    soon = mine.clocks.get(rule__code="answer").soon_at
    assert mine in work_list(user, Filters(pace="soon"), soon)


@pytest.mark.parametrize("rows", [10, 400])
def test_the_work_list_is_one_query_whatever_its_length(city: City, rows, django_assert_num_queries):
    make_many(city, rows)
    user = fresh(city.alice)
    list(work_list(user)[:1])
    with django_assert_num_queries(4):  # the token of the registers (thrice outside a page), and the list
        for case in work_list(user)[:50]:
            assert case.station.name and case.summary and case.speaker.phone


def test_counts_are_of_the_same_rows(city: City):
    make_many(city, 100)
    make_taken(city)
    user, now = fresh(city.alice), timezone.now()
    groups = work_groups(user, now=now)
    assert groups["waiting"] == work_list(user).count()
    assert groups["late"] == work_list(user, Filters(pace="late"), now).count() > 0
    assert groups["mine"] == 1 and groups["unowned"] == groups["waiting"] - 1
    assert waiting_on_residents(user) == 0
    work.ask(case=make_taken(city), by=city.alice.actor, text="请补")
    assert waiting_on_residents(user) == 1


def test_tabs_stop_counting_and_say_so(city: City, monkeypatch):
    monkeypatch.setattr("mingbai.cases.queries.lists.MOST_COUNTED", 10)
    make_many(city, 40)
    groups = work_groups(fresh(city.alice))
    assert {shown(groups[name]) for name in ("waiting", "unowned")} == {"10+"} and shown(3) == "3"


def test_the_inbox_holds_offers_to_our_stations(city: City):
    offer = handover.offer(case=make_taken(city), by=city.alice.actor, to=city.stations[SOUTH], reason="x")
    assert list(inbox(fresh(city.charlie))) == [offer]
    assert list(inbox(fresh(city.alice))) == []


def test_the_supervisor_finds_what_nobody_took_and_what_is_stuck(city: City):
    make_case(), make_taken(city), make_case(region=VILLAGE_SOUTH), make_closed(city)
    Case.objects.update(needs_designation=True)
    assert len(untaken(fresh(city.supervisor))) == 1
    assert len(to_designate(fresh(city.supervisor))) == 2


def test_a_reader_without_cases_sees_none(city: City):
    make_case()
    finance = fresh(city.users["finance"])
    assert not work_list(finance, Filters(scope="all")) and not inbox(finance)


# ── history ──


def test_the_history_is_in_words_with_who_and_why(city: City):
    case = make_closed(city)
    ratings.rate(case=case, by=RESIDENT, grade=5)
    lines = history_of(case)
    assert [line.verb.removeprefix("case.") for line in lines] == [
        "opened",
        "taken_up",
        "answered",
        "told",
        "closed",
        "rated",
    ]
    assert [line.state for line in lines] == [
        "received",
        "accepted",
        "answered",
        "answered",
        "closed",
        "closed",
    ]
    assert lines[0].details == reasons_of(case) and lines[0].who == "群众"
    assert lines[1].text == "艾丽接办" and lines[1].who == "艾丽" and "电话" in lines[3].text


def test_the_public_history_names_no_staff_and_nothing_internal(city: City):
    case = make_answered(city)
    work.note(case=case, by=city.alice.actor, text="x")
    residents.show_person(resident=case.speaker, case=case, by=city.alice.actor, fields=["phone"])
    other = make_case()
    residents.link(case=other, by=city.alice.actor, resident=case.speaker)
    doubles.merge_cases(case=other, by=city.alice.actor, into=make_case(), reason="同一件")
    for one in (case, other):
        told = " ".join(f"{line.who} {line.text} {line.why}" for line in history_of(one, public=True))
        assert "艾丽" not in told and "备注" not in told and "个人信息" not in told and "档案" not in told
    assert "新抚区公共法律服务中心" in {line.who for line in history_of(case, public=True)}


def test_every_verb_has_words_that_fit_its_entry(city: City):
    from mingbai.cases.queries import books
    from mingbai.cases.queries.history import _WORDS, _values

    for verb, words in _WORDS.items():
        assert "%" not in (str(words) % _values({}, books(), {})), verb
    assert all("%(" not in line.text for line in history_of(make_closed(city)))


def test_a_history_takes_few_statements(city: City, django_assert_max_num_queries):
    case = make_closed(city)
    for _n in range(20):
        work.note(case=case, by=city.alice.actor, text="x")
    with django_assert_max_num_queries(3):
        assert len(history_of(case)) == 25


def test_the_city_sees_all(city: City):
    make_case(), make_case(region=VILLAGE_SOUTH), make_case(place="unknown", region="")
    seen = work_list(fresh(city.users["leader"]), Filters(scope="all"))
    assert {case.station_id for case in seen} == {NORTH, SOUTH, CITY}


def test_reasons_among_colleagues_are_not_for_the_resident(city: City):
    case = work.convert(case=make_taken(city), by=city.alice.actor, kind="mediation", reason="双方愿意调解")
    there = city.stations[CITY]
    handover.designate(case=case, by=city.supervisor.actor, to=there, reason="新抚区推诿")
    told = " ".join(line.why for line in history_of(case, public=True))
    assert told.strip() == "双方愿意调解"
    assert "新抚区推诿" in " ".join(line.why for line in history_of(case))
