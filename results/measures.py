"""What the questions of a round measure, ready to be summarised and ranked."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.choice.positions import Unranked, positions_from_rankings, positions_from_ratings
from analysis.summary import (
    Summary,
    summarise_multiple,
    summarise_numbers,
    summarise_rating,
    summarise_single,
)
from analysis.types import AnswerState
from results.tables import Texts
from surveys.documents import Question, QuestionnaireDocument, Section
from surveys.questions import REGISTRY
from surveys.questions.base import Measure, Shape
from surveys.shown import Shuffle, shuffles

#: The names that the tables of a run use for the shapes that are summarised.
KINDS = {
    Shape.CHOICE: "single_choice",
    Shape.CHOICES: "multiple_choice",
    Shape.SCALE: "rating_scale",
    Shape.NUMBER: "number",
}
FEWEST_RANKED = 3

Summariser = Callable[[NDArray[np.intp]], Summary]


def measures(document: QuestionnaireDocument) -> list[Measure]:
    """All measures of a questionnaire, in its order."""
    return [m for question in document.questions() for m in measures_of(question)]


def measures_of(question: Question) -> list[Measure]:
    return list(REGISTRY[question.kind].measures(question))


def labels_of(measure: Measure) -> dict[str, Texts]:
    return {code: dict(texts) for code, texts in measure.options.items()}


def summariser(
    frame: pl.DataFrame, measure: Measure, weights: NDArray[np.float64] | None = None
) -> Summariser:
    """A function that summarises a measure for some respondents, weighted where weights are given."""
    given = frame[measure.code].to_list()
    states = np.array(frame[f"{measure.code}:state"].to_list(), dtype=object)
    values = np.empty(len(given), dtype=object)
    values[:] = [list(value) if isinstance(value, list) else value for value in given]
    options = list(measure.options)

    def heavy(rows: NDArray[np.intp]) -> NDArray[np.float64] | None:
        return None if weights is None else weights[rows]

    def choice(rows: NDArray[np.intp]) -> Summary:
        return summarise_single(
            values[rows].tolist(), states[rows].tolist(), options, weights=heavy(rows)
        )

    def choices(rows: NDArray[np.intp]) -> Summary:
        return summarise_multiple(
            values[rows].tolist(), states[rows].tolist(), options, weights=heavy(rows)
        )

    def scale(rows: NDArray[np.intp]) -> Summary:
        return summarise_rating(
            values[rows].tolist(),
            states[rows].tolist(),
            points=measure.high,
            lowest=measure.low,
            weights=heavy(rows),
        )

    def number(rows: NDArray[np.intp]) -> Summary:
        return summarise_numbers(values[rows].tolist(), states[rows].tolist(), weights=heavy(rows))

    return {
        Shape.CHOICE: choice,
        Shape.CHOICES: choices,
        Shape.SCALE: scale,
        Shape.NUMBER: number,
    }[measure.shape]


@dataclass(frozen=True, slots=True)
class Source:
    """What a ranking is made from.

    `otherwise` holds the positions under the other rule for what was left unranked, where there
    is a choice: the result must say whether it depends on it. `shown` holds the place at which
    each respondent saw each item, where the order was drawn at random; `anchored` are the items
    that stood still.
    """

    name: str
    title: Texts
    labels: dict[str, Texts]
    positions: NDArray[np.float64]
    method: str
    unranked: str
    otherwise: NDArray[np.float64] | None = None
    shown: NDArray[np.float64] | None = None
    anchored: tuple[str, ...] = ()
    #: Items were shown in sets or pairs that were drawn.
    is_drawn: bool = False


@dataclass(frozen=True, slots=True)
class RatingSet:
    """Ratings on one scale that stand together: the rows of a matrix, or questions of a section."""

    name: str
    title: Texts
    measures: list[Measure]


def rating_sets(document: QuestionnaireDocument) -> Iterable[RatingSet]:
    """The sets of at least three ratings, in the order of the questionnaire."""
    for section in document.sections:
        for question in section.questions:
            found = measures_of(question)
            if len(found) >= FEWEST_RANKED and all(m.shape is Shape.SCALE for m in found):
                yield RatingSet(question.code, dict(question.label), found)
        rated = _lone_scales(section)
        if len(rated) >= FEWEST_RANKED:
            yield RatingSet(section.code, dict(section.title), rated)


def ranking_sources(frame: pl.DataFrame, document: QuestionnaireDocument) -> Iterable[Source]:
    """Each question that orders items, and each set of ratings that can be put in an order."""
    drawn = {shuffle.name: shuffle for shuffle in shuffles(document)}
    for section in document.sections:
        for question in section.questions:
            found = _from_question(frame, question)
            if found is not None:
                is_drawn = REGISTRY[question.kind].is_personal
                found = replace(found, is_drawn=is_drawn)
                yield _as_shown(frame, found, drawn.get(question.code))
        rated = _lone_scales(section)
        if len(rated) >= FEWEST_RANKED:
            found = _from_ratings(frame, section.code, section.title, rated)
            yield _as_shown(frame, found, drawn.get(f":{section.code}"))


def _from_question(frame: pl.DataFrame, question: Question) -> Source | None:
    found = measures_of(question)
    if len(found) >= FEWEST_RANKED and all(measure.shape is Shape.SCALE for measure in found):
        return _from_ratings(frame, question.code, question.label, found)
    for measure in found:
        if measure.shape is Shape.ORDER:
            return _from_order(frame, measure)
        if measure.shape is Shape.SCORES:
            return _from_scores(frame, measure)
    return None


def _as_shown(frame: pl.DataFrame, source: Source, shuffle: Shuffle | None) -> Source:
    """With the places at which its items were shown, where the snapshot holds them."""
    if shuffle is None or shuffle.column not in frame.columns:
        return source
    unseen = [None] * len(shuffle.keys)
    places = np.array(
        [row if row is not None else unseen for row in frame[shuffle.column].to_list()],
        dtype=np.float64,
    ).reshape(-1, len(shuffle.keys))
    columns = [shuffle.keys.index(key) for key in source.labels]
    return replace(source, shown=places[:, columns], anchored=shuffle.anchored)


def _lone_scales(section: Section) -> list[Measure]:
    """Questions of one rating each, on the scale that most of them share."""
    found = [
        measures_of(question)[0]
        for question in section.questions
        if [measure.shape for measure in measures_of(question)] == [Shape.SCALE]
    ]
    ends = [(measure.low, measure.high) for measure in found]
    usual = max(set(ends), key=ends.count) if ends else (0, 0)
    return [measure for measure in found if (measure.low, measure.high) == usual]


def _from_order(frame: pl.DataFrame, measure: Measure) -> Source:
    rules = [Unranked.LAST, Unranked.MISSING]
    rule, other = rules if measure.unranked_is_last else rules[::-1]
    orders, items = frame[measure.code].to_list(), list(measure.options)
    return Source(
        name=measure.code,
        title=dict(measure.label),
        labels=labels_of(measure),
        positions=positions_from_rankings(orders, items, unranked=rule),
        method="ranking",
        unranked=rule.value,
        otherwise=positions_from_rankings(orders, items, unranked=other),
    )


def _from_scores(frame: pl.DataFrame, measure: Measure) -> Source:
    width = len(measure.options)
    scores = np.array(
        [
            [np.nan if score is None else score for score in value or [None] * width]
            for value in frame[measure.code].to_list()
        ],
        dtype=np.float64,
    ).reshape(-1, width)
    positions = positions_from_ratings(scores)
    labels = labels_of(measure)
    return Source(measure.code, dict(measure.label), labels, positions, "scores", "missing")


def _from_ratings(frame: pl.DataFrame, name: str, title: Texts, rated: list[Measure]) -> Source:
    ratings = np.array(
        [
            [
                float(value) if state == AnswerState.ANSWERED and value is not None else np.nan
                for value, state in zip(
                    frame[measure.code].to_list(),
                    frame[f"{measure.code}:state"].to_list(),
                    strict=True,
                )
            ]
            for measure in rated
        ]
    ).T.reshape(-1, len(rated))
    labels = {measure.code: dict(measure.label) for measure in rated}
    return Source(name, title, labels, positions_from_ratings(ratings), "ratings", "missing")
