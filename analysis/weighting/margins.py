"""Declared shares, laid beside those who answered: what weights are to bring about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.breakdown import UNKNOWN
from analysis.errors import EmptyCells, TooFewAnswers


@dataclass(frozen=True, slots=True, eq=False)
class Margin:
    """One dimension of the respondents and the shares that its groups should have.

    Attributes
    ----------
    name : str
        The dimension, such as "region".
    keys : tuple of str, length k
        The groups: those with a declared share in their order, then others by code, then
        `UNKNOWN`.
    codes : ndarray of int64, shape (n,)
        The group of each respondent, a position in `keys`.
    shares : ndarray of float64, shape (k,)
        What each group should have, all above 0, summing to 1.
    declared : tuple of bool, length k
        Whether the share was declared; the other groups keep the share they have.
    """

    name: str
    keys: tuple[str, ...]
    codes: NDArray[np.int64]
    shares: NDArray[np.float64]
    declared: tuple[bool, ...]


def margin(name: str, values: Sequence[str | None], targets: Mapping[str, float]) -> Margin:
    """Lay declared shares beside the groups of the respondents.

    Parameters
    ----------
    name : str
        The dimension.
    values : sequence of str or None, length n
        The group of each respondent; None is `UNKNOWN`.
    targets : mapping of str to float
        Declared shares, 0 or more. A share of 0 is no declaration. They need not sum to 1.
        `UNKNOWN` may have one.

    Returns
    -------
    Margin

    Raises
    ------
    TooFewAnswers
        There is no respondent.
    EmptyCells
        Nobody belongs to a group with a declared share.
    ValueError
        A share is negative or not finite, or none is declared.

    Notes
    -----
    Groups without a declared share, `UNKNOWN` among them, are never dropped and never guessed:
    they keep the share that they have among the respondents, and the declared shares divide the
    rest in proportion. Where `UNKNOWN` has a declared share, it gets exactly that one.

    Examples
    --------
    >>> found = margin("sector", ["a", "a", "b", None], {"a": 0.5, "b": 0.5})
    >>> found.keys, found.shares.tolist()
    (('a', 'b', 'unknown'), [0.375, 0.375, 0.25])
    """
    n = len(values)
    if n == 0:
        raise TooFewAnswers(0, 1)
    if any(not np.isfinite(share) or share < 0 for share in targets.values()):
        raise ValueError("Shares must be 0 or more.")
    wanted = {key: float(share) for key, share in targets.items() if share > 0}
    if not set(wanted) - {UNKNOWN}:
        raise ValueError("Declare a share for at least one group.")
    given = [UNKNOWN if value is None else value for value in values]
    counts: dict[str, int] = {}
    for value in given:
        counts[value] = counts.get(value, 0) + 1
    empty = tuple(key for key in wanted if key not in counts)
    if empty:
        raise EmptyCells(name, empty)
    keys = _in_order(wanted, counts)
    places = {key: place for place, key in enumerate(keys)}
    return Margin(
        name=name,
        keys=keys,
        codes=np.fromiter((places[value] for value in given), dtype=np.int64, count=n),
        shares=_shares(keys, wanted, counts, n),
        declared=tuple(key in wanted for key in keys),
    )


def _in_order(wanted: Mapping[str, float], counts: Mapping[str, int]) -> tuple[str, ...]:
    others = sorted(set(counts) - set(wanted) - {UNKNOWN})
    last = [UNKNOWN] if UNKNOWN in counts else []
    return (*(key for key in wanted if key != UNKNOWN), *others, *last)


def _shares(
    keys: tuple[str, ...], wanted: Mapping[str, float], counts: Mapping[str, int], n: int
) -> NDArray[np.float64]:
    kept = {key: counts[key] / n for key in keys if key not in wanted}
    if UNKNOWN in wanted:
        kept[UNKNOWN] = min(wanted[UNKNOWN], 1.0)
    rest = 1.0 - sum(kept.values())
    total = sum(share for key, share in wanted.items() if key != UNKNOWN)
    if rest <= 0:
        raise ValueError("The shares of unknown and of groups without a target leave no rest.")
    found = [kept[key] if key in kept else wanted[key] / total * rest for key in keys]
    return np.array(found, dtype=np.float64)
