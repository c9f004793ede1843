"""Weights that bring those who answered to declared shares, within caps that are shown.

Everybody with the same groups gets the same factor, so the work is done on cells, not on rows:
a million rows cost one pass to count them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.breakdown import UNKNOWN
from analysis.effective import kish
from analysis.errors import TooFewAnswers
from analysis.weighting.margins import Margin

#: The least and the most that a weight may be, as multiples of the mean weight.
CAPS = (0.3, 3.0)
#: Margins are met when no share is further from its target than this.
TOLERANCE = 1e-9
#: A mean nearer to 1 is 1; dividing by one further away would lift a trimmed factor over its cap.
_ROUNDING = 1e-12
MOST_CYCLES = 2_000
#: A share that is missed by more than this is reported: half a tenth of a percent.
WORTH_TELLING = 0.0005

Caps = tuple[float, float]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A group whose declared share the weights could not reach within the caps."""

    margin: str
    key: str
    target: float
    reached: float


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """One weight a respondent.

    Attributes
    ----------
    values : ndarray of float64, shape (n,)
        Mean 1, all above 0.
    effective_n : float
        Kish's effective sample size, in (0, n].
    design_effect : float
        n / effective_n, 1 or more.
    trimmed : float
        The share of respondents whose weight stands at a cap, in [0, 1].
    residual : float
        The largest distance of a reached share from its target.
    shortfalls : tuple of Shortfall
        Targets missed by more than 0.0005, in the order of margins and groups.
    cells : ndarray of int64, shape (n,)
        The cell of each respondent: all of one cell have the same groups.
    factors : ndarray of float64, shape (n_cells,)
        The factor of each cell.
    """

    values: Floats
    effective_n: float
    design_effect: float
    trimmed: float
    residual: float
    shortfalls: tuple[Shortfall, ...]
    cells: NDArray[np.int64]
    factors: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Respondents counted by their combination of groups.

    Attributes
    ----------
    of : ndarray of int64, shape (n,)
        The cell of each respondent.
    codes : ndarray of int64, shape (n_cells, n_margins)
        The group of each cell in each margin.
    shares : tuple of ndarray of float64
        The target shares of each margin.
    fixed : tuple of ndarray of bool
        Groups of each margin that take up nothing of what others cannot reach: `UNKNOWN`, and
        groups without a declared share.
    """

    of: NDArray[np.int64]
    codes: NDArray[np.int64]
    shares: tuple[Floats, ...]
    fixed: tuple[NDArray[np.bool_], ...]


def cells_of(margins: Sequence[Margin]) -> Cells:
    """Count out the combinations of groups that occur.

    Parameters
    ----------
    margins : sequence of Margin
        At least one, all of the same n respondents.

    Returns
    -------
    Cells
        Cells in the order of their groups, the first margin first.

    Raises
    ------
    ValueError
        There is no margin, or the margins differ in length.
    """
    if not margins:
        raise ValueError("Give at least one margin.")
    n = len(margins[0].codes)
    if any(len(margin.codes) != n for margin in margins):
        raise ValueError("All margins must speak of the same respondents.")
    of, size = np.zeros(n, dtype=np.int64), 1
    for margin in margins:
        of, size = _renumber(of * len(margin.keys) + margin.codes, size * len(margin.keys))
    first = np.zeros(size, dtype=np.int64)
    first[of[::-1]] = np.arange(n - 1, -1, -1)
    codes = np.stack([margin.codes[first] for margin in margins], axis=1)
    fixed = tuple(
        np.array(
            [
                key == UNKNOWN or not is_declared
                for key, is_declared in zip(margin.keys, margin.declared, strict=True)
            ]
        )
        for margin in margins
    )
    return Cells(of, codes, tuple(margin.shares for margin in margins), fixed)


def _renumber(codes: NDArray[np.int64], size: int) -> tuple[NDArray[np.int64], int]:
    """Codes below `size` as consecutive numbers; counting beats sorting while the table is small."""
    if size > 4 * len(codes) + 100_000:
        values, found = np.unique(codes, return_inverse=True)
        return found.astype(np.int64), len(values)
    present = np.bincount(codes, minlength=size) > 0
    places = np.cumsum(present) - 1
    return places[codes], int(present.sum())


def cell_factors(cells: Cells, masses: Floats, caps: Caps | None = CAPS) -> Floats:
    """The factor of each cell that brings its masses to the target shares.

    Parameters
    ----------
    cells : Cells
        The cells and their targets.
    masses : ndarray of float, shape (n_cells,)
        The weight that each cell has now, 0 or more; counts where nobody has a weight yet. A
        bootstrap replicate passes the counts of its draw. A group that a replicate did not
        draw is left out, and the others divide its share in proportion.
    caps : (float, float) or None
        The least and the most that a factor may be, around a mean factor of 1.

    Returns
    -------
    ndarray of float64, shape (n_cells,)
        Factors whose mean over the masses is 1.

    Raises
    ------
    ValueError
        The caps are not 0 <= least <= 1 <= most, or the masses sum to 0.

    Notes
    -----
    Without caps this is iterative proportional fitting. With caps the same cycle runs on
    untrimmed factors while the sums are taken over trimmed ones, so that a factor may come back
    from its cap. Where caps and targets cannot both be kept, the caps are: a group gets what its
    caps allow, the other declared groups divide the rest in proportion to their targets, and
    unknown and undeclared groups keep theirs. What is missed shows in the reached shares.

    References
    ----------
    Deming & Stephan 1940, Annals of Mathematical Statistics 11, 427-444; Izrael, Battaglia &
    Frankel 2009, SAS Global Forum 247 (caps inside the cycle).
    """
    low, high = caps or (0.0, np.inf)
    if not 0 <= low <= 1 <= high:
        raise ValueError("Caps must satisfy 0 <= least <= 1 <= most.")
    total = float(masses.sum())
    if total <= 0:
        raise ValueError("The masses must sum to more than 0.")
    targets = [
        _drawn(cells.codes[:, place], share, masses) for place, share in enumerate(cells.shares)
    ]
    free = np.ones(len(masses))
    part = masses / total
    if caps is not None:
        targets = [
            _reachable(target, _sums(cells.codes[:, place], part, len(target)), fixed, caps)
            for place, (target, fixed) in enumerate(zip(targets, cells.fixed, strict=True))
        ]
    for _ in range(MOST_CYCLES):
        before = np.clip(free, low, high)
        for place, target in enumerate(targets):
            groups = cells.codes[:, place]
            sums = _sums(groups, np.clip(free, low, high) * part, len(target))
            step = np.divide(target, sums, out=np.ones_like(target), where=sums > 0)
            free = free * step[groups]
        # A target that the caps forbid would push its factors without end.
        free = np.clip(free, low / 1e3, high * 1e3)
        after = np.clip(free, low, high)
        if _is_met(cells, after * part, targets) or np.abs(after - before).max() < 1e-13:
            break
    return _with_mean_one(free, part, (low, high))


def _sums(groups: NDArray[np.int64], part: Floats, size: int) -> Floats:
    return np.asarray(np.bincount(groups, part, minlength=size), dtype=np.float64)


def _reachable(target: Floats, now: Floats, fixed: NDArray[np.bool_], caps: Caps) -> Floats:
    """The shares nearest to the target that factors within the caps can bring about."""
    low, high = now * caps[0], now * caps[1]
    found = np.clip(target, low, high)
    free = ~fixed & (now > 0)
    rest = 1 - float(found[~free].sum())
    if np.array_equal(found, target) or not free.any():
        return target
    wanted, least, most = target[free] / rest, low[free] / rest, high[free] / rest
    scale = _bisect(lambda log: float(np.clip(wanted * np.exp(log), least, most).sum()))
    found[free] = np.clip(wanted * scale, least, most) * rest
    return found


def _with_mean_one(free: Floats, part: Floats, caps: Caps) -> Floats:
    """Trimmed factors whose mean is 1: where targets cannot be met, the sums drift from it."""
    low, high = caps
    scale = 1.0
    if abs(float((np.clip(free, low, high) * part).sum()) - 1) >= _ROUNDING:
        scale = _bisect(lambda log: float((np.clip(free * np.exp(log), low, high) * part).sum()))
    found: Floats = np.clip(free * scale, low, high)
    return found


def _bisect(mean: Callable[[float], float]) -> float:
    """The scale whose mean is 1; `mean` rises with the logarithm of the scale."""
    least, most = -10.0, 10.0
    for _ in range(100):
        middle = (least + most) / 2
        least, most = (middle, most) if mean(middle) < 1 else (least, middle)
    return float(np.exp(most))


def _drawn(groups: NDArray[np.int64], share: Floats, masses: Floats) -> Floats:
    """Target shares of the groups that have any mass, summing to 1."""
    kept = np.where(np.bincount(groups, masses, minlength=len(share)) > 0, share, 0.0)
    return np.asarray(kept / kept.sum(), dtype=np.float64)


def _is_met(cells: Cells, part: Floats, targets: Sequence[Floats]) -> bool:
    return all(
        np.abs(np.bincount(cells.codes[:, place], part, minlength=len(target)) - target).max()
        < TOLERANCE
        for place, target in enumerate(targets)
    )


def rake(
    margins: Sequence[Margin], *, base: Floats | None = None, caps: Caps | None = CAPS
) -> Weights:
    """Weights under which the respondents have the target shares in every margin.

    Parameters
    ----------
    margins : sequence of Margin
        What to bring about; with one margin this is post-stratification, and the margin may be
        a crossing such as region by sector.
    base : ndarray of float, shape (n,), optional
        Weights from the design, above 0; 1 each by default. Caps hold for the factor that
        raking puts on top.
    caps : (float, float) or None
        The least and the most that a factor may be, around a mean of 1; None for no caps.

    Returns
    -------
    Weights

    Raises
    ------
    TooFewAnswers
        There is no respondent.
    ValueError
        A base weight is not above 0, or the caps make no sense.

    Notes
    -----
    One pass over the rows, then cycles over the cells until every share is within 1e-9 of its
    target or nothing moves any more.

    Examples
    --------
    >>> from analysis.weighting.margins import margin
    >>> found = rake([margin("sector", ["a", "a", "a", "b"], {"a": 0.5, "b": 0.5})])
    >>> found.values.round(3).tolist(), found.effective_n
    ([0.667, 0.667, 0.667, 2.0], 3.0)
    """
    cells = cells_of(margins)
    n = len(cells.of)
    if n == 0:
        raise TooFewAnswers(0, 1)
    if base is not None and not (len(base) == n and np.isfinite(base).all() and (base > 0).all()):
        raise ValueError("Base weights must be above 0, one a respondent.")
    masses = np.bincount(cells.of, base, minlength=len(cells.codes)).astype(np.float64)
    factors = cell_factors(cells, masses, caps)
    values = factors[cells.of] if base is None else factors[cells.of] * base
    values = values / values.mean()
    effective = kish(values)
    residual, shortfalls = _missed(margins, cells, factors * masses)
    return Weights(
        values=values,
        effective_n=effective,
        design_effect=n / effective,
        trimmed=_trimmed(factors, np.bincount(cells.of, minlength=len(factors)), caps),
        residual=residual,
        shortfalls=shortfalls,
        cells=cells.of,
        factors=factors,
    )


def _trimmed(factors: Floats, counts: NDArray[np.int64], caps: Caps | None) -> float:
    if caps is None:
        return 0.0
    at_cap = (factors <= caps[0]) | (factors >= caps[1])
    return float(counts[at_cap].sum() / counts.sum())


def _missed(
    margins: Sequence[Margin], cells: Cells, masses: Floats
) -> tuple[float, tuple[Shortfall, ...]]:
    residual, found = 0.0, []
    part = masses / masses.sum()
    for place, margin in enumerate(margins):
        reached = np.bincount(cells.codes[:, place], part, minlength=len(margin.keys))
        residual = max(residual, float(np.abs(reached - margin.shares).max()))
        found += [
            Shortfall(margin.name, key, float(target), float(share))
            for key, target, share in zip(margin.keys, margin.shares, reached, strict=True)
            if abs(share - target) > WORTH_TELLING
        ]
    return residual, tuple(found)
