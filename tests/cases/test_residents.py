"""People: linked, merged, un-merged by decision; every look is in the journal; erasure leaves the proof."""

import json

from mingbai.cases.actions import ratings, residents, work
from mingbai.cases.models import Case, Resident
from mingbai.cases.queries import canonical, family_of, known_people, matters_of
from mingbai.core.actor import RESIDENT
from mingbai.journal.queries import history, verify
from mingbai.notices.models import Notice
from tests.cases.factories import PHONE, City, fresh, make_case, make_closed
from tests.cases.test_work import code, last


def two(city: City) -> tuple[Case, Case]:
    return make_case(), make_case(channel="hotline", text="又来问一次")


def test_linking_makes_the_two_rows_one_person_and_can_be_undone(city: City):
    first, second = two(city)
    residents.link(case=second, by=city.alice.actor, resident=first.speaker)
    row = Resident.objects.get(pk=second.speaker_id)
    assert canonical(row) == first.speaker and family_of([first.speaker_id]) == {row.pk, first.speaker_id}
    assert set(matters_of(first.speaker, fresh(city.alice))) == {first} | (
        {second} if second.station_id == first.station_id else set()
    )
    assert last(second)[0] == "case.linked"
    residents.unmerge_resident(resident=row, by=city.alice.actor, reason="弟弟用的电话")
    assert Resident.objects.get(pk=row.pk).merged_into is None
    assert [e.verb for e in history(f"resident:{row.pk}")] == ["resident.merged", "resident.unmerged"]
    assert [e.verb for e in history(f"resident:{first.speaker_id}")] == [
        "resident.absorbed",
        "resident.released",
    ]


def test_an_anonymous_matter_is_given_its_person(city: City):
    known, anonymous = make_case(), make_case(name="", phone="")
    case = residents.link(case=anonymous, by=city.alice.actor, resident=known.speaker, as_="party")
    assert case.party == known.speaker and case.speaker is None


def test_a_known_person_wrongly_chosen_is_replaced_not_merged(city: City):
    known = make_case()
    wrong = make_case(resident_id=known.speaker_id)
    other = make_case(phone="13900000000", name="钱二")
    case = residents.link(case=wrong, by=city.alice.actor, resident=other.speaker)
    assert case.speaker == other.speaker
    assert Resident.objects.get(pk=known.speaker_id).merged_into is None


def test_a_person_is_not_merged_with_themselves(city: City):
    first, second = two(city)
    merging = {"resident": second.speaker, "by": city.alice.actor, "into": first.speaker, "reason": "同一人"}
    residents.merge_residents(**merging)
    assert code(residents.merge_residents, **merging) == "same_person"
    back = {**merging, "resident": first.speaker, "into": second.speaker}
    assert code(residents.merge_residents, **back) == "same_person"
    alone = {"resident": first.speaker, "by": city.alice.actor, "reason": "x"}
    assert code(residents.unmerge_resident, **alone) == "not_merged"
    assert (
        code(residents.link, case=first, by=city.alice.actor, resident=first.speaker, as_="x") == "bad_choice"
    )


def test_merging_follows_the_chain_to_one_root(city: City):
    a, b, c = (make_case().speaker for _n in range(3))
    residents.merge_residents(resident=a, by=city.alice.actor, into=b, reason="x")
    residents.merge_residents(resident=a, by=city.alice.actor, into=c, reason="x")
    assert canonical(Resident.objects.get(pk=a.pk)) == c
    assert family_of([c.pk]) == {a.pk, b.pk, c.pk} == family_of([a.pk])


def test_looking_at_a_person_is_in_the_history_without_the_values(city: City):
    case = make_case()
    shown = residents.show_person(
        resident=case.speaker, case=case, by=city.alice.actor, fields=["phone", "name", "x"], reason="回电"
    )
    assert shown == {"name": "赵福山", "phone": PHONE}
    verb, data = last(case)
    assert verb == "case.person_shown" and data["fields"] == ["name", "phone"] and data["why"] == "回电"
    assert PHONE not in json.dumps(data)
    look = {"resident": case.speaker, "case": case, "by": city.alice.actor}
    assert code(residents.show_person, **look, fields=[]) == "bad_choice"
    stranger = make_case(phone="13900000000").speaker
    told = {**look, "resident": stranger, "fields": ["phone"]}
    assert code(residents.show_person, **told) == "unknown_resident"


def test_erasing_destroys_the_key_and_keeps_the_proof(city: City):
    case = make_closed(city)
    ratings.rate(case=case, by=RESIDENT, grade=5, text="谢谢")
    residents.erase(resident=case.speaker, by=city.supervisor.actor, reason="本人要求")
    person, case = Resident.objects.get(pk=case.speaker_id), Case.objects.get(pk=case.pk)
    assert (person.name, person.phone, person.phone_hash, person.name_hash) == ("", "", "", "")
    assert person.erased_at and case.text == case.summary == ""
    assert all(message.text == "" for message in case.messages.all()) and case.rating.text == ""
    assert case.rating.grade == 5 and case.state == "closed"
    assert not Notice.objects.filter(to=f"resident:{person.pk}").exclude(key=b"").exists()
    assert known_people(phone=PHONE) == []
    assert verify().is_whole


def test_nobody_is_erased_while_a_matter_is_open(city: City):
    case = make_case()
    erasing = {"resident": case.speaker, "by": city.supervisor.actor, "reason": "x"}
    assert code(residents.erase, **erasing) == "open_matters"
    work.withdraw(case=case, by=RESIDENT, reason="x")
    residents.erase(**erasing)
    merging = {"resident": case.speaker, "by": city.alice.actor, "into": make_case().speaker, "reason": "x"}
    assert code(residents.merge_residents, **merging) == "erased"


def test_erasing_takes_all_rows_of_the_person(city: City):
    first, second = two(city)
    residents.link(case=second, by=city.alice.actor, resident=first.speaker)
    for case in (first, second):
        work.withdraw(case=case, by=RESIDENT, reason="x")
    residents.erase(resident=first.speaker, by=city.supervisor.actor, reason="本人要求")
    assert not Resident.objects.exclude(key=b"").exists()
    assert not Case.objects.exclude(key=b"").exists()
