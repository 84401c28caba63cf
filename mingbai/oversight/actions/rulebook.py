"""The dated rows of oversight: what villages are owed, when a late matter climbs, what stations are asked."""

from collections.abc import Sequence
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.models import DeadlineRule
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.journal.actions import write
from mingbai.oversight.models import ClimbRule, Criterion, QuotaRule, Standard
from mingbai.oversight.rules import climbing, quotas, standard
from mingbai.oversight.rules.standard import CriterionTerms
from mingbai.places.actions import begin_rule, touch


@transaction.atomic
def prepare(*, by: Actor) -> None:
    """Write the rows that `migrate` writes, where there are none: an emptied database."""
    rows = 0
    if not QuotaRule.objects.exists():
        rows += len(QuotaRule.objects.bulk_create(QuotaRule(**each.row()) for each in quotas.SEED))
    if not ClimbRule.objects.exists():
        rows += len(ClimbRule.objects.bulk_create(ClimbRule(**each.row()) for each in climbing.SEED))
    if not DeadlineRule.objects.filter(code=climbing.REPLY).exists():
        DeadlineRule.objects.create(**climbing.REPLY_TERMS.row())
        rows += 1
    if not Standard.objects.exists():
        rows += _standards()
    if rows:
        write(chain="rule:oversight", verb="rule.seeded", by=by, data={"rows": rows})
        touch(by=by)


def _standards() -> int:
    rows = [
        Standard(tier=tier, name=standard.NAMES[tier], source=standard.SOURCE, valid_from=standard.SINCE)
        for tier in standard.SEED
    ]
    Standard.objects.bulk_create(rows)
    lines = [
        Criterion(standard=row, **terms.row(number))
        for row in rows
        for number, terms in enumerate(standard.SEED[row.tier], start=1)
    ]
    return len(Criterion.objects.bulk_create(lines))


@transaction.atomic
def set_quota(
    *,
    by: Actor,
    code: str,
    amount: int,
    source: str,
    valid_from: date,
    village_class: str = "",
    at: datetime | None = None,
) -> QuotaRule:
    """What villages of a class are owed from a day on. Raises Refused "rule_past", "bad_rule"."""
    rule = QuotaRule(code=code, amount=amount, village_class=village_class, valid_from=valid_from)
    rule.source = clean_text(source, most=300, field="source")
    same = QuotaRule.objects.filter(code=code, village_class=village_class)
    data = {"code": code, "class": village_class, "amount": amount, "source": rule.source}
    added: QuotaRule = begin_rule(rule=rule, same=same, by=by, data=data, at=at or timezone.now())
    return added


@transaction.atomic
def set_standard(
    *,
    by: Actor,
    tier: str,
    name: str,
    source: str,
    valid_from: date,
    lines: Sequence[CriterionTerms],
    at: datetime | None = None,
) -> Standard:
    """What is asked of the stations of a tier from a day on; reviews that began keep theirs.

    Raises Refused "bad_points" (they do not come to 100), "rule_past", "bad_rule".
    """
    points = sum(line.points for line in lines)
    if points != 100:
        raise Refused(
            _("各项分值加起来是 %(points)s，应当是 100。") % {"points": points},
            code="bad_points",
            field="lines",
        )
    rule = Standard(tier=tier, name=clean_text(name, most=100, field="name"), valid_from=valid_from)
    rule.source = clean_text(source, most=300, field="source")
    data = {"tier": tier, "lines": len(lines), "source": rule.source}
    same = Standard.objects.filter(tier=tier)
    added: Standard = begin_rule(rule=rule, same=same, by=by, data=data, at=at or timezone.now())
    for number, line in enumerate(lines, start=1):
        _add_line(Criterion(standard=added, **line.row(number)))
    return added


def _add_line(line: Criterion) -> None:
    try:
        line.full_clean()
    except ValidationError as error:
        said = "；".join(error.messages)
        raise Refused(
            _("第 %(n)d 项：%(why)s") % {"n": line.number, "why": said}, code="bad_rule", field="lines"
        ) from None
    line.save(force_insert=True)


@transaction.atomic
def set_climb(
    *, by: Actor, rung: str, days: int, source: str, valid_from: date, at: datetime | None = None
) -> ClimbRule:
    """From how many days over its time a matter is on a rung. Raises Refused "rule_past", "bad_rule"."""
    rule = ClimbRule(rung=rung, days=days, valid_from=valid_from)
    rule.source = clean_text(source, most=300, field="source")
    same = ClimbRule.objects.filter(rung=rung)
    data = {"rung": rung, "days": days, "source": rule.source}
    added: ClimbRule = begin_rule(rule=rule, same=same, by=by, data=data, at=at or timezone.now())
    return added
