"""Risk cards: opened by what is said, the supervisor told at once, reported or dismissed."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from mingbai.cases.actions import risks, rulebook, work
from mingbai.cases.enums import RiskState
from mingbai.cases.models import Case, HelpContact, RiskCard
from mingbai.cases.queries import contacts_for, history_of
from mingbai.cases.rules.risks import AT_ONCE, HELP, TRANSITIONS, HelpTerms, next_state
from mingbai.core.actor import RESIDENT, SYSTEM
from mingbai.core.refused import Refused
from mingbai.journal.models import Entry
from mingbai.knowledge.enums import Risk
from mingbai.notices.models import Notice
from tests.cases.factories import City, make_case, make_opened
from tests.cases.test_work import code

HIT = "老公喝了酒就打我，昨天又动手了"


def warned(city: City, text: str = HIT, **more: object) -> Case:
    return Case.objects.get(pk=make_opened(text=text, **more).case.pk)


def card_of(case: Case) -> RiskCard:
    return case.risk_cards.get()


def test_a_text_that_warns_opens_a_card_with_its_words(city: City):
    case = warned(city)
    card = card_of(case)
    assert (case.at_risk, card.risk, card.state) == (True, Risk.VIOLENCE, RiskState.OPEN)
    assert card.words and card.words in HIT and card.words.encode() not in bytes(card.words_sealed)
    first = Entry.objects.filter(chain=case.chain).earliest("seq")
    assert json.loads(first.data)["risks"] == ["violence"] and card.words not in first.data


def test_a_text_that_warns_of_nothing_opens_none_and_asks_nothing(city: City):
    case = make_case(text="房租押金不退怎么办")
    assert (
        not case.at_risk and not RiskCard.objects.exists() and not Notice.objects.filter(template="case_risk")
    )


def test_one_card_for_each_risk(city: City):
    case = warned(city, "儿子八岁，被他后爸打得满身是伤，我也不想活了")
    assert {card.risk for card in case.risk_cards.all()} == {Risk.MINOR, Risk.VIOLENCE, Risk.SUICIDE}


def test_what_a_ledger_tells_of_the_past_warns_of_nothing(city: City):
    now = timezone.now()
    case = warned(city, imported_from="test.csv", opened_at=now, ended_at=now)
    assert not case.at_risk and not case.risk_cards.exists()


def test_the_supervisor_hears_at_once_and_reads_nothing_personal(city: City):
    city.supervisor.email = "boss@example.com"
    city.supervisor.save()
    warned(city)
    notice = Notice.objects.get(template="case_risk")
    assert "暴力伤害" in str(notice.context) and "老公" not in str(notice.context)
    warned(city, "我们二十个人的工资老板没发")
    assert Notice.objects.filter(template="case_risk").count() == 1  # it is not among those told at once


def test_what_is_said_later_warns_too_and_each_risk_once(city: City):
    case = make_case(text="想离婚")
    work.supplement(case=case, by=RESIDENT, text=HIT)
    work.supplement(case=case, by=RESIDENT, text=HIT)
    case.refresh_from_db()
    assert case.at_risk and card_of(case).risk == Risk.VIOLENCE
    assert [line.text for line in history_of(case) if line.verb == "case.warned"] == [
        "文字提示风险：暴力伤害"
    ]


def test_a_risk_that_was_dealt_with_warns_again(city: City):
    city.supervisor.email = "boss@example.com"
    city.supervisor.save()
    case = warned(city)
    risks.report_risk(card=card_of(case), by=city.alice.actor, to="110")
    work.supplement(
        case=case, by=RESIDENT, text="他昨晚又打我，拿刀追我", at=timezone.now() + timedelta(hours=1)
    )
    case.refresh_from_db()
    assert case.at_risk and case.risk_cards.filter(state=RiskState.OPEN).count() == 1
    assert Notice.objects.filter(template="case_risk").count() == 2


def test_reported_with_one_key(city: City):
    case = warned(city)
    card = risks.report_risk(card=card_of(case), by=city.alice.actor, to="公安机关110")
    case.refresh_from_db()
    assert (card.state, card.reported_to, case.at_risk) == (RiskState.REPORTED, "公安机关110", False)
    assert card.ended_by == city.alice.actor.name and card.ended_at
    assert "“暴力伤害”已报告公安机关110" in [line.text for line in history_of(case)]


def test_another_office_may_be_told_and_what_was_told_cannot_be_dismissed(city: City):
    card = card_of(warned(city))
    for office in ("公安机关", "妇联"):
        risks.report_risk(card=card, by=city.alice.actor, to=office)
    assert RiskCard.objects.get().reported_to == "妇联"
    assert code(risks.dismiss_risk, card=card, by=city.alice.actor, reason="误报") == "risk_ended"


def test_a_false_alarm_is_dismissed_with_a_reason(city: City):
    case = warned(city)
    assert code(risks.dismiss_risk, card=card_of(case), by=city.alice.actor, reason=" ") == "empty_text"
    risks.dismiss_risk(card=card_of(case), by=city.alice.actor, reason="说的是电视剧")
    case.refresh_from_db()
    assert not case.at_risk and card_of(case).state == RiskState.DISMISSED
    line = next(line for line in history_of(case) if line.verb == "case.risk_dismissed")
    assert line.why == "说的是电视剧"


def test_a_matter_is_at_risk_until_its_last_card_is_dealt_with(city: City):
    case = warned(city, "他拿刀砍我，我不想活了")
    first, second = case.risk_cards.order_by("id")
    risks.report_risk(card=first, by=city.alice.actor, to="110")
    assert Case.objects.get(pk=case.pk).at_risk
    risks.report_risk(card=second, by=city.alice.actor, to="120")
    assert not Case.objects.get(pk=case.pk).at_risk


@pytest.mark.parametrize("verb", TRANSITIONS)
@pytest.mark.parametrize("state", RiskState.values)
def test_the_table_of_states(verb: str, state: str):
    if RiskState(state) in TRANSITIONS[verb]:
        assert next_state(state, verb) == TRANSITIONS[verb][RiskState(state)]
    else:
        with pytest.raises(Refused):
            next_state(state, verb)


def test_for_every_risk_there_is_somebody_to_call_with_a_source(city: City):
    found = contacts_for(Risk.values, timezone.localdate())
    assert set(found) == set(Risk.values) and HelpContact.objects.count() == len(HELP)
    assert all(row.when and row.source for rows in found.values() for row in rows)
    assert {row.phone for row in found[Risk.VIOLENCE]} >= {"110", "12338"}
    assert AT_ONCE <= set(Risk.values)


def test_a_city_adds_its_own_office_and_bad_ones_are_refused(city: City):
    today = timezone.localdate()
    terms = HelpTerms("minor", "新抚区未成年人保护站", "024-52600000", "随时", "抚民〔2026〕3号", today)
    risks.add_contact(by=SYSTEM, terms=terms)
    assert "新抚区未成年人保护站" in [row.name for row in contacts_for(["minor"], today)["minor"]]
    for change in ({"risk": "nothing"}, {"source": " "}, {"name": ""}):
        values = {**terms.row(), **change}
        assert code(risks.add_contact, by=SYSTEM, terms=HelpTerms(**values)) in {"bad_choice", "empty_text"}


def test_an_emptied_database_gets_its_offices_again(city: City):
    HelpContact.objects.all().delete()
    rulebook.prepare(by=SYSTEM)
    assert HelpContact.objects.count() == len(HELP)
