"""The one search box: articles, guides, answers, offices and people; all words first, then any."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import structlog
from django.db.models import Q, QuerySet
from django.utils import timezone

from mingbai.knowledge.enums import Kind
from mingbai.knowledge.fulltext import Damaged, Facets, Found, engine, vocabulary
from mingbai.knowledge.models import Document, IndexState, Synonym
from mingbai.knowledge.queries import offices, reading
from mingbai.knowledge.queries.hits import Answered, Hit
from mingbai.knowledge.queries.laws import named_articles, named_law
from mingbai.knowledge.rules.matching import Match, all_words, any_word, question_pieces
from mingbai.knowledge.rules.snippets import marked, passage
from mingbai.knowledge.rules.words import clean, question_words
from mingbai.places.queries import register

log = structlog.get_logger(__name__)

MOST_TEXT = 2_000
"""Characters of a question that are read; what a person types into a box is shorter."""
SPARE = 20
"""Taken beyond the limit: some may have expired since the last round."""
FILL = 5
"""Where some documents hold all words, one part in so many is ranked for the room that is left: the rarest
words alone bring what is nearest, and a box is answered while one waits."""
MOST_ALL = 12
"""A text of more words is a question: no document holds all of them."""
TEXTS = (Kind.LAW, Kind.ARTICLE, Kind.GUIDE, Kind.ANSWER)
NAMED, STRONG = 1_000.0, 500.0
"""Scores of an article named by number, and of an office or person named by name: they stand first."""


@dataclass(frozen=True, slots=True)
class Index:
    """Which slot is read, and the synonyms as they are now."""

    slot: int
    synonyms: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with its filters."""

    text: str
    index: Index
    facets: Facets
    on: date
    limit: int


def search(
    text: str,
    *,
    kinds: Collection[str] = (),
    region: str = "",
    law: int | None = None,
    line: str = "",
    on: date | None = None,
    point: tuple[float, float] | None = None,
    limit: int = 20,
    prefix: bool = False,
) -> list[Hit]:
    """Return what is found, best first. Never raises for any text; `look_up` also tells of corrections."""
    found = look_up(
        text, kinds=kinds, region=region, law=law, line=line, on=on, point=point, limit=limit, prefix=prefix
    )
    return list(found.hits)


def look_up(
    text: str,
    *,
    kinds: Collection[str] = (),
    region: str = "",
    law: int | None = None,
    line: str = "",
    on: date | None = None,
    point: tuple[float, float] | None = None,
    limit: int = 20,
    prefix: bool = False,
) -> Answered:
    """Search everything published. `kinds`: of Kind, none means all. `region`: what applies there (its own,
    that of the regions above it, and what applies everywhere). `on`: the wording of that day (default today).
    `point`: (latitude, longitude), offices nearest first. `prefix`: the last word is still being typed."""
    asked_text = clean(text, most=MOST_TEXT)
    if not question_words(asked_text) or limit < 1:
        return Answered(asked_text, ())
    asked = Asked(
        asked_text, current_index(), _facets(kinds, region, law, line), on or timezone.localdate(), limit
    )
    named = _named(asked, kinds, law)
    texts: list[Hit] = []
    corrected = ""
    if not kinds or set(kinds) & set(TEXTS):
        texts, corrected = _texts(asked, prefix=prefix, is_named=bool(named))
    people: list[Hit] = []
    if law is None and (not kinds or set(kinds) & {Kind.OFFICE, Kind.PERSON}):
        people = offices.find(asked_text, kinds=kinds, region=region, point=point, line=line, limit=limit)
    return Answered(asked_text, _together(named, texts, people, limit), corrected)


def _named(asked: Asked, kinds: Collection[str], law: int | None) -> list[Hit]:
    """What the text calls by its name: articles by number, else one law."""
    found = named_articles(asked.text, on=asked.on, law=law) if _wants(kinds, Kind.ARTICLE) else []
    is_law = not found and law is None and asked.text.endswith(_LAW_ENDS) and _wants(kinds, Kind.LAW)
    return named_law(asked.text) if is_law else found


_LAW_ENDS = ("法", "典", "例", "定", "释", "见", "法》", "典》", "例》", "定》")
"""What a law's name ends with: other texts are not compared with all names."""


def _wants(kinds: Collection[str], kind: str) -> bool:
    return not kinds or kind in kinds


def _together(named: list[Hit], texts: list[Hit], people: list[Hit], limit: int) -> tuple[Hit, ...]:
    """Named articles, then whom the text names, then texts; weaker offices fill what is left, one in four."""
    strong = [hit for hit in people if hit.score >= STRONG]
    weak = [hit for hit in people if hit.score < STRONG]
    room = max(limit - len(named) - len(strong), 0)
    few = weak[: max(room // 4, room - len(texts))]
    merged = [*named, *strong, *texts[: room - len(few)], *few]
    once: dict[tuple[str, str], Hit] = {}
    for hit in merged:
        once.setdefault((hit.kind, hit.ref), hit)
    return tuple(once.values())[:limit]


def current_index() -> Index:
    """One tiny query; the synonyms are kept in memory until their token changes."""
    row = IndexState.objects.filter(id=1).values_list("slot", "synonyms").first()
    slot, token = row or (0, "")
    return Index(slot, _synonyms(token))


@lru_cache(maxsize=2)
def _synonyms(token: str) -> tuple[tuple[str, str], ...]:
    rows = Synonym.objects.filter(is_active=True).order_by("lay", "legal")
    return tuple((clean(lay), clean(legal)) for lay, legal in rows.values_list("lay", "legal"))


def _facets(kinds: Collection[str], region: str = "", law: int | None = None, line: str = "") -> Facets:
    texts = tuple(kind for kind in TEXTS if kind in kinds)
    above = [row.code for row in register().ancestors(region)] if region else []
    return Facets(
        # All four is no filter: the index would walk every document of it for nothing.
        kinds=tuple(str(kind) for kind in texts) if len(texts) < len(TEXTS) else (),
        laws=(law,) if law is not None else (),
        lines=(line,) if line else (),
        regions=("", *dict.fromkeys([region, *above])) if region else (),
    )


def _texts(asked: Asked, *, prefix: bool, is_named: bool) -> tuple[list[Hit], str]:
    """All words; when nothing holds them, the text corrected; then any word, for the room that is left."""
    try:
        hits = _all(asked, asked.text, prefix=prefix)
        corrected = ""
        if not hits and not is_named:
            corrected = reading.corrected(asked.index.slot, asked.text) or ""
            hits = _all(asked, corrected, prefix=False) if corrected else []
        if len(hits) < asked.limit and not is_named:
            more = any_of(asked, corrected or asked.text, share=FILL if hits else 1)
            hits += [hit for hit in more if hit.ref not in _refs(hits, hit)]
        if not hits and not engine().answers(asked.index.slot):
            raise Damaged("the index does not find what is there")
        return hits[: asked.limit], corrected if hits else ""
    except Damaged as damage:
        return _without_index(asked, damage), ""


def _refs(hits: Sequence[Hit], like: Hit) -> set[str]:
    return {hit.ref for hit in hits if hit.kind == like.kind}


def _all(asked: Asked, text: str, *, prefix: bool) -> list[Hit]:
    if len(question_words(text)) > MOST_ALL:
        return []
    sounds = reading.sounds(asked.index.slot, text, prefix=prefix)
    match = all_words(text, asked.index.synonyms, prefix=prefix, sounds=sounds)
    found = engine().find(asked.index.slot, match, asked.facets, asked.limit + SPARE)
    return _hits(asked, found, _shown(match), bonus=100.0)


def any_of(asked: Asked, text: str, share: int = 1) -> list[Hit]:
    """The ranked answer to a whole question: any of its rarest words. `share`: one part in so many of the
    documents that may be ranked."""
    slot, synonyms = asked.index.slot, asked.index.synonyms
    pieces = [
        *question_pieces(text),
        *(piece for _lay, legal in synonyms for piece in _legal(text, _lay, legal)),
    ]
    match = any_word(text, synonyms, vocabulary.documents(slot, pieces), engine().MOST_RANKED // share)
    found = engine().find(slot, match, asked.facets, asked.limit + SPARE)
    return _hits(asked, found, _shown(match))


def _legal(text: str, lay: str, legal: str) -> list[str]:
    return question_pieces(legal) if lay in text.replace(" ", "") else []


def _shown(match: Match) -> list[str]:
    """The words to highlight: single characters would mark half of a page."""
    words = {
        word.rstrip("*") for conjunction in match for group in conjunction for one in group for word in one
    }
    return sorted(word for word in words if len(word) > 1) or sorted(words)


def _hits(asked: Asked, found: Sequence[Found], words: list[str], bonus: float = 0.0) -> list[Hit]:
    # By key alone, the rest in Python: SQLite would rather walk the whole slot than look up sixty keys.
    held: list[tuple[Document, float]] = []
    for part in (found[: asked.limit], found[asked.limit :]):  # the spare ones only where some hold no more
        if part and len(held) < asked.limit:
            rows = Document.objects.in_bulk([one.id for one in part])
            held += [(rows[one.id], one.score) for one in part if one.id in rows]
            held = [(row, score) for row, score in held if _holds(row, asked)]
    return [_hit(row, score + bonus, words) for row, score in held[: asked.limit]]


def _holds(row: Document, asked: Asked) -> bool:
    """True when the document is of the slot and holds on the day: nothing expired is found, also before the
    day's round takes it out."""
    begun = row.valid_from is None or row.valid_from <= asked.on
    return begun and (row.valid_to is None or row.valid_to >= asked.on) and row.slot == asked.index.slot


def _holding(asked: Asked) -> QuerySet[Document]:
    """The same as a filter, for when there is no index to ask."""
    begun = Q(valid_from=None) | Q(valid_from__lte=asked.on)
    held = Document.objects.filter(begun, Q(valid_to=None) | Q(valid_to__gte=asked.on), slot=asked.index.slot)
    return held.filter(line__in=asked.facets.lines) if asked.facets.lines else held


def _hit(row: Document, score: float, words: list[str]) -> Hit:
    return Hit(
        kind=row.kind,
        ref=row.ref,
        title=row.title,
        snippet=passage(row.body, words),
        score=score,
        title_parts=marked(row.title, words),
        line=row.line,
        region=row.region,
    )


def _without_index(asked: Asked, damage: Damaged) -> list[Hit]:
    """The index cannot be read: say so, and look through the texts themselves until it is rebuilt."""
    from mingbai.core.actor import SYSTEM
    from mingbai.knowledge.actions import note_damage

    log.error("search.index_damaged", slot=asked.index.slot, error=str(damage))
    note_damage(by=SYSTEM, error=str(damage))
    words = question_words(asked.text)[:MOST_ALL]
    held = _holding(asked)
    for word in words:
        held = held.filter(Q(title__icontains=word) | Q(body__icontains=word))
    if asked.facets.kinds:
        held = held.filter(kind__in=asked.facets.kinds)
    if asked.facets.laws:
        held = held.filter(law__in=asked.facets.laws)
    if asked.facets.regions:
        held = held.filter(region__in=asked.facets.regions)
    return [_hit(row, 1.0, words) for row in held.order_by("kind", "pk")[: asked.limit]]


def asked_for(text: str, kinds: Collection[str], limit: int) -> Asked:
    """A question without filters but kinds, for the lists beside a text."""
    return Asked(clean(text, most=MOST_TEXT), current_index(), _facets(kinds), timezone.localdate(), limit)


def with_score(hit: Hit, score: float) -> Hit:
    return replace(hit, score=score)
