"""Labelled texts, and how near a clustering comes to their labels. Needs the analysis library only."""

import json
import resource
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from analysis.text.coherence import diversity, leak, npmi
from analysis.text.labels import label_topics
from analysis.text.tokens import words

Labels = NDArray[np.int64]
_WORDS_OF_A_TOPIC = 10


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
    rows: list[dict[str, Any]] = [
        json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()
    ]
    if limit is not None and len(rows) > limit:
        chosen = np.sort(np.random.default_rng(seed).permutation(len(rows))[:limit])
        rows = [rows[place] for place in chosen]
    _names, gold = np.unique([str(row["label"]) for row in rows], return_inverse=True)
    return Labelled(
        texts=[str(row["text"]) for row in rows],
        languages=[str(row.get("lang", "en")) for row in rows],
        gold=gold.astype(np.int64),
        ids=[str(row["id"]) for row in rows] if rows and "id" in rows[0] else None,
    )


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
    texts = [data.texts[row] for row in own]
    n_topics = int(found.max()) + 1
    labels = label_topics(texts, [main] * len(own), found[own], n_topics, n_terms=_WORDS_OF_A_TOPIC)
    topics = [
        [word for term in terms.get(main, ()) for word in term.split()][:_WORDS_OF_A_TOPIC]
        for terms in labels.by_language
    ]
    values = [value for value in npmi(topics, [words(t, main) for t in texts]) if value is not None]
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
