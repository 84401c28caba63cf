"""The registry of ledger files: which columns, how a row lands, how a period is written out again."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from mingbai.core.actor import Actor
from mingbai.core.registry import Registry
from mingbai.integrations.ledgers.files import Row

LEDGER = Actor("system", "ledger", "台账导入")


@dataclass(frozen=True)
class Period:
    """Days of the export, both counted; `region` "" is the whole city."""

    first: date
    last: date
    region: str = ""


@dataclass(frozen=True)
class Ledger:
    """`identity` names the column that numbers a row ("" : content plus occurrence).

    `land(row, became)` writes the row through the action of its app and returns what it became;
    `became` is what an earlier run made of it, "" the first time. It raises Refused for a bad row.
    """

    name: str
    columns: Sequence[str]
    land: Callable[[Row, str], str]
    identity: str = ""
    export: Callable[[Period], Iterable[Sequence[str]]] | None = field(default=None)
    normal: Callable[[Row], Row] = field(default=dict)
    """The row in one spelling: what differs only in spelling is not another content."""
    found: Callable[[Row], tuple[str, Sequence[str]] | None] | None = field(default=None)
    """What the house holds under this number, and how it is written: our own export comes back."""


LEDGERS: Registry[Ledger] = Registry("ledgers")

KNOWN = (
    "stations",
    "people",
    "net_orders",
    "calls",
    "window_visits",
    "service_days",
    "service_day_records",
    "reception_opinions",
    "materials",
    "province_hotlines",
)
"""In the order in which they land."""
