"""What each function gives, in the words of XPath 1.0 and of ODK."""

import math

import pytest

from surveys.logic import ExpressionError, as_text, evaluate, parse
from surveys.logic.functions import FUNCTIONS, SPECIAL

ANSWERS = {"name": "Ada", "age": "34", "half": "0.5", "many": "a c d", "day": "2024-02-29"}


CASES = [
    # Choices.
    ("selected(${many}, 'c')", "true"),
    ("selected(${many}, ' c ')", "true"),
    ("selected(${many}, 'b')", "false"),
    ("selected(${many}, 'a c')", "false"),
    ("selected('apple', 'app')", "false"),
    ("selected(${none}, '')", "false"),
    ("selected(${none}, 'a')", "false"),
    ("selected('1 2', 2)", "true"),
    ("selected-at(${many}, 0)", "a"),
    ("selected-at(${many}, 2)", "d"),
    ("selected-at(${many}, 1.9)", "c"),
    ("selected-at(${many}, 3)", ""),
    ("selected-at(${many}, -1)", ""),
    ("selected-at(${many}, 'x')", ""),
    ("selected-at(${none}, 0)", ""),
    ("count-selected(${many})", "3"),
    ("count-selected(' a  b ')", "2"),
    ("count-selected(${none})", "0"),
    ("jr:choice-name(selected-at(${many}, 1), '${many}')", "many:c"),
    ("jr:choice-name(${many}, '${many}')", "many:a, many:c, many:d"),
    ("jr:choice-name(${none}, '${many}')", ""),
    ("jr:choice-name('c', ' ${ many } ')", "many:c"),
    # Checklists: true, a number above 0, or the answer "yes".
    ("checklist(1, 2, 'yes', 'no', 'yes')", "true"),
    ("checklist(3, 4, 'yes', 'no', 'yes')", "false"),
    ("checklist(-1, 1, 'yes', 'no', 'yes')", "false"),
    ("checklist(2, -1, 'yes', 'no', 'yes')", "true"),
    ("checklist(-1, -1, 'no')", "true"),
    ("checklist(1, 1, ${age} > 18, ${age} > 40)", "true"),
    ("checklist(2, 2, '1', 1, '0', 0, '', 'maybe', -1)", "true"),
    ("checklist(0, 0, ${none})", "true"),
    ("weighted-checklist(3, 5, 'yes', 2, 1, 2)", "true"),
    ("weighted-checklist(5, -1, 'yes', 2, 'yes', 2.5)", "false"),
    ("weighted-checklist(4.5, 4.5, 'yes', 2, 'yes', 2.5, 'no', 9)", "true"),
    ("weighted-checklist(-1, 4, 'yes', 2, 'yes', 2.5)", "false"),
    # Conditions.
    ("if(${age} > 18, 'grown', 'young')", "grown"),
    ("if('', 'grown', 'young')", "young"),
    ("if(${age} > 18, 1, 2) + 1", "2"),
    ("coalesce(${none}, ${name})", "Ada"),
    ("coalesce(${name}, ${none})", "Ada"),
    ("coalesce(${none}, ${none}, 'last')", "last"),
    ("coalesce(${none} + 1, 5)", "5"),
    ("coalesce(0, 5)", "0"),
    ("coalesce(false(), 5)", "false"),
    ("coalesce(${none}, '')", ""),
    ("true() or ${none}", "true"),
    ("'' or 17", "true"),
    ("true() or true() and false()", "true"),
    ("(true() or true()) and false()", "false"),
    # Texts.
    ("string-length('naïve')", "5"),
    ("string-length('')", "0"),
    ("string-length('🙂')", "1"),
    ("substr('hello', 0)", "hello"),
    ("substr('hello', 1, 4)", "ell"),
    ("substr('hello', -2)", "lo"),
    ("substr('hello', 0, -1)", "hell"),
    ("substr('hello', -10, 3)", "hel"),
    ("substr('hello', 3, 1)", ""),
    ("substr('hello', 1.9, 3.9)", "el"),
    ("substr('hello', 9)", ""),
    ("substr('hello', 'x')", ""),
    ("substring('12345', 2)", "2345"),
    ("substring('12345', 2, 3)", "234"),
    ("substring('12345', 1.5, 2.6)", "234"),
    ("substring('12345', 0, 3)", "12"),
    ("substring('12345', 0 div 0, 3)", ""),
    ("substring('12345', 1, 0 div 0)", ""),
    ("substring('12345', -42, 1 div 0)", "12345"),
    ("substring('12345', -1 div 0, 1 div 0)", ""),
    ("substring('12345', -1 div 0)", "12345"),
    ("substring('12345', 2, -1)", ""),
    ("substring-before('1999/04/01', '/')", "1999"),
    ("substring-before('hello', 'q')", ""),
    ("substring-before('hello', '')", ""),
    ("substring-before('hello', 'h')", ""),
    ("substring-after('1999/04/01', '/')", "04/01"),
    ("substring-after('1999/04/01', '19')", "99/04/01"),
    ("substring-after('hello', 'q')", ""),
    ("substring-after('hello', '')", "hello"),
    ("substring-after('hello', 'o')", ""),
    ("contains('abc', 'bc')", "true"),
    ("contains('abc', '')", "true"),
    ("contains('abc', 'd')", "false"),
    ("starts-with('abc', 'ab')", "true"),
    ("starts-with('', 'a')", "false"),
    ("ends-with('abc', 'bc')", "true"),
    ("ends-with('abc', 'ab')", "false"),
    ("concat('a')", "a"),
    ("concat(${name}, ' is ', ${age} + 1)", "Ada is 35"),
    ("join('; ', 'a', 'b', 3)", "a; b; 3"),
    ("join(', ', 'a')", "a"),
    ("join('-', 'a', '', 'b')", "a--b"),
    ("normalize-space('  a \t\n b ')", "a b"),
    ("normalize-space('a\u00a0 b')", "a\u00a0 b"),
    ("translate('bar', 'abc', 'ABC')", "BAr"),
    ("translate('--aaa--', 'abc-', 'ABC')", "AAA"),
    ("translate('hello', 'll', 'Lx')", "heLLo"),
    ("translate('hello', '', 'x')", "hello"),
    ("translate('2019/01/02', '/', '-')", "2019-01-02"),
    ("regex(${name}, '[A-Z][a-z]+')", "true"),
    ("regex(${name}, '[A-Z]')", "false"),
    ("regex('', '')", "true"),
    ("regex(34, '[0-9]{2}')", "true"),
    # Numbers.
    ("int('7.9')", "7"),
    ("int(-7.9)", "-7"),
    ("int('x')", ""),
    ("round(2.5)", "3"),
    ("round(-2.5)", "-2"),
    ("round(-2.6)", "-3"),
    ("round(0.49999999999999994)", "0"),
    ("round(3.14159, 2)", "3.14"),
    ("round(1.005, 2)", "1.01"),
    ("round(12345.15, 1)", "12345.2"),
    ("round(-12345.15, 1)", "-12345.1"),
    ("round(12345.12345, -1)", "12350"),
    ("round(12345.12345, -2)", "12300"),
    ("round(12350.12345, -2)", "12400"),
    ("round(14.29123, 1.5)", "14.3"),
    ("round(5, 31)", ""),
    ("round(5, 'x')", ""),
    ("round('x')", ""),
    ("floor(-1.5)", "-2"),
    ("ceiling(1.2)", "2"),
    ("abs(-3.5)", "3.5"),
    ("pow(2, 10)", "1024"),
    ("pow(2, -1)", "0.5"),
    ("pow(-8, 1 div 3)", ""),
    ("sqrt(16)", "4"),
    ("sqrt(-1)", ""),
    ("round(exp(1), 5)", "2.71828"),
    ("exp10(3)", "1000"),
    ("log(1)", "0"),
    ("log(-1)", ""),
    ("log10(1000)", "3"),
    ("sin(0)", "0"),
    ("cos(0)", "1"),
    ("tan(0)", "0"),
    ("asin(2)", ""),
    ("round(acos(-1), 10) = round(pi(), 10)", "true"),
    ("round(atan(1) * 4, 10) = round(pi(), 10)", "true"),
    ("round(atan2(1, -1), 4)", "2.3562"),
    ("min(3, 1, 2)", "1"),
    ("max(${age}, 2, ${none})", "34"),
    ("max(-3, -5)", "-3"),
    ("min(${none}, ${none})", ""),
    ("min(1, 'x')", ""),
    ("sum(${age}, ${half}, ${none})", "34.5"),
    ("sum(${none})", "0"),
    ("sum(${none} * 2, 3)", "3"),
    ("sum(1, 'x')", ""),
    ("sum(0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1)", "0.9999999999999999"),
    ("count(${age}, ${none}, ${half})", "2"),
    ("count-non-empty(${none}, 'x')", "1"),
    # Dates.
    ("today()", "2026-03-01"),
    ("now()", "2026-03-01T00:30:00.000+01:00"),
    ("today() - 7", "20506"),
    ("date(today() - 7)", "2026-02-22"),
    ("date('2020-01-01') + 1", "18263"),
    ("date(date('2020-02-28') + 2)", "2020-03-01"),
    ("date('2020-01-01T23:59:59-11:00')", "2020-01-01"),
    ("date(now())", "2026-03-01"),
    ("now() >= today()", "true"),
    ("now() < today() + 1", "true"),
    ("date(0)", "1970-01-01"),
    ("date(6.5)", "1970-01-07"),
    ("date(-0.5)", "1969-12-31"),
    ("date('14127')", "2008-09-05"),
    ("date('')", ""),
    ("date('soon')", ""),
    ("date(1 div 0)", ""),
    ("date(99999999)", ""),
    ("date-time('2020-01-01')", "2020-01-01T00:00:00"),
    ("date-time(0.25)", "1970-01-01T06:00:00"),
    ("date-time('x')", ""),
    ("decimal-date-time('1970-01-02')", "0.9583333333333334"),
    ("decimal-date-time('1970-01-02T00:00Z')", "1"),
    ("round(decimal-date-time('2018-04-24T15:30:00.000+06:00'), 5)", "17645.39583"),
    ("decimal-date-time(5)", "5"),
    ("decimal-date-time('')", ""),
    ("decimal-time('12:00')", "0.5"),
    ("decimal-time('18:00:00.000+01:00')", "0.75"),
    ("decimal-time('2020-01-01T06:00:00Z')", "0.25"),
    ("decimal-time(3.25)", "0.25"),
    ("decimal-time('25:00')", ""),
    ("decimal-time('')", ""),
    ("format-date(${day}, '%d/%n/%Y')", "29/2/2024"),
    ("format-date(${day}, '%a %e %b %y')", "Thu 29 Feb 24"),
    ("format-date('2024-12-01', '%e.%n.%m.%d')", "1.12.12.01"),
    ("format-date-time('2024-02-29T07:05:09.123Z', '%H:%M:%S.%3 %h')", "07:05:09.123 7"),
    ("format-date(${day}, '100%% %Ya%')", "100% 2024a%"),
    ("format-date(0, '%Y')", "1970"),
    ("format-date('', '%Y')", ""),
]


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_functions(value, source, expected):
    assert as_text(value(source, **ANSWERS)) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("log(0)", -math.inf),
        ("log10(0)", -math.inf),
        ("exp(1000)", math.inf),
        ("pow(10, 1000)", math.inf),
        ("pow(-10, 1001)", -math.inf),
        ("pow(-10, 1002)", math.inf),
        ("pow(0, -1)", math.inf),
        ("round(1 div 0)", math.inf),
        ("int(-1 div 0)", -math.inf),
        ("floor(1 div 0)", math.inf),
    ],
)
def test_numbers_without_end(value, source, expected):
    assert value(source) == expected


def test_zero_keeps_its_sign(value):
    for source in ("round(-0.2)", "ceiling(-0.5)", "int(-0.5)", "floor(-0)"):
        assert math.copysign(1, value(source)) == -1, source


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (".", "12"),
        (". + 1", 13.0),
        (". >= 18 and . <= 120", False),
        ("string-length()", 2.0),
        ("normalize-space()", "12"),
        ("once('new')", "12"),
        ("${other} = .", False),
    ],
)
def test_the_answer_itself(value, source, expected):
    assert value(source, this="12") == expected


def test_once_is_worked_out_while_there_is_no_answer(value):
    assert value("once('new')") == "new"


def test_what_is_not_needed_is_not_worked_out(value):
    fails = "jr:choice-name('a', 'no reference')"
    for source in (
        f"if(true(), 1, {fails})",
        f"if(false(), {fails}, 1)",
        f"coalesce(1, {fails})",
        f"true() or {fails}",
        f"not(false() and {fails})",
    ):
        assert value(source) == 1
    with pytest.raises(ExpressionError, match="in quotes"):
        value(f"true() and {fails}")


def test_chance_falls_the_same_way_for_the_same_respondent(value):
    for source in ("random()", "once(random())", "uuid()", "uuid(12)"):
        assert value(source) == value(source)
        assert value(source) != value(source, seed=8)
        assert value(source) != value(source, place="arm")


def test_each_throw_is_its_own(value):
    assert value("random() != random()") is True
    assert value("uuid() = uuid()") is False


def test_chance_is_even(scope):
    expression = parse("random()")
    found = [evaluate(expression, scope(seed=seed)) for seed in range(2_000)]
    assert all(0 <= number < 1 for number in found)
    tenths = [sum(int(number * 10) == tenth for number in found) for tenth in range(10)]
    assert min(tenths) > 140
    assert max(tenths) < 260


def test_identifiers_look_like_identifiers(value):
    assert value(
        "regex(uuid(), '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}')"
    )
    assert value("string-length(uuid(100))") == 100
    assert value("uuid(0)") == value("uuid(101)") == value("uuid('x')") == ""


def test_no_function_is_left_out_of_the_table():
    called = {name for source, _expected in CASES for name in parse(source).functions}
    elsewhere = {
        "once",
        "random",
        "uuid",
        "not",
        "boolean",
        "boolean-from-string",
        "number",
        "string",
    }
    assert called | elsewhere == {*FUNCTIONS, *SPECIAL}
