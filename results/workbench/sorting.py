"""Answers in which a run found nothing to read: why, which, and how a person puts one back."""

from dataclasses import dataclass

from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from analysis.text.quality import TextKind
from consultation.contributions.models import Contribution, ContributionState
from core.db import Database
from core.errors import Invalid
from core.i18n import _
from results.models import AnalysisRun, LeftOut
from results.workbench import edits
from results.workbench.edits import Actor, passing, row_values
from results.workbench.models import Codebook, Edit, EditKind, PutBack

#: The order in which pages list the reasons: what people said first, then what says nothing.
REASONS = (
    TextKind.NO_COMMENT,
    TextKind.DONT_KNOW,
    TextKind.POINTER,
    TextKind.TOO_SHORT,
    TextKind.EMPTY,
)
MOST_AT_ONCE = 500
#: The list of what people put back, beside those of the reasons.
PUT_BACK = "put_back"
_STANDS = col(Contribution.state) == ContributionState.RECEIVED
_SAME = (col(PutBack.contribution_id) == col(Contribution.id)) & (
    col(PutBack.text_hash) == col(Contribution.text_hash)
)


@dataclass(frozen=True, slots=True)
class Alike:
    """Answers in equal words: one that stands for them, and how many there are.

    Attributes
    ----------
    answer : Contribution
    count : int
    n_put_back : int
        How many of them people put back.
    questions : tuple of str
        What they answer.
    """

    answer: Contribution
    count: int
    n_put_back: int
    questions: tuple[str, ...]


def reason_names() -> dict[str, str]:
    """What each reason is called."""
    return {
        TextKind.NO_COMMENT.value: _("No comment"),
        TextKind.DONT_KNOW.value: _("Does not know"),
        TextKind.POINTER.value: _("Only points elsewhere"),
        TextKind.TOO_SHORT.value: _("Too short to find a topic in"),
        TextKind.EMPTY.value: _("Empty"),
    }


def counts(session: Session, run: AnalysisRun) -> dict[str, int]:
    """How many answers a run left out, by reason."""
    found = session.exec(
        select(LeftOut.kind, func.count()).where(LeftOut.run_id == run.id).group_by(LeftOut.kind)
    )
    return {str(kind): count for kind, count in found}


def _left_out(run: AnalysisRun, kind: TextKind) -> SelectOfScalar[Contribution]:
    return (
        select(Contribution)
        .join(LeftOut, col(Contribution.id) == col(LeftOut.contribution_id))
        .where(LeftOut.run_id == run.id, LeftOut.kind == kind, _STANDS)
    )


def _put_back(codebook: Codebook) -> SelectOfScalar[Contribution]:
    """Answers that people put back and that still have the words they had then."""
    return (
        select(Contribution)
        .join(PutBack, _SAME)
        .where(Contribution.consultation_id == codebook.consultation_id, _STANDS)
    )


def left_out_page(
    session: Session, run: AnalysisRun, kind: TextKind, start: int, size: int
) -> tuple[list[Alike], int]:
    """A page of the wordings that were left out for one reason, and how many wordings there are."""
    return _page(session, _left_out(run, kind), start, size)


def put_back_page(
    session: Session, codebook: Codebook, start: int, size: int
) -> tuple[list[Alike], int]:
    """The same of what people put back."""
    return _page(session, _put_back(codebook), start, size)


def held_page(
    database: Database,
    codebook: Codebook,
    run: AnalysisRun | None,
    reason: str,
    start: int,
    size: int,
) -> tuple[list[Alike], int]:
    """A page of one list in a session of its own, whose reads see one moment of the store."""
    with database.read_session() as session:
        database.hold_still(session)
        if reason == PUT_BACK:
            return put_back_page(session, codebook, start, size)
        if run is None:
            return [], 0
        return left_out_page(session, run, TextKind(reason), start, size)


def count_put_back(session: Session, codebook: Codebook) -> int:
    """How many answers people put back."""
    return session.exec(select(func.count()).select_from(_put_back(codebook).subquery())).one()


def _page(
    session: Session, chosen: SelectOfScalar[Contribution], start: int, size: int
) -> tuple[list[Alike], int]:
    found = chosen.subquery().c
    total = session.exec(select(func.count(func.distinct(found.text_hash)))).one()
    rows = session.exec(
        select(found.text_hash, func.count(), func.min(found.id))
        .group_by(found.text_hash)
        .order_by(func.min(found.text), found.text_hash)
        .offset(start)
        .limit(size)
    ).all()
    hashes = [text_hash for text_hash, _count, _key in rows]
    asked: dict[str, list[str]] = {}
    for text_hash, code in session.exec(
        select(found.text_hash, found.question_code)
        .where(found.text_hash.in_(hashes))
        .distinct()
        .order_by(found.question_code)
    ):
        asked.setdefault(text_hash, []).append(code)
    known = dict(
        session.exec(
            select(found.text_hash, func.count())
            .join(
                PutBack,
                (col(PutBack.contribution_id) == found.id)
                & (col(PutBack.text_hash) == found.text_hash),
            )
            .where(found.text_hash.in_(hashes))
            .group_by(found.text_hash)
        ).all()
    )
    keys = [key for _hash, _count, key in rows]
    by_id = {
        row.id: row
        for row in session.exec(select(Contribution).where(col(Contribution.id).in_(keys)))
    }
    return [
        Alike(by_id[key], count, known.get(text_hash, 0), tuple(asked[text_hash]))
        for text_hash, count, key in rows
    ], total


def in_equal_words(
    session: Session, codebook: Codebook, run: AnalysisRun | None, reason: str, keys: list[str]
) -> tuple[list[str], int]:
    """These answers and all of the same list in equal words, and how many were too many at once.

    Of what is put back already only the named answers are among them: who sends the form once more
    gets to the rest.
    """
    named = _own(session, codebook, keys)
    if reason == PUT_BACK:
        chosen = _put_back(codebook)
    elif run is not None:
        chosen = _left_out(run, TextKind(reason)).outerjoin(PutBack, _SAME)
        chosen = chosen.where(col(PutBack.contribution_id).is_(None))
    else:
        return keys, 0
    found = chosen.subquery().c
    own = [answer.id for answer in named]
    others = session.exec(
        select(found.id)
        .where(
            found.text_hash.in_([answer.text_hash for answer in named]),
            found.id.not_in(own),
        )
        .order_by(found.id)
    ).all()
    wanted = [*own, *others]
    return wanted[:MOST_AT_ONCE], max(0, len(wanted) - MOST_AT_ONCE)


def put_back(session: Session, codebook: Codebook, keys: list[str], actor: Actor) -> Edit | None:
    """Have answers read from now on; none where all of them were put back already."""
    answers = _own(session, codebook, keys)
    if any(not any(map(str.isalnum, answer.text)) for answer in answers):
        raise Invalid(_("There is not a letter or a digit to read in one of these answers."))
    earlier = known(session, [answer.id for answer in answers])
    changes = [
        passing(
            "put_back",
            {"contribution_id": answer.id},
            row_values(old) if (old := earlier.get(answer.id)) is not None else None,
            {"text_hash": answer.text_hash, "put_back_by": actor.by},
        )
        for answer in answers
        if answer.id not in earlier or earlier[answer.id].text_hash != answer.text_hash
    ]
    if not changes:
        return None
    return edits.commit(session, codebook, EditKind.PUT_BACK, f"+ {len(changes)}", changes, actor)


def leave_out(session: Session, codebook: Codebook, keys: list[str], actor: Actor) -> Edit | None:
    """Let the rules decide again; none where nobody had put these answers back."""
    earlier = known(session, [answer.id for answer in _own(session, codebook, keys)])
    changes = [
        passing("put_back", {"contribution_id": key}, row_values(row), None)
        for key, row in sorted(earlier.items())
    ]
    if not changes:
        return None
    return edits.commit(session, codebook, EditKind.PUT_BACK, f"− {len(changes)}", changes, actor)


def _own(session: Session, codebook: Codebook, keys: list[str]) -> list[Contribution]:
    """Answers of this consultation; those of another do not exist."""
    wanted = sorted(set(keys))
    if not wanted or len(wanted) > MOST_AT_ONCE:
        raise Invalid(_("Choose between 1 and %(most)s answers.", most=MOST_AT_ONCE))
    edits.hold(session, codebook)
    found = session.exec(
        select(Contribution)
        .where(
            col(Contribution.id).in_(wanted),
            Contribution.consultation_id == codebook.consultation_id,
            Contribution.state == ContributionState.RECEIVED,
        )
        .order_by(col(Contribution.id))
    ).all()
    if len(found) != len(wanted):
        raise Invalid(_("One of these answers is not in this consultation, or was withdrawn."))
    return list(found)


def known(session: Session, keys: list[str]) -> dict[str, PutBack]:
    """Which of these answers somebody put back, in whatever words they had then."""
    found = session.exec(select(PutBack).where(col(PutBack.contribution_id).in_(keys)))
    return {row.contribution_id: row for row in found}
