"""Those who take part on line: word to their own telephone, and the end of their numbers."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.conf import settings

from mingbai.cases.models import Case
from mingbai.core.actor import Actor
from mingbai.core.checks import is_mobile
from mingbai.mediation.models import Party, Pass
from mingbai.notices.actions import notify


def tell_parties(
    case: Case, by: Actor, at: datetime, event: str, *, only: Collection[int] = (), but: int | None = None
) -> int:
    """Something is new on their pages; `only` these parties (none: all), `but` not who did it."""
    found = Pass.objects.live(at).filter(case=case).select_related("party").order_by("pk")
    told = 0
    for one in found:
        if one.party_id != but and (not only or one.party_id in only):
            told += send(one, case, by, f"{event}:{at.timestamp():.0f}", "mediation_news")
    return told


def send(one: Pass, case: Case, by: Actor, event: str, template: str, **context: Any) -> bool:
    """To the party's own mobile phone; False where there is none. The text names nobody and no dispute."""
    one.case = one.party.case = case
    phone = one.party.phone
    if not is_mobile(phone):
        return False
    by_code = template == "mediation_code"
    notify(
        by=by,
        event=f"pass:{one.pk}:{event}",
        to=f"party:{one.party_id}",
        transport=settings.NOTICE_CODE_TRANSPORT if by_code else settings.NOTICE_RESIDENT_TRANSPORT,
        template=template,
        about=case.chain,
        address=phone,
        context={"link": link_of(one), "hotline": settings.CITY_HOTLINE, **context},
    )
    return True


def link_of(one: Pass) -> str:
    return f"{settings.PUBLIC_URL}/party/{one.number}/"


def end_passes(party: Party, at: datetime) -> int:
    """Whoever is out, or has another telephone, opens nothing with the old number."""
    return Pass.objects.filter(party=party, ended_at=None).update(ended_at=at)
