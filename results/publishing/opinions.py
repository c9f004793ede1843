"""Opinion groups behind the gate: words and orders, no count and no share of a statement.

Agreement adds up options of a question whose table may hide some of them, so that its share with
all, or in every group, could give a hidden option away.
"""

from results.tables import Document

#: Groups smaller than this are counted and never described in public.
SMALLEST_GROUP = 30
#: Sizes are told to the nearest of these.
COARSE = 10
COARSE_SHARE = 0.05
KEPT = ("title", "is_found", "silhouette", "null", "p")


def opinions(document: Document, threshold: int) -> Document:
    """The public form of one set of statements."""
    smallest = max(SMALLEST_GROUP, threshold)
    is_open = all(group["n"] >= smallest for group in document["groups"])
    return {
        **{key: document[key] for key in KEPT},
        "n": COARSE * round(document["n"] / COARSE),
        "n_drawn": COARSE * round(document["n_drawn"] / COARSE),
        "rows": [{"key": row["key"], "label": row["label"]} for row in document["rows"]],
        "groups": [_group(group, smallest) for group in document["groups"]],
        "consensus": [
            {"key": row["key"], "way": row["way"]} for row in document["consensus"] if is_open
        ],
        "map": None,
        "bridging": {
            name: _bridging(found) if found and (is_open or name != "found") else None
            for name, found in document["bridging"].items()
        },
    }


def _group(group: Document, smallest: int) -> Document:
    is_hidden = group["is_suppressed"] or group["n"] < smallest
    return {
        "key": group["key"],
        "share": None if is_hidden else round(group["share"] / COARSE_SHARE) * COARSE_SHARE,
        "is_suppressed": is_hidden,
        "own": []
        if is_hidden
        else [{"key": one["key"], "way": one["way"]} for one in group["own"]],
    }


def _bridging(found: Document) -> Document:
    return {
        "k": found["k"],
        "groups": found["groups"],
        "rows": [
            {"key": row["key"], "rank": row["rank"], "score": round(row["score"], 1)}
            for row in found["rows"]
        ],
    }
