"""Typing errors, read against the index's own words: the same sound first, then one sign off."""

from collections.abc import Iterable, Mapping, Sequence

from mingbai.knowledge.rules.indexing import is_chinese, pinyin
from mingbai.knowledge.rules.words import clean, cut

MOST_CHARACTERS = 30
LONGEST = 6
SHORTEST = 2
NEGATIONS = "不没未无非"

Known = Mapping[str, int]
"""Words of the index → in how many documents."""


def windows(text: str) -> list[str]:
    """Runs of 2 to 6 Chinese characters that begin and end where words do, longest first.

    Only whole words: "冷静期" holds no 静期 that could be meant for 经期.
    """
    pieces = cut(clean(text)[:MOST_CHARACTERS])
    found = [
        "".join(pieces[begin:end])
        for begin in range(len(pieces))
        for end in range(begin + 1, min(begin + LONGEST, len(pieces)) + 1)
    ]
    fit = [run for run in dict.fromkeys(found) if SHORTEST <= len(run) <= LONGEST and is_chinese(run)]
    return sorted(fit, key=lambda run: -len(run))


def same_sound(text: str, by_sound: Mapping[str, Known], known: Iterable[str]) -> str | None:
    """The text with runs replaced by words of the same pinyin, longest runs and frequent words first.

    `known`: the runs that are words of the index themselves, and therefore left alone.
    """
    asked, fixed, kept = clean(text)[:MOST_CHARACTERS], set[int](), frozenset(known)
    result = list(asked)
    for run in windows(asked):
        at = asked.find(run)
        if at < 0:
            continue  # its pieces stand on both sides of a blank
        spots = set(range(at, at + len(run)))
        if spots & fixed:
            continue
        if run in kept:
            fixed |= spots if len(run) > 2 else set()
            continue
        words = {word: n for word, n in by_sound.get(pinyin(run), {}).items() if len(word) == len(run)}
        if words:
            best = max(sorted(words), key=lambda word: (_same(word, run), words[word]))
            result[at : at + len(run)] = best
            fixed |= spots
    changed = "".join(result)
    return changed if changed != asked and same_sense(asked, changed) else None


def same_sense(asked: str, changed: str) -> bool:
    """False where a correction would take a "not" away, or bring one: 老板不给钱 is no slip for 老板给钱."""
    return all(asked.count(sign) == changed.count(sign) for sign in NEGATIONS)


def _same(one: str, other: str) -> int:
    return sum(a == b for a, b in zip(one, other, strict=True))


def suspects(text: str, known: Iterable[str]) -> list[str]:
    """Runs of three to five characters that hold a word the index does not have."""
    asked, kept = clean(text)[:MOST_CHARACTERS], frozenset(known)
    strange = {sign for word in cut(asked) if word not in kept for sign in word}
    return [run for run in windows(asked) if 3 <= len(run) <= 5 and run not in kept and set(run) & strange][
        :8
    ]


def one_off(text: str, runs: Sequence[str], words: Known) -> str | None:
    """The text with one run replaced by a word of the index that differs by one sign, or None."""
    asked = clean(text)[:MOST_CHARACTERS]
    near = [
        (len(word), words[word], run, word)
        for run in runs
        for word in words
        if word != run and abs(len(word) - len(run)) <= 1 and is_near(run, word) and same_sense(run, word)
    ]
    if not near:
        return None
    _size, _count, run, word = max(near)
    return asked.replace(run, word, 1)


def is_near(one: str, other: str) -> bool:
    """True when one sign was exchanged, left out, put in, or two neighbours are swapped.

    >>> is_near("劳动仲才", "劳动仲裁"), is_near("劳仲裁", "劳动仲裁"), is_near("动劳仲裁", "劳动仲裁")
    (True, True, True)
    """
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    if len(one) < len(other):
        return any(other[:at] + other[at + 1 :] == one for at in range(len(other)))
    wrong = [at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(wrong) == 2 and wrong[1] == wrong[0] + 1:
        return one[wrong[0]] == other[wrong[1]] and one[wrong[1]] == other[wrong[0]]
    return len(wrong) <= 1


def syllable_runs(letters: str) -> list[str]:
    """Every part of typed pinyin that may be a word's sound, at most 300 of them."""
    typed = letters[:40]
    runs = [typed[at:end] for at in range(len(typed)) for end in range(at + 3, min(len(typed), at + 24) + 1)]
    return list(dict.fromkeys(runs))[:300]


def read_pinyin(letters: str, by_sound: Mapping[str, Known]) -> list[str] | None:
    """Typed pinyin as words, as few as can be: "laodonghetong" → ["劳动", "合同"]; None if it is none."""
    typed = letters[:40]
    best: list[list[str] | None] = [[]] + [None] * len(typed)
    for end in range(3, len(typed) + 1):
        for at in range(end - 2):
            words, before = by_sound.get(typed[at:end]), best[at]
            if not words or before is None:
                continue
            here = best[end]
            if here is None or len(before) + 1 < len(here):
                best[end] = [*before, max(sorted(words), key=lambda word: words[word])]
    return best[len(typed)] or None
