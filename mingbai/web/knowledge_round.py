"""Who is told: owners and reviewers of what is due (the day's round), proposers of what was given back."""

from collections.abc import Iterator
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

from mingbai.core.actor import SYSTEM, Actor
from mingbai.knowledge.actions import expire_answers
from mingbai.knowledge.models import Answer, Guide
from mingbai.notices.actions import notify
from mingbai.people.models import User

Due = tuple[str, str, User, date]
"""Chain, title, who is asked, since when."""


def run_round(now: datetime) -> int:
    """Tell once for each day of review, then end what nobody looked at in its grace; how many told."""
    told = sum(_tell(*due) for due in _due(timezone.localdate(now)))
    expire_answers(by=SYSTEM, now=now)
    return told


def _due(today: date) -> Iterator[Due]:
    guides = Guide.objects.due_for_review(today).filter(owner__is_active=True).exclude(owner__email="")
    for guide in guides.select_related("owner").order_by("pk"):
        if guide.owner is not None:
            yield f"guide:{guide.pk}", guide.title, guide.owner, guide.review_on
    answers = Answer.objects.due_for_review(today).filter(reviewed_by__is_active=True)
    for answer in answers.exclude(reviewed_by__email="").select_related("reviewed_by").order_by("pk"):
        if answer.reviewed_by is not None and answer.review_on is not None:
            yield f"answer:{answer.pk}", str(answer), answer.reviewed_by, answer.review_on


def tell_declined(answer: Answer, *, by: Actor) -> None:
    """Whoever proposed it hears that it was given back, and why; once for each time."""
    user = answer.proposed_by
    if user is None or not user.is_active or not user.email:
        return
    notify(
        by=by,
        event=f"answer:{answer.pk}:declined:{answer.reviewed_at:%Y%m%d%H%M%S}",
        to=f"user:{user.pk}",
        transport=settings.NOTICE_STAFF_TRANSPORT,
        template="answer_declined",
        about=f"answer:{answer.pk}",
        address=user.email,
        context={"title": str(answer), "reason": answer.reason},
    )


def _tell(chain: str, title: str, user: User, since: date) -> bool:
    notice = notify(
        by=SYSTEM,
        event=f"{chain}:due:{since:%Y%m%d}",
        to=f"user:{user.pk}",
        transport=settings.NOTICE_STAFF_TRANSPORT,
        template="knowledge_due",
        about=chain,
        address=user.email,
        context={"title": title, "since": since.isoformat()},
    )
    return notice is not None
