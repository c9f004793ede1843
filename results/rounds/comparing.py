"""A round against the one before it: what moved, who left, and what the rule says of it."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from analysis.breakdown import UNKNOWN
from analysis.choice.positions import Unranked, positions_from_rankings
from analysis.delphi.attrition import Attrition, attrition
from analysis.delphi.change import Change, paired_change
from analysis.delphi.order import OrderStability, order_stability
from analysis.delphi.stability import ItemStability, item_stability
from analysis.delphi.stopping import Advice, StoppingRule, advise
from analysis.errors import TooFewAnswers
from results.rounds.answers import Answers, measures_of, panel
from results.tables import Document, rounded
from surveys.questions.base import Measure, Shape
from surveys.questions.ranking import TIE

Rows = tuple[list[int], list[int]]


def compare(before: Answers, after: Answers, rule: StoppingRule, rounds: int) -> Document:
    """Compare two rounds; `rounds` have been held, the later one included."""
    linked = panel(before, after)
    first = {measure.code: measure for _code, measure in measures_of(before.document)}
    shared = [
        measure
        for _code, measure in measures_of(after.document)
        if measure.code in first and _is_same(first[measure.code], measure)
    ]
    items: dict[str, ItemStability] = {}
    changes: dict[str, Change] = {}
    for measure in shared:
        if measure.shape is Shape.SCALE:
            _compare_rating(measure, before, after, linked, rule, items, changes)
    order = _order(shared, first, before, after, linked, rule)
    panels = _panels(before, linked, rule)
    advice = advise(rule, rounds, items, order, panels)
    return {
        "n_before": before.n,
        "n_after": after.n,
        "n_both": len(linked[0]) if linked else None,
        "is_panel": linked is not None,
        "items": [
            _item(measure, items[measure.code], changes.get(measure.code))
            for measure in shared
            if measure.code in items
        ],
        "not_compared": [dict(m.label) for m in shared if _is_silent(m, items)],
        "order": order and _order_document(order, shared),
        "attrition": {name: _attrition(found) for name, found in panels.items()},
        "advice": _advice(advice),
    }


def _is_same(before: Measure, after: Measure) -> bool:
    """The same identity on the same scale. Lists may have lost or gained options."""
    is_scale = before.shape is Shape.SCALE
    return before.shape is after.shape and (
        not is_scale or (before.low, before.high) == (after.low, after.high)
    )


def _is_silent(measure: Measure, items: Mapping[str, ItemStability]) -> bool:
    return measure.shape is Shape.SCALE and measure.code not in items


def _compare_rating(
    measure: Measure,
    before: Answers,
    after: Answers,
    linked: Rows | None,
    rule: StoppingRule,
    items: dict[str, ItemStability],
    changes: dict[str, Change],
) -> None:
    first, second = before.ratings[measure.code], after.ratings[measure.code]
    if linked is not None:
        first, second = first[linked[0]], second[linked[1]]
    try:
        items[measure.code] = item_stability(
            first,
            second,
            np.arange(measure.low, measure.high + 1),
            is_panel=linked is not None,
            threshold=rule.net_change,
        )
        if linked is not None:
            changes[measure.code] = paired_change(first, second)
    except TooFewAnswers:
        return


def _order(
    shared: list[Measure],
    first: Mapping[str, Measure],
    before: Answers,
    after: Answers,
    linked: Rows | None,
    rule: StoppingRule,
) -> OrderStability | None:
    """The order of the first list that both rounds ranked, else of the items that were rated."""
    for measure in shared:
        if measure.shape in {Shape.ORDER, Shape.SCORES}:
            common = [code for code in measure.options if code in first[measure.code].options]
            orders = before.orders[measure.code], after.orders[measure.code]
            means = [
                mean_positions(
                    [rows[place] for place in _rows(linked, side, len(rows))],
                    common,
                    _unranked(measure),
                )
                for side, rows in enumerate(orders)
            ]
            return _steady(means[0], means[1], rule)
    rated = [measure.code for measure in shared if measure.shape is Shape.SCALE]
    means = [
        _mean_ratings(answers, rated, _rows(linked, side, answers.n))
        for side, answers in enumerate((before, after))
    ]
    return _steady(means[0], means[1], rule)


def _rows(linked: Rows | None, side: int, n: int) -> list[int]:
    return list(range(n)) if linked is None else linked[side]


def _steady(
    before: Mapping[str, float], after: Mapping[str, float], rule: StoppingRule
) -> OrderStability | None:
    try:
        return order_stability(dict(before), dict(after), k=max(rule.top, 1))
    except TooFewAnswers:
        return None


def _unranked(measure: Measure) -> Unranked:
    """What an item without a place means: in sets, pairs and points it was not shown."""
    is_last = measure.shape is Shape.ORDER and measure.unranked_is_last
    return Unranked.LAST if is_last else Unranked.MISSING


def mean_positions(
    orders: list[list[str] | None], items: list[str], unranked: Unranked
) -> dict[str, float]:
    """Mean places among the items that both rounds asked about, equals at mid-ranks."""
    kept = [
        [among for entry in order if (among := _among(entry, items))] for order in orders if order
    ]
    kept = [order for order in kept if order]
    if not kept or len(items) < 2:
        return {}
    positions = positions_from_rankings(kept, items, unranked=unranked)
    placed = ~np.isnan(positions)
    return {
        item: float(positions[placed[:, place], place].mean())
        for place, item in enumerate(items)
        if placed[:, place].any()
    }


def _among(entry: str, items: list[str]) -> str:
    return TIE.join(code for code in entry.split(TIE) if code in items)


def _mean_ratings(answers: Answers, codes: list[str], rows: list[int]) -> dict[str, float]:
    """Higher ratings come first, so the sign is turned."""
    found = {code: answers.ratings[code][rows] for code in codes}
    return {
        code: -float(np.nanmean(values))
        for code, values in found.items()
        if values.size and not np.isnan(values).all()
    }


def _panels(before: Answers, linked: Rows | None, rule: StoppingRule) -> dict[str, Attrition]:
    """Who came back, by the region and sector that they gave in the earlier round."""
    if linked is None or before.n == 0:
        return {}
    found = {}
    for name, values in (("region", before.regions), ("sector", before.sectors)):
        found[name] = attrition(
            _counts(values),
            _counts([values[place] for place in linked[0]]),
            least=rule.least_retention,
            relative=rule.relative_retention,
        )
    return found


def _counts(values: list[str | None]) -> dict[str, int]:
    found: dict[str, int] = {}
    for value in values:
        found[value or UNKNOWN] = found.get(value or UNKNOWN, 0) + 1
    return found


def _item(measure: Measure, found: ItemStability, change: Change | None) -> Document:
    return {
        "key": measure.code,
        "label": dict(measure.label),
        "n": found.n,
        "net_change": rounded(found.net_change),
        "is_stable": found.is_stable,
        "is_stable_disagreement": found.is_stable_disagreement,
        "agreement": rounded(found.agreement),
        "kappa": rounded(found.kappa),
        "quartiles_before": list(found.quartiles_before),
        "quartiles_after": list(found.quartiles_after),
        "change": change
        and {
            "before": rounded(change.before),
            "after": rounded(change.after),
            "mean": rounded(change.change),
            "low": rounded(change.low),
            "high": rounded(change.high),
            "p": rounded(change.p_signed_rank),
            "up": rounded(change.share_up),
            "down": rounded(change.share_down),
        },
    }


def _order_document(order: OrderStability, shared: list[Measure]) -> Document:
    labels: dict[str, Any] = {measure.code: dict(measure.label) for measure in shared}
    for measure in shared:
        labels |= {code: dict(texts) for code, texts in measure.options.items()}

    def named(keys: tuple[str, ...]) -> list[Any]:
        return [labels.get(key, {"en": key}) for key in keys]

    return {
        "items": order.items,
        "tau": rounded(order.tau),
        "overlap": rounded(order.overlap),
        "k": order.k,
        "top": named(order.top_after),
        "entered": named(order.entered),
        "left": named(order.left),
    }


def _attrition(found: Attrition) -> Document:
    return {
        "overall": rounded(found.overall.share),
        "p": rounded(found.p),
        "rows": [
            {
                "key": row.key,
                "before": row.before,
                "stayed": row.stayed,
                "share": rounded(row.retention.share),
                "low": rounded(row.retention.low),
                "high": rounded(row.retention.high),
                "is_alarm": row.is_alarm,
            }
            for row in found.groups
        ],
    }


def _advice(advice: Advice) -> Document:
    return {
        "verdict": advice.verdict.value,
        "is_final": advice.is_final,
        "stable_disagreements": list(advice.stable_disagreements),
        "findings": [
            {
                "criterion": finding.criterion.value,
                "is_met": finding.is_met,
                "value": rounded(finding.value),
                "needed": rounded(finding.needed),
                "keys": list(finding.keys),
            }
            for finding in advice.findings
        ],
    }
