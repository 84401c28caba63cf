"""What each content looks like in the index, and the walk over everything that may be found."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet

from mingbai.knowledge.enums import AnswerState, GuideState, Kind
from mingbai.knowledge.models import Answer, Article, Guide, Law
from mingbai.knowledge.rules.indexing import Entry
from mingbai.knowledge.rules.lawtext import short_names


def law_names(law: Law) -> tuple[str, ...]:
    """Every name a law is called by beside its title: short ones and those that were entered."""
    return tuple(dict.fromkeys([*short_names(law.title), *law.aliases]))


def law_entry(law: Law) -> Entry:
    return Entry(
        Kind.LAW, str(law.pk), law.title, law.adoption, law_names(law), law=law.pk, region=law.region_id or ""
    )


def article_entry(article: Article) -> Entry:
    law = article.law
    return Entry(
        Kind.ARTICLE,
        str(article.pk),
        article.ref,
        article.text,
        (*law_names(law), article.chapter),
        law=law.pk,
        region=law.region_id or "",
        valid_from=article.valid_from,
        valid_to=article.valid_to,
    )


def guide_entry(guide: Guide) -> Entry:
    told = (guide.who, guide.papers, guide.place, guide.steps, guide.duration, guide.cost, guide.basis)
    return Entry(
        Kind.GUIDE,
        str(guide.pk),
        guide.title,
        "\n".join(part for part in told if part),
        (guide.get_line_display(),),
        line=guide.line,
        region=guide.region_id,
    )


def answer_entry(answer: Answer) -> Entry:
    return Entry(
        Kind.ANSWER,
        str(answer.pk),
        answer.question[:300],
        f"{answer.question[300:]}\n{answer.answer}".strip(),
        line=answer.line,
        region=answer.region_id or "",
        valid_to=answer.expires_on,
    )


_SOURCES: tuple[tuple[Any, Any], ...] = (
    (lambda today: Law.objects.order_by("pk"), law_entry),
    (lambda today: _articles(today), article_entry),
    (lambda today: Guide.objects.filter(state=GuideState.PUBLISHED).order_by("pk"), guide_entry),
    (lambda today: Answer.objects.published(today).filter(state=AnswerState.PUBLISHED), answer_entry),
)


def _articles(today: date) -> QuerySet[Article]:
    """Wordings that hold today or will: what has ended is read in the law itself, not found."""
    return Article.objects.exclude(valid_to__lt=today).select_related("law")


def batches(today: date, size: int) -> Iterator["Batch"]:
    """The walk: each batch reads its rows only when asked, inside the transaction that writes them."""
    for source, entry in _SOURCES:
        keys = list(source(today).order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(keys), size):
            yield Batch(source, entry, today, keys[start : start + size])


class Batch:
    """Some contents by key; what was withdrawn since the walk began is no longer among the entries."""

    def __init__(self, source: Any, entry: Any, today: date, keys: list[int]) -> None:
        self._source, self._entry, self._today, self._keys = source, entry, today, keys

    def entries(self) -> list[Entry]:
        found = self._source(self._today).filter(pk__in=self._keys)
        return [self._entry(row) for row in found]
