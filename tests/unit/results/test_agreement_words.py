"""How far people agree on an order: Kendall's W in the document, gated, and in words."""

import numpy as np
import pytest

from results.publishing.rankings import ranking as gated
from results.rankings.agreement_words import agreeing
from tests.unit.results.test_rankings import a_document


def made(orders):
    """60 people who give these orders in turn."""
    ranks = np.array([orders[number % len(orders)] for number in range(60)], dtype=float)
    return a_document(ranks, ["weog"] * 60, ["industry"] * 60)


@pytest.mark.parametrize(
    ("orders", "w", "says"),
    [
        ([[1, 2, 3, 4]], 1.0, "largely agree"),
        ([[1, 2, 3, 4], [4, 3, 2, 1]], 0.0, "very different ways"),
        # Mean places 1, 2.5, 2.5, 4: squares sum to 4.5 of the 5 that one order would give.
        ([[1, 2, 3, 4], [1, 3, 2, 4]], 0.9, "largely agree"),
        # 4/3, 7/3, 3 and 10/3: 7/3 of the 5.
        ([[1, 2, 3, 4], [2, 1, 4, 3], [1, 4, 2, 3]], 7 / 15, "agree in part"),
    ],
)
def test_agreement_is_kendalls_w(app, orders, w, says):
    document = made(orders)
    assert document["agreement"]["w"] == pytest.approx(w, abs=0.001)
    assert document["agreement"]["n"] == 60
    with app.test_request_context("/"):
        told = agreeing(document)
    assert says in told[0]
    assert "60 ballots" in told[1]


def test_the_public_reads_no_number_of_complete_ballots(app):
    public = gated(made([[1, 2, 3, 4], [1, 3, 2, 4]]), 10)
    assert public["agreement"] == {"w": 0.9, "n": None}
    with app.test_request_context("/"):
        assert "those who placed all" in agreeing(public)[1]
    assert gated(made([[1, 2, 3, 4]]), 100)["agreement"] is None


def test_runs_of_before_say_nothing(app):
    document = made([[1, 2, 3, 4]])
    del document["agreement"]
    with app.test_request_context("/"):
        assert agreeing(document) == []
        assert gated(document, 10)["agreement"] is None
