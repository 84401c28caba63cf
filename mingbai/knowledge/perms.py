"""Who keeps the knowledge: guides by region, answers by proposer and reviewer; the published is for all."""

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone

from mingbai.knowledge.enums import AnswerState, GuideState
from mingbai.people.perms import can, region_codes, scopes
from mingbai.people.roles import Permission

if TYPE_CHECKING:
    from mingbai.knowledge.models import Answer, Guide
    from mingbai.people.models import User


def guides_filter(user: "User | Any") -> Q:
    """Published guides everybody; the others who edits in their region."""
    seen = Q(state=GuideState.PUBLISHED)
    reach = scopes(user, Permission.KNOWLEDGE_EDIT)
    return seen | Q(region_id__in=region_codes(reach)) if reach else seen


def can_edit_guide(user: "User | Any", guide: "Guide") -> bool:
    return can_write_guide(user, guide.region_id)


def can_write_guide(user: "User | Any", region: str) -> bool:
    """`region`: the code of the region that the guide is for."""
    return can(user, Permission.KNOWLEDGE_EDIT, region=region)


def can_edit_words(user: "User | Any") -> bool:
    """Synonyms and names of laws serve the whole city: who holds the whole city keeps them."""
    return bool(scopes(user, Permission.KNOWLEDGE_EDIT).everywhere_cities)


def answers_filter(user: "User | Any") -> Q:
    """What may be shown today everybody; all others their proposer, and who reviews."""
    today = timezone.localdate()
    seen = Q(state=AnswerState.PUBLISHED) & (Q(expires_on=None) | Q(expires_on__gte=today))
    if not getattr(user, "is_authenticated", False):
        return seen
    if can(user, Permission.ANSWER_REVIEW) or can(user, Permission.KNOWLEDGE_EDIT):
        return Q()
    return seen | Q(proposed_by_id=user.pk)


def can_propose_answer(user: "User | Any") -> bool:
    return can(user, Permission.ANSWER_PROPOSE)


def can_withdraw_answer(user: "User | Any") -> bool:
    """Any reviewer: taking back needs no second pair of eyes."""
    return can(user, Permission.ANSWER_REVIEW)


def can_review_answer(user: "User | Any", answer: "Answer") -> bool:
    """A lawyer's right, and never over one's own proposal (four eyes)."""
    return can(user, Permission.ANSWER_REVIEW) and answer.proposed_by_id != user.pk


def is_keeper(user: "User | Any") -> bool:
    """Whether there is anything for this person to keep."""
    return can(user, Permission.KNOWLEDGE_EDIT) or can(user, Permission.ANSWER_REVIEW)
