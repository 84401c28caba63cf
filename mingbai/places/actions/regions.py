"""The division tree and its dated changes: created, renamed, moved, merged, split, abolished."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.core.registry import Registry
from mingbai.places.actions.revision import touch
from mingbai.places.enums import ChangeKind, Level
from mingbai.places.models import Region, RegionChange, Station
from mingbai.places.record import asked, enter, enter_new
from mingbai.places.rules.divisions import RANK, TIER_OF, station_name, why_not

ONE_DAY = timedelta(days=1)

TREE_CHANGED: Registry[Callable[[str, Actor], None]] = Registry("tree_changed")
"""Called with (code of the region under which others now hang, by) in the transaction of the change, after
the register's new token."""


@transaction.atomic
def create_region(
    *,
    by: Actor,
    code: str,
    name: str,
    level: str,
    parent: Region | None = None,
    on: date | None = None,
    source: str = "",
    with_station: bool = True,
) -> Region:
    """Add a region that begins on a day (None: it has always been), with the station that it must have.

    Raises Refused "bad_region", "region_exists", "bad_level", "ended".
    """
    if reason := why_not(code, name, level):
        raise Refused(reason, code="bad_region")
    if Region.objects.filter(code=code).exists():
        raise Refused(_("代码 %(code)s 已有区划。") % {"code": code}, code="region_exists", field="code")
    _fits_below(level, parent)
    path = f"{parent.path}.{code}" if parent else code
    region = Region.objects.create(code=code, name=name, level=level, parent=parent, path=path, valid_from=on)
    if on:
        _noted(region, ChangeKind.CREATED, on, source, applied=True)
    enter_new(region, "created", by, name=name, level=level, parent=parent, on=on, source=source)
    if with_station:
        _required_station(region, by)
    touch(by=by)
    return region


def _required_station(region: Region, by: Actor) -> Station:
    station = Station.objects.create(
        code=region.code,
        name=station_name(region.name, region.level),
        tier=TIER_OF[region.level],
        region=region,
    )
    enter_new(station, "created", by, name=station.name, tier=station.tier, region=region)
    return station


@transaction.atomic
def rename_region(*, by: Actor, region: Region, name: str, on: date, source: str) -> RegionChange:
    """Give a region another name from a day on; its stations keep theirs until they are edited."""
    region = _living(region, on)
    if reason := why_not(region.code, name, region.level):
        raise Refused(reason, code="bad_region", field="name")
    if name == region.name:
        raise Refused(_("名称没有变化。"), code="unchanged", field="name")
    return _change(region, ChangeKind.RENAMED, on, source, by, new_name=name)


@transaction.atomic
def move_region(*, by: Actor, region: Region, parent: Region, on: date, source: str) -> RegionChange:
    """Put a region, with all below it, under another parent from a day on (划归)."""
    region = _living(region, on)
    _fits_below(region.level, parent)
    if parent.pk == region.parent_id:
        raise Refused(_("上级没有变化。"), code="unchanged", field="parent")
    return _change(region, ChangeKind.MOVED, on, source, by, into=parent)


@transaction.atomic
def merge_regions(*, by: Actor, region: Region, into: Region, on: date, source: str) -> RegionChange:
    """Merge a region into another of its level: its last day is the day before `on`.

    Old codes keep answering: `Register.current` leads to the successor, whose subtree then holds the old
    region, its villages and its stations.
    """
    region, into = _living(region, on), _living(into, on)
    if region.pk == into.pk or region.level != into.level:
        raise Refused(_("只能并入同一层级的另一个区划。"), code="bad_successor", field="into")
    _end(region, on)
    return _change(region, ChangeKind.MERGED, on, source, by, into=into)


@transaction.atomic
def split_region(
    *, by: Actor, region: Region, code: str, name: str, members: Sequence[Region] = (), on: date, source: str
) -> Region:
    """Split a new region of the same level off another; `members` are the children that go over to it."""
    region = _living(region, on)
    if any(member.parent_id != region.pk for member in members):
        raise Refused(_("只能带走本区划的下级。"), code="not_a_member", field="members")
    # All rows are locked before the register's token is: whoever changes one of them waits in the same order.
    members = [_living(member, on) for member in members]
    split_off = create_region(
        by=by, code=code, name=name, level=region.level, parent=region.parent, on=on, source=source
    )
    _change(region, ChangeKind.SPLIT, on, source, by, into=split_off)
    for member in members:
        move_region(by=by, region=member, parent=split_off, on=on, source=source)
    return split_off


@transaction.atomic
def abolish_region(*, by: Actor, region: Region, on: date, source: str) -> RegionChange:
    """End a region without a successor: its matters go up. Raises Refused "has_children", "ended"."""
    region = _living(region, on)
    if region.parent_id is None or Region.objects.filter(parent=region).living(on).exists():
        raise Refused(_("还有下级区划，请先合并或划转。"), code="has_children")
    _end(region, on)
    return _change(region, ChangeKind.ABOLISHED, on, source, by)


@transaction.atomic
def apply_changes(*, by: Actor, on: date | None = None) -> int:
    """Carry out the changes whose day has come; return how many. For the worker, once an hour."""
    on = on or timezone.localdate()
    due = RegionChange.objects.select_for_update(of=("self",)).filter(applied_at=None, on__lte=on)
    changes = list(due.order_by("on", "id"))
    for change in changes:
        _apply(change, by)
    if changes:
        touch(by=by)
    for change in changes:
        _tell(change, by)
    return len(changes)


# ── within one transaction ──


def _living(region: Region, on: date) -> Region:
    """The row, locked and fresh; Refused "ended" when it has ended, or has not begun, by that day."""
    fresh = Region.objects.select_for_update(of=("self",)).get(pk=region.pk)
    if fresh.valid_to is not None:
        raise Refused(
            _("“%(name)s”已于%(day)s终止。") % {"name": fresh.name, "day": fresh.valid_to}, code="ended"
        )
    if on <= (fresh.valid_from or date.min):
        raise Refused(_("日期须晚于该区划设立之日。"), code="bad_date", field="on")
    return fresh


def _fits_below(level: str, parent: Region | None) -> None:
    if (parent is None) != (level == Level.CITY):
        raise Refused(_("市没有上级，其他区划须有上级。"), code="bad_level", field="parent")
    if parent and RANK[parent.level] >= RANK[level]:
        raise Refused(_("上级的层级须更高。"), code="bad_level", field="parent")
    if parent and parent.valid_to is not None:
        raise Refused(_("上级“%(name)s”已终止。") % {"name": parent.name}, code="ended", field="parent")


def _end(region: Region, on: date) -> None:
    region.valid_to = on - ONE_DAY
    region.save(update_fields=["valid_to"])


def _noted(
    region: Region,
    kind: ChangeKind,
    on: date,
    source: str,
    *,
    applied: bool = False,
    into: Region | None = None,
    new_name: str = "",
) -> RegionChange:
    return RegionChange.objects.create(
        region=region,
        kind=kind,
        on=on,
        into=into,
        old_name=region.name,
        new_name=new_name,
        source=source[:200],
        applied_at=timezone.now() if applied else None,
    )


def _change(
    region: Region,
    kind: ChangeKind,
    on: date,
    source: str,
    by: Actor,
    *,
    into: Region | None = None,
    new_name: str = "",
) -> RegionChange:
    """Note the change, carry it out when its day has come, and let every process know."""
    change = _noted(region, kind, on, asked(source, field="source"), into=into, new_name=new_name)
    said = {"into": into, "to": new_name or None, "on": on, "source": change.source}
    enter(region, kind.value, by, **{"from": region.name, **{k: v for k, v in said.items() if v}})
    if on <= timezone.localdate():
        _apply(change, by)
    touch(by=by)
    _tell(change, by)
    return change


def _apply(change: RegionChange, by: Actor) -> None:
    steps: dict[str, Callable[[RegionChange, Actor], None]] = {
        ChangeKind.RENAMED: _rename,
        ChangeKind.MOVED: _hang,
        ChangeKind.MERGED: _absorb,
    }
    step = steps.get(change.kind)
    if step:
        step(change, by)
    change.applied_at = timezone.now()
    change.save(update_fields=["applied_at"])


def _tell(change: RegionChange, by: Actor) -> None:
    if change.applied_at and change.into_id and change.kind in (ChangeKind.MOVED, ChangeKind.MERGED):
        for follow in TREE_CHANGED:
            follow(change.into_id, by)


def _rename(change: RegionChange, by: Actor) -> None:
    Region.objects.filter(pk=change.region_id).update(name=change.new_name)


def _absorb(change: RegionChange, by: Actor) -> None:
    """The merged region hangs under its successor, where its stations now lie; closing one is a decision of
    its own."""
    _hang(change, by)
    stations = list(Station.objects.filter(region_id=change.region_id).order_by("code"))
    Station.objects.filter(region_id=change.region_id).update(region_id=change.into_id)
    for station in stations:
        enter(station, "moved", by, **{"from": change.region_id, "to": change.into_id})


def _hang(change: RegionChange, by: Actor) -> None:
    """Put the region and its subtree under `into`: paths are prefixes, so all below are rewritten."""
    region = Region.objects.select_for_update(of=("self",)).get(pk=change.region_id)
    above = Region.objects.get(pk=change.into_id)
    if above.path == region.path or above.path.startswith(f"{region.path}."):
        raise Refused(_("不能归入自己的下级。"), code="cycle", field="parent")
    old, new = region.path, f"{above.path}.{region.code}"
    below = list(Region.objects.filter(path__startswith=f"{old}."))
    for row in below:
        row.path = new + row.path[len(old) :]
    Region.objects.bulk_update(below, ["path"], batch_size=200)
    region.parent, region.path = above, new
    region.save(update_fields=["parent", "path"])
