"""Topics of free texts in many languages: found by a machine, named and confirmed by people."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from analysis.errors import TooFewAnswers
from analysis.text.describing import Background, Corpus, Part, assemble
from analysis.text.encoders import Encoder, SentenceVectors
from analysis.text.long_answers import quality_of_pieces, split_long
from analysis.text.partitions import Work
from analysis.text.quality import TextKind, assess
from analysis.text.tokens import base_language
from analysis.text.topic_model import (
    MOST_FITTED,
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
    "Rules",
    "Theme",
    "Topic",
    "find_topics",
]

FEWEST_TEXTS = 20


@dataclass(frozen=True, slots=True)
class Rules:
    """How many topics, and from how many texts.

    Attributes
    ----------
    k : int, optional
        Topics of the languages with the most usable texts; others get fewer, as the square root
        of their texts. By default `analysis.text.levels` chooses.
    fewest : int
        Distinct usable texts that a language, or the covered languages together, need.
    most_fitted : int
        Texts that topics are learned from, at most; the others are placed.

    Raises
    ------
    ValueError
        k is below 2.
    """

    k: int | None = None
    fewest: int = FEWEST_TEXTS
    most_fitted: int = MOST_FITTED

    def __post_init__(self) -> None:
        if self.k is not None and self.k < 2:
            raise ValueError("k must be 2 or more.")

    def wanted(self, share: float) -> int | None:
        """The number of topics for that share of the largest set of texts."""
        return None if self.k is None else max(2, round(self.k * math.sqrt(share)))


def find_topics(
    texts: Sequence[str],
    languages: Sequence[str],
    *,
    seed: int,
    rules: Rules | None = None,
    background: Background | None = None,
    sentences: SentenceVectors | Encoder | None = None,
    work: Work | None = None,
) -> FoundTopics:
    """Find topics in texts of one or several languages.

    Parameters
    ----------
    texts : sequence of str, length n
        Any text, however hostile; what cannot be used is sorted out and counted.
    languages : sequence of str, length n
        BCP 47 tags; empty where unknown.
    seed : int
    rules : Rules, optional
    background : Background, optional
    sentences : SentenceVectors or Encoder, optional
        From `analysis.text.encoders.encode`; or the encoder itself, for more texts than their
        vectors fit into memory. One vector for each piece that `long_answers.split_long` makes
        of the texts: for each text, where none is long. Languages that it covers share their topics; the others, and
        all without it, are read by their words, each by itself.
    work : Work, optional
        Who places the texts that topics are not learned from, and who is told.

    Returns
    -------
    FoundTopics

    Raises
    ------
    TooFewAnswers
        No language has enough usable texts.
    ValueError
        Lengths differ.

    Notes
    -----
    One copy of each family of near-copies is learned from, so that a campaign does not make itself
    several topics; the others lie where it lies. Long answers are learned from and placed by
    passage, and counted as answers. All work is done on one thread, so that the
    same input gives the same bytes.

    References
    ----------
    docs/methods/topics.md tells what each step rests on and what was tried.
    """
    background = background or Background()
    rules = rules or Rules()
    _check(texts, languages, background, sentences)
    tags = [base_language(language) or "und" for language in languages]
    with threadpool_limits(limits=1):
        corpus = _read(texts, tags, background, seed)
        rooms = _rooms(corpus, sentences)
        distinct = {name: _distinct(rows, corpus) for name, rows in rooms.items()}
        read = {name: rows for name, rows in rooms.items() if distinct[name] >= rules.fewest}
        if not read:
            raise TooFewAnswers(n=max(distinct.values(), default=0), needed=rules.fewest)
        largest = max(len(rows) for rows in read.values())
        parts = []
        for name in sorted(read, key=lambda name: (-len(read[name]), name)):
            share = len(read[name]) / largest
            model = TopicModel(rules.wanted(share), seed=seed, most_fitted=rules.most_fitted)
            part = _fit(model, read[name], corpus, sentences if name == SEVERAL else None, work)
            if part is not None:
                parts.append(part)
        return assemble(parts, corpus, _unread(rooms, corpus, parts))


def _check(
    texts: Sequence[str],
    languages: Sequence[str],
    background: Background,
    sentences: SentenceVectors | Encoder | None,
) -> None:
    beside = (background.groups, background.strata, background.quotable, background.questions)
    others = [len(languages), *(len(given) for given in beside if given is not None)]
    if any(length != len(texts) for length in others):
        raise ValueError("Texts, languages and groups must have the same length.")
    if isinstance(sentences, SentenceVectors) and len(sentences.rows) != len(
        split_long(texts).texts
    ):
        raise ValueError("Vectors need the same length as what `split_long` makes of the texts.")


def _read(texts: Sequence[str], tags: list[str], background: Background, seed: int) -> Corpus:
    """The answers sorted, and the long ones in passages."""
    answers = assess(
        *(texts, tags),
        seed=seed,
        questions=background.questions,
        put_back=background.put_back,
    )
    pieces = split_long(texts)
    return Corpus(
        texts=pieces.texts,
        tags=[tags[parent] for parent in pieces.parents.tolist()],
        quality=quality_of_pieces(pieces, tags, answers),
        background=background.of(pieces.parents),
        pieces=pieces,
        answers=answers,
        answer_tags=tags,
    )


def _rooms(corpus: Corpus, sentences: SentenceVectors | Encoder | None) -> dict[str, list[int]]:
    """Usable pieces by language; the languages that the encoder covers are together."""
    found: dict[str, list[int]] = {}
    for row, (kind, tag) in enumerate(zip(corpus.quality.kinds, corpus.tags, strict=True)):
        if kind is TextKind.USABLE:
            together = sentences is not None and tag in sentences.languages
            found.setdefault(SEVERAL if together else tag, []).append(row)
    return found


def _distinct(rows: list[int], corpus: Corpus) -> int:
    """Answers that are no copies; one long paper is one."""
    return len({corpus.answers.family[parent] for parent in corpus.pieces.parents[rows].tolist()})


def _unread(rooms: dict[str, list[int]], corpus: Corpus, parts: list[Part]) -> dict[str, int]:
    parents = corpus.pieces.parents
    read = {int(answer) for part in parts for answer in parents[part.rows]}
    usable = {int(answer) for rows in rooms.values() for answer in parents[rows]}
    found: dict[str, int] = {}
    for answer in usable - read:
        tag = corpus.answer_tags[answer]
        found[tag] = found.get(tag, 0) + 1
    return dict(sorted(found.items()))


def _fit(
    model: TopicModel,
    rows: list[int],
    corpus: Corpus,
    sentences: SentenceVectors | Encoder | None,
    work: Work | None,
) -> Part | None:
    """Learn from one copy of each family; the others lie where it lies. None: nothing is shared."""
    first: dict[int, int] = {}
    for row in rows:
        first.setdefault(corpus.quality.family[row], row)
    learned = np.array(list(first.values()), dtype=np.int64)
    texts = [corpus.texts[row] for row in learned]
    tags = [corpus.tags[row] for row in learned]
    known = corpus.background.strata
    strata = None if known is None else [known[row] for row in learned]
    own = sentences.rows[learned] if isinstance(sentences, SentenceVectors) else sentences
    try:
        model.fit(texts, tags, own, strata=strata, work=work)
    except TooFewAnswers:
        return None
    place = {family: number for number, family in enumerate(first)}
    copies = [row for row in rows if first[corpus.quality.family[row]] != row]
    beside = model.placed_.take([place[corpus.quality.family[row]] for row in copies])
    placed = model.placed_.then(beside)
    return Part(np.array([*learned, *copies]), model, placed, model.decide(placed))
