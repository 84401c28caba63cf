"""Consents: given with the matter, withdrawn as easily (PIPL Art. 15)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from mingbai.cases.actions._record import enter, locked, now_or
from mingbai.cases.models import Case, Consent
from mingbai.core.actor import Actor
from mingbai.core.refused import Refused


@transaction.atomic
def withdraw_consent(*, case: Case, by: Actor, purpose: str, at: datetime | None = None) -> Consent:
    """What was done before stays lawful; from now on the purpose is no longer covered.

    Raises Refused "no_consent" where none was given, or it was withdrawn already.
    """
    at, case = now_or(at), locked(case)
    consent = case.consents.filter(purpose=purpose, withdrawn_at=None).first()
    if consent is None:
        raise Refused(_("没有可以撤回的同意。"), code="no_consent", field="purpose")
    consent.withdrawn_at = at
    consent.save(update_fields=["withdrawn_at"])
    enter(case, "consent_withdrawn", by, at, purpose=purpose)
    return consent
