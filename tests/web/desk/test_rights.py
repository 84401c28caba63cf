"""The page of a person's rights: who may, what stands there masked, the copy in clear only by POST."""

import pytest
from django.urls import reverse

from mingbai.cases.models import Case, Resident
from mingbai.journal.models import Entry
from mingbai.people.roles import RoleCode
from tests.cases.factories import PHONE, VILLAGE_SOUTH, City, make_case, make_closed, make_taken
from tests.web.desk.pages import do, signed_in, words


def page(case: Case, pk: int | None = None) -> str:
    return reverse("desk:rights", args=[case.number, pk or case.speaker_id])


def test_it_is_masked_until_the_copy_is_asked_for(city: City) -> None:
    case = make_taken(city)
    client = signed_in(city.alice)
    said = words(client.get(page(case)))
    assert PHONE not in said and "赵福山" not in said and case.number in said
    assert not Entry.objects.filter(verb="case.person_copied").exists()
    copy = words(client.post(page(case)))
    assert PHONE in copy and "赵福山" in copy and "三个月没发工资" in copy
    assert Entry.objects.filter(verb="case.person_copied", chain=case.chain).count() == 1
    assert "打印个人信息副本" in words(client.get(page(case))), "the look itself is told"


def test_strangers_find_nothing_and_who_may_not_see_people_may_not_here(city: City) -> None:
    case, other = make_taken(city), make_case(region=VILLAGE_SOUTH, phone="13700000001")
    assert signed_in(city.charlie).get(page(case)).status_code == 404
    assert signed_in(city.users[RoleCode.LEADER]).post(page(case)).status_code == 403
    assert signed_in(city.alice).get(page(case, other.speaker_id)).status_code == 404
    assert signed_in(city.alice).get(page(case, 10**9)).status_code == 404
    assert not Entry.objects.filter(verb="case.person_copied").exists()


def test_matters_elsewhere_are_not_copied(city: City) -> None:
    case, other = make_taken(city), make_case(region=VILLAGE_SOUTH, text="别处的事")
    Case.objects.filter(pk=other.pk).update(speaker_id=case.speaker_id)
    said = words(signed_in(city.alice).post(page(case)))
    assert "看不到的站点" in said and "别处的事" not in said and other.number not in said


def test_correction_and_erasure_by_their_verbs(city: City) -> None:
    case = make_closed(city)
    who = str(case.speaker_id)
    assert "已更正" in words(
        do(city.alice, case, "correct_person", who=who, name="赵福三", reason="看了证件")
    )
    assert Resident.objects.get(pk=case.speaker_id).name == "赵福三"
    assert do(city.bob, case, "erase_person", who=who, reason="x", sure="on").status_code == 403
    assert "已删除" in words(do(city.alice, case, "erase_person", who=who, reason="本人来了", sure="on"))
    assert Resident.objects.get(pk=case.speaker_id).erased_at


def test_the_legal_answer_is_shown_and_nothing_is_lost(city: City) -> None:
    case = make_taken(city)
    said = words(do(city.alice, case, "erase_person", who=str(case.speaker_id), reason="本人来了", sure="on"))
    assert "还没有办结" in said and "法院" in said
    assert "还没有办结" in words(signed_in(city.alice).get(page(case)))


@pytest.mark.parametrize(
    "values", [{"phone": "12"}, {"id_number": "x"}, {"who": "999"}, {"reason": ""}, {"name": "a" * 65}]
)
def test_bad_input_is_refused(city: City, values: dict[str, str]) -> None:
    case = make_taken(city)
    sent = {"who": str(case.speaker_id), "reason": "x", "name": "王"} | values
    assert do(city.alice, case, "correct_person", **sent).status_code in (200, 422)
    assert Resident.objects.get(pk=case.speaker_id).name == "赵福山"
