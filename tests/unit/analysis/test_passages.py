"""Passages know their place, and traces of people leave quotes."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.privacy.redact import Trace, redact
from analysis.text.passages import split_passages, to_answers

LONG = " ".join(
    f"Sentence number {number} speaks of rules for models, and of people." for number in range(60)
)


def test_long_answers_are_cut_at_sentences_and_short_ones_are_not():
    found = split_passages(["Short answer.", LONG])
    assert [passage.parent for passage in found].count(0) == 1
    long = [passage for passage in found if passage.parent == 1]
    assert len(long) > 5
    assert all(passage.text.endswith(".") for passage in long)
    assert all(len(passage.text.split()) <= 80 for passage in long[:-1])


@given(st.lists(st.text(max_size=400), max_size=4), st.integers(1, 12), st.integers(1, 60))
@settings(max_examples=60, deadline=None)
def test_passages_are_exact_parts_in_order_and_lose_nothing_but_space(texts, words, characters):
    found = split_passages(texts, longest_words=words, longest_characters=characters)
    assert all(p.text == texts[p.parent][p.start : p.end] and p.text.strip() for p in found)
    for number, text in enumerate(texts):
        own = [p for p in found if p.parent == number]
        assert all(a.end <= b.start for a, b in pairwise(own))
        assert "".join("".join(p.text.split()) for p in own) == "".join(text.split())


@pytest.mark.parametrize(
    "text",
    [
        "x" * 1_000_000,
        "word " * 200_000,
        "人工智能需要规则。" * 110_000,
        "\n" * 1_000_000,
        "!)" * 500_000,
    ],
)
def test_a_megabyte_is_cut_whatever_it_holds(text):
    found = split_passages([text])
    assert all(len(passage.text) <= 1_700 for passage in found)
    assert len(found) == 0 or len(found) > 500


def test_an_answer_raises_what_one_of_its_passages_raises():
    found = split_passages([LONG, "", "Short."])
    values = np.full((len(found), 2), 0.1)
    values[2] = [0.9, np.nan]
    answers = to_answers(values, found, 3)
    assert answers[0].tolist() == [0.9, 0.1]
    assert np.isnan(answers[1]).all()
    with pytest.raises(ValueError, match="row of values"):
        to_answers(values[1:], found, 3)


@pytest.mark.parametrize(
    ("text", "traces"),
    [
        ("mail jane.doe+x@example.org now", [Trace.EMAIL]),
        ("jane [at] example.org", [Trace.EMAIL]),
        ("https://example.org/a?b=c&d=é, see", [Trace.LINK]),
        ("read www.example.org.", [Trace.LINK]),
        ("our page example.org/paper says", [Trace.LINK]),
        ("call +254 700 123 456 or (022) 123 45 67", [Trace.PHONE, Trace.PHONE]),
        ("call 0041-22-123-45-67", [Trace.PHONE]),
        ("follow @some_body please", [Trace.HANDLE]),
        ("IBAN CH93 0076 2011 6238 5295 7", [Trace.ACCOUNT]),
        ("card 4111 1111 1111 1111", [Trace.ACCOUNT]),
        ("passport AB1234567", [Trace.NUMBER]),
        ("هاتف ٠٧٩١٢٣٤٥٦٧", [Trace.PHONE]),
    ],
)
def test_traces_of_people_are_taken_out(text, traces):
    found = redact(text)
    assert [trace for trace, _start, _end in found.traces] == traces
    for _trace, start, end in found.traces:
        assert text[start:end] not in found.text


PERSONAL = "Ask a.b@example.org, or www.example.org. We want rules; call +41 22 123 45 67 at once."


@pytest.mark.parametrize("passage", ["We want rules", "at once.", "Ask", ", or", "call"])
@pytest.mark.parametrize("marks", [None, dict.fromkeys(Trace, "")])
def test_a_passage_is_found_again_where_traces_were_taken_out(passage, marks):
    found = redact(PERSONAL, marks)
    start = PERSONAL.index(passage)
    assert found.text[slice(*found.moved(start, start + len(passage)))] == passage


def test_a_passage_that_cuts_a_trace_holds_its_mark():
    found = redact(PERSONAL)
    start = PERSONAL.index("@example")
    assert found.text[slice(*found.moved(0, start))] == "Ask [email]"
    assert found.text[slice(*found.moved(start, start + 20))].startswith("[email], ")
    assert found.moved(0, len(PERSONAL)) == (0, len(found.text))


@pytest.mark.parametrize(
    "text",
    [
        "In 2025, 35.5 % of 1,250,000 people and 12 of 20 states",
        "Article 5(1) of Regulation (EU) 2016/679",
        "GPT-4, 3.5 billion, and 1.000.000 euros",
        "e.g. this and that, i.e. others",
        "",
    ],
)
def test_years_sums_and_laws_stay(text):
    assert redact(text).text == text


@pytest.mark.parametrize(
    "text", ["a" * 1_000_000, "1 " * 500_000, "a." * 500_000, "@" * 1_000_000, "+" * 500_000]
)
def test_hostile_text_is_redacted_in_a_time_like_its_length(text):
    assert len(redact(text).text) <= len(text)
