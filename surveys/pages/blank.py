"""How questions look before anybody answered them: drawn once a process, and shown to everybody.

Most pages are shown to somebody who comes for the first time. What they see hangs on the question
and the languages alone, unless the question varies from person to person.
"""

from collections.abc import Collection
from dataclasses import dataclass

from markupsafe import Markup

from core.i18n import current_language
from surveys.documents import Question
from surveys.routing import Route, is_steady

#: By the question and the languages of its words; the question stands beside what was drawn so
#: that its number in memory is not given to another.
_drawn: dict[tuple[int, str, str], tuple[Question, Markup]] = {}
MOST_DRAWN = 1_000
LONGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Blanks:
    """The questions of one page that nothing was said to yet."""

    language: str
    codes: Collection[str] = ()

    def find(self, question: Question) -> Markup | None:
        """The question as it was drawn before."""
        if question.code not in self.codes:
            return None
        found = _drawn.get(self._key(question))
        return found[1] if found else None

    def keep(self, question: Question, html: Markup) -> Markup:
        """Remember how a question looks, if it looks so to everybody."""
        if question.code in self.codes and len(html) <= LONGEST:
            if len(_drawn) >= MOST_DRAWN:
                _drawn.clear()
            _drawn[self._key(question)] = (question, html)
        return html

    def _key(self, question: Question) -> tuple[int, str, str]:
        return (id(question), self.language, current_language())


#: A page that was typed on is drawn anew.
NO_BLANKS = Blanks("")


def blanks_of(route: Route, number: int, language: str) -> Blanks:
    """What of a page can be shown as it was drawn for others."""
    answers = route.situation.answers
    return Blanks(
        language,
        frozenset(
            question.code
            for question in route.page(number).section.questions
            if question.code not in answers and is_steady(route.document, question)
        ),
    )
