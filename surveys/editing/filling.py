"""From a question to its form and back; what is wrong is named by field, and nothing is stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.forms import BaseForm
from core.i18n import _
from surveys.documents import Question, QuestionnaireDocument
from surveys.editing import options, settings
from surveys.editing.changes import said
from surveys.editing.conditions import fault_of
from surveys.questions import REGISTRY

TEXTS = ("label", "hint", "guidance", "required_message", "constraint_message")
_REQUIRED: dict[str, Any] = {"yes": True, "soft": "soft"}


@dataclass(frozen=True, slots=True)
class Filled:
    """A question as it was typed, and what is wrong with it by field."""

    question: Question
    problems: Mapping[str, list[str]]


def blank_question(kind: str) -> Question:
    """A question of a type, before anything is said about it."""
    return Question(code="", kind=kind, label={})


def question_data(question: Question, language: str) -> dict[str, Any]:
    """What the form of a question shows."""
    asked = {True: "yes", "soft": "soft"}.get(question.required, "")
    return {
        **{name: getattr(question, name).get(language, "") for name in TEXTS},
        "required": asked,
        "relevant": question.relevant,
        "constraint": question.constraint,
        **settings.shown_data(REGISTRY[question.kind].settings, question.settings, language),
    }


def filled(document: QuestionnaireDocument, question: Question, form: BaseForm) -> Filled:
    """The question with what was typed; texts in other languages stay."""
    default = document.default_language
    model = REGISTRY[question.kind].settings
    raw = settings.typed(model, form, question.settings, default)
    done = settings.checked(model, raw, default)
    problems = dict(done.problems)
    for name in settings.EXPRESSIONS & set(raw):
        fault = fault_of(str(raw[name]), document.by_code)
        if fault:
            problems.setdefault(settings.PREFIX + name, []).append(fault)
    texts = {name: said(getattr(question, name), default, form[name].data) for name in TEXTS}
    return Filled(
        question.model_copy(
            update={
                **texts,
                "required": _REQUIRED.get(form["required"].data or "", False),
                "relevant": (form["relevant"].data or "").strip(),
                "constraint": (form["constraint"].data or "").strip(),
                "settings": done.settings,
            }
        ),
        problems,
    )


def recoded(asked: Question, question: Question, language: str) -> dict[str, list[str]]:
    """Options of a question that was asked whose codes were changed, by field."""
    found = {}
    for setting in settings.settings_in(REGISTRY[question.kind].settings):
        if setting.shown is settings.Shown.OPTIONS:
            codes = options.recoded(
                asked.settings.get(setting.name) or (),
                question.settings.get(setting.name) or (),
                language,
            )
            if codes:
                message = _(
                    "These were asked under the codes %(codes)s, which stay. Change only the words.",
                    codes=", ".join(codes),
                )
                found[setting.field] = [message]
    return found


def attach(form: BaseForm, problems: Mapping[str, list[str]]) -> None:
    """Each problem beside its field, or above the form."""
    for name, messages in problems.items():
        if name in form:
            field: Any = form[name]
            field.errors = [*field.errors, *messages]
        else:
            form.form_errors.extend(messages)
