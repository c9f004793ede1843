"""From a frozen snapshot to the tables of a run: the same input gives the same figures."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from analysis.breakdown import UNKNOWN, break_down
from analysis.choice.rank import rank_items
from analysis.errors import TooFewAnswers
from analysis.text.topics import FEWEST_TEXTS, TopicModel, find_topics
from analysis.weighting import dissimilarity, represent
from consultation.people.classifications import SECTORS, classification, country, groups
from results import tables
from results.measures import (
    KINDS,
    Source,
    labels_of,
    measures,
    measures_of,
    ranking_sources,
    summariser,
)
from results.snapshots import Frozen
from results.tables import Document, Texts
from surveys.documents import QuestionnaireDocument
from surveys.questions.base import Measure, Shape

SEED = 20_260_101
UNKNOWN_TEXTS: Texts = {"en": "Unknown", "fr": "Inconnu", "ar": "غير معروف"}
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
    steps = sum(len(measures(document)) for document in inputs.documents.values()) + 2
    done = 0
    for number, document in inputs.documents.items():
        frame = inputs.frozen.answers[number]
        dimensions = _dimensions(frame, document, inputs)
        _add_participation(result, number, frame, inputs)
        for measure in measures(document):
            if measure.shape in KINDS:
                _add_measure(result, number, frame, measure, dimensions, inputs)
            done += 1
            progress(done, steps)
        for source in ranking_sources(frame, document):
            _add_ranking(result, number, source, dimensions, inputs)
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
        if question.settings.get("group"):
            labels = labels_of(measures_of(question)[0]) | {UNKNOWN: UNKNOWN_TEXTS}
            values = frame[question.code].to_list()
            found.append(Dimension(question.code, values, list(labels), labels))
    return found


def _add_measure(
    result: Result,
    number: int,
    frame: pl.DataFrame,
    measure: Measure,
    dimensions: list[Dimension],
    inputs: Inputs,
) -> None:
    summarise, labels, kind = summariser(frame, measure), labels_of(measure), KINDS[measure.shape]
    title = dict(measure.label)
    for position, dimension in enumerate(dimensions):
        if dimension.name == measure.code:
            continue
        found = break_down(summarise, dimension.values, order=dimension.order, small=inputs.small)
        if position == 0:
            result.documents[f"summary/{number}/{measure.code}"] = tables.summary(
                found.overall, title, kind, labels
            )
        if measure.shape is not Shape.NUMBER:
            name = f"breakdown/{number}/{measure.code}/{dimension.name}"
            result.documents[name] = tables.breakdown(found, title, kind, labels, dimension.labels)


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


def _add_ranking(
    result: Result, number: int, source: Source, dimensions: list[Dimension], inputs: Inputs
) -> None:
    name = f"ranking/{number}/{source.name}"
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
    source: Source, items: list[str], dimension: Dimension, inputs: Inputs
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
