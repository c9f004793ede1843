"""What a text is before anybody reads meaning into it: empty, a pointer elsewhere, a copy."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from analysis.text.tokens import normalise, words

FEWEST_WORDS = 2
#: Copies or near-copies that make a campaign.
CAMPAIGN = 10
SIMILAR = 0.6
_HASHES = 64
_BANDS = 16
_SHINGLE = 3
_PRIME = np.uint64((1 << 61) - 1)
_ELSEWHERE = re.compile(
    r"\b(see|refer to|voir|siehe|véase|ver|vedi|zie|please find)\b.{0,40}"
    r"\b(attach|annex|above|below|written|position paper|response|document|upload|"
    r"joint|anhang|anlage|stellungnahme|adjunt|anexo|allegat|bijlage|pièce)",
    re.IGNORECASE,
)
_NOTHING = frozenset(
    [
        "no",
        "none",
        "n/a",
        "na",
        "nothing",
        "nil",
        "-",
        ".",
        "..",
        "...",
        "/",
        "x",
        "non",
        "aucun",
        "aucune",
        "rien",
        "nein",
        "keine",
        "no.",
        "nessuno",
        "ninguno",
        "nada",
        "nenhum",
        "geen",
        "нет",
        "لا",
        "لاشيء",
        "无",
        "没有",
    ]
)
_LONGEST_POINTER_WORDS = 25


class TextKind(StrEnum):
    """What a text can be used for."""

    USABLE = "usable"
    EMPTY = "empty"
    POINTER = "pointer"
    TOO_SHORT = "too_short"


@dataclass(frozen=True, slots=True)
class Quality:
    """What is known of each text.

    Attributes
    ----------
    kinds : tuple of TextKind, length n
    family : tuple of int, length n
        Texts with the same number are copies or near-copies of each other; a text of its own
        is a family of one.
    family_sizes : dict of int to int
        Only families of at least two.
    """

    kinds: tuple[TextKind, ...]
    family: tuple[int, ...]
    family_sizes: dict[int, int]

    def is_campaign(self, index: int) -> bool:
        """Whether a text belongs to ten or more near-copies; shown, never dropped."""
        return self.family_sizes.get(self.family[index], 1) >= CAMPAIGN


def kind_of(text: str, language: str) -> TextKind:
    """Sort one text.

    Examples
    --------
    >>> kind_of("See written response", "en").value, kind_of("n/a", "en").value
    ('pointer', 'empty')
    """
    plain = normalise(text).strip()
    if plain in _NOTHING or not any(character.isalnum() for character in plain):
        return TextKind.EMPTY
    found = words(text, language)
    if len(found) <= _LONGEST_POINTER_WORDS and _ELSEWHERE.search(plain):
        return TextKind.POINTER
    return TextKind.USABLE if len(found) >= FEWEST_WORDS else TextKind.TOO_SHORT


def assess(texts: Sequence[str], languages: Sequence[str], *, seed: int) -> Quality:
    """Sort texts and find copies and near-copies.

    Parameters
    ----------
    texts, languages : sequence of str, length n
    seed : int
        Of the hash functions.

    Returns
    -------
    Quality

    Notes
    -----
    MinHash over sets of three following words, `_BANDS` bands of `_HASHES` / `_BANDS` rows;
    candidates are joined when the estimated Jaccard index reaches 0.6. Equal texts are hashed
    once, so that 100,000 copies cost as much as one. O(n L).

    References
    ----------
    Broder 1997, "On the resemblance and containment of documents".
    """
    kinds = tuple(kind_of(text, lang) for text, lang in zip(texts, languages, strict=True))
    groups: dict[str, list[int]] = {}
    for index, text in enumerate(texts):
        if kinds[index] is TextKind.USABLE:
            groups.setdefault(" ".join(words(text, "und")), []).append(index)
    distinct = sorted(groups, key=lambda key: groups[key][0])
    parent = _join_similar(distinct, seed)
    family = list(range(len(texts)))
    first: dict[int, int] = {}
    for number, key in enumerate(distinct):
        root = first.setdefault(parent[number], groups[key][0])
        for index in groups[key]:
            family[index] = root
    sizes: dict[int, int] = {}
    for number in family:
        sizes[number] = sizes.get(number, 0) + 1
    repeated = {number: size for number, size in sizes.items() if size > 1}
    return Quality(kinds, tuple(family), repeated)


def _join_similar(distinct: Sequence[str], seed: int) -> list[int]:
    """Union of all pairs that are alike; each text's root."""
    parent = list(range(len(distinct)))

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    signatures = _signatures(distinct, seed)
    rows = _HASHES // _BANDS
    for band in range(_BANDS):
        buckets: dict[bytes, int] = {}
        for index, signature in enumerate(signatures):
            key = signature[band * rows : (band + 1) * rows].tobytes()
            other = buckets.setdefault(key, index)
            if other != index and np.mean(signatures[other] == signature) >= SIMILAR:
                low, high = sorted((root(other), root(index)))
                parent[high] = low
    return [root(index) for index in range(len(distinct))]


def _signatures(distinct: Sequence[str], seed: int) -> NDArray[np.uint64]:
    generator = np.random.default_rng(seed)
    factors = generator.integers(1, 1 << 31, _HASHES, dtype=np.uint64)
    offsets = generator.integers(0, 1 << 31, _HASHES, dtype=np.uint64)
    found = np.zeros((len(distinct), _HASHES), dtype=np.uint64)
    for index, text in enumerate(distinct):
        shingles = _shingles(text)
        hashed = (shingles[:, None] * factors[None, :] + offsets[None, :]) % _PRIME
        found[index] = hashed.min(axis=0)
    return found


def _shingles(text: str) -> NDArray[np.uint64]:
    parts = text.split()
    grams = {
        " ".join(parts[place : place + _SHINGLE])
        for place in range(max(1, len(parts) - _SHINGLE + 1))
    }
    numbers = [
        int.from_bytes(blake2b(gram.encode(), digest_size=4).digest(), "big")
        for gram in sorted(grams)
    ]
    return np.array(numbers, dtype=np.uint64)
