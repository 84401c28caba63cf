"""Risk cards: the table of their states, who must hear at once, and whom a new city calls."""

import csv
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _

from mingbai.cases.enums import RiskState
from mingbai.core.refused import Refused
from mingbai.knowledge.enums import Risk

_S = RiskState
TRANSITIONS: Mapping[str, Mapping[RiskState, RiskState]] = MappingProxyType(
    {
        "report": {_S.OPEN: _S.REPORTED, _S.REPORTED: _S.REPORTED, _S.DISMISSED: _S.REPORTED},
        "dismiss": {_S.OPEN: _S.DISMISSED},
    }
)
"""verb → {state before: state after}. A second office may be told; what was told cannot be untold."""

AT_ONCE = frozenset({Risk.MINOR, Risk.VIOLENCE, Risk.SUICIDE, Risk.ESCALATION})
"""The supervisor hears with the matter itself (未成年人保护法 Art. 11: at once; 人民调解法 Art. 25)."""


def next_state(state: str, verb: str) -> RiskState:
    """Raises Refused "risk_ended"."""
    try:
        return TRANSITIONS[verb][RiskState(state)]
    except KeyError:
        text = _("这条风险提示已经是“%(state)s”。") % {"state": RiskState(state).label}
        raise Refused(text, code="risk_ended", do=_("请刷新页面，看看现在的情况。")) from None


@dataclass(frozen=True, slots=True)
class HelpTerms:
    """A row of HelpContact."""

    risk: str
    name: str
    phone: str
    when: str
    source: str
    valid_from: date = date(2022, 1, 1)

    def row(self) -> dict[str, Any]:
        return asdict(self)


def _read() -> tuple[HelpTerms, ...]:
    with (Path(__file__).parents[1] / "data" / "help.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return tuple(
            HelpTerms(row["risk"], row["name"], row["phone"], row["when"], row["source"]) for row in rows
        )


HELP: tuple[HelpTerms, ...] = _read()
"""What a new city starts with; its own offices and phones are rows of its own."""
