"""What every action of the trunk shares: lock the matter, move its state, enter it in the journal."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.actions import _clockwork
from mingbai.cases.models import Case
from mingbai.cases.rules.states import next_state
from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.core.when import moment
from mingbai.journal.actions import write
from mingbai.journal.models import Entry


def locked(case: Case) -> Case:
    """The matter as it is now, held until the transaction ends."""
    return Case.objects.select_for_update(of=("self",)).get(pk=case.pk)


def move(case: Case, verb: str) -> str:
    """Set the state after `verb`; the one who comes second is told who was first, and when."""
    before = case.state
    try:
        case.state = next_state(case.state, verb)
    except Refused as refused:
        raise Refused(
            str(refused) + _who_was_first(case),
            code=refused.code,
            kept=_("您填写的内容没有丢失。"),
            do=_("请刷新页面，看看办件现在的情况。"),
        ) from None
    return before


def _who_was_first(case: Case) -> str:
    last = Entry.objects.filter(chain=case.chain).order_by("-seq").first()
    if not last:
        return ""
    return _("（%(who)s 于 %(when)s 办理过）") % {"who": last.actor_name, "when": moment(last.at)}


def enter(case: Case, verb: str, by: Actor, at: datetime, **data: Any) -> Entry:
    """One entry in the matter's chain. `data` holds no personal values."""
    return write(chain=case.chain, verb=f"case.{verb}", by=by, place=case.station_id, at=at, data=data)


def saved(case: Case, verb: str, by: Actor, at: datetime, **data: Any) -> Case:
    """Settle who is waited for and until when, save, and enter it."""
    _clockwork.settle(case)
    case.save()
    enter(case, verb, by, at, **data)
    return case


def now_or(at: datetime | None) -> datetime:
    return at or timezone.now()
