"""Quality figures behind the gate: shares of a hundred, and nothing of few texts."""

from results.tables import Document

DIGITS = 2
#: What the public does not read of the agreement: single themes, and a count that may be small.
_INSIDE = frozenset({"rows", "n_not_blind"})


def text_quality(document: Document, threshold: int) -> Document:
    """The same figures, coarser; a part with too few texts or readings behind it is left out."""
    return {
        "topics": _topics(document["topics"], threshold),
        "themes": _themes(document["themes"], threshold),
    }


def _topics(part: Document | None, threshold: int) -> Document | None:
    if part is None or part["n_usable"] < threshold:
        return None
    return {name: _coarse(value) for name, value in part.items()}


def _themes(part: Document | None, threshold: int) -> Document | None:
    if part is None or part["n_usable"] < threshold or part["n_audit"] < threshold:
        return None
    agreed = part["agreement"]
    if agreed is not None:
        agreed = (
            {name: _coarse(value) for name, value in agreed.items() if name not in _INSIDE}
            if agreed["n_both"] >= threshold
            else None
        )
    return {**part, "agreement": agreed}


def _coarse(value: float | None) -> float | None:
    return round(value, DIGITS) if isinstance(value, float) else value
