"""Mediation at the desk: the panel, the forms of the whole way, lists, committees, the file, who sees it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.journal.models import Entry
from mingbai.mediation import actions
from mingbai.mediation.models import Agreement, Committee, Member
from mingbai.people.models import User
from mingbai.people.roles import RoleCode
from tests.cases.factories import NORTH, City, make_case, make_closed, make_taken
from tests.mediation import factories as made
from tests.mediation.factories import fresh, parties
from tests.people.factories import make_user
from tests.web.desk.pages import HTMX, article, do, errors, queries, signed_in, soup, url_of, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def periods(city: City) -> None:
    actions.prepare(by=SYSTEM)
    made.mediator(city)


def shown(user: User, case: Any) -> str:
    return words(signed_in(user).get(url_of(case)))


def leader(city: City, name: str = "孙和") -> User:
    worker = made.mediator(city, name)
    return make_user(RoleCode.PRACTITIONER, station=city.stations[NORTH], worker=worker, name=name)


# ── the panel ──


def test_the_panel_says_who_is_in_it_and_what_is_missing(city: City):
    case = made.accepted(city)
    text = shown(city.alice, case)
    for part in ("人民调解", "邻里", "当事人申请", "赵**", "钱**", "同意调解", "还没问到"):
        assert part in text
    assert "赵福山" not in text and "钱大河" not in text and "13900002222" not in text
    page = soup(signed_in(city.alice).get(url_of(case)))
    first = page.select_one(".btn-primary")
    assert first is not None and "记下同意调解" in first.get_text()


def test_parties_are_shown_with_an_entry_and_to_nobody_without(city: City):
    case = made.accepted(city)
    answer = signed_in(city.alice).post(url_of(case, "med_show"), {"reason": "打电话问意愿"}, follow=True)
    assert "钱大河" in words(answer) and "13900002222" in words(answer)
    entry = Entry.objects.get(verb="med.parties_shown")
    assert entry.actor == city.alice.actor.code and "钱大河" not in entry.data
    assert "钱大河" not in shown(city.alice, case)
    assert signed_in(city.users[RoleCode.LEADER]).get(url_of(case, "med_show")).status_code == 403


def test_what_was_said_is_not_for_everybody(city: City):
    case = made.agreed(city)
    by, present = made.clerk(city), [parties(case)[0].pk]
    actions.hold(case=case, by=by, minutes="老钱哭了一场", present=present, held_at=timezone.now())
    actions.decline(case=case, by=by, party=present[0], how="present", reason="怕丢面子")
    for secret in ("老钱哭了一场", "怕丢面子", "界石立回原处"):
        assert secret in shown(city.alice, case) and secret in shown(city.supervisor, case)
        assert secret not in shown(city.users[RoleCode.LEADER], case)


def test_other_matters_have_no_panel_and_their_forms_say_so(city: City):
    for case in (make_case(), make_closed(city)):
        page = soup(signed_in(city.alice).get(url_of(case)))
        assert page.select_one("#case-mediation") is None
    plain = make_taken(city)
    for verb in ("med_agree", "med_plan", "med_draft", "med_sign", "med_term", "med_visit", "med_state"):
        answer = signed_in(city.alice).get(url_of(plain, verb))
        assert answer.status_code == 200 and "现在不能做这一步" in words(answer), verb


def test_a_swap_equals_a_reload(city: City):
    case, client = made.agreed(city), signed_in(city.alice)
    assert article(client.get(url_of(case))) == article(client.get(url_of(case), **HTMX))


def test_the_page_costs_little_more(city: City):
    plain = queries(signed_in(city.alice), url_of(make_taken(city)))
    own = queries(signed_in(city.alice), url_of(made.effective(city)))
    assert own <= plain + 14, (plain, own)


def test_who_refused_is_asked_again_after_the_reopening(city: City):
    case = made.accepted(city)
    for party in parties(case):
        actions.agree_to(case=case, by=made.clerk(city), party=party.pk, how="phone", told_rights=True)
    assert "现在不能做这一步" in words(signed_in(city.alice).get(url_of(case, "med_agree")))
    other = parties(case)[1].pk
    case = actions.decline(case=fresh(case), by=made.clerk(city), party=other, how="phone")
    do(city.alice, case, "reopen", reason="想通了")
    page = soup(signed_in(city.alice).get(url_of(case, "med_agree")))
    assert [one["value"] for one in page.select("input[name=party]")] == [str(other)]
    do(city.alice, case, "med_agree", party=other, how="phone", told_rights="on")
    assert parties(case)[1].consent == "agrees"


def test_minutes_of_a_meeting_to_come_are_refused_and_those_of_this_minute_are_not(city: City):
    case = made.mediating(city)
    data = {"kind": "doorstep", "place": "村委会", "present": [parties(case)[0].pk], "minutes": "量了地。"}
    for later in (timedelta(minutes=5), timedelta(days=7)):
        held_at = f"{timezone.localtime() + later:%Y-%m-%dT%H:%M}"
        assert "不能在将来" in errors(do(city.alice, case, "med_hold", held_at=held_at, **data))
    assert not case.sittings.exists()
    do(
        city.alice,
        case,
        "med_hold",
        held_at=f"{timezone.localtime() + timedelta(seconds=50):%Y-%m-%dT%H:%M}",
        **data,
    )
    assert case.sittings.count() == 1


def test_no_more_months_than_the_rule_gives(city: City):
    case = made.mediating(city)
    everybody = [party.pk for party in parties(case)]
    bad = do(city.alice, case, "med_extend", months=2, agreed=everybody, reason="还要量地")
    assert "1" in errors(bad) and fresh(case).is_extended is False
    do(city.alice, case, "med_extend", months=1, agreed=everybody, reason="还要量地")
    assert fresh(case).is_extended


# ── the whole way, by form ──


def test_from_the_request_to_the_court_by_forms(city: City):
    case, alice = make_case(kind="mediation", text="两家为地边子吵架"), city.alice
    do(alice, case, "take_up")
    bad = do(alice, case, "med_state", source="police", dispute="neighbour", grade="ordinary")
    assert "哪个单位移交" in errors(bad)
    do(alice, case, "med_state", source="request", dispute="neighbour", grade="ordinary")
    bad = do(alice, case, "med_party", side="other", kind="person", name="钱大河", code="210402198203077654")
    assert "校验码" in errors(bad) and "钱大河" in bad.content.decode()
    do(alice, case, "med_party", side="other", kind="person", name="钱大河", phone="13900002222")
    asking, other = parties(case)
    assert asking.consent == "agrees" and other.consent == ""
    bad = do(alice, case, "med_agree", party=other.pk, how="phone")
    assert errors(bad) and parties(case)[1].consent == ""
    for party in (other, asking):
        do(alice, case, "med_agree", party=party.pk, how="phone", told_rights="on")
    form = soup(signed_in(alice).get(url_of(case, "med_name")))
    first = form.select_one("input[name=worker]")
    assert first is not None
    do(alice, case, "med_name", worker=first["value"], named_by="parties")
    assert fresh(case).stage == "preparing"
    now = timezone.localtime()
    do(
        alice, case, "med_hold", held_at=f"{now:%Y-%m-%dT%H:%M}", kind="doorstep", place="村委会",
        present=[asking.pk, other.pk], minutes="量了地。", hours="1.5",
    )  # fmt: skip
    assert fresh(case).stage == "mediating"
    do(alice, case, "med_offer", party=asking.pk, text="赔八百")
    offer = soup(signed_in(alice).get(url_of(case, "med_answer"))).select_one("input[name=offer]")
    assert offer is not None
    do(alice, case, "med_answer", offer=offer["value"], taken="yes")
    due = timezone.localdate() + timedelta(days=9)
    do(alice, case, "med_draft", content="界石立回原处，赔八百元。", what_1="付八百元", due_1=f"{due}")
    text = shown(alice, case)
    assert "第二十九条要写的，还缺" in text and "各方当事人的责任" in text and "还没有签" in text
    do(alice, case, "med_redraft", content="界石立回原处，赔九百元。", what_1="付九百元", due_1=f"{due}")
    choices = [
        box["value"] for box in soup(signed_in(alice).get(url_of(case, "med_sign"))).select("[name=who]")
    ]
    assert len(choices) == 4
    do(alice, case, "med_sign", who=choices[0], mark="ink")
    late = signed_in(alice).get(url_of(case, "med_redraft"))
    assert "协议不能再改" in words(late)
    answer = do(alice, case, "med_redraft", content="赔一万元")
    assert "现在不能做了" in errors(answer) and Agreement.objects.get().content.endswith("赔九百元。")
    for who in choices[1:]:
        do(alice, case, "med_sign", who=who, mark="stamp" if who == "seal" else "ink")
    assert fresh(case).stage == "effective"
    assert "还剩 30 天" in shown(alice, case)
    assert "还有人没有同意" in errors(do(alice, case, "med_want", asking=[asking.pk]))
    do(alice, case, "med_want", asking=[asking.pk, other.pk])
    do(alice, case, "med_filed", court="新抚区人民法院", filed_on=f"{timezone.localdate()}")
    do(
        alice,
        case,
        "med_ruled",
        confirmed="yes",
        decided_on=f"{timezone.localdate()}",
        number="（2026）司确1号",
    )
    assert "法院裁定有效" in shown(alice, case)
    term = soup(signed_in(alice).get(url_of(case, "med_term"))).select_one("input[name=term]")
    assert term is not None
    do(alice, case, "med_term", term=term["value"], done="yes", on=f"{timezone.localdate()}")
    do(alice, case, "med_visit", is_performed="yes", is_happy="yes", text="都好")
    assert "都履行了" in shown(alice, case)


def test_a_refusal_ends_it_and_names_the_ways(city: City):
    case = made.accepted(city)
    do(city.alice, case, "med_decline", party=parties(case)[1].pk, how="phone", reason="不想谈")
    assert fresh(case).stage == "declined"
    told = case.messages.get(kind="answer")
    told.case = case
    assert "法律援助" in told.text and "起诉" in told.text
    assert "不想谈" in shown(city.alice, case)


def test_family_matters_offer_no_electronic_signature(city: City):
    case = made.agreed(city, statement=made.make_statement(dispute="family"))
    form = soup(signed_in(city.alice).get(url_of(case, "med_sign")))
    assert [box["value"] for box in form.select("[name=mark]")] == ["ink", "stamp", "finger"]
    answer = do(city.alice, case, "med_sign", who="seal", mark="electronic")
    assert errors(answer)
    assert "必须纸面签字" in shown(city.alice, case)


def test_the_mediator_with_their_own_sign_in_works_it_and_does_not_name_others(city: City):
    user = leader(city)
    case = made.mediating(city)
    other = made.requested(phone="13900009999")
    text = shown(user, case)
    assert "写调解记录" in text and "写协议" in text and "定调解员" not in text
    assert signed_in(user).get(url_of(other)).status_code == 404
    assert signed_in(user).get(url_of(case, "med_name")).status_code == 403
    do(user, case, "med_danger", words="扬言要砸车", crime="on", told="110 值班 012345")
    assert fresh(case).risk_cards.get().state == "reported"
    bad = do(user, case, "med_danger", words="又来了", crime="on")
    assert "马上报告公安机关" in errors(bad)


def test_the_room_is_chosen_from_what_is_free(city: City):
    from tests.mediation.test_meetings import room

    opening = room(city)
    case = made.preparing(city)
    form = soup(signed_in(city.alice).get(url_of(case, "med_plan")))
    slots = [box["value"] for box in form.select("input[name=slot]") if box["value"]]
    assert slots and all(slot.startswith(f"{opening.pk}-") for slot in slots)
    do(city.alice, case, "med_plan", slot=slots[0], kind="room")
    sitting = case.sittings.get()
    sitting.case = case
    assert sitting.visit is not None and "调解室" in sitting.place
    assert "已约定" in shown(city.alice, case)
    none = do(city.alice, case, "med_plan", slot="", kind="room", starts_at="")
    assert "写上时间" in errors(none)


# ── lists, committees, the file ──


def test_the_list_shows_what_waits_and_costs_the_same_for_many(city: City):
    made.accepted(city)
    client = signed_in(city.alice)
    one = queries(client, "/desk/mediation/")
    for _n in range(4):
        made.accepted(city)
    assert queries(client, "/desk/mediation/") == one
    page = words(client.get("/desk/mediation/"))
    assert "两家为地边子吵了两年" in page and "赵**" in page and "赵福山" not in page
    assert "这里没有调解" in words(signed_in(city.charlie).get("/desk/mediation/"))
    made.effective(city)
    assert "协议生效" in words(client.get("/desk/mediation/?group=tell"))
    assert client.get("/desk/mediation/?group=nonsense").status_code == 200


def test_committees_are_kept_and_their_gaps_said(city: City):
    committee = made.committee(city)
    client = signed_in(city.alice)
    assert "少于 3 人" in words(client.get("/desk/mediation/committees/"))
    url = f"/desk/mediation/committees/{committee.pk}/"
    sitting = made.mediator(city, "周和")
    client.post(
        f"{url}seat/",
        {"worker": sitting.pk, "since": f"{timezone.localdate()}", "is_woman": "on", "is_seat": "on"},
    )
    member = Member.objects.get()
    assert member.is_woman and "周和" in words(client.get(url))
    tomorrow = timezone.localdate() + timedelta(days=1)
    bad = client.post(f"{url}members/{member.pk}/leave/", {"on": f"{tomorrow}"})
    assert "将来" in errors(bad)
    client.post(f"{url}members/{member.pk}/leave/", {"on": f"{timezone.localdate()}"})
    assert not committee.members.filter(until=None).exists()
    client.post(
        f"{url}edit/", {"organisation": committee.organisation_id, "short": "新抚二", "is_active": "on"}
    )
    assert Committee.objects.get().short == "新抚二"
    assert signed_in(city.charlie).get(url).status_code == 404
    assert signed_in(city.bob).get(url).status_code == 403


def test_the_file_says_what_is_owed(city: City):
    case = made.effective(city)
    text = words(signed_in(city.alice).get(f"/desk/mediation/{case.number}/file/"))
    assert "卷宗还不齐" in text and "当事人身份证明" in text
    assert signed_in(city.charlie).get(f"/desk/mediation/{case.number}/file/").status_code == 404
    assert signed_in(city.alice).get(f"/desk/mediation/{make_case().number}/file/").status_code == 404
    committee = made.committee(city)
    do(city.alice, case, "med_number", committee=committee.pk)
    assert "新抚人调字第1号" in shown(city.alice, case)


def test_parties_are_corrected_without_being_shown_until_somebody_signs(city: City):
    case = made.mediating(city)
    other = parties(case)[1]
    do(city.alice, case, "med_change", party=other.pk, address="裕民社区 3 号")
    changed = parties(case)[1]
    assert (changed.name, changed.phone, changed.address) == ("钱大河", "13900002222", "裕民社区 3 号")
    do(city.alice, case, "med_change", party=other.pk, agent="周律师")
    assert parties(case)[1].agent == "周律师"
    do(city.alice, case, "med_change", party=other.pk, no_agent="on")
    assert (parties(case)[1].agent, parties(case)[1].address) == ("", "裕民社区 3 号")
    bad = do(city.alice, case, "med_change", party=other.pk, code="1")
    assert "18 位" in errors(bad) and parties(case)[1].code == ""
