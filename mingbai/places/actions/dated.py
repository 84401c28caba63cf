"""Dated rules (periods, routes, lines of hardship …): never edited; an old one ends and a new one begins.

A model of dated rules has `source`, `valid_from`, `valid_to` (its last day) and `TABLE`, its chain's name.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.journal.actions import write
from mingbai.places.actions.revision import touch

_ONE_DAY = timedelta(days=1)


def begin_rule(*, rule: Any, same: Any, by: Actor, data: dict[str, Any], at: datetime) -> Any:
    """Save a new rule in place of the one among the rows `same` that holds now, which ends the day before.

    `data` goes into the journal. Raises Refused "rule_past" (a day gone by, or one of that day stands) and
    "bad_rule" (what the row's own checks refuse).
    """
    if rule.valid_from < timezone.localdate(at):
        raise Refused(_("规则不能从过去的日期起施行。"), code="rule_past", field="valid_from")
    old = same.select_for_update(of=("self",)).filter(valid_to=None).order_by("-valid_from").first()
    if old is not None and old.valid_from >= rule.valid_from:
        raise Refused(_("同一天起已有一条这样的规则。"), code="rule_past", field="valid_from")
    if old is not None:
        old.valid_to = rule.valid_from - _ONE_DAY
        old.save(update_fields=["valid_to"])
    try:
        rule.full_clean()
    except ValidationError as error:
        raise Refused("；".join(error.messages), code="bad_rule") from None
    rule.save(force_insert=True)
    told = {**data, "valid_from": rule.valid_from.isoformat(), "replaces": old.pk if old else None}
    _note(rule, "added", by, at, told)
    touch(by=by)
    return rule


@transaction.atomic
def end_rule(*, rule: Any, by: Actor, on: date, reason: str, at: datetime | None = None) -> Any:
    """The rule holds to that day, and nothing takes its place. Raises Refused "rule_ended", "rule_past"."""
    at, reason = at or timezone.now(), clean_text(reason, most=500, field="reason")
    held = type(rule).objects.select_for_update(of=("self",)).get(pk=rule.pk)
    if held.valid_to is not None:
        raise Refused(_("这条规则已经定了失效日期。"), code="rule_ended")
    if on < max(held.valid_from, timezone.localdate(at) - _ONE_DAY):
        raise Refused(_("规则不能在过去失效。"), code="rule_past", field="on")
    held.valid_to = on
    held.save(update_fields=["valid_to"])
    _note(held, "ended", by, at, {"on": on.isoformat(), "why": reason})
    touch(by=by)
    return held


def _note(rule: Any, verb: str, by: Actor, at: datetime, data: dict[str, Any]) -> None:
    write(chain=f"rule:{rule.TABLE}:{rule.pk}", verb=f"rule.{verb}", by=by, at=at, data=data)
