"""What one group says more than the others, with a test and an effect size."""

import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from analysis.multiplicity import benjamini_hochberg

#: A term that fewer answers hold in all is not tested.
RAREST = 5
#: With an expected count below it chi-squared is no good limit: few holders split by chance.
FEWEST_EXPECTED = 5.0


@dataclass(frozen=True, slots=True)
class KeyTerm:
    """One term that a group says more, or less, than the rest.

    Attributes
    ----------
    term : str
    group : str
    language : str
        In which answers were compared; "" for all together.
    n : int
        People of the group that were compared: answers, where nobody said whose they are.
    count, rest : int
        People with the term in the group and in all others.
    share, rest_share : float
        The same as shares of the people, in [0, 1].
    log_ratio : float
        The binary logarithm of the ratio of the shares, half an answer added to each count: 1
        is twice as often, -1 half as often.
    likelihood : float
        The log-likelihood ratio statistic, 0 or above.
    p, adjusted_p : float
        Of a chi-squared distribution with one degree of freedom, or Fisher's exact one where an
        expected count is below 5; Benjamini-Hochberg over all terms and groups tested together.
    examples : tuple of int
        Positions of answers in the group that hold the term, the first ones.
    """

    term: str
    group: str
    language: str
    n: int
    count: int
    rest: int
    share: float
    rest_share: float
    log_ratio: float
    likelihood: float
    p: float
    adjusted_p: float
    examples: tuple[int, ...]


def keyness(
    terms: Sequence[Sequence[str]],
    groups: Sequence[str | None],
    *,
    rarest: int = RAREST,
    examples: int = 3,
    families: Sequence[int] | None = None,
    languages: Sequence[str] | None = None,
    people: Sequence[Hashable] | None = None,
) -> tuple[KeyTerm, ...]:
    """Find the terms whose use differs between groups.

    Parameters
    ----------
    terms : sequence of sequence of str, length n
        The terms of each answer (`analysis.text.tokens.terms`). An answer counts once for each
        of its terms, however often it says it: the unit is the person, not the word.
    groups : sequence of str or None, length n
        None is left out of every comparison.
    rarest : int
        Terms that fewer answers hold are not tested.
    examples : int
    families : sequence of int, length n, optional
        Copies of one text share a number; each family counts once in each group, so that a
        campaign cannot make its own words key.
    languages : sequence of str, length n, optional
        With them an answer is compared with answers in its own language alone, and a term is one
        of its language: otherwise the words of a language that one region writes are all key.
    people : sequence, length n, optional
        Who gave each answer. Whoever gave several counts once in a group, and once for each term,
        however many of the answers hold it; without it each answer is somebody's of their own.

    Returns
    -------
    tuple of KeyTerm
        The largest adjusted evidence first, then the larger effect, then by term. Empty where
        fewer than two groups have answers.

    Raises
    ------
    ValueError
        Lengths differ.

    References
    ----------
    Dunning 1993, Computational Linguistics 19, 61-74 (the statistic); Hardie 2014, "Log ratio:
    an informal introduction" (the effect size); Fisher 1935, JRSS 98, 39-82 (rare terms).

    Examples
    --------
    >>> said = [["water"]] * 8 + [["jobs"]] * 8
    >>> found = keyness(said, ["dry"] * 8 + ["rich"] * 8)
    >>> [(key.term, key.group) for key in found if key.log_ratio > 0]
    [('jobs', 'rich'), ('water', 'dry')]
    """
    if any(
        given is not None and len(given) != len(terms)
        for given in (groups, families, languages, people)
    ):
        raise ValueError(
            "Terms, groups, families, languages and people need one value for each answer."
        )
    counted = _counted_rows(groups, families)
    owners = range(len(terms)) if people is None else people
    if languages is None:
        found = list(_compared(counted, terms, groups, owners, "", rarest, examples))
    else:
        spoken = sorted({languages[row] for row in counted})
        found = [
            key
            for language in spoken
            for key in _compared(
                [row for row in counted if languages[row] == language],
                *(terms, groups, owners, language, rarest, examples),
            )
        ]
    adjusted = benjamini_hochberg([key.p for key in found]) if found else ()
    sure = [replace(key, adjusted_p=float(p)) for key, p in zip(found, adjusted, strict=True)]
    return tuple(sorted(sure, key=_order))


def _order(key: KeyTerm) -> tuple[float, float, str, str, str]:
    return key.adjusted_p, -abs(key.log_ratio), key.term, key.group, key.language


def _compared(
    rows: list[int],
    terms: Sequence[Sequence[str]],
    groups: Sequence[str | None],
    owners: Sequence[Hashable],
    language: str,
    rarest: int,
    examples: int,
) -> Iterator[KeyTerm]:
    """The terms of people that can be compared with each other; p not adjusted yet."""
    names = sorted({group for group in (groups[row] for row in rows) if group is not None})
    if len(names) < 2:
        return
    members: dict[str, set[Hashable]] = {name: set() for name in names}
    # The first answer in which each person says a term: the others of the same person say no more.
    said: dict[str, dict[str, dict[Hashable, int]]] = {}
    for row in rows:
        group = groups[row] or ""
        members[group].add(owners[row])
        for term in terms[row]:
            said.setdefault(term, {}).setdefault(group, {}).setdefault(owners[row], row)
    sizes = {name: len(found) for name, found in members.items()}
    holders = {
        term: {group: list(first.values()) for group, first in found.items()}
        for term, found in said.items()
    }
    tested = sorted(
        term for term, found in holders.items() if sum(map(len, found.values())) >= rarest
    )
    yield from _test(tested, holders, sizes, examples, language)


def log_likelihood(counts: ArrayLike, totals: ArrayLike) -> NDArray[np.float64]:
    """The log-likelihood ratio of two shares being one.

    Parameters
    ----------
    counts : array of int, shape (..., 2)
        Answers with the term in the group and in the rest.
    totals : array of int, shape (..., 2)
        All answers of each, not below the counts.

    Returns
    -------
    ndarray of float64, shape (...)

    Examples
    --------
    >>> round(float(log_likelihood([8, 0], [8, 8])), 3)
    22.181
    """
    held = np.asarray(counts, dtype=np.float64)
    size = np.asarray(totals, dtype=np.float64)
    share = held.sum(axis=-1, keepdims=True) / size.sum(axis=-1, keepdims=True)
    found: NDArray[np.float64] = 2 * (
        _times_log(held, size * share) + _times_log(size - held, size * (1 - share))
    ).sum(axis=-1)
    return np.maximum(found, 0.0)


def _times_log(observed: NDArray[np.float64], expected: NDArray[np.float64]) -> NDArray[np.float64]:
    ratio = np.where(observed > 0, observed / np.where(expected > 0, expected, 1.0), 1.0)
    return np.asarray(observed * np.log(ratio), dtype=np.float64)


def _probability(
    likelihood: NDArray[np.float64],
    count: NDArray[np.int64],
    rest: NDArray[np.int64],
    size: NDArray[np.int64],
    everybody: int,
) -> NDArray[np.float64]:
    """By the limit, and exactly where the limit does not hold."""
    found = np.asarray(scipy.stats.chi2.sf(likelihood, 1), dtype=np.float64)
    held = count + rest
    smaller = np.minimum(size, everybody - size) * np.minimum(held, everybody - held)
    known: dict[tuple[int, int], NDArray[np.float64]] = {}
    for place in np.flatnonzero(smaller < FEWEST_EXPECTED * everybody):
        n, holders = int(size[place]), int(held[place])
        if (n, holders) not in known:
            known[n, holders] = _fisher(n, holders, everybody)
        found[place] = known[n, holders][count[place] - max(0, n + holders - everybody)]
    return found


def _fisher(n: int, holders: int, everybody: int) -> NDArray[np.float64]:
    """Fisher's two-sided p for every number of holders that a group of n may have."""
    counts = np.arange(max(0, n + holders - everybody), min(n, holders) + 1)
    log = scipy.special.gammaln
    chances = np.exp(
        -(log(counts + 1) + log(holders - counts + 1))
        - (log(n - counts + 1) + log(everybody - holders - n + counts + 1))
        + (log(holders + 1) + log(everybody - holders + 1))
        + (log(n + 1) + log(everybody - n + 1) - log(everybody + 1))
    )
    rising = np.sort(chances)
    # Chances that are equal up to rounding are as far.
    as_far = np.searchsorted(rising, chances * (1 + 1e-7), side="right")
    return np.asarray(np.minimum(np.cumsum(rising)[as_far - 1], 1.0), dtype=np.float64)


def _counted_rows(groups: Sequence[str | None], families: Sequence[int] | None) -> list[int]:
    rows = [row for row, group in enumerate(groups) if group is not None]
    if families is None:
        return rows
    first: dict[tuple[str | None, int], int] = {}
    for row in rows:
        first.setdefault((groups[row], families[row]), row)
    return sorted(first.values())


def _test(
    tested: list[str],
    holders: Mapping[str, Mapping[str, list[int]]],
    sizes: Mapping[str, int],
    examples: int,
    language: str,
) -> Iterator[KeyTerm]:
    everybody = sum(sizes.values())
    cells = [(term, group) for term in tested for group in sizes]
    if not cells:
        return
    count = np.array([len(holders[term].get(group, ())) for term, group in cells])
    everywhere = {term: sum(map(len, holders[term].values())) for term in tested}
    rest = np.array([everywhere[term] for term, _group in cells]) - count
    size = np.array([sizes[group] for _term, group in cells])
    likelihood = log_likelihood(
        np.stack([count, rest], axis=-1), np.stack([size, everybody - size], axis=-1)
    )
    p = _probability(likelihood, count, rest, size, everybody)
    for place, (term, group) in enumerate(cells):
        n, others = int(size[place]), everybody - int(size[place])
        held, elsewhere = int(count[place]), int(rest[place])
        yield KeyTerm(
            term=term,
            group=group,
            language=language,
            n=n,
            count=held,
            rest=elsewhere,
            share=held / n,
            rest_share=elsewhere / others,
            log_ratio=math.log2(((held + 0.5) / (n + 1)) / ((elsewhere + 0.5) / (others + 1))),
            likelihood=float(likelihood[place]),
            p=float(p[place]),
            adjusted_p=math.nan,
            examples=tuple(holders[term].get(group, ())[:examples]),
        )
