"""Weighted figures beside the unweighted ones, and what each weighting costs."""

import numpy as np
import polars as pl

from analysis.summary import Summary
from consultation.people.classifications import SECTORS, classification, groups
from results.computing.inputs import COUNTRY_GROUPS, Inputs, Result, group_texts
from results.computing.weights import UNWEIGHTED, Weighting
from results.measures import summariser
from results.tables import Document, Texts, proportion, rounded
from surveys.questions.base import Measure


def add_weightings(result: Result, number: int, found: list[Weighting], inputs: Inputs) -> None:
    """How the respondents of a round can be weighed, what it costs, and what was refused."""
    labels = {
        "sector": group_texts(SECTORS),
        "region": group_texts(groups(inputs.region_classification)),
        "country_group": group_texts(classification(COUNTRY_GROUPS).groups),
    }
    rows = [_weighting(row, labels) for row in found]
    result.documents[f"weightings/{number}"] = {"n": int(found[0].effective_n), "rows": rows}


def weighted_summaries(
    frame: pl.DataFrame, measure: Measure, found: list[Weighting]
) -> list[Document]:
    """The same question under each weighting, to stand beside the unweighted figures."""
    everybody = np.arange(frame.height)
    return [
        _weighted(summariser(frame, measure, row.values)(everybody), row)
        for row in found
        if row.name != UNWEIGHTED and row.values is not None
    ]


def _weighting(found: Weighting, labels: dict[str, dict[str, Texts]]) -> Document:
    """One way to weigh the respondents, with its cost, its limits, or why it was refused."""
    refused = found.refused
    return {
        "key": found.name,
        "label": found.title,
        "is_headline": found.is_headline,
        "effective_n": rounded(found.effective_n),
        "trimmed": rounded(found.trimmed),
        "absent": [labels[found.dimension].get(key, {"en": key}) for key in found.absent],
        "shortfalls": [
            {
                "dimension": gap.margin,
                "label": labels[gap.margin].get(gap.key, {"en": gap.key}),
                "target": rounded(gap.target),
                "reached": rounded(gap.reached),
            }
            for gap in found.shortfalls
        ],
        "refused": refused
        and {
            "reason": refused.reason.value,
            "dimension": refused.dimension,
            "groups": [labels[refused.dimension].get(key, {"en": key}) for key in refused.keys],
        },
    }


def _weighted(found: Summary, row: Weighting) -> Document:
    """A closed question under one weighting: shares of all who answered."""
    return {
        "key": row.name,
        "label": row.title,
        "is_headline": row.is_headline,
        "effective_n": rounded(row.effective_n),
        "mean": rounded(found.mean),
        "shares": {option.key: proportion(option.shares.answered) for option in found.rows},
    }
