"""Coding by machine: from the names of the themes, and from what people have coded so far.

The codes of people teach the machine and are never overwritten by it. An answer that people
coded is predicted by a machine that did not see their code of it (cross-fitting in parts), so
that the errors which the audit finds are those of all other answers too.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.text.borrowing import Borrowing
from analysis.text.coder import ThemeCoder
from analysis.text.coding import unit_rows, zero_shot
from analysis.text.cues import word_cue
from results.workbench.edits import WORDS
from results.workbench.models import Theme

SEED = 20_260_401
PARTS = 5
#: Answers with a code of a person, below which the names of the themes alone are used.
FEWEST_LABELLED = 10
#: From names alone a theme is taken from this probability on (docs/methods/coding.md).
NAMED = 0.2

Encode = Callable[[Sequence[str], Sequence[str]], NDArray[np.float64]]
#: Gets the steps that are done and all steps; may raise where somebody asked to stop.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Book:
    """What the machine reads of a codebook: codes, and the expressions of each theme."""

    codes: tuple[str, ...]
    texts: tuple[str, ...]
    languages: tuple[str, ...]
    theme_of: tuple[int, ...]


def book_of(documents: Sequence[dict[str, Any]]) -> Book:
    """The expressions of themes: in each language the name with the definition, then examples."""
    texts: list[str] = []
    languages: list[str] = []
    owners: list[int] = []
    for place, document in enumerate(documents):
        said = _expressions(document) or [(document["code"].replace("_", " "), "en")]
        texts += [text for text, _language in said]
        languages += [language for _text, language in said]
        owners += [place] * len(said)
    codes = tuple(document["code"] for document in documents)
    return Book(codes, tuple(texts), tuple(languages), tuple(owners))


def _expressions(document: dict[str, Any]) -> list[tuple[str, str]]:
    found = []
    for language, name in document.get("name", {}).items():
        more = [document.get(part, {}).get(language, "") for part in ("definition", "inclusion")]
        found.append((". ".join(part for part in (name, *more) if part), language))
    for language, text in document.get("examples", {}).items():
        found += [(line.strip(), language) for line in text.splitlines() if line.strip()]
    return found


def document_of(theme: Theme) -> dict[str, Any]:
    return {"code": theme.code, **{name: getattr(theme, name) for name in WORDS}}


@dataclass(frozen=True, slots=True)
class Predictions:
    """A probability for each answer and theme, and the probability from which a theme is taken."""

    probability: NDArray[np.float64]
    thresholds: NDArray[np.float64]
    parameters: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Material:
    """What the machine reads: vectors of answers and of the expressions of themes, shared words.

    `cue` has a row an answer and a column a theme (`shared_words`); `by_chance` says which answers
    are of the random sample.
    """

    vectors: NDArray[np.float64]
    theme_vectors: NDArray[np.float64]
    theme_of: Sequence[int]
    cue: NDArray[np.float64]
    by_chance: NDArray[np.bool_] | None = None


def shared_words(book: Book, texts: Sequence[str], languages: Sequence[str]) -> NDArray[np.float64]:
    """How much of each theme's words stands in each answer."""
    return word_cue(texts, languages, book.texts, book.languages, theme_of=book.theme_of)


def drawn(keys: Sequence[str], audit: Collection[str]) -> NDArray[np.bool_]:
    """Which of the answers are of the random sample."""
    return np.array([key in audit for key in keys], dtype=np.bool_)


def _tell_nobody(_done: int, _total: int) -> None:
    pass


def predict(
    material: Material,
    labels: NDArray[np.float64],
    keys: Sequence[str],
    progress: Progress = _tell_nobody,
) -> Predictions:
    """Code answers from the names of themes and from the codes of people.

    Rows of `labels` are answers, as those of the vectors: 1, 0, or NaN where nobody said. `keys`
    names each answer, so that its part does not depend on the other answers.
    """
    vectors, theme_of = material.vectors, material.theme_of
    labelled = ~np.isnan(labels).all(axis=1)
    n_labelled = int(labelled.sum())
    if n_labelled < FEWEST_LABELLED:
        return _from_names(material, n_labelled)
    progress(0, PARTS + 1)
    names = _mean_of(material.theme_vectors, theme_of)
    borrowing = Borrowing(seed=SEED).fit(vectors)
    shared: dict[str, Any] = {"borrowing": borrowing, "by_chance": material.by_chance}
    model = ThemeCoder(seed=SEED).fit(vectors, labels, names, **shared)
    probability = model.predict_proba(vectors)
    parts = np.array([_part(key) for key in keys])
    for part in range(PARTS):
        progress(part + 1, PARTS + 1)
        held = labelled & (parts == part)
        if held.any():
            rest = np.where(held[:, None], np.nan, labels)
            other = ThemeCoder(seed=SEED).fit(vectors, rest, names, **shared)
            probability[held] = other.predict_proba(vectors[held])
    progress(PARTS + 1, PARTS + 1)
    return Predictions(
        probability,
        model.thresholds_,
        {"method": "names and codes", "labelled": n_labelled, "parts": PARTS, "seed": SEED},
    )


def _from_names(material: Material, n_labelled: int) -> Predictions:
    """Nearness to names, words shared with them, and half of what the nearest answers raise."""
    vectors = material.vectors
    said = zero_shot(
        vectors, material.theme_vectors, theme_of=material.theme_of, cue=material.cue
    ).probability
    unread = np.isnan(said)
    lent = Borrowing(seed=SEED).fit(vectors).lend(np.nan_to_num(said, nan=0.0), vectors)
    probability = np.where(unread, np.nan, lent)
    thresholds = np.full(said.shape[1], NAMED)
    parameters = {"method": "names", "labelled": n_labelled, "seed": SEED}
    return Predictions(probability, thresholds, parameters)


def _mean_of(vectors: NDArray[np.float64], owners: Sequence[int]) -> NDArray[np.float64]:
    count = max(owners) + 1
    sums = np.zeros((count, vectors.shape[1]))
    np.add.at(sums, np.asarray(owners), unit_rows(vectors))
    return unit_rows(sums)


def _part(key: str) -> int:
    """The part of an answer in cross-fitting: from its key alone."""
    return int.from_bytes(sha256(f"part:{key}".encode()).digest()[:4], "big") % PARTS
