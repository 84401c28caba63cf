"""Before and during: who is in it, who agrees, who mediates and may not, meetings, offers, time, danger."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from mingbai.cases.actions import work
from mingbai.cases.models import Case
from mingbai.cases.perms import can_see
from mingbai.core.actor import RESIDENT, SYSTEM
from mingbai.core.refused import Refused
from mingbai.journal.models import Entry
from mingbai.legalaid import actions as aid
from mingbai.mediation import actions
from mingbai.mediation.enums import Bar
from mingbai.mediation.models import Mediation, Mediator, Party, Sitting
from mingbai.mediation.perms import can_lead, can_name, is_mediator
from mingbai.mediation.queries.naming import people_for, same_dispute
from mingbai.mediation.rules.parties import PartyTerms
from mingbai.notices.models import Notice
from mingbai.people import actions as people
from mingbai.people.models import Worker
from mingbai.people.roles import RoleCode
from mingbai.places.models import Organisation
from mingbai.visits.actions import openings
from mingbai.visits.models import Opening, Visit
from mingbai.visits.rules.openings import Terms as OpeningTerms
from tests.cases.factories import NORTH, City, make_case, make_intake
from tests.cases.factories import fresh as again
from tests.legalaid.factories import make_terms
from tests.mediation import factories as made
from tests.mediation.factories import clerk, fresh, mediator, other_side, parties, requested
from tests.people.factories import make_user


def code(act: Any, **values: Any) -> str:
    with pytest.raises(Refused) as refused:
        act(**values)
    return refused.value.code


# ── the request ──


def test_a_request_holds_both_sides_and_asking_is_agreeing(city: City):
    case = requested(id_number=made.ID_ASKING[:17] + made.id_of(made.ID_ASKING[:17])[-1])
    asking, other = parties(case)
    assert (asking.side, asking.name, asking.consent, asking.consent_how) == (
        "asking", "赵福山", "agrees", "online",
    )  # fmt: skip
    assert (other.side, other.name, other.consent) == ("other", made.OTHER, "")
    assert asking.told_rights_at is None, "asking is agreeing, but nobody has told the rights yet"
    assert "钱大河".encode() not in bytes(Party.objects.get(pk=other.pk).name_sealed)


@pytest.mark.parametrize(("channel", "how"), [("web", "online"), ("hotline", "phone"), ("window", "present")])
def test_only_who_asked_agrees_by_asking(channel: str, how: str, city: City):
    case = requested(channel=channel)
    actions.add_party(case=case, by=clerk(city), party=other_side(side="asking", name="孙大娘"))
    actions.state(case=case, by=clerk(city), statement=made.make_statement(grade="simple"))
    said = [(one.name, one.consent, one.consent_how) for one in parties(case)]
    assert said == [("赵福山", "agrees", how), (made.OTHER, "", ""), ("孙大娘", "", "")]


def test_who_refused_may_agree_after_the_reopening(city: City):
    case, by = made.declined(city), clerk(city)
    other = parties(case)[1]
    said: dict[str, Any] = {"by": by, "party": other.pk, "how": "phone", "told_rights": True}
    assert code(actions.agree_to, case=case, **said) == "wrong_stage"
    case = work.reopen(case=case, by=by, reason="想通了")
    actions.state(case=case, by=by, statement=made.make_statement(grade="simple"))
    case = made.all_agree(city, case)
    actions.name_mediator(case=case, by=by, worker=mediator(city))
    assert actions.begin(case=fresh(case), by=by).stage == "mediating"


def test_the_same_request_by_two_clicks_is_one(city: City):
    intake = make_intake(kind="mediation", idempotency_key="k1", body_hash="h")
    said = {"by": RESIDENT, "intake": intake, "statement": made.make_statement()}
    one = actions.request(**said, parties=[other_side()])
    two = actions.request(**said, parties=[other_side()])
    assert one.case.pk == two.case.pk and one.is_new and not two.is_new
    assert Mediation.objects.count() == 1 and Party.objects.count() == 2


def test_the_same_dispute_over_two_channels_is_said(city: City):
    first = requested()
    second = requested(by=clerk(city), channel="window", phone="13800001111", region=first.region_id)
    assert same_dispute(second) == 1 and same_dispute(first) == 1
    third = requested(name="李四", parties=[other_side(name="王五")])
    assert same_dispute(third) == 0


def test_a_bad_party_loses_nothing_but_itself(city: City):
    intake = make_intake(kind="mediation")
    with pytest.raises(Refused):
        actions.request(
            by=RESIDENT, intake=intake, statement=made.make_statement(), parties=[other_side(code="123")]
        )
    assert not Case.objects.exists() and not Mediation.objects.exists()


@pytest.mark.parametrize(
    ("terms", "refused"),
    [
        ({"code": "210402198203077654"}, "bad_id_number"),
        ({"code": "12345"}, "bad_id_number"),
        ({"kind": "organisation", "code": "91210400000000000X"}, "bad_credit_code"),
        ({"phone": "138"}, "bad_phone"),
        ({"name": " "}, "empty_text"),
        ({"name": "甲\x00"}, "bad_characters"),
        ({"name": "长" * 101}, "text_too_long"),
        ({"side": "judge"}, "bad_choice"),
        ({"kind": "ghost"}, "bad_choice"),
        ({"code": made.id_of("21040220150505991")}, "needs_guardian"),
        ({"name": "赵福山"}, "party_twice"),
    ],
)
def test_bad_parties_are_refused_with_a_clear_code(terms: dict[str, str], refused: str, city: City):
    case = requested(parties=[])
    entries = Entry.objects.filter(chain=case.chain).count()
    assert code(actions.add_party, case=case, by=clerk(city), party=other_side(**terms)) == refused
    assert Entry.objects.filter(chain=case.chain).count() == entries
    assert len(parties(case)) == 1


def test_a_child_comes_with_who_speaks_for_it(city: City):
    child = other_side(name="小钱", code=made.id_of("21040220150505991"), guardian="钱大河")
    party = actions.add_party(case=requested(parties=[]), by=clerk(city), party=child)
    party.case = fresh(party.case)
    assert party.guardian == "钱大河"


def test_any_number_of_persons_and_organisations(city: City):
    case = requested(parties=[])
    for number in range(12):
        kind = "organisation" if number % 3 == 0 else "person"
        actions.add_party(
            case=case, by=clerk(city), party=other_side(name=f"第{number}家", phone="", kind=kind)
        )
    assert len(parties(case)) == 13


@pytest.mark.parametrize("source", ["court", "police", "petition", "other"])
def test_who_sent_it_is_named(source: str, city: City):
    case, by = requested(), clerk(city)
    bare = made.make_statement(source=source)
    assert code(actions.state, case=case, by=by, statement=bare) == "needs_organ"
    row = actions.state(case=case, by=by, statement=replace(bare, organ="新抚区人民法院"))
    assert (row.source, row.organ) == (source, "新抚区人民法院")
    assert code(actions.state, case=case, by=by, statement=replace(bare, source="moon")) == "bad_choice"
    assert code(actions.state, case=case, by=by, statement=replace(bare, organ="x", committee=99)) == (
        "unknown_committee"
    )


def test_what_the_committee_takes_up_itself_has_nobody_s_agreement(city: City):
    case = requested(by=SYSTEM, statement=made.make_statement(source="committee"), channel="village")
    assert [party.consent for party in parties(case)] == ["", ""]


# ── consent ──


def test_it_begins_only_when_all_agree_and_somebody_leads(city: City):
    case, by = made.accepted(city), clerk(city)
    assert code(actions.begin, case=case, by=by) == "wrong_stage"
    actions.name_mediator(case=case, by=by, worker=mediator(city))
    with pytest.raises(Refused) as refused:
        actions.begin(case=case, by=by)
    assert refused.value.code == "not_ready" and made.OTHER in str(refused.value)
    case = actions.begin(case=made.all_agree(city, case), by=by)
    assert (case.stage, case.state) == ("mediating", "in_progress")
    assert Mediation.objects.get(case=case).begun_at is not None


def test_one_who_comes_in_later_must_agree_too(city: City):
    case, by = made.mediating(city), clerk(city)
    late = actions.add_party(case=case, by=by, party=other_side(name="孙九", phone=""))
    here = [parties(case)[0].pk]
    held = {"case": case, "by": by, "minutes": "谈", "present": here, "held_at": timezone.now()}
    assert code(actions.hold, **held) == "not_ready"
    assert code(actions.draft, case=case, by=by, terms=made.written()) == "not_ready"
    assert code(actions.agree_orally, case=case, by=by, terms=made.oral()) == "not_ready"
    actions.agree_to(case=case, by=by, party=late.pk, how="present", told_rights=True)
    actions.hold(**held)


def test_rights_are_told_before_consent_is_written(city: City):
    case, by = made.accepted(city), clerk(city)
    other = parties(case)[1].pk
    said = {"case": case, "by": by, "party": other, "how": "phone"}
    assert code(actions.agree_to, **said, told_rights=False) == "rights_untold"
    assert code(actions.agree_to, **{**said, "how": "dream"}, told_rights=True) == "bad_choice"
    assert code(actions.agree_to, **{**said, "party": 0}, told_rights=True) == "unknown_party"
    stranger = parties(requested(name="李四"))[0].pk
    assert code(actions.agree_to, **{**said, "party": stranger}, told_rights=True) == "unknown_party"


@pytest.mark.parametrize("stage", ["requested", "accepted", "preparing", "mediating", "agreed"])
def test_one_clear_refusal_ends_it_whenever(stage: str, city: City):
    make = {"requested": lambda c: requested()} | {
        name: getattr(made, name) for name in ("accepted", "preparing", "mediating", "agreed")
    }
    case = make[stage](city)
    actions.plan_sitting(
        case=case, by=clerk(city), plan=actions.Plan("doorstep", timezone.now() + timedelta(days=1), "村里")
    ) if stage in ("preparing", "mediating") else None
    case = actions.decline(case=case, by=clerk(city), party=parties(case)[1].pk, how="phone", reason="气不过")
    row = Mediation.objects.get(case=case)
    assert (case.stage, case.state, row.outcome) == ("declined", "answered", "declined")
    assert not Mediator.objects.filter(case=case, state="active").exists()
    assert not Sitting.objects.filter(case=case, state="planned").exists()
    told = case.messages.get(kind="answer").text
    assert "第十七条" in told and "起诉" in told and "气不过" not in told
    assert "mediation" not in made.running(case) and "tell" in made.running(case)


# ── who mediates ──


def bars(city: City, case: Case, worker: Worker) -> tuple[str, ...]:
    return next(one for one in people_for(case, timezone.now()) if one.worker == worker.pk).bars


def name(city: City, case: Case, worker: Worker, **more: Any) -> Mediator:
    return actions.name_mediator(case=case, by=clerk(city), worker=worker, **more)


def test_several_mediate_and_the_first_leads(city: City):
    case = made.accepted(city)
    first, second = mediator(city), mediator(city, "周和")
    assert name(city, case, first).is_lead and not name(city, case, second).is_lead
    assert code(actions.name_mediator, case=case, by=clerk(city), worker=second) == "helps_already"
    actions.replace_mediator(case=case, by=clerk(city), worker=first, reason="当事人要求")
    assert Mediator.objects.get(case=case, state="active").is_lead
    assert code(actions.name_mediator, case=case, by=clerk(city), worker=first) == "barred"


def test_nobody_mediates_their_own_dispute(city: City):
    worker = mediator(city, made.OTHER)
    case = made.accepted(city)
    assert bars(city, case, worker) == (Bar.SELF,)
    assert (
        code(actions.name_mediator, case=case, by=clerk(city), worker=worker, has_consents=True) == "barred"
    )


def test_whoever_works_for_one_side_elsewhere_only_with_all_consents(city: City):
    worker = mediator(city)
    aid.prepare(by=SYSTEM)
    aid.enrol_lawyer(by=SYSTEM, worker=worker, practises_since=date(2010, 1, 1))
    intake = make_intake(kind="legal_aid", name=made.OTHER, phone="13900002222")
    theirs = aid.apply(by=RESIDENT, intake=intake, terms=make_terms()).case
    aid.grant(case=theirs, by=clerk(city))
    aid.assign(case=theirs, by=clerk(city), worker=worker, why="就近")
    case = made.accepted(city)
    assert bars(city, case, worker) == (Bar.OTHER_WORK,)
    with pytest.raises(Refused) as refused:
        name(city, case, worker)
    assert refused.value.code == "conflict" and "书面同意" in str(refused.value.do)
    named = name(city, case, worker, has_consents=True)
    assert named.bars == [Bar.OTHER_WORK]
    assert '"bars"' in Entry.objects.get(chain=case.chain, verb="med.named").data


def test_the_employer_of_the_mediator_as_a_party(city: City):
    committee = made.committee(city)
    worker = mediator(city)
    Worker.objects.filter(pk=worker.pk).update(organisation=Organisation.objects.get(committee=committee))
    case = requested(parties=[other_side(name=str(committee), kind="organisation", phone="")])
    assert bars(city, case, worker) == (Bar.EMPLOYER,)


def test_said_conflict_and_absence(city: City):
    case, worker = made.accepted(city), mediator(city)
    assert (
        code(actions.name_mediator, case=case, by=clerk(city), worker=worker, said_conflict=True)
        == "conflict"
    )
    today = timezone.localdate()
    people.add_absence(by=SYSTEM, worker=worker, starts_on=today, ends_on=today)
    assert bars(city, case, worker) == (Bar.AWAY,)
    assert (
        code(actions.name_mediator, case=case, by=clerk(city), worker=worker, has_consents=True) == "barred"
    )


def test_free_ones_stand_first_and_queries_do_not_grow(city: City, django_assert_max_num_queries: Any):
    case = made.accepted(city)
    away = mediator(city, "丁和")
    today = timezone.localdate()
    people.add_absence(by=SYSTEM, worker=away, starts_on=today, ends_on=today)
    for one in "甲乙丙":
        mediator(city, f"{one}和")
    order = [one.name for one in people_for(case, timezone.now())]
    assert order[-1] == "丁和" and len(order) == 4
    with django_assert_max_num_queries(12):
        people_for(fresh(case), timezone.now())


def test_the_matter_becomes_the_committee_s_whose_mediator_leads(city: City):
    committee = made.committee(city)
    worker = mediator(city)
    actions.seat(by=SYSTEM, committee=committee, worker=worker, since=timezone.localdate())
    case = made.accepted(city)
    name(city, case, worker)
    assert Mediation.objects.get(case=case).committee == committee


def test_a_mediator_sees_the_matter_while_they_mediate_it(city: City):
    worker, case = mediator(city), made.accepted(city)
    user = make_user(RoleCode.PRACTITIONER, station=city.stations[NORTH], worker=worker, name="孙和")
    assert not can_see(user, case)
    name(city, case, worker)
    user = again(user)
    assert can_see(user, case) and is_mediator(user, case) and can_lead(user, case)
    assert not can_name(user, case)
    actions.replace_mediator(case=case, by=clerk(city), worker=worker, reason="当事人要求")
    user = again(user)
    assert not can_see(user, case) and not can_lead(user, case)
    assert not can_lead(city.charlie, case) and can_lead(city.alice, case)


# ── meetings ──


def room(city: City, kind: str = "booking") -> Opening:
    """Every day from the day after tomorrow, nine to eleven."""
    return openings.set_opening(
        by=SYSTEM,
        station=city.stations[NORTH],
        terms=OpeningTerms(
            kind=kind,
            first_on=timezone.localdate() + timedelta(days=2),
            starts=time(9),
            ends=time(11),
            on_day_off="keep",
            weekdays=tuple(range(7)),
            receives="调解室",
            room="调解室",
        ),
    )


def nine(days: int = 2) -> datetime:
    day = timezone.localdate() + timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, time(9)))


def test_a_meeting_takes_the_room_and_gives_it_back(city: City):
    opening, case, by = room(city), made.preparing(city), clerk(city)
    plan = actions.Plan("room", nine(), opening=opening.pk)
    sitting = actions.plan_sitting(case=case, by=by, plan=plan)
    assert sitting.visit is not None and "调解室" in sitting.place
    other = work.take_up(case=requested(name="李四"), by=by, worker=city.owner)
    actions.name_mediator(case=other, by=by, worker=mediator(city, "周和"))
    assert code(actions.plan_sitting, case=other, by=by, plan=plan) == "slot_taken"
    assert not Sitting.objects.filter(case=other).exists()
    actions.cancel_sitting(case=case, by=by, sitting=sitting.pk, reason="有人病了")
    assert Visit.objects.get(pk=sitting.visit_id).state == "cancelled"
    assert actions.plan_sitting(case=other, by=by, plan=plan).visit is not None
    assert code(actions.cancel_sitting, case=case, by=by, sitting=sitting.pk, reason="x") == "no_sitting"
    told = [message.text for message in case.messages.filter(kind="progress")]
    assert any("取消" in text and "有人病了" in text for text in told)


def test_who_came_to_a_meeting_is_no_no_show(city: City):
    from mingbai.visits.actions.bookings import note_no_shows

    opening, case, by = room(city), made.mediating(city), clerk(city)
    sittings = [
        actions.plan_sitting(case=case, by=by, plan=actions.Plan("room", nine(days), opening=opening.pk))
        for days in (2, 3)
    ]
    said: dict[str, Any] = {"case": case, "by": by, "minutes": "谈了", "present": [parties(case)[0].pk]}
    actions.hold(**said, held_at=nine(2), sitting=sittings[0].pk, at=nine(2) + timedelta(hours=1))
    assert Visit.objects.get(pk=sittings[0].visit_id).state == "served"
    note_no_shows(by=SYSTEM, now=nine(4))
    states = [Visit.objects.get(pk=one.visit_id).state for one in sittings]
    assert states == ["served", "no_show"]
    actions.hold(**said, held_at=nine(3), sitting=sittings[1].pk, at=nine(4))
    assert Visit.objects.get(pk=sittings[1].visit_id).state == "served", "the minutes came a day late"


def test_failing_frees_what_was_booked(city: City):
    opening, case, by = room(city), made.mediating(city), clerk(city)
    sitting = actions.plan_sitting(case=case, by=by, plan=actions.Plan("room", nine(), opening=opening.pk))
    actions.fail(case=case, by=by)
    assert Visit.objects.get(pk=sitting.visit_id).state == "cancelled"


@pytest.mark.parametrize(
    ("plan", "refused"),
    [
        (
            actions.Plan("room", datetime(2020, 1, 1, tzinfo=timezone.get_default_timezone()), "村里"),
            "bad_time",
        ),
        (actions.Plan("moon", nine(), "村里"), "bad_choice"),
        (actions.Plan("doorstep", nine()), "no_place"),
        (actions.Plan("room", nine(), "x", 99_999), "no_such_slot"),
        (actions.Plan("doorstep", nine(), "村\x07"), "bad_characters"),
    ],
)
def test_bad_plans(plan: actions.Plan, refused: str, city: City):
    case = made.preparing(city)
    assert code(actions.plan_sitting, case=case, by=clerk(city), plan=plan) == refused
    assert not Sitting.objects.exists()


def test_the_first_minutes_begin_it_and_nothing_is_kept_that_may_not(city: City):
    case, by = made.preparing(city), clerk(city)
    one = parties(case)[0].pk
    held = {"case": case, "by": by, "minutes": "量了地。", "present": [one], "held_at": timezone.now()}
    assert code(actions.hold, **held) == "not_ready"
    assert not Sitting.objects.exists() and fresh(case).stage == "preparing"
    made.all_agree(city, case)
    tomorrow = timezone.now() + timedelta(days=1)
    assert code(actions.hold, **{**held, "held_at": tomorrow}) == "bad_time"
    assert code(actions.hold, **{**held, "present": []}) == "nobody_there"
    assert code(actions.hold, **{**held, "present": [one, 99_999]}) == "unknown_party"
    assert code(actions.hold, **held, hours=Decimal("NaN")) == "bad_amount"
    assert code(actions.hold, **{**held, "minutes": " "}) == "empty_text"
    assert fresh(case).stage == "preparing" and not Sitting.objects.exists()
    sitting = actions.hold(**held, hours=Decimal("1.5"))
    assert fresh(case).stage == "mediating"
    assert (sitting.state, sitting.present, sitting.minutes) == ("held", [one], "量了地。")
    assert "量了地".encode() not in bytes(Sitting.objects.get().minutes_sealed)


def test_an_offer_is_answered_once(city: City):
    case, by = made.mediating(city), clerk(city)
    offer = actions.make_offer(case=case, by=by, party=parties(case)[0].pk, text="赔八百")
    actions.answer_offer(case=case, by=by, offer=offer.pk, taken=False)
    assert code(actions.answer_offer, case=case, by=by, offer=offer.pk, taken=True) == "no_offer"
    assert code(actions.make_offer, case=made.preparing(city), by=by, party=1, text="x") == "wrong_stage"


# ── time and danger ──


def test_the_month_is_lengthened_once_and_by_all(city: City):
    case, by = made.mediating(city), clerk(city)
    both = [party.pk for party in parties(case)]
    due = case.clocks.get(rule__code="mediation").due_at
    said: dict[str, Any] = {"case": case, "by": by, "reason": "等鉴定"}
    assert code(actions.extend, **said, months=1, agreed=both[:1]) == "not_all_agreed"
    assert code(actions.extend, **said, months=2, agreed=both) == "extension_too_long"
    case = actions.extend(**said, months=1, agreed=both)
    longer = case.clocks.get(rule__code="mediation").due_at
    assert 27 <= made.days_from(due, longer) <= 34 and case.is_extended
    assert code(actions.extend, **said, months=1, agreed=both) == "extended_already"


def test_a_clerk_cannot_lengthen_it_past_the_parties(city: City):
    from mingbai.cases.actions.clocks import ask_extension

    case = made.mediating(city)
    clock = case.clocks.get(rule__code="mediation")
    assert code(ask_extension, clock=clock, by=clerk(city), amount=1, reason="x") == "line_decides"


def test_danger_is_heard_at_once_and_crime_is_reported(city: City):
    supervisor = city.supervisor
    supervisor.email = "s@example.org"
    supervisor.save()
    case, by = made.mediating(city), clerk(city)
    card = actions.see_danger(case=case, by=by, words="扬言拿刀", crime=False)
    assert card.risk == "escalation" and fresh(case).at_risk
    notices = Notice.objects.filter(about=case.chain, template="case_risk")
    assert notices.count() == 1
    assert actions.see_danger(case=case, by=by, words="又说", crime=False).pk == card.pk
    assert notices.count() == 1, "one open card is told once"
    assert code(actions.see_danger, case=case, by=by, words="动了手", crime=True) == "needs_report"
    done = actions.see_danger(case=case, by=by, words="动了手", crime=True, told="110 值班 012345")
    assert (done.state, done.reported_to) == ("reported", "110 值班 012345")
    assert not fresh(case).at_risk


def test_other_matters_are_no_mediations(city: City):
    case = make_case()
    assert code(actions.begin, case=case, by=clerk(city)) == "no_mediation"
    assert (
        code(actions.add_party, case=case, by=clerk(city), party=PartyTerms("other", "甲")) == "no_mediation"
    )
