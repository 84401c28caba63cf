"""How a call ends on paper: with its matter, or as no matter at all; and that legal aid was spoken of."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.models import Case
from mingbai.core.actor import RESIDENT, Actor
from mingbai.core.refused import Refused
from mingbai.hotline.actions.ratings import settle
from mingbai.hotline.enums import NoMatter
from mingbai.hotline.models import Call
from mingbai.journal.actions import write


@transaction.atomic
def link_case(*, by: Actor, call: Call, case: Case) -> Call:
    """The matter that this call was about. Raises Refused "call_has_matter" where there is another one."""
    row = _locked(call)
    if row.case_id and row.case_id != case.pk:
        raise Refused(_("这通来电已经登记过办件。"), code="call_has_matter")
    if row.answered_at is None and row.promised_at is None:
        raise Refused(_("这通来电还没有接通。"), code="not_answered")
    row.case, row.no_matter = case, NoMatter.NONE
    row.region_id = case.region_id or row.region_id
    row.save(update_fields=["case", "no_matter", "region"])
    settle(by=RESIDENT, call=row)
    return _write(row, "matter", by, case=case.number)


@transaction.atomic
def no_matter(*, by: Actor, call: Call, what: str) -> Call:
    """A wrong number, nuisance, silence, a cut line: a call, no matter, no consultation.

    Raises Refused "bad_choice", "call_has_matter", "not_answered".
    """
    row = _locked(call)
    if what not in NoMatter.values or not what:
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice")
    if row.case_id:
        raise Refused(_("这通来电已经登记过办件。"), code="call_has_matter")
    if row.answered_at is None:
        raise Refused(_("这通来电还没有接通。"), code="not_answered")
    row.no_matter = what
    row.save(update_fields=["no_matter"])
    return _write(row, "no_matter", by, what=what)


@transaction.atomic
def tell_of_aid(*, by: Actor, call: Call) -> Call:
    """The caller was told that they may ask for legal aid (法律援助法 Art. 23); once is enough."""
    row = _locked(call)
    if row.aid_told_at is None:
        row.aid_told_at = timezone.now()
        row.save(update_fields=["aid_told_at"])
        _write(row, "aid_told", by)
    return row


def _locked(call: Call) -> Call:
    row: Call = Call.objects.select_for_update(of=("self",)).get(pk=call.pk)
    return row


def _write(call: Call, verb: str, by: Actor, **data: str) -> Call:
    write(chain=call.chain, verb=f"call.{verb}", by=by, at=timezone.now(), place=call.station_id, data=data)
    return call
