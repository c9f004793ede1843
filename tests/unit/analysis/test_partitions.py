"""Parts of the work done elsewhere, broken off, killed and taken up again: one result."""

import os
import signal
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from time import sleep

import numpy as np
import pytest
from distributed import Client, LocalCluster

from analysis.text.partitions import Cancelled, Work, bounds, map_parts, part_name
from analysis.text.topic_model import TopicModel

WORDS = [
    "water",
    "wells",
    "rivers",
    "energy",
    "jobs",
    "wages",
    "skills",
    "unions",
    "news",
    "votes",
    "truth",
    "clinics",
]


def texts_of(n, *, seed=1):
    dice = np.random.default_rng(seed)
    themes = dice.integers(0, 3, n)
    return [
        " ".join(dice.permutation(WORDS[4 * theme : 4 * theme + 4])[:3]) + f" note {row % 97}"
        for row, theme in enumerate(themes)
    ]


def lengths(texts):
    return {"lengths": np.array([len(text) for text in texts])}


def die_once(texts, flag):
    """Kills the process that it runs in, the first time."""
    path = Path(flag)
    if not path.exists():
        path.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return lengths(texts)


def slowly(texts):
    sleep(0.2)
    return lengths(texts)


class Shelf:
    def __init__(self):
        self.kept = {}

    def load(self, name):
        return self.kept.get(name)

    def keep(self, name, arrays):
        self.kept[name] = arrays


def cut(texts, size=10):
    parts = [(texts[piece],) for piece in bounds(len(texts), size)]
    return parts, [part_name(*part) for part in parts]


def joined(found):
    return np.concatenate([part["lengths"] for part in found]).tolist()


@pytest.fixture
def processes():
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield pool


def test_parts_come_back_in_their_order(processes):
    texts = texts_of(95)
    parts, names = cut(texts)
    told = []
    work = Work(executor=processes, progress=lambda done, total: told.append((done, total)))
    assert joined(map_parts(lengths, parts, names, work)) == [len(text) for text in texts]
    assert told == [(done, 10) for done in range(11)]


def test_what_was_finished_before_a_stop_is_not_done_again():
    texts = texts_of(60)
    parts, names = cut(texts)
    shelf, done = Shelf(), []
    work = Work(shelf=shelf, is_cancelled=lambda: len(shelf.kept) >= 3)
    with pytest.raises(Cancelled):
        map_parts(lengths, parts, names, work)
    assert list(shelf.kept) == names[:3]

    def counted(some):
        done.append(some)
        return lengths(some)

    again = map_parts(counted, parts, names, Work(shelf=shelf))
    assert joined(again) == [len(text) for text in texts]
    assert len(done) == 3


def test_a_killed_process_leaves_nothing_out(processes, tmp_path):
    texts = texts_of(60)
    parts, names = cut(texts)
    flagged = [(*part, str(tmp_path / "died")) for part in parts]
    found = map_parts(die_once, flagged, names, Work(executor=processes))
    assert joined(found) == [len(text) for text in texts]


@pytest.fixture(scope="module")
def model():
    texts = texts_of(600)
    return TopicModel(3, seed=1).fit(texts, ["en"] * len(texts))


def same(first, second):
    return all(
        getattr(first, name).tobytes() == getattr(second, name).tobytes()
        for name in ("labels", "probabilities", "nearness")
    )


@pytest.fixture(scope="module")
def cluster():
    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address=None,
            scheduler_port=8141,
            silence_logs=50,
        ) as started,
        Client(started) as client,
    ):
        yield started, client


def test_two_dask_workers_place_texts_as_one_process_does(cluster, model, monkeypatch):
    monkeypatch.setattr("analysis.text.topic_model.PART", 400)
    _cluster, client = cluster
    texts = texts_of(3_000, seed=2)
    tags = ["en"] * len(texts)
    with client.get_executor(pure=False, retries=3) as executor:
        work = Work(executor=executor, share=partial(client.scatter, broadcast=True, hash=False))
        far = model.place_in_parts(texts, tags, None, work=work)
    assert same(far, model.place_in_parts(texts, tags, None, work=Work()))


def test_a_dask_worker_killed_midway_is_made_up_for(cluster):
    started, client = cluster
    texts = texts_of(80)
    parts, names = cut(texts, 4)
    killed = []

    def kill_one(done, _total):
        if done == 3 and not killed:
            killed.append(next(iter(started.workers.values())).pid)
            os.kill(killed[0], signal.SIGKILL)

    with client.get_executor(pure=False, retries=3) as executor:
        found = map_parts(slowly, parts, names, Work(executor=executor, progress=kill_one))
    assert killed
    assert joined(found) == [len(text) for text in texts]
