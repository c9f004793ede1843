"""Themes behind the gate: signed off by people, with a valid share, and enough answers behind it."""

from results.tables import Document


def themes(document: Document, threshold: int) -> Document:
    """Only valid shares of themes that are no noise; the machine's own shares never become public."""
    base = document["n_usable"]
    rows = [
        {
            "key": row["key"],
            "label": row["label"],
            "count": row["share"]["count"],
            "base": row["share"]["base"],
            "n_audit": row["share"]["n_audit"],
            "share": row["share"]["share"],
            "low": row["share"]["low"],
            "high": row["share"]["high"],
        }
        for row in document["rows"]
        if not row["is_noise"]
        and row["label"]
        and row["share"]["share"] is not None
        and row["share"]["count"] >= threshold
        and base - row["share"]["count"] >= threshold
    ]
    return {
        "version": document["version"],
        "unit": document.get("unit", "answers"),
        "n_usable": base if base >= threshold else None,
        "n_audit": document["n_audit"],
        "rows": rows,
    }
