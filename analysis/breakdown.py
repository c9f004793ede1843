"""Any summary by group: sector, region, country group. "Unknown" is a group of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.summary import Summary

UNKNOWN = "unknown"
SMALL = 30


@dataclass(frozen=True, slots=True)
class GroupSummary:
    """The summary of one group.

    Attributes
    ----------
    key : str
        The group's code; `UNKNOWN` where it was not given.
    n : int
        Respondents of the group, whatever became of the question.
    is_small : bool
        Fewer than the stated number answered: read it with care.
    """

    key: str
    n: int
    is_small: bool
    summary: Summary


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A question by group.

    Attributes
    ----------
    groups : tuple of GroupSummary
        In the order given, then groups that were not listed by name, then `UNKNOWN`. Groups
        without a respondent are left out.
    overall : Summary
    small : int
        The number of answers below which a group is flagged.
    """

    groups: tuple[GroupSummary, ...]
    overall: Summary
    small: int


def break_down(
    summarise: Callable[[NDArray[np.intp]], Summary],
    groups: Sequence[str | None],
    *,
    order: Sequence[str] = (),
    small: int = SMALL,
) -> Breakdown:
    """Summarise a question in each group and overall.

    Parameters
    ----------
    summarise : callable
        Takes the positions of respondents, an array of int, and summarises them.
    groups : sequence of str or None, length n
        The group of each respondent; None is `UNKNOWN`.
    order : sequence of str
        The order in which groups are wanted.
    small : int
        Groups with fewer answers ("no opinion" included) are flagged, never dropped.

    Returns
    -------
    Breakdown

    Examples
    --------
    >>> from analysis.summary import summarise_single
    >>> values, states = ["a", "b", "a"], ["answered"] * 3
    >>> def of(rows):
    ...     return summarise_single(
    ...         [values[i] for i in rows], [states[i] for i in rows], ["a", "b"])
    >>> [(g.key, g.n) for g in break_down(of, ["x", None, "x"]).groups]
    [('x', 2), ('unknown', 1)]
    """
    keys = np.array([UNKNOWN if group is None else group for group in groups], dtype=object)
    present = set(keys.tolist())
    listed = [key for key in dict.fromkeys(order) if key in present and key != UNKNOWN]
    others = sorted(present - set(listed) - {UNKNOWN})
    last = [UNKNOWN] if UNKNOWN in present else []
    found = []
    for key in [*listed, *others, *last]:
        positions = np.flatnonzero(keys == key)
        summary = summarise(positions)
        found.append(
            GroupSummary(
                key=key,
                n=len(positions),
                is_small=summary.n_answered < small,
                summary=summary,
            )
        )
    return Breakdown(tuple(found), summarise(np.arange(len(keys))), small)
