"""Who could see the codes of a place other than as its coder, and what that makes of later codes.

Two coders are blind to each other as long as each sees the other's codes only where both have
spoken. An analyst without a place sees all codes, whoever held a place saw those of that one, and
who reads dashboards sees there which answers people put into a theme.
Nobody is kept from coding for it, since small teams have few people; but what such a person then
says of an answer that had been coded is marked, and no figure of agreement hides the mark.
"""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, func, select

from consultation.people.models import RoleGrant
from consultation.process.models import Consultation
from core.audit import AuditEntry
from core.auth.models import Account
from core.auth.permissions import GRANTS, Permission, Role
from results.models import AnalysisRun
from results.workbench.labels import theme_columns
from results.workbench.models import (
    Codebook,
    Coder,
    CodesSeen,
    Reading,
    Theme,
    ThemeDecision,
    ThemeMember,
)
from results.workbench.queries import coded_themes, themes

#: Roles that see every code as it is given.
_SEEING = [role for role, held in GRANTS.items() if Permission.CURATE_THEMES in held]
#: Roles that see the codes which figures rest on.
_READING = [
    role
    for role, held in GRANTS.items()
    if Permission.VIEW_DASHBOARD in held and role not in _SEEING
]


def note(
    session: Session, codebook: Codebook, place: int, account: Account | None, now: datetime
) -> None:
    """Before a place changes hands: what the old and the new holder could see until now."""
    left = session.exec(
        select(Account)
        .join(Coder, col(Coder.account_id) == col(Account.id))
        .where(Coder.codebook_id == codebook.id, Coder.place == place)
    ).one_or_none()
    if left is not None:
        _see(session, codebook, place, left, now)
    if account is not None:
        until = _saw_until(session, codebook, account, now)
        if until is not None:
            _see(session, codebook, 3 - place, account, until)


def _see(
    session: Session, codebook: Codebook, place: int, account: Account, until: datetime
) -> None:
    book = codebook.id or 0
    row = session.get(CodesSeen, (book, place, account.public_id)) or CodesSeen(
        codebook_id=book, place=place, coder=account.public_id, until=until
    )
    row.until = max(row.until, until)
    session.add(row)


def _saw_until(
    session: Session, codebook: Codebook, account: Account, now: datetime
) -> datetime | None:
    """The codes until when somebody without a place sees, or once saw; None where none."""
    if _holds(session, codebook, account, _SEEING):
        return now
    return _told(session, codebook) if _holds(session, codebook, account, _READING) else None


def _saw_since(session: Session, codebook: Codebook, account: Account, coded: datetime) -> bool:
    """Whether somebody could see by now what was coded at that time."""
    if _holds(session, codebook, account, _SEEING):
        return True
    told = _told(session, codebook) if _holds(session, codebook, account, _READING) else None
    return told is not None and told > coded


def _told(session: Session, codebook: Codebook) -> datetime | None:
    """When the newest figures were computed that show what people put into a theme."""
    shows = select(ThemeMember.run_id).where(
        col(ThemeMember.run_id) == col(AnalysisRun.id), col(ThemeMember.is_human)
    )
    return session.exec(
        select(func.max(AnalysisRun.computed_at)).where(
            AnalysisRun.consultation_id == codebook.consultation_id, shows.exists()
        )
    ).one()


def _holds(session: Session, codebook: Codebook, account: Account, roles: Collection[Role]) -> bool:
    """Whether somebody has one of these roles, or once had: what was seen is not forgotten."""
    holds = select(RoleGrant.id).where(
        RoleGrant.consultation_id == codebook.consultation_id,
        RoleGrant.account_id == account.id,
        col(RoleGrant.role).in_(roles),
    )
    if session.exec(holds.limit(1)).first() is not None:
        return True
    place = session.get_one(Consultation, codebook.consultation_id)
    held = select(AuditEntry.id).where(
        AuditEntry.target == f"{place.slug}/people/{account.public_id}",
        col(AuditEntry.action).in_([f"grant_role:{role.value}" for role in roles]),
    )
    return session.exec(held.limit(1)).first() is not None


def would_not_be_blind(
    session: Session, codebook: Codebook, candidates: Collection[Account], place: int
) -> set[str]:
    """Those who could see codes of the other place by now; by public id."""
    holder = session.exec(
        select(Coder.account_id).where(Coder.codebook_id == codebook.id, Coder.place == place)
    ).one_or_none()
    coded = session.exec(
        select(Reading.read_at)
        .where(Reading.codebook_id == codebook.id, Reading.place == 3 - place)
        .order_by(col(Reading.read_at))
        .limit(1)
    ).first()
    if coded is None:
        return set()
    saw = set(
        session.exec(
            select(CodesSeen.coder).where(
                CodesSeen.codebook_id == codebook.id,
                CodesSeen.place == 3 - place,
                col(CodesSeen.until) > coded,
            )
        )
    )
    return {
        person.public_id
        for person in candidates
        if person.public_id in saw
        or (person.id != holder and _saw_since(session, codebook, person, coded))
    }


def seen_columns(
    session: Session, codebook: Codebook, account: Account, other: Reading | None
) -> set[int]:
    """The columns of themes of which this coder could see what the other place says here."""
    if other is None:
        return set()
    found = session.exec(
        select(ThemeDecision.theme_id)
        .join(Reading, col(Reading.id) == col(ThemeDecision.reading_id))
        .join(
            CodesSeen,
            (col(CodesSeen.codebook_id) == col(Reading.codebook_id))
            & (col(CodesSeen.place) == col(Reading.place)),
        )
        .where(
            Reading.id == other.id,
            CodesSeen.coder == account.public_id,
            col(Reading.read_at) < col(CodesSeen.until),
        )
    ).all()
    columns = columns_of(themes(session, codebook))
    return {columns[theme_id] for theme_id in found if theme_id in columns}


def columns_of(rows: list[Theme]) -> dict[int, int]:
    """The column of each theme, merged ones included."""
    return dict(theme_columns(coded_themes(rows), rows))


def names_of_seeing(session: Session, codebook: Codebook) -> list[str]:
    """The people whose codes are marked as not blind."""
    return list(
        session.exec(
            select(Account.name)
            .join(Reading, col(Reading.coder) == col(Account.public_id))
            .join(ThemeDecision, col(ThemeDecision.reading_id) == col(Reading.id))
            .where(Reading.codebook_id == codebook.id, col(ThemeDecision.is_blind).is_(False))
            .distinct()
            .order_by(col(Account.name))
        )
    )
