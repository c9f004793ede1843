"""Organisations behind the ballots: one independent voice each, and what goes without one of them.

A snapshot knows an organisation by a number that means nothing elsewhere.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.choice.reversals import leave_one_out
from analysis.choice.tally import tally
from results.computing.ranked import Ranked
from results.rankings import tables as documents
from results.snapshots import ORGANISATION
from results.tables import Document, Texts

#: So many of the organisations with the most ballots are left out in turn.
MOST = 200
#: One ballot is a person, and no organisation's weight.
FEWEST = 2
ONE: Texts = {"en": "One organisation"}


def voices(frame: pl.DataFrame) -> NDArray[np.int64] | None:
    """A number a respondent, the same for those of one organisation; others have their own.

    None where no two are known to come from one organisation.
    """
    if ORGANISATION not in frame.columns:
        return None
    known = frame[ORGANISATION].is_not_null().to_numpy()
    found = frame[ORGANISATION].fill_null(0).cast(pl.Int64).to_numpy().copy()
    if len(np.unique(found[known])) == known.sum():
        return None
    # Numbers of organisations begin at 1.
    found[~known] = -1 - np.arange(int((~known).sum()))
    return np.asarray(found, dtype=np.int64)


def without_one(ranked: Ranked, frame: pl.DataFrame) -> Document:
    """How many organisations are known, and what the first k would be without each of the largest."""
    if ORGANISATION not in frame.columns:
        return {"known": 0, "groups": 0, "sizes": [], "changing": []}
    numbers = frame[ORGANISATION].fill_null(0).cast(pl.Int64).to_numpy()
    numbers = np.where(ranked.ballots.has_any(), numbers, 0)
    names, sizes = np.unique(numbers[numbers > 0], return_counts=True)
    several = names[sizes >= FEWEST]
    largest = several[np.lexsort((several, -sizes[sizes >= FEWEST]))][:MOST]
    place = {int(name): cell for cell, name in enumerate(largest, start=1)}
    cells = np.array([place.get(int(number), 0) for number in numbers], dtype=np.int64)
    counted = tally(ranked.ballots, ranked.weights(), cells, n_cells=len(largest) + 1)
    left = leave_one_out(
        counted,
        [[cell] for cell in place.values()],
        ranked.k,
        weighting=ranked.leading,
        keys=ranked.items,
    )
    heads: list[Document] = [{"key": "organisation", "label": ONE}] * len(largest)
    found = documents.guard(left, "organisation", ranked.items, heads)
    changing = [one for one in found if one["entering"] or one["changes_first"]]
    return {
        "known": int(sizes.sum()),
        "groups": len(names),
        "sizes": [one["n"] for one in found],
        # The furthest first; of equals the largest.
        "changing": sorted(changing, key=lambda one: (-len(one["entering"]), -one["share"])),
    }
