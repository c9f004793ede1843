"""Pieces of answers, cut for a page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.quoting import head, tail


@pytest.mark.parametrize(
    ("text", "most", "first", "last"),
    [
        ("clean water for all", 30, "clean water for all", "clean water for all"),
        ("clean water for all", 13, "clean water", "water for all"),
        ("clean water for all", 11, "clean water", "for all"),
        # Of a word longer than the room, a part.
        ("irresponsibility matters", 10, "irresponsi", "matters"),
        ("干净的水属于所有人", 4, "干净的水", "于所有人"),
        # A letter keeps its marks.
        ("शिक्षाशिक्षा", 7, "शिक्षा", "शिक्षा"),
    ],
)
def test_a_piece_ends_with_whole_words_where_it_can(text, most, first, last):
    assert head(text, most) == first
    assert tail(text, most) == last


@given(st.text(max_size=80), st.integers(0, 90))
def test_a_piece_stands_in_the_text_and_is_never_longer(text, most):
    assert text.startswith(head(text, most))
    assert text.endswith(tail(text, most))
    assert max(len(head(text, most)), len(tail(text, most))) <= most or len(text) <= most
