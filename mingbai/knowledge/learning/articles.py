"""Which articles a question is about: by words alone, and with what earlier questions were answered by.

Three measures, each scaled to its best and added: the articles' own words and pairs of characters (BM25); the
articles with the words of the questions they answered (document expansion); a vote of the nearest questions.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from mingbai.knowledge.learning import vectors
from mingbai.knowledge.learning.modelfile import read_model, write_model
from mingbai.knowledge.rules.alike import character_pairs
from mingbai.knowledge.rules.words import clean, content_words

KIND, VERSION = "articles", 1
WORDS, PAIRS = 0.7, 0.3
"""Shares of words and of pairs of characters in the measure by words alone."""
OWN, EXPANDED, VOTE = 0.5, 2.0, 1.0
"""Weights of the three measures; broad maxima on 1,443 questions, five folds."""
LEGAL = 0.6
"""What a legal word counts that a synonym brings, beside 1 for a word of the question itself."""
NEAREST = 30
BATCH = 200

Synonyms = Sequence[tuple[str, str]]
Asked = tuple[str, Sequence[str]]
"""A question and the articles (references) it was answered by."""


@dataclass(frozen=True)
class Model:
    """Questions as counts of words and pairs, without order; `given[i, j]`: question i cites `refs[j]`."""

    words: dict[str, int]
    pairs: dict[str, int]
    word_counts: vectors.Matrix
    pair_counts: vectors.Matrix
    refs: tuple[str, ...]
    given: vectors.Matrix
    card: dict[str, Any]

    def save(self, path: Path) -> None:
        arrays: dict[str, NDArray[Any]] = {
            "words": np.array(list(self.words), dtype=np.str_),
            "pairs": np.array(list(self.pairs), dtype=np.str_),
            "refs": np.array(self.refs, dtype=np.str_),
        }
        for name in ("word_counts", "pair_counts", "given"):
            matrix = getattr(self, name)
            arrays |= {
                f"{name}_data": matrix.data.astype(np.float32),
                f"{name}_indices": matrix.indices.astype(np.int32),
                f"{name}_indptr": matrix.indptr.astype(np.int32),
            }
        write_model(path, kind=KIND, version=VERSION, arrays=arrays, meta=self.card)

    @classmethod
    def load(cls, path: Path) -> "Model":
        """Raises Refused as modelfile.read_model does."""
        arrays, card = read_model(path, kind=KIND, version=VERSION)
        words, pairs, refs = ([str(one) for one in arrays[name]] for name in ("words", "pairs", "refs"))

        def matrix(name: str, width: int) -> vectors.Matrix:
            parts = tuple(arrays[f"{name}_{part}"] for part in ("data", "indices", "indptr"))
            return sparse.csr_matrix(parts, shape=(len(parts[2]) - 1, width), dtype=np.float64)

        return cls(
            {word: n for n, word in enumerate(words)},
            {pair: n for n, pair in enumerate(pairs)},
            matrix("word_counts", len(words)),
            matrix("pair_counts", len(pairs)),
            tuple(refs),
            matrix("given", len(refs)),
            card,
        )


def train(
    asked: Sequence[Asked], *, known: Iterable[str] = (), card: Mapping[str, Any] | None = None
) -> Model:
    """Learn from answered questions. Words of one question alone that no article (`known`: words of the laws)
    holds are dropped: names of people and firms are such words."""
    word_bags = _shared([content_words(text) for text, _refs in asked], set(known))
    pair_bags = _shared([character_pairs(text) for text, _refs in asked], set())
    given = [list(dict.fromkeys(refs)) for _text, refs in asked]
    words, pairs, refs = (vectors.columns_of(bags) for bags in (word_bags, pair_bags, given))
    return Model(
        words,
        pairs,
        vectors.count(word_bags, words),
        vectors.count(pair_bags, pairs),
        tuple(refs),
        vectors.count(given, refs),
        dict(card or {}),
    )


def _shared(bags: list[list[str]], known: set[str]) -> list[list[str]]:
    """The bags without what only one of them holds and nobody else knows."""
    times = Counter(word for bag in bags for word in set(bag))
    return [[word for word in bag if times[word] > 1 or word in known] for bag in bags]


class Finder:
    """The articles of one day, ready to be asked. Some 40 MB for 3,000 articles; not changed by asking."""

    def __init__(
        self, articles: Sequence[tuple[str, str]], *, synonyms: Synonyms = (), model: Model | None = None
    ) -> None:
        """`articles`: (reference, text). `synonyms`: (lay, legal)."""
        self.refs = [ref for ref, _text in articles]
        self.synonyms = synonyms
        self.model = model
        bags = [content_words(f"{ref} {text}") for ref, text in articles]
        self.words = vectors.columns_of([*bags, list(model.words)] if model else bags)
        counts = vectors.count(bags, self.words)
        self.by_words = vectors.bm25(counts)
        pair_bags = [character_pairs(text) for _ref, text in articles]
        self.pairs = vectors.columns_of(pair_bags)
        self.by_pairs = vectors.bm25(vectors.count(pair_bags, self.pairs))
        if model:
            self._learn(model, counts)

    def _learn(self, model: Model, counts: vectors.Matrix) -> None:
        place = {ref: at for at, ref in enumerate(self.refs)}
        # Articles that the city has not imported, or that hold no more, are in no answer.
        held = [(column, place[ref]) for column, ref in enumerate(model.refs) if ref in place]
        moved = _mapping(held, len(model.refs), len(self.refs))
        self.given = (model.given @ moved).tocsr()
        columns = [(column, self.words[word]) for word, column in model.words.items()]
        told = model.word_counts @ _mapping(columns, len(model.words), len(self.words))
        self.expanded = vectors.bm25((counts + self.given.T @ told).tocsr())
        self.word_idf, self.pair_idf = vectors.idf_of(model.word_counts), vectors.idf_of(model.pair_counts)
        self.questions = _joined(
            vectors.unit(model.word_counts, self.word_idf), vectors.unit(model.pair_counts, self.pair_idf)
        )

    def rank(self, texts: Sequence[str], most: int = 10) -> list[list[str]]:
        """Return for every text at most `most` references, best first; what shares nothing is left out."""
        found: list[list[str]] = []
        for start in range(0, len(texts), BATCH):
            scores = self._scores(texts[start : start + BATCH])
            best = np.argsort(-scores, axis=1, kind="stable")[:, :most]
            found += [[self.refs[at] for at in row if scores[n, at] > 0] for n, row in enumerate(best)]
        return found

    def _scores(self, texts: Sequence[str]) -> vectors.Floats:
        bags = [content_words(text) for text in texts]
        words = vectors.count([list(dict.fromkeys(bag)) for bag in bags], self.words)
        legal = vectors.count([self._legal(text) for text in texts], self.words)
        pairs = [character_pairs(text) for text in texts]
        seen = vectors.count([list(dict.fromkeys(bag)) for bag in pairs], self.pairs)
        by_words = ((words + LEGAL * legal) @ self.by_words.T).toarray()
        own = vectors.scaled(WORDS * by_words + PAIRS * (seen @ self.by_pairs.T).toarray())
        if self.model is None:
            return own
        expanded = vectors.scaled((words @ self.expanded.T).toarray())
        return OWN * own + EXPANDED * expanded + VOTE * vectors.scaled(self._vote(bags, pairs))

    def _legal(self, text: str) -> list[str]:
        """The legal words behind the lay ones of a text."""
        said = clean(text)
        return [word for lay, legal in self.synonyms if lay in said for word in content_words(legal)]

    def _vote(self, bags: Sequence[Sequence[str]], pairs: Sequence[Sequence[str]]) -> vectors.Floats:
        """Each of the nearest questions votes for what it was answered by, with its likeness squared."""
        assert self.model is not None
        asked = _joined(
            vectors.unit(vectors.count(bags, self.model.words), self.word_idf),
            vectors.unit(vectors.count(pairs, self.model.pairs), self.pair_idf),
        )
        near = (asked @ self.questions.T).toarray()
        least = np.sort(near, axis=1)[:, -NEAREST:][:, :1]
        weights = sparse.csr_matrix(np.where(near >= least, near, 0) ** 2)
        votes: vectors.Floats = (weights @ self.given).toarray()
        return votes


def _mapping(held: Sequence[tuple[int, int]], rows: int, columns: int) -> vectors.Matrix:
    """The matrix that moves columns of one numbering to those of another."""
    old, new = [one for one, _other in held], [other for _one, other in held]
    return sparse.csr_matrix((np.ones(len(held)), (old, new)), shape=(rows, columns))


def _joined(words: vectors.Matrix, pairs: vectors.Matrix) -> vectors.Matrix:
    """Words and pairs of characters in one vector of length one: half of the likeness each."""
    return sparse.hstack([words, pairs], format="csr") * np.sqrt(0.5)
