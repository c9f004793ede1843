"""A small questionnaire, a round that asks it, and a respondent who answers it in a browser."""

from typing import Any

from sqlmodel import Session

from consultation.process.models import Consultation, Round, RoundState
from surveys import instruments
from tests.support.make import NOW, make_consultation, make_round
from tests.support.pages import Page, PageClient

DOCUMENT: dict[str, Any] = {
    "title": {"en": "A small survey", "ar": "استبيان صغير"},
    "default_language": "en",
    "languages": ["en", "ar"],
    "sections": [
        {
            "code": "about",
            "title": {"en": "About you", "ar": "عنكم"},
            "questions": [
                {
                    "code": "consent",
                    "kind": "consent",
                    "label": {"en": "Your agreement"},
                    "required": True,
                    "settings": {"text": {"en": "I have read how my answers are used."}},
                },
                {"code": "sector", "kind": "sector", "label": {"en": "Sector"}},
                {"code": "country", "kind": "country", "label": {"en": "Country"}},
            ],
        },
        {
            "code": "views",
            "title": {"en": "Your views", "ar": "آراؤكم"},
            "questions": [
                {
                    "code": "safety",
                    "kind": "rating_scale",
                    "label": {"en": "How much does safety matter?"},
                    "settings": {"points": 5, "no_opinion": True},
                },
                {
                    "code": "order",
                    "kind": "ranking",
                    "label": {"en": "Put these in order"},
                    "settings": {
                        "top": 2,
                        "items": [
                            {"code": "water", "label": {"en": "Water"}},
                            {"code": "work", "label": {"en": "Work"}},
                            {"code": "rights", "label": {"en": "Rights"}},
                        ],
                    },
                },
                {
                    "code": "groups",
                    "kind": "multiple_choice",
                    "label": {"en": "Which groups?"},
                    "settings": {
                        "max_choices": 2,
                        "exclusive": ["none"],
                        "options": [
                            {"code": "a", "label": {"en": "Group A"}},
                            {"code": "b", "label": {"en": "Group B"}},
                            {"code": "c", "label": {"en": "Group C"}},
                            {"code": "none", "label": {"en": "None of these"}},
                        ],
                    },
                },
                {
                    "code": "why",
                    "kind": "long_text",
                    "label": {"en": "Why?"},
                    "settings": {"max_length": 200},
                },
                {
                    "code": "may_quote",
                    "kind": "single_choice",
                    "label": {"en": "May we quote you?"},
                    "settings": {
                        "options": [
                            {"code": "yes_alone", "label": {"en": "Yes"}},
                            {"code": "no", "label": {"en": "No"}},
                        ]
                    },
                },
            ],
        },
    ],
}
SECOND_PAGE = {
    "q_safety": "4",
    "q_order-rights": "1",
    "q_order-water": "2",
    "q_groups": ["a", "b"],
    "q_why": "Rights of workers come first <b>always</b>.",
    "q_may_quote": "yes_alone",
}


def make_asked_round(
    session: Session,
    *,
    consultation: Consultation | None = None,
    document: dict[str, Any] = DOCUMENT,
    **values: Any,
) -> Round:
    """An open round with a questionnaire, the small one by default."""
    place = consultation or make_consultation(session)
    row = make_round(session, place, **{**values, "state": RoundState.DRAFT})
    made = instruments.add(session, place, document, NOW)
    instruments.assign(session, place, row, made.id or 0)
    instruments.freeze(session, row, NOW)
    row.state = values.get("state", RoundState.OPEN)
    session.add(row)
    session.flush()
    return row


def token_in(page: Page) -> str:
    """The token of the private link that the page's form goes to."""
    return page.form("/s/").action.split("/")[2]


def begin(client: PageClient, row: Round) -> tuple[str, Page]:
    """Open the link, press the button; the token and the first page."""
    page = client.submit(client.page(f"/o/{row.public_id}").form("/start"))
    return token_in(page), page


def answer(client: PageClient, row: Round, **changes: Any) -> tuple[str, Page]:
    """A whole journey up to the receipt."""
    token, page = begin(client, row)
    first = {"q_consent": "y", "q_sector": "academia", "q_country": "KE"}
    page = client.submit(page.form("/s/"), first)
    page = client.submit(page.form("/s/"), {**SECOND_PAGE, **changes})
    return token, client.submit(page.form("/submit"))
