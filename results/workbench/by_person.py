"""The share of people who raise a theme in any answer, or why it cannot be told.

One computation for the page of the workbench and for a run.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from results.workbench import population, report
from results.workbench.models import SampleUnit
from results.workbench.weighing import weights_for


class Untold(StrEnum):
    """Why nothing can be told of people."""

    #: Everybody gave one answer: the shares of answers are shares of people.
    ONE_EACH = "one_each"
    #: Nothing was drawn, or all that was drawn is gone.
    NO_SAMPLE = "no_sample"
    #: The sample was begun by answer, so that it hardly holds all answers of anybody.
    BY_ANSWER = "by_answer"
    #: All answers came from places where people are not counted, such as dialogues.
    NOBODY_KNOWN = "nobody_known"
    #: Nothing stands of some answers of the sample: those who gave few would be done first.
    NOT_READ = "not_read"
    #: People of the sample gave more answers after it was drawn.
    MORE_SINCE = "more_since"


@dataclass(frozen=True, slots=True)
class ByPerson:
    """The shares of people, or why there are none.

    Attributes
    ----------
    shares : report.Shares or None
        Without differences between groups.
    untold : Untold or None
        None where there are shares.
    n : int
        People whose answers have something to read: the base.
    n_audit : int
        Those of them who were drawn by chance, with all their answers read.
    n_open : int
        Answers of people in the sample that were not read, or not drawn.
    """

    shares: report.Shares | None = None
    untold: Untold | None = None
    n: int = 0
    n_audit: int = 0
    n_open: int = 0

    def about(self) -> dict[str, Any]:
        """What a run keeps beside the shares, or in their place."""
        if self.untold is None:
            return {"n_audit": self.n_audit}
        return {"untold": self.untold.value, "n_open": self.n_open}


@dataclass(frozen=True, slots=True)
class Drawn:
    """The random sample: what was drawn, and the answers that came with it."""

    #: None where no sample was drawn.
    unit: SampleUnit | None
    answers: frozenset[str]


def count(
    counted: report.Counted,
    ids: Sequence[str],
    givers: population.Givers,
    drawn: Drawn,
    targets: Mapping[str, Mapping[str, float]],
) -> ByPerson:
    """Count people, where the sample can tell them.

    It can where it drew people with all their answers and was read to its end.
    """
    never = _never(givers, drawn)
    if never is not None:
        return ByPerson(untold=never)
    is_drawn = np.array([key in drawn.answers for key in ids], dtype=np.bool_)
    if not is_drawn.any():
        return ByPerson(untold=Untold.NO_SAMPLE)
    unread = int(is_drawn.sum()) - len(counted.audit)
    if unread:
        return ByPerson(untold=Untold.NOT_READ, n_open=unread)
    in_sample = np.isin(givers.numbers, givers.numbers[is_drawn])
    since = int((in_sample & ~is_drawn).sum())
    if since:
        return ByPerson(untold=Untold.MORE_SINCE, n_open=since)
    people = of_people(counted, givers.is_known)
    by = {name: people.groups[name] for name in ("region", "sector")}
    weighed = replace(people, weights=weights_for(by, targets))
    shares = report.count(weighed, with_differences=False)
    return ByPerson(shares, n=len(people.probability), n_audit=len(people.audit))


def _never(givers: population.Givers, drawn: Drawn) -> Untold | None:
    """Why people cannot be told of, however much is read of this sample."""
    if givers.is_one_each:
        return Untold.ONE_EACH
    if drawn.unit is None:
        return Untold.NO_SAMPLE
    if drawn.unit is not SampleUnit.PERSON:
        return Untold.BY_ANSWER
    return None if givers.is_known.any() else Untold.NOBODY_KNOWN


def of_people(counted: report.Counted, is_known: NDArray[np.bool_]) -> report.Counted:
    """The same counted by person, where the audit drew people with all their answers.

    A person raises a theme if any answer does. Of a person's answers the machine's surest counts.
    A person was read where every answer was: raised if one raises it, not raised if none does, and
    unclear where people could not say. Answers of nobody known are left out, and so are weights,
    which have to be worked out anew. A person's group is the one that most of the answers give.
    """
    some = counted.only(is_known)
    if some.people is None:
        raise ValueError("Nobody is known by whom the answers were given.")
    numbers, person = np.unique(some.people, return_inverse=True)
    n, t = len(numbers), some.probability.shape[1]
    probability = np.zeros((n, t))
    np.maximum.at(probability, person, np.nan_to_num(some.probability))
    read = np.bincount(person[some.audit], minlength=n)
    audit = np.flatnonzero((read > 0) & (read == np.bincount(person, minlength=n)))
    raised, unclear = np.zeros((n, t)), np.zeros((n, t))
    np.add.at(raised, person[some.audit], np.nan_to_num(some.codes))
    np.add.at(unclear, person[some.audit], np.isnan(some.codes))
    codes = np.where(raised > 0, 1.0, np.where(unclear > 0, np.nan, 0.0))[audit]
    return replace(
        some,
        probability=probability,
        audit=audit,
        codes=codes,
        groups=_groups_of(some.groups, person, n),
        weights=None,
        people=None,
    )


def _groups_of(
    groups: Mapping[str, Sequence[str | None]], person: NDArray[np.int64], n: int
) -> dict[str, list[str | None]]:
    """The groups of people; a crossing is that of what it crosses."""
    found = {
        name: _most_given(values, person, n)
        for name, values in groups.items()
        if name != report.CROSSING
    }
    if report.CROSSING in groups:
        found[report.CROSSING] = [*report.crossing(found["region"], found["sector"])]
    return found


def _most_given(
    values: Sequence[str | None], person: NDArray[np.int64], n: int
) -> list[str | None]:
    """The value that most answers of each person give, of equals the first.

    None where no answer gives one.
    """
    counts = [Counter[str]() for _person in range(n)]
    for who, value in zip(person.tolist(), values, strict=True):
        if value is not None:
            counts[who][value] += 1
    return [max(own, key=own.__getitem__, default=None) for own in counts]
