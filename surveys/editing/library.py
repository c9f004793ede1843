"""Ready questions: groups of them, each to be put into a questionnaire one by one."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from core.errors import NotFound
from core.i18n import _, text_in
from surveys.documents import Question, QuestionnaireDocument, Texts
from surveys.editing.changes import add_question
from surveys.editing.codes import free

FOLDER = Path(__file__).parents[1] / "library" / "questions"
#: In the order of the page.
GROUPS = ("about_you", "challenges", "ratings", "open_questions", "process")
#: A list that is longer than this may be cut down while the question is put in.
LONG_LIST = 8


@dataclass(frozen=True, slots=True)
class Ready:
    """A ready question, and what it is good for."""

    question: Question
    why: Texts

    @property
    def choosable(self) -> str:
        """The list of which only some entries may be wanted; "" where all belong together."""
        for name in ("items", "rows", "options"):
            if len(self.question.settings.get(name) or ()) > LONG_LIST:
                return name
        return ""


@dataclass(frozen=True, slots=True)
class Group:
    """Ready questions that belong together."""

    code: str
    title: Texts
    questions: tuple[Ready, ...]


@cache
def groups() -> tuple[Group, ...]:
    """Every ready question."""
    return tuple(_read(code) for code in GROUPS)


def _read(code: str) -> Group:
    raw = json.loads((FOLDER / f"{code}.json").read_text(encoding="utf-8"))
    return Group(
        code,
        raw["title"],
        tuple(
            Ready(Question.model_validate(entry["question"]), entry["why"])
            for entry in raw["questions"]
        ),
    )


def ready(code: str) -> Ready:
    """The ready question of a code; codes are unique over all groups."""
    for group in groups():
        for one in group.questions:
            if one.question.code == code:
                return one
    raise NotFound(_("There is no such ready question."))


def insert(
    document: QuestionnaireDocument,
    section: str,
    code: str,
    taken: Collection[str],
    wanted: Sequence[str] = (),
) -> tuple[QuestionnaireDocument, str]:
    """The document with a ready question at the end of a page, and the code it got.

    `wanted` are the entries of its long list; all of them where none is named.
    """
    found = ready(code)
    question = _cut(found, wanted)
    default = document.default_language
    if default not in question.label:
        question = _spoken(question, default)
    new = free(question.code, {*document.by_code, *taken})
    return add_question(document, section, question.model_copy(update={"code": new})), new


def _cut(found: Ready, wanted: Sequence[str]) -> Question:
    name, question = found.choosable, found.question
    if not name or not wanted:
        return question
    kept = [entry for entry in question.settings[name] if entry["code"] in set(wanted)]
    settings = {**question.settings, name: kept}
    if settings.get("top"):
        settings["top"] = min(int(settings["top"]), len(kept))
    return question.model_copy(update={"settings": settings})


def _spoken(question: Question, language: str) -> Question:
    """A main language that the library does not have gets the words of another, to begin with."""

    def filled(value: Any) -> Any:
        if isinstance(value, list):
            return [filled(part) for part in value]
        if not isinstance(value, dict):
            return value
        if "en" in value:
            return {**value, language: text_in(value, language)}
        return {name: filled(part) for name, part in value.items()}

    return Question.model_validate(filled(question.model_dump(mode="json")))
