"""Who came back for the next round, by group, with an alarm where one group left more often."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from analysis.breakdown import UNKNOWN
from analysis.errors import TooFewAnswers
from analysis.types import Proportion, wilson

#: Retention below it is an alarm, and so is retention below this part of everybody's.
LEAST_RETENTION = 0.7
LEAST_RELATIVE = 0.8
#: Smaller groups are shown and raise no alarm: one person more or less would decide.
FEWEST_IN_GROUP = 10
#: Shares that differ by less are one share.
EQUAL = 1e-9


@dataclass(frozen=True, slots=True)
class GroupRetention:
    """One group.

    Attributes
    ----------
    key : str
    before, stayed : int
        Who answered the earlier round, and who of them answered the later one.
    retention : Proportion
        stayed over before, with its 95 % interval.
    is_alarm : bool
    """

    key: str
    before: int
    stayed: int
    retention: Proportion
    is_alarm: bool


@dataclass(frozen=True, slots=True)
class Attrition:
    """Who came back, by group.

    Attributes
    ----------
    groups : tuple of GroupRetention
        In the order given, then others by code, then `UNKNOWN`.
    overall : Proportion
    p : float or None
        That retention is the same in all groups, chi-squared; None for fewer than 2 groups or
        where everybody or nobody stayed.
    """

    groups: tuple[GroupRetention, ...]
    overall: Proportion
    p: float | None

    @property
    def alarms(self) -> tuple[str, ...]:
        """Groups that left too often."""
        return tuple(group.key for group in self.groups if group.is_alarm)


def attrition(
    before: Mapping[str, int],
    stayed: Mapping[str, int],
    *,
    order: Sequence[str] = (),
    least: float = LEAST_RETENTION,
    relative: float = LEAST_RELATIVE,
) -> Attrition:
    """Retention by group.

    Parameters
    ----------
    before, stayed : mapping of str to int
        People by group who answered the earlier round, and those of them who answered the later
        one. `UNKNOWN` is a group of its own.
    order : sequence of str
        The order in which groups are wanted.
    least, relative : float
        In [0, 1]. An alarm is raised for a group of at least 10 with retention below `least` or
        below `relative` times everybody's.

    Returns
    -------
    Attrition

    Raises
    ------
    TooFewAnswers
        Nobody answered the earlier round.
    ValueError
        More stayed in a group than were there.

    Examples
    --------
    >>> attrition({"north": 100, "south": 40}, {"north": 90, "south": 20}).alarms
    ('south',)
    """
    if any(count > before.get(key, 0) or count < 0 for key, count in stayed.items()):
        raise ValueError("At most all of a group can stay.")
    total, back = sum(before.values()), sum(stayed.values())
    if total == 0:
        raise TooFewAnswers(0, 1)
    overall = wilson(back, total)
    listed = [key for key in dict.fromkeys(order) if before.get(key) and key != UNKNOWN]
    others = sorted(key for key in before if before[key] and key not in {*listed, UNKNOWN})
    last = [UNKNOWN] if before.get(UNKNOWN) else []
    floor = max(least, relative * back / total)
    rows = []
    for key in [*listed, *others, *last]:
        count, size = stayed.get(key, 0), before[key]
        is_alarm = size >= FEWEST_IN_GROUP and count / size < floor - EQUAL
        rows.append(GroupRetention(key, size, count, wilson(count, size), is_alarm))
    return Attrition(tuple(rows), overall, _equal_retention(rows, back, total))


def _equal_retention(rows: Sequence[GroupRetention], back: int, total: int) -> float | None:
    if len(rows) < 2 or back in {0, total}:
        return None
    table = np.array([[row.stayed, row.before - row.stayed] for row in rows])
    return float(scipy.stats.chi2_contingency(table, correction=False).pvalue)
