"""Writes of the editor: each saves a whole document, checked, and keeps what it said before."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete, func, select

from core.auth.models import Account
from core.errors import Conflict, Invalid
from core.i18n import _
from surveys import instruments
from surveys.documents import QuestionnaireDocument, document_hash
from surveys.editing.changes import rename_question, stored
from surveys.editing.models import ChangeKind, QuestionnaireState
from surveys.editing.queries import Draft, Past, changes_since, state
from surveys.models import Questionnaire
from surveys.preflight import Finding, Severity, findings

#: How many earlier states of a draft are kept.
STATES_KEPT = 20


@dataclass(frozen=True, slots=True)
class Act:
    """Who changes what, and when."""

    kind: ChangeKind
    account: Account
    now: datetime
    place: str = ""


class Stale(Conflict):
    """Somebody changed the questionnaire since the page was opened."""

    def __init__(self, changes: list[Past]) -> None:
        super().__init__(
            _(
                "Nothing was saved: the questionnaire was changed since you opened this page. "
                "Look at it as it is now, then try again."
            )
        )
        self.changes = changes


class Unsound(Invalid):
    """The change would make faults that were not there before."""

    def __init__(self, faults: list[Finding]) -> None:
        listed = "; ".join(f"{fault.place}: {fault.message}" for fault in faults[:5])
        super().__init__(_("Nothing was saved. %(problems)s", problems=listed))
        self.faults = faults


def require_current(session: Session, draft: Draft, base: str) -> None:
    """Refuse a change made on a page that shows an older state."""
    if base != draft.row.document_hash:
        raise Stale(changes_since(session, draft, base))


def save(
    session: Session, draft: Draft, document: QuestionnaireDocument, act: Act
) -> Questionnaire:
    """Store a changed document: in its draft, or as the next version where this one is frozen."""
    raw = stored(document)
    digest = document_hash(raw)
    if stored(draft.document) == raw:
        return draft.row
    instruments.check(raw)
    _require_no_new_faults(draft.document, document)
    _require_kinds_of_old(draft, document)
    row = _next_version(session, draft, act.now) if draft.is_frozen else draft.row
    _keep_state(session, row, draft, act)
    row.document, row.document_hash = raw, digest
    session.add(row)
    if row.version >= draft.latest.version and draft.survey.title != document.title:
        draft.survey.title = document.title
        session.add(draft.survey)
    session.flush()
    return row


def _require_no_new_faults(before: QuestionnaireDocument, after: QuestionnaireDocument) -> None:
    # Places change when a question is renamed, so faults are known by their words.
    known = Counter(fault.message for fault in _faults(before))
    new = []
    for fault in _faults(after):
        known[fault.message] -= 1
        if known[fault.message] < 0:
            new.append(fault)
    if new:
        raise Unsound(new)


def _faults(document: QuestionnaireDocument) -> list[Finding]:
    return [found for found in findings(document) if found.severity is Severity.FAULT]


def _require_kinds_of_old(draft: Draft, document: QuestionnaireDocument) -> None:
    """A code that was asked keeps its type, so that answers to both versions can be compared."""
    for code, question in document.by_code.items():
        old, before = draft.asked.get(code), draft.document.question(code)
        was_the_same = before is None or old is None or before.kind == old.kind
        if old is not None and old.kind != question.kind and was_the_same:
            raise Invalid(
                _(
                    "An earlier version asked “%(code)s” as another type of question. "
                    "Choose another code.",
                    code=code,
                ),
                field="code",
            )


def _next_version(session: Session, draft: Draft, now: datetime) -> Questionnaire:
    newer = draft.newer_draft
    if newer is not None:
        raise Conflict(
            _(
                "This version was asked and is frozen. Version %(number)s is in preparation: "
                "make your change there.",
                number=newer.version,
            )
        )
    made = Questionnaire(
        survey_id=draft.survey.id or 0,
        version=draft.next_number,
        document=draft.row.document,
        document_hash=draft.row.document_hash,
        created_at=now,
    )
    session.add(made)
    session.flush()
    return made


def _keep_state(session: Session, row: Questionnaire, draft: Draft, act: Act) -> None:
    newest = session.exec(
        select(func.max(QuestionnaireState.number)).where(
            QuestionnaireState.questionnaire_id == row.id
        )
    ).one()
    number = (newest or 0) + 1
    session.add(
        QuestionnaireState(
            questionnaire_id=row.id or 0,
            number=number,
            document=draft.row.document,
            document_hash=draft.row.document_hash,
            kind=act.kind,
            place=act.place,
            account_id=act.account.id,
            at=act.now,
        )
    )
    session.exec(
        delete(QuestionnaireState).where(
            col(QuestionnaireState.questionnaire_id) == row.id,
            col(QuestionnaireState.number) <= number - STATES_KEPT,
        )
    )


def restore(session: Session, draft: Draft, number: int, act: Act) -> Questionnaire:
    """Bring back the state before a change; bringing back is a change like any other."""
    if draft.is_frozen:
        raise Conflict(_("This version was asked and is frozen. It does not change any more."))
    found = state(session, draft, number)
    _keep_state(session, draft.row, draft, act)
    draft.row.document, draft.row.document_hash = found.document, found.document_hash
    session.add(draft.row)
    session.flush()
    return draft.row


def renamed(draft: Draft, old: str, new: str) -> QuestionnaireDocument:
    """The document with another code for a question that was never asked."""
    if old in draft.asked:
        message = _("This question was asked under this code. The code does not change any more.")
        raise Invalid(message, field="code")
    if new.lower() in {code.lower() for code in draft.asked}:
        message = _("An earlier version asked another question as “%(code)s”.", code=new)
        raise Invalid(message, field="code")
    return rename_question(draft.document, old, new)


def blank(title: str, default_language: str, languages: Iterable[str]) -> dict[str, object]:
    """A questionnaire to begin with: one empty page."""
    return {
        "title": {default_language: title},
        "default_language": default_language,
        "languages": list(languages),
        "sections": [{"code": "page1", "title": {default_language: "1"}, "questions": []}],
    }
