"""The ranking page and its report, as the committee, the public and strangers see them."""

from copy import deepcopy
from datetime import timedelta

import pytest

from consultation.process.queries import by_slug
from core.auth.permissions import Role
from core.db import get_database
from results import publication, runs
from results.models import Audience
from results.refresh import refresh
from tests.support.journey import DOCUMENT, begin, make_asked_round
from tests.support.make import NOW, make_account, make_consultation, sign_in
from tests.support.rankings import add_ballots

PAGES = ("/dashboards/summit/ranking", "/dashboards/summit/ranking/report")
PUBLIC = ("/consultations/summit/results/ranking", "/consultations/summit/results/ranking/report")


@pytest.fixture
def summit(app):
    """A consultation with a run of 120 ballots, an unrelated one, and a committee member."""
    with app.app_context(), get_database(app).transaction() as session:
        place = make_consultation(session, is_public=True)
        make_consultation(session, slug="other", is_public=True)
        add_ballots(session, make_asked_round(session, consultation=place), 120)
        member = make_account(
            session, email="c@example.org", consultation=place, roles=(Role.COMMITTEE,)
        )
    with app.app_context():
        refresh(get_database(app), "summit", now=NOW)
    return member


def publish(app):
    with app.app_context(), get_database(app).transaction() as session:
        place = by_slug(session, "summit")
        run = runs.latest(session, place)
        publication.publish(session, place, run, threshold=10, now=NOW + timedelta(hours=1))
        return run.public_id


def test_the_committee_reads_the_order_its_sets_and_its_sentences(app, client, summit):
    sign_in(client, summit)
    page = client.page(PAGES[0])
    words = page.text()
    assert "“Rights”" in words
    assert "120 ballots" in words
    for part in ("Weighted and as heard", "without one group", "How this was made", "Tier 1"):
        assert part in words
    assert "%(" not in words
    assert len(page.find("h1")) == 1
    assert len(page.find("h3")) >= 5
    for drawing in page.find("svg"):
        assert drawing.get("role") == "img"
        assert drawing.get("aria-label")
    tables = page.find("table")
    assert len(tables) >= 8


def test_the_report_holds_the_same_numbers_unfolded(app, client, summit):
    sign_in(client, summit)
    page, report = (client.page(path) for path in PAGES)
    assert all(e.get("open") is not None for e in report.find("details"))

    def cells(shown):
        return [" ".join(" ".join(e.itertext()).split()) for e in shown.find("td")]

    assert cells(page) == cells(report)


def test_nothing_is_public_before_it_is_published_and_then_only_behind_the_gate(
    app, client, summit
):
    for path in PUBLIC:
        assert "Rights" not in client.page(path).text()
    publish(app)
    for path in PUBLIC:
        words = client.page(path).text()
        assert "“Rights”" in words
        assert "One against one" not in words
        assert "n = 40" in words
    with app.app_context(), get_database(app).read_session() as session:
        run = runs.latest_published(session, by_slug(session, "summit"))
        public = runs.tables_under(session, run, Audience.PUBLIC, "ranking/")
        assert all("pairwise" not in document for document in public.values())


def test_strangers_and_other_consultations_find_nothing(app, client, summit):
    run = publish(app)
    for path in PAGES:
        assert client.get(path).status_code in {302, 303}
    sign_in(client, summit)
    assert client.get("/dashboards/other/ranking").status_code in {403, 404}
    assert client.get(f"/dashboards/other/ranking?run={run}").status_code in {403, 404}
    assert client.get(f"{PAGES[0]}?run=nothing").status_code == 404
    assert "Rights" not in client.page("/consultations/other/results/ranking").text()


def test_whatever_stands_in_the_address_shows_a_ranking(app, client, summit):
    sign_in(client, summit)
    for wanted in ("1/order", "9/none", "../../etc", "%00", "1/order' OR 1=1"):
        page = client.page(f"{PAGES[0]}?of={wanted}")
        assert page.status == 200
        assert "“Rights”" in page.text()


def test_without_a_run_the_pages_say_so(app, client):
    with app.app_context(), get_database(app).transaction() as session:
        place = make_consultation(session, is_public=True)
        member = make_account(
            session, email="c@example.org", consultation=place, roles=(Role.COMMITTEE,)
        )
    assert "No results have been published yet" in client.page(PUBLIC[0]).text()
    sign_in(client, member)
    assert "There is no ranking yet" in client.page(PAGES[0]).text()
    assert "nothing to print" in client.page(PAGES[1]).text()


def test_arabic_reads_from_the_right(app, client, summit):
    publish(app)
    page = client.page(PUBLIC[0], headers={"Accept-Language": "ar"})
    assert page.direction == "rtl"


def test_the_order_that_pages_draw_is_frozen_and_tested(app, client):
    """Twelve people take the first item they see: the run knows where each item stood."""
    asked = deepcopy(DOCUMENT)
    asked["sections"][1]["questions"][1]["settings"]["randomise"] = True
    with app.app_context(), get_database(app).transaction() as session:
        place = make_consultation(session, is_public=True)
        row = make_asked_round(session, consultation=place, document=asked)
        member = make_account(
            session, email="c@example.org", consultation=place, roles=(Role.COMMITTEE,)
        )
    for _person in range(12):
        visitor = app.test_client()
        _token, page = begin(visitor, row)
        page = visitor.submit(page.form("/s/"), {"q_consent": "y", "q_sector": "academia"})
        names = [
            name
            for name in (e.get("name", "") for e in page.find("select"))
            if name.startswith("q_order-")
        ]
        places = {name: str(place) for place, name in enumerate(names[:2], start=1)}
        page = visitor.submit(page.form("/s/"), {"q_may_quote": "no", **places})
        visitor.submit(page.form("/submit"))
    with app.app_context():
        refresh(get_database(app), "summit", now=NOW)
        with get_database(app).read_session() as session:
            run = runs.latest(session, by_slug(session, "summit"))
            tables = runs.tables_under(session, run, Audience.COMMITTEE, "ranking/")
    found = tables["ranking/1/order"]["shown_order"]
    assert found["n"] == 12
    assert found["slope"] == pytest.approx(1)
    sign_in(client, member)
    assert "Items shown further up were ranked higher" in client.page(PAGES[0]).text()
