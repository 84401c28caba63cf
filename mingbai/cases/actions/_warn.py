"""Texts are read for what they warn of: part of every action that takes a resident's words in."""

from collections.abc import Iterable
from datetime import datetime

from mingbai.cases.actions._record import enter
from mingbai.cases.actions._tell import notify_supervisors
from mingbai.cases.enums import RiskState
from mingbai.cases.models import Case, RiskCard
from mingbai.cases.rules.risks import AT_ONCE
from mingbai.core.actor import Actor
from mingbai.knowledge.enums import Risk
from mingbai.knowledge.rules.triage import risks_of
from mingbai.notices.actions.groups import tell_management


def cards_of(case: Case, text: str, at: datetime) -> list[RiskCard]:
    """The cards that a text opens, not saved. Costs a tenth of a millisecond and no query."""
    found: dict[str, RiskCard] = {}
    for reason in risks_of(text):
        card = found.setdefault(reason.code, RiskCard(case=case, risk=reason.code, opened_at=at))
        card.words = reason.words
    return list(found.values())


def tell_at_once(case: Case, cards: Iterable[RiskCard], by: Actor) -> None:
    """The supervisors hear of what cannot wait; the notice holds the number and the risk, nothing else."""
    for card in cards:
        if card.risk in AT_ONCE:
            notify_supervisors(
                case=case,
                event=f"risk:{card.risk}:{card.opened_at:%Y%m%d%H%M%S}",
                template="case_risk",
                by=by,
                risk=str(Risk(card.risk).label),
            )
            _tell_groups(case, card, by)


def _tell_groups(case: Case, card: RiskCard, by: Actor) -> None:
    """The managers' groups hear where and what, and the way to it; not even the number."""
    tell_management(
        by=by,
        region=case.station.region_id,
        event=f"case:{case.pk}:risk:{card.risk}:{card.opened_at:%Y%m%d%H%M%S}",
        template="group_risk",
        context={"station": case.station.name, "risk": str(Risk(card.risk).label)},
        path="/desk/",
    )


def warn(case: Case, text: str, by: Actor, at: datetime) -> None:
    """Open the cards of what was said later; a risk whose card is still open opens none.

    The caller holds the matter and saves it.
    """
    found = cards_of(case, text, at)
    still_open = case.risk_cards.filter(state=RiskState.OPEN)
    held = set(still_open.values_list("risk", flat=True)) if found else set()
    cards = [card for card in found if card.risk not in held]
    if cards:
        RiskCard.objects.bulk_create(cards)
        case.at_risk = True
        enter(case, "warned", by, at, risks=[card.risk for card in cards])
        tell_at_once(case, cards, by)
