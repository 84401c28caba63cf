"""Documents written and taken away in the transaction of their content, in every slot that counts."""

from collections import Counter
from collections.abc import Sequence

import structlog
from django.db import DatabaseError, transaction
from django.utils import timezone

from mingbai.knowledge.fulltext import Damaged, Row, engine, vocabulary
from mingbai.knowledge.models import Document, IndexState
from mingbai.knowledge.rules.indexing import Entry, Tokens, tokens

log = structlog.get_logger(__name__)

_FIELDS = ("title", "body", "line", "law", "region", "valid_from", "valid_to")


def locked_state() -> IndexState:
    """The index's one row, locked: writers of the index come one after the other."""
    state, _made = IndexState.objects.select_for_update(of=("self",)).get_or_create(id=1)
    return state


def enter(entries: Sequence[Entry]) -> None:
    """Make these contents findable from the commit on. A damaged index never holds a content back."""
    if not entries:
        return
    state = locked_state()
    for slot in _slots(state):
        try:
            with transaction.atomic():
                vocabulary.add(slot, put(slot, entries))
        except (Damaged, DatabaseError) as damage:
            # Also an error that says nothing of damage ("constraint failed"): a torn index writes so.
            _note(state, damage)


def leave(kind: str, refs: Sequence[str]) -> None:
    """Take contents out of the index: from the commit on nobody finds them."""
    if not refs:
        return
    state = locked_state()
    for slot in _slots(state):
        gone = Document.objects.filter(slot=slot, kind=kind, ref__in=list(refs))
        ids = list(gone.values_list("pk", flat=True))
        gone.delete()
        try:
            with transaction.atomic():
                engine().remove(slot, ids)
        except (Damaged, DatabaseError) as damage:
            _note(state, damage)


def put(slot: int, entries: Sequence[Entry]) -> Counter[str]:
    """Write documents into one slot; return in how many of them each word stands."""
    counts: Counter[str] = Counter()
    rows, cut = _saved(slot, entries), [tokens(entry) for entry in entries]
    for found in cut:
        counts.update(found.all)
    engine().put(slot, [_row(document, found) for document, found in zip(rows, cut, strict=True)])
    return counts


def _saved(slot: int, entries: Sequence[Entry]) -> list[Document]:
    """The documents of the entries, in their order: known ones changed, new ones made."""
    keys = {(entry.kind, entry.ref): entry for entry in entries}
    known = {
        (row.kind, row.ref): row
        for kind in {entry.kind for entry in entries}
        for row in Document.objects.filter(
            slot=slot, kind=kind, ref__in=[entry.ref for entry in entries if entry.kind == kind]
        )
    }
    for key, row in known.items():
        for name in _FIELDS:
            setattr(row, name, getattr(keys[key], name))
    Document.objects.bulk_update(known.values(), _FIELDS, batch_size=200)
    new = [_document(slot, entry) for key, entry in keys.items() if key not in known]
    made = {(row.kind, row.ref): row for row in Document.objects.bulk_create(new, batch_size=1_000)}
    return [(known | made)[entry.kind, entry.ref] for entry in entries]


def _document(slot: int, entry: Entry) -> Document:
    values = {name: getattr(entry, name) for name in _FIELDS}
    return Document(slot=slot, kind=entry.kind, ref=entry.ref, **values)


def _row(document: Document, found: Tokens) -> Row:
    facets = (document.kind, document.law, document.region, document.line)
    return Row(document.pk, found.title, found.body, (*found.names, *found.sounds), *facets)


def _slots(state: IndexState) -> tuple[int, ...]:
    return (0, 1) if state.building else (state.slot,)


def _note(state: IndexState, damage: Exception) -> None:
    log.error("search.index_damaged", slot=state.slot, error=str(damage))
    state.damaged_at = timezone.now()
    state.save(update_fields=["damaged_at"])
