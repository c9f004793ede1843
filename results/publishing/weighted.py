"""Weighted shares of a question in public, where they give no hidden count away.

The unweighted table goes first, with what its gate hides; a weighted share that would narrow a
hidden count is rounded further, or left out with a word that says so.
"""

import numpy as np
from numpy.typing import NDArray

from analysis.privacy.weighted import Known, keeps_hidden, rounded_shares
from analysis.types import wilson
from results.publishing.questions import SMALL_GROUPS, merge_small
from results.publishing.rankings import COARSE
from results.tables import Document, rounded

Mask = NDArray[np.bool_]
#: Whole percent, else fives.
STEPS = (0.01, 0.05)
#: As in `results.computing.weighted`.
DONT_KNOW = ":dont_know"
#: Groupings that a registered weighting is made of.
DIMENSIONS = ("region", "sector")


def weighted(
    committee: Document,
    public: Document,
    breakdowns: dict[str, tuple[Document, Document]],
    threshold: int,
) -> Document | None:
    """One weighting's shares, or that they cannot be shown; None where no weighting could be had.

    The headline's where it has weights, else the first of the others.

    `breakdowns` holds the committee's and the public table of the same question by region and by
    sector.
    """
    own = next((one for one in committee.get("weighted") or [] if "classes" in one), None)
    if own is None:
        return None
    effective = float(COARSE * round(own["effective_n"] / COARSE))
    head = {"label": own["label"], "effective_n": effective, "rows": None, "step": None}
    classes = own["classes"]
    base = sum(sum(one["counts"].values()) for one in classes)
    if not classes or base < threshold:
        return head
    table = _Table(committee, classes)
    known, hidden = table.of_summary(public)
    for name in DIMENSIONS:
        if name not in breakdowns:
            return head
        more, closed = table.of_breakdown(name, *breakdowns[name])
        known += more
        hidden += closed
    for step in STEPS:
        shares = rounded_shares(table.counts, table.weights, step=step)
        if keeps_hidden(shares, table.weights, known, hidden, step=step, threshold=threshold):
            told = dict(zip(table.answers, shares.round(2).tolist(), strict=True))
            told.pop(DONT_KNOW)
            # From what is told alone: an interval of the share itself would tell the share.
            rows = {key: _interval(share, min(effective, base)) for key, share in told.items()}
            return {**head, "rows": rows, "step": step}
    return head


def _interval(share: float, effective: float) -> Document:
    found = wilson(share * effective, effective)
    return {"share": share, "low": rounded(found.low), "high": rounded(found.high)}


class _Table:
    """The counts of classes of equal weight by answers, and which of their sums are published."""

    def __init__(self, committee: Document, classes: list[Document]) -> None:
        self.answers = [*(row["key"] for row in committee["rows"]), DONT_KNOW]
        self.groups = {name: np.array([one[name] for one in classes]) for name in DIMENSIONS}
        self.weights = np.array([one["weight"] for one in classes])
        self.counts = np.array(
            [[one["counts"].get(key, 0) for key in self.answers] for one in classes]
        )

    def of_summary(self, public: Document) -> tuple[list[Known], list[Mask]]:
        everybody = np.ones(len(self.weights), dtype=bool)
        cells = {row["key"]: row["count"] for row in public["rows"]}
        return self._line(everybody, cells, public["n_answered"])

    def of_breakdown(
        self, name: str, committee: Document, public: Document
    ) -> tuple[list[Known], list[Mask]]:
        """Rows that stand, rows of several small groups, and the groups behind these."""
        of = self.groups[name]
        options = [option["key"] for option in committee["options"]]
        kept = {one["key"] for one in merge_small(committee["groups"], options, committee["small"])}
        known: list[Known] = []
        hidden: list[Mask] = []
        for group in public["groups"]:
            if group["key"] == SMALL_GROUPS:
                members = ~np.isin(of, sorted(kept))
            else:
                members = of == group["key"]
            cells = {key: one["count"] for key, one in group["shares"].items()}
            more, closed = self._line(members, cells, group["n_answered"])
            known += more
            hidden += closed
        for key in sorted(set(of.tolist())):
            # How many of a group took part may be known, if not how they answered.
            known.append(self._all_of(of == key))
            if key not in kept:
                hidden += self._line(of == key, {}, None)[1]
        return known, hidden

    def _all_of(self, members: Mask) -> Known:
        where = np.zeros(self.counts.shape, dtype=bool)
        where[members] = True
        return Known(where, int(self.counts[members].sum()))

    def _line(
        self, members: Mask, cells: dict[str, int | None], total: int | None
    ) -> tuple[list[Known], list[Mask]]:
        """The sums of a row of a published table that are known, and those that are hidden.

        "No opinion" is no column of a public table: its count is what a shown total leaves.
        """
        known: list[Known] = []
        hidden: list[Mask] = []
        for place, key in enumerate(self.answers):
            where = np.zeros(self.counts.shape, dtype=bool)
            where[members, place] = True
            value = cells.get(key)
            if value is None:
                hidden.append(where)
            else:
                known.append(Known(where, int(value)))
        if total is not None:
            where = np.zeros(self.counts.shape, dtype=bool)
            where[members] = True
            known.append(Known(where, int(total)))
        return known, [mask for mask in hidden if mask.any()]
