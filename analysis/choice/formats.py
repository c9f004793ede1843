"""Ballots as others write them: PrefLib's orders and tables of ranks. Ties survive."""

import csv
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
#: Columns of a table that are no items.
NAMES_OF_BALLOTS = frozenset({"", "ballot", "id", "voter", "respondent", "participant"})
WEIGHT = "weight"
_NAME = re.compile(r"#\s*ALTERNATIVE NAME\s+(\d+)\s*:\s*(.*)")
_COUNT = re.compile(r"#\s*NUMBER ALTERNATIVES\s*:\s*(\d+)")
_ENTRY = re.compile(r"\{([^{}]*)\}|([^,{}]+)")


@dataclass(frozen=True, slots=True)
class RankTable:
    """Ranks as they were written.

    Attributes
    ----------
    items : tuple of str, length m
    ranks : ndarray of float64, shape (n, m)
        A lower number is better, equal numbers are ties, NaN is not ranked.
    counts : ndarray of float64, shape (n,)
        How many ballots a row stands for, or its weight.
    """

    items: tuple[str, ...]
    ranks: Floats
    counts: Floats


def read_ballots(text: str, kind: str) -> RankTable:
    r"""Read a file of ballots.

    Parameters
    ----------
    text : str
    kind : str
        How its name ends: "soc", "soi", "toc" or "toi" (PrefLib), "csv" or "tsv".

    Returns
    -------
    RankTable

    Raises
    ------
    ValueError
        With the number of the line that cannot be read, or for an unknown kind.

    References
    ----------
    Mattei & Walsh 2013, "PrefLib: a library for preferences"; its file formats of today and of
    2013 to 2021.

    Examples
    --------
    >>> found = read_ballots("# NUMBER ALTERNATIVES: 3\n2: 1,{2,3}\n", "toc")
    >>> found.ranks.tolist(), found.counts.tolist()
    ([[1.0, 2.0, 2.0]], [2.0])
    """
    ending = kind.lower().removeprefix(".")
    if ending in {"soc", "soi", "toc", "toi"}:
        return _preflib(text)
    if ending in {"csv", "tsv"}:
        return _table(text)
    raise ValueError(f"Not a kind of ballots: {kind}")


def _preflib(text: str) -> RankTable:
    lines = text.splitlines()
    is_old = bool(lines) and lines[0].strip().isdigit()
    names, start = _old_names(lines) if is_old else _names(lines)
    ranks, counts = [], []
    for number, line in enumerate(lines[start:], start=start + 1):
        if not line.strip() or line.startswith("#"):
            continue
        count, order = _split(line, number, is_old=is_old)
        counts.append(count)
        ranks.append(_ranks(order, len(names), number))
    if not ranks:
        raise ValueError("There are no ballots in the file.")
    return RankTable(tuple(names), np.array(ranks), np.array(counts))


def _names(lines: Sequence[str]) -> tuple[list[str], int]:
    found: dict[int, str] = {}
    size = 0
    for line in lines:
        if match := _NAME.match(line):
            found[int(match[1])] = match[2].strip()
        elif match := _COUNT.match(line):
            size = int(match[1])
    size = max(size, *found, 0) if found else size
    if not 0 < size <= 10_000:
        raise ValueError("The head of the file does not say how many alternatives there are.")
    return [found.get(place, str(place)) for place in range(1, size + 1)], 0


def _old_names(lines: Sequence[str]) -> tuple[list[str], int]:
    size = int(lines[0])
    if not 0 < size <= 10_000 or len(lines) < size + 2:
        raise ValueError("The file ends before its alternatives do.")
    return [line.partition(",")[2].strip() for line in lines[1 : size + 1]], size + 2


def _split(line: str, number: int, *, is_old: bool) -> tuple[float, str]:
    count, _sign, order = line.partition("," if is_old else ":")
    if not count.strip().isdigit():
        raise ValueError(f"Line {number} does not begin with a number of ballots.")
    return float(count), order


def _ranks(order: str, m: int, number: int) -> list[float]:
    found = [np.nan] * m
    for place, group in enumerate(_groups(order, number), start=1):
        for name in group:
            if not name.isdigit() or not 1 <= int(name) <= m:
                raise ValueError(f"Line {number} names an alternative that there is not.")
            if not np.isnan(found[int(name) - 1]):
                raise ValueError(f"Line {number} ranks an alternative twice.")
            found[int(name) - 1] = float(place)
    return found


def _groups(order: str, number: int) -> Iterator[list[str]]:
    rest = _ENTRY.sub("", order)
    if set(rest) - {",", " "}:
        raise ValueError(f"Line {number} has a brace without its other.")
    for match in _ENTRY.finditer(order):
        names = [name.strip() for name in (match[1] or match[2]).split(",")]
        names = [name for name in names if name]
        if names:
            yield names


def _table(text: str) -> RankTable:
    lines = text.lstrip("\ufeff").splitlines()
    if not lines:
        raise ValueError("There are no ballots in the file.")
    separator = max(",;\t", key=lines[0].count)
    rows = csv.reader(lines, delimiter=separator)
    head = [name.strip() for name in next(rows)]
    weighted = [column for column, name in enumerate(head) if name.lower() == WEIGHT]
    chosen = [
        column
        for column, name in enumerate(head)
        if name.lower() not in NAMES_OF_BALLOTS | {WEIGHT}
    ]
    if len({head[column] for column in chosen}) != len(chosen):
        raise ValueError("Two columns have the same name.")
    # Flat and of one type: a million ballots are a hundred megabytes here, and ten times that
    # as lists.
    ranks, counts = array("d"), array("d")
    for number, row in enumerate(rows, start=2):
        if not any(cell.strip() for cell in row):
            continue
        ranks.extend([_number(row, column, number) for column in chosen])
        weight = _number(row, weighted[0], number) if weighted else 1.0
        counts.append(0.0 if np.isnan(weight) else weight)
    if not counts:
        raise ValueError("There are no ballots in the file.")
    return RankTable(
        tuple(head[column] for column in chosen),
        np.array(ranks).reshape(len(counts), len(chosen)),
        np.array(counts),
    )


def _number(row: Sequence[str], column: int, number: int) -> float:
    cell = row[column].strip() if column < len(row) else ""
    if not cell:
        return np.nan
    try:
        value = float(cell)
    except ValueError:
        value = np.inf
    if not np.isfinite(value):
        raise ValueError(f"Line {number}: {cell[:20]!r} is not a rank.")
    return value
