"""Answers and expressions of themes as vectors; sentence vectors are shared with the runs."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.text.centring import LanguageCentring
from analysis.text.encoders import content_key, encode, sentence_encoder
from analysis.text.lexical import LexicalVectors
from analysis.text.long_answers import Pieces, split_long
from analysis.text.partitions import Work
from analysis.text.tokens import base_language
from analysis.text.word_vectors import unit
from results.computing.topics import MOST_KEPT
from results.computing.vectors import VectorFiles

#: Vectors of the codebook's own words wait apart: a run keeps those of answers alone.
THEMES = "themes"
SEED = 20_260_404
LEXICAL_WEIGHT = 0.5

Progress = Callable[[int, int], None]
Rows = NDArray[np.float32]


def has_sentences() -> bool:
    """Whether the encoder of sentences is installed; everything works without it, by words."""
    return sentence_encoder() is not None


def vectors_of(
    texts: Sequence[str],
    languages: Sequence[str],
    extra: int,
    folder: Path | None,
    progress: Progress,
) -> NDArray[np.float64]:
    """One row a text. The last `extra` texts are expressions of themes, which teach nothing.

    `folder` is that of the consultation (`results.computing.vectors.folder_of`); without one,
    nothing is kept.
    """
    count = len(texts) - extra
    tags = [base_language(language) or "und" for language in languages]
    if count == 0:
        return np.zeros((len(texts), 1))
    blocks = []
    sentences = _sentences(texts, count, folder, progress)
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


def _sentences(
    texts: Sequence[str], count: int, folder: Path | None, progress: Progress
) -> Rows | None:
    encoder = sentence_encoder()
    if encoder is None:
        return None
    answers = None if folder is None else VectorFiles(folder)
    themes = None if folder is None else VectorFiles(folder / THEMES)
    # The work is told in parts of what is new; people are told in answers.
    work = Work(progress=lambda done, total: progress(count * done // (total or 1), count))
    pieces = split_long(texts[:count])
    own = _of_answers(encode(encoder, pieces.texts, answers, work).rows, pieces)
    if answers is not None and count > MOST_KEPT:
        # So many texts a run keeps no vectors of: what their authors withdrew is forgotten here.
        answers.keep_only(encoder.name, [content_key(text) for text in pieces.texts])
    return np.vstack([own, encode(encoder, texts[count:], themes).rows])


def _of_answers(rows: Rows, pieces: Pieces) -> Rows:
    """The mean direction of an answer's passages, so that a long one is read to its end."""
    if len(rows) == len(np.unique(pieces.parents)):
        return rows
    sums = np.zeros((int(pieces.parents[-1]) + 1, rows.shape[1]), dtype=np.float32)
    np.add.at(sums, pieces.parents, rows)
    return unit(sums)
