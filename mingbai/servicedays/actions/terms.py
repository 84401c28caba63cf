"""The office's numbers, hosting communities, people's limits, shut ways: what the planner is bound by."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.journal.actions import write
from mingbai.people.models import Worker
from mingbai.places.actions import begin_rule
from mingbai.places.enums import Level
from mingbai.places.models import Region
from mingbai.servicedays.actions.rehome import rehome
from mingbai.servicedays.models import Block, DayRule, Host, Limit
from mingbai.servicedays.rules.terms import SEED


@transaction.atomic
def prepare(*, by: Actor) -> None:
    """Write the numbers that `migrate` writes, where there are none: an emptied database."""
    if not DayRule.objects.exists():
        rows = DayRule.objects.bulk_create(DayRule(**each.row()) for each in SEED)
        write(chain="rule:service_day", verb="rule.seeded", by=by, data={"rows": len(rows)})


@transaction.atomic
def set_number(
    *,
    by: Actor,
    code: str,
    amount: int,
    source: str,
    valid_from: date,
    region: Region | None = None,
    at: datetime | None = None,
) -> DayRule:
    """One number from a day on, in place of the one of its code and place.

    Raises Refused "rule_past", "bad_rule", "empty_text".
    """
    rule = DayRule(code=code, amount=amount, region=region, valid_from=valid_from)
    rule.source = clean_text(source, most=300, field="source")
    same = DayRule.objects.filter(code=code, region=region)
    data = {"code": code, "amount": amount, "region": region.pk if region else "", "source": rule.source}
    added: DayRule = begin_rule(rule=rule, same=same, by=by, data=data, at=at or timezone.now())
    return added


@transaction.atomic
def host_days(*, by: Actor, region: Region, room: str, since: date) -> Host:
    """A community holds days of its own from now on; what is needed there is counted there.

    Raises Refused "no_village", "empty_text".
    """
    if region.level != Level.VILLAGE:
        raise Refused(_("只有社区（村）需要登记为承办社区。"), code="no_village", field="region")
    room = clean_text(room, most=200, field="room")
    host, _made = Host.objects.update_or_create(
        region=region, defaults={"room": room, "since": since, "until": None}
    )
    _note(region, "hosts", by, room=room, since=since.isoformat())
    rehome(by=by, region=region.code)
    return host


@transaction.atomic
def end_hosting(*, by: Actor, host: Host, until: date) -> Host:
    """`until` is its last day. Raises Refused "bad_time"."""
    host = Host.objects.select_for_update(of=("self",)).select_related("region").get(pk=host.pk)
    if until < host.since:
        raise Refused(_("结束日期不能早于开始日期。"), code="bad_time", field="until")
    host.until = until
    host.save(update_fields=["until"])
    _note(host.region, "hosting_ended", by, until=until.isoformat())
    rehome(by=by, region=host.region_id)
    return host


@transaction.atomic
def set_limit(
    *,
    by: Actor,
    worker: Worker,
    is_sent: bool = True,
    leaves_duty: bool = False,
    most_days: int | None = None,
    capacity: int | None = None,
) -> Limit:
    """How far one person may be asked. Raises Refused "bad_count"."""
    if not 0 <= (most_days or 0) <= 31 or not 0 <= (capacity or 0) <= 100:
        raise Refused(_("每月最多 31 天，每天最多 100 件。"), code="bad_count", field="most_days")
    values = {"is_sent": is_sent, "leaves_duty": leaves_duty, "most_days": most_days, "capacity": capacity}
    limit, _made = Limit.objects.update_or_create(worker=worker, defaults=values)
    write(chain=f"worker:{worker.code}", verb="worker.day_limit", by=by, data=values)
    return limit


@transaction.atomic
def block_place(*, by: Actor, region: Region, starts_on: date, ends_on: date, reason: str) -> Block:
    """No service day there on these days. Raises Refused "bad_time", "empty_text"."""
    if ends_on < starts_on:
        raise Refused(_("结束日期不能早于开始日期。"), code="bad_time", field="ends_on")
    reason = clean_text(reason, most=200, field="reason")
    block = Block.objects.create(region=region, starts_on=starts_on, ends_on=ends_on, reason=reason)
    days = {"from": starts_on.isoformat(), "to": ends_on.isoformat()}
    _note(region, "blocked", by, **days, why=reason)
    return block


@transaction.atomic
def unblock_place(*, by: Actor, block: Block) -> None:
    """The way is open again, earlier than was thought."""
    days = {"from": block.starts_on.isoformat(), "to": block.ends_on.isoformat()}
    _note(block.region, "unblocked", by, **days, why=block.reason)
    block.delete()


def _note(region: Region, verb: str, by: Actor, **data: object) -> None:
    write(chain=f"region:{region.pk}", verb=f"serviceday.{verb}", by=by, data=data)
