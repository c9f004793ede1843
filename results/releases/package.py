"""The research export as one ZIP file: gated tables, one shuffled file a question, a codebook.

Never one wide file: whole rows of answers single people out even without a name. Each
question stands alone with ids of its own, so that two files cannot be joined.
"""

import csv
import io
import json
import secrets
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from analysis.errors import TooFewAnswers
from analysis.privacy.recode import Recoded, recode_pairs
from analysis.types import AnswerState
from results import theme_tables
from results.measures import measures
from results.releases import codebook
from surveys.documents import QuestionnaireDocument
from surveys.questions.base import Measure, Shape

#: Shapes that have no file. Texts may name people, numbers single them out, and agreement is the same for all.
LEFT_OUT = frozenset({Shape.TEXT, Shape.NUMBER, Shape.FLAG})
LIST_SEPARATOR = " "
# One date for every entry, so that the file tells nothing about when it was packed.
ZIP_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class QuestionLoss:
    """What the protection of one question's file cost."""

    rows: int
    region_withheld: int
    sector_withheld: int
    smallest_class: int
    left_out: str = ""


def question_rows(
    frame: pl.DataFrame, measure: Measure, k: int
) -> tuple[list[list[str]], QuestionLoss]:
    """The shuffled rows of one question, with fresh ids, and what was withheld."""
    states = frame[f"{measure.code}:state"].to_list()
    values = frame[measure.code].to_list()
    kept = [
        (value, state, region, sector)
        for value, state, region, sector in zip(
            values, states, frame[":region"].to_list(), frame[":sector"].to_list(), strict=True
        )
        if state != AnswerState.NOT_SHOWN.value
    ]
    # The system's own randomness: a published seed would publish the order of arrival.
    secrets.SystemRandom().shuffle(kept)
    try:
        recoded = recode_pairs([row[2] for row in kept], [row[3] for row in kept], k=k)
    except TooFewAnswers:
        return [], QuestionLoss(0, 0, 0, 0, left_out=f"fewer than {k} rows")
    rows = [
        [secrets.token_hex(8), region, sector, state, _cell(measure, value)]
        for (value, state, _region, _sector), region, sector in zip(
            kept, recoded.first, recoded.second, strict=True
        )
    ]
    return rows, _loss(recoded, len(rows))


def _loss(recoded: Recoded, n: int) -> QuestionLoss:
    return QuestionLoss(
        rows=n,
        region_withheld=recoded.first_withheld,
        sector_withheld=recoded.second_withheld,
        smallest_class=recoded.smallest_class,
    )


def _cell(measure: Measure, value: Any) -> str:
    """A value as text; lists are joined by spaces, as codes hold none."""
    if value is None:
        return ""
    if measure.shape is Shape.SCORES:
        scores = zip(measure.options, value, strict=True)
        return LIST_SEPARATOR.join(f"{code}={n:g}" for code, n in scores if n is not None)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return LIST_SEPARATOR.join(str(part) for part in value)
    return str(value)


def to_csv(header: list[str], rows: Sequence[Sequence[str]]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return stream.getvalue().encode("utf-8")


def released(document: QuestionnaireDocument) -> list[Measure]:
    """What may leave the house row by row."""
    return [measure for measure in measures(document) if measure.shape not in LEFT_OUT]


@dataclass(frozen=True, slots=True)
class Package:
    """A finished file and its statement of loss."""

    content: bytes
    loss: dict[str, Any]


@dataclass(frozen=True, slots=True)
class About:
    """What the files say of the consultation they come from."""

    slug: str
    region_classification: str
    is_synthetic: bool


def build(
    *,
    about: About,
    run: dict[str, Any],
    public_tables: dict[str, dict[str, Any]],
    documents: dict[int, QuestionnaireDocument],
    frames: dict[int, pl.DataFrame],
    k: int,
) -> Package:
    """Assemble the files of a release."""
    files: dict[str, bytes] = {}
    losses: dict[str, Any] = {}
    for number, document in documents.items():
        for measure in released(document):
            name = f"round_{number}/{measure.code}"
            rows, loss = question_rows(frames[number], measure, k)
            losses[name] = asdict(loss)
            if rows:
                header = ["id", "region", "sector", "state", measure.code]
                files[f"answers/{name}.csv"] = to_csv(header, rows)
    for name, table in public_tables.items():
        files[f"tables/{name}.json"] = _json(table)
    themes = public_tables.get("themes", {})
    if themes.get("rows"):
        shares = theme_tables.public_lines(themes, "en", "en")
        files["themes.csv"] = theme_tables.write_csv(shares)
    statement = {
        "consultation": about.slug,
        "is_synthetic": about.is_synthetic,
        "run": run,
        "smallest_combination_allowed": k,
        "questions": losses,
        "tables": {name: table["loss"] for name, table in public_tables.items() if "loss" in table},
        "left_out": sorted(shape.value for shape in LEFT_OUT),
    }
    lines = codebook.columns(about.region_classification)
    for number, document in documents.items():
        lines += codebook.questions(number, released(document), document.default_language)
    files["codebook.csv"] = to_csv(codebook.HEADER, lines)
    files["loss.json"] = _json(statement)
    files["README.txt"] = _readme(about, run, k).encode()
    return Package(content=_zip(files), loss=statement)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _readme(about: About, run: dict[str, Any], k: int) -> str:
    label = "SYNTHETIC DATA: nobody gave these answers.\n\n" if about.is_synthetic else ""
    return (
        f"{label}Research export of {about.slug}, run {run['id']}, computed {run['computed_at']}."
        f"\n\n{codebook.FILES}\n"
        f"Every combination of region and sector in a file stands for at least {k} rows; where\n"
        "it would not, the sector reads 'withheld', and where that is not enough the region\n"
        "too. 'unknown' means that nobody gave it. Free texts are not part of this export.\n"
        f"\n{codebook.READING}\n"
        "These are de-identified data, not anonymous ones: do not try to recognise anybody,\n"
        "and do not link them with other data about people.\n"
    )


def _zip(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, date_time=ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    return buffer.getvalue()
