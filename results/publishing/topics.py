"""Topics behind the gate: only those that people named."""

from results.tables import Document


def topics(document: Document, names: dict[int, dict[str, str]], threshold: int) -> Document:
    """Only topics to which a person gave a name, and only where enough texts are in them."""
    rows = [
        {
            "key": row["key"],
            "label": names[int(row["key"])],
            "count": row["size"],
            "share": row["share"]["share"],
            "low": row["share"]["low"],
            "high": row["share"]["high"],
        }
        for row in document["rows"]
        if int(row["key"]) in names
        and row["size"] >= threshold
        and document["n_usable"] - row["size"] >= threshold
    ]
    return {
        "n_usable": document["n_usable"] if document["n_usable"] >= threshold else None,
        "rows": rows,
    }
