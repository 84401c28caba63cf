"""Which topic a text may be about: from the city's own model where there is one, else from the lexicon."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import structlog

from mingbai.core.refused import Refused
from mingbai.knowledge.enums import Topic
from mingbai.knowledge.queries.learned import label_model, model_path
from mingbai.knowledge.rules.triage import MOST_LABELS, triage

if TYPE_CHECKING:
    from mingbai.knowledge.learning.labels import Model

log = structlog.get_logger(__name__)
MODEL = "topics.model"
"""Beside the model of articles: what train_triage made of export_labels."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """`words` led to it; "" where the model proposes."""

    code: str
    label: str
    share: float
    words: str = ""


def proposed_topics(text: str) -> list[Proposed]:
    """At most three of our own topics, likeliest first; none where nothing speaks for any."""
    found = triage(text)
    words = {reason.code: reason.words for reason in found.reasons}
    model = _model()
    ranked = model.rank([text])[0] if model else list(found.topics)
    known = [(code, share) for code, share in ranked if code in Topic.values][:MOST_LABELS]
    return [Proposed(code, str(Topic(code).label), share, words.get(code, "")) for code, share in known]


def _model() -> "Model | None":
    try:
        return _kept(model_path().with_name(MODEL).stat().st_mtime_ns)
    except OSError:
        return None


@lru_cache(maxsize=1)
def _kept(stamp: int) -> "Model | None":
    try:
        return label_model(model_path().with_name(MODEL))
    except Refused as reason:
        log.warning("knowledge.model_unusable", why=str(reason), path=MODEL)
        return None
