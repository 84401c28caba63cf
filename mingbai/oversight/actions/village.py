"""Visits to villages, taken down in five fields; advisers, classes and training of a village."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.journal.actions import write
from mingbai.oversight.actions.adviser_pay import check_month
from mingbai.oversight.models import AdviserTerm, Training, Village, VillageVisit
from mingbai.people.enums import Post
from mingbai.people.models import Worker
from mingbai.places.enums import Level
from mingbai.places.models import Region
from mingbai.subsidies.queries import last_day

_MOST_HOURS, _MOST_PEOPLE = Decimal(16), 2000
_LATEST = timedelta(days=92)
"""How late a visit may be written down: a year that was reviewed is not filled up afterwards."""


@dataclass(frozen=True, slots=True)
class Trip:
    """What somebody says of one visit."""

    region: str
    on: date
    kind: str
    hours: Decimal
    people: int
    client_key: str = ""


@transaction.atomic
def write_visit(*, by: Actor, worker: Worker, trip: Trip, at: datetime | None = None) -> VillageVisit:
    """One visit, once however often it is sent. Raises Refused "no_village", "bad_day", "bad_count"."""
    at = at or timezone.now()
    if trip.client_key:
        known = VillageVisit.objects.filter(client_key=trip.client_key).select_related("worker").first()
        if known is not None and _is_same(known, worker, trip):
            return known
        if known is not None:  # the form of before, filled in anew
            trip = replace(trip, client_key="")
    region = _village_of(trip.region)
    _check(trip, timezone.localdate(at))
    visit = VillageVisit.objects.create(
        worker=worker,
        region=region,
        on=trip.on,
        kind=trip.kind,
        hours=trip.hours,
        people=trip.people,
        client_key=trip.client_key,
        written_by=by.name,
        written_at=at,
    )
    data = {"worker": worker.code, "region": region.pk, "on": trip.on.isoformat(), "kind": trip.kind}
    data |= {"hours": str(trip.hours), "people": str(trip.people)}
    write(chain=visit.chain, verb="village_visit.written", by=by, at=at, data=data)
    return visit


def _is_same(known: VillageVisit, worker: Worker, trip: Trip) -> bool:
    told = Trip(known.region_id, known.on, known.kind, known.hours, known.people, known.client_key)
    return known.worker_id == worker.pk and told == trip


def _village_of(code: str) -> Region:
    """Raises Refused "no_village"."""
    region = Region.objects.filter(pk=code, level=Level.VILLAGE).first()
    if region is None:
        raise Refused(_("请选到村（社区）。"), code="no_village", field="where")
    return region


def _check(trip: Trip, today: date) -> None:
    if trip.on > today:
        raise Refused(_("还没到的日子不能登记。"), code="bad_day", field="on")
    if trip.on < today - _LATEST:
        raise Refused(_("超过三个月的到村服务不能再补登，请同县区司法局说明。"), code="bad_day", field="on")
    if not 0 < trip.hours <= _MOST_HOURS:
        raise Refused(_("小时数须在 0.5 到 16 之间。"), code="bad_count", field="hours")
    if not 0 <= trip.people <= _MOST_PEOPLE:
        raise Refused(_("服务人次须在 0 到 2000 之间。"), code="bad_count", field="people")


@transaction.atomic
def strike_visit(*, by: Actor, visit: VillageVisit, reason: str, at: datetime | None = None) -> VillageVisit:
    """A mistaken row counts no more, and stays to be read. Raises Refused "struck_already", "empty_text"."""
    at = at or timezone.now()
    visit = VillageVisit.objects.select_for_update(of=("self",)).get(pk=visit.pk)
    if visit.struck_at is not None:
        raise Refused(_("这条已经作废。"), code="struck_already")
    visit.struck_for = clean_text(reason, most=300, field="reason")
    visit.struck_at, visit.struck_by = at, by.name
    visit.save(update_fields=["struck_at", "struck_by", "struck_for"])
    write(chain=visit.chain, verb="village_visit.struck", by=by, at=at, data={"why": visit.struck_for})
    last = last_day(visit.on.year * 100 + visit.on.month)
    check_month(by=by, worker=visit.worker, village=visit.region_id, last=last, at=at)
    return visit


@transaction.atomic
def set_class(*, by: Actor, region: Region, village_class: str) -> Village:
    """Of which class a village is. Raises Refused "no_village"."""
    _village_of(region.pk)
    village, _made = Village.objects.update_or_create(
        region=region, defaults={"village_class": village_class}
    )
    _note(region, "class", by, village_class=village_class)
    return village


@transaction.atomic
def name_adviser(*, by: Actor, worker: Worker, region: Region, since: date) -> AdviserTerm:
    """A lawyer advises a village from a day on.

    Raises Refused "no_village", "no_lawyer", "adviser_already".
    """
    _village_of(region.pk)
    if worker.post not in (Post.VILLAGE_LAWYER, Post.LAWYER) or not worker.is_active:
        raise Refused(_("只有在岗的律师、法律顾问可以聘为村居法律顾问。"), code="no_lawyer", field="worker")
    if AdviserTerm.objects.filter(worker=worker, region=region, until=None).exists():
        raise Refused(
            _("%(name)s已经是这个村的法律顾问。") % {"name": worker.name},
            code="adviser_already",
            field="worker",
        )
    term = AdviserTerm.objects.create(worker=worker, region=region, since=since)
    _note(region, "adviser_named", by, worker=worker.code, since=since.isoformat())
    return term


@transaction.atomic
def end_adviser(*, by: Actor, term: AdviserTerm, until: date) -> AdviserTerm:
    """`until` is the last day. Raises Refused "bad_time"."""
    term = (
        AdviserTerm.objects.select_for_update(of=("self",)).select_related("region", "worker").get(pk=term.pk)
    )
    if until < term.since or term.until is not None:
        raise Refused(_("结束日期不能早于开始日期，也不能再改。"), code="bad_time", field="until")
    term.until = until
    term.save(update_fields=["until"])
    _note(term.region, "adviser_ended", by, worker=term.worker.code, until=until.isoformat())
    return term


@transaction.atomic
def teach(
    *,
    by: Actor,
    worker: Worker,
    on: date,
    topic: str,
    hours: Decimal,
    passed: bool | None = None,
    certificate: str = "",
    at: datetime | None = None,
) -> Training:
    """What a 法律明白人 was taught.

    Raises Refused "not_savvy", "bad_day", "bad_count", "not_passed", "certificate_used".
    """
    at = at or timezone.now()
    if worker.post != Post.LAW_SAVVY_VILLAGER:
        raise Refused(_("%(name)s不是法律明白人。") % {"name": worker.name}, code="not_savvy", field="worker")
    if on > timezone.localdate(at):
        raise Refused(_("还没到的日子不能登记。"), code="bad_day", field="on")
    if not 0 < hours <= _MOST_HOURS:
        raise Refused(_("小时数须在 0.5 到 16 之间。"), code="bad_count", field="hours")
    if certificate and not passed:
        raise Refused(_("考核合格才有证书。"), code="not_passed", field="certificate")
    if certificate and Training.objects.filter(certificate=certificate).exists():
        raise Refused(_("这个证书编号已经登记过。"), code="certificate_used", field="certificate")
    training = Training.objects.create(
        worker=worker,
        on=on,
        topic=clean_text(topic, most=120, field="topic"),
        hours=hours,
        passed=passed,
        certificate=certificate,
        written_by=by.name,
        written_at=at,
    )
    data = {"on": on.isoformat(), "topic": training.topic, "passed": passed, "certificate": certificate}
    write(chain=f"worker:{worker.code}", verb="worker.taught", by=by, at=at, data=data)
    return training


def _note(region: Region, verb: str, by: Actor, **data: object) -> None:
    write(chain=f"region:{region.pk}", verb=f"village.{verb}", by=by, data=data)
