"""Orders behind the gate: statistics of many, never of few."""

from analysis.privacy.gate import gate
from results.tables import Document


def ranking(document: Document, threshold: int) -> Document:
    """Orders are statistics of many; a group's order stands only on thirty ballots or more."""
    kept = ("title", "method", "unranked", "n", "condorcet_winner", "rules_disagree")
    return {
        **{key: document[key] for key in kept},
        "rows": [
            {
                key: row[key]
                for key in (
                    "key",
                    "label",
                    "rank",
                    "best_rank",
                    "worst_rank",
                    "mean_position",
                    "low",
                    "high",
                )
            }
            for row in document["rows"]
            if row["n"] >= threshold
        ],
        "by": {
            name: groups_in_public(groups, threshold) for name, groups in document["by"].items()
        },
    }


def groups_in_public(groups: list[Document], threshold: int) -> list[Document]:
    """Groups large enough for an order, unless their sizes would give a small group's away."""
    if not groups:
        return []
    table = gate([[group["n"] for group in groups]], threshold=threshold)
    return [
        group
        for group, size in zip(groups, table.cells[0], strict=True)
        if size is not None and not group.get("too_few") and not group.get("is_small")
    ]
