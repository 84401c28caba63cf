"""From what somebody typed to what the index is asked: a disjunction of conjunctions of alternatives."""

from collections.abc import Iterable, Mapping, Sequence

from mingbai.knowledge.rules.words import STOPWORDS, clean, question_words, words

Words = tuple[str, ...]
"""Words that all must be there; a star at a word's end stands for any ending."""
Conjunction = tuple[tuple[Words, ...], ...]
"""All of its groups must be met; a group by any of its alternatives."""
Match = tuple[Conjunction, ...]

MOST_WORDS = 20
"""Of one question: the rarest ones. More make it slower and no better."""
LEAST_WORDS = 3
MOST_READINGS = 4


def all_words(
    text: str,
    synonyms: Iterable[tuple[str, str]] = (),
    *,
    prefix: bool = False,
    sounds: Mapping[str, Sequence[Words]] | None = None,
) -> Match:
    """Every word of the text must be found; or every word of a reading with a lay phrase made legal.

    `prefix`: the last word is still being typed. `sounds`: typed letters → what they may be the pinyin of.
    """
    read = [text, *readings(text, synonyms)][:MOST_READINGS]
    found = [_conjunction(one, sounds or {}, prefix=prefix and one is text) for one in read]
    return tuple(dict.fromkeys(one for one in found if one))


def any_word(
    text: str,
    synonyms: Iterable[tuple[str, str]] = (),
    documents: Mapping[str, int] | None = None,
    most_ranked: int = 20_000,
) -> Match:
    """Any of the text's rarest words, and of the legal words for its lay phrases.

    `documents`: in how many documents a word stands; without it the longest words are taken for rare.
    `most_ranked`: documents that the words may bring to be ranked. Frequent words of a large index cost the
    time and tell least; a city's laws alone never reach it.
    """
    legal = [word for lay, name in synonyms if lay in clean(text).replace(" ", "") for word in words(name)]
    asked = list(dict.fromkeys([*legal, *question_pieces(text)]))
    return tuple((((word,),),) for word in rarest(asked, documents, most_ranked))


def question_pieces(text: str) -> list[str]:
    """The text's words and the words in them, without stopwords, each once."""
    found = [word for word in dict.fromkeys(words(text)) if word not in STOPWORDS]
    return found or list(dict.fromkeys(words(text)))


def rarest(asked: Sequence[str], documents: Mapping[str, int] | None, most_ranked: int = 20_000) -> list[str]:
    """At most MOST_WORDS, rarest first. A word that no document has is left out where that is known."""
    if documents is None:
        return sorted(asked, key=lambda word: -len(word))[:MOST_WORDS]
    known = sorted((word for word in asked if documents.get(word)), key=lambda word: documents[word])
    kept: list[str] = []
    cost = 0
    for word in known[:MOST_WORDS]:
        cost += documents[word]
        if len(kept) >= LEAST_WORDS and cost > most_ranked:
            break
        kept.append(word)
    return kept


def readings(text: str, synonyms: Iterable[tuple[str, str]]) -> list[str]:
    """The text with each lay phrase that stands in it replaced, longest phrase first."""
    asked = clean(text).replace(" ", "")
    held = sorted((pair for pair in synonyms if pair[0] in asked), key=lambda pair: -len(pair[0]))
    return list(dict.fromkeys(asked.replace(lay, f" {legal} ") for lay, legal in held))


def _conjunction(text: str, sounds: Mapping[str, Sequence[Words]], *, prefix: bool) -> Conjunction:
    asked = question_words(text)[:40]
    if not asked:
        return ()
    groups = [(*_group(word), *sounds.get(word, ())) for word in asked]
    if prefix:
        groups[-1] = (*groups[-1], (f"{asked[-1]}*",))
    return tuple(groups)


def _group(word: str) -> tuple[Words, ...]:
    """The word itself; or, of a long one, all the shorter words in it."""
    inner = [piece for piece in dict.fromkeys(words(word)) if piece != word and len(piece) > 1]
    short = tuple(piece for piece in inner if len(piece) == 2)
    # 经济补偿金: its pairs 经济 and 补偿 leave one sign out, and find what the law writes without it.
    if len(word) > 3 and 2 * len(short) >= len(word) - 1:
        return ((word,), short)
    return ((word,), tuple(inner)) if len("".join(inner)) >= len(word) else ((word,),)
