"""Labels for texts, learned from a city's own: characters, their pairs and words, one weight for each label.

A ridge regression on one target a label, every label weighing the same however many rows it has: a label that
is rare or noisy is not drowned by a frequent one (measured: docs/adr/0020).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mingbai.knowledge.learning import vectors
from mingbai.knowledge.learning.modelfile import read_model, write_model
from mingbai.knowledge.rules.words import clean, content_words

KIND, VERSION = "labels", 1
SIGNS, WORDS = 0.7, 0.3
"""Shares of characters with their pairs, and of words."""
LEAST_TEXTS = 3
"""What fewer texts hold is dropped: it tells little, and names of people are such words."""
FEW = 200
"""With fewer texts than that every sign counts that two of them hold."""
ALPHA = 1.0


@dataclass(frozen=True)
class Bag:
    """One way to cut a text: its columns with their weights."""

    columns: dict[str, int]
    idf: vectors.Floats

    @classmethod
    def of(cls, bags: Sequence[Sequence[str]], least: int) -> "Bag":
        times = Counter(word for bag in bags for word in set(bag))
        columns = vectors.columns_of([[word for word in bag if times[word] >= least] for bag in bags])
        return cls(columns, vectors.idf_of(vectors.count(bags, columns)))

    def rows(self, bags: Sequence[Sequence[str]], share: float) -> vectors.Matrix:
        return vectors.unit(vectors.count(bags, self.columns), self.idf) * np.sqrt(share)


@dataclass(frozen=True)
class Model:
    """`weights`: columns of signs, then of words, × labels. Scores times `heat` are log-odds (softmax)."""

    labels: tuple[str, ...]
    signs: Bag
    words: Bag
    weights: NDArray[np.float32]
    heat: float
    card: dict[str, Any]

    def scores(self, texts: Sequence[str]) -> vectors.Floats:
        """Return one row a text, one score a label; a higher one is likelier."""
        found: vectors.Floats = np.asarray(_features(self.signs, self.words, texts) @ self.weights)
        return found

    def rank(self, texts: Sequence[str]) -> list[list[tuple[str, float]]]:
        """Return for every text all labels with their probability, likeliest first."""
        found = []
        for row in likelihoods(self.scores(texts), self.heat):
            order = np.argsort(-row, kind="stable")
            found.append([(self.labels[at], round(float(row[at]), 4)) for at in order])
        return found

    def save(self, path: Path) -> None:
        arrays = {
            "labels": np.array(self.labels, dtype=np.str_),
            "signs": np.array(list(self.signs.columns), dtype=np.str_),
            "signs_idf": self.signs.idf,
            "words": np.array(list(self.words.columns), dtype=np.str_),
            "words_idf": self.words.idf,
            "weights": self.weights,
        }
        write_model(
            path, kind=KIND, version=VERSION, arrays=arrays, meta={"heat": self.heat, "card": self.card}
        )

    @classmethod
    def load(cls, path: Path) -> "Model":
        """Raises Refused as modelfile.read_model does."""
        arrays, meta = read_model(path, kind=KIND, version=VERSION)

        def bag(name: str) -> Bag:
            return Bag({str(one): n for n, one in enumerate(arrays[name])}, arrays[f"{name}_idf"])

        labels = tuple(str(label) for label in arrays["labels"])
        return cls(labels, bag("signs"), bag("words"), arrays["weights"], meta["heat"], meta["card"])


def train(
    labelled: Sequence[tuple[str, str]],
    *,
    others: Sequence[str] = (),
    heat: float = 1.0,
    card: Mapping[str, Any] | None = None,
) -> Model:
    """Learn from (text, label). `others`: texts without a label, which tell how common a sign is."""
    # scikit-learn is for training alone: no web process loads it.
    from sklearn.linear_model import Ridge

    texts = [text for text, _label in labelled]
    whole = [*texts, *others]
    least = LEAST_TEXTS if len(whole) >= FEW else 2
    signs = Bag.of([_signs(text) for text in whole], least)
    words = Bag.of([content_words(text) for text in whole], least)
    labels = sorted({label for _text, label in labelled})
    place = {label: at for at, label in enumerate(labels)}
    rows = np.array([place[label] for _text, label in labelled])
    times = np.bincount(rows, minlength=len(labels))
    targets = np.full((len(rows), len(labels)), -1 / max(len(labels) - 1, 1))
    targets[np.arange(len(rows)), rows] = 1
    share = 1 / times[rows]
    ridge = Ridge(alpha=ALPHA, fit_intercept=False, solver="sparse_cg", tol=1e-4)
    ridge.fit(_features(signs, words, texts), targets, sample_weight=share / share.mean())
    weights = np.atleast_2d(ridge.coef_).T.astype(np.float32)
    return Model(tuple(labels), signs, words, weights, heat, dict(card or {}))


def likelihoods(scores: vectors.Floats, heat: float) -> vectors.Floats:
    """Softmax of scores × heat, row by row."""
    raised = np.exp((scores - scores.max(axis=1, keepdims=True)) * heat)
    found: vectors.Floats = raised / raised.sum(axis=1, keepdims=True)
    return found


def _signs(text: str) -> list[str]:
    """Every character and every pair of neighbours, punctuation too: how people write tells as much."""
    said = clean(text)
    return [*said, *(said[at : at + 2] for at in range(len(said) - 1))]


def _features(signs: Bag, words: Bag, texts: Sequence[str]) -> vectors.Matrix:
    from scipy import sparse

    parts = [
        signs.rows([_signs(text) for text in texts], SIGNS),
        words.rows([content_words(text) for text in texts], WORDS),
    ]
    return sparse.hstack(parts, format="csr")
