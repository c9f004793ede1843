"""Reads of the codebook: its themes, versions, coders and log."""

from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from consultation.contributions.models import Contribution, ContributionState
from consultation.people.models import RoleGrant
from consultation.process.models import Consultation
from core.auth.models import Account
from core.auth.permissions import GRANTS, Permission
from core.errors import Invalid, NotFound
from core.i18n import _
from results.workbench.models import (
    Codebook,
    CodebookVersion,
    Coder,
    Edit,
    PutBack,
    Theme,
    ThemeKind,
    ThemeState,
)

#: What answers are coded with, and what the machine looks for.
CODED = frozenset({ThemeState.ACTIVE, ThemeState.NOISE})


def codebook_of(session: Session, consultation: Consultation) -> Codebook | None:
    """The working codebook, if one was begun."""
    return session.exec(
        select(Codebook).where(Codebook.consultation_id == consultation.id)
    ).one_or_none()


def themes(session: Session, codebook: Codebook) -> list[Theme]:
    """Every theme and area, of any state, in the order of the codebook."""
    return list(
        session.exec(
            select(Theme)
            .where(Theme.codebook_id == codebook.id)
            .order_by(col(Theme.position), col(Theme.id))
        )
    )


def coded_themes(rows: list[Theme]) -> list[Theme]:
    """The themes that answers are coded with, in the order of the codebook."""
    return [row for row in rows if row.kind is ThemeKind.THEME and row.state in CODED]


def _theme(session: Session, codebook: Codebook, public_id: str) -> Theme | None:
    return session.exec(
        select(Theme).where(Theme.public_id == public_id, Theme.codebook_id == codebook.id)
    ).one_or_none()


def theme_by_public_id(session: Session, codebook: Codebook, public_id: str) -> Theme:
    """The theme of an address."""
    found = _theme(session, codebook, public_id)
    if found is None:
        raise NotFound(_("There is no such theme in this codebook."))
    return found


def chosen_theme(session: Session, codebook: Codebook, public_id: str) -> Theme:
    """The theme that a form chose."""
    found = _theme(session, codebook, public_id)
    if found is None:
        raise Invalid(_("Choose a theme of this codebook."), field="target")
    return found


def places(session: Session, codebook: Codebook) -> dict[int, Account]:
    """Who codes, by place."""
    found = session.exec(
        select(Coder.place, Account)
        .join(Account, col(Account.id) == col(Coder.account_id))
        .where(Coder.codebook_id == codebook.id)
        .order_by(col(Coder.place))
    )
    return dict(found.all())


def candidates(session: Session, consultation: Consultation) -> list[Account]:
    """Who may be a coder: everybody with a role that codes texts."""
    roles = [role for role, held in GRANTS.items() if Permission.CODE_TEXTS in held]
    return list(
        session.exec(
            select(Account)
            .join(RoleGrant, col(RoleGrant.account_id) == col(Account.id))
            .where(
                RoleGrant.consultation_id == consultation.id,
                col(RoleGrant.role).in_(roles),
                col(Account.disabled_at).is_(None),
            )
            .distinct()
            .order_by(col(Account.name), col(Account.id))
        )
    )


def place_of(session: Session, codebook: Codebook, account_id: int) -> int | None:
    """The place of an account among the coders, if it has one."""
    return session.exec(
        select(Coder.place).where(Coder.codebook_id == codebook.id, Coder.account_id == account_id)
    ).one_or_none()


def versions(session: Session, codebook: Codebook) -> list[CodebookVersion]:
    return list(
        session.exec(
            select(CodebookVersion)
            .where(CodebookVersion.codebook_id == codebook.id)
            .order_by(col(CodebookVersion.number).desc())
        )
    )


def latest_version(session: Session, consultation: Consultation) -> CodebookVersion | None:
    """The codebook that the next run reads: the one that was signed off last."""
    return session.exec(
        select(CodebookVersion)
        .join(Codebook, col(Codebook.id) == col(CodebookVersion.codebook_id))
        .where(Codebook.consultation_id == consultation.id)
        .order_by(col(CodebookVersion.number).desc())
    ).first()


def put_back(session: Session, consultation: Consultation) -> set[str]:
    """The answers that a person wants read whatever they look like, in the words that they have."""
    return set(
        session.exec(
            select(PutBack.contribution_id)
            .join(Contribution, col(Contribution.id) == col(PutBack.contribution_id))
            .where(
                Contribution.consultation_id == consultation.id,
                Contribution.state == ContributionState.RECEIVED,
                Contribution.text_hash == PutBack.text_hash,
            )
        )
    )


@dataclass(frozen=True, slots=True)
class Logged:
    """An edit with the name of who made it, and whether it was taken back."""

    edit: Edit
    name: str
    is_undone: bool


def log(session: Session, codebook: Codebook, start: int, size: int) -> tuple[list[Logged], int]:
    """A page of the log, the newest first, and the number of all edits."""
    rows = session.exec(
        select(Edit)
        .where(Edit.codebook_id == codebook.id)
        .order_by(col(Edit.id).desc())
        .offset(start)
        .limit(size)
    ).all()
    undone = set(
        session.exec(
            select(Edit.undoes_id).where(col(Edit.undoes_id).in_([row.id for row in rows]))
        )
    )
    names = account_names(session, {row.by for row in rows})
    total = session.exec(
        select(func.count()).select_from(Edit).where(Edit.codebook_id == codebook.id)
    ).one()
    return [Logged(row, names.get(row.by, ""), row.id in undone) for row in rows], total


def account_names(session: Session, public_ids: set[str]) -> dict[str, str]:
    found = session.exec(
        select(Account.public_id, Account.name).where(col(Account.public_id).in_(public_ids))
    )
    return dict(found.all())
