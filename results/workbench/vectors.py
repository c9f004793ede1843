"""Answers and expressions of themes as vectors; sentence vectors are shared with the runs.

Answers without a vector are encoded here, by more processes or by the machines of Dask, whichever
`results.computing.executors` finds sooner; the result is the same to the bit.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.text.centring import LanguageCentring
from analysis.text.encoders import content_key, encode, sentence_encoder
from analysis.text.lexical import LexicalVectors
from analysis.text.long_answers import Pieces, split_long
from analysis.text.tokens import base_language
from analysis.text.word_vectors import unit
from results.computing.executors import work_for
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
    dask: str = "",
) -> NDArray[np.float64]:
    """One row a text. The last `extra` texts are expressions of themes, which teach nothing.

    `folder` is that of the consultation (`results.computing.vectors.folder_of`); without one,
    nothing is kept. `dask` is the address of a scheduler; `progress` hears of answers, and what it
    raises ends the work: the vectors that are done are kept.
    """
    count = len(texts) - extra
    tags = [base_language(language) or "und" for language in languages]
    if count == 0:
        return np.zeros((len(texts), 1))
    blocks = []
    sentences = _sentences(texts, count, folder, progress, dask)
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


@dataclass(frozen=True, slots=True)
class _Read:
    """Vectors that were read from their files already, for they say how much there is to do."""

    known: Mapping[str, Rows]
    files: VectorFiles | None

    def read(self, _name: str, _keys: Sequence[str]) -> Mapping[str, Rows]:
        return self.known

    def write(self, name: str, found: Mapping[str, Rows]) -> None:
        if self.files is not None:
            self.files.write(name, found)


def _sentences(
    texts: Sequence[str], count: int, folder: Path | None, progress: Progress, dask: str
) -> Rows | None:
    encoder = sentence_encoder()
    if encoder is None:
        return None
    answers = None if folder is None else VectorFiles(folder)
    themes = None if folder is None else VectorFiles(folder / THEMES)
    pieces = split_long(texts[:count])
    keys = {content_key(text) for text in pieces.texts}
    known = {} if answers is None else dict(answers.read(encoder.name, sorted(keys)))
    with work_for(len(keys) - len(known), dask) as workers:
        # The work is told in parts of what is new; people are told in answers.
        work = replace(
            workers, progress=lambda done, total: progress(count * done // (total or 1), count)
        )
        rows = encode(encoder, pieces.texts, _Read(known, answers), work).rows
    own = _of_answers(rows, pieces)
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
