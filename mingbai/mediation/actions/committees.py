"""Committees and who sits in them; the numbers that the law names; what an emptied database starts with."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.models import DeadlineRule
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.journal.actions import write
from mingbai.mediation.actions._record import now_or
from mingbai.mediation.enums import RuleCode
from mingbai.mediation.models import Committee, CommitteeRule, Member
from mingbai.mediation.rules.seeds import NUMBERS, PERIODS
from mingbai.people.models import Worker
from mingbai.places.actions import begin_rule, touch
from mingbai.places.enums import OrganisationKind
from mingbai.places.models import Organisation


@transaction.atomic
def prepare(*, by: Actor) -> None:
    """Write what `migrate` writes, where it is missing: an emptied database."""
    rows = 0
    if not CommitteeRule.objects.exists():
        rows += len(CommitteeRule.objects.bulk_create(CommitteeRule(**each.row()) for each in NUMBERS))
    known = set(DeadlineRule.objects.values_list("code", flat=True))
    new = [DeadlineRule(**each.row()) for each in PERIODS if each.code not in known]
    rows += len(DeadlineRule.objects.bulk_create(new))
    if rows:
        write(chain="rule:mediation", verb="rule.seeded", by=by, data={"rows": rows})
        touch(by=by)


@transaction.atomic
def set_number(
    *, by: Actor, code: str, amount: int, source: str, valid_from: date, at: datetime | None = None
) -> CommitteeRule:
    """Another number from a day on, with its source. Raises Refused "bad_choice", "rule_past", "bad_rule"."""
    if code not in RuleCode.values:
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="code")
    rule = CommitteeRule(code=code, amount=amount, valid_from=valid_from)
    rule.source = clean_text(source, most=300, field="source")
    same = CommitteeRule.objects.filter(code=code)
    data = {"code": code, "amount": amount, "source": rule.source}
    added: CommitteeRule = begin_rule(rule=rule, same=same, by=by, data=data, at=now_or(at))
    return added


@transaction.atomic
def set_committee(
    *,
    by: Actor,
    organisation: Organisation,
    short: str,
    since: date | None = None,
    is_mixed: bool = False,
    is_active: bool = True,
    at: datetime | None = None,
) -> Committee:
    """The committee of an organisation, made or corrected. What the law wants of it is a finding.

    Raises Refused "not_a_committee", "bad_time", "short_taken", "empty_text".
    """
    at = now_or(at)
    if organisation.kind != OrganisationKind.MEDIATION_COMMITTEE:
        raise Refused(_("这个机构不是人民调解委员会。"), code="not_a_committee", field="organisation")
    short = clean_text(short, most=16, field="short")
    if since is not None and since > timezone.localdate(at):
        raise Refused(_("推选的日期不能在将来。"), code="bad_time", field="since")
    if Committee.objects.filter(short=short).exclude(organisation=organisation).exists():
        raise Refused(_("别的调委会已经用这个简称。"), code="short_taken", field="short")
    values = {"short": short, "since": since, "is_mixed": is_mixed, "is_active": is_active}
    committee, _new = Committee.objects.update_or_create(organisation=organisation, defaults=values)
    told = {**values, "since": since.isoformat() if since else None, "organisation": organisation.pk}
    write(chain=committee.chain, verb="committee.set", by=by, at=at, data=told)
    return committee


@transaction.atomic
def seat(
    *,
    by: Actor,
    committee: Committee,
    worker: Worker,
    since: date,
    is_seat: bool = True,
    is_chair: bool = False,
    is_woman: bool = False,
    is_minority: bool = False,
    at: datetime | None = None,
) -> Member:
    """Somebody of the register sits in it (again: corrected), or is engaged by it as a mediator.

    One chair at a time. Raises Refused "bad_time", "inactive_worker", "chair_taken".
    """
    at = now_or(at)
    if since > timezone.localdate(at):
        raise Refused(_("开始的日期不能在将来。"), code="bad_time", field="since")
    if not worker.is_active:
        raise Refused(_("%(name)s已不在岗。") % {"name": worker.name}, code="inactive_worker", field="worker")
    others = Member.objects.filter(committee=committee, until=None, is_chair=True).exclude(worker=worker)
    if is_chair and others.exists():
        raise Refused(_("已经有主任了，先请原来的离任。"), code="chair_taken", field="is_chair")
    values = {
        "since": since,
        "is_seat": is_seat or is_chair,
        "is_chair": is_chair,
        "is_woman": is_woman,
        "is_minority": is_minority,
    }
    member, _new = Member.objects.update_or_create(
        committee=committee, worker=worker, until=None, defaults=values
    )
    # Whether somebody is a woman, or of which nationality, is no matter for the journal.
    told = {"worker": worker.code, "since": since.isoformat(), "chair": is_chair}
    write(chain=committee.chain, verb="committee.seated", by=by, at=at, data=told)
    return member


@transaction.atomic
def unseat(*, by: Actor, member: Member, on: date, at: datetime | None = None) -> Member:
    """Their last day in it. Raises Refused "bad_time", "ended_already"."""
    at = now_or(at)
    member = (
        Member.objects.select_for_update(of=("self",)).select_related("committee", "worker").get(pk=member.pk)
    )
    if member.until is not None:
        raise Refused(_("已经离任。"), code="ended_already")
    if not member.since <= on <= timezone.localdate(at):
        raise Refused(_("离任日期要在就任以后，也不能在将来。"), code="bad_time", field="on")
    member.until = on
    member.save()
    told = {"worker": member.worker.code, "on": on.isoformat()}
    write(chain=member.committee.chain, verb="committee.left", by=by, at=at, data=told)
    return member
