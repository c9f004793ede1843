"""How questions look before anybody answered them: drawn once a process, and shown to everybody.

Most pages are shown to somebody who comes for the first time. What they see hangs on the question
and the languages alone, unless the question varies from person to person.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from core.i18n import current_language
from surveys.documents import Question, Section
from surveys.routing import Route, is_steady

#: By the question and the languages of its words; the question stands beside what was drawn so
#: that its number in memory is not given to another.
_drawn: dict[tuple[int, str, str], tuple[Question, Markup]] = {}
MOST_DRAWN = 1_000
LONGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Blanks:
    """The questions of one page that nothing was said to yet, and those of them drawn before."""

    language: str
    codes: frozenset[str] = frozenset()
    drawn: Mapping[str, Markup] = field(default_factory=dict)

    def left_of(self, section: Section) -> Section:
        """What of a page is still to be drawn."""
        left = tuple(one for one in section.questions if one.code not in self.drawn)
        return section.model_copy(update={"questions": left})

    def keep(self, question: Question, html: Markup) -> Markup:
        """Remember how a question looks, if it looks so to everybody."""
        if question.code in self.codes and len(html) <= LONGEST:
            if len(_drawn) >= MOST_DRAWN:
                _drawn.clear()
            _drawn[_key(question, self.language)] = (question, html)
        return html


#: A page that was typed on is drawn anew.
NO_BLANKS = Blanks("")


def blanks_of(route: Route, number: int, language: str) -> Blanks:
    """What of a page can be shown as it was drawn for others."""
    answers = route.situation.answers
    blank = [
        question
        for question in route.page(number).section.questions
        if question.code not in answers and is_steady(route.document, question)
    ]
    found = {question.code: _drawn.get(_key(question, language)) for question in blank}
    drawn = {code: known[1] for code, known in found.items() if known}
    return Blanks(language, frozenset(found), drawn)


def _key(question: Question, language: str) -> tuple[int, str, str]:
    return (id(question), language, current_language())
