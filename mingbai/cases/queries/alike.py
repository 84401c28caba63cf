"""Open matters whose text is like another: for the clerk who asks whether it came before."""

from mingbai.cases.models import Case
from mingbai.cases.queries.lists import in_work
from mingbai.knowledge.queries import texts_alike
from mingbai.people.models import User

LOOKED_AT = 300
"""The newest open matters in the user's reach: their texts lie encrypted, so they are compared one by one."""
LEAST = 0.35
"""Below that, two texts only speak of the same kind of thing."""


def texts_like(text: str, user: User, *, but: Case | None = None, most: int = 3) -> list[Case]:
    """The open matters that may be the same by their words, most alike first; one query."""
    cases = Case.objects.visible_to(user).filter(in_work())
    if but is not None:
        cases = cases.exclude(pk=but.pk)
    held = {str(case.pk): case for case in cases.select_related("station").order_by("-id")[:LOOKED_AT]}
    ranked = texts_alike(text, [(ref, case.text) for ref, case in held.items()], most)
    return [held[ref] for ref, score in ranked if score >= LEAST]
