"""What each phase allows. Pure: views ask, services ask again, templates print the reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from consultation.process.models import Phase, PhaseKind


class Action(StrEnum):
    """What can depend on the phase."""

    RESPOND = "respond"
    REGISTER = "register"
    WRITE_NOTES = "write_notes"
    EDIT_AGENDA = "edit_agenda"
    ADOPT_AGENDA = "adopt_agenda"


PHASES: dict[PhaseKind, frozenset[Action]] = {
    PhaseKind.PREPARATION: frozenset(),
    PhaseKind.OPEN_CALL: frozenset({Action.RESPOND, Action.REGISTER, Action.WRITE_NOTES}),
    PhaseKind.RANKING: frozenset({Action.RESPOND, Action.REGISTER, Action.WRITE_NOTES}),
    PhaseKind.DIALOGUES: frozenset(
        {Action.RESPOND, Action.REGISTER, Action.WRITE_NOTES, Action.EDIT_AGENDA}
    ),
    PhaseKind.DELIBERATION: frozenset(
        {Action.RESPOND, Action.WRITE_NOTES, Action.EDIT_AGENDA, Action.ADOPT_AGENDA}
    ),
    PhaseKind.ADOPTION: frozenset({Action.EDIT_AGENDA, Action.ADOPT_AGENDA}),
    PhaseKind.FOLLOW_UP: frozenset({Action.ADOPT_AGENDA}),
}


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether something is allowed now, and the code of the reason where it is not."""

    ok: bool
    reason: str = ""


def current_phases(phases: Sequence[Phase], now: datetime) -> list[Phase]:
    """The phases that contain this instant: the start is inside, the end is not."""
    return [phase for phase in phases if phase.opens_at <= now < phase.closes_at]


def allowed(phases: Sequence[Phase], action: Action, now: datetime) -> Decision:
    """Whether any current phase allows an action; no phase at all allows nothing."""
    running = current_phases(phases, now)
    if any(action in PHASES[phase.kind] for phase in running):
        return Decision(ok=True)
    if not running:
        return Decision(ok=False, reason="no_phase")
    return Decision(ok=False, reason="other_phase")
