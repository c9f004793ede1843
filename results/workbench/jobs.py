"""The durable job that codes every answer by machine, with its progress."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session, select

from analysis.text.copies import find_families
from analysis.text.keyness import keyness
from analysis.text.quality import CAMPAIGN, CAMPAIGN_WORDS
from analysis.text.tokens import base_language, count_words, surface_forms, terms
from consultation.process.queries import by_slug
from core.db import Database
from core.jobs import Handler, JobContext
from core.later import Later
from core.security import current_settings
from results import runs
from results.computing.vectors import folder_of
from results.models import TopicMember
from results.workbench import machine, population
from results.workbench.asking import CODE
from results.workbench.labels import read_labels
from results.workbench.machine import ASKED
from results.workbench.models import Codebook
from results.workbench.population import Answer
from results.workbench.queries import codebook_of, coded_themes, themes

if TYPE_CHECKING:
    from analysis.text import selection
    from results.workbench import coding, vectors
else:
    selection = Later("analysis.text.selection")
    coding = Later("results.workbench.coding")
    vectors = Later("results.workbench.vectors")

TERMS_SHOWN = 12
SUREST_P = 0.05
KEYNESS_SEED = 20_260_406
MOST_ASKED = 400
ORDER_SEED = 20_260_402

Progress = Callable[[int, int], None]


def code_answers(context: JobContext) -> None:
    """The job: what it saves commits together with its end."""
    slug, now = str(context.args["slug"]), datetime.now(UTC)
    settings = current_settings()
    place = _Place(settings.instance_path, settings.dask)
    result = _code(context.database, slug, place, context.progress)
    with context.finish() as session:
        _save(session, slug, result, now)


def code_now(database: Database, slug: str, folder: Path, now: datetime) -> None:
    """Code at once, for commands, benchmarks and tests."""
    result = _code(database, slug, _Place(folder), lambda _done, _total: None)
    with database.transaction() as session:
        _save(session, slug, result, now)


def _save(session: Session, slug: str, result: machine.Result | None, now: datetime) -> None:
    codebook = codebook_of(session, by_slug(session, slug))
    if codebook is not None and result is not None:
        machine.save(session, codebook, result, now)


@dataclass(frozen=True, slots=True)
class _Inputs:
    codebook: Codebook
    answers: list[tuple[Answer, str]]
    book: "coding.Book"
    labels: NDArray[np.float64]
    #: The topic of each answer in the newest run, and the name of that run.
    topics: dict[str, int]
    run: str
    audit: frozenset[str]
    #: Who gave each answer, where that can be told; numbers that live as long as the job.
    people: dict[str, int]


def _read(session: Session, slug: str) -> _Inputs | None:
    consultation = by_slug(session, slug)
    codebook = codebook_of(session, consultation)
    if codebook is None:
        return None
    rows = themes(session, codebook)
    answers = population.readable(session, codebook)
    said = read_labels(session, codebook, rows)
    labels = said.matrix([answer.id for answer, _text in answers])
    documents = [coding.document_of(theme) for theme in coded_themes(rows)]
    run = runs.latest(session, consultation)
    topics: list[tuple[str, int]] = []
    if run is not None:
        topics += session.exec(
            select(TopicMember.contribution_id, TopicMember.topic).where(
                TopicMember.run_id == run.id
            )
        )
    name = run.public_id if run is not None else ""
    book = coding.book_of(documents)
    people = population.people(session, codebook)
    return _Inputs(codebook, answers, book, labels, dict(topics), name, said.audit, people)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where vectors are kept, and the address of the machines that may make them."""

    folder: Path
    dask: str = ""


def _code(
    database: Database, slug: str, place: _Place, progress: Progress
) -> machine.Result | None:
    started = time.perf_counter()
    with database.read_session() as session:
        database.hold_still(session)
        inputs = _read(session, slug)
    if inputs is None:
        return None
    texts = [text for _answer, text in inputs.answers] + list(inputs.book.texts)
    languages = [answer.language for answer, _text in inputs.answers] + list(inputs.book.languages)
    extra, count = len(inputs.book.texts), len(inputs.answers)
    kept = folder_of(place.folder, slug)
    found = vectors.vectors_of(texts, languages, extra, kept, progress, place.dask)
    keys = tuple(answer.id for answer, _text in inputs.answers)
    predictions = coding.Predictions(np.zeros((count, 0)), np.zeros(0))
    if inputs.book.codes and count:
        cue = coding.shared_words(inputs.book, texts[:count], languages[:count])
        by_chance = coding.drawn(keys, inputs.audit)
        material = coding.Material(
            found[:count], found[count:], inputs.book.theme_of, cue, by_chance
        )
        # All answers are read: what is told from here on only asks whether to stop.
        predictions = coding.predict(
            material, inputs.labels, keys, lambda _done, _total: progress(count, count)
        )
    return machine.Result(
        ids=keys,
        codes=inputs.book.codes,
        probability=predictions.probability,
        thresholds=predictions.thresholds,
        parameters={
            **predictions.parameters,
            "sentences": vectors.has_sentences(),
            "map": {"run": inputs.run, "points": _map(found[:count], keys, inputs.topics)},
            "keyness": _keyness(inputs.answers, inputs.people),
            ASKED: _asked(inputs, predictions, found[:count]),
        },
        n_labelled=int((~np.isnan(inputs.labels)).any(axis=1).sum()),
        seconds=time.perf_counter() - started,
    )


def _asked(
    inputs: _Inputs, predictions: "coding.Predictions", rows: NDArray[np.float64]
) -> list[str]:
    """The answers whose coding teaches most, in the order in which to ask for them."""
    if not inputs.book.codes or not inputs.answers:
        return []
    # The random sample is kept apart: it must not be chosen for what it teaches.
    open_rows = [
        place
        for place, (answer, _text) in enumerate(inputs.answers)
        if answer.id not in inputs.audit
    ]
    words: dict[str, int] = {}
    order = selection.most_informative(
        predictions.probability[open_rows],
        inputs.labels[open_rows],
        MOST_ASKED,
        seed=ORDER_SEED,
        strata=[inputs.answers[place][0].region for place in open_rows],
        families=[words.setdefault(inputs.answers[place][1], place) for place in open_rows],
        vectors=rows[open_rows],
    )
    return [inputs.answers[open_rows[place]][0].id for place in order]


def _map(
    rows: NDArray[np.float64], keys: tuple[str, ...], topics: dict[str, int]
) -> dict[str, list[float]]:
    """Where each topic lies: its mean, on the two directions in which the means differ most."""
    members: dict[int, list[int]] = {}
    for place, key in enumerate(keys):
        if key in topics:
            members.setdefault(topics[key], []).append(place)
    order = sorted(members)
    if len(order) < 3:
        return {}
    means = np.array([rows[members[topic]].mean(axis=0) for topic in order])
    means -= means.mean(axis=0)
    left, values, _right = np.linalg.svd(means, full_matrices=False)
    points = left[:, :2] * values[:2]
    # A direction has no sign of its own: the heaviest topic lies to the positive side.
    heaviest = np.abs(points).argmax(axis=0)
    points *= np.where(points[heaviest, [0, 1]] < 0, -1.0, 1.0)
    return {str(topic): [round(float(v), 4) for v in points[n]] for n, topic in enumerate(order)}


def _campaigns(texts: list[str], languages: list[str]) -> list[int]:
    """One number for the texts of a campaign; people who happen to say the same stay apart."""
    families = find_families(texts, seed=KEYNESS_SEED)
    sizes = Counter(families)
    return [
        family
        if sizes[family] >= CAMPAIGN and count_words(text, language) >= CAMPAIGN_WORDS
        else row
        for row, (family, text, language) in enumerate(zip(families, texts, languages, strict=True))
    ]


def _keyness(answers: list[tuple[Answer, str]], people: dict[str, int]) -> dict[str, Any]:
    """What each region and each sector says more than the others in the same language.

    People are counted, each once for a word; an answer whose author cannot be told from others,
    such as a minute of a dialogue, stands for somebody of its own.
    """
    texts = [text for _answer, text in answers]
    languages = [base_language(answer.language) or "und" for answer, _text in answers]
    words = {
        spoken: surface_forms(
            [text for text, own in zip(texts, languages, strict=True) if own == spoken],
            [spoken] * languages.count(spoken),
        )
        for spoken in set(languages)
    }
    stems = [terms(text, language) for text, language in zip(texts, languages, strict=True)]
    families = _campaigns(texts, languages)
    owners: list[int | str] = [people.get(answer.id, answer.id) for answer, _text in answers]
    found: dict[str, Any] = {}
    for name in ("region", "sector"):
        groups = [getattr(answer, name) for answer, _text in answers]
        rows: dict[str, list[dict[str, Any]]] = {group: [] for group in set(groups) - {None}}
        counted = {group: set[int | str]() for group in rows}
        for group, owner in zip(groups, owners, strict=True):
            if group is not None:
                counted[group].add(owner)
        for key in keyness(stems, groups, families=families, languages=languages, people=owners):
            own = rows[key.group]
            if key.log_ratio > 0 and key.adjusted_p <= SUREST_P and len(own) < TERMS_SHOWN:
                own.append(
                    {
                        "term": words[key.language].get(key.term, key.term),
                        "language": key.language,
                        "n": key.n,
                        "count": key.count,
                        "share": round(key.share, 6),
                        "rest_share": round(key.rest_share, 6),
                        "log_ratio": round(key.log_ratio, 4),
                        "p": float(f"{key.adjusted_p:.3g}"),
                        "examples": [answers[row][0].id for row in key.examples],
                    }
                )
        found[name] = [
            {
                "group": group,
                "n": len(counted[group]),
                "answers": groups.count(group),
                "terms": rows[group],
            }
            for group in sorted(rows)
        ]
    return found


HANDLERS: dict[str, Handler] = {CODE: code_answers}
HEAVY = frozenset({CODE})
SCHEDULE: tuple[tuple[str, float], ...] = ()
