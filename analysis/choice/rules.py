"""Orders by several rules from one table of comparisons, and where they disagree."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from analysis.choice.kemeny import Kemeny, kemeny
from analysis.choice.pairwise import Pairwise, borda_shares

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Strength(StrEnum):
    """How strong a majority is, for Schulze's rule. It is declared.

    WINNING_VOTES: by the votes of the winning side. MARGINS: by how many more they are. They
    can differ only where ties or missing items make pairs unequally answered.
    """

    WINNING_VOTES = "winning_votes"
    MARGINS = "margins"


@dataclass(frozen=True, slots=True)
class Schulze:
    """The order by strongest paths.

    Attributes
    ----------
    paths : ndarray of float64, shape (m, m)
        Strength of the strongest path from row to column; 0 where there is none.
    ranks : ndarray of int64, shape (m,)
        1 and the number of items with a stronger path to this one than from it; equals share.
    """

    paths: Floats
    ranks: Ints


def schulze(pairwise: Pairwise, *, strength: Strength = Strength.WINNING_VOTES) -> Schulze:
    """Rank by strongest paths of majorities.

    Parameters
    ----------
    pairwise : Pairwise
    strength : Strength

    Returns
    -------
    Schulze

    Notes
    -----
    O(m³). The relation "stronger path" is transitive, so that counting the items above one
    gives its rank.

    References
    ----------
    Schulze 2011, "A new monotonic, clone-independent, reversal symmetric, and
    Condorcet-consistent single-winner election method", Social Choice and Welfare 36,
    section 2.

    Examples
    --------
    >>> from analysis.choice.tally import compare_pairs
    >>> schulze(compare_pairs([[1, 2, 3], [1, 3, 2], [2, 1, 3]])).ranks.tolist()
    [1, 2, 3]
    """
    wins = pairwise.wins
    held = wins - wins.T if strength is Strength.MARGINS else wins
    paths = np.where(pairwise.majority() > 0, held, 0.0)
    for via in range(len(paths)):
        np.maximum(paths, np.minimum(paths[:, [via]], paths[[via], :]), out=paths)
    np.fill_diagonal(paths, 0.0)
    scale = max(float(paths.max(initial=0.0)), 1.0)
    above = paths - paths.T > 1e-9 * scale
    return Schulze(paths, np.asarray(1 + above.sum(axis=0), np.int64))


def ranks_of(scores: Floats) -> Ints:
    """Ranks of scores, the highest first; equals (to 1e-9 of the largest) share the best rank.

    Examples
    --------
    >>> ranks_of(np.array([3.0, 5.0, 3.0])).tolist()
    [2, 1, 2]
    """
    scale = 1e-9 * max(float(np.abs(scores).max(initial=0.0)), 1.0)
    return np.asarray(1 + (scores[None, :] > scores[:, None] + scale).sum(axis=1), np.int64)


@dataclass(frozen=True, slots=True)
class Rules:
    """The same comparisons under every rule.

    Attributes
    ----------
    borda, copeland, schulze, schulze_margins : ndarray of int64, shape (m,)
        Ranks; equals share the best one.
    kemeny : Kemeny
    condorcet_winner : int or None
        The index of the item that beats every other by a majority.
    """

    borda: Ints
    copeland: Ints
    schulze: Ints
    schulze_margins: Ints
    kemeny: Kemeny
    condorcet_winner: int | None

    def named(self) -> dict[str, Ints]:
        """Ranks by the name of the rule; Kemeny's only where its order is proven."""
        found = {
            "borda": self.borda,
            "copeland": self.copeland,
            "schulze": self.schulze,
            "schulze_margins": self.schulze_margins,
        }
        if self.kemeny.order is not None:
            found["kemeny"] = self.kemeny.ranks()
        return found


def all_rules(pairwise: Pairwise, scores: Floats | None = None) -> Rules:
    """Order by every rule.

    Parameters
    ----------
    pairwise : Pairwise
        Rows in the order that settles Kemeny's ties: the item that stands earlier goes first.
    scores : ndarray of float64, shape (m,), optional
        What Borda's rule goes by, the highest first: minus the mean positions. Without, the
        share of comparisons won, which is the same on complete ballots.

    Returns
    -------
    Rules
    """
    return Rules(
        borda=ranks_of(borda_shares(pairwise) if scores is None else scores),
        copeland=ranks_of(pairwise.copeland().astype(np.float64)),
        schulze=schulze(pairwise).ranks,
        schulze_margins=schulze(pairwise, strength=Strength.MARGINS).ranks,
        kemeny=kemeny(pairwise),
        condorcet_winner=pairwise.condorcet_winner(),
    )


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two rules that put different items into the first k places.

    Attributes
    ----------
    k : int
    rule, other : str
        `rule` is the headline's.
    only_rule, only_other : tuple of int
        Items that stand among the first k by the one and not by the other.
    """

    k: int
    rule: str
    other: str
    only_rule: tuple[int, ...]
    only_other: tuple[int, ...]


def disagreements(rules: Rules, sizes: Sequence[int]) -> tuple[Disagreement, ...]:
    """Where another rule would choose a different top k than mean position does.

    Parameters
    ----------
    rules : Rules
    sizes : sequence of int
        The k to look at, each 1 to m.

    Returns
    -------
    tuple of Disagreement
        By k, then rule. Items that share the last place of a top k belong to it: a tie across
        the border is no disagreement.

    Examples
    --------
    >>> from analysis.choice.tally import compare_pairs
    >>> positions = [[1, 2, 3]] * 3 + [[2, 3, 1]] * 2
    >>> [(d.other, d.only_rule, d.only_other)
    ...  for d in disagreements(all_rules(compare_pairs(positions)), [1])]
    []
    """
    named = rules.named()
    headline = named.pop("borda")
    found = []
    for k in sizes:
        own = set(np.flatnonzero(headline <= k).tolist())
        for other, ranks in named.items():
            theirs = set(np.flatnonzero(ranks <= k).tolist())
            left, right = own - theirs, theirs - own
            if left and right:
                found.append(
                    Disagreement(k, "borda", other, tuple(sorted(left)), tuple(sorted(right)))
                )
    return tuple(found)
