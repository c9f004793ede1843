"""Answers in which a run found nothing to read: why, which, and how a person puts one back."""

from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from analysis.text.quality import TextKind
from consultation.contributions.models import Contribution, ContributionState
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


def left_out_page(
    session: Session, run: AnalysisRun, kind: TextKind, start: int, size: int
) -> tuple[list[Contribution], int]:
    """A page of the answers that were left out for one reason, equal words together."""
    chosen = (
        select(Contribution)
        .join(LeftOut, col(Contribution.id) == col(LeftOut.contribution_id))
        .where(LeftOut.run_id == run.id, LeftOut.kind == kind)
    )
    return _page(session, chosen, start, size)


def put_back_page(
    session: Session, codebook: Codebook, start: int, size: int
) -> tuple[list[Contribution], int]:
    """A page of the answers that people put back and that still have the words they had then."""
    is_same = (col(PutBack.contribution_id) == col(Contribution.id)) & (
        col(PutBack.text_hash) == col(Contribution.text_hash)
    )
    chosen = (
        select(Contribution)
        .join(PutBack, is_same)
        .where(Contribution.consultation_id == codebook.consultation_id)
    )
    return _page(session, chosen, start, size)


def _page(
    session: Session, chosen: SelectOfScalar[Contribution], start: int, size: int
) -> tuple[list[Contribution], int]:
    """A page of those that were not withdrawn, equal words together, and how many there are."""
    standing = chosen.where(Contribution.state == ContributionState.RECEIVED)
    rows = session.exec(
        standing.order_by(col(Contribution.text), col(Contribution.id)).offset(start).limit(size)
    ).all()
    total = session.exec(select(func.count()).select_from(standing.subquery())).one()
    return list(rows), total


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
