"""One source of an order, counted, and the groups it is looked at by."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.breakdown import UNKNOWN
from analysis.choice.ballots import Ballots
from results.computing.inputs import Dimension, Inputs
from results.computing.weights import Weighting
from results.measures import Source
from results.tables import Document, Texts


@dataclass(frozen=True, slots=True)
class Ranked:
    """One source, counted: what every part of its document is made from."""

    source: Source
    items: list[str]
    ballots: Ballots
    weightings: list[Weighting]
    inputs: Inputs
    k: int
    #: The same number for ballots of one organisation; None where none is known to have two.
    clusters: NDArray[np.int64] | None = None

    @property
    def used(self) -> list[Weighting]:
        """Weightings that could be had, in the order of the rows of the sums."""
        return [one for one in self.weightings if one.values is not None]

    @property
    def leading(self) -> int:
        """The place of the headline's among `used`."""
        return next(place for place, one in enumerate(self.used) if one.is_headline)

    def weights(self) -> NDArray[np.float64]:
        return np.stack([one.values for one in self.used if one.values is not None])


@dataclass(frozen=True, slots=True)
class Grouping:
    """A dimension as codes; the last key is "unknown"."""

    name: str
    keys: list[str]
    labels: dict[str, Texts]
    codes: NDArray[np.int64]
    title: Texts

    def heads(self) -> list[Document]:
        """Key and label of each group."""
        return [{"key": key, "label": self.labels[key]} for key in self.keys]


def grouping(dimension: Dimension) -> Grouping:
    """Number the groups of a dimension in their order."""
    keys = [key for key in dimension.order if key != UNKNOWN]
    keys += sorted({value for value in dimension.values if value} - set(keys) - {UNKNOWN})
    keys.append(UNKNOWN)
    place = {key: number for number, key in enumerate(keys)}
    codes = np.array([place[value or UNKNOWN] for value in dimension.values], dtype=np.int64)
    labels = {key: dimension.labels.get(key, {"en": key}) for key in keys}
    return Grouping(dimension.name, keys, labels, codes, dimension.title)
