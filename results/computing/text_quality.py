"""How far topics and themes can be trusted, in one document that stands beside them everywhere."""

from statistics import median

from results.computing.inputs import Result
from results.tables import Document


def add_text_quality(result: Result) -> None:
    """The document `text_quality`, from the documents of topics and of themes."""
    found: Document = {"topics": None, "themes": None}
    topics, themes = result.documents.get("topics", {}), result.documents.get("themes", {})
    if topics.get("rows"):
        found["topics"] = {
            "n_usable": topics["n_usable"],
            "n_topics": len(topics["rows"]),
            **topics["figures"],
        }
    if themes.get("rows"):
        found["themes"] = {
            "n_usable": themes["n_usable"],
            "version": themes["version"],
            "n_audit": themes["n_audit"],
            "agreement": agreement(themes["agreement"]),
        }
    if found["topics"] or found["themes"]:
        result.documents["text_quality"] = found


def agreement(rows: list[Document]) -> Document | None:
    """The agreement of the two coders over all themes; None where nobody could be compared."""
    alphas = sorted(row["alpha"] for row in rows if row["alpha"] is not None)
    if not alphas:
        return None
    return {
        "n_both": max(row["n"] for row in rows),
        # Versions that were signed off before codes were marked say nothing of it.
        "n_not_blind": (not_blind := max(row.get("not_blind", 0) for row in rows)),
        "is_blind": not_blind == 0,
        "n_themes": len(alphas),
        "median": median(alphas),
        "lowest": alphas[0],
        "rows": rows,
    }
