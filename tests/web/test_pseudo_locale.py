"""No string of ours on a respondent's page is left untranslated, shown with a made-up language."""

import io
import re

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from sqlmodel import select

from consultation.contributions.models import Contribution
from consultation.process.models import RoundState
from core.db import get_database
from surveys.models import Submission
from tests.contracts.test_translations import extracted
from tests.support.journey import begin, make_asked_round
from tests.support.make import make_consultation
from tests.support.questionnaires import SETTINGS, document_of, question_of

#: A language that we do not speak, so that none of our catalogues can be meant.
PSEUDO = "eo"
OURS, THEIRS = "⟦", "§"


def marked(text):
    """The text in the made-up language; placeholders stay as they are."""
    return f"{OURS}{text}{OURS}"


@pytest.fixture
def pseudo(app, tmp_path):
    """The application, speaking the made-up language from a catalogue of its own."""
    catalogue = Catalog(locale=PSEUDO)
    for message in extracted():
        if isinstance(message, str):
            catalogue.add(message, marked(message))
        else:
            catalogue.add(message, tuple(map(marked, message)))
    folder = tmp_path / "translations" / PSEUDO / "LC_MESSAGES"
    folder.mkdir(parents=True)
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    (folder / "messages.mo").write_bytes(buffer.getvalue())
    app.extensions["babel"].translation_directories = [str(tmp_path / "translations")]
    settings = app.extensions["settings"]
    object.__setattr__(settings, "languages", ("en", PSEUDO))
    return app.test_client()


def translated(value):
    """Every text of a document, marked as its author's."""
    if isinstance(value, dict):
        if value and set(value) <= {"en", "ar"}:
            return {PSEUDO: f"{THEIRS}{value.get('en', '')}"}
        return {key: translated(entry) for key, entry in value.items()}
    return [translated(entry) for entry in value] if isinstance(value, list) else value


def words(page):
    """The texts that a reader sees or hears, but names of countries, sectors and languages."""

    def walk(element):
        tag = str(element.tag).rpartition("}")[2]
        if tag in {"style", "script", "option", "bdi"} or element.get("lang") not in {None, PSEUDO}:
            return
        if "code" in (element.get("class") or "").split():
            return
        yield element.text or ""
        for child in element:
            yield from walk(child)
            yield child.tail or ""

    root = page.root
    yield from walk(root)
    for name in ("aria-label", "title", "placeholder", "alt"):
        yield from (element.get(name) or "" for element in root.iter())


def untranslated(page):
    return [
        text.strip()
        for text in words(page)
        if re.search(r"[A-Za-z]{2}", text)
        and OURS not in text
        and THEIRS not in text
        and text.strip() not in {"Polylogue", "– Polylogue"}
        and not re.fullmatch(r"[\W\d]*(\w+[\W\d]+)?\d{4}[\W\d]*(UTC)?[\W\d]*", text.strip())
        # Esperanto writes the year of a date first.
        and not re.fullmatch(r"\d{4}-\w+-\d\d?[\W\d]*(UTC)?[\W\d]*", text.strip())
    ]


def test_respondents_read_no_string_that_was_left_untranslated(pseudo, app):
    kinds = [kind for kind in SETTINGS if kind not in {"calculated", "file"}]
    document = translated(document_of(*(question_of(kind, required=True) for kind in kinds)))
    document.update(default_language=PSEUDO, languages=[PSEUDO])
    title = {PSEUDO: f"{THEIRS}Title", "en": f"{THEIRS}Title"}
    with get_database(app).transaction() as session:
        place = make_consultation(session, title=title, default_language=PSEUDO)
        row = make_asked_round(session, consultation=place, document=document, title=title)
    pseudo.set_cookie("language", PSEUDO)
    seen = {"intro": pseudo.page(f"/o/{row.public_id}")}
    token, seen["page"] = begin(pseudo, row)
    seen["refused"] = pseudo.submit(seen["page"].form("/s/"))
    assert seen["refused"].status == 422
    for name in ("check", "withdraw", "contributions/"):
        seen[name] = pseudo.page(f"/s/{token}/{name}")
    seen["lost"] = pseudo.page("/s/nothing/1")
    with get_database(app).transaction() as session:
        found = session.merge(row)
        found.state = RoundState.CLOSED
    seen["closed"] = pseudo.submit(seen["page"].form("/s/"), {"q_q_short_text": "x"})
    seen["over"] = pseudo.page(f"/o/{row.public_id}")
    assert {name: untranslated(page) for name, page in seen.items()} == {name: [] for name in seen}
    with get_database(app).read_session() as session:
        assert session.exec(select(Submission)).one()
        assert session.exec(select(Contribution)).all() == []
