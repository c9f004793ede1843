"""Several channels side by side, and together so that none swamps another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from analysis.errors import TooFewAnswers

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Combined:
    """One order from several channels.

    Attributes
    ----------
    keys : tuple of str
        Items, the best first; equal ones by key.
    scores : tuple of float
        Combined, 0 (last everywhere) to 1 (first everywhere).
    ranks : dict of str to dict of str to int or None
        By channel and item: its rank within the channel; None where the channel is silent.
    reach : dict of str to tuple of (int, int)
        By item: its best and worst combined rank when any one channel is left out, or none.
    shares : dict of str to float
        What each channel counts, summing to 1.
    """

    keys: tuple[str, ...]
    scores: tuple[float, ...]
    ranks: dict[str, dict[str, int | None]]
    reach: dict[str, tuple[int, int]]
    shares: dict[str, float]


def combine_channels(
    channels: Mapping[str, Mapping[str, float]], shares: Mapping[str, float] | None = None
) -> Combined:
    """Combine the orders of channels by declared shares.

    Parameters
    ----------
    channels : mapping of str to mapping of str to float
        By channel: the score of each item it speaks of, the highest first. A channel speaks by
        its order alone, neither by how many took part nor by the scale of its scores.
    shares : mapping of str to float, optional
        What each channel counts; without, all the same.

    Returns
    -------
    Combined

    Raises
    ------
    TooFewAnswers
        Fewer than two channels that order at least two items.
    ValueError
        A share is negative or missing.

    Notes
    -----
    An item's value in a channel is the share of the channel's other items that stand below it,
    equals half. Channels that do not speak of an item are left out of its mean, so that silence
    is not a vote against it.

    Examples
    --------
    >>> found = combine_channels({"survey": {"a": 3, "b": 2, "c": 1}, "texts": {"a": 9, "b": 40}})
    >>> found.keys, [round(score, 3) for score in found.scores]
    (('b', 'a', 'c'), [0.75, 0.5, 0.0])
    """
    speaking = {name: dict(scores) for name, scores in channels.items() if len(scores) >= 2}
    if len(speaking) < 2:
        raise TooFewAnswers(n=len(speaking), needed=2)
    counts = {name: 1.0 if shares is None else shares.get(name, -1.0) for name in speaking}
    if min(counts.values()) < 0 or sum(counts.values()) <= 0:
        raise ValueError("Every channel needs a share of 0 or more.")
    values = {name: _values(scores) for name, scores in speaking.items()}
    keys, scores = _order(values, counts)
    subsets = [keys] + [
        _order({n: v for n, v in values.items() if n != left}, counts)[0] for left in speaking
    ]
    total = sum(counts.values())
    return Combined(
        keys=tuple(keys),
        scores=tuple(scores),
        ranks={name: _ranks(speaking[name], keys) for name in speaking},
        reach={
            key: (
                min(order.index(key) + 1 for order in subsets if key in order),
                max(order.index(key) + 1 for order in subsets if key in order),
            )
            for key in keys
        },
        shares={name: count / total for name, count in counts.items()},
    )


def _values(scores: Mapping[str, float]) -> dict[str, float]:
    keys = sorted(scores)
    below = scipy.stats.rankdata([scores[key] for key in keys]) - 1
    return {key: float(below[place]) / (len(keys) - 1) for place, key in enumerate(keys)}


def _ranks(scores: Mapping[str, float], keys: Sequence[str]) -> dict[str, int | None]:
    return {
        key: 1 + sum(other > scores[key] for other in scores.values()) if key in scores else None
        for key in keys
    }


def _order(
    values: Mapping[str, Mapping[str, float]], counts: Mapping[str, float]
) -> tuple[list[str], list[float]]:
    found: dict[str, float] = {}
    for key in sorted({key for one in values.values() for key in one}):
        held = [(counts[name], one[key]) for name, one in values.items() if key in one]
        weight = sum(count for count, _value in held)
        if weight > 0:
            found[key] = sum(count * value for count, value in held) / weight
    keys = sorted(found, key=lambda key: (-round(found[key], 12), key))
    return keys, [found[key] for key in keys]
