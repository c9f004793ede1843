"""The pages of what was left out: the committee sees how much and why, analysts put answers back."""

import pytest
from sqlmodel import select

from analysis.text.quality import TextKind
from consultation.contributions.models import Contribution
from consultation.process.queries import by_slug
from core.auth.permissions import Role
from core.db import get_database
from results import runs
from results.models import LeftOut
from results.refresh import refresh
from results.workbench import sorting
from results.workbench.models import PutBack
from tests.support.make import NOW, make_account, make_consultation, sign_in
from tests.support.workbench import add_answers, make_codebook, make_coded_place

PAGE = "/workbench/summit/left-out"
SILENT = ["No comment.", "n/a", "sans avis", "voir pièce jointe", "\u202e<b>privacy</b>"]


@pytest.fixture
def people(app, tmp_path):
    """An analyst, a coder and a member of the committee, after a run."""
    with app.app_context(), get_database(app).transaction() as session:
        place, _book = make_coded_place(session, 40)
        add_answers(session, place, SILENT, language="fr")
        other = make_consultation(session, slug="other")
        add_answers(session, other, ["no comment"])
        make_codebook(session, other)
        found = {
            role: make_account(
                session, email=f"{role}@example.org", consultation=place, roles=(role,)
            )
            for role in (Role.ANALYST, Role.CODER, Role.COMMITTEE)
        }
    with app.app_context():
        refresh(get_database(app), "summit", now=NOW, folder=tmp_path)
    return {role: sign_in(app.test_client(), account) for role, account in found.items()}


def put_back(app):
    with get_database(app).read_session() as session:
        return session.exec(select(PutBack)).all()


def test_the_committee_reads_how_much_was_left_out_and_why(people):
    page = people[Role.COMMITTEE].page("/dashboards/summit/topics")
    assert "5 texts were left out, and why" in page.text()
    assert "n = 45 texts received" in page.text()
    rows = [" ".join("".join(row.itertext()).split()) for row in page.find("tr")]
    assert [row for row in rows if row.startswith("No comment")] == ["No comment36.7%"]
    assert [row for row in rows if row.startswith("Left out in all")] == ["Left out in all511.1%"]
    assert not [a for a in page.find("a") if "/left-out" in a.get("href", "")]


def test_an_analyst_puts_an_answer_back_and_takes_it_out_again(app, people):
    analyst = people[Role.ANALYST]
    links = [a.get("href") for a in analyst.page("/dashboards/summit/topics").find("a")]
    assert f"{PAGE}?reason=no_comment" in links
    page = analyst.page(f"{PAGE}?reason=no_comment")
    key = page.find("input", name="answer")[0].get("value")
    after = analyst.submit(page.form("/left-out"), {"answer": key, "what": "read"})
    assert "1 answer is read from the next run on." in after.text()
    assert "read from the next run on" in analyst.page(f"{PAGE}?reason=no_comment").text()
    (row,) = put_back(app)
    assert row.contribution_id == key
    assert "Read after all, or left out again" in analyst.page("/workbench/summit/log").text()
    page = analyst.page(f"{PAGE}?reason=put_back")
    analyst.submit(page.form("/left-out"), {"answer": key, "what": "leave"})
    assert put_back(app) == []


def test_every_answer_says_its_language_and_a_translation_is_one_click_away(people):
    page = people[Role.ANALYST].page(f"{PAGE}?reason=pointer")
    assert "Français" in page.text() or "français" in page.text()
    assert [b for b in page.find("button") if "/translations/" in b.get("formaction", "")]


def test_hostile_words_stay_words(people):
    page = people[Role.ANALYST].page(f"{PAGE}?reason=too_short")
    assert "<b>privacy" not in page.source
    assert "privacy" in page.text()


@pytest.mark.parametrize("role", [Role.CODER, Role.COMMITTEE])
def test_others_do_not_get_there(app, people, role):
    assert people[role].get(PAGE).status_code == 403
    token = people[role].page("/workbench/summit/" if role is Role.CODER else "/dashboards/summit")
    given = next(one for one in token.find("input", name="csrf_token") if one.get("value"))
    data = {"csrf_token": given.get("value"), "answer": "x", "what": "read"}
    assert people[role].post(PAGE, data=data).status_code == 403
    assert put_back(app) == []


def test_another_consultations_answer_cannot_be_put_back(app, people):
    analyst = people[Role.ANALYST]
    with get_database(app).read_session() as session:
        foreign = session.exec(
            select(Contribution.id).where(Contribution.text == "no comment")
        ).one()
    page = analyst.page(f"{PAGE}?reason=no_comment&page=abc")
    for data in (
        {"answer": foreign, "what": "read"},
        {"answer": "", "what": "read"},
        {"what": "eat"},
    ):
        assert analyst.submit(page.form("/left-out"), data).status == 422
    assert put_back(app) == []


def test_who_chose_nothing_is_told_and_what_has_no_letter_cannot_be_chosen(app, people):
    analyst = people[Role.ANALYST]
    with app.app_context(), get_database(app).transaction() as session:
        (dash,) = add_answers(session, by_slug(session, "summit"), ["-"])
        run = runs.latest(session, by_slug(session, "summit"))
        session.add(LeftOut(run_id=run.id, contribution_id=dash.id, kind=TextKind.NO_COMMENT))
        key = dash.id
    page = analyst.page(f"{PAGE}?reason=no_comment")
    assert len(page.find("input", name="answer")) == 3
    after = analyst.submit(page.form("/left-out"), {"what": "read"})
    assert "Choose at least one answer." in after.text()
    assert analyst.submit(page.form("/left-out"), {"answer": key, "what": "read"}).status == 422
    assert put_back(app) == []


def add_equal(app, count):
    """So many answers in the very same words, to two questions, as the run would have left them."""
    with app.app_context(), get_database(app).transaction() as session:
        place = by_slug(session, "summit")
        run = runs.latest(session, place)
        rows = add_answers(session, place, ["nothing to add"] * count)
        for number, row in enumerate(rows):
            row.question_code = ("why", "how")[number % 2]
            session.add(LeftOut(run_id=run.id, contribution_id=row.id, kind=TextKind.NO_COMMENT))
        return {row.id for row in rows}


def equal_row(page):
    (row,) = [row for row in page.find("tr") if "nothing to add" in "".join(row.itertext())]
    return row


def test_equal_words_are_one_row_and_one_choice_for_all(app, people):
    keys = add_equal(app, 7)
    analyst = people[Role.ANALYST]
    page = analyst.page(f"{PAGE}?reason=no_comment")
    row = equal_row(page)
    assert [" ".join("".join(cell.itertext()).split()) for cell in row][2:] == ["7", "how why"]
    (key,) = [box.get("value") for box in page.find("input", name="answer") if box in row.iter()]
    after = analyst.submit(page.form("/left-out"), {"answer": key, "what": "read"})
    assert "7 answers are read from the next run on." in after.text()
    assert {row.contribution_id for row in put_back(app)} == keys
    assert "read from the next run on" in "".join(equal_row(after).itertext())
    page = analyst.page(f"{PAGE}?reason=put_back")
    assert "Put back by people (7)" in page.text()
    assert len(page.find("input", name="answer")) == 1
    analyst.submit(page.form("/left-out"), {"answer": key, "what": "leave"})
    assert put_back(app) == []


def test_at_most_five_hundred_at_once_and_the_next_click_takes_the_rest(app, people, monkeypatch):
    monkeypatch.setattr(sorting, "MOST_AT_ONCE", 5)
    keys = add_equal(app, 7)
    analyst = people[Role.ANALYST]
    page = analyst.page(f"{PAGE}?reason=no_comment")
    (key,) = [
        box.get("value")
        for box in page.find("input", name="answer")
        if box in equal_row(page).iter()
    ]
    after = analyst.submit(page.form("/left-out"), {"answer": key, "what": "read"})
    assert "5 answers are read from the next run on." in after.text()
    assert "2 more in equal words are left" in after.text()
    assert "read from the next run on (5)" in " ".join("".join(equal_row(after).itertext()).split())
    after = analyst.submit(after.form("/left-out"), {"answer": key, "what": "read"})
    assert "2 answers are read from the next run on." in after.text()
    assert {row.contribution_id for row in put_back(app)} == keys
