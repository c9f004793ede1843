"""The sentence encoder's own arithmetic, each piece's share of it once.

The encoder is a network over pieces of words: what it makes of a piece before it looks at the
neighbours hangs on the piece alone, and so does each piece's part in the first of its two windows.
A thousand answers are fifty thousand pieces, of which one in ten is different. The package works
out every one anew; here each different piece is worked out once, which leaves the second window as
the larger part of the work.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.blas import sgemm
from scipy.sparse import csr_matrix
from threadpoolctl import ThreadpoolController

from analysis.text.word_pieces import Tokenizer

Rows = NDArray[np.float32]
Places = NDArray[np.int64]
#: Words before and within each of the encoder's windows: of two, three and five pieces.
_WINDOWS = ((2, 0), (3, 1), (5, 2))
#: Empty places between sentences: none of the windows reaches over more.
_GAP = 2
_WIDTH = 256
_EMBEDDING = 512
_FEATURES = _EMBEDDING + len(_WINDOWS) * _WIDTH
#: Pieces of a batch: what is worked on stays near the processor.
_BATCH = 768
#: Different pieces worked out at a time, 13 kB each.
_MOST_DIFFERENT = 8_000
_MOST_PIECES = 100_000


@dataclass(frozen=True, slots=True)
class _Known:
    """What hangs on a piece alone; the last row is that of an empty place, 0 everywhere.

    Attributes
    ----------
    embedding : ndarray of float32, shape (u + 1, 512)
    sums, squares : ndarray of float32, shape (u + 1,)
        Of the embedding's entries.
    inputs : list of ndarray of float32, shape (u + 1, 256)
        One a window.
    parts : list of list of ndarray of float32, shape (u + 1, 256)
        Of each window, what a piece adds from each place in it.
    """

    embedding: Rows
    sums: Rows
    squares: Rows
    inputs: list[Rows]
    parts: list[list[Rows]]


class SentencePass:
    """From the pieces of sentences to their vectors, as the package does it but sooner.

    Parameters
    ----------
    weights : NumpyBackend
        The package's own, which holds the weights.
    tokenizer : Tokenizer

    Notes
    -----
    Equal to the package's vectors to about 3e-7: sums are taken in another order. O(u + t) for t
    pieces of which u are different, with a third of the package's constant for t.

    References
    ----------
    Yang et al. 2019, arXiv 1907.04307, the convolutional model; layer normalisation is that of
    Ba, Kiros & Hinton 2016, arXiv 1607.06450, with its sums taken apart.
    """

    def __init__(self, weights: Any, tokenizer: Tokenizer) -> None:
        self._weights = weights
        self._tokenizer = tokenizer
        self._threads = ThreadpoolController()
        # Transposed once: the multiplication below is Fortran's.
        self._second = [
            [
                np.asfortranarray(matrix[place * _WIDTH : (place + 1) * _WIDTH].T)
                for place in range(n)
            ]
            for matrix, (n, _before) in zip(weights.w2, _WINDOWS, strict=True)
        ]

    def encode(self, texts: Sequence[str]) -> Rows:
        """One row of length 1 a text, shape (n, 512)."""
        found = np.empty((len(texts), _EMBEDDING), dtype=np.float32)
        start = 0
        with self._threads.limit(limits=1, user_api="blas"):
            for group in _groups(self._tokenizer.encode(text) for text in texts):
                found[start : start + len(group)] = self._group(group)
                start += len(group)
        return found

    def _group(self, sentences: list[list[int]]) -> Rows:
        lengths = np.array([len(one) for one in sentences], dtype=np.int64)
        pieces, places = np.unique(
            np.fromiter(chain.from_iterable(sentences), dtype=np.int64), return_inverse=True
        )
        known = self._known(pieces)
        sums = np.empty((len(sentences), _FEATURES), dtype=np.float32)
        ends = np.cumsum(lengths)
        for batch in _batches(lengths):
            own = places[ends[batch.start] - lengths[batch.start] : ends[batch.stop - 1]]
            sums[batch] = self._sums(known, own, lengths[batch])
        return self._vectors(sums, lengths.astype(np.float32))

    def _known(self, pieces: Places) -> _Known:
        weights = self._weights
        block = pieces % len(weights.scale)
        embedding = np.zeros((len(pieces) + 1, _EMBEDDING), dtype=np.float32)
        embedding[:-1] = weights.table[pieces]
        embedding[:-1] *= weights.scale[block, None]
        embedding[:-1] += weights.lo[block, None]
        projected = embedding @ weights.proj_W + weights.proj_b
        projected = _normalised(projected, weights.eps) * weights.ln_g_all + weights.ln_b_all
        projected[-1] = 0
        inputs = [np.ascontiguousarray(one) for one in np.split(projected, len(_WINDOWS), axis=1)]
        parts = [
            [own @ matrix[place * _WIDTH : (place + 1) * _WIDTH] for place in range(n)]
            for own, matrix, (n, _before) in zip(inputs, weights.w1, _WINDOWS, strict=True)
        ]
        return _Known(embedding, embedding.sum(axis=1), _squares(embedding), inputs, parts)

    def _sums(self, known: _Known, pieces: Places, lengths: Places) -> Rows:
        """The sum of a sentence's features, each piece's normalised, shape (n, 1280)."""
        starts = np.cumsum(lengths) - lengths
        at = np.arange(len(pieces)) + _GAP * (1 + np.repeat(np.arange(len(lengths)), lengths))
        laid = np.full(len(pieces) + _GAP * (len(lengths) + 1), len(known.sums) - 1)
        laid[at] = pieces
        windows = [self._window(number, known, laid) for number in range(len(_WINDOWS))]
        inner = at - _GAP
        total = known.sums[pieces] + sum(one.sum(axis=1)[inner] for one in windows)
        squares = known.squares[pieces] + sum(_squares(one)[inner] for one in windows)
        mean = total / _FEATURES
        scale = 1 / np.sqrt(squares / _FEATURES - mean**2 + np.float32(self._weights.eps))
        bounds = np.append(starts, len(pieces))
        shape = len(lengths), len(known.sums)
        blocks = [csr_matrix((scale, pieces, bounds), shape=shape) @ known.embedding]
        of_windows = csr_matrix((scale, inner, bounds), shape=(len(lengths), len(laid) - 2 * _GAP))
        blocks += [of_windows @ one for one in windows]
        found = np.hstack(blocks) - np.add.reduceat(scale * mean, starts)[:, None]
        return np.asarray(
            found * self._weights.ln_g + lengths[:, None] * self._weights.ln_b, dtype=np.float32
        )

    def _window(self, number: int, known: _Known, laid: Places) -> Rows:
        """The features of one window, for all places but the outermost gaps."""
        n, before = _WINDOWS[number]
        first, last = _GAP, len(laid) - _GAP
        parts = known.parts[number]
        own = np.zeros((len(laid), _WIDTH), dtype=np.float32)
        found = own[first:last]
        found += self._weights.b1[number]
        for place in range(n):
            found += parts[place].take(laid[first + place - before : last + place - before], axis=0)
        np.maximum(found, 0, out=found)
        found += known.inputs[number].take(laid[first:last], axis=0)
        own[laid == len(known.sums) - 1] = 0
        second = np.empty_like(found)
        second[:] = self._weights.b2[number]
        for place in range(n):
            window = own[first + place - before : last + place - before]
            # Adds to `second` where it lies.
            sgemm(1.0, self._second[number][place], window.T, beta=1.0, c=second.T, overwrite_c=1)
        np.maximum(second, 0, out=second)
        second += found
        return second

    def _vectors(self, sums: Rows, lengths: Rows) -> Rows:
        weights = self._weights
        mean = (sums @ weights.cnn_W + lengths[:, None] * weights.cnn_b) / np.sqrt(lengths)[:, None]
        first = np.maximum(mean @ weights.d0, 0)
        second = np.maximum(mean @ weights.p1 + first @ weights.d1, 0)
        third = np.maximum(second @ weights.d2, 0)
        found = np.tanh(second @ weights.p3 + third @ weights.d3)
        lengths_of = np.sqrt(np.maximum(_squares(found), np.float32(weights.eps)))
        return np.asarray(found / lengths_of[:, None], dtype=np.float32)


def _groups(sentences: Iterator[list[int]]) -> Iterator[list[list[int]]]:
    """So many that their different pieces are worked out at a time."""
    group: list[list[int]] = []
    different: set[int] = set()
    pieces = 0
    for sentence in sentences:
        full = pieces + len(sentence) > _MOST_PIECES or len(different) > _MOST_DIFFERENT
        if group and full:
            yield group
            group, different, pieces = [], set(), 0
        group.append(sentence)
        different.update(sentence)
        pieces += len(sentence)
    if group:
        yield group


def _batches(lengths: Places) -> Iterator[slice]:
    """Following sentences of about `_BATCH` pieces; a longer one is a batch of its own."""
    start = pieces = 0
    for place, length in enumerate(lengths.tolist()):
        if place > start and pieces + length > _BATCH:
            yield slice(start, place)
            start, pieces = place, 0
        pieces += length
    yield slice(start, len(lengths))


def _normalised(rows: Rows, least: float) -> Rows:
    centred = rows - rows.mean(axis=1, keepdims=True)
    spread = _squares(centred) / rows.shape[1] + np.float32(least)
    return np.asarray(centred / np.sqrt(spread)[:, None], dtype=np.float32)


def _squares(rows: Rows) -> Rows:
    found: Rows = np.einsum("ij,ij->i", rows, rows)
    return found
