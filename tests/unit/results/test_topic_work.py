"""Around the topics of a run: languages, vectors in files, who works, what became of topics."""

from collections import Counter
from datetime import date
from multiprocessing import active_children

import numpy as np
import polars as pl
import pytest

from analysis.text.align import align
from analysis.text.encoders import content_key, encode
from consultation.contributions.models import Contribution
from core.errors import SettingsError
from core.jobs import Cancelled
from results.computing import executors
from results.computing.inputs import Inputs, Result
from results.computing.languages import languages_of
from results.computing.topics import add_topics
from results.computing.vectors import VectorFiles
from results.publication import topic_changes
from results.snapshots import Frozen
from results.workbench.maps import _readable
from results.workbench.vectors import vectors_of
from results.workbench.views.machine import around, example_of


class Counting:
    """An encoder that says what it was asked for."""

    name, dimensions, languages = "counting", 3, frozenset({"en"})

    def __init__(self):
        self.seen = []

    def encode(self, texts):
        self.seen += texts
        return np.array([[len(text), 1, 0] for text in texts], dtype=np.float32)


def test_a_text_is_encoded_once_over_runs_and_forgotten_when_it_is_gone(tmp_path):
    files, encoder = VectorFiles(tmp_path), Counting()
    texts = [f"answer number {n}" for n in range(2_500)]
    first = encode(encoder, texts, files)
    assert len(list((tmp_path / "counting").glob("*.npz"))) == 3
    again = encode(encoder, texts, VectorFiles(tmp_path))
    assert len(encoder.seen) == 2_500
    assert again.rows.tobytes() == first.rows.tobytes()

    left = [content_key(text) for text in texts[:10]]
    files.keep_only("counting", left)
    assert sorted(files.read("counting", [content_key(text) for text in texts])) == sorted(left)
    assert len(list((tmp_path / "counting").iterdir())) == 1


def test_vectors_of_another_reading_are_never_taken_for_these(tmp_path):
    """The encoder reads case: a text in capitals is another text, and has another key."""
    encoder = Counting()
    encode(encoder, ["AI", "ai"], VectorFiles(tmp_path))
    assert sorted(encoder.seen) == ["AI", "ai"]
    assert content_key("Who pays?") == content_key("  Who\tpays? ")


def test_vector_files_hold_no_words(tmp_path):
    files = VectorFiles(tmp_path)
    encode(Counting(), ["Amina from Kisumu wrote this"], files)
    (path,) = (tmp_path / "counting").glob("*.npz")
    assert b"Amina" not in path.read_bytes()
    assert b"Kisumu" not in path.read_bytes()


def test_an_unfinished_file_of_a_killed_process_is_not_read(tmp_path):
    files = VectorFiles(tmp_path)
    encode(Counting(), ["one answer"], files)
    (tmp_path / "counting" / "half.123.part").write_bytes(b"PK\x03\x04half")
    assert len(files.read("counting", [content_key("one answer")])) == 1


def test_what_was_declared_is_evidence_and_long_texts_decide():
    texts = [
        "The regulation of artificial intelligence must protect the rights of workers",
        "Die Regulierung künstlicher Intelligenz muss die Rechte der Beschäftigten schützen",
        "ok",
        "",
    ]
    assert languages_of(texts, ["de", "de", "de", ""], ["en", "de"])[:2] == ["en", "de"]
    assert languages_of(texts, ["de", "de", "de", ""], ["en", "de"])[3] == "und"


def test_a_tag_that_names_a_region_stays_where_the_text_agrees():
    texts = ["As regras devem proteger os direitos de quem trabalha todos os dias"] * 2
    assert languages_of(texts, ["pt-BR", "en-GB"], ["en", "pt"]) == ["pt-BR", "pt"]


def test_nothing_known_of_languages_stays_undetermined():
    assert languages_of(["some words"], [""], []) == ["und"]


def test_few_texts_start_no_process():
    with executors.work_for(10, "") as work:
        assert work.executor is None


def test_answers_are_coded_by_processes_with_the_same_vectors_and_none_is_started_for_few(
    tmp_path, monkeypatch
):
    texts = [f"answer number {n} about wages and water" for n in range(1_100)]
    languages = ["en"] * 1_103
    themes = ["wages", "water", "schools"]
    here = vectors_of([*texts, *themes], languages, 3, None, lambda _done, _total: None)
    monkeypatch.setattr(executors, "MANY", 1_000)
    helping, told = [], []

    def watch(done, total):
        helping.append(len(active_children()))
        told.append((done, total))

    there = vectors_of([*texts, *themes], languages, 3, tmp_path, watch)
    assert there.tobytes() == here.tobytes()
    assert max(helping) > 0
    assert told[-1] == (1_100, 1_100)
    # What is known already is not counted: nobody is called for a handful.
    helping.clear()
    vectors_of([*texts, "one more", *themes], ["en", *languages], 3, tmp_path, watch)
    assert max(helping) == 0


def test_work_that_was_stopped_goes_on_where_it_was(tmp_path):
    texts = [f"answer number {n} about wages and water" for n in range(1_100)]

    def stop(done, _total):
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        vectors_of(texts, ["en"] * 1_100, 0, tmp_path, stop)
    (kept,) = tmp_path.glob("*/*.npz")
    assert len(np.load(kept)["keys"]) >= 100


def test_dask_that_is_not_installed_is_said_to_be(monkeypatch):
    monkeypatch.setattr(executors, "find_spec", lambda _name: None)
    with (
        pytest.raises(SettingsError, match="distributed"),
        executors.work_for(10_000, "tcp://127.0.0.1:1"),
    ):
        pytest.fail("no executor may come of it")


def test_what_became_of_topics_is_a_document():
    found = topic_changes(align([0, 0, 0, 0, 1], [2, 2, 3, 3, -1]))
    assert found["rows"][0]["change"] == "split"
    assert found["rows"][0]["after"] == ["2", "3"]
    assert found["rows"][1]["change"] == "faded"


def test_only_answers_that_may_be_quoted_stand_for_a_topic():
    subjects = [
        [
            "water",
            "wells",
            "drought",
            "river",
            "pumps",
            "harvest",
            "farmers",
            "rain",
            "irrigation",
            "reservoir",
            "soil",
        ],
        [
            "factory",
            "wages",
            "unions",
            "layoffs",
            "machines",
            "training",
            "workers",
            "pensions",
            "hiring",
            "shifts",
        ],
        [
            "children",
            "school",
            "privacy",
            "phones",
            "parents",
            "bullying",
            "teachers",
            "consent",
            "screens",
            "harm",
        ],
    ]
    dice = np.random.default_rng(1)
    texts = {
        f"id{n:03}": "about " + " ".join(dice.choice(subjects[n % 3], 7, replace=False))
        for n in range(120)
    }
    # Long ones speak of two subjects, a passage of each.
    for n in range(1, 120, 20):
        texts[f"id{n:03}"] = " ".join(
            "About " + " ".join(dice.choice(subjects[subject % 3], 7, replace=False)) + "."
            for subject in (n, n + 1)
            for _sentence in range(40)
        )
    ids = sorted(texts)
    quotable = [n % 4 == 0 for n in range(120)]
    frame = pl.DataFrame(
        {
            "id": ids,
            "channel": ["survey"] * 120,
            "question": ["why"] * 120,
            "put_back": [False] * 120,
            "for_topics": [True] * 120,
            "received_on": [date(2026, 11, 1)] * 120,
            "language": ["en"] * 120,
            "region": ["africa", "asia"] * 60,
            "sector": ["academia"] * 120,
            "quotable": quotable,
        }
    )
    inputs = Inputs(
        frozen=Frozen(answers={}, contributions=frame),
        documents={},
        texts=texts,
        region_classification="m49_region",
        targets={},
        small=30,
    )
    result = Result()
    add_topics(result, inputs, lambda _done, _total: None)
    allowed = {key for key, may in zip(ids, quotable, strict=True) if may}
    shown = [key for row in result.documents["topics"]["rows"] for key in row["exemplars"]]
    assert shown
    assert set(shown) <= allowed
    also = Counter(topic for _key, topic, _confidence in result.mentions)
    assert also
    assert {int(row["key"]): row["also"] for row in result.documents["topics"]["rows"]} == {
        int(row["key"]): also[int(row["key"])] for row in result.documents["topics"]["rows"]
    }
    topic_of = {key: topic for key, topic, _confidence in result.members}
    assert not [key for key, topic, _confidence in result.mentions if topic_of.get(key) == topic]
    for row in result.documents["topics"]["rows"]:
        assert {key: [0, len(texts[key])] for key in row["exemplars"]} == row["excerpts"]


def test_the_example_of_a_word_is_one_that_has_it_in_this_form():
    known = {key: Contribution(text=text) for key, text in (("a", "Humanities"), ("b", "A Human."))}
    assert example_of({"term": "human", "examples": ["a", "b"]}, known) == "b"
    assert example_of({"term": "human", "examples": ["a", "c"]}, known) == "a"
    assert example_of({"term": "a+b", "examples": ["c"]}, known) is None


def test_a_word_is_shown_with_what_stands_around_it():
    text = "x " * 60 + "Clean Water, for all" + " y" * 60
    before, word, after = around(text, "clean water")
    assert word == "Clean Water"
    assert before.startswith("… ")
    assert after.startswith(", for all")
    assert after.endswith(" …")
    assert around("short", "absent") == ("short", "", "")
    assert around("to eliminate risk", "eliminating") == ("to ", "eliminate", " risk")
    assert around("a+b (c", "+") == ("a", "+", "b (c")


def test_labels_of_a_map_cover_no_other_and_the_larger_topic_wins():
    places = [[0.0, 0.0], [0.01, 0.01], [1.0, 1.0], [0.0, 0.5]]
    assert _readable(places, ["water"] * 4) == {0, 2, 3}
    assert _readable([[0.0, 0.0]], ["alone"]) == {0}
    assert _readable([], []) == set()
