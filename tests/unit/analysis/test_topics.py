"""The parts of the topic engine, each against something worked out in another way."""

from itertools import product

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.metrics import adjusted_rand_score

from analysis.errors import TooFewAnswers
from analysis.text.align import Change, align
from analysis.text.centring import LanguageCentring
from analysis.text.clusters import cluster, join
from analysis.text.coherence import leak, npmi
from analysis.text.encoders import SentenceVectors, encode, sentence_encoder
from analysis.text.levels import choose_levels
from analysis.text.long_answers import split_long
from analysis.text.modularity import modularity
from analysis.text.neighbours import NeighbourIndex, transition
from analysis.text.sampling import stratified_sample
from analysis.text.space import TextSpace
from analysis.text.topic_model import TopicModel
from analysis.text.topics import Background, Rules, find_topics
from analysis.text.word_vectors import unit

SUBJECTS = {
    "water": (["Data centres", "Server halls", "Cooling towers"], ["drink", "drain", "dry out"]),
    "jobs": (["Clerks", "Drivers", "Translators"], ["lose work to", "are replaced by"]),
    "truth": (["Fake videos", "Invented quotes", "Forged voices"], ["flood", "distort", "buy"]),
    "health": (["Doctors", "Nurses", "Patients"], ["trust diagnoses of", "wait for scans by"]),
}
OBJECTS = {
    "water": ["rivers", "wells of villages", "lakes nearby", "groundwater reserves"],
    "jobs": ["machines without pay", "robots in factories", "software at night", "automation"],
    "truth": ["elections", "news on campaigns", "debates before voting", "public opinion"],
    "health": ["hospital software", "medical models", "clinics abroad", "surgery assistants"],
}


def corpus():
    texts, labels = [], []
    for name, (who, does) in SUBJECTS.items():
        for parts in product(who, does, OBJECTS[name]):
            texts.append(" ".join(parts))
            labels.append(name)
    return texts, labels


def points(*, n=400, d=12, seed=3):
    return unit(np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32))


def test_exact_neighbours_are_those_of_a_full_sort():
    base = points()
    found = NeighbourIndex(seed=1).fit(base).query(base, 7, itself=True)
    cosines = base @ base.T
    np.fill_diagonal(cosines, -2)
    wanted = np.sort(cosines, axis=1)[:, ::-1][:, :7]
    assert np.allclose(found.similarity, wanted, atol=1e-5)


def test_approximate_neighbours_are_nearly_all_there():
    centres = points(n=60, d=32, seed=1)
    owner = np.random.default_rng(2).integers(0, 60, 3_000)
    base = unit(centres[owner] + 0.6 * points(n=3_000, d=32, seed=4))
    exact = NeighbourIndex(seed=1).fit(base).query(base, 15, itself=True)
    quick = NeighbourIndex(seed=1, exact=100).fit(base).query(base, 15, itself=True)
    shared = [len(set(a) & set(b)) for a, b in zip(exact.rows, quick.rows, strict=True)]
    assert np.mean(shared) / 15 > 0.9


def test_average_linkage_is_that_of_scipy():
    base = points(n=40, d=5)
    wanted = fcluster(linkage(base, "average", metric="cosine"), 6, "maxclust")
    assert adjusted_rand_score(wanted, join(base, np.ones(40, dtype=int), 6)) == 1.0


def graph(base):
    return transition(NeighbourIndex(seed=1).fit(base).query(base, 15, itself=True), len(base))


def test_clusters_of_one_input_and_seed_are_equal():
    first, again = (cluster(points(), graph(points()), 5, seed=2) for _ in range(2))
    assert np.array_equal(first.labels, again.labels)
    assert first.centres.tobytes() == again.centres.tobytes()


def test_fewer_different_points_than_groups_give_fewer_groups():
    same = np.repeat(points(n=2), 30, axis=0)
    assert len(cluster(same, graph(same), 10, seed=1).centres) == 2


@pytest.mark.parametrize("sizes", [[60] * 50, [900, 500, *[30] * 48]], ids=["alike", "uneven"])
def test_groups_may_be_of_any_size(sizes):
    centres = points(n=len(sizes), d=24, seed=5)
    gold = np.repeat(np.arange(len(sizes)), sizes)
    base = unit(centres[gold] + 0.45 * points(n=len(gold), d=24, seed=6))
    found = cluster(base, graph(base), len(sizes), seed=1)
    assert adjusted_rand_score(gold, found.labels) > 0.95


def test_modularity_is_that_of_its_definition():
    step = graph(points(n=40, d=5))
    labels = np.random.default_rng(3).integers(0, 4, 40)
    both = (step + step.T).toarray()
    degree, total = both.sum(axis=1), both.sum()
    same = labels[:, None] == labels[None, :]
    expected = ((both - np.outer(degree, degree) / total) * same).sum() / total
    assert modularity(step, labels) == pytest.approx(expected)


def test_a_language_is_no_direction_after_centring():
    rows = points(n=300, d=16)
    tags = ["en"] * 200 + ["ar"] * 100
    rows[200:] = unit(rows[200:] + 2.0)
    found = LanguageCentring().fit(rows, tags).transform(rows, tags)
    gap = np.linalg.norm(found[:200].mean(axis=0) - found[200:].mean(axis=0))
    before = np.linalg.norm(rows[:200].mean(axis=0) - rows[200:].mean(axis=0))
    assert gap < 0.3 * before


def test_a_language_of_one_text_keeps_most_of_its_meaning():
    rows = points(n=101, d=16)
    found = (
        LanguageCentring().fit(rows, ["en"] * 100 + ["ar"]).transform(rows, ["en"] * 100 + ["ar"])
    )
    assert np.linalg.norm(found[100]) == pytest.approx(1.0, abs=1e-5)
    assert float(found[100] @ rows[100]) > 0.9


def test_topics_are_the_four_subjects_and_new_texts_find_them():
    texts, labels = corpus()
    model = TopicModel(4, seed=1).fit(texts, ["en"] * len(texts))
    topics = {name: set() for name in SUBJECTS}
    for label, topic in zip(labels, model.labels_.tolist(), strict=True):
        topics[label].add(topic)
    assert sorted(topics.values(), key=min) == [{0}, {1}, {2}, {3}]
    new = model.predict(["who drains the wells and rivers", "robots and automation"], ["en", "en"])
    assert new.tolist() == [min(topics["water"]), min(topics["jobs"])]


def test_the_default_levels_hold_the_true_number():
    texts, _labels = corpus()
    space = TextSpace(seed=1).fit(texts, ["en"] * len(texts), None)
    found = choose_levels(space, seed=1)
    assert found.themes <= 4 <= found.topics <= 8


def test_a_text_of_its_own_belongs_to_none_of_the_above():
    texts, _labels = corpus()
    model = TopicModel(4, seed=1).fit(texts, ["en"] * len(texts))
    placed = model.place(["zebra umbrella quartz", texts[0]], ["en", "en"])
    assert model.decide(placed)[0] == -1
    assert model.decide(placed)[1] == model.labels_[0]


def test_probabilities_are_shares_and_say_how_often_halves_agree():
    texts, _labels = corpus()
    model = TopicModel(4, seed=1).fit(texts, ["en"] * len(texts))
    assert np.allclose(model.placed_.probabilities.sum(axis=1), 1, atol=1e-5)
    assert model.placed_.confidence().mean() > 0.9
    assert model.stability_.min() > 0.75


def test_alignment_tells_what_split_merged_appeared_and_faded():
    before = [0] * 10 + [1] * 10 + [2] * 10 + [3] * 4 + [-1] * 5
    after = [5] * 6 + [6] * 4 + [7] * 10 + [7] * 9 + [8] + [-1] * 4 + [9] * 5
    found = align(before, after)
    changes = {step.change: step for step in found.steps if step.change is not Change.APPEARED}
    assert changes[Change.SPLIT].before == (0,)
    assert set(changes[Change.SPLIT].after) == {5, 6}
    assert set(changes[Change.MERGED].before) == {1, 2}
    assert changes[Change.FADED].before == (3,)
    assert {step.after for step in found.steps if step.change is Change.APPEARED} >= {(9,)}


def test_alignment_of_a_run_with_itself_keeps_every_topic():
    topics = np.random.default_rng(1).integers(-1, 9, 500)
    found = align(topics, (topics + 3) % 9 * (topics >= 0) - (topics < 0))
    assert all(step.change is Change.KEPT and step.overlap == 1 for step in found.steps)
    assert all((earlier + 3) % 9 == later for later, earlier in found.pairs.items())


def test_small_groups_are_heard_in_the_fitted_sample():
    strata = ["north"] * 9_000 + ["south"] * 90 + ["island"] * 5
    chosen = np.array(strata)[stratified_sample(strata, 1_000, seed=1)]
    assert len(chosen) == 1_000
    assert (chosen == "island").sum() == 5
    assert (chosen == "south").sum() >= 80


def test_words_that_never_meet_have_no_coherence():
    documents = [["water", "wells"], ["water", "wells"], ["jobs", "pay"]]
    always, never, unknown = npmi([["water", "wells"], ["water", "pay"], ["nowhere"]], documents)
    assert (always, never, unknown) == (pytest.approx(1.0), -1.0, None)


def test_topics_that_are_languages_leak_entirely():
    assert leak([0, 0, 1, 1], ["en", "en", "fr", "fr"]) == pytest.approx(1.0)
    assert leak([0, 1, 0, 1], ["en", "en", "fr", "fr"]) == pytest.approx(0.0)
    assert leak([0, 0], ["en", "fr"]) is None


def test_only_texts_that_may_be_quoted_stand_for_a_topic():
    texts, _labels = corpus()
    quotable = [number % 2 == 0 for number in range(len(texts))]
    groups = ["north" if number % 3 else "south" for number in range(len(texts))]
    found = find_topics(
        texts,
        ["en"] * len(texts),
        seed=1,
        rules=Rules(k=4),
        background=Background(groups=groups, quotable=quotable),
    )
    chosen = [row for topic in found.topics for row in topic.exemplars]
    assert chosen
    assert all(quotable[row] for row in chosen)
    assert all(len({groups[row] for row in topic.exemplars}) == 2 for topic in found.topics)


class Shelf:
    """A cache in memory that counts what is asked of it."""

    def __init__(self):
        self.kept = {}

    def read(self, name, keys):
        return {key: self.kept[name, key] for key in keys if (name, key) in self.kept}

    def write(self, name, found):
        self.kept |= {(name, key): row for key, row in found.items()}


class Lengths:
    """An encoder whose vectors can be told by eye."""

    name, dimensions, languages = "lengths", 2, frozenset({"en"})

    def __init__(self):
        self.seen = []

    def encode(self, texts):
        self.seen += texts
        return np.array([[len(text), 1] for text in texts], dtype=np.float32)


def test_each_different_text_is_encoded_once_and_then_never_again():
    encoder, shelf = Lengths(), Shelf()
    first = encode(encoder, ["abc", "abc", "longer text"], shelf)
    again = encode(encoder, ["longer text", "abc"], shelf)
    assert sorted(encoder.seen) == ["abc", "longer text"]
    assert first.rows[:, 0].tolist() == [3, 3, 11]
    assert again.rows[:, 0].tolist() == [11, 3]


@pytest.fixture(scope="module")
def multilingual():
    encoder = sentence_encoder()
    if encoder is None:
        pytest.skip("the sentence encoder is not installed")
    return encoder


def test_the_same_thing_said_in_two_languages_is_near(multilingual):
    vectors = multilingual.encode(
        ["Data centres use too much water", "Les centres de données consomment trop d'eau", "Jobs"]
    )
    assert float(vectors[0] @ vectors[1]) > float(vectors[0] @ vectors[2]) + 0.2


def test_hostile_texts_have_vectors_too(multilingual):
    vectors = multilingual.encode(["", "🙂🙂", "\x00\x00", "x" * 1_000_000, "\u202eabc مياه 水"])
    assert np.isfinite(vectors).all()
    assert np.linalg.norm(vectors, axis=1).round(3).tolist() == [0, 0, 0, 1, 1]


def test_topics_go_over_languages_and_are_not_languages(multilingual):
    texts, _labels = corpus()
    french = [
        "Les centres de données vident les rivières",
        "Les usines de serveurs boivent l'eau des villages",
        "Les employés perdent leur travail à cause des robots",
        "Les chauffeurs sont remplacés par des machines",
        "De fausses vidéos déforment les élections",
        "Les voix truquées inondent le débat public",
        "Les médecins se fient aux logiciels de l'hôpital",
        "Les patients attendent le diagnostic des machines",
    ]
    tags = ["en"] * len(texts) + ["fr"] * len(french)
    sentences = encode(multilingual, texts + french)
    found = find_topics(texts + french, tags, seed=1, rules=Rules(k=4), sentences=sentences)
    assert any(set(topic.languages) == {"en", "fr"} for topic in found.topics)
    assert found.figures.leak is not None
    assert found.figures.leak < 0.1


def test_vectors_that_do_not_belong_to_the_texts_are_refused():
    vectors = SentenceVectors(np.zeros((1, 4), dtype=np.float32), frozenset({"en"}), "x")
    with pytest.raises(ValueError, match="same length"):
        find_topics(["a", "b"], ["en", "en"], seed=1, sentences=vectors)


HOSTILE = [
    "x" * 1_000_000,
    "word " * 200_000,
    "🙂🙂🙂",
    "\x00\x00\x00",
    "\u202eevil\u202c reversed words here",
    "مياه water 水 вода mixed scripts",
    "\ud800 lone surrogate in words",
    "",
    "   ",
    "-" * 5_000,
]


@pytest.mark.parametrize("with_meaning", [False, True], ids=["words", "sentences"])
def test_hostile_texts_among_real_ones_change_nothing_for_the_others(with_meaning, request):
    encoder = request.getfixturevalue("multilingual") if with_meaning else None
    texts, labels = corpus()
    tags = ["en"] * (len(texts) + len(HOSTILE))
    sentences = None if encoder is None else encode(encoder, split_long(texts + HOSTILE).texts)
    found = find_topics(texts + HOSTILE, tags, seed=1, rules=Rules(k=4), sentences=sentences)
    assert np.isfinite(found.confidence).all()
    for name in SUBJECTS:
        own = found.assignment[[row for row, label in enumerate(labels) if label == name]]
        assert (own == np.bincount(own[own >= 0]).argmax()).mean() > 0.9
    assert all(0 <= row < len(texts) for topic in found.topics for row in topic.exemplars[:1])


def test_a_hundred_thousand_equal_answers_are_one_answer_many_times():
    texts, _labels = corpus()
    many = ["Ban the training of models near our rivers now"] * 100_000
    found = find_topics(texts + many, ["en"] * (len(texts) + len(many)), seed=1, rules=Rules(k=4))
    assert len(set(found.assignment[len(texts) :].tolist())) == 1
    assert len(found.models[0].sample_) <= len(texts) + 1


def test_a_language_of_three_answers_is_read_with_the_others_or_said_to_be_unread(multilingual):
    texts, _labels = corpus()
    three = ["Вода рек уходит в дата-центры", "Роботы забирают работу", "Ложные видео на выборах"]
    tags = ["en"] * len(texts) + ["ru"] * 3
    alone = find_topics(texts + three, tags, seed=1, rules=Rules(k=4))
    assert alone.unread_languages == {"ru": 3}
    assert alone.assignment[-3:].tolist() == [-3, -3, -3]
    sentences = encode(multilingual, texts + three)
    shared = find_topics(texts + three, tags, seed=1, rules=Rules(k=4), sentences=sentences)
    assert shared.unread_languages == {}
    assert (shared.assignment[-3:] > -3).all()


def test_one_text_and_none_are_typed_too_little_for_the_estimator():
    for texts in ([], ["one answer about water"], ["one", "two", "three", "four", "five", "six"]):
        with pytest.raises(TooFewAnswers):
            TopicModel(2, seed=1).fit(texts, ["en"] * len(texts))
