"""The index as a whole: rebuilt beside and swapped in one transaction, watched, and found damaged."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.journal.actions import write
from mingbai.knowledge.actions import _index
from mingbai.knowledge.entries import Batch, batches
from mingbai.knowledge.fulltext import Damaged, engine, vocabulary
from mingbai.knowledge.models import Document, IndexState, Term

log = structlog.get_logger(__name__)

BATCH = 1_000
"""Documents of one transaction: on SQLite other writers wait so long, and no longer."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """`damage`: what was wrong with the index before; empty when it was whole."""

    documents: int
    seconds: float
    damage: tuple[str, ...]


def index_faults(*, by: Actor, deep: bool = True) -> list[str]:
    """What is wrong with the index that is read now, in words. `deep` reads all of it (a second at 10⁵)."""
    state = IndexState.objects.filter(id=1).first() or IndexState()
    found: list[str] = engine().faults(state.slot, deep=deep)
    return found


def rebuild_search(*, by: Actor) -> Rebuilt:
    """Make the index anew from the contents. Until the swap the old one is read and kept up to date.

    Not one transaction but many short ones: content may change meanwhile and is written to both. A second
    rebuild takes the work over from a first one, which then gives up with Refused "overtaken".
    """
    started, damage = perf_counter(), tuple(index_faults(by=by))
    token, slot = _begin()
    counts: dict[str, int] = {}
    for batch in batches(timezone.localdate(), BATCH):
        _fill(slot, token, batch, counts)
    _terms(slot, token, counts)
    engine().settle(slot)
    documents = _swap(slot, token, by=by, damage=damage)
    _tidy(1 - slot, token)
    done = Rebuilt(documents, perf_counter() - started, damage)
    event = log.warning if damage else log.info
    event("search.rebuilt", documents=documents, seconds=round(done.seconds, 2), damage=list(damage))
    return done


def _begin() -> tuple[str, int]:
    """Empty the slot that nobody reads, then let every change be written to it too."""
    slot = 1 - (IndexState.objects.filter(id=1).values_list("slot", flat=True).first() or 0)
    _empty(slot)
    token = secrets.token_hex(8)
    with transaction.atomic():
        state = _index.locked_state()
        if 1 - state.slot != slot:
            raise _overtaken()
        # What came in between the emptying and now (another rebuild's) is emptied again, under the lock.
        _empty_now(slot)
        state.building = token
        state.save(update_fields=["building"])
    return token, slot


def _empty(slot: int) -> None:
    """In small transactions; the full-text table last, whose rows without a document nobody reads."""
    while ids := list(Document.objects.filter(slot=slot).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            Document.objects.filter(pk__in=ids).delete()
    while ids := list(
        Term.objects.filter(slot=slot).order_by("pk").values_list("pk", flat=True)[: 5 * BATCH]
    ):
        with transaction.atomic():
            Term.objects.filter(pk__gte=ids[0], pk__lte=ids[-1], slot=slot).delete()


def _empty_now(slot: int) -> None:
    Document.objects.filter(slot=slot).delete()
    Term.objects.filter(slot=slot).delete()
    engine().create(slot)


@transaction.atomic
def _fill(slot: int, token: str, batch: Batch, counts: dict[str, int]) -> None:
    _holding(token)
    found = _index.put(slot, batch.entries())
    for word, count in found.items():
        counts[word] = counts.get(word, 0) + count


def _terms(slot: int, token: str, counts: dict[str, int]) -> None:
    """Words written meanwhile by changes of content were counted twice at most: they rank, no more."""
    words = sorted(counts)
    for start in range(0, len(words), 5 * BATCH):
        part = {word: counts[word] for word in words[start : start + 5 * BATCH]}
        with transaction.atomic():
            _holding(token)
            vocabulary.add(slot, part)


@transaction.atomic
def _swap(slot: int, token: str, *, by: Actor, damage: tuple[str, ...]) -> int:
    state = _holding(token)
    if wrong := engine().faults(slot, deep=False):
        raise Refused(
            _("新索引不完整：%(wrong)s。仍用原索引。") % {"wrong": "；".join(wrong)}, code="not_whole"
        )
    state.slot, state.building, state.built_at, state.damaged_at = slot, "", timezone.now(), None
    state.save()
    documents = Document.objects.filter(slot=slot).count()
    data = {"documents": documents, "damage": list(damage)}
    write(chain="knowledge:index", verb="knowledge.index_rebuilt", by=by, data=data)
    return documents


def _tidy(slot: int, token: str) -> None:
    """Give back the room of the old slot; what fails here is done again by the next rebuild."""
    try:
        _empty(slot)
        with transaction.atomic():
            state = _index.locked_state()
            if state.slot != slot and not state.building:
                engine().create(slot)
    except Damaged as damage:
        log.warning("search.old_index_kept", slot=slot, error=str(damage))


def _holding(token: str) -> IndexState:
    state = _index.locked_state()
    if state.building != token:
        raise _overtaken()
    return state


def _overtaken() -> Refused:
    return Refused(_("另一次索引重建已经开始，这一次停止。"), code="overtaken", kept=_("检索照常可用。"))


@transaction.atomic
def note_damage(*, by: Actor, error: str) -> None:
    """A search met a broken index: the watch rebuilds it. Once noted, nothing more is written."""
    noted = IndexState.objects.filter(id=1, damaged_at=None).update(damaged_at=timezone.now())
    if noted:
        write(chain="knowledge:index", verb="knowledge.index_damaged", by=by, data={"error": error[:300]})


def watch_index(*, by: Actor, now: datetime) -> Rebuilt | None:
    """The worker's round: rebuild an index that was met broken, or whose counts do not agree."""
    noted = IndexState.objects.filter(id=1).exclude(damaged_at=None).exists()
    faults = index_faults(by=by, deep=False)
    if not noted and not faults:
        return None
    log.error("search.index_damaged", noted=noted, faults=faults)
    return rebuild_search(by=by)
