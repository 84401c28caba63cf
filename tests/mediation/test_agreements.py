"""The agreement and after: oral, written, signed, changed, in effect, failed, confirmed, performed, filed."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from mingbai.cases.actions import work
from mingbai.cases.actions.clocks import tick
from mingbai.cases.models import Case
from mingbai.journal.models import Entry
from mingbai.mediation import actions
from mingbai.mediation.models import Agreement, Mediation, Mediator, Signature, Term
from mingbai.mediation.queries.agreements import digest_of
from mingbai.mediation.queries.file import file_of
from mingbai.mediation.rules.agreement import TermTerms
from tests.cases.factories import City, make_case
from tests.mediation import factories as made
from tests.mediation.factories import agreement, clerk, fresh, mediator, parties, running
from tests.mediation.test_meetings import code

TODAY = timezone.localdate()


def want(city: City, case: Case, **more: Any) -> Agreement:
    asking = [party.pk for party in parties(case)]
    return actions.want_confirmation(case=case, by=clerk(city), **{"asking": asking, **more})


def filed(city: City) -> Case:
    case = made.effective(city)
    want(city, case)
    actions.file_confirmation(case=case, by=clerk(city), court="新抚区人民法院", filed_on=TODAY)
    return fresh(case)


# ── in effect ──


def test_an_oral_agreement_holds_from_the_agreeing(city: City):
    case = actions.agree_orally(case=made.mediating(city), by=clerk(city), terms=made.oral())
    held = agreement(case)
    assert (case.stage, case.state, held.state) == ("effective", "answered", "effective")
    assert held.effective_at is not None and not held.signatures.exists()
    told = case.messages.get(kind="answer").text
    assert "口头协议" in told and f"最晚 {held.confirm_by:%Y年%-m月%-d日}" in told
    assert {"tell", "med_visit"} <= running(case) and "mediation" not in running(case)
    assert code(actions.agree_orally, case=made.mediating(city), by=clerk(city), terms=made.written()) == (
        "bad_choice"
    )


def test_all_marks_decide_the_day_of_effect_not_the_draft(city: City):
    case = made.agreed(city)
    assert case.stage == "agreed" and {"med_sign", "mediation"} <= running(case)
    at = timezone.now() + timedelta(days=3)
    by, [one, two] = clerk(city), parties(case)
    actions.sign(case=case, by=by, mark="ink", party=one.pk)
    actions.seal(case=case, by=by)
    actions.sign(case=case, by=by, mark="ink", mediator=mediator(city).pk)
    assert fresh(case).stage == "agreed"
    actions.sign(case=case, by=by, mark="finger", party=two.pk, at=at)
    held = agreement(case)
    assert (fresh(case).stage, held.state, held.effective_at) == ("effective", "effective", at)
    assert held.confirm_by is not None and (held.confirm_by - timezone.localdate(at)).days in range(30, 38)


def test_the_thirty_days_by_the_rule_against_the_calendar(city: City):
    """The last day is the thirtieth after the effect; a day off moves it (a slow reference)."""
    from mingbai.places.queries import register

    case = made.effective(city)
    held = agreement(case)
    assert held.effective_at is not None
    last = timezone.localdate(held.effective_at) + timedelta(days=30)
    while not register().workdays.is_workday(last):
        last += timedelta(days=1)
    assert held.confirm_by == last
    want(city, case)
    assert timezone.localdate(case.clocks.get(rule__code="med_confirm").due_at) == last


def test_changed_after_a_signature_is_refused(city: City):
    case, by = made.agreed(city), clerk(city)
    actions.redraft(case=case, by=by, terms=made.written(content="赔九百元。"))
    actions.sign(case=case, by=by, mark="ink", party=parties(case)[0].pk)
    entries = Entry.objects.filter(chain=case.chain).count()
    assert (
        code(actions.redraft, case=case, by=by, terms=made.written(content="赔一万元。")) == "signed_already"
    )
    other = parties(case)[1].pk
    changed = {"case": case, "by": by, "party": other}
    assert code(actions.change_party, **changed, terms=made.other_side(name="钱小河")) == "signed_already"
    assert code(actions.drop_party, **changed, reason="x") == "signed_already"
    held = agreement(case)
    assert held.content == "赔九百元。" and Entry.objects.filter(chain=case.chain).count() == entries


@pytest.mark.parametrize("part", ["content", "term", "name", "amount"])
def test_words_changed_past_the_actions_make_no_agreement(part: str, city: City):
    """Somebody writes into the database: the next mark is refused, and nothing takes effect."""
    case, by = made.agreed(city, made.written(amount=Decimal("800"))), clerk(city)
    actions.sign(case=case, by=by, mark="ink", party=parties(case)[0].pk)
    held = agreement(case)
    if part == "content":
        held.content = "赔一万元。"
        held.save()
    elif part == "amount":
        Agreement.objects.filter(pk=held.pk).update(amount=Decimal("8000"))
    elif part == "term":
        Term.objects.filter(agreement=held).update(due_on=TODAY + timedelta(days=999))
    else:
        party = parties(case)[1]
        party.name = "别人"
        party.save()
    assert (
        code(actions.sign, case=case, by=by, mark="ink", party=parties(case)[1].pk)
        == "changed_after_signature"
    )
    assert code(actions.seal, case=case, by=by) == "changed_after_signature"
    assert agreement(case).state == "draft"
    actions.reconsider(case=case, by=by, reason="文字被改过")
    assert agreement(case).state == "void" and fresh(case).stage == "mediating"


def test_an_effective_one_is_never_changed(city: City):
    case, by = made.effective(city), clerk(city)
    assert code(actions.redraft, case=case, by=by, terms=made.written()) == "effective_already"
    assert code(actions.sign, case=case, by=by, mark="ink", party=parties(case)[0].pk) == "wrong_stage"
    assert code(actions.reconsider, case=case, by=by, reason="x") == "wrong_stage"
    assert code(actions.draft, case=case, by=by, terms=made.written()) == "wrong_stage"


def test_nobody_signs_twice_and_no_stranger(city: City):
    case, by = made.agreed(city), clerk(city)
    one = parties(case)[0].pk
    actions.sign(case=case, by=by, mark="ink", party=one)
    assert code(actions.sign, case=case, by=by, mark="ink", party=one) == "signed_twice"
    assert code(actions.sign, case=case, by=by, mark="ink", party=99_999) == "unknown_party"
    assert code(actions.sign, case=case, by=by, mark="ink", mediator=city.owner.pk) == "not_mediating"
    assert code(actions.sign, case=case, by=by, mark="ink") == "not_mediating"
    assert code(actions.sign, case=case, by=by, mark="blood", party=parties(case)[1].pk) == "bad_choice"
    actions.seal(case=case, by=by)
    assert code(actions.seal, case=case, by=by) == "signed_twice"
    held = agreement(case)
    with pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.create(
            agreement=held, role="seal", mark="stamp", digest="x", by="x", at=timezone.now()
        )


@pytest.mark.parametrize(
    ("dispute", "refused"), [("family", True), ("inheritance", True), ("contract", False)]
)
def test_family_matters_are_signed_on_paper(dispute: str, refused: bool, city: City):
    case = made.agreed(city, statement=made.make_statement(dispute=dispute))
    act = {"case": case, "by": clerk(city), "mark": "electronic", "party": parties(case)[0].pk}
    if refused:
        assert code(actions.sign, **act) == "paper_only"
        act["mark"] = "ink"
    actions.sign(**act)


@pytest.mark.parametrize(
    ("terms", "refused"),
    [
        ({"content": ""}, "empty_text"),
        ({"content": "字" * 10_001}, "text_too_long"),
        ({"content": "甲\x00"}, "bad_characters"),
        ({"amount": Decimal("-1")}, "bad_amount"),
        ({"amount": Decimal("NaN")}, "bad_amount"),
        ({"amount": Decimal("1e12")}, "bad_amount"),
        ({"unfit": ("moon",)}, "bad_choice"),
        ({"form": "oral"}, "bad_choice"),
        ({"terms": (TermTerms("付钱", 99_999),)}, "unknown_party"),
        ({"terms": (TermTerms("付钱", None, TODAY - timedelta(days=1)),)}, "bad_time"),
        ({"terms": (TermTerms("付钱", None, date(2090, 1, 1)),)}, "bad_time"),
        ({"terms": (TermTerms(" "),)}, "empty_text"),
        ({"terms": tuple(TermTerms(f"第{n}") for n in range(41))}, "too_many"),
    ],
)
def test_bad_words(terms: dict[str, Any], refused: str, city: City):
    case = made.mediating(city)
    assert code(actions.draft, case=case, by=clerk(city), terms=made.written(**terms)) == refused
    assert not Agreement.objects.exists() and fresh(case).stage == "mediating"


def test_two_drafts_do_not_stand_beside_each_other(city: City):
    case = made.agreed(city)
    assert code(actions.draft, case=case, by=clerk(city), terms=made.written()) == "wrong_stage"
    held = agreement(case)
    with pytest.raises(IntegrityError), transaction.atomic():
        Agreement.objects.create(
            case=case, version=9, form="written", state="draft", drafted_by="x", drafted_at=held.drafted_at
        )


def test_a_later_agreement_replaces_the_first_and_its_clocks(city: City):
    case, by = made.effective(city), clerk(city)
    want(city, case)
    case = work.reopen(case=case, by=by, reason="各方要改")
    assert case.stage == "preparing"
    case = actions.begin(case=case, by=by)
    actions.draft(case=case, by=by, terms=made.written(content="分两次付清。"))
    case = made.sign_all(city, case)
    first, second = Agreement.objects.filter(case=case).order_by("version")
    assert (first.state, second.state) == ("replaced", "effective")
    assert "med_confirm" not in running(case)
    subjects = set(case.clocks.filter(done_at=None, rule__code="med_term").values_list("subject", flat=True))
    assert subjects == {term.subject for term in second.terms.all()}


def test_what_is_replaced_waits_for_no_court(city: City):
    from mingbai.mediation.queries.lists import group_counts, mediations

    case, by = made.effective(city, made.written(terms=())), clerk(city)
    want(city, case)
    case = work.reopen(case=case, by=by, reason="各方要改")
    actions.begin(case=case, by=by)
    actions.draft(case=case, by=by, terms=made.written(content="分两次付清。", terms=()))
    act: dict[str, Any] = {"case": case, "by": by, "court": "新抚区人民法院", "filed_on": TODAY}
    assert code(actions.file_confirmation, **act) == "draft_stands"
    case = made.sign_all(city, case)
    first = Agreement.objects.filter(case=case).earliest("version")
    assert (first.state, first.confirmation) == ("replaced", "")
    assert not mediations(city.alice, "court").exists() and group_counts(city.alice)["court"] == 0
    want(city, case)
    assert len(mediations(city.alice, "court")) == group_counts(city.alice)["court"] == 1


def test_nothing_is_replaced_while_the_court_looks_at_it(city: City):
    case, by = filed(city), clerk(city)
    case = work.reopen(case=case, by=by, reason="各方要改")
    case = actions.begin(case=case, by=by)
    assert code(actions.draft, case=case, by=by, terms=made.written()) == "at_court"
    assert code(actions.agree_orally, case=case, by=by, terms=made.oral()) == "at_court"
    actions.decide_confirmation(case=case, by=by, confirmed=False, decided_on=TODAY)
    actions.draft(case=fresh(case), by=by, terms=made.written())


def test_the_digest_covers_every_word(city: City):
    case = made.agreed(city)
    held = agreement(case)
    before = digest_of(held)
    for name in ("facts", "duty", "content"):
        held = agreement(case)
        setattr(held, name, getattr(held, name) + "。")
        assert digest_of(held) != before, name


# ── how it ends otherwise ──


@pytest.mark.parametrize(
    ("dispute", "way"),
    [
        ("labour", "仲裁"),
        ("wage", "劳动监察"),
        ("land", "农村土地承包仲裁"),
        ("taking", "行政复议"),
        ("", "起诉"),
    ],
)
def test_failure_names_the_ways_that_fit(dispute: str, way: str, city: City):
    case = made.mediating(city, statement=made.make_statement(dispute=dispute))
    case = actions.fail(case=case, by=clerk(city), reason="差距太大。")
    told = case.messages.get(kind="answer").text
    assert way in told and "差距太大" in told and "第二十六条" in told and "法律援助" in told
    assert Mediation.objects.get(case=case).outcome == "failed"
    assert not Mediator.objects.filter(case=case, state="active").exists()


def test_failing_with_a_draft_voids_it(city: City):
    case = actions.fail(case=made.agreed(city), by=clerk(city))
    assert agreement(case).state == "void" and case.stage == "failed"


# ── the court ──


def test_joint_confirmation_to_the_ruling(city: City):
    case, by = made.effective(city), clerk(city)
    one = parties(case)[0].pk
    assert code(actions.want_confirmation, case=case, by=by, asking=[one]) == "not_joint"
    want(city, case)
    assert "med_confirm" in running(case)
    assert code(want, city=city, case=case) == "confirmation_stands"
    ruled = {"case": case, "by": by, "confirmed": True, "decided_on": TODAY}
    assert code(actions.decide_confirmation, **ruled) == "confirmation_stands"
    file = {"case": case, "by": by, "court": "新抚区人民法院"}
    assert code(actions.file_confirmation, **file, filed_on=TODAY + timedelta(days=1)) == "bad_time"
    assert code(actions.file_confirmation, **file, filed_on=TODAY - timedelta(days=1)) == "bad_time"
    actions.file_confirmation(**file, filed_on=TODAY)
    assert "med_confirm" not in running(case)
    held = actions.decide_confirmation(**ruled, number="（2026）辽0402司确1号")
    assert (held.confirmation, held.court) == ("confirmed", "新抚区人民法院")
    told = [message.text for message in fresh(case).messages.filter(kind="progress")]
    assert any("强制执行" in text for text in told)
    assert code(actions.decide_confirmation, **ruled) == "confirmation_stands"


def test_after_thirty_days_nobody_can_ask(city: City):
    case = made.effective(city)
    until = agreement(case).confirm_by
    assert until is not None
    late = timezone.now() + (until - TODAY + timedelta(days=1))
    assert code(want, city=city, case=case, at=late) == "too_late"
    want(city, case)
    act = {"case": case, "by": clerk(city), "court": "法院", "filed_on": until + timedelta(days=1)}
    assert code(actions.file_confirmation, **act, at=late) == "too_late"
    actions.drop_confirmation(case=case, by=clerk(city))
    assert agreement(case).confirmation == "" and "med_confirm" not in running(case)


@pytest.mark.parametrize("unfit", ["status", "title", "not_court", "special"])
def test_what_no_court_confirms(unfit: str, city: City):
    case = made.effective(city, made.written(unfit=(unfit,)))
    assert agreement(case).confirm_by is None
    assert code(want, city=city, case=case) == "not_confirmable"
    assert "最晚" not in case.messages.get(kind="answer").text


def test_the_clock_of_the_court_outlives_the_closing_and_turns_red(city: City):
    case, by = made.effective(city), clerk(city)
    want(city, case)
    work.tell(case=case, by=by, how="phone")
    case = work.close(case=case, by=by)
    assert case.state == "closed" and {"med_confirm", "med_visit", "med_term"} <= running(case)
    assert case.waiting_on == "station" and case.due_at is not None
    tick(now=timezone.now() + timedelta(days=60))
    assert case.clocks.get(rule__code="med_confirm").raised_at is not None


def test_no_agreement_no_court(city: City):
    case = made.mediating(city)
    assert code(want, city=city, case=case) == "no_agreement"
    assert code(actions.visit, case=case, by=clerk(city), is_performed=True, text="x") == "no_agreement"


# ── performance, the return visit, the file ──


def test_terms_are_asked_for_from_their_day_and_settled(city: City):
    due = TODAY + timedelta(days=10)
    case, by = (
        made.effective(city, made.written(terms=(TermTerms("付钱", None, due), TermTerms("道歉")))),
        clerk(city),
    )
    clock = case.clocks.get(rule__code="med_term")
    assert timezone.localdate(clock.started_at) == due and timezone.localdate(
        clock.due_at
    ) >= due + timedelta(7)
    pay, sorry = Term.objects.order_by("pk")
    act: dict[str, Any] = {"case": case, "by": by, "on": TODAY}
    assert code(actions.settle_term, **act, term=99_999, done=True) == "no_term"
    assert (
        code(actions.settle_term, **{**act, "on": TODAY + timedelta(1)}, term=pay.pk, done=True) == "bad_time"
    )
    actions.settle_term(**act, term=pay.pk, done=False, note="说下月给")
    assert "med_term" not in running(case)
    assert code(actions.settle_term, **act, term=pay.pk, done=False) == "settled_already"
    actions.settle_term(**act, term=pay.pk, done=True)
    assert code(actions.settle_term, **act, term=pay.pk, done=True) == "settled_already"
    actions.settle_term(**act, term=sorry.pk, done=True)
    actions.visit(case=case, by=by, is_performed=True, text="都做到了", is_happy=True)
    assert "med_visit" not in running(case)
    assert not Mediator.objects.filter(case=case, state="active").exists()


def test_the_file_is_numbered_once_a_committee_and_year(city: City):
    by, one = clerk(city), made.committee(city)
    two = made.committee(city, "望花区人民调解委员会", "望花")
    assert code(actions.number_file, case=made.mediating(city), by=by, committee=one) == "not_ended"
    cases = [made.failed(city) for _n in range(3)]
    numbers = [actions.number_file(case=case, by=by, committee=one).file_seq for case in cases]
    assert numbers == [1, 2, 3]
    assert actions.number_file(case=cases[0], by=by, committee=two).file_seq == 1, "given once"
    assert actions.number_file(case=made.failed(city), by=by, committee=two).file_seq == 1


def test_the_file_says_what_is_there_and_owed(city: City):
    case, by = made.effective(city), clerk(city)
    rows = {row.part.code: row for row in file_of(case)}
    assert rows["agreement"].is_owed and rows["rights"].is_owed and rows["identity"].is_owed
    assert "confirmation" not in rows and "minutes" not in rows
    for kind in ("med_agreement", "med_rights", "med_register"):
        actions.issue_paper(case=case, by=by, kind=kind)
    actions.visit(case=case, by=by, is_performed=False, text="还差一半")
    rows = {row.part.code: row for row in file_of(case)}
    assert rows["agreement"].is_there and rows["rights"].is_there and rows["request"].is_there
    assert rows["visit"].is_owed, "what was done and has no paper is not in the file"
    actions.issue_paper(case=case, by=by, kind="med_visit")
    assert {row.part.code for row in file_of(case) if row.is_owed} == {"identity"}
    failed = {row.part.code: row for row in file_of(made.failed(city))}
    assert "agreement" not in failed


def test_erasing_ends_what_could_be_found(city: City):
    from mingbai.cases.actions.residents import erase_matter

    case = made.effective(city)
    Case.objects.filter(pk=case.pk).update(state="closed", closed_at=timezone.now(), told_at=timezone.now())
    erase_matter(case=fresh(case), by=clerk(city), at=timezone.now(), reason="到期", verb="retired")
    held = agreement(case)
    assert held.content == "" and all(party.name == "" and party.name_hash == "" for party in parties(case))


def test_a_matter_converted_gets_its_row(city: City):
    case = work.take_up(case=make_case(), by=clerk(city), worker=city.owner)
    case = work.convert(case=case, by=clerk(city), kind="mediation", reason="双方愿意")
    assert case.stage == "accepted" and Mediation.objects.filter(case=case).exists()


def test_who_mediated_earns_once_by_the_difficulty(city: City):
    from mingbai.subsidies.models import Piece

    case, by = made.mediating(city), clerk(city)
    actions.state(case=case, by=by, statement=made.make_statement(grade="difficult"))
    actions.name_mediator(case=case, by=by, worker=mediator(city, "周和"))
    actions.draft(case=case, by=by, terms=made.written())
    assert not Piece.objects.exists()
    case = made.sign_all(city, case)
    rows = list(Piece.objects.order_by("pk").values_list("worker__name", "stage", "parts", "part", "state"))
    assert rows == [("孙和", "difficult", 2, 0, "earned"), ("周和", "difficult", 2, 1, "earned")]
    case = work.reopen(case=case, by=by, reason="各方要改")
    actions.begin(case=case, by=by)
    actions.draft(case=case, by=by, terms=made.written(content="另一份"))
    made.sign_all(city, case)
    assert Piece.objects.count() == 2


def _again(city: City, case: Case, *names: str) -> Case:
    """Reopened, led by these, and agreed anew."""
    by = clerk(city)
    case = work.reopen(case=case, by=by, reason="各方要改")
    for name in names:
        actions.name_mediator(case=case, by=by, worker=mediator(city, name))
    actions.begin(case=case, by=by)
    return actions.agree_orally(case=fresh(case), by=by, terms=made.oral())


@pytest.mark.parametrize("is_dismissed", [True, False])
def test_a_matter_is_paid_one_piece_whoever_agrees_it_anew(is_dismissed: bool, city: City):
    from mingbai.subsidies.models import Piece

    case = made.effective(city, made.written(terms=()))
    if is_dismissed:  # the same person is named again, as another row
        actions.visit(case=case, by=clerk(city), is_performed=True, text="都做到了")
    case = _again(city, fresh(case), "孙和" if is_dismissed else "周和")
    assert case.stage == "effective"
    assert list(Piece.objects.values_list("worker__name", "share", "state")) == [("孙和", 100, "earned")]


def test_a_numbered_file_keeps_its_committee(city: City):
    """Otherwise its number vanishes, or is another's already."""
    by, one = clerk(city), made.committee(city)
    two = made.committee(city, "望花区人民调解委员会", "望花")
    case = made.failed(city)
    for each, committee in ((case, one), (made.failed(city), two)):
        actions.number_file(case=each, by=by, committee=committee)
    case = work.reopen(case=fresh(case), by=by, reason="再谈")
    for other in (None, two.pk):
        actions.state(case=case, by=by, statement=made.make_statement(grade="simple", committee=other))
        row = made.row(case)
        assert (row.committee_id, row.file_seq, row.grade) == (one.pk, 1, "simple")


def test_a_mediation_that_fails_earns_nothing(city: City):
    from mingbai.subsidies.models import Piece

    made.failed(city)
    assert not Piece.objects.exists()
