"""What is wrong with an expression in its questionnaire."""

import pytest

from surveys.logic import ExpressionError, check, parse

KNOWN = {"age", "name", "many"}


@pytest.mark.parametrize(
    ("source", "position", "code", "name"),
    [
        ("${nobody} = 1", 0, "unknown_question", "nobody"),
        ("${Age} = 1", 0, "unknown_question", "Age"),
        ("1 + eval('1')", 4, "unknown_function", "eval"),
        ("__import__('os')", 0, "unknown_function", "__import__"),
        ("Selected(${age}, 1)", 0, "unknown_function", "Selected"),
        ("jr:nothing()", 0, "unknown_function", "jr:nothing"),
        ("pulldata('a', 'b', 'c', 'd')", 0, "unsupported_function", "pulldata"),
        ("indexed-repeat(${age}, ${age}, 1)", 0, "unsupported_function", "indexed-repeat"),
        ("position()", 0, "unsupported_function", "position"),
        ("digest(${name}, 'MD5')", 0, "unsupported_function", "digest"),
        ("jr:itext('x')", 0, "unsupported_function", "jr:itext"),
        ("upper-case(${name})", 0, "unsupported_function", "upper-case"),
        ("selected(${age})", 0, "arguments", "selected"),
        ("today(1)", 0, "arguments", "today"),
        ("true('x')", 0, "arguments", "true"),
        ("number()", 0, "arguments", "number"),
        ("if(1, 2)", 0, "arguments", "if"),
        ("coalesce(1)", 0, "arguments", "coalesce"),
        ("once()", 0, "arguments", "once"),
        ("concat()", 0, "arguments", "concat"),
        ("round(1, 2, 3)", 0, "arguments", "round"),
        ("checklist(1, 2)", 0, "arguments", "checklist"),
        ("weighted-checklist(1, 2, 3, 4, 5)", 0, "arguments", "weighted-checklist"),
        ("jr:choice-name(1, 'many')", 0, "arguments", "jr:choice-name"),
        ("jr:choice-name(1, concat('a'))", 0, "arguments", "jr:choice-name"),
        ("jr:choice-name(1, '${other}')", 18, "unknown_question", "other"),
        ("jr:choice-name(1, ${other})", 18, "unknown_question", "other"),
        ("format-date(${age}, '%Y-%q')", 20, "format", "%q"),
        ("format-date-time(${age}, '100%')", 25, "format", "%"),
        ("regex(., '(')", 9, "pattern", ""),
    ],
)
def test_one_fault(source, position, code, name):
    [found] = check(parse(source), KNOWN)
    assert isinstance(found, ExpressionError)
    assert (found.position, found.code, found.name) == (position, code, name)
    assert found.message


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("today(1)", "today() takes no arguments, not 1."),
        ("not()", "not() takes 1 argument, not 0."),
        ("selected(1)", "selected() takes 2 arguments, not 1."),
        ("round(1, 2, 3)", "round() takes 1 or 2 arguments, not 3."),
        ("concat()", "concat() takes at least 1 arguments, not 0."),
        ("weighted-checklist(1, 2, 3, 4, 5)", "in pairs"),
        ("pulldata()", "The function pulldata() is not offered here."),
        ("nothing()", "There is no function “nothing”."),
    ],
)
def test_faults_are_said_in_plain_words(source, words):
    [found] = check(parse(source), KNOWN)
    assert words in found.message


@pytest.mark.parametrize(
    "source",
    [
        "${age} > 18 and selected(${many}, 'a')",
        "jr:choice-name(${many}, '${many}')",
        "concat('${nobody}', ${name})",
        "regex(., ${name})",
        "format-date(today(), '%a %e %b %Y %%')",
        "weighted-checklist(1, 2, ${age}, 1, ${age}, 2)",
        "string-length() < 5",
    ],
)
def test_nothing_is_wrong(source):
    assert check(parse(source), KNOWN) == []


def test_all_faults_are_found_in_the_order_of_their_places():
    source = "${x} + foo(regex(., '[')) + pulldata(${y}) + today(1)"
    found = [(fault.position, fault.code) for fault in check(parse(source), KNOWN)]
    assert found == [
        (0, "unknown_question"),
        (7, "unknown_function"),
        (20, "pattern"),
        (28, "unsupported_function"),
        (37, "unknown_question"),
        (45, "arguments"),
    ]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("nothing()", "unknown_function"),
        ("pulldata('x')", "unsupported_function"),
        ("today(1)", "arguments"),
        ("jr:choice-name('a', 'b')", "arguments"),
    ],
)
def test_what_was_not_checked_fails_when_it_is_worked_out(value, source, code):
    with pytest.raises(ExpressionError) as caught:
        value(source)
    assert caught.value.code == code
