"""What is kept for longer than it may be: counted first, then destroyed by rule or by appraisal, and told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Model

from mingbai.cases.actions.holds import lift_hold, set_hold
from mingbai.cases.actions.retention import retire
from mingbai.cases.models import Case, LegalHold
from mingbai.cases.queries.retention import due_to_retire
from mingbai.core.actor import Actor
from mingbai.core.holdings import holdings
from mingbai.core.numbers import clean_number
from mingbai.core.refused import Refused
from mingbai.core.retention import RETENTION, Retention
from mingbai.journal.actions import write
from mingbai.upkeep.queries import CHAIN

DESTROYED = "retention.destroyed"


@dataclass(frozen=True, slots=True)
class Due:
    """One class of personal values: its rule and source, the models that hold it, and how many rows are over
    their time; `by`: "rule" (ends by itself) or "appraisal" (a person decides)."""

    code: str
    kept: str
    source: str
    models: tuple[str, ...]
    rows: int
    by: str


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


def due(now: datetime) -> list[Due]:
    """A dry run over every class, in the order of their codes: everything is done and taken back again."""
    return [_due(one, now) for _code, one in sorted(RETENTION.items())]


def _due(one: Retention, now: datetime) -> Due:
    rows = _tried(one, now) if one.forget else 0
    if one.code == "case":
        rows = due_to_retire(now).count()
    by = "rule" if one.forget else "appraisal"
    return Due(one.code, one.kept, one.source, _models_of(one.code), rows, by)


def _tried(one: Retention, now: datetime) -> int:
    assert one.forget is not None
    with transaction.atomic():
        count = one.forget(now)
        transaction.set_rollback(True)
    return count


def _models_of(code: str) -> tuple[str, ...]:
    def holds(model: type[Model]) -> bool:
        return code in getattr(model, "PERSONAL", {}).values()

    return tuple(one.model._meta.label for one in holdings() if holds(one.model))


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


def held_now() -> list[LegalHold]:
    return list(LegalHold.objects.filter(lifted_at=None).select_related("case").order_by("set_at", "pk"))


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
