"""Copy, correction and erasure on request, and the legal answer where something must stay."""

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from mingbai.cases.actions import rights
from mingbai.cases.actions.residents import show_person
from mingbai.cases.models import Case, Resident
from mingbai.cases.queries import find, hashed
from mingbai.cases.queries.rights import elsewhere, held_by, holdings
from mingbai.cases.rules.rights import Held, must_stay
from mingbai.core.crypto import unseal
from mingbai.core.refused import Refused
from mingbai.journal.models import Entry
from mingbai.journal.queries import verify
from tests.cases.factories import VILLAGE_SOUTH, City, make_case, make_closed, with_paper

HERE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 29, 12, tzinfo=HERE)


def held(**changes):
    values = {"number": "1", "is_open": False, "is_archived": False, "closed_at": NOW - timedelta(days=30)}
    return Held(**{**values, **changes})


@pytest.mark.parametrize(
    ("matter", "code"),
    [
        (held(), ""),
        (held(is_open=True, closed_at=None), "open_matters"),
        (held(is_archived=True), "must_be_kept"),
        (held(is_archived=True, closed_at=datetime(2015, 12, 31, tzinfo=HERE)), ""),
        (held(is_archived=True, closed_at=datetime(2016, 1, 1, tzinfo=HERE)), "must_be_kept"),
        (held(is_archived=True, is_erased=True), ""),
        (held(is_open=True, closed_at=None, is_archived=True), "open_matters"),
    ],
)
def test_what_keeps_a_person_from_being_erased(matter, code):
    found = must_stay([matter], years=10, now=NOW)
    assert [one.code for one in found] == ([code] if code else [])
    assert all(one.why for one in found)


def person(case: Case) -> Resident:
    return Resident.objects.get(pk=case.speaker_id)


def refused(code: str, **call):
    action = call.pop("action")
    with pytest.raises(Refused) as caught:
        action(**call)
    assert caught.value.code == code
    return caught.value


def test_a_wrong_phone_is_put_right_and_found_again(city: City):
    case = make_case()
    rights.correct_person(
        resident=person(case),
        case=case,
        by=city.alice.actor,
        phone="139 8765 4321",
        name="赵福三",
        reason="看了身份证",
    )
    row = person(case)
    assert (row.name, row.phone) == ("赵福三", "13987654321")
    assert row.phone_hash == hashed("phone", "13987654321") and row.name_hash == hashed("name", "赵福三")
    assert [found.pk for found in find("13987654321", city.alice)] == [case.pk]
    assert find("13812345678", city.alice) == []
    entry = Entry.objects.get(verb="resident.corrected")
    assert "13987654321" not in entry.data and "赵" not in entry.data.replace("看了身份证", "")
    told = json.loads(unseal(bytes(row.key), bytes(entry.sealed), what="resident.corrected"))
    assert told["before"] == {"name": "赵福山", "phone": "13812345678"}
    assert Entry.objects.filter(chain=case.chain, verb="case.person_corrected").exists()
    assert verify().is_whole


def test_a_correction_that_changes_nothing_or_is_nonsense_is_refused(city: City):
    case = make_case()
    call = {"action": rights.correct_person, "resident": person(case), "case": case, "by": city.alice.actor}
    refused("nothing_changed", **call, reason="x", phone="13812345678")
    refused("nothing_changed", **call, reason="x")
    for values in ({"phone": "12"}, {"id_number": "210404199901011235"}, {"name": "a" * 65}):
        with pytest.raises(Refused):
            rights.correct_person(**{k: v for k, v in call.items() if k != "action"}, reason="x", **values)
    stranger = make_case(phone="13700000001")
    refused("unknown_resident", **{**call, "resident": person(stranger)}, reason="x", name="王")
    assert person(case).phone == "13812345678"


def test_a_copy_holds_everything_and_stands_in_the_history(city: City):
    case = with_paper(make_case())
    show_person(resident=person(case), case=case, by=city.bob.actor, fields=["phone"], reason="回电")
    rights.note_copy(resident=person(case), case=case, by=city.alice.actor)
    kept = holdings(person(case))
    assert [one.number for one in kept.cases] == [case.number]
    assert len(kept.files) == 1
    assert [(look.who, look.verb) for look in kept.looks] == [
        ("艾丽", "case.person_copied"),
        ("鲍勃", "case.person_shown"),
    ]


def test_reading_it_takes_few_queries_however_many_matters(city: City, django_assert_max_num_queries):
    cases = [make_case() for _ in range(4)]
    with django_assert_max_num_queries(9):
        holdings(person(cases[0]))


def test_who_asks_is_erased_where_no_law_keeps_them(city: City):
    case = make_closed(city)
    rights.erase_on_request(resident=person(case), case=case, by=city.alice.actor, reason="本人到窗口")
    row = person(case)
    assert row.erased_at and row.name == "" and Case.objects.get(pk=case.pk).text == ""
    assert verify().is_whole
    call = {"action": rights.correct_person, "resident": row, "case": case, "by": city.alice.actor}
    refused("erased", **call, reason="x", name="王")


def test_an_open_matter_and_an_archive_stay_and_say_why(city: City):
    case = make_case()
    call = {"action": rights.erase_on_request, "resident": person(case), "case": case, "by": city.alice.actor}
    said = refused("open_matters", **call, reason="x")
    assert case.number in str(said) and "第十三条" in str(said)
    Case.objects.filter(pk=case.pk).update(
        kind="legal_aid", state="closed", closed_at=timezone.now(), told_at=timezone.now()
    )
    said = refused("must_be_kept", **call, reason="x")
    assert "档案法" in str(said) and "法院" in str(said.do)
    assert person(case).name == "赵福山"


def test_matters_elsewhere_are_counted_not_shown(city: City):
    case = make_case()
    other = make_case(region=VILLAGE_SOUTH)
    Case.objects.filter(pk=other.pk).update(speaker=person(case))
    assert elsewhere(person(case), city.alice) == 1
    assert elsewhere(person(case), city.users["leader"]) == 0
    assert len(held_by(person(case))) == 2, "rules look at all of them"
