"""Training of the model of articles, and how good it is on questions it has not seen."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from mingbai.core.refused import Refused
from mingbai.knowledge.learning.articles import Finder, Model, Synonyms, train
from mingbai.knowledge.learning.citing import references_of, titles_by_name
from mingbai.knowledge.learning.measures import (
    FOLDS,
    cross_validated,
    found_within,
    recall_within,
    reciprocal_rank,
)
from mingbai.knowledge.learning.rows import Row
from mingbai.knowledge.rules.words import content_words

LEAST = 20
"""Fewer answered questions than that teach nothing."""
LIMITS = (
    "只学到训练数据里出现过的问法；没有收入本系统的法律不会出现在结果里；数字来自交叉验证，"
    "换一批问题会有出入；结果是建议，用哪一条由人决定。模型里有问题用过的词（不含语序），按办件内容保管。"
)


@dataclass(frozen=True)
class Laws:
    """The laws as they are imported: references with texts, names, the synonyms of lay words."""

    articles: Sequence[tuple[str, str]]
    names: Mapping[str, Sequence[str]]
    synonyms: Synonyms

    def answered(self, rows: Sequence[Row]) -> list[tuple[Row, list[str]]]:
        """The rows that cite an article, with the references."""
        titles = titles_by_name(self.names)
        cited = [(row, references_of(row.value, titles)) for row in rows]
        return [(row, refs) for row, refs in cited if refs]


def learn(rows: Sequence[Row], laws: Laws, *, on: date) -> Model:
    """Return the model of all rows with its card. Raises Refused "too_few"."""
    answered = laws.answered(rows)
    if len(answered) < LEAST:
        text = _("能用的问题太少：%(n)d 行写明了法条，至少要 %(least)d 行。")
        raise Refused(text % {"n": len(answered), "least": LEAST}, code="too_few")
    known = {word for ref, text in laws.articles for word in content_words(f"{ref} {text}")}
    card = {"trained_on": on.isoformat(), "rows": len(rows), **_coverage(answered, laws)}
    card |= measure(rows, laws, known=known)
    return _trained(answered, known, {**card, "limits": LIMITS})


def measure(rows: Sequence[Row], laws: Laws, *, known: set[str]) -> dict[str, Any]:
    """Cross-validated figures over the questions about imported articles; empty where there are too few."""
    answered = laws.answered(rows)
    held = {ref for ref, _text in laws.articles}
    right = [[ref for ref in refs if ref in held] for _row, refs in answered]
    judged = [place for place, refs in enumerate(right) if refs]
    if len(judged) < FOLDS * 2:
        return {"judged": len(judged)}

    def ask(learned: list[int], asked: list[int]) -> list[list[str]]:
        model = _trained([answered[place] for place in learned], known, {})
        finder = Finder(laws.articles, synonyms=laws.synonyms, model=model)
        return finder.rank([answered[place][0].text for place in asked])

    ranked = cross_validated([row.id for row, _refs in answered], ask)
    plain = Finder(laws.articles, synonyms=laws.synonyms).rank([answered[place][0].text for place in judged])
    wanted = [right[place] for place in judged]
    return {
        "judged": len(judged),
        "folds": FOLDS,
        "with_model": figures([ranked[place] for place in judged], wanted),
        "without_model": figures(plain, wanted),
    }


def figures(ranked: Sequence[Sequence[str]], right: Sequence[Sequence[str]]) -> dict[str, float]:
    """Among the first ten: share of questions with a right article, share of right articles; MRR."""
    return {
        "found_at_10": round(found_within(ranked, right), 4),
        "recall_at_10": round(recall_within(ranked, right), 4),
        "mrr": round(reciprocal_rank(ranked, right), 4),
    }


def _trained(answered: Sequence[tuple[Row, list[str]]], known: set[str], card: Mapping[str, Any]) -> Model:
    return train([(row.text, refs) for row, refs in answered], known=known, card=card)


def _coverage(answered: Sequence[tuple[Row, list[str]]], laws: Laws) -> dict[str, Any]:
    held = {ref for ref, _text in laws.articles}
    cited = Counter(ref for _row, refs in answered for ref in refs)
    missing = Counter({ref: times for ref, times in cited.items() if ref not in held})
    return {
        "answered": len(answered),
        "citations": cited.total(),
        "citations_not_imported": missing.total(),
        "not_imported": [ref for ref, _times in missing.most_common(5)],
    }
