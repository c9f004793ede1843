"""The builder of conditions inside a form: choose a question, then its answer, then it is written."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request

from core.errors import Invalid
from core.forms import BaseForm
from surveys.documents import QuestionnaireDocument
from surveys.editing import conditions
from surveys.editing.conditions import Offer, Test


@dataclass(frozen=True, slots=True)
class Builder:
    """The questions that a condition may speak of, and the one that was chosen."""

    document: QuestionnaireDocument
    language: str
    offers: Sequence[Offer]
    chosen: Offer | None

    def in_words(self, source: str) -> str:
        """A condition as a sentence; "" where it says no more than what is written."""
        words = conditions.in_words(source, self.document, self.language)
        return "" if words == source else words

    def write_into(self, form: BaseForm) -> int:
        """Put the built condition into the form; the status of the page that then comes."""
        if request.form.get("go") != "add-condition" or self.chosen is None:
            return 200
        try:
            test = Test(request.form.get("when_test", ""))
            new = conditions.written(self.chosen.code, test, form["when_value"].data or "")
        except Invalid as error:
            form.refuse(error)
            return 422
        except ValueError:
            return 200
        relevant = form["relevant"]
        how = "or" if form["when_how"].data == "or" else "and"
        relevant.data = conditions.joined(relevant.data or "", new, how)
        return 200


def builder(document: QuestionnaireDocument, language: str, *, before: str = "") -> Builder:
    """What a condition may speak of; `before` is the first question it is about."""
    offers = []
    for question in document.questions():
        if question.code == before:
            break
        offers.append(conditions.offer(question, language))
    asked = request.form.get("when_question", "")
    chosen = next((one for one in offers if one.code == asked), None)
    return Builder(document, language, offers, chosen)
