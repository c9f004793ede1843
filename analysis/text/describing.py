"""Topics of all parts put together, numbered and described: words, exemplars, figures."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.text.coherence import diversity, leak, npmi
from analysis.text.exemplars import exemplars
from analysis.text.labels import label_topics
from analysis.text.long_answers import Pieces
from analysis.text.quality import Quality
from analysis.text.tokens import words
from analysis.text.topic_model import (
    ALSO,
    NONE_OF_THE_ABOVE,
    NOT_READ,
    UNDECIDED,
    Placed,
    TopicModel,
)
from analysis.text.topic_results import SEVERAL, Figures, FoundTopics, Theme, Topic
from analysis.text.unspaced import readable_words

#: Texts from which the words of topics and their coherence are worked out, at most.
_DESCRIBED = 40_000
_CANDIDATES = 200
#: A topic of one text is no topic.
FEWEST_MEMBERS = 2


@dataclass(frozen=True, slots=True)
class Background:
    """What is known of who wrote each text.

    Attributes
    ----------
    groups : sequence of str or None, length n, optional
        Region or sector; exemplars are then drawn from different groups.
    strata : sequence, length n, optional
        Such as (region, sector): a large set is fitted on a sample that hears all of them.
    quotable : sequence of bool, length n, optional
        Whether a text may be shown as an exemplar; by default all may.
    questions : sequence of str or None, length n, optional
        What each text answers: "no" is an answer to some questions and none to others.
    put_back : frozenset of int
        Texts that a person wants read, though they look as if they said nothing.
    """

    groups: Sequence[str | None] | None = None
    strata: Sequence[Hashable] | None = None
    quotable: Sequence[bool] | None = None
    questions: Sequence[str | None] | None = None
    put_back: frozenset[int] = frozenset()

    def of(self, parents: NDArray[np.int64]) -> "Background":
        """The same of the pieces of answers."""
        if all(known is None for known in (self.groups, self.strata, self.quotable)):
            return self
        rows = parents.tolist()
        groups = None if self.groups is None else [self.groups[row] for row in rows]
        strata = None if self.strata is None else [self.strata[row] for row in rows]
        quotable = None if self.quotable is None else [self.quotable[row] for row in rows]
        return Background(groups, strata, quotable)


@dataclass(frozen=True, slots=True)
class Corpus:
    """All texts with what is known of each: answers, or pieces of them where they are long.

    Attributes
    ----------
    texts, tags, quality, background
        Of the pieces.
    pieces : Pieces
    answers : Quality
        Of the answers.
    answer_tags : list of str
    """

    texts: Sequence[str]
    tags: list[str]
    quality: Quality
    background: Background
    pieces: Pieces
    answers: Quality
    answer_tags: list[str]


@dataclass(frozen=True, slots=True)
class Part:
    """The topics of texts that were compared with each other.

    Attributes
    ----------
    rows : ndarray of int64, shape (m,)
        Its pieces in the corpus.
    placed : Placed
        In the order of `rows`.
    decided : ndarray of int64, shape (m,)
    """

    rows: NDArray[np.int64]
    model: TopicModel
    placed: Placed
    decided: NDArray[np.int64]


def assemble(parts: list[Part], corpus: Corpus, unread: dict[str, int]) -> FoundTopics:
    """Number the topics of all parts, the largest first, and describe them."""
    n = len(corpus.answers.kinds)
    main = [main_pieces(part, corpus.pieces.parents) for part in parts]
    sizes = sorted(
        (-int((part.decided[main[place]] == topic).sum()), place, topic)
        for place, part in enumerate(parts)
        for topic in range(len(part.model.centres_))
    )
    kept = [(place, topic) for size, place, topic in sizes if -size >= FEWEST_MEMBERS]
    numbers = {entry: number for number, entry in enumerate(kept)}
    by_piece = np.full(len(corpus.texts), NOT_READ, dtype=np.int64)
    assignment = np.full(n, NOT_READ, dtype=np.int64)
    confidence = np.zeros(n)
    also: dict[tuple[int, int], float] = {}
    for place, part in enumerate(parts):
        own = [numbers.get((place, t), UNDECIDED) for t in range(len(part.model.centres_))]
        names = np.array([*own, NOT_READ, UNDECIDED, NONE_OF_THE_ABOVE], dtype=np.int64)
        by_piece[part.rows] = names[part.decided]
        answers = corpus.pieces.parents[part.rows[main[place]]]
        assignment[answers] = names[part.decided[main[place]]]
        confidence[answers] = part.placed.confidence()[main[place]]
        for answer, number, share in _others(part, names, main[place], corpus.pieces.parents):
            if number != assignment[answer]:
                also[answer, number] = max(share, also.get((answer, number), 0.0))
    topics = _topics(parts, kept, by_piece, assignment, corpus)
    return FoundTopics(
        topics=topics,
        themes=_themes(topics, by_piece, corpus),
        assignment=assignment,
        confidence=confidence,
        also=tuple(sorted((*entry, share) for entry, share in also.items())),
        quality=corpus.answers,
        figures=_figures(topics, assignment, corpus),
        unread_languages=unread,
        models=tuple(part.model for part in parts),
    )


def main_pieces(part: Part, parents: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of each answer the piece that says what it is mostly about, as places in the part.

    The surest of those in a topic that another answer is in too; else of the undecided; else of
    the others. Ties go to the earlier piece.
    """
    answers = parents[part.rows]
    if len(np.unique(answers)) == len(answers):
        return np.arange(len(answers))
    inside = part.decided >= 0
    pairs = np.unique(np.column_stack([part.decided[inside], answers[inside]]), axis=0)
    shared = np.bincount(pairs[:, 0], minlength=len(part.model.centres_)) >= FEWEST_MEMBERS
    rank = np.where(part.decided == NONE_OF_THE_ABOVE, 2, 1)
    rank[inside & shared[part.decided]] = 0
    sure = -np.round(part.placed.confidence(), 6)
    order = np.lexsort((part.rows, sure, rank, answers))
    _answers, first = np.unique(answers[order], return_index=True)
    return order[first]


def _others(
    part: Part,
    names: NDArray[np.int64],
    main: NDArray[np.int64],
    parents: NDArray[np.int64],
) -> list[tuple[int, int, float]]:
    """Further topics that an answer speaks of, in the same piece or in another."""
    shares = part.placed.probabilities
    is_main = np.zeros(len(part.rows), dtype=bool)
    is_main[main] = True
    rows, topics = np.nonzero(shares >= ALSO)
    found = []
    for row, topic in zip(rows.tolist(), topics.tolist(), strict=True):
        number = int(names[topic])
        own = topic == part.placed.labels[row] and (is_main[row] or part.decided[row] < 0)
        if not own and number >= 0 and part.decided[row] != NONE_OF_THE_ABOVE:
            answer = int(parents[part.rows[row]])
            found.append((answer, number, round(float(shares[row, topic]), 6)))
    return found


def _topics(
    parts: list[Part],
    kept: list[tuple[int, int]],
    by_piece: NDArray[np.int64],
    assignment: NDArray[np.int64],
    corpus: Corpus,
) -> tuple[Topic, ...]:
    shown = _described(by_piece)
    texts = [corpus.texts[row] for row in shown]
    tags = [corpus.tags[row] for row in shown]
    terms = label_topics(texts, tags, by_piece[shown], len(kept)).by_language
    themes = _theme_numbers(parts, kept, assignment)
    languages = _languages(assignment, corpus.answer_tags, len(kept))
    main = [max(found, key=lambda tag: (found[tag], tag)) for found in languages]
    coherence = _coherence(terms, main, texts, tags)
    topics = []
    for number, (place, topic) in enumerate(kept):
        found = languages[number]
        own = terms[number].get(main[number]) or next(iter(terms[number].values()), ())
        stability = float(parts[place].model.stability_[topic])
        standing = _exemplars(parts[place], topic, corpus)
        topics.append(
            Topic(
                number=number,
                language=next(iter(found)) if len(found) == 1 else SEVERAL,
                terms=own,
                size=sum(found.values()),
                exemplars=tuple(int(corpus.pieces.parents[row]) for row in standing),
                excerpts=tuple(_span(corpus.pieces, row) for row in standing),
                theme=themes[number],
                terms_in=terms[number],
                languages=found,
                stability=None if np.isnan(stability) else stability,
                coherence=coherence[number],
            )
        )
    return tuple(topics)


def _span(pieces: Pieces, row: int) -> tuple[int, int]:
    start, end = pieces.spans[row].tolist()
    return start, end


def _described(assignment: NDArray[np.int64]) -> NDArray[np.int64]:
    """Texts that describe topics: all, or evenly spread ones."""
    rows = np.flatnonzero(assignment >= 0)
    return rows[:: max(1, -(-len(rows) // _DESCRIBED))]


def _languages(
    assignment: NDArray[np.int64], tags: list[str], n_topics: int
) -> list[dict[str, int]]:
    """The texts of each topic by language, the most first."""
    found: list[dict[str, int]] = [{} for _ in range(n_topics)]
    for topic, tag in zip(assignment.tolist(), tags, strict=True):
        if topic >= 0:
            found[topic][tag] = found[topic].get(tag, 0) + 1
    return [dict(sorted(own.items(), key=lambda entry: (-entry[1], entry[0]))) for own in found]


def _coherence(
    terms: Sequence[dict[str, tuple[str, ...]]],
    main: list[str],
    texts: list[str],
    tags: list[str],
) -> list[float | None]:
    """NPMI of each topic's words over the texts of its main language."""
    found: list[float | None] = [None] * len(main)
    for language in sorted(set(main)):
        own = [number for number, tag in enumerate(main) if tag == language]
        documents = readable_words(
            [text for text, tag in zip(texts, tags, strict=True) if tag == language], language
        )
        single = [
            [word for term in terms[number].get(language, ()) for word in term.split()]
            for number in own
        ]
        for number, value in zip(own, npmi(single, documents), strict=True):
            found[number] = value
    return found


def _exemplars(part: Part, topic: int, corpus: Corpus) -> tuple[int, ...]:
    """From the fitted texts alone: there are thousands, and their own points are known."""
    sample = part.model.sample_
    share = part.placed.probabilities[sample, topic]
    inside = np.flatnonzero(part.decided[sample] == topic)
    quotable, groups = corpus.background.quotable, corpus.background.groups
    if quotable is not None:
        allowed = [quotable[int(part.rows[sample[place]])] for place in inside]
        inside = inside[np.array(allowed, dtype=bool)]
    order = np.lexsort((inside, -np.round(share[inside], 6)))[:_CANDIDATES]
    places = inside[order]
    rows = [int(part.rows[sample[place]]) for place in places]
    chosen = exemplars(
        part.model.space_.base_[places],
        share[places].astype(np.float64),
        [len(words(corpus.texts[row], corpus.tags[row])) for row in rows],
        [groups[row] if groups is not None else None for row in rows],
        [corpus.answers.family[corpus.pieces.parents[row]] for row in rows],
    )
    return tuple(rows[place] for place in chosen)


def _theme_numbers(
    parts: list[Part], kept: list[tuple[int, int]], assignment: NDArray[np.int64]
) -> list[int]:
    """Themes numbered over all parts, the largest first."""
    names = [(place, int(parts[place].model.theme_of_[topic])) for place, topic in kept]
    sizes = np.bincount(assignment[assignment >= 0], minlength=len(kept))
    total: dict[tuple[int, int], int] = {}
    for name, size in zip(names, sizes.tolist(), strict=True):
        total[name] = total.get(name, 0) + size
    order = sorted(total, key=lambda name: (-total[name], name))
    return [order.index(name) for name in names]


def _themes(
    topics: tuple[Topic, ...], by_piece: NDArray[np.int64], corpus: Corpus
) -> tuple[Theme, ...]:
    n_themes = len({topic.theme for topic in topics})
    shown = _described(by_piece)
    of_topic = np.array([topic.theme for topic in topics], dtype=np.int64)
    terms = label_topics(
        [corpus.texts[row] for row in shown],
        [corpus.tags[row] for row in shown],
        of_topic[by_piece[shown]] if len(topics) else by_piece[shown],
        n_themes,
    ).by_language
    found = []
    for number in range(n_themes):
        own = [topic for topic in topics if topic.theme == number]
        counts: dict[str, int] = {}
        for topic in own:
            for tag, size in topic.languages.items():
                counts[tag] = counts.get(tag, 0) + size
        main = max(counts, key=lambda tag: (counts[tag], tag))
        found.append(
            Theme(
                number=number,
                topics=tuple(topic.number for topic in own),
                size=sum(topic.size for topic in own),
                terms=terms[number].get(main, ()),
                language=main,
                terms_in=terms[number],
            )
        )
    return tuple(found)


def _figures(topics: tuple[Topic, ...], assignment: NDArray[np.int64], corpus: Corpus) -> Figures:
    n = max(1, int((assignment != NOT_READ).sum()))
    stable = [topic.stability for topic in topics if topic.stability is not None]
    coherent = [topic.coherence for topic in topics if topic.coherence is not None]
    return Figures(
        npmi=float(np.mean(coherent)) if coherent else None,
        diversity=diversity([topic.terms for topic in topics]),
        stability=float(np.mean(stable)) if stable else None,
        undecided=float((assignment == UNDECIDED).sum() / n),
        none_of_the_above=float((assignment == NONE_OF_THE_ABOVE).sum() / n),
        leak=leak(assignment.tolist(), corpus.answer_tags),
    )
