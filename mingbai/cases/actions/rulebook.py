"""The dated rules of time and routing: never edited; an old one ends and a new one begins."""

from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.actions._record import now_or
from mingbai.cases.enums import Channel, Event, Strength, Unit
from mingbai.cases.kinds import KINDS
from mingbai.cases.models import DeadlineRule, RoutingRule
from mingbai.cases.rules.seeds import DEADLINES, ROUTES, DeadlineTerms
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.journal.actions import write
from mingbai.places.actions import touch
from mingbai.places.enums import Tier
from mingbai.places.models import Region

_ONE_DAY = timedelta(days=1)


@transaction.atomic
def prepare(*, by: Actor) -> None:
    """Write the rules that `migrate` writes, where there are none: an emptied database."""
    rows = 0
    if not DeadlineRule.objects.exists():
        rows += len(DeadlineRule.objects.bulk_create(DeadlineRule(**each.row()) for each in DEADLINES))
    if not RoutingRule.objects.exists():
        rows += len(RoutingRule.objects.bulk_create(RoutingRule(**each.row()) for each in ROUTES))
    if rows:
        write(chain="rule:seed", verb="rule.seeded", by=by, data={"rows": rows})
        touch(by=by)


@transaction.atomic
def add_deadline_rule(*, by: Actor, terms: DeadlineTerms, at: datetime | None = None) -> DeadlineRule:
    """A rule of time from a day on, in place of the one of the same code and reach, which ends before.

    Running clocks keep the rule they started under. Raises Refused "bad_choice", "bad_amount", "rule_past".
    """
    choices = ((terms.unit, Unit), (terms.starts_on, Event), (terms.stops_on, Event))
    _known(terms.kind, *choices, (terms.strength, Strength))
    if not 1 <= terms.amount <= 366:
        raise Refused(_("期限须在 1 到 366 之间。"), code="bad_amount", field="amount")
    rule = DeadlineRule(**terms.row())
    rule.name = clean_text(terms.name, most=64, field="name")
    rule.source = clean_text(terms.source, most=300, field="source")
    same = {name: getattr(terms, name) for name in ("code", "kind", "stage", "wage_only", "urgent_only")}
    ended = _succeed(rule, DeadlineRule.objects.filter(**same), now_or(at))
    what = {"amount": rule.amount, "unit": rule.unit, "source": rule.source}
    added: DeadlineRule = _added(rule, by, ended, at, {**same, **what})
    return added


@transaction.atomic
def add_routing_rule(
    *,
    by: Actor,
    lowest_tier: str,
    source: str,
    valid_from: date,
    kind: str = "",
    channel: str = "",
    region: Region | None = None,
    urgent_only: bool = False,
    at: datetime | None = None,
) -> RoutingRule:
    """The lowest tier that such matters may reach, from a day on, in place of the rule of the same reach."""
    _known(kind, (lowest_tier, Tier), *([(channel, Channel)] if channel else []))
    rule = RoutingRule(
        kind=kind,
        channel=channel,
        region=region,
        urgent_only=urgent_only,
        lowest_tier=lowest_tier,
        source=clean_text(source, most=300, field="source"),
        valid_from=valid_from,
    )
    same: dict[str, Any] = {"kind": kind, "channel": channel, "region": region, "urgent_only": urgent_only}
    ended = _succeed(rule, RoutingRule.objects.filter(**same), now_or(at))
    what = {**same, "region": region.pk if region else "", "lowest_tier": lowest_tier, "source": rule.source}
    added: RoutingRule = _added(rule, by, ended, at, what)
    return added


@transaction.atomic
def end_rule(
    *, rule: DeadlineRule | RoutingRule, by: Actor, on: date, reason: str, at: datetime | None = None
) -> DeadlineRule | RoutingRule:
    """The rule holds to that day, and nothing takes its place. Raises Refused "rule_ended", "rule_past"."""
    at, reason = now_or(at), clean_text(reason, most=500, field="reason")
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


def _known(kind: str, *choices: tuple[str, Any]) -> None:
    if kind and kind not in KINDS:
        raise Refused(_("没有这类业务。"), code="unknown_kind", field="kind")
    if any(value not in allowed.values for value, allowed in choices):
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice")


def _succeed(rule: DeadlineRule | RoutingRule, same: Any, at: datetime) -> DeadlineRule | RoutingRule | None:
    """End the rule that holds now, on the day before the new one begins."""
    if rule.valid_from < timezone.localdate(at):
        raise Refused(_("规则不能从过去的日期起施行。"), code="rule_past", field="valid_from")
    old: DeadlineRule | RoutingRule | None = (
        same.select_for_update(of=("self",)).filter(valid_to=None).order_by("-valid_from").first()
    )
    if old is not None and old.valid_from >= rule.valid_from:
        raise Refused(_("同一天起已有一条这样的规则。"), code="rule_past", field="valid_from")
    if old is not None:
        old.valid_to = rule.valid_from - _ONE_DAY
        old.save(update_fields=["valid_to"])
    return old


def _added(rule: Any, by: Actor, ended: Any, at: datetime | None, what: dict[str, Any]) -> Any:
    try:
        rule.full_clean()
    except ValidationError as error:
        raise Refused("；".join(error.messages), code="bad_rule") from None
    rule.save(force_insert=True)
    data = {**what, "valid_from": rule.valid_from.isoformat(), "replaces": ended.pk if ended else None}
    _note(rule, "added", by, now_or(at), data)
    touch(by=by)
    return rule


def _note(rule: Any, verb: str, by: Actor, at: datetime, data: dict[str, Any]) -> None:
    table = "deadline" if isinstance(rule, DeadlineRule) else "routing"
    write(chain=f"rule:{table}:{rule.pk}", verb=f"rule.{verb}", by=by, at=at, data=data)
