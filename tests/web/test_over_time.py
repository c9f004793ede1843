"""The page of themes over time: with figures, without, and with hostile words."""

from datetime import timedelta

import pytest

from consultation.process.queries import by_slug
from core.auth.permissions import Role
from core.db import get_database
from results.refresh import refresh
from tests.support.make import NOW, make_account, make_consultation, sign_in
from tests.support.workbench import add_answers, sentences

URL = "/dashboards/summit/over-time"


@pytest.fixture
def member(app):
    with app.app_context(), get_database(app).transaction() as session:
        place = make_consultation(session)
        account = make_account(session, consultation=place, roles=(Role.COMMITTEE,))
    return sign_in(app.test_client(), account)


def answer(app, count, days=0):
    with app.app_context(), get_database(app).transaction() as session:
        texts = [text for text, _theme in sentences(count)]
        for row in add_answers(session, by_slug(session, "summit"), texts):
            row.received_on = (NOW + timedelta(days=days)).date()


def compute(app, folder):
    with app.app_context():
        refresh(get_database(app), "summit", now=NOW, folder=folder)


def test_without_a_run_the_page_says_so(member):
    assert "There are no figures yet" in member.page(URL).text()


def test_of_seven_answers_nothing_is_followed(app, member, tmp_path):
    answer(app, 7)
    compute(app, tmp_path)
    assert "Too few answers can be read to find topics in" in member.page(URL).text()


def test_one_period_is_too_little(app, member, tmp_path):
    answer(app, 60)
    compute(app, tmp_path)
    assert "1 period has ten answers or more, and two are needed" in member.page(URL).text()


def test_two_fortnights_are_compared(app, member, tmp_path):
    answer(app, 60)
    answer(app, 60, days=20)
    compute(app, tmp_path)
    page = member.page(URL + "?by=fortnight")
    assert "n = 60" in page.text()
    assert "Nothing changed so much that chance does not explain it." in page.text()
    assert "<svg" in page.source


def test_a_campaign_can_be_counted_once_and_is_never_dropped_unseen(app, member, tmp_path):
    answer(app, 60)
    answer(app, 60, days=20)
    with app.app_context(), get_database(app).transaction() as session:
        copy = "We call on all of you to stop cameras and tracking of faces in every street now"
        for row in add_answers(session, by_slug(session, "summit"), [copy] * 12):
            row.received_on = (NOW + timedelta(days=20)).date()
    compute(app, tmp_path)
    every = member.page(URL + "?by=fortnight")
    assert "n = 72" in every.text()
    assert "All answers count here; 11 of them repeat another of their campaign." in every.text()
    link = next(a.get("href") for a in every.find("a") if "copies=once" in a.get("href", ""))
    once = member.page(link)
    assert "n = 61" in once.text()
    assert "11 answers that repeat another of their campaign are left out." in once.text()
