"""Writes of targets and the stopping rule: declared, then frozen for good."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlmodel import Session, select

from analysis.breakdown import UNKNOWN
from analysis.delphi.stopping import StoppingRule
from consultation.people.models import Target, TargetDimension
from consultation.process.models import Consultation
from consultation.targets.models import TargetRegistration
from consultation.targets.queries import has_opened
from core.errors import Conflict, Invalid
from core.i18n import _

#: Shares are typed with one decimal, so that thirds cannot add up exactly.
ROUNDING = 0.005
#: Who froze what stood when the first round opened.
AT_OPENING = "opening"


@dataclass(frozen=True, slots=True)
class Declared:
    """What an organiser declares."""

    shares: Mapping[TargetDimension, Mapping[str, float]]
    rationale: Mapping[str, str]
    rule: StoppingRule


def declare(session: Session, consultation: Consultation, declared: Declared) -> TargetRegistration:
    """Replace what was declared; refused once it is frozen."""
    row = _not_frozen(session, consultation)
    for dimension, shares in declared.shares.items():
        _check(dimension, shares)
    for old in session.exec(select(Target).where(Target.consultation_id == consultation.id)):
        session.delete(old)
    session.flush()
    session.add_all(
        Target(consultation_id=consultation.id or 0, dimension=dimension, code=code, share=share)
        for dimension, shares in declared.shares.items()
        for code, share in shares.items()
    )
    row.rationale = {key: text for key, text in declared.rationale.items() if text}
    row.stopping_rule = asdict(declared.rule)
    session.add(row)
    session.flush()
    return row


def _not_frozen(session: Session, consultation: Consultation) -> TargetRegistration:
    row = session.exec(
        select(TargetRegistration)
        .where(TargetRegistration.consultation_id == consultation.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        return TargetRegistration(
            consultation_id=consultation.id or 0, stopping_rule=asdict(StoppingRule())
        )
    if row.frozen_at is not None:
        raise Conflict(_("Targets and the stopping rule are frozen. Nobody changes them any more."))
    return row


def _check(dimension: TargetDimension, shares: Mapping[str, float]) -> None:
    named = {code: share for code, share in shares.items() if code != UNKNOWN}
    if any(not 0 <= share <= 1 for share in shares.values()):
        raise Invalid(_("Write shares between 0 and 100 %."), field=dimension.value)
    total = sum(named.values())
    if named and abs(total - 1) > ROUNDING:
        raise Invalid(
            _(
                "These shares add up to %(total)s %%. Make them 100 %%, or leave all of them empty.",
                total=f"{100 * total:.1f}",
            ),
            field=dimension.value,
        )
    if UNKNOWN in shares and (not named or shares[UNKNOWN] >= 1):
        raise Invalid(
            _("A share for “unknown” needs shares for the others, and must be below 100 %."),
            field=dimension.value,
        )


def freeze(
    session: Session, consultation_id: int, by: str, now: datetime
) -> TargetRegistration | None:
    """Freeze what is declared; None where it was frozen before.

    Weighted figures lead only where no round has opened yet. The database checks that too.
    """
    row = session.exec(
        select(TargetRegistration)
        .where(TargetRegistration.consultation_id == consultation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        row = TargetRegistration(
            consultation_id=consultation_id, stopping_rule=asdict(StoppingRule())
        )
    if row.frozen_at is not None:
        return None
    # Asked first: a flush of half the change would be refused by the store.
    is_first = not has_opened(session, consultation_id)
    row.frozen_at, row.frozen_by, row.is_before_first_round = now, by, is_first
    session.add(row)
    session.flush()
    return row
