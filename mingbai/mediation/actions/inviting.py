"""A party is invited to take part on line, with a number of its own; the invitation is taken back."""

import secrets
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.models import Case
from mingbai.core.actor import Actor
from mingbai.core.checks import last4
from mingbai.core.numbers import new_follow_code, new_number
from mingbai.core.refused import Refused
from mingbai.mediation.actions._passes import end_passes, send
from mingbai.mediation.actions._record import enter, held, now_or, party_in, refuse_ended
from mingbai.mediation.models import Party, Pass
from mingbai.mediation.rules.online import VALID, refuse_too_often


@transaction.atomic
def invite(*, case: Case, by: Actor, party: int, at: datetime | None = None) -> Pass:
    """A new number for this party, by message to a mobile phone of theirs, else to be handed over on paper.

    An earlier one opens nothing any more. Raises Refused "unknown_party", "wrong_stage", "too_many" on one
    day, "no_mediation".
    """
    at, case = now_or(at), held(case)
    refuse_ended(case)
    row = party_in(case, party)
    refuse_too_often(
        [timezone.localdate(one) for one in row.passes.values_list("made_at", flat=True)],
        timezone.localdate(at),
    )
    end_passes(row, at)
    made = Pass(case=case, party=row, number=_free_number(at), by=by.name, made_at=at, until=at + VALID)
    made.code = "" if last4(row.phone) else new_follow_code()
    made.save(force_insert=True)
    was_sent = send(made, case, by, "invited", "mediation_invited", station=case.station.name)
    enter(case, "med.invited", by, at, party=row.pk, sent=was_sent)
    return made


def _free_number(at: datetime) -> str:
    """Drawn like a matter's and never one of them: what is typed opens one thing."""
    while True:
        number = new_number(timezone.localdate(at).year, secrets)
        if not Case.objects.filter(number=number).exists():
            return number


@transaction.atomic
def uninvite(*, case: Case, by: Actor, party: int, at: datetime | None = None) -> Case:
    """What was sent opens nothing any more. Raises Refused "not_invited"."""
    at, case = now_or(at), held(case)
    row = Party.objects.filter(pk=party, case=case).first()
    if row is None or not end_passes(row, at):
        raise Refused(_("没有邀请过这位当事人网上参与。"), code="not_invited", field="party")
    enter(case, "med.uninvited", by, at, party=row.pk)
    return case
