"""Weighted figures beside the unweighted ones, and what each weighting costs."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.breakdown import UNKNOWN
from analysis.summary import Summary
from analysis.types import AnswerState
from consultation.people.classifications import SECTORS, classification, groups
from results.computing.inputs import COUNTRY_GROUPS, Inputs, Result, group_texts
from results.computing.weights import UNWEIGHTED, Weighting
from results.measures import summariser
from results.tables import Document, Texts, proportion, rounded
from surveys.questions.base import Measure, Shape

#: The answer of those with no opinion, beside the codes of the options, which hold no colon.
DONT_KNOW = ":dont_know"


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
    used = [row for row in found if row.name != UNWEIGHTED and row.values is not None]
    # The public sees one weighting: the headline's, else the first that could be had.
    public = next((row.name for row in used if row.is_headline), used[0].name if used else "")
    return [
        _weighted(summariser(frame, measure, row.values)(everybody), row)
        | ({"classes": _classes(frame, measure, row.values)} if row.name == public else {})
        for row in used
        if row.values is not None
    ]


def _classes(frame: pl.DataFrame, measure: Measure, weights: NDArray[np.float64]) -> list[Document]:
    """How each region by sector answered, with its weight: what a weighted share is made of.

    It stays with the committee; publishing needs it to see what a share would give away.
    """
    if measure.shape not in {Shape.CHOICE, Shape.SCALE}:
        return []
    state = pl.col(f"{measure.code}:state")
    answer = pl.col(measure.code).cast(pl.String)
    answered = (state == AnswerState.ANSWERED.value) & answer.is_not_null()
    given = pl.when(state == AnswerState.DONT_KNOW.value).then(pl.lit(DONT_KNOW))
    rows = (
        frame.select(
            region=pl.col(":region").fill_null(UNKNOWN),
            sector=pl.col(":sector").fill_null(UNKNOWN),
            weight=pl.Series(weights),
            answer=given.when(answered).then(answer),
        )
        .drop_nulls("answer")
        .group_by("region", "sector", "answer")
        .agg(pl.col("weight").first(), pl.len().alias("n"))
        .sort("region", "sector", "answer")
    )
    found: dict[tuple[str, str], Document] = {}
    for region, sector, given_answer, weight, n in rows.iter_rows():
        place = {"region": region, "sector": sector, "weight": rounded(weight), "counts": {}}
        found.setdefault((region, sector), place)["counts"][given_answer] = n
    return list(found.values())


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
