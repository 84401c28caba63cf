"""What each party says to being mediated: all must agree before it begins, one clear refusal ends it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from mingbai.cases.models import Case
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.mediation.actions._record import (
    dismiss,
    ended,
    enter,
    held,
    lead,
    now_or,
    party_in,
    refuse_ended,
    refuse_unready,
    row_of,
    void_draft,
)
from mingbai.mediation.enums import Consent, How, Outcome
from mingbai.mediation.models import Party
from mingbai.mediation.rules.letters import begun_text, declined_text
from mingbai.mediation.rules.stages import next_stage


@transaction.atomic
def agree_to(
    *, case: Case, by: Actor, party: int, how: str, told_rights: bool, at: datetime | None = None
) -> Party:
    """A party agrees to being mediated, having been told of its rights and duties (Arts. 23, 24).

    Raises Refused "bad_choice", "rights_untold", "unknown_party", "wrong_stage".
    """
    at, case = now_or(at), held(case)
    refuse_ended(case)
    row = party_in(case, party)
    if how not in How.values:
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="how")
    if not told_rights:
        raise Refused(
            _("先把权利和义务告诉当事人：可以选调解员、可以随时不再调解、调解不收钱。"),
            code="rights_untold",
            field="told_rights",
        )
    row.consent, row.consent_how, row.consent_at, row.told_rights_at = Consent.AGREES, how, at, at
    row.save()
    enter(case, "med.agreed_to", by, at, party=row.pk, how=how)
    return row


@transaction.atomic
def decline(
    *, case: Case, by: Actor, party: int, how: str, reason: str = "", at: datetime | None = None
) -> Case:
    """A party clearly refuses, or does not want to go on (Arts. 17, 23): it ends, and the ways are told.

    What they said of why stays inside. Raises Refused "wrong_stage", "unknown_party", "bad_choice".
    """
    at, case = now_or(at), held(case)
    next_stage(case.stage, "decline")
    row = party_in(case, party)
    if how not in How.values:
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="how")
    row.consent, row.consent_how, row.consent_at = Consent.REFUSES, how, at
    row.why = clean_text(reason, most=2000, field="reason") if reason.strip() else ""
    row.save()
    void_draft(case, at, "一方不愿调解")
    ended(case, Outcome.DECLINED, at)
    dismiss(case, by, at, "一方不愿调解")
    text = declined_text("", row_of(case).dispute)
    return lead(case, "decline", "declined", by, at, text=text, decides=True, tells=True, party=row.pk)


@transaction.atomic
def begin(*, case: Case, by: Actor, at: datetime | None = None) -> Case:
    """Every party agrees, somebody leads: it begins. Raises Refused "not_ready" with all that is missing."""
    at, case = now_or(at), held(case)
    next_stage(case.stage, "begin")
    refuse_unready(case)
    row = row_of(case)
    row.begun_at = at
    row.save()
    return lead(case, "begin", "begun", by, at, news=begun_text(), tells=True)
