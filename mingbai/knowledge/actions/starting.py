"""A city's first guides and answers, from our own words; repeatable, and nothing of the city's is touched."""

from django.db import transaction

from mingbai.core.actor import Actor
from mingbai.knowledge.actions.answers import propose_answer, publish_answer
from mingbai.knowledge.actions.guides import publish_guide, write_guide
from mingbai.knowledge.models import Answer, Article, Guide
from mingbai.knowledge.rules.reference import law_of, references
from mingbai.knowledge.starting_content import ANSWERS, GUIDES
from mingbai.people.models import User
from mingbai.places.models import Region


@transaction.atomic
def start_content(*, by: Actor, region: Region, reviewer: User, owner: User | None = None) -> tuple[int, int]:
    """Publish the guides for the region and the answers, which `reviewer` has read; return how many of each.

    `by` proposes the answers and is somebody else than the reviewer. What is there already stays as it is.
    Laws are cited where they have been imported before.
    """
    guides = answers = 0
    for text in GUIDES:
        if Guide.objects.filter(title=text.title, line=text.line, region=region).exists():
            continue
        guide = write_guide(
            by=by, title=text.title, line=text.line, region=region, texts=text.texts, owner=owner
        )
        publish_guide(by=by, guide=guide)
        guides += 1
    for one in ANSWERS:
        if Answer.objects.filter(question=one.question).exists():
            continue
        cited = [article for name in one.laws for article in _articles(name)]
        made = propose_answer(by=by, question=one.question, answer=one.answer, line=one.line, articles=cited)
        publish_answer(by=reviewer.actor, answer=made)
        answers += 1
    return guides, answers


def _articles(name: str) -> list[Article]:
    """The current wording of an article by its full name; empty where the law was not imported."""
    from mingbai.knowledge.queries.laws import law_names

    named = references(name)
    law = law_of(named[0].before, law_names()) if named else None
    if law is None:
        return []
    current = Article.objects.filter(law=law, valid_to=None, number=named[0].number, suffix=named[0].suffix)
    return list(current.order_by("pk"))
