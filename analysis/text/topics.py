"""Topics of free texts in many languages: found by a machine, named and confirmed by people."""

from collections.abc import Sequence

import numpy as np
from threadpoolctl import threadpool_limits

from analysis.errors import TooFewAnswers
from analysis.text.describing import Background, Corpus, Part, assemble
from analysis.text.encoders import SentenceVectors
from analysis.text.quality import Quality, TextKind, assess
from analysis.text.tokens import base_language
from analysis.text.topic_model import (
    NONE_OF_THE_ABOVE,
    NOT_READ,
    UNDECIDED,
    TopicModel,
)
from analysis.text.topic_results import SEVERAL, Figures, FoundTopics, Theme, Topic

__all__ = [
    "NONE_OF_THE_ABOVE",
    "NOT_READ",
    "SEVERAL",
    "UNDECIDED",
    "Background",
    "Figures",
    "FoundTopics",
    "Theme",
    "Topic",
    "find_topics",
]

FEWEST_TEXTS = 20


def find_topics(
    texts: Sequence[str],
    languages: Sequence[str],
    *,
    seed: int,
    k: int | None = None,
    background: Background | None = None,
    sentences: SentenceVectors | None = None,
    fewest: int = FEWEST_TEXTS,
) -> FoundTopics:
    """Find topics in texts of one or several languages.

    Parameters
    ----------
    texts : sequence of str, length n
        Any text, however hostile; what cannot be used is sorted out and counted.
    languages : sequence of str, length n
        BCP 47 tags; empty where unknown.
    seed : int
    k : int, optional
        Topics of the languages with the most usable texts; others get fewer, as the square root
        of their texts. By default `analysis.text.levels` chooses.
    background : Background, optional
    sentences : SentenceVectors, optional
        From `analysis.text.encoders.encode`. Languages that the encoder covers share their
        topics; the others, and all without it, are read by their words, each by itself.
    fewest : int
        Distinct usable texts that a language, or the covered languages together, need.

    Returns
    -------
    FoundTopics

    Raises
    ------
    TooFewAnswers
        No language has enough usable texts.
    ValueError
        Lengths differ or k is below 2.

    Notes
    -----
    One copy of each family of near-copies is fitted, so that a campaign does not make itself
    several topics; all copies are then assigned. All work is done on one thread, so that the
    same input gives the same bytes.

    References
    ----------
    docs/methods/topics.md tells what each step rests on and what was tried.
    """
    background = background or Background()
    _check(texts, languages, k, background, sentences)
    tags = [base_language(language) or "und" for language in languages]
    with threadpool_limits(limits=1):
        quality = assess(texts, tags, seed=seed)
        usable = [i for i, kind in enumerate(quality.kinds) if kind is TextKind.USABLE]
        rooms = _rooms(usable, tags, sentences)
        read = {name: rows for name, rows in rooms.items() if _distinct(rows, quality) >= fewest}
        if not read:
            most = max((_distinct(rows, quality) for rows in rooms.values()), default=0)
            raise TooFewAnswers(n=most, needed=fewest)
        corpus = Corpus(texts, tags, quality, background)
        largest = max(len(rows) for rows in read.values())
        parts = []
        for name in sorted(read, key=lambda name: (-len(read[name]), name)):
            wanted = None if k is None else max(2, round(k * np.sqrt(len(read[name]) / largest)))
            model = TopicModel(wanted, seed=seed)
            part = _fit(model, name, read[name], corpus, sentences)
            if part is not None:
                parts.append(part)
        return assemble(parts, corpus, _unread(usable, tags, parts))


def _check(
    texts: Sequence[str],
    languages: Sequence[str],
    k: int | None,
    background: Background,
    sentences: SentenceVectors | None,
) -> None:
    beside = (background.groups, background.strata, background.quotable)
    others = [len(languages), *(len(given) for given in beside if given is not None)]
    if sentences is not None:
        others.append(len(sentences.rows))
    if any(length != len(texts) for length in others):
        raise ValueError("Texts, languages, groups and vectors must have the same length.")
    if k is not None and k < 2:
        raise ValueError("k must be 2 or more.")


def _rooms(
    usable: list[int], tags: list[str], sentences: SentenceVectors | None
) -> dict[str, list[int]]:
    """Texts by language; the languages that the encoder covers are together."""
    found: dict[str, list[int]] = {}
    for row in usable:
        together = sentences is not None and sentences.covers(tags[row])
        found.setdefault(SEVERAL if together else tags[row], []).append(row)
    return found


def _distinct(rows: list[int], quality: Quality) -> int:
    return len({quality.family[row] for row in rows})


def _unread(usable: list[int], tags: list[str], parts: list[Part]) -> dict[str, int]:
    read = {int(row) for part in parts for row in part.rows}
    found: dict[str, int] = {}
    for row in usable:
        if row not in read:
            found[tags[row]] = found.get(tags[row], 0) + 1
    return dict(sorted(found.items()))


def _fit(
    model: TopicModel,
    name: str,
    rows: list[int],
    corpus: Corpus,
    sentences: SentenceVectors | None,
) -> Part | None:
    """Learn from one copy of each family, and place all; None where nothing is shared."""
    family = corpus.quality.family
    first = [row for row in rows if family[row] == row]
    copies = [row for row in rows if family[row] != row]
    order = np.array(first + copies, dtype=np.int64)
    texts = [corpus.texts[row] for row in order]
    tags = [corpus.tags[row] for row in order]
    vectors = sentences.rows[order] if sentences is not None and name == SEVERAL else None
    n = len(first)
    known = corpus.background.strata
    strata = None if known is None else [known[row] for row in first]
    try:
        model.fit(texts[:n], tags[:n], None if vectors is None else vectors[:n], strata=strata)
    except TooFewAnswers:
        return None
    placed = model.placed_
    if copies:
        own = None if vectors is None else vectors[n:]
        placed = placed.then(model.place(texts[n:], tags[n:], own))
    return Part(name, order, model, placed, model.decide(placed))
