"""What respondents of the next round may see of this one, worked out once when it has closed.

Distributions, never means; splits only where cells allow; reasons for and against, drawn so
that they differ. Because the round is closed and this is stored, two looks are the same look.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session, col, select

from analysis.delphi.reasons import Reason, draw_diverse
from consultation.contributions.models import Contribution, ContributionState
from results.rounds.answers import Answers, measures_of
from results.tables import Document, Texts
from surveys.documents import QuestionnaireDocument
from surveys.questions.base import Measure, Shape
from surveys.questions.ranking import TIE

#: New figures reach an audience in batches of at least this many answers; cells too.
SMALLEST = 10
REASONS = 3
PLACES = 3
LOWER: Texts = {
    "en": "lower, or not placed",
    "fr": "plus bas, ou non classé",
    "ar": "أدنى أو غير مرتَّب",
    "es": "más abajo, o sin ordenar",
    "ru": "ниже или не поставлено",
    "zh": "更靠后或未排序",
}
Cells = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Terms:
    """What the feedback needs beside the answers."""

    #: The names of regions and sectors.
    labels: Mapping[str, Mapping[str, Texts]]
    #: The threshold of feedback cells; an installation may raise it above `SMALLEST`.
    threshold: int = SMALLEST

    @property
    def smallest(self) -> int:
        return max(SMALLEST, self.threshold)


def feedback_of(session: Session, answers: Answers, terms: Terms) -> Document:
    """The feedback of a round; empty where fewer than the smallest batch answered."""
    if answers.n < terms.smallest:
        return {}
    words = _words(session, answers)
    items = []
    for question, measure in measures_of(answers.document):
        texts = _about(answers.document, question)
        if measure.shape is Shape.SCALE:
            items.append(_rating(question, measure, answers, texts, words, terms))
        else:
            items += _places(question, measure, answers, texts, words, terms)
    return {"n": answers.n, "items": [item for item in items if item]}


def _words(session: Session, answers: Answers) -> dict[str, str]:
    """Texts that their authors allowed to be quoted."""
    wanted = {one for row in answers.text_ids for one in row.values()}
    if not wanted:
        return {}
    found = session.exec(
        select(Contribution.id, Contribution.text).where(
            Contribution.round_id == answers.round_id,
            Contribution.state == ContributionState.RECEIVED,
            col(Contribution.is_quotable),
        )
    )
    return {key: text for key, text in found if key in wanted}


def _about(document: QuestionnaireDocument, code: str) -> str | None:
    """The free text asked after a question, before the next thing is measured: its reasons."""
    section, asked = document.places[code]
    measured = {question for question, _measure in measures_of(document)}
    after = False
    for question in section.questions:
        if question.code == asked.code:
            after = True
        elif after and question.code in measured:
            return None
        elif after and question.kind in {"long_text", "short_text"}:
            return question.code
    return None


def _rating(
    question: str,
    measure: Measure,
    answers: Answers,
    text: str | None,
    words: Mapping[str, str],
    terms: Terms,
) -> Document:
    values = answers.ratings[measure.code]
    points = list(range(measure.low, measure.high + 1))
    inside = ~np.isnan(values)
    if int(inside.sum()) < terms.smallest:
        return {}
    hits = np.array([values == point for point in points]).T
    middle = (measure.low + measure.high) / 2
    buckets = [
        {"key": str(point), "label": dict(measure.options.get(str(point), {"en": str(point)}))}
        for point in points
    ]
    return {
        **_item(question, measure.code, measure.label, "rating", buckets),
        **_distribution(
            hits[inside], _kept(answers.regions, inside), _kept(answers.sectors, inside), terms
        ),
        "for": _reasons(answers, text, words, values > middle),
        "against": _reasons(answers, text, words, values < middle),
    }


def _places(
    question: str,
    measure: Measure,
    answers: Answers,
    text: str | None,
    words: Mapping[str, str],
    terms: Terms,
) -> list[Document]:
    """Each option of a list: how many place it first, second, third, lower."""
    orders = answers.orders[measure.code]
    inside = np.array([bool(order) for order in orders])
    if int(inside.sum()) < terms.smallest:
        return []
    shown = min(PLACES, len(measure.options) - 1)
    buckets: list[Document] = [
        {"key": str(place), "label": {"en": str(place)}} for place in range(1, shown + 1)
    ]
    buckets.append({"key": "lower", "label": LOWER})
    found = []
    for option, label in measure.options.items():
        at = np.array([_place(order, option, shown) for order in orders])
        hits = np.array([at == place for place in range(shown + 1)]).T
        found.append(
            {
                **_item(question, f"{measure.code}.{option}", label, "place", buckets),
                **_distribution(
                    hits[inside],
                    _kept(answers.regions, inside),
                    _kept(answers.sectors, inside),
                    terms,
                ),
                "for": _reasons(answers, text, words, inside & (at == 0)),
                "against": [],
            }
        )
    return found


def _place(order: list[str] | None, option: str, shown: int) -> int:
    """How many stand before it; equals share the better place."""
    before = 0
    for entry in order or ():
        codes = entry.split(TIE)
        if option in codes:
            return min(before, shown)
        before += len(codes)
    return shown


def _item(
    question: str, key: str, label: Mapping[str, str], kind: str, buckets: list[Document]
) -> Document:
    return {
        "question": question,
        "key": key,
        "label": dict(label),
        "kind": kind,
        "buckets": buckets,
    }


def _kept(values: Sequence[str | None], inside: NDArray[np.bool_]) -> list[str | None]:
    return [value for value, is_inside in zip(values, inside, strict=True) if is_inside]


def _distribution(
    hits: NDArray[np.bool_],
    regions: list[str | None],
    sectors: list[str | None],
    terms: Terms,
) -> Document:
    return {
        "n": len(hits),
        "shares": _percent(hits),
        "by": {
            "region": _split(hits, regions, "region", terms),
            "sector": _split(hits, sectors, "sector", terms),
        },
    }


def _percent(hits: NDArray[np.bool_]) -> list[int]:
    """Whole percent: finer figures would let somebody count."""
    return [round(100 * float(share)) for share in hits.mean(axis=0)]


def _split(
    hits: NDArray[np.bool_], groups: list[str | None], dimension: str, terms: Terms
) -> list[Document]:
    """Groups of at least ten; what is left over is nobody, or at least ten as well."""
    sizes: dict[str, int] = {}
    for group in groups:
        if group is not None:
            sizes[group] = sizes.get(group, 0) + 1
    shown = [
        group
        for group in sorted(sizes, key=lambda g: (-sizes[g], g))
        if sizes[group] >= terms.smallest
    ]
    while shown and 0 < len(groups) - sum(sizes[group] for group in shown) < terms.smallest:
        # Whoever subtracts the groups shown from everybody must not be left with a few.
        shown.pop()
    of = np.array([group or "" for group in groups], dtype=object)
    return [
        {
            "key": group,
            "label": dict(terms.labels[dimension].get(group, {"en": group})),
            "n": sizes[group],
            "shares": _percent(hits[of == group]),
        }
        for group in shown
    ]


def _reasons(
    answers: Answers, text: str | None, words: Mapping[str, str], side: NDArray[np.bool_]
) -> list[str]:
    """Ids of reasons, not their words: a text that is erased later is gone here too."""
    if text is None:
        return []
    given = [
        Reason(one, words[one], (answers.regions[place], answers.sectors[place]))
        for place in np.flatnonzero(side).tolist()
        if (one := answers.text_ids[place].get(text, "")) in words
    ]
    return list(draw_diverse(given, REASONS))
