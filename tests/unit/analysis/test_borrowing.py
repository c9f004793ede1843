"""Neighbours, words shared with names, calibration: the parts that coders are made of."""

import numpy as np
import pytest

from analysis.text.borrowing import Borrowing
from analysis.text.calibration import Calibration, calibrate, choose_thresholds
from analysis.text.coder import ThemeCoder
from analysis.text.cues import word_cue

NAN = float("nan")


def two_groups(n=60, d=8, noise=0.6, seed=1):
    generator = np.random.default_rng(seed)
    centres = np.eye(d)[:2] * 2
    truth = np.arange(n) % 2
    return centres[truth] + noise * generator.normal(size=(n, d)), truth


def cosine_gap(rows, truth):
    """How much nearer answers of one group are to each other than to the other group."""
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    likeness = unit @ unit.T
    same = truth[:, None] == truth[None, :]
    return likeness[same].mean() - likeness[~same].mean()


def test_answers_of_one_kind_move_together():
    vectors, truth = two_groups()
    found = Borrowing(seed=1).fit(vectors).transform(vectors)
    assert cosine_gap(found[:, 8:], truth) > cosine_gap(found[:, :8], truth) + 0.2


def test_an_answer_is_read_alike_whether_or_not_it_was_in_the_base():
    vectors, _truth = two_groups()
    borrowing = Borrowing(seed=1).fit(vectors)
    alone = borrowing.transform(vectors[3:4])
    assert np.allclose(alone, borrowing.transform(vectors)[3:4], atol=1e-5)


def test_copies_do_not_borrow_from_each_other():
    vectors, _truth = two_groups()
    copies = np.vstack([vectors, np.repeat(vectors[:1], 40, axis=0)])
    borrowing = Borrowing(seed=1).fit(copies)
    found = borrowing.transform(vectors[:1])
    assert not np.allclose(found[0, :8], found[0, 8:], atol=0.05)


def test_an_answer_without_a_vector_borrows_nothing():
    vectors, _truth = two_groups()
    vectors[0] = 0.0
    found = Borrowing(seed=1).fit(vectors).transform(vectors)
    assert not found[0].any()
    assert np.isfinite(found).all()


@pytest.mark.parametrize("n", [0, 1, 2])
def test_few_answers_are_what_they_are(n):
    vectors = np.eye(3)[:n]
    found = Borrowing(seed=1).fit(vectors).transform(vectors)
    assert found.shape == (n, 6)
    assert np.isfinite(found).all()


def test_what_neighbours_raise_is_lent():
    vectors, truth = two_groups()
    said = np.where(np.arange(60)[:, None] < 40, np.eye(2)[truth], 0.5)
    lent = Borrowing(seed=1).fit(vectors).lend(said, vectors)
    assert np.mean(lent[40:].argmax(axis=1) == truth[40:]) > 0.9
    assert lent.min() >= 0
    assert lent.max() <= 1 + 1e-6


def test_words_of_a_name_are_found_in_their_language_alone():
    found = word_cue(
        ["Clean waters for all", "Wasser", "jobs"],
        ["en", "de", "en"],
        ["Water", "Wasser"],
        ["en", "de"],
        theme_of=[0, 0],
    )
    assert found.shape == (3, 1)
    assert found[0, 0] > 0
    assert found[1, 0] == pytest.approx(0.6)
    assert found[2, 0] == 0


def test_cues_of_nothing_are_nothing():
    assert word_cue([], [], ["Water"], ["en"]).shape == (0, 1)
    assert word_cue(["🙂", "\x00", ""], ["en"] * 3, ["Water"], ["en"]).tolist() == [[0.0]] * 3


def test_overconfident_probabilities_are_set_right():
    generator = np.random.default_rng(1)
    right = generator.random((4000, 1))
    labels = (generator.random((4000, 1)) < right).astype(float)
    odds = np.log(right / (1 - right))
    said = 1 / (1 + np.exp(-(3 * odds + 1)))
    found = calibrate(said[:2000], labels[:2000]).apply(said[2000:])
    assert np.abs(found - right[2000:]).mean() < 0.03
    assert np.abs(said[2000:] - right[2000:]).mean() > 0.1


def test_too_few_examples_leave_probabilities_as_they_are():
    assert calibrate(np.array([[0.3], [0.6]]), np.array([[1.0], [NAN]])) == Calibration()


def test_a_model_that_is_no_help_says_the_mean():
    said = np.array([[0.9], [0.1]] * 50)
    labels = np.array([[0.0], [1.0], [0.0], [0.0]] * 25)
    assert calibrate(said, labels).apply(said) == pytest.approx(0.25, abs=0.001)


def test_thresholds_follow_what_people_coded():
    generator = np.random.default_rng(2)
    labels = (generator.random((600, 2)) < 0.2).astype(float)
    said = np.clip(0.25 * labels + 0.2 * generator.random((600, 2)), 0, 1)
    found = choose_thresholds(said, labels)
    assigned = said >= found
    assert (assigned == (labels > 0)).mean() > 0.98
    assert choose_thresholds(said, np.full((600, 2), NAN)).tolist() == [0.5, 0.5]


def test_the_audit_sets_a_coder_right_that_learned_from_chosen_answers():
    generator = np.random.default_rng(3)
    truth = (generator.random(1500) < 0.08).astype(float)
    vectors = generator.normal(size=(1500, 6))
    vectors[:, 0] += 1.2 * truth
    labels = np.full((1500, 1), NAN)
    chosen = np.concatenate([np.flatnonzero(truth == 1)[:40], np.flatnonzero(truth == 0)[:40]])
    rest = generator.permutation(np.setdiff1d(np.arange(1500), chosen))
    audit, last = rest[:400], rest[400:]
    labels[chosen, 0], labels[audit, 0] = truth[chosen], truth[audit]
    by_chance = np.zeros(1500, dtype=bool)
    by_chance[audit] = True

    def said(**more):
        coder = ThemeCoder(seed=1).fit(vectors, labels, **more)
        return coder.predict_proba(vectors[last]).mean()

    right = truth[last].mean()
    assert abs(said(by_chance=by_chance) - right) < 0.5 * abs(said() - right)
    assert said(by_chance=by_chance) == pytest.approx(right, abs=0.03)
    # Of fewer than thirty by chance little can be said: all codes are taken.
    by_chance[audit[29:]] = False
    assert said(by_chance=by_chance) == said()
    with pytest.raises(ValueError, match="random sample"):
        said(by_chance=by_chance[:5])
