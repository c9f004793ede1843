"""The estimator: texts of one space into topics, and topics into themes."""

from collections.abc import Hashable, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from analysis.errors import TooFewAnswers
from analysis.text.clusters import cluster, join
from analysis.text.encoders import Encoder, encode, vectors_of
from analysis.text.levels import choose_levels
from analysis.text.partitions import PART, Arrays, Work, bounds, map_parts, part_name
from analysis.text.sampling import stratified_sample
from analysis.text.space import NEIGHBOURS, STEPS, TextSpace
from analysis.text.stability import softmax, stability

Rows = NDArray[np.float32]
MOST_FITTED = 30_000
FEWEST_TEXTS = 6
#: Returned in place of a topic.
NONE_OF_THE_ABOVE = -1
UNDECIDED = -2
NOT_READ = -3
#: A text is undecided when no topic would get it in two refits of five.
LEAST_CONFIDENCE = 0.4
#: A text speaks of every topic with at least this share.
ALSO = 0.25
_SPLINTER = 500


@dataclass(frozen=True, slots=True)
class Placed:
    """Where texts came to lie among topics.

    Attributes
    ----------
    labels : ndarray of int64, shape (n,)
        The nearest topic, unsure or not.
    probabilities : ndarray of float32, shape (n, n_topics)
        The share of refits that would put a text into each topic, rows summing to 1.
    nearness : ndarray of float32, shape (n,)
        The mean cosine to the five nearest of the fitted texts.
    """

    labels: NDArray[np.int64]
    probabilities: Rows
    nearness: Rows

    def confidence(self) -> NDArray[np.float64]:
        """The share of the nearest topic."""
        rows = np.arange(len(self.labels))
        return self.probabilities[rows, self.labels].astype(np.float64)

    def then(self, *others: "Placed") -> "Placed":
        """These texts, and others after them."""
        all_of = (self, *others)
        return Placed(
            np.concatenate([placed.labels for placed in all_of]),
            np.concatenate([placed.probabilities for placed in all_of]),
            np.concatenate([placed.nearness for placed in all_of]),
        )

    def take(self, places: Sequence[int]) -> "Placed":
        """Those texts, in that order, as often as they are named."""
        rows = np.asarray(places, dtype=np.int64)
        return Placed(self.labels[rows], self.probabilities[rows], self.nearness[rows])

    @classmethod
    def empty(cls, n_topics: int) -> Self:
        """Of no text."""
        nothing = np.zeros(0, dtype=np.float32)
        return cls(np.zeros(0, np.int64), np.zeros((0, n_topics), np.float32), nothing)


class TopicModel:
    """Topics of texts that can be compared: one language, or languages of one encoder.

    Parameters
    ----------
    n_topics, n_themes : int, optional
        By default both are chosen from the texts, `analysis.text.levels` tells how.
    neighbours, steps : int
        How many neighbours a text borrows from, and how often.
    most_fitted : int
        Texts that topics are learned from; the others are assigned.
    seed : int

    Attributes
    ----------
    space_ : TextSpace
    centres_ : ndarray of float32, shape (n_topics, d)
    theme_of_ : ndarray of int64, shape (n_topics,)
        The theme that a topic is part of.
    sample_ : ndarray of int64
        The texts given to `fit` that topics were learned from.
    placed_ : Placed
        Where the texts given to `fit` came to lie.
    labels_ : ndarray of int64, shape (n,)
        The same as `placed_.labels`.
    stability_ : ndarray of float64, shape (n_topics,)
    temperature_ : float

    Notes
    -----
    O(s² d) for the neighbours of s fitted texts, O(n s d) to assign n others.

    Examples
    --------
    >>> water = [f"Data centres drink the water of dry region {n}" for n in range(12)]
    >>> jobs = [f"Clerks lose their jobs without new training {n}" for n in range(12)]
    >>> model = TopicModel(n_topics=2, seed=1).fit(water + jobs, ["en"] * 24)
    >>> new = ["who pays for the water of data centres", "jobs and training of clerks"]
    >>> (model.predict(new, ["en", "en"]) == model.labels_[[0, 12]]).tolist()
    [True, True]
    """

    def __init__(
        self,
        n_topics: int | None = None,
        n_themes: int | None = None,
        *,
        seed: int,
        neighbours: int = NEIGHBOURS,
        steps: int = STEPS,
        most_fitted: int = MOST_FITTED,
    ) -> None:
        self.n_topics = n_topics
        self.n_themes = n_themes
        self.seed = seed
        self.neighbours = neighbours
        self.steps = steps
        self.most_fitted = most_fitted

    def fit(
        self,
        texts: Sequence[str],
        languages: Sequence[str],
        sentences: Rows | Encoder | None = None,
        *,
        strata: Sequence[Hashable] | None = None,
        work: Work | None = None,
    ) -> Self:
        """Find topics.

        Parameters
        ----------
        texts, languages : sequence of str, length n
            BCP 47 base tags.
        sentences : ndarray of float32, shape (n, s), or Encoder, optional
            Vectors in the same order; or who makes them, for more texts than their vectors fit
            into memory.
        strata : sequence, length n, optional
            Groups that the fitted sample is drawn from where there are more than `most_fitted`
            texts, such as (region, sector).
        work : Work, optional
            Who places the texts that were not learned from.

        Raises
        ------
        TooFewAnswers
            Fewer than `FEWEST_TEXTS` texts, or no term and no meaning that two of them share.
        """
        if len(texts) < FEWEST_TEXTS:
            raise TooFewAnswers(n=len(texts), needed=FEWEST_TEXTS)
        sample = stratified_sample(
            strata if strata is not None else [0] * len(texts), self.most_fitted, seed=self.seed
        )
        whole = len(sample) == len(texts)
        own = texts if whole else [texts[row] for row in sample]
        tags = languages if whole else [languages[row] for row in sample]
        space = TextSpace(seed=self.seed, neighbours=self.neighbours, steps=self.steps)
        try:
            space.fit(own, tags, _encoded(_take(sentences, sample), own, work))
        except ValueError:
            raise TooFewAnswers(n=0, needed=FEWEST_TEXTS) from None
        self.space_ = space
        self._fit_topics()
        self.sample_ = sample
        self.placed_ = self._place_fitted(texts, languages, sentences, work or Work())
        self.labels_ = self.placed_.labels
        return self

    def _fit_topics(self) -> None:
        space = self.space_
        n = len(space.rows_)
        levels = choose_levels(space, seed=self.seed)
        k = levels.topics if self.n_topics is None else self.n_topics
        # A number that was asked for is kept; a chosen one leaves no splinters.
        fewest = 1 if self.n_topics is not None else max(3, n // _SPLINTER)
        found = cluster(
            space.rows_, space.step_, min(k, max(2, n // 3)), seed=self.seed, fewest=fewest
        )
        self._sampled = found.labels
        self.centres_ = found.centres
        again = stability(
            space.base_,
            space.rows_,
            found,
            neighbours=self.neighbours,
            steps=self.steps,
            seed=self.seed,
        )
        self.stability_ = again.by_topic
        self.temperature_ = again.temperature
        themes = levels.themes if self.n_themes is None else self.n_themes
        sizes = np.bincount(found.labels, minlength=len(found.centres))
        self.theme_of_ = join(found.centres, sizes, min(themes, len(found.centres)))

    def _place_fitted(
        self,
        texts: Sequence[str],
        languages: Sequence[str],
        sentences: Rows | Encoder | None,
        work: Work,
    ) -> Placed:
        sample = self.sample_
        n, k = len(texts), len(self.centres_)
        labels = np.zeros(n, dtype=np.int64)
        shares = np.zeros((n, k), dtype=np.float32)
        near = np.zeros(n, dtype=np.float32)
        labels[sample], near[sample] = self._sampled, self.space_.nearness_
        shares[sample] = softmax(self.space_.rows_ @ self.centres_.T, self.temperature_)
        others = np.setdiff1d(np.arange(n), sample)
        placed = self.place_in_parts(
            [texts[row] for row in others],
            [languages[row] for row in others],
            _take(sentences, others),
            work=work,
        )
        labels[others], shares[others] = placed.labels, placed.probabilities
        near[others] = placed.nearness
        return Placed(labels, shares, near)

    def place_in_parts(
        self,
        texts: Sequence[str],
        languages: Sequence[str],
        sentences: Rows | Encoder | None,
        *,
        work: Work,
    ) -> Placed:
        """Where many new texts lie, worked on in parts; the same wherever that is done."""
        cuts = bounds(len(texts), PART)
        slim = work.share(self._without_texts()) if cuts else None
        arguments = [(slim, texts[cut], languages[cut], _take(sentences, cut)) for cut in cuts]
        encoder = "" if sentences is None or isinstance(sentences, np.ndarray) else sentences.name
        state = self.fingerprint() if cuts else ""
        names = [part_name(state, encoder, texts[cut], languages[cut]) for cut in cuts]
        parts = map_parts(_place_part, arguments, names, work)
        found = Placed.empty(len(self.centres_))
        return found.then(*(Placed(**dict(part)) for part in parts))

    def fingerprint(self) -> str:
        """Of all that decides where a text is placed."""
        return part_name(
            self.centres_.tobytes(), self.temperature_, self.space_.rows_.tobytes(), self.steps
        )

    def _without_texts(self) -> "TopicModel":
        """What other processes need: not the places of all texts learned from."""
        slim = copy(self)
        for name in ("placed_", "labels_", "sample_"):
            slim.__dict__.pop(name, None)
        return slim

    def place(
        self,
        texts: Sequence[str],
        languages: Sequence[str],
        sentences: Rows | Encoder | None = None,
    ) -> Placed:
        """Where new texts lie among the topics; nothing is fitted again."""
        vectors = vectors_of(sentences, texts)
        rows, nearness = self.space_.transform(texts, languages, vectors)
        cosines = rows @ self.centres_.T
        shares = softmax(cosines, self.temperature_).astype(np.float32)
        return Placed(cosines.argmax(axis=1).astype(np.int64), shares, nearness)

    def transform(
        self, texts: Sequence[str], languages: Sequence[str], sentences: Rows | None = None
    ) -> Rows:
        """The share of refits that would put each text into each topic, shape (n, n_topics)."""
        return self.place(texts, languages, sentences).probabilities

    def predict(
        self, texts: Sequence[str], languages: Sequence[str], sentences: Rows | None = None
    ) -> NDArray[np.int64]:
        """The nearest topic of each text, unsure or not, shape (n,)."""
        return self.place(texts, languages, sentences).labels

    def decide(self, placed: Placed) -> NDArray[np.int64]:
        """Say "none of the above" and "undecided" where that is the truth, and which of the two.

        None of the above: the text is no nearer to its five nearest than it would be among as many
        unrelated texts. Undecided: it has neighbours, but no topic would get it often enough.
        """
        found = placed.labels.copy()
        found[placed.confidence() < LEAST_CONFIDENCE] = UNDECIDED
        found[placed.nearness < self.space_.chance_] = NONE_OF_THE_ABOVE
        return found


def _take(
    sentences: Rows | Encoder | None, rows: NDArray[np.int64] | slice
) -> Rows | Encoder | None:
    """The vectors of some texts; an encoder stays as it is."""
    return sentences[rows] if isinstance(sentences, np.ndarray) else sentences


def _encoded(
    sentences: Rows | Encoder | None, texts: Sequence[str], work: Work | None
) -> Rows | None:
    """The vectors of the texts that are learned from, made in parts where there is an encoder."""
    if sentences is None or isinstance(sentences, np.ndarray):
        return sentences
    return encode(sentences, texts, work=work).rows


def _place_part(
    model: TopicModel,
    texts: Sequence[str],
    languages: Sequence[str],
    sentences: Rows | Encoder | None,
) -> Arrays:
    placed = model.place(texts, languages, sentences)
    return {
        "labels": placed.labels,
        "probabilities": placed.probabilities,
        "nearness": placed.nearness,
    }
