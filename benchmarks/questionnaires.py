"""Questionnaires to measure with; written for that and asked of nobody."""

from typing import Any


def _options(count: int) -> list[dict[str, Any]]:
    return [
        {"code": f"o{place}", "label": {"en": f"Answer number {place}", "fr": f"Réponse {place}"}}
        for place in range(1, count + 1)
    ]


def _question(number: int, kind: str, **settings: Any) -> dict[str, Any]:
    return {
        "code": f"q{number}",
        "kind": kind,
        "label": {
            "en": f"Question {number} of the measurement, in some words",
            "fr": f"Question {number} de la mesure, en quelques mots",
        },
        "settings": settings,
    }


def twenty_questions() -> dict[str, Any]:
    """Twenty questions of the usual types on five pages."""
    scale = {"points": 5, "no_opinion": True}
    questions = [
        _question(1, "sector"),
        _question(2, "country"),
        _question(3, "single_choice", options=_options(6), no_opinion=True),
        _question(4, "multiple_choice", options=_options(8), max_choices=3),
        *(_question(number, "rating_scale", **scale) for number in range(5, 13)),
        _question(13, "ranking", items=_options(8), top=5),
        _question(14, "number", minimum=0, maximum=100_000),
        _question(15, "numeric_scale", no_opinion=True),
        _question(16, "single_choice", options=_options(5), other=True),
        _question(17, "long_text"),
        _question(18, "long_text"),
        _question(19, "short_text"),
        _question(20, "multiple_choice", options=_options(6)),
    ]
    return {
        "title": {"en": "Twenty questions", "fr": "Vingt questions"},
        "default_language": "en",
        "languages": ["en", "fr"],
        "sections": [
            {
                "code": f"page{page + 1}",
                "title": {"en": f"Page {page + 1}", "fr": f"Page {page + 1}"},
                "questions": questions[4 * page : 4 * page + 4],
            }
            for page in range(5)
        ],
    }


def every_type() -> dict[str, Any]:
    """One question of every type that is not in the other questionnaires, a page each."""
    items = _options(6)
    columns = _options(4)
    questions = [
        _question(1, "matrix", rows=items, columns=columns, no_opinion=True),
        _question(2, "best_worst", items=items, per_task=3, tasks=4, versions=2),
        _question(3, "points", items=items, total=100, spend_all=False),
        _question(4, "pairwise", items=items, pairs=5, per_page=5),
        _question(5, "numeric_scale", no_opinion=True, refusal=True),
        _question(6, "number", minimum=0, decimals=2),
        _question(7, "date", partial=True),
        _question(8, "email"),
        _question(9, "url"),
        _question(10, "region"),
        _question(11, "country"),
        _question(12, "single_choice", options=_options(20), other=True),
        _question(13, "ranking", items=_options(20), ties=True),
        _question(14, "note"),
    ]
    return {
        "title": {"en": "Every type", "fr": "Tous les types"},
        "default_language": "en",
        "languages": ["en", "fr"],
        "sections": [
            {
                "code": f"page{number}",
                "title": {"en": f"Page {number}", "fr": f"Page {number}"},
                "questions": [question],
            }
            for number, question in enumerate(questions, start=1)
        ],
    }
