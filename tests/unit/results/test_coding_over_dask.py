"""Coding over Dask gives the bytes that it gives here, and a worker that is killed is made up for."""

import os
import signal

import numpy as np
import pytest
from distributed import LocalCluster

from results.computing import executors
from results.workbench import coding
from results.workbench.vectors import has_sentences, vectors_of

pytestmark = pytest.mark.skipif(
    not has_sentences(), reason="The sentence encoder's package is not installed."
)

#: As many answers as a consultation must have before anybody is called for help.
COUNT = executors.MANY + 500
WORDS = ("water", "wages", "schools")
TEXTS = [f"{WORDS[number % 3]} {number}" for number in range(COUNT)]
THEMES = [{"code": word, "name": {"en": word}} for word in WORDS]


@pytest.fixture
def cluster():
    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address=None,
        scheduler_port=0,
        silence_logs=50,
    ) as started:
        yield started


def vectors_by(dask="", progress=lambda _done, _total: None):
    book = coding.book_of(THEMES)
    languages = ["en"] * (COUNT + len(book.texts))
    return vectors_of([*TEXTS, *book.texts], languages, len(book.texts), None, progress, dask)


def coded(rows):
    """What the machine says of a few answers, having learned from some of them."""
    some, book = 120, coding.book_of(THEMES)
    labels = np.full((some, len(THEMES)), np.nan)
    labels[:12] = np.arange(12)[:, None] % 3 == np.arange(3)
    cue = coding.shared_words(book, TEXTS[:some], ["en"] * some)
    material = coding.Material(rows[:some], rows[COUNT:], book.theme_of, cue)
    return coding.predict(material, labels, [str(number) for number in range(some)])


def test_a_coding_over_dask_is_the_coding_from_here_though_a_worker_was_killed(
    cluster, monkeypatch
):
    killed = []

    def kill_one(done, _total):
        if done and not killed:
            killed.append(next(iter(cluster.workers.values())).pid)
            os.kill(killed[0], signal.SIGKILL)

    far = vectors_by(cluster.scheduler_address, kill_one)
    assert killed
    with monkeypatch.context() as patched:
        # Here, in this one process: no pool is started for so many.
        patched.setattr(executors, "MANY", COUNT + 1)
        here = vectors_by()
    assert far.tobytes() == here.tobytes()
    first, second = coded(far), coded(here)
    assert first.probability.tobytes() == second.probability.tobytes()
    assert first.thresholds.tobytes() == second.thresholds.tobytes()
    assert first.parameters == second.parameters
