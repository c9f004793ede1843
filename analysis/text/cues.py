"""Words that an answer shares with the name of a theme: weak evidence, and free of a model."""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.text.tokens import base_language, terms

#: The likeness that a whole name found in an answer is worth.
WORTH = 0.6


def word_cue(
    texts: Sequence[str],
    languages: Sequence[str],
    names: Sequence[str],
    name_languages: Sequence[str],
    *,
    theme_of: Sequence[int] | None = None,
    worth: float = WORTH,
) -> NDArray[np.float64]:
    """How much of each theme's name stands in each answer.

    Parameters
    ----------
    texts, languages : sequence of str, length n
    names, name_languages : sequence of str, length m
        Names (or definitions) of themes; one in another language than the answer says nothing.
    theme_of : sequence of int, length m, optional
        The theme of each name; by default each is a theme. A theme takes its best name.
    worth : float

    Returns
    -------
    ndarray of float64, shape (n, t)
        The cosine of the two sets of stems, rare stems weighing more, times `worth`.

    Raises
    ------
    ValueError
        Lengths differ.

    References
    ----------
    Spärck Jones 1972, Journal of Documentation 28, 11-21 (the weights).

    Examples
    --------
    >>> word_cue(["clean water", "jobs"], ["en", "en"], ["Water"], ["en"]).round(2).tolist()
    [[0.42], [0.0]]
    """
    if len(texts) != len(languages) or len(names) != len(name_languages):
        raise ValueError("Each text and each name needs its language.")
    owners = list(range(len(names))) if theme_of is None else list(theme_of)
    if len(owners) != len(names):
        raise ValueError("Each name needs its theme.")
    answers, themes = _read(texts, languages), _read(names, name_languages)
    rarity = _rarity(answers)
    unheard = math.log(1 + len(answers)) + 1
    holders: dict[str, list[tuple[int, float]]] = {}
    for number, stems in enumerate(themes):
        length = math.sqrt(sum(rarity.get(stem, unheard) ** 2 for stem in stems))
        for stem in stems & rarity.keys():
            holders.setdefault(stem, []).append((number, rarity[stem] / length))
    found = np.zeros((len(answers), max(owners, default=-1) + 1))
    for row, stems in enumerate(answers):
        length = math.sqrt(sum(rarity[stem] ** 2 for stem in stems))
        shared: dict[int, float] = {}
        for stem in sorted(stems & holders.keys()):
            for number, part in holders[stem]:
                shared[number] = shared.get(number, 0.0) + part * rarity[stem] / length
        for number, value in shared.items():
            theme = owners[number]
            found[row, theme] = max(found[row, theme], worth * value)
    return found


def _read(texts: Sequence[str], languages: Sequence[str]) -> list[frozenset[str]]:
    """The stems of each text, copies read once."""
    known: dict[tuple[str, str], frozenset[str]] = {}
    found = []
    for key in zip(texts, languages, strict=True):
        if key not in known:
            known[key] = _stems(*key)
        found.append(known[key])
    return found


def _stems(text: str, language: str) -> frozenset[str]:
    base = base_language(language)
    return frozenset(f"{base}:{term}" for term in terms(text, language))


def _rarity(answers: Sequence[frozenset[str]]) -> dict[str, float]:
    held = Counter(stem for stems in answers for stem in stems)
    return {stem: math.log((1 + len(answers)) / (1 + n)) + 1 for stem, n in held.items()}
