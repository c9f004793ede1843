"""An answer and a reason for giving none, both at once: named, so that neither is dropped."""

from wtforms import Form

from core.i18n import _
from surveys.documents import Question
from surveys.questions.base import (
    INSTEAD,
    Problem,
    field_name,
    state_answer,
    states_offered,
)


def chosen_instead(question: Question, form: Form) -> bool:
    """Whether the input of `instead_field` says why there is no answer."""
    name = field_name(question, INSTEAD)
    given = (form[name].data or "") if name in form else ""
    return state_answer(question.settings, given) is not None


def both_given(question: Question, form: Form | None) -> list[Problem]:
    """The problem of an answer that stands beside a reason for giving none."""
    if form is None or not chosen_instead(question, form):
        return []
    message = _(
        "You answered above and chose here not to answer. Choose “I answer above”, or take your "
        "answers back."
    )
    return [Problem(field_name(question, INSTEAD), message)]


def can_be_taken_back(question: Question) -> bool:
    """Whether radio buttons need one for "no answer", as a radio cannot be unchosen."""
    return question.required is not True or bool(states_offered(question.settings, "en"))
