"""k places so that every bloc gets its part: sequential Phragmén, Equal Shares, beside top-k."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.choice.ballots import Ballots

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
EQUAL = 1e-12


@dataclass(frozen=True, slots=True)
class Profiles:
    """Different sets of approved items and how much weight is behind each.

    Attributes
    ----------
    approved : ndarray of bool, shape (p, m)
    weights : ndarray of float64, shape (p,)
    by_group : ndarray of float64, shape (g, p)
        The same weight by group; sums to `weights` over groups.
    """

    approved: Bools
    weights: Floats
    by_group: Floats


def profiles_from_ballots(
    ballots: Ballots,
    places: int,
    weights: ArrayLike | None = None,
    cells: ArrayLike | None = None,
    *,
    n_cells: int = 1,
) -> Profiles:
    """Approve what stands among the first `places` of each ballot.

    Parameters
    ----------
    ballots : Ballots
    places : int
        An item is approved where its position, a mid-rank for ties, is at most this: a tie
        across the border is approved only if it fits in.
    weights : array_like of float, shape (n,), optional
    cells : array_like of int, shape (n,), optional
    n_cells : int

    Returns
    -------
    Profiles

    Examples
    --------
    >>> from analysis.choice.ballots import ballots_from_positions
    >>> found = profiles_from_ballots(ballots_from_positions([[1, 2, 3], [1, 3, 2]]), 1)
    >>> found.approved.tolist(), found.weights.tolist()
    ([[True, False, False]], [2.0])
    """
    approved = [column <= 2 * places for column in ballots.codes]
    return _profiles(approved, weights, cells, n_cells)


def profiles_from_approvals(
    approved: ArrayLike,
    weights: ArrayLike | None = None,
    cells: ArrayLike | None = None,
    *,
    n_cells: int = 1,
) -> Profiles:
    """Gather equal ballots.

    Parameters
    ----------
    approved : array_like of bool, shape (n, m)
    weights : array_like of float, shape (n,), optional
    cells : array_like of int, shape (n,), optional
    n_cells : int

    Returns
    -------
    Profiles
    """
    given = np.array(approved, dtype=bool, ndmin=2)
    return _profiles(list(given.T), weights, cells, n_cells)


def _profiles(
    approved: Sequence[Bools], weights: ArrayLike | None, cells: ArrayLike | None, n_cells: int
) -> Profiles:
    n = len(approved[0]) if approved else 0
    own = np.ones(n) if weights is None else np.asarray(weights, dtype=np.float64)
    places = np.zeros(n, np.int64) if cells is None else np.asarray(cells, dtype=np.int64)
    distinct, member = _distinct(approved, n)
    counted = np.bincount(places * len(distinct) + member, own, n_cells * len(distinct))
    by_group: Floats = counted.astype(np.float64).reshape(n_cells, len(distinct))
    return Profiles(distinct, by_group.sum(axis=0), by_group)


def _distinct(approved: Sequence[Bools], n: int) -> tuple[Bools, NDArray[np.int64]]:
    """The different rows in a fixed order, and which of them each row is."""
    m = len(approved)
    if m <= 20:
        keys = np.zeros(n, np.int64)
        for item, column in enumerate(approved):
            keys |= column.astype(np.int64) << item
        present = np.flatnonzero(np.bincount(keys, minlength=1 << m))
        place = np.zeros(1 << m, np.int64)
        place[present] = np.arange(len(present))
        rows = (present[:, None] >> np.arange(m) & 1).astype(bool)
        return rows, place[keys]
    rows, member = np.unique(np.stack(approved, axis=1), axis=0, return_inverse=True)
    return rows, member.ravel().astype(np.int64)


@dataclass(frozen=True, slots=True)
class Selection:
    """k items in the order in which they were chosen.

    Attributes
    ----------
    items : tuple of int
        Fewer than k where nobody approves any other item.
    rule : str
        "approvals", "phragmen" or "equal_shares".
    completed : int
        Of these, how many the completion chose (Equal Shares only).
    """

    items: tuple[int, ...]
    rule: str
    completed: int = 0


def most_approved(profiles: Profiles, k: int) -> Selection:
    """The k items with the most approvals: one large bloc can take every place.

    Ties go to the item that stands first.

    Examples
    --------
    >>> most_approved(profiles_from_approvals([[1, 1, 0], [1, 0, 0]]), 1).items
    (0,)
    """
    support = profiles.weights @ profiles.approved
    scale = max(float(support.max(initial=0.0)), 1.0)
    order = np.argsort(-np.round(support / scale, 12), kind="stable")
    return Selection(tuple(int(i) for i in order[:k] if support[i] > 0), "approvals")


def sequential_phragmen(profiles: Profiles, k: int) -> Selection:
    """Choose one after another: everybody earns at one speed, supporters pay for an item.

    An item is bought as soon as those who approve it hold its price together; then their
    accounts are empty. Ties go to the item that stands first.

    Parameters
    ----------
    profiles : Profiles
    k : int

    Returns
    -------
    Selection

    References
    ----------
    Phragmén 1894; Brill, Freeman, Janson & Lackner 2024, "Phragmén's voting methods and
    justified representation", Mathematical Programming 203; Lackner & Skowron 2023,
    "Multi-Winner Voting with Approval Preferences", rule 11.

    Examples
    --------
    >>> sequential_phragmen(profiles_from_approvals([[1, 1, 0]] * 3 + [[0, 0, 1]] * 2), 2).items
    (0, 2)
    """
    held = np.zeros(len(profiles.weights))
    return Selection(tuple(_earn(profiles, held, k, ())), "phragmen")


def _earn(profiles: Profiles, held: Floats, k: int, chosen: Sequence[int]) -> list[int]:
    """Buy items by earnings until k are chosen; `held` is money a head and is used up."""
    found = list(chosen)
    support = profiles.weights @ profiles.approved
    price = max(float(profiles.weights.sum()), EQUAL) / max(k, 1)
    while len(found) < k:
        saved = (profiles.weights * held) @ profiles.approved
        with np.errstate(divide="ignore", invalid="ignore"):
            wait = np.where(support > 0, np.maximum(price - saved, 0.0) / support, np.inf)
        wait[found] = np.inf
        best = _first_least(wait)
        if best is None:
            break
        held = held + wait[best]
        held[profiles.approved[:, best]] = 0.0
        found.append(best)
    return found


def _first_least(values: Floats) -> int | None:
    least = float(values.min(initial=np.inf))
    if not np.isfinite(least):
        return None
    return int(np.flatnonzero(values <= least + EQUAL * max(least, 1.0))[0])


def equal_shares(profiles: Profiles, k: int) -> Selection:
    """Everybody gets an equal share of k places and spends it on what they approve.

    The item is bought for which supporters pay the least a head, each the same unless an
    account is empty. What is left when nothing more can be afforded is completed by sequential
    Phragmén, started with what everybody has left. Ties go to the item that stands first.

    Parameters
    ----------
    profiles : Profiles
    k : int

    Returns
    -------
    Selection

    References
    ----------
    Peters & Skowron 2020, "Proportionality and the Limits of Welfarism", EC'20; Lackner &
    Skowron 2023, rule 13 and its completion.

    Examples
    --------
    >>> equal_shares(profiles_from_approvals([[1, 1, 0]] * 3 + [[0, 0, 1]] * 3), 2).items
    (0, 2)
    """
    total = float(profiles.weights.sum())
    price = max(total, EQUAL) / max(k, 1)
    # Everybody holds 1, and a place costs what total / k people hold.
    held = np.ones(len(profiles.weights))
    found: list[int] = []
    while len(found) < k:
        rates = np.array(
            [
                np.inf
                if item in found
                else _rate(held, profiles.weights, profiles.approved[:, item], price)
                for item in range(profiles.approved.shape[1])
            ]
        )
        best = _first_least(rates)
        if best is None:
            break
        paying = profiles.approved[:, best]
        held[paying] = np.maximum(held[paying] - rates[best], 0.0)
        found.append(best)
    chosen = _earn(profiles, held, k, found)
    return Selection(tuple(chosen), "equal_shares", len(chosen) - len(found))


def _rate(held: Floats, weights: Floats, supports: Bools, price: float) -> float:
    """The least a head at which supporters can pay the price; infinite where they cannot."""
    money, heads = held[supports], weights[supports]
    if float(money @ heads) < price * (1 - EQUAL):
        return np.inf
    order = np.argsort(money, kind="stable")
    money, heads = money[order], heads[order]
    # Those with the least pay all they have; the others share what is missing.
    paid = np.concatenate([[0.0], np.cumsum(money * heads)[:-1]])
    others = np.cumsum(heads[::-1])[::-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = (price - paid) / others
    enough = np.flatnonzero(rate <= money * (1 + EQUAL))
    return float(rate[enough[0]]) if len(enough) else float(money[-1])


def pav_score(profiles: Profiles, items: Sequence[int]) -> float:
    """What proportional approval voting gives a selection: Σ w (1 + 1/2 + … + 1/approved).

    References
    ----------
    Thiele 1895; Lackner & Skowron 2023, rule 2.

    Examples
    --------
    >>> pav_score(profiles_from_approvals([[1, 1, 0], [0, 0, 1]]), [0, 1])
    1.5
    """
    got = profiles.approved[:, list(items)].sum(axis=1)
    harmonic = np.concatenate([[0.0], np.cumsum(1.0 / np.arange(1, len(items) + 1))])
    return float(profiles.weights @ harmonic[got])


@dataclass(frozen=True, slots=True)
class BlocShare:
    """What one group gets from a selection.

    Attributes
    ----------
    weight : float
        Of its ballots.
    mean : float or None
        Chosen items that its ballots approve, on average; None without ballots.
    nothing : float or None
        The share of its ballots that approve none of the chosen, in [0, 1].
    """

    weight: float
    mean: float | None
    nothing: float | None


def bloc_shares(profiles: Profiles, items: Sequence[int]) -> tuple[BlocShare, ...]:
    """What each group gets, in the order of `profiles.by_group`.

    Examples
    --------
    >>> found = profiles_from_approvals([[1, 0], [0, 1]], cells=[0, 1], n_cells=2)
    >>> [share.mean for share in bloc_shares(found, [0])]
    [1.0, 0.0]
    """
    got: NDArray[Any] = profiles.approved[:, list(items)].sum(axis=1)
    found = []
    for own in profiles.by_group:
        weight = float(own.sum())
        if weight <= 0:
            found.append(BlocShare(0.0, None, None))
            continue
        found.append(BlocShare(weight, float(own @ got) / weight, float(own @ (got == 0)) / weight))
    return tuple(found)
