"""Labelled texts, and how near a clustering comes to their labels. Needs the analysis library only."""

import json
import resource
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from analysis.text.coherence import diversity, leak, npmi
from analysis.text.labels import label_topics
from analysis.text.unspaced import readable_words

Labels = NDArray[np.int64]
_WORDS_OF_A_TOPIC = 10
#: Texts from which words of topics and their coherence are worked out, at most, as in runs.
_DESCRIBED = 40_000


@dataclass(frozen=True, slots=True)
class Labelled:
    """Texts with what people, or the data's makers, say that each is about."""

    texts: list[str]
    languages: list[str]
    gold: Labels
    ids: list[str] | None

    @property
    def k(self) -> int:
        return len(set(self.gold.tolist()))


def read(path: Path, limit: int | None, seed: int) -> Labelled:
    """Read JSON lines {text, label, lang?, id?}; of more than `limit`, so many drawn at random."""
    chosen = _chosen(path, limit, seed)
    texts, labels, languages, ids = [], [], [], []
    for place, line in enumerate(_lines(path)):
        if chosen is None or place in chosen:
            row: dict[str, Any] = json.loads(line)
            texts.append(str(row["text"]))
            labels.append(str(row["label"]))
            # One string for all texts of a language: a million of them fit into memory.
            languages.append(sys.intern(str(row.get("lang", "en"))))
            ids.append(row.get("id"))
    _names, gold = np.unique(np.array(labels), return_inverse=True)
    return Labelled(
        texts=texts,
        languages=languages,
        gold=gold.astype(np.int64),
        ids=[str(one) for one in ids] if ids and ids[0] is not None else None,
    )


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as stream:
        yield from (line for line in stream if line.strip())


def _chosen(path: Path, limit: int | None, seed: int) -> set[int] | None:
    if limit is None:
        return None
    n = sum(1 for _line in _lines(path))
    if n <= limit:
        return None
    return set(np.random.default_rng(seed).permutation(n)[:limit].tolist())


def score(data: Labelled, found: Labels) -> dict[str, Any]:
    """How near a clustering is to the labels, and how its words read."""
    figures: dict[str, Any] = {
        "ari": round(float(adjusted_rand_score(data.gold, found)), 4),
        "nmi": round(float(normalized_mutual_info_score(data.gold, found)), 4),
        "accuracy": round(accuracy(data.gold, found), 4),
        "k": len(set(found.tolist())),
        **_words(data, found),
    }
    leaked = leak(found.tolist(), data.languages)
    if leaked is not None:
        figures["leak"] = round(leaked, 4)
    if data.ids is not None:
        figures["consistency"] = round(consistency(data.ids, found), 4)
    return figures


def accuracy(gold: Labels, found: Labels) -> float:
    """The share of texts in the right group, after the best one-to-one matching of groups."""
    table = np.zeros((gold.max() + 1, found.max() + 1))
    np.add.at(table, (gold, found), 1)
    rows, columns = linear_sum_assignment(-table)
    return float(table[rows, columns].sum() / len(gold))


def consistency(ids: Sequence[str], found: Labels) -> float:
    """The chance that two texts with one id, translations of each other, share a group."""
    groups: dict[str, list[int]] = {}
    for name, group in zip(ids, found.tolist(), strict=True):
        groups.setdefault(name, []).append(group)
    same = pairs = 0
    for members in groups.values():
        sizes = np.bincount(members)
        same += int((sizes * (sizes - 1)).sum())
        pairs += len(members) * (len(members) - 1)
    return same / pairs if pairs else float("nan")


def _words(data: Labelled, found: Labels) -> dict[str, Any]:
    """NPMI and diversity of the ten strongest words, in the commonest language of the data."""
    tags, counts = np.unique(data.languages, return_counts=True)
    main = str(tags[counts.argmax()])
    own = [row for row, tag in enumerate(data.languages) if tag == main]
    own = own[:: max(1, -(-len(own) // _DESCRIBED))]
    texts = [data.texts[row] for row in own]
    n_topics = int(found.max()) + 1
    labels = label_topics(texts, [main] * len(own), found[own], n_topics, n_terms=_WORDS_OF_A_TOPIC)
    topics = [
        [word for term in terms.get(main, ()) for word in term.split()][:_WORDS_OF_A_TOPIC]
        for terms in labels.by_language
    ]
    values = [value for value in npmi(topics, readable_words(texts, main)) if value is not None]
    spread = diversity(topics)
    return {
        "npmi": round(float(np.mean(values)), 4) if values else None,
        "diversity": None if spread is None else round(spread, 4),
    }


def cpu_seconds() -> float:
    """User and system time of this process and of its children that have ended."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
