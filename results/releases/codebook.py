"""What the columns and codes of a research export mean, for whoever opens it years later."""

from collections.abc import Iterable
from typing import Any

from analysis.privacy.recode import UNKNOWN, WITHHELD
from analysis.types import AnswerState
from consultation.people.classifications import SECTORS, groups
from core.i18n import text_in
from surveys.questions.base import Measure

HEADER = ["round", "question", "kind", "code", "label"]
#: The lines of columns that stand in every file of answers; they belong to no round.
EVERY_ROUND = ""
DANGEROUS_STARTS = ("=", "+", "-", "@", "\t", "\r")
#: Who was not shown a question has no row in its file.
STATES = {
    AnswerState.ANSWERED: "answered",
    AnswerState.DONT_KNOW: "chose “no opinion”",
    AnswerState.REFUSED: "chose not to say",
    AnswerState.SKIPPED: "saw the question and left it open",
    AnswerState.NOT_REACHED: "handed in without having come to the question",
}
FILES = """answers/   one file a question: id, region, sector, state, answer. Ids are random and
           differ from file to file; rows are shuffled. Files cannot be joined.
tables/    the published tables of the run, after the disclosure gate. How far topics
           and themes can be trusted stands in text_quality.json: coherence (NPMI),
           diversity, stability, what was undecided, language leak, the agreement of
           coders and the size of their random sample.
themes.csv   the published shares of themes as one table, where there are any: unweighted,
           with intervals, base, audit and method. Shares of groups, weighted shares and
           the machine's own are not public.
codebook.csv   what the columns and codes mean.
loss.json      what was withheld, question by question and table by table.
"""
READING = """How to read the answers, by the kind that the codebook names:
choice     one code
choices    codes with spaces between them
scale      a whole number; the codebook names its points
order      codes, the best first; equals are joined by "=" and what is missing was not ranked
scores     code=number for each option that got one

An answer is empty where the state says why. Read every column as text and take nothing but
the empty cell for missing: codes such as 002, none or NA mean what the codebook says.
In pandas: read_csv(file, dtype=str, keep_default_na=False, na_values=[""])
"""


def safe_text(text: str) -> str:
    """A text cell that no spreadsheet takes for a formula; numbers stay as they are."""
    return f"'{text}" if text.startswith(DANGEROUS_STARTS) else text


def columns(region_classification: str) -> list[list[str]]:
    """One line for each code of the columns that every file of answers has."""
    return [
        *_coded("state", ((state.value, words) for state, words in STATES.items())),
        *_coded("region", _names(groups(region_classification))),
        *_coded("sector", _names(SECTORS)),
    ]


def _coded(column: str, codes: Iterable[tuple[str, str]]) -> list[list[str]]:
    return [[EVERY_ROUND, column, "column", code, label] for code, label in codes]


def _names(entries: Iterable[Any]) -> list[tuple[str, str]]:
    named = [(entry.code, entry.name("en")) for entry in entries]
    return [*named, (UNKNOWN, "not known"), (WITHHELD, "withheld, as too few share it")]


def questions(number: int, measures: Iterable[Measure], language: str) -> list[list[str]]:
    """One line for each question of a round and each of its codes, in the questionnaire's language."""
    lines: list[list[str]] = []
    for measure in measures:
        shape = measure.shape.value
        label = safe_text(text_in(dict(measure.label), language))
        lines.append([str(number), measure.code, shape, "", label])
        lines += [
            [str(number), measure.code, shape, code, safe_text(text_in(dict(texts), language))]
            for code, texts in measure.options.items()
        ]
    return lines
