"""The dated rules of time and routing: never edited; an old one ends and a new one begins."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mingbai.cases.actions._record import now_or
from mingbai.cases.enums import Channel, Event, Strength, Unit
from mingbai.cases.kinds import KINDS
from mingbai.cases.models import DeadlineRule, HelpContact, RoutingRule
from mingbai.cases.rules.risks import HELP
from mingbai.cases.rules.seeds import DEADLINES, ROUTES, DeadlineTerms
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.journal.actions import write
from mingbai.places.actions import begin_rule, touch
from mingbai.places.enums import Tier
from mingbai.places.models import Region


@transaction.atomic
def prepare(*, by: Actor) -> None:
    """Write the rules that `migrate` writes, where there are none: an emptied database."""
    rows = 0
    # A line may have brought its own rows before.
    if not DeadlineRule.objects.filter(code__in=[each.code for each in DEADLINES]).exists():
        rows += len(DeadlineRule.objects.bulk_create(DeadlineRule(**each.row()) for each in DEADLINES))
    if not RoutingRule.objects.exists():
        rows += len(RoutingRule.objects.bulk_create(RoutingRule(**each.row()) for each in ROUTES))
    if not HelpContact.objects.exists():
        rows += len(HelpContact.objects.bulk_create(HelpContact(**each.row()) for each in HELP))
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
    data = {**same, "amount": rule.amount, "unit": rule.unit, "source": rule.source}
    rows = DeadlineRule.objects.filter(**same)
    added: DeadlineRule = begin_rule(rule=rule, same=rows, by=by, data=data, at=now_or(at))
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
    data = {**same, "region": region.pk if region else "", "lowest_tier": lowest_tier, "source": rule.source}
    rows = RoutingRule.objects.filter(**same)
    added: RoutingRule = begin_rule(rule=rule, same=rows, by=by, data=data, at=now_or(at))
    return added


def _known(kind: str, *choices: tuple[str, Any]) -> None:
    if kind and kind not in KINDS:
        raise Refused(_("没有这类业务。"), code="unknown_kind", field="kind")
    if any(value not in allowed.values for value, allowed in choices):
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice")
