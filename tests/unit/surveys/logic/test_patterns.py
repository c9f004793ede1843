"""Patterns fit whole texts, cannot hang, and are refused rather than misunderstood."""

import random
import time

import pytest

from surveys.logic import ExpressionError, check, compiled_pattern, parse


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("12345", "[0-9]{5}"),
        ("12345", "^[0-9]{5}$"),
        ("bc", "a|bc"),
        ("a@b.org", r"^[^@\s]+@[^@\s]+\.[^@\s]+$"),
        ("a-b.c@d-e.org", r"^[\w-\.]+@([\w-]+\.)+[\w-]{2,}$"),
        ("A1", r"\p{Lu}\d"),
        ("Élan", r"\p{L}+"),
        ("Élan", r"\pL+"),
        ("مرحبا", r"\p{IsArabic}+"),
        ("abc1", r"\p{Alpha}+\p{Digit}"),
        ("ab c-d", r"[\p{Alpha} -]+"),
        ("12", r"\P{Alpha}+"),
        ("é", r"[^\p{ASCII}]"),
        ("ABC", r"[\u0041-\u0043]+"),
        ("a.bbb", r"\Qa.b\E+"),
        ("[a](b)*", r"\Q[a](b)*\E"),
        ("ééé", r"\é+"),
        ("a]]", "[]a]+"),
        ("b", "[^]a]"),
        ("abc", "[[:alpha:]]+"),
        ("\t \u00a0", r"\h+"),
        ("x\r\n\ny", r"x\R\Ry"),
        ("2020-11", r"(?<year>\d{4})-\d\d"),
        ("ABC", "(?i)abc"),
        ("a\nb", "(?s)a.b"),
        ("a", r"a\Z"),
        ("aab", "a+?b"),
        ("a+", r"a\+"),
        ("a++", r"a\++"),
        ("(?=a)", r"\(\?=a\)"),
        ("&&", "[&]+"),
        ("x" * 1_000, ".{1,1000}"),
        ("{}", r"\{\}"),
        ("", ""),
        ("🙂", "."),
    ],
)
def test_fits(value, text, pattern):
    assert value("regex(., ${pattern})", text, pattern=pattern) is True


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("123456", "[0-9]{5}"),
        ("x12345", "[0-9]{5}"),
        ("12345\n", "^[0-9]{5}$"),
        ("b", "a|bc"),
        ("١٢", r"\d+"),
        ("é", r"\w"),
        ("a\nb", "a.b"),
        ("", "."),
        ("\ud800", ".*"),
        ("x" * 10_001, ".*"),
    ],
)
def test_does_not_fit(value, text, pattern):
    assert value("regex(., ${pattern})", text, pattern=pattern) is False


REFUSED = [
    ("(?=a)b", "lookahead"),
    ("(?!a)b", "lookahead"),
    ("(?<=a)b", "lookbehind"),
    ("(?<!a)b", "lookbehind"),
    ("(?>a)b", "atomic group"),
    (r"(a)\1", "backreference"),
    (r"(?<x>a)\k<x>", "backreference"),
    (r"\i\w*", "name class of XML Schema"),
    (r"[\c]+", "name class of XML Schema"),
    ("a++", "possessive repetition"),
    ("a{2}+", "possessive repetition"),
    ("[a-z&&[^b]]", "intersection of classes"),
    ("[a-d[m-p]]", "class within a class"),
    ("[a-z-[b]]", "class within a class"),
    (r"\p{IsAlphabetic}", "class of characters"),
    (r"\p{InGreek}", "class of characters"),
    ("(?x)a b", "flag"),
    (r"(?U)\w", "flag"),
    (r"\0101", "octal number"),
    (r"\Ga", "end of the last match"),
    (r"\X", "cluster of marks"),
]


@pytest.mark.parametrize(("pattern", "name"), REFUSED)
def test_what_is_not_offered_is_named(pattern, name):
    [found] = check(parse(f"regex(., '{pattern}')"), ())
    assert (found.code, found.name, found.position) == ("unsupported", name, 9)


INVALID = [
    ("(", "missing"),
    (")", "unexpected"),
    ("[a", "missing"),
    ("a**", "repetition"),
    ("*a", "repetition"),
    ("[b-a]", "range"),
    ("\\", "trailing"),
    (r"\y", "escape"),
    ("a{,3}", "{0,3}"),
    ("a{2,1}", "repetition"),
    ("a{1001}", "1000 times"),
    (".{0,99999999999}", "string-length"),
    ("((a{1,100}){1,100}){1,100}", "repetition"),
    (r"\pL{1,900}\pN{1,900}\pL{1,900}", "too large"),
    ("\ud800", "broken"),
]


@pytest.mark.parametrize(("pattern", "words"), INVALID)
def test_what_is_wrong_is_said_when_it_is_saved(pattern, words):
    [found] = check(parse(f"regex(., '{pattern}')"), ())
    assert found.code == "pattern"
    assert words in found.message
    assert found.position == 9


@pytest.mark.parametrize("pattern", [pattern for pattern, _reason in [*REFUSED, *INVALID]])
@pytest.mark.parametrize("text", ["", "a", "ab"])
def test_what_cannot_be_used_fits_nothing(value, pattern, text):
    assert value("regex(., ${pattern})", text, pattern=pattern) is False


def test_a_number_may_be_a_pattern(value):
    assert check(parse("regex(., 5)"), ()) == []
    assert value("regex(., 5)", "5") is True


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(a|a)*$",
        "(a|aa)+$",
        "(.*a){20}",
        "(a*)*b",
        "([a-zA-Z]+)*b",
        "(a?){50}a{50}b",
        "^(([a-z])+.)+[A-Z]([a-z])+$",
    ],
)
def test_patterns_that_hang_elsewhere_do_not_hang(value, pattern):
    started = time.process_time()
    assert value("regex(., ${pattern})", "a" * 50 + "!", pattern=pattern) is False
    assert time.process_time() - started < 0.1


@pytest.mark.parametrize(
    "pattern",
    ["[ab]*a[ab]{900}c", "(.*a[ab]{400}|.*b[ab]{400})*c", "|".join([".*c.*"] * 600)],
    ids=["states", "two", "wide"],
)
def test_the_longest_texts_take_a_bounded_time(value, pattern):
    dice = random.Random(1)
    text = "".join(dice.choice("ab") for _letter in range(10_000))
    started = time.process_time()
    assert value("regex(., ${pattern})", text, pattern=pattern) is False
    assert time.process_time() - started < 2


def test_a_pattern_is_read_once():
    assert compiled_pattern("[a-z]+") is compiled_pattern("[a-z]+")
    with pytest.raises(ExpressionError, match="too long"):
        compiled_pattern("a" * 4_001)
