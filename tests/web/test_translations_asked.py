"""Wherever a quote stands: its language, its translation, and who may ask for one."""

from datetime import timedelta

import pytest
from sqlmodel import select

from consultation.contributions.models import Contribution, Translation
from consultation.process.models import Consultation
from core.auth.permissions import Role
from core.db import get_database
from results.agenda import services
from results.agenda.drafts import services as drafts
from results.workbench import translations
from results.workbench.edits import Actor
from results.workbench.services import begin
from tests.support.agenda import TODAY, decide, make_committee, make_item, make_run, make_summit
from tests.support.agenda import make_text as make_summit_text
from tests.support.make import NOW, make_account, sign_in

SAID = "Les puits de notre ville sont à sec."
SECRET = "Une phrase que personne ne doit lire."
AGENDA = "/consultations/summit/agenda"


@pytest.fixture
def people(app):
    """A published agenda with a French quote, a member, an analyst, an organiser."""
    with get_database(app).transaction() as session:
        place = make_summit(session)
        committee = make_committee(session, place)
        run = make_run(session, place)
        item = make_item(session, place, "water", run=run)
        for text, is_quotable in ((SAID, True), (SECRET, False)):
            row = make_summit_text(
                session, place, text, language="fr", is_quotable=is_quotable, run=run
            )
            services.link_contribution(session, item, row.id, TODAY)
        services.link_figures(session, item, run, table_name="topics", row_key="1", now=TODAY)
        decide(session, place, item, committee)
        publication = drafts.Publication(comments_close_at=TODAY + timedelta(days=5))
        drafts.publish_draft(session, place, publication, actor="x", now=TODAY)
        begin(session, place, NOW)
        found = {"committee": committee[0], "item": item.public_id}
        for role in (Role.ANALYST, Role.ORGANISER, Role.FACILITATOR):
            found[role] = make_account(
                session, email=f"{role}@example.org", consultation=place, roles=(role,)
            )
    return found


def key_of(app, text):
    with get_database(app).read_session() as session:
        return session.exec(select(Contribution.id).where(Contribution.text == text)).one()


def asked(app):
    with get_database(app).read_session() as session:
        return session.exec(select(Translation)).all()


def write(app, text, words):
    with get_database(app).transaction() as session:
        place = session.exec(select(Consultation)).one()
        translations.write(session, place, key_of(app, text), "en", words, Actor("x", NOW))


def form_that_asks(page, key):
    return next(one for one in page.find("form") if f"/{key}" in one.get("action", ""))


def press(client, page, key):
    form = form_that_asks(page, key)
    data = {one.get("name"): one.get("value") for one in form.iter() if one.get("name")}
    return client.post(form.get("action"), data=data)


def test_the_editor_of_the_agenda_shows_and_asks_and_comes_back(app, people):
    client, url = sign_in(app.test_client(), people["committee"]), f"/{people['item']}"
    url = f"/manage/consultations/summit/agenda{url}"
    page = client.page(url)
    assert "français" in page.text().lower()
    answer = press(client, page, key_of(app, SECRET))
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(url)
    assert "translation asked for" in client.page(url).text()
    write(app, SECRET, "Nobody may read this.")
    shown = client.page(url).text()
    assert "Nobody may read this." in shown
    assert "translated by a person" in shown


def test_a_way_back_that_leads_out_of_the_site_is_not_taken(app, people):
    client = sign_in(app.test_client(), people["committee"])
    page = client.page(f"/manage/consultations/summit/agenda/{people['item']}")
    form = form_that_asks(page, key_of(app, SAID))
    data = {one.get("name"): one.get("value") for one in form.iter() if one.get("name")}
    for away in ("https://example.org/", "//example.org", "/\\example.org"):
        answer = client.post(form.get("action"), data={**data, "next": away})
        assert "example.org" not in answer.headers["Location"]


def test_the_public_reads_translations_and_asks_without_leaving_a_trace(app, client, people):
    key = key_of(app, SAID)
    url = f"{AGENDA}/contributions/{key}"
    lists = client.page(AGENDA)
    assert f"{url}#translation" in [a.get("href") for a in lists.find("a")]
    page = client.page(url)
    assert "and nothing about who asked" in page.text()
    assert press(client, page, key).status_code == 303
    assert press(client, page, key).status_code == 303
    (row,) = asked(app)
    assert (row.requested_by, row.language) == ("public", "en")
    shown = client.page(url)
    assert "translation asked for" in shown.text()
    assert not [one for one in shown.find("form") if "/translation" in one.get("action", "")]
    waiting = sign_in(app.test_client(), people[Role.ANALYST]).page(
        "/workbench/summit/translations"
    )
    assert SAID in waiting.text()
    write(app, SAID, "The wells of our town are dry.")
    for address in (url, AGENDA):
        assert "The wells of our town are dry." in client.page(address).text()


def test_the_public_cannot_ask_for_what_it_may_not_read(app, client, people):
    key, secret = key_of(app, SAID), key_of(app, SECRET)
    page = client.page(f"{AGENDA}/contributions/{key}")
    form = form_that_asks(page, key)
    data = {one.get("name"): one.get("value") for one in form.iter() if one.get("name")}
    for other in (secret, "x" * 26):
        url = form.get("action").replace(key, other)
        assert client.post(url, data=data).status_code == 404
    assert client.post(form.get("action"), data={}).status_code == 400
    assert asked(app) == []


def test_requests_of_the_public_end_where_nobody_could_serve_them(app, client, people, monkeypatch):
    monkeypatch.setattr(translations, "MOST_WAITING", 1)
    with get_database(app).transaction() as session:
        place = session.exec(select(Consultation)).one()
        other = make_summit_text(session, place, "Une autre phrase.", language="fr")
        translations.ask_in_public(session, place, other.id, "en", NOW)
    key = key_of(app, SAID)
    answer = press(client, client.page(f"{AGENDA}/contributions/{key}"), key)
    assert answer.status_code == 409
    assert len(asked(app)) == 1
    member = sign_in(app.test_client(), people["committee"])
    page = member.page(f"/manage/consultations/summit/agenda/{people['item']}")
    assert press(member, page, key).status_code == 303
    assert len(asked(app)) == 2


def test_a_text_in_the_readers_language_is_not_asked_for(app, client, people):
    key = key_of(app, SAID)
    client.set_cookie("language", "fr")
    page = client.page(f"{AGENDA}/contributions/{key}")
    assert not [one for one in page.find("form") if "/translation" in one.get("action", "")]
