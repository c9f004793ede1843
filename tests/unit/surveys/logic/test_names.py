"""Codes in texts and expressions: found, renamed, put in order."""

import pytest

from surveys.logic import ExpressionError, Reference, order, parse, pipes, rename


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [""]),
        ("Hello", ["Hello"]),
        ("${a}", [Reference("a")]),
        ("Hello ${name}, welcome", ["Hello ", Reference("name"), ", welcome"]),
        ("${a}${ b }", [Reference("a"), Reference("b")]),
        ("$5 {a} ${ } ${1} $ {a} ${a", ["$5 {a} ${ } ${1} $ {a} ${a"]),
        ("${${a}}", ["${", Reference("a"), "}"]),
        ("${last-saved#a}", ["${last-saved#a}"]),
        (
            "{{7*7}} {% x %} %(a)s {0} <b>${a}</b>",
            ["{{7*7}} {% x %} %(a)s {0} <b>", Reference("a"), "</b>"],
        ),
    ],
)
def test_pipes_are_found_once_and_nothing_else_means_anything(text, expected):
    assert pipes(text) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("${old} = 1", "${new} = 1"),
        ("${ old }+${older}", "${new}+${older}"),
        ("selected(${old}, 'old')", "selected(${new}, 'old')"),
        ("concat('${old}', ${old})", "concat('${old}', ${new})"),
        ('${old} = "${old}"', '${new} = "${old}"'),
        ("jr:choice-name(${old}, '${old}')", "jr:choice-name(${new}, '${new}')"),
        ("jr:choice-name(${old}, ' ${ old } ')", "jr:choice-name(${new}, ' ${new} ')"),
        ("jr:choice-name('${old}', ${old})", "jr:choice-name('${old}', ${new})"),
        # What is no expression is a text, and a text has apostrophes.
        ("Don't ${old}, can't ${old}", "Don't ${new}, can't ${new}"),
        ("${old} and ${a} and", "${new} and ${a} and"),
        ("It's '${old}'!", "It's '${new}'!"),
        ("", ""),
    ],
)
def test_renaming_touches_references_only(source, expected):
    assert rename(source, {"old": "new"}) == expected


def test_two_codes_can_change_places():
    assert rename("${a} - ${b}", {"a": "b", "b": "a"}) == "${b} - ${a}"


def test_a_renamed_expression_speaks_of_the_new_code():
    source = "if(selected(${a}, 'a'), jr:choice-name(${a}, '${a}'), ${b})"
    assert parse(rename(source, {"a": "z"})).names == {"z", "b"}


def test_what_is_needed_comes_first():
    found = order(
        {
            "total": parse("${first} + ${second} + ${asked}"),
            "second": parse("${first} * 2"),
            "first": parse("${asked}"),
        }
    )
    assert found == ["first", "second", "total"]
    assert order({"a": {"b"}, "b": set()}) == ["b", "a"]
    assert order({}) == []


@pytest.mark.parametrize(
    ("needs", "circle"),
    [
        ({"a": {"a"}}, {"a"}),
        ({"a": {"b"}, "b": {"a"}}, {"a", "b"}),
        ({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}, {"a", "b", "c"}),
        ({"a": parse("once(${a})")}, {"a"}),
    ],
)
def test_circles_are_spelt_out(needs, circle):
    with pytest.raises(ExpressionError) as caught:
        order(needs)
    assert caught.value.code == "cycle"
    assert caught.value.name in circle
    assert all(code in caught.value.message for code in circle)
    assert "d" not in caught.value.message.rpartition(":")[2]


def test_a_long_chain_of_calculations_is_ordered():
    needs = {f"q{number}": {f"q{number - 1}"} for number in range(1, 5_000)}
    found = order({**needs, "q0": set()})
    assert found == [f"q{number}" for number in range(5_000)]
