"""Whatever is typed, an expression is read, refused or worked out, and never anything else."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from surveys.logic import ExpressionError, Scope, as_text, check, evaluate, parse, pipes, rename

SCOPE = Scope(
    value_of=lambda name: {"a": "1", "b": "x y", "c": "2024-01-01"}.get(name, ""),
    this="12",
    now=datetime(2026, 1, 1, tzinfo=UTC),
    label_of=lambda _question, option: option,
    seed=1,
)
LEAVES = st.sampled_from(["${a}", "${b}", "${c}", "${d}", ".", "1", ".5", "'x'", '"1"', "today()"])
NAMES = st.sampled_from(
    ["selected", "if", "concat", "round", "substr", "date", "min", "regex", "checklist", "nothing"]
)


def grown(inner):
    signs = st.sampled_from(["=", "!=", "<", "<=", "+", "-", "*", "div", "mod", "and", "or"])
    return st.one_of(
        st.tuples(inner, signs, inner).map(" ".join),
        inner.map(lambda text: f"({text})"),
        inner.map(lambda text: f"- {text}"),
        st.tuples(NAMES, st.lists(inner, max_size=4)).map(lambda p: f"{p[0]}({', '.join(p[1])})"),
    )


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(source):
    try:
        as_text(evaluate(parse(source), SCOPE))
    except ExpressionError as error:
        assert 0 <= error.position <= len(source)
    assert "".join(part if isinstance(part, str) else "" for part in pipes(source)) in source or (
        "${" in source
    )


@given(st.recursive(LEAVES, grown, max_leaves=12))
def test_what_the_grammar_makes_is_worked_out_or_refused(source):
    expression = parse(source)
    try:
        value = evaluate(expression, SCOPE)
    except ExpressionError:
        assert check(expression, {"a", "b", "c", "d"})
    else:
        assert isinstance(value, str | float | bool)
    renamed = parse(rename(source, {"a": "z"}))
    assert renamed.names == {"z" if name == "a" else name for name in expression.names}
