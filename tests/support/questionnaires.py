"""Questionnaires for tests: one question of every type, and answers that each may get."""

from typing import Any

ITEMS = [{"code": code, "label": {"en": f"Item {code}", "ar": f"البند {code}"}} for code in "abcde"]
COLUMNS = [
    {"code": code, "label": {"en": text, "ar": f"{text} ع"}}
    for code, text in (("low", "Low"), ("mid", "Middle"), ("top", "High"))
]
CLOSED = {"no_opinion": True, "refusal": True}
#: Settings by kind; a type without a line here fails the contract test.
SETTINGS: dict[str, dict[str, Any]] = {
    "single_choice": {"options": ITEMS, "other": True, **CLOSED},
    "multiple_choice": {"options": ITEMS, "other": True, "exclusive": ["e"], **CLOSED},
    "rating_scale": {
        "points": 5,
        "low_label": {"en": "Low"},
        "high_label": {"en": "High"},
        **CLOSED,
    },
    "numeric_scale": {"low": 0, "high": 10, "low_label": {"en": "Never"}, **CLOSED},
    "matrix": {"rows": ITEMS, "columns": COLUMNS, **CLOSED},
    "ranking": {"items": ITEMS, "top": 3, "ties": True, **CLOSED},
    "best_worst": {"items": ITEMS, "per_task": 3, "tasks": 4, "versions": 2, **CLOSED},
    "points": {"items": ITEMS, "total": 10, **CLOSED},
    "pairwise": {"items": ITEMS, "pairs": 4, "per_page": 2, **CLOSED},
    "number": {"minimum": 0, "maximum": 1000, "decimals": 2, "unit": {"en": "people"}, **CLOSED},
    "date": {"partial": True, "earliest": "1900-01-01", **CLOSED},
    "short_text": {},
    "long_text": {"max_length": 500},
    "email": {},
    "url": {},
    "file": {"tables": False, "max_megabytes": 1},
    "country": CLOSED,
    "region": CLOSED,
    "sector": CLOSED,
    "consent": {"text": {"en": "I have read this.", "ar": "قرأت هذا."}},
    "note": {},
    "calculated": {"calculation": "1 + 1", "is_number": True},
}
#: Posted fields by kind, without the question's prefix: ("", value) is the field itself.
POSTED: dict[str, list[tuple[str, str]]] = {
    "single_choice": [("", "other"), ("--text", "In my own words")],
    "multiple_choice": [("", "a"), ("", "c")],
    "rating_scale": [("", "4")],
    "numeric_scale": [("", "0")],
    "matrix": [("-a", "low"), ("-b", "top"), ("-c", "no_opinion")],
    "ranking": [("-a", "1"), ("-b", "1"), ("-d", "3")],
    "best_worst": [],
    "points": [("-a", "٧"), ("-b", "3")],
    "pairwise": [],
    "number": [("", "١٢٫٥")],
    "date": [("-day", ""), ("-month", "2"), ("-year", "٢٠٢٤")],
    "short_text": [("", "Short <b>words</b>")],
    "long_text": [("", "Two\nlines")],
    "email": [("", "someone@example.org")],
    "url": [("", "https://example.org/page")],
    "file": [],
    "country": [("", "NA")],
    "region": [("", "african")],
    "sector": [("", "academia")],
    "consent": [("", "y")],
    "note": [],
    "calculated": [],
}


def question_of(kind: str, **changes: Any) -> dict[str, Any]:
    """A question of a type, as it stands in a document."""
    label = {"en": f"A question of type {kind}", "ar": f"سؤال من نوع {kind}"}
    return {
        "code": f"q_{kind}",
        "kind": kind,
        "label": label,
        "settings": SETTINGS[kind],
        **changes,
    }


def document_of(*questions: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A document of one page."""
    section = {"code": "one", "title": {"en": "One", "ar": "واحد"}, "questions": list(questions)}
    return {
        "title": {"en": "A questionnaire", "ar": "استبيان"},
        "default_language": "en",
        "languages": ["en", "ar"],
        "sections": [section],
        **changes,
    }
