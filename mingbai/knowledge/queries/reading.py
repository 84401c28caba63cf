"""What typed letters and mistyped words may mean, read from the vocabulary of the index."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q

from mingbai.knowledge.models import Term
from mingbai.knowledge.rules import correcting
from mingbai.knowledge.rules.indexing import pinyin
from mingbai.knowledge.rules.words import cut, question_words

MOST_SOUNDS = 6


def sounds(slot: int, text: str, *, prefix: bool) -> dict[str, list[tuple[str, ...]]]:
    """For each typed word of letters, what it may be the pinyin or the initials of; one query at most."""
    letters = [word for word in question_words(text) if word.isascii() and word.isalpha() and len(word) > 1]
    if not letters:
        return {}
    asked = letters[:4]
    runs = list(dict.fromkeys(run for word in asked for run in correcting.syllable_runs(word)))[:400]
    wanted = Q(pinyin__in=runs) | Q(initials__in=asked)
    if prefix:
        wanted |= Q(pinyin__startswith=asked[-1])
    rows = Term.objects.filter(wanted, slot=slot).order_by("-documents", "text")[:600]
    found = list(rows.values_list("text", "pinyin", "initials", "documents"))
    return {word: _readings(word, found, prefix=prefix and word == asked[-1]) for word in asked}


def _readings(word: str, rows: Iterable[tuple[str, str, str, int]], *, prefix: bool) -> list[tuple[str, ...]]:
    by_sound: dict[str, dict[str, int]] = defaultdict(dict)
    whole: list[tuple[str, ...]] = []
    for text, sound, first, count in rows:
        by_sound[sound][text] = count
        if word in (sound, first) or (prefix and sound.startswith(word)):
            whole.append((text,))
    split = correcting.read_pinyin(word, by_sound)
    found = whole[:MOST_SOUNDS]
    return [*found, tuple(split)] if split and tuple(split) not in found else found


def corrected(slot: int, text: str) -> str | None:
    """The text as it may have been meant, or None: words of the same sound, else one sign off."""
    if len(text) > correcting.MOST_CHARACTERS:
        return None
    runs = correcting.windows(text)
    if not runs:
        return None
    known = set(Term.objects.filter(slot=slot, text__in=[*runs, *cut(text)]).values_list("text", flat=True))
    by_sound: dict[str, dict[str, int]] = defaultdict(dict)
    rows = Term.objects.filter(slot=slot, pinyin__in=list({pinyin(run) for run in runs}))
    for word, sound, count in rows.values_list("text", "pinyin", "documents"):
        by_sound[sound][word] = count
    return correcting.same_sound(text, by_sound, known) or _one_off(slot, text, known)


def _one_off(slot: int, text: str, known: set[str]) -> str | None:
    suspects = correcting.suspects(text, known)
    if not suspects:
        return None
    ends = Q()
    for run in suspects:
        ends |= Q(text__startswith=run[:2]) | Q(text__endswith=run[-2:])
    words = dict(Term.objects.filter(ends, slot=slot).values_list("text", "documents")[:500])
    return correcting.one_off(text, suspects, words)
