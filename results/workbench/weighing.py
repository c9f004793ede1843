"""Weights that bring the answers, or the people, to the declared targets."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.errors import EmptyCells, TooFewAnswers
from analysis.weighting.margins import margin
from analysis.weighting.raking import rake

DIMENSIONS = ("region", "sector")


def are_declared(wanted: Mapping[str, Mapping[str, float]]) -> bool:
    """Whether any group of regions or sectors has a share to be brought to."""
    return any(share > 0 for name in DIMENSIONS for share in wanted.get(name, {}).values())


def weights_for(
    groups: Mapping[str, Sequence[str | None]], wanted: Mapping[str, Mapping[str, float]]
) -> NDArray[np.float64] | None:
    """Weights to the declared shares of regions and sectors.

    None where none are declared, and where they cannot be reached: a group with a share has nobody
    here, or groups without a share are here and the shares leave nothing for them.
    """
    margins: list[Any] = []
    for name in DIMENSIONS:
        shares = {code: share for code, share in wanted.get(name, {}).items() if share > 0}
        if shares:
            try:
                margins.append(margin(name, groups[name], shares))
            except (TooFewAnswers, EmptyCells, ValueError):
                return None
    return rake(margins).values if margins else None
