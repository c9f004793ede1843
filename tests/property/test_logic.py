"""Whatever is typed, an expression is read, refused or worked out, and never anything else."""

import math
import re
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.logic import (
    ExpressionError,
    Reference,
    Scope,
    as_text,
    check,
    evaluate,
    is_true,
    order,
    parse,
    pipes,
    rename,
)
from surveys.logic.functions import FUNCTIONS, SPECIAL
from surveys.logic.patterns import compiled, matches
from surveys.logic.values import compare, to_number, to_text

CODES = ("a", "b", "c", "d-e.f", "g_1")
ANSWERS = st.one_of(
    st.text(max_size=40),
    st.floats().map(to_text),
    st.dates().map(date.isoformat),
    st.datetimes(timezones=st.sampled_from([None, UTC])).map(datetime.isoformat),
    st.lists(st.sampled_from(["x", "y", "z"])).map(" ".join),
)
QUOTED = st.text(max_size=12).map(lambda text: f"'{text.replace(chr(39), '')}'")
LEAVES = st.one_of(
    st.sampled_from([*(f"${{{code}}}" for code in CODES), ".", "1", ".5", "0", "7.", "1000000"]),
    st.sampled_from(["'x'", '"1"', "'2024-02-29'", "''", "today()", "now()", "random()", "true()"]),
    QUOTED,
)
SIGNS = st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "div", "mod", "and", "or"])
ARITIES = {
    **{name: (one.fewest, one.most) for name, one in FUNCTIONS.items()},
    **SPECIAL,
}


@st.composite
def calls(draw, inner):
    """A call that its function allows."""
    name = draw(st.sampled_from(sorted(ARITIES)))
    if name == "jr:choice-name":
        return f"{name}({draw(inner)}, '${{{draw(st.sampled_from(CODES))}}}')"
    fewest, most = ARITIES[name]
    count = draw(st.integers(fewest, fewest + 3 if most is None else most))
    if name == "weighted-checklist":
        count += count % 2
    return f"{name}({', '.join(draw(inner) for _argument in range(count))})"


def grown(inner):
    return st.one_of(
        st.tuples(inner, SIGNS, inner).map(" ".join),
        inner.map(lambda text: f"({text})"),
        inner.map(lambda text: f"-{text}"),
        calls(inner),
    )


EXPRESSIONS = st.recursive(LEAVES, grown, max_leaves=14)
SCOPES = st.builds(
    lambda answers, this, now, seed: Scope(
        value_of=lambda name: answers.get(name, ""),
        this=this,
        now=now,
        label_of=lambda question, option: f"{question} {option}",
        seed=seed,
    ),
    st.dictionaries(st.sampled_from(CODES), ANSWERS),
    ANSWERS,
    st.datetimes(timezones=st.just(timezone(timedelta(hours=-7)))),
    st.integers(),
)


def attempt(run, *arguments):
    """What a function gives and the refusal that it raises, one of them None."""
    try:
        return run(*arguments), None
    except ExpressionError as error:
        return None, error


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(source):
    expression, refusal = attempt(parse, source)
    if refusal:
        assert 0 <= refusal.position <= len(source)
        assert refusal.message
    else:
        assert expression.source == source


@given(st.text(alphabet="()'\"${}.ab1+-*=<>!, /|[]@:dnvmor", max_size=60))
def test_any_heap_of_signs_is_read_or_refused(source):
    expression, refusal = attempt(parse, source)
    found = [refusal] if refusal else check(expression, CODES)
    assert all(0 <= fault.position <= len(source) for fault in found)


@given(EXPRESSIONS, SCOPES)
@settings(deadline=None)
def test_what_the_grammar_makes_is_worked_out(source, scope):
    """Checks that find nothing promise that only the bounds can stop the work."""
    expression = parse(source)
    faults = check(expression, CODES)
    assert {fault.code for fault in faults} <= {"pattern", "unsupported", "format"}
    value, refusal = attempt(evaluate, expression, scope)
    if refusal:
        assert refusal.code == "too_long"
        return
    assert type(value) in {str, float, bool}
    again = evaluate(expression, scope)
    assert as_text(again) == as_text(value)
    if not expression.functions & {"random", "uuid"}:
        assert is_true(parse(f"not({source})"), scope) is not is_true(expression, scope)


@given(st.text(alphabet="()'${}ab1 +-*=,.", max_size=40), SCOPES)
def test_what_was_read_is_worked_out_or_refused(source, scope):
    try:
        value = evaluate(parse(source), scope)
    except ExpressionError:
        return
    assert isinstance(value, str | float | bool)


@given(EXPRESSIONS)
def test_renaming_there_and_back_changes_nothing(source):
    there = rename(source, {"a": "z", "b": "a"})
    assert rename(there, {"z": "a", "a": "b"}) == source
    renamed = {"a": "z", "b": "a"}
    assert parse(there).names == {renamed.get(name, name) for name in parse(source).names}


@given(st.lists(st.one_of(st.sampled_from(CODES).map(Reference), st.text(max_size=10))))
def test_pipes_put_together_are_the_text(parts):
    text = "".join(f"${{{part.name}}}" if isinstance(part, Reference) else part for part in parts)
    found = pipes(text)
    again = "".join(f"${{{part.name}}}" if isinstance(part, Reference) else part for part in found)
    assert again == text or "${ " in text or re.search(r"\s\}", text)
    assert [p for p in found if isinstance(p, Reference)] == [Reference(c) for c in found_in(text)]
    assert not any(isinstance(one, str) and isinstance(two, str) for one, two in pairwise(found))


def found_in(text):
    return re.findall(r"\$\{\s*([^\W\d][\w.-]*)\s*\}", text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_written_and_read_is_the_same_number(number):
    text = to_text(number)
    assert re.fullmatch(r"-?[0-9]+(\.[0-9]*[1-9])?", text)
    assert to_number(text) == number


@given(st.dates(), st.dates())
def test_dates_are_ordered_as_dates(first, second):
    left, right = first.isoformat(), second.isoformat()
    assert compare("<", left, right) is (first < second)
    assert compare("=", left, right) is (first == second)
    assert to_number(left) - to_number(right) == (first - second).days


@given(st.dates(min_value=date(1000, 1, 1)), st.integers(-100_000, 100_000))
def test_days_are_added_to_dates(day, days):
    try:
        expected = (day + timedelta(days=days)).isoformat()
    except OverflowError:
        expected = ""
    scope = Scope(lambda _name: day.isoformat(), "", datetime.now(UTC), lambda _q, o: o, 0)
    assert evaluate(parse(f"date(${{a}} + {days})"), scope) == expected


@given(st.floats(-1e15, 1e15), st.integers(0, 6))
def test_rounding_goes_to_the_nearest(number, digits):
    scope = Scope(lambda _name: to_text(number), "", datetime.now(UTC), lambda _q, o: o, 0)
    found = evaluate(parse(f"round(${{a}}, {digits})"), scope)
    assert isinstance(found, float)
    slack = 0.5 * 10.0**-digits + abs(number) * 1e-15
    assert abs(found - number) <= slack


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_pattern_is_used_or_refused(pattern, text):
    _compiled, refusal = attempt(compiled, pattern)
    found = matches(text, pattern)
    assert isinstance(found, bool)
    if refusal:
        assert refusal.code in {"pattern", "unsupported"}
        assert not found


@given(
    st.text(alphabet=r"ab01()[]{}^$.*+?|\-,dwsQEpPu&:!<=>", max_size=14),
    st.text("ab01-", max_size=6),
)
@settings(max_examples=400)
def test_any_heap_of_signs_is_a_pattern_or_refused(pattern, text):
    try:
        compiled(pattern)
    except ExpressionError:
        assert not matches(text, pattern)


SIMPLE_PATTERNS = st.recursive(
    st.sampled_from(["a", "b", ".", r"\d", r"\w", "[ab]", "[^a]", "[a-c0-9]", r"\.", r"\-", "é"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"(?:{pair[0]}|{pair[1]})"),
        inner.map(lambda part: f"(?:{part})*"),
        inner.map(lambda part: f"(?:{part})+"),
        inner.map(lambda part: f"(?:{part})?"),
        inner.map(lambda part: f"(?:{part}){{1,3}}"),
        inner.map(lambda part: f"^(?:{part})$"),
    ),
    max_leaves=6,
)


@given(SIMPLE_PATTERNS, st.text("abc019.-é", max_size=8))
@settings(max_examples=400, deadline=None)
def test_simple_patterns_mean_what_they_mean_elsewhere(pattern, text):
    assert matches(text, pattern) is (re.fullmatch(pattern, text, re.ASCII) is not None)


@given(
    st.dictionaries(
        st.sampled_from("abcdefgh"), st.sets(st.sampled_from("abcdefghxyz"), max_size=3)
    )
)
def test_an_order_keeps_every_need_or_a_circle_is_real(needs):
    found, refusal = attempt(order, needs)
    if refusal:
        circle = refusal.message.rpartition(": ")[2].removesuffix(".").split(" → ")
        assert refusal.code == "cycle"
        assert circle[0] == circle[-1] == refusal.name
        assert all(need in needs[code] for code, need in pairwise(circle))
        return
    assert sorted(found) == sorted(needs)
    places = {code: place for place, code in enumerate(found)}
    assert all(
        places[need] < places[code] for code in needs for need in needs[code] if need in needs
    )


@given(st.integers(), st.text(max_size=5))
def test_chance_lies_between_nothing_and_one(seed, place):
    scope = Scope(lambda _name: "", "", datetime.now(UTC), lambda _q, o: o, seed, place)
    found = evaluate(parse("random()"), scope)
    assert isinstance(found, float)
    assert 0 <= found < 1
    assert not math.isnan(found)
