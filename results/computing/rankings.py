"""What ranks highest in a round, overall and by group."""

import numpy as np

from analysis.breakdown import UNKNOWN
from analysis.choice.rank import rank_items
from analysis.errors import TooFewAnswers
from results import tables
from results.computing.inputs import Dimension, Inputs, Result
from results.measures import Source
from results.tables import Document


def add_ranking(
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
