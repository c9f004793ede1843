"""What somebody may write to do harm, and what it comes to."""

import sys
import time

import pytest

from surveys.logic import ExpressionError, check, evaluate, is_true, parse, pipes, rename


def refusal(source, known=()):
    """The first fault of an expression, and how long it took to find."""
    started = time.process_time()
    try:
        faults = check(parse(source), known)
    except ExpressionError as error:
        faults = [error]
    return faults, time.process_time() - started


@pytest.mark.parametrize(
    "source",
    [
        "__import__('os')",
        "__import__('os').system('x')",
        ".__class__",
        "''.__class__.__mro__",
        "${a}.__class__",
        "a.__class__",
        "().__class__",
        "eval('1')",
        "exec('1')",
        "open('/etc/passwd')",
        "lambda: 1",
        "[x for x in 1]",
        "{{7*7}}",
        "{% x %}",
        "%(a)s",
        "1 if 2 else 3",
        "1; 2",
        "'a' * 10**9",
        "document('http://127.0.0.1/')",
        "unparsed-entity-uri('x')",
        "a\x00b",
        "\ud800",
    ],
)
def test_other_languages_are_refused(source):
    faults, seconds = refusal(source, {"a"})
    assert faults
    assert seconds < 0.05


@pytest.mark.parametrize(
    "source",
    [
        "(" * 1_000_000,
        "(" * 1_000_000 + "1" + ")" * 1_000_000,
        "not(" * 250_000,
        "-" * 1_000_000 + "1",
        "1" + "+1" * 500_000,
        "'" + "a" * 1_000_000 + "'",
        "a" * 1_000_000,
        "${" * 500_000,
        "9" * 1_000_000,
        "." * 1_000_000,
        " " * 1_000_000,
        "(" * 3_999,
        "-" * 3_999,
        "if(" * 1_333,
        "1" + "+1" * 1_900,
        "1" + "=1" * 1_900,
        "${" * 1_999,
        "'" * 3_999,
        "/" * 3_999,
        "a:" * 1_999,
    ],
    ids=lambda source: f"{source[:4]}x{len(source)}",
)
def test_hostile_sources_are_refused_at_once(source):
    faults, seconds = refusal(source)
    assert faults
    assert seconds < 0.05


def test_the_longest_chains_are_worked_out_near_the_bottom_of_the_stack(scope):
    """A web server, a template and a test leave less than the whole stack."""
    deepest = "1"
    for _depth in range(29):
        deepest = f"if(1 or 1 and 1 = 1 < 1 + 1 * {deepest}, 1, 0)"
    sources = [" or ".join(["0"] * 499 + ["1"]), "+".join(["1"] * 500), "-" * 60 + "1"]
    sources += ["not(" * 60 + "1" + ")" * 60, "(" * 60 + "1" + ")" * 60]
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(700)
    try:
        for source in sources:
            assert is_true(parse(source), scope())
            assert check(parse(source), ()) == []
        with pytest.raises(ExpressionError):
            parse(deepest)
    finally:
        sys.setrecursionlimit(before)


def test_texts_cannot_grow_without_bound(value):
    long = "x" * 20_000
    with pytest.raises(ExpressionError) as caught:
        value(f"concat({', '.join(['${a}'] * 90)})", a=long)
    assert caught.value.code == "too_long"
    nested = "${a}"
    for _depth in range(10):
        nested = f"concat({nested}, {nested})" if len(nested) < 1_500 else nested
    with pytest.raises(ExpressionError) as caught:
        value(nested, a=long)
    assert caught.value.code == "too_long"


def test_the_longest_answer_can_be_read_and_no_longer_one(value):
    assert value("string-length(${a})", a="x" * 100_000) == 100_000
    with pytest.raises(ExpressionError) as caught:
        value("string-length(${a})", a="x" * 100_001)
    assert caught.value.code == "too_long"


def test_work_is_bounded(value):
    """Long texts cost more steps than short ones, so that many of them come to an end."""
    chain = "${a}"
    for _depth in range(50):
        chain = f"translate({chain}, 'x', 'y')"
    many = " or ".join([f"contains({chain}, 'x')"] * 3)
    assert value(many, a="x" * 1_000) is False
    started = time.process_time()
    with pytest.raises(ExpressionError, match="too many steps") as caught:
        value(many, a="x" * 100_000)
    assert caught.value.code == "too_long"
    assert time.process_time() - started < 5


def test_names_in_texts_are_found_in_linear_time():
    started = time.process_time()
    for text in ("${" * 500_000, "${ " * 300_000, "${" + "a" * 1_000_000, "${a" + " " * 1_000_000):
        assert pipes(text) == [text]
        assert rename(text, {"a": "b"}) == text
    assert time.process_time() - started < 2


def test_an_answer_is_never_read_as_an_expression(value):
    for answer in ("${b}", "1 + 1", "' or '1' = '1", "concat('a')", "true()"):
        assert value("${a}", a=answer, b="secret") == answer
        assert value("concat('<', ${a}, '>')", a=answer, b="secret") == f"<{answer}>"
        assert value("${a} = 'x'", a=answer, b="secret") is False


def test_steps_of_different_evaluations_do_not_add_up(scope):
    expression = parse("+".join(["1"] * 500))
    for _time in range(30):
        assert evaluate(expression, scope()) == 500
