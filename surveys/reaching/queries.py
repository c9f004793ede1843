"""Whom a wave reaches, who is left out and why, and what became of earlier waves."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, func, select

from consultation.people.classifications import region_of
from consultation.people.models import Stakeholder
from consultation.process.models import Consultation, Round
from core.errors import NotFound
from core.i18n import _
from surveys.models import Invitation
from surveys.reaching.models import (
    InvitationMail,
    InvitationWave,
    StakeholderDelivery,
    WaveKind,
)

#: Between two mails to one person about one round lie at least three days.
LEAST_TIME_BETWEEN = timedelta(days=3)
#: Below this many days until the round closes the organiser is warned.
FEWEST_DAYS_TO_ANSWER = 14
#: The choice that stands for people whose sector or region is not known.
UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why somebody whom a wave asks for gets no mail from it."""

    INVITED = "invited"
    NOT_INVITED = "not_invited"
    ANSWERED = "answered"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    NEW_ADDRESS = "new_address"
    MAILED_LATELY = "mailed_lately"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which stakeholders a wave asks for; an empty set leaves nobody out."""

    sectors: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Chosen":
        return cls(
            frozenset(stored.get("sectors", ())),
            frozenset(stored.get("regions", ())),
            frozenset(stored.get("languages", ())),
        )

    def stored(self) -> dict[str, list[str]]:
        return {
            "sectors": sorted(self.sectors),
            "regions": sorted(self.regions),
            "languages": sorted(self.languages),
        }

    def takes(self, person: Stakeholder, classification: str) -> bool:
        region = region_of(person.country, classification) if person.country else None
        return (
            _is_in(self.sectors, person.sector)
            and _is_in(self.regions, region)
            and _is_in(self.languages, person.language)
        )


def _is_in(wanted: frozenset[str], value: str | None) -> bool:
    return not wanted or (value or UNKNOWN) in wanted


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stakeholder with what is known of earlier mail about a round."""

    stakeholder: Stakeholder
    invitation: Invitation | None
    bounce: StakeholderDelivery | None
    last_mail: datetime | None

    @property
    def is_unreachable(self) -> bool:
        """Whether mail came back from the address the person has now."""
        return self.bounce is not None and self.bounce.address == self.stakeholder.email

    @property
    def was_never_reached(self) -> bool:
        """Whether all mail so far went to an earlier address, from which it came back."""
        return (
            self.bounce is not None
            and not self.is_unreachable
            and self.last_mail is not None
            and self.last_mail <= self.bounce.bounced_at
        )


@dataclass(frozen=True, slots=True)
class Selection:
    """Whom a wave reaches at some moment, and how many are left out for each reason."""

    people: tuple[Candidate, ...]
    left_out: Mapping[Reason, int]


def select_people(
    session: Session,
    consultation: Consultation,
    row: Round,
    kind: WaveKind,
    chosen: Chosen,
    now: datetime,
    *,
    among: Collection[int] | None = None,
) -> Selection:
    """Apply a wave's choice and the rules that protect people; every person has one outcome."""
    people: list[Candidate] = []
    left_out: Counter[Reason] = Counter()
    reason_of = _reason_not_to_invite if kind is WaveKind.FIRST else _reason_not_to_remind
    for candidate in candidates(session, row, among=among):
        if not chosen.takes(candidate.stakeholder, consultation.region_classification):
            continue
        reason = reason_of(candidate, now)
        if reason is None:
            people.append(candidate)
        else:
            left_out[reason] += 1
    return Selection(tuple(people), dict(left_out))


def _reason_not_to_invite(candidate: Candidate, now: datetime) -> Reason | None:
    del now
    if candidate.invitation is not None and candidate.invitation.has_answered:
        return Reason.ANSWERED
    if candidate.invitation is not None and not candidate.was_never_reached:
        return Reason.INVITED
    return _reason_not_to_write(candidate)


def _reason_not_to_remind(candidate: Candidate, now: datetime) -> Reason | None:
    if candidate.invitation is None:
        return Reason.NOT_INVITED
    # A link that was never sent belongs to a response that was keyed in from paper.
    if candidate.invitation.has_answered or candidate.last_mail is None:
        return Reason.ANSWERED
    reason = _reason_not_to_write(candidate)
    if reason is None and candidate.was_never_reached:
        return Reason.NEW_ADDRESS
    if reason is None and now - candidate.last_mail < LEAST_TIME_BETWEEN:
        return Reason.MAILED_LATELY
    return reason


def _reason_not_to_write(candidate: Candidate) -> Reason | None:
    if candidate.stakeholder.unsubscribed_at is not None:
        return Reason.UNSUBSCRIBED
    return Reason.BOUNCED if candidate.is_unreachable else None


def candidates(
    session: Session, row: Round, *, among: Collection[int] | None = None
) -> list[Candidate]:
    """All stakeholders of the round's consultation, with their mail about this round."""
    last = (
        select(InvitationMail.invitation_id, func.max(InvitationMail.queued_at).label("at"))
        .join(InvitationWave, col(InvitationWave.id) == col(InvitationMail.wave_id))
        .where(InvitationWave.round_id == row.id)
        .group_by(col(InvitationMail.invitation_id))
        .subquery()
    )
    wanted = (
        select(Stakeholder, Invitation, StakeholderDelivery, last.c.at)
        .outerjoin(
            Invitation,
            (col(Invitation.stakeholder_id) == col(Stakeholder.id))
            & (col(Invitation.round_id) == row.id),
        )
        .outerjoin(
            StakeholderDelivery,
            col(StakeholderDelivery.stakeholder_id) == col(Stakeholder.id),
        )
        .outerjoin(last, last.c.invitation_id == col(Invitation.id))
        .where(Stakeholder.consultation_id == row.consultation_id)
        .order_by(col(Stakeholder.id))
    )
    if among is not None:
        wanted = wanted.where(col(Stakeholder.id).in_(among))
    return [
        Candidate(person, invitation, bounce, _last_mail(invitation, at))
        for person, invitation, bounce, at in session.exec(wanted)
    ]


def _last_mail(invitation: Invitation | None, at: datetime | None) -> datetime | None:
    """When the link was last sent; of a mail that no wave sent, only the day is known."""
    if invitation is None or invitation.sent_on is None:
        return None
    return at or datetime.combine(invitation.sent_on, clock_time(), UTC) + timedelta(days=1)


def waves(session: Session, row: Round) -> list[InvitationWave]:
    return list(
        session.exec(
            select(InvitationWave)
            .where(InvitationWave.round_id == row.id)
            .order_by(col(InvitationWave.number))
        )
    )


def find_wave(session: Session, row: Round, public_id: str) -> InvitationWave:
    found = session.exec(
        select(InvitationWave).where(
            InvitationWave.round_id == row.id, InvitationWave.public_id == public_id
        )
    ).one_or_none()
    if found is None:
        raise NotFound(_("There is no such message. It may have been discarded."))
    return found


def days_to_answer(row: Round, moment: datetime) -> int:
    """Whole days between a mail and the end of the round."""
    return max(0, (row.closes_at - moment).days)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far the invitations of a round got."""

    stakeholders: int
    invited: int
    #: At least so many; marks arrive late and in batches.
    answered: int
    unsubscribed: int
    bounced: tuple[tuple[Stakeholder, StakeholderDelivery], ...]


def reach_of(session: Session, row: Round) -> Reach:
    found = candidates(session, row)
    return Reach(
        stakeholders=len(found),
        invited=sum(one.invitation is not None for one in found),
        answered=sum(one.invitation is not None and one.invitation.has_answered for one in found),
        unsubscribed=sum(one.stakeholder.unsubscribed_at is not None for one in found),
        bounced=tuple(
            (one.stakeholder, one.bounce)
            for one in found
            if one.bounce is not None and one.is_unreachable
        ),
    )


def languages_of(session: Session, consultation: Consultation) -> list[str]:
    """The languages that the stakeholders of a consultation are written to in."""
    return list(
        session.exec(
            select(Stakeholder.language)
            .where(Stakeholder.consultation_id == consultation.id)
            .distinct()
            .order_by(col(Stakeholder.language))
        )
    )


def find_round(session: Session, consultation: Consultation, number: int) -> Round:
    found = session.exec(
        select(Round).where(Round.consultation_id == consultation.id, Round.number == number)
    ).one_or_none()
    if found is None:
        raise NotFound(_("There is no such round."))
    return found
