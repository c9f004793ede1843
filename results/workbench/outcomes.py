"""How many answers got no theme, and why: about none, undecided, or not read.

What people say stands before what the machine says. The random sample, as far as people have read
it, is counted by their codes alone.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.text.coding import Outcome, decide, reaches_half

Counts = dict[str, int]


def count(
    probability: NDArray[np.float64],
    thresholds: NDArray[np.float64],
    labels: NDArray[np.float64],
    audit: NDArray[np.int64],
) -> dict[str, Any]:
    """Answers by outcome, of all and of the random sample.

    Parameters
    ----------
    probability : ndarray, shape (n, t)
        What the machine says; NaN for an answer that it could not read.
    thresholds : ndarray, shape (t,)
        The probability from which each theme is taken.
    labels : ndarray, shape (n, t)
        What stands of people: 1, 0, or NaN.
    audit : ndarray of int
        Rows of the random sample that people have read.
    """
    everything = _outcomes(np.where(np.isnan(labels), probability, labels), thresholds)
    # Of what people left open nobody knows: it is near by definition, and no theme for certain.
    half = 0.5 * np.minimum(thresholds, 1.0)
    sample = _outcomes(np.where(np.isnan(labels[audit]), half, labels[audit]), thresholds)
    return {"n": len(labels), "all": everything, "n_audit": len(audit), "sample": sample}


def _outcomes(probability: NDArray[np.float64], thresholds: NDArray[np.float64]) -> Counts:
    takes = np.minimum(thresholds, 1.0)
    is_read = np.any(~np.isnan(probability), axis=1)
    found = decide(
        probability,
        takes,
        is_read=is_read,
        is_near=reaches_half(probability, takes),
        is_calibrated=False,
    )
    return {outcome.value: found.count(outcome) for outcome in Outcome}
