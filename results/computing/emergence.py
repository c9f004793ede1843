"""Themes over rounds and fortnights: which appeared, grew, held, faded or are gone.

By the codebook that people signed off, where there is one; else by the topics that a machine
found. One document, `emergence`, for the committee alone.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.text.emergence import Trend, counted_shares, trends
from analysis.text.shares import Estimate, Scope, ThemeShare, theme_shares
from results.computing.inputs import Inputs, Result
from results.tables import Document, rounded
from results.workbench import report
from results.workbench.population import is_readable

ROUND = "round"
FORTNIGHT = "fortnight"
DAYS = 14
#: More columns than these nobody reads: the periods are made twice as long until they fit.
MOST_PERIODS = 13
FEWEST_PERIODS = 2

_Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Periods:
    """One way to cut the answers by time.

    `of` names the period of each answer, None where it has none; `keys` are the periods that
    have answers, in order, and `at` says where each lies, so that a gap stays a gap.
    """

    of: list[str | None]
    keys: list[str]
    at: list[float]
    days: int | None = None
    #: The day on which the first of periods of `days` days begins.
    start: date | None = None

    def only(self, kept: Sequence[bool]) -> "Periods":
        """The same periods, of some of the answers."""
        of = [own for own, is_kept in zip(self.of, kept, strict=True) if is_kept]
        left = [place for place, key in enumerate(self.keys) if key in set(of)]
        return replace(
            self,
            of=of,
            keys=[self.keys[place] for place in left],
            at=[self.at[place] for place in left],
        )


def by_round(rows: Sequence[_Row]) -> Periods:
    """The rounds; what came outside of rounds, as in a dialogue, has no period."""
    numbers = sorted({row["round"] for row in rows if row["round"] is not None})
    return Periods(
        [None if row["round"] is None else _key(row["round"]) for row in rows],
        [_key(number) for number in numbers],
        [float(number) for number in numbers],
    )


def by_fortnight(rows: Sequence[_Row]) -> Periods:
    """Fortnights from the day of the first answer on, longer ones where there would be too many."""
    days = [row["received_on"] for row in rows]
    if not days:
        return Periods([], [], [], DAYS)
    first, span = min(days), (max(days) - min(days)).days + 1
    length = DAYS
    while span > length * MOST_PERIODS:
        length *= 2
    numbers = [(day - first).days // length for day in days]
    known = sorted(set(numbers))
    return Periods(
        [_key(number) for number in numbers],
        [_key(number) for number in known],
        [float(number) for number in known],
        length,
        first,
    )


def _key(number: int) -> str:
    """Keys in the order of their numbers."""
    return f"{number:04d}"


_Cells = Callable[[Periods, NDArray[np.bool_]], tuple[ThemeShare, ...]]


def of_themes(
    counted: report.Counted,
    entries: Sequence[dict[str, Any]],
    rows: Sequence[_Row],
    repeats: Collection[str] = (),
) -> Document:
    """The course of signed-off themes, from the machine's codes as the audit corrects them."""

    def cells(periods: Periods, kept: NDArray[np.bool_]) -> tuple[ThemeShare, ...]:
        some = counted.only(kept)
        found = theme_shares(
            some.probability,
            some.audit,
            some.codes,
            groups=periods.of,
            clusters=some.people,
            # A later round hears other people: what chance did to that is part of the doubt.
            scope=Scope.PEOPLE,
            small=some.small,
        )
        return found[counted.probability.shape[1] :]

    said = [
        {"key": entry["code"], "label": entry.get("name", {}), "terms": []} for entry in entries
    ]
    return {"basis": "themes", **_with_and_without(rows, said, cells, repeats)}


def add_emergence(result: Result, inputs: Inputs) -> None:
    """The course of topics, where there are no themes of people."""
    if "emergence" in result.documents:
        return
    document = result.documents.get("topics", {"rows": []})
    if not document["rows"]:
        result.documents["emergence"] = {"basis": "topics", "by": {}, **_too_few(document)}
        return
    topic_of = {key: topic for key, topic, _confidence in result.members}
    rows = [
        row
        for row in inputs.frozen.contributions.iter_rows(named=True)
        if row["for_topics"]
        and (
            row["id"] in topic_of
            or is_readable(
                inputs.texts.get(row["id"], ""), row["language"], is_put_back=row["put_back"]
            )
        )
    ]
    numbers = [int(row["key"]) for row in document["rows"]]
    own = np.array([topic_of.get(row["id"], -1) for row in rows])
    raised = own[:, None] == np.array(numbers)

    def cells(periods: Periods, kept: NDArray[np.bool_]) -> tuple[ThemeShare, ...]:
        return counted_shares(raised[kept], periods.of, small=inputs.small)

    said = [
        {
            "key": row["key"],
            "label": {},
            "terms": row["terms"],
            "terms_in": row.get("terms_in", {}),
            "language": row.get("terms_language") or row["language"],
            "in_campaigns": row["in_campaigns"],
        }
        for row in document["rows"]
    ]
    result.documents["emergence"] = {
        "basis": "topics",
        **_with_and_without(rows, said, cells, result.repeats),
    }


def _too_few(document: Document) -> Document:
    return {"too_few": document["too_few"]} if "too_few" in document else {}


def _with_and_without(
    rows: Sequence[_Row], said: Sequence[Document], cells: _Cells, repeats: Collection[str]
) -> Document:
    """Both series of all answers; and, where there were campaigns, with each counted once."""
    kept = np.array([row["id"] not in repeats for row in rows], dtype=bool)
    document: Document = {"by": _both(rows, said, cells, np.ones(len(rows), dtype=bool))}
    if not kept.all():
        document["once"] = {
            "n_repeats": int((~kept).sum()),
            "by": _both(rows, said, cells, kept),
        }
    return document


def _both(
    rows: Sequence[_Row], said: Sequence[Document], cells: _Cells, kept: NDArray[np.bool_]
) -> Document:
    some = [row for row, is_kept in zip(rows, kept.tolist(), strict=True) if is_kept]
    return {
        # Cut by all answers, so that the periods are the same with and without campaigns.
        name: _series(cut(rows).only(kept.tolist()), some, said, cells, kept)
        for name, cut in ((ROUND, by_round), (FORTNIGHT, by_fortnight))
    }


def _series(
    periods: Periods,
    rows: Sequence[_Row],
    said: Sequence[Document],
    cells: _Cells,
    kept: NDArray[np.bool_],
) -> Document:
    found: tuple[ThemeShare, ...] = cells(periods, kept) if periods.keys else ()
    first = {share.group: share for share in found if share.theme == 0}
    described = [_period(key, periods, rows, first[key]) for key in periods.keys]
    readable = [key for key in periods.keys if first[key].estimate is not None]
    document: Document = {
        "days": periods.days,
        "periods": described,
        "is_alike": len({tuple(one["questions"]) for one in described}) <= 1,
        "left_out": periods.of.count(None),
        "rows": [],
    }
    if len(readable) < FEWEST_PERIODS:
        return {**document, "too_few": {"n": len(readable), "needed": FEWEST_PERIODS}}
    courses = trends(found, periods.keys, at=periods.at)
    document["rows"] = [
        {**words, **_figures(course)} for words, course in zip(said, courses, strict=True)
    ]
    return document


def _period(key: str, periods: Periods, rows: Sequence[_Row], share: ThemeShare) -> Document:
    members = [row for row, own in zip(rows, periods.of, strict=True) if own == key]
    days: list[date] = [row["received_on"] for row in members]
    start, end = min(days), max(days)
    if periods.days is not None and periods.start is not None:
        start = periods.start + timedelta(days=int(key) * periods.days)
        end = start + timedelta(days=periods.days - 1)
    return {
        "key": str(int(key)),
        "from": start.isoformat(),
        "to": end.isoformat(),
        "n": share.n,
        "n_read": share.audit_n,
        "is_small": share.is_small,
        "questions": sorted({row["question"] for row in members}),
    }


def _figures(trend: Trend) -> Document:
    return {
        "course": trend.course.value,
        "change": rounded(trend.change),
        "effect": rounded(trend.effect),
        "slope": rounded(trend.slope),
        "p": rounded(trend.p),
        "adjusted_p": rounded(trend.adjusted_p),
        "is_small": trend.is_small,
        "shares": [_estimate(share) for share in trend.shares],
    }


def _estimate(share: Estimate | None) -> Document:
    if share is None:
        return {"share": None, "low": None, "high": None}
    return {
        "share": rounded(share.share),
        "low": rounded(share.low),
        "high": rounded(share.high),
    }
