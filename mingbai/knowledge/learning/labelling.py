"""Training of the model of labels, and how good it is on texts it has not seen."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from mingbai.core.refused import Refused
from mingbai.knowledge.learning import vectors
from mingbai.knowledge.learning.labels import Model, likelihoods, train
from mingbai.knowledge.learning.measures import FOLDS, cross_validated
from mingbai.knowledge.learning.rows import Row
from mingbai.knowledge.rules.triage import RISK_FIGURES

LEAST = 20
"""Fewer labelled texts than that teach nothing."""
HEATS = tuple(float(heat) for heat in np.geomspace(0.5, 40, 25))
LIMITS = (
    "只认得训练数据里的标签和说法；标签本身有多乱，准头就有多低；数字来自交叉验证，换一批文字会有出入；"
    "风险和紧急不由模型判断，由随系统的词表判断；结果是建议，由人确认。模型里有文字用过的词，按办件内容保管。"
)


def labelled_of(rows: Sequence[Row]) -> tuple[list[tuple[Any, str, str]], list[str]]:
    """Return ((id, text, label) of the rows with a label, the texts of the others)."""
    held = [
        (row.id, row.text, row.value.strip())
        for row in rows
        if isinstance(row.value, str) and row.value.strip()
    ]
    return held, [row.text for row in rows if not (isinstance(row.value, str) and row.value.strip())]


def learn(rows: Sequence[Row], *, on: date, field: str = "") -> Model:
    """Return the model of all rows with its card. Raises Refused "too_few"."""
    held, others = labelled_of(rows)
    times = Counter(label for _id, _text, label in held)
    if len(held) < LEAST or len(times) < 2:
        text = _("能用的文字太少：%(n)d 行有标签（%(kinds)d 种），至少要 %(least)d 行、两种。")
        said = {"n": len(held), "kinds": len(times), "least": LEAST}
        raise Refused(text % said, code="too_few")
    pairs = [(text, label) for _id, text, label in held]
    scores, labels = unseen(held, others)
    heat = _heat(scores, [labels.index(label) for _text, label in pairs])
    card = {
        "trained_on": on.isoformat(),
        "field": field,
        "rows": len(rows),
        "labelled": len(held),
        "labels": dict(times.most_common()),
        "folds": FOLDS,
        **figures(scores, labels, [label for _text, label in pairs]),
        "risks_without_a_model": RISK_FIGURES,
        "limits": LIMITS,
    }
    return train(pairs, others=others, heat=heat, card=card)


def unseen(held: Sequence[tuple[Any, str, str]], others: Sequence[str]) -> tuple[vectors.Floats, list[str]]:
    """Return (scores of every text by a model that has not seen it, the labels of the columns)."""
    labels = sorted({label for _id, _text, label in held})

    def ask(learned: list[int], asked: list[int]) -> list[vectors.Floats]:
        model = train([held[place][1:] for place in learned], others=others)
        found = np.full((len(asked), len(labels)), -1.0)
        columns = [labels.index(label) for label in model.labels]
        found[:, columns] = model.scores([held[place][1] for place in asked])
        return list(found)

    return np.vstack(cross_validated([row[0] for row in held], ask)), labels


def figures(scores: vectors.Floats, labels: Sequence[str], right: Sequence[str]) -> dict[str, Any]:
    """Shares of the texts whose label is the first, or among the first three; the first of each label."""
    order = np.argsort(-scores, axis=1, kind="stable")
    wanted = np.array([labels.index(label) for label in right])
    first = order[:, 0] == wanted
    by_label = {label: round(float(first[wanted == at].mean()), 3) for at, label in enumerate(labels)}
    return {
        "top_1": round(float(first.mean()), 4),
        "top_3": round(float((order[:, :3] == wanted[:, None]).any(axis=1).mean()), 4),
        "top_1_by_label": by_label,
    }


def _heat(scores: vectors.Floats, right: Sequence[int]) -> float:
    """The factor that makes the scores of unseen texts the likeliest log-odds."""

    def loss(heat: float) -> float:
        given = likelihoods(scores, heat)[np.arange(len(right)), list(right)]
        return float(-np.log(np.maximum(given, 1e-9)).mean())

    return min(HEATS, key=loss)
