"""The dates of a consultation: what the public may know, and what its committee sees beside it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from consultation.dialogues.queries import announced
from consultation.process.models import Consultation, Round, RoundState
from consultation.process.queries import phases, rounds
from core.i18n import _, current_language, text_in
from results.agenda.drafts.queries import latest
from results.rounds.models import Transition
from results.rounds.queries import transitions


@dataclass(frozen=True, slots=True)
class Event:
    """One date; `key` names it for good within its consultation."""

    key: str
    title: str
    starts_at: datetime
    ends_at: datetime | None = None
    place: str = ""


def public_events(session: Session, consultation: Consultation) -> list[Event]:
    """Phases, rounds that have opened, announced dialogues, and the window for comments."""
    asked = [row for row in rounds(session, consultation) if row.state is not RoundState.DRAFT]
    return _in_order(
        [
            *_phases(session, consultation),
            *_rounds(consultation, asked),
            *_dialogues(session, consultation),
            *_comments(session, consultation),
        ]
    )


def committee_events(session: Session, consultation: Consultation) -> list[Event]:
    """All that the public sees, rounds that are being prepared, and planned letters."""
    own = rounds(session, consultation)
    return _in_order(
        [
            *_phases(session, consultation),
            *_rounds(consultation, own),
            *(event for row in own for event in _letters(session, consultation, row)),
            *_dialogues(session, consultation),
            *_comments(session, consultation),
        ]
    )


def _in_order(events: Iterable[Event]) -> list[Event]:
    return sorted(events, key=lambda event: (event.starts_at, event.key))


def _ends(key: str, title: str, opens_at: datetime, closes_at: datetime) -> list[Event]:
    return [
        Event(f"{key}-opens", _("Opens: %(title)s", title=title), opens_at),
        Event(f"{key}-closes", _("Closes: %(title)s", title=title), closes_at),
    ]


def _phases(session: Session, consultation: Consultation) -> list[Event]:
    return [
        event
        for phase in phases(session, consultation)
        for event in _ends(
            f"phase-{phase.position}",
            _words(consultation, phase.title),
            phase.opens_at,
            phase.closes_at,
        )
    ]


def _rounds(consultation: Consultation, shown: Iterable[Round]) -> list[Event]:
    return [
        event
        for row in shown
        for event in _ends(
            f"round-{row.number}", _round_name(consultation, row), row.opens_at, row.closes_at
        )
    ]


def _round_name(consultation: Consultation, row: Round) -> str:
    title = _words(consultation, row.title)
    name = _("Round %(number)s", number=row.number)
    return f"{name}: {title}" if title else name


def _letters(session: Session, consultation: Consultation, row: Round) -> list[Event]:
    names = {
        Transition.INVITE: _("Invitations: %(title)s", title=_round_name(consultation, row)),
        Transition.REMIND: _("Reminder: %(title)s", title=_round_name(consultation, row)),
    }
    found = []
    counts: dict[Transition, int] = {}
    for step in transitions(session, row):
        if step.transition in names:
            counts[step.transition] = counts.get(step.transition, 0) + 1
            key = f"round-{row.number}-{step.transition.value}-{counts[step.transition]}"
            found.append(Event(key, names[step.transition], step.due_at))
    return found


def _dialogues(session: Session, consultation: Consultation) -> list[Event]:
    return [
        Event(
            f"dialogue-{row.public_id}",
            _words(consultation, row.title),
            row.starts_at,
            row.ends_at,
            row.place,
        )
        for row in announced(session, consultation)
    ]


def _comments(session: Session, consultation: Consultation) -> list[Event]:
    draft = latest(session, consultation)
    if draft is None or draft.comments_close_at is None:
        return []
    title = _("Comments on the draft agenda, version %(number)s", number=draft.number)
    return _ends(f"comments-{draft.number}", title, draft.published_at, draft.comments_close_at)


def _words(consultation: Consultation, texts: dict[str, str]) -> str:
    return text_in(texts, current_language(), consultation.default_language)
