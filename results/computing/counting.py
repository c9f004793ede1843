"""One source counted by every grouping that its document looks at, each once.

Where ballots stand alone, regions and sectors are sums of their crossing. Where several come from
one organisation their errors do not add up over cells, and each grouping is counted by itself.
"""

from dataclasses import dataclass, field

from analysis.choice.tally import Tallies, Tally, tally
from results.computing.ranked import Grouping, Ranked

Cells = list[list[int]]


@dataclass(frozen=True, slots=True)
class Counts:
    """The sums of one source.

    Attributes
    ----------
    crossed : Tallies
        Every region by every sector; the cell of region r and sector s is r times the number of
        sectors plus s.
    """

    ranked: Ranked
    region: Grouping
    sector: Grouping
    crossed: Tallies
    _parts: dict[str, Tallies] = field(default_factory=dict)

    def whole(self, weighting: int) -> Tally:
        """Everybody."""
        if not self.crossed.is_clustered:
            return self.crossed.of(weighting)
        if "" not in self._parts:
            self._parts[""] = tally(
                self.ranked.ballots, self.ranked.weights(), clusters=self.ranked.clusters
            )
        return self._parts[""].of(weighting)

    def by(self, group: Grouping) -> tuple[Tallies, Cells]:
        """Sums for a grouping, and the cells of each of its groups in them."""
        if group.name in {"region", "sector"} and not self.crossed.is_clustered:
            return self.crossed, [self.cells_of(group, place) for place in range(len(group.keys))]
        if group.name not in self._parts:
            self._parts[group.name] = tally(
                self.ranked.ballots,
                self.ranked.weights(),
                group.codes,
                n_cells=len(group.keys),
                clusters=self.ranked.clusters,
            )
        return self._parts[group.name], [[place] for place in range(len(group.keys))]

    def cells_of(self, group: Grouping, place: int) -> list[int]:
        """The cells of a region or a sector among region by sector."""
        size, width = len(self.crossed.n), len(self.sector.keys)
        if group.name == "region":
            return list(range(place * width, (place + 1) * width))
        return list(range(place, size, width))


def count(ranked: Ranked, region: Grouping, sector: Grouping) -> Counts:
    """Count the ballots of a source once, by region and sector."""
    cells = region.codes * len(sector.keys) + sector.codes
    size = len(region.keys) * len(sector.keys)
    crossed = tally(ranked.ballots, ranked.weights(), cells, n_cells=size, clusters=ranked.clusters)
    return Counts(ranked, region, sector, crossed)
