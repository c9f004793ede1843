"""Reads for the editor: a version with what binds it, and its last changes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy.orm import QueryableAttribute, defer
from sqlmodel import Session, col, select

from consultation.process.models import Consultation
from core.auth.models import Account
from core.errors import NotFound
from core.i18n import _
from surveys.documents import Question, QuestionnaireDocument, compiled
from surveys.editing.models import ChangeKind, QuestionnaireState
from surveys.models import Questionnaire, Survey


@dataclass(frozen=True, slots=True)
class Draft:
    """One version of a questionnaire as the editor sees it."""

    consultation: Consultation
    survey: Survey
    row: Questionnaire
    document: QuestionnaireDocument
    #: Questions of earlier or frozen versions by code: they were asked, so their codes stay.
    asked: dict[str, Question]
    latest: Questionnaire

    @property
    def id(self) -> int:
        return self.row.id or 0

    @property
    def is_frozen(self) -> bool:
        return self.row.frozen_at is not None

    @property
    def newer_draft(self) -> Questionnaire | None:
        """A later version that can still be changed, where this one cannot."""
        is_newer = self.latest.version > self.row.version
        return self.latest if is_newer and self.latest.frozen_at is None else None

    @property
    def next_number(self) -> int:
        return self.latest.version + 1


@dataclass(frozen=True, slots=True)
class Past:
    """One change: what, where, who, when."""

    number: int
    kind: ChangeKind
    place: str
    who: str
    at: datetime


def draft(
    session: Session, consultation: Consultation, questionnaire_id: int, *, to_change: bool = False
) -> Draft:
    """A version with its survey; `to_change` keeps others from changing it meanwhile."""
    wanted = (
        select(Questionnaire, Survey)
        .join(Survey, col(Survey.id) == col(Questionnaire.survey_id))
        .where(Survey.consultation_id == consultation.id, Questionnaire.id == questionnaire_id)
    )
    if to_change:
        # SQLite's writers already queue; it ignores this.
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = session.exec(wanted).one_or_none()
    if found is None:
        raise NotFound(_("There is no such questionnaire in this consultation."))
    row, survey = found
    versions = _versions(session, survey)
    return Draft(
        consultation=consultation,
        survey=survey,
        row=row,
        document=compiled(row.document_hash, row.document),
        asked=_asked(versions),
        latest=versions[-1],
    )


def _versions(session: Session, survey: Survey) -> list[Questionnaire]:
    return list(
        session.exec(
            select(Questionnaire)
            .where(Questionnaire.survey_id == survey.id)
            .order_by(col(Questionnaire.version))
        )
    )


def _asked(versions: list[Questionnaire]) -> dict[str, Question]:
    """Every question of a frozen version, as it was asked last."""
    found: dict[str, Question] = {}
    for row in versions:
        if row.frozen_at is not None:
            found |= compiled(row.document_hash, row.document).by_code
    return found


def past(session: Session, draft: Draft) -> list[Past]:
    """The last changes, the newest first."""
    rows = session.exec(
        select(QuestionnaireState, Account.name)
        .outerjoin(Account, col(Account.id) == col(QuestionnaireState.account_id))
        .where(QuestionnaireState.questionnaire_id == draft.id)
        .order_by(col(QuestionnaireState.number).desc())
        .options(defer(cast("QueryableAttribute[Any]", QuestionnaireState.document)))
    )
    return [Past(row.number, row.kind, row.place, who or "", row.at) for row, who in rows]


def changes_since(session: Session, draft: Draft, base: str) -> list[Past]:
    """What happened to the questionnaire after it had this fingerprint, the newest first."""
    first = session.exec(
        select(QuestionnaireState.number)
        .where(
            QuestionnaireState.questionnaire_id == draft.id,
            QuestionnaireState.document_hash == base,
        )
        .order_by(col(QuestionnaireState.number).desc())
    ).first()
    if first is None:
        return []
    return [change for change in past(session, draft) if change.number >= first]


def state(session: Session, draft: Draft, number: int) -> QuestionnaireState:
    found = session.get(QuestionnaireState, (draft.id, number))
    if found is None:
        raise NotFound(_("This earlier state is not kept any more."))
    return found
