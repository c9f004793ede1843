"""Whether the order in which items were shown moved the order in which they were ranked."""

import numpy as np

from analysis.choice.order_effects import PlaceEffect, place_effect
from analysis.errors import TooFewAnswers
from results.computing.ranked import Ranked
from results.tables import Document, rounded


def shown_order(ranked: Ranked) -> Document:
    """The effect of a place in the list, or why it cannot be told.

    Unweighted: chance drew the places, whoever looked at them.
    """
    source = ranked.source
    reason = None
    if source.shown is None:
        reason = "sets" if source.is_drawn else "fixed"
    elif np.isnan(source.shown).all():
        reason = "unknown"
    else:
        try:
            return _effect(place_effect(source.positions, source.shown), source.anchored)
        except TooFewAnswers:
            reason = "too_few"
    return {"reason": reason}


def _effect(found: PlaceEffect, anchored: tuple[str, ...]) -> Document:
    return {
        "reason": None,
        "slope": rounded(found.slope),
        "low": rounded(found.low),
        "high": rounded(found.high),
        "p": rounded(found.p),
        "n": found.n,
        "anchored": list(anchored),
        "places": [
            {"place": place, "n": n, "difference": rounded(difference)}
            for place, (n, difference) in enumerate(found.by_place, start=1)
        ],
    }
