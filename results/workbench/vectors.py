"""Answers as vectors, each text encoded once: what was encoded before waits in a file."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from analysis.text.centring import LanguageCentring
from analysis.text.encoders import content_key, encode, sentence_encoder
from analysis.text.lexical import LexicalVectors
from analysis.text.tokens import base_language

FOLDER = "vectors"
AT_ONCE = 256
SEED = 20_260_404
LEXICAL_WEIGHT = 0.5

Progress = Callable[[int, int], None]
Rows = NDArray[np.float32]


def store_of(instance: Path, codebook: str) -> Path:
    """Where the vectors of a codebook's answers wait, by a hash of their words."""
    return instance / FOLDER / f"{codebook}.npz"


class FileCache:
    """Vectors in one file; only those that were asked for stay in it.

    So the vector of a text that its author withdrew goes with the text.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stored: dict[str, Rows] = {}
        self._used: dict[str, Rows] = {}

    def read(self, name: str, keys: Sequence[str]) -> Mapping[str, Rows]:
        """The vectors that are there, by key."""
        if not self._stored and not self._used:
            self._stored = self._load(name)
        found = {key: row for key in keys if (row := self._known(key)) is not None}
        self._used |= found
        return found

    def write(self, _name: str, found: Mapping[str, Rows]) -> None:
        """Keep vectors until `save`."""
        self._used |= found

    def _known(self, key: str) -> Rows | None:
        known = self._used.get(key)
        return self._stored.get(key) if known is None else known

    def _load(self, name: str) -> dict[str, Rows]:
        """What is in the file; one that cannot be read costs time and nothing else."""
        try:
            with np.load(self.path, allow_pickle=False) as stored:
                if str(stored["name"]) != name:
                    return {}
                rows = stored["rows"].astype(np.float32)
                return dict(zip(stored["keys"].tolist(), rows, strict=True))
        except (OSError, ValueError, KeyError, BadZipFile):
            return {}

    def save(self, name: str) -> None:
        """Write aside and rename: a killed process leaves the old file whole."""
        if not self._used or self._used.keys() == self._stored.keys():
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        aside = self.path.with_name(f"{self.path.stem}.{os.getpid()}.npz")
        rows = np.array(list(self._used.values()), dtype=np.float16)
        np.savez(aside, name=np.array(name), keys=np.array(list(self._used)), rows=rows)
        aside.replace(self.path)


def has_sentences() -> bool:
    """Whether the encoder of sentences is installed; everything works without it, by words."""
    return sentence_encoder() is not None


def vectors_of(
    texts: Sequence[str], languages: Sequence[str], extra: int, store: Path, progress: Progress
) -> NDArray[np.float64]:
    """One row a text. The last `extra` texts are expressions of themes, which teach nothing."""
    count = len(texts) - extra
    tags = [base_language(language) or "und" for language in languages]
    if count == 0:
        return np.zeros((len(texts), 1))
    blocks = []
    sentences = _sentences(texts, store, progress)
    if sentences is not None:
        centring = LanguageCentring().fit(sentences[:count], tags[:count])
        blocks.append(centring.transform(sentences, tags))
    weight = LEXICAL_WEIGHT if blocks else 1.0
    try:
        lexical = LexicalVectors(seed=SEED).fit(texts[:count], tags[:count])
        blocks.append(np.float32(weight) * lexical.transform(texts, tags))
    except ValueError:
        # No term stands in two texts: there are no words to compare by.
        blocks.append(np.zeros((len(texts), 1), dtype=np.float32))
    return np.hstack(blocks).astype(np.float64)


def _sentences(texts: Sequence[str], store: Path, progress: Progress) -> Rows | None:
    encoder = sentence_encoder()
    if encoder is None:
        return None
    cache = FileCache(store)
    # The file is read for all of them at once, and the progress told part by part.
    cache.read(encoder.name, sorted({content_key(text) for text in texts}))
    parts = []
    for start in range(0, len(texts), AT_ONCE):
        parts.append(encode(encoder, texts[start : start + AT_ONCE], cache).rows)
        progress(min(start + AT_ONCE, len(texts)), len(texts))
    cache.save(encoder.name)
    return np.vstack(parts)
