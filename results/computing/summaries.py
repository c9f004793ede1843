"""Closed questions of a round, overall and by group, and who took part against who should."""

from dataclasses import dataclass

import polars as pl

from analysis.breakdown import UNKNOWN, break_down
from analysis.weighting.representation import dissimilarity, represent
from consultation.people.classifications import SECTORS, groups
from results import tables
from results.computing.inputs import Dimension, Inputs, Result, group_texts
from results.computing.weighted import weighted_summaries
from results.computing.weights import Weighting
from results.measures import KINDS, labels_of, summariser
from surveys.questions.base import Measure, Shape


@dataclass(frozen=True, slots=True)
class Asked:
    """The respondents of a round, how they group, and how they can be weighed."""

    frame: pl.DataFrame
    dimensions: list[Dimension]
    weightings: list[Weighting]


def add_measure(
    result: Result, number: int, asked: Asked, measure: Measure, inputs: Inputs
) -> None:
    summarise, labels, kind = (
        summariser(asked.frame, measure),
        labels_of(measure),
        KINDS[measure.shape],
    )
    title = dict(measure.label)
    for position, dimension in enumerate(asked.dimensions):
        if dimension.name == measure.code:
            continue
        found = break_down(summarise, dimension.values, order=dimension.order, small=inputs.small)
        if position == 0:
            document = tables.summary(found.overall, title, kind, labels)
            document["weighted"] = weighted_summaries(asked.frame, measure, asked.weightings)
            result.documents[f"summary/{number}/{measure.code}"] = document
        if measure.shape is not Shape.NUMBER:
            name = f"breakdown/{number}/{measure.code}/{dimension.name}"
            result.documents[name] = tables.breakdown(found, title, kind, labels, dimension.labels)


def add_participation(result: Result, number: int, frame: pl.DataFrame, inputs: Inputs) -> None:
    labels = {
        "sector": group_texts(SECTORS),
        "region": group_texts(groups(inputs.region_classification)),
    }
    for name, texts in labels.items():
        counts: dict[str, int] = {}
        for value in frame[f":{name}"].to_list():
            counts[value or UNKNOWN] = counts.get(value or UNKNOWN, 0) + 1
        # "Unknown" may have a declared share for weighting; nobody is missing from it.
        declared = inputs.targets.get(name, {})
        targets = {code: share for code, share in declared.items() if code != UNKNOWN}
        document = tables.participation(
            represent(counts, targets),
            dissimilarity(counts, targets) if targets else None,
            texts,
        )
        document["n_countries"] = frame[":country"].drop_nulls().n_unique()
        result.documents[f"participation/{number}/{name}"] = document
