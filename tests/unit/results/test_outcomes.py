"""None of the above is not undecided, and neither is unread: by people first, then by the machine."""

import numpy as np
import pytest

from results.workbench import outcomes

NAN = np.nan
THRESHOLDS = np.array([0.4, 0.6])


def said(probability, labels=(NAN, NAN), thresholds=THRESHOLDS):
    """The outcome of one answer that is in the sample too, by everybody and by people alone."""
    found = outcomes.count(
        np.array([probability]), np.array(thresholds), np.array([labels]), np.array([0])
    )
    assert (found["n"], found["n_audit"]) == (1, 1)
    return tuple(
        next(name for name, n in found[part].items() if n == 1) for part in ("all", "sample")
    )


@pytest.mark.parametrize(
    ("probability", "outcome"),
    [
        ((0.4, 0.0), "coded"),
        ((0.39, 0.0), "undecided"),
        ((0.2, 0.0), "undecided"),
        ((0.0, 0.3), "undecided"),
        ((0.19, 0.29), "none_of_the_above"),
        ((NAN, NAN), "unread"),
        # Of one theme nothing is known: the other decides.
        ((NAN, 0.1), "none_of_the_above"),
    ],
)
def test_the_machine_says_it_where_no_person_did(probability, outcome):
    assert said(probability)[0] == outcome


@pytest.mark.parametrize(
    ("labels", "everybody", "people"),
    [
        ((0.0, 0.0), "none_of_the_above", "none_of_the_above"),
        ((1.0, 0.0), "coded", "coded"),
        ((1.0, NAN), "coded", "coded"),
        # People left the second theme open; the machine says something of it.
        ((0.0, NAN), "coded", "undecided"),
    ],
)
def test_people_outrank_the_machine_and_alone_count_the_sample(labels, everybody, people):
    assert said((0.9, 0.9), labels) == (everybody, people)
    assert said((NAN, NAN), labels)[1] == people


def test_a_theme_that_people_raise_counts_whatever_the_threshold_is():
    assert said((0.1, 0.1), (1.0, 0.0), (1.0, 1.2))[0] == "coded"


def test_only_the_rows_of_the_sample_are_counted_there():
    labels = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 0.0], [NAN, NAN]])
    found = outcomes.count(np.full((4, 2), 0.5), THRESHOLDS, labels, np.array([0, 1]))
    assert found["sample"] == {"coded": 1, "none_of_the_above": 1, "undecided": 0, "unread": 0}
    assert found["all"] == {"coded": 2, "none_of_the_above": 2, "undecided": 0, "unread": 0}
