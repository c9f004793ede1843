"""Whatever people type: coding, shares and keyness give a right result or a typed too little."""

import numpy as np
import pytest

from analysis.errors import TooFewAnswers
from analysis.privacy.redact import redact
from analysis.text.coder import ThemeCoder
from analysis.text.coding import Outcome, zero_shot
from analysis.text.cues import word_cue
from analysis.text.keyness import keyness
from analysis.text.passages import split_passages
from analysis.text.selection import audit_sample, most_informative
from analysis.text.shares import theme_shares
from analysis.text.tokens import terms

NAN = float("nan")
TEXTS = {
    "a megabyte": ["water and rules for models. " * 38_000],
    "a hundred thousand copies": ["Clean water for all of us"] * 100_000,
    "emoji only": ["🙂🙏", "👍"],
    "mixed scripts": ["Water مياه 水 вода น้ำ पानी"],
    "override": ["\u202eretaw\u202c water"],
    "nulls": ["\x00wa\x00ter\x00"],
    "one answer": ["water"],
    "no answer": [],
}


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS)
def test_words_are_counted_whatever_is_typed(texts):
    cue = word_cue(texts, ["en"] * len(texts), ["Water"], ["en"])
    assert cue.shape == (len(texts), 1)
    assert np.isfinite(cue).all()
    groups = ["a" if row % 2 else "b" for row in range(len(texts))]
    read = {text: terms(text, "en") for text in dict.fromkeys(texts)}
    assert all(0 <= key.p <= 1 for key in keyness([read[text] for text in texts], groups))


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS)
def test_quotes_are_cut_and_redacted_whatever_is_typed(texts):
    distinct = list(dict.fromkeys(texts))
    for passage in split_passages(distinct):
        assert distinct[passage.parent][passage.start : passage.end] == passage.text
        assert redact(passage.text).text == passage.text


def test_a_hundred_thousand_equal_answers_are_coded_alike_and_fast():
    vectors = np.zeros((100_000, 16), dtype=np.float32)
    vectors[:, 0] = 1.0
    vectors[0, 1] = 1.0
    found = zero_shot(vectors, np.eye(16)[:4])
    assert np.ptp(found.probability[1:], axis=0).max() == 0
    labels = np.full((100_000, 1), NAN)
    labels[[0, 1, 2, 3], 0] = [1, 1, 0, 0]
    said = ThemeCoder(seed=1).fit(vectors, labels).predict_proba(vectors)
    assert np.ptp(said[1:]) < 1e-9
    asked = most_informative(said, labels, 5, seed=1, families=[0] + [1] * 99_999)
    assert asked == ()


def test_equal_answers_say_nothing_of_themes_and_shares_say_so():
    codes = np.zeros((100_000, 1))
    rows = np.array(audit_sample(100_000, 50, seed=1))
    found = theme_shares(np.full((100_000, 1), 0.3), rows, codes[rows])[0]
    assert found.estimate.share == 0
    assert found.estimate.high < 0.08
    assert found.naive == pytest.approx(0.3)


def test_answers_without_a_vector_are_unread_by_every_coder():
    vectors = np.zeros((5, 4))
    assert set(zero_shot(vectors, np.eye(4)).outcomes) == {Outcome.UNREAD}
    labels = np.array([[1.0], [1.0], [0.0], [0.0], [NAN]])
    coder = ThemeCoder(seed=1).fit(vectors, labels)
    assert np.isnan(coder.predict_proba(vectors)).all()
    assert coder.code(vectors).count(Outcome.UNREAD) == 5


@pytest.mark.parametrize("n", [0, 1])
def test_none_or_one_answer_is_a_typed_too_little_or_read_from_names(n):
    vectors = np.eye(4)[:n]
    labels = np.ones((n, 2))
    with pytest.raises(TooFewAnswers):
        ThemeCoder(seed=1).fit(vectors, labels)
    named = ThemeCoder(seed=1).fit(vectors, labels, np.eye(4)[:2])
    assert named.predict_proba(vectors).shape == (n, 2)
    assert not named.is_learned_.any()
