"""The order that contradicts the fewest comparisons (Kemeny and Young), proven or not given."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from analysis.choice.pairwise import Pairwise

Floats = NDArray[np.float64]
LARGEST = 40
#: Up to this many items subsets are enumerated; beyond, a linear program is solved.
LARGEST_ENUMERATED = 13
#: Branches a program may open, so that a hostile table ends; ordinary ones need none.
NODES = 20_000
#: Orders whose costs differ by less than this part of all weight count as equal.
EQUAL = 1e-9


@dataclass(frozen=True, slots=True)
class Kemeny:
    """The result of the search.

    Attributes
    ----------
    order : tuple of int or None
        Items, the best first; None where no order could be proven to be the best.
    cost : float or None
        Weighted comparisons that the order contradicts.
    reason : str
        Empty, "too_many_items" or "not_proven".
    """

    order: tuple[int, ...] | None
    cost: float | None
    reason: str = ""

    def ranks(self) -> NDArray[np.int64]:
        """The rank of each item, shape (m,).

        Raises
        ------
        ValueError
            There is no proven order.
        """
        if self.order is None:
            raise ValueError(f"There is no Kemeny order: {self.reason}")
        found = np.empty(len(self.order), np.int64)
        found[list(self.order)] = np.arange(1, len(self.order) + 1)
        return found


def kemeny(pairwise: Pairwise) -> Kemeny:
    """Find the order of smallest total disagreement.

    Parameters
    ----------
    pairwise : Pairwise
        At most 40 items. Rows stand in the order that settles ties.

    Returns
    -------
    Kemeny
        Without an order where there are more items, or where a best one could not be proven
        within a fixed number of steps: never an approximation under this name.

    Notes
    -----
    The items fall into groups such that every majority between two groups points the same way;
    any best order keeps the groups in that order, so that each is solved by itself: by dynamic
    programming over subsets, or, from 14 items on, as an integer program to which triangle
    inequalities are added as they are violated. Among best orders one with the fewest
    inversions of the given order of rows is taken, so that ties do not depend on chance.

    References
    ----------
    Kemeny 1959; Young 1988, APSR 82, 1231-1244; Truchon 1998 for the groups; Grötschel, Jünger
    & Reinelt 1984, Operations Research 32, 1195-1220 for the program.

    Examples
    --------
    >>> from analysis.choice.tally import compare_pairs
    >>> kemeny(compare_pairs([[1, 2, 3], [1, 2, 3], [3, 1, 2]])).order
    (0, 1, 2)
    """
    m = len(pairwise)
    if m > LARGEST:
        return Kemeny(None, None, "too_many_items")
    against = pairwise.wins.T.copy()
    against[pairwise.majority() == 0] = ((pairwise.wins + pairwise.wins.T) / 2)[
        pairwise.majority() == 0
    ]
    order: list[int] = []
    for group in _groups(pairwise):
        inside = against[np.ix_(group, group)]
        solve = _by_subsets if len(group) <= LARGEST_ENUMERATED else _by_program
        found = solve(inside)
        if found is None:
            return Kemeny(None, None, "not_proven")
        order.extend(group[place] for place in found)
    ordered = pairwise.wins[np.ix_(order, order)]
    return Kemeny(tuple(order), float(np.tril(ordered, -1).sum()))


def _groups(pairwise: Pairwise) -> list[list[int]]:
    """Strongly connected parts of "does not lose to", the winners first."""
    majority = pairwise.majority()
    count, label = connected_components(majority >= 0, directed=True, connection="strong")
    groups = [np.flatnonzero(label == part).tolist() for part in range(count)]
    # Between two parts every majority points one way, so that wins put them in a line.
    return sorted(groups, key=lambda group: (-int((majority[group[0]] > 0).sum()), group[0]))


def _by_subsets(against: Floats) -> list[int] | None:
    """The cheapest order of the items of each subset, last item first; cost then inversions."""
    m = len(against)
    size = 1 << m
    subsets = np.arange(size)
    scale = max(float(against.sum()), 1.0)
    # cost[a, S]: what it costs that all of S stand before a.
    cost = np.zeros((m, size))
    inversions = np.zeros((m, size))
    for other in range(m):
        inside = (subsets >> other & 1).astype(bool)
        cost[:, inside] += against[other, :, None]
        inversions[:other, inside] += 1.0
    # Equal costs are settled by inversions, which weigh less than any difference that counts.
    combined = cost + inversions * (EQUAL * scale / (m * m + 1))
    best = np.full(size, np.inf)
    best[0] = 0.0
    last = np.zeros(size, np.int64)
    population = np.array([int(s).bit_count() for s in range(size)])
    for k in range(1, m + 1):
        layer = subsets[population == k]
        for item in range(m):
            holding = layer[(layer >> item & 1).astype(bool)]
            rest = holding ^ (1 << item)
            value = best[rest] + combined[item, rest]
            better = value < best[holding] - EQUAL * scale / (m * m + 1) / 2
            best[holding[better]] = value[better]
            last[holding[better]] = item
    order: list[int] = []
    subset = size - 1
    while subset:
        order.append(int(last[subset]))
        subset ^= 1 << order[-1]
    return order[::-1]


def _by_program(against: Floats) -> list[int] | None:
    """Linear ordering: x[a, b] = 1 where a stands before b, a < b; cost first, then inversions."""
    m = len(against)
    a, b = np.triu_indices(m, 1)
    scale = 1000.0 / max(float(np.abs(against - against.T).max()), 1e-300)
    # Setting x to 1 costs the votes for b over a instead of those for a over b.
    gain = (against[a, b] - against[b, a]) * scale
    program = _Program(m)
    cheapest = program.solve(gain)
    if cheapest is None:
        return None
    program.bounded = LinearConstraint(gain[None, :], -np.inf, float(gain @ cheapest) + 1e-6)
    found = program.solve(-np.ones(len(gain)))
    if found is None:
        return None
    before = program.matrix(found)
    return [int(item) for item in np.argsort(-before.sum(axis=1), kind="stable")]


class _Program:
    """The linear ordering program; triangle rows found once stay."""

    def __init__(self, m: int) -> None:
        self.m = m
        self.pairs = np.triu_indices(m, 1)
        self.column = np.full((m, m), -1)
        self.column[self.pairs] = np.arange(len(self.pairs[0]))
        self.rows: list[tuple[int, int, int]] = []
        self.bounded: LinearConstraint | None = None

    def matrix(self, found: Floats) -> Floats:
        before = np.zeros((self.m, self.m))
        a, b = self.pairs
        before[a, b] = found
        before[b, a] = 1.0 - found
        return before

    def solve(self, objective: Floats) -> Floats | None:
        """An optimum without a circle; None where the solver cannot prove one."""
        while True:
            solved = milp(
                objective,
                integrality=np.ones(len(objective), np.int64),
                bounds=Bounds(0, 1),
                constraints=self._constraints(),
                options={"node_limit": NODES, "mip_rel_gap": 0.0},
            )
            if solved.status != 0:
                return None
            found: Floats = np.rint(solved.x)
            circles = _circles(self.matrix(found) > 0.5)
            if not circles:
                return found
            self.rows.extend(circles)

    def _constraints(self) -> list[LinearConstraint]:
        found = [] if self.bounded is None else [self.bounded]
        if self.rows:
            # 0 <= x_ab + x_bc - x_ac <= 1 for a < b < c.
            triples = np.array(self.rows)
            a, b, c = triples.T
            place = np.stack([self.column[a, b], self.column[b, c], self.column[a, c]], axis=1)
            number = np.repeat(np.arange(len(triples)), 3)
            sign = np.tile([1.0, 1.0, -1.0], len(triples))
            matrix = coo_array(
                (sign, (number, place.ravel())), shape=(len(triples), len(self.pairs[0]))
            )
            found.append(LinearConstraint(matrix.tocsr(), 0.0, 1.0))
        return found


def _circles(ahead: NDArray[np.bool_]) -> list[tuple[int, int, int]]:
    """Triples that stand before each other in a circle, each once."""
    found = set()
    for a in range(len(ahead)):
        for b in np.flatnonzero(ahead[a]):
            for c in np.flatnonzero(ahead[b] & ahead[:, a]):
                first, second, third = sorted((a, int(b), int(c)))
                found.add((first, second, third))
    return sorted(found)
