"""Bags of words as sparse matrices: counts, BM25 (Robertson and Zaragoza 2009), TF-IDF with cosine."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]
Matrix = Any
"""A scipy.sparse CSR matrix, rows = texts, columns = words (scipy has no types)."""
K1, B = 1.5, 0.75
"""BM25's usual parameters; nothing was gained by others."""


def count(bags: Sequence[Sequence[str]], columns: Mapping[str, int]) -> Matrix:
    """Return how often each text holds each known word; others are left out."""
    rows, cols, data = [], [], []
    for row, bag in enumerate(bags):
        for word, times in Counter(bag).items():
            if (column := columns.get(word)) is not None:
                rows.append(row)
                cols.append(column)
                data.append(float(times))
    return sparse.csr_matrix((data, (rows, cols)), shape=(len(bags), len(columns)))


def columns_of(bags: Sequence[Sequence[str]]) -> dict[str, int]:
    """Number the words in the order they first occur."""
    found: dict[str, int] = {}
    for bag in bags:
        for word in bag:
            found.setdefault(word, len(found))
    return found


def bm25(counts: Matrix) -> Matrix:
    """Return the weights: a query's counts times its transpose are the scores."""
    lengths = np.asarray(counts.sum(axis=1)).ravel()
    held = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = np.log(1 + (counts.shape[0] - held + 0.5) / (held + 0.5))
    weights = counts.tocoo()
    mean = max(lengths.sum() / max(len(lengths), 1), 1.0)
    long = 1 - B + B * lengths[weights.row] / mean
    data = weights.data * (K1 + 1) / (weights.data + K1 * long) * idf[weights.col]
    return sparse.csr_matrix((data, (weights.row, weights.col)), shape=counts.shape)


def idf_of(counts: Matrix) -> Floats:
    """Smoothed inverse document frequency of every column, at least 1."""
    held = np.bincount(counts.indices, minlength=counts.shape[1])
    idf: Floats = np.log((1 + counts.shape[0]) / (1 + held)) + 1
    return idf


def unit(counts: Matrix, idf: Floats) -> Matrix:
    """Return TF-IDF rows of length one (tf = 1 + ln count); a row without known words stays zero."""
    weights = counts.copy()
    weights.data = (1 + np.log(weights.data)) * idf[weights.indices]
    lengths = np.sqrt(np.asarray(weights.multiply(weights).sum(axis=1)).ravel())
    return sparse.diags(1 / np.where(lengths > 0, lengths, 1)) @ weights


def scaled(scores: Floats) -> Floats:
    """Each row divided by its best, so that different measures can be added."""
    best = scores.max(axis=1, keepdims=True) if scores.size else scores
    return scores / np.where(best > 0, best, 1)
