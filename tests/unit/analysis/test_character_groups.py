"""Groups of characters: the library's figures to the bit, worked out once a word."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from analysis.text.character_groups import LONGEST, CharacterGroups
from analysis.text.tokens import normalise

WORDS = (
    "water",
    "waters",
    "Wasser",
    "eau",
    "jobs",
    "job",
    "a",
    "水資源",
    "ماء",
    "no–one",
    "x\u00a0y",
)
texts = st.lists(
    st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join), min_size=6, max_size=25
)


def library(most=40_000):
    return TfidfVectorizer(
        analyzer="char_wb",
        ngram_range=(3, 5),
        min_df=3,
        max_df=0.5,
        max_features=most,
        sublinear_tf=True,
        lowercase=False,
        dtype=np.float32,
    )


def rows(matrix):
    return matrix.toarray()


@given(texts, texts, st.sampled_from([1, 7, 40_000]))
def test_rows_are_the_librarys(learned, others, most):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("analysis.text.character_groups.MOST_GROUPS", most)
        theirs, ours = library(most), CharacterGroups()
        read = [normalise(text) for text in learned]
        try:
            expected = theirs.fit_transform(read)
        except ValueError:
            with pytest.raises(ValueError, match=r"o group|ocabulary"):
                ours.fit_transform(learned)
            return
        assert np.array_equal(rows(ours.fit_transform(learned)), rows(expected))
    assert ours.vocabulary_ == theirs.vocabulary_
    new = [normalise(text) for text in others]
    assert np.array_equal(rows(ours.transform(others)), rows(theirs.transform(new)))


def test_only_the_beginning_of_an_endless_text_is_read():
    learned = ["water jobs", "water", "waters", "jobs", "rights", "rights"] * 2
    groups = CharacterGroups()
    groups.fit_transform(learned)
    endless = "jobs " + "x" * LONGEST + " water"
    assert np.array_equal(rows(groups.transform([endless])), rows(groups.transform(["jobs"])))


def test_texts_without_a_word_are_empty_rows():
    groups = CharacterGroups()
    groups.fit_transform(["water jobs", "water", "waters", "jobs", "rights", "rights"] * 2)
    assert groups.transform(["", "\u2028"]).nnz == 0
