"""Orders as documents that a run keeps: plain JSON, read by the pages and copied into evidence."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.agreement.bridging import Bridging
from analysis.agreement.concordance import kendall_w
from analysis.choice.bootstrap import BootstrapScores
from analysis.choice.differences import Differences
from analysis.choice.proportional import BlocShare, Profiles, Selection, bloc_shares, pav_score
from analysis.choice.rank import Ranking
from analysis.choice.rank_sets import STILL, ballots_to_separate, decided
from analysis.choice.reversals import LeftOut, Reversal
from analysis.choice.rules import Rules, disagreements
from analysis.errors import TooFewAnswers
from results.tables import Document, Texts, proportion, rounded

Floats = NDArray[np.float64]
#: A difference is told where chance does not explain it, corrected for all that were looked at.
SURE = 0.05


def order(found: Ranking, labels: dict[str, Texts], scores: BootstrapScores | None) -> Document:
    """The order itself. Intervals of a weighted order come from the bootstrap, where it was run."""
    places = {key: place for place, key in enumerate(labels)}
    rows = []
    for item in found.items:
        low, high = item.low, item.high
        # Where no replicate differs the bootstrap has nothing to say.
        if scores is not None and scores.errors[places[item.key]] > STILL:
            low = max(1.0, float(scores.low[places[item.key]]))
            high = min(float(len(labels)), float(scores.high[places[item.key]]))
        rows.append(
            {
                "key": item.key,
                "label": labels[item.key],
                "rank": item.rank,
                "best_rank": item.best_rank,
                "worst_rank": item.worst_rank,
                "tier": item.tier,
                "mean_position": rounded(item.mean_position),
                "low": rounded(low),
                "high": rounded(high),
                "first": proportion(item.first),
                "last": proportion(item.last),
                "n": item.n,
            }
        )
    return {
        "n": found.n,
        "effective_n": rounded(found.effective_n),
        "interval": "linearised" if scores is None else "bootstrap",
        "condorcet_winner": found.condorcet_winner,
        "rules_disagree": found.rules_disagree,
        "rows": rows,
        "pairwise": {
            "keys": list(found.keys),
            "wins": [[rounded(value) for value in row] for row in found.pairwise.wins.tolist()],
            "ties": [[rounded(value) for value in row] for row in found.pairwise.ties.tolist()],
        },
    }


def ranks(found: Ranking) -> Document:
    """Rank, best and worst plausible rank by item: what a group's column shows."""
    return {item.key: [item.rank, item.best_rank, item.worst_rank] for item in found.items}


def rules(found: Rules, keys: Sequence[str], k: int) -> Document:
    """Ranks by every rule, and where the first k or the first differ. Indexes are of `keys`."""
    return {
        "ranks": {
            name: {key: int(rank) for key, rank in zip(keys, values, strict=True)}
            for name, values in found.named().items()
        },
        "kemeny": found.kemeny.reason or "proven",
        "disagreements": [
            {
                "k": one.k,
                "other": one.other,
                "only_mean": [keys[item] for item in one.only_rule],
                "only_other": [keys[item] for item in one.only_other],
            }
            for one in disagreements(found, sorted({1, k}))
        ],
    }


def agreement(positions: Floats, weights: Floats | None) -> Document | None:
    """How far people agree on the order; None where fewer than two placed all items."""
    try:
        found = kendall_w(positions, weights)
    except TooFewAnswers:
        return None
    return {"w": rounded(found.w), "n": found.n}


def settled(found: Ranking, k: int) -> Document:
    """What can be said of the first k anyway, and what would part the two at the border."""
    sets = decided(found.sets, k)
    keys = found.keys
    document: Document = {
        "k": k,
        "inside": [keys[item] for item in sets.inside],
        "open": [keys[item] for item in sets.open],
        "outside": [keys[item] for item in sets.outside],
        "separate": None,
    }
    if sets.open and k < len(keys):
        needed = ballots_to_separate(
            found.scores(),
            found.covariance,
            (k - 1, k),
            critical=found.sets.critical,
            effective_n=float(found.n),
        )
        document["separate"] = {
            "above": keys[k - 1],
            "below": keys[k],
            "ballots": None if needed is None else int(np.ceil(needed)),
        }
    return document


def selections(
    profiles: Profiles, chosen: Sequence[Selection], keys: Sequence[str], groups: Sequence[str]
) -> list[Document]:
    """What each rule chooses, and what each group gets of it."""
    return [
        {
            "rule": one.rule,
            "items": [keys[item] for item in one.items],
            "completed": one.completed,
            "pav": rounded(pav_score(profiles, one.items)),
            "blocs": [
                {"key": group, **_bloc(share)}
                for group, share in zip(groups, bloc_shares(profiles, one.items), strict=True)
                if share.mean is not None
            ],
        }
        for one in chosen
    ]


def _bloc(share: BlocShare) -> Document:
    return {"mean": rounded(share.mean), "nothing": rounded(share.nothing)}


def differences(
    found: Differences, keys: Sequence[str], groups: Sequence[Document]
) -> list[Document]:
    """Each group against the rest, and the items where it differs beyond chance."""
    return [
        {
            "key": groups[one.group]["key"],
            "label": groups[one.group]["label"],
            "n": one.n,
            "n_others": one.n_others,
            "p": rounded(one.p_holm),
            "method": found.method,
            "items": [
                {
                    "key": keys[item.item],
                    "difference": rounded(item.difference),
                    "low": rounded(item.low),
                    "high": rounded(item.high),
                    "above": rounded(item.above),
                    "p": rounded(item.p_holm),
                }
                for item in sorted(one.items, key=lambda i: (-abs(i.difference), keys[i.item]))
                if item.p_holm < SURE
            ],
        }
        for one in found.groups
        if one.items
    ]


def reversed_pairs(
    found: Sequence[Reversal], keys: Sequence[str], groups: Sequence[Document]
) -> list[Document]:
    """Pairs whose pooled order most groups contradict, the clearest first."""
    return [
        {
            "above": keys[one.above],
            "below": keys[one.below],
            "against": [
                {"key": groups[group]["key"], "label": groups[group]["label"]}
                for group in one.against
            ],
            "groups": one.groups,
            "is_strict": one.is_strict,
            "equal_voice": rounded(one.equal_voice),
            "error": rounded(one.error),
        }
        for one in found
        # Without an error nobody can tell the pair from chance.
        if np.isfinite(one.error)
    ]


def guard(
    found: Sequence[LeftOut], dimension: str, keys: Sequence[str], groups: Sequence[Document]
) -> list[Document]:
    """What the first k places would be without each group."""
    return [
        {
            "dimension": dimension,
            "key": groups[one.group]["key"],
            "label": groups[one.group]["label"],
            "n": one.n,
            "share": rounded(one.share),
            "first": keys[one.top[0]],
            "entering": [keys[item] for item in one.entering],
            "leaving": [keys[item] for item in one.leaving],
            "changes_first": one.changes_first,
        }
        for one in found
    ]


def bridging(found: Bridging, labels: dict[str, Texts]) -> Document:
    """What every group can live with."""
    return {
        "k": found.k,
        "n": found.n,
        "groups": [{"key": key, "label": labels.get(key, {"en": key})} for key in found.groups],
        "too_small": [
            {"key": key, "label": labels.get(key, {"en": key})} for key in found.too_small
        ],
        "rows": [
            {
                "key": item.key,
                "rank": item.rank,
                "score": rounded(item.score),
                "lowest": rounded(item.lowest),
                "lowest_group": item.lowest_group,
                "shares": {key: proportion(share) for key, share in item.shares.items()},
            }
            for item in found.items
        ],
    }
