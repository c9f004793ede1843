"""How expressions are read, where they are wrong, and what is refused by its name."""

import pytest

from surveys.logic import ExpressionError, parse
from surveys.logic.syntax import Call, Literal, Name, Negation, Operation, This


def shape(node):
    """A tree with all its brackets."""
    match node:
        case Literal():
            return repr(node.value)
        case Name():
            return node.code
        case This():
            return "."
        case Negation():
            return f"-{shape(node.operand)}"
        case Operation():
            return f"({shape(node.left)} {node.operator} {shape(node.right)})"
        case Call():
            return f"{node.name}({', '.join(map(shape, node.arguments))})"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1+2*3", "(1.0 + (2.0 * 3.0))"),
        ("1-2-3", "((1.0 - 2.0) - 3.0)"),
        ("8 div 2 mod 3", "((8.0 div 2.0) mod 3.0)"),
        ("-2*3", "(-2.0 * 3.0)"),
        ("2*-3", "(2.0 * -3.0)"),
        ("--2", "--2.0"),
        ("-(1+2)", "-(1.0 + 2.0)"),
        ("1 or 2 and 3", "(1.0 or (2.0 and 3.0))"),
        ("1 and 2 = 3 < 4 + 5", "(1.0 and (2.0 = (3.0 < (4.0 + 5.0))))"),
        ("1 < 2 < 3", "((1.0 < 2.0) < 3.0)"),
        ("1 = 2 != 3", "((1.0 = 2.0) != 3.0)"),
        ("(1 or 2) and 3", "((1.0 or 2.0) and 3.0)"),
        ("${a} div ${b}", "(a div b)"),
        ("${a}div${b}", "(a div b)"),
        ("5mod 2", "(5.0 mod 2.0)"),
        ("'x'and'y'", "('x' and 'y')"),
        (". and .", "(. and .)"),
        (".5+.", "(0.5 + .)"),
        ("count-selected(.)-1", "(count-selected(.) - 1.0)"),
        ("${a-b.c}-1", "(a-b.c - 1.0)"),
        ("${ a }\n=\t'x'", "(a = 'x')"),
        ("selected (., 'no')", "selected(., 'no')"),
        ("today()", "today()"),
        ("concat('a,b', \"it's\", '\"')", "concat('a,b', \"it's\", '\"')"),
        ("'${a}'", "'${a}'"),
        ("''", "''"),
        ("jr:choice-name(${a}, '${a}')", "jr:choice-name(a, '${a}')"),
        ("div(1)", "div(1.0)"),
        ("${نعم}", "نعم"),
        ("${_x}\u00a0= 1", "(_x = 1.0)"),
    ],
)
def test_reading(source, expected):
    assert shape(parse(source).root) == expected


def test_what_an_expression_refers_to():
    found = parse("if(selected(${a}, '${b}'), jr:choice-name(${c}, '${d}'), . + ${a})")
    assert found.names == {"a", "c", "d"}
    assert found.functions == {"if", "selected", "jr:choice-name"}
    assert found.uses_this
    assert found.source.startswith("if(selected")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1 + 1", False),
        ("'.'", False),
        (".5", False),
        ("not(.)", True),
        ("string-length()", True),
        ("string-length(${a})", False),
        ("normalize-space() = ''", True),
        ("once(1)", True),
    ],
)
def test_whether_it_reads_the_current_answer(source, expected):
    assert parse(source).uses_this is expected


def test_expressions_are_kept_and_compared_by_their_source():
    assert parse("1 + 1") is parse("1 + 1")
    chain = parse(" or ".join(["1"] * 499))
    assert chain == parse.__wrapped__(chain.source)
    assert chain != parse("1")
    assert hash(chain) != hash(parse("1"))
    assert len(repr(chain)) < 5_000


@pytest.mark.parametrize(
    ("source", "position", "words"),
    [
        ("", 0, "empty"),
        (" \n ", 0, "empty"),
        ("1 +", 3, "breaks off"),
        ("not(", 4, "breaks off"),
        ("(1 + 2", 0, "bracket"),
        ("if(1, 2", 2, "bracket"),
        ("1)", 1, "cannot stand"),
        ("()", 1, "cannot stand"),
        ("1 2", 2, "cannot stand"),
        ("${a} ${b}", 5, "cannot stand"),
        ("* 2", 0, "cannot stand"),
        ("1 == 2", 3, "cannot stand"),
        ("1 <> 2", 3, "cannot stand"),
        ("concat('a', )", 12, "cannot stand"),
        ("concat(, 'a')", 7, "cannot stand"),
        ("concat('a' 'b')", 11, "cannot stand"),
        ("+1", 0, "cannot stand"),
        ("1, 2", 1, "cannot stand"),
        ("10 div2", 3, "cannot stand"),
        ("'a' * 10**9", 9, "cannot stand"),
        (".__class__", 1, "cannot stand"),
        ("__import__('os').system('x')", 16, "cannot stand"),
        ("1]", 1, "cannot stand"),
        ("{1}", 0, "cannot stand"),
        ("1; 2", 1, "cannot stand"),
        ("'open", 0, "quotation mark"),
        ('a = "x', 4, "quotation mark"),
        ("${a} = ‘x’", 7, "straight quotation marks"),
        ("${a} = “x”", 7, "straight quotation marks"),
        ("${a b}", 0, "code of a question"),
        ("${}", 0, "code of a question"),
        ("${1a}", 0, "code of a question"),
        ("${a", 0, "${code}"),
        ("$age", 0, "${code}"),
        ("1 & 2", 2, "and"),
        ("1 && 2", 2, "and"),
        ("!1", 0, "not("),
        ("5 % 2", 2, "mod"),
        ("1 AND 2", 2, "small letters"),
        ("1 Or 2", 2, "small letters"),
    ],
)
def test_faults_have_their_place_and_advice(source, position, words):
    with pytest.raises(ExpressionError) as caught:
        parse(source)
    assert caught.value.position == position
    assert words in caught.value.message
    assert caught.value.code == "syntax"


@pytest.mark.parametrize(
    ("source", "position", "code", "name"),
    [
        ("/data/age", 0, "unsupported", "/data/age"),
        ("/", 0, "unsupported", "/"),
        ("//age", 0, "unsupported", "//age"),
        ("../age = 'x'", 0, "unsupported", "../age"),
        ("..", 0, "unsupported", ".."),
        ("not(..)", 4, "unsupported", ".."),
        ("./age", 1, "unsupported", "/age"),
        ("@id", 0, "unsupported", "@id"),
        ("data/age", 0, "unsupported", "data/age"),
        ("child::age", 0, "unsupported", "child::age"),
        ("${a}[1]", 4, "unsupported", "["),
        ("${a}/b", 4, "unsupported", "/b"),
        ("${a} | ${b}", 5, "unsupported", "|"),
        ("a | b", 2, "unsupported", "|"),
        ("${last-saved#age}", 0, "unsupported", "last-saved"),
        ("${a} = yes", 7, "unsupported", "yes"),
        ("age", 0, "unsupported", "age"),
        ("div = 1", 0, "unsupported", "div"),
        ("position(..)", 0, "unsupported_function", "position"),
        ("1 + position(../..)", 4, "unsupported_function", "position"),
        ("instance('c')/list/item[name = ${a}]/label", 0, "unsupported_function", "instance"),
        ("current()/../age", 0, "unsupported_function", "current"),
        ("indexed-repeat(/data/a, /data/r, 1)", 0, "unsupported_function", "indexed-repeat"),
    ],
)
def test_what_other_tools_have_is_refused_by_name(source, position, code, name):
    with pytest.raises(ExpressionError) as caught:
        parse(source)
    found = caught.value
    assert (found.position, found.code, found.name) == (position, code, name)
    assert found.message.endswith(".")


@pytest.mark.parametrize("wrap", ["({})", "not({})", "-{}", "if({}, 1, 2)", "concat(1, {})"])
def test_nesting_is_bounded(wrap):
    source = "1"
    for _depth in range(60):
        source = wrap.format(source)
    assert parse(source)
    with pytest.raises(ExpressionError) as caught:
        parse(wrap.format(source))
    assert caught.value.code == "too_deep"


def test_size_is_bounded():
    assert parse("+".join(["1"] * 500))
    for source in ("+".join(["1"] * 501), f"concat({','.join(['1'] * 1_000)})"):
        with pytest.raises(ExpressionError) as caught:
            parse(source)
        assert caught.value.code == "too_long"


def test_length_is_bounded():
    assert parse(f"'{'x' * 3_998}'")
    with pytest.raises(ExpressionError) as caught:
        parse(f"'{'x' * 3_999}'")
    assert caught.value.code == "too_long"
