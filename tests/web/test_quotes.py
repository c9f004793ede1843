"""A quote shows its language, and a translation where there is one; else one click asks for it."""

from dataclasses import replace

import pytest
from sqlmodel import select

from consultation.contributions.models import Contribution, Translation
from consultation.process.queries import by_slug
from core.auth.permissions import Role
from core.db import get_database
from results.agenda import quotes
from results.models import Misreading
from results.refresh import refresh
from results.workbench import translations
from tests.support.agenda import make_text
from tests.support.make import NOW, make_account, make_consultation, sign_in
from tests.support.workbench import ACTOR, add_answers, make_codebook, sentences

TOPICS = "/dashboards/summit/topics"


@pytest.fixture
def member(app, tmp_path):
    """A member of the committee, who has no right to the workbench, and French answers."""
    with app.app_context(), get_database(app).transaction() as session:
        place = make_consultation(session)
        account = make_account(session, consultation=place, roles=(Role.COMMITTEE,))
        add_answers(session, place, [text for text, _theme in sentences(60, "fr")], language="fr")
        other = make_consultation(session, slug="other")
        add_answers(session, other, ["Une phrase de l'autre consultation."], language="fr")
    with app.app_context():
        refresh(get_database(app), "summit", now=NOW, folder=tmp_path)
    return sign_in(app.test_client(), account)


def asked(app):
    with get_database(app).read_session() as session:
        return session.exec(select(Translation)).all()


def first_request(page):
    """Where the first button that asks for a translation leads, and its token."""
    form = next(one for one in page.find("form") if "/translations/" in one.get("action", ""))
    token = next(one for one in page.find("input", name="csrf_token") if one.get("value"))
    return form.get("action"), {"csrf_token": token.get("value"), "topic": "0"}


def test_a_member_asks_once_and_reads_what_a_person_wrote(app, member):
    url, data = first_request(member.page(TOPICS))
    for _twice in range(2):
        assert member.post(url, data=data).status_code == 303
    shown = member.page(TOPICS)
    (row,) = asked(app)
    assert "translation asked for" in shown.text()
    with app.app_context(), get_database(app).transaction() as session:
        stored = session.get(Translation, row.id)
        stored.text, stored.translated_at, stored.translated_by = "In other words.", NOW, "x"
        session.add(stored)
    shown = member.page(TOPICS).text()
    assert "In other words." in shown
    assert "translated by a person" in shown


def test_another_consultations_text_cannot_be_asked_for(app, member):
    with get_database(app).read_session() as session:
        key = next(row.id for row in session.exec(select(Contribution)) if "l'autre" in row.text)
    _url, data = first_request(member.page(TOPICS))
    url = f"/dashboards/summit/translations/{key}"
    assert member.post(url, data=data).status_code == 404
    assert asked(app) == []


def test_the_public_gets_a_translation_only_of_what_may_be_quoted(app):
    with app.app_context(), get_database(app).transaction() as session:
        place = make_consultation(session)
        rows = [make_text(session, place, f"Phrase {n}", language="fr") for n in range(3)]
        rows[1].is_quotable = False
        for row in rows:
            translations.ask(session, place, row.id, "en", ACTOR)
        for row in rows[:2]:
            translations.write(session, place, row.id, "en", "A sentence", ACTOR)
        found = quotes.quotes_of(session, rows)
        assert [quote.translations for quote in found] == [{"en": "A sentence"}, {}, {}]
        assert found[1].text is None
        assert replace(found[0], translations={}) == quotes.quote_of(rows[0])


def test_what_was_misread_has_its_language_and_can_be_asked_for(app, member):
    with app.app_context(), get_database(app).transaction() as session:
        place = by_slug(session, "summit")
        own = select(Contribution).where(Contribution.consultation_id == place.id)
        row = session.exec(own).first()
        session.add(Misreading(contribution_id=row.id, message="Not so", received_on=NOW.date()))
        key = row.id
    page = member.page(TOPICS)
    (form,) = [one for one in page.find("form") if f"/{key}" in one.get("action", "")][-1:]
    data = {one.get("name"): one.get("value") for one in form.iter() if one.get("name")}
    answer = member.post(form.get("action"), data=data)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(TOPICS)


ADDRESS = "anna@example.org"


def test_nobody_but_its_author_reads_an_address_in_an_answer(app, tmp_path):
    """The committee's topics, the analysts' pages and the public: marks instead, in their language."""
    with app.app_context(), get_database(app).transaction() as session:
        place = make_consultation(session)
        account = make_account(session, consultation=place, roles=(Role.ANALYST,))
        told = [f"{text} Write to {ADDRESS} or +41 22 730 11 00." for text, _ in sentences(60)]
        add_answers(session, place, told)
        make_codebook(session, place)
    with app.app_context():
        refresh(get_database(app), "summit", now=NOW, folder=tmp_path)
    desk = sign_in(app.test_client(), account)
    shown = desk.page(TOPICS)
    assert "Write to [email address] or [telephone number]." in shown.text()
    first = desk.page("/workbench/summit/topics/0")
    assert "[email address]" in first.text()
    for page in (shown, first):
        assert ADDRESS not in page.text()
        assert "730 11" not in page.text()
    french = desk.page(f"{TOPICS}?lang=fr").text()
    assert ADDRESS not in french


def test_a_public_quote_and_its_translation_are_without_addresses(app):
    with app.app_context(), get_database(app).transaction() as session:
        place = make_consultation(session)
        row = make_text(session, place, f"Écrivez à {ADDRESS}, merci.", language="fr")
        translations.ask(session, place, row.id, "en", ACTOR)
        translations.write(session, place, row.id, "en", f"Write to {ADDRESS}, thanks.", ACTOR)
        (found,) = quotes.quotes_of(session, [row])
        assert found.text == "Écrivez à [email address], merci."
        assert found.translations == {"en": "Write to [email address], thanks."}
        assert ADDRESS in row.text
