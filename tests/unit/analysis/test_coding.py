"""Coding answers with a codebook: from names, from examples, and what is asked next."""

import numpy as np
import pytest

from analysis.errors import TooFewAnswers
from analysis.text.coder import ThemeCoder
from analysis.text.coding import Outcome, zero_shot
from analysis.text.selection import audit_sample, most_informative

NAN = float("nan")


def answers(seed=1, n=120, themes=3, d=12, noise=0.25):
    """Answers around their theme's direction, in turn; theme and answer share a constant part."""
    generator = np.random.default_rng(seed)
    directions = np.eye(d)[:themes]
    truth = np.arange(n) % themes
    vectors = directions[truth] + noise * generator.normal(size=(n, d)) + 2.0
    return vectors, directions + 2.0, truth


def test_names_alone_find_the_themes():
    vectors, themes, truth = answers()
    found = zero_shot(vectors, themes)
    assert np.mean(found.probability.argmax(axis=1) == truth) > 0.9
    assert not found.is_calibrated


def test_an_answer_may_raise_two_themes():
    vectors, themes, _truth = answers(noise=0.05)
    vectors[0] = themes[0] + themes[1]
    found = zero_shot(vectors, themes)
    assert found.assigned[0].tolist() == [True, True, False]


def test_several_expressions_of_a_theme_count_as_one_theme():
    vectors, themes, truth = answers()
    found = zero_shot(vectors, np.vstack([themes, themes[:1]]), theme_of=[0, 1, 2, 0])
    assert found.probability.shape == (len(vectors), 3)
    assert np.mean(found.probability.argmax(axis=1) == truth) > 0.9


def test_none_of_the_above_is_not_undecided_and_neither_is_unread():
    vectors, themes, _truth = answers(noise=0.05)
    vectors[0] = 2.0 + 4 * np.eye(12)[8]
    vectors[1] = 0.0
    found = zero_shot(vectors, themes, threshold=0.9, temperature=1.0)
    assert found.outcomes[0] is Outcome.NONE_OF_THE_ABOVE
    assert found.outcomes[1] is Outcome.UNREAD
    assert found.outcomes[2] is Outcome.UNDECIDED
    assert np.isnan(found.probability[1]).all()


def test_nothing_to_code_gives_an_empty_coding():
    found = zero_shot(np.zeros((0, 3)), np.eye(3))
    assert found.probability.shape == (0, 3)
    assert found.outcomes == ()


@pytest.mark.parametrize(
    ("vectors", "themes", "theme_of"),
    [
        ([[1.0, 0.0]], [[1.0]], None),
        ([1.0, 0.0], [[1.0, 0.0]], None),
        ([[NAN, 0.0]], [[1.0, 0.0]], None),
        ([[1.0, 0.0]], [[1.0, 0.0], [0.0, 1.0]], [0, 2]),
        ([[1.0, 0.0]], np.zeros((0, 2)), None),
    ],
    ids=["lengths", "no table", "not finite", "a theme without expression", "no theme"],
)
def test_what_does_not_fit_is_refused(vectors, themes, theme_of):
    with pytest.raises(ValueError, match=r"need|table|finite"):
        zero_shot(vectors, themes, theme_of=theme_of)


def labelled(truth, rows, themes=3):
    labels = np.full((len(truth), themes), NAN)
    labels[rows] = 0.0
    labels[rows, truth[rows]] = 1.0
    return labels


def test_coded_answers_make_it_better():
    vectors, themes, truth = answers(noise=0.8, n=300)
    labels = labelled(truth, np.arange(60))
    rest = np.arange(60, 300)
    names = zero_shot(vectors, themes[::-1])
    coder = ThemeCoder(seed=1).fit(vectors, labels, themes[::-1])
    learned = coder.predict_proba(vectors)
    right = np.mean(learned[rest].argmax(axis=1) == truth[rest])
    assert right > np.mean(names.probability[rest].argmax(axis=1) == truth[rest]) + 0.1


def test_a_theme_without_examples_is_read_from_its_name_or_not_at_all():
    vectors, themes, truth = answers()
    labels = labelled(truth, np.arange(30))
    labels[:, 2] = NAN
    named = ThemeCoder(seed=1).fit(vectors, labels, themes)
    assert named.is_learned_.tolist() == [True, True, False]
    assert np.isfinite(named.predict_proba(vectors)).all()
    unnamed = ThemeCoder(seed=1).fit(vectors, labels)
    assert np.isnan(unnamed.predict_proba(vectors)[:, 2]).all()


def test_nothing_coded_and_no_names_is_a_typed_too_little():
    with pytest.raises(TooFewAnswers):
        ThemeCoder(seed=1).fit(np.eye(3), np.full((3, 2), NAN))


def test_the_same_answers_and_seed_give_the_same_bytes_and_leave_the_input_alone():
    vectors, themes, truth = answers(noise=0.6)
    labels = labelled(truth, np.arange(40))
    for table in (vectors, themes, labels):
        table.flags.writeable = False
    first = ThemeCoder(seed=5).fit(vectors, labels, themes).predict_proba(vectors)
    again = ThemeCoder(seed=5).fit(vectors, labels, themes).predict_proba(vectors)
    assert first.tobytes() == again.tobytes()


def test_new_answers_are_coded_without_fitting_again():
    vectors, themes, truth = answers(n=200)
    coder = ThemeCoder(seed=1).fit(vectors[:100], labelled(truth[:100], np.arange(60)), themes)
    found = coder.code(vectors[100:])
    assert np.mean(found.assigned[np.arange(100), truth[100:]]) > 0.9


def test_themes_without_examples_ask_first_then_doubt_decides():
    chances = np.array([[0.9, 0.1], [0.2, 0.8], [0.5, 0.5], [0.01, 0.01]])
    nobody = np.full((4, 2), NAN)
    assert set(most_informative(chances, nobody, 2, seed=1)) == {0, 1}
    plenty = np.vstack([nobody, np.ones((6, 2))])
    many = np.vstack([chances, np.full((6, 2), 0.5)])
    assert most_informative(many, plenty, 1, seed=1) == (2,)


def test_only_one_of_a_family_of_copies_is_asked_for():
    chances = np.full((6, 1), 0.5)
    found = most_informative(chances, np.full((6, 1), NAN), 6, seed=1, families=[0, 0, 0, 3, 3, 5])
    assert len(found) == 3
    coded = np.full((6, 1), NAN)
    coded[1] = 1.0
    again = most_informative(chances, coded, 6, seed=1, families=[0, 0, 0, 3, 3, 5])
    assert not {0, 1, 2} & set(again)


def test_small_strata_are_heard():
    chances = np.full((100, 1), 0.5)
    chances[90:] = 0.9
    labels = np.full((101, 1), NAN)
    labels = np.vstack([labels[:100], np.ones((8, 1))])
    chances = np.vstack([chances, np.full((8, 1), 0.5)])
    strata = ["large"] * 90 + ["small"] * 10 + ["large"] * 8
    found = most_informative(chances, labels, 10, seed=1, strata=strata)
    assert sum(row >= 90 for row in found) == 5


def test_answers_that_stand_for_many_are_asked_for_and_not_twice():
    generator = np.random.default_rng(1)
    crowds = np.eye(8)[:2]
    vectors = np.vstack(
        [
            crowds[0] + 0.02 * generator.normal(size=(40, 8)),
            crowds[1] + 0.02 * generator.normal(size=(40, 8)),
            3 * generator.normal(size=(20, 8)),
            generator.normal(size=(8, 8)),
        ]
    )
    chances = np.full((108, 1), 0.5)
    labels = np.vstack([np.full((100, 1), NAN), np.ones((8, 1))])
    found = most_informative(chances, labels, 2, seed=1, vectors=vectors)
    assert {row // 40 for row in found} == {0, 1}


def test_unread_answers_are_never_asked_for():
    chances = np.array([[NAN], [0.5]])
    assert most_informative(chances, np.full((2, 1), NAN), 2, seed=1) == (1,)


def test_an_audit_is_drawn_by_chance_and_can_be_drawn_again():
    drawn = np.zeros(20)
    for seed in range(2000):
        drawn[list(audit_sample(20, 5, seed=seed))] += 1
    assert np.abs(drawn / 2000 - 0.25).max() < 0.05
    with pytest.raises(ValueError, match="larger"):
        audit_sample(3, 4, seed=1)
