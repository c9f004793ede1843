"""Topics of the free texts of all channels."""

from dataclasses import replace

import polars as pl

from analysis.errors import TooFewAnswers
from analysis.text.encoders import (
    Encoder,
    SentenceVectors,
    content_key,
    encode,
    sentence_encoder,
)
from analysis.text.language import UNKNOWN
from analysis.text.long_answers import split_long
from analysis.text.partitions import Work
from analysis.text.pointers import without_pointers
from analysis.text.quality import Quality, TextKind, assess
from analysis.text.tokens import base_language
from analysis.text.topics import FEWEST_TEXTS, Background, FoundTopics, find_topics
from consultation.people.classifications import SECTORS, groups
from results import topic_scope, topic_tables
from results.computing.campaigns import campaign_rows
from results.computing.executors import work_for
from results.computing.inputs import Inputs, Progress, Result, group_texts
from results.computing.parts import FOLDER as PARTS
from results.computing.parts import PartFiles
from results.computing.vectors import VectorFiles
from results.tables import DIGITS, Document

#: From this many texts on their vectors are no longer held in memory and files all at once.
MOST_KEPT = 100_000


def add_topics(result: Result, inputs: Inputs, progress: Progress) -> None:
    asked = inputs.frozen.contributions
    frame = asked.filter(asked["for_topics"])
    ids = frame["id"].to_list()
    labels = {
        "region": group_texts(groups(inputs.region_classification)),
        "sector": group_texts(SECTORS),
        "channel": {name: {"en": name} for name in ("survey", "dialogue", "import")},
    }
    texts = [inputs.texts.get(key, "") for key in ids]
    attributes = {name: frame[name].to_list() for name in labels}
    background = Background(
        groups=attributes["region"],
        strata=list(zip(attributes["region"], attributes["sector"], strict=True)),
        quotable=frame["quotable"].to_list(),
        questions=frame["question"].to_list(),
        put_back=frozenset(frame["put_back"].arg_true().to_list()),
    )
    languages = frame["language"].to_list()
    tags = [base_language(language) or UNKNOWN for language in languages]
    frame = frame.with_columns(pl.Series("text_language", tags, dtype=pl.String))
    attributes["language"], labels["language"] = list(tags), {}
    try:
        found = _find(texts, languages, background, inputs, progress)
    except TooFewAnswers as error:
        quality = assess(
            *(texts, tags),
            seed=inputs.seed,
            questions=background.questions,
            put_back=background.put_back,
        )
        result.left_out, result.repeats = _left_out(ids, quality), _repeats(ids, quality)
        result.documents["topics"] = {
            **topic_tables.sorting(quality.kinds, len(background.put_back)),
            "scope": _scope(inputs),
            "campaign_rows": campaign_rows(quality, frame, texts, [-1] * len(texts)),
            "too_few": {"n": error.n, "needed": FEWEST_TEXTS},
            "rows": [],
        }
        return
    result.documents["topics"] = {
        **topic_tables.topics(found, ids, attributes, labels, len(background.put_back)),
        "scope": _scope(inputs),
        "campaign_rows": campaign_rows(found.quality, frame, texts, found.assignment.tolist()),
    }
    result.members = _members(found, ids)
    result.mentions = [(ids[row], topic, round(share, DIGITS)) for row, topic, share in found.also]
    result.left_out = _left_out(ids, found.quality)
    result.repeats = _repeats(ids, found.quality)


def _scope(inputs: Inputs) -> list[Document]:
    """Each question with free answers: how many, and whether topics were learned from them."""
    said = topic_scope.labels(list(inputs.documents.values()))
    counted = inputs.frozen.contributions.group_by("question", "for_topics").len()
    return [
        {"key": code, "label": said.get(code, {}), "n": n, "is_read": is_read}
        for code, is_read, n in sorted(counted.iter_rows(), key=lambda row: (-row[2], row[0]))
    ]


def _left_out(ids: list[str], quality: Quality) -> list[tuple[str, TextKind]]:
    return [
        (key, kind)
        for key, kind in zip(ids, quality.kinds, strict=True)
        if kind is not TextKind.USABLE
    ]


def _repeats(ids: list[str], quality: Quality) -> frozenset[str]:
    return frozenset(ids) - {ids[row] for row in quality.firsts()}


def _find(
    texts: list[str],
    languages: list[str],
    background: Background,
    inputs: Inputs,
    progress: Progress,
) -> FoundTopics:
    kept = None if inputs.vectors is None else PartFiles(inputs.vectors / PARTS)
    with work_for(len(texts), inputs.dask) as workers:
        work = replace(workers, progress=_told(progress), shelf=kept)
        # Copies are read once: of a hundred thousand equal answers one.
        answers = list(zip(texts, languages, strict=True))
        plain = {answer: without_pointers(*answer) for answer in dict.fromkeys(answers)}
        read = [plain[answer] for answer in answers]
        found = find_topics(
            read,
            languages,
            seed=inputs.seed,
            background=background,
            sentences=_sentences(texts, read, inputs, work),
            work=work,
        )
    # Only now: what a broken run had finished must wait for the next one.
    if kept is not None:
        kept.sweep()
    return found


def _told(progress: Progress) -> Progress:
    """Parts of nothing are no progress."""
    return lambda done, total: progress(done, total) if total else None


def _sentences(
    texts: list[str], answers: list[str], inputs: Inputs, work: Work
) -> SentenceVectors | Encoder | None:
    encoder = sentence_encoder()
    if encoder is None or len(texts) > MOST_KEPT:
        return encoder
    read = split_long(answers).texts
    if inputs.vectors is None:
        return encode(encoder, read, work=work)
    files = VectorFiles(inputs.vectors)
    found = encode(encoder, read, files, work)
    # The workbench compares the answers of all questions with themes, and reads them piece by piece.
    every = list(inputs.texts.values())
    kept = {*texts, *read, *every, *split_long(every).texts}
    files.keep_only(encoder.name, [content_key(text) for text in kept])
    return found


def _members(found: FoundTopics, ids: list[str]) -> list[tuple[str, int, float]]:
    return [
        (key, topic, round(confidence, DIGITS))
        for key, topic, confidence in zip(
            ids, found.assignment.tolist(), found.confidence.tolist(), strict=True
        )
        if topic >= 0
    ]
