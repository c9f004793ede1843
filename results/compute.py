"""From a frozen snapshot to the tables of a run: the same input gives the same figures."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.breakdown import UNKNOWN, break_down
from analysis.choice.positions import Unranked, positions_from_rankings, positions_from_ratings
from analysis.choice.rank import rank_items
from analysis.errors import TooFewAnswers
from analysis.summary import Summary, summarise_multiple, summarise_rating, summarise_single
from analysis.text.topics import FEWEST_TEXTS, TopicModel, find_topics
from analysis.types import AnswerState
from analysis.weighting import dissimilarity, represent
from consultation.people.classifications import SECTORS, classification, country, groups
from results import tables
from results.snapshots import Frozen
from results.tables import Document, Texts
from surveys.documents import Question, QuestionnaireDocument, Section

SEED = 20_260_101
CLOSED = frozenset({"single_choice", "multiple_choice", "rating_scale"})
UNKNOWN_TEXTS: Texts = {"en": "Unknown", "fr": "Inconnu", "ar": "غير معروف"}
FEWEST_RANKED = 3
COUNTRY_GROUPS = "g77"

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that a computation depends on."""

    frozen: Frozen
    documents: dict[int, QuestionnaireDocument]
    texts: dict[str, str]
    region_classification: str
    targets: dict[str, dict[str, float]]
    small: int
    seed: int = SEED


@dataclass(slots=True)
class Result:
    """The documents of a run, and the topic of each contribution."""

    documents: dict[str, Document] = field(default_factory=dict)
    members: list[tuple[str, int, float]] = field(default_factory=list)


def compute(inputs: Inputs, progress: Progress) -> Result:
    """Compute every table; progress is told after each question."""
    result = Result()
    steps = sum(len(list(document.questions())) for document in inputs.documents.values()) + 2
    done = 0
    for number, document in inputs.documents.items():
        frame = inputs.frozen.answers[number]
        dimensions = _dimensions(frame, document, inputs)
        _add_participation(result, number, frame, inputs)
        for question in document.questions():
            if question.kind in CLOSED:
                _add_question(result, number, frame, question, dimensions, inputs)
            done += 1
            progress(done, steps)
        _add_rankings(result, number, frame, document, dimensions, inputs)
    _add_topics(result, inputs)
    progress(steps, steps)
    return result


@dataclass(frozen=True, slots=True)
class Dimension:
    """A way to group respondents."""

    name: str
    values: list[str | None]
    order: list[str]
    labels: dict[str, Texts]


def group_texts(entries: Iterable[Any]) -> dict[str, Texts]:
    """Names of groups in the languages we have, with "unknown" among them."""
    return {entry.code: dict(entry.names) for entry in entries} | {UNKNOWN: UNKNOWN_TEXTS}


def _dimensions(
    frame: pl.DataFrame, document: QuestionnaireDocument, inputs: Inputs
) -> list[Dimension]:
    """Region, sector, country group, and questions that ask to be a group."""
    regions = group_texts(groups(inputs.region_classification))
    sectors = group_texts(SECTORS)
    south = group_texts(classification(COUNTRY_GROUPS).groups)
    found = [
        Dimension("region", frame[":region"].to_list(), list(regions), regions),
        Dimension("sector", frame[":sector"].to_list(), list(sectors), sectors),
        Dimension(
            "country_group",
            [country(code).g77 if code else None for code in frame[":country"].to_list()],
            list(south),
            south,
        ),
    ]
    for question in document.questions():
        if question.kind == "single_choice" and question.settings.get("group"):
            labels = _labels(question) | {UNKNOWN: UNKNOWN_TEXTS}
            values = frame[question.code].to_list()
            found.append(Dimension(question.code, values, list(labels), labels))
    return found


def _labels(question: Question) -> dict[str, Texts]:
    entries = question.settings.get("options") or question.settings.get("items") or []
    return {entry["code"]: entry["label"] for entry in entries}


def _rating_labels(question: Question) -> dict[str, Texts]:
    """Points with the words of the ends."""
    points = int(question.settings["points"])
    found: dict[str, Texts] = {str(point): {"en": str(point)} for point in range(1, points + 1)}
    for point, name in ((1, "low_label"), (points, "high_label")):
        texts: Texts = question.settings.get(name, {})
        if texts:
            found[str(point)] = {code: f"{point} – {text}" for code, text in texts.items()}
    return found


def _summariser(
    frame: pl.DataFrame, question: Question
) -> tuple[Callable[[NDArray[np.intp]], Summary], dict[str, Texts]]:
    """A function that summarises the question for some respondents."""
    values = np.array(frame[question.code].to_list() or [], dtype=object)
    states = np.array(frame[f"{question.code}:state"].to_list(), dtype=object)
    if question.kind == "multiple_choice":
        values = np.empty(len(states), dtype=object)
        values[:] = [None if v is None else list(v) for v in frame[question.code].to_list()]
    if question.kind == "rating_scale":
        points = int(question.settings["points"])

        def rating(rows: NDArray[np.intp]) -> Summary:
            return summarise_rating(values[rows].tolist(), states[rows].tolist(), points=points)

        return rating, _rating_labels(question)
    labels = _labels(question)
    summarise = summarise_multiple if question.kind == "multiple_choice" else summarise_single

    def choice(rows: NDArray[np.intp]) -> Summary:
        return summarise(values[rows].tolist(), states[rows].tolist(), list(labels))

    return choice, labels


def _add_question(
    result: Result,
    number: int,
    frame: pl.DataFrame,
    question: Question,
    dimensions: list[Dimension],
    inputs: Inputs,
) -> None:
    summarise, labels = _summariser(frame, question)
    for position, dimension in enumerate(dimensions):
        if dimension.name == question.code:
            continue
        found = break_down(summarise, dimension.values, order=dimension.order, small=inputs.small)
        if position == 0:
            result.documents[f"summary/{number}/{question.code}"] = tables.summary(
                found.overall, question.label, question.kind, labels
            )
        result.documents[f"breakdown/{number}/{question.code}/{dimension.name}"] = tables.breakdown(
            found, question.label, question.kind, labels, dimension.labels
        )


def _add_participation(result: Result, number: int, frame: pl.DataFrame, inputs: Inputs) -> None:
    labels = {
        "sector": group_texts(SECTORS),
        "region": group_texts(groups(inputs.region_classification)),
    }
    for name, texts in labels.items():
        counts: dict[str, int] = {}
        for value in frame[f":{name}"].to_list():
            counts[value or UNKNOWN] = counts.get(value or UNKNOWN, 0) + 1
        targets = inputs.targets.get(name, {})
        document = tables.participation(
            represent(counts, targets),
            dissimilarity(counts, targets) if targets else None,
            texts,
        )
        document["n_countries"] = frame[":country"].drop_nulls().n_unique()
        result.documents[f"participation/{number}/{name}"] = document


def _add_rankings(
    result: Result,
    number: int,
    frame: pl.DataFrame,
    document: QuestionnaireDocument,
    dimensions: list[Dimension],
    inputs: Inputs,
) -> None:
    """Each ranking question, and each section of ratings that can be put in an order."""
    for section in document.sections:
        for question in section.questions:
            if question.kind == "ranking":
                labels = _labels(question)
                positions = positions_from_rankings(
                    frame[question.code].to_list(), list(labels), unranked=Unranked.LAST
                )
                name = f"ranking/{number}/{question.code}"
                source = _Source(question.label, labels, positions, "ranking", "last")
                _add_ranking(result, name, source, dimensions, inputs)
        rated = [question for question in section.questions if question.kind == "rating_scale"]
        if len(rated) >= FEWEST_RANKED:
            source = _rated_section(frame, section, rated)
            _add_ranking(result, f"ranking/{number}/{section.code}", source, dimensions, inputs)


@dataclass(frozen=True, slots=True)
class _Source:
    """What a ranking is made from."""

    title: Texts
    labels: dict[str, Texts]
    positions: NDArray[np.float64]
    method: str
    unranked: str


def _rated_section(frame: pl.DataFrame, section: Section, rated: list[Question]) -> _Source:
    ratings = np.array(
        [
            [
                float(value) if state == AnswerState.ANSWERED and value is not None else np.nan
                for value, state in zip(
                    frame[question.code].to_list(),
                    frame[f"{question.code}:state"].to_list(),
                    strict=True,
                )
            ]
            for question in rated
        ]
    ).T.reshape(-1, len(rated))
    return _Source(
        title=section.title,
        labels={question.code: question.label for question in rated},
        positions=positions_from_ratings(ratings),
        method="ratings",
        unranked="missing",
    )


def _add_ranking(
    result: Result, name: str, source: _Source, dimensions: list[Dimension], inputs: Inputs
) -> None:
    items = list(source.labels)
    try:
        overall = rank_items(source.positions, items, seed=inputs.seed)
    except TooFewAnswers as error:
        result.documents[name] = tables.too_few(source.title, error.n, error.needed)
        return
    document = tables.ranking(
        overall,
        source.title,
        source.labels,
        method=source.method,
        unranked=source.unranked,
    )
    document["by"] = {
        dimension.name: _ranking_by(source, items, dimension, inputs) for dimension in dimensions
    }
    result.documents[name] = document


def _ranking_by(
    source: _Source, items: list[str], dimension: Dimension, inputs: Inputs
) -> list[Document]:
    """The order in each group; a group with too few ballots says so."""
    keys = np.array([value or UNKNOWN for value in dimension.values], dtype=object)
    found: list[Document] = []
    for key in [*(k for k in dimension.order if k != UNKNOWN), UNKNOWN]:
        inside = source.positions[keys == key]
        if not len(inside):
            continue
        entry: Document = {"key": key, "label": dimension.labels[key]}
        try:
            ranked = rank_items(inside, items, seed=inputs.seed, draws=2_000)
        except TooFewAnswers as error:
            found.append({**entry, "n": error.n, "too_few": True, "ranks": {}})
            continue
        ranks = {item.key: [item.rank, item.best_rank, item.worst_rank] for item in ranked.items}
        is_small = ranked.n < inputs.small
        found.append({**entry, "n": ranked.n, "is_small": is_small, "ranks": ranks})
    return found


def _add_topics(result: Result, inputs: Inputs) -> None:
    frame = inputs.frozen.contributions
    ids = frame["id"].to_list()
    labels = {
        "region": group_texts(groups(inputs.region_classification)),
        "sector": group_texts(SECTORS),
        "channel": {name: {"en": name} for name in ("survey", "dialogue", "import")},
    }
    try:
        model = find_topics(
            [inputs.texts.get(key, "") for key in ids],
            frame["language"].to_list(),
            seed=inputs.seed,
            groups=frame["region"].to_list(),
        )
    except TooFewAnswers as error:
        needed = FEWEST_TEXTS
        result.documents["topics"] = {"too_few": {"n": error.n, "needed": needed}, "rows": []}
        return
    attributes = {name: frame[name].to_list() for name in labels}
    result.documents["topics"] = tables.topics(model, ids, attributes, labels)
    result.members = _members(model, ids)


def _members(model: TopicModel, ids: list[str]) -> list[tuple[str, int, float]]:
    return [
        (key, topic, round(confidence, tables.DIGITS))
        for key, topic, confidence in zip(
            ids, model.assignment.tolist(), model.confidence.tolist(), strict=True
        )
        if topic >= 0
    ]
