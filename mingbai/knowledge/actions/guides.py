"""Guides: drafted, published, reviewed, withdrawn; whoever keeps the knowledge of that region."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.journal.actions import write
from mingbai.knowledge.actions import _index
from mingbai.knowledge.actions._allowed import require
from mingbai.knowledge.entries import guide_entry
from mingbai.knowledge.enums import GuideState, Kind
from mingbai.knowledge.models import Guide
from mingbai.knowledge.perms import can_edit_guide, can_write_guide
from mingbai.people.models import User
from mingbai.places.enums import Line
from mingbai.places.models import Region

REVIEWED_EVERY = timedelta(days=180)
TEXTS = {
    "title": 120,
    "who": 2_000,
    "papers": 4_000,
    "place": 2_000,
    "steps": 4_000,
    "duration": 200,
    "cost": 200,
    "basis": 300,
}
"""Fields of words, and how many characters each may have."""


@transaction.atomic
def write_guide(
    *,
    by: Actor,
    title: str,
    line: str,
    region: Region,
    texts: Mapping[str, str],
    owner: User | None = None,
    review_on: date | None = None,
) -> Guide:
    """Draft a guide; `texts` by the names of TEXTS. Raises Refused "text_missing", "text_too_long",
    "unknown_line", "bad_date", "guide_twice", "not_allowed"."""
    require(by, lambda user: can_write_guide(user, region.code))
    if line not in Line.values:
        raise Refused(_("没有这项业务。"), code="unknown_line", field="line")
    values = _clean({"title": title, **texts})
    _free(values["title"], line, region)
    guide = Guide.objects.create(
        **values,
        line=line,
        region=region,
        owner=owner,
        review_on=_day(review_on or timezone.localdate() + REVIEWED_EVERY),
        changed_at=timezone.now(),
    )
    _enter(guide, "written", by, is_new=True, title=guide.title, line=line, region=region.code)
    return guide


@transaction.atomic
def edit_guide(
    *,
    by: Actor,
    guide: Guide,
    texts: Mapping[str, str] | None = None,
    owner: User | None = None,
    review_on: date | None = None,
) -> Guide:
    """Change words, owner or day of review; what is published is found in its new words at once.

    Raises Refused "text_missing", "text_too_long", "bad_date", "guide_twice", "owner_without_right",
    "not_allowed".
    """
    guide = _locked(guide, by)
    changed: dict[str, Any] = {
        name: value for name, value in _clean(texts or {}).items() if value != getattr(guide, name)
    }
    if "title" in changed:
        _free(changed["title"], guide.line, guide.region, but=guide)
    if owner is not None and owner.pk != guide.owner_id:
        changed["owner"] = _keeping(owner, guide)
    if review_on is not None and review_on != guide.review_on:
        changed["review_on"] = _day(review_on)
    if not changed:
        return guide
    before = {name: getattr(guide, name) for name in changed}
    for name, value in changed.items():
        setattr(guide, name, value)
    guide.changed_at = timezone.now()
    guide.save()
    if guide.state == GuideState.PUBLISHED:
        _index.enter([guide_entry(guide)])
    _enter(guide, "edited", by, before=_told(before), after=_told(changed))
    return guide


@transaction.atomic
def publish_guide(*, by: Actor, guide: Guide, review_on: date | None = None) -> Guide:
    """Publish a guide, or confirm a published one until its next day of review. Raises Refused "bad_date",
    "guide_empty"."""
    guide = _locked(guide, by)
    if not (guide.steps or guide.papers or guide.place):
        raise Refused(_("请先写明怎么办、材料或在哪里办。"), code="guide_empty", field="steps")
    before = guide.state
    guide.state = GuideState.PUBLISHED
    guide.review_on = _day(review_on or timezone.localdate() + REVIEWED_EVERY)
    guide.changed_at = timezone.now()
    guide.save()
    _index.enter([guide_entry(guide)])
    _enter(guide, "published", by, before=before, review_on=guide.review_on.isoformat())
    return guide


@transaction.atomic
def withdraw_guide(*, by: Actor, guide: Guide, reason: str) -> Guide:
    """Take a guide away: nobody finds it from the commit on. Raises Refused "reason_missing"."""
    guide = _locked(guide, by)
    if not reason.strip():
        raise Refused(_("请写明理由。"), code="reason_missing", field="reason")
    guide.state, guide.changed_at = GuideState.WITHDRAWN, timezone.now()
    guide.save(update_fields=["state", "changed_at"])
    _index.leave(Kind.GUIDE, [str(guide.pk)])
    _enter(guide, "withdrawn", by, reason=reason.strip()[:500])
    return guide


def _locked(guide: Guide, by: Actor) -> Guide:
    """The guide as it now is; Refused "not_allowed" for who does not keep its region."""
    guide = Guide.objects.select_for_update(of=("self",)).select_related("region").get(pk=guide.pk)
    require(by, lambda user: can_edit_guide(user, guide))
    return guide


def _clean(texts: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for name, most in TEXTS.items():
        if name not in texts:
            continue
        found[name] = texts[name].strip()
        if len(found[name]) > most:
            raise Refused(_("最多 %(most)d 个字。") % {"most": most}, code="text_too_long", field=name)
    if "title" in found and not found["title"]:
        raise Refused(_("请写明内容，不能为空。"), code="text_missing", field="title")
    return found


def _day(day: date) -> date:
    if day <= timezone.localdate():
        raise Refused(_("复核日期须晚于今天。"), code="bad_date", field="review_on")
    return day


def _keeping(owner: User, guide: Guide) -> User:
    """Whoever answers for a guide must be able to mend it."""
    if not (owner.is_active and can_edit_guide(owner, guide)):
        raise Refused(_("责任人须能维护这份指南的区划。"), code="owner_without_right", field="owner")
    return owner


def _free(title: str, line: str, region: Region, but: Guide | None = None) -> None:
    same = Guide.objects.filter(title=title, line=line, region=region).exclude(pk=but.pk if but else 0)
    if same.exists():
        raise Refused(_("该区划的这项业务已有同名指南。"), code="guide_twice", field="title")


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values for the journal: people by their key, days as ISO text."""
    return {
        name: value.isoformat() if isinstance(value, date) else getattr(value, "pk", value)
        for name, value in values.items()
    }


def _enter(guide: Guide, verb: str, by: Actor, *, is_new: bool = False, **data: Any) -> None:
    write(chain=f"guide:{guide.pk}", verb=f"guide.{verb}", by=by, data=data, is_new=is_new)
