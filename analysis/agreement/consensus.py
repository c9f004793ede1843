"""What the members of each group say of a statement: consensus across groups, and what is theirs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
#: One-sided 90 %, as on Polis.
SIGNIFICANT = 1.2816

AGREE, PASS, DISAGREE = 1.0, 0.0, -1.0


@dataclass(frozen=True, slots=True, eq=False)
class VoteCounts:
    """Votes by group and statement.

    Attributes
    ----------
    agrees, disagrees, seen : ndarray of int64, shape (g, m)
        `seen` counts passes too, and nobody who was not shown the statement.
    """

    agrees: Ints
    disagrees: Ints
    seen: Ints


def count_votes(votes: ArrayLike, groups: ArrayLike, n_groups: int) -> VoteCounts:
    """Count votes by group.

    Parameters
    ----------
    votes : array of float, shape (n, m)
        1 agree, -1 disagree, 0 pass, NaN not seen.
    groups : array of int, shape (n,)
        The group of each person, below `n_groups`; -1 for none.
    n_groups : int

    Returns
    -------
    VoteCounts
    """
    given, of = np.asarray(votes, dtype=np.float64), np.asarray(groups)
    inside = [given[of == group] for group in range(n_groups)]
    shape = (n_groups, given.shape[1])

    def counted(rows: list[NDArray[np.bool_]]) -> Ints:
        return np.array([row.sum(axis=0) for row in rows], dtype=np.int64).reshape(shape)

    return VoteCounts(
        counted([rows == AGREE for rows in inside]),
        counted([rows == DISAGREE for rows in inside]),
        counted([~np.isnan(rows) for rows in inside]),
    )


@dataclass(frozen=True, slots=True, eq=False)
class GroupConsensus:
    """How far every group agrees with each statement.

    Attributes
    ----------
    product : ndarray of float64, shape (m,)
        The group-informed consensus of Polis, in (0, 1). It shrinks with the number of groups.
    geometric : ndarray of float64, shape (m,)
        Its g-th root, comparable between splits into few and into many groups.
    """

    product: Floats
    geometric: Floats


def group_consensus(agrees: ArrayLike, seen: ArrayLike) -> GroupConsensus:
    """Consensus across groups: the product of each group's smoothed probability to agree.

    Parameters
    ----------
    agrees, seen : array of int, shape (g, m)
        Who agreed, and who saw the statement, passes included. For consensus in disagreement
        give the disagreements.

    Returns
    -------
    GroupConsensus

    Raises
    ------
    ValueError
        There is no group, or more agree than saw the statement.

    References
    ----------
    Small, Bjorkegren, Erkkilä, Shaw & Megill 2021, Recerca 26(2); probability (A + 1) / (S + 2).

    Examples
    --------
    >>> found = group_consensus([[8], [3]], [[10], [4]])
    >>> found.product.round(6).tolist(), found.geometric.round(6).tolist()
    ([0.5], [0.707107])
    """
    agree, saw = np.asarray(agrees, dtype=np.float64), np.asarray(seen, dtype=np.float64)
    if agree.ndim != 2 or agree.shape != saw.shape or not len(agree):
        raise ValueError("Counts of at least one group are needed, a row each.")
    if (agree > saw).any() or (agree < 0).any():
        raise ValueError("Between 0 and all who saw a statement can agree.")
    logs = np.log((agree + 1) / (saw + 2)).sum(axis=0)
    return GroupConsensus(np.exp(logs), np.exp(logs / len(agree)))


def one_proportion_z(successes: ArrayLike, trials: ArrayLike) -> Floats:
    """How far a share lies above a half, in standard errors, with one pseudo-success.

    Parameters
    ----------
    successes, trials : array of int

    Returns
    -------
    ndarray of float64
        2 sqrt(n + 1) ((s + 1) / (n + 1) - 1/2).

    Examples
    --------
    >>> round(float(one_proportion_z(6, 6)), 4)
    2.6458
    """
    s, n = np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    return np.asarray(2 * np.sqrt(n + 1) * ((s + 1) / (n + 1) - 0.5), dtype=np.float64)


def two_proportion_z(
    successes_in: ArrayLike, successes_out: ArrayLike, trials_in: ArrayLike, trials_out: ArrayLike
) -> Floats:
    """How far a share inside lies above the share outside, in standard errors.

    Parameters
    ----------
    successes_in, successes_out, trials_in, trials_out : array of int

    Returns
    -------
    ndarray of float64
        The pooled test with 1 added to all four counts; 0 where the pooled share is 1.

    Examples
    --------
    >>> round(float(two_proportion_z(15, 56, 24, 71)), 3)
    -1.514
    """
    s1, s2, n1, n2 = (
        np.asarray(value, dtype=np.float64) + 1
        for value in (successes_in, successes_out, trials_in, trials_out)
    )
    pooled = (s1 + s2) / (n1 + n2)
    error = np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    return np.divide(s1 / n1 - s2 / n2, error, out=np.zeros_like(error), where=error > 0)


@dataclass(frozen=True, slots=True, eq=False)
class Representative:
    """How far an answer is a group's own, for each group and statement.

    Attributes
    ----------
    share : ndarray of float64, shape (g, m)
        The smoothed share in the group, (s + 1) / (n + 2).
    ratio : ndarray of float64, shape (g, m)
        That share over the one of everybody else.
    share_z, ratio_z : ndarray of float64, shape (g, m)
        Tests of the share against a half and against everybody else's.
    """

    share: Floats
    ratio: Floats
    share_z: Floats
    ratio_z: Floats

    @property
    def is_significant(self) -> NDArray[np.bool_]:
        """Both tests pass at 90 %, one-sided. Where none does, nothing is the group's own."""
        return np.asarray((self.share_z > SIGNIFICANT) & (self.ratio_z > SIGNIFICANT))


def representative(successes: ArrayLike, seen: ArrayLike) -> Representative:
    """Which answers set each group apart from everybody else.

    Parameters
    ----------
    successes, seen : array of int, shape (g, m)
        Agreements (or disagreements), and who saw the statement, by group.

    Returns
    -------
    Representative

    References
    ----------
    Small et al. 2021, Recerca 26(2), section on representativeness.
    """
    s, n = np.asarray(successes, dtype=np.float64), np.asarray(seen, dtype=np.float64)
    s_out, n_out = s.sum(axis=0) - s, n.sum(axis=0) - n
    share = (s + 1) / (n + 2)
    return Representative(
        share=share,
        ratio=share / ((s_out + 1) / (n_out + 2)),
        share_z=one_proportion_z(s, n),
        ratio_z=two_proportion_z(s, s_out, n, n_out),
    )
