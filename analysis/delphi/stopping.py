"""Stop or go on: a rule registered before the first round, applied to what the rounds show.

The rule asks for stability, never for consensus: groups may disagree for good, and pressing on
until they agree measures conformity.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from analysis.delphi.attrition import LEAST_RELATIVE, LEAST_RETENTION, Attrition
from analysis.delphi.order import TOP, OrderStability
from analysis.delphi.stability import EQUAL, STABLE, ItemStability


@dataclass(frozen=True, slots=True)
class StoppingRule:
    """When rounds end.

    Attributes
    ----------
    fewest_rounds, most_rounds : int
        No verdict before, no further round after.
    net_change : float
        An item is stable below it.
    stable_share : float
        The share of items that must be stable.
    tau, overlap : float
        The least tau-b and rank-biased overlap of the order of items.
    top : int
        The size of the top set, which must stay the same; 0 asks for none.
    least_retention, relative_retention : float
        See `analysis.delphi.attrition.attrition`.

    References
    ----------
    von der Gracht 2012, Technological Forecasting and Social Change 79, 1525-1536 (stability
    before consensus); the thresholds are conventions, which is why they are registered.
    """

    fewest_rounds: int = 2
    most_rounds: int = 3
    net_change: float = STABLE
    stable_share: float = 0.8
    tau: float = 0.8
    overlap: float = 0.9
    top: int = TOP
    least_retention: float = LEAST_RETENTION
    relative_retention: float = LEAST_RELATIVE

    def __post_init__(self) -> None:
        """Refuse a rule that no rounds can follow.

        Raises
        ------
        ValueError
            A threshold lies outside its range.
        """
        if not 2 <= self.fewest_rounds <= self.most_rounds:
            raise ValueError("There must be at least 2 rounds, and not more than the most.")
        shares = (self.net_change, self.stable_share, self.least_retention, self.relative_retention)
        if any(not 0 <= share <= 1 for share in (*shares, self.tau, self.overlap)):
            raise ValueError("Thresholds must lie between 0 and 1.")
        if self.top < 0:
            raise ValueError("The top set must have 0 or more items.")


class Verdict(StrEnum):
    """What the rule says."""

    STOP = "stop"
    GO_ON = "go_on"


class Criterion(StrEnum):
    """What the rule looks at."""

    ROUNDS = "rounds"
    ITEMS = "items"
    ORDER = "order"
    TOP = "top"
    PANEL = "panel"


@dataclass(frozen=True, slots=True)
class Finding:
    """One criterion.

    Attributes
    ----------
    criterion : Criterion
    is_met : bool or None
        None where there is too little data to tell; it then counts as not met.
    value, needed : float or None
        What was found and what the rule asks for: rounds, share of stable items, tau-b, items
        that stayed in the top set, lowest retention.
    keys : tuple of str
        What it is about: items that moved, items that entered the top set, groups that left.
    """

    criterion: Criterion
    is_met: bool | None
    value: float | None
    needed: float | None
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Advice:
    """Stop or go on, and why.

    Attributes
    ----------
    verdict : Verdict
    is_final : bool
        The most rounds allowed have been held: it ends here whatever the criteria say.
    findings : tuple of Finding
    stable_disagreements : tuple of str
        Items on which two camps stand firm: a result to report.
    """

    verdict: Verdict
    is_final: bool
    findings: tuple[Finding, ...]
    stable_disagreements: tuple[str, ...]


def advise(
    rule: StoppingRule,
    rounds: int,
    items: Mapping[str, ItemStability],
    order: OrderStability | None,
    panels: Mapping[str, Attrition],
) -> Advice:
    """Apply a stopping rule.

    Parameters
    ----------
    rule : StoppingRule
    rounds : int
        Rounds held, the last one included.
    items : mapping of str to ItemStability
        The items that stood in both of the last two rounds; empty where none can be compared.
    order : OrderStability or None
        None where nothing was ranked in both rounds; the order criteria are then left out.
    panels : mapping of str to Attrition
        By dimension (region, sector); empty where people are not linked.

    Returns
    -------
    Advice
        To stop where every criterion is met, or where the most rounds were held.

    Examples
    --------
    >>> advise(StoppingRule(), 1, {}, None, {}).verdict.value
    'go_on'
    >>> advise(StoppingRule(), 3, {}, None, {}).is_final
    True
    """
    findings = [
        Finding(Criterion.ROUNDS, rounds >= rule.fewest_rounds, rounds, rule.fewest_rounds),
        _items(rule, items),
        *(_order(rule, order) if order else ()),
        *([_panel(rule, panels)] if panels else ()),
    ]
    is_final = rounds >= rule.most_rounds
    is_done = is_final or all(finding.is_met is True for finding in findings)
    return Advice(
        verdict=Verdict.STOP if is_done else Verdict.GO_ON,
        is_final=is_final,
        findings=tuple(findings),
        stable_disagreements=tuple(
            key for key, found in items.items() if found.is_stable_disagreement
        ),
    )


def _items(rule: StoppingRule, items: Mapping[str, ItemStability]) -> Finding:
    if not items:
        return Finding(Criterion.ITEMS, None, None, rule.stable_share)
    moved = tuple(
        key for key, found in items.items() if found.net_change >= rule.net_change - EQUAL
    )
    share = 1 - len(moved) / len(items)
    return Finding(
        Criterion.ITEMS, share >= rule.stable_share - EQUAL, share, rule.stable_share, moved
    )


def _order(rule: StoppingRule, order: OrderStability) -> list[Finding]:
    # A tau of exactly four fifths may come out a rounding error below 0.8.
    is_steady = (
        order.tau is not None
        and order.tau >= rule.tau - EQUAL
        and order.overlap >= rule.overlap - EQUAL
    )
    found = [Finding(Criterion.ORDER, is_steady, order.tau, rule.tau)]
    if rule.top:
        stayed = order.k - len(order.entered)
        found.append(Finding(Criterion.TOP, not order.entered, stayed, order.k, order.entered))
    return found


def _panel(rule: StoppingRule, panels: Mapping[str, Attrition]) -> Finding:
    left = tuple(f"{name}:{key}" for name, panel in panels.items() for key in panel.alarms)
    lowest = min(
        group.retention.share or 0.0 for panel in panels.values() for group in panel.groups
    )
    return Finding(Criterion.PANEL, not left, lowest, rule.least_retention, left)
