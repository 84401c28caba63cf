"""What the actions of the door share: rows locked and fresh, entries, codes, the words of a time."""

import secrets
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.crypto import keyed_hash
from mingbai.core.refused import Refused
from mingbai.core.when import moment
from mingbai.journal.actions import write
from mingbai.visits.models import Hall, Opening, Visit
from mingbai.visits.queries.visits import CODE_DIGITS, CODE_HASH
from mingbai.visits.rules.slots import Slot


def now_or(at: datetime | None) -> datetime:
    return at or timezone.now()


def enter(subject: Visit | Opening, verb: str, by: Actor, at: datetime, **data: Any) -> None:
    """One entry in the subject's chain; no personal values in `data`. A ticket's number is not one: it is
    called aloud in the hall."""
    kind = "visit" if isinstance(subject, Visit) else "opening"
    write(chain=subject.chain, verb=f"{kind}.{verb}", by=by, place=subject.station_id, at=at, data=data)


def locked(visit: Visit) -> Visit:
    """The visit as it is now, held until the transaction ends."""
    found: Visit = Visit.objects.select_for_update(of=("self",)).get(pk=visit.pk)
    return found


def locked_hall(station: str) -> Hall:
    """The hall's row, held: numbers are given and called by one at a time."""
    halls = Hall.objects.select_for_update(of=("self",)).filter(pk=station)
    if found := halls.first():
        return found
    Hall.objects.bulk_create([Hall(station_id=station)], ignore_conflicts=True)
    return halls.get()


def give_code(visit: Visit) -> None:
    """Twelve digits with which the visitor sees, moves, cancels and rates it; nothing personal is shown."""
    visit.code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    visit.code_hash = keyed_hash(visit.code, what=CODE_HASH)


def slot_taken(others: list[Slot]) -> Refused:
    """Who comes second is offered the next ones."""
    do = _("请改约别的时间。")
    if others:
        times = "、".join(moment(slot.starts_at) for slot in others)
        do = _("还可以约：%(times)s。") % {"times": times}
    return Refused(_("这个时间刚刚被别人约走。"), code="slot_taken", field="slot", do=do)


def no_such_slot(others: list[Slot]) -> Refused:
    do = _("请改约别的时间。")
    if others:
        times = "、".join(moment(slot.starts_at) for slot in others)
        do = _("可以约：%(times)s。") % {"times": times}
    return Refused(_("这个时间不接待。"), code="no_such_slot", field="slot", do=do)
