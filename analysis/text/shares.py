"""How many raise each theme, with intervals that hold although a machine did the coding.

A machine coded all answers; people coded a random audit of them. The audit says how far the
machine is off, and the machine carries what the audit learned to all answers: prediction-powered
inference. What the machine alone would say is kept apart, and named naive.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.breakdown import SMALL, UNKNOWN
from analysis.effective import effective_size
from analysis.text import design_effect
from analysis.text.design_effect import People
from analysis.types import Z, wilson

#: Audited answers, and people who gave them, below which no interval is given.
FEWEST_AUDITED = 10
#: Audited answers that raise the theme (or that do not, if fewer) at which the machine is
#: trusted half as much as the data suggest; with fewer, its help is more likely to be luck.
HALF_TRUST = 1.0
#: Squared errors that an audit without one is taken to have seen: what Wilson's interval, z²/4,
#: leaves open where nothing was counted. It fades as errors are seen, for they speak then.
UNSEEN_ERROR = Z**2 / 4


class Scope(StrEnum):
    """Of whom a share speaks.

    ANSWERS: of those who answered, whoever they are; coding error alone is uncertain. PEOPLE:
    of a population from which those who answered are a random sample, which a consultation
    that people chose to join seldom is.
    """

    ANSWERS = "answers"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share with its 95 % interval, all in [0, 1]."""

    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ThemeShare:
    """The share that raises one theme.

    Attributes
    ----------
    theme : int
        Its column.
    group : str or None
        None for all answers.
    n : int
        Answers (or people) the share speaks of.
    effective_n : float
        Kish's effective number under the weights; n where there are none.
    audit_n, audit_raised : int
        Audited answers with a clear code for this theme, and how many of them raise it.
    audit_people : int
        How many people gave them; `audit_n` where that is not known.
    estimate : Estimate or None
        The prediction-powered share; None where fewer than `FEWEST_AUDITED` answers were audited,
        or answers of fewer people.
    audit_alone : Estimate or None
        The same from the audit alone, the machine left out.
    naive : float
        The mean of what the machine says. It carries the machine's errors and has no interval.
    trust : float
        What of the machine's differences between answers is taken over, in [0, 1]: 0 is the
        audit alone.
    worth : float
        Audited answers that an audit alone would need for an interval as narrow.
    design_effect : float
        Audited answers that say as much as one of a person of its own; 1 where everybody gave one.
    is_small : bool
        Fewer answers than the stated number: read it with care.
    """

    theme: int
    group: str | None
    n: int
    effective_n: float
    audit_n: int
    audit_raised: int
    audit_people: int
    estimate: Estimate | None
    audit_alone: Estimate | None
    naive: float
    trust: float
    worth: float
    design_effect: float
    is_small: bool


def theme_shares(  # noqa: PLR0913 - three arrays of the audit, three of the answers, two rules
    predicted: ArrayLike,
    audit_rows: ArrayLike,
    audit_labels: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    groups: Sequence[str | None] | None = None,
    clusters: ArrayLike | None = None,
    scope: Scope = Scope.ANSWERS,
    small: int = SMALL,
) -> tuple[ThemeShare, ...]:
    """Estimate the share of each theme, overall and in each group.

    Parameters
    ----------
    predicted : array of float, shape (n, t)
        What the machine says of each answer: probabilities, or 0 and 1. An answer that it
        could not read counts as 0 here and is made good by the audit.
    audit_rows : array of int, shape (m,)
        The answers people coded, a simple random sample without replacement
        (`analysis.text.selection.audit_sample`). Answers chosen because they teach most are
        no such sample and must not be used.
    audit_labels : array of float, shape (m, t)
        1 raised, 0 not raised, NaN where people could not say.
    weights : array of float, shape (n,), optional
        Of the answers, above 0.
    groups : sequence of str or None, length n, optional
        Region, sector, or both in one key; None is "unknown", a group of its own.
    clusters : array of int, shape (n,), optional
        Who gave each answer. Answers of one person are alike, so that they say less than as many
        of different people: the variance then counts people. Needed where the audit was drawn
        by person, all answers of each; harmless where it was drawn by answer.
    scope : Scope
    small : int
        Groups with fewer answers are flagged.

    Returns
    -------
    tuple of ThemeShare
        For all answers in the order of themes, then group by group in the order of names with
        "unknown" last.

    Raises
    ------
    ValueError
        Shapes do not fit, a prediction lies outside [0, 1], a row is audited twice, a weight is
        not above 0, or clusters are no whole numbers.

    Notes
    -----
    With predictions f, codes y, N answers, m of them audited, all means weighted::

        estimate = λ · mean_N(f) + mean_m(y - λ f)

    λ is the slope of y on f in the audit, held in [0, 1] and shrunk by a / (a + 1), a being the
    audited answers that raise the theme or that do not, whichever are fewer. The variance is
    that of y - λ f times (1 - m/N) / m. An audit that saw no error of a good machine has not
    shown that there is none: its e squared errors count as e + c² / (c + e), c = z²/4. For
    `Scope.PEOPLE` the sampling of the N is added. Where a theme is rare a normal interval around it
    covers far too seldom, so the variance is turned into the audit size that it is worth (of a
    weighted audit what it is worth for this theme, `analysis.effective`), and Wilson's interval is
    taken at that size. With clusters the variance of a mean is that of the sums of weighted residuals
    over each person, and no smaller than without; where few people tell of it, it is drawn to its
    worst case (`analysis.text.design_effect`). Simulated coverage is in docs/methods/shares.md.
    O(n t).

    References
    ----------
    Angelopoulos, Bates, Fannjiang, Jordan & Zrnic 2023, Science 382, 669-674; Angelopoulos,
    Duchi & Zrnic 2023, arXiv 2311.01453 (PPI++, the slope); Särndal, Swensson & Wretman 1992,
    *Model Assisted Survey Sampling*, section 6.3 (the difference estimator); Wilson 1927; Cochran 1977, *Sampling Techniques*,
    section 9A.2 (clusters of unequal size).

    Examples
    --------
    >>> said = [[1.0]] * 40 + [[0.0]] * 60
    >>> share = theme_shares(said, range(0, 100, 5), [[1]] * 8 + [[0]] * 12)[0]
    >>> round(share.estimate.share, 2), share.worth > 20, share.naive
    (0.4, True, 0.4)
    """
    said, rows, codes = _checked(predicted, audit_rows, audit_labels)
    n = len(said)
    weight = _weights(weights, n)
    if groups is not None and len(groups) != n:
        raise ValueError("Each answer needs one group.")
    owners = _owners(clusters, n)
    everybody = np.ones(n, dtype=np.bool_)
    cells: list[tuple[str | None, NDArray[np.bool_]]] = [(None, everybody)]
    if groups is not None:
        keys = np.array([UNKNOWN if group is None else group for group in groups], dtype=object)
        names = sorted(set(keys.tolist()), key=lambda key: (key == UNKNOWN, key))
        cells += [(name, np.asarray(keys == name, dtype=np.bool_)) for name in names]
    found = []
    for name, members in cells:
        chosen = members[rows]
        position = np.cumsum(members) - 1
        cell = _Cell(
            said[members],
            weight[members],
            position[rows[chosen]],
            codes[chosen],
            None if owners is None else owners[members],
        )
        found += [cell.share(theme, name, scope, small) for theme in range(said.shape[1])]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Cell:
    """The answers of one group: predictions, weights, and the audited ones among them."""

    said: NDArray[np.float64]
    weight: NDArray[np.float64]
    rows: NDArray[np.intp]
    codes: NDArray[np.float64]
    owners: NDArray[np.intp] | None

    def share(self, theme: int, name: str | None, scope: Scope, small: int) -> ThemeShare:
        n = len(self.said)
        effective_n = float(self.weight.sum() ** 2 / (self.weight**2).sum()) if n else 0.0
        said = self.said[:, theme]
        naive = float(np.average(said, weights=self.weight)) if n else 0.0
        clear = ~np.isnan(self.codes[:, theme])
        rows = self.rows[clear]
        y = self.codes[clear, theme]
        m, raised = len(y), int(y.sum())
        people = None if self.owners is None else People.of(self.owners[rows])
        heard_of = m if people is None else people.n
        alone: Estimate | None = None
        powered: Estimate | None = None
        trust, worth, repeats = 0.0, 0.0, 1.0
        if min(m, heard_of) >= FEWEST_AUDITED:
            w = self.weight[rows]
            design_m = effective_size(w, y)
            own = float(np.average(y, weights=w))
            heard = effective_n
            if scope is Scope.PEOPLE:
                heard /= self._alike(said - naive, y - own, rows)
            size = design_m / _repeats(people, w * (y - own), w, y)
            alone = _interval(own, _size(size, 1.0, m, n, heard, scope))
            trust, left = _slope(y, said[rows], w, min(raised, m - raised))
            rest = float(np.average(y - trust * said[rows], weights=w))
            repeats = _repeats(people, w * (y - trust * said[rows] - rest), w, y)
            size = _size(design_m / repeats, left, m, n, heard, scope)
            powered = _interval(trust * naive + rest, size)
            worth = m / left
        return ThemeShare(
            theme=theme,
            group=name,
            n=n,
            effective_n=effective_n,
            audit_n=m,
            audit_raised=raised,
            audit_people=heard_of,
            estimate=powered,
            audit_alone=alone,
            naive=naive,
            trust=trust,
            worth=worth,
            design_effect=repeats,
            is_small=n < small,
        )

    def _alike(
        self, said: NDArray[np.float64], y: NDArray[np.float64], rows: NDArray[np.intp]
    ) -> float:
        """How much more a mean over all answers varies than if each came from another person.

        Of all answers only the machine's codes are known; the audit's may be more alike.
        """
        if self.owners is None:
            return 1.0
        return max(
            design_effect.measured(People.of(self.owners), self.weight * said),
            design_effect.measured(People.of(self.owners[rows]), self.weight[rows] * y),
        )


def _repeats(
    people: People | None,
    residuals: NDArray[np.float64],
    w: NDArray[np.float64],
    y: NDArray[np.float64],
) -> float:
    return 1.0 if people is None else design_effect.drawn(people, residuals, w, y)


def _slope(
    y: NDArray[np.float64], f: NDArray[np.float64], w: NDArray[np.float64], fewer: int
) -> tuple[float, float]:
    """The part of the predictions to take over, and the part of the variance that is left."""
    m = len(y)
    around_y = y - np.average(y, weights=w)
    around_f = f - np.average(f, weights=w)
    # Squared weights: that is how an answer's error enters the variance of a weighted mean.
    square = w**2
    var_y, var_f = float(square @ around_y**2), float(square @ around_f**2)
    if fewer == 0 or var_f <= 1e-12 * float(square.sum()):
        return 0.0, 1.0
    slope = float(np.clip(float(square @ (around_y * around_f)) / var_f, 0.0, 1.0))
    belief = fewer / (fewer + HALF_TRUST)
    slope *= belief
    one = float(square.mean())
    errors = float(square @ (around_y - slope * around_f) ** 2) / one
    errors += UNSEEN_ERROR**2 / (UNSEEN_ERROR + errors)
    left = errors * one / var_y * m / max(m - 2, 1)
    # The same shrinkage for the variance: a few lucky hits do not make a sure machine.
    return slope, 1.0 - (1.0 - min(left, 1.0)) * belief


def _size(design_m: float, left: float, m: int, n: int, effective_n: float, scope: Scope) -> float:
    """The size of a simple sample with the same variance; infinite after a full audit."""
    per_answer = left * (1 - m / n) / design_m
    if scope is Scope.PEOPLE:
        per_answer += 1 / effective_n
    return np.inf if per_answer <= 0 else 1 / per_answer


def _interval(share: float, size: float) -> Estimate:
    share = min(max(share, 0.0), 1.0)
    if np.isinf(size):
        return Estimate(share, share, share)
    found = wilson(share * size, size)
    return Estimate(share, float(found.low or 0.0), 1.0 if found.high is None else found.high)


def _checked(
    predicted: ArrayLike, audit_rows: ArrayLike, audit_labels: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.float64]]:
    said = np.asarray(predicted, dtype=np.float64)
    rows = np.asarray(audit_rows, dtype=np.intp)
    codes = np.asarray(audit_labels, dtype=np.float64)
    if said.ndim != 2 or codes.shape != (len(rows), said.shape[1]):
        raise ValueError("Predictions and audit need the same themes, the audit a row each.")
    said = np.where(np.isnan(said), 0.0, said)
    if np.any((said < 0) | (said > 1)):
        raise ValueError("A prediction lies between 0 and 1.")
    if not np.isin(codes[~np.isnan(codes)], (0.0, 1.0)).all():
        raise ValueError("A code is 0, 1, or NaN where people could not say.")
    if len(np.unique(rows)) != len(rows) or np.any((rows < 0) | (rows >= len(said))):
        raise ValueError("Each audited row is one answer, and none is audited twice.")
    return said, rows, codes


def _owners(clusters: ArrayLike | None, n: int) -> NDArray[np.intp] | None:
    if clusters is None:
        return None
    found = np.asarray(clusters)
    if found.shape != (n,) or not np.issubdtype(found.dtype, np.integer):
        raise ValueError("Each answer needs the number of who gave it.")
    return found.astype(np.intp)


def _weights(weights: ArrayLike | None, n: int) -> NDArray[np.float64]:
    if weights is None:
        return np.ones(n)
    found = np.asarray(weights, dtype=np.float64)
    if found.shape != (n,) or not np.isfinite(found).all() or np.any(found <= 0):
        raise ValueError("Each answer needs a weight above 0.")
    return found
