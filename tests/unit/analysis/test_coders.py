"""Agreement of people who coded the same answers."""

import json

import numpy as np
import pytest
from nltk.metrics.agreement import AnnotationTask

from analysis.agreement.coders import Level, cohen_kappa, krippendorff_alpha, theme_agreement
from analysis.errors import TooFewAnswers

NAN = float("nan")


def published(shared_data):
    cases = json.loads((shared_data / "cases" / "agreement_diversity.json").read_text("utf-8"))
    case = cases["krippendorff"]
    table = [[NAN if code is None else code for code in row] for row in case["data"]]
    return case, table


@pytest.mark.parametrize("level", [Level.NOMINAL, Level.INTERVAL])
def test_alpha_gives_the_published_figures(shared_data, level):
    case, table = published(shared_data)
    assert round(krippendorff_alpha(table, level).value, 3) == case[level.value]


def test_ordinal_alpha_gives_the_figure_of_the_methods_author():
    # Krippendorff 2011, section E: four observers, twelve units, nominal and interval as well.
    table = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
        [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
    ]
    assert round(krippendorff_alpha(table, Level.NOMINAL).value, 3) == 0.743
    assert round(krippendorff_alpha(table, Level.ORDINAL).value, 3) == 0.815
    assert round(krippendorff_alpha(table, Level.INTERVAL).value, 3) == 0.849


def test_kappa_and_alpha_agree_with_another_implementation():
    generator = np.random.default_rng(4)
    first = generator.integers(0, 3, 60)
    second = np.where(generator.random(60) < 0.6, first, generator.integers(0, 3, 60))
    rows = [
        (name, i, int(c)) for name, who in (("a", first), ("b", second)) for i, c in enumerate(who)
    ]
    task = AnnotationTask(data=rows)
    assert cohen_kappa(first, second).value == pytest.approx(task.kappa_pairwise("a", "b"))
    assert krippendorff_alpha([first, second]).value == pytest.approx(task.alpha())


def test_what_only_one_person_coded_changes_nothing():
    both = [[1, 0, 1, 0, 1], [1, 0, 0, 0, 1]]
    more = [[1, 0, 1, 0, 1, 1, NAN], [1, 0, 0, 0, 1, NAN, 0]]
    assert krippendorff_alpha(more) == krippendorff_alpha(both)
    assert cohen_kappa(*more) == cohen_kappa(*both)


def test_without_variation_there_is_no_coefficient():
    assert krippendorff_alpha([[1, 1, 1], [1, 1, 1]]).value is None
    assert cohen_kappa([1, 1, 1], [1, 1, 1]).value is None


def test_no_answer_coded_twice_is_a_typed_too_little():
    with pytest.raises(TooFewAnswers):
        krippendorff_alpha([[1, NAN], [NAN, 1]])
    with pytest.raises(TooFewAnswers):
        cohen_kappa([NAN], [1])


def test_each_theme_has_its_own_coefficient_or_none():
    found = theme_agreement([[[1, NAN], [0, NAN], [1, 1]], [[1, 0], [0, 1], [1, NAN]]])
    assert found[0].value == 1
    assert found[1] is None


def test_the_order_of_people_and_answers_does_not_matter():
    generator = np.random.default_rng(1)
    table = generator.integers(1, 6, (4, 30)).astype(float)
    table[generator.random(table.shape) < 0.3] = NAN
    shuffled = table[::-1][:, generator.permutation(30)]
    for level in Level:
        expected = krippendorff_alpha(table, level).value
        assert krippendorff_alpha(shuffled, level).value == pytest.approx(expected)
