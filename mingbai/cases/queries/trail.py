"""Small looks at one matter: why it went where it went, and whether an offer is open."""

import json

from mingbai.cases.enums import HandoverState
from mingbai.cases.models import Case, Handover
from mingbai.journal.models import Entry


def reasons_of(case: Case) -> tuple[str, ...]:
    """The reasons of the routing, as the first entry of the matter's history holds them."""
    first = Entry.objects.filter(chain=case.chain, seq=1).values_list("data", flat=True).first()
    return tuple(json.loads(first).get("reasons", ())) if first else ()


def open_handover(case: Case) -> Handover | None:
    """The offer that waits for an answer."""
    found: Handover | None = (
        case.handovers.filter(state=HandoverState.OFFERED).select_related("giver", "taker").first()
    )
    return found
