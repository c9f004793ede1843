"""Whoever looks at an older run stays with it, from page to page of the dashboard."""

import re

import pytest
from sqlmodel import select

from consultation.process.queries import by_slug
from core.auth.permissions import Role
from core.db import get_database
from results.models import AnalysisRun, ConfirmedTopic, RunTable
from results.refresh import refresh
from results.workbench.queries import codebook_of
from tests.support.make import NOW, make_account, sign_in
from tests.support.themes import add_themes
from tests.support.workbench import make_coded_place

PAGE = re.compile(r"/dashboards/summit/(topics|themes|over-time)")
ROOM = "/dashboards/summit"


@pytest.fixture
def reader(app, tmp_path):
    """A member of the committee, after a run with topics, one of them named, and themes."""
    with app.app_context(), get_database(app).transaction() as session:
        place, _book = make_coded_place(session, 60)
        account = make_account(session, consultation=place, roles=(Role.COMMITTEE,))
    with app.app_context():
        refresh(get_database(app), "summit", now=NOW, folder=tmp_path)
    with app.app_context(), get_database(app).transaction() as session:
        place = by_slug(session, "summit")
        run = session.exec(select(AnalysisRun)).one()
        add_themes(session, place, codebook_of(session, place), run)
        for number in range(3):
            session.add(
                ConfirmedTopic(
                    run_id=run.id,
                    topic=number,
                    label={"en": f"Named {number}"},
                    confirmed_by="x",
                    confirmed_at=NOW,
                )
            )
    return sign_in(app.test_client(), account)


@pytest.fixture
def run(app, reader):
    with get_database(app).read_session() as session:
        return session.exec(select(AnalysisRun.public_id)).one()


def links(page):
    """Where the page itself leads to on the dashboard; the menu leads to the newest run."""
    (main,) = page.find("main")
    found = [one.get("href") for one in main.iter() if one.tag.endswith("}a") and one.get("href")]
    return [link for link in found if PAGE.match(link)]


@pytest.mark.parametrize(
    ("path", "kinds"),
    [
        ("/topics", {"over-time", "themes", "topics"}),
        ("/topics?language=fr", {"over-time", "themes", "topics"}),
        ("/themes/work", {"topics", "themes", "over-time"}),
        ("/over-time", {"topics", "over-time"}),
    ],
)
def test_every_link_between_the_pages_keeps_the_run(reader, run, path, kinds):
    asked = f"{ROOM}{path}{'&' if '?' in path else '?'}run={run}"
    page = reader.page(asked)
    assert page.status == 200
    found = links(page)
    assert {PAGE.match(link)[1] for link in found} == kinds
    assert [link for link in found if f"run={run}" not in link] == []
    # Without a run in the address none is nailed down: the page goes on with the newest.
    assert [link for link in links(reader.page(ROOM + path)) if "run=" in link] == []


def test_choosing_a_language_of_topics_keeps_the_run(reader, run):
    page = reader.page(f"{ROOM}/topics?run={run}")
    (choice,) = [form for form in page.find("form", method="get") if form.get("class") == "actions"]
    assert [one.get("value") for one in choice.iter() if one.get("name") == "run"] == [run]


def test_naming_a_topic_keeps_the_run(app, reader, run):
    for query, kept in ((f"?run={run}", True), ("", False)):
        form = reader.page(f"{ROOM}/topics{query}").form("/topics/0")
        answer = reader.post(form.action, data={**form.fields, "label_en": "Jobs"})
        assert answer.status_code == 303
        assert (f"run={run}" in answer.headers["Location"]) is kept


def test_a_language_without_topics_is_told_of(reader):
    said = "There is no topic of texts in this language alone."
    assert said in reader.page(f"{ROOM}/topics?language=fr").text()
    assert said not in reader.page(f"{ROOM}/topics").text()
    assert said not in reader.page(f"{ROOM}/topics?language=en").text()


def test_signed_off_themes_stand_on_the_page_where_too_few_texts_are_left_for_topics(app, reader):
    with get_database(app).transaction() as session:
        table = session.exec(select(RunTable).where(RunTable.name == "topics")).one()
        kept = {name: table.body[name] for name in ("n", "n_usable", "kinds", "put_back", "scope")}
        too_few = {"n": 12, "needed": 20}
        table.body = {**kept, "campaign_rows": [], "rows": [], "too_few": too_few}
    page = reader.page(f"{ROOM}/topics")
    assert "Too little to say: 12 found, 20 needed." in page.text()
    assert f"{ROOM}/themes/work" in links(page)
