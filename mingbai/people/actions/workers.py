"""The register of workers: entered, edited, moved, off and back on it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mingbai.core.actor import Actor
from mingbai.core.checks import clean_phone, clean_text
from mingbai.core.crypto import keyed_hash
from mingbai.core.refused import Refused
from mingbai.journal import actions as journal
from mingbai.people.enums import Post, PostType
from mingbai.people.models import Skill, User, Worker
from mingbai.people.perms import can_let_in
from mingbai.people.rules import check_worker_code
from mingbai.places import actions as places
from mingbai.places.enums import Line
from mingbai.places.models import Organisation, Region, Station

PHONE_HASH = "worker.phone"
SkillPair = tuple[str, str]
"""A line and a topic, the topic may be empty."""


@transaction.atomic
def register_worker(
    *,
    by: Actor,
    name: str,
    post: str,
    region: Region,
    code: str = "",
    station: Station | None = None,
    organisation: Organisation | None = None,
    post_type: str = "",
    is_full_time: bool = False,
    licence_no: str = "",
    phone: str = "",
    skills: Iterable[SkillPair] = (),
) -> Worker:
    """Enter somebody in the register; without a code they get the next free one.

    Raises Refused "worker_code_taken", "bad_code", "unknown_post", "bad_phone", "empty_text".
    """
    worker = Worker(
        code=_new_code(code),
        name=clean_text(name, most=64, field="name"),
        post=_post(post),
        post_type=_post_type(post_type),
        is_full_time=is_full_time,
        region=region,
        station=station,
        organisation=organisation,
        licence_no=_licence(licence_no),
    )
    _set_phone(worker, phone)
    worker.save(force_insert=True)
    pairs = _set_skills(worker, skills)
    _write(worker, "worker.registered", by, {"post": post, "region": region.code, "skills": pairs})
    places.touch(by=by)
    return worker


@transaction.atomic
def edit_worker(
    *, by: Actor, worker: Worker, skills: Iterable[SkillPair] | None = None, **changes: Any
) -> Worker:
    """Change name, post, post type, full time, licence, phone, organisation, skills; the journal says which.

    Personal values do not enter the journal, only the names of the fields that changed.
    """
    worker = _locked(worker)
    data: dict[str, Any] = {}
    for name, value in changes.items():
        data |= _change(worker, name, value)
    worker.save()
    if skills is not None:
        data["skills"] = _set_skills(worker, skills)
    if data:
        _write(worker, "worker.edited", by, data)
        places.touch(by=by)
    return worker


@transaction.atomic
def move_worker(
    *, by: Actor, worker: Worker, region: Region, station: Station | None, why: str = ""
) -> Worker:
    """Post the worker elsewhere; future duties at the former station end with it."""
    worker = _locked(worker)
    old = worker.station_id or worker.region_id
    if worker.station_id and worker.station_id != (station.code if station else None):
        worker.duties.filter(station_id=worker.station_id).delete()
    worker.region, worker.station = region, station
    worker.save(update_fields=["region", "station"])
    new = station.code if station else region.code
    _write(worker, "worker.moved", by, {"from": old, "to": new, "why": why})
    places.touch(by=by)
    return worker


@transaction.atomic
def deactivate_worker(*, by: Actor, worker: Worker, why: str = "") -> Worker:
    """Take somebody off the register: no new matters, no duties, no sign-in; what they did stays theirs.

    Raises Refused "worker_inactive", "own_user", "not_yours": nobody shuts the sign-in of who stands above.
    """
    worker = _locked(worker)
    if not worker.is_active:
        raise Refused(_("此人已不在岗。"), code="worker_inactive")
    _may_shut(by, worker.user)
    worker.is_active = False
    worker.save(update_fields=["is_active"])
    worker.duties.all().delete()
    _write(worker, "worker.deactivated", by, {"why": why})
    user = worker.user
    if user and user.is_active:
        user.is_active = False
        user.save(update_fields=["is_active"])
        user.slips.filter(used_at__isnull=True).delete()
        journal.write(chain=f"user:{user.pk}", verb="user.deactivated", by=by, data={"why": "worker"})
    places.touch(by=by)
    return worker


def _may_shut(by: Actor, user: User | None) -> None:
    if user is None or not user.is_active or by.kind == "system":
        return
    if by.code == user.actor.code:
        raise Refused(_("不能停用自己的账号。"), code="own_user")
    if not isinstance(by.user, User) or not can_let_in(by.user, user):
        raise Refused(_("此人的权限超出您的管理范围，请由上级办理。"), code="not_yours")


@transaction.atomic
def activate_worker(*, by: Actor, worker: Worker) -> Worker:
    """Put somebody back on the register; the sign-in stays off until the users' administrator opens it."""
    worker = _locked(worker)
    worker.is_active = True
    worker.save(update_fields=["is_active"])
    _write(worker, "worker.activated", by, {})
    places.touch(by=by)
    return worker


def _locked(worker: Worker) -> Worker:
    return Worker.objects.select_for_update(of=("self",)).get(pk=worker.pk)


def _write(worker: Worker, verb: str, by: Actor, data: dict[str, Any]) -> None:
    journal.write(chain=f"worker:{worker.code}", verb=verb, by=by, place=worker.station_id or "", data=data)


def _new_code(code: str) -> str:
    if not code:
        return _free_code()
    check_worker_code(code)
    if Worker.objects.filter(code=code).exists():
        raise Refused(
            _("编号 %(code)s 已有人使用。") % {"code": code}, code="worker_code_taken", field="code"
        )
    return code


def _free_code() -> str:
    while True:
        code = f"W{secrets.randbelow(10**7):07d}"
        if not Worker.objects.filter(code=code).exists():
            return code


def _post(post: str) -> str:
    if post not in Post.values:
        raise Refused(_("没有这个岗位：%(post)s") % {"post": post[:32]}, code="unknown_post", field="post")
    return post


def _post_type(post_type: str) -> str:
    if post_type and post_type not in PostType.values:
        raise Refused(
            _("没有这个用工类型：%(type)s") % {"type": post_type[:32]},
            code="unknown_post_type",
            field="post_type",
        )
    return post_type


def _licence(number: str) -> str:
    return clean_text(number, most=32, field="licence_no") if number.strip() else ""


def _set_phone(worker: Worker, phone: str) -> None:
    number = clean_phone(phone) if phone else ""
    worker.phone = number
    worker.phone_hash = keyed_hash(number, what=PHONE_HASH) if number else ""


_CLEAN: dict[str, Callable[[Any], Any]] = {
    "name": lambda value: clean_text(value, most=64, field="name"),
    "post": _post,
    "post_type": _post_type,
    "licence_no": _licence,
    "is_full_time": bool,
}


def _change(worker: Worker, name: str, value: Any) -> dict[str, Any]:
    """Set one field and return what the journal says about it."""
    if name == "phone":
        old = worker.phone
        _set_phone(worker, value)
        return {} if worker.phone == old else {"phone": "changed"}
    if name == "organisation":
        old_id, worker.organisation = worker.organisation_id, value
        return {} if worker.organisation_id == old_id else {"organisation": worker.organisation_id}
    new, old = _CLEAN[name](value), getattr(worker, name)
    setattr(worker, name, new)
    if new == old:
        return {}
    return {name: "changed"} if name in Worker.PERSONAL else {name: {"from": old, "to": new}}


def _set_skills(worker: Worker, skills: Iterable[SkillPair]) -> list[list[str]]:
    pairs = sorted({(str(line), topic.strip()[:64]) for line, topic in skills})
    for line, _topic in pairs:
        if line not in Line.values:
            raise Refused(
                _("没有这项业务：%(line)s") % {"line": line[:32]}, code="unknown_line", field="skills"
            )
    worker.skills.all().delete()
    Skill.objects.bulk_create([Skill(worker=worker, line=line, topic=topic) for line, topic in pairs])
    return [list(pair) for pair in pairs]
