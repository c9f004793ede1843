"""Topics of free texts: found by a machine, named and confirmed by people.

The method is simple on purpose: within each language with enough texts, non-negative matrix
factorisation of TF-IDF vectors. Words do not cross languages, so topics of two languages are
found apart and say which language they are of; joining them is left to people.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.decomposition import NMF

from analysis.errors import TooFewAnswers
from analysis.text.quality import Quality, TextKind, assess
from analysis.text.tokens import base_language, surface_forms
from analysis.text.vectors import LexicalEncoder

FEWEST_TEXTS = 20
MOST_TOPICS = 30
TERMS_SHOWN = 8
QUOTES_SHOWN = 5
#: A text whose strongest topic explains less than this of it belongs to none.
LEAST_WEIGHT = 0.12
NONE_OF_THE_ABOVE = -1
ITERATIONS = 400


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic.

    Attributes
    ----------
    number : int
        From 0, the largest first.
    language : str
    terms : tuple of str
        The words that set it apart, the strongest first. A description, not a name.
    size : int
        Texts in it.
    exemplars : tuple of int
        Positions of texts that stand for it, of different groups where there are several.
    """

    number: int
    language: str
    terms: tuple[str, ...]
    size: int
    exemplars: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TopicModel:
    """Topics and where each text belongs.

    Attributes
    ----------
    topics : tuple of Topic
    assignment : ndarray of int64, shape (n,)
        The number of a text's topic, or `NONE_OF_THE_ABOVE`.
    confidence : ndarray of float64, shape (n,)
        The share of the text's weight in its strongest topic, in [0, 1].
    quality : Quality
    unread_languages : dict of str to int
        Texts of languages with too few usable ones to find topics in.
    """

    topics: tuple[Topic, ...]
    assignment: NDArray[np.int64]
    confidence: NDArray[np.float64]
    quality: Quality
    unread_languages: dict[str, int]


def default_k(n: int) -> int:
    """The number of topics for n texts: about the square root of n over three, from 3 to 30.

    Examples
    --------
    >>> default_k(20), default_k(500), default_k(100_000)
    (3, 13, 30)
    """
    return max(3, min(MOST_TOPICS, round(math.sqrt(n / 3))))


def find_topics(
    texts: Sequence[str],
    languages: Sequence[str],
    *,
    seed: int,
    k: int | None = None,
    groups: Sequence[str | None] | None = None,
    fewest: int = FEWEST_TEXTS,
) -> TopicModel:
    """Find topics in texts of one or several languages.

    Parameters
    ----------
    texts : sequence of str, length n
        Any text, however hostile; what cannot be used is sorted out and counted.
    languages : sequence of str, length n
        BCP 47 tags.
    seed : int
    k : int, optional
        Topics of the language with the most usable texts; other languages get fewer in
        proportion to `default_k`. By default `default_k` of each language's texts.
    groups : sequence of str or None, length n, optional
        Region or sector; exemplars are then drawn from different groups.
    fewest : int
        Usable texts that a language needs.

    Returns
    -------
    TopicModel

    Raises
    ------
    TooFewAnswers
        No language has enough usable texts.
    ValueError
        Lengths differ or k is below 2.

    Notes
    -----
    One copy of each family of near-copies is fitted, so that a campaign does not make itself
    several topics; all copies are then assigned. O(iterations × non-zeros × k).

    References
    ----------
    Lee & Seung 1999, Nature 401, 788-791; class-based TF-IDF for terms after Grootendorst
    2022, arXiv 2203.05794, section 3.3.
    """
    if len(texts) != len(languages) or (groups is not None and len(groups) != len(texts)):
        raise ValueError("Texts, languages and groups must have the same length.")
    if k is not None and k < 2:
        raise ValueError("k must be 2 or more.")
    tags = [base_language(language) or "und" for language in languages]
    quality = assess(texts, tags, seed=seed)
    usable = [i for i, kind in enumerate(quality.kinds) if kind is TextKind.USABLE]
    by_language: dict[str, list[int]] = {}
    for index in usable:
        by_language.setdefault(tags[index], []).append(index)
    read = {lang: rows for lang, rows in by_language.items() if _distinct(rows, quality) >= fewest}
    if not read:
        most = max((_distinct(rows, quality) for rows in by_language.values()), default=0)
        raise TooFewAnswers(n=most, needed=fewest)
    largest = max(_distinct(rows, quality) for rows in read.values())
    parts = []
    for lang in sorted(read, key=lambda name: (-len(read[name]), name)):
        size = _distinct(read[lang], quality)
        wanted = default_k(size)
        if k is not None:
            wanted = max(2, round(k * default_k(size) / default_k(largest)))
        parts.append(_Part(lang, read[lang], wanted).fit(texts, quality, seed))
    return _assemble(parts, len(texts), groups, quality, _unread(by_language, read))


def _distinct(rows: list[int], quality: Quality) -> int:
    return len({quality.family[row] for row in rows})


def _unread(by_language: dict[str, list[int]], read: dict[str, list[int]]) -> dict[str, int]:
    return {lang: len(rows) for lang, rows in sorted(by_language.items()) if lang not in read}


@dataclass(slots=True)
class _Part:
    """The topics of one language."""

    language: str
    rows: list[int]
    k: int
    strongest: NDArray[np.int64] | None = None
    share: NDArray[np.float64] | None = None
    labels: tuple[tuple[str, ...], ...] = ()

    def fit(self, texts: Sequence[str], quality: Quality, seed: int) -> "_Part":
        own = [texts[row] for row in self.rows]
        tags = [self.language] * len(own)
        encoder = LexicalEncoder()
        try:
            matrix = encoder.encode(own, tags)
        except ValueError:
            # Every term stands in one text only: nothing is shared, so there is no topic.
            self.k = 0
            return self
        first = [p for p, row in enumerate(self.rows) if quality.family[row] == row]
        self.k = min(self.k, max(2, len(first) // 5), *matrix.shape)
        model = NMF(
            n_components=self.k, init="nndsvd", random_state=seed, max_iter=ITERATIONS, tol=1e-3
        )
        model.fit(matrix[first])
        weights = _weights(matrix, model.components_)
        total = weights.sum(axis=1)
        self.strongest = np.asarray(weights.argmax(axis=1), dtype=np.int64)
        top = weights.max(axis=1)
        self.share = np.where(total > 0, top / np.where(total > 0, total, 1.0), 0.0)
        fit = np.where(total > 0, top, 0.0)
        self.strongest[(fit < LEAST_WEIGHT) | (total <= 0)] = NONE_OF_THE_ABOVE
        surface = surface_forms(own, tags)
        self.labels = _terms(matrix, self.strongest, self.k, encoder.vocabulary_, surface)
        return self


def _weights(matrix: csr_matrix, components: NDArray[np.float64]) -> NDArray[np.float64]:
    """How near each text is to each topic: cosines, which do not depend on a text's length."""
    norms = np.linalg.norm(components, axis=1)
    unit = components / np.where(norms > 0, norms, 1.0)[:, None]
    nearness: NDArray[np.float64] = np.maximum(np.asarray(matrix @ unit.T), 0.0)
    return nearness


def _terms(
    matrix: csr_matrix,
    strongest: NDArray[np.int64],
    k: int,
    vocabulary: NDArray[np.str_],
    surface: dict[str, str],
) -> tuple[tuple[str, ...], ...]:
    """Words that are frequent in a topic and rare in the others."""
    members = csr_matrix(
        (np.ones(len(strongest)), (np.maximum(strongest, 0), np.arange(len(strongest)))),
        shape=(k, len(strongest)),
    )
    inside = diags((strongest >= 0).astype(float))
    counts = np.asarray((members @ inside @ (matrix > 0).astype(float)).todense())
    totals = counts.sum(axis=0)
    average = counts.sum() / max(k, 1)
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1.0)
    scores = share * np.log1p(average / np.maximum(totals, 1.0))
    found = []
    for row in scores:
        order = np.lexsort((np.arange(len(row)), -row))[:TERMS_SHOWN]
        stems = [str(vocabulary[c]).partition(":")[2] for c in order if row[c] > 0]
        found.append(tuple(surface.get(stem, stem) for stem in stems))
    return tuple(found)


def _assemble(
    parts: list[_Part],
    n: int,
    groups: Sequence[str | None] | None,
    quality: Quality,
    unread: dict[str, int],
) -> TopicModel:
    assignment = np.full(n, NONE_OF_THE_ABOVE, dtype=np.int64)
    confidence = np.zeros(n)
    found: list[tuple[int, str, tuple[str, ...], NDArray[np.int64]]] = []
    for part in parts:
        if part.strongest is None or part.share is None:
            continue
        rows = np.array(part.rows, dtype=np.int64)
        confidence[rows] = part.share
        for topic in range(part.k):
            members = rows[part.strongest == topic]
            if len(members):
                found.append((len(members), part.language, part.labels[topic], members))
    found.sort(key=lambda entry: (-entry[0], entry[1], entry[2]))
    topics = []
    for number, (size, language, labels, members) in enumerate(found):
        assignment[members] = number
        exemplars = _exemplars(members, confidence, groups, quality)
        topics.append(Topic(number, language, labels, size, exemplars))
    return TopicModel(tuple(topics), assignment, confidence, quality, unread)


def _exemplars(
    members: NDArray[np.int64],
    confidence: NDArray[np.float64],
    groups: Sequence[str | None] | None,
    quality: Quality,
) -> tuple[int, ...]:
    """The surest texts, one of each group first, never two copies of one text."""
    order = sorted(members.tolist(), key=lambda row: (-round(float(confidence[row]), 9), row))
    chosen: list[int] = []
    families: set[int] = set()
    for fresh_groups_only in (True, False):
        seen = {groups[row] for row in chosen} if groups is not None else set()
        for row in order:
            if len(chosen) == QUOTES_SHOWN:
                break
            group = groups[row] if groups is not None else None
            if quality.family[row] in families or (fresh_groups_only and group in seen):
                continue
            chosen.append(row)
            families.add(quality.family[row])
            seen.add(group)
    return tuple(chosen)
