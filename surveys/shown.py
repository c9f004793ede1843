"""At which place each respondent saw the items of a list, where that was drawn at random.

The order follows from the document and the seed of the response, as `surveys.routing` draws it;
nothing more is stored. What a response that was keyed in or collected elsewhere was shown, nobody
here can tell.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from surveys.documents import Question, QuestionnaireDocument, Section
from surveys.models import SubmissionChannel
from surveys.questions import REGISTRY
from surveys.questions.base import Shape
from surveys.routing import shuffled

#: Ways of answering in which our own pages drew the order.
OWN_PAGES = frozenset({SubmissionChannel.OPEN_LINK, SubmissionChannel.INVITATION})
#: The seed of rows from before seeds were kept.
UNKNOWN_SEED = 0


@dataclass(frozen=True, slots=True)
class Shuffle:
    """A list that each respondent gets in an order of their own.

    Attributes
    ----------
    name : str
        The code of the question, or of the section, whose items these are.
    codes : tuple of str
        Questions of which at least one was answered by whoever saw the list.
    keys : tuple of str
        The items by the names that an analysis gives them, in the order of the questionnaire.
    anchored : tuple of str
        Those that stand at the same place for everybody.
    """

    name: str
    codes: tuple[str, ...]
    keys: tuple[str, ...]
    anchored: tuple[str, ...]
    dice: str
    entries: tuple[dict[str, Any], ...]

    @property
    def column(self) -> str:
        """The column of a snapshot; no question's code holds a colon."""
        return f"{self.name}:order"

    def places(self, seed: int) -> list[int | None]:
        """The place of each of `keys`, 1 the first."""
        thrown = random.Random(f"{seed}:{self.dice}")  # noqa: S311 - an order, no secret
        drawn = shuffled(list(self.entries), thrown)
        place = {entry["key"]: number for number, entry in enumerate(drawn, start=1)}
        return [place.get(key) for key in self.keys]

    def seen(self, seed: int, channel: str, answers: dict[str, Any]) -> list[int | None] | None:
        """The places in one response; None where nobody can tell, or nothing was answered."""
        if seed == UNKNOWN_SEED or channel not in OWN_PAGES:
            return None
        return self.places(seed) if any(code in answers for code in self.codes) else None


def shuffles(document: QuestionnaireDocument) -> list[Shuffle]:
    """The lists of a questionnaire whose items are ranked or rated, in an order drawn at random.

    A list with conditions is none of them: which of its items somebody saw hangs on other
    answers, free texts among them, which no snapshot holds.
    """
    return [found for section in document.sections for found in _in_section(section)]


def _in_section(section: Section) -> Iterator[Shuffle]:
    for question in section.questions:
        found = _in_question(question)
        if found is not None:
            yield found
    asked = [q for q in section.questions if not REGISTRY[q.kind].is_invisible]
    if section.randomise and not any(question.relevant for question in asked):
        # Pages shuffle all their questions; those of one rating each are the items.
        rated = tuple(question.code for question in asked if _is_lone_scale(question))
        entries = tuple({"key": question.code} for question in asked)
        # Questions and sections may share a code.
        yield Shuffle(f":{section.code}", rated, rated, (), section.code, entries)


def _is_lone_scale(question: Question) -> bool:
    measured = REGISTRY[question.kind].measures(question)
    return [measure.shape for measure in measured] == [Shape.SCALE]


def _in_question(question: Question) -> Shuffle | None:
    measured = list(REGISTRY[question.kind].measures(question))
    if not question.settings.get("randomise") or not measured:
        return None
    if measured[0].shape in {Shape.ORDER, Shape.SCORES}:
        name, keys = "items", tuple(measured[0].options)
    elif "rows" in question.settings and measured[0].shape is Shape.SCALE:
        name, keys = "rows", tuple(measure.code for measure in measured)
    else:
        return None
    return _shuffle(question, name, keys)


def _shuffle(question: Question, name: str, keys: Sequence[str]) -> Shuffle | None:
    entries = question.settings[name]
    if any(entry.get("relevant") for entry in entries):
        return None
    pairs = list(zip(keys, entries, strict=True))
    return Shuffle(
        name=question.code,
        codes=(question.code,),
        keys=tuple(keys),
        anchored=tuple(key for key, entry in pairs if entry.get("is_anchored")),
        dice=f"{question.code}:{name}",
        entries=tuple(
            {"key": key, "is_anchored": bool(entry.get("is_anchored"))} for key, entry in pairs
        ),
    )
