"""Who is told of published, changed and cancelled days: the people sent, the villages, who has reserved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from mingbai.core.actor import Actor
from mingbai.core.when import day as day_words
from mingbai.notices.actions import notify
from mingbai.people.models import Grant, User, Worker
from mingbai.people.roles import RoleCode
from mingbai.places.queries import register
from mingbai.servicedays.models import Need, Plan, ServiceDay

_AT_THE_PLACE = (RoleCode.STATION_MANAGER, RoleCode.STATION_WORKER, RoleCode.VILLAGE_LAWYER)


@dataclass(frozen=True, slots=True)
class Told:
    """The days of one reader: what they were and what they are; equal ones are told nothing."""

    before: tuple[str, ...]
    after: tuple[str, ...]


def line(day: ServiceDay) -> str:
    """One day as people read it: "3月5日 周四 9:00 某某乡 便民大厅"."""
    hours = f" {day.starts:%H:%M}" if day.starts else ""
    return " ".join(filter(None, (f"{day_words(day.on)}{hours}", day.region.name, day.room)))


def tell_team(*, plan: Plan, told: Mapping[Worker, Told], by: Actor) -> None:
    """Each person gets one notice with all their days of the month."""
    for worker, days in told.items():
        if days.before != days.after:
            to, transport, address = _reached(worker)
            if address:
                _send(plan, by, to, transport, address, "service_days_team", days)


def _reached(worker: Worker) -> tuple[str, str, str]:
    """By their sign-in's address, else on the telephone of the register."""
    user = worker.user
    if user is not None and user.is_active and user.email:
        return f"user:{user.pk}", settings.NOTICE_STAFF_TRANSPORT, user.email
    phone = worker.phone
    is_mobile = len(phone) == 11 and phone.isdigit() and phone.startswith("1")
    return f"worker:{worker.pk}", settings.NOTICE_RESIDENT_TRANSPORT, phone if is_mobile else ""


def tell_places(*, plan: Plan, told: Mapping[str, Told], by: Actor) -> None:
    """The people of the township and of its villages, who put up the notice: one a person and plan."""
    readers: dict[User, list[Told]] = {}
    for region, days in told.items():
        if days.before != days.after:
            for user in _at(region):
                readers.setdefault(user, []).append(days)
    for user, lists in readers.items():
        days = Told(
            tuple(text for one in lists for text in one.before),
            tuple(text for one in lists for text in one.after),
        )
        transport = settings.NOTICE_STAFF_TRANSPORT
        _send(plan, by, f"user:{user.pk}", transport, user.email, "service_days_place", days)


def _at(region: str) -> Iterable[User]:
    """Who works at the stations of a place and of all below it, and has an address: one query."""
    places = register()
    below = places.subtree(region)
    stations = [row.code for row in places.stations.values() if row.region in below]
    grants = Grant.objects.active(timezone.localdate()).filter(role__in=_AT_THE_PLACE, user__is_active=True)
    here = grants.filter(station_id__in=stations) | grants.filter(station=None, region_id__in=below)
    found = {grant.user_id: grant.user for grant in here.exclude(user__email="").select_related("user")}
    return [found[pk] for pk in sorted(found)]


def _send(plan: Plan, by: Actor, to: str, transport: str, address: str, template: str, days: Told) -> None:
    notify(
        by=by,
        event=f"{plan.chain}:{plan.version}:{template}",
        to=to,
        transport=transport,
        template=template,
        about=plan.chain,
        address=address,
        context={
            "month": plan.month % 100,
            "is_change": bool(days.before),
            "days": "；".join(days.after),
            "gone": "；".join(text for text in days.before if text not in days.after),
        },
    )


def tell_reserved(*, day: ServiceDay, needs: Iterable[Need], by: Actor, template: str) -> None:
    """Who has reserved hears when the day is, or that it is not; never what they come for."""
    for need in needs:
        phone = need.phone
        if len(phone) == 11 and phone.startswith("1"):
            notify(
                by=by,
                event=f"{day.chain}:{template}",
                to=f"need:{need.pk}",
                transport=settings.NOTICE_RESIDENT_TRANSPORT,
                template=template,
                about=day.chain,
                address=phone,
                context={"day": line(day), "reason": day.reason, "hotline": settings.CITY_HOTLINE},
            )
