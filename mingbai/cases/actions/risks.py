"""Risk cards: reported by a person with one key, or dismissed with a reason; whom to call then."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from mingbai.cases.actions._record import enter, locked, now_or
from mingbai.cases.actions._warn import tell_at_once
from mingbai.cases.enums import RiskState
from mingbai.cases.models import Case, HelpContact, RiskCard
from mingbai.cases.rules.risks import HelpTerms, next_state
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.knowledge.enums import Risk
from mingbai.places.actions import begin_rule


@transaction.atomic
def see_risk(*, case: Case, by: Actor, risk: str, words: str, at: datetime | None = None) -> RiskCard:
    """Somebody who deals with the people sees it, whatever the text says: supervisors hear at once.

    The same risk, still open, is not opened twice. Raises Refused "bad_choice", "empty_text".
    """
    at, case = now_or(at), locked(case)
    if risk not in Risk.values:
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="risk")
    words = clean_text(words, most=1000, field="words")
    card = RiskCard.objects.filter(case=case, risk=risk, state=RiskState.OPEN).first()
    if card is not None:
        card.case = case
        return card
    card = RiskCard(case=case, risk=risk, opened_at=at)
    card.words = words
    card.save(force_insert=True)
    case.at_risk = True
    case.save(update_fields=["at_risk"])
    enter(case, "warned", by, at, risks=[risk])
    tell_at_once(case, [card], by)
    return card


@transaction.atomic
def report_risk(*, card: RiskCard, by: Actor, to: str, at: datetime | None = None) -> RiskCard:
    """Reported to whom, by whom, when. Raises Refused "empty_text", "too_long"."""
    card, at = _held(card), now_or(at)
    to = clean_text(to, most=120, field="to")
    _end(card, "report", by, at)
    card.reported_to = to
    card.save()
    enter(card.case, "risk_reported", by, at, risk=card.risk, office=to)
    return card


@transaction.atomic
def dismiss_risk(*, card: RiskCard, by: Actor, reason: str, at: datetime | None = None) -> RiskCard:
    """The words mean something else. Raises Refused "risk_ended", "empty_text"."""
    card, at = _held(card), now_or(at)
    reason = clean_text(reason, most=500, field="reason")
    _end(card, "dismiss", by, at)
    card.reason = reason
    card.save()
    enter(card.case, "risk_dismissed", by, at, risk=card.risk, why=reason)
    return card


@transaction.atomic
def add_contact(*, by: Actor, terms: HelpTerms, at: datetime | None = None) -> HelpContact:
    """Whom to call, from a day on, in place of the row of the same office. Raises Refused "bad_choice" …"""
    if terms.risk not in Risk.values:
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="risk")
    contact = HelpContact(**terms.row())
    contact.name = clean_text(terms.name, most=64, field="name")
    contact.when = clean_text(terms.when, most=200, field="when")
    contact.source = clean_text(terms.source, most=300, field="source")
    same = HelpContact.objects.filter(risk=terms.risk, name=contact.name)
    data = {"risk": contact.risk, "name": contact.name, "phone": contact.phone, "source": contact.source}
    added: HelpContact = begin_rule(rule=contact, same=same, by=by, data=data, at=now_or(at))
    return added


def _held(card: RiskCard) -> RiskCard:
    """The matter first, then its card: the order in which everybody locks."""
    case = locked(card.case)
    held = RiskCard.objects.select_for_update(of=("self",)).get(pk=card.pk)
    held.case = case
    return held


def _end(card: RiskCard, verb: str, by: Actor, at: datetime) -> None:
    card.state = next_state(card.state, verb)
    card.ended_at, card.ended_by = at, by.name[:64]
    others = RiskCard.objects.filter(case=card.case, state=RiskState.OPEN).exclude(pk=card.pk)
    card.case.at_risk = others.exists()
    card.case.save(update_fields=["at_risk"])
