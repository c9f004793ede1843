"""Shares where answers of one person are alike: coverage by simulation, and the design effect."""

import numpy as np
import pytest

from analysis.text.design_effect import People, drawn, measured, worst
from analysis.text.shares import FEWEST_AUDITED, Scope, theme_shares


def people_who_repeat_themselves(seed, n_people=500):
    """One to five answers each: who raises a theme once tends to raise it in every answer."""
    generator = np.random.default_rng(seed)
    owners = np.repeat(np.arange(n_people), generator.integers(1, 6, n_people))
    leaning = generator.beta(0.3, 0.9, n_people)[owners]
    truth = (generator.random(len(owners)) < leaning).astype(float)
    said = 1 / (1 + np.exp(-(1.5 * generator.normal(size=len(owners)) + 2.5 * truth - 1.5)))
    return owners, truth, said


def held_and_width(drawn, clusters, scope=Scope.ANSWERS, times=300):
    """How often the interval holds the share of all answers, and how wide it is."""
    owners, truth, said = people_who_repeat_themselves(1)
    held, alone, width = [], [], []
    for number in range(times):
        rows = drawn(owners, np.random.default_rng(number))
        found = theme_shares(
            said[:, None],
            rows,
            truth[rows, None],
            clusters=owners if clusters else None,
            scope=scope,
        )[0]
        held.append(found.estimate.low <= truth.mean() <= found.estimate.high)
        alone.append(found.audit_alone.low <= truth.mean() <= found.audit_alone.high)
        width.append(found.estimate.high - found.estimate.low)
    return np.mean(held), np.mean(alone), np.mean(width)


def by_person(owners, generator):
    """All answers of sixty people drawn by chance."""
    chosen = generator.permutation(owners.max() + 1)[:60]
    return np.flatnonzero(np.isin(owners, chosen))


def by_answer(owners, generator):
    return generator.permutation(len(owners))[:180]


def test_an_audit_drawn_by_person_is_worth_its_people_and_not_its_answers():
    held, alone, width = held_and_width(by_person, clusters=True)
    assert held >= 0.93
    assert alone >= 0.93
    naive_held, naive_alone, narrow = held_and_width(by_person, clusters=False)
    # As if each answer had been drawn by itself: far too sure of itself.
    assert naive_alone < 0.9
    assert naive_held < held
    assert narrow < width


def test_who_gave_an_answer_hardly_matters_where_answers_were_drawn_one_by_one():
    held, _alone, width = held_and_width(by_answer, clusters=True, times=150)
    _held, _alone, plain = held_and_width(by_answer, clusters=False, times=150)
    assert held >= 0.93
    assert plain <= width < 1.12 * plain


def test_clusters_of_one_answer_change_nothing_and_odd_ones_are_refused():
    generator = np.random.default_rng(3)
    truth = (generator.random(400) < 0.3).astype(float)
    said = np.clip(0.5 * truth + 0.5 * generator.random(400), 0, 1)
    rows = np.arange(0, 400, 4)
    plain = theme_shares(said[:, None], rows, truth[rows, None])
    alone = theme_shares(said[:, None], rows, truth[rows, None], clusters=np.arange(400))
    assert plain == alone
    for clusters in (np.arange(399), np.linspace(0, 1, 400)):
        with pytest.raises(ValueError, match="who gave it"):
            theme_shares(said[:, None], rows, truth[rows, None], clusters=clusters)


def test_a_population_of_people_is_covered_only_where_people_are_counted():
    held = {True: [], False: []}
    for seed in range(200):
        owners, truth, said = people_who_repeat_themselves(seed + 10, n_people=300)
        rows = np.random.default_rng(seed).permutation(len(owners))[: len(owners) // 2]
        for counted, found in held.items():
            share = theme_shares(
                said[:, None],
                rows,
                truth[rows, None],
                scope=Scope.PEOPLE,
                clusters=owners if counted else None,
            )[0]
            assert share.effective_n == len(owners)
            # The mean of the distribution from which people draw how often they raise it.
            found.append(share.estimate.low <= 0.25 <= share.estimate.high)
    assert np.mean(held[True]) >= 0.93
    assert np.mean(held[False]) < 0.9


def alike(seed, share, likeness, n_people=500, most=5):
    """Who raises a theme tends to raise it again, by how alike a person's answers are (ICC)."""
    generator = np.random.default_rng(seed)
    owners = np.repeat(np.arange(n_people), generator.integers(1, most + 1, n_people))
    rest = (1 - likeness) / likeness
    leaning = generator.beta(share * rest, (1 - share) * rest, n_people)[owners]
    truth = (generator.random(len(owners)) < leaning).astype(float)
    said = 1 / (1 + np.exp(-(1.5 * generator.normal(size=len(owners)) + 2.5 * truth - 1.5)))
    return owners, truth, said


def coverage(k, share, likeness, times=150):
    """Of the estimate and of the audit alone, over audits that drew k people."""
    owners, truth, said = alike(int(1000 * share), share, likeness)
    held, alone = [], []
    for number in range(times):
        chosen = np.random.default_rng(number).permutation(owners.max() + 1)[:k]
        rows = np.flatnonzero(np.isin(owners, chosen))
        found = theme_shares(said[:, None], rows, truth[rows, None], clusters=owners)[0]
        held.append(found.estimate.low <= truth.mean() <= found.estimate.high)
        alone.append(found.audit_alone.low <= truth.mean() <= found.audit_alone.high)
    return np.mean(held), np.mean(alone)


@pytest.mark.parametrize("k", [15, 30, 60])
def test_few_people_whose_answers_are_alike_give_intervals_that_hold(k):
    found = np.array(
        [coverage(k, share, likeness) for share in (0.05, 0.2) for likeness in (0.3, 0.9)]
    )
    assert found.mean() >= 0.94
    assert found.min() >= 0.89


def test_what_few_people_cannot_tell_is_taken_nearly_at_its_worst():
    """One of fifteen people raises the theme, in one answer of three: nothing tells how alike."""
    people = People.of(np.repeat(np.arange(15), 3))
    codes, weights = np.zeros(45), np.ones(45)
    codes[0] = 1.0
    residuals = codes - codes.mean()
    assert measured(people, residuals) < 1.1
    assert worst(people, weights) == 3.0
    assert 2.2 < drawn(people, residuals, weights, codes) < 3.0


def test_many_people_speak_for_themselves():
    owners, truth, _said = alike(4, 0.3, 0.5, n_people=3000)
    people, weights = People.of(owners), np.ones(len(owners))
    residuals = truth - truth.mean()
    found = drawn(people, residuals, weights, truth)
    assert found == pytest.approx(measured(people, residuals), rel=0.01)
    assert 1.5 < found < worst(people, weights)


def test_more_than_alike_is_believed():
    """Who gives many answers raises it, who gives one does not: more than equal answers vary."""
    owners = np.r_[np.repeat(np.arange(10), 6), np.arange(10, 30)]
    people, codes = People.of(owners), np.r_[np.ones(60), np.zeros(20)]
    residuals = codes - codes.mean()
    found = measured(people, residuals)
    assert drawn(people, residuals, np.ones(80), codes) >= found


def test_answers_of_fewer_than_ten_people_give_no_interval():
    owners = np.repeat(np.arange(40), 5)
    truth = (np.arange(200) % 3 == 0).astype(float)
    said = np.clip(0.5 * truth + 0.2, 0, 1)
    for k, is_told in ((FEWEST_AUDITED - 1, False), (FEWEST_AUDITED, True)):
        rows = np.arange(5 * k)
        found = theme_shares(said[:, None], rows, truth[rows, None], clusters=owners)[0]
        assert (found.audit_n, found.audit_people) == (5 * k, k)
        assert (found.estimate is not None) == is_told
        assert (found.audit_alone is not None) == is_told
