"""Whatever is audited, a share lies in its interval, the interval in [0, 1], and all are numbers."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.text.shares import FEWEST_AUDITED, Scope, theme_shares
from analysis.types import wilson

CLUSTERS = {
    "unknown": lambda _chance, _n: None,
    "one person": lambda _chance, n: np.zeros(n, dtype=int),
    "some people": lambda chance, n: chance.integers(0, 15, n),
    "half from one": lambda _chance, n: np.maximum(0, np.arange(n) - n // 2),
}
WEIGHTS = {
    "none": lambda _chance, _n: None,
    "equal": lambda _chance, n: np.full(n, 3.7),
    "wild": lambda chance, n: np.exp(6 * chance.normal(size=n)),
}


@settings(max_examples=300, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(1, 60),
    audited=st.floats(0.1, 1),
    raised=st.sampled_from([0.0, 0.05, 0.4, 1.0]),
    unclear=st.sampled_from([0.0, 0.3, 1.0]),
    machine=st.sampled_from(["right", "noise", "never", "always"]),
    owners=st.sampled_from(sorted(CLUSTERS)),
    weights=st.sampled_from(sorted(WEIGHTS)),
    scope=st.sampled_from(Scope),
)
def test_shares_are_numbers_inside_their_intervals(
    seed, n, audited, raised, unclear, machine, owners, weights, scope
):
    chance = np.random.default_rng(seed)
    rows = chance.permutation(n)[: math.ceil(audited * n)]
    truth = (chance.random(n) < raised).astype(float)
    said = {"right": truth, "noise": chance.random(n), "never": 0 * truth, "always": 0 * truth + 1}
    codes = np.where(chance.random(len(rows)) < unclear, np.nan, truth[rows])
    for found in theme_shares(
        said[machine][:, None],
        rows,
        codes[:, None],
        weights=WEIGHTS[weights](chance, n),
        groups=chance.choice(np.array(["a", "b", None], dtype=object), n).tolist(),
        clusters=CLUSTERS[owners](chance, n),
        scope=scope,
    ):
        assert all(map(math.isfinite, (found.naive, found.worth, found.effective_n)))
        assert 1 <= found.design_effect < math.inf
        is_known = min(found.audit_n, found.audit_people) >= FEWEST_AUDITED
        for estimate in (found.estimate, found.audit_alone):
            assert (estimate is not None) == is_known
            if estimate is not None:
                assert 0 <= estimate.low <= estimate.share <= estimate.high <= 1


def test_nobody_and_everybody_lie_in_their_intervals():
    for size in range(1, 400):
        nobody, everybody = wilson(0, size), wilson(size, size)
        assert nobody.low == nobody.share == 0
        assert everybody.high == everybody.share == 1
