"""Ballots in little room: a byte a position, so that a million of them are counted in seconds."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
#: Ballots taken at a time: small enough for the processor's cache, large enough for its vectors.
BLOCK = 4096


class Unranked(StrEnum):
    """What an item that was shown and not ranked means. It is declared, never guessed.

    LAST: tied at the bottom, below all ranked items. MISSING: nothing is known about it.
    The choice can change the winner (Debian project leader election of 2006).
    """

    LAST = "last"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Ballots:
    """Positions of m items on n ballots, 1 the best, ties at mid-ranks.

    Attributes
    ----------
    codes : ndarray of uint8 (uint16 beyond 126 items), shape (m, n)
        Twice the position, so that a mid-rank is a whole number; the highest value of the type
        is "not placed". An item's ballots lie side by side.
    """

    codes: NDArray[Any]

    @property
    def m(self) -> int:
        """Items."""
        return int(self.codes.shape[0])

    @property
    def n(self) -> int:
        """Rows, those without any position included."""
        return int(self.codes.shape[1])

    @property
    def missing(self) -> int:
        """The code of "not placed"."""
        return missing_code(self.codes)

    def has_any(self) -> NDArray[np.bool_]:
        """Which rows place anything, shape (n,)."""
        found = np.zeros(self.n, dtype=bool)
        for column in self.codes:
            found |= column != self.missing
        return found

    def take(self, rows: NDArray[Any]) -> "Ballots":
        """Some rows, by index or mask, shape (k,)."""
        return Ballots(np.ascontiguousarray(self.codes[:, rows]))

    def positions(self) -> Floats:
        """The matrix of positions, shape (n, m); NaN is not placed."""
        found: Floats = self.codes.T.astype(np.float64) / 2
        absent = self.codes == self.missing
        found[absent.T] = np.nan
        return found


def missing_code(codes: NDArray[Any]) -> int:
    """The code of "not placed" in an array of codes."""
    return int(np.iinfo(codes.dtype).max)


def ballots_from_positions(positions: ArrayLike) -> Ballots:
    """Pack a matrix of positions.

    Parameters
    ----------
    positions : array_like of float, shape (n, m)
        1 is best, ties at mid-ranks, NaN missing.

    Returns
    -------
    Ballots

    Raises
    ------
    ValueError
        A position lies outside 1 to m, or is no whole or half number.

    Examples
    --------
    >>> ballots_from_positions([[1.5, 1.5, float("nan")]]).codes.tolist()
    [[3], [3], [255]]
    """
    given = np.asarray(positions)
    if given.ndim != 2:
        raise ValueError("Positions are a matrix, a row a ballot and a column an item.")
    n, m = given.shape
    codes = _empty(m, n)
    for start in range(0, n, BLOCK):
        doubled = 2.0 * given[start : start + BLOCK].T
        absent = np.isnan(doubled)
        doubled[absent] = 2.0
        if np.any((doubled < 2) | (doubled > 2 * m) | (doubled != np.rint(doubled))):
            raise ValueError("Positions run from 1 to the number of items, ties at mid-ranks.")
        block = doubled.astype(codes.dtype)
        block[absent] = missing_code(codes)
        codes[:, start : start + BLOCK] = block
    return Ballots(codes)


def ballots_from_ranks(ranks: ArrayLike, *, unranked: Unranked) -> Ballots:
    """Pack ranks as typed, where equal numbers are ties.

    Parameters
    ----------
    ranks : array_like of float, shape (n, m)
        A lower number is better; NaN is not ranked. A row of NaN has no ballot.
    unranked : Unranked

    Returns
    -------
    Ballots

    Notes
    -----
    The mid-rank of an item is 1, one more for each item before it, and a half for each item
    equal to it. O(n m²) in blocks, without sorting.

    Examples
    --------
    >>> ballots_from_ranks([[1, 1, 7]], unranked=Unranked.LAST).positions().tolist()
    [[1.5, 1.5, 3.0]]
    """
    given = np.asarray(ranks, dtype=None if isinstance(ranks, np.ndarray) else np.float64)
    if given.ndim != 2:
        raise ValueError("Ranks are a matrix, a row a ballot and a column an item.")
    n, m = given.shape
    codes = _empty(m, n)
    for start in range(0, n, BLOCK):
        columns = np.array(given[start : start + BLOCK].T, dtype=np.float64, order="C")
        codes[:, start : start + BLOCK] = _mid_ranks(columns, unranked, codes)
    return Ballots(codes)


def _mid_ranks(columns: Floats, unranked: Unranked, like: NDArray[Any]) -> NDArray[Any]:
    absent = np.isnan(columns)
    empty = np.asarray(absent.all(axis=0))
    if unranked is Unranked.LAST:
        columns[absent] = np.inf
        absent = np.broadcast_to(empty, columns.shape)
    found = np.full(columns.shape, 2, dtype=like.dtype)
    for item in range(len(columns)):
        # A comparison with NaN is False, so that what is missing counts for nobody.
        found[item] += 2 * (columns < columns[item]).sum(axis=0, dtype=like.dtype)
        found[item] += (columns == columns[item]).sum(axis=0, dtype=like.dtype) - np.asarray(
            1, dtype=like.dtype
        )
    found[absent] = missing_code(like)
    return found


def _empty(m: int, n: int) -> NDArray[Any]:
    return np.empty((m, n), dtype=np.uint8 if m <= 126 else np.uint16)
