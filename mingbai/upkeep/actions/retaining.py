"""What is kept for longer than it may be: counted first, then destroyed by rule or by appraisal, and told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import transaction

from mingbai.cases.actions.holds import lift_hold, set_hold
from mingbai.cases.actions.retention import retire
from mingbai.cases.models import Case
from mingbai.core.actor import Actor
from mingbai.core.numbers import clean_number
from mingbai.core.refused import Refused
from mingbai.core.retention import RETENTION
from mingbai.journal.actions import write
from mingbai.upkeep.queries import CHAIN, held_now

DESTROYED = "retention.destroyed"


@dataclass(slots=True)
class Protocol:
    """The protocol of one destruction: what, how many, on whose decision and on which ground."""

    at: str
    by: str
    reason: str
    classes: dict[str, int] = field(default_factory=dict)
    matters: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    held: list[str] = field(default_factory=list)

    def told(self) -> dict[str, object]:
        return asdict(self)


def destroy_due(*, by: Actor, now: datetime, reason: str) -> Protocol:
    """Destroy what its rule ends, class by class; each by itself, so that one that fails stops no other."""
    protocol = _protocol(by, now, reason)
    for code, one in sorted(RETENTION.items()):
        if one.forget and (count := one.forget(now)):
            protocol.classes[code] = count
    return _noted(protocol, by)


def destroy_appraised(*, numbers: Iterable[str], by: Actor, now: datetime, reason: str) -> Protocol:
    """Destroy the matters that an appraisal named; one that may not go is named with the reason."""
    protocol = _protocol(by, now, reason)
    for number in numbers:
        try:
            retire(case=_case(number), by=by, reason=reason, at=now)
            protocol.matters.append(clean_number(number))
        except Refused as refused:
            protocol.refused[clean_number(number)] = str(refused.reason)
    return _noted(protocol, by)


def hold(*, number: str, by: Actor, reason: str) -> None:
    """Raises Refused "not_found" and those of `set_hold`."""
    set_hold(case=_case(number), by=by, reason=reason)


def release(*, number: str, by: Actor, reason: str) -> None:
    """Raises Refused "not_found" and those of `lift_hold`."""
    lift_hold(case=_case(number), by=by, reason=reason)


def _protocol(by: Actor, now: datetime, reason: str) -> Protocol:
    held = [one.case.number for one in held_now()]
    return Protocol(now.isoformat(timespec="seconds"), by.name, reason, held=held)


@transaction.atomic
def _noted(protocol: Protocol, by: Actor) -> Protocol:
    """The protocol stands in the journal too: numbers and counts, nothing personal."""
    write(chain=CHAIN, verb=DESTROYED, by=by, data=protocol.told() | {"years": settings.CASES_KEPT_YEARS})
    return protocol


def _case(number: str) -> Case:
    case = Case.objects.filter(number=clean_number(number)).first()
    if case is None:
        raise Refused("没有这个编号。", code="not_found")
    return case
