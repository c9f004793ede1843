"""A long answer is coded from all of its words, not from how it begins."""

import numpy as np
import pytest

from results.workbench.vectors import has_sentences, vectors_of

pytestmark = pytest.mark.skipif(
    not has_sentences(), reason="The sentence encoder's package is not installed."
)

BEGINNING = "We thank the committee for the chance to speak about the summit in our town. " * 30
WATER = "Data centres must not drink the water of dry regions and of their farmers. " * 20
WORK = "Clerks and drivers lose their jobs and need training before machines come. " * 20
OTHERS = [f"Rule number {n} of the road and the rail is about signs" for n in range(8)]
THEMES = ["Water used by data centres", "Jobs and training of workers"]


def test_what_stands_at_the_end_of_a_long_answer_counts(tmp_path):
    texts = [BEGINNING + WATER, BEGINNING + WORK, *OTHERS, *THEMES]
    assert len(BEGINNING) > 2_000
    for folder in (None, tmp_path, tmp_path):
        rows = vectors_of(texts, ["en"] * len(texts), 2, folder, lambda _done, _all: None)
        # The words apart: they were read to the end before, too.
        sentences = rows[:, :512]
        said, themes = sentences[:2], sentences[-2:]
        said = said / np.linalg.norm(said, axis=1, keepdims=True)
        themes = themes / np.linalg.norm(themes, axis=1, keepdims=True)
        near = said @ themes.T
        assert near[0, 0] > near[0, 1]
        assert near[1, 1] > near[1, 0]
