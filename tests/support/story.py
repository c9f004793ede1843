"""Twenty questions on five pages, in French and English, for a story that is played as a whole."""

from typing import Any


def _texts(french: str, english: str) -> dict[str, str]:
    return {"fr": french, "en": english}


def _options(**labels: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"code": code, "label": _texts(*words)} for code, words in labels.items()]


def _question(code: str, kind: str, words: tuple[str, str], **values: Any) -> dict[str, Any]:
    outer = {name: values.pop(name) for name in ("required", "hint", "relevant") if name in values}
    return {"code": code, "kind": kind, "label": _texts(*words), **outer, "settings": values}


CHALLENGES = _options(
    safety=("La sûreté des systèmes les plus puissants", "Safety of the most capable systems"),
    work=("Le travail et les revenus", "Work and income"),
    rights=("Les droits de chacun", "Everybody's rights"),
    access=("L’accès de tous les pays", "Access for all countries"),
    climate=("L’énergie et l’eau", "Energy and water"),
)
GROUPS = _options(
    tests=("Essais et mesures", "Testing and measuring"),
    audits=("Audits et accès", "Audits and access"),
    law=("Les lois et leurs effets", "Laws and what they do"),
    none=("Aucun de ces groupes", "None of these"),
)
RATED = {
    "tests_first": ("Des essais avant toute mise en service", "Tests before any release"),
    "one_body": ("Un organisme international unique", "One international body"),
    "open_models": ("Des modèles ouverts à la recherche", "Models open to research"),
    "help_line": ("Un recours pour les personnes lésées", "A way to complain"),
}
SCALE = {
    "points": 5,
    "no_opinion": True,
    "low_label": _texts("Pas important", "Not important"),
    "high_label": _texts("Très important", "Very important"),
}
SECTIONS: list[tuple[str, tuple[str, str], list[dict[str, Any]]]] = [
    (
        "about_you",
        ("À propos de vous", "About you"),
        [
            _question(
                "consent",
                "consent",
                ("Votre accord", "Your agreement"),
                required=True,
                text=_texts(
                    "J’ai lu comment mes réponses sont utilisées.",
                    "I have read how my answers are used.",
                ),
                agree_label=_texts("J’accepte", "I agree"),
            ),
            _question("sector", "sector", ("À quel groupe appartenez-vous ?", "Your sector?")),
            _question("country", "country", ("Dans quel pays vivez-vous ?", "Your country?")),
            _question(
                "capacity",
                "single_choice",
                ("Au nom de qui répondez-vous ?", "For whom do you answer?"),
                options=_options(
                    myself=("En mon nom propre", "For myself"),
                    body=("Au nom d’une organisation", "For an organisation"),
                ),
            ),
        ],
    ),
    (
        "first",
        ("Ce qui passe en premier", "What comes first"),
        [
            _question(
                "order",
                "ranking",
                ("Classez jusqu’à trois défis.", "Rank up to three challenges."),
                top=3,
                items=CHALLENGES,
            ),
            _question(
                "reason",
                "long_text",
                ("Pourquoi cet ordre ?", "Why this order?"),
                hint=_texts("Quelques phrases suffisent.", "A few sentences are enough."),
                max_length=600,
            ),
            _question(
                "urgent",
                "single_choice",
                ("Faut-il agir cette année ?", "Must it be this year?"),
                no_opinion=True,
                other=True,
                options=_options(yes=("Oui", "Yes"), no=("Non", "No")),
            ),
            _question(
                "delay",
                "number",
                ("Dans combien d’années, sinon ?", "In how many years, else?"),
                relevant="${urgent} = 'no'",
                minimum=1,
                maximum=50,
            ),
        ],
    ),
    (
        "importance",
        ("Quelle importance ?", "How important?"),
        [_question(code, "rating_scale", words, **SCALE) for code, words in RATED.items()],
    ),
    (
        "means",
        ("Les moyens", "Means"),
        [
            _question(
                "share",
                "points",
                ("Répartissez dix points.", "Share out ten points."),
                total=10,
                items=CHALLENGES[:3],
            ),
            _question(
                "trust",
                "numeric_scale",
                ("Quelle confiance avez-vous ?", "How much do you trust it?"),
                low=0,
                high=10,
                no_opinion=True,
            ),
            _question(
                "since",
                "date",
                ("Depuis quand suivez-vous ce sujet ?", "Since when?"),
                partial=True,
            ),
            _question(
                "agree",
                "matrix",
                ("Êtes-vous d’accord ?", "Do you agree?"),
                no_opinion=True,
                rows=_options(
                    binding=("Les règles doivent obliger", "Rules must bind"),
                    paid=("Les riches doivent payer", "The rich must pay"),
                ),
                columns=_options(yes=("D’accord", "Agree"), no=("Pas d’accord", "Disagree")),
            ),
        ],
    ),
    (
        "closing",
        ("Pour finir", "To end"),
        [
            _question(
                "groups",
                "multiple_choice",
                ("Dans quels groupes aideriez-vous ?", "In which groups would you help?"),
                options=GROUPS,
                exclusive=["none"],
                max_choices=2,
            ),
            _question("page", "url", ("Une page à nous montrer ?", "A page to show us?")),
            _question("role", "short_text", ("Que faites-vous ?", "What do you do?")),
            _question(
                "may_quote",
                "single_choice",
                ("Pouvons-nous vous citer ?", "May we quote you?"),
                required="soft",
                options=_options(yes=("Oui", "Yes"), no=("Non", "No")),
            ),
        ],
    ),
]
DOCUMENT: dict[str, Any] = {
    "title": _texts("Vingt questions avant le sommet", "Twenty questions before the summit"),
    "default_language": "fr",
    "languages": ["fr", "en"],
    "sections": [
        {"code": code, "title": _texts(*title), "questions": questions}
        for code, title, questions in SECTIONS
    ],
}
