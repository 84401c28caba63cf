"""What a text may be about, of which kind and how urgent: by the city's own models, else by the lexicon."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mingbai.knowledge.enums import Topic, Urgency
from mingbai.knowledge.models import TopicCode
from mingbai.knowledge.queries.learned import kept_labels
from mingbai.knowledge.rules.triage import MOST_LABELS, URGENCIES, Triage, triage

if TYPE_CHECKING:
    from mingbai.knowledge.learning.labels import Model

MODELS = {"topic": "topics.model", "kind": "kinds.model"}
"""Beside the model of articles: what train_triage made of `export_labels --field …`; none for urgency."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """`words` led to it; "" where a model proposes. `label` is "" for kinds: they are named further up."""

    code: str
    label: str
    share: float
    words: str = ""


@dataclass(frozen=True, slots=True)
class Proposals:
    """`kind`, `urgency`: None where nothing speaks for another than the usual one."""

    topics: list[Proposed]
    kind: Proposed | None
    urgency: Proposed | None


def proposals(text: str, kinds: Iterable[str] = ()) -> Proposals:
    """All that is proposed for a text, for a person. `kinds`: the codes that a model's kind may be."""
    found = triage(text)
    return Proposals(_topics(text, found), _kind(text, found, frozenset(kinds)), _urgency(found))


def proposed_topics(text: str) -> list[Proposed]:
    """At most three of our own topics, likeliest first; none where nothing speaks for any."""
    return _topics(text, triage(text))


def _topics(text: str, found: Triage) -> list[Proposed]:
    model = kept_labels(MODELS["topic"])
    ranked = model.rank([text])[0] if model else list(found.topics)
    known = [(code, share) for code, share in ranked if code in Topic.values][:MOST_LABELS]
    return [Proposed(code, str(Topic(code).label), share, _words(found, code)) for code, share in known]


def _kind(text: str, found: Triage, kinds: frozenset[str]) -> Proposed | None:
    code = _likeliest(kept_labels(MODELS["kind"]), text, kinds) or found.kind
    return Proposed(code, "", 1.0, _words(found, code)) if code else None


def _likeliest(model: "Model | None", text: str, kinds: frozenset[str]) -> str:
    ranked = model.rank([text])[0] if model else []
    return next((code for code, _share in ranked if code in kinds), "")


def _urgency(found: Triage) -> Proposed | None:
    """With the words of the risk, or of the haste, that asks for it."""
    if found.urgency == Urgency.NORMAL:
        return None
    causes = [risk for risk in found.risks if URGENCIES[risk] == found.urgency] or [Urgency.SOON]
    return Proposed(found.urgency, str(Urgency(found.urgency).label), 1.0, _words(found, causes[0]))


def _words(found: Triage, code: str) -> str:
    return next((reason.words for reason in found.reasons if reason.code == code), "")


def external_code(topic: str, system: str) -> str:
    """What that system calls the topic; "" where nobody entered it, and for no topic."""
    found = TopicCode.objects.filter(topic=topic, system=system).first() if topic else None
    return found.code if found else ""


def external_codes() -> dict[str, list[TopicCode]]:
    """Topic → its codes in the lists of others, by system: one query."""
    found: dict[str, list[TopicCode]] = {}
    for row in TopicCode.objects.order_by("topic", "system"):
        found.setdefault(row.topic, []).append(row)
    return found
