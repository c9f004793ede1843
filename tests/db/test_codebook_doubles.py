"""A codebook file loses no text: two columns for one text, and an empty name, are refused."""

import json

import pytest

from results.workbench import files, intake, services
from results.workbench.queries import themes
from tests.support.make import make_consultation
from tests.support.workbench import ACTOR

NESTED = '{"themes": [{"code": "a", "name": {"en": "A"}, "name_en": "B"}]}'
LATER = '{"themes": [{"code": "a", "name_en": "B", "name": {"en": "A"}}]}'
DOUBLE = '{"themes": [{"code": "a", "name": {"en": "A", "en": "B"}}]}'


@pytest.fixture
def book(app, database):
    with app.app_context(), database.transaction() as session:
        yield session, services.begin(session, make_consultation(session), ACTOR.now)


def take_in(book, data, name="book.csv"):
    found = files.read(data.encode(), name, "en")
    edit = None
    if not found.problems:
        edit = intake.take_in(*book, found, "book", ACTOR)
    return edit, [(problem.row, problem.column, problem.message) for problem in found.problems]


@pytest.mark.parametrize(
    ("data", "name", "row", "column", "other"),
    [
        ("code,name,name_en\na,A,B", "book.csv", 2, "name_en", "name"),
        ("code,name_en,name\na,A,", "book.csv", 2, "name", "name_en"),
        ("code,name_en,definition,definition_EN\na,A,x,y", "book.csv", 2, "definition_en", "definition"),
        ("code,name_en,name_zh-TW,name_zh_tw\na,A,x,y", "book.csv", 1, "name_zh-TW", "Two columns"),
        (json.dumps({"themes": [{"code": "a", "name": {"EN": "A", "en": "B"}}]}), "b.json", 1, "name_en", "name_EN"),
        (json.dumps({"themes": [{"code": "a", "name": "A", "name_en": "B"}]}), "b.json", 1, "name_en", "name"),
        (NESTED, "b.json", 1, "name_en", "name"),
        (LATER, "b.json", 1, "name_en", "name"),
        (DOUBLE, "b.json", None, "en", "en"),
    ],
)  # fmt: skip
def test_two_columns_for_the_same_text_are_refused(book, data, name, row, column, other):
    _edit, problems = take_in(book, data, name)
    assert [(one[0], one[1]) for one in problems] == [(row, column)]
    assert other in problems[0][2]
    assert themes(*book) == []


@pytest.mark.parametrize(
    ("data", "name", "row", "column"),
    [
        ("code,name_en,name_fr,definition_en\na,,Un,New", "book.csv", 2, "name_en"),
        ("code,name_en,name_fr\nb,B,\na,New,", "book.csv", 3, "name_fr"),
        (json.dumps({"themes": [{"code": "a", "name": {"en": "", "fr": " "}}]}), "b.json", 1, "name_en"),
    ],
)  # fmt: skip
def test_an_empty_name_deletes_no_name(book, data, name, row, column):
    take_in(book, "code,name_en,name_fr,definition_en\na,A,Un,Old\nb,B,,")
    edit, problems = take_in(book, data, name)
    assert edit is None
    assert problems[0][:2] == (row, column)
    assert "leave the column out" in problems[0][2]
    first = themes(*book)[0]
    assert (first.name, first.definition) == ({"en": "A", "fr": "Un"}, {"en": "Old"})


def test_an_empty_name_where_there_is_none_and_an_empty_definition_are_taken_in(book):
    take_in(book, "code,name_en,definition_en\na,A,Old")
    edit, problems = take_in(book, "code,name_en,name_fr,definition_en\na,B,,")
    assert problems == []
    assert edit is not None
    first = themes(*book)[0]
    assert (first.name, first.definition) == ({"en": "B"}, {})


def test_names_in_a_file_are_cleaned_as_texts_are(book):
    """Half a character, as JSON can write one, stops no page that shows the name."""
    odd = r'{"themes": [{" code\ud800": "a", "name": {"en": "A", "e\ud800n\u0000 ": "B"}}]}'
    _edit, problems = take_in(book, odd, "b.json")
    assert [problem[:2] for problem in problems] == [(None, "en")]
    alone = r'{"themes": [{"code": "a", "name_en": "A", "note\ud800": "x", "name_\ud800": "y"}]}'
    read = files.read(alone.encode(), "b.json", "en")
    shown = [*read.left_out, *(problem.column for problem in read.problems)]
    assert shown
    assert all(name.encode() for name in shown)


def test_empty_columns_at_the_end_are_no_columns(book):
    edit, problems = take_in(book, "code,name_en,,\na,A,,\nb,B,,\n")
    assert problems == []
    assert edit is not None
    assert {theme.code for theme in themes(*book)} >= {"a", "b"}
    _edit, problems = take_in(book, "code,name_en,,\nc,C,,lost\n")
    assert [(row, message) for row, _column, message in problems] == [
        (2, "The row has more or fewer cells than the heading.")
    ]
