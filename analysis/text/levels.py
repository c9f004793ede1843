"""How many topics and themes: where the graph of neighbours falls apart almost as well as it can."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.text.clusters import means, pieces
from analysis.text.modularity import links, modularity_of
from analysis.text.space import TextSpace

Rows = NDArray[np.float32]
#: Pieces that the tree starts from, at most; and texts a piece holds, on average at least.
MOST_PIECES = 240
_TEXTS_IN_PIECE = 5
#: Texts a topic holds on average, at least.
TEXTS_IN_TOPIC = 20
#: Shares of the highest modularity at which a cut is still almost as good.
COARSE = 0.92
FINE = 0.99
FEWEST = 2
_MOST_POINTS = 8_000


@dataclass(frozen=True, slots=True)
class Levels:
    """The numbers of groups on both levels.

    Attributes
    ----------
    themes, topics : int
        2 <= themes <= topics.
    modularity : dict of int to float
        Of the cut into each number of groups, for the page that shows the choice.
    """

    themes: int
    topics: int
    modularity: dict[int, float]


def choose_levels(space: TextSpace, *, seed: int) -> Levels:
    """Choose how many themes and how many topics to show.

    Parameters
    ----------
    space : TextSpace
        Fitted.
    seed : int

    Returns
    -------
    Levels

    Notes
    -----
    Many small pieces are joined by average linkage, and the modularity of the graph of
    neighbours is written down at each number of groups. It rises steeply, then stays flat over
    a range: themes are the fewest groups in that range, topics the most, each as `COARSE` and
    `FINE` tell. So whoever reads coarsely or finely finds a level near the own.

    References
    ----------
    Newman & Girvan 2004, Physical Review E 69, 026113 (modularity); the flat range as in Good,
    de Montjoye & Clauset 2010, Physical Review E 81, 046106.
    """
    n = len(space.rows_)
    wanted = max(FEWEST, min(MOST_PIECES, n // _TEXTS_IN_PIECE))
    labels = pieces(space.rows_, wanted, seed=seed, starts=1, most_learned=_MOST_POINTS)
    curve = _modularity_of_cuts(space, labels)
    most = max(FEWEST, min(n // TEXTS_IN_TOPIC, max(curve)))
    return Levels(*_flat_range(curve, most), curve)


def _modularity_of_cuts(space: TextSpace, labels: NDArray[np.int64]) -> dict[int, float]:
    """Modularity at every number of groups of the tree over the pieces."""
    between = links(space.step_, labels)
    weight = np.bincount(labels).astype(np.float64)
    centres = means(space.rows_, labels).astype(np.float64)
    near = centres @ centres.T
    np.fill_diagonal(near, -np.inf)
    found = {len(weight): modularity_of(between)}
    for left in range(len(weight) - 1, 1, -1):
        first, second = sorted(divmod(int(near.argmax()), len(near)))
        both = weight[first] + weight[second]
        row = (weight[first] * near[first] + weight[second] * near[second]) / both
        near[first], near[:, first] = row, row
        near[first, first] = -np.inf
        near[second], near[:, second] = -np.inf, -np.inf
        weight[first] = both
        between[first] += between[second]
        between[:, first] += between[:, second]
        between[second], between[:, second] = 0.0, 0.0
        found[left] = modularity_of(between)
    return dict(sorted(found.items()))


def _flat_range(curve: dict[int, float], most: int) -> tuple[int, int]:
    allowed = {k: value for k, value in curve.items() if FEWEST <= k <= most}
    if not allowed:
        return FEWEST, FEWEST
    top = max(allowed.values())
    themes = min(k for k, value in allowed.items() if value >= COARSE * top)
    topics = max(k for k, value in allowed.items() if value >= FINE * top)
    return themes, max(themes, topics)
