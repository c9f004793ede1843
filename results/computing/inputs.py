"""What a computation takes and what it leaves behind."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from analysis.breakdown import UNKNOWN
from analysis.text.quality import TextKind
from consultation.people.classifications import SECTORS, classification, country, groups
from results.measures import labels_of, measures_of
from results.snapshots import Frozen
from results.tables import Document, Texts
from surveys.documents import QuestionnaireDocument

SEED = 20_260_101
UNKNOWN_TEXTS: Texts = {
    "en": "Unknown",
    "fr": "Inconnu",
    "ar": "غير معروف",
    "es": "Desconocido",
    "ru": "Неизвестно",
    "zh": "未知",
}
COUNTRY_GROUPS = "g77"

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class SignedOff:
    """A codebook as people signed it off."""

    number: int
    document: dict[str, Any]
    labels: dict[str, Any]
    content_hash: str


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that a computation depends on."""

    frozen: Frozen
    documents: dict[int, QuestionnaireDocument]
    texts: dict[str, str]
    region_classification: str
    targets: dict[str, dict[str, float]]
    small: int
    seed: int = SEED
    signed_off: SignedOff | None = None
    #: Whether the targets were registered and frozen before the first round opened.
    targets_frozen: bool = False
    #: Languages that the consultation is held in.
    languages: tuple[str, ...] = ()
    #: Who gave each answer of a survey, by its id; numbers that mean nothing else.
    people: Mapping[str, int] = field(default_factory=dict)
    #: Where vectors of its texts are kept between runs, and whom heavy work may be sent to.
    vectors: Path | None = None
    dask: str = ""


@dataclass(slots=True)
class Result:
    """The documents of a run, and the topic and the themes of each contribution."""

    documents: dict[str, Document] = field(default_factory=dict)
    members: list[tuple[str, int, float]] = field(default_factory=list)
    #: Further topics that a contribution speaks of, beside the one that it belongs to.
    mentions: list[tuple[str, int, float]] = field(default_factory=list)
    #: Theme, contribution, whether a person put it there, and how sure the machine is.
    theme_members: list[tuple[str, str, bool, float]] = field(default_factory=list)
    #: Contributions with nothing to read, and why.
    left_out: list[tuple[str, TextKind]] = field(default_factory=list)
    #: Contribution, hash of its words, and the language that they read in.
    languages: list[tuple[str, str, str]] = field(default_factory=list)
    #: Of each campaign all texts but one: who leaves these out counts each campaign once.
    repeats: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Dimension:
    """A way to group respondents."""

    name: str
    values: list[str | None]
    order: list[str]
    labels: dict[str, Texts]
    #: Of a question that asks to be a group; the others are named by the pages.
    title: Texts = field(default_factory=dict)


def group_texts(entries: Iterable[Any]) -> dict[str, Texts]:
    """Names of groups in the languages we have, with "unknown" among them."""
    return {entry.code: dict(entry.names) for entry in entries} | {UNKNOWN: UNKNOWN_TEXTS}


def dimensions(
    frame: pl.DataFrame, document: QuestionnaireDocument, inputs: Inputs
) -> list[Dimension]:
    """Region, sector, country group, and questions that ask to be a group."""
    regions = group_texts(groups(inputs.region_classification))
    sectors = group_texts(SECTORS)
    south = group_texts(classification(COUNTRY_GROUPS).groups)
    found = [
        Dimension("region", frame[":region"].to_list(), list(regions), regions),
        Dimension("sector", frame[":sector"].to_list(), list(sectors), sectors),
        Dimension(
            "country_group",
            [country(code).g77 if code else None for code in frame[":country"].to_list()],
            list(south),
            south,
        ),
    ]
    for question in document.questions():
        if question.settings.get("group"):
            labels = labels_of(measures_of(question)[0]) | {UNKNOWN: UNKNOWN_TEXTS}
            values = frame[question.code].to_list()
            title = dict(question.label)
            found.append(Dimension(question.code, values, list(labels), labels, title))
    return found
