"""How many raise each theme: from what the machine says, corrected by the audit of people.

One computation for the page of the workbench and for the table of a run. The machine's own
shares stand apart and are named naive.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analysis.breakdown import UNKNOWN
from analysis.text.comparisons import Correction, Difference, compare_groups
from analysis.text.shares import Estimate, ThemeShare, theme_shares
from core.later import Later

if TYPE_CHECKING:
    from analysis.text import selection
else:
    selection = Later("analysis.text.selection")

DIGITS = 10
CROSSING = "region_sector"
#: The shares of every theme, by the key of the group.
ByGroup = dict[str, tuple[ThemeShare, ...]]


@dataclass(frozen=True, slots=True)
class Counted:
    """The answers that are counted: what the machine says, what people say of the audit.

    Attributes
    ----------
    probability : ndarray, shape (n, t)
    audit : ndarray of int
        Rows of the audit that people have read.
    codes : ndarray, shape (len(audit), t)
        1, 0, or NaN where nothing stands.
    groups : mapping of str to sequence of str or None
        Region, sector and their crossing, each with a value an answer.
    weights : ndarray or None
        From the declared targets; None where there are none.
    people : ndarray of int or None
        Who gave each answer, as numbers that mean nothing else; None where that is not known.
    """

    probability: NDArray[np.float64]
    audit: NDArray[np.int64]
    codes: NDArray[np.float64]
    groups: Mapping[str, Sequence[str | None]]
    weights: NDArray[np.float64] | None
    small: int
    people: NDArray[np.int64] | None = None

    @property
    def n_audit_people(self) -> int:
        """How many people gave the answers of the audit; as many as answers where that is not known."""
        if self.people is None:
            return len(self.audit)
        return len(np.unique(self.people[self.audit]))

    def only(self, kept: NDArray[np.bool_]) -> "Counted":
        """Some of the answers; of the audit those that are among them."""
        place = np.cumsum(kept) - 1
        held = kept[self.audit]
        return replace(
            self,
            probability=self.probability[kept],
            audit=place[self.audit[held]],
            codes=self.codes[held],
            groups={
                name: [
                    value for value, is_kept in zip(values, kept.tolist(), strict=True) if is_kept
                ]
                for name, values in self.groups.items()
            },
            weights=None if self.weights is None else self.weights[kept],
            people=None if self.people is None else self.people[kept],
        )


@dataclass(frozen=True, slots=True)
class Shares:
    """The shares of every theme, overall and by group; weighted ones only where there are targets.

    The cells of the crossing are not compared with each other: of so many pairs none could be told
    from chance.
    """

    overall: tuple[ThemeShare, ...]
    weighted: tuple[ThemeShare, ...] | None
    by: dict[str, ByGroup]
    weighted_by: dict[str, ByGroup]
    differences: dict[str, tuple[Difference, ...]]


def count(counted: Counted, *, with_differences: bool = True) -> Shares:
    """Every share."""
    t = counted.probability.shape[1]
    overall = _shares(counted, None, None)
    weighted = None if counted.weights is None else _shares(counted, counted.weights, None)
    by: dict[str, ByGroup] = {}
    weighted_by: dict[str, ByGroup] = {}
    differences: dict[str, tuple[Difference, ...]] = {}
    for name, values in counted.groups.items():
        found = _shares(counted, None, values)[t:]
        by[name] = _by_group(found)
        if counted.weights is not None:
            weighted_by[name] = _by_group(_shares(counted, counted.weights, values)[t:])
        if with_differences and name != CROSSING:
            known = [share for share in found if share.group != UNKNOWN]
            differences[name] = compare_groups(known, correction=Correction.HOLM) if known else ()
    return Shares(overall, weighted, by, weighted_by, differences)


def _by_group(found: Sequence[ThemeShare]) -> ByGroup:
    cells: dict[str, list[ThemeShare]] = {}
    for share in found:
        cells.setdefault(share.group or UNKNOWN, []).append(share)
    return {group: tuple(shares) for group, shares in cells.items()}


def _shares(
    counted: Counted,
    weights: NDArray[np.float64] | None,
    groups: Sequence[str | None] | None,
) -> tuple[ThemeShare, ...]:
    return theme_shares(
        counted.probability,
        counted.audit,
        counted.codes,
        weights=weights,
        groups=groups,
        clusters=counted.people,
        small=counted.small,
    )


def crossing(regions: Sequence[str | None], sectors: Sequence[str | None]) -> list[str]:
    """Region and sector in one key."""
    return [
        f"{region or UNKNOWN}|{sector or UNKNOWN}"
        for region, sector in zip(regions, sectors, strict=True)
    ]


def figures(share: ThemeShare) -> dict[str, Any]:
    """A share as a document keeps it; `count` is the estimated number of answers."""
    found = share.estimate
    return {
        "base": share.n,
        "n_audit": share.audit_n,
        "raised": share.audit_raised,
        "n_audit_people": share.audit_people,
        "count": None if found is None else round(found.share * share.n, 4),
        **_estimate(found),
        "alone": _estimate(share.audit_alone),
        "naive": round(share.naive, DIGITS),
        "trust": round(share.trust, DIGITS),
        "is_small": share.is_small,
    }


def theme_figures(shares: Shares, place: int) -> dict[str, Any]:
    """The shares of one theme: of everybody, as heard and weighted, and of every group."""
    return {
        "share": figures(shares.overall[place]),
        "weighted": None if shares.weighted is None else figures(shares.weighted[place]),
        "by": figures_by(shares.by, place),
        "weighted_by": figures_by(shares.weighted_by, place),
    }


def figures_by(by: Mapping[str, ByGroup], place: int) -> dict[str, dict[str, Any]]:
    """The shares of one theme in every group."""
    return {
        name: {group: figures(found[place]) for group, found in cells.items()}
        for name, cells in by.items()
    }


def _estimate(found: Estimate | None) -> dict[str, float | None]:
    if found is None:
        return {"share": None, "low": None, "high": None}
    return {
        "share": round(found.share, DIGITS),
        "low": round(found.low, DIGITS),
        "high": round(found.high, DIGITS),
    }


def advice(n: int, shares: Sequence[ThemeShare], half_width: float) -> int:
    """How many answers to audit for an interval of this half width.

    What the machine has helped so far makes it fewer, and what answers of one person were alike so
    far makes it more: each as in the middle theme that has an interval.
    """
    known = [share for share in shares if share.estimate is not None]
    helped = [1 - share.audit_n / share.worth for share in known if share.worth > share.audit_n]
    explained = float(np.median(helped)) if helped else 0.0
    alike = float(np.median([share.design_effect for share in known])) if known else 1.0
    return selection.audit_size(half_width, n, explained=min(explained, 0.95), design_effect=alike)
