"""Pages that depend on answers: what is shown, skipped, piped, shuffled, refused and counted."""

import pytest
from sqlmodel import select

from consultation.contributions.models import Contribution
from surveys.models import QuotaCount, Submission, SubmissionState
from tests.support.journey import begin, make_asked_round

LETTERS = "abcdefgh"


def option(code, **more):
    return {"code": code, "label": {"en": f"Option {code}"}, **more}


def question(code, kind, label, **more):
    return {"code": code, "kind": kind, "label": {"en": label}, **more}


DOCUMENT = {
    "title": {"en": "A survey that listens"},
    "default_language": "en",
    "languages": ["en", "ar"],
    "thanks": {"en": "Many thanks from us all."},
    "quotas": [
        {
            "code": "people",
            "condition": "${who} = 'person'",
            "limit": 1,
            "message": {"en": "Enough people have answered."},
        }
    ],
    "sections": [
        {
            "code": "first",
            "title": {"en": "First"},
            "questions": [
                question(
                    "who",
                    "single_choice",
                    "Who answers?",
                    required=True,
                    settings={"options": [option("org"), option("person")]},
                ),
                question("name", "short_text", "Your name"),
                question("role", "short_text", "Your role", relevant="${who} = 'org'"),
            ],
        },
        {
            "code": "second",
            "title": {"en": "For organisations"},
            "relevant": "${who} = 'org'",
            "questions": [
                question(
                    "size",
                    "number",
                    "How many are you?",
                    constraint=". > 1 and . < 1000",
                    constraint_message={"en": "An organisation has 2 to 999 members here."},
                ),
                question(
                    "double",
                    "calculated",
                    "Twice",
                    settings={"calculation": "${size} * 2", "is_number": True},
                ),
            ],
        },
        {
            "code": "third",
            "title": {"en": "Third, ${name}"},
            "questions": [
                question("shown", "note", "Twice your size is ${double}; you are ${who}."),
                question(
                    "pick",
                    "multiple_choice",
                    "Pick",
                    required="soft",
                    settings={
                        "randomise": True,
                        "options": [
                            *(option(letter) for letter in LETTERS),
                            option("only", relevant="${who} = 'org'"),
                            option("none", is_anchored=True),
                        ],
                    },
                ),
            ],
        },
    ],
}


@pytest.fixture
def row(database):
    with database.transaction() as session:
        return make_asked_round(session, document=DOCUMENT)


def only(database, table):
    with database.read_session() as session:
        return session.exec(select(table)).one()


def choices(page, name):
    return [e.get("value") for e in page.find("input") if e.get("name") == name]


def test_a_page_that_does_not_concern_the_respondent_is_left_out(client, database, row):
    token, page = begin(client, row)
    page = client.submit(page.form("/s/"), {"q_who": "person", "q_name": "Ada"})
    assert "Third, \u2068Ada\u2069" in page.text()
    assert "Page 2 of 2" in page.text()
    assert client.page(f"/s/{token}/2").form("/s/").action.endswith("/3")
    page = client.submit(page.form("/s/"), {"q_pick": "a"})
    client.submit(page.form("/submit"))
    stored = only(database, Submission)
    assert stored.answers["size"] == {"state": "not_shown", "value": None}
    assert "double" not in stored.answers or stored.answers["double"]["state"] == "not_shown"
    assert stored.state is SubmissionState.SUBMITTED


def test_a_question_that_an_answer_opens_is_asked_before_going_on(client, row):
    _token, page = begin(client, row)
    assert "Your role" not in page.text()
    page = client.submit(page.form("/s/"), {"q_who": "org", "q_name": "Ada"})
    assert "Your role" in page.text()
    assert page.form("/s/").fields["q_name"] == ["Ada"]
    page = client.submit(page.form("/s/"), {"q_role": "Chair"})
    assert "For organisations" in page.text()


def test_the_authors_rule_is_checked_and_said_in_the_authors_words(client, database, row):
    _token, page = begin(client, row)
    page = client.submit(page.form("/s/"), {"q_who": "org"})
    page = client.submit(page.form("/s/"))
    page = client.submit(page.form("/s/"), {"q_size": "١٠٠٠"})
    assert page.status == 422
    assert "An organisation has 2 to 999 members here." in page.text()
    page = client.submit(page.form("/s/"), {"q_size": "٢١"})
    assert "Twice your size is \u206842\u2069; you are \u2068Option org\u2069." in page.text()
    page = client.submit(page.form("/s/"), {"q_pick": ["only", "none"]})
    client.submit(page.form("/submit"))
    assert only(database, Submission).answers["double"] == {"state": "answered", "value": "42"}


def test_an_option_that_does_not_concern_the_respondent_cannot_be_chosen(client, row):
    _token, page = begin(client, row)
    page = client.submit(page.form("/s/"), {"q_who": "person"})
    assert "only" not in choices(page, "q_pick")
    page = client.submit(page.form("/s/"), {"q_pick": "only"})
    assert page.status == 422


def test_the_order_is_the_respondents_own_and_stays(client, row):
    orders = []
    for _respondent in range(6):
        token, page = begin(client, row)
        page = client.submit(page.form("/s/"), {"q_who": "person"})
        orders.append(tuple(choices(page, "q_pick")))
        assert choices(client.page(f"/s/{token}/3"), "q_pick") == list(orders[-1])
        assert orders[-1][-1] == "none"
    assert len(set(orders)) > 1
    assert {frozenset(order) for order in orders} == {frozenset([*LETTERS, "none"])}


def test_a_question_left_open_is_asked_about_once(client, row):
    _token, page = begin(client, row)
    page = client.submit(page.form("/s/"), {"q_who": "person"})
    page = client.submit(page.form("/s/"))
    assert "still open" in page.text()
    assert ("go", "anyway") in page.form("/s/").buttons
    page = client.submit(page.form("/s/"), {"go": "anyway"})
    assert "Check your answers" in page.text()


def test_an_answer_set_aside_comes_back_with_its_question(client, row):
    token, page = begin(client, row)
    page = client.submit(page.form("/s/"), {"q_who": "org"})
    page = client.submit(page.form("/s/"), {"q_role": "Chair"})
    client.submit(page.form("/s/"), {"q_size": "12"})
    client.submit(client.page(f"/s/{token}/1").form("/s/"), {"q_who": "person"})
    page = client.page(f"/s/{token}/check")
    assert "no longer concern you" in page.text()
    assert "How many are you?" in page.text()
    client.submit(client.page(f"/s/{token}/1").form("/s/"), {"q_who": "org"})
    assert client.page(f"/s/{token}/2").form("/s/").fields["q_size"] == ["12"]


def test_words_of_a_question_that_is_not_shown_are_not_kept(client, database, row):
    token, page = begin(client, row)
    page = client.submit(page.form("/s/"), {"q_who": "org", "q_name": "Ada"})
    client.submit(page.form("/s/"), {"q_role": "A secret role"})
    client.submit(client.page(f"/s/{token}/1").form("/s/"), {"q_who": "person"})
    page = client.submit(client.page(f"/s/{token}/3").form("/s/"), {"q_pick": "a"})
    client.submit(page.form("/submit"))
    assert only(database, Contribution).text == "Ada"


def test_a_quota_counts_what_was_handed_in_and_says_when_it_is_full(client, database, row):
    for turn in range(2):
        token, page = begin(client, row)
        page = client.submit(page.form("/s/"), {"q_who": "person"})
        page = client.submit(page.form("/s/"), {"q_pick": "a"})
        page = client.submit(page.form("/submit"))
        assert (turn == 0) == ("Many thanks from us all." in page.text())
    assert "Enough people have answered." in page.text()
    assert page.status == 409
    with database.read_session() as session:
        states = sorted(str(found.state) for found in session.exec(select(Submission)))
    assert states == ["draft", "submitted"]
    assert only(database, QuotaCount).taken == 1
    first = client.page(f"/s/{token}/1")
    page = client.submit(first.form("/s/"), {"q_who": "org"})
    page = client.submit(page.form("/s/"))
    page = client.submit(page.form("/s/"))
    page = client.submit(page.form("/s/"), {"go": "anyway"})
    page = client.submit(page.form("/submit"))
    assert "Many thanks" in page.text()


def test_an_answer_with_a_pipe_in_it_is_words_and_nothing_else(client, row):
    _token, page = begin(client, row)
    hostile = "${who} {{7*7}} {% x %} %(a)s <b>"
    page = client.submit(page.form("/s/"), {"q_who": "person", "q_name": hostile})
    assert hostile in page.text()
    assert "<b>" not in page.source.replace("</b>", "") or "&lt;b&gt;" in page.source


def test_a_page_whose_cookie_was_lost_comes_back_with_what_was_typed(client, database, row):
    token, page = begin(client, row)
    form = page.form("/s/")
    client.delete_cookie("session")
    again = client.submit(form, {"q_who": "person", "q_name": "A long thought"})
    assert again.status == 400
    assert "nothing on it has been saved yet" in again.text()
    page = client.submit(again.form("/s/"))
    assert "A long thought" in page.text()
    assert only(database, Submission).answers["who"]["value"] == "person"
    assert client.page(f"/s/{token}/1").form("/s/").fields["q_name"] == ["A long thought"]


def test_the_respondents_copy_is_plain_text_of_their_own_words(client, row):
    token, page = begin(client, row)
    client.submit(page.form("/s/"), {"q_who": "person", "q_name": "<i>Ada</i>"})
    copy = client.get(f"/s/{token}/copy.txt")
    assert copy.mimetype == "text/plain"
    assert "<i>Ada</i>" in copy.text
    assert "Option person" in copy.text
    assert copy.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in copy.headers["Cache-Control"]


def test_words_beside_other_are_a_contribution_and_come_back(client, database):
    options = {"options": [option("a"), option("b")], "other": True}
    asked = {
        **DOCUMENT,
        "quotas": [],
        "sections": [
            {
                "code": "one",
                "title": {"en": "One"},
                "questions": [question("which", "single_choice", "Which?", settings=options)],
            }
        ],
    }
    with database.transaction() as session:
        row = make_asked_round(session, document=asked)
    token, page = begin(client, row)
    page = client.submit(page.form("/s/"), {"q_which": "other"})
    assert "Say in a few words" in page.text()
    client.submit(page.form("/s/"), {"q_which": "other", "q_which--text": "Something else"})
    assert client.page(f"/s/{token}/1").form("/s/").fields["q_which--text"] == ["Something else"]
    assert "Something else" in client.page(f"/s/{token}/check").text()
    text = only(database, Contribution)
    assert (text.text, text.question_code) == ("Something else", "which__other")
    assert "Something" not in str(only(database, Submission).answers)
    client.submit(client.page(f"/s/{token}/1").form("/s/"), {"q_which": "a"})
    with database.read_session() as session:
        assert session.exec(select(Contribution)).all() == []


def test_a_long_chain_of_values_is_worked_out(client, database):
    chain = [question("n0", "number", "Begin")]
    for place in range(1, 200):
        calculation = {"calculation": f"${{n{place - 1}}} + 1", "is_number": True}
        chain.append(question(f"n{place}", "calculated", "Next", settings=calculation))
    chain.reverse()
    asked = {
        **DOCUMENT,
        "quotas": [],
        "sections": [
            {"code": "one", "title": {"en": "One"}, "questions": chain},
            {
                "code": "two",
                "title": {"en": "Two"},
                "questions": [question("end", "note", "It is ${n199}.")],
            },
        ],
    }
    with database.transaction() as session:
        row = make_asked_round(session, document=asked)
    _token, page = begin(client, row)
    page = client.submit(page.form("/s/"), {"q_n0": "1"})
    assert "It is \u2068200\u2069." in page.text()


def test_a_colour_of_the_author_reaches_the_pages(client, database):
    with database.transaction() as session:
        row = make_asked_round(session, document={**DOCUMENT, "theme_colour": "#660033"})
    _token, page = begin(client, row)
    [link] = [e.get("href") for e in page.find("link") if "theme.css" in (e.get("href") or "")]
    assert "--brand:#660033" in client.get(link).text
    assert client.get("/o/nothing/theme.css").status_code == 404
