"""Opinion groups: people who rate the same statements alike, beside what chance would look like.

A rating above the middle of its scale is agreement, one below it disagreement; the middle itself
and "no opinion" are a pass; what was not asked or not answered was not seen.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.agreement.bridging import Bridging, bridge
from analysis.agreement.consensus import (
    AGREE,
    DISAGREE,
    PASS,
    VoteCounts,
    count_votes,
    group_consensus,
    representative,
)
from analysis.agreement.opinion_groups import FEWEST_VOTES, OpinionGroups, find_opinion_groups
from analysis.errors import TooFewAnswers
from analysis.types import AnswerState, wilson
from results import tables
from results.computing.inputs import Dimension, Inputs, Result
from results.measures import RatingSet, rating_sets
from results.rankings import tables as ranking_tables
from results.tables import Document, Texts, proportion, rounded
from surveys.documents import QuestionnaireDocument

Floats = NDArray[np.float64]
FEWEST_STATEMENTS = 4
#: Beyond these many, groups are looked for among so many drawn by chance.
MOST_PEOPLE = 5_000
SHUFFLES = 29
#: Groups are there where the votes shuffled look as clear in fewer than one of twenty.
SURE = 0.05
#: Statements that a group is described by, of each kind.
MOST_OWN = 5
#: Dots on the map, and how far apart two of them are at least.
MOST_DOTS = 600
GRID = 0.04


@dataclass(frozen=True, slots=True)
class Asked:
    """The statements of one set, and who voted how."""

    items: list[str]
    labels: dict[str, Texts]
    votes: Floats


def add_opinions(
    result: Result,
    number: int,
    document: QuestionnaireDocument,
    dimensions: list[Dimension],
    inputs: Inputs,
) -> None:
    """A table for each set of statements that were rated on one scale."""
    frame = inputs.frozen.answers[number]
    for found in rating_sets(document):
        if len(found.measures) < FEWEST_STATEMENTS:
            continue
        labels = {measure.code: dict(measure.label) for measure in found.measures}
        asked = Asked(list(labels), labels, votes_of(frame, found))
        name = f"opinions/{number}/{found.name}"
        try:
            result.documents[name] = {
                "title": found.title,
                **_document(asked, dimensions, inputs.seed),
            }
        except TooFewAnswers as error:
            result.documents[name] = tables.too_few(found.title, error.n, error.needed)


def votes_of(frame: pl.DataFrame, found: RatingSet) -> Floats:
    """1 agree, -1 disagree, 0 pass, NaN not seen, a column a statement."""
    columns = []
    for measure in found.measures:
        values = frame[measure.code].cast(pl.Float64).to_numpy()
        states = frame[f"{measure.code}:state"].to_numpy()
        votes = np.sign(values - (measure.low + measure.high) / 2)
        votes = np.where(states == AnswerState.ANSWERED.value, votes, np.nan)
        columns.append(np.where(states == AnswerState.DONT_KNOW.value, PASS, votes))
    return np.stack(columns, axis=1)


def _document(asked: Asked, dimensions: list[Dimension], seed: int) -> Document:
    votes = asked.votes
    enough = (~np.isnan(votes)).sum(axis=1) >= min(FEWEST_VOTES, votes.shape[1])
    people = np.flatnonzero(enough)
    n = len(people)
    if n > MOST_PEOPLE:
        drawn = np.random.default_rng(seed).choice(n, MOST_PEOPLE, replace=False)
        people = people[np.sort(drawn)]
    groups = find_opinion_groups(votes[people], seed=seed, shuffles=SHUFFLES)
    counts = count_votes(votes[people], groups.labels, len(groups.sizes))
    is_found = groups.p <= SURE
    names = [str(label + 1) for label in groups.labels.tolist()]
    return {
        "n": n,
        "n_drawn": len(people),
        "is_found": is_found,
        "silhouette": rounded(groups.silhouette),
        "silhouettes": {str(k): rounded(value) for k, value in groups.silhouettes.items()},
        "null": {
            "median": rounded(float(np.median(groups.null))),
            "highest": rounded(groups.null[-1]),
            "shuffles": len(groups.null),
        },
        "p": rounded(groups.p),
        "rows": _statements(asked),
        "groups": _groups(asked, groups, counts) if is_found else [],
        "consensus": _consensus(asked, groups, counts) if is_found else [],
        "map": _map(groups),
        "bridging": {
            "found": _bridged(asked, people, names) if is_found else None,
            **{
                one.name: _bridged(asked, np.arange(len(votes)), one.values, one.labels)
                for one in dimensions[:2]
            },
        },
    }


def _statements(asked: Asked) -> list[Document]:
    """How all who saw a statement voted on it."""
    rows = []
    for key, column in zip(asked.items, asked.votes.T, strict=True):
        seen = column[~np.isnan(column)]
        shares = {
            way: proportion(wilson(int((seen == vote).sum()), len(seen)))
            for way, vote in (("agree", AGREE), ("pass", PASS), ("disagree", DISAGREE))
        }
        rows.append({"key": key, "label": asked.labels[key], "n": len(seen), **shares})
    return rows


def _groups(asked: Asked, groups: OpinionGroups, counts: VoteCounts) -> list[Document]:
    found = []
    for place, size in enumerate(groups.sizes):
        is_hidden = groups.is_suppressed[place]
        found.append(
            {
                "key": str(place + 1),
                "n": size,
                "share": rounded(size / sum(groups.sizes)),
                "is_suppressed": is_hidden,
                "own": [] if is_hidden else _own(asked, counts, place),
            }
        )
    return found


def _own(asked: Asked, counts: VoteCounts, place: int) -> list[Document]:
    """What a group holds more than everybody else, the clearest first."""
    rows: list[tuple[float, Document]] = []
    for way, said in (("agree", counts.agrees), ("disagree", counts.disagrees)):
        tested = representative(said, counts.seen)
        for item in np.flatnonzero(tested.is_significant[place]):
            others = counts.seen[:, item].sum() - counts.seen[place, item]
            rest = said[:, item].sum() - said[place, item]
            n = int(counts.seen[place, item])
            rows.append(
                (
                    float(tested.ratio_z[place, item]),
                    {
                        "key": asked.items[item],
                        "way": way,
                        "share": proportion(wilson(int(said[place, item]), n)),
                        "others": proportion(wilson(int(rest), int(others))),
                    },
                )
            )
    rows.sort(key=lambda row: (-row[0], row[1]["key"], row[1]["way"]))
    return [row for _z, row in rows[:MOST_OWN]]


def _consensus(asked: Asked, groups: OpinionGroups, counts: VoteCounts) -> list[Document]:
    """Statements on which most of every group large enough to speak is of one mind."""
    speaking = [place for place, hidden in enumerate(groups.is_suppressed) if not hidden]
    if len(speaking) < 2:
        return []
    seen = counts.seen[speaking]
    rows: list[tuple[float, Document]] = []
    for way, said in (("agree", counts.agrees[speaking]), ("disagree", counts.disagrees[speaking])):
        score = group_consensus(said, seen).geometric
        shares = np.divide(said, seen, out=np.zeros(said.shape), where=seen > 0)
        for item in np.flatnonzero((shares > 0.5).all(axis=0)):
            document = {
                "key": asked.items[item],
                "way": way,
                "score": rounded(score[item]),
                "shares": {
                    str(place + 1): rounded(share)
                    for place, share in zip(speaking, shares[:, item], strict=True)
                },
            }
            rows.append((float(score[item]), document))
    rows.sort(key=lambda row: (-row[0], row[1]["key"]))
    return [row for _score, row in rows]


def _map(groups: OpinionGroups) -> Document:
    """People in the plane where their votes differ most; those who stand together are one dot."""
    points, labels = groups.opinion_map.points, groups.labels
    kept = labels >= 0
    reach = float(np.abs(points[kept]).max(initial=0.0)) or 1.0
    places = np.column_stack([(points[kept] / reach / GRID).round(), labels[kept]])
    dots, sizes = np.unique(places.astype(np.int64), axis=0, return_counts=True)
    order = np.lexsort((*dots.T, -sizes))[:MOST_DOTS]
    return {
        "explained": [rounded(share) for share in groups.opinion_map.explained],
        "n": int(sizes[order].sum()),
        "dots": [
            [round(x * GRID, 2), round(y * GRID, 2), group + 1, size]
            for (x, y, group), size in zip(dots[order].tolist(), sizes[order].tolist(), strict=True)
        ],
    }


def _bridged(
    asked: Asked,
    people: NDArray[np.intp],
    names: list[str] | list[str | None],
    labels: dict[str, Texts] | None = None,
) -> Document | None:
    """What every group agrees with, by the share who agree, each group with one voice."""
    votes = asked.votes[people]
    positions = np.where(np.isnan(votes), np.nan, np.where(votes == AGREE, 1.0, 2.0))
    try:
        found: Bridging = bridge(positions, asked.items, names, k=1)
    except TooFewAnswers:
        return None
    return ranking_tables.bridging(found, labels or {})
