"""What one group says more, and how many tests at once are kept honest."""

import math

import numpy as np
import pytest
from scipy.stats import chi2, false_discovery_control, fisher_exact, power_divergence

from analysis.multiplicity import benjamini_hochberg, holm
from analysis.text.keyness import keyness, log_likelihood

NAN = float("nan")


def test_the_statistic_is_the_likelihood_ratio_of_the_four_field_table():
    counts, totals = [30, 12], [100, 150]
    table = np.array([[30, 12], [70, 138]])
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    peer = power_divergence(table.ravel(), expected.ravel(), lambda_="log-likelihood").statistic
    assert float(log_likelihood(counts, totals)) == pytest.approx(peer)


def test_the_words_of_a_group_are_found_with_examples():
    said = [["water", "rules"]] * 20 + [["jobs", "rules"]] * 20
    found = keyness(said, ["dry"] * 20 + ["rich"] * 20)
    top = {(key.term, key.group) for key in found if key.adjusted_p < 0.01 and key.log_ratio > 1}
    assert top == {("water", "dry"), ("jobs", "rich")}
    water = next(key for key in found if key.term == "water" and key.group == "dry")
    assert water.examples == (0, 1, 2)
    assert (water.share, water.rest_share) == (1.0, 0.0)
    rules = [key for key in found if key.term == "rules"]
    assert all(key.likelihood == 0 and key.log_ratio == 0 for key in rules)


def test_one_person_who_repeats_a_word_counts_once():
    said = [["water"] * 500] + [["jobs"]] * 20
    assert not [key for key in keyness(said, ["a"] + ["b"] * 20) if key.term == "water"]


def test_a_campaign_cannot_make_its_words_key():
    said = [["ban"]] * 50 + [["jobs"]] * 50
    groups, families = ["a"] * 50 + ["b"] * 50, [0] * 50 + list(range(50, 100))
    assert [key for key in keyness(said, groups) if key.term == "ban"]
    assert not [key for key in keyness(said, groups, families=families) if key.term == "ban"]


def test_groups_that_say_the_same_alarm_seldom():
    generator = np.random.default_rng(3)
    vocabulary = [f"w{number}" for number in range(60)]
    said = [list(generator.choice(vocabulary, 12)) for _ in range(300)]
    groups = [str(group) for group in generator.integers(0, 3, 300)]
    assert not [key for key in keyness(said, groups) if key.adjusted_p < 0.05]


def test_one_group_or_none_has_nothing_to_be_compared_with():
    assert keyness([["a"]] * 9, ["x"] * 9) == ()
    assert keyness([["a"]] * 9, [None] * 9) == ()
    assert keyness([], []) == ()


def test_adjusting_agrees_with_another_implementation():
    p = np.random.default_rng(1).random(40) ** 2
    assert benjamini_hochberg(p) == pytest.approx(false_discovery_control(p))


def test_holm_by_hand_and_tests_that_were_not_possible_do_not_count():
    assert holm([0.01, NAN, 0.04, 0.03])[[0, 2, 3]] == pytest.approx([0.03, 0.06, 0.06])
    assert math.isnan(holm([0.01, NAN])[1])
    assert holm([]).shape == (0,)
    with pytest.raises(ValueError, match="between"):
        holm([1.2])


def test_a_language_that_one_region_writes_makes_no_word_key():
    said = [["agua"]] * 20 + [["water"]] * 40
    groups, languages = ["south"] * 20 + ["north"] * 40, ["es"] * 20 + ["en"] * 40
    assert [key for key in keyness(said, groups) if key.adjusted_p < 0.01]
    assert keyness(said, groups, languages=languages) == ()


def test_within_a_language_groups_still_differ_and_all_tests_count_together():
    said = [["agua"]] * 20 + [["paz"]] * 20 + [["water"]] * 20 + [["peace"]] * 20
    groups = (["south"] * 20 + ["north"] * 20) * 2
    languages = ["es"] * 40 + ["en"] * 40
    found = keyness(said, groups, languages=languages)
    top = {(key.term, key.group, key.language, key.n) for key in found if key.log_ratio > 1}
    assert ("agua", "south", "es", 20) in top
    assert ("water", "south", "en", 20) in top
    adjusted = benjamini_hochberg([key.p for key in found])
    assert [key.adjusted_p for key in found] == pytest.approx(list(adjusted))
    with pytest.raises(ValueError, match="one value for each answer"):
        keyness(said, groups, languages=["es"])


def test_rare_words_are_tested_exactly():
    """Six of six holders in one of two groups of 40: 2 of the ways that six can fall."""
    said = [["water"]] * 6 + [[]] * 34 + [[]] * 40
    found = keyness(said, ["dry"] * 40 + ["rich"] * 40)
    expected = fisher_exact([[6, 0], [34, 40]]).pvalue
    assert [key.p for key in found] == pytest.approx([expected, expected])
    assert expected > 0.02 > chi2.sf(found[0].likelihood, 1)
    generator = np.random.default_rng(2)
    for _ in range(60):
        n, others = generator.integers(3, 60, 2)
        held, rest = generator.integers(0, n + 1), generator.integers(0, min(others, 6) + 1)
        if held + rest < 5:
            continue
        said = [["x"]] * held + [[]] * (n - held) + [["x"]] * rest + [[]] * (others - rest)
        key = keyness(said, ["a"] * n + ["b"] * others)[0]
        table = np.array([[held, rest], [n - held, others - rest]])
        smallest = table.sum(axis=0).min() * table.sum(axis=1).min() / table.sum()
        exact = fisher_exact(table).pvalue
        limit = chi2.sf(key.likelihood, 1)
        assert key.p == pytest.approx(exact if smallest < 5 else limit, abs=1e-9)


def test_whoever_gave_several_answers_counts_once_for_a_word():
    """One loud person of a group makes no word its word, whichever answer holds it."""
    loud = [["water"]] * 9 + [["jobs"]]
    quiet = [["jobs"]] * 10
    groups = ["dry"] * 10 + ["rich"] * 10
    alone = keyness(loud + quiet, groups)
    assert {key.term for key in alone if key.adjusted_p < 0.01} == {"water", "jobs"}
    people = ["one"] * 9 + ["two"] + [f"p{n}" for n in range(10)]
    found = keyness(loud + quiet, groups, people=people, rarest=1)
    water = next(key for key in found if (key.term, key.group) == ("water", "dry"))
    assert (water.n, water.count, water.rest, water.examples) == (2, 1, 0, (0,))
    assert water.adjusted_p > 0.05


def test_people_of_their_own_are_as_no_people_at_all():
    said = [["a", "b"], ["b"], ["a"], ["c", "b"]] * 6
    groups = ["x", "y", "x", "y"] * 6
    assert keyness(said, groups, people=range(24)) == keyness(said, groups)
    with pytest.raises(ValueError, match="people"):
        keyness(said, groups, people=[1])
