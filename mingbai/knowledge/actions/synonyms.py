"""Synonyms: what people say, and the law's words for it; searches use them from the commit on."""

import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.journal.actions import write
from mingbai.knowledge.actions import _index
from mingbai.knowledge.actions._allowed import require
from mingbai.knowledge.models import Synonym
from mingbai.knowledge.perms import can_edit_words
from mingbai.knowledge.rules.words import clean, words

CHAIN = "knowledge:synonyms"


@transaction.atomic
def add_synonym(*, by: Actor, lay: str, legal: str) -> Synonym:
    """Add a pair; one that was switched off comes back. Raises Refused "text_missing", "same_word",
    "not_allowed"."""
    require(by, can_edit_words)
    lay, legal = clean(lay, most=64), clean(legal, most=64)
    if len(lay) < 2 or not words(lay) or not words(legal):
        raise Refused(_("请写明群众说法（至少两个字）和法律用语。"), code="text_missing", field="lay")
    if lay == legal:
        raise Refused(_("两个词相同。"), code="same_word", field="legal")
    found, _made = Synonym.objects.update_or_create(lay=lay, legal=legal, defaults={"is_active": True})
    _changed(by, "added", found)
    return found


@transaction.atomic
def drop_synonym(*, by: Actor, synonym: Synonym) -> Synonym:
    """Switch a pair off; it stays in the table, with its history. Raises Refused "not_allowed"."""
    require(by, can_edit_words)
    synonym = Synonym.objects.select_for_update(of=("self",)).get(pk=synonym.pk)
    if synonym.is_active:
        synonym.is_active = False
        synonym.save(update_fields=["is_active"])
        _changed(by, "dropped", synonym)
    return synonym


def _changed(by: Actor, verb: str, synonym: Synonym) -> None:
    """The token tells every process to read the table anew."""
    state = _index.locked_state()
    state.synonyms = secrets.token_hex(8)
    state.save(update_fields=["synonyms"])
    write(chain=CHAIN, verb=f"synonym.{verb}", by=by, data={"lay": synonym.lay, "legal": synonym.legal})
