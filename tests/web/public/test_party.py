"""The other side of a dispute on line: what it sees at each stage, what it does, and what it never sees."""

import json
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mingbai.cases.actions import work
from mingbai.cases.models import Case
from mingbai.core.actor import SYSTEM
from mingbai.core.numbers import group_number
from mingbai.mediation import actions
from mingbai.mediation.actions import Plan
from mingbai.mediation.models import Agreement, Party, Pass, Signature
from mingbai.notices.models import Notice
from tests.cases.factories import City, make_city
from tests.mediation import factories as made

pytestmark = pytest.mark.django_db
ASKING, ID = "欧阳福山", made.id_of("21040219820307765")
HIDDEN = {
    "name": ASKING,
    "phone": "13800001111",
    "id_number": ID,
    "text": "他半夜推倒我家院墙",
}
GUARDIAN, AGENT, ADDRESS, MINUTES, OFFER, THIRD = (
    "欧阳监护", "欧阳代理", "欧阳家住址八号", "申请人私下说想搬走", "申请人愿让三千", "司徒小河",
)  # fmt: skip


@pytest.fixture
def city(db: None) -> City:
    found = make_city()
    actions.prepare(by=SYSTEM)
    return found


def soup(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "lxml")


def words(response: Any) -> str:
    return soup(response).get_text(" ", strip=True)


def whole(city: City, until: str) -> tuple[Case, Pass]:
    """A mediation with every private field of the other parties filled, at one stage."""
    by = made.clerk(city)
    case = _asked(city)
    asking, other, third = made.parties(case)
    terms = made.other_side(
        side="asking", name=ASKING, phone=HIDDEN["phone"], code=ID, address=ADDRESS,
        guardian=GUARDIAN, agent=AGENT,
    )  # fmt: skip
    actions.change_party(case=case, by=by, party=asking.pk, terms=terms)
    part = actions.invite(case=case, by=by, party=other.pk)
    if until == "preparing":
        return made.fresh(case), part
    if until == "declined":
        actions.decline(case=case, by=by, party=third.pk, how="phone", reason=MINUTES)
        return made.fresh(case), part
    made.all_agree(city, case)
    now = timezone.now()
    for party in (asking, other):
        actions.hold(case=case, by=by, minutes=MINUTES, present=[party.pk], held_at=now, place=ADDRESS)
    actions.plan_sitting(
        case=case, by=by, plan=Plan("doorstep", now + timedelta(days=1), ADDRESS, invited=(asking.pk,))
    )
    actions.plan_sitting(case=case, by=by, plan=Plan("room", now + timedelta(days=2), "裕民调解室"))
    actions.make_offer(case=case, by=by, party=asking.pk, text=OFFER)
    if until == "failed":
        actions.fail(case=case, by=by)
    if until in ("agreed", "effective"):
        actions.draft(case=case, by=by, terms=made.written())
    if until == "effective":
        made.sign_all(city, case)
    return made.fresh(case), part


def _asked(city: City) -> Case:
    parties = [made.other_side(), made.other_side(side="third", name=THIRD, phone="13900004444")]
    case = made.requested(parties=parties, **HIDDEN)
    case = work.take_up(case=case, by=made.clerk(city), worker=city.owner)
    actions.name_mediator(case=case, by=made.clerk(city), worker=made.mediator(city))
    return case


def inside(client: Client, part: Pass, secret: str = "2222") -> Any:
    return client.post("/party/", {"number": part.number, "secret": secret}, follow=True)


def secrets_of(case: Case) -> list[str]:
    """Whatever belongs to the others, or was said inside; the number that opens the applicant's page."""
    return [
        ASKING, HIDDEN["phone"], "138****1111", HIDDEN["id_number"], "推倒我家院墙", GUARDIAN, AGENT, ADDRESS,
        MINUTES, OFFER, THIRD, "13900004444", "4444", "1111", case.number, group_number(case.number),
    ]  # fmt: skip


@pytest.mark.parametrize("stage", ["preparing", "mediating", "agreed", "effective", "failed", "declined"])
def test_at_no_stage_does_a_party_see_what_is_the_others(client: Client, city: City, stage: str):
    """The leak matrix: every page of the party at every stage, against every private field there is."""
    case, part = whole(city, stage)
    assert case.stage == stage
    pages = [inside(client, part)]
    pages += [client.get(f"/party/{part.number}/{way}", follow=True) for way in ("", "no/", "yes/", "sign/")]
    pages += [
        client.post(f"/party/{part.number}/{way}", {}, follow=True) for way in ("yes/", "sign/", "code/")
    ]
    for page in pages:
        text = page.content.decode()
        assert not [one for one in secrets_of(case) if one in text.replace(part.number, "")]
    told = "".join(notice.context for notice in Notice.objects.filter(to=f"party:{part.party_id}"))
    assert told and not [one for one in secrets_of(case) if one in told.replace(part.number, "")]


def test_what_a_party_sees_is_there(client: Client, city: City):
    """The matrix above could not fail on an empty page."""
    _case, part = whole(city, "effective")
    text = words(inside(client, part))
    for said in ("邻里", "欧**", "另一方", "孙和", "界石立回原处", "付八百元", "已经生效", "最晚"):
        assert said in text, said


def test_the_number_of_a_party_opens_nothing_of_the_applicant(client: Client, city: City):
    case, part = whole(city, "agreed")
    inside(client, part)
    for url in (f"/follow/{case.number}/", f"/follow/{part.number}/", f"/follow/{part.number}/papers/1.pdf"):
        assert client.get(url).status_code in (302, 404)
    answer = client.post("/follow/", {"number": part.number, "secret": "2222"})
    assert answer.status_code == 200 and "编号或后四位不对" in words(answer)


def test_the_number_of_the_matter_opens_nothing_of_the_party(client: Client, city: City):
    case, part = whole(city, "agreed")
    client.post("/follow/", {"number": case.number, "secret": "1111"})
    for url in (f"/party/{case.number}/", f"/party/{part.number}/", f"/party/{part.number}/no/"):
        assert client.get(url).status_code == 302
    answer = client.post("/party/", {"number": case.number, "secret": "1111"})
    assert "编号或后四位不对" in words(answer)


def test_nobody_does_anything_who_has_not_opened_it(client: Client, city: City):
    case, part = whole(city, "preparing")
    for way in ("yes", "no", "code", "sign"):
        answer = client.post(f"/party/{part.number}/{way}/", {"told_rights": "on"})
        assert answer.status_code == 302 and answer["Location"].startswith("/party/?")
    assert made.parties(case)[1].consent == "" and made.fresh(case).stage == "preparing"


def test_yes_on_a_phone_in_two_pages(client: Client, city: City):
    case, part = whole(city, "preparing")
    link = json.loads(Notice.objects.get(template="mediation_invited").context)["link"]
    door = client.get(link[link.index("/party/") :], follow=True)
    assert soup(door).select_one("input[name=number]")["value"] == part.number  # type: ignore[index]
    page = soup(inside(client, part))
    assert [one["name"] for one in page.select("form[action$='yes/'] input[type=checkbox]")] == [
        "told_rights"
    ]
    answer = client.post(f"/party/{part.number}/yes/", {})
    assert answer.status_code == 422 and "再勾选" in words(answer)
    done = client.post(f"/party/{part.number}/yes/", {"told_rights": "on"}, follow=True)
    assert "您同意了调解" in words(done) and "我不想再调解了" in words(done)
    party = made.parties(case)[1]
    assert (party.consent, party.consent_how) == ("agrees", "online")


def test_no_is_asked_once_more(client: Client, city: City):
    case, part = whole(city, "preparing")
    inside(client, part)
    page = client.get(f"/party/{part.number}/no/")
    assert "真的不愿意调解吗" in words(page) and made.fresh(case).stage == "preparing"
    long = client.post(f"/party/{part.number}/no/", {"reason": "长" * 2001})
    assert long.status_code == 422 and made.fresh(case).stage == "preparing"
    done = client.post(f"/party/{part.number}/no/", {"reason": "他骂人\x00"})
    assert done.status_code == 422, "NUL is refused"
    done = client.post(f"/party/{part.number}/no/", {"reason": "他骂人"}, follow=True)
    assert "有一方不愿意调解" in words(done) and "起诉" in words(done)
    assert client.get(f"/party/{part.number}/no/").status_code == 302


def test_signing_on_a_phone(client: Client, city: City):
    case, part = whole(city, "agreed")
    page = soup(inside(client, part))
    assert not page.select("input[name=code]"), "first the code is asked for"
    client.post(f"/party/{part.number}/code/")
    page = soup(client.get(f"/party/{part.number}/"))
    read = page.select_one("input[name=words]")["value"]  # type: ignore[index]
    code = json.loads(Notice.objects.get(template="mediation_code").context)["code"]
    bad = client.post(f"/party/{part.number}/sign/", {"words": read, "code": code})
    assert bad.status_code == 422 and not Signature.objects.exists()
    assert soup(bad).select_one("input[name=words]")["value"] == read  # type: ignore[index]
    wrong = {"words": read, "code": "1", "agrees": "on"}
    assert client.post(f"/party/{part.number}/sign/", wrong).status_code == 422
    good = client.post(
        f"/party/{part.number}/sign/", {"words": read, "code": code, "agrees": "on"}, follow=True
    )
    assert "您签好了" in words(good) and "您已经签过了" in words(good)
    assert Signature.objects.get().party_id == part.party_id
    assert Agreement.objects.get(case=case).state == "draft"


def test_a_family_matter_says_why_it_is_signed_on_paper(client: Client, city: City):
    case = made.agreed(city, statement=made.make_statement(dispute="family"))
    part = actions.invite(case=case, by=made.clerk(city), party=made.parties(case)[1].pk)
    assert "要求当面在纸上签" in words(inside(client, part))
    answer = client.post(f"/party/{part.number}/code/")
    assert answer.status_code == 422 and not Notice.objects.filter(template="mediation_code").exists()


@pytest.mark.parametrize(
    ("number", "secret"), [("", ""), ("1", "2222"), ("２６", "x"), ("9" * 400, "9" * 400), ("\x00", "\x00")]
)
def test_bad_input_at_the_door_is_answered_in_words(client: Client, city: City, number: str, secret: str):
    answer = client.post("/party/", {"number": number, "secret": secret})
    assert answer.status_code == 200 and soup(answer).select("[id^=error], .c-errors, .c-field--bad")


def test_a_number_taken_back_closes_the_page_at_once(client: Client, city: City):
    case, part = whole(city, "preparing")
    inside(client, part)
    actions.uninvite(case=case, by=made.clerk(city), party=part.party_id)
    assert client.get(f"/party/{part.number}/").status_code == 302
    assert client.post(f"/party/{part.number}/yes/", {"told_rights": "on"}).status_code == 302
    assert Party.objects.get(pk=part.party_id).consent == ""


def test_leaving_closes_it(client: Client, city: City):
    _case, part = whole(city, "preparing")
    inside(client, part)
    client.post("/follow/leave/")
    assert client.get(f"/party/{part.number}/").status_code == 302


def test_the_page_costs_the_same_however_much_there_is(client: Client, city: City):
    case, part = whole(city, "mediating")
    inside(client, part)

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get(f"/party/{part.number}/").status_code == 200
        return len(found)

    few = cost()
    by, now = made.clerk(city), timezone.now()
    for n in range(6):
        actions.plan_sitting(case=case, by=by, plan=Plan("room", now + timedelta(days=3 + n), "调解室"))
        actions.add_party(case=case, by=by, party=made.other_side(name=f"钱家第{n}人", phone=""))
    assert cost() == few <= 16
