"""A party takes part on line: a number of its own, yes and no, signing with a code; and every wrong try."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from mingbai.cases.actions.handover import offer
from mingbai.cases.actions.residents import erase_matter
from mingbai.cases.enums import AuthorKind
from mingbai.cases.models import Case, FollowTry
from mingbai.core.actor import RESIDENT, SYSTEM
from mingbai.core.refused import Refused
from mingbai.journal.models import Entry
from mingbai.mediation import actions
from mingbai.mediation.actions import Plan
from mingbai.mediation.enums import Mark, PartyKind
from mingbai.mediation.models import Party, Pass, Signature, Sitting
from mingbai.mediation.queries.agreements import digest_of
from mingbai.mediation.queries.online import share_of
from mingbai.mediation.rules import online
from mingbai.mediation.rules.online import Signer, stands_against
from mingbai.mediation.rules.parties import PartyTerms
from mingbai.notices.models import Notice
from mingbai.places.models import Station
from tests.cases.factories import SOUTH, City
from tests.mediation import factories as made

LAST4 = "2222"  # of the telephone of tests.mediation.factories.other_side


def other(case: Case) -> Party:
    return made.parties(case)[1]


def invited(city: City, case: Case, party: Party | None = None) -> Pass:
    return actions.invite(case=case, by=made.clerk(city), party=(party or other(case)).pk)


def opened(city: City, case: Case) -> Pass:
    part = invited(city, case)
    return actions.open_pass(by=RESIDENT, number=part.number, secret=LAST4)


def both(part: Pass) -> list[Callable[[], object]]:
    """Yes and no, not yet said."""
    return [
        lambda: actions.say_yes(part=part, by=part.actor, told_rights=True),
        lambda: actions.say_no(part=part, by=part.actor),
    ]


def notices(template: str) -> list[Notice]:
    return list(Notice.objects.filter(template=template).order_by("pk"))


def code_sent() -> str:
    return str(json.loads(notices("mediation_code")[-1].context)["code"])


# ── rules ──

PERSON = Signer(PartyKind.PERSON, has_mobile=True)


@pytest.mark.parametrize(
    ("signer", "on_paper", "allowed", "why"),
    [
        (PERSON, False, True, ""),
        (PERSON, True, True, "family"),
        (PERSON, False, False, "office"),
        (Signer(PartyKind.ORGANISATION, has_mobile=True), False, True, "organisation"),
        (Signer(PartyKind.PERSON, True, has_guardian=True), False, True, "others"),
        (Signer(PartyKind.PERSON, True, has_agent=True), False, True, "others"),
        (Signer(PartyKind.PERSON, has_mobile=False), False, True, "no_mobile"),
        (Signer(PartyKind.PERSON, True, has_signed=True), True, False, "signed"),
        (Signer(PartyKind.ORGANISATION, False, True, True), True, False, "family"),
    ],
)
def test_who_may_sign_with_a_code(signer: Signer, on_paper: bool, allowed: bool, why: str):
    assert stands_against(signer, on_paper=on_paper, is_allowed=allowed) == why


def test_a_code_holds_for_ten_minutes_and_five_tries():
    now = timezone.now()
    assert online.code_holds(now, 0, now + timedelta(minutes=9))
    assert not online.code_holds(now, 0, now + timedelta(minutes=10))
    assert not online.code_holds(now, online.MOST_TRIES, now)
    assert not online.code_holds(None, 0, now)
    assert not online.code_holds(now + timedelta(hours=1), 0, now), "a clock that was set back"


def test_a_day_after_the_last_code_the_count_begins_anew():
    now = timezone.now()
    assert online.codes_sent(4, now, now + timedelta(hours=23)) == 4
    assert online.codes_sent(4, now, now + timedelta(hours=24)) == 0
    assert online.codes_sent(0, None, now) == 0


# ── invited ──


def test_who_has_a_mobile_gets_the_link_and_nothing_of_the_matter(city: City):
    case = made.preparing(city)
    part = invited(city, case)
    assert part.number != case.number and part.code == "" and len(part.number) == 13
    notice = notices("mediation_invited")[0]
    told = json.loads(notice.context)
    assert notice.address == "13900002222" and part.number in told["link"]
    assert case.number not in notice.context and "邻" not in notice.context
    assert Entry.objects.filter(chain=case.chain, verb="med.invited").count() == 1


def test_who_has_none_gets_a_code_on_paper(city: City):
    case = made.requested(parties=[made.other_side(phone="")])
    part = invited(city, case)
    assert len(part.code) == 4 and not notices("mediation_invited")
    assert actions.open_pass(by=RESIDENT, number=part.number, secret=part.code).pk == part.pk


def test_a_landline_opens_with_its_digits_and_gets_no_message(city: City):
    case = made.requested(parties=[made.other_side(phone="024-57612345")])
    part = invited(city, case)
    assert part.code == "" and not notices("mediation_invited")
    assert actions.open_pass(by=RESIDENT, number=part.number, secret="2345").pk == part.pk


def test_invited_again_the_old_number_opens_nothing(city: City):
    case = made.preparing(city)
    first, second = invited(city, case), invited(city, case)
    with pytest.raises(Refused, match="编号或后四位不对"):
        actions.open_pass(by=RESIDENT, number=first.number, secret=LAST4)
    assert actions.open_pass(by=RESIDENT, number=second.number, secret=LAST4).pk == second.pk
    invited(city, case)
    with pytest.raises(Refused) as refused:
        invited(city, case)
    assert refused.value.code == "too_many"


@pytest.mark.parametrize("how", ["uninvited", "other phone", "dropped", "run out", "erased"])
def test_a_number_that_was_taken_back_opens_nothing(city: City, how: str):
    case = made.accepted(city)
    part, party, by = invited(city, case), other(case), made.clerk(city)
    match how:
        case "uninvited":
            actions.uninvite(case=case, by=by, party=party.pk)
        case "other phone":
            terms = made.other_side(phone="13900003333")
            actions.change_party(case=case, by=by, party=party.pk, terms=terms)
        case "dropped":
            actions.drop_party(case=case, by=by, party=party.pk, reason="登记错了")
        case "run out":
            Pass.objects.update(until=timezone.now() - timedelta(seconds=1))
        case "erased":
            erase_matter(case=made.fresh(case), by=by, at=timezone.now(), reason="到期", verb="retired")
            assert not Notice.objects.filter(to=f"party:{party.pk}").exclude(key=b"").exists()
    for secret in (LAST4, "3333"):
        with pytest.raises(Refused) as refused:
            actions.open_pass(by=RESIDENT, number=part.number, secret=secret)
        assert refused.value.code == "not_found"
    for act in both(part):
        with pytest.raises(Refused):
            act()


def test_correcting_an_address_leaves_the_number(city: City):
    case = made.accepted(city)
    part, party = invited(city, case), other(case)
    terms = made.other_side(address="站前街道东八路")
    actions.change_party(case=case, by=made.clerk(city), party=party.pk, terms=terms)
    assert Pass.objects.get(pk=part.pk).ended_at is None


@pytest.mark.parametrize(
    ("case_at", "party", "code"),
    [("accepted", 0, "unknown_party"), ("declined", None, "wrong_stage"), ("closed", None, "wrong_stage")],
)
def test_nobody_else_is_invited(city: City, case_at: str, party: int | None, code: str):
    case = getattr(made, case_at)(city)
    with pytest.raises(Refused) as refused:
        actions.invite(case=case, by=made.clerk(city), party=other(case).pk if party is None else party)
    assert refused.value.code == code and not Pass.objects.exists()


def test_nobody_uninvites_who_was_not_invited(city: City):
    case = made.accepted(city)
    with pytest.raises(Refused, match="没有邀请过"):
        actions.uninvite(case=case, by=made.clerk(city), party=other(case).pk)


# ── opened ──


def test_five_wrong_tries_lock_the_number_for_the_right_one_too(city: City):
    part = invited(city, made.preparing(city))
    for secret in ("0000", "１２３４", "", "abcd", "5678"):  # the last: the applicant's telephone
        with pytest.raises(Refused) as refused:
            actions.open_pass(by=RESIDENT, number=part.number, secret=secret)
        assert refused.value.code == "not_found"
    with pytest.raises(Refused) as refused:
        actions.open_pass(by=RESIDENT, number=part.number, secret=LAST4)
    assert refused.value.code == "locked" and FollowTry.objects.get(pk=part.number).locked_until


@pytest.mark.parametrize("number", ["", "1", "2611234567894", "x" * 500, "２６１１ 2345"])
def test_a_number_that_does_not_exist_is_answered_like_a_wrong_one(city: City, number: str):
    with pytest.raises(Refused) as refused:
        actions.open_pass(by=RESIDENT, number=number, secret=LAST4)
    assert refused.value.code == "not_found"


def test_the_first_opening_stands_in_the_history_once(city: City):
    case = made.preparing(city)
    part = opened(city, case)
    actions.open_pass(by=RESIDENT, number=part.number, secret=LAST4)
    entries = Entry.objects.filter(chain=case.chain, verb="med.joined")
    assert entries.count() == 1 and entries[0].actor_name == "当事人"
    assert Pass.objects.get().opened_at is not None


# ── yes and no ──


def test_a_party_says_yes_on_line(city: City):
    case = made.preparing(city)
    part = opened(city, case)
    with pytest.raises(Refused) as refused:
        actions.say_yes(part=part, by=part.actor, told_rights=False)
    assert refused.value.code == "rights_untold" and other(case).consent == ""
    actions.say_yes(part=part, by=part.actor, told_rights=True)
    row = other(case)
    assert (row.consent, row.consent_how) == ("agrees", "online") and row.told_rights_at
    entry = Entry.objects.get(chain=case.chain, verb="med.agreed_to")
    assert entry.actor == f"resident:party-{row.pk}"


def test_a_clear_no_ends_it_and_what_was_said_of_why_stays_inside(city: City):
    case = made.preparing(city)
    part = opened(city, case)
    actions.say_no(part=part, by=part.actor, reason="他骂过我")
    case = made.fresh(case)
    assert case.stage == "declined" and other(case).why == "他骂过我"
    answer = case.messages.latest("pk")
    assert answer.author_kind != AuthorKind.RESIDENT, "the applicant must not read it as their own words"
    assert "骂" not in answer.text


def test_no_is_not_taken_twice_nor_after_the_end(city: City):
    case = made.preparing(city)
    part = opened(city, case)
    actions.say_no(part=part, by=part.actor)
    for act in both(part):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "wrong_stage"


def test_while_the_matter_is_handed_over_a_no_is_kept_for_later_in_plain_words(city: City):
    case = made.preparing(city)
    part = opened(city, case)
    offer(case=case, by=made.clerk(city), to=Station.objects.get(pk=SOUTH), reason="那边的事")
    with pytest.raises(Refused) as refused:
        actions.say_no(part=part, by=part.actor)
    assert refused.value.code == "handover_open" and "收回转办" not in str(refused.value)


# ── told ──


def test_who_takes_part_hears_of_a_meeting_and_of_nothing_of_the_others(city: City):
    case = made.mediating(city)
    invited(city, case)
    soon = timezone.now() + timedelta(days=2)
    me, asking = other(case), made.parties(case)[0]
    by = made.clerk(city)
    actions.plan_sitting(case=case, by=by, plan=Plan("room", soon, "调解室"))
    assert len(notices("mediation_news")) == 1
    alone = Plan("doorstep", soon + timedelta(days=1), "申请人家里", invited=(asking.pk,))
    actions.plan_sitting(case=case, by=by, plan=alone)
    assert len(notices("mediation_news")) == 1, "it is told to who is asked to come"
    mine = Plan("doorstep", soon + timedelta(days=2), "对方家里", invited=(me.pk,))
    sitting = actions.plan_sitting(case=case, by=by, plan=mine)
    assert len(notices("mediation_news")) == 2
    told = " ".join(message.text for message in made.fresh(case).messages.filter(is_public=True))
    assert "申请人家里" in told and "对方家里" not in told, "nor does the applicant hear of the other side's"
    actions.cancel_sitting(case=case, by=by, sitting=sitting.pk, reason="他病了")
    told = " ".join(message.text for message in made.fresh(case).messages.filter(is_public=True))
    assert "他病了" not in told and len(notices("mediation_news")) == 3


def test_all_who_are_asked_is_nobody_in_particular(city: City):
    case = made.mediating(city)
    everybody = tuple(party.pk for party in made.parties(case))
    plan = Plan("room", timezone.now() + timedelta(days=1), "调解室", invited=everybody)
    assert actions.plan_sitting(case=case, by=made.clerk(city), plan=plan).invited == []
    with pytest.raises(Refused) as refused:
        actions.plan_sitting(
            case=case, by=made.clerk(city), plan=Plan("room", plan.starts_at, "调解室", invited=(0,))
        )
    assert refused.value.code == "unknown_party" and Sitting.objects.count() == 1


def test_the_share_of_a_party_has_its_own_meetings_only(city: City):
    case = made.mediating(city)
    part = invited(city, case)
    me, asking = other(case), made.parties(case)[0]
    now, by = timezone.now(), made.clerk(city)
    for party in (me, asking):
        actions.hold(case=case, by=by, minutes="谈了", present=[party.pk], held_at=now)
    plan = Plan("room", now + timedelta(days=1), "调解室", invited=(asking.pk,))
    actions.plan_sitting(case=case, by=by, plan=plan)
    assert [one.present for one in share_of(part).sittings] == [[me.pk]]


# ── signing ──


def to_sign(city: City) -> tuple[Case, Pass]:
    case = made.agreed(city)
    return case, opened(city, case)


def test_a_party_signs_the_words_it_read_with_a_code(city: City):
    case, part = to_sign(city)
    actions.send_code(part=part, by=part.actor)
    words = digest_of(made.agreement(case))
    actions.sign_on_line(part=part, by=part.actor, code=code_sent(), words=words, agrees=True)
    mark = Signature.objects.get()
    assert (mark.party_id, mark.mark, mark.digest) == (part.party_id, Mark.ELECTRONIC, words)
    assert made.fresh(case).stage == "agreed", "one mark is not all"
    with pytest.raises(Refused) as refused:
        actions.send_code(part=part, by=part.actor)
    assert refused.value.code == "signed_twice"
    by = made.clerk(city)
    actions.sign(case=case, by=by, mark="ink", party=made.parties(case)[0].pk)
    actions.sign(case=case, by=by, mark="ink", mediator=made.mediator(city).pk)
    actions.seal(case=case, by=by)
    assert made.fresh(case).stage == "effective"


def test_the_last_mark_on_line_takes_effect_and_the_house_says_so(city: City):
    case, part = to_sign(city)
    by = made.clerk(city)
    actions.sign(case=case, by=by, mark="ink", party=made.parties(case)[0].pk)
    actions.sign(case=case, by=by, mark="ink", mediator=made.mediator(city).pk)
    actions.seal(case=case, by=by)
    actions.send_code(part=part, by=part.actor)
    words = digest_of(made.agreement(case))
    actions.sign_on_line(part=part, by=part.actor, code=code_sent(), words=words, agrees=True)
    case = made.fresh(case)
    assert case.stage == "effective"
    assert case.messages.latest("pk").author_kind != AuthorKind.RESIDENT


def test_other_words_are_not_signed(city: City):
    case, part = to_sign(city)
    actions.send_code(part=part, by=part.actor)
    read = digest_of(made.agreement(case))
    actions.redraft(case=case, by=made.clerk(city), terms=made.written(content="赔一万元。"))
    with pytest.raises(Refused) as refused:
        actions.sign_on_line(part=part, by=part.actor, code=code_sent(), words=read, agrees=True)
    assert refused.value.code == "words_changed" and not Signature.objects.exists()


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"agrees": False}, "not_agreed"),
        ({"code": ""}, "bad_code"),
        ({"code": "12345"}, "bad_code"),
        ({"words": ""}, "words_changed"),
        ({"words": "验" * 64}, "words_changed"),
    ],
)
def test_a_signature_that_is_not_meant_is_none(city: City, values: dict, code: str):
    case, part = to_sign(city)
    actions.send_code(part=part, by=part.actor)
    good = {"code": code_sent(), "words": digest_of(made.agreement(case)), "agrees": True}
    with pytest.raises(Refused) as refused:
        actions.sign_on_line(part=part, by=part.actor, **{**good, **values})
    assert refused.value.code == code and not Signature.objects.exists()


def test_a_code_bears_five_wrong_tries_and_ten_minutes(city: City):
    case, part = to_sign(city)
    words, now = digest_of(made.agreement(case)), timezone.now()
    actions.send_code(part=part, by=part.actor, at=now)
    right = code_sent()
    wrong = "000000" if right != "000000" else "111111"
    late = now + timedelta(minutes=11)
    with pytest.raises(Refused):
        actions.sign_on_line(part=part, by=part.actor, code=right, words=words, agrees=True, at=late)
    for _n in range(online.MOST_TRIES):
        with pytest.raises(Refused):
            actions.sign_on_line(part=part, by=part.actor, code=wrong, words=words, agrees=True, at=now)
    with pytest.raises(Refused):
        actions.sign_on_line(part=part, by=part.actor, code=right, words=words, agrees=True, at=now)
    assert Pass.objects.get().sms_tries == online.MOST_TRIES and not Signature.objects.exists()


def test_codes_are_not_sent_without_end(city: City):
    _case, part = to_sign(city)
    for _n in range(online.MOST_CODES):
        actions.send_code(part=part, by=part.actor)
    with pytest.raises(Refused) as refused:
        actions.send_code(part=part, by=part.actor)
    assert refused.value.code == "too_many"
    actions.send_code(part=part, by=part.actor, at=timezone.now() + timedelta(days=1))


@pytest.mark.parametrize("why", ["family", "organisation", "guardian", "office"])
def test_what_the_law_wants_on_paper_is_signed_on_paper(city: City, why: str):
    terms: PartyTerms = made.other_side()
    statement = None
    if why == "family":
        statement = made.make_statement(dispute="inheritance")
    if why == "organisation":
        terms = made.other_side(kind="organisation", name="钱家运输队")
    if why == "guardian":
        terms = made.other_side(guardian="钱大山")
    if why == "office":
        actions.set_number(
            by=SYSTEM, code="online_sign", amount=0, source="本局决定", valid_from=timezone.localdate()
        )
    case = made.agreed(city, statement=statement, parties=[terms])
    part = opened(city, case)
    with pytest.raises(Refused) as refused:
        actions.send_code(part=part, by=part.actor)
    assert refused.value.code == "paper_only" and not notices("mediation_code")


def test_there_is_nothing_to_sign_before_the_words_are_written(city: City):
    part = opened(city, made.mediating(city))
    with pytest.raises(Refused) as refused:
        actions.send_code(part=part, by=part.actor)
    assert refused.value.code == "no_agreement"
