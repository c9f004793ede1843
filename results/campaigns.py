"""Which responses came with copies of one and the same text.

Only that is kept of a text beside an answer: the number of a family of ten responses and more.
"""

from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, select

from consultation.contributions.models import Channel, Contribution, ContributionState
from consultation.process.models import Round
from core.later import Later
from surveys.duplicates import fold, weight

if TYPE_CHECKING:
    from analysis.text import copies
else:
    copies = Later("analysis.text.copies")

#: From so many copies on a text is taken for a campaign's.
SMALLEST = 10
#: Shorter texts, such as what somebody works as, are alike without anybody's doing.
FEWEST_LETTERS = 60
#: Of the hash functions that near-copies are found by.
SEED = 20_260_402


def campaigns(session: Session, row: Round) -> dict[str, int]:
    """The family of each text of a round that has at least nine others like it, by its id.

    Copies are looked for within a question: texts of one campaign answer the same one.
    """
    found = session.exec(
        select(Contribution.question_code, Contribution.id, Contribution.text)
        .where(
            Contribution.round_id == row.id,
            Contribution.channel == Channel.SURVEY,
            Contribution.state == ContributionState.RECEIVED,
        )
        .order_by(col(Contribution.question_code), col(Contribution.id))
    ).all()
    by_question: dict[str, tuple[list[str], list[str]]] = {}
    for question, key, text in found:
        if weight(fold(text)) < FEWEST_LETTERS:
            continue
        ids, texts = by_question.setdefault(question, ([], []))
        ids.append(key)
        texts.append(text)
    families: dict[str, int] = {}
    first = 0
    for ids, texts in by_question.values():
        families |= _large(ids, texts, first)
        first += len(ids)
    return families


def _large(ids: list[str], texts: list[str], first: int) -> dict[str, int]:
    if len(texts) < SMALLEST:
        return {}
    roots = copies.find_families(texts, seed=SEED)
    sizes: dict[int, int] = {}
    for root in roots:
        sizes[root] = sizes.get(root, 0) + 1
    return {
        key: first + root for key, root in zip(ids, roots, strict=True) if sizes[root] >= SMALLEST
    }


def campaign_of(answers: dict[str, Any], families: dict[str, int]) -> int | None:
    """The campaign that a response came with, by its first such text."""
    if not families:
        return None
    texts = (answer["value"] for answer in answers.values() if answer.get("is_text"))
    return next((families[key] for key in texts if key in families), None)
